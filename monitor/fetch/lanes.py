"""Who waits for whom: so many requests at once in all, and so many to one host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class _Lane:
    """The line in front of one host; `users` counts those inside and those who wait."""

    def __init__(self, width: int) -> None:
        self.gate = asyncio.Semaphore(width)
        self.users = 0


class Lanes:
    """Gates for requests. The host's comes first, so that those who wait for a slow host hold no place in all."""

    def __init__(self, total: int, per_host: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._per_host = per_host
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def enter(self, host: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it inside the block."""
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(self._per_host)
        lane.users += 1
        try:
            async with lane.gate, self._total:
                yield
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[host]

    def others_wait(self, host: str) -> bool:
        """Whether somebody stands in line for this host, who could use a connection that is open."""
        lane = self._lanes.get(host)
        return lane is not None and lane.users > self._per_host
