"""The only room that knows SQLite: one file that holds all that Basewatch remembers."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from monitor.store.connect import Access, Disk, holder
from monitor.store.entries import Entries
from monitor.store.feeds import Feeds
from monitor.store.incidents import Incidents
from monitor.store.outbox import Outbox
from monitor.store.upkeep import Upkeep

__all__ = ["Access", "SqliteStore", "holder"]


class SqliteStore(Feeds, Entries, Incidents, Outbox, Upkeep):
    """Implements `monitor.ports.Store` on one SQLite file.

    Any thread may use it. Raises StoreError when the file cannot be opened, is of a newer version or not ours, is
    polled by another process (`Access.WRITE`), or fails later. `durable` False survives a crash of the process but not
    a loss of power: for a file that is thrown away.
    """

    def __init__(self, path: Path, access: Access = Access.WRITE, *, durable: bool = True) -> None:
        super().__init__(Disk(path, access, durable=durable))

    @property
    def path(self) -> Path:
        """The database file."""
        return self._disk.path

    def transaction(self) -> AbstractContextManager[None]:
        """BEGIN IMMEDIATE; COMMIT at the end, ROLLBACK on any exception. Never nested."""
        return self._disk.transaction()

    def attempt(self) -> AbstractContextManager[None]:
        """A part of an open transaction that is undone alone when it raises."""
        return self._disk.savepoint()

    def close(self) -> None:
        """Close the connections of all threads, and let another process poll."""
        self._disk.close()
