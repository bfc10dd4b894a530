"""Gets feeds over HTTP: conditionally, within limits of size and time, and from no address that is not allowed."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from dataclasses import dataclass
from datetime import timedelta
from importlib import metadata
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from monitor.core.records import Feed
from monitor.fetch import headers as said
from monitor.fetch.body import ACCEPTED, Body, BodyError
from monitor.fetch.guard import AddressRefusedError, OpenSocket, Reach, guarded, literal, plain_socket, why_refused
from monitor.fetch.intake import Intake
from monitor.fetch.lanes import Lanes, Place
from monitor.fetch.names import Resolver
from monitor.ports import Clock, Fetched, FetchFailed, FetchFault, Hints, Unchanged, Validators

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_MOVED_FOR_GOOD: Final = frozenset({301, 308})
_VERSIONS: Final = {"1.0": aiohttp.HttpVersion10, "1.1": aiohttp.HttpVersion11}
_STATUS_FAULTS: Final = {
    401: FetchFault.FORBIDDEN,
    403: FetchFault.FORBIDDEN,
    404: FetchFault.NOT_FOUND,
    407: FetchFault.FORBIDDEN,
    410: FetchFault.GONE,
    429: FetchFault.BUSY,
    451: FetchFault.FORBIDDEN,
    503: FetchFault.BUSY,
}

# An open TLS connection that nobody uses holds 0.35 MB: it is kept only for a feed of the same host that waits already.
# A plain one costs next to nothing, and may wait for the next feed of its host for some seconds.
_KEEP_ALIVE = 3.0  # seconds
_NAMES_KEPT = 60  # seconds a name's addresses are kept; every connection is checked anyway
_CONNECT_WITHIN = 10.0  # seconds for one TCP and TLS handshake, part of the whole time


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fetch may cost. `max_body` in bytes, on the wire and decompressed; `timeout` without waiting in line.

    A request that takes longer than `patience`, or much longer than others to its host, lets another one begin.
    Ordinary answers are there sooner: `per_host` is the rule.
    """

    connections: int = 100
    per_host: int = 2
    timeout: timedelta = timedelta(seconds=30)
    max_body: int = 15_000_000
    max_redirects: int = 5
    max_header: int = 8190  # bytes of one header line; their number is capped at 128
    patience: timedelta = timedelta(seconds=2)


@dataclass(slots=True)
class _Trip:
    """One feed's way through redirects: where it stands, what time is left, where a lasting move led."""

    feed: Feed
    home: URL  # the feed's configured address
    url: URL
    validators: Validators
    left: float  # seconds
    moved_to: str = ""
    lasting: bool = True  # every redirect until now was a lasting one

    @property
    def conditional(self) -> bool:
        """Whether something is known of the document where it stands that its server can hold against it."""
        known = self.validators
        return bool(known.etag or known.last_modified) and known.url == str(self.url)


@dataclass(frozen=True, slots=True)
class _Redirect:
    status: int
    location: str


def default_user_agent() -> str:
    """Names the project and its version."""
    try:
        version = metadata.version("basewatch")
    except metadata.PackageNotFoundError:
        version = "0"
    return f"Basewatch/{version}"


class Fetcher:
    """Implements `monitor.ports.Fetcher`.

    A private feed (`Feed.private`) may reach the site's own networks at its own host and port only; any redirect away
    from there, and every other feed, reaches the public Internet only. Through a proxy it is the proxy that resolves
    names, so only addresses written as numbers can be judged. Secrets (`Feed.headers`) go to the feed's own scheme,
    host and port only. `resolver` and `open_socket` replace how names are resolved and sockets made; what they
    answer is judged all the same.
    """

    def __init__(
        self,
        clock: Clock,
        limits: Limits = Limits(),
        user_agent: str = "",
        *,
        resolver: AbstractResolver | None = None,
        open_socket: OpenSocket = plain_socket,
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._user_agent = user_agent or default_user_agent()
        self._resolver = resolver
        self._open_socket = open_socket
        self._sessions: dict[tuple[Reach, aiohttp.HttpVersion], aiohttp.ClientSession] = {}
        self._lanes = Lanes(limits.connections, limits.per_host, limits.patience.total_seconds())
        self._intake = Intake(limits.max_body, limits.timeout.total_seconds())

    async def fetch(self, feed: Feed, url: str, validators: Validators) -> Fetched | Unchanged | FetchFailed:
        """Get `url` for `feed`, conditionally when `validators` are of that address."""
        try:
            home = URL(feed.url)
            start = home if url == feed.url else URL(url)
            trip = _Trip(feed, home, start, validators, self._limits.timeout.total_seconds())
        except ValueError as error:
            return FetchFailed(FetchFault.ADDRESS_REFUSED, f"no address: {error}")
        for _ in range(self._limits.max_redirects + 1):
            answer = await self._hop(trip)
            if not isinstance(answer, _Redirect):
                return answer
            failed = _follow(trip, answer)
            if failed:
                return failed
        return FetchFailed(FetchFault.REDIRECTS, f"more than {self._limits.max_redirects} redirects")

    async def post(self, url: str, form: dict[str, str]) -> int:
        """Send a form to a public address; the status of the answer, or 0 when there was none."""
        try:
            async with (
                asyncio.timeout(self._limits.timeout.total_seconds()),
                self._lanes.of(_host(URL(url))),
                self._session(Reach.PUBLIC).post(url, data=form, allow_redirects=False) as response,
            ):
                return response.status
        except (aiohttp.ClientError, OSError, ValueError):  # TimeoutError is an OSError
            return 0

    async def close(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        if self._resolver is not None:
            await self._resolver.close()

    async def _hop(self, trip: _Trip) -> Fetched | Unchanged | FetchFailed | _Redirect:
        """Ask one address, once it is this trip's turn."""
        refused = _why_not(trip)
        if refused:
            return FetchFailed(FetchFault.ADDRESS_REFUSED, refused)
        loop = asyncio.get_running_loop()
        async with self._lanes.of(_host(trip.url)) as place:
            began = loop.time()
            body: Body | None = None
            try:
                async with asyncio.timeout(trip.left) as limit:
                    async with self._request(trip, place) as response:
                        answer = self._judge(trip, response)
                        if answer is not None:
                            return answer
                        body = Body(response.headers.get("Content-Encoding", ""), self._limits.max_body)
                        return self._taken(trip, response, await self._intake.read(response, body, place, limit))
            except BodyError as error:
                return FetchFailed(error.fault, error.detail)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                return _failure(error, self._limits.timeout, body)
            finally:
                trip.left -= loop.time() - began

    def _request(self, trip: _Trip, place: Place) -> aiohttp.client._RequestContextManager:
        feed = trip.feed
        headers = {
            "User-Agent": feed.user_agent or self._user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPTED,
        }
        if trip.url.scheme == "https" and not place.others_wait:
            headers["Connection"] = "close"
        if _same_origin(trip.url, trip.home):
            headers.update(feed.headers)
        if trip.conditional:
            if trip.validators.etag:
                headers["If-None-Match"] = trip.validators.etag
            if trip.validators.last_modified:
                headers["If-Modified-Since"] = trip.validators.last_modified
        return self._session(_reach(trip), _VERSIONS[feed.http_version]).get(
            trip.url, headers=headers, allow_redirects=False, proxy=feed.proxy or None
        )

    def _judge(self, trip: _Trip, response: aiohttp.ClientResponse) -> Unchanged | FetchFailed | _Redirect | None:
        """What the status and headers say; None when the body has to be read."""
        status = response.status
        if status in _MOVED and "Location" in response.headers:
            return _Redirect(status, response.headers["Location"])
        hints = self._hints(trip, response)
        if status == 304 and trip.conditional:
            return Unchanged(trip.validators, hints)
        if status not in (200, 203):
            fault = _STATUS_FAULTS.get(status, FetchFault.STATUS)
            if 200 < status < 300:
                fault = FetchFault.EMPTY
            return FetchFailed(
                fault, f"the server answered {status} {said.token(response.reason or '')}", hints, status
            )
        if (response.content_length or 0) > self._limits.max_body:
            return FetchFailed(FetchFault.TOO_LARGE, f"{(response.content_length or 0) / 1e6:.0f} MB", hints, status)
        return None

    def _taken(self, trip: _Trip, response: aiohttp.ClientResponse, whole: bytes) -> Fetched | Unchanged:
        """A body that came as a whole."""
        digest = hashlib.blake2b(whole, digest_size=16).hexdigest()
        validators = said.validators(response.headers, str(trip.url), digest)
        hints = self._hints(trip, response)
        if digest == trip.validators.body_hash:
            return Unchanged(validators, hints)
        return Fetched(whole, said.token(response.headers.get("Content-Type", "")), validators, hints)

    def _hints(self, trip: _Trip, response: aiohttp.ClientResponse) -> Hints:
        return said.hints(response.headers, self._clock, trip.moved_to)

    def _session(self, reach: Reach, version: aiohttp.HttpVersion = aiohttp.HttpVersion11) -> aiohttp.ClientSession:
        """One session a reach and version, so that no connection made for one is used by another."""
        session = self._sessions.get((reach, version))
        if session is None:
            if self._resolver is None:
                self._resolver = Resolver()
            session = self._sessions[reach, version] = aiohttp.ClientSession(
                version=version,
                connector=aiohttp.TCPConnector(
                    limit=0,  # Lanes does it, and does not count waiting as time
                    keepalive_timeout=_KEEP_ALIVE,
                    ttl_dns_cache=_NAMES_KEPT,
                    resolver=self._resolver,
                    socket_factory=guarded(reach, self._open_socket),
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_WITHIN),
                auto_decompress=False,
                max_line_size=self._limits.max_header,
                max_field_size=self._limits.max_header,
            )
        return session


def _follow(trip: _Trip, redirect: _Redirect) -> FetchFailed | None:
    """Move the trip on to where a redirect points; FetchFailed when it must not be followed."""
    try:
        # Read again as a whole: joining takes over a host or port that is none, and says so when they are asked for.
        target = URL(str(trip.url.join(URL(redirect.location)))).with_fragment(None)
    except ValueError:
        return FetchFailed(FetchFault.REDIRECTS, "redirected to what is no address", status=redirect.status)
    if target.scheme not in ("http", "https") or not target.host:
        where = said.token(target.scheme) or "nowhere"
        detail = f"redirected to {where}:, only http and https are followed"
        return FetchFailed(FetchFault.ADDRESS_REFUSED, detail, status=redirect.status)
    trip.url = target.with_user(None)
    trip.lasting = trip.lasting and redirect.status in _MOVED_FOR_GOOD
    if trip.lasting:
        trip.moved_to = str(trip.url)
    return None


def _reach(trip: _Trip) -> Reach:
    if trip.feed.proxy:
        return Reach.PROXY
    return _own_reach(trip)


def _own_reach(trip: _Trip) -> Reach:
    """How far the trip may reach where it stands, proxy or not."""
    home = trip.home
    at_home = trip.url.host == home.host and (
        trip.url.port == home.port or (trip.url.is_default_port() and home.is_default_port())
    )
    return Reach.PRIVATE if trip.feed.private and at_home else Reach.PUBLIC


def _why_not(trip: _Trip) -> str:
    """Why an address written as a number must not even be asked for; names are judged when they are connected to."""
    host = trip.url.host or ""
    if trip.url.scheme not in ("http", "https") or not host:
        return "only http and https are fetched"
    address = literal(host)
    why = why_refused(address, _own_reach(trip)) if address else ""
    return f"{address} is {why}" if why else ""


def _host(url: URL) -> str:
    return f"{url.host}:{url.port}"


def _same_origin(one: URL, other: URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _failure(error: Exception, timeout: timedelta, body: Body | None) -> FetchFailed:
    """What went wrong on the way, as a named fault and a sentence."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    words = (cause.strerror if isinstance(cause, OSError) else "") or str(cause)
    if isinstance(cause, aiohttp.ClientResponseError):
        words = cause.message  # its own words tell the whole address, which may hold a secret
    detail = said.token(words[:200]) or type(cause).__name__
    match error:
        case _ if isinstance(cause, AddressRefusedError):
            return FetchFailed(FetchFault.ADDRESS_REFUSED, f"{detail} ({cause.address})")
        case aiohttp.ClientConnectorDNSError() | UnicodeError():
            return FetchFailed(FetchFault.DNS, detail)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return FetchFailed(FetchFault.TLS, detail)
        case aiohttp.ConnectionTimeoutError():
            return FetchFailed(FetchFault.CONNECT, f"no connection within {_CONNECT_WITHIN:g} s")
        case TimeoutError():
            got = "no answer" if body is None else f"not complete ({body.received} bytes)"
            return FetchFailed(FetchFault.TIMEOUT, f"{got} within {timeout.total_seconds():g} s")
        case aiohttp.ClientConnectorError() | aiohttp.ClientHttpProxyError():
            return FetchFailed(FetchFault.CONNECT, detail)
        case aiohttp.ClientResponseError() if error.message.startswith("Got more than"):  # LineTooLong, its type lost
            return FetchFailed(FetchFault.TOO_LARGE, "a header is too long")
        case aiohttp.ClientResponseError():
            return FetchFailed(FetchFault.STATUS, f"the answer is no valid HTTP: {detail}")
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return FetchFailed(FetchFault.ADDRESS_REFUSED, detail)
        case _:
            return FetchFailed(FetchFault.RESET, detail if body is None else f"{detail} after {body.received} bytes")
