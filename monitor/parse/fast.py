"""The fast reader: one strict lxml pass over an ordinary feed, or None where only feedparser can say what is meant.

It never resolves an entity, reads a DTD or opens anything. What it takes is what feedparser would take: whatever could
be read in two ways (a part twice, markup inside a text, a strange type) makes it give up, so that both readers
give the same records; tests hold them against each other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urljoin

from lxml import etree

from monitor.parse.document import Document
from monitor.parse.names import NAMESPACES, ODD, PARTS, PREFIXES, SECONDARY
from monitor.parse.raw import RawEntry, RawFeed

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_RESOURCE_LIMIT = 114  # XML_ERR_RESOURCE_LIMIT of libxml2; lxml before 6 has no name for it
_TEXT_TYPES = frozenset({"text", "html", "plain", "text/plain", "text/html"})
_TYPED = frozenset({"title", "summary", "content"})
_ANYWHERE = frozenset(name for name, part in SECONDARY.items() if part in ("creator", "original"))
_FEED_PARTS = frozenset({"title", "link", "language"})


class TooDeepError(Exception):
    """The document nests or holds more than any feed: made to hold a parser."""


class BrokenError(Exception):
    """The document is not well-formed XML."""


class _OddError(Exception):
    """This document is not ordinary."""


def parser(*, recover: bool = False) -> etree.XMLParser:
    """An lxml parser that can neither be led to a file or an address nor made to hold gigabytes."""
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        huge_tree=False,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def read_fast(document: Document, budget: int = sys.maxsize) -> RawFeed | None:
    """The document's parts, or None when it is not ordinary or has more than `budget` elements to look at.

    Raises BrokenError when it is not well-formed, TooDeepError when it is made to hold a parser.
    """
    try:
        root = etree.fromstring(document.data, parser())
    except etree.XMLSyntaxError as error:
        if error.code == _RESOURCE_LIMIT:
            raise TooDeepError(str(error).split(",")[0]) from None
        raise BrokenError from None
    try:
        return _Reader(document.data, root, budget).feed()
    except _OddError:
        return None


def _of_tag(tag: str, prefix: str | None) -> tuple[str, str]:
    """(feedparser's prefix, name in lower case) of an element."""
    if tag[0] != "{":
        return "", tag.lower()
    namespace, _, local = tag[1:].partition("}")
    namespace = namespace.lower()
    if "backend.userland.com/rss" in namespace:
        namespace = "http://backend.userland.com/rss"
    known = NAMESPACES.get(namespace)
    if known is None:
        # Unknown, yet under a name that stands for a known one: a mistyped address, or something else altogether.
        known = (prefix or "").lower()
        if known in PREFIXES:
            return "?", local.lower()
    return known, local.lower()


# Called for every element: a document has few different ones.
_name = cast("Callable[[Any, str | None], tuple[str, str]]", lru_cache(maxsize=2048)(_of_tag))


class _Reader:
    """Reads one parsed document."""

    def __init__(self, data: bytes, root: etree._Element, budget: int) -> None:
        self._root = root
        self._left = budget
        self._data = data
        self._based = b"base=" in data.lower() if b"base" in data else False

    def feed(self) -> RawFeed:
        """The whole document."""
        raw = RawFeed()
        prefix, name = _name(self._root.tag, self._root.prefix)
        base = self._base("", self._root)
        if (prefix, name) == ("", "feed"):
            raw.language = self._language(self._root)
            self._channel(self._root, raw, base, ("", "entry"))
        elif (prefix, name) == ("", "rss"):
            raw.language = self._language(self._root)
            self._outer(raw, base)
        elif (prefix, name) == ("rdf", "rdf"):
            self._outer(raw, base)
        else:
            raise _OddError
        if sum(map(self._data.count, (b"<item>", b"<item ", b"<entry>", b"<entry "))) != len(raw.entries):
            raise _OddError  # entries elsewhere, under another prefix, or spoken of in a text
        return raw

    def _outer(self, raw: RawFeed, base: str) -> None:
        """RSS: one channel, with the items inside (0.9x, 2.0) or beside it (0.90, 1.0)."""
        self._spend(len(self._root))
        channels = 0
        for child in self._root:
            name = _name(child.tag, child.prefix)
            if name == ("", "channel"):
                channels += 1
                self._channel(child, raw, self._base(base, child), ("", "item"))
            elif name == ("", "item"):
                raw.entries.append(self._entry(child, base))
            elif name not in (("", "image"), ("", "textinput")):
                self._plain_inside(child, itself=True)
        if channels != 1 or (not raw.entries and self._root.tag == _RDF + "RDF"):
            raise _OddError

    def _channel(self, channel: etree._Element, raw: RawFeed, base: str, item: tuple[str, str]) -> None:
        self._spend(len(channel))
        seen: dict[str, str] = {}
        if channel.attrib and ("href" in channel.attrib or "lastmod" in channel.attrib):
            raise _OddError
        for child in channel:
            name = _name(child.tag, child.prefix)
            if name == item:
                raw.entries.append(self._entry(child, base))
            elif (part := PARTS.get(name)) in _FEED_PARTS or name == ("", "ttl"):
                if part == "link":
                    raw.links.append(self._link(child, base))
                else:
                    self._put(seen, part or "ttl", self._text(child, part or "ttl"))
            elif name in (("", "item"), ("", "entry"), ("", "channel"), ("?", "title"), ("?", "link")):
                raise _OddError
            elif name not in (("", "image"), ("", "textinput"), ("", "author")):
                self._plain_inside(child)
        raw.title = seen.get("title", "")
        raw.language = seen.get("language", raw.language)
        raw.ttl = seen.get("ttl", "")

    def _entry(self, item: etree._Element, base: str) -> RawEntry:
        """The parts of one entry."""
        self._spend(len(item))
        raw = RawEntry()
        seen: dict[str, str] = {}
        if self._based:
            base = self._base(base, item)
        if item.attrib:
            if "href" in item.attrib or "lastmod" in item.attrib:
                raise _OddError
            raw.guid = item.get(_RDF + "about", "")
        for child in item:
            name = _name(child.tag, child.prefix)
            part = PARTS.get(name)
            if part is None:
                self._other(child, name, seen)
            elif part == "link":
                raw.links.append(self._link(child, base))
            elif part == "author":
                raw.author = self._author(child)
            elif part == "source":
                self._put(seen, part, self._source(child))
            elif part == "guid":
                raw.permalink = self._permalink(child)
                text = self._text(child, part)
                self._put(seen, part, self._joined(base, child, text) if raw.permalink else text)
            else:
                self._put(seen, part, self._text(child, part))
        if not raw.permalink and any(not href for _, _, href in raw.links):
            raise _OddError
        return self._filled(raw, seen, item)

    def _filled(self, raw: RawEntry, seen: dict[str, str], item: etree._Element) -> RawEntry:
        get = seen.get
        raw.guid = get("guid", raw.guid)
        raw.title = get("title", "")
        raw.summary = get("summary", "")
        raw.content = get("content", "")
        raw.source = get("source", "")
        raw.published = get("published") or get("created", "")
        raw.updated = get("updated", "")
        raw.language = get("language", "")
        raw.original = get("original", "")
        raw.author = get("creator") or raw.author
        if not raw.title or not (raw.summary or raw.content):
            spare = self._spare(item)
            raw.title = raw.title or spare.get("title", "")
            if not (raw.summary or raw.content):
                raw.summary = spare.get("summary", "")
        return raw

    def _spend(self, elements: int) -> None:
        self._left -= elements
        if self._left < 0:
            raise _OddError

    # ---- one element -------------------------------------------------------------------------------------------------

    def _text(self, element: etree._Element, part: str) -> str:
        """An element's own text, stripped; odd when it holds markup or says that its text is something else."""
        if len(element):
            raise _OddError
        if part in _TYPED and element.attrib:
            said = {str(key).lower(): str(value) for key, value in element.attrib.items()}
            if said.get("type", "text").lower() not in _TEXT_TYPES or "src" in said or said.get("mode") == "base64":
                raise _OddError
        return (element.text or "").strip()

    def _put(self, seen: dict[str, str], part: str, text: str) -> None:
        # The same words twice are no doubt, but of two texts feedparser makes a summary and a content.
        if part in seen and (seen[part] != text or part in ("summary", "content")):
            raise _OddError
        seen[part] = text

    def _permalink(self, guid: etree._Element) -> bool:
        if not guid.attrib:
            return True
        said = {str(key).lower(): str(value) for key, value in guid.attrib.items()}
        return said.get("ispermalink", "true") == "true"

    def _link(self, link: etree._Element, base: str) -> tuple[str, str, str]:
        """(rel, type, href) of a link in RSS's or Atom's way."""
        if len(link):
            raise _OddError
        if not link.attrib:
            return "alternate", "text/html", self._joined(base, link, (link.text or "").strip())
        said = {str(key).lower(): str(value) for key, value in link.attrib.items()}
        rel = said.get("rel", "alternate").lower()
        href = said.get("url") or said.get("uri") or said.get("href")
        if href is None or ("url" in said or "uri" in said):
            if href is not None or rel != "alternate":
                raise _OddError
            href = (link.text or "").strip()
        return rel, said.get("type", "text/html").lower(), self._joined(base, link, href.strip())

    def _author(self, author: etree._Element) -> str:
        """The name of an author, as text (RSS) or as an element (Atom)."""
        if not len(author):
            return (author.text or "").strip()
        named = ""
        for child in author:
            name = _name(child.tag, child.prefix)
            if len(child) or name not in (("", "name"), ("", "email"), ("", "uri"), ("", "url")):
                self._plain_inside(child, itself=True)
            elif name == ("", "name"):
                if named:
                    raise _OddError
                named = (child.text or "").strip()
        if not named:
            raise _OddError
        return named

    def _source(self, source: etree._Element) -> str:
        """The name of the source, as text (RSS) or as the title of the feed it was taken from (Atom)."""
        if not len(source):
            return (source.text or "").strip()
        titles = [child for child in source if _name(child.tag, child.prefix) == ("", "title")]
        loose = [source.text, *(child.tail for child in source)]
        if len(titles) != 1 or any(text and not text.isspace() for text in loose):
            raise _OddError
        if any(_name(inner.tag, inner.prefix) in SECONDARY for inner in source.iter(etree.Element)):
            raise _OddError
        return self._text(titles[0], "title")

    def _other(self, child: etree._Element, name: tuple[str, str], seen: dict[str, str]) -> None:
        """An element that plays no first part: noted, passed over, or odd."""
        if name in ODD or name[0] == "?":
            raise _OddError
        if name in SECONDARY:
            if len(child):
                raise _OddError
            if (part := SECONDARY[name]) in ("creator", "original"):
                seen[part] = (child.text or "").strip()
        elif len(child):
            self._plain_inside(child)

    def _plain_inside(self, element: etree._Element, *, itself: bool = False) -> None:
        """Odd when anything inside would count as a part of the entry or feed around it."""
        for inner in element.iter(etree.Element):
            self._spend(1)
            name = _name(inner.tag, inner.prefix)
            if (itself or inner is not element) and (
                name in PARTS or name in ODD or name in _ANYWHERE or name[0] == "?"
            ):
                raise _OddError

    def _spare(self, item: etree._Element) -> dict[str, str]:
        """Texts of secondary elements, also of those inside a group, for an entry that has no title or no summary."""
        found: dict[tuple[str, str], tuple[int, str]] = {}
        for inner in item.iterdescendants(etree.Element):
            self._spend(1)
            name = _name(inner.tag, inner.prefix)
            if name in SECONDARY:
                if len(inner):
                    raise _OddError
                depth = sum(1 for _ in inner.iterancestors())
                if name not in found or depth <= found[name][0]:
                    found[name] = depth, (inner.text or "").strip()
        spare: dict[str, str] = {}
        for name, part in SECONDARY.items():
            if name in found and not spare.get(part):
                spare[part] = found[name][1]
        return spare

    # ---- addresses ---------------------------------------------------------------------------------------------------

    def _base(self, base: str, element: etree._Element) -> str:
        """The base that holds inside `element`."""
        if not self._based or not element.attrib:
            return base
        own = element.get(_XML + "base") or element.get("base")
        if not own:
            return base
        joined = _join(base, own)
        if not joined.startswith(("http://", "https://")) or ":///" in own:
            raise _OddError
        return joined

    def _joined(self, base: str, element: etree._Element, href: str) -> str:
        if self._based:
            base = self._base(base, element)
        return _join(base, href) if base and href else href

    def _language(self, root: etree._Element) -> str:
        return (root.get(_XML + "lang") or root.get("lang") or "") if root.attrib else ""


def _join(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        raise _OddError from None
