"""What one expression of time means: a moment or an interval in UTC, seen from the present of an article.

A weekday is the most recent such day that is not after publication; a date without a year is the nearest past one; a
part of the day narrows it. Feeds that give only a day publish at midnight UTC: then the whole of that day counts as
"now", since the attack may have come later on it than midnight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from monitor.core.facts.shapes import Shaper
from monitor.core.records import TimeSpan

DAY = timedelta(days=1)
CLOCK_SLACK = timedelta(minutes=15)
_TICK = timedelta(microseconds=1)

_zone = cache(ZoneInfo)  # which itself remembers eight and reads the others from disk again


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
        zone = _zone(tz or "UTC")
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
            TimeSpan(min(earliest - DAY, self.latest), self.latest)
            if earliest - self.latest < DAY
            else TimeSpan(earliest, latest)
        )

    def days(self, first: date, last: date) -> TimeSpan:
        """Whole local days, both included."""
        return self.hours(first, 0, 24 * ((last - first).days + 1))


@dataclass(frozen=True, slots=True)
class Phrase:
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


def _year_of(month: int, day: int, today: date) -> int:
    """The nearest past year of a date; tomorrow is allowed for a place where it has begun."""
    return (
        today.year
        if (month, day) <= ((today + DAY).month, (today + DAY).day) or (today.month == 12 and (today + DAY).month == 1)
        else today.year - 1
    )


def _date(phrase: Phrase) -> TimeSpan | None:
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


def _day(phrase: Phrase) -> TimeSpan:
    present = phrase.present
    moved = phrase.one("relative_part")
    if moved:
        return present.hours(present.today + moved[0] * DAY, moved[1], moved[2])
    weekday, relative = phrase.one("weekday"), phrase.one("relative")
    if weekday:
        back = (present.today.weekday() - weekday[0]) % 7
        if back == 0 and phrase.has("last"):
            back = 7
        return present.hours(present.today - back * DAY, *phrase.hours())
    if relative:
        return present.hours(present.today + relative[0] * DAY, *phrase.hours())
    if phrase.has("day_before"):
        return present.hours(phrase.told - DAY, 0, 24)
    return present.hours(present.today, *phrase.hours())


def _ago(phrase: Phrase) -> TimeSpan:
    present = phrase.present
    unit = phrase.one("unit")
    if unit is None:  # "moments ago"
        return TimeSpan(present.latest - timedelta(hours=2), present.latest)
    least, most = phrase.count() or (unit[1], unit[2])
    return _back(present, unit[0], least, most)


def _back(present: Present, minutes: int, least: int, most: int) -> TimeSpan:
    """Between `most` and `least` units before the present, each give or take what the unit leaves open."""
    if minutes == 1440:
        return present.days(present.today - most * DAY, present.today - least * DAY)
    slack = timedelta(minutes=max(minutes / 2, 10))
    earliest = present.latest - min(timedelta(minutes=minutes) * most, timedelta(days=36500)) - slack
    return TimeSpan(earliest, min(present.latest, present.latest - timedelta(minutes=minutes) * least + slack))


def _window(phrase: Phrase) -> TimeSpan | None:
    unit, count = phrase.one("unit"), phrase.count()
    if unit is None:
        return None
    present = phrase.present
    return TimeSpan(present.latest - timedelta(minutes=unit[0]) * (count[1] if count else 1), present.latest)


def _period(phrase: Phrase) -> TimeSpan | None:
    present, unit = phrase.present, phrase.one("unit")
    today = present.today
    if unit is None:  # the last Saturday and Sunday that have begun
        saturday = today - ((today.weekday() - 5) % 7) * DAY
        return present.days(saturday, saturday + DAY)
    back = 0 if phrase.has("this") else 1
    if unit[0] == 10080:
        monday = today - (today.weekday() + 7 * back) * DAY
        # Where weeks begin on Sunday, "last week" said on a Sunday ended yesterday.
        sunday = today - DAY if back and today.weekday() == 6 else monday + 6 * DAY
        return present.days(monday, sunday)
    if unit[0] == 43200:
        first = _months(today.replace(day=1), -back)
        return present.days(first, _months(first, 1) - DAY)
    if unit[0] == 525600:
        return present.days(date(today.year - back, 1, 1), date(today.year - back, 12, 31))
    if unit[0] == 1440:
        return present.days(today - back * DAY, today)
    return TimeSpan(present.latest - timedelta(minutes=unit[0]) * 2, present.latest)


def _months(first: date, by: int) -> date:
    months = first.year * 12 + first.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def _month(phrase: Phrase) -> TimeSpan | None:
    present, year = phrase.present, phrase.one("year")
    named = phrase.one("season") or (phrase.one("month") or (0,)) * 2
    start, length = named[0], named[1] - named[0] + 1
    if year is None:
        year = (present.today.year if start <= present.today.month else present.today.year - 1,)
        if start == present.today.month and phrase.has("last"):
            year = (present.today.year - 1,)
    first = date(year[0], start, 1)
    return present.days(first, _months(first, length) - DAY)


def _year(phrase: Phrase) -> TimeSpan | None:
    year = phrase.one("year")
    if year is None or year[0] > phrase.present.today.year:
        return None
    return phrase.present.days(date(year[0], 1, 1), date(year[0], 12, 31))


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in a zone of its own."""

    hour: int
    minute: int
    zone: ZoneInfo

    def on(self, day: date) -> datetime:
        """The moment it names on a day, in UTC."""
        return datetime.combine(day, time(self.hour, self.minute), self.zone).astimezone(UTC)

    @classmethod
    def read(cls, phrase: Phrase) -> Clock:
        """The clock time that a phrase tells, in the zone it names or in that of the place."""
        shaper, words, letters = phrase.shaper, phrase.words, phrase.letters
        digits = re.findall(r"\d+", words[phrase.start])
        hour, minute = int(digits[0]), int(digits[1]) if len(digits) > 1 else 0
        if len(digits[0]) == 4:
            hour, minute = divmod(hour, 100)
        if phrase.has("pm") and hour < 12:
            hour += 12
        elif phrase.has("am") and hour == 12:
            hour = 0
        zones = [
            shaper.name("zone", words, letters, at) for at in shaper.within("zone", letters, phrase.start, phrase.end)
        ]
        return cls(hour % 24, minute % 60, _zone(zones[0]) if zones else phrase.present.zone)


def _clock_span(phrase: Phrase) -> TimeSpan:
    """The last time the clock stood so, give or take a quarter of an hour."""
    present, clock = phrase.present, Clock.read(phrase)
    moment = clock.on(present.today + DAY)
    while moment > present.latest:
        moment -= DAY
    return TimeSpan(moment - CLOCK_SLACK, min(moment + CLOCK_SLACK, present.latest))


READINGS = {
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
