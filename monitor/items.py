"""News items as JSON Lines: reads them from a file, a .gz file or standard input, and writes verdicts as such."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedIOBase
from pathlib import Path
from typing import Any, cast

from monitor.core.alerts.render import message
from monitor.core.records import Alert, Attack, Because, Count, Entry, Facts, Finding, Incident, TimeSpan
from monitor.errors import InputError

_CHUNK = 65_536  # bytes of one read
_TEXTS = ("url", "source", "feed", "summary", "content", "lang")


@dataclass(frozen=True, slots=True)
class Item:
    """One line that could be read; `published` is None when the item has no date."""

    line: int
    id: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class BadLine:
    """One line that could not, and why."""

    line: int
    error: str


def read(name: str) -> Iterator[Item | BadLine]:
    """Read items from a path, a .gz, or "-" (standard input). Raises InputError when it cannot be opened or read."""
    for batch in read_batches(name, 1):
        yield from batch


def read_batches(name: str, size: int) -> Iterator[list[Item | BadLine]]:
    """The same in lists of at most `size`; what has arrived is never held back to fill one, so that pipes stream."""
    number = 0
    try:
        for lines in _lines(name):
            items: list[Item | BadLine] = []
            for line in lines:
                number += 1
                if text := line.decode("utf-8", "replace").removeprefix("\ufeff").strip():
                    items.append(_item(number, text))
                    if len(items) == size:
                        yield items
                        items = []
            if items:
                yield items
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            name, f"cannot be read after line {number}: {error}", "a .gz must be whole, and packed by gzip"
        ) from error


def _lines(name: str) -> Iterator[list[bytes]]:
    """The lines of a file, as many at a time as one read brings to an end."""
    with _open(name) as stream:
        parts: list[bytes] = []
        while chunk := stream.read1(_CHUNK):
            if b"\n" in chunk:
                *whole, last = b"".join((*parts, chunk)).split(b"\n")
                yield whole
                parts = [last]
            else:
                parts.append(chunk)
        yield [b"".join(parts)]


def _open(name: str) -> AbstractContextManager[BufferedIOBase]:
    if name == "-":
        return nullcontext(cast(BufferedIOBase, sys.stdin.buffer))
    try:
        return gzip.open(name, "rb") if name.endswith(".gz") else Path(name).open("rb")
    except OSError as error:
        raise InputError(name, error.strerror or str(error), "give a JSON Lines file, a .gz of one, or -") from error


def _item(number: int, line: str) -> Item | BadLine:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        return BadLine(number, f"is not JSON: {error}")
    if not isinstance(told, dict):
        return BadLine(number, "is not a JSON object")
    try:
        return Item(number, *_entry(told))
    except ValueError as error:
        return BadLine(number, str(error))


def _entry(told: dict[str, Any]) -> tuple[str, Entry]:
    identity = told.get("id")
    if not isinstance(identity, str | int) or isinstance(identity, bool) or identity == "":
        raise ValueError("id: a string is needed")
    if not isinstance(told.get("title"), str):
        raise ValueError("title: a string is needed")
    for key in _TEXTS:
        if not isinstance(told.get(key) or "", str):
            raise ValueError(f"{key}: must be a string")
    text = {key: told.get(key) or "" for key in _TEXTS}
    return str(identity), Entry(
        feed=text["feed"] or text["source"],
        guid=str(identity),
        url=text["url"],
        title=told["title"],
        summary=text["summary"],
        content=text["content"],
        source=text["source"],
        published=_time(told.get("published")),
        language=text["lang"],
    )


def _time(written: object) -> datetime | None:
    if written in (None, ""):
        return None
    try:
        time = datetime.fromisoformat(str(written))
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"published: {written!r} is no ISO 8601 time") from error


# ---- out ----------------------------------------------------------------------------------------------------


def iso(time: datetime) -> str:
    """A time as ISO 8601 in UTC, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def count_row(count: Count | None) -> dict[str, int | None] | None:
    """A count as {min, max}."""
    return None if count is None else {"min": count.min, "max": count.max}


def span_row(span: TimeSpan | None) -> dict[str, str] | None:
    """An interval as {earliest, latest}."""
    return None if span is None else {"earliest": iso(span.earliest), "latest": iso(span.latest)}


def facts_row(facts: Facts) -> dict[str, Any]:
    """The facts that `classify`, `replay` and `incidents --json` all tell."""
    return {
        "attack_date": span_row(facts.when),
        "weapons": [str(weapon) for weapon in facts.weapons],
        "killed": count_row(facts.killed),
        "wounded": count_row(facts.wounded),
        "us_killed": count_row(facts.us_killed),
        "us_wounded": count_row(facts.us_wounded),
        "by": {"claimed": list(facts.claimed_by), "blamed": list(facts.blamed_on)},
        "intercepted": None if facts.intercepted is None else str(facts.intercepted),
    }


def base_row(attack: Attack) -> dict[str, Any]:
    """A base that was attacked."""
    target = attack.target
    country = target.countries[0] if target.countries else None
    return {"id": target.base, "name": target.name, "country": country, "lat": target.lat, "lon": target.lon}


def because_row(reason: Because) -> dict[str, Any]:
    """One reason, with its span in characters of the cleaned text."""
    return {
        "rule": reason.rule,
        "text": reason.text,
        "start": reason.start,
        "end": reason.end,
        "weight": round(reason.weight, 4),
    }


def incident_row(incident: Incident, items: Sequence[str]) -> dict[str, Any]:
    """An incident as `replay` writes it, with the ids of its items."""
    return {
        "id": incident.id,
        "wave": incident.wave or None,
        "base": incident.target.base or None,
        "place": incident.target.name or None,
        "country": incident.target.countries[0] if len(incident.target.countries) == 1 else None,
        "countries": list(incident.target.countries),
        "first_seen": iso(incident.first_seen),
        "occurred": span_row(incident.occurred),
        "status": str(incident.status),
        "confidence": str(incident.confidence),
        "confidence_reason": incident.confidence_reason,
        **facts_row(incident.facts),
        "articles": list(items),
        "origins": list(incident.origins),
    }


def alert_row(alert: Alert, items: Sequence[str]) -> dict[str, Any]:
    """An alert as `replay` writes it, as it would be sent, with the ids of its items."""
    sent = message(alert)
    return {
        "at": iso(alert.at),
        "incidents": list(alert.incidents),
        "reason": str(alert.reason),
        "severity": str(alert.severity),
        "title": sent.title,
        "body": sent.body,
        "articles": list(items),
    }


def finding_row(identity: str, finding: Finding) -> dict[str, Any]:
    """A verdict as `classify` writes it."""
    return {
        "id": identity,
        "label": str(finding.label),
        "flagged": finding.flagged,
        "score": round(finding.score, 4),
        "bases": [base_row(attack) for attack in finding.attacks if attack.target.base],
        "countries": list(finding.countries),
        **facts_row(finding.facts),
        "because": [because_row(reason) for reason in finding.because],
    }
