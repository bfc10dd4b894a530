"""What the harm told in several sentences says together: totals, the Americans among them, tolls by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.core.records import Count, Side, Toll

NOBODY = Count(0, 0)


@dataclass(frozen=True, slots=True)
class Harm:
    """What one phrase says of one group. `kind` is killed, wounded or missing; `part`: of a group counted already."""

    kind: str
    count: Count
    rank: int
    side: Side
    us: bool
    at: int
    phrase: int  # groups of the same phrase are added up
    part: bool = False
    soldiers: bool = False
    adds: bool = False
    total: bool = False  # of all that are known: "the toll rises to six"


@dataclass(frozen=True, slots=True)
class Casualties:
    """All that the sentences say together, and for each figure the index of the sentence it was read in."""

    killed: Count | None = None
    wounded: Count | None = None
    us_killed: Count | None = None
    us_wounded: Count | None = None
    tolls: tuple[Toll, ...] = ()
    read_in: tuple[tuple[str, int], ...] = ()


def _sum(counts: Iterable[Count]) -> Count | None:
    known = list(counts)
    if not known:
        return None
    tops = [one.max for one in known]
    return Count(sum(one.min for one in known), None if None in tops else sum(top for top in tops if top is not None))


def _larger(one: Count | None, other: Count | None) -> Count | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda count: (count.min, count.max is None, count.max or 0))


def _sharpens(count: Count, known: Count | None) -> bool:
    """Whether a later figure says more than an "at least"; beyond its double it is of something else."""
    return known is not None and known.max is None and known.min <= count.min <= 2 * known.min and count != known


def _by_side(harms: Sequence[Harm]) -> dict[tuple[Side, bool], Count]:
    """One sentence's harms of one kind: each side's largest phrase."""
    phrases: dict[tuple[Side, bool], dict[int, list[Count]]] = {}
    whole = {(one.side, one.us) for one in harms if not one.part}
    for one in harms:
        if one.part and (one.side, one.us) in whole:
            continue  # "twelve, two of them gravely"
        phrases.setdefault((one.side, one.us), {}).setdefault(one.phrase, []).append(one.count)
    sides: dict[tuple[Side, bool], Count] = {}
    for key, by_phrase in phrases.items():
        largest: Count | None = None
        for counts in by_phrase.values():
            largest = _larger(largest, _sum(counts))
        if largest is not None:
            sides[key] = largest
    return sides


def _total(harms: Sequence[Harm]) -> Count | None:
    """One sentence's total: the largest phrase, or all sides together where that is more."""
    phrases: dict[int, list[Count]] = {}
    for one in harms:
        if not one.part:
            phrases.setdefault(one.phrase, []).append(one.count)
    largest: Count | None = None
    for counts in phrases.values():
        largest = _larger(largest, _sum(counts))
    sides = _by_side([one for one in harms if not one.part and one.side is not Side.UNKNOWN])
    return _larger(largest, _sum(sides.values()))


def _americans(harms: Sequence[Harm]) -> Count | None:
    told = [one for one in harms if one.us]
    if told:
        return _sum(_by_side(told).values())
    nobody = any(one.count.max == 0 for one in harms if one.side is Side.UNKNOWN)
    silent = any(one.count == Count(0, None) for one in harms if one.side is Side.UNKNOWN)
    return NOBODY if nobody else Count(0, None) if silent else None


def sum_up(sentences: Sequence[Sequence[Harm]]) -> Casualties:
    """What several sentences say together: for each figure the earliest of the most telling ones."""
    if not any(sentences):
        return Casualties()
    figures: dict[str, Count | None] = {}
    read_in: list[tuple[str, int]] = []
    for kind in ("killed", "wounded", "missing"):
        for name, count_of in ((kind, _total), (f"us_{kind}", _americans)):
            best: tuple[int, int] | None = None
            for index, told in enumerate(sentences):
                harms = [one for one in told if one.kind == kind and one.side is not Side.ATTACKER]
                count = count_of(harms)
                if count is None:
                    continue
                rank = max(one.rank for one in harms)
                known = figures.get(name)
                if known and known.max is None and count.min == 1 and (count.max or 0) > known.min:
                    count = Count(known.min, count.max)  # "at least 10", and later "as many as 15"
                if best is None or rank > best[0] or (rank == best[0] and _sharpens(count, known)):
                    best, figures[name] = (rank, index), count
            if best is not None:
                read_in.append((name, best[1]))
    return Casualties(
        killed=figures.get("killed"),
        wounded=figures.get("wounded"),
        us_killed=figures.get("us_killed"),
        us_wounded=figures.get("us_wounded"),
        tolls=_tolls(sentences),
        read_in=tuple(pair for pair in read_in if not pair[0].endswith("missing")),
    )


def _tolls(sentences: Sequence[Sequence[Harm]]) -> tuple[Toll, ...]:
    best: dict[tuple[Side, str], tuple[int, Count]] = {}
    for told in sentences:
        for kind in ("killed", "wounded", "missing"):
            harms = [one for one in told if one.kind == kind]
            sides = _by_side(harms)
            named = [count.min for (side, _), count in sides.items() if side is not Side.UNKNOWN]
            for (side, _), count in sides.items():
                if side is Side.UNKNOWN and named and count.min <= sum(named):
                    continue  # "two of them gravely": no further people
                rank = max(one.rank for one in harms if one.side is side)
                if (side, kind) not in best or rank > best[side, kind][0]:
                    best[side, kind] = (rank, count)
    found = {side for side, _ in best}
    counts = {key: count for key, (_, count) in best.items()}
    return tuple(
        Toll(side, *(counts.get((side, kind)) for kind in ("killed", "wounded", "missing")))
        for side in Side
        if side in found
    )
