"""News of invented attacks for the tests of merging and telling, and a small world in which they happen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.alerts.alerting import Teller
from monitor.core.incidents.merge import Merger
from monitor.core.records import (
    Alert,
    Article,
    Attack,
    Base,
    Change,
    Facts,
    Finding,
    Group,
    Incident,
    Knowledge,
    Label,
    Merge,
    Outcome,
    PastAttack,
    Place,
    Publisher,
    Route,
    Target,
    TimeSpan,
    Verdict,
    Watch,
)
from tests.build import article

START = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)


def base(name: str, country: str, tz: str) -> Base:
    """A base of the gazetteer."""
    return Base(name.lower().replace(" ", "-"), name, (), (), country, "", "", "", None, None, tz, "air base", ())


ASAD = base("Ain al-Asad Air Base", "IQ", "Asia/Baghdad")
ERBIL = base("Erbil Air Base", "IQ", "Asia/Baghdad")
SALEM = base("Ali Al Salem Air Base", "KW", "Asia/Kuwait")

WORLD = Knowledge(
    bases=(ASAD, ERBIL, SALEM),
    places=(
        Place("Iraq", ("iraq",), ("Iraqi",), "country", ("IQ",), None, None, "Asia/Baghdad"),
        Place("Kuwait", ("kuwait",), ("Kuwaiti",), "country", ("KW",), None, None, "Asia/Kuwait"),
        Place("Iran", ("iran",), ("Iranian",), "country", ("IR",), None, None, "Asia/Tehran"),
    ),
    forces=(),
    groups=(Group("irgc", "IRGC", ("Revolutionary Guards",), "IR", "IR"), Group("brigades", "Brigades", (), "IQ", "")),
    attacks=(
        PastAttack("p1", "2026-04-20", "2026-04-20", ASAD.id, "IQ", (), 3, 30, 3, 30, "Brigades", "confirmed", ()),
    ),
    publishers=(
        Publisher("newswire", "Newswire", "agency", "", ("newswire.example",), ("Newswire", "The Newswire"), ()),
        Publisher("guard-news", "Guard News", "state", "IR", ("guardnews.example",), ("Guard News",), ()),
    ),
)

IN_IRAQ = Target("", "Iraq", ("IQ",))
IN_KUWAIT = Target("", "Kuwait", ("KW",))
IN_THE_GULF = Target("", "the Gulf", ("BH", "KW", "QA"))
NOWHERE = Target("", "", ())


def at(place: Base) -> Target:
    """The target that a base is."""
    return Target(place.id, place.name, (place.country,))


def told(first: float, last: float, **facts: Any) -> Facts:
    """Facts whose article says when: hours after START."""
    when = TimeSpan(START + timedelta(hours=first), START + timedelta(hours=last))
    return Facts(when=when, sentences=(("when", "It came overnight."), *facts.pop("sentences", ())), **facts)


def item(
    title: str,
    target: Target | Sequence[tuple[Target, Facts]],
    hours: float = 0,
    label: Label = Label.REPORT,
    **given: Any,
) -> tuple[Article, Finding]:
    """An article published so many hours after START, with its verdict; `facts` of the attack by that name."""
    facts = given.pop("facts", Facts())
    pairs = [(target, facts)] if isinstance(target, Target) else list(target)
    published = START + timedelta(hours=hours, minutes=1)
    made = article(title, published=published, **given)
    return made, Finding(made.id, label, 0.9, tuple(Attack(place, said) for place, said in pairs))


@dataclass
class Desk:
    """Merging and telling over a store that is a dict: what the pipeline does, without a database."""

    routes: tuple[Route, ...] = ()
    watch: Watch = field(default_factory=Watch)
    incidents: dict[str, Incident] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.merger = Merger(WORLD, self.watch)
        self.teller = Teller(self.watch, self.routes, self.merger.atlas)

    def hear(self, *items: tuple[Article, Finding]) -> Desk:
        """Take news in the order given, each when it is published."""
        for made, finding in items:
            self._hear(made, finding, made.published)
        return self

    def _hear(self, made: Article, finding: Finding, now: datetime) -> None:
        changes: list[Change] = []
        for attack in self.merger.ranked(finding.attacks):
            taken = {change.after.id for change in changes}
            merge = self.merger.judge(made, finding, attack, list(self.incidents.values()), now, taken)
            self.merges.append(merge)
            if merge.outcome is Outcome.OPEN:
                before, after = None, self.merger.open(made, finding, attack, now, self.incidents)
            elif merge.incident:
                before = self.incidents[merge.incident]
                after = self.merger.grow(before, made, finding, attack, now)
            else:
                continue
            self.incidents[after.id] = after
            changes.append(Change(before, after, self.told(after.id)))
        verdicts = self.teller.decide(made, finding, changes, now)
        self.verdicts += verdicts
        found = [verdict.outcome for verdict in verdicts if isinstance(verdict.outcome, Alert)]
        self.alerts += {alert.id: alert for alert in found}.values()

    def told(self, incident: str) -> tuple[Alert, ...]:
        """What was told of one incident."""
        return tuple(alert for alert in self.alerts if incident in alert.incidents)

    def groups(self) -> set[frozenset[str]]:
        """Which articles are together."""
        return {frozenset(incident.articles) for incident in self.incidents.values()}


def reasons(alerts: Iterable[Alert]) -> list[str]:
    """What each alert was for."""
    return [str(alert.reason) for alert in alerts]
