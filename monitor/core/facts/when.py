"""Expressions of time in a text -> mentions with their intervals, and what each of them is the time of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from spacy.tokens import Doc

from monitor.core.facts.moments import CLOCK_SLACK, DAY, READINGS, Clock, Phrase, Present
from monitor.core.facts.shapes import Shaper, Vocabulary, tokens
from monitor.core.records import TimeSpan, Words

FRESH = timedelta(hours=72)  # GUIDE: what a report may lie before its publication
_CLOCK_REACH = 12  # tokens between a clock time and the day it belongs to
# Every shape has a word of one of these classes, so a text without any holds no expression.
_ANCHORS = (
    "weekday",
    "relative",
    "relative_part",
    "alone",
    "day_before",
    "month",
    "season",
    "year",
    "unit",
    "moments",
    "weekend",
    "clock",
    "hour",
    "hhmm",
)
_LOOK_BACK = 3  # tokens before an expression that may say what it dates


class TimeKind(StrEnum):
    """How the time is told."""

    DATE = "date"
    DAY = "day"
    AGO = "ago"
    WINDOW = "window"  # "in the past 24 hours"
    PERIOD = "period"  # "last week"
    MONTH = "month"
    YEAR = "year"
    CLOCK = "clock"


class TimeRole(StrEnum):
    """What the time is of, as the words around it say."""

    TOLD = "told"  # of what the sentence tells
    SAID = "said"  # of somebody's saying it
    SINCE = "since"  # of the beginning of a span that lasts until now
    AFTER = "after"  # of an earlier event that the news follows: "a month after ..."
    UNTIL = "until"  # of something to come


@dataclass(frozen=True, slots=True)
class TimeMention:
    """One expression, tokens start_token..end_token (end excluded). `old`: all of it lies over 72 hours back."""

    start_token: int
    end_token: int
    span: TimeSpan
    kind: TimeKind
    role: TimeRole
    old: bool


class TimeReader:
    """Finds the expressions of time in a text, with the words and shapes of one language."""

    def __init__(self, words: Words) -> None:
        vocabulary = Vocabulary.of(words.table("time"))
        self._shaper = Shaper(vocabulary)
        self._pattern = self._shaper.compile(vocabulary.shapes)
        self._roles = (
            (TimeRole.SINCE, self._shaper.members("since")),
            (TimeRole.UNTIL, self._shaper.members("until")),
            (TimeRole.SAID, self._shaper.members("said")),
        )
        self._links = self._shaper.members("said_link") | {"_"}
        self._anchors = frozenset().union(*map(self._shaper.members, _ANCHORS))

    def find(self, doc: Doc, published: datetime, tz: str) -> list[TimeMention]:
        """Every expression that can be resolved, in the order of the text; `tz` is the IANA zone of the place."""
        return self.find_in(tokens(doc), published, tz)

    def find_in(self, words: Sequence[str], published: datetime, tz: str) -> list[TimeMention]:
        """The same over lower-cased tokens."""
        letters = self._shaper.tag(words)
        if self._anchors.isdisjoint(letters):
            return []
        present: Present | None = None
        found: list[TimeMention] = []
        clocks: list[tuple[int, Clock]] = []
        for match in self._pattern.finditer(letters):
            present = present or Present.at(published, tz)
            told = _last_day(found, present)
            phrase = Phrase(self._shaper, words, letters, match.start(), match.end(), present, told)
            span = READINGS[match.lastgroup or ""](phrase)
            if span is None:
                continue
            kind = TimeKind.AGO if match.lastgroup == "after" else TimeKind(match.lastgroup or "")
            role = TimeRole.AFTER if match.lastgroup == "after" else self._role(letters, match)
            if kind is TimeKind.CLOCK:
                clocks.append((len(found), Clock.read(phrase)))
            old = span.latest < present.latest - FRESH
            found.append(TimeMention(match.start(), match.end(), span, kind, role, old))
        for at, clock in clocks:
            found[at] = _dated(found[at], clock, found, present) if present else found[at]
        return found

    def _role(self, letters: str, match: re.Match[str]) -> TimeRole:
        at = match.start()
        for role, members in self._roles[:1]:
            if letters[at] in members:
                return role
        for back in range(at - 1, max(at - 1 - _LOOK_BACK, -1), -1):
            for role, members in self._roles:
                if letters[back] in members:
                    return role
            if letters[back] not in self._links:
                break
        return TimeRole.TOLD


def _last_day(found: Sequence[TimeMention], present: Present) -> date:
    """The local day named last, else today."""
    days = [one for one in found if one.kind in (TimeKind.DATE, TimeKind.DAY)]
    return days[-1].span.earliest.astimezone(present.zone).date() if days else present.today


def _dated(mention: TimeMention, clock: Clock, found: Sequence[TimeMention], present: Present) -> TimeMention:
    """A clock time put on the nearest day named beside it."""
    near = [
        (abs(other.start_token - mention.start_token), other)
        for other in found
        if other.kind in (TimeKind.DATE, TimeKind.DAY) and other.span.latest - other.span.earliest < 2 * DAY
    ]
    near = [pair for pair in near if pair[0] <= _CLOCK_REACH]
    if not near:
        return mention
    day = min(near, key=lambda pair: pair[0])[1]
    local = day.span.earliest.astimezone(present.zone).date()
    # GMT is added beside the day of the place, so it may stand on the day before or after; any other zone is the
    # writer's own, and so is the day.
    moments = [clock.on(local + by * DAY) for by in ((0, -1, 1) if clock.zone.key == "UTC" else (0,))]
    moment = next((one for one in moments if day.span.earliest <= one <= day.span.latest), moments[0])
    span = TimeSpan(moment - CLOCK_SLACK, moment + CLOCK_SLACK)
    return replace(mention, span=span, role=day.role, old=span.latest < present.latest - FRESH)
