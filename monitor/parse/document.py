"""Bytes from a server -> a document that may be parsed, or the reason why not, before any parser sees it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from monitor.parse.encoding import to_utf8
from monitor.ports import FetchFault, ParseFailed

# Roots that this house reads, by their name in lower case without a prefix.
XML_ROOTS = frozenset({"rss", "rdf", "feed", "channel", "urlset"})

_PAGES = frozenset({b"rss", b"rdf", b"feed", b"urlset", b"sitemapindex", b"opml", b"html", b"head", b"body"})

# XML has no place for these, in whatever way they are written; C1 controls stay (they are letters of Windows-1252).
_CONTROLS = bytes(code for code in (*range(0x20), 0x7F) if code not in (0x09, 0x0A, 0x0D))
_NONCHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")

# One piece of what may stand before the root: declaration or instruction, comment, DOCTYPE without or with a subset.
_PROLOG = re.compile(
    rb"\s*(?:<\?.*?\?>|<!--.*?-->|(?P<doctype><!DOCTYPE\b[^\[<>]*(?P<subset>\[)?[^>]*>))|\s+", re.DOTALL | re.IGNORECASE
)
_ENTITY = re.compile(rb"<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*))(?=[\s/>])")
_MAX_PROLOG_PIECES = 50
_MAX_ROOT_OFFSET = 20_000  # a warning that a server's software printed before the feed is shorter

# A tag this long is no tag a publisher writes (inline pictures apart, which are one long attribute), and one with this
# many attributes is made to hold a parser: feedparser needs over a minute for 100,000.
_LONG_TAG = re.compile(rb"<[A-Za-z_][^<>]{16384,}")
_MAX_ATTRIBUTES = 500


@dataclass(frozen=True, slots=True)
class Document:
    """UTF-8 that starts at its root (`tag` as written, `root` in lower case without its prefix), or JSON."""

    data: bytes
    root: str
    tag: bytes = b""


def open_document(body: bytes, content_type: str, override: str, language: str) -> Document | ParseFailed:
    """Decode `body`, refuse what is hostile, and name its root; a page that is no feed is explained."""
    if not body.strip(b" \t\r\n\0"):
        return ParseFailed(FetchFault.EMPTY, "the server sent an empty document")
    if packed := _packed(body):
        return ParseFailed(FetchFault.NOT_A_FEED, f"the server sent {packed}")
    data = to_utf8(body, content_type, override, language).translate(None, _CONTROLS)
    data = _NONCHARACTER.sub(b"", data).lstrip()
    if not data:
        return ParseFailed(FetchFault.EMPTY, "the server sent only blank characters")
    if data[:1] in (b"{", b"["):
        return Document(data, "json")
    start, hostile = _prolog(data)
    if hostile:
        return ParseFailed(FetchFault.HOSTILE, "the document declares entities or a document type of its own: refused")
    root = _ROOT.match(data, start)
    if root is None or root.group(2).lower() not in _PAGES:
        root = _root_after_noise(data, start)
    if root is None:
        return _explained(data, "")
    name = root.group(2).decode().lower()
    if name not in XML_ROOTS:
        return _explained(data, name)
    data = data[root.start() :]
    if absurd := _absurd_tag(data):
        return ParseFailed(FetchFault.HOSTILE, absurd)
    return Document(data, name, root.group(1))


def _prolog(data: bytes) -> tuple[int, bool]:
    """Where the root starts, and whether what stands before it declares anything."""
    at = 0
    for _ in range(_MAX_PROLOG_PIECES):
        piece = _PROLOG.match(data, at)
        if piece is None or piece.end() == at:
            break
        if piece.group("subset"):
            return at, True
        at = piece.end()
    first = _ROOT.search(data, at)
    return at, _ENTITY.search(data, 0, first.start() if first else len(data)) is not None


def _root_after_noise(data: bytes, start: int) -> re.Match[bytes] | None:
    """The root of a feed with a server's warning or stray text printed before it, or of a page; else the first tag."""
    first = None
    for found in _ROOT.finditer(data, start, start + _MAX_ROOT_OFFSET):
        first = first or found
        if found.group(2).lower() in _PAGES:
            return found
    return first


def _absurd_tag(data: bytes) -> str:
    """Why one tag is none that a publisher writes, or ""."""
    for found in _LONG_TAG.finditer(data):
        if (attributes := found.group().count(b"=")) > _MAX_ATTRIBUTES:
            return f"one element has about {attributes:,} attributes: refused"
    return ""


# ---- what else it may be ---------------------------------------------------------------------------------------------

_MAGIC = (
    (b"\x1f\x8b", "compressed data (packed twice?)"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{1,1000})", re.IGNORECASE)
_FEED_LINK = re.compile(
    rb"""<link\b(?=[^>]{0,500}application/(?:rss|atom|feed)\+(?:xml|json))[^>]{0,500}?href\s*=\s*["']([^"'<>\s]{1,300})""",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    rb"just a moment|cf-browser-verification|challenge-platform|cf-chl|attention required|ddos-guard|captcha|"
    rb"are you a robot|enable javascript and cookies|checking your browser|incapsula|perimeterx|datadome",
    re.IGNORECASE,
)
_LOGIN = re.compile(rb"""type\s*=\s*["']?password|<title[^>]{0,99}>[^<]{0,99}(?:log ?in|sign ?in)\b""", re.IGNORECASE)
_OTHERS = {
    "opml": "a list of feeds (OPML): import it with `feeds import`",
    "sitemapindex": "an index of sitemaps: name one of its news sitemaps instead",
    "error": "an error message in XML",
    "svg": "a picture",
}
_LOOKED_AT = 50_000  # bytes of a page in which signs are sought


def _packed(body: bytes) -> str:
    return next((name for magic, name in _MAGIC if body.startswith(magic)), "")


def _explained(data: bytes, root: str) -> ParseFailed:
    """Say what a document is that is no feed, in words for `feeds list`."""
    if root in _OTHERS:
        return ParseFailed(FetchFault.NOT_A_FEED, f"the server sent {_OTHERS[root]}")
    page = data[:_LOOKED_AT]
    if root != "html" and not re.match(rb"\s*<!doctype\s+html", page, re.IGNORECASE) and b"<title" not in page:
        kind = f"XML with the root <{root}>" if root else "plain text"
        return ParseFailed(FetchFault.NOT_A_FEED, f"the server sent {kind}: {_quoted(page[:120])}")
    titled = _TITLE.search(page)
    name = f" titled {_quoted(titled.group(1))}" if titled and titled.group(1).strip() else ""
    if _CHALLENGE.search(page):
        return ParseFailed(FetchFault.NOT_A_FEED, f"a page{name} that checks for robots (Cloudflare or the like)")
    if _LOGIN.search(page):
        return ParseFailed(FetchFault.NOT_A_FEED, f"a login page{name}")
    if linked := _FEED_LINK.search(page):
        return ParseFailed(FetchFault.NOT_A_FEED, f"an HTML page{name}; it names this feed: {_shown(linked.group(1))}")
    return ParseFailed(FetchFault.NOT_A_FEED, f"an HTML page{name}")


def _quoted(raw: bytes) -> str:
    return f'"{_shown(raw)[:80]}"'


def _shown(raw: bytes) -> str:
    """Text of a page on one line, without what would command a terminal or turn the direction of writing."""
    text = " ".join(html.unescape(raw.decode("utf-8", "replace")).split())
    return "".join(character for character in text if character.isprintable())
