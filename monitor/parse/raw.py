"""What a reader takes from a document before anything is decided, and how that becomes an Entry: the same for all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import urljoin

from monitor.core.records import Entry
from monitor.parse.dates import parse_date
from monitor.parse.forwards import behind, forwards
from monitor.ports import Parsed

MAX_TITLE = 1_000
MAX_TEXT = 100_000
MAX_NAME = 500
MAX_LINK = 4_000
_UNDATED = datetime(1, 1, 1, tzinfo=UTC)
_LONGEST_TTL = timedelta(days=7)


@dataclass(slots=True)
class RawEntry:
    """One entry's texts as they stand in the document, stripped; "" where it has none.

    `links` are (rel, type, href) in order; `permalink` says that the guid may serve as a link.
    """

    guid: str = ""
    permalink: bool = True
    links: list[tuple[str, str, str]] = field(default_factory=list)
    original: str = ""  # feedburner:origLink
    title: str = ""
    summary: str = ""
    content: str = ""
    author: str = ""
    source: str = ""
    published: str = ""
    updated: str = ""
    language: str = ""


@dataclass(slots=True)
class RawFeed:
    """What a document says of itself, its entries as served, how many more it held, and whether it broke off."""

    title: str = ""
    language: str = ""
    ttl: str = ""
    links: list[tuple[str, str, str]] = field(default_factory=list)
    entries: list[RawEntry] = field(default_factory=list)
    dropped: int = 0
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document came from: the feed's name, its address, and its country and language as configured."""

    feed: str
    url: str
    country: str = ""
    language: str = ""
    encoding: str = ""


def finish(raw: RawFeed, origin: Origin, max_entries: int, *, truncated: bool = False) -> Parsed:
    """Make the records: newest first as served, a document that is served oldest first turned round.

    Of more than `max_entries` the newest by date stay, in their order, undated ones last to stay.
    """
    dates = [parse_date(entry.published or entry.updated, origin.country) for entry in raw.entries]
    chosen: Sequence[int] = range(len(dates))
    if len(dates) > max_entries:
        order = sorted(chosen, key=lambda i: dates[i] or _UNDATED, reverse=True)
        chosen = sorted(order[:max_entries])
    if _oldest_first([dates[i] for i in chosen]):
        chosen = chosen[::-1]
    made = (_entry(raw.entries[i], dates[i], raw.language, origin) for i in chosen)
    entries = tuple(entry for entry in made if entry is not None)
    told_apart = _told_apart(entries)
    return Parsed(
        entries=told_apart,
        title=_plain(raw.title)[:MAX_NAME],
        dropped=raw.dropped + len(dates) - len(chosen),
        truncated=truncated or raw.truncated,
        ttl=_ttl(raw.ttl),
        hub=_absolute(next((href for rel, _, href in raw.links if rel == "hub"), ""), origin.url),
        topic=_absolute(next((href for rel, _, href in raw.links if rel == "self"), ""), origin.url),
        mixed=told_apart is not entries,
    )


def _told_apart(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The same entries, a guid or a link that several have, with different titles, no longer taken for an identity."""
    guids = _of_several([entry.guid for entry in entries], entries)
    links = _of_several([entry.url for entry in entries], entries)
    if not guids and not links:
        return entries
    return tuple(
        replace(entry, guid="" if entry.guid in guids else entry.guid, shared_link=entry.url in links)
        for entry in entries
    )


def _of_several(names: Sequence[str], entries: Sequence[Entry]) -> set[str]:
    """The names, "" apart, that entries with different titles have."""
    if len(set(names)) == len(names):
        return set()
    first: dict[str, str] = {}
    told = ((name, entry.title or entry.summary) for name, entry in zip(names, entries, strict=True))
    return {name for name, title in told if name and first.setdefault(name, title) != title}


def _oldest_first(dates: list[datetime | None]) -> bool:
    """Whether at least three different dates are served strictly in the order of time."""
    known = [date for date in dates if date is not None]
    return len(known) > 2 and known[0] < known[-1] and all(a <= b for a, b in pairwise(known))


def _ttl(text: str) -> timedelta | None:
    if not (text.isascii() and text.isdigit() and len(text) < 7) or int(text) == 0:
        return None
    return min(timedelta(minutes=int(text)), _LONGEST_TTL)


# ---- one entry -------------------------------------------------------------------------------------------------------


def _entry(raw: RawEntry, published: datetime | None, language: str, origin: Origin) -> Entry | None:
    """The record of one entry, or None when it holds nothing at all."""
    title, summary, content = _plain(raw.title), _plain(raw.summary), _plain(raw.content)
    if summary == content:
        summary = ""
    guid = _unslashed(_plain(raw.guid))
    url = _link(raw, guid, origin.url)
    if not (title or summary or content or url or guid):
        return None
    updated = parse_date(raw.updated, origin.country) if raw.updated else None
    return Entry(
        feed=origin.feed,
        guid=guid[:MAX_LINK],
        url=url,
        title=title[:MAX_TITLE],
        summary=summary[:MAX_TEXT],
        content=content[:MAX_TEXT],
        author=_person(_plain(raw.author))[:MAX_NAME],
        source=_plain(raw.source)[:MAX_NAME],
        published=published if raw.published else None,
        updated=updated,
        language=(raw.language or language)[:35].replace("_", "-"),
    )


# Windows-1252 letters that came as the C1 controls of the same numbers.
_C1 = {
    code: character
    for code in range(0x80, 0xA0)
    if (character := bytes([code]).decode("cp1252", "ignore"))
}  # fmt: skip
_HAS_C1 = re.compile(r"[\x80-\x9f]")


def _plain(text: str) -> str:
    """`text` with the two common accidents of encoding undone: UTF-8 taken for Latin-1, Windows-1252 taken for it."""
    if text.isascii():
        return text
    for _ in range(3):
        try:
            undone = text.encode("iso-8859-1").decode("utf-8")
        except UnicodeError:
            break
        if undone == text:
            break
        text = undone
    return (text.translate(_C1) if _HAS_C1.search(text) else text).strip()


_ADDRESS = re.compile(r"(?:mailto:)?[^\s()<>@:;,]{1,64}@[\w.\-]{1,255}")


def _person(text: str) -> str:
    """The name in an author's field, without a mail address ("desk@paper.example (Jane Roe)" -> "Jane Roe")."""
    if "@" not in text[:MAX_NAME]:
        return text
    return _ADDRESS.sub(" ", text[:MAX_NAME]).strip(" ()<>\t\n\"'")


# ---- links -----------------------------------------------------------------------------------------------------------

_HTML = ("text/html", "application/xhtml+xml", "html", "xhtml", "")
_BROKEN_AMPERSAND = re.compile(r"&([A-Za-z0-9_]+);")


def _link(raw: RawEntry, guid: str, base: str) -> str:
    """The entry's own page: what a forwarding link stands for, the first alternate page, else a guid that is one."""
    if raw.original.startswith(("http://", "https://")):
        return _absolute(raw.original, base)
    page = other = ""
    for rel, kind, href in raw.links:
        if rel == "alternate" and href:
            if kind in _HTML:
                page = href
                break
            other = other or href
    chosen = page or other
    if not chosen and raw.permalink and guid.startswith(("http://", "https://")):
        chosen = guid
    elif forwards(chosen):
        chosen = behind(chosen, guid, raw.summary) or chosen
    return _absolute(chosen, base)


def _absolute(href: str, base: str) -> str:
    """`href` as an address: joined to the document's own, blanks escaped; "" for what no address can be."""
    href = _unslashed(_plain(href))
    if not href or len(href) > MAX_LINK:
        return ""
    if not href.isprintable() or " " in href:
        href = "%20".join("".join(c for c in href if c.isprintable()).split(" "))
    if "&" in href:
        href = _BROKEN_AMPERSAND.sub(r"&\1", href.replace("&amp;", "&"))
    if href.startswith(("http://", "https://")):
        return href
    return join(base, href)


_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+\-.]*://)/+")


def _unslashed(address: str) -> str:
    """Slashes too many after the scheme off, as feedparser does."""
    return _SLASHES.sub(r"\1", address) if ":///" in address else address


def join(base: str, href: str) -> str:
    """`href` resolved against `base`, "" when they make no address."""
    try:
        return urljoin(base, href)
    except ValueError:
        return ""
