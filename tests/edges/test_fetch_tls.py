"""TLS is always verified: nobody's certificate, another host's and an old one are refused, through a proxy as well."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from monitor.core.records import Feed
from monitor.ports import Fetched, FetchFailed, FetchFault, Unchanged
from tests.edges.web import NOTHING, Certificate, Names, answering, fetching, run, served

SECRET = "Basic c2VjcmV0"


@asynccontextmanager
async def safe_site(certificate: Certificate) -> AsyncIterator[str]:
    """A feed over TLS; gives its address."""
    app = web.Application()
    app.router.add_get("/", answering())
    async with served(app, certificate.server()) as base:
        yield f"{base}/"


async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends."""
    with contextlib.suppress(ConnectionError):
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def tunnel(to: str) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A proxy that leads every CONNECT to one server; gives its address and the heads it saw."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        onward, back = await asyncio.open_connection("127.0.0.1", int(to.rstrip("/").rpartition(":")[2]))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(pour(reader, back), pour(onward, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads


async def fetch(url: str, **given: str) -> Fetched | Unchanged | FetchFailed:
    async with fetching(resolver=Names([["127.0.0.1"]])) as fetcher:
        feed = Feed("it", url, private=True, headers=(("Authorization", SECRET),), **given)  # type: ignore[arg-type]
        return await fetcher.fetch(feed, url, NOTHING)


def refused(found: Fetched | Unchanged | FetchFailed) -> str:
    """What is said of a connection that TLS did not allow."""
    assert isinstance(found, FetchFailed) and found.fault is FetchFault.TLS, found
    return found.detail


def test_a_certificate_nobody_vouches_for_is_refused_in_plain_words(certificate: Certificate) -> None:
    async def work() -> None:
        async with safe_site(certificate) as url:
            assert "self-signed certificate" in refused(await fetch(url))
            async with certificate.trusted():
                assert isinstance(await fetch(url), Fetched)

    run(work())


def test_the_certificate_of_another_host_is_refused(certificate: Certificate) -> None:
    async def work() -> None:
        async with safe_site(certificate) as url, certificate.trusted():
            assert "news.example" in refused(await fetch(url.replace("127.0.0.1", "news.example")))

    run(work())


def test_a_server_that_speaks_no_tls_is_refused() -> None:
    async def work() -> None:
        app = web.Application()
        app.router.add_get("/", answering())
        async with served(app) as base:
            refused(await fetch(f"{base}/".replace("http:", "https:")))

    run(work())


def test_tls_is_verified_through_a_proxy_which_sees_no_secret(certificate: Certificate) -> None:
    async def work() -> None:
        async with safe_site(certificate) as url, tunnel(url) as (proxy, heads):
            refused(await fetch(url, proxy=proxy))
            async with certificate.trusted():
                refused(await fetch("https://news.example/", proxy=proxy))
                assert isinstance(await fetch(url, proxy=proxy), Fetched)
        assert [head.split()[0] for head in heads] == [b"CONNECT"] * 3
        assert not any(SECRET.encode() in head for head in heads)

    run(work())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_is_spoken_today_is_spoken(certificate: Certificate, version: ssl.TLSVersion) -> None:
    async def work() -> None:
        context = certificate.server()
        context.minimum_version = context.maximum_version = version
        app = web.Application()
        app.router.add_get("/", answering())
        async with served(app, context) as base, certificate.trusted():
            assert isinstance(await fetch(f"{base}/"), Fetched)

    run(work())
