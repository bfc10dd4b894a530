"""What a server does and says, and how its feed is polled after it: whole rounds against real servers, by a clock of ours."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from monitor.core.feeds import timing
from monitor.core.feeds.polls import FetchFault
from monitor.core.feeds.timing import Remark
from monitor.core.records import Feed
from tests.build import NOW
from tests.edges.test_polling import MINUTE, Desk, desk, rss
from tests.edges.web import run, site

HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE


@dataclass
class Server:
    """Answers one path as it is told to, and notes what it was asked with."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.headers))
        return web.Response(body=self.body, status=self.status, headers=self.headers)

    @property
    def conditional(self) -> list[bool]:
        """Of each request, whether a 304 could have answered it."""
        return ["If-None-Match" in asked or "If-Modified-Since" in asked for asked in self.asked]


def polled(tmp_path: Path, servers: Mapping[str, Server], work: Callable[[Desk], Awaitable[None]]) -> None:
    """Let `work` poll a feed of each server."""

    async def whole() -> None:
        async with site({f"/{n}": server.serve for n, server in enumerate(servers.values())}) as base:
            feeds = [Feed(name, f"{base}/{n}", private=True) for n, name in enumerate(servers)]
            async with desk(tmp_path, feeds) as it:
                await work(it)

    run(whole())


def polled_alone(tmp_path: Path, work: Callable[[Desk, Server], Awaitable[None]]) -> None:
    """Let `work` poll one feed, "daily", of a server that it directs."""
    server = Server(rss("one", "two"))
    polled(tmp_path, {"daily": server}, lambda it: work(it, server))


def wait(it: Desk, name: str = "daily") -> timedelta:
    """From now until the feed's next poll."""
    due = it.state(name).next_poll
    assert due is not None
    return due - it.clock.time


# ---- what a server asks for -----------------------------------------------------------------------------------------

WISHES: dict[str, tuple[dict[str, str], timedelta, timedelta]] = {
    # headers of a good answer -> the least and the most to wait; this feed by itself is polled at the floor
    "nothing": ({}, MINUTE, 3 * MINUTE),
    "max-age": ({"Cache-Control": "max-age=600"}, 9 * MINUTE, 11 * MINUTE),
    "max-age of a year": ({"Cache-Control": "max-age=31536000"}, 13 * MINUTE, 15 * MINUTE),
    "no-cache": ({"Cache-Control": "no-cache", "Expires": "Fri, 01 Jan 2100 00:00:00 GMT"}, MINUTE, 3 * MINUTE),
    "Expires": (
        {"Expires": format_datetime(NOW + 110 * MINUTE, usegmt=True), "Date": format_datetime(NOW + 100 * MINUTE)},
        8 * MINUTE,
        12 * MINUTE,
    ),
    "Expires in the past": ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, MINUTE, 3 * MINUTE),
    "Expires in 2100": ({"Expires": "Fri, 01 Jan 2100 00:00:00 GMT"}, 13 * MINUTE, 15 * MINUTE),
    "Expires that is none": ({"Expires": "-1"}, MINUTE, 3 * MINUTE),
}


def test_a_good_answer_says_when_to_come_again_within_bounds(tmp_path: Path) -> None:
    servers = {name: Server(rss(*map(str, range(40)))) for name in WISHES}

    async def work(it: Desk) -> None:
        await it.poller.round(NOW)
        for name, (headers, _, _) in WISHES.items():
            servers[name].headers = headers
            servers[name].body = rss("news", *map(str, range(40)))
        await it.later(100)
        waits = {name: wait(it, name) for name in WISHES}
        assert [name for name, (_, least, most) in WISHES.items() if not least <= waits[name] <= most] == [], waits

    polled(tmp_path, servers, work)


def test_a_ttl_of_years_parks_no_feed(tmp_path: Path) -> None:
    async def work(it: Desk, server: Server) -> None:
        server.body = server.body.replace(b"<title>t", b"<ttl>99999999</ttl><title>t", 1)
        for ttl in (b"999999", b"10080", b"-5", b"1e9", b"0"):
            server.body = server.body.replace(b"<title>t", b"<ttl>" + ttl + b"</ttl><title>t", 1)
            await it.later(everything=True)
            assert MINUTE <= wait(it) <= 15 * MINUTE

    polled_alone(tmp_path, work)


PLEAS: dict[str, tuple[int, str, timedelta, timedelta]] = {
    # status and Retry-After -> the least and the most to wait; without it, the ceiling at most
    "429 in seconds": (429, "1200", 20 * MINUTE, 24 * MINUTE),
    "503 in seconds": (503, "1200", 20 * MINUTE, 24 * MINUTE),
    "503 as a date": (503, format_datetime(NOW + 50 * MINUTE, usegmt=True), 30 * MINUTE, 36 * MINUTE),
    "429 until 2100": (429, "Fri, 01 Jan 2100 00:00:00 GMT", HOUR, HOUR),
    "429 for 300 years": (429, "9999999999", HOUR, HOUR),
    "503 in the past": (503, "Thu, 01 Jan 1970 00:00:00 GMT", MINUTE, 15 * MINUTE),
    "503 of no sense": (503, "soon", MINUTE, 15 * MINUTE),
    "503 below zero": (503, "-60", MINUTE, 15 * MINUTE),
}


def test_a_plea_to_wait_is_heard_and_parks_no_feed(tmp_path: Path) -> None:
    servers = {name: Server(rss("one", "two")) for name in PLEAS}

    async def work(it: Desk) -> None:
        await it.poller.round(NOW)
        for name, (status, plea, _, _) in PLEAS.items():
            servers[name].status = status
            servers[name].headers = {"Retry-After": plea, "Date": format_datetime(NOW + 20 * MINUTE, usegmt=True)}
        assert {fault for _, fault, _ in (await it.later()).failed} == {FetchFault.BUSY}
        waits = {name: wait(it, name) for name in PLEAS}
        assert [name for name, (_, _, least, most) in PLEAS.items() if not least <= waits[name] <= most] == [], waits

    polled(tmp_path, servers, work)


# ---- what ends a failure --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (404, b""), (429, b""), (200, b""), (200, b"<!doctype html><title>Log in</title>")],
    ids=["500", "404", "429", "empty", "a page"],
)
def test_a_304_never_ends_a_failure(tmp_path: Path, status: int, body: bytes) -> None:
    async def work(it: Desk, server: Server) -> None:
        server.headers = {"ETag": '"1"', "Last-Modified": "Mon, 04 May 2026 12:00:00 GMT"}
        good = server.body
        await it.poller.round(NOW)
        server.status, server.body = status, body
        await it.later(120)
        server.status = 304  # asked for or not
        for failures in (2, 3):
            await it.later(120)
            assert it.state("daily").failures == failures
        assert server.conditional == [False, True, False, False]
        server.status, server.body = 200, good
        assert (await it.later(120)).remarks == (("daily", Remark.RECOVERED),)
        await it.later(120)
        assert server.conditional[-1] is True

    polled_alone(tmp_path, work)


def plain(body: bytes) -> bytes:
    return body


@pytest.mark.parametrize(
    ("packed", "encoding"), [(plain, "identity"), (gzip.compress, "gzip"), (zlib.compress, "deflate")]
)
def test_a_feed_that_broke_off_on_the_way_is_asked_for_whole_until_it_came_whole(
    tmp_path: Path, packed: Callable[[bytes], bytes], encoding: str
) -> None:
    async def work(it: Desk, server: Server) -> None:
        server.headers = {"ETag": '"of the whole"', "Content-Encoding": encoding}
        whole = rss(*(f"entry {k}" for k in range(99)))
        server.body = packed(whole)[: len(packed(whole)) // 2]
        part = (await it.poller.round(NOW)).new
        assert 10 < part < 90
        assert it.state("daily").failures == 0, "what came is good"
        for _ in range(2):
            assert (await it.later()).new == 0
        server.body = packed(whole)
        assert (await it.later()).new == 99 - part
        await it.later()
        assert server.conditional == [False, False, False, False, True]

    polled_alone(tmp_path, work)


# ---- feeds that are gone, lost or moved -----------------------------------------------------------------------------


def test_a_feed_that_is_gone_is_reported_and_polled_for_ever(tmp_path: Path) -> None:
    async def work(it: Desk, server: Server) -> None:
        await it.poller.round(NOW)
        server.status = 410
        said = [(await it.later(66)).remarks for _ in range(12)]
        assert said == [(("daily", Remark.FAILING), ("daily", Remark.GONE)), *[()] * 11]
        assert len(server.asked) == 13, "once an hour, each time"
        server.status = 200
        assert (await it.later(66)).remarks == (("daily", Remark.RECOVERED),)

    polled_alone(tmp_path, work)


def test_a_feed_that_stays_lost_is_reported_though_it_failed_otherwise_before(tmp_path: Path) -> None:
    async def work(it: Desk, server: Server) -> None:
        said = []
        for status in (500, 500, 404, 404, 404, 404, 404, 404):
            server.status = status
            said.append((await it.later(66)).remarks)
        assert said == [(("daily", Remark.FAILING),), *[()] * 5, (("daily", Remark.LOST),), ()]

    polled_alone(tmp_path, work)


@pytest.mark.parametrize(("status", "follows"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
def test_only_a_lasting_move_is_followed_for_good(tmp_path: Path, status: int, follows: bool) -> None:
    async def whole() -> None:
        old, new = Server(status=status, headers={"Location": "/new"}), Server(rss("one"), headers={"ETag": '"1"'})

        async def answer(request: web.Request) -> web.StreamResponse:
            if "If-None-Match" in request.headers:
                new.status = 304
            return await new.serve(request)

        async with site({"/old": old.serve, "/new": answer}) as base, desk(tmp_path, ()) as it:
            await it.poller.follow([Feed("daily", f"{base}/old", private=True)])
            said = [remark for _ in range(5) for _, remark in (await it.later()).remarks]
            assert said == ([Remark.MOVED] if follows else [])
            assert it.state("daily").url == f"{base}/{'new' if follows else 'old'}"
            assert len(old.asked) == (3 if follows else 5), "a 304 at the new address counts as well"
            assert it.state("daily").configured == f"{base}/old"

    run(whole())


def test_a_new_address_that_fails_is_left_for_the_configured_one(tmp_path: Path) -> None:
    async def whole() -> None:
        old, new = Server(status=301, headers={"Location": "/new"}), Server(rss("one"))
        async with site({"/old": old.serve, "/new": new.serve}) as base, desk(tmp_path, ()) as it:
            await it.poller.follow([Feed("daily", f"{base}/old", private=True)])
            for _ in range(3):
                await it.later()
            new.status, old.status, old.body = 404, 200, rss("one", "two")
            said = [remark for _ in range(6) for _, remark in (await it.later(66)).remarks]
            assert said == [Remark.FAILING, Remark.LOST, Remark.RETURNED, Remark.RECOVERED]
            assert it.state("daily").url == f"{base}/old" and it.state("daily").entries == 2

    run(whole())


# ---- overruns and bursts --------------------------------------------------------------------------------------------


def test_entries_that_came_and_went_unseen_are_told_and_the_feed_is_polled_faster(tmp_path: Path) -> None:
    async def work(it: Desk, server: Server) -> None:
        server.headers = {"Cache-Control": "max-age=3600"}
        await it.poller.round(NOW)
        waits = []
        for k in range(3):
            server.body = rss(f"a {k}", f"b {k}", f"c {k}", at=it.clock.time + 15 * MINUTE)
            said = (await it.later(15)).remarks
            assert said == (("daily", Remark.MISSED),)
            waits.append(wait(it))
        assert max(waits) <= 7.5 * MINUTE
        assert it.state("daily").missed == 3
        server.body = rss("d", "a 2", at=it.clock.time)
        assert (await it.later(7)).remarks == ()
        assert wait(it) <= 7.5 * MINUTE, "though its server asks for an hour"

    polled_alone(tmp_path, work)


def test_a_json_feed_with_its_clock_ahead_is_not_said_to_overrun(tmp_path: Path) -> None:
    def document(*ids: int) -> bytes:
        items = ",".join(
            f'{{"id": "{k}", "title": "t{k}", "date_published": "{(NOW + DAY + k * MINUTE).isoformat()}"}}' for k in ids
        )
        return f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'.encode()

    async def work(it: Desk, server: Server) -> None:
        server.body = document(2, 1)
        await it.poller.round(NOW)
        server.body = document(3, 2)
        assert (await it.later(15)).remarks == ()
        server.body = document(9, 8)
        assert (await it.later(15)).remarks == (("daily", Remark.MISSED),)

    polled_alone(tmp_path, work)


def test_an_attack_nobody_places_hurries_the_wires_for_an_hour(tmp_path: Path) -> None:
    async def whole() -> None:
        quiet = Server(rss("quiet", at=NOW - 9 * DAY))
        paper = Server(rss("paper", at=NOW - 9 * DAY))
        async with site({"/wire": quiet.serve, "/paper": paper.serve, "/other": quiet.serve}) as base:
            kinds = {"wire": ("wire", ""), "paper": ("newspaper", "IQ"), "other": ("newspaper", "IQ")}
            feeds = [
                Feed(name, f"{base}/{name}", kind=kind, country=country, private=True)
                for name, (kind, country) in kinds.items()
            ]
            async with desk(tmp_path, feeds, regions=[frozenset({"IQ", "KW"})]) as it:
                await it.poller.round(NOW)
                paper.body = rss("Rockets hit somewhere", at=NOW + 20 * MINUTE)
                (opened,) = (await it.later()).opened
                assert opened.target.countries == ()
                bursts = {name: it.state(name).burst_until for name in kinds}
                assert bursts == {"wire": it.clock.time + HOUR, "paper": None, "other": None}
                for minutes, soon in ((1.1, True), (1.1, True), (55, True), (10, False)):
                    asked = len(quiet.asked)
                    await it.later(minutes)
                    assert len(quiet.asked) > asked
                    due = it.state("wire").next_poll
                    assert due is not None and (due - it.clock.time <= 1.1 * MINUTE) is soon

    run(whole())


# ---- too much, and cut off ----------------------------------------------------------------------------------------------


def test_entries_beyond_the_cap_are_counted_and_told(tmp_path: Path) -> None:
    async def work(it: Desk, server: Server) -> None:
        titles = [f"entry {k}" for k in range(2_003)]
        for left_out, remarks in ((3, (("daily", Remark.DROPPED),)), (4, ())):
            server.body = rss(*titles, *["one more"] * (left_out - 3))
            assert (await it.later()).remarks == remarks, "said once"
            health = timing.health(it.state("daily"), it.clock.time)
            assert health.endswith(f"{left_out} entries too many were left out")
            assert it.state("daily").entries == 2_000
            it.poller._memories.clear()  # as after a restart

    polled_alone(tmp_path, work)


def test_a_feed_without_a_length_that_is_cut_by_its_connection_keeps_its_good_entries(tmp_path: Path) -> None:
    whole = rss(*(f"entry {k}" for k in range(9)))

    async def half() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b'HTTP/1.0 200 OK\r\nETag: "1"\r\n\r\n' + whole[: whole.index(b"entry 5")])
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            async with desk(tmp_path, [Feed("daily", f"http://127.0.0.1:{port}/", private=True)]) as it:
                result = await it.poller.round(NOW)
                assert (result.new, result.failed) == (5, ())

    run(half())
