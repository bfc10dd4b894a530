"""Polling beside other feed readers: CPU, wall time and peak memory of a first poll, one without news, one with some.

    python tests/bench/poll.py [--feeds 2000] [--entries 30] [--only bare,basewatch] [--others PYTHON]

All poll the same farm of feeds on loopback, each in a process of its own, one after the other. A bare aiohttp loop only
fetches, with the same conditional GETs; Basewatch fetches, parses, judges every new entry and stores it. reader,
rss2email and newsboat fetch, parse and store. Bare, Basewatch and reader are measured in a process that is up already,
later polls five times, and the median counts; rss2email and newsboat are commands that poll once, and their figures
hold their start, as every poll of theirs does. CPU and memory are of the process with all its children. What is not
installed is left out, and said so.

`--others` is a Python with `reader` and `rss2email`; newsboat is taken from the PATH.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
FARM = ROOT.parent / "shared" / "bench" / "farm.py"
PHASES = ("first poll", "nothing new", "10 % changed")
CONNECTIONS = 100
TIMES = 5  # polls after the first one, of which the median counts; commands, which are slow, make one


@dataclass(frozen=True)
class Cost:
    """Seconds of CPU and wall time, and the peak of resident memory in MB."""

    cpu: float
    wall: float
    peak: float


# ---- the contenders, each in a process of its own ------------------------------------------------------------------


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's where it is installed, as the daemon does."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def descendants(*apart: int) -> list[int]:
    """The live children of this process, and theirs; without those of these ids and their own."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = [os.getpid()]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid and child not in apart]
    return found[1:]


def own_cpu() -> float:
    """Seconds of CPU of this process and of its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def childrens_cpu(*apart: int) -> float:
    """Seconds of CPU of the children that live."""
    spent = 0
    for pid in descendants(*apart):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


def peak(*apart: int) -> float:
    """The peak of resident memory in MB, this process and its living children added up."""
    total = 0
    for pid in (os.getpid(), *descendants(*apart)):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                total += int(line.split()[1])
    return total / 1024


async def measured(poll: Callable[[], Awaitable[object]]) -> None:
    """Poll once for each line of standard input, and tell the cost."""
    for _ in sys.stdin:
        before = childrens_cpu()
        began, own = time.perf_counter(), own_cpu()  # last and first, so that measuring is not measured
        told = await poll()
        own, wall = own_cpu() - own, time.perf_counter() - began
        cost = {"cpu": own + childrens_cpu() - before, "wall": wall, "peak": peak(), "told": told}
        print(json.dumps(cost), flush=True)


async def bare(urls: list[str]) -> None:
    """aiohttp alone: conditional GET of every address, nothing kept but the ETag."""
    import aiohttp

    etags: dict[str, str] = {}
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, limit_per_host=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def one(url: str) -> int:
            headers = {"If-None-Match": etags[url]} if url in etags else {}
            async with session.get(url, headers=headers) as response:
                if response.status == 200:
                    etags[url] = response.headers["ETag"]
                    await response.read()
                return response.status

        async def poll() -> object:
            return sum(status == 200 for status in await asyncio.gather(*map(one, urls)))

        await measured(poll)


async def basewatch(urls: list[str]) -> None:
    """The daemon's own engine, with the shipped words and bases."""
    from dataclasses import replace

    from monitor import knowledge
    from monitor.cli import collect_rarely
    from monitor.core.records import Feed
    from monitor.store import SqliteStore
    from monitor.wiring import load_settings
    from monitor.wiring.serving import engine as make_engine

    collect_rarely()  # as the daemon does
    given = load_settings(knowledge.config_dir())
    feeds = tuple(Feed(f"feed {n}", url, private=True) for n, url in enumerate(urls))
    service = replace(given.service, connections=CONNECTIONS, connections_per_host=CONNECTIONS)
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "bench.sqlite3")
        engine = make_engine(replace(given, feeds=feeds, service=service), store)
        await engine.start()

        async def poll() -> object:
            result = await engine.round(everything=True)
            if result.failed:
                raise RuntimeError(f"{len(result.failed)} feeds failed: {result.failed[0]}")
            return result.new

        try:
            await measured(poll)
        finally:
            await engine.stop()
            store.close()


async def reader(urls: list[str]) -> None:
    """lemon24/reader through its Python interface."""
    from reader import make_reader  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as folder:
        library = make_reader(f"{folder}/reader.sqlite")
        for url in urls:
            library.add_feed(url)

        async def poll() -> object:
            library.update_feeds(scheduled=False, workers=10)
            return library.get_entry_counts().total

        await measured(poll)


# ---- commands, started anew for each poll --------------------------------------------------------------------------


def newsboat(urls: list[str], folder: Path) -> list[str]:
    """What polls all feeds once with newsboat."""
    (folder / "urls").write_text("".join(f"{url}\n" for url in urls))
    (folder / "config").write_text(f"reload-threads {CONNECTIONS}\n")
    return ["newsboat", "-u", f"{folder}/urls", "-c", f"{folder}/cache.db", "-C", f"{folder}/config", "-x", "reload"]


def rss2email(urls: list[str], folder: Path, python: str) -> list[str]:
    """The same with rss2email, which sends nothing here."""
    outlines = "".join(f'<outline type="rss" text="feed{n}" xmlUrl="{url}"/>' for n, url in enumerate(urls))
    (folder / "feeds.opml").write_text(f'<opml version="1.0"><body>{outlines}</body></opml>')
    command = [str(Path(python).with_name("r2e")), "-c", f"{folder}/r2e.cfg", "-d", f"{folder}/r2e.json"]
    for step in (["new", "nobody@example.org"], ["opmlimport", f"{folder}/feeds.opml"]):
        subprocess.run([*command, *step], check=True, capture_output=True)
    return [*command, "run", "--no-send"]


def timed(command: list[str], home: Path) -> Cost:
    """Run a command, and what it cost with all its children."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(home)}
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024)


# ---- the whole -----------------------------------------------------------------------------------------------------


@contextmanager
def farm(feeds: int, entries: int) -> Iterator[str]:
    """The farm in a process of its own; gives its base address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(FARM), "--port", str(port), "--feeds", str(feeds), "--entries", str(entries)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def post(base: str, path: str, told: object) -> None:
    request = urllib.request.Request(f"{base}{path}", json.dumps(told).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request).read()


def between(base: str, phase: str, feeds: int) -> None:
    """What happens at the farm before a phase."""
    if phase == "10 % changed":
        post(base, "/publish", {"feeds": list(range(0, feeds, 10)), "title": "Council opens a new bridge"})


def in_process(name: str, python: str, base: str, urls: list[str]) -> Iterator[Cost]:
    """A contender that stays up between its polls."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [python, __file__, "--be", name, "--feeds", str(len(urls)), "--base", base],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        for phase in PHASES:
            polls = []
            for _ in range(1 if phase == "first poll" else TIMES):
                between(base, phase, len(urls))
                polls.append(ask(process.stdin, process.stdout))
                print(f"  {name}, {phase}: {polls[-1]}", file=sys.stderr, flush=True)
            yield Cost(*(statistics.median(told[what] for told in polls) for what in ("cpu", "wall", "peak")))
    finally:
        process.stdin.close()
        process.wait()


def ask(to: IO[str], answers: IO[str]) -> dict[str, Any]:
    to.write("poll\n")
    to.flush()
    line = answers.readline()
    if not line:
        raise RuntimeError("ended before its poll did")
    told: dict[str, Any] = json.loads(line)
    return told


def as_command(name: str, command: list[str], base: str, feeds: int, home: Path) -> Iterator[Cost]:
    """A contender that is started for each poll."""
    for phase in PHASES:
        between(base, phase, feeds)
        cost = timed(command, home)
        print(f"  {name}, {phase}: {cost}", file=sys.stderr, flush=True)
        yield cost


def run(name: str, others: str, base: str, urls: list[str]) -> list[Cost]:
    """One contender's three polls."""
    post(base, "/reset", {})
    if name in ("bare", "basewatch"):
        return list(in_process(name, sys.executable, base, urls))
    if name == "reader":
        return list(in_process(name, others, base, urls))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        command = newsboat(urls, home) if name == "newsboat" else rss2email(urls, home, others)
        return list(as_command(name, command, base, len(urls), home))


def missing(name: str, others: str) -> str:
    """Why a contender cannot take part; "" when it can."""
    if name == "newsboat":
        return "" if shutil.which("newsboat") else "newsboat is not installed"
    if name in ("reader", "rss2email"):
        there = subprocess.run([others, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0
        return "" if there else f"{name} is not installed for {others}"
    return ""


def table(costs: dict[str, list[Cost]], feeds: int) -> str:
    """The figures as Markdown; ratios are of CPU, to Basewatch's in the same phase."""
    lines = [
        "| poll | reader | CPU s | ms a feed | CPU to Basewatch's | wall s | peak MB |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for number, phase in enumerate(PHASES):
        for name, found in costs.items():
            cost = found[number]
            ratio = f"{cost.cpu / costs['basewatch'][number].cpu:.2f}" if "basewatch" in costs else "-"
            lines.append(
                f"| {phase} | {name} | {cost.cpu:.2f} | {1000 * cost.cpu / feeds:.2f} | {ratio} "
                f"| {cost.wall:.2f} | {cost.peak:.0f} |"
            )
    return "\n".join(lines)


CONTENDERS = ("bare", "basewatch", "newsboat", "reader", "rss2email")
INSIDE = {"bare": bare, "basewatch": basewatch, "reader": reader}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--entries", type=int, default=30)
    parser.add_argument("--only", default=",".join(CONTENDERS), help="which, separated by commas")
    parser.add_argument("--others", default=sys.executable, help="a Python with reader and rss2email")
    parser.add_argument("--be", choices=INSIDE, help=argparse.SUPPRESS)
    parser.add_argument("--base", default="", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.be:
        urls = [f"{told.base}/feed/{n}.xml" for n in range(told.feeds)]
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(INSIDE[told.be](urls))
        return
    if not FARM.exists():
        sys.exit(f"{FARM} is absent: only the maintainers have the farm")
    costs = {}
    with farm(told.feeds, told.entries) as base:
        urls = [f"{base}/feed/{n}.xml" for n in range(told.feeds)]
        for name in told.only.split(","):
            why = missing(name, told.others)
            if why:
                print(f"left out: {why}", file=sys.stderr)
            else:
                costs[name] = run(name, told.others, base, urls)
    print(table(costs, told.feeds))


if __name__ == "__main__":
    main()
