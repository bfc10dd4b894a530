"""Incidents built anew from the same articles, put in the place of those there were: ids stay where the attack is one.

What a person mended is not built anew: those incidents stay as they are, and keep their articles to themselves. What
was said by articles that are no longer kept stays, too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.incidents.growing import sum_up
from monitor.core.incidents.matching import match, near
from monitor.core.incidents.merge import Merger, free_id
from monitor.core.records import Incident, Statement, Status


def reconciled(
    old: Sequence[Incident],
    fresh: Sequence[Incident],
    mended: Collection[str],
    judged: Collection[str],
    merger: Merger,
    now: datetime,
) -> list[Incident]:
    """New revisions to write: of every old incident that changed, and of every attack that had none.

    `mended` are the ids that a person's corrections name, `judged` the articles that `fresh` was built from. An old
    incident that no article tells any longer stays, retracted.
    """
    pinned = [one for one in old if one.id in mended]
    movable = [one for one in old if one.id not in mended and one.status is not Status.MERGED]
    ours = [left for one in fresh if (left := _without(one, pinned, merger, now)) is not None]
    heirs = _heirs(movable, ours)
    taken = {one.id for one in old}
    revisions: list[Incident] = []
    for one in ours:
        before = heirs.get(one.id)
        if before is None:
            id = free_id(one.id, taken)
            taken.add(id)
            revisions.append(replace(one, id=id, revision=1))
            continue
        said = (*_unkept(before, judged), *one.statements)
        after = sum_up(replace(before, target=one.target, wave=one.wave or before.wave), said, merger.atlas, now)
        if _says_more(after, before):
            revisions.append(replace(after, revision=before.revision + 1))
    inherited = {before.id for before in heirs.values()}
    for gone in movable:
        if gone.id not in inherited:
            after = sum_up(gone, _unkept(gone, judged), merger.atlas, now)
            revisions += [after] if _says_more(after, gone) else []
    return revisions


def _says_more(after: Incident, before: Incident) -> bool:
    """Whether anything but the passing of time changed."""
    return replace(after, status=before.status, revision=before.revision) != before


def _without(one: Incident, pinned: Sequence[Incident], merger: Merger, now: datetime) -> Incident | None:
    """`one` without what a mended incident holds already; None when nothing is left."""
    kept = [statement for statement in one.statements if not any(_held(statement, pin, merger) for pin in pinned)]
    if len(kept) == len(one.statements):
        return one
    return sum_up(one, kept, merger.atlas, now) if kept else None


def _held(statement: Statement, pin: Incident, merger: Merger) -> bool:
    return statement.article in pin.articles and match(statement, pin, merger.atlas).joins


def _heirs(old: Sequence[Incident], fresh: Sequence[Incident]) -> dict[str, Incident]:
    """Which old incident each fresh one (by its id) continues: the same target first, then the most articles shared."""
    by_id = {before.id: before for before in old}
    holders: dict[str, list[str]] = defaultdict(list)
    for before in old:
        for article in before.articles:
            holders[article].append(before.id)
    pairs = []
    for one in fresh:
        shared = Counter(id for article in one.articles for id in holders[article])
        for id, times in shared.items():
            if near(one.target, by_id[id].target):
                pairs.append((one.target != by_id[id].target, -times, id, one.id, by_id[id]))
    heirs: dict[str, Incident] = {}
    spoken: set[str] = set()
    for _, _, old_id, fresh_id, before in sorted(pairs, key=lambda pair: pair[:4]):
        if fresh_id not in heirs and old_id not in spoken:
            heirs[fresh_id] = before
            spoken.add(old_id)
    return heirs


def _unkept(one: Incident, judged: Collection[str]) -> tuple[Statement, ...]:
    return tuple(statement for statement in one.statements if statement.article not in judged)
