"""News items as JSON Lines: reads them from a file, a .gz file or standard input, and writes verdicts as such."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from monitor.core.records import Alert, Attack, Because, Count, Entry, Facts, Finding, Incident, TimeSpan
from monitor.core.render import message
from monitor.errors import InputError

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
    with _open(name) as stream:
        number = 0
        try:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield _item(number, line)
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise InputError(
                name, f"cannot be read after line {number}: {error}", "is it UTF-8, or a whole .gz?"
            ) from error


def _open(name: str) -> IO[str]:
    if name == "-":
        return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    try:
        path = Path(name)
        if path.suffix == ".gz":
            return gzip.open(path, "rt", encoding="utf-8", errors="replace")
        return path.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(name, error.strerror or str(error), "give a JSON Lines file, a .gz of one, or -") from error


def _item(number: int, line: str) -> Item | BadLine:
    try:
        told = json.loads(line)
    except ValueError as error:
        return BadLine(number, f"is not JSON: {error}")
    if not isinstance(told, dict):
        return BadLine(number, "is not a JSON object")
    try:
        return Item(number, *_entry(told))
    except ValueError as error:
        return BadLine(number, str(error))


def _entry(told: dict[str, Any]) -> tuple[str, Entry]:
    identity = told.get("id")
    if not isinstance(identity, str | int) or identity == "":
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
    except ValueError as error:
        raise ValueError(f"published: {written!r} is no ISO 8601 time") from error
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


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
