"""What is known of an incident, as a function of everything that was said of it, and how one statement adds to it.

Nothing here depends on the order in which statements of the same time arrive: an incident is always summed up anew from
all of its statements in one order. What a party says of the harm it did itself (the attacker's "200 killed") is kept
with its statement and shown as its claim, but never becomes the known toll.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.core.incidents.atlas import Atlas
from monitor.core.incidents.confidence import weigh
from monitor.core.incidents.origins import independent
from monitor.core.records import (
    Confidence,
    Count,
    Facts,
    Incident,
    Intercepted,
    Label,
    Side,
    Statement,
    Status,
    Target,
    TimeSpan,
    Toll,
)

T = TypeVar("T")

QUIET_AFTER = timedelta(hours=72)  # without news; the same time after which a report is no longer fresh (Watch.max_age)
CLOSED_AFTER = timedelta(days=30)  # late news (the dead named, a late diagnosis) mostly come within a month
MOST_STATEMENTS = 200  # statements kept of one incident; beyond it only those that change what is known are added

ASSUMED = timedelta(hours=24)  # a report that tells no time is of the day before its publication (measured: merge.py)
LATE = timedelta(days=3)  # a usual time longer than this says that the words are those of a late report
ASSUMED_UPDATE = timedelta(days=4)  # an update that tells no time speaks of something up to that much older
DAY = timedelta(days=1)

_HARMS = ("killed", "us_killed", "wounded", "us_wounded")
FAR_OFF = 10
"""Times the toll others told. Real tolls rise in smaller steps (Ain al-Asad, 2020: 11, 34, 50, 64, 109 wounded)."""


def span(statement: Statement) -> tuple[TimeSpan, bool]:
    """When the attack was, as one statement has it, and whether the statement said so or it is assumed.

    A time is told when its sentence is kept; else `Facts.when` is only what is usual. A publication time of exactly
    midnight is a bare date: the article came out at some time of that day.
    """
    when = statement.facts.when
    if when is not None and statement.facts.tells_when:
        return when, True
    bare = is_bare(statement.at)
    published = statement.at + (DAY if bare else timedelta(0))
    assumed = TimeSpan(published - ASSUMED - (DAY / 2 if bare else timedelta(0)), published)
    if when is not None and when.latest - when.earliest > LATE:
        assumed = when
    back = ASSUMED_UPDATE if statement.label is Label.UPDATE else timedelta(0)
    return TimeSpan(min(assumed.earliest, published - back), assumed.latest), False


def is_bare(at: datetime) -> bool:
    """Whether a time is exactly midnight, as feeds write that tell the day only."""
    return not (at.hour or at.minute or at.second or at.microsecond)


def occurred(statements: Sequence[Statement]) -> TimeSpan:
    """The interval that holds the attack: what all told times share (the first teller wins where they contradict).

    Assumed times only count while nobody told one.
    """
    spans = [span(statement) for statement in statements]
    counted = [time for time, told in spans if told] or [time for time, _ in spans]
    shared = counted[0]
    for time in counted[1:]:
        if shared.overlaps(time):
            shared = TimeSpan(max(shared.earliest, time.earliest), min(shared.latest, time.latest))
    return shared


def sum_up(incident: Incident, statements: Iterable[Statement], atlas: Atlas, now: datetime) -> Incident:
    """`incident` as all of `statements` have it together; its revision rises only when anything changed."""
    said = tuple(sorted(statements, key=lambda statement: (statement.at, statement.article)))
    origins = independent(said)
    confidence, reason = weigh([_without_toll_denied(one, said, atlas) for one in said], origins, atlas)
    if not said:
        confidence, reason = Confidence.RETRACTED, "no article tells it any longer"
    grown = replace(
        incident,
        target=_target(incident.target, said),
        occurred=occurred(said) if said else incident.occurred,
        first_seen=incident.first_seen,
        last_news=max([incident.last_news, *(statement.at for statement in said)]),
        confidence=confidence,
        confidence_reason=reason,
        facts=_facts(said, atlas),
        statements=said,
        articles=tuple(statement.article for statement in said),
        origins=origins,
        title=said[0].title if said else incident.title,
    )
    grown = age(grown, now)
    return grown if grown == incident else replace(grown, revision=incident.revision + 1)


def add(incident: Incident, statement: Statement, atlas: Atlas, now: datetime) -> Incident:
    """`incident` with one more statement; the article's earlier one, if any, is replaced.

    Of an incident that everybody tells, the hundredth restatement is only counted as news, not kept.
    """
    others = [earlier for earlier in incident.statements if earlier.article != statement.article]
    earlier = next((earlier for earlier in incident.statements if earlier.article == statement.article), None)
    if earlier is not None:
        statement = _revised(earlier, statement)
    grown = sum_up(incident, [*others, statement], atlas, now)
    if len(others) < MOST_STATEMENTS or len(others) < len(incident.statements):
        return grown
    same = (grown.facts, grown.target, grown.origins, grown.confidence, grown.occurred)
    if same != (incident.facts, incident.target, incident.origins, incident.confidence, incident.occurred):
        return grown
    if grown.last_news == incident.last_news:
        return incident
    return replace(incident, last_news=grown.last_news, status=grown.status, revision=grown.revision)


def _revised(earlier: Statement, later: Statement) -> Statement:
    """An edited article's word: what it no longer mentions it does not take back."""
    kept = {
        name: getattr(earlier.facts, name)
        for name in Facts.__slots__
        if name != "sentences" and getattr(later.facts, name) in (None, (), "")
    }
    if earlier.facts.tells_when and not later.facts.tells_when:
        kept["when"] = earlier.facts.when
    sentences = tuple((dict(earlier.facts.sentences) | dict(later.facts.sentences)).items())
    target = later.target
    if earlier.target is not None and (target is None or exactness(earlier.target) < exactness(target)):
        target = earlier.target
    return replace(later, at=earlier.at, target=target, facts=replace(later.facts, **kept, sentences=sentences))


def age(incident: Incident, now: datetime) -> Incident:
    """The same incident, open, quiet or closed by the time since its last news; a person's word on it stays."""
    if incident.status in (Status.FALSE, Status.MERGED):
        return incident
    still = now - incident.last_news
    status = Status.OPEN if still < QUIET_AFTER else Status.QUIET if still < CLOSED_AFTER else Status.CLOSED
    return incident if status is incident.status else replace(incident, status=status)


def _target(target: Target, said: Sequence[Statement]) -> Target:
    """The best known place: a base before a country before a region before none; the first teller among equals."""
    places = [statement.target for statement in said if statement.target is not None] or [target]
    return min(places, key=lambda place: (exactness(place), place != target))


def exactness(target: Target) -> int:
    """0 for a base, 1 for a country, 2 and more for a region of that many countries, 99 for a place not known."""
    if target.base:
        return 0
    return len(target.countries) or 99


def _facts(said: Sequence[Statement], atlas: Atlas) -> Facts:
    sides = accused(said, atlas)
    doubtful = {one.article for one in said if boasts(one, sides, atlas) or refutes(one, said, atlas)}
    doubtful |= far_off([one for one in said if one.article not in doubtful])
    trusted = [statement.facts for statement in said if statement.article not in doubtful]
    everything = [statement.facts for statement in said]
    stopped = {facts.intercepted for facts in everything if facts.intercepted is not None}
    return Facts(
        when=occurred(said) if said else None,
        weapons=_all(facts.weapons for facts in everything),
        killed=_most(facts.killed for facts in trusted),
        wounded=_most(facts.wounded for facts in trusted),
        us_killed=_most(facts.us_killed for facts in trusted),
        us_wounded=_most(facts.us_wounded for facts in trusted),
        tolls=_tolls(trusted),
        launched=_most(facts.launched for facts in everything),
        claimed_by=_all(facts.claimed_by for facts in everything),
        blamed_on=_all(facts.blamed_on for facts in everything),
        denied_by=_all(_without_toll_denied(one, said, atlas).facts.denied_by for one in said),
        confirmed_by=_all(facts.confirmed_by for facts in everything),
        intercepted=next(iter(stopped)) if len(stopped) == 1 else Intercepted.SOME if stopped else None,
        damage=next((facts.damage for facts in everything if facts.damage), ""),
        wave=next((facts.wave for facts in everything if facts.wave is not None), None),
        ordinal=next((facts.ordinal for facts in everything if facts.ordinal is not None), None),
        again=any(facts.again for facts in everything),
        sentences=tuple(dict(pair for facts in reversed(everything) for pair in reversed(facts.sentences)).items()),
    )


def accused(said: Sequence[Statement], atlas: Atlas) -> set[str]:
    """The sides that claim or are blamed for the attack."""
    names = {name for statement in said for name in (*statement.facts.claimed_by, *statement.facts.blamed_on)}
    return {atlas.side(name) for name in names}


def boasts(statement: Statement, sides: Collection[str], atlas: Atlas) -> bool:
    """Whether the toll of a statement is of the attacker's own telling (`sides`): its outlet is his, or he tells it.

    He tells it when one sentence has both his claim and the number, and names him before it ("The Guards say that 200
    were killed") or last, as who said it ("200 were killed, the Guards say"), not otherwise after it ("Three were
    killed in an attack that the Guards claim").
    """
    if statement.party and atlas.side(statement.party) in sides:
        return True
    facts, sentences = statement.facts, dict(statement.facts.sentences)
    for name in _HARMS:
        told, count = sentences.get(name, ""), getattr(facts, name)
        if told and count is not None and told == sentences.get("claimed_by"):
            number = told.find(str(count.min)) if str(count.min) in told else len(told) // 2
            if any(atlas.names(party, told[:number]) or atlas.says_so(party, told) for party in facts.claimed_by):
                return True
    return False


def refutes(statement: Statement, said: Sequence[Statement], atlas: Atlas) -> bool:
    """Whether a statement denies a toll, not the attack: another side than the accused denies, and the number denied is
    one that nobody else tells, unless as his boast ("Central Command denies that 200 were killed")."""
    if not statement.facts.denied_by:
        return False
    numbers = _harm(statement.facts)
    sides = accused(said, atlas)
    if not numbers or any(atlas.side(name) in sides for name in statement.facts.denied_by):
        return False
    others = [one for one in said if one is not statement and not one.facts.denied_by and not boasts(one, sides, atlas)]
    return not any(numbers & _harm(one.facts) for one in others)


def far_off(said: Sequence[Statement]) -> set[str]:
    """The articles of one source that alone tells `FAR_OFF` times the harm that two others or more told before it.

    That is mostly the sum of a whole war, or a slip. It counts as soon as a second source tells half of it or more.
    """
    found: set[str] = set()
    for name in _HARMS:
        told = [(count.min, one) for one in said if (count := getattr(one.facts, name)) is not None and count.min]
        most = max((number for number, _ in told), default=0)
        high = [one for number, one in told if number * 2 >= most]
        low = [(number, one) for number, one in told if number * 2 < most]
        if not low or most < FAR_OFF * max(number for number, _ in low):
            continue
        before = {one.origin for _, one in low if one.at < high[0].at} - {one.origin for one in high}
        if len(before) > 1 and len(independent(high)) == 1:
            found |= {one.article for one in high}
    return found


def _harm(facts: Facts) -> set[int]:
    """The numbers of people that facts tell to be killed or wounded."""
    return {count.min for name in _HARMS if (count := getattr(facts, name)) is not None and count.min}


def _without_toll_denied(statement: Statement, said: Sequence[Statement], atlas: Atlas) -> Statement:
    """`statement` without a denial that is only of a toll."""
    if not refutes(statement, said, atlas):
        return statement
    return replace(statement, facts=replace(statement.facts, denied_by=()))


def _all(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _most(counts: Iterable[Count | None]) -> Count | None:
    """The range that holds every count told, but never less than the highest least number: tolls only rise."""
    told = [count for count in counts if count is not None]
    if not told:
        return None
    least = max(count.min for count in told)
    if any(count.max is None for count in told if count.min == least):
        return Count(least, None)
    return Count(least, max(least, *(count.max for count in told if count.max is not None)))


def _tolls(facts: Sequence[Facts]) -> tuple[Toll, ...]:
    """One toll a side, each number as `_most` has it."""
    tolls = []
    for side in Side:
        mine = [toll for part in facts for toll in part.tolls if toll.side is side]
        if mine:
            tolls.append(
                Toll(
                    side,
                    _most(toll.killed for toll in mine),
                    _most(toll.wounded for toll in mine),
                    _most(toll.missing for toll in mine),
                )
            )
    return tuple(tolls)
