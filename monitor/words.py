"""seeds/words/<language>/*.toml and seeds/model/ -> the words and the text classifier that the core judges with."""

from __future__ import annotations

import tomllib
from pathlib import Path

from monitor.core.reading.weights import sound
from monitor.core.records import Words
from monitor.errors import SeedError

_REMEDY = "build it with basewatch train, or install again"


def load_words(seeds: Path, language: str = "en") -> Words:
    """Read every word file of a language under `seeds`. Raises SeedError for no file or no TOML."""
    folder = seeds / "words" / language
    tables = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            tables[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise SeedError(str(path), str(fault), "mend the file or install Basewatch again") from fault
    if not tables:
        raise SeedError(str(folder), "holds no words", "install Basewatch again")
    return Words(language, tables)


def load_model(seeds: Path, language: str = "en") -> bytes:
    """The trained model of a language. Raises SeedError when there is none, or none that is whole.

    Without it every silence would lie.
    """
    path = seeds / "model" / f"{language}.bin"
    try:
        model = path.read_bytes()
    except OSError as fault:
        raise SeedError(str(path), fault.strerror or str(fault), _REMEDY) from fault
    if not sound(model):
        raise SeedError(str(path), "is damaged, or of another version", _REMEDY)
    return model
