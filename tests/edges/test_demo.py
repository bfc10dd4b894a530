"""The sample feeds: served as real documents, always fresh, and different at the second poll."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import aiohttp
import pytest

from monitor.core.records import Feed
from monitor.demo import SampleFeeds, fill
from tests.build import ROOT

FOLDER = ROOT / "seeds" / "sample-feeds"
NOW = datetime(2026, 5, 3, 0, 30, tzinfo=UTC)  # a Sunday in Baghdad, and only just one in London


@pytest.mark.parametrize(
    ("template", "suffix", "filled"),
    [
        ("<pubDate>{ago 30m}</pubDate>", ".rss", "<pubDate>Sun, 03 May 2026 00:00:00 +0000</pubDate>"),
        ("<updated>{ago 1h}</updated>", ".atom", "<updated>2026-05-02T23:30:00+00:00</updated>"),
        ("hit on {weekday 1h}", ".rss", "hit on Saturday"),
        ("hit on {weekday 1h Asia/Baghdad}", ".rss", "hit on Sunday"),
        ("{not a time}", ".json", "{not a time}"),
        ("a\n%% later\nb\n%% always\nc", ".rss", "a\nc"),
    ],
)
def test_a_template_is_filled(template: str, suffix: str, filled: str) -> None:
    assert fill(template, NOW, suffix, later=False) == filled


def test_later_parts_appear_where_they_stand() -> None:
    assert fill("a\n%% later\nb\n%% always\nc", NOW, ".rss", later=True) == "a\nb\nc"


async def _served(later: bool) -> dict[str, tuple[Feed, str]]:
    async with SampleFeeds(FOLDER, datetime.now(UTC)) as samples, aiohttp.ClientSession() as session:
        if later:
            samples.later()
        found = {}
        for feed in samples.feeds:
            async with session.get(feed.url) as answer:
                assert answer.status == 200
                found[feed.name] = (feed, await answer.text())
        return found


@pytest.mark.parametrize("later", [False, True], ids=["first poll", "second poll"])
def test_every_sample_is_a_whole_document_with_fresh_dates(later: bool) -> None:
    served = asyncio.run(_served(later))
    assert len(served) >= 4
    for feed, text in served.values():
        assert feed.private
        assert "{ago" not in text
        assert "%%" not in text
        if feed.url.endswith(".json"):
            dates = [datetime.fromisoformat(item["date_published"]) for item in json.loads(text)["items"]]
            assert all(timedelta(0) < datetime.now(UTC) - date < timedelta(days=1) for date in dates)
        else:
            ElementTree.fromstring(text)


def test_the_second_poll_finds_more() -> None:
    first, second = asyncio.run(_served(False)), asyncio.run(_served(True))
    assert sum(len(text) for _, text in second.values()) > sum(len(text) for _, text in first.values())
