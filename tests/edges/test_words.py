"""The words and the model of seeds/: what is missing is said, and never passes for silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import knowledge
from monitor.errors import SeedError
from monitor.words import load_model, load_words


def test_a_missing_model_is_an_error() -> None:
    with pytest.raises(SeedError, match="basewatch train"):
        load_model(Path("/nowhere"))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda model: model[:-1000], id="cut off"),
        pytest.param(lambda model: model[:1_000_000] + bytes([model[1_000_000] ^ 1]) + model[1_000_001:], id="one bit"),
        pytest.param(lambda model: b"", id="empty"),
        pytest.param(lambda model: b"<html>Not found</html>", id="another file"),
    ],
)
def test_a_damaged_model_is_an_error(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "model" / "en.bin"
    path.parent.mkdir()
    path.write_bytes(damage(load_model(knowledge.seeds_dir())))
    with pytest.raises(SeedError, match=r"damaged.*basewatch train") as raised:
        load_model(tmp_path)
    assert raised.value.subject == str(path)


def test_missing_words_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="holds no words"):
        load_words(tmp_path)
