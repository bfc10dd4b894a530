"""A site with feeds and a chat, all on loopback, that has been polled twice: what the commands have to look at."""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from monitor.demo import fill

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "seeds" / "sample-feeds"
GOOD = ("courier.json", "frontline.rss", "harbour.atom", "meridian.rss")
LIVE_PAGE = "https://ticker.example/live/gulf"
LIVE = (
    "Missiles hit Camp Arifjan base hosting US troops in Kuwait",
    "Oil price rises after a quiet weekend",
    "Two US soldiers wounded in the missile attack on Camp Arifjan in Kuwait, army says",
)
CLOSED_PORT = "http://127.0.0.1:9"  # discard: nothing listens there
COMMAND = (sys.executable, "-m", "monitor")


@dataclass
class Server:
    """Serves the sample feeds, an HTML page, and a hook that takes what it is told."""

    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    later: bool = False
    told: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str) -> tuple[int, bytes, str]:
        """Status, body and type of what stands at a path."""
        if path == "/page":
            return 200, b"<!doctype html><html><body>Please log in</body></html>", "text/html"
        if path == "/live":
            return 200, self._live_page(), "application/rss+xml"
        if path.strip("/") not in GOOD:
            return 404, b"", "text/plain"
        file = SAMPLES / path.strip("/")
        text = fill(file.read_text(encoding="utf-8"), self.started, file.suffix, later=self.later)
        return 200, text.encode(), "application/feed+json" if file.suffix == ".json" else "application/xml"

    def _live_page(self) -> bytes:
        """A live ticker: each entry has a guid and a title of its own, and the link of the page that shows them all."""
        entries = "".join(
            f"<item><guid isPermaLink='false'>live-{number}</guid><title>{title}</title><link>{LIVE_PAGE}</link>"
            f"<pubDate>{format_datetime(self.started, usegmt=True)}</pubDate></item>"
            for number, title in enumerate(LIVE)
        )
        return f"<rss version='2.0'><channel><title>Live</title>{entries}</channel></rss>".encode()


@contextmanager
def served() -> Iterator[Server]:
    """A server for the length of a `with`."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body, kind = server.answer(self.path)
            self._send(status, body, kind)

        def do_POST(self) -> None:
            server.told.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._send(200 if self.path == "/hook" else 403, b"", "text/plain")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Nobody reads it."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def configure(folder: Path, server: Server) -> None:
    """Write the configuration of a site with four good feeds, an HTML page, a dead address and one chat."""
    hook = server.address.replace("http://", "json://")
    feeds = [(name.partition(".")[0], f"{server.address}/{name}") for name in GOOD]
    feeds += [("login", f"{server.address}/page"), ("dead", f"{CLOSED_PORT}/feed")]
    tables = "".join(f'\n[[feed]]\nname = "{name}"\nurl = "{url}"\n' for name, url in feeds)
    folder.mkdir()
    (folder / "feeds.toml").write_text(f"[defaults]\nprivate = true\n{tables}", encoding="utf-8")
    (folder / "basewatch.toml").write_text(
        f'[[alerts.destination]]\nname = "desk"\nurl = "{hook}/hook"\nliteral = true\n', encoding="utf-8"
    )


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def environment(home: Path, **more: str) -> dict[str, str]:
    """Of a person whose home is `home` and who has set nothing else."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}


def run(*args: object, home: Path, **more: str) -> Said:
    """Run the real command in `home`; `more` are variables of its environment."""
    ended = subprocess.run(
        [*COMMAND, *map(str, args)], cwd=home, env=environment(home, **more), capture_output=True, timeout=120
    )
    return Said(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def on_terminal(*args: object, home: Path, columns: int = 80) -> tuple[int, str]:
    """Run the real command on a terminal; its exit code and what the terminal got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, *map(str, args)],
        cwd=home,
        env=environment(home, TERM="xterm-256color"),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    got = b""
    while chunk := _read(ours):
        got += chunk
    os.close(ours)
    return process.wait(60), got.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # EIO: the last process that had the terminal has gone
        return b""


def ordinary_user() -> tuple[str, ...]:
    """What to put before a command so that rights count for it; root is a user for whom they do not."""
    if os.geteuid():
        return ()
    setpriv = shutil.which("setpriv")
    assert setpriv, "setpriv is part of util-linux"
    return (setpriv, "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search")
