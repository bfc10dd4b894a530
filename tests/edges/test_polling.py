"""Rounds of polling, whole: a real server, the real fetcher, parser, pipeline and store."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from monitor.core.alerts.alerting import Teller
from monitor.core.clean import article_id
from monitor.core.feeds.polls import FeedState, FetchFault
from monitor.core.feeds.timing import Pace, Remark
from monitor.core.incidents.merge import Merger
from monitor.core.records import Entry, Feed, Route, Watch
from monitor.errors import StoreError
from monitor.fetch import Fetcher, Limits
from monitor.parse import FeedParser
from monitor.pipeline import Document, PassResult, Pipeline
from monitor.polling import Poller
from monitor.ports import Fetched, Hints, Validators
from monitor.store import SqliteStore
from tests.build import NOW
from tests.edges.hostile import NAMED, TAKEN_IN
from tests.edges.reader import NOTHING_KNOWN, Reader
from tests.edges.web import Sockets, farm, farm_names, run, site

MINUTE = timedelta(minutes=1)
PACE = Pace(MINUTE, 15 * MINUTE)


def rss(*titles: str, at: datetime = NOW) -> bytes:
    """A feed of these entries, newest first, a minute apart."""
    items = "".join(
        f"<item><guid>{title}</guid><title>{title}</title><link>https://news.example/{k}</link>"
        f"<pubDate>{format_datetime(at - (k + 1) * MINUTE)}</pubDate></item>"
        for k, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


@dataclass
class Paper:
    """A feed whose entries can change; answers 304 where nothing did."""

    body: bytes = b""
    status: int = 200
    polls: int = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.polls += 1
        etag = f'"{hash(self.body)}"'
        if self.status == 200 and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(body=self.body, status=self.status, headers={"ETag": etag})


@dataclass
class Clock:
    time: datetime = NOW

    def now(self) -> datetime:
        return self.time


class Watched(SqliteStore):
    """The store, which also notes on which thread each unit of work was done."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, durable=False)
        self.threads: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.threads.append(threading.current_thread().name)
        with super().transaction():
            yield


class Cursed(Pipeline):
    """A pipeline that fails for one feed as long as it is told to."""

    error: Exception | None = None

    def take(self, documents: Sequence[Document]) -> list[PassResult]:
        if self.error is not None:
            spoiled = [replace(one, next_state=self._fail) if one.feed.name == "cursed" else one for one in documents]
            documents = sorted(spoiled, key=lambda one: one.feed.name == "cursed")  # when all others are written
        return super().take(documents)

    def _fail(self, new: int) -> FeedState:
        assert self.error is not None
        raise self.error


@dataclass
class Desk:
    """A poller with all that stands behind it."""

    poller: Poller
    store: Watched
    pipeline: Cursed
    clock: Clock
    sockets: Sockets = field(default_factory=Sockets)

    def state(self, name: str) -> FeedState:
        found = self.store.feed_state(name)
        assert found is not None
        return found

    async def later(self, minutes: float = 20, **given: Any) -> Any:
        """A round that many minutes later."""
        self.clock.time += minutes * MINUTE
        return await self.poller.round(self.clock.time, **given)


@asynccontextmanager
async def desk(
    folder: Path,
    feeds: Sequence[Feed],
    limits: Limits = Limits(),  # noqa: B008
    regions: Sequence[frozenset[str]] = (),
) -> AsyncIterator[Desk]:
    store, clock, sockets = Watched(folder / "basewatch.db"), Clock(), Sockets()
    merger = Merger(NOTHING_KNOWN, Watch())
    pipeline = Cursed(store, Reader(), merger, Teller(Watch(), (Route(("desk",)),), merger.atlas))
    fetcher, parser = Fetcher(clock, limits, open_socket=sockets), FeedParser(timeout=3)
    poller = Poller(store, fetcher, parser, pipeline, clock, PACE, regions=regions)
    try:
        await poller.follow(feeds)
        yield Desk(poller, store, pipeline, clock, sockets)
    finally:
        await asyncio.gather(fetcher.close(), parser.close(), poller.close())
        store.close()


@asynccontextmanager
async def newsroom(folder: Path, names: Sequence[str], **given: Any) -> AsyncIterator[tuple[Desk, dict[str, Paper]]]:
    """A desk that follows papers of these names."""
    printed = {name: Paper(rss(f"{name} one", f"{name} two")) for name in names}
    async with site({f"/{name}": paper.serve for name, paper in printed.items()}) as base:
        feeds = [Feed(name, f"{base}/{name}", private=True) for name in names]
        async with desk(folder, feeds, **given) as it:
            yield it, printed


# ---- the course of things -----------------------------------------------------------------------------------------


def test_a_round_takes_in_what_is_new_and_only_that(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["daily", "weekly"]) as (it, printed):
            first = await it.poller.round(NOW)
            assert (first.polled, first.new, first.unchanged, first.failed) == (2, 4, 0, ())
            second = await it.later()
            assert (second.polled, second.new, second.unchanged) == (2, 0, 2)
            printed["daily"].body = rss("daily zero", "daily one", "daily two")
            third = await it.later()
            assert (third.new, third.unchanged) == (1, 1)
            state = it.state("daily")
            assert (state.entries, state.last_new, state.last_ok) == (3, it.clock.time, it.clock.time)

    run(work())


def test_nothing_is_polled_before_it_is_due_unless_asked_for(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["daily"]) as (it, _):
            await it.poller.round(NOW)
            assert (await it.poller.round(NOW)).polled == 0
            assert (await it.poller.round(NOW, everything=True)).polled == 1
            due = it.state("daily").next_poll
            assert due is not None and NOW + MINUTE <= due <= NOW + 15 * MINUTE

    run(work())


def test_a_clock_that_was_ahead_and_is_set_right_stops_no_feed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path, ["wire"]) as (made, papers):
            papers["wire"].body = rss("One")
            await made.later(60 * 24 * 365)
            assert (await made.later(-60 * 24 * 365)).polled == 1
            assert made.state("wire").last_poll == NOW
            assert (await made.later(0)).polled == 0
            papers["wire"].body = rss("Two", "One")
            assert (await made.later(20)).new == 1
        async with newsroom(tmp_path, ["wire"]) as (again, _):  # and when it is set right before the next start
            again.store.save_feed(
                replace(again.state("wire"), last_poll=NOW + 999 * MINUTE, next_poll=NOW + 1014 * MINUTE)
            )
            assert (await again.later(0)).polled == 1

    run(scene())


def test_the_log_says_why_a_feed_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path, ["wire"]) as (made, papers):
            papers["wire"].status = 404
            await made.later()

    with caplog.at_level("INFO", "basewatch"):
        run(scene())
    assert "wire fails: not found" in caplog.text


def test_an_attack_opens_an_incident_and_hurries_the_region(tmp_path: Path) -> None:
    async def work() -> None:
        names = {"baghdad": "IQ", "kuwait": "KW", "seoul": "KR"}
        printed = {name: Paper(rss(f"{name} one", at=NOW - timedelta(days=9))) for name in names}
        async with site({f"/{name}": paper.serve for name, paper in printed.items()}) as base:
            feeds = [Feed(name, f"{base}/{name}", country=code, private=True) for name, code in names.items()]
            async with desk(tmp_path, feeds, regions=[frozenset({"IQ", "KW"})]) as it:
                await it.poller.round(NOW)
                printed["baghdad"].body = rss("Rockets hit Ain al-Asad", at=NOW + 20 * MINUTE)
                result = await it.later()
                assert [incident.target.countries for incident in result.opened] == [("IQ",)]
                assert len(result.alerts) == 1
                bursts = {name: it.state(name).burst_until for name in names}
                hour = it.clock.time + timedelta(hours=1)
                assert bursts == {"baghdad": hour, "kuwait": hour, "seoul": None}
                soon = it.state("kuwait").next_poll
                assert soon is not None and soon <= it.clock.time + 1.1 * MINUTE

    run(work())


def test_a_lasting_move_is_followed_after_the_third_time(tmp_path: Path) -> None:
    async def work() -> None:
        paper = Paper(rss("one"))

        async def moved(_: web.Request) -> web.Response:
            raise web.HTTPMovedPermanently("/new")

        async with site({"/old": moved, "/new": paper.serve}) as base, desk(tmp_path, ()) as it:
            await it.poller.follow([Feed("daily", f"{base}/old", private=True)])
            said = [(await it.later()).remarks for _ in range(3)]
            assert said == [(), (), (("daily", Remark.MOVED),)]
            assert it.state("daily").url == f"{base}/new"
            assert (await it.later()).unchanged == 1

    run(work())


def test_feeds_that_are_no_longer_followed_are_left_alone(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["daily", "weekly"]) as (it, printed):
            await it.poller.follow([feed for feed in it.poller._feeds.values() if feed.name == "daily"])
            assert (await it.poller.round(NOW)).polled == 1
            assert printed["weekly"].polls == 0

    run(work())


def test_what_a_hub_brings_is_taken_in_at_once(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["daily"]) as (it, _):
            await it.poller.round(NOW)
            before = it.state("daily")
            brought = Fetched(rss("daily zero"), "application/rss+xml", Validators(), Hints())
            assert (await it.poller.push("daily", brought)).new == 1
            after = it.state("daily")
            assert (after.entries, after.next_poll) == (3, before.next_poll)
            nonsense = Fetched(b"<p>hello", "text/html", Validators(), Hints())
            assert (await it.poller.push("daily", nonsense)).new == 0

    run(work())


def test_only_what_is_new_in_a_document_is_read(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["daily"]) as (it, printed):
            paper = printed["daily"]
            await it.poller.round(NOW)
            paper.body = paper.body.replace(b"<title>t</title>", b"<title>t</title><lastBuildDate>now</lastBuildDate>")
            assert (await it.later()).unchanged == 1, "another head, the same entries"
            paper.body = paper.body.replace(b"<title>daily two</title>", b"<title>daily two, corrected</title>")
            edited = await it.later()
            assert (edited.new, edited.changed) == (0, 1)
            paper.body = rss("daily zero", "daily one")
            assert (await it.later()).new == 1
            assert it.state("daily").missed == 0
            # Once a day all is read again, so that what still stands in the feed is known to.
            assert (await it.later(24 * 60)).unchanged == 1, "the server says so"
            paper.body += b" "
            whole = await it.later(60)
            assert (whole.unchanged, whole.new, whole.changed) == (0, 0, 0)

    run(work())


def test_entries_that_share_one_link_are_articles_of_their_own(tmp_path: Path) -> None:
    def ticker(*titles: str) -> bytes:
        return re.sub(rb"https://news.example/\d+", b"https://news.example/live", rss(*titles))

    async def work() -> None:
        async with newsroom(tmp_path, ["daily"]) as (it, printed):
            for new, titles in ((2, ["two", "one"]), (1, ["three", "two", "one"]), (1, ["four", "three", "two"])):
                printed["daily"].body = ticker(*titles)
                result = await it.later()
                assert (result.new, result.changed) == (new, 0)
            entries = [Entry("daily", title, "https://news.example/live", title, shared_link=True) for title in titles]
            articles = it.store.articles(article_id(entry) for entry in entries)
            assert {article.title for article in articles.values()} == {"two", "three", "four"}
            assert {article.url for article in articles.values()} == {"https://news.example/live"}
            assert not any(it.store.revisions(id_) for id_ in articles)

    run(work())


# ---- what goes wrong ----------------------------------------------------------------------------------------------


def test_a_slow_feed_holds_up_no_other_and_is_not_asked_twice(tmp_path: Path) -> None:
    async def work() -> None:
        asked, go = 0, asyncio.Event()
        quick = Paper(rss("one"))

        async def slow(_: web.Request) -> web.Response:
            nonlocal asked
            asked += 1
            await go.wait()
            return web.Response(body=rss("slow one"))

        async with site({"/slow": slow, "/quick": quick.serve}) as base:
            feeds = [Feed(name, f"{base}/{name}", private=True) for name in ("slow", "quick")]
            async with desk(tmp_path, feeds) as it:
                first = asyncio.create_task(it.poller.round(NOW))
                while not asked or it.state("quick").last_ok is None:
                    await asyncio.sleep(0.01)
                assert not first.done()
                second = await it.later()
                assert (second.polled, quick.polls, asked) == (1, 2, 1)
                go.set()
                assert (await first).new == 2

    run(work())


def test_feeds_that_failed_wait_behind_the_others_of_their_host(tmp_path: Path) -> None:
    async def work() -> None:
        asked: list[str] = []

        async def serve(request: web.Request) -> web.Response:
            asked.append(request.path)
            return web.Response(body=rss("one"), status=500 if request.path == "/a" else 200)

        async with site({f"/{name}": serve for name in "abc"}) as base, desk(tmp_path, (), Limits(per_host=1)) as it:
            await it.poller.follow([Feed(name, f"{base}/{name}", private=True) for name in "abc"])
            await it.poller.round(NOW)
            await it.later(120)
            assert asked[:3] == ["/a", "/b", "/c"] and asked[5] == "/a"

    run(work())


def test_a_pass_that_fails_is_kept_put_off_and_made_again(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["cursed", "daily"]) as (it, _):
            it.pipeline.error = ValueError("a fault of ours")
            first = await it.poller.round(NOW)
            assert first.new == 2
            assert [(name, fault) for name, fault, _ in first.failed] == [("cursed", FetchFault.NOT_TAKEN)]
            (kept,) = it.store.failures(subject="cursed")
            assert "a fault of ours" in kept.error
            it.pipeline.error = None
            second = await it.later()
            assert (second.new, second.remarks) == (2, (("cursed", Remark.RECOVERED),))

    run(work())


def test_a_pass_that_fails_takes_no_other_with_it(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["cursed", "daily"]) as (it, printed):
            printed["daily"].status = 500
            await it.poller.round(NOW)
            printed["daily"].status, printed["cursed"].body = 200, rss("cursed three")
            it.pipeline.error = ValueError("a fault of ours")
            result = await it.later()
            assert (result.new, [name for name, _, _ in result.failed]) == (2, ["cursed"])
            assert [one for one in result.remarks if one[0] == "daily"] == [("daily", Remark.RECOVERED)]
            assert (it.state("daily").entries, it.state("cursed").entries) == (2, 2)

    run(work())


def test_a_fault_of_the_store_ends_the_round(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["cursed", "daily"]) as (it, _):
            it.pipeline.error = StoreError("the database", "is full")
            with pytest.raises(StoreError):
                await it.poller.round(NOW)
            it.pipeline.error = None
            assert "cursed" in {state.name for state in it.store.due_feeds(NOW, 10)}
            assert (await it.later(everything=True)).failed == ()

    run(work())


def test_a_page_that_is_no_feed_stays_a_failure_though_it_does_not_change(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["daily"]) as (it, printed):
            await it.poller.round(NOW)
            good, printed["daily"].body = printed["daily"].body, b"<!doctype html><title>Please log in</title>"
            for failures in (1, 2, 3):
                ((_, fault, _),) = (await it.later(120)).failed
                assert fault is FetchFault.NOT_A_FEED and it.state("daily").failures == failures
            printed["daily"].body = good
            assert (await it.later(120)).remarks == (("daily", Remark.RECOVERED),)

    run(work())


def test_a_server_that_failed_and_then_says_unchanged_works_again(tmp_path: Path) -> None:
    async def work() -> None:
        async with newsroom(tmp_path, ["daily"]) as (it, printed):
            await it.poller.round(NOW)
            printed["daily"].status = 500
            ((_, fault, _),) = (await it.later()).failed
            assert fault is FetchFault.STATUS
            printed["daily"].status = 200
            result = await it.later(60)
            assert (result.unchanged, result.remarks) == (1, (("daily", Remark.RECOVERED),))

    run(work())


# ---- how it is written --------------------------------------------------------------------------------------------


def test_every_write_is_made_on_one_thread_and_feeds_share_commits(tmp_path: Path) -> None:
    async def work() -> None:
        names = [f"paper {k}" for k in range(60)]
        async with newsroom(tmp_path, names, limits=Limits(per_host=60)) as (it, _):
            assert (await it.poller.round(NOW)).new == 120
            assert len(it.store.threads) < 20
            assert len(set(it.store.threads)) == 1 and it.store.threads[0].startswith("decide")
            it.store.threads.clear()
            assert (await it.later()).unchanged == 60
            assert len(it.store.threads) < 20

    run(work())


# ---- the farm's hostile feeds among good ones ---------------------------------------------------------------------

GOOD_FEEDS = 200
OPENED: list[str] = []  # files opened while `_spy` listens
_spy = threading.Event()


def _note_opened(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and _spy.is_set():
        OPENED.append(os.fsdecode(args[0]) if isinstance(args[0], (str, bytes)) else "")


def test_all_hostile_feeds_together_harm_no_good_one(shared: Path, tmp_path: Path) -> None:
    sys.addaudithook(_note_opened)

    async def work(base: str) -> None:
        bad = [Feed(name, f"{base}/bad/{name}", private=True) for name in farm_names(base)]
        good = [Feed(f"good {n}", f"{base}/feed/{n}.xml", private=True) for n in range(GOOD_FEEDS)]
        limits = Limits(per_host=50, timeout=timedelta(seconds=10), max_body=4_000_000)
        async with desk(tmp_path, [*bad, *good], limits) as it:
            before = _peak_memory(anew=True)
            _spy.set()
            result = await it.poller.round(NOW)
            _spy.clear()
            assert _peak_memory() - before < 100
            states = {state.name: state for state in it.store.feed_states()}
            assert all(states[feed.name].entries == 3 for feed in good)
            named = {fault: {name for name, found, _ in result.failed if found is fault} for fault in FetchFault}
            for fault in FetchFault:
                assert named[fault] == NAMED.get(fault, set()), fault
            assert {feed.name for feed in bad} - {name for name, _, _ in result.failed} == TAKEN_IN
            assert all(state.next_poll and state.next_poll > NOW for state in states.values())
            assert {address for address, _ in it.sockets.contacted} == {"127.0.0.1"}
            assert {port for _, port in it.sockets.contacted} == {int(base.rpartition(":")[2])}
            assert not [path for path in OPENED if path.startswith("/etc/passwd")]
            leaked = it.store._disk.run("SELECT count(*) FROM articles WHERE title LIKE '%root:%'").fetchone()
            assert leaked == (0,)

    with farm(shared, GOOD_FEEDS, entries=3) as base:
        run(work(base))


def _peak_memory(*, anew: bool = False) -> float:
    """Resident memory of this process at its highest, in MB; from now on when `anew`, see proc(5)."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
