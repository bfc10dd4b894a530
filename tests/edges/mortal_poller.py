"""A process that polls one feed twice, its document growing in between, and ends at a named step as kill -9 would.

`python -m tests.edges.mortal_poller FOLDER URL STEP` dies the second time that it comes to the step.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from monitor.core.alerts.alerting import Teller
from monitor.core.feeds.timing import Pace
from monitor.core.incidents.merge import Merger
from monitor.core.records import Feed, Route, Watch
from monitor.fetch import Fetcher
from monitor.parse import FeedParser
from monitor.pipeline import Pipeline
from monitor.polling import Poller
from tests.build import HOUR, NOW, Hands
from tests.edges.mortal import DATABASE, Death, Here, MortalStore, nowhere
from tests.edges.reader import NOTHING_KNOWN, Reader


async def live(folder: Path, url: str, here: Here = nowhere) -> None:
    """Poll the feed two times, as two rounds of a daemon would."""
    store, clock = MortalStore(folder / DATABASE), Hands(NOW)
    store.here = here
    merger = Merger(NOTHING_KNOWN, Watch())
    pipeline = Pipeline(store, Reader(), merger, Teller(Watch(), (Route(("desk",)),), merger.atlas))
    fetcher, parser = Fetcher(clock), FeedParser()
    poller = Poller(store, fetcher, parser, pipeline, clock, Pace(timedelta(minutes=1), timedelta(minutes=15)))
    await poller.follow([Feed("daily", url, private=True)])
    for _ in range(2):
        clock.time += HOUR
        await poller.round(clock.time, everything=True)
        here("committed")
    await asyncio.gather(fetcher.close(), parser.close(), poller.close())
    store.close()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2], Death(sys.argv[3])))
