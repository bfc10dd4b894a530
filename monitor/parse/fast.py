"""The fast reader: one strict pass of expat over an ordinary feed, or None where only feedparser can say what is meant.

What it takes is what feedparser would take: whatever could be read in two ways (a part twice, markup inside a text, a
strange type) makes it give up, so that both readers give the same records; tests hold them against each other. A
document that declares anything is refused before (`document`), so that nothing is expanded or opened here. expat with
the standard library's tree is the soonest done: its elements are made once, where lxml makes one at every touch.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError, XMLParser

from monitor.parse.document import Document
from monitor.parse.names import ODD, PARTS, SECONDARY, Name, Names, Parts
from monitor.parse.raw import RawEntry, RawFeed

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_DEEPEST = 200  # elements one inside the other; feeds nest a dozen
_TEXT_TYPES = frozenset({"text", "html", "plain", "text/plain", "text/html"})
_TEXTS = frozenset({"title", "summary", "content", "published", "updated", "created", "language"})
_TYPED = frozenset({"title", "summary", "content"})
_ANYWHERE = frozenset(name for name, part in SECONDARY.items() if part in ("creator", "original"))
_FEED_PARTS = frozenset({"title", "link", "language"})
_NO_PAGE = {"isPermaLink": "false"}


class TooDeepError(Exception):
    """The document nests deeper than any feed: made to hold a parser."""


class BrokenError(Exception):
    """The document is not well-formed XML."""


class _OddError(Exception):
    """This document is not ordinary."""


def read_fast(document: Document, budget: int = sys.maxsize) -> RawFeed | None:
    """The document's parts, or None when it is not ordinary or has more than `budget` elements to look at.

    Raises BrokenError when it is not well-formed, TooDeepError when it is made to hold a parser.
    """
    parser = XMLParser(encoding="utf-8")  # noqa: S314
    try:
        parser.feed(document.data)
        root = parser.close()
    except ParseError:
        raise BrokenError from None
    try:
        return _Reader(document.data, root, budget).feed()
    except _OddError:
        return None


class _Reader:
    """Reads one parsed document."""

    def __init__(self, data: bytes, root: Element, budget: int) -> None:
        self._root = root
        self._left = budget
        self._data = data
        self._names = Names(data)
        self._parts = Parts(self._names)
        self._based = b"base=" in data.lower() if b"base" in data else False

    def feed(self) -> RawFeed:
        """The whole document."""
        raw = RawFeed()
        prefix, name = self._names[self._root.tag]
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
        start, read, count = b"<entry" if name == "feed" else b"<item", len(raw.entries), self._data.count
        if read != count(start) and read != count(start + b">") + count(start + b" "):  # RDF has <items> besides
            raise _OddError  # entries elsewhere, under another prefix, or spoken of in a text
        return raw

    def _outer(self, raw: RawFeed, base: str) -> None:
        """RSS: one channel, with the items inside (0.9x, 2.0) or beside it (0.90, 1.0)."""
        self._spend(len(self._root))
        channels = 0
        for child in self._root:
            name = self._names[child.tag]
            if name == ("", "channel"):
                channels += 1
                self._channel(child, raw, self._base(base, child), ("", "item"))
            elif name == ("", "item"):
                raw.entries.append(self._entry(child, base))
            elif name not in (("", "image"), ("", "textinput")):
                self._plain_inside(child, itself=True)
        if channels != 1 or (not raw.entries and self._root.tag == _RDF + "RDF"):
            raise _OddError

    def _channel(self, channel: Element, raw: RawFeed, base: str, item: Name) -> None:
        self._spend(len(channel))
        seen: dict[str, str] = {}
        if {"href", "lastmod"}.intersection(channel.keys()):
            raise _OddError
        for child in channel:
            name = self._names[child.tag]
            if name == item:
                raw.entries.append(self._entry(child, base))
            elif (part := PARTS.get(name)) in _FEED_PARTS or name == ("", "ttl"):
                if part == "link":
                    raw.links.append(self._link(child, base))
                else:
                    _put(seen, part or "ttl", _text(child, part or "ttl"))
            elif name in (("", "item"), ("", "entry"), ("", "channel"), ("?", "title"), ("?", "link")):
                raise _OddError
            elif name not in (("", "image"), ("", "textinput"), ("", "author")):
                self._plain_inside(child)
        raw.title = seen.get("title", "")
        raw.language = seen.get("language", raw.language)
        raw.ttl = seen.get("ttl", "")

    def _entry(self, item: Element, base: str) -> RawEntry:
        """The parts of one entry."""
        self._spend(len(item))
        raw = RawEntry()
        seen: dict[str, str] = {}
        parts = self._parts
        if self._based:
            base = self._base(base, item)
        if item.keys():
            if {"href", "lastmod"}.intersection(item.keys()):
                raise _OddError
            raw.guid = item.get(_RDF + "about", "")
        for child in item:
            part = parts[child.tag]
            if part in _TEXTS:
                if part in seen or len(child) or child.keys():
                    _put(seen, part, _text(child, part))
                else:
                    seen[part] = (child.text or "").strip()
            elif part is None:
                self._other(child, self._names[child.tag], seen)
            elif part == "link":
                raw.links.append(self._link(child, base))
            elif part == "author":
                raw.author = self._author(child)
            elif part == "source":
                _put(seen, part, self._source(child))
            else:
                raw.permalink = _permalink(child)
                text = _text(child, part)
                _put(seen, part, self._joined(base, child, text) if raw.permalink else text)
        if not raw.permalink and any(not href for _, _, href in raw.links):
            raise _OddError
        return self._filled(raw, seen, item)

    def _filled(self, raw: RawEntry, seen: dict[str, str], item: Element) -> RawEntry:
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

    def _link(self, link: Element, base: str) -> tuple[str, str, str]:
        """(rel, type, href) of a link in RSS's or Atom's way."""
        if len(link):
            raise _OddError
        if not link.keys():
            return "alternate", "text/html", self._joined(base, link, (link.text or "").strip())
        said = _attributes(link)
        rel = said.get("rel", "alternate").lower()
        href = said.get("url") or said.get("uri") or said.get("href")
        if href is None or ("url" in said or "uri" in said):
            if href is not None or rel != "alternate":
                raise _OddError
            href = (link.text or "").strip()
        href = href.strip()
        if self._based and not href:
            raise _OddError  # the base itself is meant, says feedparser
        return rel, said.get("type", "text/html").lower(), self._joined(base, link, href)

    def _author(self, author: Element) -> str:
        """The name of an author, as text (RSS) or as an element (Atom)."""
        if not len(author):
            return (author.text or "").strip()
        named = ""
        for child in author:
            name = self._names[child.tag]
            if len(child) or name not in (("", "name"), ("", "email"), ("", "uri"), ("", "url")):
                self._plain_inside(child, itself=True)
            elif name == ("", "name"):
                if named:
                    raise _OddError
                named = (child.text or "").strip()
        if not named:
            raise _OddError
        return named

    def _source(self, source: Element) -> str:
        """The name of the source, as text (RSS) or as the title of the feed it was taken from (Atom)."""
        if not len(source):
            return (source.text or "").strip()
        titles = [child for child in source if self._names[child.tag] == ("", "title")]
        loose = [source.text, *(child.tail for child in source)]
        if len(titles) != 1 or any(text and not text.isspace() for text in loose):
            raise _OddError
        if self._names[source.tag] in SECONDARY or any(name in SECONDARY for _, _, name in self._inside(source)):
            raise _OddError
        return _text(titles[0], "title")

    def _other(self, child: Element, name: Name, seen: dict[str, str]) -> None:
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

    def _plain_inside(self, element: Element, *, itself: bool = False) -> None:
        """Odd when anything inside would count as a part of the entry or feed around it."""
        self._spend(1)
        inside = [self._names[element.tag]] if itself else []
        inside += [name for _, _, name in self._inside(element)]
        for name in inside:
            if name in PARTS or name in ODD or name in _ANYWHERE or name[0] == "?":
                raise _OddError

    def _inside(self, element: Element) -> Iterator[tuple[int, Element, Name]]:
        """Every element inside, in order, with its depth there and its name."""
        path = [iter(element)]
        while path:
            child = next(path[-1], None)
            if child is None:
                path.pop()
                continue
            self._spend(1)
            yield len(path), child, self._names[child.tag]
            if len(child):
                if len(path) == _DEEPEST:
                    raise TooDeepError(f"more than {_DEEPEST} elements one inside the other")
                path.append(iter(child))

    def _spare(self, item: Element) -> dict[str, str]:
        """Texts of secondary elements, also of those inside a group, for an entry that has no title or no summary."""
        found: dict[Name, tuple[int, str]] = {}
        for depth, inner, name in self._inside(item):
            if name in SECONDARY:
                if len(inner):
                    raise _OddError
                if name not in found or depth <= found[name][0]:
                    found[name] = depth, (inner.text or "").strip()
        spare: dict[str, str] = {}
        for name, part in SECONDARY.items():
            if name in found and not spare.get(part):
                spare[part] = found[name][1]
        return spare

    # ---- addresses ---------------------------------------------------------------------------------------------------

    def _base(self, base: str, element: Element) -> str:
        """The base that holds inside `element`."""
        if not self._based:
            return base
        own = element.get(_XML + "base") or element.get("base")
        if not own:
            return base
        joined = _join(base, own)
        if not joined.startswith(("http://", "https://")) or ":///" in own:
            raise _OddError
        return joined

    def _joined(self, base: str, element: Element, href: str) -> str:
        if self._based:
            base = self._base(base, element)
        return _join(base, href) if base and href else href

    def _language(self, root: Element) -> str:
        return root.get(_XML + "lang") or root.get("lang") or ""


def _attributes(element: Element) -> dict[str, str]:
    """Its attributes by name in lower case."""
    return {key.lower(): value for key, value in element.attrib.items()}


def _text(element: Element, part: str) -> str:
    """An element's own text, stripped; odd when it holds markup or says that its text is something else."""
    if len(element):
        raise _OddError
    if part in _TYPED and element.keys():
        said = _attributes(element)
        if said.get("type", "text").lower() not in _TEXT_TYPES or "src" in said or said.get("mode") == "base64":
            raise _OddError
    return (element.text or "").strip()


def _put(seen: dict[str, str], part: str, text: str) -> None:
    # The same words twice are no doubt, but of two texts feedparser makes a summary and a content.
    if part in seen and (seen[part] != text or part in ("summary", "content")):
        raise _OddError
    seen[part] = text


def _permalink(guid: Element) -> bool:
    if guid.attrib == _NO_PAGE:  # most of those that say anything
        return False
    return _attributes(guid).get("ispermalink", "true") == "true"


def _join(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        raise _OddError from None
