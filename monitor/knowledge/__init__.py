"""seeds/ -> the facts the core judges with: bases, places, forces, groups, past attacks, publishers, channels."""

from __future__ import annotations

from pathlib import Path

from monitor.core.records import Base, Force, Group, Knowledge, PastAttack, Place, Publisher
from monitor.errors import SeedError
from monitor.knowledge import making
from monitor.knowledge.files import COUNTRY, REINSTALL, entries, read, rows, tables

_BASES = (
    "id", "name", "aliases", "weak_aliases", "country", "region", "city", "province",
    "lat", "lon", "tz", "kind", "hosts", "meant_as", "note",
)  # fmt: skip
_PLACES = ("name", "aliases", "demonyms", "country", "countries", "kind", "lat", "lon", "tz")
_GROUPS = ("id", "name", "aliases", "other_scripts", "country", "side", "note")
_ATTACKS = (
    "id", "date", "end_date", "base", "place", "country", "weapon", "killed", "wounded", "us_killed", "us_wounded",
    "group", "intercepted", "status", "known_as", "note",
)  # fmt: skip


def seeds_dir() -> Path:
    """The folder of what the maintainers ship: inside an installed package, else at the top of a source checkout."""
    return _data_dir("seeds")


def config_dir() -> Path:
    """The folder of the shipped default configuration, found as `seeds_dir` is."""
    return _data_dir("config")


def _data_dir(name: str) -> Path:
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise SeedError(name, "is not part of this installation", REINSTALL)


def load(seeds: Path | None = None) -> Knowledge:
    """Everything but words and models, from `seeds` or the shipped folder. Raises SeedError at the first fault.

    Beyond what each part checks, an attack's base and group and a base's forces must exist.
    """
    folder = seeds or seeds_dir()
    knowledge = Knowledge(
        bases=load_bases(folder),
        places=load_places(folder),
        forces=load_forces(folder),
        groups=load_groups(folder),
        attacks=load_attacks(folder),
        publishers=load_publishers(folder),
    )
    _check_references(folder, knowledge)
    return knowledge


def load_bases(seeds: Path | None = None) -> tuple[Base, ...]:
    """The gazetteer, alone and quickly. Raises SeedError."""
    return tuple(making.base(row) for row in rows(_file(seeds, "bases.csv"), _BASES, ("id",)))


def load_places(seeds: Path | None = None) -> tuple[Place, ...]:
    """Countries, cities, regions and waters. Raises SeedError."""
    return tuple(making.place(row) for row in rows(_file(seeds, "places.csv"), _PLACES, ("name", "country", "kind")))


def load_groups(seeds: Path | None = None) -> tuple[Group, ...]:
    """Armed groups, their names in every script in one tuple. Raises SeedError."""
    return tuple(making.group(row) for row in rows(_file(seeds, "groups.csv"), _GROUPS, ("id",)))


def load_attacks(seeds: Path | None = None) -> tuple[PastAttack, ...]:
    """The ledger of past attacks. Raises SeedError."""
    return tuple(making.attack(row) for row in rows(_file(seeds, "attacks.csv"), _ATTACKS, ("id",)))


def load_forces(seeds: Path | None = None) -> tuple[Force, ...]:
    """The forces that can be watched, with their words. Raises SeedError."""
    return tuple(making.force(table, id) for id, table in tables(_file(seeds, "forces.toml")))


def load_publishers(seeds: Path | None = None) -> tuple[Publisher, ...]:
    """Agencies, state media, families of outlets. Raises SeedError."""
    made: dict[str, Publisher] = {}
    for table in entries(_file(seeds, "publishers.toml"), "publisher"):
        publisher = making.publisher(table)
        if publisher.id in made:
            raise table.wrong(f'a second publisher has the id "{publisher.id}"', "give it another id")
        made[publisher.id] = publisher
    return tuple(made.values())


def load_channels(seeds: Path | None = None) -> frozenset[str]:
    """The schemes a notification address may have. Raises SeedError."""
    lines = read(_file(seeds, "channels.txt")).splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _file(seeds: Path | None, name: str) -> Path:
    return (seeds or seeds_dir()) / name


def _check_references(seeds: Path, knowledge: Knowledge) -> None:
    """What one file names must stand in the other."""
    bases = {base.id: base for base in knowledge.bases}
    forces = {force.id for force in knowledge.forces}
    groups = {group.name for group in knowledge.groups} | {""}
    for base in knowledge.bases:
        for force in {span.force for span in base.hosts} - forces:
            if not COUNTRY.fullmatch(force):
                remedy = "write a country code, or add the force to forces.toml"
                raise SeedError(str(seeds / "bases.csv"), f'{base.id}: no force is called "{force}"', remedy)
    for attack in knowledge.attacks:
        file = str(seeds / "attacks.csv")
        if attack.base and attack.base not in bases:
            raise SeedError(file, f'{attack.id}: no base has the id "{attack.base}"', "write an id of bases.csv")
        if attack.base and bases[attack.base].country != attack.country:
            cause = f"{attack.id}: {attack.base} does not lie in {attack.country}"
            raise SeedError(file, cause, f"write {bases[attack.base].country}")
        if attack.group not in groups:
            raise SeedError(file, f'{attack.id}: no group is named "{attack.group}"', "write a name of groups.csv")
