"""What stands around the daemon in these tests: a farm of feeds, a mail server, a supervisor, and the daemon itself.

All of them are real and listen on loopback. Tests wait for what they expect, and give up after a deadline.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any, Self, TypeVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.build import ROOT

T = TypeVar("T")
DEADLINE = 90.0  # seconds; a test that waits so long has failed


def until(what: Callable[[], T], message: str = "", within: float = DEADLINE) -> T:
    """The first answer that is true; AssertionError when none came in time."""
    end = time.monotonic() + within
    while not (found := what()):
        assert time.monotonic() < end, message or f"waited {within} s in vain"
        time.sleep(0.02)
    return found


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Farm:
    """../shared/bench/farm.py as a process: feeds, hostile feeds and webhook sinks."""

    def __init__(self, program: Path, *arguments: str) -> None:
        self.port = free_port()
        self._process = subprocess.Popen([sys.executable, str(program), "--port", str(self.port), *arguments])

    def __enter__(self) -> Self:
        until(self._answers, "the farm does not answer")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url(path), timeout=10) as answer:
            return json.load(answer)

    def post(self, path: str, told: dict[str, Any]) -> None:
        request = urllib.request.Request(self.url(path), json.dumps(told).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()

    def publish(self, title: str, summary: str = "", feeds: Sequence[int] = (0,), **given: str) -> None:
        self.post("publish", {"feeds": list(feeds), "title": title, "summary": summary, **given})

    def received(self, sink: str = "desk") -> list[tuple[str, str]]:
        """Title and text of every message that a sink received, in order."""
        return [(message["body"]["title"], message["body"]["message"]) for message in self.get(f"sink/{sink}")]

    def polls(self) -> int:
        return int(self.get("stats")["requests"])

    def _answers(self) -> bool:
        try:
            self.get("stats")
        except OSError:
            return False
        return True


class Mail:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], EmailMessage]] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 taken"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}/?from=basewatch@site.example&to=desk@site.example&mode=insecure"


class Supervisor:
    """systemd's end of NOTIFY_SOCKET: keeps every datagram."""

    def __init__(self, folder: Path) -> None:
        self.said: list[dict[str, str]] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.address = str(folder / "notify")
        self._socket.bind(self.address)
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            told = self._socket.recv(65536).decode()
            self.said.append(dict(line.split("=", 1) for line in told.split("\n")))

    def count(self, assignment: str) -> int:
        """How often NAME=VALUE was said."""
        name, _, value = assignment.partition("=")
        return sum(one.get(name) == value for one in self.said)

    @property
    def status(self) -> str:
        return next((one["STATUS"] for one in reversed(self.said) if "STATUS" in one), "")


SITE = """
[watch]
max_age = "{max_age}"

[service]
database = "basewatch.sqlite3"
poll_floor = "1s"
poll_ceiling = "2s"
request_timeout = "{request_timeout}"
"""
DESTINATION = """
[[alerts.destination]]
name = "{name}"
url = "{url}"
literal = true
timeout = "{timeout}"
"""
ROUTE = """
[[alerts.route]]
destinations = ["{name}"]
{rest}
"""
FEED = """
[[feed]]
name = "{name}"
url = "{url}"
private = true
interval = "1s"
"""


@dataclass
class Site:
    """A folder with the configuration of a site, and the commands and the daemon run by it."""

    folder: Path
    max_age: str = "72h"
    request_timeout: str = "30s"
    feeds: dict[str, str] = field(default_factory=dict)
    destinations: dict[str, str] = field(default_factory=dict)
    timeout: str = "30s"
    routes: str = ""

    def write(self) -> Self:
        """Write the two files as they are told here."""
        site = SITE.format(max_age=self.max_age, request_timeout=self.request_timeout)
        for name, url in self.destinations.items():
            site += DESTINATION.format(name=name, url=url, timeout=self.timeout)
        self.folder.mkdir(exist_ok=True)
        (self.folder / "basewatch.toml").write_text(site + self.routes, encoding="utf-8")
        feeds = "".join(FEED.format(name=name, url=url) for name, url in self.feeds.items())
        (self.folder / "feeds.toml").write_text(feeds, encoding="utf-8")
        return self

    @property
    def database(self) -> Path:
        return self.folder / "basewatch.sqlite3"

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "monitor", *arguments, "--config", str(self.folder)],
            capture_output=True, text=True, check=False, cwd=ROOT, timeout=DEADLINE,
        )  # fmt: skip

    def start(self, *program: str) -> Daemon:
        """Start the daemon (by `program`, else as a user does) and wait until it is up."""
        daemon = Daemon(self.folder, program or ("-m", "monitor", "run", "--config"))
        until(lambda: daemon.supervisor.count("READY=1") or not daemon.runs(), "the daemon does not come up")
        assert daemon.runs(), daemon.log()
        return daemon


class Daemon:
    """`basewatch run` as a process, with its log and what it told its supervisor."""

    def __init__(self, folder: Path, program: Sequence[str]) -> None:
        place = folder / f"run-{len(list(folder.glob('run-*')))}"
        place.mkdir()
        self.supervisor = Supervisor(place)
        self._log = place / "log"
        environment = {**os.environ, "NOTIFY_SOCKET": self.supervisor.address, "WATCHDOG_USEC": "300000000"}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, str(folder)],
                env=environment, stderr=log, stdout=log, cwd=ROOT,
            )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.runs():
            self.kill()

    def runs(self) -> bool:
        return self.process.poll() is None

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """As a loss of power would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As systemd does; the exit code. Ten seconds are promised."""
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout=10)
