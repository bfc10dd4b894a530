"""Who waits for whom: so many requests at once in all, and so many to one host."""

from __future__ import annotations

import asyncio

# Requests to a host that are not counted because they wait for it, and those that are read slowly on purpose.
_MOST_WAITING = 4
_MOST_LONG = 4

# How long a request may take, as a multiple of what its host takes for others, before it lets another one in: a feed
# that hangs beside two hundred that answer in 5 ms holds them up for a tenth of a second, and a host that takes its
# time for every answer is still asked by no more than it should be.
_MULTIPLE = 4.0
_LEAST = 0.1  # seconds; of what takes less, most is our own doing
_FIRST = 0.25  # seconds that an answer of a host is thought to take before there is one
_WEIGHT = 1 / 8  # of the last answer in what a host usually takes, as in TCP's estimate of its round trip (RFC 6298)


class Loan:
    """Those inside who let another one in beside them: `most` of them at once."""

    def __init__(self, gate: asyncio.Semaphore, most: int) -> None:
        self._gate = gate
        self._most = most
        self._willing = 0

    @property
    def granted(self) -> int:
        """How many more may be inside because of it."""
        return min(self._willing, self._most)

    def give(self) -> None:
        """One more is willing."""
        self._willing += 1
        if self._willing <= self._most:
            self._gate.release()

    def end(self) -> None:
        """One that was willing has gone: its place goes to the next only if another one's wish was not granted yet."""
        if self._willing > self._most:
            self._gate.release()
        self._willing -= 1


class Place:
    """One request's place in the line of its host, as an asynchronous context: inside the block it is held."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._patience: asyncio.TimerHandle | None = None
        self._began = 0.0
        self._loan: Loan | None = None

    @property
    def others_wait(self) -> bool:
        """Whether somebody stands in line for this host, who could use a connection that is open."""
        return self._lane.crowded

    def takes_long(self) -> None:
        """What comes is read slowly, by our own will: another one may begin."""
        self._lend(self._lane.long)

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
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        self._patience = loop.call_later(lane.patience, self._lend, lane.waiting)
        return self

    async def __aexit__(self, *_: object) -> None:
        lane = self._lane
        if self._patience is not None:
            self._patience.cancel()
        lane.took(asyncio.get_running_loop().time() - self._began)
        lane.lanes.total.release()
        if self._loan is not None:
            self._loan.end()
        else:
            lane.gate.release()
        lane.leave()

    def _lend(self, loan: Loan) -> None:
        if self._loan is None:
            self._loan = loan
            loan.give()


class Lane:
    """The line in front of one host."""

    def __init__(self, lanes: Lanes, host: str, width: int) -> None:
        self.lanes = lanes
        self.gate = asyncio.Semaphore(width)
        self.waiting = Loan(self.gate, _MOST_WAITING)
        self.long = Loan(self.gate, _MOST_LONG)
        self.users = 0  # those inside and those who wait
        self._host = host
        self._width = width
        self._usual = _FIRST

    @property
    def crowded(self) -> bool:
        """Whether somebody waits."""
        return self.users > self._width + self.waiting.granted + self.long.granted

    @property
    def patience(self) -> float:
        """Seconds after which who is inside lets another one in."""
        return min(max(_MULTIPLE * self._usual, _LEAST), self.lanes.patience)

    def took(self, seconds: float) -> None:
        """A request of this host has ended after so long."""
        self._usual += _WEIGHT * (min(seconds, self.lanes.patience) - self._usual)

    def leave(self) -> None:
        """One has gone."""
        self.users -= 1
        if not self.users:
            self.lanes.forget(self._host)


class Lanes:
    """Gates for requests. The host's comes first, so that those who wait for a slow host hold no place in all.

    Who is inside for much longer than others of its host, or for longer than `patience` seconds, lets the next one in
    beside it: a feed that hangs does not hold up the others of its host until it times out.
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
