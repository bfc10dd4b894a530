"""Judges every stored article again and builds all incidents anew, in the place of those there were; tells nobody.

The articles run through the same pipeline as ever, on a second store that is thrown away: its alerts reach nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from monitor.core.incidents.merge import Merger
from monitor.core.incidents.rejudging import reconciled
from monitor.core.records import (
    Article,
    Decision,
    Feed,
    Finding,
    Incident,
    MergeReason,
    Outcome,
    Silence,
    SilenceReason,
    Status,
)
from monitor.pipeline import Arrival, Pipeline
from monitor.ports import Store

UNIT = 1_000  # articles a commit
EVERYTHING = 10_000_000  # rows, where the store asks for a limit
BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rejudged:
    """How many articles were judged, how many of their verdicts changed, and what became of the incidents."""

    articles: int
    verdicts_changed: int
    incidents_opened: int
    incidents_changed: int


def rejudge(
    store: Store,
    scratch: Store,
    pipeline: Pipeline,
    merger: Merger,
    version: str,
    feeds: Mapping[str, Feed],
    now: datetime,
) -> Rejudged:
    """Judge what `store` holds with `pipeline`, which must write to `scratch`, an empty store.

    `version` is the classifier's, `feeds` are the site's by name. Findings are written as it goes, all incidents in one
    commit at the end.
    """
    judged: set[str] = set()
    changed = 0
    for unit in _units(store.articles_by_time(BEGINNING, now + timedelta(days=1))):
        entries = [(article, store.entry(article.id)) for article in unit]
        kept = [(article, entry) for article, entry in entries if entry is not None]
        pipeline.take_items([Arrival(entry, feeds.get(entry.feed), article.seen) for article, entry in kept])
        judged.update(article.id for article, _ in kept)
        changed += _keep_findings(store, scratch, unit, version)
    old = store.incidents(limit=EVERYTHING)
    mended = {id for one in store.corrections() for id in (one.incident, one.other) if id}
    fresh = [one for one in scratch.incidents(limit=EVERYTHING) if one.status is not Status.MERGED and one.articles]
    fresh.sort(key=lambda one: (one.first_seen, one.id))
    revisions = reconciled(old, fresh, mended, judged, merger, now)
    known = {one.id: one for one in old}
    with store.transaction():
        for after in revisions:
            store.save_incident(after, now)
            for decision in _decisions(known.get(after.id), after, now):
                store.save_decision(decision)
    opened = sum(after.id not in known for after in revisions)
    return Rejudged(len(judged), changed, opened, len(revisions) - opened)


def _units(articles: Iterator[Article]) -> Iterator[list[Article]]:
    while unit := list(islice(articles, UNIT)):
        yield unit


def _keep_findings(store: Store, scratch: Store, unit: Sequence[Article], version: str) -> int:
    """Write the new verdicts; how many articles changed their label."""
    changed = 0
    with store.transaction():
        for article in unit:
            verdict = scratch.verdict(article.id)
            if verdict is None:
                continue
            before = store.verdict(article.id)
            changed += before is None or before.label is not verdict.label
            finding = scratch.finding(article.id) or Finding(article.id, verdict.label, verdict.score)
            store.save_finding(finding, version)
    return changed


def _decisions(before: Incident | None, after: Incident, now: datetime) -> Iterator[Decision]:
    """One decision for each article that came to an incident or left it."""
    old, new = set(before.articles if before else ()), set(after.articles)
    silence = Silence(SilenceReason.REJUDGED).words
    for outcome, articles in ((Outcome.JOIN, new - old), (Outcome.WITHDRAWN, old - new)):
        for article in sorted(articles):
            yield Decision(article, now, outcome, after.id, MergeReason.REJUDGED, "", silence)
