"""Sends messages through apprise; the only file that knows it.

Measured with apprise 2.2.0: its own pool is shared by all its services, so that a few that hang hold up every other
one; its timeout leaves the thread running; its retries do not know Retry-After. So each destination has a thread of its
own here, apprise's timeout and retries are off, and the outbox retries.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta

import apprise

from monitor.core.records import Destination, Message
from monitor.ports import Refused, Retry, Sent, Uncertain

Result = Sent | Retry | Refused | Uncertain

# HTTP answers after which the same message to the same address cannot succeed. 408, 425 and 429 ask to try again.
_FINAL = frozenset({400, 401, 403, 404, 405, 410, 413, 414, 415, 422})
# The request went out and no answer came: the message may have arrived.
_SENT_PERHAPS = re.compile(r"read timed out|remotedisconnected|connection aborted|unexpectedly closed", re.IGNORECASE)
_STATUS = re.compile(r"\berror=(\d{3})\b|\bHTTP (?:error )?(\d{3})\b|\bstatus[ =:]+(\d{3})\b", re.IGNORECASE)
_ASKED = re.compile(r"retry[-_ ]after['\"]?[=:\s]+['\"]?(\d{1,6})", re.IGNORECASE)
# SMTP 5yz is final (RFC 5321, 4.2.1); only as smtplib writes it, "(550, b'...')".
_SMTP_FINAL = re.compile(r"\(5\d\d, b['\"]")
# Why a connection or a mail server failed, out of the exception that apprise logs; the rest of it may hold addresses.
_SMTP_SAID = re.compile(r"\((\d{3}), b['\"](.*?)['\"][,)]")
_CAUSE = re.compile(
    r"\[Errno -?\d+\] ([A-Z][\w ]+)|certificate verify failed: ([\w ,'-]+)|\[SSL: \w+\] ([\w ]+)"
    r"|(STARTTLS extension not supported by server)|(timed out)"
)
_LOGIN = frozenset({"530", "534", "535"})  # answers to a login that lacks or is wrong (RFC 4954)


# How a send ended stands at apprise's debug level; and what it logs may hold passwords, so nobody else hears it.
_log = logging.getLogger("apprise")
_log.setLevel(logging.DEBUG)
_log.propagate = False
_log.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class _Channel:
    destination: Destination
    service: apprise.Apprise


class AppriseNotifier:
    """Sends to named destinations; one whose address apprise cannot use is refused when it is sent to."""

    def __init__(self, destinations: Iterable[Destination]) -> None:
        self._asset = apprise.AppriseAsset(
            app_id="Basewatch",
            app_desc="Basewatch",
            async_mode=False,
            service_timeout=0,
            storage_mode=apprise.PersistentStoreMode.MEMORY,
        )
        self._destinations = {destination.name: destination for destination in destinations}
        self._channels: dict[str, _Channel] = {}
        self._busy: dict[str, Future[Result]] = {}
        self._lock = threading.Lock()

    def problem(self, name: str) -> str:
        """What is wrong with a destination's address, "" when apprise can use it."""
        destination = self._destinations.get(name)
        if destination is None:
            return "no destination of that name is configured"
        if not destination.url:
            return "its address could not be read from where the configuration says it is: see basewatch check"
        if self._channel(destination):
            return ""
        kind = destination.url.partition("://")[0]
        return f"its {kind}:// address lacks something or is wrong: https://github.com/caronc/apprise shows its form"

    def send(self, destination: str, message: Message) -> Result:
        """Send one message; wait for it no longer than the destination's timeout. Never raises for what a channel does.

        Uncertain: it did not answer in time, and may yet arrive. While such a send hangs, the next answers Retry.
        """
        known = self._destinations.get(destination)
        problem = self.problem(destination)
        if known and not known.url:
            return Retry(problem)  # a secret that is put in its place today still lets it be told
        if problem or not known:
            return Refused(problem)
        channel = self._channel(known)
        assert channel is not None
        with self._lock:
            pending = self._busy.get(destination)
            if pending is not None and not pending.done():
                return Retry("the last message to it still hangs", known.timeout)
            future: Future[Result] = Future()
            self._busy[destination] = future
        # A thread of its own, and a daemon: one that hangs must hold up neither other destinations nor the end.
        threading.Thread(target=_run, args=(channel, message, future), name=f"send-{destination}", daemon=True).start()
        try:
            return future.result(timeout=known.timeout.total_seconds())
        except TimeoutError:
            return Uncertain(f"no answer within {known.timeout.total_seconds():g} s")

    def _channel(self, destination: Destination) -> _Channel | None:
        """The channel, made at first use; None when apprise cannot use the address."""
        found = self._channels.get(destination.name)
        if found is None:
            service = apprise.Apprise(asset=self._asset)
            if not service.add(destination.url) or len(service) != 1:
                return None
            for plugin in service:
                # Text that is too long for a channel is cut there, never sent in a flood of pieces.
                plugin.overflow_mode = apprise.OverflowMode.TRUNCATE
            found = self._channels[destination.name] = _Channel(destination, service)
        return found


def _run(channel: _Channel, message: Message, future: Future[Result]) -> None:
    """Send, and hand the outcome to whoever may still be waiting for it."""
    try:
        result = _send(channel.service, message)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        result = Retry(f"{type(error).__name__}: {error}")
    future.set_result(result)


def _send(service: apprise.Apprise, message: Message) -> Result:
    outcome = service.notify(
        title=message.title,
        body=message.body,
        notify_type=apprise.NotifyType.WARNING,
        body_format=apprise.NotifyFormat.TEXT,
        log_level=logging.DEBUG,
    )
    if outcome:
        return Sent()
    if outcome.status is apprise.AppriseResultStatus.TIMEOUT:
        return Uncertain("apprise gave up waiting")
    entries = list(outcome.logs())
    return verdict(
        [entry.message for entry in entries if entry.level in ("WARNING", "ERROR", "CRITICAL")],
        [entry.message for entry in entries if entry.message.startswith(("Socket Exception", "Response Details"))],
    )


def verdict(warnings: Iterable[str], details: Iterable[str] = ()) -> Retry | Refused | Uncertain:
    """What a failed send's log says of trying again.

    Apprise answers only yes or no; the HTTP status stands in its warnings as "error=404", and how a connection or SMTP
    ended in its details. Nothing else of the log is read, since the message itself stands there too. Unknown words
    mean Retry: a refusal that is none would lose an alert.
    """
    lines = [line.strip() for line in warnings if line.strip()]
    said, ended = " ".join(lines), " ".join(details)
    status = next((int(code) for found in _STATUS.finditer(said) for code in found.groups() if code), 0)
    error = _without_secrets(_cause(lines[0] if lines else "the channel did not take it", ended))
    if status in _FINAL or _SMTP_FINAL.search(ended):
        return Refused(error)
    if not status and _SENT_PERHAPS.search(ended):
        return Uncertain(f"{error} The connection ended before the answer.")
    asked = _ASKED.search(ended)
    return Retry(error, timedelta(seconds=int(asked[1])) if asked else None)


def _cause(said: str, ended: str) -> str:
    """What apprise said, with why: "Connection error" is also what it says of a password that is wrong."""
    if answer := _SMTP_SAID.search(ended):
        hint = "; check user name and password" if answer[1] in _LOGIN else ""
        return f"the mail server answered {answer[1]} {answer[2]}{hint}"
    found = _CAUSE.search(ended)
    return f"{said.rstrip('.')}: {next(filter(None, found.groups()))}" if found else said


def _without_secrets(line: str) -> str:
    """A log line cut to 200 characters, with everything that looks like an address or a long token taken out."""
    line = re.sub(r"\b[a-z][a-z0-9+.-]*://\S+", "(address)", line)
    return re.sub(r"\b[\w-]{24,}\b", "(token)", line)[:200]
