"""Attacks as they become known: statements, incidents, and what was decided for each article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.records.findings import Facts, Target, TimeSpan
from monitor.core.records.kinds import Label


class Status(StrEnum):
    """Where an incident is in its life."""

    OPEN = "open"
    QUIET = "quiet"
    CLOSED = "closed"
    FALSE = "false"  # a person said it was none
    MERGED = "merged"  # a person, or a named base, put it into another one


class Confidence(StrEnum):
    """How sure the world is that the attack took place, as far as Basewatch has read."""

    SINGLE_SOURCE = "single source"
    CLAIMED = "claimed by a party"
    CORROBORATED = "corroborated"
    CONFIRMED = "confirmed by an official side"
    DISPUTED = "disputed"
    DENIED = "denied"
    RETRACTED = "retracted"


class Severity(StrEnum):
    """How grave an incident is, for routes: deaths, wounds or damage, a hit without known harm, all intercepted."""

    KILLED = "killed"
    HARMED = "harmed"
    HIT = "hit"
    AVERTED = "averted"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one article said of an incident, and for whom: its origin (not its outlet) and the party it speaks for.

    `at` is when the article was published; `target` the place as this article told it; `outlet`, `url` and `title` are
    what a reader is shown; `prints` are hashed shingles of its text, by which copies of one text know each other.
    """

    article: str
    at: datetime
    origin: str
    party: str
    facts: Facts
    target: Target | None = None
    label: Label = Label.REPORT
    outlet: str = ""
    url: str = ""
    title: str = ""
    prints: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """One attack, and what is known of it so far.

    `occurred` is the interval that holds the attack; `facts` is what all statements together say; `merged_into` is set
    with Status.MERGED. `barred` are articles that a person took out, so that they never come back. `revision` rises by
    one with every change.
    """

    id: str
    wave: str
    target: Target
    occurred: TimeSpan
    first_seen: datetime
    last_news: datetime
    status: Status
    confidence: Confidence
    confidence_reason: str
    facts: Facts
    statements: tuple[Statement, ...]
    articles: tuple[str, ...]
    origins: tuple[str, ...]
    title: str
    merged_into: str = ""
    barred: tuple[str, ...] = ()
    revision: int = 1


class Outcome(StrEnum):
    """What merging did with one article's attack."""

    OPEN = "open"
    JOIN = "join"
    REPEAT = "repeat"
    WITHDRAWN = "withdrawn"
    NONE = "none"  # the article tells no attack


class MergeReason(StrEnum):
    """Why an article's attack opened, joined or only repeated an incident."""

    FIRST_NEWS = "first news of an attack at this place and time"
    OTHER_TIME = "another time than the attacks known there"
    OTHER_WAVE = "another wave than the attacks known there"
    OTHER_ACT = "another attack than the one known there"
    UNSURE = "too little says that it is an attack already known"
    SAME_BASE = "same base, same time"
    SAME_PLACE = "same place, same time"
    BASE_NAMED = "names the base of an attack known only roughly"
    PLACE_ROUGH = "a rough place, and the time of a known attack there"
    SAME_ARTICLE = "the same article again"
    PAST_ATTACK = "an attack of the past, told again"
    MENDED = "mended by a person"
    EDITED = "the article no longer tells it"
    REJUDGED = "built anew by the rules of today"
    MOVED_ON = "the page has moved on to other news; what it said stays"
    NO_ATTACK = "the article tells no attack"


@dataclass(frozen=True, slots=True)
class Merge:
    """What merging says of one attack of one article.

    `incident` is the one joined or repeated, "" for OPEN and for a REPEAT of an attack that was never an incident here.
    """

    outcome: Outcome
    incident: str
    reason: MergeReason
    detail: str = ""

    @property
    def words(self) -> str:
        """The reason with what it stands on, for a `Decision`."""
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one article and one of its attacks, kept for `why`; `incident` is "" for Outcome.NONE."""

    article: str
    at: datetime
    outcome: Outcome
    incident: str
    reason: str  # a MergeReason, with what it stands on, in words
    alert: str  # id of the alert, or ""
    silence: str  # the SilenceReason where no alert was made, or ""


class Mending(StrEnum):
    """What a person may mend."""

    MERGE = "merge"  # two incidents are one attack
    SPLIT = "split"  # an article belongs to another attack
    FALSE = "false"  # there was no attack


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person mended: `incident` became part of `other`, or gave it `article`; `note` is their own words."""

    at: datetime
    kind: Mending
    incident: str
    other: str = ""
    article: str = ""
    note: str = ""
