"""Reads config/*.toml into frozen Settings, with every fault at once: file, line, key, and what is allowed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.core.records import Base, Destination, Feed, Force, Place, Route, Watch
from monitor.errors import ConfigError, Fault
from monitor.settings import convert
from monitor.settings.schema import FeedsFile, SiteFile
from monitor.settings.source import Source

SITE_FILE = "basewatch.toml"
FEEDS_FILE = "feeds.toml"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the shipped knowledge lets a configuration name."""

    bases: tuple[Base, ...]
    places: tuple[Place, ...]
    forces: tuple[Force, ...]
    channels: frozenset[str]  # schemes of notification addresses
    starter_feeds: Path


@dataclass(frozen=True, slots=True)
class Service:
    """How the daemon runs; sizes in bytes, `websub_callback` "" means that WebSub is off."""

    database: Path
    poll_floor: timedelta
    poll_ceiling: timedelta
    connections: int
    connections_per_host: int
    request_timeout: timedelta
    max_body: int
    max_entries: int
    parse_timeout: timedelta
    parse_workers: int
    user_agent: str
    deliver_workers: int
    keep: timedelta
    websub_callback: str
    websub_listen: str
    log_level: str
    log_format: str


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole valid configuration. `unresolved` are secrets that could not be read here and now."""

    watch: Watch
    destinations: tuple[Destination, ...]
    routes: tuple[Route, ...]
    service: Service
    feeds: tuple[Feed, ...]
    unresolved: tuple[Fault, ...]
    directory: Path


def load(directory: Path, facts: Facts, state: Path) -> Settings:
    """Read the two files of `directory`; missing ones mean the defaults. Raises ConfigError with every fault.

    `state` is the folder where a relative database path starts.
    """
    faults: list[Fault] = []
    site_source, feeds_source = Source(directory / SITE_FILE, faults), Source(directory / FEEDS_FILE, faults)
    site, feeds_file = site_source.read(SiteFile), feeds_source.read(FeedsFile)
    names = convert.Names(facts.bases, facts.places, facts.forces, site.watch, site_source)
    watch = convert.watch(site.watch, names, site_source)
    unresolved: list[Fault] = []
    destinations = tuple(
        Destination(
            table.name, convert.destination_url(index, table, facts.channels, site_source, unresolved), table.timeout
        )
        for index, table in enumerate(site.alerts.destination)
    )
    routes = convert.routes(site.alerts, names, site_source)
    starter = Source(facts.starter_feeds, faults).read(FeedsFile)
    feeds = convert.feeds(feeds_file, starter, feeds_source, unresolved)
    service = _service(site, state, site_source)
    if faults:
        raise ConfigError(tuple(sorted(faults, key=lambda fault: (fault.file, fault.line))))
    return Settings(watch, destinations, routes, service, feeds, tuple(unresolved), directory)


def _service(site: SiteFile, state: Path, source: Source) -> Service:
    table = site.service
    floor, ceiling = ("service", "poll_floor"), ("service", "poll_ceiling")
    if table.poll_ceiling < table.poll_floor and not source.spoiled(floor, ceiling):
        source.fault(ceiling, "must not be shorter than poll_floor")
    values: dict[str, Any] = {name: getattr(table, name) for name in type(table).model_fields}
    values["max_body"] = int(values.pop("max_body_mb") * 1_000_000)
    try:
        values["database"] = database = state / Path(table.database).expanduser()
    except RuntimeError:
        source.fault(("service", "database"), "has a ~ of nobody whose home is known: write the whole path")
        values["database"] = database = state
    with suppress(OSError):  # where this user may not look, the store says so
        if database.is_dir():
            source.fault(("service", "database"), f"must be a file, and {database} is a folder")
    return Service(**values)
