"""A poller that is killed at any step: what its feed's server is told to be known, is in the database."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
from aiohttp import web

from monitor.store import SqliteStore
from tests.build import HOUR, NOW
from tests.edges import mortal, mortal_poller
from tests.edges.shop import ROOT
from tests.edges.test_polling import rss
from tests.edges.web import run, site

TITLES = ("Rockets hit Erbil", "quiet one")
LATER = ("Rockets hit Ain al-Asad", *TITLES)
WHOLE = [(set[str](), ""), (set(TITLES), '"first"'), (set(LATER), '"second"')]  # what may be stored, and no mixture


@pytest.mark.parametrize("step", mortal.POLLING)
def test_entries_and_validators_are_one_commit(tmp_path: Path, step: str) -> None:
    asked = 0

    async def growing(request: web.Request) -> web.Response:
        """The first document for who asks first; from then on the second, or 304 for who has that."""
        nonlocal asked
        asked += 1
        if request.headers.get("If-None-Match") == '"second"':
            return web.Response(status=304)
        etag, titles = ('"first"', TITLES) if asked == 1 else ('"second"', LATER)
        body = re.sub(b"<link>.*?</link>", b"", rss(*titles))
        return web.Response(body=body, headers={"ETag": etag})

    async def work() -> None:
        async with site({"/": growing}) as base:
            killed = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.edges.mortal_poller", str(tmp_path), f"{base}/", step, cwd=ROOT
            )
            assert await killed.wait() == mortal.KILLED
            assert stored(tmp_path) in (WHOLE[-1:] if step == "committed" else WHOLE[:-1])
            await mortal_poller.live(tmp_path, f"{base}/")
        assert stored(tmp_path) == WHOLE[-1]

    run(work())


def stored(folder: Path) -> tuple[set[str], str]:
    """The titles of what is stored, and what its server will be told."""
    store = SqliteStore(folder / mortal.DATABASE)
    day = 24 * HOUR
    titles = {article.title for article in store.articles_by_time(NOW - day, NOW + day)}
    state = store.feed_state("daily")
    incidents = len(store.incidents())
    store.close()
    assert state is not None and state.entries == len(titles)
    assert incidents == sum("hit" in title for title in titles)
    return titles, state.validators.etag
