"""All hostile feeds of the farm among 200 good ones: how much later is each good one done than without them?

    python tests/bench/hostile.py [--good 200] [--rounds 5] [--one-farm]

Each round polls everything anew with the shipped settings, once the good feeds alone and once all. The hostile feeds
come from a farm in a process of its own, so that its making of bombs and drips is not counted; with `--one-farm` they
come from the same host and port as the good ones. A feed is done when its state is committed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from monitor import knowledge
from monitor.core.feeds.polls import FeedState
from monitor.core.records import Feed
from monitor.settings import Settings
from monitor.store import SqliteStore
from monitor.wiring import load_settings
from monitor.wiring.serving import engine as make_engine
from tests.bench.poll import FARM, descendants, farm, loop_factory, peak


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


async def polled(given: Settings, good: list[Feed], bad: list[Feed]) -> dict[str, float]:
    """Seconds from the start of a first poll until each good feed was done; stops when all are."""
    with tempfile.TemporaryDirectory() as folder:
        store = TimedStore(Path(folder) / "bench.sqlite3")
        engine = make_engine(replace(given, feeds=(*bad, *good)), store)
        await engine.start()
        names = {feed.name for feed in good}
        store.written.clear()
        began = time.perf_counter()
        round_ = asyncio.create_task(engine.round(everything=True))
        while not names <= store.written.keys():
            await asyncio.sleep(0.02)
        if bad:
            await asyncio.sleep(0.2)  # what the bad ones cost after that is their own affair
        round_.cancel()
        await asyncio.wait([round_])
        await engine.stop()
        store.close()
        return {name: store.written[name] - began for name in names}


async def compared(good_base: str, bad_base: str, count: int, rounds: int, farms: list[int]) -> None:
    """Print the times of the good feeds alone, among the bad ones, and the ratio; `farms` are processes apart."""
    given = load_settings(knowledge.config_dir())
    names = json.loads(urllib.request.urlopen(f"{bad_base}/bad/").read())
    good = [Feed(f"good {n}", f"{good_base}/feed/{n}.xml", private=True) for n in range(count)]
    bad = [Feed(name, f"{bad_base}/bad/{name}", private=True) for name in names]
    alone, among = [], []
    for _ in range(rounds):
        alone.append(await polled(given, good, []))
        before = peak(*farms)
        among.append(await polled(given, good, bad))
        ratios = sorted(among[-1][name] / alone[-1][name] for name in among[-1])
        print(
            f"alone {max(alone[-1].values()):.2f} s, among {len(bad)} bad ones {max(among[-1].values()):.2f} s: "
            f"ratio of the median feed {statistics.median(ratios):.2f}, of the worst {ratios[-1]:.2f}, "
            f"of the last {max(among[-1].values()) / max(alone[-1].values()):.2f}; peak grew by {peak(*farms) - before:.0f} MB"
        )
    ratio = statistics.median(max(one.values()) for one in among) / statistics.median(
        max(one.values()) for one in alone
    )
    print(f"the last good feed, medians of {rounds} rounds: {ratio:.2f} times its usual time")


def main() -> None:
    """Start the farms and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--good", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one-farm", action="store_true")
    told = parser.parse_args()
    if not FARM.exists():
        sys.exit(f"{FARM} is absent: only the maintainers have the farm")
    logging.disable()  # what is wrong with the bad ones
    with farm(told.good, 30) as good, farm(1, 30) as bad, asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(compared(good, good if told.one_farm else bad, told.good, told.rounds, descendants()))


if __name__ == "__main__":
    main()
