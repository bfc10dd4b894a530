"""Is an attack told by an article one that is known already? Judges candidates, opens and grows incidents."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count, islice

from monitor.core.incidents.atlas import atlas, slug
from monitor.core.incidents.growing import add, age, exactness, is_bare, occurred, span, sum_up
from monitor.core.incidents.ledger import Ledger
from monitor.core.incidents.matching import RUNS_ON, Match, match, renewed, schedule
from monitor.core.incidents.origins import Origins
from monitor.core.incidents.similar import likeness, prints, words
from monitor.core.records import (
    Article,
    Attack,
    Confidence,
    Finding,
    Incident,
    Knowledge,
    Label,
    Merge,
    MergeReason,
    Outcome,
    Statement,
    Status,
    TimeSpan,
    Watch,
)

SUFFIX = re.compile(r"-(?:[b-z]|\d{2,5})$")  # what tells ids of one place and day apart; a day has eight digits
SAME_STORY = 0.5  # shared words of its headline from which on an edited article is the same story, not the next one


class Merger:
    """Merging with what is known of places, publishers and past attacks, and with what a site watches.

    For every attack of a flagged article, in the order of `ranked`: take candidates of `window` from the store, ask
    `judge`, then `open`, `grow` or leave it; an incident of one attack is `taken` for the others of the article.
    """

    def __init__(self, knowledge: Knowledge, watch: Watch) -> None:
        self.atlas = atlas(knowledge, watch)
        self._origins = Origins(knowledge.publishers)
        self._ledger = Ledger(knowledge.attacks)
        self._stated: tuple[Article, Finding, Attack, Statement] | None = None  # the last one asked for

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
        last = self._stated  # one attack is asked about several times in a row
        if last is not None and last[0] is article and last[1] is finding and last[2] is attack:
            return last[3]
        origin = self._origins.of(article)
        statement = Statement(
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
        self._stated = (article, finding, attack, statement)
        return statement

    def window(self, article: Article, finding: Finding, attack: Attack) -> tuple[TimeSpan, timedelta]:
        """When the attack was, as the article has it, and how far from that a candidate may be to be worth judging."""
        statement = self.statement(article, finding, attack)
        when, told = span(statement)
        hours = max(schedule(statement, told, both_told=both)[-1][0] for both in (told, False))
        reach = timedelta(hours=hours)
        return when, max(reach, RUNS_ON) if renewed(statement.facts) else reach

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
        told = [known for known in free if article.id in known.articles]
        same = [known.id for known in told if any(_unchanged(said, statement) for said in known.statements)]
        if same:  # whatever others have made of the incident's time since
            return Merge(Outcome.REPEAT, same[0], MergeReason.SAME_ARTICLE)
        matches = [(match(statement, candidate, self.atlas, free), candidate) for candidate in free]
        fitting = [
            (found.points or 0.0, known.last_news, known.id, found, known) for found, known in matches if found.joins
        ]
        again = [fit for fit in fitting if fit[4] in told]
        if again:
            return Merge(Outcome.REPEAT, max(again, key=lambda fit: fit[:3])[2], MergeReason.SAME_ARTICLE)
        if fitting:
            _, _, incident, found, _ = max(fitting, key=lambda fit: fit[:3])
            return Merge(Outcome.JOIN, incident, found.reason, found.detail)
        past = self._past(statement, now)
        if past:
            return Merge(Outcome.REPEAT, "", MergeReason.PAST_ATTACK, past)
        return _opening([found for found, _ in matches])

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
        """The wave of what this article opens; "" for an attack that stands alone.

        An attacker who numbers his waves names it, whatever article tells of it; else several attacks of one article
        are one wave, that of an incident it joined if there is one.
        """
        for facts in (attack.facts for attack in attacks):
            if facts.wave is not None and facts.claimed_by:
                side = self.atlas.side(facts.claimed_by[0])
                return slug(f"{side}-wave-{facts.wave}-{article.published:%Y%m}")
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


def _unchanged(said: Statement, now: Statement) -> bool:
    """Whether an edited article still tells its attack: under the same headline, the same place at the same time.

    A live page that went on to the next attack on that place has another headline, or was published anew.
    """
    return (said.article, said.at, said.title, said.target, said.facts.when) == (
        now.article, now.at, now.title, now.target, now.facts.when
    )  # fmt: skip


def _opening(matches: Sequence[Match]) -> Merge:
    """OPEN, with the reason that kept the nearest candidate away."""
    nearest = max(matches, key=lambda one: (one.points is not None, one.points or 0.0, one.reason), default=None)
    if nearest is None or nearest.points is None:
        reason = nearest.reason if nearest else MergeReason.FIRST_NEWS
        return Merge(Outcome.OPEN, "", reason)
    return Merge(Outcome.OPEN, "", nearest.reason, nearest.detail)
