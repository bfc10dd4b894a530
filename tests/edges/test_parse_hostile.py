"""Documents changed at random: whatever comes, the answer is a value, and both readers agree wherever both may answer."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.core.links import canonical_link
from monitor.parse.raw import MAX_TEXT, MAX_TITLE, Origin
from monitor.parse.read import read, read_ordinary
from monitor.parse.wire import pack_answer, unpack_answer
from monitor.ports import Parsed, ParseFailed
from tests.edges.feed_cases import ADDRESS, cases
from tests.edges.test_parse import both_ways

BODIES = [case.body for case in cases() if case.body and "fault" not in case.said]
PIECES = [
    b"<item>", b"</item>", b"<title>", b"</title>", b"<entry>", b"</entry>", b"<link>", b"</link>", b"<guid>", b"<a>",
    b"<description>", b"</description>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&", b"&amp;", b"&#0;", b"&nbsp;",
    b"<", b">", b'"', b"'", b"</rss>", b"</channel>", b"<!DOCTYPE r [", b"<!ENTITY a 'b'>", b"\x00", b"\xff", b"\xd9",
    b"<source>", b"<image>", b"<author><name>", b"xml:base='//[", b"xmlns='urn:x'", b"http://[", b" type='xhtml'",
    b" href='x'", b"<x:y>", b"=", b"\xef\xbb\xbf", b"\xfe\xff", b"{", b"<media:title>m</media:title>", b"\xc3\xa9",
    b"<pubDate>2020-02-13T12:00:00Z</pubDate>", b"<content>c</content>", b"<id>7</id>", b"<link href='/l'/>",
]  # fmt: skip
TAG_ENDS = (b">", b"<")


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A case's document after a few flips, cuts, insertions and doublings, of single bytes or whole tags."""
    body = draw(st.sampled_from(BODIES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 60)))
        if draw(st.booleans()):  # at the borders of tags, where the document often stays well-formed
            start, end = body.find(b"<", start), body.find(b">", end) + 1
            if start < 0 or end <= start:
                continue
        match draw(st.sampled_from(["flip", "cut", "insert", "double", "drop", "move"])):
            case "flip":
                body = body[:start] + bytes([draw(st.integers(0, 255))]) + body[start + 1 :]
            case "cut":
                body = body[:start]
            case "insert":
                body = body[:start] + draw(st.sampled_from(PIECES)) + body[start:]
            case "double":
                body = body[:end] + body[start:end] + body[end:]
            case "drop":
                body = body[:start] + body[end:]
            case "move":
                body = body[end:] + body[start:end]
    return body


# Documents that broke something once.
HALF_A_CHARACTER = (
    b"<urlset xmlns='<!-- a' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><n:news><n:title>&#xD800;"
    b"</n:title></n:news></url><url><n:news><n:title>Good</n:title></n:news></url><x></urlset>"
)


@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    changed(), st.sampled_from(["", "text/xml", "text/xml; charset=windows-1251", "application/json; charset=utf-16"])
)
@example(HALF_A_CHARACTER, "")
def test_nothing_escapes_and_both_readers_agree(body: bytes, content_type: str) -> None:
    origin = Origin("f", ADDRESS, country="IL", language="he")
    answer = read(body, content_type, origin, 100)
    ordinary = read_ordinary(body, content_type, origin, 100)
    assert ordinary is None or ordinary == answer
    assert unpack_answer(pack_answer(answer)) == answer
    if isinstance(answer, ParseFailed):
        assert answer.detail
        return
    for entry in answer.entries:
        assert len(entry.title) <= MAX_TITLE
        assert max(len(entry.summary), len(entry.content)) <= MAX_TEXT
        assert all(date is None or date.tzinfo is not None for date in (entry.published, entry.updated))
        canonical_link(entry.url)
    answers = both_ways(body, content_type, origin)
    assert answers is None or answers[0] == answers[1]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.binary(max_size=300), st.text(max_size=30), st.text(max_size=12), st.sampled_from(["", "ar", "ru", "ja", "x"])
)
@example(b"/etc/hostname", "", "", "")
@example(b"http://127.0.0.1:9/", "", "", "")
@example(b"<rss>", "charset=", "utf-7", "")
@example(b"\xff<rss>", "charset=rot13", "base64", "")
def test_bytes_without_sense_are_a_value_too(body: bytes, content_type: str, encoding: str, language: str) -> None:
    answer = read(body, content_type, Origin("f", ADDRESS, language=language, encoding=encoding), 10)
    assert isinstance(answer, Parsed | ParseFailed)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["items", "id", "url", "title", "authors", "hubs", "date_published"]), inner
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_a_value(told: object) -> None:
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [told], "hubs": told, "title": told})
    answer = read(body.encode(), "", Origin("f", ADDRESS), 10)
    assert isinstance(answer, Parsed)
    assert unpack_answer(pack_answer(answer)) == answer


@pytest.mark.parametrize(
    "body",
    [
        b"<rss version='2.0'><channel><item>" + b"<a>" * 3_000,
        b"<rss version='2.0'><channel><item><title>&undefined;</title>" + b"<b>" * 100_000,
        b'{"items": ' + b"[" * 100_000,
        b"<feed><entry " + b" ".join(b"a%d='x'" % n for n in range(20_000)) + b"/></feed>",
        b"<rss version='2.0'>" + b"<!-- " * 100_000,
        b"<?a?>" * 100_000,
        b"<![CDATA[" * 100_000,
        b"<rss version='2.0'><channel>" + b"&amp;" * 200_000,
        b"<html>" + b"<title " * 100_000,
        b"<html><title>" + b" " * 100_000,
    ],
    ids=[
        "nested",
        "nested and broken",
        "json",
        "attributes",
        "comments",
        "prolog",
        "cdata",
        "references",
        "page",
        "title",
    ],
)
def test_what_is_made_to_hold_a_parser_is_over_soon(body: bytes) -> None:
    assert isinstance(read(body, "", Origin("f", ADDRESS), 10), Parsed | ParseFailed)
