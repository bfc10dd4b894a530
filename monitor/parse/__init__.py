"""Bytes -> Entry records: RSS, Atom, JSON Feed and news sitemaps, read where a document cannot hold up the loop.

Two readers give the same records: `fast` (expat, ordinary documents) and `careful` (feedparser, whatever is odd). An
ordinary document is read at once in the caller's thread, because its cost is bounded and smaller than a change of
threads; everything else goes to a process that is killed when it takes too long.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from monitor.core.records import Feed
from monitor.parse.raw import Origin
from monitor.parse.read import read_ordinary
from monitor.parse.workers import Workers
from monitor.ports import Fetched, Parsed, ParseFailed

__all__ = ["FeedParser"]


class FeedParser:
    """The Parser of ports. Processes are started when the first document needs one."""

    def __init__(
        self, *, max_entries: int = 2_000, timeout: float = 20.0, memory: int = 1 << 30, workers: int = 2
    ) -> None:
        """Keep at most `max_entries` of a document; give one document `timeout` seconds and `memory` bytes."""
        self._max_entries = max_entries
        self._workers = Workers(timeout, memory)
        self._threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="parse")

    async def parse(self, feed: Feed, fetched: Fetched) -> Parsed | ParseFailed:
        """Parse a fetched body as RSS, Atom, JSON Feed or a news sitemap."""
        origin = Origin(feed.name, fetched.validators.url or feed.url, feed.country, feed.language, feed.encoding)
        answer = read_ordinary(fetched.body, fetched.content_type, origin, self._max_entries)
        if answer is not None:
            return answer
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._workers.ask, fetched.body, fetched.content_type, origin, self._max_entries
        )

    async def close(self) -> None:
        """Stop every worker; documents under way fail."""
        self._workers.close()
        await asyncio.to_thread(self._threads.shutdown)
