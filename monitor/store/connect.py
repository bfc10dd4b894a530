"""Opens the database file: one writer, any number of readers, and the unit of work BEGIN IMMEDIATE ... COMMIT."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from monitor.errors import StoreError
from monitor.store.migrations import APPLICATION_ID, migrate, refuse_foreign

_BUSY = 30.0  # seconds a writer waits for another one; a feed's pass holds the lock for milliseconds
_FREED_AT_ONCE = 500  # pages of 8 kB
_ROWS_AT_ONCE = 32  # of 20 values each: SQLite before 3.32 takes 999


class Access(StrEnum):
    """What a process wants of the database."""

    WRITE = "write"  # the daemon, `once`, `replay`: the one that polls; a second one is refused
    READ = "read"  # `status`, `incidents`, `why`: works while the daemon runs, writes nothing
    MEND = "mend"  # a person's correction: writes one short transaction, also while the daemon runs


class Disk:
    """Connections to one database file, one a thread, all with the same settings.

    Thread-local connections let SQLite itself keep readers and writers apart: readers of one thread never wait, and
    two transactions of two threads stand in line. `durable` False trades safety against power loss for speed, for
    files that are thrown away (a replay).
    """

    def __init__(self, path: Path, access: Access, *, durable: bool = True) -> None:
        self.path = path
        self._access = access
        self._durable = durable
        self._local = threading.local()
        self._opening = threading.Lock()
        self._opened: dict[threading.Thread, sqlite3.Connection] = {}
        self._forget: list[Callable[[], None]] = []
        self._lock = _take_lock(path) if access is Access.WRITE else None
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.close()
            raise self._fault(error) from error
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        if self._access is not Access.WRITE and not self.path.exists():
            raise StoreError(str(self.path), "there is no database yet", "start the service or run `basewatch once`")
        refuse_foreign(self.path, self.here, as_it_is=self._access is not Access.WRITE)
        if self._access is Access.WRITE:
            migrate(self.here)

    @property
    def here(self) -> sqlite3.Connection:
        """The connection of the calling thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with self._opening:
                for thread in [thread for thread in self._opened if not thread.is_alive()]:
                    self._opened.pop(thread).close()
                connection = self._local.connection = self._connect()
                self._opened[threading.current_thread()] = connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        mode = {Access.WRITE: "rwc", Access.READ: "ro", Access.MEND: "rw"}[self._access]
        # check_same_thread only for close(), which one thread does for all; autocommit, so that BEGIN is ours alone.
        connection = sqlite3.connect(
            f"file:{quote(str(self.path.absolute()))}?mode={mode}",
            uri=True,
            timeout=_BUSY,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -32000")  # 32 MB
        if self._access is Access.READ:
            connection.execute("PRAGMA query_only = ON")
            return connection
        # Both of effect before the first table only. Rows have half a kilobyte: they cost a sixth less than in 4 kB.
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        return connection

    def _busy(self) -> bool:
        return self.here.in_transaction

    def run(self, sql: str, values: tuple[Any, ...] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Execute one statement; a fault of the database becomes a StoreError."""
        try:
            return self.here.execute(sql, values)
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def run_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Execute one statement for each row."""
        try:
            self.here.executemany(sql, rows)
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def insert_many(self, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows, all as long as the first, in order, several a statement.

        Each statement, and with executemany() each row, lets another thread run first, and then waits for it.
        """
        done = 0
        while done < len(rows):
            # A power of two: few different statements, which all stay prepared.
            count = min(_ROWS_AT_ONCE, 1 << (len(rows) - done).bit_length() - 1)
            portion = rows[done : done + count]
            marks = f"({', '.join('?' * len(rows[0]))})"
            self.run(f"INSERT INTO {into} VALUES {', '.join([marks] * count)}", tuple(chain.from_iterable(portion)))
            done += count

    def vacuum(self) -> None:
        """Give all free pages back to the file system, in portions that hold up other writers for milliseconds only."""
        before = None
        while (free := self.run("PRAGMA freelist_count").fetchone()[0]) not in (0, before):
            before = free
            try:
                # A cursor steps the pragma once, which frees one page: executescript steps it to its end.
                self.here.executescript(f"PRAGMA incremental_vacuum({_FREED_AT_ONCE})")
            except sqlite3.Error as error:
                raise self._fault(error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """BEGIN IMMEDIATE; COMMIT at the end, ROLLBACK on any exception. Never nested.

        sqlite-utils' atomic() begins deferred, where a read before a write fails at once when another connection
        wrote meanwhile, whatever the busy timeout: hence our own.
        """
        if self._busy():
            raise RuntimeError("a transaction is open already")
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            for forget in self._forget:
                forget()
            if self._busy():  # a full disk may have ended it already
                self.here.execute("ROLLBACK")
            raise

    @contextmanager
    def unit(self) -> Iterator[None]:
        """Inside an open transaction: part of it. Else a transaction of its own."""
        if self._busy():
            yield
        else:
            with self.transaction():
                yield

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of an open transaction that is undone alone when it raises."""
        if not self._busy():
            raise RuntimeError("no transaction is open")
        self.run("SAVEPOINT part")
        try:
            yield
        except BaseException:
            for forget in self._forget:
                forget()
            if self._busy():
                self.run("ROLLBACK TO part")
                self.run("RELEASE part")
            raise
        self.run("RELEASE part")

    def on_rollback(self, forget: Callable[[], None]) -> None:
        """Call this after every rollback, so that nothing in memory outlives what was not written."""
        self._forget.append(forget)

    def close(self) -> None:
        """Close every connection and give the writer's lock back."""
        for connection in self._opened.values():
            connection.close()
        self._opened.clear()
        self._local = threading.local()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _fault(self, error: sqlite3.Error) -> StoreError:
        return StoreError(str(self.path), str(error), _remedy(error))


def _remedy(error: sqlite3.Error) -> str:
    """What a person can do about a fault of SQLite."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "another process holds the database; try again"
    if name.startswith("SQLITE_FULL"):
        return "free space on the disk"
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        return "check that the folder exists and that this user may write there"
    if name.startswith("SQLITE_IOERR"):
        return "check that the path is that of a file, and that its disk works"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return "restore the file from a backup, or move it away and start anew"
    return ""


def _take_lock(path: Path) -> IO[str]:
    """Lock DATABASE.lock for this process, or say whose it is.

    A POSIX record lock and not flock(): a forked worker that outlives a killed daemon must not inherit it.
    """
    name = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = name.open("a+", encoding="ascii")
    except OSError as error:
        raise StoreError(str(name), error.strerror or str(error), "check the folder and its rights") from error
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise StoreError(
            str(path), f"in use by the process with pid {holder}", "stop it first: two of them would alert twice"
        ) from error
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def holder(path: Path) -> int | None:
    """The pid of the process that polls this database; None when none does.

    Never to be asked by that process itself: closing any of its descriptors of the file would give its lock away.
    """
    try:
        with path.with_name(path.name + ".lock").open(encoding="ascii") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return int(file.read().strip() or 0)
    except (OSError, ValueError):
        return None
    return None


__all__ = ["APPLICATION_ID", "Access", "Disk", "holder"]
