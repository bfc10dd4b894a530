"""What systemd hears, on a real datagram socket."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.systemd import Systemd


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(str(tmp_path / "notify"))
        opened.settimeout(5)
        yield opened


def supervisor(channel: socket.socket) -> Systemd:
    return Systemd({"NOTIFY_SOCKET": channel.getsockname()})


SAID: list[tuple[Callable[[Systemd], None], str]] = [
    (lambda one: one.ready("3 feeds"), "READY=1\nSTATUS=3 feeds"),
    (lambda one: one.status("3 feeds, 1 failing"), "STATUS=3 feeds, 1 failing"),
    (lambda one: one.alive(), "WATCHDOG=1"),
    (lambda one: one.stopping("stopped by a signal"), "STOPPING=1\nSTATUS=stopped by a signal"),
    (lambda one: one.status("a name\nREADY=1"), "STATUS=a name READY=1"),
]


@pytest.mark.parametrize(("say", "heard"), SAID, ids=[heard.split("\n")[0] for _, heard in SAID])
def test_each_state_is_one_datagram(channel: socket.socket, say: Callable[[Systemd], None], heard: str) -> None:
    say(supervisor(channel))
    assert channel.recv(4096).decode() == heard


def test_a_reload_says_when_it_began(channel: socket.socket) -> None:
    before = time.monotonic_ns() // 1000
    supervisor(channel).reloading()
    said = dict(line.split("=", 1) for line in channel.recv(4096).decode().split("\n"))
    assert said["RELOADING"] == "1"
    assert before <= int(said["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000


def test_an_abstract_socket_is_known_by_its_at_sign() -> None:
    name = f"basewatch-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind("\0" + name)
        opened.settimeout(5)
        Systemd({"NOTIFY_SOCKET": "@" + name}).alive()
        assert opened.recv(4096) == b"WATCHDOG=1"


def test_without_systemd_nothing_happens() -> None:
    Systemd({}).ready("up")


def test_a_socket_that_is_gone_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Systemd({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready("up")
    assert "READY=1" in caplog.text


@pytest.mark.parametrize(
    ("environment", "watchdog"),
    [
        ({"WATCHDOG_USEC": "120000000"}, timedelta(minutes=2)),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": str(os.getpid())}, timedelta(minutes=2)),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_asked_of_this_process_only(environment: dict[str, str], watchdog: timedelta | None) -> None:
    assert Systemd(environment).watchdog == watchdog
