"""The commands about feeds: list, add, remove, import and export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import NEEDS_A_LOOK, ConfigOption, JsonOption, app, as_text
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.settings.editing import NewFeed

feeds = typer.Typer(help="The feeds: their health, and adding and removing them.", no_args_is_help=True)
app.add_typer(feeds, name="feeds", rich_help_panel="Set up")


@feeds.command("list")
def list_feeds(
    config: ConfigOption = None,
    starter: Annotated[bool, typer.Option("--starter", help="Show the shipped starter feeds instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show every feed with its health, its last new entry and its next poll."""
    from monitor import wiring
    from monitor.cli import tables

    if starter:
        shipped = wiring.starter_feeds()
        if as_json:
            typer.echo(json.dumps([{"name": one.name, "url": one.url, "group": one.group} for one in shipped]))
        else:
            tables.print_table(
                ("group", "name", "language", "url"), [(f.group, f.name, f.language, f.url) for f in shipped]
            )
        return
    rows = wiring.feed_health(wiring.load_settings(config))
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        tables.print_table(
            ("feed", "health", "last new (UTC)", "next poll (UTC)"),
            [(row["name"], row["health"], _minute(row["last_new"]), _minute(row["next_poll"])) for row in rows],
        )


@feeds.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.", callback=as_text)],
    url: Annotated[str, typer.Argument(metavar="URL", help="Its address.", callback=as_text)],
    config: ConfigOption = None,
    group: Annotated[str, typer.Option(help="The group it belongs to.", callback=as_text)] = "",
    language: Annotated[str, typer.Option(help="Its language, ISO 639.", callback=as_text)] = "",
) -> None:
    """Add a feed to feeds.toml."""
    from monitor.settings.editing import NewFeed

    _add_all(config, [NewFeed(name, url, group, language)])
    typer.echo(f"added {name}; a running service takes it up on reload (systemctl reload basewatch)")


@feeds.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.", callback=as_text)],
    config: ConfigOption = None,
) -> None:
    """Take a feed out of feeds.toml, or leave out a starter feed. What it brought is kept."""
    from monitor import wiring
    from monitor.settings import FEEDS_FILE, editing

    directory = _own_directory(config)
    starter = frozenset(feed.name for feed in wiring.starter_feeds())
    typer.echo(editing.remove(directory / FEEDS_FILE, name, starter))


@feeds.command("import")
def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OPML file.")], config: ConfigOption = None
) -> None:
    """Add every feed of an OPML file that is not there yet; exit code 4 when some cannot be added."""
    from monitor import wiring
    from monitor.cli.tables import say
    from monitor.settings import editing, opml

    found = opml.read(file)
    there = wiring.load_settings(_own_directory(config)).feeds
    names, urls = {feed.name for feed in there}, {feed.url for feed in there}
    new: list[NewFeed] = []
    refused: list[str] = []
    for feed in found:
        named = _named_apart(feed, names)
        if wrong := editing.problem(named):
            refused.append(f"left out {feed.name}: {wrong}")
        elif feed.url not in urls:
            new.append(named)
            names.add(named.name)
            urls.add(feed.url)
    _add_all(config, new)
    known = len(found) - len(new) - len(refused)
    typer.echo(f"added {wiring.counted(len(new), 'feed')}; {known} {'was' if known == 1 else 'were'} there already")
    for line in refused:
        say(line)
    if refused:
        raise typer.Exit(NEEDS_A_LOOK)


@feeds.command()
def export(config: ConfigOption = None) -> None:
    """Write every polled feed as OPML to standard output."""
    from monitor import wiring
    from monitor.settings import opml

    typer.echo(opml.write(wiring.load_settings(config).feeds), nl=False)


def _minute(time: str | None) -> str:
    """An ISO 8601 time to the minute, for a column."""
    return time[:16].replace("T", " ") if time else "-"


def _own_directory(config: Path | None) -> Path:
    """The site's configuration folder; the shipped defaults are never written to."""
    from monitor import knowledge, wiring

    directory = wiring.config_directory(config)
    if directory.resolve() == knowledge.config_dir().resolve():
        raise InputError("configuration", "there is none of your own to write to", "make one with: basewatch init DIR")
    return directory


def _named_apart(feed: NewFeed, taken: set[str]) -> NewFeed:
    """The feed with a name that config allows and no other feed has, and a group that config allows."""
    from dataclasses import replace

    name = _allowed(feed.name) or "feed"
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name} {number}"
    return replace(feed, name=candidate, group=_allowed(feed.group))


def _allowed(name: str) -> str:
    """A name without what config does not allow in one."""
    import re

    plain = re.sub(r"[^\w .+/&'()-]+", " ", name)
    return " ".join(plain.split()).lstrip(" .+/&'()-")[:70].rstrip()


def _add_all(config: Path | None, new: list[NewFeed]) -> None:
    """Write feeds to feeds.toml once every one of them is known to be valid and new."""
    from monitor import wiring
    from monitor.settings import FEEDS_FILE, editing

    directory = _own_directory(config)
    there = wiring.load_settings(directory).feeds
    names, urls = {feed.name for feed in there}, {feed.url: feed.name for feed in there}
    for feed in new:
        if feed.name in names:
            remedy = "choose another name, or remove that feed first"
            raise InputError(f"feed {feed.name}", "is there already", remedy)
        if feed.url in urls:
            raise InputError(feed.url, f"is the address of {urls[feed.url]} already", "nothing needs to be done")
    editing.add(directory / FEEDS_FILE, new)
