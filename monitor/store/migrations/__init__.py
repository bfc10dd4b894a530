"""The schema's history: numbered SQL files, each applied once, in order, in a transaction of its own."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

from monitor.errors import StoreError

APPLICATION_ID = 0x42415345  # "BASE": tells our files from anybody else's

_SET = "basewatch"
_NEEDED = (3, 35)  # UPDATE ... RETURNING
_FILES = {entry.name.removesuffix(".sql"): entry for entry in files(__name__).iterdir() if entry.name.endswith(".sql")}


def refuse_foreign(path: Path, connection: sqlite3.Connection, *, as_it_is: bool) -> None:
    """Raise StoreError when the file is not ours or of a newer version; a new file is welcome.

    `as_it_is`: the schema will not be brought up to date, so one of an older version is refused, too.
    """
    if sqlite3.sqlite_version_info < _NEEDED:
        raise StoreError(
            str(path), f"SQLite {sqlite3.sqlite_version} is too old", f"install SQLite {'.'.join(map(str, _NEEDED))}"
        )
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        if as_it_is:
            remedy = "start the service or run basewatch once: it is filled then"
            raise StoreError(str(path), "holds nothing yet", remedy)
        return
    if application != APPLICATION_ID or "_sqlite_migrations" not in tables:
        raise StoreError(str(path), "not a database of Basewatch", "give another path in [service] database")
    rows = connection.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (_SET,))
    applied = {name for (name,) in rows}
    if newer := sorted(applied - _FILES.keys()):
        raise StoreError(
            str(path),
            f"written by a newer version ({', '.join(newer)})",
            "upgrade basewatch, or restore the backup of before",
        )
    if as_it_is and _FILES.keys() - applied:
        raise StoreError(str(path), "written by an older version", "start the service once: it brings it up to date")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date. sqlite3.Error passes through; what was begun is rolled back."""
    # sqlite_utils takes a quarter of a second to import: only a writer pays for it.
    from sqlite_utils import Database, Migrations

    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations = Migrations(_SET)
    for name in sorted(_FILES):
        migrations(name=name)(_step(_FILES[name].read_text(encoding="utf-8")))
    migrations.apply(Database(connection, recursive_triggers=False, execute_plugins=False))


def _step(script: str):  # type: ignore[no-untyped-def]  # the type is sqlite-utils', imported late
    def step(db) -> None:  # type: ignore[no-untyped-def]
        for statement in _statements(script):
            db.conn.execute(statement)

    return step


def _statements(script: str) -> list[str]:
    """The statements of a script; executescript() would commit the migration's transaction first."""
    found, part = [], ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            found.append(part)
            part = ""
    return found
