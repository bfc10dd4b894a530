"""Whom to tell what, why or why not, and how far each message has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.records.incidents import Confidence, Incident, Severity, Status
from monitor.core.records.kinds import Label
from monitor.core.records.watch import Region


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
