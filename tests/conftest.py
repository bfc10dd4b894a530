"""Fixtures that every kind of test may use: the maintainers' shared folder, and a real store on a fresh file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import SqliteStore

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled items and facts beside the repository; the test is skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent: only the maintainers have the labelled items")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A new store on a real file, closed at the end."""
    opened = SqliteStore(tmp_path / "basewatch.db", durable=False)
    yield opened
    opened.close()
