"""One round of polling: due feeds are fetched and parsed side by side, and taken in one by one on one thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.core.feeds import timing
from monitor.core.feeds.cutting import Cut, Memory, cut
from monitor.core.feeds.polls import FeedState, FetchFault
from monitor.core.feeds.timing import Pace, Remark, Turn
from monitor.core.records import Alert, Feed, Incident
from monitor.errors import StoreError
from monitor.pipeline import Document, PassResult, Pipeline
from monitor.ports import Clock, Fetched, Fetcher, FetchFailed, Parsed, ParseFailed, Parser, Store, Unchanged

T = TypeVar("T")

_LOG = logging.getLogger("basewatch.polling")
_LINGER = 0.1  # seconds in which documents, and states of feeds without news, gather for one commit
_MOST_AT_ONCE = 2_000  # entries of one commit: well under a second, of which nobody else waits longer
_HURRY_AGAIN = timedelta(minutes=5)  # after which another incident of a country begins its burst anew
_AHEAD = timedelta(minutes=1)  # by which a clock is wrong, and not only corrected
_LEVELS = {
    Remark.FAILING: logging.INFO,
    Remark.RECOVERED: logging.INFO,
    Remark.DROPPED: logging.INFO,
}


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What one round brought. `failed` has each feed that failed, with its fault and detail."""

    polled: int = 0
    unchanged: int = 0
    new: int = 0
    changed: int = 0
    flagged: int = 0
    opened: tuple[Incident, ...] = ()
    alerts: tuple[Alert, ...] = ()
    failed: tuple[tuple[str, FetchFault, str], ...] = ()
    remarks: tuple[tuple[str, Remark], ...] = ()


@dataclass(slots=True)
class _Tally:
    """A round's result while it grows; changed on the loop's thread only."""

    polled: int = 0
    unchanged: int = 0
    passes: list[PassResult] = field(default_factory=list)
    failed: list[tuple[str, FetchFault, str]] = field(default_factory=list)
    remarks: list[tuple[str, Remark]] = field(default_factory=list)
    saves: set[asyncio.Task[None]] = field(default_factory=set)  # of the batches that hold outcomes of this round

    def result(self) -> RoundResult:
        return RoundResult(
            polled=self.polled,
            unchanged=self.unchanged,
            new=sum(one.new for one in self.passes),
            changed=sum(one.changed for one in self.passes),
            flagged=sum(one.flagged for one in self.passes),
            opened=tuple(incident for one in self.passes for incident in one.opened),
            alerts=tuple(alert for one in self.passes for alert in one.alerts),
            failed=tuple(self.failed),
            remarks=tuple(self.remarks),
        )


@dataclass(slots=True)
class _Batch:
    """Outcomes that only change a feed's state, to be written in one commit."""

    saved: asyncio.Task[None]
    outcomes: list[tuple[Feed, Unchanged | FetchFailed, _Tally]]


_Arrived = tuple[Document, asyncio.Future[PassResult]]  # a document, and what waits for it to be taken in


class Poller:
    """Polls what is due. Rounds may overlap: a feed that is still being polled is not polled twice.

    Every decision and every write is made on one thread of the poller's own, in the order in which documents came:
    one commit for the documents that came in the same moment, one for all feeds without news. A feed that is slow
    holds up nobody, one whose pass fails is put off like one that could not be fetched. A StoreError ends the round.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        parser: Parser,
        pipeline: Pipeline,
        clock: Clock,
        pace: Pace,
        *,
        regions: Sequence[frozenset[str]] = (),
        at_once: int = 400,
    ) -> None:
        """`regions` are sets of countries whose feeds are hurried together.

        `at_once` bounds the feeds between the start of their fetch and the end of their pass, and so the memory.
        """
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._pipeline = pipeline
        self._clock = clock
        self._pace = pace
        self._regions = tuple(regions)
        self._feeds: dict[str, Feed] = {}
        self._places = asyncio.Semaphore(at_once)
        self._thread = ThreadPoolExecutor(1, "decide")
        self._in_flight: set[str] = set()
        self._memories: dict[str, Memory] = {}
        self._batch: _Batch | None = None
        self._arrived: list[_Arrived] = []
        self._taking: asyncio.Task[None] | None = None
        self._hurried: dict[str, datetime] = {}
        self._asked: datetime | None = None  # when it was last asked what is due

    # ---- what others call -------------------------------------------------------------------------------------------

    async def follow(self, feeds: Sequence[Feed]) -> None:
        """Poll these feeds from now on, and no others."""
        self._feeds = {feed.name: feed for feed in feeds}
        self._memories.clear()
        await self.decide(lambda: self._store.sync_feeds(feeds, self._clock.now()))

    async def round(self, now: datetime, *, everything: bool = False) -> RoundResult:
        """Poll every feed that is due (`everything`: every feed), and wait until each has been taken in."""
        states = await self.decide(lambda: self._due(now, everything))
        fresh = [state for state in states if state.name in self._feeds and state.name not in self._in_flight]
        fresh.sort(key=lambda state: state.failures > 0)  # who failed last time waits behind the others of its host
        names = {state.name for state in fresh}
        self._in_flight |= names
        tally = _Tally(polled=len(fresh))
        try:
            async with asyncio.TaskGroup() as visits:
                for state in fresh:
                    await self._places.acquire()
                    visits.create_task(self._visit(state, tally))
            if tally.saves:
                await asyncio.wait(tally.saves)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        finally:
            self._in_flight -= names
        for save in tally.saves:
            save.result()
        return tally.result()

    async def push(self, name: str, fetched: Fetched) -> PassResult:
        """Take in a document that a hub brought for a feed, outside its polls."""
        feed = self._feeds[name]
        parsed = await self._parser.parse(feed, fetched)
        if isinstance(parsed, ParseFailed):
            _LOG.warning("%s: its hub brought what is no feed: %s", name, parsed.detail)
            return PassResult()
        return await self._take(feed, parsed, lambda state, new, now: timing.after_push(state, new, now))

    async def decide(self, work: Callable[[], T]) -> T:
        """Run something on the deciding thread, in its turn."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        """Let what is being written end, and write no more; the caller has ended the rounds."""
        self._arrived.clear()
        for writing in (self._taking, self._batch.saved if self._batch else None):
            if writing is not None:
                await asyncio.wait([writing])
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)

    # ---- one feed ---------------------------------------------------------------------------------------------------

    async def _visit(self, state: FeedState, tally: _Tally) -> None:
        """Poll one feed: the catch-all around one feed's pass keeps what fails, with its name, and goes on."""
        feed = self._feeds[state.name]
        outcome: Unchanged | FetchFailed | None
        try:
            outcome = await self._poll(feed, state, tally)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  # one of three: an entry, a pass, a delivery
            _LOG.error("%s: its pass failed", feed.name, exc_info=True)
            outcome = FetchFailed(FetchFault.NOT_TAKEN, f"{type(error).__name__}: {error}")
        finally:
            self._places.release()
        if outcome is None:
            self._in_flight.discard(feed.name)
        else:
            self._settle(feed, outcome, tally)

    async def _poll(self, feed: Feed, state: FeedState, tally: _Tally) -> Unchanged | FetchFailed | None:
        """Fetch, parse and take in; None when it was taken in, else what came instead."""
        fetched = await self._fetcher.fetch(feed, state.url, state.validators)
        if not isinstance(fetched, Fetched):
            return fetched
        part = cut(fetched.body, self._memories.get(feed.name), self._clock.now())
        if part is not None and part.ended and not part.new:
            self._memories[feed.name] = part.memory
            return Unchanged(fetched.validators, fetched.hints)
        parsed = await self._parse(feed, fetched, part)
        if isinstance(parsed, ParseFailed):
            return FetchFailed(parsed.fault, parsed.detail, fetched.hints)
        remarks: list[Remark] = []

        def next_state(before: FeedState, new: int, now: datetime) -> FeedState:
            turn = timing.after_news(before, feed, parsed, new, fetched.validators, fetched.hints, self._pace, now)
            remarks[:] = turn.remarks  # of the last time: a pass that failed among others is made again alone
            return turn.state

        tally.passes.append(await self._take(feed, parsed, next_state))
        self._remember(feed, None if parsed.mixed else part)
        self._say(feed, remarks, tally)
        return None

    async def _parse(self, feed: Feed, fetched: Fetched, part: Cut | None) -> Parsed | ParseFailed:
        """Parse what is new in the document; all of it where that is not known, or cannot be read by itself."""
        if part is not None and part.known:
            parsed = await self._parser.parse(feed, replace(fetched, body=part.body))
            if isinstance(parsed, Parsed):
                return replace(parsed, known=part.known)
        return await self._parser.parse(feed, fetched)

    def _settle(self, feed: Feed, outcome: Unchanged | FetchFailed, tally: _Tally) -> None:
        """Have the state of a feed without news written, together with others'; it is in flight until then."""
        if isinstance(outcome, Unchanged):
            tally.unchanged += 1
        else:
            tally.failed.append((feed.name, outcome.fault, outcome.detail))
        if self._batch is None:
            self._batch = _Batch(asyncio.create_task(self._save_soon()), [])
        self._batch.outcomes.append((feed, outcome, tally))
        tally.saves.add(self._batch.saved)

    def _say(self, feed: Feed, remarks: Sequence[Remark], tally: _Tally, failed: FetchFailed | None = None) -> None:
        """Tell the log what a poll gave cause to say, with what went wrong where it failed."""
        why = "".join(f": {part}" for part in (failed.fault, failed.detail) if part) if failed else ""
        for remark in remarks:
            tally.remarks.append((feed.name, remark))
            _LOG.log(_LEVELS.get(remark, logging.WARNING), "%s %s%s", feed.name, remark, why)

    def _remember(self, feed: Feed, part: Cut | None) -> None:
        """Keep what need not be parsed again, now that it is in."""
        if part is not None:
            self._memories[feed.name] = part.memory
        else:
            self._memories.pop(feed.name, None)

    # ---- on the deciding thread -------------------------------------------------------------------------------------

    async def _take(
        self, feed: Feed, parsed: Parsed, next_state: Callable[[FeedState, int, datetime], FeedState]
    ) -> PassResult:
        now = self._clock.now()
        taken = asyncio.get_running_loop().create_future()
        document = Document(feed, parsed.entries, now, lambda new: next_state(self._state(feed), new, now))
        self._arrived.append((document, taken))
        if self._taking is None or self._taking.done():
            self._taking = asyncio.create_task(self._take_soon())
        result: PassResult = await taken
        if result.opened:
            await self.decide(lambda: self._hurry(result.opened, now))
        return result

    async def _take_soon(self) -> None:
        """Wait for others, then take in all that came, so many entries in one commit."""
        await asyncio.sleep(_LINGER)
        while self._arrived:
            portion = self._portion()
            self._arrived = self._arrived[len(portion) :]
            await self._take_together(portion)

    def _portion(self) -> list[_Arrived]:
        """The first of what came, as much as one commit may hold; no feed twice: its states follow from each other."""
        portion: list[_Arrived] = []
        entries, names = 0, set[str]()
        for document, taken in self._arrived:
            entries += len(document.entries)
            if portion and (entries > _MOST_AT_ONCE or document.feed.name in names):
                break
            names.add(document.feed.name)
            portion.append((document, taken))
        return portion

    async def _take_together(self, arrived: Sequence[_Arrived]) -> None:
        """Take documents in with one commit; one by one when that fails, so that only what is at fault is lost."""
        documents = [document for document, _ in arrived]
        work = asyncio.create_task(self.decide(lambda: self._pipeline.take(documents)))
        await asyncio.wait([work])
        error = work.exception()
        if error is not None and len(arrived) > 1 and not isinstance(error, StoreError):
            for one in arrived:
                await self._take_together([one])
            return
        for n, (_, taken) in enumerate(arrived):
            if taken.done():  # who waited for it was ended meanwhile
                continue
            if error is not None:
                taken.set_exception(error)
            else:
                taken.set_result(work.result()[n])

    async def _save_soon(self) -> None:
        """Wait for others, then write all their states in one commit."""
        await asyncio.sleep(_LINGER)
        batch, self._batch = self._batch, None
        assert batch is not None
        turns = await self.decide(lambda: self._save(batch.outcomes))
        for (feed, outcome, tally), turn in zip(batch.outcomes, turns, strict=True):
            self._say(feed, turn.remarks, tally, outcome if isinstance(outcome, FetchFailed) else None)
            self._in_flight.discard(feed.name)

    def _save(self, outcomes: Sequence[tuple[Feed, Unchanged | FetchFailed, _Tally]]) -> list[Turn]:
        now = self._clock.now()
        with self._store.transaction():
            known = self._store.states_of(feed.name for feed, _, _ in outcomes)
            turns = [self._after(known.get(feed.name), feed, outcome, now) for feed, outcome, _ in outcomes]
            self._store.save_feeds(turn.state for turn in turns)
            for feed, outcome, _ in outcomes:
                if isinstance(outcome, FetchFailed) and outcome.fault is FetchFault.NOT_TAKEN:
                    self._store.save_failure(feed.name, outcome.detail, now)
        return turns

    def _after(self, known: FeedState | None, feed: Feed, outcome: Unchanged | FetchFailed, now: datetime) -> Turn:
        before = known or _unknown(feed)
        if isinstance(outcome, Unchanged):
            return timing.after_nothing(before, feed, outcome.validators, outcome.hints, self._pace, now)
        return timing.after_failure(before, feed, outcome.fault, outcome.detail, outcome.hints, self._pace, now)

    def _due(self, now: datetime, everything: bool) -> list[FeedState]:
        if everything:
            return self._store.feed_states()
        due = self._store.due_feeds(now, len(self._feeds))
        set_back = self._asked is None or now < self._asked - _AHEAD
        self._asked = now
        if set_back:  # what was polled while the clock was ahead would else wait until it is there again
            late = {state.name for state in due}
            states = (state for state in self._store.feed_states() if state.name not in late)
            due += [state for state in states if state.last_poll and state.last_poll > now + _AHEAD]
        return due

    def _state(self, feed: Feed) -> FeedState:
        """The state as it is now: a burst may have begun since the poll did."""
        return self._store.feed_state(feed.name) or _unknown(feed)

    def _hurry(self, opened: Sequence[Incident], now: datetime) -> None:
        """Poll the feeds at the floor that may tell more of these incidents; the wires, of one that nobody places."""
        named = {country for incident in opened for country in incident.target.countries or ("",)}
        long_ago = now - _HURRY_AGAIN
        countries = {country for country in named if self._hurried.get(country, long_ago) <= long_ago}
        if not countries:
            return
        self._hurried.update(dict.fromkeys(countries, now))
        with self._store.transaction():
            for feed in timing.close_by(self._feeds.values(), countries - {""}, self._regions):
                self._store.save_feed(timing.hurried(self._state(feed), feed, self._pace, now))


def _unknown(feed: Feed) -> FeedState:
    """The state of a feed that the store does not know."""
    return FeedState(feed.name, feed.url, configured=feed.url)
