"""Who waits for whom: so many requests at once in all, and so many to one host."""

from __future__ import annotations

import asyncio


class Lane:
    """The line in front of one host, as an asynchronous context: inside the block a place is held."""

    def __init__(self, lanes: Lanes, host: str, width: int) -> None:
        self._lanes = lanes
        self._host = host
        self._width = width
        self._gate = asyncio.Semaphore(width)
        self._users = 0  # those inside and those who wait

    @property
    def others_wait(self) -> bool:
        """Whether somebody stands in line for this host, who could use a connection that is open."""
        return self._users > self._width

    async def __aenter__(self) -> Lane:
        self._users += 1
        try:
            await self._gate.acquire()
            try:
                await self._lanes.total.acquire()
            except BaseException:
                self._gate.release()
                raise
        except BaseException:
            self._leave()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._lanes.total.release()
        self._gate.release()
        self._leave()

    def _leave(self) -> None:
        self._users -= 1
        if not self._users:
            self._lanes.forget(self._host)


class Lanes:
    """Gates for requests. The host's comes first, so that those who wait for a slow host hold no place in all."""

    def __init__(self, total: int, per_host: int) -> None:
        self.total = asyncio.Semaphore(total)
        self._per_host = per_host
        self._lanes: dict[str, Lane] = {}

    def of(self, host: str) -> Lane:
        """The line in front of a host, to be entered at once."""
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = Lane(self, host, self._per_host)
        return lane

    def forget(self, host: str) -> None:
        """Drop a line in which nobody stands."""
        del self._lanes[host]
