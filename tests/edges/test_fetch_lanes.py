"""Who waits for whom: the line in front of a host, what takes long in it, and the few large bodies at once."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from datetime import timedelta

from aiohttp import AddrInfoType, web

from monitor.core.records import Feed
from monitor.fetch import Fetcher, Limits
from monitor.ports import Fetched, FetchFailed, Unchanged
from tests.edges.web import NOTHING, RSS, Handler, answering, fetching, run, site

HOUR = timedelta(hours=1)


def asked(fetcher: Fetcher, url: str) -> asyncio.Task[Fetched | Unchanged | FetchFailed]:
    """A private feed that is being fetched."""
    return asyncio.create_task(fetcher.fetch(Feed("it", url, private=True), url, NOTHING))


def slowly(seconds: float, inside: Counter[str]) -> Handler:
    """Answers after a while, and counts how many wait for it at once."""

    async def answer(_: web.Request) -> web.Response:
        inside["now"] += 1
        inside["most"] = max(inside["most"], inside["now"])
        await asyncio.sleep(seconds)
        inside["now"] -= 1
        return web.Response(body=RSS)

    return answer


# ---- the line of a host -------------------------------------------------------------------------------------------


def test_a_feed_that_hangs_does_not_use_up_the_patience_of_a_host_that_is_quick() -> None:
    async def work() -> None:
        limits = Limits(per_host=1, patience=HOUR, timeout=HOUR)
        async with site({"/hang": slowly(3600, Counter()), "/": answering()}) as base, fetching(limits) as fetcher:
            hanging = asked(fetcher, f"{base}/hang")
            for _ in range(9):
                assert isinstance(await asked(fetcher, f"{base}/"), Fetched)
            assert not hanging.done()
            hanging.cancel()

    run(work())


def test_a_host_that_takes_its_time_is_asked_by_no_more_at_once() -> None:
    async def work() -> None:
        inside: Counter[str] = Counter()
        async with site({"/": slowly(0.2, inside)}) as base, fetching(Limits(per_host=2)) as fetcher:
            assert all(
                isinstance(end, Fetched) for end in await asyncio.gather(*(asked(fetcher, base) for _ in range(8)))
            )
        assert inside["most"] == 2

    run(work())


def test_when_one_of_many_that_hang_ends_another_lets_the_next_one_in() -> None:
    async def work() -> None:
        first, inside = asyncio.Event(), Counter[str]()

        async def hang(_: web.Request) -> web.Response:
            await first.wait()
            return web.Response(body=RSS)

        limits = Limits(per_host=1, patience=timedelta(seconds=0.02), timeout=HOUR)
        handlers = {"/first": hang, "/hang": slowly(3600, inside), "/": answering()}
        async with site(handlers) as base, fetching(limits) as fetcher:
            one = asked(fetcher, f"{base}/first")
            others = [asked(fetcher, f"{base}/hang") for _ in range(4)]
            quick = asked(fetcher, f"{base}/")
            while inside["now"] < 4:
                await asyncio.sleep(0.01)
            first.set()
            assert isinstance(await one, Fetched)
            assert isinstance(await quick, Fetched)
            for other in others:
                other.cancel()

    run(work())


def test_a_body_that_is_read_slowly_holds_up_no_other_feed_of_its_host() -> None:
    long = RSS + b" " * 2_000_000

    async def work() -> None:
        limits = Limits(per_host=1, patience=HOUR)
        async with site({"/long": answering(long), "/": answering()}) as base, fetching(limits) as fetcher:
            pouring = [asked(fetcher, f"{base}/long") for _ in range(3)]
            for _ in range(9):
                assert isinstance(await asked(fetcher, f"{base}/"), Fetched)
            assert not any(one.done() for one in pouring)
            for one in pouring:
                one.cancel()

    run(work())


# ---- what a server that pours may have under way ------------------------------------------------------------------


def test_few_large_bodies_are_read_at_once_and_waiting_for_them_is_no_part_of_the_time() -> None:
    inside: Counter[str] = Counter()

    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        assert request.transport is not None
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32_768)
        await response.write(RSS)
        for hundred in range(40):
            await response.write(b" " * 100_000)
            if hundred == 25:  # a million taken, and what stands in the buffers
                inside["now"] += 1
                inside["most"] = max(inside["most"], inside["now"])
        inside["now"] -= 1
        await response.write_eof()
        return response

    async def work() -> None:
        # Each takes half of the time that it has, and there are three times as many as may be read at once.
        limits = Limits(per_host=20, timeout=timedelta(seconds=3), max_body=4_500_000)
        async with site({"/": pour}) as base, fetching(limits) as fetcher:
            ends = await asyncio.gather(*(asked(fetcher, f"{base}/") for _ in range(16)))
        assert [len(end.body) for end in ends if isinstance(end, Fetched)] == [len(RSS) + 4_000_000] * 16
        assert inside["most"] <= 6

    run(work())


def test_the_system_takes_in_little_ahead_of_us() -> None:
    made: list[socket.socket] = []

    def opened(info: AddrInfoType) -> socket.socket:
        made.append(socket.socket(*info[:3]))
        return made[-1]

    async def work() -> int:
        async with site({"/": answering()}) as base, fetching(open_socket=opened) as fetcher:
            assert isinstance(await asked(fetcher, f"{base}/"), Fetched)
            return made[0].getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    assert run(work()) <= 2 * 131_072
