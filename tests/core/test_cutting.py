"""Documents are cut where it is sure, and parsed whole where it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.feeds.cutting import Memory, cut

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def rss(*entries: str, head: str = "<title>t</title>") -> bytes:
    return f"<rss><channel>{head}{''.join(f'<item>{one}</item>' for one in entries)}</channel></rss>".encode()


def remembered(body: bytes) -> Memory:
    first = cut(body, None, NOW)
    assert first is not None
    assert (first.body, first.known) == (body, 0), "nothing is left out of the first document"
    return first.memory


def test_what_is_known_byte_for_byte_is_left_out() -> None:
    memory = remembered(rss("one", "two"))
    part = cut(rss("zero", "one", "two changed"), memory, NOW + MINUTE)
    assert part is not None
    assert (part.body, part.known, part.new) == (rss("zero", "two changed"), 1, 2)


def test_another_head_alone_brings_nothing_new() -> None:
    memory = remembered(rss("one", "two"))
    part = cut(rss("one", "two", head="<lastBuildDate>later</lastBuildDate>"), memory, NOW + MINUTE)
    assert part is not None and (part.known, part.new) == (2, 0)


def test_what_stands_between_entries_stays() -> None:
    body = b"<rss><item>one</item><ttl>5</ttl><item>two</item></rss>"
    part = cut(body + b"<item>three</item>", remembered(body), NOW + MINUTE)
    assert part is not None and part.body == b"<rss><ttl>5</ttl></rss><item>three</item>"


def test_memory_follows_the_document() -> None:
    memory = remembered(rss("one", "two"))
    second = cut(rss("two", "three"), memory, NOW + MINUTE)
    assert second is not None
    third = cut(rss("one", "two", "three"), second.memory, NOW + 2 * MINUTE)
    assert third is not None and third.body == rss("one"), "what left the document and comes back is read again"


def test_a_document_is_parsed_whole_once_a_day() -> None:
    body = rss("one", "two")
    memory = remembered(body)
    for hours, known in ((23, 2), (24, 0)):
        part = cut(body, memory, NOW + timedelta(hours=hours))
        assert part is not None and part.known == known
    assert part is not None and part.memory.whole == NOW + timedelta(hours=24)


ATOM = b"<feed><entry><title>one</title></entry>\n<entry xml:lang='ar'><title>two</title></entry></feed>"
RDF = b"<rdf:RDF><channel><items/></channel><item rdf:about='1'><title>one</title></item></rdf:RDF>"


@pytest.mark.parametrize(("body", "entries"), [(ATOM, 2), (RDF, 1)], ids=["atom", "rdf"])
def test_other_formats_are_told_apart_too(body: bytes, entries: int) -> None:
    part = cut(body, remembered(body), NOW + MINUTE)
    assert part is not None and (part.known, part.new) == (entries, 0)


def test_markup_in_whole_sections_is_no_hindrance() -> None:
    body = rss("<d><![CDATA[<b>one</b>]]></d>", "<!-- a note -->two")
    part = cut(body, remembered(body), NOW + MINUTE)
    assert part is not None and part.known == 2


UNSURE: dict[str, bytes] = {
    "no entries": b"<rss><channel><title>t</title></channel></rss>",
    "a page": b"<!doctype html><title>Log in</title>",
    "json": b'{"items": [{"id": "1"}]}',
    "nothing": b"",
    "an entry in an entry": b"<rss><item>one<item>two</item></item></rss>",
    "an entry's end in a text": rss("<d><![CDATA[ </item> ]]></d>"),
    "an entry in a text": rss("<d><![CDATA[ <item> ]]></d>"),
    "a comment over an end": rss("<!-- one", "two -->"),
    "utf-16": rss("one").decode().encode("utf-16"),
    "more than anybody prints": rss(*map(str, range(6_000))),
    "prefixed": b"<a:feed><a:entry>one</a:entry></a:feed>",
}


@pytest.mark.parametrize("body", UNSURE.values(), ids=UNSURE.keys())
def test_what_is_not_sure_is_parsed_whole(body: bytes) -> None:
    assert cut(body, None, NOW) is None


def test_an_entry_that_broke_off_is_never_known() -> None:
    broken = rss("one") + b"<item>tw"
    part = cut(broken, remembered(broken), NOW + MINUTE)
    assert part is not None and part.body.endswith(b"<item>tw") and part.known == 1


@pytest.mark.parametrize("whole", [rss("one", "two") + b"\n<!-- in 0.1 s -->", ATOM, RDF], ids=["rss", "atom", "rdf"])
def test_a_document_without_its_end_says_so(whole: bytes) -> None:
    for body, ended in ((whole, True), (whole[: whole.rindex(b"</")], False)):
        part = cut(body, None, NOW)
        assert part is not None and part.ended is ended


TEXTS = st.lists(st.text("abc", min_size=1, max_size=2), min_size=1, max_size=8)


@given(before=TEXTS, after=TEXTS)
def test_what_is_left_is_what_was_not_there_before(before: list[str], after: list[str]) -> None:
    part = cut(rss(*after), remembered(rss(*before)), NOW + MINUTE)
    assert part is not None
    fresh = [text for text in after if text not in before]
    assert (part.body, part.known, part.new) == (rss(*fresh), len(after) - len(fresh), len(fresh))
