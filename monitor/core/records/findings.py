"""What is found in an article: the verdict, its reasons, and the facts of each attack it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.records.kinds import Intercepted, Label, Side, Weapon

_WORTH_EXPLAINING = 0.1  # the score from which on an "other" is kept with its reasons


@dataclass(frozen=True, slots=True)
class Because:
    """One reason of a verdict: the rule's name, the words it stands on, where in `Article.text`, and its weight.

    A positive weight speaks for an attack, a negative one against; start = end = 0 where no words stand behind it.
    """

    rule: str
    text: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people as told: "at least 3" is (3, None), "30 to 40" is (30, 40), "no casualties" is (0, 0)."""

    min: int
    max: int | None


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """An interval in UTC that holds the attack; both ends belong to it."""

    earliest: datetime
    latest: datetime

    def overlaps(self, other: TimeSpan, slack: timedelta = timedelta(0)) -> bool:
        """Whether the two can hold the same moment when each may be wrong by `slack`."""
        return self.earliest <= other.latest + slack and other.earliest <= self.latest + slack


@dataclass(frozen=True, slots=True)
class Target:
    """What was attacked: a base (`base` is its id), or a place known only as country, region or force.

    `countries` has one code for a base or a country, several for a region ("bases in the Gulf"), none when unknown.
    `force` is the watched force that stands there.
    """

    base: str
    name: str
    countries: tuple[str, ...]
    force: str = "US"
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Toll:
    """Killed and wounded of one side; None where nothing was said, Count(0, 0) where none were said to be."""

    side: Side
    killed: Count | None = None
    wounded: Count | None = None
    missing: Count | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What one article, or all articles of an incident, say of one attack.

    `killed` and `wounded` are totals without the attackers. Parties are canonical names of groups or countries.
    `wave` is the number the attacker gives its wave; `ordinal` counts attacks on the place that day ("second attack");
    `again` says that it is told as one more after an earlier one ("attacked again", "a new attack").
    `sentences` pairs the name of a field with the sentence it was read in.
    """

    when: TimeSpan | None = None
    weapons: tuple[Weapon, ...] = ()
    killed: Count | None = None
    wounded: Count | None = None
    us_killed: Count | None = None
    us_wounded: Count | None = None
    tolls: tuple[Toll, ...] = ()
    launched: Count | None = None  # how many rockets, drones, missiles ... came
    claimed_by: tuple[str, ...] = ()
    blamed_on: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    confirmed_by: tuple[str, ...] = ()
    intercepted: Intercepted | None = None
    damage: str = ""
    wave: int | None = None
    ordinal: int | None = None
    again: bool = False
    sentences: tuple[tuple[str, str], ...] = ()

    @property
    def tells_when(self) -> bool:
        """Whether a sentence tells the time; else `when` is only what is usual or assumed."""
        return any(field == "when" for field, _ in self.sentences)


_NOTHING_TOLD = Facts()


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack that an article tells as its news: one target, and what is said of that target's attack."""

    target: Target
    facts: Facts


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one article: label, score (0..1, calibrated probability of being flagged) and its reasons.

    `attacks` is empty unless the label is flagged; then it has one Attack per target, never none. `facts` sums up the
    whole article. `older` are attacks told as history (so that a retelling is not taken for news).
    """

    article: str
    label: Label
    score: float
    attacks: tuple[Attack, ...] = ()
    facts: Facts = _NOTHING_TOLD
    countries: tuple[str, ...] = ()
    older: tuple[Attack, ...] = ()
    because: tuple[Because, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether the article belongs to an incident."""
        return self.label.flagged

    @property
    def worth_explaining(self) -> bool:
        """Whether anybody may ask why: nobody does where what looks like nothing was taken for nothing."""
        return self.label is not Label.OTHER or self.score >= _WORTH_EXPLAINING
