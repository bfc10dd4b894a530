"""When a feed is due: tables of what was seen and what was asked for, and the wait that follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.feeds import timing
from monitor.core.feeds.polls import FeedState, FetchFault, Hints, Parsed, Validators
from monitor.core.feeds.timing import Pace, Remark, Turn
from monitor.core.records import Entry, Feed

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PACE = Pace(MINUTE, 15 * MINUTE)
HERE = "https://news.example/rss"
THERE = "https://elsewhere.example/rss"
FEED = Feed("wire", HERE)
ETAG = Validators(HERE, '"1"', "", "abc")


def known(**given: Any) -> FeedState:
    """A feed that has worked for long, last polled ten minutes ago."""
    whole = FeedState(
        "wire",
        HERE,
        configured=HERE,
        validators=ETAG,
        polls=100,
        last_poll=NOW - 10 * MINUTE,
        last_ok=NOW - 10 * MINUTE,
        last_new=NOW - HOUR,
        newest=NOW - HOUR,
        rate=1.0,
        entries=30,
    )
    return replace(whole, **given)


def served(*ages: timedelta | None) -> Parsed:
    """A document with entries of these ages."""
    dates = [None if age is None else NOW - age for age in ages]
    return Parsed(tuple(Entry("wire", str(k), "", "Title", published=date) for k, date in enumerate(dates)))


def nothing(state: FeedState, feed: Feed = FEED, hints: Hints = Hints(), pace: Pace = PACE) -> Turn:  # noqa: B008
    return timing.after_nothing(state, feed, ETAG, hints, pace, NOW)


def news(state: FeedState, parsed: Parsed, new: int) -> Turn:
    return timing.after_news(state, FEED, parsed, new, ETAG, Hints(), PACE, NOW)


def failure(state: FeedState, fault: FetchFault = FetchFault.TIMEOUT, hints: Hints = Hints()) -> Turn:  # noqa: B008
    return timing.after_failure(state, FEED, fault, "why", hints, PACE, NOW)


def wait(turn: Turn) -> timedelta:
    assert turn.state.next_poll is not None
    return turn.state.next_poll - NOW


def about(found: timedelta, expected: timedelta) -> bool:
    """Equal but for the jitter of a tenth to both sides."""
    return 0.9 * expected <= found <= 1.1 * expected


# ---- feeds that work ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "expected"),
    [(3000.0, MINUTE), (30.0, MINUTE), (7.5, 2 * MINUTE), (1.2, 5 * MINUTE), (0.01, 15 * MINUTE), (0.0, 15 * MINUTE)],
)
def test_the_wait_goes_with_the_root_of_the_rate(rate: float, expected: timedelta) -> None:
    just_now = known(rate=rate, last_ok=NOW)
    assert about(wait(nothing(just_now)), expected)


WISHES: dict[str, tuple[Hints, timedelta | None, timedelta]] = {
    "nothing": (Hints(), None, 2 * MINUTE),
    "ttl": (Hints(), 10 * MINUTE, 10 * MINUTE),
    "a ttl beyond the ceiling": (Hints(), DAY, 15 * MINUTE),
    "max-age": (Hints(max_age=5 * MINUTE), None, 5 * MINUTE),
    "max-age below the wait": (Hints(max_age=SECOND), None, 2 * MINUTE),
    "expires": (Hints(expires=NOW + 6 * MINUTE), None, 6 * MINUTE),
    "expired": (Hints(expires=NOW - DAY), None, 2 * MINUTE),
    "the longest wish": (Hints(max_age=3 * MINUTE, expires=NOW + 4 * MINUTE), 8 * MINUTE, 8 * MINUTE),
    "retry-after with a good answer": (Hints(retry_after=9 * MINUTE), None, 9 * MINUTE),
}


@pytest.mark.parametrize(("hints", "ttl", "expected"), WISHES.values(), ids=WISHES.keys())
def test_a_server_may_ask_for_less_up_to_the_ceiling(hints: Hints, ttl: timedelta | None, expected: timedelta) -> None:
    assert about(wait(nothing(known(rate=7.5, last_ok=NOW, ttl=ttl), hints=hints)), expected)


def test_a_fixed_interval_overrules_rate_and_server() -> None:
    fixed = replace(FEED, interval=40 * MINUTE)
    assert about(wait(nothing(known(rate=100.0), fixed, Hints(max_age=DAY))), 40 * MINUTE)
    assert wait(nothing(known(), replace(FEED, interval=SECOND))) == MINUTE, "never below the floor"


def test_the_jitter_is_the_same_in_every_run_and_differs_by_feed_and_poll() -> None:
    slow = [nothing(known(name=name, rate=1.0), replace(FEED, name=name)) for name in "abcdef"]
    again = [nothing(known(name=name, rate=1.0), replace(FEED, name=name)) for name in "abcdef"]
    assert slow == again
    assert len({wait(turn) for turn in slow}) == 6
    assert wait(nothing(known(polls=7))) != wait(nothing(known(polls=8)))


def test_feeds_that_began_together_part_after_the_first_poll() -> None:
    waits = []
    for k in range(300):
        feed = Feed(f"feed {k}", HERE)
        waits.append(
            wait(timing.after_news(FeedState(feed.name, HERE), feed, served(DAY), 1, ETAG, Hints(), PACE, NOW))
        )
    assert min(waits) < 2.2 * MINUTE and max(waits) > 5 * MINUTE
    assert max(sum(at <= one < at + 10 * SECOND for one in waits) for at in waits) < 60


def test_the_first_document_tells_the_rate_by_its_dates() -> None:
    turn = news(FeedState("wire", HERE), served(HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR), 4)
    assert turn.state.rate == pytest.approx(1.0)
    assert (turn.state.entries, turn.state.newest, turn.state.last_new) == (4, NOW - HOUR, NOW)
    assert turn.remarks == ()


def test_the_rate_follows_what_comes_and_forgets_what_was() -> None:
    busy = news(known(rate=1.0, last_ok=NOW - HOUR), served(MINUTE, 2 * HOUR), 20).state
    assert busy.rate is not None and 3 < busy.rate < 5
    quiet = timing.after_nothing(busy, FEED, ETAG, Hints(), PACE, NOW + DAY).state
    assert quiet.rate is not None and quiet.rate < 0.1


def test_a_date_in_the_future_is_no_newest_entry() -> None:
    assert news(known(), served(-DAY), 1).state.newest == NOW


def test_what_was_known_is_as_new_as_it_was() -> None:
    late = news(known(newest=NOW - MINUTE), replace(served(HOUR), known=5), 1)
    assert late.state.newest == NOW - MINUTE


# ---- overrun ------------------------------------------------------------------------------------------------------

OVERRUNS: dict[str, tuple[FeedState, Parsed, bool]] = {
    "all newer than the last seen": (known(), served(MINUTE, 30 * MINUTE), True),
    "reaches back to the last seen": (known(), served(MINUTE, HOUR), False),
    "the first document": (FeedState("wire", HERE), served(MINUTE, 2 * MINUTE), False),
    "nothing was there before": (known(newest=None), served(MINUTE, 2 * MINUTE), False),
    "one entry has no date": (known(), served(MINUTE, None), False),
    "a feed of one entry": (known(), served(MINUTE), False),
    "broke off": (known(), replace(served(MINUTE, 2 * MINUTE), truncated=True), False),
    "some were known": (known(), replace(served(MINUTE, 2 * MINUTE), known=3), False),
    "cut at the cap": (known(), replace(served(MINUTE, 2 * MINUTE), dropped=5), False),
    "empty": (known(), served(), False),
    "a server whose clock is ahead": (known(newest=NOW - MINUTE), served(-HOUR, -2 * HOUR), True),
}


@pytest.mark.parametrize(("state", "parsed", "missed"), OVERRUNS.values(), ids=OVERRUNS.keys())
def test_an_overrun_is_seen_and_said(state: FeedState, parsed: Parsed, missed: bool) -> None:
    turn = news(state, parsed, len(parsed.entries))
    assert (Remark.MISSED in turn.remarks) is missed
    assert turn.state.missed == state.missed + missed


def test_dates_that_are_always_later_are_no_overrun_while_an_entry_is_known() -> None:
    """A server that takes its local time for UTC: every entry is newer than any poll."""
    turn = news(known(newest=NOW - MINUTE), served(-2 * HOUR, -3 * HOUR), 1)
    assert turn.remarks == () and turn.state.missed == 0


def test_after_an_overrun_the_feed_is_polled_twice_as_fast_and_stays_fast() -> None:
    state = known(ttl=15 * MINUTE)
    turn = news(state, replace(served(MINUTE, 30 * MINUTE), ttl=15 * MINUTE), 2)
    assert wait(turn) <= 5 * MINUTE
    assert turn.state.rate == pytest.approx(12.0), "no less than what came in ten minutes"
    lazy = Hints(max_age=15 * MINUTE, expires=NOW + 15 * MINUTE)
    assert wait(nothing(turn.state, hints=lazy)) <= 2 * MINUTE, "a server's wish made the feed late, and counts no more"
    assert about(wait(nothing(turn.state, hints=Hints(retry_after=9 * MINUTE))), 9 * MINUTE), "a plea for rest does"
    day_old = replace(nothing(turn.state).state, overrun=NOW - DAY)
    assert wait(nothing(day_old, hints=lazy)) > 13 * MINUTE


def test_after_an_overrun_a_feed_of_a_fixed_interval_is_polled_sooner_once() -> None:
    fixed = replace(FEED, interval=10 * MINUTE)
    missed = timing.after_news(known(), fixed, served(MINUTE, 2 * MINUTE), 2, ETAG, Hints(), PACE, NOW)
    assert wait(missed) == 5 * MINUTE
    assert about(wait(nothing(missed.state, fixed)), 10 * MINUTE)


# ---- failures -----------------------------------------------------------------------------------------------------


def test_the_waits_of_a_failing_feed_double_up_to_four_ceilings_and_never_end() -> None:
    state, waits = known(rate=30.0), []
    for _ in range(40):
        turn = failure(state)
        waits.append(wait(turn))
        state = turn.state
    for k, expected in enumerate((1, 2, 4, 8, 16, 32, 60, 60)):
        assert about(waits[k], expected * MINUTE)
    assert max(waits) <= 60 * MINUTE and min(waits[8:]) >= 54 * MINUTE
    assert state.failures == 40


ASKED: dict[str, tuple[FetchFault, timedelta | None, timedelta]] = {
    "seconds": (FetchFault.BUSY, 10 * MINUTE, 10 * MINUTE),
    "until 2100": (FetchFault.BUSY, 27_000 * DAY, HOUR),
    "less than the wait": (FetchFault.BUSY, SECOND, 2 * MINUTE),
    "nothing": (FetchFault.BUSY, None, 2 * MINUTE),
    "gone for good": (FetchFault.GONE, None, HOUR),
}


@pytest.mark.parametrize(("fault", "asked", "expected"), ASKED.values(), ids=ASKED.keys())
def test_retry_after_is_kept_and_parks_nobody(fault: FetchFault, asked: timedelta | None, expected: timedelta) -> None:
    found = wait(failure(known(rate=7.5), fault, Hints(retry_after=asked)))
    assert about(found, expected)
    assert found >= min(asked or SECOND, HOUR), "never sooner than asked"


def test_a_failure_keeps_what_is_known_and_says_so_once() -> None:
    first = failure(known())
    second = failure(first.state)
    assert (first.remarks, second.remarks) == ((Remark.FAILING,), ())
    assert first.state.rate == 1.0 and first.state.newest == known().newest
    good = nothing(second.state)
    assert (good.state.failures, good.state.fault, good.remarks) == (0, "", (Remark.RECOVERED,))


@pytest.mark.parametrize("fault", FetchFault)
def test_after_any_failure_nothing_is_asked_for_that_a_304_could_answer(fault: FetchFault) -> None:
    kept = failure(known(), fault).state.validators
    assert (kept.etag, kept.last_modified) == ("", "")


def test_the_body_that_was_taken_in_is_known_after_a_failure_on_the_way() -> None:
    assert failure(known(), FetchFault.STATUS).state.validators == replace(ETAG, etag="")


@pytest.mark.parametrize(
    "fault", [FetchFault.NOT_A_FEED, FetchFault.EMPTY, FetchFault.HOSTILE, FetchFault.PARSER_KILLED]
)
def test_a_document_that_is_no_feed_is_asked_for_whole_the_next_time(fault: FetchFault) -> None:
    assert failure(known(), fault).state.validators == Validators()


def test_what_broke_off_is_asked_for_whole_the_next_time() -> None:
    assert news(known(), served(MINUTE, HOUR), 1).state.validators == ETAG
    assert news(known(), replace(served(MINUTE, HOUR), truncated=True), 1).state.validators == Validators()


def test_what_is_not_found_is_reported_whatever_went_wrong_before() -> None:
    said: list[Remark] = []
    state = known()
    missing = FetchFault.NOT_FOUND
    for fault in (FetchFault.DNS, *[missing] * 4, FetchFault.TIMEOUT, *[missing] * 4):
        turn = failure(state, fault)
        state = turn.state
        said += turn.remarks
    assert said == [Remark.FAILING], "never five times in a row"
    assert failure(state, missing).remarks == (Remark.LOST,)
    assert failure(nothing(state).state, missing).state.lost == 1


def test_what_is_gone_or_lost_is_reported_once() -> None:
    gone = failure(known(failures=3, fault=FetchFault.TIMEOUT), FetchFault.GONE)
    assert gone.remarks == (Remark.GONE,)
    assert failure(gone.state, FetchFault.GONE).remarks == ()
    state, said = known(), []
    for _ in range(8):
        turn = failure(state, FetchFault.NOT_FOUND)
        said.append(turn.remarks)
        state = turn.state
    assert said == [(Remark.FAILING,), (), (), (), (Remark.LOST,), (), (), ()]


# ---- moves --------------------------------------------------------------------------------------------------------


def test_a_lasting_redirect_is_believed_the_third_time_in_a_row() -> None:
    moved = Hints(moved_to=THERE)
    state = known()
    for _ in range(2):
        state = nothing(state, hints=moved).state
        assert state.url == HERE
    third = nothing(state, hints=moved)
    assert third.state.url == THERE and third.remarks == (Remark.MOVED,)
    assert third.state.configured == HERE and third.state.moved_to == ""


@pytest.mark.parametrize("between", [Hints(), Hints(moved_to="https://third.example/")], ids=["none", "another"])
def test_a_redirect_that_changes_begins_anew(between: Hints) -> None:
    state = known()
    for hints in (Hints(moved_to=THERE), Hints(moved_to=THERE), between, Hints(moved_to=THERE), Hints(moved_to=THERE)):
        state = nothing(state, hints=hints).state
    assert state.url == HERE and state.moved_seen == 2


def test_a_new_address_that_fails_leads_back_to_the_configured_one() -> None:
    state = known(url=THERE)
    said: list[Remark] = []
    for _ in range(5):
        turn = failure(state, FetchFault.DNS)
        state = turn.state
        said += turn.remarks
    assert state.url == HERE and said == [Remark.FAILING, Remark.RETURNED]


# ---- bursts -------------------------------------------------------------------------------------------------------


def test_an_incident_hurries_the_feeds_of_its_region_and_the_wires() -> None:
    feeds = [
        Feed("agency", HERE, kind="wire"),
        Feed("baghdad", HERE, country="IQ"),
        Feed("tehran", HERE, country="IR"),
        Feed("seoul", HERE, country="KR"),
        Feed("nowhere", HERE),
    ]
    gulf, levant = frozenset({"IR", "KW", "IQ"}), frozenset({"SY", "JO"})
    near = timing.close_by(feeds, ["IQ"], [gulf, levant])
    assert [feed.name for feed in near] == ["agency", "baghdad", "tehran"]
    assert [feed.name for feed in timing.close_by(feeds, [], [gulf])] == ["agency"]


def test_a_burst_brings_the_next_poll_forward_and_holds_for_an_hour() -> None:
    state = known(rate=0.0, last_poll=NOW - 20 * SECOND, next_poll=NOW + 14 * MINUTE, ttl=HOUR)
    hurried = timing.hurried(state, FEED, PACE, NOW)
    assert hurried.next_poll is not None and hurried.next_poll <= NOW + MINUTE
    assert MINUTE <= wait(nothing(hurried)) <= 1.1 * MINUTE
    later = timing.after_nothing(hurried, FEED, ETAG, Hints(), PACE, NOW + HOUR + SECOND)
    assert later.state.next_poll is not None
    assert later.state.next_poll - (NOW + HOUR) > 10 * MINUTE


def test_a_burst_does_not_press_a_feed_that_fails() -> None:
    state = known(failures=4, fault=FetchFault.BUSY, next_poll=NOW + HOUR)
    assert timing.hurried(state, FEED, PACE, NOW).next_poll == NOW + HOUR


def test_what_a_hub_brings_is_no_poll() -> None:
    state = known(next_poll=NOW + MINUTE)
    assert timing.after_push(state, 0, NOW) == state
    assert timing.after_push(state, 2, NOW) == replace(state, entries=32, last_new=NOW)


# ---- for every feed and server ------------------------------------------------------------------------------------

SPANS = st.none() | st.timedeltas(-1000 * DAY, 100_000 * DAY)


@given(
    state=st.builds(
        known,
        polls=st.integers(0, 10**6),
        rate=st.none() | st.floats(0, 1e9),
        failures=st.integers(0, 10**6),
        ttl=SPANS,
        last_ok=st.none() | st.just(NOW) | st.just(NOW - 400 * DAY),
    ),
    max_age=SPANS,
    retry_after=SPANS,
    fault=st.none() | st.sampled_from(FetchFault),
)
def test_no_wait_is_below_the_floor_or_beyond_four_ceilings(
    state: FeedState, max_age: timedelta | None, retry_after: timedelta | None, fault: FetchFault | None
) -> None:
    hints = Hints(max_age=max_age, retry_after=retry_after)
    turn = failure(state, fault, hints) if fault else nothing(state, hints=hints)
    assert MINUTE <= wait(turn) <= (HOUR if fault else 15 * MINUTE)


# ---- in words -----------------------------------------------------------------------------------------------------

HEALTH: dict[str, tuple[FeedState, str]] = {
    "new": (FeedState("wire", HERE), "not polled yet"),
    "good": (known(), "good"),
    "silent": (known(last_new=NOW - 12 * DAY), "good; nothing new for 12 days"),
    "without entries": (known(last_new=None), "good; no entry yet"),
    "moved": (known(url=THERE), f"good; moved to {THERE}"),
    "overrun": (known(missed=2), "good; entries may have been missed 2 times"),
    "cut": (known(dropped=48_000), "good; 48000 entries too many were left out"),
    "in a burst": (known(burst_until=NOW + MINUTE), "good; polled at the floor"),
    "failing": (
        known(failures=3, fault="too slow", detail="no answer within 30 s", last_ok=NOW - 2 * HOUR),
        "too slow: no answer within 30 s (3 times in a row, last good 2 hours ago)",
    ),
    "never good": (
        known(failures=1, fault="name not found", last_ok=None),
        "name not found (once, never good)",
    ),
}


@pytest.mark.parametrize(("state", "words"), HEALTH.values(), ids=HEALTH.keys())
def test_health_is_told_in_words(state: FeedState, words: str) -> None:
    assert timing.health(state, NOW) == words
