"""Leaves out of a document the entries that were taken in before, byte for byte, so that only the rest is parsed.

Most documents that changed brought one entry, or only another date in their head. What an entry says depends on its
own bytes and hardly on the rest of the document, so the same bytes need not be read again. Only documents whose entries
are plainly told apart are cut (RSS, RDF and Atom without prefixes); every other one is parsed whole. Measured with
30 entries of 450 bytes, one of them new: 0.03 ms to cut, and 0.1 instead of 0.6 ms to parse.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

_TAGS = ((b"<item", b"</item>"), (b"<entry", b"</entry>"))
_ENDS = (b"</rss", b"</feed", b"</rdf:RDF")
_AFTER_A_NAME = frozenset(b" \t\r\n>")
_MOST = 5_000  # entries; a document of more is parsed whole, and capped there
_WHOLE_AGAIN = timedelta(days=1)  # after which a document is parsed whole, to note that its entries still stand there


@dataclass(frozen=True, slots=True)
class Memory:
    """What was taken in of a feed's last document: a hash of each entry's bytes. Valid in this process only."""

    entries: array[int]
    whole: datetime  # when a document was last parsed whole


@dataclass(frozen=True, slots=True)
class Cut:
    """A document without the entries that are known. `known` counts those; `memory` is what to keep once it is in.

    `ended`: the document's own end follows its last entry; where it does not, it may have broken off.
    """

    body: bytes
    known: int
    new: int
    memory: Memory
    ended: bool = True


def cut(body: bytes, memory: Memory | None, now: datetime) -> Cut | None:
    """Cut a document; None when its entries cannot be told apart for sure, and nothing may be remembered of it."""
    spans = _spans(body)
    if spans is None:
        return None
    hashes = array("q", (hash(body[start:end]) for start, end in spans))
    ended = any(body.find(end, spans[-1][1]) >= 0 for end in _ENDS)
    if memory is None or now - memory.whole >= _WHOLE_AGAIN:
        return Cut(body, 0, len(spans), Memory(hashes, now), ended)
    before = frozenset(memory.entries)
    known = [span for span, mark in zip(spans, hashes, strict=True) if mark in before]
    kept = Memory(hashes, memory.whole if known else now)
    return Cut(_without(body, known), len(known), len(spans) - len(known), kept, ended)


def _without(body: bytes, spans: list[tuple[int, int]]) -> bytes:
    """The bytes that stand in none of the spans; whatever stands between entries stays."""
    if not spans:
        return body
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(body)]
    return b"".join(body[start:end] for start, end in zip(starts, ends, strict=True))


def _spans(body: bytes) -> list[tuple[int, int]] | None:
    """Where each entry starts and ends; None unless there are some, and each is whole and holds no other."""
    for start_tag, end_tag in _TAGS:
        spans = list(_found(body, start_tag, end_tag))
        if not spans:
            continue
        simple = body.count(start_tag) == len(spans) and b"<!" not in body[spans[0][0] : spans[-1][1]]
        if len(spans) <= _MOST and (simple or all(_plain(body, span, start_tag) for span in spans)):
            return spans
        return None
    return None


def _found(body: bytes, start_tag: bytes, end_tag: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while (start := body.find(start_tag, at)) >= 0:
        at = start + len(start_tag)
        if body[at : at + 1] and body[at] not in _AFTER_A_NAME:
            continue  # <items> of RDF
        end = body.find(end_tag, at)
        if end < 0:
            return  # broken off: what is left stays in the tail
        at = end + len(end_tag)
        yield start, at


def _plain(body: bytes, span: tuple[int, int], start_tag: bytes) -> bool:
    """Whether no markup of an entry could stand in another's text, or reach over its end."""
    start, end = span
    return (
        body.find(start_tag, start + 1, end) < 0
        and body.count(b"<![CDATA[", start, end) == body.count(b"]]>", start, end)
        and body.count(b"<!--", start, end) == body.count(b"-->", start, end)
    )
