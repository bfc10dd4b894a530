"""Writes feeds into config/feeds.toml and takes them out again, keeping the site's comments and order."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from monitor.errors import InputError, NotFoundError
from monitor.settings.schema import FeedTable
from monitor.settings.source import worded


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to write: only what the site says of it."""

    name: str
    url: str
    group: str = ""
    language: str = ""


def add(path: Path, feeds: Sequence[NewFeed]) -> None:
    """Append feeds to the file, which is made when there is none.

    Raises InputError, and writes nothing, when one of them is not valid; that they are new is the caller's to check.
    """
    for feed in feeds:
        try:
            FeedTable.model_validate(asdict(feed))
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            raise InputError(
                feed.name, f"{detail['loc'][0]}: {worded(detail)}", f"it is {detail['input']!r}"
            ) from error
    document = _read(path)
    tables = document.get("feed")
    if not isinstance(tables, AoT):
        tables = tomlkit.aot()
        document["feed"] = tables
    for feed in feeds:
        table = tomlkit.table()
        for key in ("name", "url", "group", "language"):
            if value := getattr(feed, key):
                table[key] = value
        tables.append(table)
    _write(path, document)


def remove(path: Path, name: str, starter: frozenset[str]) -> str:
    """Take a feed out: its own table, or, for a starter feed, a line in starter.without. Says what was done."""
    document = _read(path)
    tables = document.get("feed")
    if isinstance(tables, AoT):
        for index, table in enumerate(tables):
            if table.get("name") == name:
                del tables[index]
                _write(path, document)
                return f"removed {name} from {path}"
    if name not in starter:
        raise NotFoundError(name, "is no feed of this configuration", "basewatch feeds list shows their names")
    if not isinstance(document.get("starter"), Table):
        document["starter"] = tomlkit.table()
    without = document["starter"].get("without")
    if without is None:
        document["starter"]["without"] = without = tomlkit.array()
    if name not in without:
        without.append(name)
    _write(path, document)
    return f"left out the starter feed {name} in {path}"


def _read(path: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise InputError(str(path), f"cannot be read: {error}", "mend it; basewatch check names the line") from error


def _write(path: Path, document: tomlkit.TOMLDocument) -> None:
    """Replace the file in one step, so that a reader, or a crash, never meets half of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as draft:
            draft.write(tomlkit.dumps(document))
            draft.flush()
            os.fsync(draft.fileno())
        if path.exists():
            Path(draft.name).chmod(path.stat().st_mode & 0o777)
        else:
            Path(draft.name).chmod(0o644)
        Path(draft.name).replace(path)
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "choose a folder you may write to") from error
