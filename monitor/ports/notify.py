"""The door to the channels by which people are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from monitor.core.records import Message


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
