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


def problem(feed: NewFeed) -> str:
    """What is wrong with a feed by itself; "" when nothing is."""
    try:
        FeedTable.model_validate(asdict(feed))
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        return f"{detail['loc'][0]}: {worded(detail)} (it is {detail['input']!r:.80})"
    return ""


def add(path: Path, feeds: Sequence[NewFeed]) -> None:
    """Append feeds to the file, which is made when there is none; where it has groups, also those it lacks.

    Raises InputError, and writes nothing, when one of them is not valid; that they are new is the caller's to check.
    """
    for feed in feeds:
        if wrong := problem(feed):
            raise InputError(f"feed {feed.name}".strip(), wrong, "nothing was written")
    text, document = _read(path)
    if not isinstance(document.get("feed", tomlkit.aot()), AoT):
        raise InputError(str(path), "writes its feeds as one list", "give each a table of its own under [[feed]] first")
    groups = {group.get("name") for group in document.get("group", ())}
    lacking = dict.fromkeys(feed.group for feed in feeds if groups and feed.group and feed.group not in groups)
    blocks = [text.rstrip(), *(_table("group", name=group) for group in lacking)]
    blocks += [_table("feed", **asdict(feed)) for feed in feeds]
    if feeds:
        _write(path, "\n\n".join(blocks).lstrip() + "\n")


def _table(kind: str, **keys: str) -> str:
    lines = [f"{key} = {tomlkit.string(value).as_string()}" for key, value in keys.items() if value]
    return "\n".join([f"[[{kind}]]", *lines])


def remove(path: Path, name: str, starter: frozenset[str]) -> str:
    """Take a feed out: its own table, or, for a starter feed, a line in starter.without. Says what was done."""
    _, document = _read(path)
    tables = document.get("feed")
    if isinstance(tables, AoT):
        for index, table in enumerate(tables):
            if table.get("name") == name:
                del tables[index]
                if not tables:
                    del document["feed"]
                _write(path, tomlkit.dumps(document))
                return f"removed {name} from {path}"
    if name not in starter:
        raise NotFoundError(f"feed {name}", "is not in this configuration", "`basewatch feeds list` shows their names")
    if not isinstance(document.get("starter"), Table):
        document["starter"] = tomlkit.table()
    without = document["starter"].get("without")
    if without is None:
        document["starter"]["without"] = without = tomlkit.array()
    if name in without:
        return f"the starter feed {name} is left out in {path} already"
    without.append(name)
    _write(path, tomlkit.dumps(document))
    return f"left out the starter feed {name} in {path}"


def _read(path: Path) -> tuple[str, tomlkit.TOMLDocument]:
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomlkit.parse(text)
    except FileNotFoundError:
        return "", tomlkit.document()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise InputError(str(path), f"cannot be read: {error}", "mend it; basewatch check names the line") from error


def _write(path: Path, text: str) -> None:
    """Replace the file in one step, so that a reader, or a crash, never meets half of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(descriptor)
            draft.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "choose a folder you may write to") from error
