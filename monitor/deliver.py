"""One round of the outbox: claim -> render -> send -> settle.

At least once: a send is settled only after the channel answered, and one whose process died in the middle is made
again. A send without an answer (Uncertain) is made once more and then rests as uncertain, visible in `status`.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Thread

from monitor.core.alerts.render import message
from monitor.core.alerts.retrying import MOST_SENDS, next_after_doubt, next_try
from monitor.core.records import Alert, Delivery, DeliveryState
from monitor.ports import Clock, Notifier, Refused, Retry, Sent, Store, Uncertain

Outcome = Sent | Retry | Refused | Uncertain

# Longer than any channel may take to answer; it only matters when the thread of a send is gone.
LEASE = timedelta(minutes=5)


LATE = timedelta(days=1)  # what is older than this when its channel works again is no alert any more
RECENT = timedelta(days=7)  # in which a send that was given up is something to look at
_MOST = 1_000
_OPEN = (DeliveryState.WAITING, DeliveryState.UNCERTAIN, DeliveryState.REFUSED, DeliveryState.EXPIRED)


def open_sends(store: Store, now: datetime) -> dict[DeliveryState, list[Delivery]]:
    """Sends that need a look, by their state, newest first: those that wait, and those given up of late."""
    found = {state: store.deliveries(states=[state], limit=_MOST) for state in _OPEN}
    recent = {
        state: [one for one in sends if state is DeliveryState.WAITING or (one.settled and one.settled >= now - RECENT)]
        for state, sends in found.items()
    }
    return {state: sends for state, sends in recent.items() if sends}


@dataclass(frozen=True, slots=True)
class RoundResult:
    """How the sends that ended in this round ended, and how many still fly."""

    settled: tuple[Delivery, ...]
    flying: int


class Deliverer:
    """Sends what waits, one message at a time to each destination, so that one that hangs holds up no other.

    For one thread; sends are made on threads of their own. Only the process that polls may have one: at its start it
    takes back what a process that died was sending.
    """

    def __init__(self, store: Store, notifier: Notifier, clock: Clock, at_once: int = 4) -> None:
        """`at_once` bounds the sends that fly together."""
        self._store = store
        self._notifier = notifier
        self._clock = clock
        self._at_once = at_once
        self._flying: dict[Future[Outcome], Delivery] = {}
        store.release(clock.now())
        self.retry_refused()

    def retry_refused(self) -> int:
        """Let what was refused of late be sent again, at a start and with a new configuration; how many.

        Trying again could not help while nothing changed; since then somebody may have mended the password, and the
        alert that was refused is what he waits for.
        """
        now = self._clock.now()
        return self._store.retry_refused(now - LATE, MOST_SENDS, now)

    def round(self, patience: timedelta = timedelta(seconds=1)) -> RoundResult:
        """Send everything that is due; return when all of it ended, or when nothing ended for as long as `patience`.

        What still flies then is settled by a later round.
        """
        settled: list[Delivery] = []
        while True:
            settled += self._settle_ended()
            settled += self._start_due()
            if not self._flying:
                break
            ended, _ = wait(self._flying, patience.total_seconds(), FIRST_COMPLETED)
            if not ended:
                break
        return RoundResult(tuple(settled), len(self._flying))

    def close(self, patience: timedelta = timedelta(seconds=5)) -> RoundResult:
        """Start nothing more; wait for what flies, settle what ended. The rest is sent again at the next start."""
        wait(self._flying, patience.total_seconds())
        return RoundResult(tuple(self._settle_ended()), len(self._flying))

    def _start_due(self) -> list[Delivery]:
        """Claim one delivery for each destination that is free, and send it; those given up instead are returned."""
        given_up: list[Delivery] = []
        busy = [delivery.destination for delivery in self._flying.values()]
        for delivery in self._store.claim(self._clock.now(), LEASE, self._at_once - len(busy), busy):
            alert = self._store.alert(delivery.alert)
            if alert is None:
                given_up.append(self._settle(delivery, Refused("its alert is gone")))
            elif delivery.attempts > MOST_SENDS:  # its sends never end: they take the process with them
                given_up.append(self._settle(delivery, Refused(f"{MOST_SENDS} sends were begun and none ended")))
            else:
                sent: Future[Outcome] = Future()
                self._flying[sent] = delivery
                # A daemon thread: a send that hangs must not hold up the end of the process.
                Thread(target=self._send, args=(delivery.destination, alert, sent), daemon=True).start()
        return given_up

    def _send(self, destination: str, alert: Alert, sent: Future[Outcome]) -> None:
        """Send one alert and hand on the outcome. The one catch-all around a delivery."""
        try:
            sent.set_result(self._notifier.send(destination, message(alert)))
        except Exception as error:  # noqa: BLE001  # one of three: an entry, a pass, a delivery
            sent.set_exception(error)

    def _settle_ended(self) -> list[Delivery]:
        ended = [(sent, delivery) for sent, delivery in self._flying.items() if sent.done()]
        for sent, _ in ended:
            del self._flying[sent]
        return [self._settle(delivery, self._outcome(sent, delivery)) for sent, delivery in ended]

    def _outcome(self, sent: Future[Outcome], delivery: Delivery) -> Outcome:
        """How a send ended; a failure of our own is kept with the delivery's id, and tried again like the channel's."""
        error = sent.exception()
        if error is None:
            return sent.result()
        told = f"{type(error).__name__}: {error}"
        self._store.save_failure(f"delivery {delivery.id}", told, self._clock.now())
        return Retry(told)

    def _settle(self, delivery: Delivery, outcome: Outcome) -> Delivery:
        """Write how a send ended and when it is made again."""
        now = self._clock.now()
        state, due, error = _next(delivery, outcome, now)
        doubts = delivery.doubts + isinstance(outcome, Uncertain)
        claimed = replace(delivery, doubts=doubts)
        self._store.settle(claimed, state, due, error, now)
        return replace(claimed, state=state, due=due or delivery.due, error=error, lease_until=None, settled=now)


def _next(delivery: Delivery, outcome: Outcome, now: datetime) -> tuple[DeliveryState, datetime | None, str]:
    """State, next try and error of a delivery after a send."""
    match outcome:
        case Sent():
            return DeliveryState.SENT, None, ""
        case Refused(error):
            return DeliveryState.REFUSED, None, error
        case Uncertain(error):
            due = next_after_doubt(delivery.attempts, delivery.doubts + 1, now)
            return (DeliveryState.WAITING if due else DeliveryState.UNCERTAIN), due, error
        case Retry(error, after):
            due = next_try(delivery.attempts, after, now)
            return (DeliveryState.WAITING if due else DeliveryState.EXPIRED), due, error
