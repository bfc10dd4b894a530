"""The doors between the corridors and the outside: what each edge promises, as Protocols, and the values it answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from monitor.core.records import (
    Alert,
    Article,
    Decision,
    Delivery,
    DeliveryState,
    Entry,
    Feed,
    Finding,
    Incident,
    Message,
    Target,
    TimeSpan,
)

# ---- time -----------------------------------------------------------------------------------------------


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...


# ---- fetching ----------------------------------------------------------------------------------------------


class FetchFault(StrEnum):
    """Why a fetch or a parse gave nothing, in words a person understands."""

    DNS = "name not found"
    CONNECT = "cannot connect"
    TLS = "certificate or TLS error"
    TIMEOUT = "too slow"
    RESET = "connection broken"
    STATUS = "error status"
    NOT_FOUND = "not found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    BUSY = "server asks to wait"
    TOO_LARGE = "too large"
    BAD_ENCODING = "content encoding broken"
    REDIRECTS = "too many redirects"
    ADDRESS_REFUSED = "address not allowed"
    NOT_A_FEED = "not a feed"
    EMPTY = "empty document"
    HOSTILE = "hostile document"
    PARSER_KILLED = "parser took too long"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional GET is made with, bound to the address that gave it, and the hash of the last body."""

    url: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the server said about when to come again; None where it said nothing. `moved_to`: a 301 or 308's target."""

    max_age: timedelta | None = None
    expires: datetime | None = None
    retry_after: timedelta | None = None
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A new body, decompressed and within the limits."""

    body: bytes
    content_type: str
    validators: Validators
    hints: Hints


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server, or the hash of the body, says that nothing changed."""

    validators: Validators
    hints: Hints


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """Nothing usable came; `detail` says more than the fault, for `feeds list`."""

    fault: FetchFault
    detail: str
    hints: Hints = Hints()
    status: int = 0


class Fetcher(Protocol):
    """Gets feeds over HTTP. Never raises for what a server does."""

    async def fetch(self, feed: Feed, url: str, validators: Validators) -> Fetched | Unchanged | FetchFailed:
        """Get `url` for `feed`, conditionally when `validators` are of that address."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


@dataclass(frozen=True, slots=True)
class Parsed:
    """The entries of a document, newest first as served, and what it says of itself.

    `dropped` counts entries beyond the cap; `truncated` says that the document broke off; `ttl` is what RSS asks for;
    `hub` and `topic` are WebSub's.
    """

    entries: tuple[Entry, ...]
    title: str = ""
    dropped: int = 0
    truncated: bool = False
    ttl: timedelta | None = None
    hub: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class ParseFailed:
    """The document is no feed, or was refused."""

    fault: FetchFault
    detail: str


class Parser(Protocol):
    """Makes entries of bytes. Never raises for what a document holds; runs where it can be killed."""

    async def parse(self, feed: Feed, fetched: Fetched) -> Parsed | ParseFailed:
        """Parse a fetched body as RSS, Atom, JSON Feed or a news sitemap."""
        ...

    async def close(self) -> None:
        """Stop every worker."""
        ...


# ---- the store ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the store remembers of one feed. Times are UTC; `rate` is new entries an hour, smoothed, None at first."""

    name: str
    url: str  # where it is fetched now; differs from the configured one after a lasting move
    validators: Validators = Validators()
    next_poll: datetime | None = None
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None  # when an unseen entry was last served
    newest: datetime | None = None  # the newest date of an entry served at the last good poll
    failures: int = 0  # in a row
    fault: str = ""  # FetchFault of the last failure, "" when the last poll was good
    detail: str = ""
    moved_to: str = ""  # a permanent redirect seen, and how many times in a row
    moved_seen: int = 0
    rate: float | None = None
    ttl: timedelta | None = None
    missed: int = 0  # overruns: polls after which entries were known to be lost
    dropped: int = 0  # entries beyond the cap in the last document
    entries: int = 0  # entries ever stored
    burst_until: datetime | None = None
    hub: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """How much of some entries the store has: keys of unseen entries, and keys whose content changed since."""

    unseen: frozenset[str]
    changed: frozenset[str]


class FeedStore(Protocol):
    """The store's part about feeds."""

    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make a state for every new feed, due at once; keep states of feeds that are gone (they may come back)."""
        ...

    def due_feeds(self, now: datetime, limit: int) -> list[FeedState]:
        """States of synced feeds whose next poll is due, the longest overdue first."""
        ...

    def feed_state(self, name: str) -> FeedState | None:
        """What is known of one feed."""
        ...

    def feed_states(self) -> list[FeedState]:
        """Every synced feed, by name."""
        ...

    def save_feed(self, state: FeedState) -> None:
        """Write a feed's state, inside the caller's transaction."""
        ...

    def burst(self, names: Iterable[str], until: datetime) -> None:
        """Let these feeds be polled at the floor until then."""
        ...


class EntryStore(Protocol):
    """The store's part about entries, articles and findings."""

    def known(self, entries: Sequence[tuple[str, str]]) -> Known:
        """Which of (entry key, hash of content) are unseen, and which are known with another content."""
        ...

    def save_entry(self, entry: Entry, key: str, content_hash: str, article: Article, now: datetime) -> bool:
        """Keep an entry as received with its article. False when the article was known already from another entry."""
        ...

    def save_finding(self, finding: Finding, version: str, now: datetime) -> None:
        """Keep the verdict on an article (a flagged or scored one whole, an unremarkable one as its label only)."""
        ...

    def save_decision(self, decision: Decision) -> None:
        """Keep what was decided for an article, after all earlier decisions."""
        ...

    def save_failure(self, subject: str, error: str, now: datetime) -> None:
        """Keep a failure with its subject (an entry's key, a feed's name, a delivery's id)."""
        ...

    def article(self, id_or_url: str) -> Article | None:
        """One article by its id or its canonical link, or None."""
        ...

    def finding(self, article: str) -> Finding | None:
        """The last verdict on an article, or None when it was not worth keeping whole."""
        ...

    def decisions(self, *, article: str = "", incident: str = "") -> list[Decision]:
        """Decisions about one article or one incident, oldest first."""
        ...

    def entry_guids(self, articles: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Article id -> the guids of all entries that carried it, in the order they came."""
        ...


class IncidentStore(Protocol):
    """The store's part about incidents."""

    def candidates(self, target: Target, when: TimeSpan, slack: timedelta, limit: int) -> list[Incident]:
        """Incidents not merged away whose place may be `target` and whose time may overlap: generous, newest first."""
        ...

    def incident(self, id: str) -> Incident | None:
        """One incident at its newest revision."""
        ...

    def incidents(
        self, *, since: datetime | None = None, statuses: Sequence[str] = (), limit: int = 100
    ) -> list[Incident]:
        """Incidents by last news, newest first."""
        ...

    def history(self, id: str) -> list[Incident]:
        """Every revision of one incident, oldest first."""
        ...

    def save_incident(self, incident: Incident, now: datetime) -> None:
        """Write a new revision; earlier ones stay readable."""
        ...

    def incident_ids_like(self, prefix: str) -> list[str]:
        """Ids that start so, for making the next one."""
        ...


class OutboxStore(Protocol):
    """The store's part about alerts and their deliveries."""

    def save_alert(self, alert: Alert) -> None:
        """Write an alert and one waiting delivery per destination, inside the caller's transaction."""
        ...

    def alert(self, id: str) -> Alert | None:
        """One alert."""
        ...

    def alerts_of(self, incident: str) -> list[Alert]:
        """What was told of an incident, oldest first."""
        ...

    def claim(self, now: datetime, lease: timedelta, limit: int) -> list[Delivery]:
        """Take due deliveries (waiting, or claimed with a lease that ran out) in one short transaction."""
        ...

    def settle(self, delivery: Delivery, state: DeliveryState, due: datetime | None, error: str, now: datetime) -> bool:
        """Write how a send ended; False when the lease was lost to somebody else meanwhile."""
        ...

    def deliveries(self, *, alert: str = "", states: Sequence[DeliveryState] = (), limit: int = 100) -> list[Delivery]:
        """Deliveries, newest first."""
        ...


class Store(FeedStore, EntryStore, IncidentStore, OutboxStore, Protocol):
    """The whole database: one writer, one commit a unit of work."""

    def transaction(self) -> AbstractContextManager[None]:
        """BEGIN IMMEDIATE; COMMIT at the end, ROLLBACK on any exception. Never nested."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


# ---- telling -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel took the message."""


@dataclass(frozen=True, slots=True)
class Retry:
    """It did not, and trying again can help; `after` is what the channel asked for."""

    error: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It did not, and trying again cannot help."""

    error: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Nobody can say whether it did."""

    error: str


class Notifier(Protocol):
    """Sends messages to destinations by name. Blocking: called from worker threads only."""

    def send(self, destination: str, message: Message) -> Sent | Retry | Refused | Uncertain:
        """Send one message to one destination; never raises for what a channel does."""
        ...
