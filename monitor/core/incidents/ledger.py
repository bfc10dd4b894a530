"""The attacks of the past that everybody knows, so that a retelling is taken for one from the first day on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from monitor.core.records import Facts, PastAttack, Target, TimeSpan

HINDSIGHT = timedelta(hours=72)
"""The ledger speaks of an attack only this long after it: till then its news is news, whenever a ledger was written."""

NAMED_FOR = timedelta(days=60)  # how long an update may speak of an attack by its toll alone, without its date


class Ledger:
    """Finds an attack of the ledger by place and day, or by place and toll."""

    def __init__(self, attacks: Sequence[PastAttack]) -> None:
        self._of_country: dict[str, list[PastAttack]] = defaultdict(list)
        for attack in attacks:
            self._of_country[attack.country].append(attack)

    def on_day(self, target: Target, when: TimeSpan, now: datetime) -> PastAttack | None:
        """The attack at this place within a day of `when`, which the article told; None when the ledger has none."""
        return next((past for past in self._at(target, now) if _span(past).overlaps(when)), None)

    def with_toll(self, target: Target, facts: Facts, before: datetime) -> PastAttack | None:
        """The latest attack at this place in the two months before with the very number of US dead (at least one)."""
        if facts.us_killed is None or facts.us_killed.min < 1:
            return None
        dead = facts.us_killed.min
        found = [past for past in self._at(target, before) if past.us_killed == dead]
        found = [past for past in found if before - _span(past).latest <= NAMED_FOR]
        return max(found, key=lambda past: past.last_day, default=None)

    def _at(self, target: Target, now: datetime) -> list[PastAttack]:
        """Attacks of the place old enough to be spoken of; a country stands for all of its bases, and the other way."""
        known = [past for country in target.countries for past in self._of_country[country]]
        known = [past for past in known if _span(past).latest + HINDSIGHT < now]
        return [past for past in known if not target.base or not past.base or past.base == target.base]


def _span(past: PastAttack) -> TimeSpan:
    """The days of an attack with one day on either side: local days are not UTC days, and some dates are a day off."""
    first = datetime.combine(date.fromisoformat(past.first_day), time(), UTC)
    last = datetime.combine(date.fromisoformat(past.last_day or past.first_day), time(), UTC)
    return TimeSpan(first - timedelta(days=1), last + timedelta(days=2))
