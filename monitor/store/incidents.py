"""The store's part about incidents: every revision of each, and the search for the ones an attack may belong to."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

from monitor.core.records import Correction, Incident, Statement, Status, Target, TimeSpan
from monitor.errors import StoreError
from monitor.store.codec import Codec, stamp
from monitor.store.connect import Disk
from monitor.store.room import Room

T = TypeVar("T")

_INCIDENT = Codec(Incident, without=frozenset({"statements", "articles"}))
_STATEMENT = Codec(Statement, without=frozenset({"prints"}))
_CORRECTION = Codec(Correction)

_READ_AT_ONCE = 200  # incidents, so that no query has too many values
_MOST_CACHED = 20_000  # statements, of about 3 kB each
_MICROSECOND = timedelta(microseconds=1)
_NEAR = timedelta(hours=12)  # times that lie no farther apart are as near as one another


class Incidents(Room):
    """Implements `monitor.ports.IncidentStore`.

    Incidents are frozen, so those read or written once are kept in memory by their revision; the revision is read
    from disk each time, so that what another process wrote is never missed.
    """

    def __init__(self, disk: Disk) -> None:
        super().__init__(disk)
        self._cache = _Cache(_MOST_CACHED)
        disk.on_rollback(self._cache.clear)

    # ---- search -----------------------------------------------------------------------------------------------------

    def candidates(self, target: Target, when: TimeSpan, slack: timedelta, limit: int) -> list[Incident]:
        """Incidents not merged away whose place may be `target` and whose time may overlap: generous, newest first.

        For a base: its own incidents, and those known no nearer than its country or not even that. For a country or a
        region: all that lie there. When `limit` binds, those nearest in time stay, and of those the nearest in place.
        """
        ranks = _places_to_look(target)
        listed = ", ".join("(?, ?)" for _ in ranks)
        rows = self._disk.run(
            f"""
            WITH looked(place, rank) AS (VALUES {listed}),
                 widest(width) AS (SELECT coalesce(max(width), 0) FROM incidents),
                 near(incident, centre, rank) AS (
                     SELECT incident, (p.earliest + p.latest) / 2, min(rank) FROM looked CROSS JOIN widest
                     JOIN incident_places AS p ON p.place = looked.place
                      AND p.latest >= ? AND p.latest <= ? + width AND p.earliest <= ?
                     GROUP BY incident)
            SELECT id, revision, last_news FROM near JOIN incidents ON id = incident
            ORDER BY abs(centre - ?) / ?, rank, last_news DESC, id LIMIT ?
            """,
            (
                *(value for pair in ranks.items() for value in pair),
                stamp(when.earliest - slack),
                stamp(when.latest + slack),
                stamp(when.latest + slack),
                stamp(when.earliest + (when.latest - when.earliest) / 2),
                _NEAR // _MICROSECOND,
                limit,
            ),
        ).fetchall()
        rows.sort(key=lambda row: (-row[2], row[0]))
        return self._load((id_, revision) for id_, revision, _ in rows)

    def incident(self, id: str) -> Incident | None:
        """One incident at its newest revision."""
        row = self._disk.run("SELECT id, revision FROM incidents WHERE id = ?", (id,)).fetchone()
        return self._load([row])[0] if row else None

    def incidents(
        self, *, since: datetime | None = None, statuses: Sequence[str] = (), limit: int = 100
    ) -> list[Incident]:
        """Incidents by last news, newest first."""
        where, values = ["1"], list[object]()
        if since is not None:
            where.append("last_news >= ?")
            values.append(stamp(since))
        if statuses:
            where.append(f"status IN ({', '.join('?' * len(statuses))})")
            values.extend(statuses)
        rows = self._disk.run(
            f"SELECT id, revision FROM incidents WHERE {' AND '.join(where)} ORDER BY last_news DESC, id LIMIT ?",
            (*values, limit),
        )
        return self._load(rows.fetchall())

    def incidents_of(self, article: str) -> list[Incident]:
        """The incidents, not merged away, that hold this article now, in the order it came to them."""
        rows = self._disk.run(
            "SELECT incidents.id, revision FROM incident_articles JOIN incidents ON incidents.id = incident"
            " WHERE article = ? AND until IS NULL AND status <> ? ORDER BY incident_articles.id",
            (article, Status.MERGED),
        )
        return self._load(rows.fetchall())

    def wave(self, id: str) -> list[Incident]:
        """The incidents of one wave, by id."""
        rows = self._disk.run("SELECT id, revision FROM incidents WHERE wave = ? AND wave <> '' ORDER BY id", (id,))
        return self._load(rows.fetchall())

    def idle(self, statuses: Sequence[str], before: datetime, limit: int) -> list[Incident]:
        """Incidents in one of these states whose last news is older than `before`, oldest first."""
        rows = self._disk.run(
            f"SELECT id, revision FROM incidents WHERE status IN ({', '.join('?' * len(statuses))})"
            " AND last_news < ? ORDER BY last_news, id LIMIT ?",
            (*statuses, stamp(before), limit),
        )
        return self._load(rows.fetchall())

    def incident_ids_like(self, prefix: str) -> list[str]:
        """Ids that start so, for making the next one."""
        rows = self._disk.run(
            "SELECT id FROM incidents WHERE id >= ?1 AND id < ?1 || char(1114111) ORDER BY id", (prefix,)
        )
        return [id_ for (id_,) in rows]

    # ---- revisions --------------------------------------------------------------------------------------------------

    def history(self, id: str) -> list[Incident]:
        """Every revision of one incident, oldest first."""
        statements = self._disk.run(
            "SELECT since, until, record, prints FROM incident_statements WHERE incident = ? ORDER BY place, id", (id,)
        )
        told = [(since, until, _statement(record, prints)) for since, until, record, prints in statements]
        articles = self._disk.run(
            "SELECT since, until, article FROM incident_articles WHERE incident = ? ORDER BY place, id", (id,)
        ).fetchall()
        rows = self._disk.run(
            "SELECT revision, record FROM incident_revisions WHERE incident = ? ORDER BY revision", (id,)
        )
        return [
            _INCIDENT.load(record, statements=_valid(told, revision), articles=_valid(articles, revision))
            for revision, record in rows
        ]

    def save_incident(self, incident: Incident, now: datetime) -> None:
        """Write a new revision; earlier ones stay readable. Raises StoreError when that revision is written already."""
        before = self.incident(incident.id)
        if before is not None and before.revision >= incident.revision:
            raise StoreError(f"incident {incident.id}", f"revision {incident.revision} is not after {before.revision}")
        self._disk.run(
            "INSERT INTO incidents (id, revision, status, wave, last_news, width) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET (revision, status, wave, last_news, width)"
            " = (excluded.revision, excluded.status, excluded.wave, excluded.last_news, excluded.width)",
            (
                incident.id,
                incident.revision,
                incident.status,
                incident.wave,
                stamp(incident.last_news),
                (incident.occurred.latest - incident.occurred.earliest) // _MICROSECOND,
            ),
        )
        self._save_places(before, incident)
        self._disk.run(
            "INSERT INTO incident_revisions (incident, revision, at, record) VALUES (?, ?, ?, ?)",
            (incident.id, incident.revision, stamp(now), _INCIDENT.dump(incident)),
        )
        told = before.statements if before else ()
        said = _Spans("incident_statements", "record, prints", incident.id, incident.revision)
        self._save_spans(said, told, incident.statements, lambda statement: statement.article, _values)
        held = before.articles if before else ()
        holds = _Spans("incident_articles", "article", incident.id, incident.revision)
        self._save_spans(holds, held, incident.articles, str, lambda article: (article,))
        self._cache.put(incident)

    def _save_places(self, before: Incident | None, incident: Incident) -> None:
        places, times = _places_of(incident), incident.occurred
        if before is not None:
            if (_places_of(before), before.occurred) == (places, times):
                return
            self._disk.run("DELETE FROM incident_places WHERE incident = ?", (incident.id,))
        self._disk.run_many(
            "INSERT INTO incident_places (place, latest, earliest, incident) VALUES (?, ?, ?, ?)",
            [(place, stamp(times.latest), stamp(times.earliest), incident.id) for place in places],
        )

    def _save_spans(
        self,
        spans: _Spans,
        before: tuple[T, ...],
        after: tuple[T, ...],
        key: Callable[[T], str],
        values: Callable[[T], tuple[object, ...]],
    ) -> None:
        """End the rows of what a new revision has no more, and write rows for what it adds, each in its place."""
        if before is after or before == after:
            return
        rows = self._disk.run(
            f"SELECT id, place FROM {spans.table} WHERE incident = ? AND until IS NULL ORDER BY place, id",
            (spans.incident,),
        ).fetchall()
        kept, added = _difference([place for _, place in rows], before, after, key)
        self._disk.run_many(
            f"UPDATE {spans.table} SET until = ? WHERE id = ?",
            [(spans.revision, id_) for position, (id_, _) in enumerate(rows) if position not in kept],
        )
        rows = [(spans.incident, spans.revision, place, *values(item)) for place, item in added]
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._disk.run_many(
                f"INSERT INTO {spans.table} (incident, since, place, {spans.columns}) VALUES ({marks})", rows
            )

    # ---- corrections ------------------------------------------------------------------------------------------------

    def save_correction(self, correction: Correction) -> None:
        """Keep what a person mended."""
        self._disk.run(
            "INSERT INTO corrections (at, incident, other, record) VALUES (?, ?, ?, ?)",
            (stamp(correction.at), correction.incident, correction.other or None, _CORRECTION.dump(correction)),
        )

    def corrections(self, incident: str = "") -> list[Correction]:
        """What persons mended, oldest first: all, or what concerns one incident."""
        rows = self._disk.run(
            "SELECT record FROM corrections WHERE ?1 = '' OR incident = ?1 OR other = ?1 ORDER BY id", (incident,)
        )
        return [_CORRECTION.load(record) for (record,) in rows]

    # ---- loading ----------------------------------------------------------------------------------------------------

    def _load(self, rows: Iterable[tuple[str, int]]) -> list[Incident]:
        """Incidents at these revisions, in this order; those not kept in memory are read together."""
        asked = list(rows)
        found = {
            id_: known for id_, revision in asked if (known := self._cache.get(id_)) and known.revision == revision
        }
        missing = [(id_, revision) for id_, revision in asked if id_ not in found]
        for first in range(0, len(missing), _READ_AT_ONCE):
            for read in self._read(missing[first : first + _READ_AT_ONCE]):
                found[read.id] = read
                self._cache.put(read)
        return [found[id_] for id_, _ in asked]

    def _read(self, wanted: Sequence[tuple[str, int]]) -> Iterator[Incident]:
        marks = ", ".join("?" * len(wanted))
        ids = tuple(id_ for id_, _ in wanted)
        statements: dict[str, list[Statement]] = defaultdict(list)
        articles: dict[str, list[str]] = defaultdict(list)
        for id_, record, prints in self._disk.run(
            f"SELECT incident, record, prints FROM incident_statements WHERE incident IN ({marks}) AND until IS NULL"
            " ORDER BY place, id",
            ids,
        ):
            statements[id_].append(_statement(record, prints))
        for id_, article in self._disk.run(
            f"SELECT incident, article FROM incident_articles WHERE incident IN ({marks}) AND until IS NULL"
            " ORDER BY place, id",
            ids,
        ):
            articles[id_].append(article)
        pairs = ", ".join("(?, ?)" for _ in wanted)
        for id_, record in self._disk.run(
            f"WITH wanted(id, number) AS (VALUES {pairs}) SELECT incident, record FROM wanted"
            " CROSS JOIN incident_revisions ON incident = wanted.id AND revision = number",
            tuple(value for pair in wanted for value in pair),
        ):
            yield _INCIDENT.load(record, statements=tuple(statements[id_]), articles=tuple(articles[id_]))


def _values(statement: Statement) -> tuple[object, ...]:
    """A statement as its columns."""
    return _STATEMENT.dump(statement), struct.pack(f"<{len(statement.prints)}I", *statement.prints)


def _statement(record: str, prints: bytes) -> Statement:
    return _STATEMENT.load(record, prints=struct.unpack(f"<{len(prints) // 4}I", prints))


class _Cache:
    """Incidents by id, as many as have `most` statements together; those not asked for longest go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[str, Incident] = {}
        self._weight = 0
        self._lock = Lock()

    def get(self, id: str) -> Incident | None:
        with self._lock:
            known = self._held.pop(id, None)
            if known is not None:
                self._held[id] = known
            return known

    def put(self, incident: Incident) -> None:
        with self._lock:
            before = self._held.pop(incident.id, None)
            self._weight -= _weight(before) if before else 0
            self._held[incident.id] = incident
            self._weight += _weight(incident)
            while self._weight > self._most and len(self._held) > 1:
                self._weight -= _weight(self._held.pop(next(iter(self._held))))

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
            self._weight = 0


def _weight(incident: Incident) -> int:
    return 1 + len(incident.statements)


@dataclass(frozen=True, slots=True)
class _Spans:
    """Which table and columns hold the parts of which incident, and the revision that is written."""

    table: str
    columns: str
    incident: str
    revision: int


def _difference(
    places: list[float], before: tuple[T, ...], after: tuple[T, ...], key: Callable[[T], str]
) -> tuple[set[int], list[tuple[float, T]]]:
    """Which positions of `before` stay, and what `after` adds, each with a place between those of its neighbours.

    Everything is written anew when no number is left between two places (after some fifty insertions at one spot).
    """
    position_of = {key(item): position for position, item in enumerate(before)}
    kept: list[int] = []
    groups: list[list[T]] = [[]]  # what is added before, between and after those that stay
    for item in after:
        position = position_of.get(key(item), -1)
        if position > (kept[-1] if kept else -1) and before[position] == item:
            kept.append(position)
            groups.append([])
        else:
            groups[-1].append(item)
    fences = [places[position] for position in kept]
    added: list[tuple[float, T]] = []
    for number, group in enumerate(groups):
        low = fences[number - 1] if number else (fences[0] - len(group) - 1 if fences else 0.0)
        high = fences[number] if number < len(fences) else low + len(group) + 1
        step = (high - low) / (len(group) + 1)
        added.extend((low + step * (turn + 1), item) for turn, item in enumerate(group))
    if len({*fences, *(place for place, _ in added)}) < len(after):
        return set(), [(float(turn), item) for turn, item in enumerate(after)]
    return set(kept), added


def _valid(spans: list[tuple[int, int | None, T]], revision: int) -> tuple[T, ...]:
    """What belonged to a revision."""
    return tuple(item for since, until, item in spans if since <= revision and (until is None or revision < until))


def _places_of(incident: Incident) -> list[str]:
    """Under which names an incident is found."""
    if incident.status is Status.MERGED:
        return []
    target = incident.target
    inside = ["in:", *(f"in:{country}" for country in target.countries)]
    if target.base:
        return [f"base:{target.base}", *inside]
    return [*inside, *(f"loose:{country}" for country in target.countries or ("",))]


def _places_to_look(target: Target) -> dict[str, int]:
    """Under which names the incidents of a target are looked for, the nearest with the lowest rank."""
    rough = [f"loose:{country}" for country in target.countries]
    if target.base:
        names = [f"base:{target.base}", *rough, "loose:"]
    else:
        names = [*rough, "loose:", *(f"in:{country}" for country in target.countries or ("",))]
    return {name: rank for rank, name in enumerate(names)}
