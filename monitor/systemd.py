"""Tells systemd how the service does, over the socket it gave (sd_notify(3)); says nothing where there is none."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping
from datetime import timedelta

log = logging.getLogger("basewatch.systemd")


class Systemd:
    """The supervisor of this process, when it was started by one that set NOTIFY_SOCKET.

    `watchdog` is how long systemd waits for `alive` before it kills the process; None when it does not watch.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.watchdog = _watchdog(environment)

    def ready(self, status: str) -> None:
        """The service is up, or has taken up a new configuration."""
        self._send("READY=1", _status(status))

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._send(_status(text))

    def alive(self) -> None:
        """Real progress was made."""
        self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """The configuration is read again; `ready` must follow."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self, status: str) -> None:
        """The service ends."""
        self._send("STOPPING=1", _status(status))

    def _send(self, *assignments: str) -> None:
        """One datagram; a supervisor that cannot be reached must not stop the service."""
        if not self._address:
            return
        # A leading @ means the abstract namespace, which Linux writes with a zero byte.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.settimeout(1)
                channel.sendto("\n".join(assignments).encode(), address)
        except OSError as error:
            log.warning("systemd cannot be told %s: %s", assignments[0], error)


def _status(text: str) -> str:
    """A line break would start another assignment."""
    return "STATUS=" + " ".join(text.split())


def _watchdog(environment: Mapping[str, str]) -> timedelta | None:
    """WATCHDOG_USEC, where it is meant for this process (sd_watchdog_enabled(3))."""
    meant_for = environment.get("WATCHDOG_PID", "")
    microseconds = environment.get("WATCHDOG_USEC", "")
    if not microseconds.isdecimal() or int(microseconds) == 0 or meant_for not in ("", str(os.getpid())):
        return None
    return timedelta(microseconds=int(microseconds))
