"""The store's part about feeds: what is remembered of each, and which are due."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.records import Feed
from monitor.ports import FeedState
from monitor.store.codec import Codec, stamp, stamp_or_none
from monitor.store.room import Room

_STATE = Codec(FeedState)


class Feeds(Room):
    """Implements `monitor.ports.FeedStore`."""

    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make a state for every new feed, due at once; keep states of feeds that are gone (they may come back).

        A feed whose configured address changed starts anew at that address, but keeps what it counted.
        """
        with self._disk.unit():
            self._disk.run("UPDATE feeds SET synced = 0")
            for feed in feeds:
                state = self.feed_state(feed.name)
                if state is None:
                    state = FeedState(feed.name, feed.url, configured=feed.url, next_poll=now)
                elif state.configured != feed.url:
                    state = FeedState(
                        feed.name,
                        feed.url,
                        configured=feed.url,
                        next_poll=now,
                        last_new=state.last_new,
                        rate=state.rate,
                        entries=state.entries,
                    )
                self.save_feed(state)
                self._disk.run("UPDATE feeds SET synced = 1 WHERE name = ?", (feed.name,))

    def due_feeds(self, now: datetime, limit: int) -> list[FeedState]:
        """States of synced feeds whose next poll is due, the longest overdue first."""
        rows = self._disk.run(
            "SELECT record FROM feeds WHERE synced = 1 AND (next_poll IS NULL OR next_poll <= ?)"
            " ORDER BY next_poll, name LIMIT ?",
            (stamp(now), limit),
        )
        return [_STATE.load(record) for (record,) in rows]

    def feed_state(self, name: str) -> FeedState | None:
        """What is known of one feed."""
        row = self._disk.run("SELECT record FROM feeds WHERE name = ?", (name,)).fetchone()
        return _STATE.load(row[0]) if row else None

    def states_of(self, names: Iterable[str]) -> dict[str, FeedState]:
        """Those of these feeds that are known, by name."""
        rows = self._disk.run(
            "SELECT name, record FROM feeds WHERE name IN (SELECT value FROM json_each(?))", (json.dumps([*names]),)
        )
        return {name: _STATE.load(record) for name, record in rows}

    def feed_states(self) -> list[FeedState]:
        """Every synced feed, by name."""
        rows = self._disk.run("SELECT record FROM feeds WHERE synced = 1 ORDER BY name")
        return [_STATE.load(record) for (record,) in rows]

    def save_feed(self, state: FeedState) -> None:
        """Write a feed's state, inside the caller's transaction; whether it is synced stays as it is."""
        self.save_feeds([state])

    def save_feeds(self, states: Iterable[FeedState]) -> None:
        """The same for many, in one statement: each statement may let another thread run first."""
        rows = [(state.name, stamp_or_none(state.next_poll), _STATE.dump(state)) for state in states]
        self._disk.run(
            "INSERT INTO feeds (name, synced, next_poll, record)"
            " SELECT json_extract(value, '$[0]'), 1, json_extract(value, '$[1]'), json_extract(value, '$[2]')"
            " FROM json_each(?) WHERE true"
            " ON CONFLICT (name) DO UPDATE SET next_poll = excluded.next_poll, record = excluded.record",
            (json.dumps(rows),),
        )

    def burst(self, names: Iterable[str], until: datetime) -> None:
        """Let these feeds be polled at the floor until then; a burst that lasts longer already is left alone."""
        with self._disk.unit():
            for name in names:
                state = self.feed_state(name)
                if state is not None and (state.burst_until is None or state.burst_until < until):
                    self.save_feed(replace(state, burst_until=until))
