"""A process that polls three attacks and tells two channels, and ends at a named step as kill -9 would end it.

`python -m tests.edges.mortal FOLDER STEP` dies the second time that it comes to the step.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor.core.alerts.alerting import Teller
from monitor.core.incidents.merge import Merger
from monitor.core.records import Alert, Delivery, DeliveryState, Message, Route, Watch
from monitor.deliver import Deliverer
from monitor.pipeline import Document, Pipeline
from monitor.ports import FeedState, Newcomer, Sent
from monitor.store import SqliteStore
from tests.build import HOUR, NOW, Hands, entry, feed
from tests.edges.reader import NOTHING_KNOWN, Reader

KILLED = 9
DATABASE, SENT = "basewatch.db", "sent.jsonl"
POLLING = ("entry written", "alert written", "before commit", "committed")
DELIVERING = ("in claim", "claimed", "before send", "sent", "before settle", "settled")
NEWS = ("Rockets hit Ain al-Asad", "Rockets hit Erbil", "Ain al-Asad hit, two killed")

Here = Callable[[str], None]


def nowhere(step: str) -> None:
    """Never die."""


class Death:
    """Ends the process when it comes to a step for the second time, without any cleaning up."""

    def __init__(self, step: str) -> None:
        self._step, self._came = step, 0

    def __call__(self, step: str) -> None:
        """The process is at `step`."""
        self._came += step == self._step
        if self._came == 2:
            os._exit(KILLED)


class MortalStore(SqliteStore):
    """A store that tells where it is."""

    here: Here = staticmethod(nowhere)

    def save_new(self, newcomers: Sequence[Newcomer], version: str) -> None:
        super().save_new(newcomers, version)
        self.here("entry written")

    def save_alert(self, alert: Alert) -> None:
        super().save_alert(alert)
        self.here("alert written")

    def save_feeds(self, states: Iterable[FeedState]) -> None:
        super().save_feeds(states)
        self.here("before commit")

    def claim(self, now: datetime, lease: timedelta, limit: int, busy: Collection[str] = ()) -> list[Delivery]:
        with self.transaction():
            claimed = super().claim(now, lease, limit, busy)
            self.here("in claim")
        self.here("claimed")
        return claimed

    def settle(self, delivery: Delivery, state: DeliveryState, due: datetime | None, error: str, now: datetime) -> bool:
        self.here("before settle")
        settled = super().settle(delivery, state, due, error, now)
        self.here("settled")
        return settled


class FileChannel:
    """A channel that keeps what it gets in a file, one JSON line a message, before it answers."""

    def __init__(self, path: Path, here: Here) -> None:
        self._path, self._here = path, here

    def send(self, destination: str, message: Message) -> Sent:
        """Append the message; it is on the disk when this returns."""
        self._here("before send")
        with self._path.open("a") as file:
            file.write(json.dumps([destination, message.title]) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._here("sent")
        return Sent()


def _counted(state: FeedState, new: int) -> FeedState:
    return replace(state, entries=new)


def live(folder: Path, here: Here = nowhere) -> None:
    """Poll three feeds of one attack each, deliver what is to be told, end well."""
    store = MortalStore(folder / DATABASE)
    store.here = here
    merger = Merger(NOTHING_KNOWN, Watch())
    teller = Teller(Watch(), (Route(("desk", "chat")),), merger.atlas)
    pipeline = Pipeline(store, Reader(), merger, teller)
    for number, title in enumerate(NEWS):
        source, now = feed(f"wire-{number}"), NOW + number * HOUR
        told = entry(title, feed=source.name, published=now)
        state = FeedState(source.name, source.url, next_poll=now)
        pipeline.take([Document(source, [told], now, partial(_counted, state))])
        here("committed")
    Deliverer(store, FileChannel(folder / SENT, here), Hands(NOW + 3 * HOUR)).round(timedelta(seconds=20))
    store.close()


if __name__ == "__main__":
    live(Path(sys.argv[1]), Death(sys.argv[2]))
