"""The same pipeline, policy and store as the daemon's, over items of the past, under a clock of their own.

Every item arrives at the moment it was published. Items are taken in units of many, each in one commit: what is decided
does not depend on the size of a unit, only the number of commits does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice

from monitor.core.records import Alert, Decision, Entry, Feed, Incident, Outcome
from monitor.pipeline import Arrival, Pipeline
from monitor.ports import Store

UNIT = 1_000  # items a commit; larger units are no faster
TICK = timedelta(microseconds=1)
MEMBER = (Outcome.OPEN, Outcome.JOIN, Outcome.REPEAT)
EVERYTHING = 10_000_000  # rows, where the store asks for a limit


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay: every incident and every alert, oldest first, each with the guids of its items.

    An item stands with the incidents that its own words were merged into: of a live page, each edit with its own; of
    one article in two feeds, both items with the same.
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
    progress: Callable[[int, int, datetime], None] | None = None,
) -> Replayed:
    """Run entries through the pipeline in the order of their time, then of their guid.

    `feeds` are the site's by name. With `wait`, items come minute by minute, and `wait` is called between two minutes
    with the time that lies between them. `progress` is told, after each commit, how many items of how many are done,
    and the time of the last.
    """
    arrivals = in_time(entries, feeds)
    failures = done = 0
    before = arrivals[0].at if arrivals else None
    for unit in _minutes(arrivals) if wait else _units(arrivals):
        if wait and before and unit[0].at > before:
            wait(unit[0].at - before)
        before = unit[-1].at
        failures += pipeline.take_items(unit).failures
        done += len(unit)
        if progress:
            progress(done, len(arrivals), before)
    if before:
        pipeline.age(before)
    alerts = sorted(store.alerts(limit=EVERYTHING), key=lambda alert: (alert.at, alert.id))
    incidents = sorted(store.incidents(limit=EVERYTHING), key=lambda incident: (incident.first_seen, incident.id))
    return Replayed(
        items=len(arrivals),
        failures=failures,
        incidents=_with_items(incidents, store, arrivals),
        alerts=tuple((alert, _guids(store, alert.articles)) for alert in alerts),
    )


def in_time(entries: Iterable[Entry], feeds: Mapping[str, Feed]) -> list[Arrival]:
    """Each entry at the time it was published, sorted; an undated one comes with the entry before it in the file.

    No two arrive at once: each is a microsecond after the one before it, so that a decision's time tells its item.
    """
    dated = []
    at = datetime(1970, 1, 1, tzinfo=UTC)
    for entry in entries:
        at = entry.published or at
        dated.append((at, entry.guid, entry))
    dated.sort(key=lambda one: one[:2])
    arrivals: list[Arrival] = []
    for at, _, entry in dated:
        after = arrivals[-1].at + TICK if arrivals else at
        arrivals.append(Arrival(entry, feeds.get(entry.feed), max(at, after)))
    return arrivals


def _units(arrivals: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    rest = iter(arrivals)
    while unit := list(islice(rest, UNIT)):
        yield unit


def _minutes(arrivals: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    for _, unit in groupby(arrivals, key=lambda arrival: arrival.at.replace(second=0, microsecond=0)):
        yield list(unit)


def _with_items(
    incidents: Sequence[Incident], store: Store, arrivals: Sequence[Arrival]
) -> tuple[tuple[Incident, tuple[str, ...]], ...]:
    """Each incident with the guids of its items, in the order they came."""
    came = {arrival.entry.guid: arrival.at for arrival in arrivals}
    articles = {decision.article for one in incidents for decision in store.decisions(incident=one.id)}
    items: dict[str, list[str]] = defaultdict(list)
    for article, guids in store.entry_guids(sorted(articles)).items():
        decisions = store.decisions(article=article)
        for guid in guids:
            for incident in _homes(decisions, came[guid]):
                items[incident].append(guid)
    return tuple((one, tuple(sorted(items[one.id], key=lambda guid: (came[guid], guid)))) for one in incidents)


def _homes(decisions: Sequence[Decision], at: datetime) -> list[str]:
    """The incidents that an article was in by the last decisions made of it until then."""
    last = max((decision.at for decision in decisions if decision.at <= at), default=None)
    return [one.incident for one in decisions if one.at == last and one.incident and one.outcome in MEMBER]


def _guids(store: Store, articles: Sequence[str]) -> tuple[str, ...]:
    guids = store.entry_guids(articles)
    return tuple(guid for article in articles for guid in guids.get(article, ()))
