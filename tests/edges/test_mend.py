"""What a person mends on a real store: kept, respected by later news, and told to whoever was told."""

from __future__ import annotations

from datetime import datetime

import pytest

from monitor.core.alerts.alerting import Teller
from monitor.core.clean import article_id
from monitor.core.incidents.merge import Merger
from monitor.core.records import AlertReason, Correction, Incident, Mending, Outcome, Route, Status, Watch
from monitor.errors import InputError, NotFoundError
from monitor.mend import Mender
from monitor.pipeline import Arrival, PassResult, Pipeline
from monitor.store import Access, SqliteStore
from tests.build import HOUR, NOW, entry, feed
from tests.edges.reader import NOTHING_KNOWN, Reader

LATER = NOW + HOUR


def tools() -> tuple[Merger, Teller]:
    merger = Merger(NOTHING_KNOWN, Watch())
    return merger, Teller(Watch(), (Route(("desk",)),), merger.atlas)


def news(store: SqliteStore, *titles: str, at: datetime = NOW) -> PassResult:
    return Pipeline(store, Reader(), *tools()).take_items(
        [Arrival(entry(title, published=at), feed(), at) for title in titles]
    )


def opened(store: SqliteStore, title: str, at: datetime = NOW) -> Incident:
    (incident,) = news(store, title, at=at).opened
    return incident


def test_two_incidents_become_one_and_their_readers_hear_of_it(store: SqliteStore) -> None:
    kept, gone = opened(store, "Rockets hit Erbil"), opened(store, "Rockets hit Ain al-Asad")
    mended = Mender(store, *tools()).mend(Correction(LATER, Mending.MERGE, gone.id, kept.id, note="one raid"))
    joint, pointer = store.incident(kept.id), store.incident(gone.id)
    assert mended.incidents == (pointer, joint)
    assert set(joint.articles) == {*kept.articles, *gone.articles}
    assert (pointer.status, pointer.merged_into) == (Status.MERGED, kept.id)
    assert mended.alert.reason is AlertReason.CORRECTED
    assert kept.id in mended.alert.body and "one raid" in mended.alert.body
    assert [delivery.destination for delivery in store.deliveries(alert=mended.alert.id)] == ["desk"]
    assert store.corrections(gone.id) == [mended.correction]
    assert [incident.id for incident in store.incidents_of(gone.articles[0])] == [kept.id]


def test_an_article_taken_out_opens_its_own_and_never_comes_back(store: SqliteStore) -> None:
    known = opened(store, "Rockets hit Ain al-Asad")
    news(store, "Ain al-Asad hit again", at=LATER)
    other = article_id(entry("Ain al-Asad hit again"))
    mended = Mender(store, *tools()).mend(Correction(LATER, Mending.SPLIT, known.id, article=other))
    left, own = mended.incidents
    assert mended.correction.other == own.id != known.id
    assert (left.articles, own.articles) == (known.articles, (other,))
    assert other in left.barred
    outcomes = [(made.outcome, made.incident) for made in store.decisions(article=other)]
    assert outcomes[1:] == [(Outcome.WITHDRAWN, known.id), (Outcome.OPEN, own.id)]


def test_news_of_an_incident_called_false_alerts_nobody(store: SqliteStore) -> None:
    known = opened(store, "Rockets hit Ain al-Asad")
    mended = Mender(store, *tools()).mend(Correction(LATER, Mending.FALSE, known.id))
    assert mended.alert.reason is AlertReason.RETRACTED
    assert store.incident(known.id).status is Status.FALSE
    again = news(store, "Ain al-Asad hit, two killed", at=LATER)
    assert (again.opened, again.alerts) == ((), ())


def test_what_nobody_was_told_needs_no_correction(store: SqliteStore) -> None:
    old = opened(store, "Rockets hit Erbil")
    quiet = Pipeline(store, Reader(), *tools())
    quiet.take_items([Arrival(entry("Rockets hit Ain al-Asad", published=NOW - 400 * HOUR), None, NOW)])
    untold = next(incident for incident in store.incidents() if incident.id != old.id)
    assert Mender(store, *tools()).mend(Correction(LATER, Mending.FALSE, untold.id)).alert is None


@pytest.mark.parametrize(
    ("kind", "other", "error"),
    [
        (Mending.MERGE, "", NotFoundError),
        (Mending.MERGE, "unknown", NotFoundError),
        (Mending.MERGE, "itself", InputError),
        (Mending.SPLIT, "unknown", InputError),
        (Mending.SPLIT, "its only article", InputError),
    ],
)
def test_a_correction_that_makes_no_sense_changes_nothing(
    store: SqliteStore, kind: Mending, other: str, error: type[Exception]
) -> None:
    known = opened(store, "Rockets hit Ain al-Asad")
    named = {"itself": known.id, "its only article": known.articles[0]}.get(other, other)
    correction = Correction(
        LATER, kind, known.id, named if kind is Mending.MERGE else "", named if kind is Mending.SPLIT else ""
    )
    with pytest.raises(error):
        Mender(store, *tools()).mend(correction)
    assert store.incident(known.id) == known
    assert store.corrections() == []


def test_what_was_merged_away_cannot_be_mended(store: SqliteStore) -> None:
    kept, gone = opened(store, "Rockets hit Erbil"), opened(store, "Rockets hit Ain al-Asad")
    mender = Mender(store, *tools())
    mender.mend(Correction(LATER, Mending.MERGE, gone.id, kept.id))
    with pytest.raises(InputError, match=f"merged into {kept.id}"):
        mender.mend(Correction(LATER, Mending.FALSE, gone.id))


def test_a_person_mends_while_the_daemon_has_the_file(store: SqliteStore) -> None:
    known = opened(store, "Rockets hit Ain al-Asad")
    beside = SqliteStore(store.path, Access.MEND)
    Mender(beside, *tools()).mend(Correction(LATER, Mending.FALSE, known.id))
    beside.close()
    assert store.incident(known.id).status is Status.FALSE
