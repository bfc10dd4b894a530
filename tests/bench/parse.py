"""What parsing costs: milliseconds an entry of each way to read a feed, and what a process or the worst document adds.

Run: python -m tests.bench.parse [--entries 30] [--rounds 200]
"""

from __future__ import annotations

import argparse
import asyncio
import io
import time
from collections.abc import Callable

import feedparser

from monitor.core.records import Feed
from monitor.parse import FeedParser
from monitor.parse.careful import read_careful
from monitor.parse.document import Document, open_document
from monitor.parse.raw import Origin, finish
from monitor.parse.read import read_ordinary
from monitor.ports import Fetched, Hints, Parsed, Validators

ORIGIN = Origin("bench", "https://bench.example/rss")
WORDS = [
    "council",
    "budget",
    "harvest",
    "museum",
    "railway",
    "festival",
    "minister",
    "border",
    "river",
    "trade",
    "vote",
]


def rss(entries: int, paragraphs: int, *, odd: bool = False) -> bytes:
    """A feed as a newspaper's server writes it: namespaces, categories, a picture, and paragraphs of content."""
    text = "".join(f"<p>{' '.join(WORDS)} <a href='https://bench.example/{n}'>{n}</a></p>" for n in range(paragraphs))
    items = "".join(
        f"<item><title>{WORDS[n % 11].title()} {'<b>and</b>' if odd else 'and'} {WORDS[n % 7]} {n}</title>"
        f"<link>https://bench.example/{n}</link><guid isPermaLink='false'>bench-{n}</guid>"
        f"<pubDate>Thu, {1 + n % 28:02} Feb 2024 10:00:00 +0000</pubDate><dc:creator>Desk</dc:creator>"
        f"<category>{WORDS[n % 11]}</category><category>{WORDS[n % 7]}</category>"
        f"<media:thumbnail url='https://bench.example/{n}.jpg' width='90'/>"
        f"<description>{' '.join(WORDS * 2)}</description><content:encoded><![CDATA[{text}]]></content:encoded></item>"
        for n in range(entries)
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:media='http://search.yahoo.com/mrss/'>"
        f"<channel><title>Bench</title><link>https://bench.example/</link>{items}</channel></rss>"
    ).encode()


def timed(work: Callable[[], object], rounds: int) -> float:
    """Seconds of one call: the best of `rounds`."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def careful(body: bytes) -> Parsed:
    """The careful way, in this process."""
    document = open_document(body, "", "", "")
    assert isinstance(document, Document)
    raw = read_careful(document, 2_000)
    assert raw is not None
    return finish(raw, ORIGIN, 2_000)


def bare(body: bytes) -> object:
    """feedparser as it comes."""
    return feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/rss+xml; charset=utf-8"})


def through_a_process(body: bytes, rounds: int) -> float:
    """Seconds of one document that needs a worker, sent there and back."""
    fetched = Fetched(body, "", Validators(), Hints())

    async def work() -> float:
        parser = FeedParser()
        feed = Feed("bench", ORIGIN.url)
        best = float("inf")
        for _ in range(rounds):
            start = time.perf_counter()
            assert isinstance(await parser.parse(feed, fetched), Parsed)
            best = min(best, time.perf_counter() - start)
        await parser.close()
        return best

    return asyncio.run(work())


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--entries", type=int, default=30)
    options.add_argument("--rounds", type=int, default=200)
    told = options.parse_args()
    print(f"{told.entries} entries a feed, ms an entry")
    print(f"{'paragraphs':>10} {'kB':>6} {'fast':>8} {'careful':>8} {'feedparser':>10} {'odd, in a process':>18}")
    for paragraphs in (0, 5, 40):
        body, odd = rss(told.entries, paragraphs), rss(told.entries, paragraphs, odd=True)
        fast = read_ordinary(body, "", ORIGIN, 2_000)
        assert fast == careful(body)
        each = [
            timed(lambda body=body: read_ordinary(body, "", ORIGIN, 2_000), told.rounds),  # type: ignore[misc]
            timed(lambda body=body: careful(body), max(told.rounds // 20, 3)),  # type: ignore[misc]
            timed(lambda body=body: bare(body), max(told.rounds // 20, 3)),  # type: ignore[misc]
            through_a_process(odd, max(told.rounds // 20, 3)),
        ]
        shown = [f"{seconds / told.entries * 1e3:.3f}" for seconds in each]
        print(f"{paragraphs:>10} {len(body) / 1e3:>6.0f} {shown[0]:>8} {shown[1]:>8} {shown[2]:>10} {shown[3]:>18}")


if __name__ == "__main__":
    main()
