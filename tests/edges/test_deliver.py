"""The outbox on a real store: at least once, one at a time a destination, and no destination holds up another."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.alerts.retrying import MOST_SENDS
from monitor.core.records import Alert, Delivery, DeliveryState, Message
from monitor.deliver import LEASE, Deliverer
from monitor.ports import Refused, Retry, Sent, Uncertain
from monitor.store import SqliteStore
from tests.build import NOW, ROOT, Hands, alert
from tests.edges import mortal

Outcome = Sent | Retry | Refused | Uncertain
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Channels:
    """Channels that keep what they are sent, and answer as told: what is told, in turn, then Sent."""

    answers: dict[str, list[Outcome | Callable[[], Outcome]]] = field(default_factory=dict)
    got: list[tuple[str, str]] = field(default_factory=list)

    def send(self, destination: str, message: Message) -> Outcome:
        answers = self.answers.get(destination) or [Sent()]
        answer = answers.pop(0)
        self.got.append((destination, message.title))
        return answer() if callable(answer) else answer


def put(store: SqliteStore, *alerts: Alert) -> None:
    with store.transaction():
        for told in alerts:
            store.save_alert(told)


def only(store: SqliteStore) -> Delivery:
    (delivery,) = store.deliveries()
    return delivery


# ---- how a send ends ------------------------------------------------------------------------------------------------


def test_what_waits_is_sent_to_each_destination_once(store: SqliteStore) -> None:
    channels = Channels()
    put(store, alert("one", "desk", "chat"), alert("two", "desk"))
    deliverer = Deliverer(store, channels, Hands())
    result = deliverer.round()
    assert sorted(destination for destination, _ in channels.got) == ["chat", "desk", "desk"]
    assert {delivery.state for delivery in result.settled} == {DeliveryState.SENT}
    assert deliverer.round().settled == ()
    assert store.next_due() is None
    assert store.delivery_counts() == {DeliveryState.SENT: 3}


def test_two_alerts_to_one_destination_go_in_their_order(store: SqliteStore) -> None:
    channels = Channels()
    put(store, *(alert(f"a{number}", "desk", title=f"Number {number}") for number in range(5)))
    Deliverer(store, channels, Hands()).round()
    assert [title for _, title in channels.got] == [f"Number {number}" for number in range(5)]


@pytest.mark.parametrize(
    ("answer", "state", "wait"),
    [
        (Sent(), DeliveryState.SENT, None),
        (Refused("no such chat"), DeliveryState.REFUSED, None),
        (Retry("busy"), DeliveryState.WAITING, 15 * SECOND),
        (Retry("busy", 10 * MINUTE), DeliveryState.WAITING, 10 * MINUTE),
        (Uncertain("no answer"), DeliveryState.WAITING, 15 * SECOND),
    ],
    ids=["sent", "refused", "retry", "retry after", "uncertain"],
)
def test_an_answer_settles_a_delivery(
    store: SqliteStore, answer: Outcome, state: DeliveryState, wait: timedelta | None
) -> None:
    put(store, alert())
    result = Deliverer(store, Channels({"desk": [answer]}), Hands()).round()
    delivery = only(store)
    assert result.settled == (delivery,)
    assert (delivery.state, delivery.attempts, delivery.settled) == (state, 1, NOW)
    assert store.next_due() == (NOW + wait if wait else None)
    assert delivery.error == getattr(answer, "error", "")


def test_what_was_refused_is_sent_at_the_next_start_or_reload_when_its_channel_is_mended(store: SqliteStore) -> None:
    put(store, alert("old", "desk", at=NOW - 25 * HOUR), alert("one", "desk", "chat"))
    wrong = Refused("wrong password")
    hands, channels = Hands(), Channels({"desk": [wrong, wrong], "chat": [wrong]})
    deliverer = Deliverer(store, channels, hands)
    deliverer.round()
    hands.time += HOUR
    assert deliverer.round().settled == (), "nothing changed"
    assert deliverer.retry_refused() == 2
    assert {delivery.state for delivery in deliverer.round().settled} == {DeliveryState.SENT}
    assert [delivery.alert for delivery in store.deliveries(states=[DeliveryState.REFUSED])] == ["old"]
    assert deliverer.retry_refused() == 0


def test_what_is_refused_for_ever_is_not_sent_for_ever(store: SqliteStore) -> None:
    put(store, alert())
    channels = Channels({"desk": [Refused("no such chat") for _ in range(100)]})
    for _ in range(30):
        Deliverer(store, channels, Hands()).round()
    assert len(channels.got) == MOST_SENDS
    assert only(store).error == "no such chat"


def test_a_delivery_is_tried_again_when_it_is_due_and_not_before(store: SqliteStore) -> None:
    put(store, alert())
    hands, channels = Hands(), Channels({"desk": [Retry("busy")]})
    deliverer = Deliverer(store, channels, hands)
    deliverer.round()
    hands.time += 14 * SECOND
    deliverer.round()
    assert len(channels.got) == 1
    hands.time += SECOND
    deliverer.round()
    assert len(channels.got) == 2
    assert only(store).state is DeliveryState.SENT


def test_a_channel_that_never_takes_it_is_given_up_after_a_day_and_shows(store: SqliteStore) -> None:
    put(store, alert())
    hands, channels = Hands(), Channels({"desk": [Retry("down") for _ in range(100)]})
    deliverer = Deliverer(store, channels, hands)
    deliverer.round()
    while (due := store.next_due()) is not None:
        hands.time = due
        deliverer.round()
    assert len(channels.got) == MOST_SENDS
    assert 23 * HOUR < hands.time - NOW < 25 * HOUR
    assert store.deliveries(states=[DeliveryState.EXPIRED]) == [only(store)]


def test_a_channel_that_never_answers_gets_it_twice_at_most(store: SqliteStore) -> None:
    put(store, alert())
    hands, channels = Hands(), Channels({"desk": [Uncertain("no answer"), Retry("busy"), Uncertain("no answer")]})
    deliverer = Deliverer(store, channels, hands)
    for _ in range(5):
        deliverer.round()
        hands.time += HOUR
    assert len(channels.got) == 3
    assert (only(store).state, only(store).doubts) == (DeliveryState.UNCERTAIN, 2)


def test_a_failure_of_our_own_is_kept_and_tried_again(store: SqliteStore) -> None:
    def broken() -> Outcome:
        raise KeyError("channel")

    put(store, alert())
    hands, channels = Hands(), Channels({"desk": [broken]})
    deliverer = Deliverer(store, channels, hands)
    deliverer.round()
    (failure,) = store.failures()
    assert (failure.subject, failure.error) == (f"delivery {only(store).id}", "KeyError: 'channel'")
    hands.time += MINUTE
    deliverer.round()
    assert only(store).state is DeliveryState.SENT


# ---- side by side ---------------------------------------------------------------------------------------------------


def test_a_destination_that_hangs_holds_up_no_other_and_gets_nothing_more_meanwhile(store: SqliteStore) -> None:
    answered = threading.Event()

    def hang() -> Outcome:
        answered.wait(30)
        return Sent()

    channels = Channels({"slow": [hang]})
    hands = Hands()
    put(store, alert("one", "slow", "desk"), alert("two", "slow", "desk"))
    deliverer = Deliverer(store, channels, hands)
    result = deliverer.round(timedelta(milliseconds=50))
    assert (len(result.settled), result.flying) == (2, 1)
    hands.time += 2 * LEASE  # even when its lease is over
    put(store, alert("three", "desk"))
    result = deliverer.round(timedelta(milliseconds=50))
    assert [delivery.alert for delivery in result.settled] == ["three"]
    assert Counter(destination for destination, _ in channels.got) == {"slow": 1, "desk": 3}
    answered.set()
    deliverer.round()
    assert store.delivery_counts() == {DeliveryState.SENT: 5}


def test_closing_settles_what_ends_in_time_and_leaves_the_rest_for_the_next_start(store: SqliteStore) -> None:
    never = threading.Event()

    def hang() -> Outcome:
        never.wait(30)
        return Sent()

    put(store, alert("one", "slow"))
    channels = Channels({"slow": [hang]})
    deliverer = Deliverer(store, channels, Hands())
    deliverer.round(timedelta(milliseconds=20))
    assert deliverer.close(timedelta(milliseconds=20)).flying == 1
    assert only(store).state is DeliveryState.CLAIMED
    Deliverer(store, channels, Hands()).round()
    assert only(store).state is DeliveryState.SENT
    never.set()


def test_an_answer_that_comes_after_the_lease_was_taken_over_changes_nothing(store: SqliteStore) -> None:
    put(store, alert())
    (first,) = store.claim(NOW, LEASE, 10)
    assert store.claim(NOW, LEASE, 10) == []
    (second,) = store.claim(NOW + 2 * LEASE, LEASE, 10)
    assert (first.id, second.attempts) == (second.id, 2)
    assert not store.settle(first, DeliveryState.REFUSED, None, "late", NOW)
    assert store.settle(second, DeliveryState.SENT, None, "", NOW)
    assert not store.settle(second, DeliveryState.REFUSED, None, "twice", NOW)
    assert only(store).state is DeliveryState.SENT


def test_a_send_that_takes_the_process_with_it_is_given_up_at_last(store: SqliteStore) -> None:
    put(store, alert())
    for _ in range(MOST_SENDS):
        store.claim(NOW, LEASE, 10)
        store.release(NOW)
    channels = Channels()
    Deliverer(store, channels, Hands()).round()
    assert channels.got == []
    assert only(store).state is DeliveryState.REFUSED
    assert "none ended" in only(store).error


# ---- killed at every step -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [*mortal.POLLING, *mortal.DELIVERING])
def test_killed_at_any_step_and_started_again_nothing_is_lost_and_only_a_send_under_way_is_doubled(
    tmp_path: Path, step: str
) -> None:
    killed = subprocess.run(
        [sys.executable, "-m", "tests.edges.mortal", str(tmp_path), step], cwd=ROOT, timeout=60, check=False
    )
    assert killed.returncode == mortal.KILLED
    mortal.live(tmp_path)
    lines = (tmp_path / mortal.SENT).read_text().splitlines()
    sent = Counter(tuple(json.loads(line)) for line in lines)
    assert len(sent) == 6, "three alerts to two destinations"
    # Two sends fly side by side: when the process dies while it delivers, neither may have been settled.
    assert sum(sent.values()) - len(sent) <= (2 if step in mortal.DELIVERING else 0)
    store = SqliteStore(tmp_path / mortal.DATABASE)
    assert store.delivery_counts() == {DeliveryState.SENT: 6}
    incidents = store.incidents()
    assert sorted(len(store.history(incident.id)) for incident in incidents) == [1, 2]
    store.close()
