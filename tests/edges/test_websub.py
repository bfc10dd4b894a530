"""WebSub against a real hub: subscribing, verifying, renewing, and what is not signed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import AddrInfoType, web

from monitor.fetch import Limits
from monitor.ports import FeedState, Fetched
from monitor.websub import WebSub
from tests.edges.web import RSS, Names, Sockets, fetching, run, site

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TOPIC = "https://news.example/rss"


@dataclass
class Hub:
    """Keeps what subscribers ask for, and can call them back."""

    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 202

    async def subscribe(self, request: web.Request) -> web.Response:
        self.asked.append({name: str(value) for name, value in (await request.post()).items()})
        return web.Response(status=self.status)

    async def verify(self, **given: str) -> tuple[int, str]:
        told = {"mode": "subscribe", "topic": self.asked[-1]["hub.topic"], "challenge": "42", "lease_seconds": "86400"}
        query = {f"hub.{name}": value for name, value in (told | given).items()}
        async with aiohttp.ClientSession() as session, session.get(self._callback, params=query) as response:
            return response.status, await response.text()

    async def bring(self, body: bytes, method: str = "sha256", secret: str | None = None) -> int:
        key = (self.asked[-1]["hub.secret"] if secret is None else secret).encode()
        digest = hmac.new(key, body, getattr(hashlib, method, hashlib.md5)).hexdigest()
        headers = {"X-Hub-Signature": f"{method}={digest}", "Content-Type": "application/rss+xml"}
        sent = headers if method else {}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._callback, data=body, headers=sent) as response,
        ):
            return response.status

    @property
    def _callback(self) -> str:
        return self.asked[-1]["hub.callback"]


@dataclass
class Clock:
    time: datetime = NOW

    def now(self) -> datetime:
        return self.time


@dataclass
class Stage:
    """A subscriber, its hub, one feed that names it, and what was taken in."""

    websub: WebSub
    hub: Hub
    feed: FeedState
    clock: Clock
    taken: list[tuple[str, Fetched]]

    async def renew(self) -> None:
        await self.websub.renew([self.feed], self.clock.now())


async def _post(url: str, form: dict[str, str]) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as response:
        return response.status


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    hub, clock = Hub(), Clock()
    taken: list[tuple[str, Fetched]] = []

    async def push(name: str, fetched: Fetched) -> None:
        taken.append((name, fetched))

    async with site({"/hub": hub.subscribe}) as base:
        # The public address is known before the port is: a first server finds a free one.
        probe = await asyncio.start_server(lambda _, __: None, "127.0.0.1", 0)
        port = probe.sockets[0].getsockname()[1]
        probe.close()
        await probe.wait_closed()
        websub = WebSub(f"http://127.0.0.1:{port}/in/", f"127.0.0.1:{port}", clock, _post, push, 1_000_000)
        assert await websub.start() == port
        try:
            yield Stage(websub, hub, FeedState("wire", TOPIC, hub=f"{base}/hub", topic=TOPIC), clock, taken)
        finally:
            await websub.close()


def test_a_feed_is_subscribed_verified_and_its_news_are_taken_in() -> None:
    async def work() -> None:
        async with stage() as it:
            await it.renew()
            asked = it.hub.asked[0]
            assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", TOPIC)
            assert "/in/" in asked["hub.callback"] and len(asked["hub.secret"]) > 30
            assert await it.hub.verify() == (200, "42")
            assert await it.hub.bring(RSS) == 202
            ((name, fetched),) = it.taken
            assert (name, fetched.body, fetched.content_type) == ("wire", RSS, "application/rss+xml")

    run(work())


@pytest.mark.parametrize(
    ("method", "secret"),
    [("sha256", "guessed"), ("md5", None), ("", None), ("sha256", "")],
    ids=["another secret", "an unknown method", "no signature", "an empty secret"],
)
def test_what_is_not_signed_is_thrown_away(method: str, secret: str | None) -> None:
    async def work() -> None:
        async with stage() as it:
            await it.renew()
            await it.hub.verify()
            assert await it.hub.bring(RSS, method, secret) == 202
            assert it.taken == []

    run(work())


@pytest.mark.parametrize("method", ["sha1", "sha384", "sha512"])
def test_every_method_of_the_recommendation_is_known(method: str) -> None:
    async def work() -> None:
        async with stage() as it:
            await it.renew()
            await it.hub.verify()
            await it.hub.bring(RSS, method)
            assert len(it.taken) == 1

    run(work())


def test_nothing_is_taken_in_before_the_hub_has_verified() -> None:
    async def work() -> None:
        async with stage() as it:
            await it.renew()
            assert await it.hub.bring(RSS) == 202
            assert it.taken == []

    run(work())


@pytest.mark.parametrize(
    "given", [{"topic": "https://other.example/"}, {"mode": "unsubscribe"}], ids=["another topic", "not asked for"]
)
def test_only_what_was_asked_for_is_confirmed(given: dict[str, str]) -> None:
    async def work() -> None:
        async with stage() as it:
            await it.renew()
            status, body = await it.hub.verify(**given)
            assert (status, "42" in body) == (404, False)

    run(work())


def test_a_lease_is_renewed_before_it_ends_and_not_sooner() -> None:
    async def work() -> None:
        async with stage() as it:
            await it.renew()
            await it.hub.verify(lease_seconds="86400")
            it.clock.time = NOW + 0.7 * DAY
            await it.renew()
            assert len(it.hub.asked) == 1
            it.clock.time = NOW + 0.9 * DAY
            await it.renew()
            assert len(it.hub.asked) == 2
            assert it.hub.asked[0] == it.hub.asked[1], "the same callback and secret"

    run(work())


@pytest.mark.parametrize("lease", ["0", "-5", "soon", "9" * 30])
def test_a_hub_with_a_senseless_lease_is_not_asked_again_at_once(lease: str) -> None:
    async def work() -> None:
        async with stage() as it:
            await it.renew()
            assert (await it.hub.verify(lease_seconds=lease))[0] == 200
            await it.renew()
            assert len(it.hub.asked) == 1

    run(work())


def test_a_hub_that_does_not_answer_is_asked_again_after_an_hour() -> None:
    async def work() -> None:
        async with stage() as it:
            it.hub.status = 500
            for minutes, asked in ((0, 1), (30, 1), (61, 2)):
                it.clock.time = NOW + timedelta(minutes=minutes)
                await it.renew()
                assert len(it.hub.asked) == asked

    run(work())


def test_a_subscription_nobody_needs_is_gone() -> None:
    async def work() -> None:
        async with stage() as it:
            await it.renew()
            await it.hub.verify()
            it.feed = replace(it.feed, hub="")
            await it.renew()
            assert await it.hub.bring(RSS) == 410
            assert (await it.hub.verify())[0] == 410
            assert it.taken == []

    run(work())


@pytest.mark.parametrize("hub", ["file:///etc/passwd", "ftp://hub.example/", "nonsense", "http://["])
def test_a_hub_that_is_no_web_address_is_left_alone(hub: str) -> None:
    async def work() -> None:
        async with stage() as it:
            it.feed = replace(it.feed, hub=hub)
            await it.renew()
            assert it.hub.asked == []

    run(work())


# ---- what a hub's address may be ----------------------------------------------------------------------------------


def test_a_feed_names_no_hub_inside_the_sites_own_network() -> None:
    """A hub's address stands in a document that anybody may have written."""

    async def work() -> None:
        hub, sockets = Hub(), Sockets()
        async with site({"/hub": hub.subscribe}) as base:
            port = base.rpartition(":")[2]
            inside = ("127.0.0.1", "[::1]", "localhost", "2130706433", "10.0.0.1", "169.254.169.254", "hub.example")
            async with fetching(Limits(), open_socket=sockets, resolver=Names([["127.0.0.1"]])) as fetcher:
                for host in inside:
                    assert await fetcher.post(f"http://{host}:{port}/hub", {"hub.mode": "subscribe"}) == 0
        assert hub.asked == [] and sockets.contacted == []

    run(work())


def test_a_hub_is_asked_where_it_stands_and_its_redirects_are_not_followed() -> None:
    """A hub at a public address; the network of this test leads there to this machine."""

    async def work() -> None:
        hub = Hub()

        async def moved(_: web.Request) -> web.Response:
            raise web.HTTPTemporaryRedirect("/hub")

        async def breaks(request: web.Request) -> web.Response:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        async with site({"/hub": hub.subscribe, "/moved": moved, "/breaks": breaks}) as base:
            port = int(base.rpartition(":")[2])

            class Led(socket.socket):
                def connect(self, address: Any) -> None:
                    super().connect(("127.0.0.1", port))

            def led(info: AddrInfoType) -> socket.socket:
                return Led(info[0], info[1], info[2])

            async with fetching(open_socket=led, resolver=Names([["93.184.215.14"]])) as fetcher:
                form = {"hub.mode": "subscribe", "hub.secret": "s"}
                assert await fetcher.post("http://hub.example/hub", form) == 202
                assert await fetcher.post("http://hub.example/moved", form) == 307
                assert await fetcher.post("http://hub.example/breaks", form) == 0
                assert await fetcher.post("http://[", form) == 0
        assert hub.asked == [form]

    run(work())
