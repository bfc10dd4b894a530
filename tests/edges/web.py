"""Real servers on loopback for the tests of fetching, and a record of every address that was contacted."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import AddrInfoType, connector, web
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.core.records import Feed
from monitor.fetch import Fetcher, Limits
from monitor.ports import Fetched, FetchFailed, Unchanged, Validators

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RSS = b"<rss version='2.0'><channel><title>t</title><item><guid>1</guid><title>News</title></item></channel></rss>"
NOTHING = Validators()


class WallClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Sockets:
    """Makes sockets, and remembers for which addresses. Addresses in `closed` are never contacted."""

    contacted: list[tuple[str, int]] = field(default_factory=list)
    closed: frozenset[str] = frozenset()

    def __call__(self, info: AddrInfoType) -> socket.socket:
        self.contacted.append((str(info[4][0]), int(info[4][1])))
        if info[4][0] in self.closed:
            raise ConnectionRefusedError("nothing is contacted in a test")
        return socket.socket(info[0], info[1], info[2])


@dataclass
class Names(AbstractResolver):
    """A resolver that gives the next of its answers each time it is asked, and the last one for ever."""

    answers: list[list[str]]

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        now = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if not now:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in now
        ]

    async def close(self) -> None:
        """Nothing is held."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a test's coroutine on a loop of its own."""
    return asyncio.run(work)


@asynccontextmanager
async def site(handlers: Mapping[str, Handler]) -> AsyncIterator[str]:
    """Serve paths by handlers; gives the base address."""
    app = web.Application()
    for path, handler in handlers.items():
        app.router.add_route("*", path, handler)
    async with served(app) as base:
        yield base


@dataclass(frozen=True)
class Certificate:
    """A certificate of its own signing for 127.0.0.1, and its key."""

    certificate: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        """For a server that shows it."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context

    @asynccontextmanager
    async def trusted(self) -> AsyncIterator[None]:
        """Let clients trust it, as if the machine's administrator had said so."""
        usual = connector._SSL_CONTEXT_VERIFIED
        trusting = ssl.create_default_context(cafile=str(self.certificate))
        connector._SSL_CONTEXT_VERIFIED = trusting
        try:
            yield
        finally:
            connector._SSL_CONTEXT_VERIFIED = usual


@asynccontextmanager
async def served(app: web.Application, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve an application on a free port of 127.0.0.1; gives the base address."""
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_site(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """A server that reads one request's head and then does what `answer` does, HTTP or not."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def fetching(limits: Limits = Limits(), **given: Any) -> AsyncIterator[Fetcher]:  # noqa: B008
    """A fetcher, closed at the end."""
    fetcher = Fetcher(WallClock(), limits, **given)
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def get(
    url: str,
    validators: Validators = NOTHING,
    limits: Limits = Limits(),  # noqa: B008
    **feed: Any,
) -> Fetched | Unchanged | FetchFailed:
    """Fetch one address once, as a private feed unless told otherwise."""
    async with fetching(limits) as fetcher:
        return await fetcher.fetch(Feed("it", url, **{"private": True, **feed}), url, validators)


def answering(body: bytes = RSS, status: int = 200, **headers: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler that always answers so; underscores in header names stand for hyphens."""

    async def handler(_: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers=named)

    return handler


def outcome(
    handlers: Mapping[str, Any], path: str = "/", validators: Validators = NOTHING, **feed: Any
) -> Fetched | Unchanged | FetchFailed:
    """Serve, fetch `path` once, and stop."""

    async def work() -> Fetched | Unchanged | FetchFailed:
        async with site(handlers) as base:
            return await get(base + path, validators, **feed)

    return run(work())


def fault(handlers: Mapping[str, Any], path: str = "/", **feed: Any) -> FetchFailed:
    """The same, when it must fail."""
    found = outcome(handlers, path, **feed)
    assert isinstance(found, FetchFailed), found
    return found


@contextmanager
def farm(shared: Path, feeds: int = 10, entries: int = 30) -> Iterator[str]:
    """The maintainers' farm of good and hostile feeds, in a process of its own; gives its base address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = str(shared / "bench" / "farm.py")
    command = [sys.executable, script, "--port", str(port), "--feeds", str(feeds), "--entries", str(entries)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    try:
        assert process.stdout.readline(), "the farm did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def farm_names(base: str) -> list[str]:
    """The names of the farm's hostile feeds."""
    with urllib.request.urlopen(f"{base}/bad/") as answer:
        names: list[str] = json.load(answer)
    return names
