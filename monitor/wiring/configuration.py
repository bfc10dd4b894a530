"""Finds the configuration of a command and reads it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import knowledge, settings
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.core.records import Feed
    from monitor.settings import Settings

PRODUCT = "basewatch"
_SYSTEM = Path("/etc") / PRODUCT


def config_directory(chosen: Path | None) -> Path:
    """The folder of the configuration: the chosen one, else the first of . , ~/.config/basewatch, /etc/basewatch.

    Where none holds a basewatch.toml, the shipped defaults serve.
    """
    if chosen is not None:
        if chosen.is_file():
            raise InputError(str(chosen), "is a file", f"give the folder that holds it: --config {chosen.parent}")
        if not chosen.is_dir():
            raise InputError(str(chosen), "there is no such folder", f"write one with: {PRODUCT} init {chosen}")
        return chosen
    for place in _places():
        if (place / settings.SITE_FILE).is_file():
            return place
    return knowledge.config_dir()


def _places() -> tuple[Path, ...]:
    """Where a configuration is looked for that nobody names."""
    return (Path(), _at_home("XDG_CONFIG_HOME", ".config") / PRODUCT, _SYSTEM)


def _at_home(variable: str, folder: str) -> Path:
    """Where a person's files of one kind are; in / for a user of a container, who may have no home."""
    try:
        return Path(os.environ.get(variable) or Path.home() / folder)
    except RuntimeError:
        return Path("/") / folder


def state_directory(config: Path) -> Path:
    """Where a relative database path starts: systemd's StateDirectory, else the site's own config folder, else home.

    A person who looks at the service of /etc/basewatch finds the database where systemd keeps it.
    """
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given)
    if config.resolve() == _SYSTEM:
        return Path("/var/lib") / PRODUCT
    if not _is_shipped(config):
        return config
    return _at_home("XDG_STATE_HOME", ".local/state") / PRODUCT


def load_settings(chosen: Path | None) -> Settings:
    """The configuration of a folder, or the defaults. Raises ConfigError with every fault."""
    directory = config_directory(chosen)
    return settings.load(directory, settings_facts(), state_directory(directory))


def _is_shipped(directory: Path) -> bool:
    return directory.resolve() == knowledge.config_dir().resolve()


def shipped_serves(directory: Path) -> str:
    """That the shipped configuration serves, because no other was found, and what to do; "" where it does not."""
    if not _is_shipped(directory):
        return ""
    places = ", ".join(map(str, _places()[1:]))
    return (
        f"the shipped configuration serves: there is no {settings.SITE_FILE} here, in {places}; "
        f"name the folder of yours with --config DIR, or write one with: {PRODUCT} init DIR"
    )


def remarks(found: Settings) -> list[str]:
    """What is no fault of a configuration, and yet may not be meant: what it lacks, and what comes of that."""
    shipped = shipped_serves(found.directory)
    told = [shipped] if shipped else []
    told += [
        f"there is no {name}: its defaults serve; {PRODUCT} init {found.directory} writes it"
        for name in (settings.SITE_FILE, settings.FEEDS_FILE)
        if not (found.directory / name).exists()
    ]
    if not found.feeds:
        told.append(f"no feed: nothing is polled; add some, or name groups under [starter] in {settings.FEEDS_FILE}")
    if not found.destinations:
        told.append(f"no [[alerts.destination]] in {settings.SITE_FILE}: incidents are kept, and nobody is told")
    return told


def settings_facts() -> settings.Facts:
    """What a configuration may name."""
    seeds = knowledge.seeds_dir()
    return settings.Facts(
        bases=knowledge.load_bases(),
        places=knowledge.load_places(),
        forces=knowledge.load_forces(),
        channels=knowledge.load_channels(),
        starter_feeds=seeds / "feeds.toml",
    )


def starter_feeds() -> tuple[Feed, ...]:
    """Every shipped starter feed: the shipped configuration polls them all."""
    return settings.load(knowledge.config_dir(), settings_facts(), Path()).feeds
