"""Which of a text's expressions of time dates the attack that some of its sentences tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.core.facts.moments import Present
from monitor.core.facts.when import TimeKind, TimeMention, TimeRole
from monitor.core.records import TimeSpan

_DAY = timedelta(days=1)
# How well an expression dates the attack, best first: a fresh one beside a word of attack; in a late report an older
# one beside it ("the April attack"); a fresh one elsewhere; the day on which somebody said it; an older one beside a
# word of attack, or farther from one in the same clause.
_FRESH_NEAR, _OLD_NEAR_LATE, _FRESH_FAR, _WHEN_SAID, _OLD_NEAR, _OLD_CLAUSE = range(6)
_NEAR, _CLAUSE = 3, 12  # tokens
_OFFSET = timedelta(hours=12)
_STALE = timedelta(days=60)  # what lies farther back dates another attack, unless the report is a late one
_DAYS = frozenset((TimeKind.DAY, TimeKind.DATE))
_WIDE = frozenset((TimeKind.PERIOD, TimeKind.MONTH))  # beside a day, they count or compare ("the second this week")


def attack_time(
    mentions: Sequence[TimeMention],
    told: Sequence[tuple[int, int]],
    beside: Sequence[tuple[int, int]],
    attack_words: Sequence[int],
    late: bool,
    published: datetime,
    tz: str,
) -> tuple[TimeSpan, TimeMention | None]:
    """The interval of the attack told in the token ranges `told`, and the expression it was read from.

    Where they hold none, a range of `beside` may: one with a time beside a word of attack ("Sunday's attack").
    `attack_words` are the positions of words of attack in all of them; `late` says that the text comes back to an
    attack. Without an expression it is the day before publication, in a late report the week before.
    """
    if not late:  # no news of today, unless the first that tells it has the date itself ("... on 28 January 2024")
        first, last = told[0] if told else (0, 0)
        mentions = [
            one
            for one in mentions
            if one.span.latest > published - _STALE
            or (one.kind is TimeKind.DATE and one.role is TimeRole.TOLD and first <= one.start_token < last)
        ]
    ranked = _ranked(mentions, told, attack_words, late)
    ranked = ranked or [
        one
        for one in _ranked(mentions, beside, attack_words, late)
        if one.rank in (_FRESH_NEAR, _OLD_NEAR_LATE) and one.mention.kind not in _WIDE
    ]
    if not ranked:
        return TimeSpan(published.astimezone(UTC) - (7 if late else 1) * _DAY, Present.at(published, tz).latest), None
    best = _best(ranked)
    return _span(best, ranked), best.mention


@dataclass(frozen=True, slots=True, order=True)
class _Ranked:
    """An expression that may date the attack: how well, in which range, and from which token on."""

    rank: int
    where: int
    token: int
    mention: TimeMention = field(compare=False)


def _best(ranked: Sequence[_Ranked]) -> _Ranked:
    """The best expression; instead of a wide one a day within it, of when it was said the day that is told beside."""
    best = min(ranked)
    if best.mention.kind in _WIDE:
        inside = (one for one in ranked if one.where == best.where and one.mention.kind not in _WIDE)
        best = min((one for one in inside if _holds(best.mention, one.mention)), default=best)
    if best.rank == _WHEN_SAID:  # said on Friday of an attack "on Sunday, 2 March"
        told = (one for one in ranked if one.where == best.where and one.mention.role is TimeRole.TOLD)
        best = min((one for one in told if one.mention.kind in _DAYS), default=best)
    return best


def _span(best: _Ranked, ranked: Sequence[_Ranked]) -> TimeSpan:
    """What the best expression says, narrowed by a clock time beside it, widened where it is when somebody said it."""
    span, kind = best.mention.span, best.mention.kind
    clocks = [one.mention for one in ranked if one.mention.kind is TimeKind.CLOCK and one.where == best.where]
    clock = next((one for one in clocks if not one.old), None)
    near = TimeSpan(span.earliest - _OFFSET, span.latest + _OFFSET)  # a zone's day is not the day of the place
    if clock and kind in _DAYS and near.overlaps(clock.span):
        span = clock.span
    if best.rank == _WHEN_SAID and kind is not TimeKind.CLOCK:
        span = TimeSpan(span.earliest - _DAY, span.latest)
    return span


def _ranked(
    mentions: Sequence[TimeMention], ranges: Sequence[tuple[int, int]], attack_words: Sequence[int], late: bool
) -> list[_Ranked]:
    """Each expression in these ranges that may date the attack."""
    ranked = []
    for index, (start, end) in enumerate(ranges):
        for one in mentions:
            if start <= one.start_token < end and one.kind is not TimeKind.YEAR:
                rank = _rank(one, [at for at in attack_words if start <= at < end], late)
                if rank is not None:
                    ranked.append(_Ranked(rank, index, one.start_token, one))
    return ranked


def _holds(wide: TimeMention, narrow: TimeMention) -> bool:
    return wide.span.earliest <= narrow.span.earliest and narrow.span.latest <= wide.span.latest


def _rank(mention: TimeMention, attack_words: Sequence[int], late: bool) -> int | None:
    away = min(
        (at - mention.end_token + 1 if at >= mention.end_token else mention.start_token - at for at in attack_words),
        default=_CLAUSE + 1,
    )
    near = away <= _NEAR
    if mention.role is TimeRole.SAID:
        return None if mention.old else _WHEN_SAID
    if mention.role is not TimeRole.TOLD:
        return None
    if not mention.old:
        return _FRESH_NEAR if near else _FRESH_FAR
    if not near:
        return _OLD_CLAUSE if away <= _CLAUSE else None
    return _OLD_NEAR_LATE if late else _OLD_NEAR
