"""Rows and tables of seeds/ -> records, each cell held to what it may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from monitor.core.records import Base, Force, Group, PastAttack, Place, Presence, Publisher, Weapon
from monitor.knowledge.files import COUNTRY, Row, Table

BASE_KINDS = ("air base", "airport", "army camp", "naval", "outpost", "embassy-support")
BASE_REGIONS = ("middle-east", "central-asia", "africa", "europe", "indo-pacific", "americas")
PLACE_KINDS = ("country", "province", "city", "region", "oilfield", "waterway")
MEANT_KINDS = ("base", "air base", "naval")
PUBLISHER_KINDS = ("agency", "state", "family", "outlet")
ATTACK_STATUSES = ("confirmed", "reported", "claimed", "disputed")
INTERCEPTED = ("all", "some", "none", "")
PUBLISHER_KEYS = ("id", "name", "kind", "party", "domains", "credits", "members")

_SPAN = re.compile(r"([A-Za-z]+):(\d{4})?-(\d{4})?")
_WEAPONS = frozenset(Weapon)


def base(row: Row) -> Base:
    """One place of the gazetteer. Raises SeedError, as all here do."""
    lat, lon = row.point()
    return Base(
        id=row.id(),
        name=row.text("name"),
        aliases=row.names("aliases"),
        weak_aliases=row.names("weak_aliases"),
        country=row.country(),
        region=row.choice("region", BASE_REGIONS),
        city=row.cells["city"],
        province=row.cells["province"],
        lat=lat,
        lon=lon,
        tz=row.zone(),
        kind=row.choice("kind", BASE_KINDS),
        hosts=tuple(_presence(row, span) for span in row.names("hosts", ";")),
        note=row.cells["note"],
        meant_as=_meant(row),
    )


def _meant(row: Row) -> tuple[str, ...]:
    kinds = row.names("meant_as")
    if any(kind not in MEANT_KINDS for kind in kinds):
        raise row.wrong("meant_as", "is not known", f"write some of: {', '.join(MEANT_KINDS)}")
    return kinds


def _presence(row: Row, span: str) -> Presence:
    found = _SPAN.fullmatch(span)
    since, until = (int(year) if year else None for year in found.groups()[1:]) if found else (None, None)
    if not found or (since and until and since > until):
        raise row.wrong("hosts", f'has no valid span in "{span}"', "write FORCE:FROM-TO, as in US:2003-2011;US:2014-")
    return Presence(found[1], since, until)


def place(row: Row) -> Place:
    """One place; it lies in one country, or in several where `countries` is filled."""
    lat, lon = row.point()
    countries = (row.country(),) if row.cells["country"] else row.names("countries")
    if not countries or (row.cells["country"] and row.cells["countries"]):
        raise row.wrong("country", "and countries do not go together", "fill in exactly one of the two")
    for code in countries:
        if not COUNTRY.fullmatch(code):
            raise row.wrong("countries", "is not valid", 'write ISO 3166-1 codes with "|" between them')
    return Place(
        name=row.text("name"),
        aliases=row.names("aliases"),
        demonyms=row.names("demonyms"),
        kind=row.choice("kind", PLACE_KINDS),
        countries=countries,
        lat=lat,
        lon=lon,
        tz=row.zone(),
    )


def group(row: Row) -> Group:
    """One armed group, its names of every script in one tuple."""
    return Group(
        id=row.id(),
        name=row.text("name"),
        aliases=(*row.names("aliases"), *row.names("other_scripts")),
        country=row.country() if row.cells["country"] else "",
        side=row.country("side") if row.cells["side"] else "",
        note=row.cells["note"],
    )


def attack(row: Row) -> PastAttack:
    """One past attack; an empty count means unknown."""
    try:
        first, last = date.fromisoformat(row.cells["date"]), date.fromisoformat(row.cells["end_date"])
    except ValueError:
        raise row.wrong("date", "or end_date is no day", "write YYYY-MM-DD in both") from None
    if last < first:
        raise row.wrong("end_date", "lies before date", "write the last day of the attack")
    if not (row.cells["base"] or row.cells["place"]):
        raise row.wrong("base", "and place are both empty", "name the base by its id, or the place in words")
    weapons = row.names("weapon", ";")
    for weapon in weapons:
        if weapon not in _WEAPONS:
            raise row.wrong("weapon", "is not known", f"write of: {', '.join(Weapon)}, with ; between them")
    row.choice("intercepted", INTERCEPTED)
    return PastAttack(
        id=row.id(),
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        base=row.cells["base"],
        country=row.country(),
        weapons=tuple(Weapon(weapon) for weapon in weapons),
        killed=row.count("killed"),
        wounded=row.count("wounded"),
        us_killed=row.count("us_killed"),
        us_wounded=row.count("us_wounded"),
        group=row.cells["group"],
        status=row.choice("status", ATTACK_STATUSES),
        known_as=row.names("known_as"),
    )


def force(table: Table, id: str) -> Force:
    """One force with its words: a table a language, a list a kind of word."""
    words: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for language in table.values:
        if language == "name":
            continue
        kinds = table.under(language)
        words[language] = {kind: kinds.strings(kind) for kind in kinds.values}
    return Force(id, table.text("name"), words)


def publisher(table: Table) -> Publisher:
    """One publisher."""
    unknown = table.values.keys() - set(PUBLISHER_KEYS)
    if unknown:
        raise table.wrong(f"unknown key {min(unknown)}", f"allowed: {', '.join(PUBLISHER_KEYS)}")
    kind = table.text("kind")
    if kind not in PUBLISHER_KINDS:
        raise table.wrong(f'kind "{kind}" is not known', f"write one of: {', '.join(PUBLISHER_KINDS)}")
    return Publisher(
        id=table.text("id"),
        name=table.text("name"),
        kind=kind,
        party=table.text("party") if "party" in table.values else "",
        domains=table.strings("domains"),
        credits=table.strings("credits"),
        members=table.strings("members"),
    )
