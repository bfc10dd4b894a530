"""Reads a body off the wire: a short one at any speed, a long one slower, and few large ones at once."""

from __future__ import annotations

import asyncio

import aiohttp

from monitor.fetch.body import Body
from monitor.fetch.lanes import Place

# A body is read at any speed up to here; few feeds are longer on the wire. A longer one waits for a moment, in which
# what is short is done, and is then read only as fast as to have the largest one in half of the whole time: a server
# that pours takes the loop's time from all others (a second for 15 MB in small pieces).
_FREELY = 300_000  # bytes on the wire
_MOMENT = 1.0  # seconds, or a tenth of the whole time where that is less
_LARGE = 1_000_000  # bytes decompressed; what is larger stands in line
_LARGE_AT_ONCE = 6  # they hold 90 MB at most
_STEP = 4_096  # compressed bytes taken at a time; they decompress to 4 MB at most
_TURN = 250_000  # decompressed bytes after which others have their turn on the loop


class Intake:
    """Reads bodies of at most `largest` bytes, each within `seconds`; one for all requests."""

    def __init__(self, largest: int, seconds: float) -> None:
        self._moment = min(_MOMENT, seconds / 10)
        self._pace = 2 * largest / seconds
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)

    async def read(self, response: aiohttp.ClientResponse, body: Body, place: Place, limit: asyncio.Timeout) -> bytes:
        """The whole body. Raises BodyError. `limit` does not run while other large bodies come first."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        large = False
        try:
            async for part in response.content.iter_any():
                await _feed(body, part)
                if body.size > _LARGE and not large:
                    place.takes_long()
                    began += await self._line_up(limit)
                    large = True
                if body.received > _FREELY and not response.content.at_eof():
                    place.takes_long()
                    due = self._moment + (body.received - _FREELY) / self._pace
                    await asyncio.sleep(max(began + due - loop.time(), 0))
            return body.finish()
        finally:
            if large:
                self._large.release()

    async def _line_up(self, limit: asyncio.Timeout) -> float:
        """Wait for a place among large bodies; the seconds that it took."""
        loop = asyncio.get_running_loop()
        came, ends = loop.time(), limit.when()
        limit.reschedule(None)
        await self._large.acquire()
        waited = loop.time() - came
        limit.reschedule(None if ends is None else ends + waited)
        return waited


async def _feed(body: Body, part: bytes) -> None:
    """Give the body what came; in steps where it decompresses to much, and others have their turn between them."""
    step = _STEP if body.compressed else len(part)
    told = body.size
    for at in range(0, len(part), step):
        body.feed(part[at : at + step])
        if body.size - told > _TURN:
            told = body.size
            await asyncio.sleep(0)
