"""Building all incidents anew: better rules, the same ids, nobody told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.alerts.alerting import Teller
from monitor.core.incidents import mending
from monitor.core.incidents.merge import Merger
from monitor.core.records import Correction, Facts, Incident, Label, Mending, Status, Watch
from monitor.pipeline import Pipeline
from monitor.rejudge import Rejudged, rejudge
from monitor.replay import in_time
from monitor.store import SqliteStore
from tests.core.news import ASAD, ERBIL, IN_IRAQ, START, WORLD, at
from tests.edges.test_replay import NEWS, VERDICTS, Reader, Told, entry

LATER = START + timedelta(days=30)


@dataclass
class Site:
    """A store that has heard the news, to be judged again with other verdicts."""

    store: SqliteStore
    folder: Path

    def __post_init__(self) -> None:
        self.merger = Merger(WORLD, Watch())
        self._pipeline(self.store, VERDICTS).take_items(in_time(NEWS, {}))

    def _pipeline(self, store: SqliteStore, verdicts: dict[str, Told]) -> Pipeline:
        return Pipeline(store, Reader(verdicts), self.merger, Teller(Watch(), (), self.merger.atlas))

    def again(self, **changes: Told) -> Rejudged:
        """Judge everything again; titles with underscores for spaces have other verdicts now."""
        verdicts = VERDICTS | {title.replace("_", " "): told for title, told in changes.items()}
        scratch = SqliteStore(self.folder / f"scratch-{len(list(self.folder.iterdir()))}.db", durable=False)
        done = rejudge(self.store, scratch, self._pipeline(scratch, verdicts), self.merger, "2", {}, LATER)
        scratch.close()
        return done

    def incidents(self) -> dict[str, Incident]:
        """By id, as they are now."""
        return {one.id: one for one in self.store.incidents(limit=100)}

    def articles(self) -> dict[str, int]:
        """How many articles each holds."""
        return {id: len(one.articles) for id, one in sorted(self.incidents().items())}


@pytest.fixture
def site(store: SqliteStore, tmp_path: Path) -> Iterator[Site]:
    yield Site(store, tmp_path)


BEFORE = {"ali-al-salem-air-base-20260507": 1, "erbil-air-base-20260507": 1, "iraq-20260504": 3}


def test_the_same_rules_change_nothing(site: Site) -> None:
    before = site.incidents()
    assert site.articles() == BEFORE
    assert site.again() == Rejudged(5, 0, 0, 0)
    assert site.incidents() == before


def test_better_rules_keep_ids_and_tell_nobody(site: Site) -> None:
    alerts = site.store.alerts(limit=100)
    done = site.again(Rockets_hit_base_in_Iraq=(Label.REPORT, ((at(ASAD), Facts()),)))
    assert (done.incidents_opened, done.incidents_changed) == (0, 1)
    assert site.incidents()["iraq-20260504"].target.base == ASAD.id
    assert site.store.alerts(limit=100) == alerts


def test_an_attack_that_is_none_is_retracted_in_silence(site: Site) -> None:
    done = site.again(Bases_at_Erbil_and_in_Kuwait_attacked=(Label.OTHER, ()))
    assert (done.verdicts_changed, done.incidents_changed) == (1, 2)
    gone = site.incidents()["erbil-air-base-20260507"]
    assert (gone.articles, gone.confidence.value) == ((), "retracted")
    decision = site.store.decisions(incident=gone.id)[-1]
    assert (decision.outcome.value, decision.silence, decision.alert) == ("withdrawn", "rejudged", "")


def test_an_attack_that_was_overlooked_opens_in_silence(site: Site) -> None:
    done = site.again(Market_rises=(Label.REPORT, ((at(ERBIL), Facts()),)))
    assert (done.verdicts_changed, done.incidents_opened) == (1, 1)
    assert site.articles() == BEFORE | {"erbil-air-base-20260505": 1}
    assert len(site.store.alerts(limit=100)) == 4


def test_what_a_person_called_false_stays_false(site: Site) -> None:
    false = mending.false(site.incidents()["iraq-20260504"])
    site.store.save_incident(false, LATER)
    site.store.save_correction(Correction(LATER, Mending.FALSE, false.id))
    site.again(Rockets_hit_base_in_Iraq=(Label.REPORT, ((IN_IRAQ, Facts(damage="A roof.")),)))
    assert site.incidents()["iraq-20260504"].status is Status.FALSE
    assert site.articles() == BEFORE


def test_what_a_person_split_stays_split(site: Site) -> None:
    whole = site.incidents()["iraq-20260504"]
    left, own = mending.split(whole, whole.articles[2], site.merger, [whole.id], LATER)
    for one in (left, own):
        site.store.save_incident(one, LATER)
    site.store.save_correction(Correction(LATER, Mending.SPLIT, left.id, own.id, whole.articles[2]))
    assert site.again() == Rejudged(5, 0, 0, 0)
    assert site.articles() == BEFORE | {left.id: 2, own.id: 1}


def test_what_a_person_merged_stays_merged(site: Site) -> None:
    kept, gone = (site.incidents()[id] for id in ("iraq-20260504", "erbil-air-base-20260507"))
    for one in mending.merged(kept, gone, site.merger, LATER):
        site.store.save_incident(one, LATER)
    site.store.save_correction(Correction(LATER, Mending.MERGE, gone.id, kept.id))
    site.again()
    assert site.incidents()["iraq-20260504"].articles == (*kept.articles, *gone.articles)
    assert site.incidents()[gone.id].merged_into == kept.id
    assert len(site.incidents()) == 3


def test_an_article_stored_since_counts(site: Site) -> None:
    news = entry("e9", "Ain al-Asad hit by rockets", 3, source="Paper nine")
    site._pipeline(site.store, {}).take_items(in_time([news], {}))
    assert site.articles() == BEFORE
    site.again()
    assert site.articles() == BEFORE | {"iraq-20260504": 4}
