"""Expressions of time -> intervals in UTC, resolved against the time of publication in the zone of the place.

A weekday is the most recent such day that is not after publication; a date without a year is the nearest past one; a
part of the day narrows it. Feeds that give only a day publish at midnight UTC: then the whole of that day counts as
"now", since the attack may have come later on it than midnight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from spacy.tokens import Doc

from monitor.core.records import TimeSpan, Words
from monitor.core.shapes import Shaper, Vocabulary, tokens

FRESH = timedelta(hours=72)  # GUIDE: what a report may lie before its publication
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_CLOCK_SLACK = timedelta(minutes=15)
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


@dataclass(frozen=True, slots=True)
class Present:
    """The moment of publication as an expression sees it: `now` local, `today` its day, `latest` its end in UTC."""

    now: datetime
    today: date
    latest: datetime
    zone: ZoneInfo

    @classmethod
    def at(cls, published: datetime, tz: str) -> Present:
        """The present of an article in the zone of the place it tells of ("" reads as UTC)."""
        zone = ZoneInfo(tz or "UTC")
        if published.astimezone(UTC).time() == time(0):  # a feed that gives only the day
            end = datetime.combine(published.astimezone(UTC).date(), time(23, 59), zone)
            return cls(end, end.date(), end.astimezone(UTC), zone)
        local = published.astimezone(zone)
        return cls(local, max(local.date(), published.astimezone(UTC).date()), published.astimezone(UTC), zone)

    def hours(self, day: date, start: float, end: float) -> TimeSpan:
        """From `start` to `end` hours after local midnight of a day, not beyond the present."""
        midnight = datetime.combine(day, time(0), self.zone)
        earliest = (midnight + timedelta(hours=start)).astimezone(UTC)
        latest = (midnight + timedelta(hours=end)).astimezone(UTC) - _TICK
        if earliest <= self.latest:
            return TimeSpan(earliest, min(latest, self.latest))
        return (
            TimeSpan(min(earliest - _DAY, self.latest), self.latest)
            if earliest - self.latest < _DAY
            else TimeSpan(earliest, latest)
        )

    def days(self, first: date, last: date) -> TimeSpan:
        """Whole local days, both included."""
        return self.hours(first, 0, 24 * ((last - first).days + 1))


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
        clocks: list[tuple[int, _Clock]] = []
        for match in self._pattern.finditer(letters):
            present = present or Present.at(published, tz)
            told = _last_day(found, present)
            phrase = _Phrase(self._shaper, words, letters, match.start(), match.end(), present, told)
            span = _READERS[match.lastgroup or ""](phrase)
            if span is None:
                continue
            kind = TimeKind.AGO if match.lastgroup == "after" else TimeKind(match.lastgroup or "")
            role = TimeRole.AFTER if match.lastgroup == "after" else self._role(letters, match)
            if kind is TimeKind.CLOCK:
                clocks.append((len(found), _clock(phrase)))
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


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The tokens of one match, and what they may mean."""

    shaper: Shaper
    words: Sequence[str]
    letters: str
    start: int
    end: int
    present: Present
    told: date  # the day named last before it, else today

    def all(self, name: str) -> list[tuple[int, ...]]:
        """The values of every word of a class, in order."""
        places = self.shaper.within(name, self.letters, self.start, self.end)
        return [self.shaper.values(name, self.words, self.letters, at) for at in places]

    def one(self, name: str) -> tuple[int, ...] | None:
        """The values of the first word of a class, None without one."""
        return next(iter(self.all(name)), None)

    def has(self, name: str) -> bool:
        """Whether a word of the class stands here."""
        return self.shaper.has(name, self.letters, self.start, self.end)

    def hours(self) -> tuple[int, int]:
        """The hours of the day that a part of the day or "early" and "late" leave."""
        part = self.one("alone") or self.one("part")
        edge = self.one("edge")
        if part:
            return (part[0], part[1])
        return (edge[0], edge[1]) if edge else (0, 24)

    def count(self) -> tuple[int, int] | None:
        """How many units: least and most, None where no number stands."""
        vague = self.one("vague")
        if vague:
            return (vague[0], vague[1])
        numbers = [value[0] for value in self.all("number")]
        return (sum(numbers), sum(numbers)) if numbers else None


def _last_day(found: Sequence[TimeMention], present: Present) -> date:
    """The local day named last, else today."""
    days = [one for one in found if one.kind in (TimeKind.DATE, TimeKind.DAY)]
    return days[-1].span.earliest.astimezone(present.zone).date() if days else present.today


def _year_of(month: int, day: int, today: date) -> int:
    """The nearest past year of a date; tomorrow is allowed for a place where it has begun."""
    return (
        today.year
        if (month, day) <= ((today + _DAY).month, (today + _DAY).day)
        or (today.month == 12 and (today + _DAY).month == 1)
        else today.year - 1
    )


def _date(phrase: _Phrase) -> TimeSpan | None:
    present = phrase.present
    years = [value[0] for value in phrase.all("year")]
    months = [value[0] for value in phrase.all("month")]
    days = [day for name in ("day", "day_range") for value in phrase.all(name) for day in value]
    if not months:  # 2020-01-08
        numbers = [value[0] for value in phrase.all("number")]
        if len(numbers) != 3:
            return None
        years, months, days = numbers[:1], numbers[1:2], numbers[2:]
    try:
        year = years[0] if years else _year_of(months[-1], days[-1], present.today)
        last = date(year, months[-1], days[-1])
        first = date(year, months[0], days[0])
    except ValueError:
        return None
    if len(days) > 1:
        return present.days(min(first, last), max(first, last))
    return present.hours(last, *phrase.hours())


def _day(phrase: _Phrase) -> TimeSpan:
    present = phrase.present
    moved = phrase.one("relative_part")
    if moved:
        return present.hours(present.today + moved[0] * _DAY, moved[1], moved[2])
    weekday, relative = phrase.one("weekday"), phrase.one("relative")
    if weekday:
        back = (present.today.weekday() - weekday[0]) % 7
        if back == 0 and phrase.has("last"):
            back = 7
        return present.hours(present.today - back * _DAY, *phrase.hours())
    if relative:
        return present.hours(present.today + relative[0] * _DAY, *phrase.hours())
    if phrase.has("day_before"):
        return present.hours(phrase.told - _DAY, 0, 24)
    return present.hours(present.today, *phrase.hours())


def _ago(phrase: _Phrase) -> TimeSpan:
    present = phrase.present
    unit = phrase.one("unit")
    if unit is None:  # "moments ago"
        return TimeSpan(present.latest - timedelta(hours=2), present.latest)
    least, most = phrase.count() or (unit[1], unit[2])
    return _back(present, unit[0], least, most)


def _back(present: Present, minutes: int, least: int, most: int) -> TimeSpan:
    """Between `most` and `least` units before the present, each give or take what the unit leaves open."""
    if minutes == 1440:
        return present.days(present.today - most * _DAY, present.today - least * _DAY)
    slack = timedelta(minutes=max(minutes / 2, 10))
    earliest = present.latest - min(timedelta(minutes=minutes) * most, timedelta(days=36500)) - slack
    return TimeSpan(earliest, min(present.latest, present.latest - timedelta(minutes=minutes) * least + slack))


def _window(phrase: _Phrase) -> TimeSpan | None:
    unit, count = phrase.one("unit"), phrase.count()
    if unit is None:
        return None
    present = phrase.present
    return TimeSpan(present.latest - timedelta(minutes=unit[0]) * (count[1] if count else 1), present.latest)


def _period(phrase: _Phrase) -> TimeSpan | None:
    present, unit = phrase.present, phrase.one("unit")
    today = present.today
    if unit is None:  # the last Saturday and Sunday that have begun
        saturday = today - ((today.weekday() - 5) % 7) * _DAY
        return present.days(saturday, saturday + _DAY)
    back = 0 if phrase.has("this") else 1
    if unit[0] == 10080:
        monday = today - (today.weekday() + 7 * back) * _DAY
        # Where weeks begin on Sunday, "last week" said on a Sunday ended yesterday.
        sunday = today - _DAY if back and today.weekday() == 6 else monday + 6 * _DAY
        return present.days(monday, sunday)
    if unit[0] == 43200:
        first = _months(today.replace(day=1), -back)
        return present.days(first, _months(first, 1) - _DAY)
    if unit[0] == 525600:
        return present.days(date(today.year - back, 1, 1), date(today.year - back, 12, 31))
    if unit[0] == 1440:
        return present.days(today - back * _DAY, today)
    return TimeSpan(present.latest - timedelta(minutes=unit[0]) * 2, present.latest)


def _months(first: date, by: int) -> date:
    months = first.year * 12 + first.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def _month(phrase: _Phrase) -> TimeSpan | None:
    present, year = phrase.present, phrase.one("year")
    named = phrase.one("season") or (phrase.one("month") or (0,)) * 2
    start, length = named[0], named[1] - named[0] + 1
    if year is None:
        year = (present.today.year if start <= present.today.month else present.today.year - 1,)
        if start == present.today.month and phrase.has("last"):
            year = (present.today.year - 1,)
    first = date(year[0], start, 1)
    return present.days(first, _months(first, length) - _DAY)


def _year(phrase: _Phrase) -> TimeSpan | None:
    year = phrase.one("year")
    if year is None or year[0] > phrase.present.today.year:
        return None
    return phrase.present.days(date(year[0], 1, 1), date(year[0], 12, 31))


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day in a zone of its own."""

    hour: int
    minute: int
    zone: ZoneInfo

    def on(self, day: date) -> datetime:
        """The moment it names on a day, in UTC."""
        return datetime.combine(day, time(self.hour, self.minute), self.zone).astimezone(UTC)


def _clock(phrase: _Phrase) -> _Clock:
    shaper, words, letters = phrase.shaper, phrase.words, phrase.letters
    digits = re.findall(r"\d+", words[phrase.start])
    hour, minute = int(digits[0]), int(digits[1]) if len(digits) > 1 else 0
    if len(digits[0]) == 4:
        hour, minute = divmod(hour, 100)
    if phrase.has("pm") and hour < 12:
        hour += 12
    elif phrase.has("am") and hour == 12:
        hour = 0
    zones = [shaper.name("zone", words, letters, at) for at in shaper.within("zone", letters, phrase.start, phrase.end)]
    return _Clock(hour % 24, minute % 60, ZoneInfo(zones[0]) if zones else phrase.present.zone)


def _clock_span(phrase: _Phrase) -> TimeSpan:
    """The last time the clock stood so, give or take a quarter of an hour."""
    present, clock = phrase.present, _clock(phrase)
    moment = clock.on(present.today + _DAY)
    while moment > present.latest:
        moment -= _DAY
    return TimeSpan(moment - _CLOCK_SLACK, min(moment + _CLOCK_SLACK, present.latest))


def _dated(mention: TimeMention, clock: _Clock, found: Sequence[TimeMention], present: Present) -> TimeMention:
    """A clock time put on the nearest day named beside it."""
    near = [
        (abs(other.start_token - mention.start_token), other)
        for other in found
        if other.kind in (TimeKind.DATE, TimeKind.DAY) and other.span.latest - other.span.earliest < 2 * _DAY
    ]
    near = [pair for pair in near if pair[0] <= _CLOCK_REACH]
    if not near:
        return mention
    day = min(near, key=lambda pair: pair[0])[1]
    local = day.span.earliest.astimezone(present.zone).date()
    # GMT is added beside the day of the place, so it may stand on the day before or after; any other zone is the
    # writer's own, and so is the day.
    moments = [clock.on(local + by * _DAY) for by in ((0, -1, 1) if clock.zone.key == "UTC" else (0,))]
    moment = next((one for one in moments if day.span.earliest <= one <= day.span.latest), moments[0])
    span = TimeSpan(moment - _CLOCK_SLACK, moment + _CLOCK_SLACK)
    return replace(mention, span=span, role=day.role, old=span.latest < present.latest - FRESH)


_READERS = {
    "date": _date,
    "day": _day,
    "ago": _ago,
    "after": _ago,
    "window": _window,
    "period": _period,
    "month": _month,
    "year": _year,
    "clock": _clock_span,
}
