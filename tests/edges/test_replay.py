"""The whole pipeline over items of the past, on a real store, with verdicts that are given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import replay as replaying
from monitor.core.alerts.alerting import Teller
from monitor.core.incidents.merge import Merger
from monitor.core.records import Article, Attack, Count, Entry, Facts, Finding, Label, Target, Watch
from monitor.items import alert_row, incident_row
from monitor.pipeline import Pipeline
from monitor.replay import Replayed, in_time, replay
from monitor.store import SqliteStore
from tests.core.news import ASAD, ERBIL, IN_IRAQ, SALEM, START, WORLD, at

Told = tuple[Label, tuple[tuple[Target, Facts], ...]]


class Reader:
    """A classifier that finds what it was told to find, by the title."""

    version = "given"

    def __init__(self, verdicts: Mapping[str, Told]) -> None:
        self._verdicts = verdicts

    def judge(self, article: Article) -> Finding:
        label, attacks = self._verdicts.get(article.title, (Label.OTHER, ()))
        return Finding(article.id, label, 0.9, tuple(Attack(target, facts) for target, facts in attacks))

    def judge_many(self, articles: Iterable[Article]) -> list[Finding]:
        return [self.judge(article) for article in articles]


def entry(guid: str, title: str, hours: float, url: str = "", **given: object) -> Entry:
    """An item of the past."""
    link = url or f"https://{guid}.example/story"
    whole = Entry("paper", guid, link, title, source=f"Paper {guid}", published=START + timedelta(hours=hours))
    return replace(whole, **given)  # type: ignore[arg-type]


VERDICTS: dict[str, Told] = {
    "Rockets hit base in Iraq": (Label.REPORT, ((IN_IRAQ, Facts()),)),
    "Ain al-Asad hit by rockets": (Label.REPORT, ((at(ASAD), Facts()),)),
    "Two killed at Ain al-Asad": (Label.UPDATE, ((at(ASAD), Facts(killed=Count(2, 2))),)),
    "Bases at Erbil and in Kuwait attacked": (Label.REPORT, ((at(ERBIL), Facts()), (at(SALEM), Facts()))),
}
NEWS = [
    entry("e6", "Market rises", 30),
    entry("e1", "Rockets hit base in Iraq", 0, summary="First word of it."),
    entry("e2", "Ain al-Asad hit by rockets", 1),
    entry("e3", "Ain al-Asad hit by rockets", 2, url="https://e2.example/story?utm_source=x"),
    entry("e4", "Two killed at Ain al-Asad", 9),
    entry("e5", "Bases at Erbil and in Kuwait attacked", 80),
]


def run(tmp_path: Path, entries: list[Entry], unit: int = 1000) -> Replayed:
    """A replay on a fresh store."""
    merger = Merger(WORLD, Watch())
    store = SqliteStore(tmp_path / f"replay-{len(list(tmp_path.iterdir()))}.db", durable=False)
    pipeline = Pipeline(store, Reader(VERDICTS), merger, Teller(Watch(), (), merger.atlas))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replaying, "UNIT", unit)
        told = replay(pipeline, store, entries, {})
    store.close()
    return told


def written(told: Replayed) -> str:
    """The two files in one."""
    rows = [incident_row(*pair) for pair in told.incidents] + [alert_row(*pair) for pair in told.alerts]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def test_incidents_and_alerts_of_the_past(tmp_path: Path) -> None:
    told = run(tmp_path, NEWS)
    assert [(incident.id, items) for incident, items in told.incidents] == [
        ("iraq-20260504", ("e1", "e2", "e3", "e4")),
        ("ali-al-salem-air-base-20260507", ("e5",)),
        ("erbil-air-base-20260507", ("e5",)),
    ]
    assert [(str(alert.reason), alert.at.hour, items) for alert, items in told.alerts] == [
        ("new", 6, ("e1",)),
        ("base named", 7, ("e1", "e2", "e3")),
        ("killed rose", 15, ("e1", "e2", "e3", "e4")),
        ("new", 14, ("e5",)),
    ]
    assert told.incidents[1][0].wave == told.incidents[2][0].wave != ""


def test_the_same_bytes_twice_whatever_the_order_of_lines_and_the_size_of_units(tmp_path: Path) -> None:
    first = written(run(tmp_path, NEWS))
    assert written(run(tmp_path, NEWS[::-1])) == first
    assert written(run(tmp_path, NEWS, unit=1)) == first
    assert written(run(tmp_path, NEWS, unit=3)) == first


def test_a_live_page_stands_with_each_of_its_headlines(tmp_path: Path) -> None:
    page = "https://live.example/page"
    told = run(
        tmp_path,
        [
            entry("v1", "Rockets hit base in Iraq", 0, url=page),
            entry("v2", "Minister speaks of oil", 1, url=page),
            entry("v3", "Bases at Erbil and in Kuwait attacked", 2, url=page),
        ],
    )
    assert {incident.id: items for incident, items in told.incidents} == {
        "iraq-20260504": ("v1", "v3"),
        "ali-al-salem-air-base-20260504": ("v3",),
    }
    assert not any(str(alert.reason) == "retracted" for alert, _ in told.alerts)


def test_a_story_that_lost_its_attack_is_retracted(tmp_path: Path) -> None:
    page = "https://paper.example/story"
    told = run(
        tmp_path,
        [
            entry("v1", "Rockets hit base in Iraq", 0, url=page),
            entry("v2", "Rockets hit base in Iraq: it was an exercise", 1, url=page),
        ],
    )
    assert [str(alert.reason) for alert, _ in told.alerts] == ["new", "retracted"]
    assert told.incidents[0][0].confidence.value == "retracted"


def test_undated_items_come_with_the_line_before_them() -> None:
    items = [entry("a", "A", 1), entry("b", "B", 0, published=None), entry("c", "C", 0)]
    assert [arrival.entry.guid for arrival in in_time(items, {})] == ["c", "a", "b"]


def test_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "UNIT", 4)
    merger = Merger(WORLD, Watch())
    store = SqliteStore(tmp_path / "progress.db", durable=False)
    pipeline = Pipeline(store, Reader(VERDICTS), merger, Teller(Watch(), (), merger.atlas))
    told: list[tuple[int, int, int]] = []
    replay(pipeline, store, NEWS, {}, progress=lambda done, count, at: told.append((done, count, at.day)))
    store.close()
    assert told == [(4, 6, 4), (6, 6, 7)]


def test_pace(tmp_path: Path) -> None:
    merger = Merger(WORLD, Watch())
    store = SqliteStore(tmp_path / "paced.db", durable=False)
    pipeline = Pipeline(store, Reader(VERDICTS), merger, Teller(Watch(), (), merger.atlas))
    waits: list[timedelta] = []
    replay(pipeline, store, NEWS, {}, waits.append)
    store.close()
    assert waits == [timedelta(hours=hours) for hours in (1, 1, 7, 21, 50)]
