"""The nouns of polling: what asking a feed came to, and what is remembered of the feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.records import Entry


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
    NOT_TAKEN = "could not be taken in"


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


@dataclass(frozen=True, slots=True)
class Parsed:
    """The entries of a document, newest first as served, and what it says of itself.

    `dropped` counts entries beyond the cap; `truncated` says that the document broke off; `ttl` is what RSS asks for;
    `hub` and `topic` are WebSub's. `known` counts entries that were left out because they were taken in before.
    `mixed`: some entries have one guid or one link together, which is seen only where they stand side by side.
    """

    entries: tuple[Entry, ...]
    title: str = ""
    dropped: int = 0
    truncated: bool = False
    ttl: timedelta | None = None
    hub: str = ""
    topic: str = ""
    known: int = 0
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class ParseFailed:
    """The document is no feed, or was refused."""

    fault: FetchFault
    detail: str


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the store remembers of one feed. Times are UTC; `rate` is new entries an hour, smoothed, None at first."""

    name: str
    url: str  # where it is fetched now; differs from the configured one after a lasting move
    configured: str = ""  # the address the site gave
    validators: Validators = Validators()
    next_poll: datetime | None = None
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None  # when an unseen entry was last served
    newest: datetime | None = None  # the newest date of an entry served at the last good poll
    failures: int = 0  # in a row
    lost: int = 0  # of them, how many of the last said "not found"
    fault: str = ""  # FetchFault of the last failure, "" when the last poll was good
    detail: str = ""
    moved_to: str = ""  # a permanent redirect seen, and how many times in a row
    moved_seen: int = 0
    rate: float | None = None
    ttl: timedelta | None = None
    polls: int = 0
    missed: int = 0  # overruns: polls between which entries may have come and gone unseen
    overrun: datetime | None = None  # the last of them
    dropped: int = 0  # entries beyond the cap in the last document
    entries: int = 0  # entries ever stored
    burst_until: datetime | None = None
    hub: str = ""
    topic: str = ""
