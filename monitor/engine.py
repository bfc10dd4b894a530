"""What one configuration makes: feeds that are polled by its rules, and what the log and the status line say of it."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.core.records import Alert, Delivery, DeliveryState, Feed, Incident
from monitor.core.wording import counted
from monitor.deliver import RoundResult as Deliveries
from monitor.deliver import open_sends
from monitor.errors import InputError
from monitor.pipeline import Document, PassResult, Pipeline
from monitor.polling import Poller, RoundResult
from monitor.ports import HEARTBEAT, Clock, FeedState, Fetcher, Parser, Store

log = logging.getLogger("basewatch")

_LEVELS = {
    DeliveryState.SENT: logging.INFO,
    DeliveryState.WAITING: logging.WARNING,
    DeliveryState.UNCERTAIN: logging.WARNING,
    DeliveryState.REFUSED: logging.ERROR,
    DeliveryState.EXPIRED: logging.ERROR,
}


class ToldPipeline(Pipeline):
    """The pipeline, which also tells the log at once what a pass brought."""

    def take(self, documents: Sequence[Document]) -> list[PassResult]:
        """Take documents of feeds, and tell of them."""
        results = super().take(documents)
        for document, result in zip(documents, results, strict=True):
            for incident in result.opened:
                tell_incident(incident)
            for alert in result.alerts:
                tell_alert(alert)
            if result.failures:
                name = document.feed.name
                log.error("%s: %d entries could not be judged; basewatch status shows why", name, result.failures)
        return results


class Hubs(Protocol):
    """What brings entries before they are polled."""

    async def start(self) -> int:
        """Listen."""
        ...

    async def renew(self, states: Iterable[FeedState], now: datetime) -> None:
        """Subscribe feeds that name a hub, and renew what runs out."""
        ...

    async def close(self) -> None:
        """Stop listening."""
        ...


@dataclass(slots=True)
class Engine:
    """What polls by one configuration. `hubs` is None where a site does not want them.

    `patience` is how long polling and delivering may go without any progress before they count as hung.
    """

    store: Store
    clock: Clock
    fetcher: Fetcher
    parser: Parser
    pipeline: Pipeline
    poller: Poller
    hubs: Hubs | None
    feeds: tuple[Feed, ...]
    keep: timedelta
    patience: timedelta

    async def start(self) -> None:
        """Follow the feeds, and listen to hubs. Raises InputError when the address to listen at cannot be had."""
        await self.poller.follow(self.feeds)
        if self.hubs is not None:
            try:
                await self.hubs.start()
            except OSError as error:
                raise InputError("websub_listen", str(error), "choose a free host:port of this machine") from error
        _set_aside()

    async def round(self, *, everything: bool = False) -> RoundResult:
        """Poll what is due, or everything."""
        return await self.poller.round(self.clock.now(), everything=everything)

    async def upkeep(self) -> None:
        """Let incidents grow quiet and close; forget what nobody needs; give its space back."""
        now = self.clock.now()
        await self.poller.decide(lambda: self.pipeline.age(now))
        pruned = await self.poller.decide(lambda: self.store.prune(now, self.keep))
        await self.poller.decide(self.store.compact)
        if pruned.articles or pruned.entries:
            log.info("forgot %d articles and %d keys of entries", pruned.articles, pruned.entries)

    async def subscribe(self) -> None:
        """Keep the subscriptions at hubs alive."""
        if self.hubs is not None:
            states = await self.poller.decide(self.store.feed_states)
            await self.hubs.renew(states, self.clock.now())

    async def heartbeat(self) -> str:
        """How it does, noted in the store for `basewatch status`."""
        return await self.poller.decide(self._heartbeat)

    async def stop(self) -> None:
        """End fetches and parsers; the pass that is being made ends first, and is committed."""
        if self.hubs is not None:
            await self.hubs.close()
        await asyncio.gather(self.fetcher.close(), self.parser.close(), self.poller.close())

    def _heartbeat(self) -> str:
        now = self.clock.now()
        status = status_line(self.store, now)
        self.store.note(HEARTBEAT, status, now)
        return status


def _set_aside() -> None:
    """Take all that lives now out of the garbage collector's sight, but for what a configuration before this one left.

    Words, places and bases stay as long as the process; looking at them again and again takes a third of a first poll.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def status_line(store: Store, now: datetime) -> str:
    """One line: feeds, those that fail, what waits to be sent or was given up of late, the last alert."""
    states = store.feed_states()
    failing = sum(state.failures > 0 for state in states)
    last = store.alerts(limit=1)
    return ", ".join(
        [
            counted(len(states), "feed"),
            f"{failing} failing",
            *(f"{counted(len(sends), 'alert')} {state}" for state, sends in open_sends(store, now).items()),
            f"last alert {last[0].at:%Y-%m-%d %H:%MZ}" if last else "no alert yet",
        ]
    )


# ---- the log ---------------------------------------------------------------------------------------------------------


def tell_incident(incident: Incident) -> None:
    """A new incident, with how sure it is and why."""
    log.info(
        "incident %s opened: %s (%s: %s)", incident.id, incident.title, incident.confidence, incident.confidence_reason
    )


def tell_alert(alert: Alert) -> None:
    """An alert and its reason; its whole text when nobody is to be told, so that the log tells it."""
    if alert.destinations:
        log.warning("alert %s (%s) for %s: %s", alert.id, alert.reason, ", ".join(alert.destinations), alert.title)
    else:
        log.warning("alert %s (%s) for nobody: %s\n%s", alert.id, alert.reason, alert.title, alert.body)


def tell_deliveries(result: Deliveries) -> None:
    """How sends ended."""
    for delivery in result.settled:
        log.log(
            _LEVELS.get(delivery.state, logging.INFO),
            "alert %s to %s: %s",
            delivery.alert,
            delivery.destination,
            _ended(delivery),
        )


def _ended(delivery: Delivery) -> str:
    if delivery.state is DeliveryState.WAITING:
        return f"{delivery.error}; send {delivery.attempts + 1} at {delivery.due:%H:%M:%SZ}"
    return f"{delivery.state}: {delivery.error}" if delivery.error else str(delivery.state)
