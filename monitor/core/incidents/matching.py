"""How well an incident fits what an article tells: named evidence, each piece with points for or against.

An incident is one act: a base, an interval, an attacker's deed. Every piece of evidence (place, time, wave, toll,
weapon, claimant, likeness of text) gives points for or against; what makes it impossible (another base, a time out of
reach, another wave by the same attacker) ends the comparison. The best candidate with at least `JOIN_AT` points is
joined; else an incident opens. Text likeness alone can never reach `JOIN_AT`.

What errors cost: a missed merge costs a reader one message too many; a false merge swallows an attack, unless its
article still changes what is known. So the place must fit and the time must not speak against it; doubt opens. The
other way round, news that names no place joins whatever is told of that hour: nobody can act on a second alarm that
says less. Only news that names a place for the first time needs more than the hour to be a nameless attack.

The backtest: `basewatch replay` over four months of a war (March to June 2026, 47,673 items), verdicts by the
classifier of 23 November 2026, 95 labelled pairs of one attack and 1,893 of two; precision, recall, opening alerts:

    JOIN_AT                                     JOIN_AT 2.0 without
    1.0    0.990 0.990 52                       PROMINENT           1.000 0.947 54
    1.5    1.000 0.990 54                       weapon, claimant    1.000 0.958 55
    2.0    1.000 0.990 54                       text                1.000 0.947 54
    2.5    1.000 0.916 62                       ONE_MORE            1.000 0.990 54
    3.0    1.000 0.916 67                       ROUGH, LATE_REPORT  1.000 0.990 52

By hand-made verdicts, with the time told in four of ten, it was 1.000 0.985 at 1.5 to 2.5. What the four months hold no
labelled case of (a second attack the same night, two waves by number, a time told only roughly) rests on reason, on the
tables of tests/core/test_merge.py and on the stories of tests/quality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log2

from monitor.core.incidents.atlas import Atlas
from monitor.core.incidents.growing import ASSUMED, LATE, exactness, span
from monitor.core.incidents.origins import COPY
from monitor.core.incidents.similar import copy_of, likeness, words
from monitor.core.records import Count, Facts, Incident, Label, MergeReason, Statement, Target

JOIN_AT = 2.0

SAME_BASE, SAME_COUNTRY, ROUGH_COUNTRY, ROUGH_REGION, NO_PLACE, NEW_PLACE = 3.0, 2.0, 1.5, 1.0, 0.5, 0.25


HOUR = timedelta(hours=1)
TOLD_TIME = ((0, 2.0), (12, 0.0), (36, -2.0))  # both times told: hours between them at most -> points
REPORT_TIME = ((0, 1.5), (12, 0.0), (24, -1.25), (48, -3.0))  # a report that tells no time
UPDATE_TIME = ((0, 1.5), (72, 0.0), (336, -1.5))  # an update speaks of something earlier
ROUGH_TIME, LATE_REPORT = 0.0, -1.25
"""Instead of the points of the same time, where the time told is longer than `LATE`, or where words of a late report
reach back longer than a fresh one's: in a war there were several attacks in it."""

SAME_WAVE, OTHER_WAVE = 3.0, -4.0
ONE_MORE = -7.0
"""Told as one more attack ("again", "a second attack"), and this one was over: more than the rest can outweigh together
(base, time, weapon, headline: 7.25), unless the same toll or a copied text says that it is the same news after all."""
OVER_FOR = timedelta(hours=3)  # after its last possible moment; till then "again" may be the attack's own news
RUNS_ON = timedelta(days=7)  # how far back an attack there may lie that explains an "again"
SAME_TOLL = 1.5
SAME_WEAPON, OTHER_WEAPON, OTHER_WEAPON_LATER = 0.25, -0.5, -3.0
"""First reports of one attack often differ in the weapon; a report on the same base that comes once it was over
(`OVER_FOR`), with none of the weapons told till then, needs a like headline, the same toll or a copied text."""
SAME_CLAIMANT, OTHER_CLAIMANT = 0.25, -1.0
COPIED = 3.0
LIKE_FROM, LIKE_POINTS = 0.4, 2.0  # shared words of the headline from which on it counts, and what a full match gives
PROMINENT, PROMINENT_MOST = 0.3, 1.5  # for each doubling of its articles, where the place or the time is not told
MOST_LIKENED = 12  # latest statements of an incident whose headlines a new one is held against


@dataclass(frozen=True, slots=True)
class Match:
    """How well an incident fits: points, or None where it cannot be; with what spoke for and against in words."""

    points: float | None
    reason: MergeReason
    because: tuple[str, ...] = ()

    @property
    def joins(self) -> bool:
        """Whether it is good enough to be the attack."""
        return self.points is not None and self.points >= JOIN_AT

    @property
    def detail(self) -> str:
        """What it stands on besides the reason itself, in words."""
        besides = ", ".join(words for words in self.because if words not in self.reason)
        needed = "are enough" if self.joins else "are needed"
        return f"{besides} ({self.points or 0:.1f} points, {JOIN_AT:.1f} {needed})".lstrip()


def match(statement: Statement, incident: Incident, atlas: Atlas, others: Sequence[Incident] = ()) -> Match:
    """Points for `statement` telling of `incident`, each with its reason; `others` may be attacks before it."""
    assert statement.target is not None
    place = _place(statement.target, incident.target)
    if place is None:
        return Match(None, MergeReason.FIRST_NEWS)
    time = _time(statement, incident)
    if time is None:
        return Match(None, MergeReason.OTHER_TIME)
    act = [
        *_act(statement.facts, incident.facts, atlas),
        *_weapons(statement, incident),
        *_one_more(statement, incident, others),
    ]
    parts = [place, time, *act, *_prominence(statement, incident)]
    points = sum(part[0] for part in parts)
    if points + COPIED >= JOIN_AT:
        parts += _text(statement, incident)
        points = sum(part[0] for part in parts)
    reason = _reason(statement.target, incident.target)
    if points < JOIN_AT:
        reason = MergeReason.UNSURE
        if any(part[0] == OTHER_WAVE for part in act):
            reason = MergeReason.OTHER_WAVE
        elif any(part[0] == ONE_MORE for part in act):
            reason = MergeReason.OTHER_ACT
        elif time[0] < 0:
            reason = MergeReason.OTHER_TIME
    return Match(points, reason, tuple(words for _, words in parts))


def near(one: Target, other: Target) -> bool:
    """Whether two targets can be one place."""
    return _place(one, other) is not None


def _act(told: Facts, known: Facts, atlas: Atlas) -> list[tuple[float, str]]:
    """Wave, order, toll and claimant: whether it can be the same deed."""
    parts: list[tuple[float, str]] = []
    sides = (
        {atlas.side(name) for name in told.claimed_by},
        {atlas.side(name) for name in known.claimed_by},
    )
    if told.wave is not None and known.wave is not None:
        same = told.wave == known.wave
        parts.append((SAME_WAVE, f"wave {told.wave}") if same else (OTHER_WAVE, f"wave {told.wave}, not {known.wave}"))
    if told.ordinal is not None and known.ordinal is not None and told.ordinal != known.ordinal:
        parts.append((OTHER_WAVE, f"attack number {told.ordinal} there that day, not {known.ordinal}"))
    for name in ("us_killed", "killed", "us_wounded", "wounded"):
        mine, other = getattr(told, name), getattr(known, name)
        if _same_count(mine, other):
            parts.append((SAME_TOLL, f"the same {name.replace('_', ' ')} ({mine.min})"))
            break
    if sides[0] and sides[1]:
        same = not sides[0].isdisjoint(sides[1])
        parts.append((SAME_CLAIMANT, "same claimant") if same else (OTHER_CLAIMANT, "claimed by another side"))
    return parts


def _weapons(statement: Statement, incident: Incident) -> list[tuple[float, str]]:
    """Whether it was made with the same weapons, where both tell any."""
    told, known = statement.facts.weapons, incident.facts.weapons
    if not told or not known:
        return []
    if not set(told).isdisjoint(known):
        return [(SAME_WEAPON, "same weapons")]
    named = statement.target is not None and statement.target.base and statement.target.base == incident.target.base
    later = named and statement.label is Label.REPORT and _over(statement, incident)
    return [(OTHER_WEAPON_LATER, "other weapons, after it was over") if later else (OTHER_WEAPON, "other weapons")]


def _over(statement: Statement, incident: Incident) -> bool:
    """Whether an attack was over for some time when this was said."""
    return span(statement)[0].latest - incident.occurred.latest >= OVER_FOR


def _one_more(statement: Statement, incident: Incident, others: Sequence[Incident]) -> list[tuple[float, str]]:
    """Against an attack that is over, where one more is told: "again" must mean the next one.

    Unless the known one was told so itself, or another attack lies before it that explains the word; and an update
    looks back, so its "second attack" may be any.
    """
    if not renewed(statement.facts) or statement.label is Label.UPDATE or renewed(incident.facts):
        return []
    if not _over(statement, incident):
        return []
    for other in others:
        before = incident.occurred.latest - other.occurred.latest
        if other.id != incident.id and OVER_FOR <= before <= RUNS_ON and near(other.target, incident.target):
            return []
    return [(ONE_MORE, "told as one more attack, and this one was over")]


def renewed(facts: Facts) -> bool:
    """Whether an attack is told as one more after an earlier one."""
    return facts.again or (facts.ordinal or 1) > 1


def _place(told: Target, known: Target) -> tuple[float, str] | None:
    """Points for the place, or None where the two cannot be one."""
    if told.force != known.force:
        return None
    if told.base and known.base:
        return (SAME_BASE, "same base") if told.base == known.base else None
    if not told.countries or not known.countries:
        return (NEW_PLACE, "a place not told before") if told.countries else (NO_PLACE, "a place not told")
    if not set(told.countries) & set(known.countries):
        return None
    if len(told.countries) > 1 or len(known.countries) > 1:
        return ROUGH_REGION, "a region that holds it"
    return (ROUGH_COUNTRY, "the country of the base") if told.base or known.base else (SAME_COUNTRY, "same country")


def schedule(statement: Statement, told: bool, *, both_told: bool) -> Sequence[tuple[int, float]]:
    """Hours apart, at most, with the points they give; beyond the last of them it cannot be one attack."""
    if both_told:
        return TOLD_TIME
    return UPDATE_TIME if statement.label is Label.UPDATE and not told else REPORT_TIME


def _time(statement: Statement, incident: Incident) -> tuple[float, str] | None:
    """Points for the time, or None where it is out of reach."""
    when, told = span(statement)
    known = incident.occurred
    apart = max(when.earliest - known.latest, known.earliest - when.latest, timedelta(0))
    for hours, points in schedule(statement, told, both_told=told and incident.facts.tells_when):
        if apart <= hours * HOUR:
            if apart:
                return points, f"{apart / HOUR:.0f} hours apart"
            wide = when.latest - when.earliest > LATE
            if wide and told:
                return ROUGH_TIME, "within a time told only roughly"
            if wide and statement.label is Label.REPORT and known.latest < when.latest - ASSUMED:
                return LATE_REPORT, "within the days that a late report may speak of"
            return points, "same time"
    return None


def _text(statement: Statement, incident: Incident) -> list[tuple[float, str]]:
    """Likeness of headlines, or the text being a copy."""
    latest = incident.statements[-MOST_LIKENED:]
    if copy_of(statement.prints, (other.prints for other in latest), COPY) is not None:
        return [(COPIED, "a copy of a text known")]
    mine = words(statement.title)
    like = max((likeness(mine, words(other.title)) for other in latest), default=0.0)
    if like <= LIKE_FROM:
        return []
    return [(LIKE_POINTS * (like - LIKE_FROM) / (1 - LIKE_FROM), f"headlines alike ({like:.0%})")]


def _prominence(statement: Statement, incident: Incident) -> list[tuple[float, str]]:
    """Who tells roughly of an attack mostly means the one that everybody speaks of."""
    rough = statement.target is None or not statement.target.base or statement.label is Label.UPDATE
    points = min(PROMINENT_MOST, PROMINENT * log2(max(1, len(incident.articles))))
    return [(points, f"told by {len(incident.articles)} articles")] if rough and points else []


def _same_count(one: Count | None, other: Count | None) -> bool:
    return one is not None and other is not None and one.min > 0 and one.min == other.min


def _reason(told: Target, known: Target) -> MergeReason:
    if told.base and known.base:
        return MergeReason.SAME_BASE
    if exactness(told) == exactness(known):
        return MergeReason.SAME_PLACE
    return MergeReason.BASE_NAMED if exactness(told) < exactness(known) else MergeReason.PLACE_ROUGH
