"""Fixtures of the daemon's tests: the farm, with made-up entries or with the labelled items, and a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walk.street import Farm, Mail, Site


@pytest.fixture(scope="session")
def harmless_farm(shared: Path) -> Iterator[Farm]:
    with Farm(shared / "bench" / "farm.py", "--feeds", "5", "--entries", "3") as running:
        yield running


@pytest.fixture
def farm(harmless_farm: Farm) -> Farm:
    """Five feeds of three harmless entries each, and empty sinks."""
    harmless_farm.post("reset", {})
    return harmless_farm


@pytest.fixture
def labelled_farm(shared: Path) -> Iterator[Farm]:
    """The labelled items as twenty feeds."""
    items = shared / "eval" / "dev.jsonl"
    count = sum(1 for line in items.open(encoding="utf-8") if line.strip())
    entries = -(-count // 20)
    with Farm(
        shared / "bench" / "farm.py", "--feeds", "20", "--entries", str(entries), "--items", str(items)
    ) as running:
        yield running


@pytest.fixture
def mail() -> Iterator[Mail]:
    with Mail() as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, farm: Farm) -> Site:
    """A site that polls the farm's five feeds and tells one webhook."""
    feeds = {f"farm {n}": farm.url(f"feed/{n}.xml") for n in range(5)}
    desk = farm.url("sink/desk").replace("http://", "json://")
    return Site(tmp_path / "site", feeds=feeds, destinations={"desk": desk}).write()
