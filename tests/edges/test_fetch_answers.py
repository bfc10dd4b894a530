"""What a server answers, right or wrong, has its name, and says when to come again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from monitor.core.records import Feed
from monitor.fetch import Limits
from monitor.ports import FetchFailed, FetchFault, Hints
from tests.edges.web import (
    NOTHING,
    RSS,
    Certificate,
    Names,
    answering,
    farm,
    farm_names,
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


# ---- what servers answer ------------------------------------------------------------------------------------------

STATUSES = [
    (401, FetchFault.FORBIDDEN),
    (403, FetchFault.FORBIDDEN),
    (404, FetchFault.NOT_FOUND),
    (410, FetchFault.GONE),
    (429, FetchFault.BUSY),
    (451, FetchFault.FORBIDDEN),
    (500, FetchFault.STATUS),
    (503, FetchFault.BUSY),
    (204, FetchFault.EMPTY),
    (304, FetchFault.STATUS),
    (302, FetchFault.STATUS),
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
def test_statuses_have_names(status: int, expected: FetchFault) -> None:
    found = fault({"/": answering(b"", status)})
    assert (found.fault, found.status) == (expected, status)
    assert str(status) in found.detail


DATE = "Mon, 04 May 2026 12:00:00 GMT"
HINTS: dict[str, tuple[dict[str, str], Hints]] = {
    "none": ({}, Hints()),
    "max-age": ({"Cache_Control": "public, max-age=300"}, Hints(max_age=300 * SECOND)),
    "max-age less what a cache used": ({"Cache_Control": "max-age=300", "Age": "200"}, Hints(max_age=100 * SECOND)),
    "max-age overrules Expires": (
        {"Cache_Control": "max-age=60", "Expires": "Mon, 04 May 2026 18:00:00 GMT"},
        Hints(max_age=60 * SECOND),
    ),
    "what may not be kept is fresh for no time": (
        {"Cache_Control": "no-cache, max-age=600", "Expires": "Mon, 04 May 2026 18:00:00 GMT"},
        Hints(max_age=0 * SECOND),
    ),
    "nor is what may not be stored": ({"Cache_Control": "max-age=600,No-Store"}, Hints(max_age=0 * SECOND)),
    "one header kept from caches": ({"Cache_Control": 'no-cache="Set-Cookie", max-age=60'}, Hints(max_age=60 * SECOND)),
    "s-maxage is for shared caches": ({"Cache_Control": "s-maxage=900"}, Hints()),
    "garbage": ({"Cache_Control": "max-age=soon", "Expires": "0", "Retry_After": "later"}, Hints()),
    "retry-after in seconds": ({"Retry_After": "120"}, Hints(retry_after=120 * SECOND)),
    "retry-after as a date": ({"Retry_After": "Mon, 04 May 2026 12:05:00 GMT"}, Hints(retry_after=300 * SECOND)),
    "dates beyond the calendar": (
        {"Expires": "Fri, 31 Dec 9999 23:59:59 -1400", "Retry_After": "Mon, 01 Jan 0001 00:00:00 +1400"},
        Hints(),
    ),
    "retry-after in the past": ({"Retry_After": "Mon, 04 May 2026 11:00:00 GMT"}, Hints()),
}


@pytest.mark.parametrize(("headers", "expected"), HINTS.values(), ids=HINTS.keys())
@pytest.mark.parametrize("status", [200, 503])
def test_servers_say_when_to_come_again(headers: dict[str, str], expected: Hints, status: int) -> None:
    found = outcome({"/": answering(RSS, status, Date=DATE, **headers)})
    assert found.hints == expected


def test_cache_control_in_two_lines_is_one() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\nCache-Control: public\r\nCache-Control: max-age=300\r\n\r\n" + RSS)
        await writer.drain()

    async def work() -> None:
        async with raw_site(answer) as base:
            assert (await get(base)).hints == Hints(max_age=300 * SECOND)

    run(work())


def test_expires_is_read_by_the_servers_clock() -> None:
    found = outcome({"/": answering(RSS, Date=DATE, Expires="Mon, 04 May 2026 12:10:00 GMT")})
    assert found.hints.expires is not None
    assert abs(found.hints.expires - datetime.now(UTC) - 600 * SECOND) < 60 * SECOND


async def _reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _breaks_off(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss")
    await writer.drain()


async def _no_http(writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n")
    await writer.drain()


async def _long_header(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n" + RSS)
    await writer.drain()


async def _many_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % k for k in range(100_000)) + b"\r\n" + RSS)
    await writer.drain()


async def _early_hints_for_ever(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)
        await writer.drain()


WIRES: dict[str, tuple[Callable[[asyncio.StreamWriter], Awaitable[None]], FetchFault]] = {
    "reset": (_reset, FetchFault.RESET),
    "breaks off": (_breaks_off, FetchFault.RESET),
    "speaks something else": (_no_http, FetchFault.STATUS),
    "a header without end": (_long_header, FetchFault.TOO_LARGE),
    "headers without end": (_many_headers, FetchFault.STATUS),
    "hints without end": (_early_hints_for_ever, FetchFault.TIMEOUT),
}


@pytest.mark.parametrize(("answer", "expected"), WIRES.values(), ids=WIRES.keys())
def test_broken_connections_have_names(
    answer: Callable[[asyncio.StreamWriter], Awaitable[None]], expected: FetchFault
) -> None:
    async def work() -> None:
        async with raw_site(answer) as base:
            found = await get(base, limits=Limits(timeout=SECOND / 2))
            assert isinstance(found, FetchFailed) and found.fault is expected, found

    run(work())


def test_a_closed_port_and_an_unknown_name_have_names() -> None:
    async def work() -> None:
        async with site({}) as base:
            pass
        closed = await get(base)
        assert isinstance(closed, FetchFailed) and closed.fault is FetchFault.CONNECT
        async with fetching(resolver=Names([[]])) as fetcher:
            unknown = await fetcher.fetch(Feed("it", "http://news.example/"), "http://news.example/", NOTHING)
            assert isinstance(unknown, FetchFailed) and unknown.fault is FetchFault.DNS

    run(work())


def test_a_certificate_nobody_vouches_for_is_refused(certificate: Certificate) -> None:
    async def work() -> None:
        async with served(web.Application(), certificate.server()) as base:
            found = await get(f"{base}/")
        assert isinstance(found, FetchFailed) and found.fault is FetchFault.TLS

    run(work())


# ---- the farm's hostile feeds -------------------------------------------------------------------------------------

FARM = {
    "empty": FetchFault.EMPTY,
    "not-gzip": FetchFault.BAD_ENCODING,
    "double-gzip": FetchFault.BAD_ENCODING,
    "gzip-bomb": FetchFault.TOO_LARGE,
    "many-entries": FetchFault.TOO_LARGE,
    "endless": FetchFault.TOO_LARGE,
    "404": FetchFault.NOT_FOUND,
    "410": FetchFault.GONE,
    "403": FetchFault.FORBIDDEN,
    "429": FetchFault.BUSY,
    "500": FetchFault.STATUS,
    "503-date": FetchFault.BUSY,
    "redirect-loop": FetchFault.REDIRECTS,
    "redirect-file": FetchFault.ADDRESS_REFUSED,
    "redirect-metadata": FetchFault.ADDRESS_REFUSED,
    "redirect-userinfo": FetchFault.ADDRESS_REFUSED,
    "slow-drip": FetchFault.TIMEOUT,
    "slow-headers": FetchFault.TIMEOUT,
    "reset": FetchFault.RESET,
}


def test_each_hostile_feed_of_the_farm_gets_its_name(shared: Path) -> None:
    async def work(base: str) -> dict[str, FetchFault | None]:
        async with fetching(Limits(timeout=SECOND)) as hasty, fetching(Limits(per_host=100)) as patient:
            feeds = [Feed(name, f"{base}/bad/{name}", private=True) for name in farm_names(base)]
            ends = await asyncio.gather(
                *((hasty if "slow" in feed.name else patient).fetch(feed, feed.url, NOTHING) for feed in feeds)
            )
        return {
            feed.name: end.fault if isinstance(end, FetchFailed) else None
            for feed, end in zip(feeds, ends, strict=True)
        }

    with farm(shared) as base:
        found = run(work(base))
    assert {name: fault for name, fault in found.items() if fault} == FARM
