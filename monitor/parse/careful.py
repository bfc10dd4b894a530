"""The careful reader: feedparser, the parser of record for whatever is odd. The only file that knows it.

It runs in a worker process only: it takes 2 ms an entry, and some documents hold it for minutes. It is given bytes
in a stream, never a string it could take for a path or an address; its cleaning and joining of links stay off.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import feedparser

from monitor.parse.dates import parse_date
from monitor.parse.document import Document
from monitor.parse.mend import OPAQUE
from monitor.parse.names import NAMESPACES, SECONDARY
from monitor.parse.raw import RawEntry, RawFeed

_HEADERS = {"content-type": "application/xml; charset=utf-8"}
# What feedparser raises where a document's elements stand in each other in ways it did not think of.
_BREAKS = (AssertionError, AttributeError, LookupError, TypeError, ValueError)
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_DECLARED = re.compile(rb"""\bxmlns:([A-Za-z_][\w.\-]*)\s*=\s*["']([^"']{1,200})["']""")
_TEXT_BASE = re.compile(
    rb"""(<(?:[\w.\-]+:)?(?:content|encoded|summary|description|title|subtitle|rights)\b[^<>]*?)"""
    rb"""\s(?:xml:)?base\s*=\s*(?:"[^"<>]*"|'[^'<>]*')""",
    re.IGNORECASE,
)
_ENTRY_START = re.compile(rb"<(?:[A-Za-z_][\w.\-]*:)?(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ENTRY_END = re.compile(rb"</(?:[A-Za-z_][\w.\-]*:)?(?:item|entry)\s*>", re.IGNORECASE)
_DATE = re.compile(
    rb"<(?:[A-Za-z_][\w.\-]*:)?(?:pubDate|published|issued|date|updated|modified|created)(?:\s[^<>]*)?>"
    rb"\s*(?:<!\[CDATA\[)?([^<\]]{1,80})",
    re.IGNORECASE,
)
_UNDATED = datetime(1, 1, 1, tzinfo=UTC)


def read_careful(document: Document, max_entries: int, country: str = "") -> RawFeed | None:
    """The document's parts as feedparser sees them, None when it sees no feed; entries beyond the cap are counted.

    `country` is the feed's, and says what the zones of dates mean.
    """
    data, dropped = _newest_entries(document, max_entries, country)
    stream = io.BytesIO(_DECLARATION + _set_aside(data))
    try:
        found = feedparser.parse(stream, response_headers=_HEADERS, sanitize_html=False, resolve_relative_uris=False)
    except _BREAKS:
        return None
    if not found.get("version") and not found.entries:
        return None
    about = found.feed
    return RawFeed(
        title=_string(about, "title"),
        language=_string(about, "language"),
        ttl=_string(about, "ttl"),
        links=_links(about),
        entries=[_entry(entry) for entry in found.entries],
        dropped=dropped,
    )


def _newest_entries(document: Document, max_entries: int, country: str) -> tuple[bytes, int]:
    """The document with at most so many entries, and how many were cut: feedparser would take minutes for all.

    The newest stay, by the first date that each one tells; of those without one, the first.
    """
    data = document.data
    starts = [found.start() for found in _ENTRY_START.finditer(data)]
    if len(starts) <= max_entries:
        return data, 0
    spans = list(zip(starts, [*starts[1:], len(data)], strict=True))
    dates = [_date(data[start:end], country) for start, end in spans]
    newest = sorted(range(len(spans)), key=lambda n: dates[n] or _UNDATED, reverse=True)
    kept = [data[start:end] for start, end in (spans[n] for n in sorted(newest[:max_entries]))]
    return data[: starts[0]] + b"".join(map(_without_end, kept)) + _ending(document), len(starts) - max_entries


def _date(entry: bytes, country: str) -> datetime | None:
    found = _DATE.search(entry)
    return parse_date(found.group(1).decode("utf-8", "replace"), country) if found else None


def _without_end(entry: bytes) -> bytes:
    """An entry's bytes without the end tags of what is around it, which the last one of a document has behind it."""
    end = max((found.end() for found in _ENTRY_END.finditer(entry)), default=len(entry))
    return entry[:end]


def _ending(document: Document) -> bytes:
    return (b"</channel>" if document.root == "rss" else b"") + b"</" + document.tag + b">"


def _aside(prefix: str, name: str) -> str:
    return f"x-{prefix}-{name}"


def _set_aside(data: bytes) -> bytes:
    """Give secondary elements names that feedparser does not mix up with an entry's own title, summary or author.

    The base of a text goes: where nothing around it has one, feedparser keeps it for the links that follow.
    """
    declared = [(name, NAMESPACES.get(uri.decode("utf-8", "replace").lower())) for name, uri in _DECLARED.findall(data)]
    pieces = OPAQUE.split(data)
    pieces[::2] = [_TEXT_BASE.sub(rb"\1", piece) for piece in pieces[::2]]
    for prefix in dict.fromkeys(prefix for prefix, _ in SECONDARY):
        names = b"|".join(name.encode() for known, name in SECONDARY if known == prefix)
        written = {prefix.encode(), *(given for given, known in declared if known == prefix)}
        tag = rb"<(/?)(?:%b):(%b)(?=[\s/>])[^<>]*?(/?)>" % (b"|".join(map(re.escape, sorted(written))), names)

        def renamed(found: re.Match[bytes], prefix: str = prefix) -> bytes:
            slash, name, end = found.groups()
            return b"<" + slash + _aside(prefix, name.decode().lower()).encode() + end + b">"

        pieces[::2] = [re.sub(tag, renamed, piece, flags=re.IGNORECASE) for piece in pieces[::2]]
    return b"".join(pieces)


def _string(found: Any, key: str) -> str:
    """One text of feedparser's dictionary, without its substitutes for missing keys."""
    value = dict.get(found, key)
    return value if isinstance(value, str) else ""


def _links(found: Any) -> list[tuple[str, str, str]]:
    return [
        (_string(link, "rel"), _string(link, "type"), _string(link, "href").strip())
        for link in dict.get(found, "links") or ()
        if isinstance(link, dict)
    ]


def _author(found: Any) -> str:
    """An author's name; feedparser puts the mail address behind it."""
    detail = dict.get(found, "author_detail")
    name, mail = (_string(detail, key) for key in ("name", "email")) if isinstance(detail, dict) else ("", "")
    author = _string(found, "author")
    return name if author == f"{name} ({mail})" else author


def _entry(found: Any) -> RawEntry:
    """The parts of one of feedparser's entries."""
    contents = dict.get(found, "content") or []
    content = _string(contents[0], "value") if contents and isinstance(contents, list) else ""
    source = dict.get(found, "source")
    spare: dict[str, str] = {}
    for (prefix, name), part in SECONDARY.items():
        spare[part] = spare.get(part) or _string(found, _aside(prefix, name))
    links = _links(found)
    summary = _string(found, "summary")
    return RawEntry(
        guid=_string(found, "id"),
        permalink=bool(dict.get(found, "guidislink", True)) or "link" in found,
        links=links,
        original=spare["original"],
        title=_string(found, "title") or spare["title"],
        summary=summary if summary or content else spare["summary"],
        content=content,
        author=spare["creator"] or _author(found),
        source=_string(source, "title") if isinstance(source, dict) else "",
        published=_string(found, "published") or _string(found, "created"),
        updated=_string(found, "updated"),
        language=_string(found, "language"),
    )
