"""When is a feed due: from what it brings, what its server asks for and what went wrong, between a floor and a ceiling.

The wait of a feed that works is `floor * sqrt(30 / rate)`, `rate` being new entries an hour. The square root is no
taste: to make the mean delay of all entries, the sum of rate * wait / 2, the least for a given number of polls, the
sum of 1 / wait, every wait must go as 1 / sqrt(rate) (Lagrange). 30 an hour is what a news agency sends, and is
polled at the floor; with a floor of 1 minute an entry an hour means 5.5 minutes, three a day 15.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from monitor.core.feeds.polls import FeedState, FetchFault, Hints, Parsed, Validators
from monitor.core.records import Entry, Feed

_HOUR = timedelta(hours=1)
_RATE_OF_A_WIRE = 30.0  # new entries an hour, at which a feed is polled at the floor
_RATE_AT_FIRST = 1.0  # what is assumed of a feed whose entries tell no dates
_MEMORY = timedelta(hours=6)  # after which what was measured before counts for 1/e
_JITTER = 0.1  # of the wait, to both sides, so that feeds do not march in step
_WORST = 4  # ceilings: the longest wait of a feed that fails, and the most a server can ask for
_LASTING = 5  # failures in a row after which "not found" is no accident
_WARY = timedelta(days=1)  # after entries were missed, in which a server's wish to be polled less counts for nothing
_MOVES = 3  # polls in a row that see the same lasting redirect before it is believed
BURST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """The site's bounds of a wait between two polls."""

    floor: timedelta = timedelta(minutes=1)
    ceiling: timedelta = timedelta(minutes=15)


class Remark(StrEnum):
    """What a poll gives cause to say once, to the log and the person who reads it."""

    FAILING = "fails"
    RECOVERED = "works again"
    GONE = "is gone for good, says its server: find its new address, or remove it"
    LOST = "has not been found five times in a row: find its new address"
    MOVED = "has moved for good, and is polled at its new address"
    RETURNED = "fails at the address it moved to, and is polled at the configured one again"
    MISSED = "brought only entries newer than the last poll: some may have been missed, it is polled faster"
    DROPPED = "serves more entries than are taken in one pass"


@dataclass(frozen=True, slots=True)
class Turn:
    """A feed's state after a poll, with its next one, and what is to be said."""

    state: FeedState
    remarks: tuple[Remark, ...] = ()


# ---- after a poll ------------------------------------------------------------------------------------------


def after_news(
    state: FeedState,
    feed: Feed,
    parsed: Parsed,
    new: int,
    validators: Validators,
    hints: Hints,
    pace: Pace,
    now: datetime,
) -> Turn:
    """The state after a document came, `new` entries of which were unseen."""
    missed = _missed(state, parsed, new)
    if parsed.truncated:
        # They are those of the whole document, of which a part is still to come: nothing may pass for unchanged.
        validators = Validators()
    seen = _good(
        state,
        hints,
        now,
        validators=validators,
        rate=_rate(state, parsed.entries, new, missed, now),
        newest=_newest(state, parsed, now),
        last_new=now if new else state.last_new,
        entries=state.entries + new,
        missed=state.missed + missed,
        overrun=now if missed else state.overrun,
        dropped=parsed.dropped,
        ttl=parsed.ttl,
        hub=parsed.hub,
        topic=parsed.topic,
    )
    wait = _wait_when_good(seen, feed, hints, pace, now)
    if missed and state.last_poll is not None:
        wait = max(pace.floor, min(wait, (now - state.last_poll) / 2))
    remarks = _remarks(state, seen)
    if missed:
        remarks.append(Remark.MISSED)
    if parsed.dropped and not state.dropped:
        remarks.append(Remark.DROPPED)
    return Turn(replace(seen, next_poll=now + wait), tuple(remarks))


def after_nothing(
    state: FeedState, feed: Feed, validators: Validators, hints: Hints, pace: Pace, now: datetime
) -> Turn:
    """The state after a poll that found the document unchanged."""
    seen = _good(state, hints, now, validators=validators, rate=_rate(state, (), 0, False, now))
    wait = _wait_when_good(seen, feed, hints, pace, now)
    return Turn(replace(seen, next_poll=now + wait), tuple(_remarks(state, seen)))


def after_failure(
    state: FeedState, feed: Feed, fault: FetchFault, detail: str, hints: Hints, pace: Pace, now: datetime
) -> Turn:
    """The state after a poll that failed: the waits grow, and never end.

    The next poll asks for the whole document, so that no "unchanged" ends a failure: only a feed does. When it is the
    very one that was taken in before, it needs no second look, unless what was sent now was none.
    """
    failures = state.failures + 1
    lost = state.lost + 1 if fault is FetchFault.NOT_FOUND else 0
    known = Validators() if _spoils_the_document(fault) else replace(state.validators, etag="", last_modified="")
    seen = replace(
        state,
        polls=state.polls + 1,
        last_poll=now,
        failures=failures,
        lost=lost,
        fault=fault.value,
        detail=detail,
        validators=known,
    )
    remarks = [Remark.FAILING] if failures == 1 else []
    if fault is FetchFault.GONE and state.fault != fault.value:
        remarks.append(Remark.GONE)
    if lost == _LASTING:
        remarks.append(Remark.LOST)
    home = state.configured or feed.url
    if state.url != home and failures % _LASTING == 0:
        seen = replace(seen, url=home, moved_to="", moved_seen=0)
        remarks.append(Remark.RETURNED)
    return Turn(replace(seen, next_poll=now + _wait_when_failing(seen, feed, fault, hints, pace)), tuple(remarks))


def after_push(state: FeedState, new: int, now: datetime) -> FeedState:
    """The state after a hub brought entries: no poll, so the next one stays where it is."""
    return replace(state, entries=state.entries + new, last_new=now) if new else state


# ---- bursts ------------------------------------------------------------------------------------------------


def close_by(feeds: Iterable[Feed], countries: Collection[str], regions: Sequence[frozenset[str]]) -> list[Feed]:
    """The feeds that may tell more of an attack in these countries: those of the same region, and the wires.

    `regions` are sets of countries; a country that is in none of them is a region of its own.
    """
    near = set(countries).union(*(region for region in regions if region.intersection(countries)))
    return [feed for feed in feeds if feed.kind == "wire" or feed.country in near]


def hurried(state: FeedState, feed: Feed, pace: Pace, now: datetime) -> FeedState:
    """The state of a feed that is polled at the floor from now on, for an hour. One that fails is not hurried."""
    until = max(now + BURST, state.burst_until or now)
    if state.failures or state.next_poll is None:
        return replace(state, burst_until=until)
    soon = max(now, (state.last_poll or now) + _jittered(pace.floor, state, feed))
    return replace(state, burst_until=until, next_poll=min(state.next_poll, soon))


# ---- the waits ---------------------------------------------------------------------------------------------


def _wait_when_good(state: FeedState, feed: Feed, hints: Hints, pace: Pace, now: datetime) -> timedelta:
    """From the rate and what the server asks for; a fixed interval or a burst overrules both."""
    if state.burst_until is not None and now < state.burst_until:
        return max(pace.floor, _jittered(pace.floor, state, feed))
    if feed.interval is not None:
        return max(pace.floor, _jittered(feed.interval, state, feed))
    asked = [hints.retry_after]
    if state.overrun is None or now - state.overrun >= _WARY:
        asked += [state.ttl, hints.max_age, hints.expires - now if hints.expires else None]
    wait = max([_usual(state, feed, pace), *(wish for wish in asked if wish is not None)])
    return _within(_jittered(min(wait, pace.ceiling), state, feed), pace.floor, pace.ceiling)


def _wait_when_failing(state: FeedState, feed: Feed, fault: FetchFault, hints: Hints, pace: Pace) -> timedelta:
    """Doubled with every failure in a row; as long as the server asks for; at most four ceilings."""
    usual = _usual(state, feed, pace)
    worst = max(pace.ceiling * _WORST, usual)
    doubled = worst if fault is FetchFault.GONE else min(worst, usual * 2 ** min(state.failures - 1, 16))
    asked = min(hints.retry_after or timedelta(0), worst)
    return _within(_jittered(max(doubled, asked), state, feed), max(pace.floor, asked), worst)


def _usual(state: FeedState, feed: Feed, pace: Pace) -> timedelta:
    """The wait of a feed of this rate, or the one its site fixed."""
    if feed.interval is not None:
        return max(pace.floor, feed.interval)
    rate = _RATE_AT_FIRST if state.rate is None else state.rate
    if rate <= 0:
        return pace.ceiling
    # Capped before it becomes a timedelta: a rate near 0 would overflow one.
    times = min(math.sqrt(_RATE_OF_A_WIRE / rate), pace.ceiling / pace.floor)
    return _within(pace.floor * times, pace.floor, pace.ceiling)


def _jittered(wait: timedelta, state: FeedState, feed: Feed) -> timedelta:
    """A little more or less, by the feed's name and its number of polls: the same in every run.

    The first wait is shortened by up to two thirds, so that feeds that all began at once part.
    """
    part = zlib.crc32(f"{feed.name} {state.polls}".encode()) / 2**32
    return wait * (1 - part * 2 / 3 if state.polls == 1 else 1 - _JITTER + 2 * _JITTER * part)


def _within(wait: timedelta, floor: timedelta, ceiling: timedelta) -> timedelta:
    return max(floor, min(wait, ceiling))


# ---- what a poll says of its feed --------------------------------------------------------------------------


def _good(state: FeedState, hints: Hints, now: datetime, **learned: Any) -> FeedState:
    """The state after a good poll, with what it taught: a lasting move is believed when seen often enough."""
    url, moved_to, times = state.url, hints.moved_to, 0
    if moved_to:
        times = state.moved_seen + 1 if moved_to == state.moved_to else 1
        if times >= _MOVES:
            url, moved_to, times = moved_to, "", 0
    return replace(
        state,
        url=url,
        moved_to=moved_to,
        moved_seen=times,
        polls=state.polls + 1,
        last_poll=now,
        last_ok=now,
        failures=0,
        lost=0,
        fault="",
        detail="",
        **learned,
    )


def _remarks(before: FeedState, seen: FeedState) -> list[Remark]:
    """What a good poll gives cause to say."""
    remarks = [Remark.RECOVERED] if before.failures else []
    if seen.url != before.url:
        remarks.append(Remark.MOVED)
    return remarks


def _rate(state: FeedState, entries: Sequence[Entry], new: int, missed: bool, now: datetime) -> float:
    """New entries an hour: an average in which the past fades, begun with the dates in the first document."""
    if state.last_ok is None:
        return _rate_by_dates(entries, now)
    before = _RATE_AT_FIRST if state.rate is None else state.rate
    hours = max((now - state.last_ok) / _HOUR, 1 / 3600)
    fresh = new / hours
    if missed:
        return max(before, fresh)  # the truth is no less
    return before + (1 - math.exp(-hours / (_MEMORY / _HOUR))) * (fresh - before)


def _rate_by_dates(entries: Sequence[Entry], now: datetime) -> float:
    """From the oldest date of a document until now; a document without dates tells nothing."""
    dates = [entry.published for entry in entries if entry.published and entry.published <= now]
    if len(dates) < 2:
        return _RATE_AT_FIRST
    return len(dates) / max((now - min(dates)) / _HOUR, 1 / 60)


def _newest(state: FeedState, parsed: Parsed, now: datetime) -> datetime | None:
    """The newest date of an entry that the document holds."""
    dates = [min(entry.published, now) for entry in parsed.entries if entry.published]
    if parsed.known and state.newest:
        dates.append(state.newest)  # what was left out is as new as it was
    return max(dates, default=state.newest)


def _missed(state: FeedState, parsed: Parsed, new: int) -> bool:
    """Whether the document no longer reaches back to what was seen at the last good poll.

    It does when it holds an entry that was seen, whatever the dates say: a server whose clock is ahead dates all its
    entries later than any poll. Known exception: a feed of one entry only, which tells nothing of what stood there in
    between, is not judged.
    """
    if state.last_ok is None or state.newest is None or parsed.truncated or parsed.dropped or parsed.known:
        return False
    dates = [entry.published for entry in parsed.entries]
    known = [date for date in dates if date is not None]
    if len(known) < 2 or len(known) < len(dates) or min(known) <= state.newest:
        return False
    return new >= len({entry.guid or entry.url or entry.title for entry in parsed.entries})


def _spoils_the_document(fault: FetchFault) -> bool:
    return fault in (FetchFault.NOT_A_FEED, FetchFault.EMPTY, FetchFault.HOSTILE, FetchFault.PARSER_KILLED)


# ---- in words ----------------------------------------------------------------------------------------------


def health(state: FeedState, now: datetime) -> str:
    """How a feed does, in words for the person who reads `feeds list`."""
    if state.last_poll is None:
        return "not polled yet"
    if state.failures:
        last = f"last good {_ago(now - state.last_ok)} ago" if state.last_ok else "never good"
        times = "once" if state.failures == 1 else f"{state.failures} times in a row"
        detail = f": {state.detail}" if state.detail else ""
        return f"{state.fault}{detail} ({times}, {last})"
    said = ["good"]
    if state.last_new is None:
        said.append("no entry yet")
    elif now - state.last_new > timedelta(days=7):
        said.append(f"nothing new for {_ago(now - state.last_new)}")
    if state.configured and state.url != state.configured:
        said.append(f"moved to {state.url}")
    if state.missed:
        said.append(f"entries may have been missed {'once' if state.missed == 1 else f'{state.missed} times'}")
    if state.dropped:
        said.append(f"{state.dropped} entries too many were left out")
    if state.burst_until is not None and now < state.burst_until:
        said.append("polled at the floor")
    return "; ".join(said)


def _ago(span: timedelta) -> str:
    """A span of time in its largest unit."""
    for unit, length in (("day", timedelta(days=1)), ("hour", _HOUR), ("minute", timedelta(minutes=1))):
        count = span // length
        if count:
            return f"{count} {unit}{'s' * (count > 1)}"
    return "a moment"
