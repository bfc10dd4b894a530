"""What one flagged article costs with 10,000 open incidents and many stored articles: candidates, judging, growing, saving.

Run: python -m tests.bench.merge [--articles 1000000] [--incidents 10000] [--probes 2000]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from monitor import knowledge
from monitor.cli import collect_rarely
from monitor.core.clean import content_hash, entry_key
from monitor.core.incidents.merge import Merger
from monitor.core.records import (
    Article,
    Attack,
    Base,
    Count,
    Entry,
    Facts,
    Finding,
    Label,
    Outcome,
    Target,
    Watch,
    Weapon,
)
from monitor.pipeline import MOST_CANDIDATES
from monitor.store import SqliteStore

END = datetime(2026, 5, 1, tzinfo=UTC)
DAYS = 30  # all incidents lie within, so that none is closed: fifty times as many as the war of March 2026 brought
FRESH_DAYS, FRESH_SHARE = 3, 0.9  # nine articles of ten tell of the last three days, as news does
WORDS = ("rockets", "drones", "missiles", "hit", "base", "troops", "army", "says", "overnight", "attack", "soldiers")


def article(dice: random.Random, number: int, at: datetime) -> Article:
    """An invented article of 40 words."""
    told = [" ".join(dice.choices(WORDS, k=count)) for count in (9, 31)]
    link = f"https://paper{number % 500}.example/{number}"
    text = "\n".join(told)
    return Article(
        f"a{number}",
        "feed",
        str(number),
        link,
        told[0],
        told[1],
        "",
        text,
        "",
        f"Paper {number % 500}",
        "en",
        at,
        True,
        at,
    )


def attack(dice: random.Random, bases: list[Base], at: datetime) -> Attack:
    """An attack on one of the bases; one in four is known by its country only, one in three says when."""
    base = dice.choice(bases)
    target = Target(base.id, base.name, (base.country,)) if dice.random() < 0.75 else Target("", "", (base.country,))
    facts = Facts(weapons=(dice.choice(tuple(Weapon)),), wounded=Count(dice.randrange(9), None))
    return Attack(target, facts)


def fill(store: SqliteStore, merger: Merger, bases: list[Base], incidents: int, articles: int) -> None:
    """A database as it looks after a long war."""
    dice = random.Random(7)
    number = 0
    for first in range(0, incidents, 1000):
        with store.transaction():
            for _ in range(first, min(first + 1000, incidents)):
                at = END - timedelta(days=dice.random() * DAYS)
                made, told = article(dice, number, at), attack(dice, bases, at)
                finding = Finding(made.id, Label.REPORT, 0.9, (told,))
                ids = store.incident_ids_like(merger.id_prefix(made, finding, told))
                one = merger.open(made, finding, told, at, ids)
                for _ in range(dice.choice([0, 0, 0, 1, 2, 5, 20])):
                    number += 1
                    more = article(dice, number, at + timedelta(hours=dice.random() * 20))
                    one = merger.grow(one, more, finding, told, at)
                store.save_incident(one, at)
                number += 1
    for first in range(number, articles, 5000):
        with store.transaction():
            for n in range(first, min(first + 5000, articles)):
                made = article(dice, n, END - timedelta(days=dice.random() * DAYS))
                entry = Entry("feed", made.guid, made.url, made.title, made.summary, published=made.published)
                store.save_entry(entry, entry_key(entry), content_hash(entry), made, made.published)


def probe(store: SqliteStore, merger: Merger, bases: list[Base], probes: int) -> dict[str, list[float]]:
    """CPU seconds of each step, SQLite's included; every article is merged and saved in its own transaction.

    As many probes again come first and are not counted: a daemon that has run for a while has its incidents in memory.
    """
    dice = random.Random(8)
    spent: dict[str, list[float]] = {
        "candidates": [],
        "judge": [],
        "grow and save": [],
        "all": [],
        "candidates (number)": [],
    }
    for n in range(2 * probes):
        at = END - timedelta(days=dice.random() * (FRESH_DAYS if dice.random() < FRESH_SHARE else DAYS))
        made, told = article(dice, 10_000_000 + n, at), attack(dice, bases, at)
        finding = Finding(made.id, dice.choice([Label.REPORT, Label.UPDATE]), 0.9, (told,))
        times = [time.process_time()]
        near = store.candidates(told.target, *merger.window(made, finding, told), MOST_CANDIDATES)
        times.append(time.process_time())
        merge = merger.judge(made, finding, told, near, at)
        times.append(time.process_time())
        with store.transaction():
            if merge.outcome is Outcome.OPEN:
                ids = store.incident_ids_like(merger.id_prefix(made, finding, told))
                store.save_incident(merger.open(made, finding, told, at, ids), at)
            elif merge.outcome is Outcome.JOIN:
                known = store.incident(merge.incident)
                assert known is not None
                store.save_incident(merger.grow(known, made, finding, told, at), at)
        times.append(time.process_time())
        steps = [later - earlier for earlier, later in pairwise(times)]
        for name, value in [] if n < probes else zip(spent, [*steps, times[-1] - times[0], len(near)], strict=True):
            spent[name].append(value)
    return spent


def main() -> None:
    """Fill, probe, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--articles", type=int, default=1_000_000)
    asked.add_argument("--incidents", type=int, default=10_000)
    asked.add_argument("--probes", type=int, default=2_000)
    asked.add_argument("--database", type=Path, help="keep the filled database here and use it again")
    chosen = asked.parse_args()
    collect_rarely()
    known = replace(knowledge.load(), attacks=())
    merger, bases = Merger(known, Watch()), list(known.bases)
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.database or Path(folder) / "bench.db"
        filled = path.exists()
        store = SqliteStore(path, durable=False)
        if not filled:
            fill(store, merger, bases, chosen.incidents, chosen.articles)
        spent = probe(store, merger, bases, chosen.probes)
        store.close()
    print(f"{chosen.incidents} incidents, {chosen.articles} articles, {chosen.probes} probes")
    for name, values in spent.items():
        factor, unit = (1, "") if "number" in name else (1000, " ms")
        cuts = statistics.quantiles(values, n=100)
        print(
            f"{name:20} median {cuts[49] * factor:8.2f}{unit}  p95 {cuts[94] * factor:8.2f}{unit}  p99 {cuts[98] * factor:8.2f}{unit}"
        )


if __name__ == "__main__":
    main()
