"""The store's part about itself: notes of the process, forgetting what nobody needs, and giving space back."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.ports import Note, Pruned
from monitor.store.codec import moment, stamp
from monitor.store.room import Room

# An entry is known again for so long after it last stood in its feed.
_KEYS_KEPT = timedelta(days=730)
_BATCH = 1_000  # rows a transaction, so that upkeep holds up a poll for tens of milliseconds only
_FLAGGED = "('report', 'update')"


class Upkeep(Room):
    """Implements the rest of `monitor.ports.Store`."""

    def note(self, name: str, value: str, now: datetime) -> None:
        """Remember something of the process under a name, instead of what stood there."""
        with self._disk.unit():
            self._disk.run(
                "INSERT INTO notes (name, value, at) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at",
                (name, value, stamp(now)),
            )

    def notes(self) -> dict[str, Note]:
        """Everything noted, by name."""
        rows = self._disk.run("SELECT name, value, at FROM notes ORDER BY name")
        return {name: Note(value, moment(at)) for name, value, at in rows}

    def prune(self, now: datetime, keep: timedelta) -> Pruned:
        """Forget what was seen longer than `keep` ago and belongs to no incident, in short transactions.

        Articles that were not flagged go with their text and their verdict, as do failures; incidents, their articles,
        alerts and deliveries stay. An entry's key and hash stay for two years after its feed last served it, so that an
        archive published again brings nothing new.
        """
        before = stamp(now - keep)
        articles = self._delete(
            "articles",
            f"number IN (SELECT number FROM articles WHERE seen < ? AND coalesce(label, '') NOT IN {_FLAGGED}"
            "  AND NOT EXISTS (SELECT 1 FROM incident_articles WHERE article = lower(hex(articles.id))) LIMIT ?)",
            before,
        )
        self._delete(
            "decisions",
            "id IN (SELECT id FROM decisions WHERE incident IS NULL AND at < ? LIMIT ?)",
            before,
        )
        self._delete("failures", "id IN (SELECT id FROM failures WHERE at < ? LIMIT ?)", before)
        entries = self._delete(
            "entries",
            "id IN (SELECT id FROM entries WHERE served < ?"
            "  AND NOT EXISTS (SELECT 1 FROM articles WHERE number = entries.article) LIMIT ?)",
            (now - max(keep, _KEYS_KEPT)).toordinal(),
        )
        return Pruned(articles, entries)

    def _delete(self, table: str, where: str, before: int) -> int:
        count = 0
        while True:
            with self._disk.unit():
                gone = self._disk.run(f"DELETE FROM {table} WHERE {where}", (before, _BATCH)).rowcount
            count += gone
            if gone < _BATCH:
                return count

    def compact(self) -> None:
        """Give free pages back to the file system, bring the statistics up to date, empty the write-ahead log."""
        self._disk.vacuum()
        # It reads and then writes: begun as a reader, it fails at once when another thread wrote meanwhile.
        with self._disk.transaction():
            self._disk.run("PRAGMA optimize").fetchall()
        self._disk.run("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def size(self) -> int:
        """Bytes of the database file, without its write-ahead log."""
        pages = self._disk.run("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
        return int(pages[0])
