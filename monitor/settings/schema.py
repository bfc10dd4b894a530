"""The shape of config/basewatch.toml and config/feeds.toml: every key, its type, its default and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from monitor.core.records import Confidence, Label, Severity

_LONGEST = timedelta(days=36_500)  # a century before today is a date that can be counted with
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(value: object) -> timedelta:
    """Read "90s", "15m", "72h" or "30d"; ValueError says what is allowed."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", value) if isinstance(value, str) else None
    if not found:
        raise ValueError('a duration is a number with s, m, h or d, such as "90s" or "72h"')
    seconds = float(found[1]) * _UNITS[found[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"must not be longer than {_LONGEST.days}d")
    return timedelta(seconds=seconds)


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("must be longer than zero")
    return value


def _name(value: str) -> str:
    if not re.fullmatch(r"[\w][\w .+/&'()-]{0,79}", value):
        raise ValueError(
            "a name has 1 to 80 letters, digits, spaces or . + / & ' ( ) - _ and starts with a letter or digit"
        )
    return value


def _matching(pattern: str, problem: str) -> Callable[[str], str]:
    """A check that the whole of a value matches; `problem` says what is wrong where it does not."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(problem)
        return value

    return check


_language = _matching(r"[a-z]{2,3}", 'a language is its ISO 639 code of two or three small letters, such as "ar"')
_two_capitals = _matching(r"[A-Z]{2}", 'a country is its ISO 3166-1 code of two capitals, such as "IQ"')
_side = _matching(r"[A-Z]{2,12}", 'a side is the code of its country, such as "IR", or "NATO" or "UN"')
_web_address = _matching(r"https?://[^\s/]+(/\S*)?", "must be an http:// or https:// address")
_header = _matching(r"[^\x00-\x1f\x7f]*", "what is sent as a header is one line, without control characters")
_header_name = _matching(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "the name of a header has letters, digits and hyphens only")


@cache
def _countries() -> frozenset[str]:
    """Every code of ISO 3166-1, as the time zone database has them, and Kosovo's."""
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    return frozenset([line[:2] for line in table.splitlines() if not line.startswith("#")] + ["XK"])


def _country(value: str) -> str:
    if _two_capitals(value) not in _countries():
        raise ValueError('no country has that ISO 3166-1 code; Iraq\'s, for example, is "IQ"')
    return value


def _label(value: object) -> object:
    if value not in ("report", "update", "threat"):
        raise ValueError("must be 'report', 'update' or 'threat'")
    return value


def _without_login(value: str) -> str:
    if "@" in value.partition("://")[2].partition("/")[0]:
        raise ValueError("a login does not belong into an address, which is shown and logged: use basic_auth")
    return value


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError('must be host:port of this machine, such as "127.0.0.1:8871"')
    return value


def _or_nothing(check: Callable[[str], str]) -> AfterValidator:
    """What `check` allows, or "", which says that the key is not set."""
    return AfterValidator(lambda value: value and check(value))


def _encoding(value: str) -> str:
    try:
        "".encode(value or "utf-8")
    except LookupError:
        raise ValueError(f'"{value}" is no known encoding, such as "windows-1256"') from None
    return value


def _http_version(value: object) -> object:
    """What may be written with quotes or without."""
    told = str(value)
    if told not in ("", "1.0", "1.1"):
        raise ValueError(f'"{told}" is not spoken: write "1.0" or "1.1"')
    return told


Duration = Annotated[timedelta, BeforeValidator(parse_duration), AfterValidator(_positive)]
Name = Annotated[str, AfterValidator(_name)]
Country = Annotated[str, AfterValidator(_country)]
WatchedLabel = Annotated[Label, BeforeValidator(_label)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
HeaderValue = Annotated[str, AfterValidator(_header)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
MaybeLanguage = Annotated[str, _or_nothing(_language)]
MaybeCountry = Annotated[str, _or_nothing(_country)]
MaybeWebAddress = Annotated[str, _or_nothing(_web_address)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Year = Annotated[int, Field(ge=1900, le=2200)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


# ---- basewatch.toml ----------------------------------------------------------------------------------------


class RegionTable(_Table):
    """[[watch.region]]: a region of the site's own."""

    name: Name
    countries: list[Country] = []
    polygon: list[tuple[Latitude, Longitude]] = []
    circle: tuple[Latitude, Longitude, Annotated[float, Field(gt=0, le=20000)]] | None = None


class KeywordTable(_Table):
    """[watch.keywords]: words, or /regular expressions/."""

    require: list[str] = []
    add: list[str] = []
    exclude: list[str] = []


class BaseTable(_Table):
    """[[watch.base]]: a base of the site's own."""

    name: Name
    aliases: list[Annotated[str, Field(min_length=3, max_length=120)]] = []
    country: Country
    city: str = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    timezone: str = "UTC"
    force: str = "US"
    since: Year | None = None
    until: Year | None = None


class WatchTable(_Table):
    """[watch]: what the site wants to be told of."""

    forces: Annotated[list[str], Field(min_length=1)] = ["US"]
    regions: list[str] = []
    ignore_bases: list[str] = []
    labels: Annotated[list[WatchedLabel], Field(min_length=1)] = [Label.REPORT, Label.UPDATE]
    max_age: Duration = timedelta(hours=72)
    keywords: KeywordTable = KeywordTable()
    region: list[RegionTable] = []
    base: list[BaseTable] = []


class DestinationTable(_Table):
    """[[alerts.destination]]: one chat, mailbox or webhook."""

    name: Name
    url: Annotated[str, Field(min_length=1)]
    literal: bool = False
    timeout: Duration = timedelta(seconds=30)


class RouteTable(_Table):
    """[[alerts.route]]: who is told of what."""

    destinations: Annotated[list[str], Field(min_length=1)]
    severities: list[Severity] = []
    regions: list[str] = []
    bases: list[str] = []
    labels: list[WatchedLabel] = []
    confidences: list[Confidence] = []


class AlertsTable(_Table):
    """[alerts]: destinations and routes."""

    destination: list[DestinationTable] = []
    route: list[RouteTable] = []


class ServiceTable(_Table):
    """[service]: how the daemon runs."""

    database: Annotated[str, Field(min_length=1)] = "basewatch.sqlite3"
    poll_floor: Duration = timedelta(minutes=1)
    poll_ceiling: Duration = timedelta(minutes=15)
    connections: Annotated[int, Field(ge=1, le=2000)] = 100
    connections_per_host: Annotated[int, Field(ge=1, le=20)] = 2
    request_timeout: Duration = timedelta(seconds=30)
    max_body_mb: Annotated[float, Field(gt=0, le=200)] = 15
    max_entries: Annotated[int, Field(ge=1, le=100_000)] = 2000
    parse_timeout: Duration = timedelta(seconds=15)
    parse_workers: Annotated[int, Field(ge=1, le=16)] = 1
    user_agent: HeaderValue = ""
    deliver_workers: Annotated[int, Field(ge=1, le=32)] = 4
    keep: Duration = timedelta(days=90)
    websub_callback: MaybeWebAddress = ""
    websub_listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8871"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"


class SiteFile(_Table):
    """config/basewatch.toml."""

    watch: WatchTable = WatchTable()
    alerts: AlertsTable = AlertsTable()
    service: ServiceTable = ServiceTable()


# ---- feeds.toml --------------------------------------------------------------------------------------------


class StarterTable(_Table):
    """[starter]: which of the shipped feeds are polled."""

    groups: list[str] = []
    without: list[str] = []


class FeedDefaults(_Table):
    """Keys that a feed, a [[group]] and [defaults] share; the nearest one counts."""

    language: MaybeLanguage = ""
    country: MaybeCountry = ""
    kind: Literal["", "wire", "broadcaster", "newspaper", "local", "official", "defence press", "think tank"] = ""
    trust: Literal["", "high", "medium", "low"] = ""
    party: Annotated[str, _or_nothing(_side)] = ""
    interval: Duration | None = None
    headers: dict[HeaderName, HeaderValue] = {}
    encoding: Annotated[str, AfterValidator(_encoding)] = ""
    basic_auth: str = ""
    cookie: str = ""
    proxy: MaybeWebAddress = ""
    user_agent: HeaderValue = ""
    http_version: Annotated[str, BeforeValidator(_http_version)] = ""
    private: bool | None = None


class GroupTable(FeedDefaults):
    """[[group]]: defaults of the feeds that name it."""

    name: Name


class FeedTable(FeedDefaults):
    """[[feed]]: one feed."""

    name: Name
    url: Annotated[WebAddress, AfterValidator(_without_login)]
    group: str = ""


class FeedsFile(_Table):
    """config/feeds.toml, and seeds/feeds.toml."""

    starter: StarterTable = StarterTable()
    defaults: FeedDefaults = FeedDefaults()
    group: list[GroupTable] = []
    feed: list[FeedTable] = []
