"""No address is contacted that is not allowed: after DNS, on every redirect, in every disguise."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from monitor.core.records import Feed
from monitor.fetch.guard import Reach, why_refused
from monitor.ports import Fetched, FetchFailed, FetchFault
from tests.edges.web import NOTHING, RSS, Names, Sockets, fetching, run, site

PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808", "2002:808:808::1"]
OWN = [  # what a private feed may reach, and no other
    "127.0.0.1", "127.8.8.8", "::1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd12::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2002:7f00:1::", "::127.0.0.1",
    "198.18.0.1", "192.0.2.1", "2001:db8::1",
]  # fmt: skip
NOBODY = [  # never
    "169.254.169.254", "169.254.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::",
    "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "fe80::1", "fe80::1%eth0", "224.0.0.1", "ff02::1",
    "0.0.0.0", "::", "240.0.0.1", "255.255.255.255", "64:ff9b:1::a00:1", "fec0::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open_to_all(address: str) -> None:
    assert why_refused(address, Reach.PUBLIC) == why_refused(address, Reach.PRIVATE) == ""


@pytest.mark.parametrize("address", OWN)
def test_own_networks_are_open_to_private_feeds_only(address: str) -> None:
    assert why_refused(address, Reach.PUBLIC)
    assert why_refused(address, Reach.PRIVATE) == ""


@pytest.mark.parametrize("address", NOBODY)
def test_some_addresses_are_open_to_nobody(address: str) -> None:
    assert why_refused(address, Reach.PUBLIC)
    assert why_refused(address, Reach.PRIVATE)


async def feed_page(_: web.Request) -> web.Response:
    return web.Response(body=RSS)


DISGUISES = {  # of this machine, and of clouds' metadata
    "plain": ("127.0.0.1", "169.254.169.254"),
    "decimal": ("2130706433", "2852039166"),
    "hexadecimal": ("0x7f000001", "0xa9fea9fe"),
    "octal": ("017700000001", "025177524776"),
    "octal parts": ("0177.0.0.1", "0251.0376.0251.0376"),
    "hexadecimal parts": ("0x7f.0.0.1", "0xa9.0xfe.0xa9.0xfe"),
    "few parts": ("127.1", "169.254.43518"),
    "a dot behind": ("127.0.0.1.", "169.254.169.254."),
    "wide letters": ("\uff11\uff12\uff17.0.0.1", "\uff11\uff16\uff19.254.169.254"),
    "mapped": ("[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]"),
    "another IPv6": ("[::1]", "[fd00:ec2::254]"),
    "no address at all": ("0", "[::]"),
    "with a zone": ("[::1%25lo]", "[fe80::1%25lo]"),
    "by name": ("localhost", "a.LOCALHOST."),
}


@pytest.mark.parametrize("host", [host for pair in DISGUISES.values() for host in pair])
def test_a_public_feed_reaches_no_address_inside_however_it_is_spelled(host: str) -> None:
    async def work() -> None:
        sockets = Sockets()
        async with site({"/": feed_page}) as base, fetching(open_socket=sockets) as fetcher:
            feed = Feed("it", f"http://{host}:{base.rpartition(':')[2]}/")
            found = await fetcher.fetch(feed, feed.url, NOTHING)
            assert isinstance(found, FetchFailed) and found.fault is FetchFault.ADDRESS_REFUSED, found
        assert sockets.contacted == []

    run(work())


@pytest.mark.parametrize("hosts", DISGUISES.values(), ids=DISGUISES.keys())
def test_a_proxy_is_not_asked_for_an_address_in_disguise(hosts: tuple[str, str]) -> None:
    """What connects behind a proxy cannot be judged; what the address itself says can, also after a redirect."""

    async def work() -> None:
        asked: list[bytes] = []

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            asked.append(head.split()[1])
            where = asked[-1].rpartition(b"/")[2].decode()
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: http://{hosts[int(where)]}/\r\n\r\n".encode())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        async with server, fetching() as fetcher:
            through = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            urls = ["http://news.example/0", "http://news.example/1", *(f"http://{host}/rss" for host in hosts)]
            for url in urls:
                found = await fetcher.fetch(Feed("it", url, proxy=through), url, NOTHING)
                assert isinstance(found, FetchFailed) and found.fault is FetchFault.ADDRESS_REFUSED, (url, found)
        assert asked == [b"http://news.example/0", b"http://news.example/1"]

    run(work())


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://news.example/rss", "data:,x", "//news.example", "rss", ""]
)
def test_a_feed_is_fetched_over_http_only(url: str) -> None:
    async def work() -> None:
        sockets = Sockets()
        async with fetching(open_socket=sockets) as fetcher:
            found = await fetcher.fetch(Feed("it", url, private=True), url, NOTHING)
        assert isinstance(found, FetchFailed) and found.fault is FetchFault.ADDRESS_REFUSED
        assert sockets.contacted == []

    run(work())


def test_a_name_that_leads_inside_is_refused_after_dns() -> None:
    async def work() -> None:
        sockets = Sockets()
        async with site({"/": feed_page}) as base:
            port = base.rpartition(":")[2]
            async with fetching(open_socket=sockets, resolver=Names([["127.0.0.1", "10.0.0.1"]])) as fetcher:
                feed = Feed("it", f"http://news.example:{port}/")
                found = await fetcher.fetch(feed, feed.url, NOTHING)
                assert isinstance(found, FetchFailed) and found.fault is FetchFault.ADDRESS_REFUSED
        assert sockets.contacted == []

    run(work())


def test_dns_rebinding_gains_nothing() -> None:
    """A name that is public when first looked up, and this machine afterwards, or both at once."""

    async def work() -> None:
        asked: list[str] = []

        async def secret(request: web.Request) -> web.Response:
            asked.append(request.path)
            return web.Response(body=RSS)

        outside = "93.184.215.14"
        sockets = Sockets(closed=frozenset({outside}))
        answers = [[outside], ["127.0.0.1"], [outside, "127.0.0.1"]]
        async with site({"/": secret}) as base:
            port = int(base.rpartition(":")[2])
            async with fetching(open_socket=sockets, resolver=Names(answers)) as fetcher:
                faults = []
                # Names are kept for a minute a port: the third answer is asked for under another name.
                for url in (f"http://a.example:{port + 1}/", f"http://a.example:{port}/", f"http://b.example:{port}/"):
                    found = await fetcher.fetch(Feed("it", url), url, NOTHING)
                    assert isinstance(found, FetchFailed)
                    faults.append(found.fault)
        assert faults == [FetchFault.CONNECT, FetchFault.ADDRESS_REFUSED, FetchFault.ADDRESS_REFUSED]
        assert {address for address, _ in sockets.contacted} == {outside}
        assert asked == []

    run(work())


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://user:pass@[::ffff:127.0.0.1]:1/",
        "http://10.0.0.1/",
        "http://localhost:{other}/",
        "http://127.0.0.1:{other}/",
    ],
)
def test_a_redirect_to_the_metadata_address_or_inside_is_refused_for_private_feeds_too(location: str) -> None:
    async def work() -> None:
        sockets = Sockets()
        async with site({"/": feed_page}) as other:

            async def away(_: web.Request) -> web.Response:
                raise web.HTTPFound(location.replace("{other}", other.rpartition(":")[2]))

            async with site({"/": away}) as base, fetching(open_socket=sockets) as fetcher:
                feed = Feed("it", f"{base}/", private=True)
                found = await fetcher.fetch(feed, feed.url, NOTHING)
                assert isinstance(found, FetchFailed) and found.fault is FetchFault.ADDRESS_REFUSED
        assert sockets.contacted == [("127.0.0.1", int(base.rpartition(":")[2]))]

    run(work())


def test_a_private_feed_reaches_its_own_host_and_may_be_redirected_there() -> None:
    async def work() -> None:
        async def moved(_: web.Request) -> web.Response:
            raise web.HTTPMovedPermanently("/feed")

        async with site({"/": moved, "/feed": feed_page}) as base, fetching() as fetcher:
            feed = Feed("it", f"{base}/", private=True)
            assert isinstance(await fetcher.fetch(feed, feed.url, NOTHING), Fetched)

    run(work())


def test_no_connection_of_a_private_feed_is_used_for_a_public_one() -> None:
    async def work() -> None:
        sockets, names = Sockets(), Names([["127.0.0.1"]])
        async with site({"/": feed_page}) as base, fetching(open_socket=sockets, resolver=names) as fetcher:
            url = base.replace("127.0.0.1", "news.example") + "/"
            private, public = Feed("own", url, private=True), Feed("other", url)
            assert isinstance(await fetcher.fetch(private, url, NOTHING), Fetched)
            found = await fetcher.fetch(public, url, NOTHING)
            assert isinstance(found, FetchFailed) and found.fault is FetchFault.ADDRESS_REFUSED
        assert len(sockets.contacted) == 1

    run(work())
