"""Fetching over real HTTP: what is asked for, with what, and how far redirects are followed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import pairwise

import pytest
from aiohttp import web

from monitor.core.records import Feed
from monitor.fetch import default_user_agent
from monitor.ports import Fetched, FetchFailed, FetchFault, Unchanged, Validators
from tests.edges.web import (
    NOTHING,
    RSS,
    answering,
    fault,
    fetching,
    get,
    outcome,
    raw_site,
    run,
    site,
)

# ---- only what changed --------------------------------------------------------------------------------------------


def test_the_second_get_is_conditional_and_costs_no_body() -> None:
    asked: list[dict[str, str]] = []

    async def feed(request: web.Request) -> web.Response:
        asked.append(dict(request.headers))
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304)
        return web.Response(body=RSS, headers={"ETag": '"v1"', "Last-Modified": "Mon, 04 May 2026 12:00:00 GMT"})

    async def work() -> None:
        async with site({"/": feed}) as base:
            first = await get(f"{base}/")
            assert isinstance(first, Fetched) and first.body == RSS
            second = await get(f"{base}/", first.validators)
            assert second == Unchanged(first.validators, second.hints)

    run(work())
    assert "If-None-Match" not in asked[0]
    assert asked[1]["If-None-Match"] == '"v1"'
    assert asked[1]["If-Modified-Since"] == "Mon, 04 May 2026 12:00:00 GMT"


def test_the_same_body_is_unchanged_without_any_validator() -> None:
    async def work() -> None:
        async with site({"/": answering()}) as base:
            first = await get(f"{base}/")
            assert isinstance(first, Fetched)
            assert isinstance(await get(f"{base}/", first.validators), Unchanged)

    run(work())


def test_validators_go_to_the_address_that_gave_them_only() -> None:
    asked: list[tuple[str, str | None]] = []

    async def moved(request: web.Request) -> web.Response:
        asked.append((request.path, request.headers.get("If-None-Match")))
        raise web.HTTPFound("/feed")

    async def feed(request: web.Request) -> web.Response:
        asked.append((request.path, request.headers.get("If-None-Match")))
        return web.Response(body=RSS, headers={"ETag": '"v1"'})

    async def work() -> None:
        async with site({"/": moved, "/feed": feed, "/other": feed}) as base:
            first = await get(f"{base}/")
            assert isinstance(first, Fetched) and first.validators.url == f"{base}/feed"
            await get(f"{base}/", first.validators)
            await get(f"{base}/other", first.validators)

    run(work())
    assert asked == [("/", None), ("/feed", None), ("/", None), ("/feed", '"v1"'), ("/other", None)]


def test_a_304_nobody_asked_for_is_a_failure() -> None:
    assert fault({"/": answering(b"", 304)}).fault is FetchFault.STATUS

    async def work() -> None:
        async with site({"/": answering(b"", 304)}) as base:
            unasked = await get(f"{base}/", Validators(f"{base}/", body_hash="abc"))
            assert isinstance(unasked, FetchFailed) and unasked.fault is FetchFault.STATUS

    run(work())


def test_a_validator_that_could_not_be_sent_back_is_not_kept() -> None:
    found = outcome({"/": answering(ETag='"' + "x" * 3000 + '"', Last_Modified="h\u00e9")})
    assert isinstance(found, Fetched)
    assert (found.validators.etag, found.validators.last_modified) == ("", "")


# ---- who asks, and with what --------------------------------------------------------------------------------------


def test_the_project_is_named_unless_the_feed_says_otherwise() -> None:
    agents: list[str] = []

    async def feed(request: web.Request) -> web.Response:
        agents.append(request.headers["User-Agent"])
        assert request.headers["Accept-Encoding"] == "gzip, deflate", "only what is decoded is asked for"
        return web.Response(body=RSS)

    async def work() -> None:
        async with site({"/": feed}) as base:
            await get(f"{base}/")
            await get(f"{base}/", user_agent="Desk 9")

    run(work())
    assert agents == [default_user_agent(), "Desk 9"]
    assert agents[0].startswith("Basewatch/")


def test_a_feed_is_asked_in_the_version_of_http_its_site_chose() -> None:
    versions: list[tuple[int, int]] = []

    async def feed(request: web.Request) -> web.Response:
        versions.append((request.version.major, request.version.minor))
        return web.Response(body=RSS)

    async def work() -> None:
        async with site({"/": feed}) as base, fetching() as fetcher:
            for version in ("1.1", "1.0", "1.1", "1.0"):
                one = Feed("it", f"{base}/", http_version=version, private=True)
                assert isinstance(await fetcher.fetch(one, one.url, NOTHING), Fetched)

    run(work())
    assert versions == [(1, 1), (1, 0)] * 2


def test_secrets_go_to_the_feeds_own_origin_only() -> None:
    """Seen from a proxy, which every request passes wherever it goes."""
    seen: list[tuple[str, bool]] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked = head.split()[1].decode()
        seen.append((asked, b"c2VjcmV0" in head))
        onward = next((there for here, there in pairwise(way) if here == asked), None)
        if onward is None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(RSS), RSS))
        else:
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {onward}\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    home = "http://news.example"
    way = [f"{home}/", f"{home}/next", f"{home}:8080/", "http://other.example/", "http://news.example.other.example/"]

    async def work() -> None:
        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        async with server, fetching() as fetcher:
            through = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            secret = (("Authorization", "Basic c2VjcmV0"), ("Cookie", "c2VjcmV0"))
            feed = Feed("it", way[0], headers=secret, proxy=through)
            assert isinstance(await fetcher.fetch(feed, way[0], NOTHING), Fetched)
            # After a lasting move it is polled elsewhere, which is not its own origin.
            assert isinstance(await fetcher.fetch(feed, way[-1], NOTHING), Fetched)

    run(work())
    assert seen == [(way[0], True), (way[1], True), (way[2], False), (way[3], False), (way[4], False), (way[4], False)]


def test_cookies_that_a_server_sets_are_not_kept() -> None:
    seen: list[str | None] = []

    async def feed(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Cookie"))
        moved = request.path != "/feed"
        answer = web.Response(body=RSS, status=302 if moved else 200, headers={"Location": "/feed"} if moved else {})
        answer.set_cookie("tracked", "1")
        return answer

    async def work() -> None:
        async with site({"/": feed, "/feed": feed}) as base, fetching() as fetcher:
            url = f"{base.replace('127.0.0.1', 'localhost')}/"  # a jar takes no cookies of numbers
            for _ in range(2):
                assert isinstance(await fetcher.fetch(Feed("it", url, private=True), url, NOTHING), Fetched)

    run(work())
    assert seen == [None] * 4


def test_a_proxy_is_asked_for_the_whole_address() -> None:
    async def work() -> None:
        asked: list[str] = []

        async def proxy(writer: asyncio.StreamWriter) -> None:
            asked.append("asked")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(RSS), RSS))
            await writer.drain()

        async with raw_site(proxy) as base, fetching() as fetcher:
            feed = Feed("it", "http://news.example/rss", proxy=base)
            assert isinstance(await fetcher.fetch(feed, feed.url, NOTHING), Fetched)
            inside = Feed("it", "http://10.0.0.1/rss", proxy=base)
            refused = await fetcher.fetch(inside, inside.url, NOTHING)
            assert isinstance(refused, FetchFailed) and refused.fault is FetchFault.ADDRESS_REFUSED
        assert asked == ["asked"]

    run(work())


# ---- redirects ----------------------------------------------------------------------------------------------------


def redirect(to: str, status: int) -> Callable[[web.Request], Awaitable[web.Response]]:
    return answering(b"", status, Location=to)


MOVES: dict[str, tuple[tuple[int, ...], int]] = {
    # statuses on the way -> after how many of them the lasting move ends
    "one for good": ((301,), 1),
    "two for good": ((308, 301), 2),
    "for now": ((302,), 0),
    "for good, then for now": ((301, 307), 1),
    "for now, then for good": ((303, 301), 0),
}


@pytest.mark.parametrize(("statuses", "lasting"), MOVES.values(), ids=MOVES.keys())
def test_a_lasting_move_leads_as_far_as_all_redirects_are_lasting(statuses: tuple[int, ...], lasting: int) -> None:
    handlers = {f"/{k}": redirect(f"/{k + 1}", status) for k, status in enumerate(statuses)}
    handlers[f"/{len(statuses)}"] = answering()
    found = outcome(handlers, "/0")
    assert isinstance(found, Fetched)
    assert found.hints.moved_to.endswith(f"/{lasting}" if lasting else "")
    assert bool(found.hints.moved_to) is bool(lasting)


def test_five_redirects_are_followed_and_no_sixth() -> None:
    handlers = {f"/{k}": redirect(f"/{k + 1}", 302) for k in range(6)} | {"/6": answering()}
    assert isinstance(outcome(handlers, "/1"), Fetched)
    assert fault(handlers, "/0").fault is FetchFault.REDIRECTS


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://news.example/", "data:text/xml,a", "javascript:1"])
def test_a_redirect_to_a_file_or_another_scheme_is_not_followed(location: str) -> None:
    found = fault({"/": redirect(location, 302)})
    assert found.fault is FetchFault.ADDRESS_REFUSED and location.partition(":")[0] in found.detail


@pytest.mark.parametrize("location", ["http://[", "http://host:99999/", "//"])
def test_a_redirect_to_no_address_is_named(location: str) -> None:
    assert fault({"/": redirect(location, 302)}).fault in (FetchFault.REDIRECTS, FetchFault.ADDRESS_REFUSED)


def test_user_and_password_of_a_redirect_are_dropped() -> None:
    seen: list[Mapping[str, str]] = []

    async def target(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response(body=RSS)

    async def work() -> None:
        async def start(request: web.Request) -> web.Response:
            raise web.HTTPFound(f"http://user:pass@{request.host}/target")

        async with site({"/": start, "/target": target}) as base:
            found = await get(f"{base}/")
            assert isinstance(found, Fetched) and "user" not in found.validators.url

    run(work())
    assert "Authorization" not in seen[0]
