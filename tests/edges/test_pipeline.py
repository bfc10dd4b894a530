"""One feed's pass on a real store: what arrives, what follows from it, and what stays when something fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.alerts.alerting import Teller
from monitor.core.clean import article_id, entry_key
from monitor.core.incidents.merge import Merger
from monitor.core.records import (
    AlertReason,
    Article,
    Change,
    DeliveryState,
    Entry,
    Finding,
    Incident,
    Label,
    Outcome,
    Route,
    SilenceReason,
    Status,
    Verdict,
    Watch,
)
from monitor.errors import StoreError
from monitor.pipeline import Arrival, Document, PassResult, Pipeline
from monitor.ports import FeedState, Store
from monitor.store import SqliteStore
from tests.build import AIN_AL_ASAD, ERBIL, HOUR, NOW, entry, feed
from tests.edges.reader import NOTHING_KNOWN, Reader

DAY = timedelta(days=1)


def pipeline(store: Store, *, watch: Watch = Watch(), destinations: tuple[str, ...] = ("desk", "chat")) -> Pipeline:  # noqa: B008
    """A pipeline that tells two destinations everything."""
    merger = Merger(NOTHING_KNOWN, watch)
    return Pipeline(store, Reader(), merger, Teller(watch, (Route(destinations),), merger.atlas))


def poll(store: Store, *entries: Entry, at: timedelta = timedelta(0), name: str = "wire") -> PassResult:
    """One poll of a feed that serves these entries, newest first."""
    source = feed(name)
    served = [replace(told, feed=name) for told in entries]
    told = Document(source, served, NOW + at, lambda new: FeedState(name, source.url, entries=new))
    (result,) = pipeline(store).take([told])
    return result


def only_incident(store: Store) -> Incident:
    (found,) = store.incidents()
    return found


# ---- the walk of one entry ------------------------------------------------------------------------------------------


def test_an_attack_is_kept_with_everything_in_one_pass(store: SqliteStore) -> None:
    told = entry("Rockets hit Ain al-Asad")
    result = poll(store, entry("Weather"), told)
    assert (result.new, result.flagged, result.failures) == (2, 1, 0)
    incident = only_incident(store)
    assert result.opened == (incident,)
    assert incident.target == AIN_AL_ASAD and incident.articles == (article_id(told),)
    (alert,) = store.alerts_of(incident.id)
    assert result.alerts == (alert,)
    assert alert.reason is AlertReason.NEW
    waiting = store.deliveries(states=[DeliveryState.WAITING])
    assert {(delivery.alert, delivery.destination) for delivery in waiting} == {(alert.id, "desk"), (alert.id, "chat")}
    (decision,) = store.decisions(article=article_id(told))
    assert (decision.outcome, decision.incident, decision.alert) == (Outcome.OPEN, incident.id, alert.id)
    assert store.finding(article_id(told)).attacks[0].target == AIN_AL_ASAD
    assert store.verdict(article_id(entry("Weather"))).label is Label.OTHER
    assert store.feed_state("wire").entries == 2


def test_the_second_poll_of_the_same_document_brings_nothing(store: SqliteStore) -> None:
    served = (entry("Rockets hit Ain al-Asad"), entry("Weather"))
    poll(store, *served)
    result = poll(store, *served, at=HOUR)
    assert (result.new, result.changed, result.alerts) == (0, 0, ())
    assert len(store.alerts()) == 1


def test_the_same_article_of_another_feed_is_known_and_not_judged_again(store: SqliteStore) -> None:
    told = entry("Rockets hit Ain al-Asad", summary="unread by the second feed")
    poll(store, told)
    result = poll(store, replace(told, guid="other"), name="other")
    assert (result.new, result.flagged, result.alerts) == (1, 0, ())
    assert store.entry_guids([article_id(told)]) == {article_id(told): (told.guid, "other")}
    assert only_incident(store).revision == 1


def test_a_second_report_joins_and_is_silent_with_its_reason(store: SqliteStore) -> None:
    poll(store, entry("Rockets hit Ain al-Asad"))
    result = poll(store, entry("Ain al-Asad hit by rockets"), at=HOUR, name="other")
    incident = only_incident(store)
    assert len(incident.articles) == 2
    assert result.alerts == ()
    joined = store.decisions(article=incident.articles[0]) + store.decisions(article=incident.articles[1])
    assert {(decision.outcome, bool(decision.alert), bool(decision.silence)) for decision in joined} == {
        (Outcome.OPEN, True, False),
        (Outcome.JOIN, False, True),
    }


def test_a_rising_toll_is_told_by_its_name(store: SqliteStore) -> None:
    poll(store, entry("Rockets hit Ain al-Asad"))
    result = poll(store, entry("Ain al-Asad hit, two killed"), at=HOUR)
    assert [alert.reason for alert in result.alerts] == [AlertReason.KILLED_ROSE]
    assert len(store.deliveries()) == 4


def test_several_bases_in_one_report_are_one_wave_and_one_alert(store: SqliteStore) -> None:
    result = poll(store, entry("Rockets hit Ain al-Asad and Erbil"))
    assert len(result.opened) == 2
    assert len({incident.wave for incident in result.opened} - {""}) == 1
    (alert,) = result.alerts
    assert set(alert.incidents) == {incident.id for incident in result.opened}


def test_a_document_is_judged_oldest_first(store: SqliteStore) -> None:
    first = entry("Rockets hit Ain al-Asad", published=NOW - 3 * HOUR)
    second = entry("Ain al-Asad hit, two killed", published=NOW - HOUR)
    result = poll(store, second, first)
    assert [alert.reason for alert in result.alerts] == [AlertReason.NEW, AlertReason.KILLED_ROSE]


# ---- edits ----------------------------------------------------------------------------------------------------------


def test_an_edited_title_is_a_revision_judged_again(store: SqliteStore) -> None:
    first = entry("Rockets hit Ain al-Asad")
    poll(store, first)
    result = poll(store, replace(first, title="Rockets hit Ain al-Asad, two killed"), at=HOUR)
    assert (result.new, result.changed) == (0, 1)
    assert [alert.reason for alert in result.alerts] == [AlertReason.KILLED_ROSE]
    assert [old.title for old in store.revisions(article_id(first))] == [first.title]
    assert only_incident(store).articles == (article_id(first),)


def test_an_article_that_takes_its_news_back_is_withdrawn_and_corrected(store: SqliteStore) -> None:
    first = entry("Rockets hit Ain al-Asad base")
    poll(store, first)
    result = poll(store, replace(first, title="Corrected: rockets missed Ain al-Asad base"), at=HOUR)
    assert [alert.reason for alert in result.alerts] == [AlertReason.RETRACTED]
    assert only_incident(store).articles == ()
    outcomes = [decision.outcome for decision in store.decisions(article=article_id(first))]
    assert outcomes == [Outcome.OPEN, Outcome.WITHDRAWN]


def test_a_live_page_that_moves_on_to_other_news_stays_with_its_attack(store: SqliteStore) -> None:
    first = entry("Rockets hit Ain al-Asad base")
    poll(store, first)
    assert poll(store, replace(first, title="Markets rally in Tokyo"), at=HOUR).alerts == ()
    assert only_incident(store).articles == (article_id(first),)
    last = store.decisions(article=article_id(first))[-1]
    assert (last.outcome, last.silence) == (Outcome.NONE, SilenceReason.NOTHING_NEW)


def test_an_undated_article_stays_as_old_as_when_it_was_first_seen(store: SqliteStore) -> None:
    first = entry("Quiet day", published=None)
    poll(store, first)
    poll(store, replace(first, title="Rockets hit Ain al-Asad"), at=10 * DAY)
    assert store.article(article_id(first)).published == NOW
    assert store.alerts() == []


def test_a_feed_that_gives_all_its_entries_one_guid_loses_none_and_is_quiet_at_the_next_poll(
    store: SqliteStore,
) -> None:
    served = [entry(title, guid="1") for title in ("Weather", "Erbil hit", "Rockets hit Ain al-Asad")]
    result = poll(store, *served)
    assert len(result.opened) == 2
    again = poll(store, *served, at=HOUR)
    assert (again.new, again.flagged, again.alerts) == (0, 0, ())


# ---- silence --------------------------------------------------------------------------------------------------------


def test_an_old_entry_is_kept_and_alerts_nobody(store: SqliteStore) -> None:
    told = entry("Rockets hit Ain al-Asad", published=NOW - 4 * DAY)
    result = poll(store, told)
    assert result.flagged == 1 and result.alerts == ()
    assert store.article(article_id(told)) is not None
    (decision,) = store.decisions(article=article_id(told))
    assert decision.silence.startswith(SilenceReason.TOO_OLD)


def test_an_archive_published_again_after_its_text_was_forgotten_brings_nothing(store: SqliteStore) -> None:
    told = entry("Rockets missed everything", published=None)
    poll(store, told)
    store.prune(NOW + 60 * DAY, 30 * DAY)
    assert store.article(article_id(told)) is None
    assert poll(store, told, at=60 * DAY).new == 0


def test_a_threat_is_kept_with_its_silence_or_told_where_threats_are_watched(store: SqliteStore) -> None:
    told = entry("General fears an attack")
    assert poll(store, told).alerts == ()
    (decision,) = store.decisions(article=article_id(told))
    assert decision.silence.startswith(SilenceReason.LABEL_NOT_WATCHED)
    watching = pipeline(store, watch=Watch(labels=frozenset({Label.THREAT})))
    result = watching.take_items([Arrival(entry("Colonel fears an attack"), feed(), NOW)])
    assert [alert.reason for alert in result.alerts] == [AlertReason.THREAT]


def test_incidents_without_news_fall_quiet_and_close(store: SqliteStore) -> None:
    poll(store, entry("Rockets hit Ain al-Asad"))
    aging = pipeline(store)
    statuses = []
    for days in (1, 4, 5, 40):
        aging.age(NOW + days * DAY)
        statuses.append(only_incident(store).status)
    assert statuses == [Status.OPEN, Status.QUIET, Status.QUIET, Status.CLOSED]
    assert only_incident(store).revision == 3


# ---- failures -------------------------------------------------------------------------------------------------------


def test_an_entry_that_cannot_be_judged_is_kept_with_its_failure_and_the_rest_goes_on(store: SqliteStore) -> None:
    odd = entry("This one is unreadable")
    result = poll(store, entry("Weather"), odd, entry("Rockets hit Ain al-Asad"))
    assert (result.new, result.flagged, result.failures) == (3, 1, 1)
    (failure,) = store.failures()
    assert failure.subject == entry_key(replace(odd, feed="wire"))
    assert failure.error == "ValueError: cannot be read"
    assert store.article(article_id(odd)).title == odd.title
    assert store.verdict(article_id(odd)) is None


class Stumbling(Teller):
    """A teller that fails at one incident, after the incident was written."""

    def decide(self, article: Article, finding: Finding, changes: Sequence[Change], now: datetime) -> list[Verdict]:
        if any(change.after.target == ERBIL for change in changes):
            raise KeyError("routes")
        return super().decide(article, finding, changes, now)


def test_what_follows_from_an_entry_is_kept_whole_or_not_at_all(store: SqliteStore) -> None:
    merger = Merger(NOTHING_KNOWN, Watch())
    stumbling = Pipeline(store, Reader(), merger, Stumbling(Watch(), (Route(("desk",)),), merger.atlas))
    arrivals = [Arrival(entry(title), feed(), NOW) for title in ("Rockets hit Erbil", "Rockets hit Ain al-Asad")]
    result = stumbling.take_items(arrivals)
    assert [incident.target for incident in store.incidents()] == [AIN_AL_ASAD]
    assert (result.flagged, result.failures, len(result.alerts)) == (1, 1, 1)
    assert [failure.error for failure in store.failures()] == ["KeyError: 'routes'"]


class Failing(SqliteStore):
    """A store whose disk is full at the end of a pass."""

    def save_feeds(self, states: Iterable[FeedState]) -> None:
        raise StoreError("basewatch.db", "database or disk is full")


def test_a_fault_of_the_store_ends_the_pass_and_leaves_nothing_behind(tmp_path: Path) -> None:
    full = Failing(tmp_path / "full.db", durable=False)
    with pytest.raises(StoreError, match="disk is full"):
        poll(full, entry("Rockets hit Ain al-Asad"))
    assert full.incidents() == [] and full.deliveries() == []
    assert full.article(article_id(entry("Rockets hit Ain al-Asad"))) is None
    full.close()


# ---- replay ---------------------------------------------------------------------------------------------------------


def test_taking_items_in_any_portions_gives_the_same(tmp_path: Path) -> None:
    titles = ["Rockets hit Ain al-Asad", "Weather", "Ain al-Asad hit, two killed", "Erbil hit", "More weather"]
    arrivals = [
        Arrival(entry(title, published=NOW + number * HOUR), None, NOW + number * HOUR)
        for number, title in enumerate([*titles, titles[0]])
    ]
    seen = []
    for portion in (1, 2, len(arrivals)):
        store = SqliteStore(tmp_path / f"{portion}.db", durable=False)
        taking = pipeline(store)
        for start in range(0, len(arrivals), portion):
            taking.take_items(arrivals[start : start + portion])
        seen.append((store.incidents(), store.alerts()))
        store.close()
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0][1]) == 3
