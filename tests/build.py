"""Small records for tests: each builder gives a whole one, and takes by name what the test is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.core.clean import article_id, clean
from monitor.core.records import (
    Alert,
    AlertReason,
    Article,
    Attack,
    Confidence,
    Entry,
    Facts,
    Feed,
    Finding,
    Incident,
    Label,
    Severity,
    Statement,
    Status,
    Target,
    TimeSpan,
)

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

AIN_AL_ASAD = Target("ain-al-asad-air-base", "Ain al-Asad Air Base", ("IQ",), lat=33.8, lon=42.44)
ERBIL = Target("erbil-air-base", "Erbil Air Base", ("IQ",), lat=36.24, lon=43.96)
IN_IRAQ = Target("", "Iraq", ("IQ",))
IN_THE_GULF = Target("", "Gulf", ("KW", "QA", "BH", "AE"))
NOWHERE = Target("", "", ())


@dataclass
class Hands:
    """A clock that is moved by hand."""

    time: datetime = NOW

    def now(self) -> datetime:
        """The time it was moved to."""
        return self.time


def feed(name: str = "wire", **given: Any) -> Feed:
    """A feed at a loopback address."""
    return replace(Feed(name, f"http://127.0.0.1:9/{name}.xml"), **given)


def entry(title: str = "Rockets hit base", **given: Any) -> Entry:
    """An entry of feed "wire"; its guid and link follow from the title."""
    slug = "-".join(title.lower().split())[:60]
    whole = Entry("wire", f"guid-{slug}", f"https://news.example/{slug}", title, published=NOW - HOUR)
    return replace(whole, **given)


def article(title: str = "Rockets hit base", **given: Any) -> Article:
    """The article of such an entry, seen at NOW."""
    return clean(entry(title, **given), None, NOW)


def attack(target: Target = AIN_AL_ASAD, **facts: Any) -> Attack:
    """An attack on a target."""
    return Attack(target, Facts(**facts))


def finding(of: Entry | Article, label: Label = Label.REPORT, *attacks: Attack, **given: Any) -> Finding:
    """A verdict; a flagged one tells an attack on Ain al-Asad unless told otherwise."""
    id_ = of.id if isinstance(of, Article) else article_id(of)
    told = attacks or ((attack(),) if label.flagged else ())
    return replace(Finding(id_, label, 0.9 if label.flagged else 0.02, told), **given)


def statement(article: str = "a1", at: datetime = NOW, **given: Any) -> Statement:
    """What an article of its own origin said."""
    return replace(Statement(article, at, f"origin-{article}", "", Facts(), title=f"Title of {article}"), **given)


def incident(id: str = "ain-al-asad-20260504", *statements: Statement, **given: Any) -> Incident:
    """An open incident of the last hour at Ain al-Asad, told by `statements` (one unless given)."""
    said = statements or (statement(),)
    whole = Incident(
        id=id,
        wave="",
        target=AIN_AL_ASAD,
        occurred=TimeSpan(NOW - HOUR, NOW),
        first_seen=NOW,
        last_news=NOW,
        status=Status.OPEN,
        confidence=Confidence.SINGLE_SOURCE,
        confidence_reason="one origin",
        facts=Facts(),
        statements=said,
        articles=tuple(part.article for part in said),
        origins=tuple(part.origin for part in said),
        title=said[0].title,
    )
    return replace(whole, **given)


def alert(id: str = "alert-1", *destinations: str, **given: Any) -> Alert:
    """An alert that opens an incident, for the destination "desk" unless told otherwise."""
    whole = Alert(
        id=id,
        at=NOW,
        reason=AlertReason.NEW,
        incidents=("ain-al-asad-20260504",),
        articles=("a1",),
        title="Attack on Ain al-Asad Air Base",
        body="Rockets hit the base.",
        severity=Severity.HIT,
        destinations=destinations or ("desk",),
    )
    return replace(whole, **given)
