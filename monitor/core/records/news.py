"""Feeds and what they bring: entries as received, articles as read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed as its site configured it. `interval` None: the poller decides between the site's floor and ceiling.

    `headers` are sent to the feed's own host only, and hold what a secret gave (basic auth, cookies), so they are never
    printed; `private` allows an address that is not public.
    """

    name: str
    url: str
    language: str = "en"
    country: str = ""
    kind: str = "newspaper"
    trust: str = "medium"
    party: str = ""
    group: str = ""
    interval: timedelta | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    encoding: str = ""
    proxy: str = ""
    user_agent: str = ""
    http_version: str = "1.1"  # or "1.0"
    private: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a feed gave it: text not cleaned, nothing trusted. `published` None: undated.

    `shared_link`: other entries of its document lead to the same page, so that the link does not tell them apart.
    """

    feed: str
    guid: str
    url: str
    title: str
    summary: str = ""
    content: str = ""
    author: str = ""
    source: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    shared_link: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """An entry made readable: tags off, spaces single, link canonical, dates settled.

    `text` is title, summary and content joined by newlines; every span of a `Because` counts characters in it.
    `published` is never later than `seen`, and equals it when the entry was undated (`dated` False).
    """

    id: str
    feed: str
    guid: str
    url: str
    title: str
    summary: str
    content: str
    text: str
    author: str
    source: str
    language: str
    published: datetime
    dated: bool
    seen: datetime

    def same_words(self, other: Article) -> bool:
        """Whether both say the same, so that one verdict holds for both; where a feed puts its words does not count."""
        return (self.title, self.text) == (other.title, other.text)
