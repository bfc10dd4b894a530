"""What the maintainers know and ship in seeds/: bases, places, forces, groups, past attacks, publishers, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.records.kinds import Weapon


@dataclass(frozen=True, slots=True)
class Presence:
    """One span of years in which a force stood at a base; `until` is None while it still does."""

    force: str
    since: int | None
    until: int | None


@dataclass(frozen=True, slots=True)
class Base:
    """A place of the gazetteer where foreign forces stand or stood.

    `aliases` identify it alone; `weak_aliases` only beside a military word or the name of its country. `meant_as`: the
    kinds of base ("air base", "naval", or "base" for any) by which news that name only the country mean this one.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    weak_aliases: tuple[str, ...]
    country: str
    region: str
    city: str
    province: str
    lat: float | None
    lon: float | None
    tz: str
    kind: str
    hosts: tuple[Presence, ...]
    note: str = ""
    meant_as: tuple[str, ...] = ()

    def hosted(self, force: str, at: datetime) -> bool:
        """Whether `force` stood here in the year of `at`; a span without years counts as always."""
        return any(
            span.force == force
            and (span.since is None or span.since <= at.year)
            and (span.until is None or at.year <= span.until)
            for span in self.hosts
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A country, province, city or region that news name; `countries` has more than one only for a region."""

    name: str
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    kind: str
    countries: tuple[str, ...]
    lat: float | None
    lon: float | None
    tz: str


@dataclass(frozen=True, slots=True)
class Force:
    """A force whose bases may be watched: words per language for its country, its people and its institutions."""

    id: str
    name: str
    words: Mapping[str, Mapping[str, tuple[str, ...]]]  # language -> group of words (country, troops, ...) -> words


@dataclass(frozen=True, slots=True)
class Group:
    """An armed group; `side` is the country or party whose claims it carries, "" when its own."""

    id: str
    name: str
    aliases: tuple[str, ...]
    country: str
    side: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PastAttack:
    """An attack of the ledger, so that its retelling is known as such from the first day."""

    id: str
    first_day: str  # ISO date, local
    last_day: str
    base: str  # id of a Base, or ""
    country: str
    weapons: tuple[Weapon, ...]
    killed: int | None
    wounded: int | None
    us_killed: int | None
    us_wounded: int | None
    group: str
    status: str
    known_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Publisher:
    """An outlet, agency or family of outlets; several outlets of one family are one origin.

    `kind` is agency | family | outlet | state; `party` is the country or side whose claims it carries, "" for none.
    `credits` are the spellings of its byline, dateline and credit line.
    """

    id: str
    name: str
    kind: str
    party: str
    domains: tuple[str, ...]
    credits: tuple[str, ...]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that seeds/ says, but for the words and labelled examples, which belong to a language."""

    bases: tuple[Base, ...]
    places: tuple[Place, ...]
    forces: tuple[Force, ...]
    groups: tuple[Group, ...]
    attacks: tuple[PastAttack, ...]
    publishers: tuple[Publisher, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language: every file of seeds/words/<language>/ under its name, as plain data.

    A table's entries are lists of words or phrases, or tables of them; words are written as in running text.
    """

    language: str
    tables: Mapping[str, Mapping[str, Any]]

    def table(self, name: str) -> Mapping[str, Any]:
        """One file's content; empty when the language has no such file."""
        return self.tables.get(name, {})

    def phrases(self, table: str, key: str) -> tuple[str, ...]:
        """One list of words; empty when the language has none."""
        return tuple(self.table(table).get(key, ()))
