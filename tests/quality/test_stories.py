"""Invented attacks told by invented papers, each from its first word to its last: what is told, and how often.

A story is a file of `stories/`: its items in the order of their time, each with the attack it tells ("" none, "?" does
not matter, several where it tells several). Any item that is flagged must stand with its attack and with no other; each
attack is told as new exactly once; and the alerts of each are those that the file expects.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from monitor import wiring
from monitor.core.reading.classify import Classifier
from monitor.core.records import Entry
from monitor.pipeline import Pipeline
from monitor.replay import Replayed, replay
from monitor.store import SqliteStore
from monitor.wiring import judging

STORIES = sorted((Path(__file__).parent / "stories").glob("*.toml"))


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a story, and the attacks it tells."""

    at: datetime
    paper: str
    attacks: tuple[str, ...]
    title: str
    summary: str

    def entry(self, number: int) -> Entry:
        """As a feed would give it; its guid is its place in the story."""
        link = f"https://{self.paper.lower().replace(' ', '-')}.example/{number}"
        return Entry(self.paper, str(number), link, self.title, self.summary, source=self.paper, published=self.at)


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, who told it, and the reasons of the alerts that each attack should make, in their order."""

    items: tuple[Item, ...]
    told: dict[str, list[str]]


def load(path: Path) -> Story:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    items = (
        Item(datetime.fromisoformat(at).replace(tzinfo=UTC), paper, tuple(attacks.split()), title, summary)
        for at, paper, attacks, title, summary in raw["items"]
    )
    return Story(tuple(items), raw["told"])


@cache
def classifier() -> Classifier:
    return wiring.classifier(wiring.load_settings(None))


@pytest.fixture(params=STORIES, ids=lambda path: path.stem)
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Story, Replayed]]:
    """A story and what its replay told."""
    story = load(request.param)
    settings = wiring.load_settings(None)
    store = SqliteStore(tmp_path / "story.db", durable=False)
    pipeline = Pipeline(store, classifier(), judging.merger(settings), judging.teller(settings))
    yield story, replay(pipeline, store, [item.entry(n) for n, item in enumerate(story.items)], {})
    store.close()


def test_each_attack_is_told_once_and_grows(played: tuple[Story, Replayed]) -> None:
    story, came = played
    attack_of: dict[str, set[str]] = defaultdict(set)  # incident -> the attacks that its items tell
    homes: dict[str, set[str]] = defaultdict(set)  # attack -> the incidents of the items that tell it alone
    stray = []
    for incident, guids in came.incidents:
        for item in (story.items[int(guid)] for guid in guids):
            if not item.attacks:
                stray.append(item.title)
            elif len(item.attacks) == 1 and "?" not in item.attacks:
                attack_of[incident.id] |= set(item.attacks)
                homes[item.attacks[0]].add(incident.id)
    assert not stray
    assert {id: attacks for id, attacks in attack_of.items() if len(attacks) > 1} == {}, "two attacks in one incident"
    assert {attack: ids for attack, ids in homes.items() if len(ids) > 1} == {}, "one attack in two incidents"
    reasons = {
        attack: [str(alert.reason) for alert, _ in came.alerts if ids & set(alert.incidents)]
        for attack, ids in homes.items()
    }
    assert reasons == story.told
    assert len(came.incidents) == len(story.told)
