"""Who waits for whom: so many requests at once in all, and so many to one host."""

from __future__ import annotations

import asyncio

_MOST_SLOW = 4  # requests to a host that are not counted because they take long


class Place:
    """One request's place in the line of its host, as an asynchronous context: inside the block it is held."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._patience: asyncio.TimerHandle | None = None
        self._lent = False

    @property
    def others_wait(self) -> bool:
        """Whether somebody stands in line for this host, who could use a connection that is open."""
        return self._lane.crowded

    async def __aenter__(self) -> Place:
        lane = self._lane
        lane.users += 1
        try:
            await lane.gate.acquire()
            try:
                await lane.lanes.total.acquire()
            except BaseException:
                lane.gate.release()
                raise
        except BaseException:
            lane.leave()
            raise
        self._patience = asyncio.get_running_loop().call_later(lane.lanes.patience, self._lend)
        return self

    async def __aexit__(self, *_: object) -> None:
        lane = self._lane
        if self._patience is not None:
            self._patience.cancel()
        lane.lanes.total.release()
        if self._lent:
            lane.lent -= 1
        else:
            lane.gate.release()
        lane.leave()

    def _lend(self) -> None:
        """Let another one in, if not too many did so already."""
        if self._lane.lent < _MOST_SLOW:
            self._lane.lent += 1
            self._lent = True
            self._lane.gate.release()


class Lane:
    """The line in front of one host."""

    def __init__(self, lanes: Lanes, host: str, width: int) -> None:
        self.lanes = lanes
        self.gate = asyncio.Semaphore(width)
        self.users = 0  # those inside and those who wait
        self.lent = 0  # of those inside, how many let another one in
        self._host = host
        self._width = width

    @property
    def crowded(self) -> bool:
        """Whether somebody waits."""
        return self.users > self._width + self.lent

    def leave(self) -> None:
        """One has gone."""
        self.users -= 1
        if not self.users:
            self.lanes.forget(self._host)


class Lanes:
    """Gates for requests. The host's comes first, so that those who wait for a slow host hold no place in all.

    Who is inside for longer than `patience` seconds lets the next one of its host in beside it: a feed that hangs does
    not hold up the others of its host until it times out.
    """

    def __init__(self, total: int, per_host: int, patience: float) -> None:
        self.total = asyncio.Semaphore(total)
        self.patience = patience
        self._per_host = per_host
        self._lanes: dict[str, Lane] = {}

    def of(self, host: str) -> Place:
        """A place in the line of a host, to be entered at once."""
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = Lane(self, host, self._per_host)
        return Place(lane)

    def forget(self, host: str) -> None:
        """Drop a line in which nobody stands."""
        del self._lanes[host]
