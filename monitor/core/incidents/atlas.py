"""What merging and telling look up by name: bases, countries, time zones, and who speaks for whom."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.core.records import Base, Knowledge, Target, Watch


def slug(text: str) -> str:
    """`text` as part of an id: small ASCII letters, digits and single dashes, at most 60 characters, never empty."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "somewhere"


@dataclass(frozen=True, slots=True)
class Atlas:
    """Lookups over the gazetteer, a site's own bases, the countries, the groups and the forces."""

    bases: dict[str, Base]
    countries: dict[str, str]  # code -> name
    zones: dict[str, str]  # country code -> name of its time zone
    sides: dict[str, str]  # name, alias or id in small letters -> the side it speaks for
    aliases: dict[str, tuple[str, ...]]  # name of a group in small letters -> its names, in small letters
    origins: dict[str, str]  # id of a publisher -> its name

    def name(self, target: Target) -> str:
        """What to call a target: its base, else what the article called it with its country, else the force's bases."""
        base = self.bases.get(target.base)
        if base is not None:
            return base.name
        if target.base:
            return target.name or target.base
        where = self.where(target.countries)
        return f"{target.force} forces in {where}" if where else target.name or f"{target.force} forces"

    def where(self, countries: Iterable[str]) -> str:
        """Countries by name, in a fixed order: "Bahrain, Kuwait"."""
        return ", ".join(sorted(self.countries.get(code, code) for code in countries))

    def zone(self, target: Target) -> tzinfo:
        """The local time zone of a target; UTC where it is not known or not one country."""
        base = self.bases.get(target.base)
        name = base.tz if base is not None and base.tz else ""
        if not name and len(target.countries) == 1:
            name = self.zones.get(target.countries[0], "")
        try:
            return ZoneInfo(name) if name else UTC
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    def local_day(self, at: datetime, target: Target) -> date:
        """The calendar day of a moment where the target lies."""
        return at.astimezone(self.zone(target)).date()

    def side(self, party: str) -> str:
        """The side a party speaks for, as a country's code where there is one; a party nobody knows is its own side."""
        return self.sides.get(party.lower(), party.lower())

    def names(self, party: str, text: str) -> bool:
        """Whether `text` names the party by any of its names."""
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.lower()) for name in self._known(party))

    def says_so(self, party: str, text: str) -> bool:
        """Whether `text` ends by naming the party as who said it: "..., the Guards say", "... - IRGC"."""
        names = "|".join(re.escape(name) for name in self._known(party))
        return re.search(rf"[,;:—–-]\s*(?:[\w'’]+\s+){{0,2}}(?:{names})(?:\s+\w+)?\W*$", text.lower()) is not None

    def _known(self, party: str) -> tuple[str, ...]:
        return (party.lower(), *self.aliases.get(party.lower(), ()))


def atlas(knowledge: Knowledge, watch: Watch) -> Atlas:
    """Build the lookups once; a site's own base wins over one of the gazetteer with the same id."""
    bases = {base.id: base for base in (*knowledge.bases, *watch.own_bases)}
    countries = {place.countries[0]: place.name for place in knowledge.places if place.kind == "country"}
    zones = {base.country: base.tz for base in reversed(knowledge.bases) if base.tz}
    zones |= {place.countries[0]: place.tz for place in knowledge.places if place.kind == "country" and place.tz}
    sides: dict[str, str] = {}
    for place in knowledge.places:
        if place.kind == "country":
            for name in (place.countries[0], place.name, *place.aliases, *place.demonyms):
                sides.setdefault(name.lower(), place.countries[0])
    for force in knowledge.forces:
        staffs = (name for groups in force.words.values() for name in groups.get("commands", ()))
        for name in (force.id, force.name, *staffs):  # "the Pentagon" and "CENTCOM" are one side
            sides.setdefault(name.lower(), force.id)
    for group in knowledge.groups:
        side = sides.get(group.side.lower(), group.side) or group.id
        for name in (group.id, group.name, *group.aliases):
            sides.setdefault(name.lower(), side)
    aliases = {group.name.lower(): tuple(alias.lower() for alias in group.aliases) for group in knowledge.groups}
    origins = {publisher.id: publisher.name for publisher in knowledge.publishers}
    return Atlas(bases, countries, zones, sides, aliases, origins)
