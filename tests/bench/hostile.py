"""All hostile feeds of the farm among 200 good ones: how much later is each good one done than without them?

    python tests/bench/hostile.py [--good 200] [--rounds 15] [--hosts own|one|same] [--seed 1] [--whole]

Each round polls everything anew with the shipped settings, as if nobody knew yet who is bad: once the good feeds alone
and once with the bad ones mixed among them. A feed is done when its state is committed; its usual time is the median of
its times alone, its time among bad ones the median of those. Every hostile feed has a host of its own, or all share
`one`, or they have the `same` as the good ones. But for `same` they are served by a process apart, which gives way to
all others: what making bombs and drips costs is no concern of ours. With `same` it is, and more: the farm makes of its
endless feed at a stretch what the system's buffers take, and answers nobody meanwhile; for how long, is told first.

`--whole` polls all once to the end (half a minute) and tells what became of each hostile feed, and how much memory it
took beyond what the good ones alone take.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from monitor import knowledge
from monitor.cli import collect_rarely
from monitor.core.feeds.polls import FeedState
from monitor.core.records import Feed
from monitor.settings import Settings
from monitor.store import SqliteStore
from monitor.wiring import load_settings
from monitor.wiring.serving import engine as make_engine
from tests.bench.poll import FARM, descendants, farm, loop_factory, peak

GOAL = 1.5  # times its usual time


class TimedStore(SqliteStore):
    """The store, which also notes when each feed's state was written last."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.written: dict[str, float] = {}

    def save_feeds(self, states: Iterable[FeedState]) -> None:
        """Write them, and note when."""
        told = list(states)
        super().save_feeds(told)
        self.written.update(dict.fromkeys((state.name for state in told), time.perf_counter()))


@dataclass
class Times:
    """Of some polls: seconds until each good feed was done, until the last one was, and seconds of CPU meanwhile."""

    each: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    last: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, done: dict[str, float], cpu: float) -> None:
        """One poll more."""
        for name, seconds in done.items():
            self.each[name].append(seconds)
        self.last.append(max(done.values()))
        self.cpu.append(cpu)


async def polled(given: Settings, good: list[Feed], bad: list[Feed], times: Times) -> None:
    """Make a first poll, until all good feeds are done."""
    with tempfile.TemporaryDirectory() as folder:
        store = TimedStore(Path(folder) / "bench.sqlite3")
        engine = make_engine(replace(given, feeds=(*bad, *good)), store)
        await engine.start()
        names = {feed.name for feed in good}
        store.written.clear()
        began, cpu = time.perf_counter(), time.process_time()
        round_ = asyncio.create_task(engine.round(everything=True))
        while not names <= store.written.keys():
            await asyncio.sleep(0.02)
        times.add({name: store.written[name] - began for name in names}, time.process_time() - cpu)
        round_.cancel()
        await asyncio.wait([round_])
        await engine.stop()
        store.close()


async def compared(given: Settings, good: list[Feed], bad: list[Feed], rounds: int) -> None:
    """Poll the good ones alone and among the bad ones in turn, and print how they compare."""
    alone, among = Times(), Times()
    for warm in (Times(), Times()):  # who serves and who asks has everything made and loaded
        await polled(given, good, bad, warm)
    for number in range(rounds):
        both: list[tuple[Times, list[Feed]]] = [(alone, []), (among, bad)]
        for times, others in both if number % 2 else reversed(both):
            await polled(given, good, others, times)
        print(f"the last good one after {alone.last[-1]:.2f} s, among bad ones {among.last[-1]:.2f} s", flush=True)
    median = statistics.median
    ratios = sorted(median(among.each[feed.name]) / median(alone.each[feed.name]) for feed in good)
    rounds_over = sum(one > GOAL * median(alone.last) for one in among.last)
    print(
        f"medians of {rounds} rounds: the last good one after {median(alone.last):.2f} s alone, {median(among.last):.2f} s "
        f"among {len(bad)} bad ones, {median(among.last) / median(alone.last):.2f} times its usual time; "
        f"CPU {median(alone.cpu):.2f} s and {median(among.cpu):.2f} s\n"
        f"each good feed, times its usual time: median {median(ratios):.2f}, worst {ratios[-1]:.2f}, "
        f"over {GOAL}: {sum(ratio > GOAL for ratio in ratios)} of {len(ratios)}\n"
        f"the last one of the slowest round: alone {max(alone.last) / median(alone.last):.2f} times what is usual, "
        f"among bad ones {max(among.last) / median(alone.last):.2f}; rounds over {GOAL}: {rounds_over} of {rounds}"
    )


async def to_the_end(given: Settings, good: list[Feed], bad: list[Feed], farms: list[int]) -> None:
    """Poll everything once until each has its outcome, and print those of the bad ones and the growth of memory."""
    await polled(given, good, [], Times())
    before = most = peak(*farms)
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "bench.sqlite3")
        engine = make_engine(replace(given, feeds=(*bad, *good)), store)
        await engine.start()
        round_ = asyncio.create_task(engine.round(everything=True))
        while not round_.done():
            await asyncio.wait([round_], timeout=0.05)
            most = max(most, peak(*farms))
        for feed in sorted(bad, key=lambda feed: feed.url.rpartition("/")[2]):
            state = store.feed_state(feed.name)
            assert state is not None
            print(f"{feed.name.split()[-1]}: {f'{state.fault}: {state.detail}' if state.fault else 'taken in'}")
        await engine.stop()
        store.close()
    print(f"peak memory, parsers included: {before:.0f} MB, among bad ones {most - before:.0f} MB more")


def private(addresses: Iterable[str], dice: random.Random) -> list[Feed]:
    """Feeds that may stand on this machine, with names that mix them: of what nothing is known is polled by name."""
    return [Feed(f"{dice.random():.9f} {url.rpartition('/')[2]}", url, private=True) for url in addresses]


def stall(base: str) -> float:
    """Seconds in which the farm answers nobody after somebody asked for its endless feed and reads 300 kB of it."""
    with socket.socket() as asking:
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 << 10)
        asking.connect(("127.0.0.1", int(base.rpartition(":")[2])))
        asking.sendall(b"GET /bad/endless HTTP/1.1\r\nHost: farm\r\n\r\n")
        began, got = time.perf_counter(), 0
        while got < 300_000:
            got += len(asking.recv(300_000))
        urllib.request.urlopen(f"{base}/feed/0.xml").read()
        return time.perf_counter() - began


def serve(ports: int) -> None:
    """Be a farm that listens on so many ports, whose numbers go to standard output, until killed."""
    from aiohttp import web

    sys.path.insert(0, str(FARM.parent))
    import farm as module  # type: ignore[import-not-found]

    async def listen() -> None:
        runner = web.AppRunner(module.make_app(), access_log=None)
        await runner.setup()
        for _ in range(ports):
            await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(json.dumps([address[1] for address in runner.addresses]), flush=True)
        await asyncio.Event().wait()

    os.nice(19)
    asyncio.run(listen())


@contextmanager
def hostile(hosts: str, good: str) -> Iterator[list[str]]:
    """The address of each hostile feed, while they are served; `good` is the farm of the good ones."""
    names: list[str] = json.loads(urllib.request.urlopen(f"{good}/bad/").read())
    if hosts == "same":
        yield [f"{good}/bad/{name}" for name in names]
        return
    process = subprocess.Popen(
        [sys.executable, __file__, "--serve", str(len(names))], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        ports = json.loads(process.stdout.readline())
        chosen = ports if hosts == "own" else ports[:1] * len(names)
        yield [f"http://127.0.0.1:{port}/bad/{name}" for name, port in zip(names, chosen, strict=True)]
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Start the farms and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--good", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--hosts", choices=("own", "one", "same"), default="own")
    parser.add_argument("--seed", type=int, default=1, help="of the order in which they are polled")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if not FARM.exists():
        sys.exit(f"{FARM} is absent: only the maintainers have the farm")
    if told.serve:
        serve(told.serve)
    logging.disable()  # what is wrong with the bad ones
    collect_rarely()  # as the daemon does
    given = load_settings(knowledge.config_dir())
    with farm(told.good, 30) as base, hostile(told.hosts, base) as addresses:
        dice = random.Random(told.seed)
        good = private((f"{base}/feed/{n}.xml" for n in range(told.good)), dice)
        bad = private(addresses, dice)
        bomb = next(url for url in addresses if url.endswith("/gzip-bomb"))
        urllib.request.urlopen(bomb).read()  # it is made once, which takes seconds
        if told.hosts == "same":
            stalls = [stall(base) for _ in range(5)]
            print(f"asked for its endless feed, the farm answers nobody for {statistics.median(stalls):.2f} s")
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            if told.whole:
                runner.run(to_the_end(given, good, bad, descendants()))
            else:
                runner.run(compared(given, good, bad, told.rounds))


if __name__ == "__main__":
    main()
