"""WebSub (W3C recommendation, 2018): lets hubs bring entries at once where a feed names one. Polling goes on as before.

A subscription lives in memory only: after a restart there is a new one with a new secret, and the old one's callback
answers that it is gone, so that its hub forgets it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web

from monitor.ports import Clock, FeedState, Fetched, Hints, Validators

_LOG = logging.getLogger("basewatch.websub")

_LEASE = timedelta(days=5)  # what is asked for; the hub decides
_SHORTEST = timedelta(minutes=5)  # what is believed of what it decided
_AGAIN = timedelta(hours=1)  # after which a hub that did not verify is asked again
_RENEW_AT = 0.8  # of the lease
_HASHES = frozenset({"sha1", "sha256", "sha384", "sha512"})  # those of the recommendation, section 8

Post = Callable[[str, dict[str, str]], Awaitable[int]]
Push = Callable[[str, Fetched], Awaitable[object]]


@dataclass(slots=True)
class _Subscription:
    """One feed's subscription. `token` is the secret part of its callback; `renew` is when the hub is asked again."""

    feed: str
    hub: str
    topic: str
    token: str
    secret: str
    renew: datetime
    verified: bool = False


class WebSub:
    """Subscribes, answers the hub's verification, and hands on what is signed with the subscription's secret.

    `callback` is the public address under which `listen` ("host:port") is reached, `post` sends a form and answers the
    status, `push` takes in a document for a feed by name.
    """

    def __init__(self, callback: str, listen: str, clock: Clock, post: Post, push: Push, max_body: int) -> None:
        self._callback = callback.rstrip("/")
        self._host, _, port = listen.rpartition(":")
        self._port = int(port)
        self._clock = clock
        self._post = post
        self._push = push
        self._by_token: dict[str, _Subscription] = {}
        site = web.Application(client_max_size=max_body)
        # Whatever path the public address has, the token is its last part.
        site.router.add_get("/{path:.*}", self._verify)
        site.router.add_post("/{path:.*}", self._receive)
        self._runner = web.AppRunner(site, access_log=None)

    async def start(self) -> int:
        """Listen; the port, which the system chooses when `listen` says 0."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host.strip("[]"), self._port).start()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening; leases run out by themselves."""
        await self._runner.cleanup()

    async def renew(self, states: Iterable[FeedState], now: datetime) -> None:
        """Subscribe feeds that name a hub, renew leases that run out, and drop subscriptions nobody needs."""
        wanted = {
            (state.name, state.hub, state.topic or state.url): state for state in states if _on_the_web(state.hub)
        }
        for token, known in list(self._by_token.items()):
            if wanted.pop((known.feed, known.hub, known.topic), None) is None:
                del self._by_token[token]
        for feed, hub, topic in wanted:
            token = secrets.token_urlsafe(24)
            self._by_token[token] = _Subscription(feed, hub, topic, token, secrets.token_urlsafe(32), now)
        due = [known for known in self._by_token.values() if known.renew <= now]
        await asyncio.gather(*(self._subscribe(known, now) for known in due))

    async def _subscribe(self, known: _Subscription, now: datetime) -> None:
        """Ask the hub; what it says later, at the callback, is what counts."""
        known.renew = now + _AGAIN
        form = {
            "hub.mode": "subscribe",
            "hub.topic": known.topic,
            "hub.callback": f"{self._callback}/{known.token}",
            "hub.lease_seconds": str(int(_LEASE.total_seconds())),
            "hub.secret": known.secret,
        }
        status = await self._post(known.hub, form)
        if not 200 <= status < 300:
            _LOG.info("%s: its hub %s answered %s", known.feed, known.hub, status or "nothing")

    # ---- what the hub sends -----------------------------------------------------------------------------------------

    def _addressed(self, request: web.Request) -> _Subscription:
        """The subscription a request is for. Raises 410 when there is none, so that the hub forgets it."""
        known = self._by_token.get(request.path.rpartition("/")[2])
        if known is None:
            raise web.HTTPGone
        return known

    async def _verify(self, request: web.Request) -> web.Response:
        """Confirm what was asked for, and nothing else."""
        known, told = self._addressed(request), request.query
        if told.get("hub.topic") != known.topic:
            raise web.HTTPNotFound
        if told.get("hub.mode") == "denied":
            _LOG.warning("%s: its hub refuses: %s", known.feed, told.get("hub.reason", "no reason given")[:200])
            known.verified = False
            return web.Response()
        if told.get("hub.mode") != "subscribe" or "hub.challenge" not in told:
            raise web.HTTPNotFound
        lease = told.get("hub.lease_seconds", "")
        seconds = min(int(lease), _LEASE.total_seconds()) if lease.isdecimal() and len(lease) < 12 else 0
        known.renew = self._clock.now() + max(_SHORTEST, timedelta(seconds=seconds) * _RENEW_AT)
        known.verified = True
        _LOG.info("%s: its hub brings its entries", known.feed)
        return web.Response(text=told["hub.challenge"], content_type="text/plain")

    async def _receive(self, request: web.Request) -> web.Response:
        """Take in what is signed. What is not is thanked for and thrown away, as the recommendation wants it."""
        known = self._addressed(request)
        body = await request.read()
        if not known.verified or not _signed(body, known.secret, request.headers.get("X-Hub-Signature", "")):
            _LOG.warning("%s: what came in its hub's name bears no valid signature", known.feed)
            return web.Response(status=202)
        await self._push(known.feed, Fetched(body, request.headers.get("Content-Type", ""), Validators(), Hints()))
        return web.Response(status=202)


def _on_the_web(address: str) -> bool:
    try:
        return urlsplit(address).scheme in ("http", "https")
    except ValueError:
        return False


def _signed(body: bytes, secret: str, signature: str) -> bool:
    """Whether "method=hexdigest" is the HMAC of the body."""
    method, _, digest = signature.partition("=")
    if method not in _HASHES or not digest.isascii():
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest(), digest.lower())
