"""No body is too large, too dense or too slow to be told apart from a feed, and no host is asked too much at once."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp import web

from monitor.core.records import Feed
from monitor.fetch import Limits
from monitor.ports import Fetched, FetchFailed, FetchFault
from tests.edges.web import (
    NOTHING,
    RSS,
    Certificate,
    answering,
    fault,
    fetching,
    get,
    outcome,
    raw_site,
    run,
    served,
    site,
)

SECOND = timedelta(seconds=1)
BRIEF = Limits(timeout=SECOND / 4)


# ---- compression --------------------------------------------------------------------------------------------------


def _bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


DECODED: dict[str, tuple[bytes, str]] = {
    "gzip": (gzip.compress(RSS), "gzip"),
    "gzip in two members": (gzip.compress(RSS[:20]) + gzip.compress(RSS[20:]), "gzip"),
    "gzip with padding": (gzip.compress(RSS) + bytes(64), "gzip"),
    "gzip without its end": (gzip.compress(RSS)[:-8], "gzip"),
    "deflate as in the standard": (zlib.compress(RSS), "deflate"),
    "bare deflate": (_bare_deflate(RSS), "deflate"),
    "a .gz file": (gzip.compress(RSS), ""),
    "identity": (RSS, "identity"),
}


@pytest.mark.parametrize(("body", "encoding"), DECODED.values(), ids=DECODED.keys())
def test_compressed_bodies_are_decoded(body: bytes, encoding: str) -> None:
    found = outcome({"/": answering(body, Content_Encoding=encoding) if encoding else answering(body)})
    assert isinstance(found, Fetched) and found.body == RSS


BROKEN: dict[str, tuple[bytes, str, FetchFault]] = {
    "said to be gzip": (RSS, "gzip", FetchFault.BAD_ENCODING),
    "double gzip": (gzip.compress(gzip.compress(RSS)), "gzip", FetchFault.BAD_ENCODING),
    "a wrong checksum": (gzip.compress(RSS)[:-8] + bytes(8), "gzip", FetchFault.BAD_ENCODING),
    "not asked for": (RSS, "br", FetchFault.BAD_ENCODING),
    "gzip bomb": (gzip.compress(bytes(8_000_000)), "gzip", FetchFault.TOO_LARGE),
    "gzip of more than the cap": (gzip.compress(RSS * 200_000), "gzip", FetchFault.TOO_LARGE),
    "empty": (b"", "", FetchFault.EMPTY),
    "blank": (b" \r\n" * 9, "", FetchFault.EMPTY),
    "gzip of nothing": (gzip.compress(b""), "gzip", FetchFault.EMPTY),
}


@pytest.mark.parametrize(("body", "encoding", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_decoded_is_named(body: bytes, encoding: str, expected: FetchFault) -> None:
    handler = answering(body, Content_Encoding=encoding) if encoding else answering(body)
    assert fault({"/": handler}).fault is expected


def test_the_cap_holds_after_decompression_whatever_the_ratio() -> None:
    body = RSS + b" ".join(b"%x" % (k * k) for k in range(20_000))
    packed = gzip.compress(body)
    assert len(packed) * 10 > len(body) > 100_000 > len(packed)

    async def work() -> None:
        async with site({"/": answering(packed, Content_Encoding="gzip")}) as base:
            found = await get(f"{base}/", limits=Limits(max_body=100_000))
            assert isinstance(found, FetchFailed) and found.fault is FetchFault.TOO_LARGE
            assert isinstance(await get(f"{base}/", limits=Limits(max_body=len(body))), Fetched)

    run(work())


def test_the_cap_holds_for_what_comes_behind_a_whole_body() -> None:
    async def work() -> None:
        async def answer(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(RSS))
            while True:
                writer.write(bytes(100_000))
                await writer.drain()

        async with raw_site(answer) as base:
            found = await get(base, limits=Limits(max_body=500_000))
            assert isinstance(found, FetchFailed) and found.fault is FetchFault.TOO_LARGE

    run(work())


# ---- size and time ------------------------------------------------------------------------------------------------


def test_a_body_said_to_be_too_large_is_not_read() -> None:
    async def work() -> None:
        async def answer(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 16000000\r\n\r\n")
            await writer.drain()

        async with raw_site(answer) as base:
            found = await get(base)
            assert isinstance(found, FetchFailed) and found.fault is FetchFault.TOO_LARGE

    run(work())


def test_an_endless_body_is_cut_off() -> None:
    async def work() -> None:
        sent = 0

        async def answer(writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"<item/>" * 10_000)
                await writer.drain()
                sent += 70_000

        async with raw_site(answer) as base:
            found = await get(base, limits=Limits(max_body=500_000))
            assert isinstance(found, FetchFailed) and found.fault is FetchFault.TOO_LARGE
        assert sent < 20_000_000, "the connection was closed"

    run(work())


async def _nothing(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _slow_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for k in range(10_000):
        writer.write(b"X-%d: 1\r\n" % k)
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("answer", [_nothing, _drip, _slow_headers], ids=["no answer", "slow drip", "slow headers"])
def test_a_slow_server_is_given_up_as_a_whole(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> None:
    async def work() -> None:
        async with raw_site(answer) as base:
            found = await get(base, limits=BRIEF)
            assert isinstance(found, FetchFailed) and found.fault is FetchFault.TIMEOUT
            assert "0.25 s" in found.detail

    run(work())


def test_redirects_share_one_time() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.15)
        raise web.HTTPFound(f"/{int(request.match_info['k']) + 1}")

    async def work() -> None:
        async with site({"/{k}": slow}) as base:
            found = await get(f"{base}/0", limits=BRIEF)
            assert isinstance(found, FetchFailed) and found.fault is FetchFault.TIMEOUT

    run(work())


def test_waiting_in_line_is_no_part_of_the_time() -> None:
    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        return web.Response(body=RSS)

    async def work() -> None:
        limits = Limits(per_host=1, timeout=SECOND / 2)
        async with site({"/": slow}) as base, fetching(limits) as fetcher:
            feed = Feed("it", f"{base}/", private=True)
            all_of_them = await asyncio.gather(*(fetcher.fetch(feed, feed.url, NOTHING) for _ in range(10)))
            assert all(isinstance(one, Fetched) for one in all_of_them)

    run(work())


def test_a_large_body_is_read_slower_and_yet_in_time() -> None:
    limits = Limits(timeout=2 * SECOND, max_body=4_000_000)
    large = RSS + b" " * 3_900_000

    async def work() -> None:
        async with site({"/": answering(large)}) as base:
            found = await get(f"{base}/", limits=limits)
            assert isinstance(found, Fetched) and found.body == large

    run(work())


def test_feeds_that_hang_hold_up_no_other_of_their_host() -> None:
    inside: Counter[str] = Counter()
    go = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        inside["now"] += 1
        inside["most"] = max(inside["most"], inside["now"])
        await go.wait()
        inside["now"] -= 1
        return web.Response(body=RSS)

    async def work() -> None:
        limits = Limits(per_host=1, patience=SECOND / 50)
        async with site({"/hang": hang, "/": answering()}) as base, fetching(limits) as fetcher:
            slow, quick = (Feed("it", f"{base}/{path}", private=True) for path in ("hang", ""))
            hanging = [asyncio.create_task(fetcher.fetch(slow, slow.url, NOTHING)) for _ in range(4)]
            assert isinstance(await fetcher.fetch(quick, quick.url, NOTHING), Fetched)
            more = [asyncio.create_task(fetcher.fetch(slow, slow.url, NOTHING)) for _ in range(9)]
            while inside["now"] < 5:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            assert inside["most"] == 5, "a host that hangs is not asked by ever more"
            go.set()
            assert all(isinstance(end, Fetched) for end in await asyncio.gather(*hanging, *more))

    run(work())


def test_limits_hold_in_all_and_per_host() -> None:
    now: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def feed(request: web.Request) -> web.Response:
        for key in (request.host, "all"):
            now[key] += 1
            most[key] = max(most[key], now[key])
        await asyncio.sleep(0.01)
        for key in (request.host, "all"):
            now[key] -= 1
        return web.Response(body=RSS)

    async def work() -> None:
        async with (
            site({"/": feed}) as a,
            site({"/": feed}) as b,
            fetching(Limits(connections=3, per_host=2)) as fetcher,
        ):
            feeds = [Feed("it", f"{base}/", private=True) for base in (a, b) * 20]
            await asyncio.gather(*(fetcher.fetch(feed, feed.url, NOTHING) for feed in feeds))
            assert most == {a[7:]: 2, b[7:]: 2, "all": 3}

    run(work())


@pytest.mark.parametrize(("scheme", "closing"), [("http", [False] * 5), ("https", [True, False, False, False, True])])
def test_a_tls_connection_is_kept_only_while_somebody_waits_for_its_host(
    scheme: str, closing: list[bool], certificate: Certificate
) -> None:
    seen: list[bool] = []

    async def feed(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Connection") == "close")
        return web.Response(body=RSS)

    async def work() -> None:
        app = web.Application()
        app.router.add_get("/", feed)
        async with (
            served(app, certificate.server() if scheme == "https" else None) as base,
            certificate.trusted(),
            fetching(Limits(per_host=1)) as fetcher,
        ):
            one = Feed("it", f"{base}/", private=True)
            ends = await asyncio.gather(*(fetcher.fetch(one, one.url, NOTHING) for _ in range(5)))
            assert all(isinstance(end, Fetched) for end in ends)

    run(work())
    # Over TLS the first comes before anybody waits, and the last when nobody does any more.
    assert seen == closing
