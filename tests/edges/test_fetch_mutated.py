"""Answers changed at random, byte by byte and line by line: whatever comes over the wire, the outcome is a value."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from datetime import UTC, datetime, timedelta

from aiohttp import AddrInfoType
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.core.feeds import timing
from monitor.core.feeds.polls import FeedState
from monitor.core.records import Feed
from monitor.fetch import Limits
from monitor.ports import Fetched, FetchFailed, Parsed, Unchanged, Validators
from tests.edges.web import RSS, Names, fetching, raw_site, run

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PACE = timing.Pace()


def answer(head: bytes, body: bytes = RSS) -> bytes:
    return b"HTTP/1.1 " + head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:9], body[9:])) + b"0\r\n\r\n"


ANSWERS = [
    answer(b'200 OK\nContent-Type: text/xml; charset=utf-8\nETag: "1"\nCache-Control: max-age=60\nAge: 5'),
    answer(b"200 OK\nExpires: Mon, 04 May 2026 12:00:00 GMT\nLast-Modified: Mon, 04 May 2026 11:00:00 GMT"),
    answer(b"200 OK\nContent-Length: %d\nConnection: keep-alive" % len(RSS)),
    answer(b"200 OK\nContent-Encoding: gzip", gzip.compress(RSS)),
    answer(b"200 OK\nContent-Encoding: deflate", zlib.compress(RSS)),
    answer(b"200 OK\nTransfer-Encoding: chunked", chunked(RSS)),
    answer(b"200 OK\nTransfer-Encoding: chunked\nContent-Encoding: gzip", chunked(gzip.compress(RSS))),
    answer(b"301 Moved Permanently\nLocation: /feed", b""),
    answer(b"302 Found\nLocation: //[::1%25lo]:80/a?b=c#d\nSet-Cookie: a=b; path=/", b""),
    answer(b'304 Not Modified\nETag: "1"', b""),
    answer(b"429 Too Many Requests\nRetry-After: 120", b"wait"),
    answer(
        b"503 Unavailable\nRetry-After: Mon, 04 May 2026 12:00:00 GMT\nDate: Mon, 04 May 2026 11:59:00 GMT", b"wait"
    ),
    answer(b"103 Early Hints\nLink: </a>; rel=preload", answer(b"200 OK")),
    answer(b"404 \xd9\x84\xd8\xa7", b""),
]
PIECES = [
    b"\r\n", b"\n", b"\r", b"\x00", b"\xff", b": ", b" ", b"\t", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999999999999\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n",
    b"Content-Encoding: gzip\r\n", b"Content-Encoding: br\r\n", b"Content-Encoding: gzip, gzip\r\n", b"Location: /\r\n",
    b"Location: http://[\r\n", b"Location: http://\xff\r\n", b"Location: http://a:b@127.0.0.1:99999/\r\n",
    b"Location: http://xn--\xe9/\r\n", b"Location: file:///etc/passwd\r\n", b"Location: http://2852039166/\r\n",
    b"Retry-After: 99999999999999999999\r\n", b"Retry-After: -1\r\n", b"Retry-After: \xd9\xa3\r\n",
    b"Date: Fri, 31 Dec 9999 23:59:59 -1400\r\n", b"Expires: Mon, 01 Jan 0001 00:00:00 +1400\r\n",
    b"Date: Sat, 01 Jan 0000 99:99:99 GMT\r\n", b"Expires: 0\r\n", b"Cache-Control: max-age=999999999\r\n",
    b"Age: 99999999999\r\n", b"ETag: W/\"\xff\"\r\n", b"Set-Cookie: \x01=;;\r\n", b"Content-Type: \xff/\xfe; charset=\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", b"HTTP/9.9 200 OK\r\n",
    b"X: " + b"x" * 9_000 + b"\r\n", b"X: y\r\n" * 200, b"Connection: upgrade\r\n", b"0\r\n\r\n", b"ffffffffffffffff\r\n",
]  # fmt: skip


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """An answer after a few flips, cuts, insertions and doublings, most of them in its head."""
    sent = draw(st.sampled_from(ANSWERS))
    for _ in range(draw(st.integers(0, 4))):
        head = sent.find(b"\r\n\r\n") + 4 if draw(st.integers(0, 3)) else len(sent)
        start = draw(st.integers(0, max(head, 0)))
        if draw(st.booleans()):  # where a line begins
            start = sent.rfind(b"\n", 0, start) + 1
        end = min(len(sent), start + draw(st.integers(0, 40)))
        match draw(st.sampled_from(["flip", "cut", "insert", "insert", "insert", "double", "drop"])):
            case "flip":
                sent = sent[:start] + bytes([draw(st.integers(0, 255))]) + sent[start + 1 :]
            case "cut":
                sent = sent[:start]
            case "insert":
                sent = sent[:start] + draw(st.sampled_from(PIECES)) + sent[start:]
            case "double":
                sent = sent[:end] + sent[start:end] + sent[end:]
            case "drop":
                sent = sent[:start] + sent[end:]
    return sent


def only_here(info: AddrInfoType) -> socket.socket:
    """A socket to this machine; to any other address, as if nothing answered there."""
    if info[4][0] != "127.0.0.1":
        raise ConnectionRefusedError("nothing else is contacted in a test")
    return socket.socket(info[0], info[1], info[2])


async def fetched(sent: bytes, conditional: bool) -> Fetched | Unchanged | FetchFailed:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()

    limits = Limits(timeout=timedelta(seconds=2), max_redirects=2)
    async with raw_site(send) as base, fetching(limits, open_socket=only_here, resolver=Names([[]])) as fetcher:
        feed = Feed("it", f"{base}/", private=True)
        return await fetcher.fetch(feed, feed.url, Validators(feed.url, '"1"') if conditional else Validators())


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(changed(), st.booleans())
@example(answer(b"200 OK\nExpires: Fri, 31 Dec 9999 23:59:59 -1400"), False)
@example(answer(b"302 Found\nLocation: http://%31%36%39.254.169.254/", b""), False)
@example(answer(b"302 Found\nLocation: //[\x01:1%25lo]:80/", b""), False)
@example(answer(b"302 Found\nLocation: //[::1%\x1b[2J]:80/", b""), False)
@example(b"", False)
def test_any_answer_is_a_value_that_can_be_kept_and_told(sent: bytes, conditional: bool) -> None:
    found = run(fetched(sent, conditional))
    before, feed = FeedState("it", "http://127.0.0.1/"), Feed("it", "http://127.0.0.1/")
    if isinstance(found, FetchFailed):
        assert found.detail.isprintable() and found.detail.strip()
        after = timing.after_failure(before, feed, found.fault, found.detail, found.hints, PACE, NOW).state
    elif isinstance(found, Unchanged):
        assert conditional
        after = timing.after_nothing(before, feed, found.validators, found.hints, PACE, NOW).state
    else:
        assert found.body.strip() and found.content_type.isascii()
        after = timing.after_news(before, feed, Parsed(()), 0, found.validators, found.hints, PACE, NOW).state
    assert after.next_poll is not None and PACE.floor <= after.next_poll - NOW <= 4 * PACE.ceiling
    assert timing.health(after, NOW).isprintable()
