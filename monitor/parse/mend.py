"""XML that is almost well-formed -> XML that is, so that the strict reader can read it."""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass

from monitor.parse.document import Document

# What no markup is seen in.
OPAQUE = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))", re.DOTALL)
_AMPERSAND = re.compile(rb"&(?:(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,6})(;)|([A-Za-z][A-Za-z0-9]{1,31})(;)|)")
_XML_ENTITIES = frozenset((b"lt", b"gt", b"amp", b"quot", b"apos"))
_ITEM_END = {
    "rss": re.compile(rb"</(?:[\w.\-]+:)?item\s*>", re.IGNORECASE),
    "rdf": re.compile(rb"</(?:[\w.\-]+:)?item\s*>", re.IGNORECASE),
    "channel": re.compile(rb"</(?:[\w.\-]+:)?item\s*>", re.IGNORECASE),
    "feed": re.compile(rb"</(?:[\w.\-]+:)?entry\s*>", re.IGNORECASE),
    "urlset": re.compile(rb"</(?:[\w.\-]+:)?url\s*>", re.IGNORECASE),
}
_ITEM_START = re.compile(rb"<(?:[\w.\-]+:)?(?:item|entry|url)[\s>]", re.IGNORECASE)
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][\w.\-]*):[A-Za-z_]")
_DECLARED = re.compile(rb"\bxmlns:([A-Za-z_][\w.\-]*)\s*=")
# What a prefix means that was used without being declared; any other gets a name of its own.
_USUAL = {
    b"content": b"http://purl.org/rss/1.0/modules/content/",
    b"dc": b"http://purl.org/dc/elements/1.1/",
    b"dcterms": b"http://purl.org/dc/terms/",
    b"media": b"http://search.yahoo.com/mrss/",
    b"atom": b"http://www.w3.org/2005/Atom",
    b"itunes": b"http://www.itunes.com/dtds/podcast-1.0.dtd",
    b"feedburner": b"http://rssnamespace.org/feedburner/ext/1.0",
    b"news": b"http://www.google.com/schemas/sitemap-news/0.9",
    b"rdf": b"http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
_MAX_PREFIXES = 50


@dataclass(frozen=True, slots=True)
class Mended:
    """A document after mending; `truncated`: it broke off, and ends now after its last whole entry."""

    document: Document
    truncated: bool


def mend(document: Document) -> Mended:
    """Close a document that broke off, cut what follows its end, and make references and prefixes well-formed."""
    data, truncated = _ended(document)
    pieces = OPAQUE.split(data)
    pieces[::2] = [_AMPERSAND.sub(_reference, piece) for piece in pieces[::2]]
    data = _with_prefixes(document.tag, b"".join(pieces), b" ".join(pieces[::2]))
    return Mended(Document(data, document.root, document.tag), truncated)


def _ended(document: Document) -> tuple[bytes, bool]:
    """The document up to its end, or up to its last whole entry and closed there."""
    data = document.data
    closing = re.compile(rb"</" + re.escape(document.tag) + rb"\s*>", re.IGNORECASE)
    ends = [found.end() for found in closing.finditer(data)]
    if ends:
        return data[: ends[-1]], False
    last = max((found.end() for found in _ITEM_END[document.root].finditer(data)), default=0)
    if not last:
        first = _ITEM_START.search(data)
        if first is None:  # nothing whole to keep: an empty feed of that kind
            channel = b"<channel></channel>" if document.root == "rss" else b""
            return b"<" + document.tag + b">" + channel + b"</" + document.tag + b">", True
        last = first.start()
    return data[:last] + _closed(document, data[:last]), True


def _closed(document: Document, data: bytes) -> bytes:
    """The end tags that `data` still needs."""
    inside = document.root == "rss" and data.rfind(b"<channel") > data.rfind(b"</channel")
    return (b"</channel>" if inside else b"") + b"</" + document.tag + b">"


def _reference(found: re.Match[bytes]) -> bytes:
    """One reference as XML knows it: HTML's names as characters, impossible characters away, bare & escaped."""
    number, number_end, name, name_end = found.groups()
    if number and number_end:
        code = int(number[2:], 16) if number[1:2] in b"xX" else int(number[1:])
        legal = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
        return found.group() if legal else b""
    if name and name_end:
        if name in _XML_ENTITIES:
            return found.group()
        text = html.entities.html5.get(name.decode() + ";", "")
        if text:
            return b"".join(b"&#%d;" % ord(character) for character in text)
    return b"&amp;" + found.group()[1:]


def _with_prefixes(tag: bytes, data: bytes, markup: bytes) -> bytes:
    """Declare at the root every namespace prefix that was used without being declared."""
    if b":" not in markup:
        return data
    used = dict.fromkeys(_PREFIX.findall(_tags(markup)))
    missing = used.keys() - set(_DECLARED.findall(markup)) - {b"xml", b"xmlns"}
    if not missing or len(missing) > _MAX_PREFIXES:
        return data
    names = b"".join(
        b' xmlns:%s="%s"' % (name, _USUAL.get(name, b"urn:undeclared:" + name)) for name in sorted(missing)
    )
    at = len(tag) + 1
    return data[:at] + names + data[at:]


def _tags(markup: bytes) -> bytes:
    """The tags of `markup` alone, without the values of their attributes."""
    return b" ".join(re.sub(rb"""=\s*(?:"[^"]*"|'[^']*')""", b"", tag) for tag in re.findall(rb"<[^<>]*", markup))
