"""Real articles that arrive evenly, so many a second: does the poll with all its judging keep up, and at what cost?

    python tests/bench/stream.py [--rate 200] [--seconds 30]

A server of its own serves as many feeds as articles come in a second; every second each feed gets the next article of
../shared/eval/stream-dev.jsonl.gz, and everything is polled. The delay is from when an article stands in its feed until
it is judged and committed, at most a second of it waiting for the next poll. CPU is of the polling process with its
children; the rate at which it would fill one core is what it could take.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import logging
import multiprocessing
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from aiohttp import web

from monitor import knowledge
from monitor.core.records import Feed
from monitor.store import SqliteStore
from monitor.wiring import load_settings
from monitor.wiring.serving import engine as make_engine
from tests.bench.poll import childrens_cpu, loop_factory, own_cpu, peak

STREAM = Path(__file__).resolve().parents[3] / "shared" / "eval" / "stream-dev.jsonl.gz"
SHOWN = 30  # entries of a feed


def serve(rate: int, began: float, ports: multiprocessing.SimpleQueue[int]) -> None:
    """Serve `rate` feeds, each of which gets one article a second from `began` on (seconds since the epoch)."""
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]

    def entry(number: int) -> str:
        item = items[number % len(items)]
        return (
            f"<item><title>{escape(item['title'])}</title><link>{escape(item.get('url') or '')}</link>"
            f'<guid isPermaLink="false">{number}</guid><description>{escape(item.get("summary") or "")}</description>'
            f"<pubDate>{formatdate(began + number // rate, usegmt=True)}</pubDate></item>"
        )

    async def feed(request: web.Request) -> web.Response:
        tick, n = max(0, int(time.time() - began)), int(request.match_info["n"])
        if request.headers.get("If-None-Match") == f'"{tick}"':
            return web.Response(status=304)
        numbers = [n + rate * second for second in range(tick, max(-1, tick - SHOWN), -1)]
        body = f"<rss version='2.0'><channel><title>{n}</title>{''.join(map(entry, numbers))}</channel></rss>"
        return web.Response(body=body.encode(), headers={"ETag": f'"{tick}"', "Content-Type": "application/rss+xml"})

    async def work() -> None:
        app = web.Application()
        app.router.add_get("/{n:\\d+}", feed)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ports.put(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(work())


async def poll(port: int, rate: int, seconds: int, began: float, server: int) -> None:
    """Poll every second, and print what it took; the process `server` is no part of it."""
    given = load_settings(knowledge.config_dir())
    feeds = tuple(Feed(f"feed {n}", f"http://127.0.0.1:{port}/{n}", private=True) for n in range(rate))
    service = replace(given.service, connections=100, connections_per_host=100)
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "bench.sqlite3")
        engine = make_engine(replace(given, feeds=feeds, service=service), store)
        await engine.start()
        await asyncio.sleep(max(0.0, began - time.time()))
        await engine.round(everything=True)
        new, flagged, took = 0, 0, list[float]()
        own, children = own_cpu(), childrens_cpu(server)
        for second in range(1, seconds + 1):
            due = began + second
            await asyncio.sleep(max(0.0, due - time.time()))
            result = await engine.round(everything=True)
            took.append(time.time() - due)
            new, flagged = new + result.new, flagged + result.flagged
        spent = own_cpu() - own + childrens_cpu(server) - children
        await engine.stop()
        store.close()
    print(
        f"{new} articles in {seconds} s, {flagged} flagged; judged and committed after {statistics.median(took):.2f} s "
        f"(median), {max(took):.2f} s (worst); {spent:.1f} s of CPU, {1000 * spent / max(new, 1):.2f} ms an article: "
        f"one core takes {new / spent:.0f} a second; peak {peak(server):.0f} MB"
    )


def main() -> None:
    """Start the server and poll it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=30)
    told = parser.parse_args()
    if not STREAM.exists():
        sys.exit(f"{STREAM} is absent: only the maintainers have it")
    logging.disable()  # the alerts themselves
    began = time.time() + 8  # by then both are up
    context = multiprocessing.get_context("spawn")
    ports = context.SimpleQueue()
    server = context.Process(target=serve, args=(told.rate, began, ports), daemon=True)
    server.start()
    assert server.pid is not None
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(poll(ports.get(), told.rate, told.seconds, began, server.pid))
    server.terminate()


if __name__ == "__main__":
    main()
