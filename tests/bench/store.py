"""How fast and how small the store is at scale: `python -m tests.bench.store [--articles N] [--incidents N] [--days N]`.

Not a test. Fills a database in a temporary folder (a million articles: some minutes, 900 MB) and prints one
figure a line: bytes an entry, writes, look-ups and the candidate search by which an article finds its incident, with
the incidents in memory (as in a process that runs for an hour) and without (as after a start).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from monitor.core.clean import content_hash, entry_key
from monitor.core.records import Article, Count, Entry, Facts, Incident, Label, Statement, Target, TimeSpan, Weapon
from monitor.pipeline import MOST_CANDIDATES
from monitor.store import Access, SqliteStore
from tests.build import HOUR, NOW, article, finding, incident

BASES, COUNTRIES = 140, 20
STATEMENTS = 12  # an incident has as many on average
UNIT = 1_000  # entries a commit while filling
WORDS = tuple("abcdefghijklmnopqrstuvwxyz"[i:] + "aeiou"[i % 5] for i in range(10, 24))

dice = Random(20260504)


def target() -> Target:
    """A base, or for every fifth only its country."""
    number = dice.randrange(BASES)
    country = f"{chr(65 + number % COUNTRIES)}X"
    return Target("", country, (country,)) if dice.random() < 0.2 else Target(f"base-{number}", "Base", (country,))


def story(number: int) -> tuple[Entry, Article]:
    """An ordinary item: title and summary of the length that news have."""
    title = " ".join(dice.choices(WORDS, k=10)) + f" {number}"
    url = f"https://www.news-{number % 500}.example/world/2026/05/04/{'-'.join(title.split()[:8])}-{number}"
    told = Entry(f"feed-{number % 500}", url, url, title, " ".join(dice.choices(WORDS, k=25)), published=NOW)
    return told, article(title, feed=told.feed, guid=url, url=url, summary=told.summary)


def attack_story(number: int, days: int) -> Incident:
    """An incident of the last `days` days with about STATEMENTS statements."""
    place, start = target(), NOW - dice.random() * days * 24 * HOUR
    told = Facts(
        when=TimeSpan(start, start + HOUR),
        weapons=(Weapon.DRONE,),
        wounded=Count(dice.randrange(5), None),
        sentences=(("weapons", "Drones hit the base before dawn, an official said."),) * 3,
    )
    said = tuple(
        Statement(
            article=f"{number:012x}{turn:012x}",
            at=start + turn * HOUR,
            origin=f"origin-{turn}",
            party="",
            facts=told,
            target=place,
            outlet="News",
            url=f"https://news.example/{number}/{turn}",
            title=" ".join(dice.choices(WORDS, k=10)),
            prints=tuple(sorted(dice.randrange(2**32) for _ in range(48))),
        )
        for turn in range(dice.randrange(1, 2 * STATEMENTS))
    )
    return replace(
        incident(f"incident-{number}", *said),
        target=place,
        occurred=TimeSpan(start, start + HOUR),
        facts=told,
        last_news=said[-1].at,
    )


def fill(store: SqliteStore, articles: int, incidents: int, days: int) -> Iterator[str]:
    """Write everything, a thousand to a commit, as a replay does."""
    began = time.perf_counter()
    for start in range(0, articles, UNIT):
        stories = [story(number) for number in range(start, min(start + UNIT, articles))]
        with store.transaction():
            for told, made in stories:
                store.save_entry(told, entry_key(told), content_hash(told), made, NOW)
                store.save_finding(finding(made, Label.OTHER), "0123456789ab")
    spent = time.perf_counter() - began
    yield f"filling, making the stories included: {articles / spent:.0f} articles a second"
    yield f"size: {store.size() / articles:.0f} bytes an entry of {len(told.title + told.summary + told.url)} characters"
    began = time.perf_counter()
    for start in range(0, incidents, UNIT):
        with store.transaction():
            for number in range(start, min(start + UNIT, incidents)):
                store.save_incident(attack_story(number, days), NOW)
    yield f"incidents written: {incidents / (time.perf_counter() - began):.0f} a second, {STATEMENTS} statements each"


def spread(name: str, work: Callable[[], object], times: int) -> str:
    """Median, 95th percentile and worst of some runs."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    return f"{name}: median {spent[times // 2]:.2f} ms, p95 {spent[times * 95 // 100]:.2f} ms, worst {spent[-1]:.2f} ms"


def search(store: SqliteStore) -> Sequence[Incident]:
    """What one attack of one article asks for."""
    when = NOW - dice.random() * 48 * HOUR
    store.incidents_of(f"{dice.randrange(2**96):024x}")
    return store.candidates(target(), TimeSpan(when - 36 * HOUR, when + 36 * HOUR), timedelta(0), MOST_CANDIDATES)


def measure(path: Path, articles: int) -> Iterator[str]:
    """The figures that a running service feels."""
    store = SqliteStore(path)
    found = [len(search(store)) for _ in range(200)]
    yield f"candidates an attack: median {sorted(found)[100]}, most {max(found)}"
    for _ in range(2_000):
        search(store)
    yield spread("candidate search, incidents in memory", lambda: search(store), 2_000)
    cold = SqliteStore(path, Access.READ)
    yield spread("candidate search, just started", lambda: search(cold), 200)
    cold.close()
    served = [story(dice.randrange(articles)) for _ in range(30)]
    keys = [(entry_key(told), content_hash(told)) for told, _ in served]
    yield spread("a document of 30 entries, are they known", lambda: store.known(keys), 500)
    fresh = iter(range(articles, articles + 10_000))

    def one_pass() -> None:
        stories = [story(next(fresh)) for _ in range(3)]
        with store.transaction():
            for told, made in stories:
                store.save_entry(told, entry_key(told), content_hash(told), made, NOW)
                store.save_finding(finding(made, Label.OTHER), "0123456789ab")

    yield spread("a pass of 3 new entries, committed to disk", one_pass, 300)
    grown = store.incidents(limit=300)

    def grow() -> None:
        known = grown.pop()
        said = replace(known.statements[-1], article=f"{dice.randrange(2**96):024x}")
        with store.transaction():
            store.save_incident(
                replace(
                    known,
                    statements=(*known.statements, said),
                    articles=(*known.articles, said.article),
                    revision=known.revision + 1,
                ),
                NOW,
            )

    yield spread("an incident grown by one statement, committed to disk", grow, 300)
    began = time.perf_counter()
    gone = store.prune(NOW + timedelta(days=31), timedelta(days=30))
    yield f"pruned {gone.articles} articles in {time.perf_counter() - began:.1f} s"
    store.close()


def main() -> None:
    """Fill, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=1_000_000)
    options.add_argument("--incidents", type=int, default=10_000)
    options.add_argument("--days", type=int, default=30, help="over how many days the incidents are spread")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "basewatch.db"
        store = SqliteStore(path, durable=False)
        for line in fill(store, chosen.articles, chosen.incidents, chosen.days):
            print(line, flush=True)
        store.compact()
        store.close()
        for line in measure(path, chosen.articles):
            print(line, flush=True)


if __name__ == "__main__":
    main()
