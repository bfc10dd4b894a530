"""The daemon on real items: the labelled ones as twenty feeds, told to a webhook and a mailbox, killed in the middle."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from monitor.core.alerts.render import message
from monitor.core.records import Alert, DeliveryState
from monitor.store import Access, SqliteStore
from tests.walk.street import ROUTE, Farm, Mail, Site, until

FEEDS = 20


@pytest.fixture
def site(tmp_path: Path, labelled_farm: Farm, mail: Mail) -> Site:
    """Twenty feeds; every alert goes to the desk, and those of one base to the mailbox: it takes one in 5.5 seconds."""
    feeds = {f"farm {n}": labelled_farm.url(f"feed/{n}.xml") for n in range(FEEDS)}
    desk = labelled_farm.url("sink/desk").replace("http://", "json://")
    return Site(
        tmp_path / "site",
        max_age="5000d",
        feeds=feeds,
        destinations={"desk": desk, "mail": mail.url},
        routes=ROUTE.format(name="desk", rest="") + ROUTE.format(name="mail", rest='bases = ["diego-garcia"]'),
    ).write()


class Ledger:
    """What stands in a site's database, read beside the daemon."""

    def __init__(self, site: Site) -> None:
        self._store = SqliteStore(site.database, Access.READ)

    def all_delivered(self) -> bool:
        """Whether every feed was polled and nothing waits to be sent."""
        polled = [state for state in self._store.feed_states() if state.last_ok]
        counts = self._store.delivery_counts()
        return len(polled) == FEEDS and not (counts.get(DeliveryState.WAITING) or counts.get(DeliveryState.CLAIMED))

    def alerts(self, destination: str) -> list[Alert]:
        return [alert for alert in self._store.alerts(limit=10_000) if destination in alert.destinations]

    def told(self, destination: str) -> Counter[tuple[str, str]]:
        """Title and text of every alert for a destination."""
        sent = [message(alert) for alert in self.alerts(destination)]
        return Counter((one.title, one.body) for one in sent)

    def incidents(self) -> int:
        return len(self._store.incidents(limit=10_000))

    def states(self) -> Counter[DeliveryState]:
        return Counter({state: count for state, count in self._store.delivery_counts().items() if count})


def flagged(shared: Path) -> int:
    items = (shared / "eval" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    return sum(json.loads(line)["label"] in ("report", "update") for line in items if line.strip())


@pytest.mark.shared
def test_it_polls_flags_merges_and_tells_each_alert_once(
    site: Site, labelled_farm: Farm, mail: Mail, shared: Path
) -> None:
    with site.start() as daemon:
        ledger = Ledger(site)
        until(ledger.all_delivered, "not everything was polled and told")
        told = ledger.told("desk")
        assert Counter(labelled_farm.received()) == told
        assert len(mail.messages) == len(ledger.alerts("mail")) > 0
        assert 20 < ledger.incidents() < flagged(shared), "reports of one attack are one incident"
        # Twice more around: what was served is served again, and nothing is told.
        polls = labelled_farm.polls()
        until(lambda: labelled_farm.polls() >= polls + 2 * FEEDS)
        assert Counter(labelled_farm.received()) == told
        assert daemon.stop() == 0
    # In another format every document is new, and every entry known.
    site.feeds = {name: url.replace("feed/", "json/").replace(".xml", ".json") for name, url in site.feeds.items()}
    with site.write().start() as daemon:
        polls = labelled_farm.polls()
        until(lambda: labelled_farm.polls() >= polls + 2 * FEEDS)
        assert daemon.stop() == 0
    assert Counter(labelled_farm.received()) == told == Ledger(site).told("desk")


@pytest.mark.shared
def test_killed_in_the_middle_it_loses_nothing_and_repeats_only_what_was_being_sent(
    site: Site, labelled_farm: Farm
) -> None:
    kills = 0
    for received in (1, 15, 40):
        with site.start() as daemon:
            until(lambda: len(labelled_farm.received()) >= received)  # noqa: B023  # asked at once
            daemon.kill()
            kills += 1
    with site.start() as daemon:
        ledger = Ledger(site)
        until(ledger.all_delivered, "not everything was polled and told")
        assert daemon.stop() == 0
    told, received_now = ledger.told("desk"), Counter(labelled_farm.received())
    assert not told - received_now, "an alert was lost"
    assert set(received_now) == set(told)
    assert (received_now - told).total() <= kills, "more was repeated than what was being sent"
    assert set(ledger.states()) == {DeliveryState.SENT}
