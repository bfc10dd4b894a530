"""The service: a few jobs of APScheduler around what one configuration makes, and the signals of whoever supervises it.

When a feed or a delivery is due stands in the database; the jobs only ask, every second, whether something is. So
nothing is lost when the process dies, and a job that comes late simply finds more. Seen with APScheduler 3.11.3: with
its defaults a run that is late by a second is dropped, hence misfire_grace_time=None; and it swallows whatever a job
raises, SystemExit too, hence a listener that ends the process, so that it is started again.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.deliver import Deliverer
from monitor.engine import Engine, tell_deliveries
from monitor.errors import BasewatchError, ConfigError

log = logging.getLogger("basewatch.daemon")

ASK_EVERY = timedelta(seconds=1)  # an alert waits no longer than this for its first send
HEARTBEAT_EVERY = timedelta(seconds=10)
SUBSCRIBE_EVERY = timedelta(minutes=1)
UPKEEP_EVERY = timedelta(hours=1)
SENDS_GRACE = timedelta(seconds=4)  # what is being sent when the service stops has so long to end
# What hangs longer than this when the service ends is ended with the process: all that counts is committed.
LONGEST_STOP = 9  # seconds
# Rounds overlap, so that a slow feed holds up none that is due later. More of them mean that none comes on.
MOST_ROUNDS = 60


class Supervisor(Protocol):
    """Who watches the process: systemd, or nobody."""

    def ready(self, status: str) -> None:
        """It is up, or has taken up a new configuration."""
        ...

    def status(self, text: str) -> None:
        """One line about how it does."""
        ...

    def alive(self) -> None:
        """Real progress was made."""
        ...

    def reloading(self) -> None:
        """The configuration is read again."""
        ...

    def stopping(self, status: str) -> None:
        """It ends."""
        ...


class Daemon:
    """Runs until a signal to stop, or until a job fails.

    `build` makes the engine of the configuration as it is now, in a thread of its own; it raises BasewatchError when
    that cannot be used. The deliverer stays over reloads, since it knows what is being sent.
    """

    def __init__(
        self,
        build: Callable[[], Engine],
        deliverer: Deliverer,
        supervisor: Supervisor,
    ) -> None:
        self._build = build
        self._deliverer = deliverer
        self._supervisor = supervisor
        self._sending = ThreadPoolExecutor(1, "deliver")
        self._tasks: set[asyncio.Task[None]] = set()
        self._rounds: set[asyncio.Task[None]] = set()
        self._refused = ""  # why the last reload was
        self._changing = asyncio.Lock()  # while an engine is made

    async def run(self) -> bool:
        """Serve until a signal to stop (True), or until something failed that nothing expected (False)."""
        loop = asyncio.get_running_loop()
        self._end: asyncio.Future[bool] = loop.create_future()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, number)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self._reload()))
        async with self._changing:
            self._engine = await asyncio.to_thread(self._build)
            await self._engine.start()
        self._polled = self._delivered = loop.time()
        scheduler = self._scheduler()
        scheduler.start()
        self._supervisor.ready(await self._status())
        log.info("up: %d feeds", len(self._engine.feeds))
        try:
            return await self._end
        finally:
            await self._close(scheduler)

    def _scheduler(self) -> AsyncIOScheduler:
        # It reports failures and runs that were skipped; the first we tell ourselves, the second are meant to be.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        scheduler.add_listener(self._job_failed, EVENT_JOB_ERROR)
        jobs: list[tuple[Callable[[], Awaitable[None]], timedelta]] = [
            (self._poll, ASK_EVERY),
            (self._deliver, ASK_EVERY),
            (self._subscribe, SUBSCRIBE_EVERY),
            (self._upkeep, UPKEEP_EVERY),
            (self._heartbeat, HEARTBEAT_EVERY),
        ]
        for job, every in jobs:
            # The first run of an interval is one interval away, unless told otherwise.
            scheduler.add_job(job, "interval", seconds=every.total_seconds(), next_run_time=datetime.now(UTC))
        return scheduler

    # ---- the jobs ---------------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        """Begin a round; it goes on by itself."""
        if len(self._rounds) < MOST_ROUNDS:
            task = self._spawn(self._round(self._engine))
            self._rounds.add(task)
            task.add_done_callback(self._rounds.discard)

    async def _round(self, engine: Engine) -> None:
        await engine.round()
        self._polled = asyncio.get_running_loop().time()

    async def _deliver(self) -> None:
        loop = asyncio.get_running_loop()
        result = await loop.run_in_executor(self._sending, self._deliverer.round)
        tell_deliveries(result)
        self._delivered = loop.time()

    async def _subscribe(self) -> None:
        await self._engine.subscribe()

    async def _upkeep(self) -> None:
        await self._engine.upkeep()

    async def _heartbeat(self) -> None:
        """Say how it goes; feed the watchdog only when polling and delivering have both come on in time."""
        status = await self._status()
        self._supervisor.status(status)
        now = asyncio.get_running_loop().time()
        late = now - min(self._polled, self._delivered) - self._engine.patience.total_seconds()
        if late < 0:
            self._supervisor.alive()
        else:
            log.error("no progress: polled %.0f s ago, delivered %.0f s ago", now - self._polled, now - self._delivered)

    async def _status(self) -> str:
        status = await self._engine.heartbeat()
        return f"{self._refused}; {status}" if self._refused else status

    # ---- signals ----------------------------------------------------------------------------------------------------

    def _stop(self, number: int) -> None:
        log.info("stopping: %s", signal.Signals(number).name)
        signal.alarm(LONGEST_STOP)
        if not self._end.done():
            self._end.set_result(True)

    async def _reload(self) -> None:
        """Take up the configuration as it is now; go on with the old one when it cannot be used."""
        async with self._changing:
            self._supervisor.reloading()
            try:
                engine = await asyncio.to_thread(self._build)
            except BasewatchError as error:
                self._refuse(error)
            else:
                old, self._engine = self._engine, engine
                await self._retire(old)
                await engine.start()
                again = await asyncio.get_running_loop().run_in_executor(self._sending, self._deliverer.retry_refused)
                if again:
                    log.info("refused before and sent again: %d", again)
                self._refused = ""
                log.info("reloaded: %d feeds", len(engine.feeds))
            self._supervisor.ready(await self._status())

    def _refuse(self, error: BasewatchError) -> None:
        faults = error.faults if isinstance(error, ConfigError) else (error,)
        for fault in faults:
            log.error("configuration refused: %s", fault)
        log.error("the configuration of before goes on")
        self._refused = f"new configuration refused ({len(faults)} faults, see the log)"

    # ---- ends -------------------------------------------------------------------------------------------------------

    def _job_failed(self, event: JobExecutionEvent) -> None:
        self._fail(event.exception)

    def _fail(self, error: BaseException) -> None:
        """End the process, so that it is started again."""
        if not self._end.done() and not isinstance(error, asyncio.CancelledError):
            # What has words for a person needs no traceback: a full disk, a database that is damaged.
            trace = None if isinstance(error, BasewatchError) else error
            log.critical("failed, and ends: %s: %s", type(error).__name__, error, exc_info=trace)
            self._end.set_result(False)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task whose failure ends the process, as a job's does."""
        task = asyncio.create_task(work)
        self._tasks.add(task)  # the loop itself would let it be collected
        task.add_done_callback(self._task_ended)
        return task

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._fail(error)

    async def _retire(self, engine: Engine) -> None:
        """End an engine: its fetches are cancelled and stay due, its pass in work is committed."""
        rounds = list(self._rounds)
        for task in rounds:
            task.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)
        await engine.stop()

    async def _close(self, scheduler: AsyncIOScheduler) -> None:
        signal.alarm(LONGEST_STOP)
        self._supervisor.stopping("stopping")
        scheduler.shutdown(wait=False)
        await self._retire(self._engine)
        loop = asyncio.get_running_loop()
        result = await loop.run_in_executor(self._sending, self._deliverer.close, SENDS_GRACE)
        tell_deliveries(result)
        if result.flying:
            log.warning("%d sends have not ended: they are made again at the next start", result.flying)
