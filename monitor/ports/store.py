"""The door to the database: what is kept, and what is asked of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.core.feeds.polls import FeedState
from monitor.core.records import (
    Alert,
    Article,
    Correction,
    Decision,
    Delivery,
    DeliveryState,
    Entry,
    Feed,
    Finding,
    Incident,
    Label,
    Target,
    TimeSpan,
)


@dataclass(frozen=True, slots=True)
class Known:
    """How much of some entries the store has: keys of unseen entries, and (key, hash of content) of edited ones."""

    unseen: frozenset[str]
    changed: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """How an article was last judged, and by which classifier."""

    label: Label
    score: float
    version: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An entry never seen, with its article, never seen either; `finding` None: judging it failed."""

    entry: Entry
    key: str
    content_hash: str
    article: Article
    at: datetime
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure that was caught and kept, with its subject."""

    at: datetime
    subject: str
    error: str


UNREAD = "unread"  # the name of the note of secrets that the service could not read, a line each
HEARTBEAT = "heartbeat"  # the name of the note that says when the service last lived, and how it did


@dataclass(frozen=True, slots=True)
class Note:
    """Something noted of the process, and when."""

    value: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many articles and how many entry keys upkeep forgot."""

    articles: int
    entries: int


class FeedStore(Protocol):
    """The store's part about feeds."""

    def sync_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make a state for every new feed, due at once; keep states of feeds that are gone (they may come back).

        A feed whose configured address changed starts anew at that address, but keeps what it counted.
        """
        ...

    def due_feeds(self, now: datetime, limit: int) -> list[FeedState]:
        """States of synced feeds whose next poll is due, the longest overdue first."""
        ...

    def feed_state(self, name: str) -> FeedState | None:
        """What is known of one feed."""
        ...

    def states_of(self, names: Iterable[str]) -> dict[str, FeedState]:
        """Those of these feeds that are known, by name."""
        ...

    def feed_states(self) -> list[FeedState]:
        """Every synced feed, by name."""
        ...

    def save_feed(self, state: FeedState) -> None:
        """Write a feed's state, inside the caller's transaction."""
        ...

    def save_feeds(self, states: Iterable[FeedState]) -> None:
        """Write the states of many at once, inside the caller's transaction."""
        ...

    def burst(self, names: Iterable[str], until: datetime) -> None:
        """Let these feeds be polled at the floor until then."""
        ...


class EntryStore(Protocol):
    """The store's part about entries, articles and findings."""

    def known(self, entries: Sequence[tuple[str, str]]) -> Known:
        """Which of (entry key, hash of content) are unseen, and which are known with another content.

        A content that the article once had is known too, so that a feed that alternates between two is quiet.
        """
        ...

    def served(self, keys: Iterable[str], now: datetime) -> None:
        """Remember that these entries still stand in their feed, so that upkeep does not forget them."""
        ...

    def save_new(self, newcomers: Sequence[Newcomer], version: str) -> None:
        """Keep many entries at once, in their order; no two have the same key or article.

        `version` is the classifier's. A finding worth explaining is not kept yet: it comes by `save_finding`.
        """
        ...

    def save_entry(self, entry: Entry, key: str, content_hash: str, article: Article, now: datetime) -> bool:
        """Keep an entry as received with its article. False when the article was known already from another entry.

        An article that is known with other words gets a revision: the words of before stay readable, the verdict goes.
        """
        ...

    def save_finding(self, finding: Finding, version: str) -> None:
        """Keep the verdict on an article: whole when it is worth explaining, else its label and score only."""
        ...

    def save_decision(self, decision: Decision) -> None:
        """Keep what was decided for an article, after all earlier decisions."""
        ...

    def save_failure(self, subject: str, error: str, now: datetime) -> None:
        """Keep a failure with its subject (an entry's key, a feed's name, a delivery's id)."""
        ...

    def article(self, id_or_url: str) -> Article | None:
        """One article by its id or by any spelling of its link, or None."""
        ...

    def articles_named(self, link_or_title: str) -> list[Article]:
        """Every article with this link, in any spelling, or with exactly this title, in the order they came.

        Several have one link where it is that of a live page. Looks at every article: for a person who asks.
        """
        ...

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """Those of these articles that are known, by id."""
        ...

    def entry(self, article: str) -> Entry | None:
        """The entry, as received, that an article was last made of."""
        ...

    def revisions(self, article: str) -> list[Article]:
        """What an edited article was before, oldest first, without what it is now."""
        ...

    def articles_by_time(self, since: datetime, until: datetime) -> Iterator[Article]:
        """Every stored article published in [since, until), oldest first, for judging all of them again."""
        ...

    def finding(self, article: str) -> Finding | None:
        """The last verdict on an article, or None when it was not worth keeping whole."""
        ...

    def verdict(self, article: str) -> Judged | None:
        """Label, score and classifier of the last verdict; None for an article unknown or not judged."""
        ...

    def decisions(self, *, article: str = "", incident: str = "") -> list[Decision]:
        """Decisions about one article or one incident (both given: about both), oldest first."""
        ...

    def failures(self, *, subject: str = "", limit: int = 100) -> list[Failure]:
        """What failed, newest first."""
        ...

    def entry_guids(self, articles: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Article id -> the guids of all entries that carried it, in the order they came."""
        ...


class IncidentStore(Protocol):
    """The store's part about incidents."""

    def candidates(self, target: Target, when: TimeSpan, slack: timedelta, limit: int) -> list[Incident]:
        """Incidents not merged away whose place may be `target` and whose time may overlap: generous, newest first.

        For a base: its own incidents, and those known no nearer than its country or not even that. For a country or a
        region: all that lie there. When `limit` binds, those nearest in time stay, and of those the nearest in place.
        """
        ...

    def incident(self, id: str) -> Incident | None:
        """One incident at its newest revision."""
        ...

    def incidents(
        self, *, since: datetime | None = None, statuses: Sequence[str] = (), limit: int = 100
    ) -> list[Incident]:
        """Incidents by last news, newest first."""
        ...

    def incidents_of(self, article: str) -> list[Incident]:
        """The incidents, not merged away, that hold this article now, in the order it came to them."""
        ...

    def wave(self, id: str) -> list[Incident]:
        """The incidents of one wave, by id."""
        ...

    def idle(self, statuses: Sequence[str], before: datetime, limit: int) -> list[Incident]:
        """Incidents in one of these states whose last news is older than `before`, oldest first."""
        ...

    def history(self, id: str) -> list[Incident]:
        """Every revision of one incident, oldest first."""
        ...

    def save_incident(self, incident: Incident, now: datetime) -> None:
        """Write a new revision; earlier ones stay readable. Raises StoreError when that revision is written already."""
        ...

    def save_correction(self, correction: Correction) -> None:
        """Keep what a person mended."""
        ...

    def corrections(self, incident: str = "") -> list[Correction]:
        """What persons mended, oldest first: all, or what concerns one incident."""
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

    def alerts(self, *, since: datetime | None = None, limit: int = 100) -> list[Alert]:
        """What was told of anything, newest first."""
        ...

    def alert_ids_like(self, prefix: str) -> list[str]:
        """Ids that start so, for making the next one."""
        ...

    def claim(self, now: datetime, lease: timedelta, limit: int, busy: Collection[str] = ()) -> list[Delivery]:
        """Take due deliveries (waiting, or claimed with a lease that ran out) in one short transaction.

        At most one a destination, the one due longest, and none of a destination that is `busy` or has a send under
        lease: a destination that hangs holds up nobody else.
        """
        ...

    def release(self, now: datetime) -> int:
        """Let what a process that died was sending wait again, due at once; how many. Only for the one that polls."""
        ...

    def retry_refused(self, since: datetime, sends: int, now: datetime) -> int:
        """Let refused deliveries of alerts made since then wait again, of fewer than so many sends; how many."""
        ...

    def settle(self, delivery: Delivery, state: DeliveryState, due: datetime | None, error: str, now: datetime) -> bool:
        """Write how a send ended; False when the lease was lost to somebody else meanwhile.

        `delivery` is what `claim` gave, with `doubts` counted up where nobody can say whether it arrived. `due` is
        when it is tried next, None when it is not.
        """
        ...

    def deliveries(self, *, alert: str = "", states: Sequence[DeliveryState] = (), limit: int = 100) -> list[Delivery]:
        """Deliveries, newest first."""
        ...

    def delivery_counts(self) -> Mapping[DeliveryState, int]:
        """How many deliveries are in each state; 0 where none is."""
        ...

    def next_due(self) -> datetime | None:
        """When the next delivery is due or the next lease ends; None when nothing waits."""
        ...


class Store(FeedStore, EntryStore, IncidentStore, OutboxStore, Protocol):
    """The whole database: one writer, one commit a unit of work."""

    def transaction(self) -> AbstractContextManager[None]:
        """BEGIN IMMEDIATE; COMMIT at the end, ROLLBACK on any exception. Never nested."""
        ...

    def attempt(self) -> AbstractContextManager[None]:
        """A part of an open transaction that is undone alone when it raises."""
        ...

    def note(self, name: str, value: str, now: datetime) -> None:
        """Remember something of the process under a name, instead of what stood there."""
        ...

    def notes(self) -> dict[str, Note]:
        """Everything noted, by name."""
        ...

    def prune(self, now: datetime, keep: timedelta) -> Pruned:
        """Forget what was seen longer than `keep` ago and belongs to no incident, in short transactions.

        Articles that were not flagged go with their text and their verdict, as do failures; incidents, their articles,
        alerts and deliveries stay. An entry's key and hash stay for two years after its feed last served it, so that an
        archive published again brings nothing new.
        """
        ...

    def compact(self) -> None:
        """Give free space back to the file system."""
        ...

    def size(self) -> int:
        """Bytes of the database."""
        ...

    def close(self) -> None:
        """Close the connections of all threads, and let another process poll."""
        ...
