"""Is an attack told by an article one that is known already? Judges it against candidate incidents by named evidence.

An incident is one act: a base, an interval, an attacker's deed. Every piece of evidence (place, time, wave, toll,
weapon, claimant, likeness of text) gives points for or against; what makes it impossible (another base, a time out of
reach, another wave by the same attacker) ends the comparison. The best candidate with at least `JOIN_AT` points is
joined; else an incident opens. Text likeness alone can never reach `JOIN_AT`.

What errors cost: a missed merge costs a reader one message too many; a false merge swallows an attack, unless its
article still changes what is known. So the place must fit and the time must not speak against it; doubt opens. The
other way round, news that names no place joins whatever is told of that hour: nobody can act on a second alarm that
says less. Only news that names a place for the first time needs more than the hour to be a nameless attack.

The backtest: `basewatch replay` over four months of a war (March to June 2026, 47,673 items, 72 labelled pairs of one
attack and 1,565 of two), verdicts by hand with the time told in four of ten ("by hand") or by the classifier of the day
("read"); merge precision, recall, opening alerts:

    JOIN_AT                      by hand             read
    1.0                          0.993 1.000 39      0.932 0.958  71
    1.5                          1.000 0.985 39      0.932 0.958  71
    2.0                          1.000 0.985 41      0.932 0.958  78
    2.5                          1.000 0.985 47      0.955 0.875 155
    3.0                          1.000 1.000 52      0.946 0.736 192
    2.0 without PROMINENT        1.000 1.000 42      0.922 0.819  81
    2.0 without weapon, claimant 1.000 0.985 44      0.953 0.847  78
    2.0 without text             1.000 0.985 41      0.932 0.958  79

With no time told at all in the verdicts by hand, recall falls from 0.955 to 0.806 without PROMINENT and to 0.925 without
text. What the four months hold no case of (a second attack the same night, two waves by number) rests on reason, and on
the tables of tests/core/test_merge.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count, islice
from math import log2

from monitor.core.atlas import atlas, slug
from monitor.core.growing import add, age, exactness, is_bare, occurred, span, sum_up
from monitor.core.ledger import Ledger
from monitor.core.origins import COPY, Origins
from monitor.core.records import (
    Article,
    Attack,
    Confidence,
    Count,
    Facts,
    Finding,
    Incident,
    Knowledge,
    Label,
    Merge,
    MergeReason,
    Outcome,
    Statement,
    Status,
    Target,
    TimeSpan,
    Watch,
)
from monitor.core.similar import copied, likeness, prints, words

JOIN_AT = 2.0

SAME_BASE, SAME_COUNTRY, ROUGH_COUNTRY, ROUGH_REGION, NO_PLACE, NEW_PLACE = 3.0, 2.0, 1.5, 1.0, 0.5, 0.25

SUFFIX = re.compile(r"-(?:[b-z]|\d{2,5})$")  # what tells ids of one place and day apart; a day has eight digits

HOUR = timedelta(hours=1)
TOLD_TIME = ((0, 2.0), (12, 0.0), (36, -2.0))  # both times told: hours between them at most -> points
REPORT_TIME = ((0, 1.5), (12, 0.0), (24, -1.25), (48, -3.0))  # a report that tells no time
UPDATE_TIME = ((0, 1.5), (72, 0.0), (336, -1.5))  # an update speaks of something earlier

SAME_WAVE, OTHER_WAVE = 3.0, -4.0
SAME_TOLL = 1.5
SAME_WEAPON, OTHER_WEAPON = 0.25, -0.5
SAME_CLAIMANT, OTHER_CLAIMANT = 0.25, -1.0
COPIED = 3.0
LIKE_FROM, LIKE_POINTS = 0.4, 2.0  # shared words of the headline from which on it counts, and what a full match gives
PROMINENT, PROMINENT_MOST = 0.3, 1.5  # for each doubling of its articles, where the place or the time is not told
MOST_LIKENED = 12  # latest statements of an incident whose headlines a new one is held against

SAME_STORY = 0.5  # shared words of its headline from which on an edited article is the same story, not the next one
FAR_BACK = timedelta(days=14)  # how long after it an attack may still be revealed as news ("six days later")


@dataclass(frozen=True, slots=True)
class Match:
    """How well an incident fits: points, or None where it cannot be; with what spoke for and against in words."""

    points: float | None
    reason: MergeReason
    because: tuple[str, ...] = ()


class Merger:
    """Merging with what is known of places, publishers and past attacks, and with what a site watches.

    For every attack of a flagged article, in the order of `ranked`: take candidates of `window` from the store, ask
    `judge`, then `open`, `grow` or leave it; an incident of one attack is `taken` for the others of the article.
    """

    def __init__(self, knowledge: Knowledge, watch: Watch) -> None:
        self.atlas = atlas(knowledge, watch)
        self._origins = Origins(knowledge.publishers)
        self._ledger = Ledger(knowledge.attacks)

    @staticmethod
    def ranked(attacks: Iterable[Attack]) -> list[Attack]:
        """The attacks of one article, the best known place first, so that a rough one cannot take its incident."""
        return sorted(
            attacks, key=lambda attack: (exactness(attack.target), attack.target.base, attack.target.countries)
        )

    @staticmethod
    def order(article: Article, finding: Finding) -> tuple[datetime, int, str]:
        """Sorts articles that arrive together: by time, among equals the best known place first, then by id."""
        return article.published, min((exactness(a.target) for a in finding.attacks), default=0), article.id

    def statement(self, article: Article, finding: Finding, attack: Attack) -> Statement:
        """What `article` says of this attack, and for whom."""
        origin = self._origins.of(article)
        return Statement(
            article=article.id,
            at=article.published,
            origin=origin.id,
            party=origin.party,
            facts=attack.facts,
            target=attack.target,
            label=finding.label,
            outlet=article.source or article.feed,
            url=article.url,
            title=article.title,
            prints=prints(article.text),
        )

    def window(self, article: Article, finding: Finding, attack: Attack) -> tuple[TimeSpan, timedelta]:
        """When the attack was, as the article has it, and how far from that a candidate may be to be worth judging."""
        statement = self.statement(article, finding, attack)
        when, told = span(statement)
        hours = max(_schedule(statement, told, both_told=both)[-1][0] for both in (told, False))
        return when, timedelta(hours=hours)

    def judge(
        self,
        article: Article,
        finding: Finding,
        attack: Attack,
        candidates: Sequence[Incident],
        now: datetime,
        taken: Collection[str] = (),
    ) -> Merge:
        """JOIN the best candidate, OPEN when none is good enough, REPEAT for the same article or a past attack."""
        statement = self.statement(article, finding, attack)
        free = [c for c in candidates if c.id not in taken and article.id not in c.barred and not c.merged_into]
        matches = [(self.match(statement, candidate), candidate) for candidate in free]
        fitting = [
            (m.points, c.last_news, c.id, m, c) for m, c in matches if m.points is not None and m.points >= JOIN_AT
        ]
        told = [fit for fit in fitting if article.id in fit[4].articles]
        if told:
            return Merge(Outcome.REPEAT, max(told, key=lambda fit: fit[:3])[2], MergeReason.SAME_ARTICLE)
        if fitting:
            points, _, incident, match, _ = max(fitting, key=lambda fit: fit[:3])
            return Merge(Outcome.JOIN, incident, match.reason, _detail(match, points))
        past = self._past(statement, now)
        if past:
            return Merge(Outcome.REPEAT, "", MergeReason.PAST_ATTACK, past)
        return _opening([match for match, _ in matches])

    def match(self, statement: Statement, incident: Incident) -> Match:
        """Points for `statement` telling of `incident`, each with its reason."""
        assert statement.target is not None
        place = _place(statement.target, incident.target)
        if place is None:
            return Match(None, MergeReason.FIRST_NEWS)
        time = _time(statement, incident)
        if time is None:
            return Match(None, MergeReason.OTHER_TIME)
        act = self._act(statement.facts, incident.facts)
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
            elif time[0] < 0:
                reason = MergeReason.OTHER_TIME
        return Match(points, reason, tuple(words for _, words in parts))

    def _act(self, told: Facts, known: Facts) -> list[tuple[float, str]]:
        """Wave, order, weapon, toll and claimant: whether it can be the same deed."""
        parts: list[tuple[float, str]] = []
        sides = (
            {self.atlas.side(name) for name in told.claimed_by},
            {self.atlas.side(name) for name in known.claimed_by},
        )
        if told.wave is not None and known.wave is not None:
            same = told.wave == known.wave
            parts.append(
                (SAME_WAVE, f"wave {told.wave}") if same else (OTHER_WAVE, f"wave {told.wave}, not {known.wave}")
            )
        if told.ordinal is not None and told.ordinal > 1 and told.ordinal != (known.ordinal or 1):
            parts.append((OTHER_WAVE, f"attack number {told.ordinal} there that day"))
        if told.weapons and known.weapons:
            same = not set(told.weapons).isdisjoint(known.weapons)
            parts.append((SAME_WEAPON, "same weapons") if same else (OTHER_WEAPON, "other weapons"))
        for name in ("us_killed", "killed", "us_wounded", "wounded"):
            mine, other = getattr(told, name), getattr(known, name)
            if _same_count(mine, other):
                parts.append((SAME_TOLL, f"the same {name.replace('_', ' ')} ({mine.min})"))
                break
        if sides[0] and sides[1]:
            same = not sides[0].isdisjoint(sides[1])
            parts.append((SAME_CLAIMANT, "same claimant") if same else (OTHER_CLAIMANT, "claimed by another side"))
        return parts

    def _past(self, statement: Statement, now: datetime) -> str:
        """The attack of the ledger that this retells, in words, or ""."""
        assert statement.target is not None
        when, told = span(statement)
        past = None
        if told and statement.at - when.latest > timedelta(hours=72):
            past = self._ledger.on_day(statement.target, when, now)
        elif not told and statement.label is Label.UPDATE:
            past = self._ledger.with_toll(statement.target, statement.facts, statement.at)
        return f"{past.first_day}, {past.base or past.country}" if past else ""

    def open(
        self,
        article: Article,
        finding: Finding,
        attack: Attack,
        now: datetime,
        ids: Collection[str],
        wave: str = "",
    ) -> Incident:
        """A new incident with an id that is not among `ids`: place, local day, and a letter from the second on."""
        return self.from_statement(self.statement(article, finding, attack), ids, now, wave)

    def from_statement(self, statement: Statement, ids: Collection[str], now: datetime, wave: str = "") -> Incident:
        """The incident of which only this was said so far."""
        assert statement.target is not None
        when = occurred([statement])
        fresh = Incident(
            id=free_id(self._prefix(statement), ids),
            wave=wave,
            target=statement.target,
            occurred=when,
            first_seen=now,
            last_news=statement.at,
            status=Status.OPEN,
            confidence=Confidence.SINGLE_SOURCE,
            confidence_reason="",
            facts=statement.facts,
            statements=(),
            articles=(),
            origins=(),
            title=statement.title,
            revision=0,
        )
        return sum_up(fresh, [statement], self.atlas, now)

    def grow(self, incident: Incident, article: Article, finding: Finding, attack: Attack, now: datetime) -> Incident:
        """`incident` with what this article says of it; the article's earlier word, if any, is replaced."""
        return add(incident, self.statement(article, finding, attack), self.atlas, now)

    def left(self, incident: Incident, article: Article, finding: Finding) -> Merge:
        """What it means that an edited article tells an incident no longer: WITHDRAWN, or NONE when it only moved on.

        A story that kept its headline and lost its attack was corrected. A live page with another headline went on to
        other news, and one that tells the attack as background still tells it.
        """
        said = next((s for s in incident.statements if s.article == article.id), None)
        like = likeness(words(said.title), words(article.title)) if said else 0.0
        if said is None or finding.label is Label.BACKGROUND or finding.flagged or like < SAME_STORY:
            return Merge(Outcome.NONE, "", MergeReason.MOVED_ON, incident.id)
        return Merge(Outcome.WITHDRAWN, incident.id, MergeReason.EDITED)

    def withdraw(self, incident: Incident, article: str, now: datetime) -> Incident:
        """`incident` without what this article said, which was edited away or judged anew."""
        return sum_up(incident, [s for s in incident.statements if s.article != article], self.atlas, now)

    def age(self, incident: Incident, now: datetime) -> Incident:
        """`incident` open, quiet or closed as of now; a new revision when that changed."""
        aged = age(incident, now)
        return aged if aged == incident else replace(aged, revision=incident.revision + 1)

    def id_prefix(self, article: Article, finding: Finding, attack: Attack) -> str:
        """How the id of an incident opened by this attack begins; the store tells which such ids are taken."""
        return self._prefix(self.statement(article, finding, attack))

    def wave(self, article: Article, attacks: Sequence[Attack], joined: Iterable[Incident]) -> str:
        """The wave of what this article opens: that of an incident it joined, a new one for several attacks, or ""."""
        known = sorted(incident.wave for incident in joined if incident.wave)
        return known[0] if known else f"wave-{article.id}" if len(attacks) > 1 else ""

    def _prefix(self, statement: Statement) -> str:
        """Place and local day: the middle of a time that was told, the day of publication where none was."""
        assert statement.target is not None
        target, (when, told) = statement.target, span(statement)
        base = self.atlas.bases.get(target.base)
        place = base.name if base else target.name if target.base else self.atlas.where(target.countries[:1])
        if len(target.countries) != 1 and not target.base:
            place = f"{target.force} forces"
        if told:
            day = self.atlas.local_day(when.earliest + (when.latest - when.earliest) / 2, target)
        else:
            day = statement.at.date() if is_bare(statement.at) else self.atlas.local_day(statement.at, target)
        return f"{slug(place)}-{day:%Y%m%d}"


def free_id(id: str, ids: Collection[str]) -> str:
    """`id`, or where it is taken, the same with the next letter or number that is not."""
    prefix = SUFFIX.sub("", id)
    names = (prefix, *(f"{prefix}-{letter}" for letter in "bcdefghijklmnopqrstuvwxyz"))
    numbered = (f"{prefix}-{number}" for number in count(len(names) + 1))
    return next(name for name in (id, *names, *islice(numbered, len(ids) + 1)) if name not in ids)


def near(one: Target, other: Target) -> bool:
    """Whether two targets can be one place."""
    return _place(one, other) is not None


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


def _schedule(statement: Statement, told: bool, *, both_told: bool) -> Sequence[tuple[int, float]]:
    if both_told:
        return TOLD_TIME
    return UPDATE_TIME if statement.label is Label.UPDATE and not told else REPORT_TIME


def _time(statement: Statement, incident: Incident) -> tuple[float, str] | None:
    """Points for the time, or None where it is out of reach."""
    when, told = span(statement)
    known = incident.occurred
    apart = max(when.earliest - known.latest, known.earliest - when.latest, timedelta(0))
    known_told = any(name == "when" for name, _ in incident.facts.sentences)
    for hours, points in _schedule(statement, told, both_told=told and known_told):
        if apart <= hours * HOUR:
            return points, "same time" if not apart else f"{apart / HOUR:.0f} hours apart"
    return None


def _text(statement: Statement, incident: Incident) -> list[tuple[float, str]]:
    """Likeness of headlines, or the text being a copy."""
    if any(copied(statement.prints, other.prints) >= COPY for other in incident.statements[-MOST_LIKENED:]):
        return [(COPIED, "a copy of a text known")]
    mine = words(statement.title)
    like = max((likeness(mine, words(s.title)) for s in incident.statements[-MOST_LIKENED:]), default=0.0)
    if like <= LIKE_FROM:
        return []
    return [(LIKE_POINTS * (like - LIKE_FROM) / (1 - LIKE_FROM), f"headlines alike ({like:.2f})")]


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


def _detail(match: Match, points: float) -> str:
    return f"{', '.join(match.because)} ({points:.1f} of {JOIN_AT:.1f} points)"


def _opening(matches: Sequence[Match]) -> Merge:
    """OPEN, with the reason that kept the nearest candidate away."""
    nearest = max(
        matches, key=lambda match: (match.points is not None, match.points or 0.0, match.reason), default=None
    )
    if nearest is None or nearest.points is None:
        reason = nearest.reason if nearest else MergeReason.FIRST_NEWS
        return Merge(Outcome.OPEN, "", reason)
    return Merge(Outcome.OPEN, "", nearest.reason, _detail(nearest, nearest.points))
