"""The doors to the clock and to the feeds of the world."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from monitor.core.feeds.polls import Fetched, FetchFailed, Parsed, ParseFailed, Unchanged, Validators
from monitor.core.records import Feed


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...


class Fetcher(Protocol):
    """Gets feeds over HTTP. Never raises for what a server does."""

    async def fetch(self, feed: Feed, url: str, validators: Validators) -> Fetched | Unchanged | FetchFailed:
        """Get `url` for `feed`, conditionally when `validators` are of that address."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class Parser(Protocol):
    """Makes entries of bytes. Never raises for what a document holds; runs where it can be killed."""

    async def parse(self, feed: Feed, fetched: Fetched) -> Parsed | ParseFailed:
        """Parse a fetched body as RSS, Atom, JSON Feed or a news sitemap."""
        ...

    async def close(self) -> None:
        """Stop every worker."""
        ...
