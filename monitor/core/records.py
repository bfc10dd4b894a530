"""The nouns of Basewatch: what travels between the rooms, frozen, and the enums of reasons.

Every time is an aware `datetime` in UTC. Every country is an ISO 3166-1 alpha-2 code. Every latitude and longitude is
in degrees, WGS 84. A tuple keeps the order in which things were told unless its comment says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from math import asin, cos, radians, sin, sqrt

_EARTH_KM = 6371.0  # mean radius


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two (lat, lon) in kilometres, by the haversine formula."""
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def _in_polygon(point: tuple[float, float], corners: tuple[tuple[float, float], ...]) -> bool:
    """Whether a (lat, lon) lies in a polygon, by counting crossings; no polygon may cross the 180th meridian."""
    lat, lon = point
    inside = False
    for (lat1, lon1), (lat2, lon2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (lat1 > lat) != (lat2 > lat) and lon < lon1 + (lon2 - lon1) * (lat - lat1) / (lat2 - lat1):
            inside = not inside
    return inside


# ---- labels, sides, and other closed vocabularies ----------------------------------------------------------


class Label(StrEnum):
    """What an item as a whole is, for a person who wants to know of a fresh attack at once and only once."""

    REPORT = "report"
    UPDATE = "update"
    BACKGROUND = "background"
    THREAT = "threat"
    OTHER = "other"

    @property
    def flagged(self) -> bool:
        """Whether an item of this label belongs to an incident."""
        return self in (Label.REPORT, Label.UPDATE)


class Weapon(StrEnum):
    """What the attack was made with."""

    ROCKET = "rocket"
    MISSILE = "missile"
    DRONE = "drone"
    MORTAR = "mortar"
    ARTILLERY = "artillery"
    CAR_BOMB = "car_bomb"
    SUICIDE = "suicide"
    IED = "ied"
    GUNFIRE = "gunfire"
    INSIDER = "insider"
    AIRSTRIKE = "airstrike"
    OTHER = "other"


class Side(StrEnum):
    """Whose people were killed or wounded."""

    US = "us"
    PARTNER = "partner"
    CONTRACTOR = "contractor"
    CIVILIAN = "civilian"
    ATTACKER = "attacker"
    UNKNOWN = "unknown"


class Intercepted(StrEnum):
    """How much of what was fired was stopped on its way."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


# ---- what the maintainers know (seeds/) and what a site adds -----------------------------------------------


@dataclass(frozen=True, slots=True)
class Presence:
    """One span of years in which a force stood at a base; `until` is None while it still does."""

    force: str
    since: int | None
    until: int | None


@dataclass(frozen=True, slots=True)
class Base:
    """A place of the gazetteer where foreign forces stand or stood.

    `aliases` identify it alone; `weak_aliases` only beside a military word or the name of its country.
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


# ---- what a site watches -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Region:
    """A watched region: countries, polygons of (lat, lon) corners, circles of (lat, lon, radius in km), or several."""

    name: str
    countries: frozenset[str] = frozenset()
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()

    def holds(self, target: Target) -> bool:
        """Whether the target's country is one of ours, or its point lies in one of our shapes."""
        if self.countries.intersection(target.countries):
            return True
        if target.lat is None or target.lon is None:
            return False
        point = (target.lat, target.lon)
        return any(_in_polygon(point, polygon) for polygon in self.polygons) or any(
            _km(point, (lat, lon)) <= radius for lat, lon, radius in self.circles
        )


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or pattern a site adds, with the text it was written as, so that a reason can quote it."""

    written: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Watch:
    """What a site wants to be told of. No region: the whole world."""

    forces: tuple[str, ...] = ("US",)
    regions: tuple[Region, ...] = ()
    require: tuple[Keyword, ...] = ()
    add: tuple[Keyword, ...] = ()
    exclude: tuple[Keyword, ...] = ()
    own_bases: tuple[Base, ...] = ()
    ignored_bases: frozenset[str] = frozenset()
    labels: frozenset[Label] = frozenset({Label.REPORT, Label.UPDATE})
    max_age: timedelta = timedelta(hours=72)


# ---- feeds and what they bring -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed as its site configured it. `interval` None: the poller decides between the site's floor and ceiling.

    `headers` are sent to the feed's own host only, and hold what a secret gave (basic auth, cookies), so they are never
    printed; `private` allows an address that is not public.
    """

    name: str
    url: str
    language: str = "en"
    country: str = ""
    kind: str = "newspaper"
    trust: str = "medium"
    party: str = ""
    group: str = ""
    interval: timedelta | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    encoding: str = ""
    proxy: str = ""
    user_agent: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a feed gave it: text not cleaned, nothing trusted. `published` None: undated."""

    feed: str
    guid: str
    url: str
    title: str
    summary: str = ""
    content: str = ""
    author: str = ""
    source: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An entry made readable: tags off, spaces single, link canonical, dates settled.

    `text` is title, summary and content joined by newlines; every span of a `Because` counts characters in it.
    `published` is never later than `seen`, and equals it when the entry was undated (`dated` False).
    """

    id: str
    feed: str
    guid: str
    url: str
    title: str
    summary: str
    content: str
    text: str
    author: str
    source: str
    language: str
    published: datetime
    dated: bool
    seen: datetime

    def same_words(self, other: Article) -> bool:
        """Whether both say the same, so that one verdict holds for both; where a feed puts its words does not count."""
        return (self.title, self.text) == (other.title, other.text)


# ---- what is found in an article ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Because:
    """One reason of a verdict: the rule's name, the words it stands on, where in `Article.text`, and its weight.

    A positive weight speaks for an attack, a negative one against; start = end = 0 where no words stand behind it.
    """

    rule: str
    text: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people as told: "at least 3" is (3, None), "30 to 40" is (30, 40), "no casualties" is (0, 0)."""

    min: int
    max: int | None


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """An interval in UTC that holds the attack; both ends belong to it."""

    earliest: datetime
    latest: datetime

    def overlaps(self, other: TimeSpan, slack: timedelta = timedelta(0)) -> bool:
        """Whether the two can hold the same moment when each may be wrong by `slack`."""
        return self.earliest <= other.latest + slack and other.earliest <= self.latest + slack


@dataclass(frozen=True, slots=True)
class Target:
    """What was attacked: a base (`base` is its id), or a place known only as country, region or force.

    `countries` has one code for a base or a country, several for a region ("bases in the Gulf"), none when unknown.
    `force` is the watched force that stands there.
    """

    base: str
    name: str
    countries: tuple[str, ...]
    force: str = "US"
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Toll:
    """Killed and wounded of one side; None where nothing was said, Count(0, 0) where none were said to be."""

    side: Side
    killed: Count | None = None
    wounded: Count | None = None
    missing: Count | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What one article, or all articles of an incident, say of one attack.

    `killed` and `wounded` are totals without the attackers. Parties are canonical names of groups or countries.
    `wave` is the number the attacker gives its wave; `ordinal` counts attacks on the place that day ("second attack").
    `sentences` pairs the name of a field with the sentence it was read in.
    """

    when: TimeSpan | None = None
    weapons: tuple[Weapon, ...] = ()
    killed: Count | None = None
    wounded: Count | None = None
    us_killed: Count | None = None
    us_wounded: Count | None = None
    tolls: tuple[Toll, ...] = ()
    launched: Count | None = None  # how many rockets, drones, missiles ... came
    claimed_by: tuple[str, ...] = ()
    blamed_on: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    confirmed_by: tuple[str, ...] = ()
    intercepted: Intercepted | None = None
    damage: str = ""
    wave: int | None = None
    ordinal: int | None = None
    sentences: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack that an article tells as its news: one target, and what is said of that target's attack."""

    target: Target
    facts: Facts


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one article: label, score (0..1, calibrated probability of being flagged) and its reasons.

    `attacks` is empty unless the label is flagged; then it has one Attack per target, never none. `facts` sums up the
    whole article. `older` are attacks told as history (so that a retelling is not taken for news).
    """

    article: str
    label: Label
    score: float
    attacks: tuple[Attack, ...] = ()
    facts: Facts = field(default_factory=Facts)
    countries: tuple[str, ...] = ()
    older: tuple[Attack, ...] = ()
    because: tuple[Because, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether the article belongs to an incident."""
        return self.label.flagged


# ---- incidents ---------------------------------------------------------------------------------------------


class Status(StrEnum):
    """Where an incident is in its life."""

    OPEN = "open"
    QUIET = "quiet"
    CLOSED = "closed"
    FALSE = "false"  # a person said it was none
    MERGED = "merged"  # a person, or a named base, put it into another one


class Confidence(StrEnum):
    """How sure the world is that the attack took place, as far as Basewatch has read."""

    SINGLE_SOURCE = "single source"
    CLAIMED = "claimed by a party"
    CORROBORATED = "corroborated"
    CONFIRMED = "confirmed by an official side"
    DISPUTED = "disputed"
    DENIED = "denied"
    RETRACTED = "retracted"


class Severity(StrEnum):
    """How grave an incident is, for routes: deaths, wounds or damage, a hit without known harm, all intercepted."""

    KILLED = "killed"
    HARMED = "harmed"
    HIT = "hit"
    AVERTED = "averted"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one article said of an incident, and for whom: its origin (not its outlet) and the party it speaks for.

    `at` is when the article was published; `target` the place as this article told it; `outlet`, `url` and `title` are
    what a reader is shown; `prints` are hashed shingles of its text, by which copies of one text know each other.
    """

    article: str
    at: datetime
    origin: str
    party: str
    facts: Facts
    target: Target | None = None
    label: Label = Label.REPORT
    outlet: str = ""
    url: str = ""
    title: str = ""
    prints: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    """One attack, and what is known of it so far.

    `occurred` is the interval that holds the attack; `facts` is what all statements together say; `merged_into` is set
    with Status.MERGED. `barred` are articles that a person took out, so that they never come back. `revision` rises by
    one with every change.
    """

    id: str
    wave: str
    target: Target
    occurred: TimeSpan
    first_seen: datetime
    last_news: datetime
    status: Status
    confidence: Confidence
    confidence_reason: str
    facts: Facts
    statements: tuple[Statement, ...]
    articles: tuple[str, ...]
    origins: tuple[str, ...]
    title: str
    merged_into: str = ""
    barred: tuple[str, ...] = ()
    revision: int = 1


class Outcome(StrEnum):
    """What merging did with one article's attack."""

    OPEN = "open"
    JOIN = "join"
    REPEAT = "repeat"
    WITHDRAWN = "withdrawn"
    NONE = "none"  # the article tells no attack


class MergeReason(StrEnum):
    """Why an article's attack opened, joined or only repeated an incident."""

    FIRST_NEWS = "first news of an attack at this place and time"
    OTHER_TIME = "another time than the attacks known there"
    OTHER_WAVE = "another wave than the attacks known there"
    OTHER_ACT = "another attack than the one known there"
    UNSURE = "too little says that it is an attack already known"
    SAME_BASE = "same base, same time"
    SAME_PLACE = "same place, same time"
    BASE_NAMED = "names the base of an attack known only roughly"
    PLACE_ROUGH = "a rough place, and the time of a known attack there"
    SAME_ARTICLE = "the same article again"
    PAST_ATTACK = "an attack of the past, told again"
    MENDED = "mended by a person"
    EDITED = "the article no longer tells it"
    REJUDGED = "built anew by the rules of today"
    MOVED_ON = "the page has moved on to other news; what it said stays"
    NO_ATTACK = "the article tells no attack"


@dataclass(frozen=True, slots=True)
class Merge:
    """What merging says of one attack of one article.

    `incident` is the one joined or repeated, "" for OPEN and for a REPEAT of an attack that was never an incident here.
    """

    outcome: Outcome
    incident: str
    reason: MergeReason
    detail: str = ""

    @property
    def words(self) -> str:
        """The reason with what it stands on, for a `Decision`."""
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one article and one of its attacks, kept for `why`; `incident` is "" for Outcome.NONE."""

    article: str
    at: datetime
    outcome: Outcome
    incident: str
    reason: str  # a MergeReason, with what it stands on, in words
    alert: str  # id of the alert, or ""
    silence: str  # the SilenceReason where no alert was made, or ""


class Mending(StrEnum):
    """What a person may mend."""

    MERGE = "merge"  # two incidents are one attack
    SPLIT = "split"  # an article belongs to another attack
    FALSE = "false"  # there was no attack


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person mended: `incident` became part of `other`, or gave it `article`; `note` is their own words."""

    at: datetime
    kind: Mending
    incident: str
    other: str = ""
    article: str = ""
    note: str = ""


# ---- alerts and their delivery -----------------------------------------------------------------------------


class AlertReason(StrEnum):
    """Why somebody is told."""

    NEW = "new"
    KILLED_ROSE = "killed rose"
    WOUNDED_ROSE = "wounded rose"
    CLAIMED = "claimed"
    DENIED = "denied"
    CONFIRMED = "confirmed"
    BASE_NAMED = "base named"
    RETRACTED = "retracted"
    CORRECTED = "corrected"
    THREAT = "threat"  # only where a site watches that label
    TEST = "test"


class SilenceReason(StrEnum):
    """Why nobody is told."""

    NOT_FLAGGED = "not flagged"
    NOTHING_NEW = "nothing new"
    TOO_OLD = "too old"
    LABEL_NOT_WATCHED = "label not watched"
    NO_ROUTE = "no route"
    ALREADY_TOLD = "already told"
    PAST_ATTACK = "past attack"
    REJUDGED = "rejudged"
    NO_PLACE_YET = "no place told yet, and one origin only"
    CALLED_FALSE = "called false by a person"


@dataclass(frozen=True, slots=True)
class Said:
    """What an alert said of one incident, so that the next one tells only what is new.

    `killed` and `wounded` are the least numbers told, without the attackers.
    """

    incident: str
    base: str = ""
    killed: int = 0
    wounded: int = 0
    claimed_by: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    confirmed_by: tuple[str, ...] = ()
    confidence: Confidence = Confidence.SINGLE_SOURCE
    status: Status = Status.OPEN


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell: of one incident, or of all incidents of one wave."""

    id: str
    at: datetime
    reason: AlertReason
    incidents: tuple[str, ...]
    articles: tuple[str, ...]
    title: str
    body: str
    severity: Severity
    destinations: tuple[str, ...]
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """That nobody is told, and why."""

    reason: SilenceReason
    detail: str = ""

    @property
    def words(self) -> str:
        """The reason with what it stands on, for a `Decision`."""
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


@dataclass(frozen=True, slots=True)
class Change:
    """One incident before (None: just opened) and after one article, with all alerts ever made of it, oldest first."""

    before: Incident | None
    after: Incident
    told: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided to tell of one change; several changes of one article may carry one and the same alert."""

    incident: str
    outcome: Alert | Silence


@dataclass(frozen=True, slots=True)
class Route:
    """Who is told of what. An empty filter lets everything pass."""

    destinations: tuple[str, ...]
    severities: frozenset[Severity] = frozenset()
    regions: tuple[Region, ...] = ()
    bases: frozenset[str] = frozenset()
    labels: frozenset[Label] = frozenset()
    confidences: frozenset[Confidence] = frozenset()


@dataclass(frozen=True, slots=True)
class Destination:
    """One chat, mailbox or webhook; `url` holds secrets and is never printed; "" while it could not be resolved."""

    name: str
    url: str = field(repr=False)
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: plain text, one line of title, no markup, nothing a channel could take for a command."""

    title: str
    body: str


class DeliveryState(StrEnum):
    """Where a delivery is in its life."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    UNCERTAIN = "uncertain"  # perhaps sent: the channel did not say in time
    REFUSED = "refused"  # trying again cannot help
    EXPIRED = "expired"  # given up after the last try


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert to one destination. `due` is when it is tried next; `lease_until` while somebody is sending it.

    `attempts` counts sends begun, `doubts` those of which nobody can say whether they arrived; `settled` is when one
    last ended.
    """

    id: int
    alert: str
    destination: str
    state: DeliveryState
    attempts: int
    due: datetime
    lease_until: datetime | None
    error: str
    doubts: int = 0
    settled: datetime | None = None
