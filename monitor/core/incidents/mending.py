"""What a person mends in the incidents: two that are one, one that is two, one that never was.

A mended incident is told what it is by a person, and later news respects it: articles put into an incident stay there,
an article taken out never comes back (`Incident.barred`), and news of an incident called false alerts nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from monitor.core.incidents.growing import sum_up
from monitor.core.incidents.merge import Merger
from monitor.core.records import Incident, Status


def merged(kept: Incident, gone: Incident, merger: Merger, now: datetime) -> tuple[Incident, Incident]:
    """`kept` with everything that was said of `gone`, and `gone` pointing to it. The wave of either is kept."""
    mine = {statement.article for statement in kept.statements}
    said = [*kept.statements, *(statement for statement in gone.statements if statement.article not in mine)]
    joint = replace(
        kept,
        wave=kept.wave or gone.wave,
        first_seen=min(kept.first_seen, gone.first_seen),
        barred=tuple(article for article in kept.barred if article not in gone.articles),
    )
    closed = replace(gone, status=Status.MERGED, merged_into=kept.id, revision=gone.revision + 1)
    return replace(sum_up(joint, said, merger.atlas, now), revision=kept.revision + 1), closed


def split(
    incident: Incident, article: str, merger: Merger, ids: Collection[str], now: datetime
) -> tuple[Incident, Incident]:
    """`incident` without what `article` said, and a new incident that is only that; neither takes the other's back.

    Raises ValueError when the article is none of the incident's, or the only one.
    """
    said = [statement for statement in incident.statements if statement.article == article]
    rest = [statement for statement in incident.statements if statement.article != article]
    if not said:
        raise ValueError(f"article {article} is none of its articles")
    if not rest:
        raise ValueError(f"article {article} is all that tells of it, so that nothing would be left")
    left = replace(sum_up(incident, rest, merger.atlas, now), barred=(*incident.barred, article))
    own = merger.from_statement(said[0], ids, now, wave=incident.wave)
    return replace(left, revision=incident.revision + 1), replace(own, barred=tuple(s.article for s in rest))


def false(incident: Incident) -> Incident:
    """`incident`, called none by a person."""
    return replace(incident, status=Status.FALSE, revision=incident.revision + 1)
