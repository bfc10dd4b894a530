"""Builds what runs: the daemon, one round, the demo, and the tests of feeds and destinations."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from monitor import knowledge, log
from monitor.errors import NotFoundError
from monitor.wiring.configuration import load_settings, remarks
from monitor.wiring.judging import classifier, clock, merger, regions, teller

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from monitor.core.records import Article, Decision, Delivery, Destination, Feed, Incident, Message
    from monitor.deliver import Deliverer
    from monitor.deliver import RoundResult as Deliveries
    from monitor.engine import Engine
    from monitor.fetch import Fetcher
    from monitor.notify import AppriseNotifier
    from monitor.polling import Poller, RoundResult
    from monitor.ports import Notifier, Parser, Refused, Retry, Sent, Store, Uncertain
    from monitor.settings import Service, Settings
    from monitor.websub import WebSub

T = TypeVar("T")

# Beyond what a fetch and a parse may take by themselves: what else stands in line on the deciding thread.
_SLACK = timedelta(minutes=1)


def _in_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run in a loop of uvloop's where that is installed."""
    factory = None
    if find_spec("uvloop"):
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


# ---- parts -----------------------------------------------------------------------------------------------------------


def _fetcher(service: Service) -> Fetcher:
    from monitor.fetch import Fetcher, Limits

    limits = Limits(service.connections, service.connections_per_host, service.request_timeout, service.max_body)
    return Fetcher(clock(), limits, service.user_agent)


def _parser(service: Service) -> Parser:
    from monitor.parse import FeedParser

    timeout = service.parse_timeout.total_seconds()
    return FeedParser(max_entries=service.max_entries, timeout=timeout, workers=service.parse_workers)


def _store(database: Path) -> Store:
    from monitor.store import SqliteStore

    return SqliteStore(database)


def _notifier(destinations: Sequence[Destination]) -> AppriseNotifier:
    from monitor.notify import AppriseNotifier

    return AppriseNotifier(destinations)


def engine(settings: Settings, store: Store) -> Engine:
    """What a configuration makes, around a store that stays."""
    from monitor.core.feeds.timing import Pace
    from monitor.engine import Engine, ToldPipeline
    from monitor.polling import Poller

    service = settings.service
    fetcher, parser = _fetcher(service), _parser(service)
    pipeline = ToldPipeline(store, classifier(settings), merger(settings), teller(settings))
    pace = Pace(service.poll_floor, service.poll_ceiling)
    poller = Poller(store, fetcher, parser, pipeline, clock(), pace, regions=regions())
    patience = service.request_timeout + service.parse_timeout + _SLACK
    hubs = _websub(service, fetcher, poller) if service.websub_callback else None
    return Engine(store, clock(), fetcher, parser, pipeline, poller, hubs, settings.feeds, service.keep, patience)


def _websub(service: Service, fetcher: Fetcher, poller: Poller) -> WebSub:
    from monitor.websub import WebSub

    callback, listen = service.websub_callback, service.websub_listen
    return WebSub(callback, listen, clock(), fetcher.post, poller.push, service.max_body)


class _Channels:
    """The notifier of the newest configuration, for a deliverer that stays over reloads."""

    def __init__(self, notifier: Notifier) -> None:
        self.now = notifier

    def send(self, destination: str, message: Message) -> Sent | Retry | Refused | Uncertain:
        """Send as the newest configuration says."""
        return self.now.send(destination, message)


# ---- run -------------------------------------------------------------------------------------------------------------


def run(chosen: Path | None) -> bool:
    """Serve until a signal to stop; False when it failed. Raises BasewatchError when it cannot begin."""
    from monitor.daemon import Daemon
    from monitor.deliver import Deliverer
    from monitor.systemd import Systemd

    settings = load_settings(chosen)
    log.setup(settings.service.log_level, settings.service.log_format)
    store = _store(settings.service.database)
    channels = _Channels(_notifier(settings.destinations))
    build = _rebuilding(settings, chosen, store, channels)
    try:
        deliverer = Deliverer(store, channels, clock(), settings.service.deliver_workers)
        return _in_loop(Daemon(build, deliverer, Systemd()).run())
    finally:
        store.close()


def _rebuilding(first: Settings, chosen: Path | None, store: Store, channels: _Channels) -> Callable[[], Engine]:
    """Makes the engine of the configuration that was read already; at each further call, of what it is by then."""
    from monitor.ports import UNREAD

    waiting = [first]

    def build() -> Engine:
        settings = waiting.pop() if waiting else load_settings(chosen)
        _warn(settings)
        store.note(UNREAD, "\n".join(map(str, settings.unresolved)), clock().now())
        if settings.service.database != first.service.database:
            logging.getLogger("basewatch").warning("the other database is used from the next start on")
        made = engine(settings, store)
        log.setup(settings.service.log_level, settings.service.log_format)
        channels.now = _notifier(settings.destinations)
        return made

    return build


def _warn(settings: Settings) -> None:
    """Tell the log what the configuration lacks, so that nobody waits in vain."""
    for line in (*map(str, settings.unresolved), *remarks(settings)):
        logging.getLogger("basewatch").warning("%s", line)


# ---- once ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Once:
    """What one poll of all feeds brought, and how its sends ended."""

    polled: RoundResult
    deliveries: tuple[Delivery, ...]
    flying: int


def once(settings: Settings) -> Once:
    """Poll every feed, due or not; send what is due; end. Raises BasewatchError when it cannot begin."""
    from monitor.deliver import Deliverer

    log.setup(settings.service.log_level, settings.service.log_format)
    store = _store(settings.service.database)
    try:
        _warn(settings)
        deliverer = Deliverer(store, _notifier(settings.destinations), clock(), settings.service.deliver_workers)
        polled = _in_loop(_poll_once(settings, store))
        longest = max((one.timeout for one in settings.destinations), default=timedelta(0))
        sent = _send_all(deliverer, longest + timedelta(seconds=5))
        return Once(polled, sent.settled, sent.flying)
    finally:
        store.close()


async def _poll_once(settings: Settings, store: Store) -> RoundResult:
    async with _started(settings, store) as made:
        return await made.round(everything=True)


@asynccontextmanager
async def _started(settings: Settings, store: Store) -> AsyncIterator[Engine]:
    made = engine(settings, store)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


def _send_all(deliverer: Deliverer, patience: timedelta) -> Deliveries:
    """Send what is due and wait for each answer; what a channel asked to send later stays for later."""
    from monitor.deliver import RoundResult
    from monitor.engine import tell_deliveries

    first = deliverer.round(patience)
    last = deliverer.close(timedelta(0))
    both = RoundResult((*first.settled, *last.settled), last.flying)
    tell_deliveries(both)
    return both


# ---- the demo --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll of the demo brought, and each article of interest that nobody is told of, with the reason."""

    polled: RoundResult
    silences: tuple[tuple[Article, Decision], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demo shows: its polls, and the incidents as they stood at the end."""

    feeds: tuple[Feed, ...]
    polls: tuple[Poll, ...]
    incidents: tuple[Incident, ...]


def demo() -> Shown:
    """Poll the sample feeds twice, by the shipped configuration, with a database that is thrown away."""
    settings = load_settings(knowledge.config_dir())
    log.setup("error", "text")
    with tempfile.TemporaryDirectory(prefix="basewatch-demo-") as folder:
        store = _store(Path(folder) / "demo.sqlite3")
        try:
            return _in_loop(_demo(settings, store))
        finally:
            store.close()


async def _demo(settings: Settings, store: Store) -> Shown:
    from monitor.demo import SampleFeeds

    async with SampleFeeds(knowledge.seeds_dir() / "sample-feeds", clock().now()) as samples:
        settings = replace(settings, feeds=samples.feeds, destinations=(), routes=())
        async with _started(settings, store) as made:
            polls = [await _poll_of_demo(made)]
            samples.later()
            polls.append(await _poll_of_demo(made))
        incidents = sorted(store.incidents(), key=lambda incident: (incident.first_seen, incident.id))
        return Shown(samples.feeds, tuple(polls), tuple(incidents))


async def _poll_of_demo(made: Engine) -> Poll:
    """One poll of everything, with the decisions that came of it."""
    before = len(made.store.decisions())
    polled = await made.round(everything=True)
    silent = [decision for decision in made.store.decisions()[before:] if not decision.alert]
    articles = made.store.articles(decision.article for decision in silent)
    return Poll(polled, tuple((articles[decision.article], decision) for decision in silent))


# ---- trying feeds and destinations -----------------------------------------------------------------------------------


def check_online(settings: Settings) -> list[tuple[str, str]]:
    """Fetch and parse each feed once, store nothing; the name and problem of each that gave no entries."""
    return _in_loop(_check_online(settings))


async def _check_online(settings: Settings) -> list[tuple[str, str]]:
    fetcher, parser = _fetcher(settings.service), _parser(settings.service)
    try:
        problems = await asyncio.gather(*(_problem(feed, fetcher, parser) for feed in settings.feeds))
    finally:
        await asyncio.gather(fetcher.close(), parser.close())
    return [(feed.name, problem) for feed, problem in zip(settings.feeds, problems, strict=True) if problem]


async def _problem(feed: Feed, fetcher: Fetcher, parser: Parser) -> str:
    from monitor.core.feeds.polls import FetchFault
    from monitor.ports import Fetched, FetchFailed, Parsed, ParseFailed, Validators

    fetched = await fetcher.fetch(feed, feed.url, Validators())
    parsed = await parser.parse(feed, fetched) if isinstance(fetched, Fetched) else fetched
    if isinstance(parsed, FetchFailed | ParseFailed):
        hint = "; private = true allows a server of your own" if parsed.fault is FetchFault.ADDRESS_REFUSED else ""
        return (f"{parsed.fault}: {parsed.detail}" if parsed.detail else str(parsed.fault)) + hint
    return "" if isinstance(parsed, Parsed) and parsed.entries else "holds no entries"


def check_destinations(settings: Settings) -> list[tuple[str, str]]:
    """The name of each destination whose address apprise cannot use, and what is wrong with it; nothing is sent."""
    known = [one for one in settings.destinations if one.url]  # why one could not be read is told already
    notifier = _notifier(known)
    return [(one.name, problem) for one in known if (problem := notifier.problem(one.name))]


def notify_test(
    settings: Settings, chosen: str, message: Message
) -> list[tuple[str, Sent | Retry | Refused | Uncertain]]:
    """Send a message to one destination, or to all when `chosen` is ""; how each send ended, in the order of config."""
    names = [destination.name for destination in settings.destinations if chosen in ("", destination.name)]
    if not names:
        raise NotFoundError(
            chosen or "destination", "is not configured", "add an [[alerts.destination]] to basewatch.toml"
        )
    notifier = _notifier(settings.destinations)
    with ThreadPoolExecutor(len(names)) as threads:
        return list(zip(names, threads.map(lambda name: notifier.send(name, message), names), strict=True))
