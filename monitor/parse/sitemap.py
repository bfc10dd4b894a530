"""News sitemaps (sitemaps.org 0.9 with Google's sitemap-news) -> the parts of a feed."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from monitor.parse.document import Document
from monitor.parse.fast import BrokenError
from monitor.parse.raw import RawEntry, RawFeed
from monitor.ports import FetchFault, ParseFailed


def read_sitemap(document: Document, *, recover: bool = False) -> RawFeed | ParseFailed:
    """Every address of the sitemap that has a news title; a sitemap without any names pages, not news.

    Raises BrokenError when it is not well-formed and nothing should be recovered.
    """
    try:
        root = etree.fromstring(document.data, _parser(recover=recover))
    except etree.XMLSyntaxError:
        raise BrokenError from None
    urls = [url for url in root if _local(url) == "url"] if root is not None else []
    entries = [entry for url in urls if (entry := _entry(url)) is not None]
    if urls and not entries:
        return ParseFailed(FetchFault.NOT_A_FEED, "a sitemap without news: it has addresses but no titles")
    return RawFeed(entries=entries)


def _parser(*, recover: bool) -> etree.XMLParser:
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


def _entry(url: etree._Element) -> RawEntry | None:
    said: dict[str, str] = {}
    for name, text in _texts(url, depth=0):
        said.setdefault(name, text)
    if not said.get("title"):
        return None
    return RawEntry(
        links=[("alternate", "", said.get("loc", ""))],
        title=said["title"],
        source=said.get("name", ""),
        published=said.get("publication_date", ""),
        updated=said.get("lastmod", ""),
        language=said.get("language", ""),
    )


def _text(element: etree._Element) -> str:
    """An element's own text; "" where it holds a reference to half a character, which a recovering parser lets pass."""
    try:
        return (element.text or "").strip()
    except UnicodeDecodeError:
        return ""


def _texts(element: etree._Element, depth: int) -> Iterator[tuple[str, str]]:
    """Name and text of every element three levels down: url > news > publication > name; pictures have titles too."""
    for child in element:
        name = _local(child)
        if name in ("image", "video"):
            continue
        if len(child) and depth < 3:
            yield from _texts(child, depth + 1)
        else:
            yield name, _text(child)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()
