"""Reads and writes lists of feeds as OPML, the format in which feed readers exchange them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from monitor.core.records import Feed
from monitor.errors import InputError
from monitor.settings.editing import NewFeed

_LIMIT = 20_000_000  # bytes: a list of 100,000 feeds is smaller


def read(path: Path) -> list[NewFeed]:
    """Every feed of an OPML file; an outline that holds feeds names their group. Raises InputError."""
    try:
        if path.stat().st_size > _LIMIT:
            raise InputError(str(path), f"is larger than {_LIMIT} bytes", "split it")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(path.read_bytes(), parser)
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "give an OPML file") from error
    except etree.XMLSyntaxError as error:
        raise InputError(str(path), f"is not XML: {error.msg}", "give an OPML file") from error
    body = root.find("body")
    if root.tag != "opml" or body is None:
        raise InputError(str(path), "is XML, but no OPML", "export it as OPML from your feed reader")
    return list(_feeds(body, ""))


def _feeds(outline: etree._Element, group: str) -> Iterable[NewFeed]:
    for child in outline.iterchildren("outline"):
        url = (child.get("xmlUrl") or "").strip()
        name = (child.get("title") or child.get("text") or url).strip()
        if url:
            yield NewFeed(name, url, group, (child.get("language") or "").split("-")[0].lower())
        else:
            yield from _feeds(child, name)


def write(feeds: Iterable[Feed]) -> str:
    """The feeds as an OPML 2.0 document, grouped."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Basewatch feeds"
    body = etree.SubElement(root, "body")
    outlines = {"": body}
    for feed in feeds:
        if feed.group not in outlines:
            outlines[feed.group] = etree.SubElement(body, "outline", text=feed.group, title=feed.group)
        etree.SubElement(
            outlines[feed.group],
            "outline",
            type="rss",
            text=feed.name,
            title=feed.name,
            xmlUrl=feed.url,
            language=feed.language,
        )
    return etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8").decode()
