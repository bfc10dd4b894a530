"""Rows of the table `articles` from articles and their entries, and back, small: most of the file is made of them."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from monitor.core.records import Article, Entry
from monitor.store.codec import moment, stamp, storable

COLUMNS = (
    "id",
    "feed",
    "guid",
    "url",
    "title",
    "summary",
    "content",
    "text",
    "author",
    "source",
    "language",
    "published",
    "dated",
    "seen",
    "received",
    "hash",
)
# What an edit changes; the rest of a revision is as in its article.
WORDS = ("hash", "title", "summary", "content", "published", "seen")

_LONG = 500  # characters; of shorter texts zlib saves little
# What an entry and its article have in common, and what only an entry has.
_shared = attrgetter("feed", "guid", "url", "title", "summary", "content", "author", "source")
_only_entrys = attrgetter("language", "updated", "shared_link")
_ID_LENGTH = 24  # hexadecimal digits


def small(id: str) -> bytearray | str:
    """An id of core.clean as 12 bytes; any other text as it is. sqlite3 binds a bytearray sooner than bytes."""
    if len(id) != _ID_LENGTH:
        return id
    try:
        short = bytearray.fromhex(id)
    except ValueError:
        return id
    return short if short.hex() == id else id  # capitals and blanks would be lost


def whole(id: bytes | bytearray | str) -> str:
    """The id behind `small`."""
    return id if isinstance(id, str) else id.hex()


def packed(text: str) -> str | bytes:
    """A text for a column: compressed when it is long."""
    if len(text) <= _LONG and text.isascii():
        return text
    text = storable(text)
    return zlib.compress(text.encode()) if len(text) > _LONG else text


def unpacked(value: str | bytes) -> str:
    """The text behind `packed`."""
    return zlib.decompress(value).decode() if isinstance(value, bytes) else value


def row_of(entry: Entry, content_hash: str, article: Article) -> tuple[Any, ...]:
    """The values of COLUMNS, in order."""
    a = article
    received = _received(entry, article)
    return (
        small(a.id),
        storable(a.feed),
        None if a.guid == a.url else storable(a.guid),
        storable(a.url),
        storable(a.title),
        packed(a.summary),
        packed(a.content),
        None if a.text == _joined(a.title, a.summary, a.content) else packed(a.text),
        storable(a.author),
        storable(a.source),
        storable(a.language),
        None if a.published == a.seen else stamp(a.published),
        int(a.dated),
        stamp(a.seen),
        packed(json.dumps(received, ensure_ascii=False, separators=(",", ":"))) if received else None,
        small(content_hash),
    )


def article_of(row: Sequence[Any]) -> Article:
    """The article of a row of COLUMNS."""
    id_, feed, guid, url, title, summary, content, text, author, source, language, published, dated, seen, _, _ = row
    summary, content = unpacked(summary), unpacked(content)
    return Article(
        id=whole(id_),
        feed=feed,
        guid=url if guid is None else guid,
        url=url,
        title=title,
        summary=summary,
        content=content,
        text=_joined(title, summary, content) if text is None else unpacked(text),
        author=author,
        source=source,
        language=language,
        published=moment(seen if published is None else published),
        dated=bool(dated),
        seen=moment(seen),
    )


def entry_of(row: Sequence[Any]) -> Entry:
    """The entry as received, of a row of COLUMNS."""
    received = row[COLUMNS.index("received")]
    told = _expected(article_of(row)) | (json.loads(unpacked(received)) if received else {})
    for name in ("published", "updated"):
        if isinstance(told[name], int):
            told[name] = moment(told[name])
    return Entry(**told)


def words_of(article: Article) -> tuple[Any, ...]:
    """The values of WORDS without the hash, in order."""
    a = article
    return storable(a.title), packed(a.summary), packed(a.content), stamp(a.published), stamp(a.seen)


def with_words(article: Article, words: Sequence[Any]) -> Article:
    """The article as it was when it said this (values of WORDS without the hash)."""
    title, summary, content = words[0], unpacked(words[1]), unpacked(words[2])
    return replace(
        article,
        title=title,
        summary=summary,
        content=content,
        text=_joined(title, summary, content),
        published=moment(words[3]),
        seen=moment(words[4]),
    )


def _joined(title: str, summary: str, content: str) -> str:
    return "\n".join(filter(None, (title, summary, content)))


def _expected(article: Article) -> dict[str, Any]:
    """An entry as it mostly is when its article is this: only what differs is kept beside it."""
    told: dict[str, Any] = {field.name: getattr(article, field.name, None) for field in fields(Entry)}
    only_entrys = {"language": "", "shared_link": False, "published": article.published if article.dated else None}
    return told | only_entrys


def _received(entry: Entry, article: Article) -> dict[str, Any]:
    """The fields in which an entry as received is not as expected."""
    published = article.published if article.dated else None
    if _shared(entry) == _shared(article) and _only_entrys(entry) == ("", None, False) and entry.published == published:
        return {}
    return {
        name: stamp(told) if isinstance(told := getattr(entry, name), datetime) else told
        for name, expected in _expected(article).items()
        if getattr(entry, name) != expected
    }
