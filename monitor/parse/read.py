"""A fetched body -> records: the whole of parsing in one blocking call, and its harmless part for the loop's thread."""

from __future__ import annotations

import sys

from monitor.parse.document import Document, open_document
from monitor.parse.fast import BrokenError, TooDeepError, read_fast
from monitor.parse.jsonfeed import read_json
from monitor.parse.mend import mend
from monitor.parse.raw import Origin, RawFeed, finish
from monitor.parse.sitemap import read_sitemap
from monitor.ports import FetchFault, Parsed, ParseFailed

ORDINARY_BYTES = 400_000
ORDINARY_ELEMENTS = 5_000
_DEEPEST = 500  # tags opened in a row without one closed; feeds nest a dozen


def read_ordinary(body: bytes, content_type: str, origin: Origin, max_entries: int) -> Parsed | ParseFailed | None:
    """What can be said of a body at once, in the loop's own thread; None when a worker must say it.

    Bounded by the size of the body and by the number of elements looked at. Measured on one slow core: an ordinary
    feed of 30 entries takes 1 ms, the worst document that could be thought of 70 ms.
    """
    if len(body) > ORDINARY_BYTES:
        return None
    document = open_document(body, content_type, origin.encoding, origin.language)
    if isinstance(document, ParseFailed):
        return document
    if document.root in ("json", "urlset"):
        entries = document.data.count(b"{") + document.data.count(b"<")
        return _read(document, origin, max_entries) if entries <= ORDINARY_ELEMENTS // 2 else None
    return _read(document, origin, max_entries, ORDINARY_ELEMENTS)


def read(body: bytes, content_type: str, origin: Origin, max_entries: int) -> Parsed | ParseFailed:
    """Everything that can be done for a body: may take long or be killed by it, so it runs in a worker process."""
    document = open_document(body, content_type, origin.encoding, origin.language)
    if isinstance(document, ParseFailed):
        return document
    answer = _read(document, origin, max_entries)
    return answer if answer is not None else _carefully(document, origin, max_entries)


def _read(
    document: Document, origin: Origin, max_entries: int, budget: int = sys.maxsize
) -> Parsed | ParseFailed | None:
    """The answer of the reader of the document's kind; None when the fast reader is not sure."""
    truncated = False
    try:
        raw = _by_kind(document, budget)
    except BrokenError:
        mended = mend(document)
        truncated = mended.truncated
        try:
            raw = _by_kind(mended.document, budget)
        except BrokenError:
            return None
    if raw is None or isinstance(raw, ParseFailed):
        return raw
    return finish(raw, origin, max_entries, truncated=truncated)


def _by_kind(document: Document, budget: int) -> RawFeed | ParseFailed | None:
    if document.root == "json":
        return read_json(document.data)
    if document.root == "urlset":
        return read_sitemap(document)
    try:
        return read_fast(document, budget)
    except TooDeepError as error:
        return ParseFailed(FetchFault.HOSTILE, f"made to hold a parser: {error}")


def _carefully(document: Document, origin: Origin, max_entries: int) -> Parsed | ParseFailed:
    """The answer of feedparser, which knows no sitemaps, on a document that is closed where it broke off."""
    if _too_deep(document.data):
        return ParseFailed(FetchFault.HOSTILE, f"more than {_DEEPEST} elements one inside the other: refused")
    mended = mend(document)
    if document.root == "urlset":
        found = read_sitemap(mended.document, recover=True)
        return found if isinstance(found, ParseFailed) else finish(found, origin, max_entries, truncated=True)
    # feedparser takes 25 MB and a fifth of a second to import: only a worker that needs it does.
    from monitor.parse.careful import read_careful

    raw = read_careful(mended.document, max_entries, origin.country)
    if raw is None:
        return ParseFailed(FetchFault.NOT_A_FEED, f"broken XML with the root <{document.root}>")
    return finish(raw, origin, max_entries, truncated=mended.truncated)


def _too_deep(data: bytes) -> bool:
    """Whether tags are opened in a row without end; pictures and breaks that are never closed do not come so many."""
    row = 0
    at = data.find(b"<")
    while at >= 0:
        kind = data[at + 1 : at + 2]
        if kind == b"/":
            row = 0
        elif kind.isalpha():
            row += 1
            if row > _DEEPEST:
                return True
        at = data.find(b"<", at + 1)
    return False
