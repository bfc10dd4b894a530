"""Turns the tables of a configuration into records, and notes what cannot be: unknown names, bad patterns, doubles."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.core.clean import normalise
from monitor.core.records import Base, Feed, Force, Keyword, Place, Presence, Region, Route, Watch
from monitor.errors import Fault
from monitor.settings.locate import Path as KeyPath
from monitor.settings.schema import (
    AlertsTable,
    BaseTable,
    DestinationTable,
    FeedDefaults,
    FeedsFile,
    FeedTable,
    WatchTable,
)
from monitor.settings.secrets import is_reference, resolve
from monitor.settings.source import Source, nearest

ALL_GROUPS = "all"
# "(a+)+": a group that is repeated and holds a repetition. On a text that nearly matches, its time doubles with each
# letter, and one article would stop the service. Some such patterns are harmless; all can be written without.
_NESTED = re.compile(r"\((?:[^()\\]|\\.)*(?:[+*]|\{\d*,\d*\})(?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,\d*\})")


def slug(name: str) -> str:
    """A name as an id: lower case, letters and digits joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


class Names:
    """Every base and region that a configuration may name, by any of its names, without regard to case."""

    def __init__(
        self,
        bases: Sequence[Base],
        places: Sequence[Place],
        forces: Sequence[Force],
        table: WatchTable,
        source: Source,
    ) -> None:
        self.forces = {force.id.lower(): force.id for force in forces}
        self.bases: dict[str, str] = {}
        for base in bases:
            for name in (base.id, base.name, *base.aliases):
                self.bases.setdefault(name.lower(), base.id)
        self.regions: dict[str, Region] = {}
        for place in places:
            if place.kind in ("country", "region"):
                region = Region(place.name, frozenset(place.countries))
                for name in (place.name, *(place.countries if place.kind == "country" else ())):
                    self.regions.setdefault(name.lower(), region)
        for wide in {base.region for base in bases}:
            countries = frozenset(base.country for base in bases if base.region == wide)
            self.regions.setdefault(wide.lower(), Region(wide, countries))
        _note_doubles("region", ("watch", "region"), [own.name for own in table.region], source)
        _note_doubles("base", ("watch", "base"), [own.name for own in table.base], source)
        for index, own in enumerate(table.region):
            if not (own.countries or own.polygon or own.circle or source.spoiled(("watch", "region", index))):
                source.fault(("watch", "region", index), "a region needs countries, a polygon or a circle")
            if own.polygon and len(own.polygon) < 3:
                source.fault(("watch", "region", index, "polygon"), "a polygon needs at least 3 corners of [lat, lon]")
            self.regions[own.name.lower()] = Region(
                own.name,
                frozenset(own.countries),
                (tuple(own.polygon),) if own.polygon else (),
                (own.circle,) if own.circle else (),
            )
        self.own_bases = tuple(_own_base(index, own, self, source) for index, own in enumerate(table.base))
        for base in self.own_bases:
            self.bases[base.name.lower()] = self.bases[base.id] = base.id

    def region(self, written: str, key: KeyPath, source: Source) -> Region | None:
        """The region of that name; None, with a fault, when there is none."""
        return _find(written, self.regions, "region", key, source)

    def base(self, written: str, key: KeyPath, source: Source) -> str | None:
        """The id of the base of that name; None, with a fault, when there is none."""
        return _find(written, self.bases, "base", key, source)

    def force(self, written: str, key: KeyPath, source: Source) -> str | None:
        """The id of the force of that name; None, with a fault, when there is none."""
        return _find(written, self.forces, "force", key, source)


_T = TypeVar("_T")


def _find(written: str, known: dict[str, _T], what: str, key: KeyPath, source: Source) -> _T | None:
    found = known.get(written.strip().lower())
    if found is None:  # another spelling: "Ayn al Asad", "middle east"
        plain = normalise(written)
        found = next((one for name, one in known.items() if plain and normalise(name) == plain), None)
    if found is None and written not in source.dropped:
        source.fault(key, f'no {what} is called "{written}"; {nearest(written.lower(), known)}', written)
    return found


def _note_doubles(what: str, key: KeyPath, names: Sequence[str], source: Source) -> None:
    """Note each name that a table before it has."""
    for index, name in enumerate(names):
        if name in names[:index]:
            source.fault((*key, index, "name"), f'"{name}" is the name of two {what}s')


def _own_base(index: int, table: BaseTable, names: Names, source: Source) -> Base:
    key: KeyPath = ("watch", "base", index)
    force = names.force(table.force, (*key, "force"), source) or table.force
    try:
        ZoneInfo(table.timezone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        source.fault((*key, "timezone"), f'"{table.timezone}" is no IANA time zone, such as "Asia/Baghdad"')
    if (table.lat is None) != (table.lon is None) and not source.spoiled((*key, "lat"), (*key, "lon")):
        source.fault(key, "lat and lon go together")
    if slug(table.name) in names.bases:
        source.fault((*key, "name"), f'"{table.name}" is in the shipped list already; give another name')
    presence = Presence(force, table.since, table.until)
    return Base(
        slug(table.name), table.name, tuple(table.aliases), (), table.country, "", table.city, "",
        table.lat, table.lon, table.timezone, "own", (presence,),
    )  # fmt: skip


def watch(table: WatchTable, names: Names, source: Source) -> Watch:
    """The [watch] table as a record."""
    forces = [names.force(force, ("watch", "forces"), source) for force in table.forces]
    regions = [names.region(region, ("watch", "regions"), source) for region in table.regions]
    ignored = [names.base(base, ("watch", "ignore_bases"), source) for base in table.ignore_bases]
    return Watch(
        forces=tuple(force for force in forces if force),
        regions=tuple(region for region in regions if region),
        require=_keywords(table.keywords.require, "require", source),
        add=_keywords(table.keywords.add, "add", source),
        exclude=_keywords(table.keywords.exclude, "exclude", source),
        own_bases=names.own_bases,
        ignored_bases=frozenset(base for base in ignored if base),
        labels=frozenset(table.labels),
        max_age=table.max_age,
    )


def _keywords(written: Sequence[str], key: str, source: Source) -> tuple[Keyword, ...]:
    """Compile keywords: /a pattern/ as it is, else whole words with any space between; case never counts."""
    compiled = []
    for word in written:
        is_pattern = len(word) > 2 and word.startswith("/") and word.endswith("/")
        text = word[1:-1] if is_pattern else r"(?<!\w)" + r"\s+".join(map(re.escape, word.split())) + r"(?!\w)"
        try:
            pattern = re.compile(text, re.IGNORECASE)
        except re.error as error:
            source.fault(("watch", "keywords", key), f"is no valid pattern: {error} (it is {word!r})", word)
            continue
        if is_pattern and _NESTED.search(text):
            problem = f"repeats what is repeated already, which can take for ever: write it without (it is {word!r})"
            source.fault(("watch", "keywords", key), problem, word)
            continue
        if pattern.search(""):
            source.fault(("watch", "keywords", key), f"would match everything (it is {word!r})", word)
            continue
        compiled.append(Keyword(word, pattern))
    return tuple(compiled)


# ---- alerts -----------------------------------------------------------------------------------------------


def destination_url(
    index: int, table: DestinationTable, channels: frozenset[str], source: Source, unresolved: list[Fault]
) -> str:
    """The address of a destination, read from where config says it is; "" when it cannot be."""
    key: KeyPath = ("alerts", "destination", index, "url")
    url = table.url
    if is_reference(url):
        try:
            url = resolve(url)
        except ValueError as error:
            unresolved.append(source.place(key, f'destination "{table.name}": {error}'))
            return ""
    elif not table.literal:
        source.fault(
            key,
            "an address holds secrets and does not belong into this file: write env:NAME, file:/PATH or "
            "credential:NAME here, or set literal = true if you insist",
        )
        return ""
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if not scheme:
        source.fault(key, 'is no address of apprise, which begins with its kind, such as "mailtos://" or "slack://"')
    elif scheme in ("http", "https"):
        source.fault(
            key,
            "is a web address; apprise has a form of its own for the hook of each kind of chat, such as slack:// or "
            "discord://, and json:// or jsons:// for a server of yours",
        )
    elif scheme not in channels:
        source.fault(key, f'"{scheme}" is no kind of address that apprise knows; {nearest(scheme, channels)}')
    return url


def routes(table: AlertsTable, names: Names, source: Source) -> tuple[Route, ...]:
    """The [[alerts.route]] tables as records; without any, everything goes to every destination."""
    known = [destination.name for destination in table.destination]
    for index, name in enumerate(known):
        if name in known[:index]:
            source.fault(("alerts", "destination", index, "name"), f'"{name}" is the name of two destinations')
    if not table.route:
        return (Route(tuple(known)),) if known else ()
    made = []
    for index, route in enumerate(table.route):
        key: KeyPath = ("alerts", "route", index)
        for name in route.destinations:
            if name not in known and name not in source.dropped:
                source.fault((*key, "destinations"), f'no destination is called "{name}"; {nearest(name, known)}', name)
        regions = [names.region(region, (*key, "regions"), source) for region in route.regions]
        bases = [names.base(base, (*key, "bases"), source) for base in route.bases]
        made.append(
            Route(
                tuple(route.destinations),
                frozenset(route.severities),
                tuple(region for region in regions if region),
                frozenset(base for base in bases if base),
                frozenset(route.labels),
                frozenset(route.confidences),
            )
        )
    return tuple(made)


# ---- feeds -----------------------------------------------------------------------------------------------


def feeds(own: FeedsFile, starter: FeedsFile, source: Source, unresolved: list[Fault]) -> tuple[Feed, ...]:
    """The site's feeds and the chosen starter feeds; a feed of the site replaces the starter feed of its name."""
    _check_starter(own, starter, source)
    own_names = {feed.name for feed in own.feed}
    made: dict[str, Feed] = {}
    for feed in starter.feed:
        if (feed.group in own.starter.groups or ALL_GROUPS in own.starter.groups) and not (
            feed.name in own.starter.without or feed.name in own_names
        ):
            made[feed.name] = _feed(feed, [own.defaults, starter.defaults], _nothing, unresolved, source)
    _note_doubles("group", ("group",), [group.name for group in own.group], source)
    groups = {group.name: group for group in own.group}
    urls = {feed.url: name for name, feed in made.items()}
    for index, feed in enumerate(own.feed):
        key: KeyPath = ("feed", index)
        if feed.name in made:
            source.fault((*key, "name"), f'"{feed.name}" is the name of two feeds')
        if feed.url in urls:
            source.fault((*key, "url"), f'is the address of "{urls[feed.url]}" already')
        urls[feed.url] = feed.name
        if feed.group and feed.group not in {*groups, *source.dropped} and groups:
            source.fault((*key, "group"), f'no group is called "{feed.group}"; {nearest(feed.group, groups)}')
        layers: list[FeedDefaults] = [groups[feed.group]] if feed.group in groups else []

        def note(name: str, problem: str, key: KeyPath = key) -> Fault:
            return source.place((*key, name), problem)

        made[feed.name] = _feed(feed, [*layers, own.defaults], note, unresolved, source)
    return tuple(made.values())


def _nothing(name: str, problem: str) -> Fault:
    return Fault("feeds.toml", 0, name, problem)


def _check_starter(own: FeedsFile, starter: FeedsFile, source: Source) -> None:
    shipped = {feed.group for feed in starter.feed} | {ALL_GROUPS}
    for group in own.starter.groups:
        if group not in shipped:
            source.fault(
                ("starter", "groups"), f'no starter group is called "{group}"; {nearest(group, shipped)}', group
            )
    names = {feed.name for feed in starter.feed}
    for name in own.starter.without:
        if name not in names:
            source.fault(("starter", "without"), f'no starter feed is called "{name}"; {nearest(name, names)}', name)


def _basic(login: str) -> str:
    return "Basic " + base64.b64encode(login.encode()).decode()


# The keys that refer to a secret, the header each goes into, and how.
_SECRET_HEADERS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("basic_auth", "Authorization", _basic),
    ("cookie", "Cookie", str),
)


def _feed(
    table: FeedTable,
    layers: Sequence[FeedDefaults],
    note: Callable[[str, str], Fault],
    unresolved: list[Fault],
    source: Source,
) -> Feed:
    """One feed with what it does not say itself filled in from its group and the defaults."""

    def first(key: str) -> object:
        return next((value for layer in (table, *layers) if (value := getattr(layer, key)) not in ("", None)), None)

    headers = {name: value for layer in (*reversed(layers), table) for name, value in layer.headers.items()}
    for key, header, made in _SECRET_HEADERS:
        reference = first(key)
        if reference is not None and not is_reference(str(reference)):
            source.faults.append(note(key, "is a secret: write env:NAME, file:/PATH or credential:NAME"))
        elif reference is not None:
            try:
                headers[header] = made(resolve(str(reference)))
            except ValueError as error:
                unresolved.append(note(key, f'feed "{table.name}": {error}'))
    return Feed(
        name=table.name,
        url=table.url,
        language=str(first("language") or "en"),
        country=str(first("country") or ""),
        kind=str(first("kind") or "newspaper"),
        trust=str(first("trust") or "medium"),
        party=str(first("party") or ""),
        group=table.group,
        interval=next((layer.interval for layer in (table, *layers) if layer.interval), None),
        headers=tuple(headers.items()),
        encoding=str(first("encoding") or ""),
        proxy=str(first("proxy") or ""),
        user_agent=str(first("user_agent") or ""),
        http_version=str(first("http_version") or "1.1"),
        private=bool(first("private")),
    )
