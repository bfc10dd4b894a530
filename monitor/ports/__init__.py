"""The doors between the corridors and the outside: what each edge promises, as Protocols, and the values it answers."""

from __future__ import annotations

from monitor.core.feeds.polls import (
    FeedState,
    Fetched,
    FetchFailed,
    FetchFault,
    Hints,
    Parsed,
    ParseFailed,
    Unchanged,
    Validators,
)
from monitor.ports.notify import Notifier, Refused, Retry, Sent, Uncertain
from monitor.ports.store import (
    HEARTBEAT,
    UNREAD,
    EntryStore,
    Failure,
    FeedStore,
    IncidentStore,
    Judged,
    Known,
    Newcomer,
    Note,
    OutboxStore,
    Pruned,
    Store,
)
from monitor.ports.world import Clock, Fetcher, Parser

__all__ = [
    "HEARTBEAT",
    "UNREAD",
    "Clock",
    "EntryStore",
    "Failure",
    "FeedState",
    "FeedStore",
    "FetchFailed",
    "FetchFault",
    "Fetched",
    "Fetcher",
    "Hints",
    "IncidentStore",
    "Judged",
    "Known",
    "Newcomer",
    "Note",
    "Notifier",
    "OutboxStore",
    "ParseFailed",
    "Parsed",
    "Parser",
    "Pruned",
    "Refused",
    "Retry",
    "Sent",
    "Store",
    "Uncertain",
    "Unchanged",
    "Validators",
]
