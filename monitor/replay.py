"""The same pipeline, policy and store as the daemon's, over items of the past, under a clock of their own.

Every item arrives at the moment it was published. Items are taken in units of many, each in one commit: what is decided
does not depend on the size of a unit, only the number of commits does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice

from monitor.core.records import Alert, Decision, Entry, Feed, Incident, Outcome
from monitor.pipeline import Arrival, Pipeline
from monitor.ports import Store

UNIT = 1_000  # items a commit; larger units are no faster
EVERYTHING = 10_000_000  # rows, where the store asks for a limit


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay: every incident and every alert, oldest first, each with the guids of its items.

    An item that came twice is one article: both of its guids stand with the incident.
    """

    items: int
    failures: int
    incidents: tuple[tuple[Incident, tuple[str, ...]], ...]
    alerts: tuple[tuple[Alert, tuple[str, ...]], ...]


def replay(
    pipeline: Pipeline,
    store: Store,
    entries: Iterable[Entry],
    feeds: Mapping[str, Feed],
    wait: Callable[[timedelta], None] | None = None,
) -> Replayed:
    """Run entries through the pipeline in the order of their time, then of their guid.

    `feeds` are the site's by name. With `wait`, items come minute by minute, and `wait` is called between two minutes
    with the time that lies between them.
    """
    arrivals = in_time(entries, feeds)
    failures = 0
    before = arrivals[0].at if arrivals else None
    for unit in _minutes(arrivals) if wait else _units(arrivals):
        if wait and before and unit[0].at > before:
            wait(unit[0].at - before)
        before = unit[-1].at
        failures += pipeline.take_items(unit).failures
    alerts = sorted(store.alerts(limit=EVERYTHING), key=lambda alert: (alert.at, alert.id))
    incidents = sorted(store.incidents(limit=EVERYTHING), key=lambda incident: (incident.first_seen, incident.id))
    return Replayed(
        items=len(arrivals),
        failures=failures,
        incidents=tuple((one, _guids(store, _members(store.decisions(incident=one.id)))) for one in incidents),
        alerts=tuple((alert, _guids(store, alert.articles)) for alert in alerts),
    )


def in_time(entries: Iterable[Entry], feeds: Mapping[str, Feed]) -> list[Arrival]:
    """Each entry at the time it was published, sorted; an undated one comes with the entry before it in the file."""
    arrivals = []
    last = datetime(1970, 1, 1, tzinfo=UTC)
    for entry in entries:
        last = entry.published or last
        arrivals.append(Arrival(entry, feeds.get(entry.feed), last))
    return sorted(arrivals, key=lambda arrival: (arrival.at, arrival.entry.guid))


def _units(arrivals: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    rest = iter(arrivals)
    while unit := list(islice(rest, UNIT)):
        yield unit


def _minutes(arrivals: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    for _, unit in groupby(arrivals, key=lambda arrival: arrival.at.replace(second=0, microsecond=0)):
        yield list(unit)


def _members(decisions: Sequence[Decision]) -> list[str]:
    """The articles in an incident by the last decision on each; they may be more than it keeps statements of."""
    last = {decision.article: decision.outcome for decision in decisions}
    return [article for article, outcome in last.items() if outcome is not Outcome.WITHDRAWN]


def _guids(store: Store, articles: Sequence[str]) -> tuple[str, ...]:
    guids = store.entry_guids(articles)
    return tuple(guid for article in articles for guid in guids.get(article, ()))
