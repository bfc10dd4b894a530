"""What judging costs: items a second, the gate, each part, memory after many new words, and the start; Markdown tables.

Run: python -m tests.bench.classify STREAM [LABELLED] [--rounds 3] [--growth 200000]
(STREAM and LABELLED are files of items, JSON Lines or a .gz of them; one core is one process.)
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from monitor import items, wiring
from monitor.cli import collect_rarely
from monitor.core.clean import clean
from monitor.core.reading.classify import Classifier
from monitor.core.reading.wordbag import Bags
from monitor.core.records import Article, Entry

BATCH = 64  # as `basewatch classify` judges
CHUNK = 2_000  # items that a process takes at a time, at most
VOWELS, CONSONANTS = "aeiou", "bcdfghklmnprstvz"
START = """
import time
begun = time.perf_counter()
from monitor import wiring
from monitor.core.records import Entry
classifier = wiring.classifier(wiring.load_settings(None))
loaded = time.perf_counter()
classifier.judge(wiring.clean_entry(Entry("f", "1", "", "Rockets hit US base in Iraq"), wiring.clock().now()))
print(loaded - begun, time.perf_counter() - begun)
"""


@cache
def classifier() -> Classifier:
    """The classifier as a new site gets it, in a process that looks for cycles as the command does."""
    collect_rarely()
    return wiring.classifier(wiring.load_settings(None))


def entries(path: Path) -> list[Entry]:
    """The entries of a file of items."""
    return [one.entry for one in items.read(str(path)) if isinstance(one, items.Item)]


def run(read: Sequence[Entry]) -> int:
    """Clean and judge entries as the commands do; how many are flagged."""
    judge, now, flagged = classifier(), wiring.clock().now(), 0
    for start in range(0, len(read), BATCH):
        articles = [clean(entry, None, now) for entry in read[start : start + BATCH]]
        flagged += sum(finding.flagged for finding in judge.judge_many(articles))
    return flagged


def best(work: Callable[[], object], rounds: int, clock: Callable[[], float] = time.process_time) -> float:
    """Seconds of the fastest of several runs, of this process unless another clock is given."""
    spent = []
    for _ in range(rounds):
        begun = clock()
        work()
        spent.append(clock() - begun)
    return min(spent)


def in_two(read: Sequence[Entry], rounds: int) -> float:
    """The same in two processes, which are warm; by the clock on the wall, so the machine must be idle."""
    size = min(CHUNK, -(-len(read) // 4))
    chunks = [read[start : start + size] for start in range(0, len(read), size)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(run, [chunk[:10] for chunk in chunks]))
        return best(lambda: list(pool.map(run, chunks)), rounds, time.perf_counter)


# ---- parts -------------------------------------------------------------------------------------------------------------


class Spent:
    """Seconds and calls of the parts of judging; each part is a method, timed from without with all that it calls."""

    PARTS = (
        ("gate", Classifier, "_passes"),
        ("read (tokenise, lexicon, frames, case)", Classifier, "_read"),
        ("bag of words", Bags, "shares"),
        ("verdict, reasons and facts", Classifier, "_finding"),
    )

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, int] = {}

    def watch(self, name: str, owner: object, method: str) -> Callable[[], None]:
        """Time a method from now on; the answer undoes it."""
        original = getattr(owner, method)
        self.seconds[name], self.calls[name] = 0.0, 0

        def timed(*given: object, **named: object) -> object:
            begun = time.process_time()
            try:
                return original(*given, **named)
            finally:
                self.seconds[name] += time.process_time() - begun
                self.calls[name] += 1

        setattr(owner, method, timed)
        return lambda: setattr(owner, method, original)


def parts(read: Sequence[Entry]) -> Spent:
    """Where the time goes. `judge` inside is opened up to the readers it is made of."""
    judge, spent = classifier(), Spent()
    reader, facts, lexicon = judge._reader, judge._facts, judge._lexicon
    undo = [spent.watch(*part) for part in Spent.PARTS]
    undo.append(spent.watch("- tokenise", judge._tokeniser, "read"))
    undo.append(spent.watch("- lexicon", lexicon, "read"))
    undo.append(spent.watch("- sentences and targets, lexicon included", reader, "sentences"))
    undo.append(spent.watch("- events", reader, "events"))
    undo.append(spent.watch("- times", facts.times, "find"))
    undo.append(spent.watch("- facts", facts, "read"))
    now = wiring.clock().now()
    spent.seconds["clean"], spent.calls["clean"] = (
        best(lambda: [clean(entry, None, now) for entry in read], 1),
        len(read),
    )
    try:
        run(read)
    finally:
        for one in undo:
            one()
    return spent


# ---- memory and start ---------------------------------------------------------------------------------------------------


def new_words(read: Sequence[Entry], count: int) -> Iterator[Article]:
    """Articles that pass the gate, each with words that nobody has written before."""
    dice, at = random.Random(11), datetime.fromisoformat("2026-03-14T09:00:00+00:00")
    for number in range(count):
        made = ["".join(dice.choice(CONSONANTS) + dice.choice(VOWELS) for _ in range(4)) for _ in range(12)]
        title = f"Rockets hit {made[0].title()} base, {made[1].title()} says"
        summary = f"{read[number % len(read)].title} {' '.join(made)} {number}"
        yield clean(Entry("f", str(number), "", title, summary, published=at), None, at)


def growth(read: Sequence[Entry], count: int) -> tuple[float, float, float]:
    """Megabytes in use once the first batch is judged, how many more at most after any batch, and after the last."""
    judge, used, batch = classifier(), list[float](), list[Article]()
    for article in new_words(read, count):
        batch.append(article)
        if len(batch) == BATCH:
            judge.judge_many(batch)
            batch.clear()
            used.append(in_use())
    return used[0], max(used) - used[0], used[-1] - used[0]


def growth_apart(read: Sequence[Entry], count: int) -> tuple[float, float, float]:
    """The same in a process of its own, in which nothing has been judged before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(growth, read, count).result()


def in_use() -> float:
    """Resident megabytes now."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def started(rounds: int) -> tuple[float, float]:
    """Seconds until the classifier is loaded, and until the first item is judged, in a fresh process."""
    told = [
        subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True) for _ in range(rounds)
    ]
    loaded, first = min(tuple(map(float, one.stdout.split())) for one in told)
    return loaded, first


# ---- tables -------------------------------------------------------------------------------------------------------------


def speed(name: str, read: Sequence[Entry], rounds: int) -> None:
    """One row: a file on one core and on two."""
    judge, now = classifier(), wiring.clock().now()
    passing = sum(judge._passes(clean(entry, None, now)) for entry in read) / len(read)
    flagged = run(read)
    one, two = best(lambda: run(read), rounds), in_two(read, rounds)
    print(f"| {name} | {len(read):,} | {passing:.1%} | {flagged} | {len(read) / one:,.0f} | {len(read) / two:,.0f} |")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", type=Path, nargs="+")
    options.add_argument("--rounds", type=int, default=3, help="the fastest of so many runs counts")
    options.add_argument("--growth", type=int, default=200_000, help="items with new words; 0: none")
    asked = options.parse_args()
    read = {path.name: entries(path) for path in asked.files}
    print("| items of | number | pass the gate | flagged | a second, one process | a second, two |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, some in read.items():
        speed(name, some, asked.rounds)
    for name, some in read.items():
        print(f"\n| part, {name} | calls | us a call | us an item | share |\n| --- | ---: | ---: | ---: | ---: |")
        spent = parts(some)
        whole = sum(seconds for part, seconds in spent.seconds.items() if not part.startswith("-"))
        for part in ("clean", *(part for part in spent.seconds if part != "clean")):
            seconds, calls = spent.seconds[part], max(spent.calls[part], 1)
            print(
                f"| {part} | {calls} | {seconds / calls * 1e6:.1f} | {seconds / len(some) * 1e6:.1f} | {seconds / whole:.1%} |"
            )
    loaded, first = started(asked.rounds)
    print(f"\nStart: loaded after {loaded:.2f} s, first item judged after {first:.2f} s.")
    if asked.growth:
        first, most, last = growth_apart(next(iter(read.values())), asked.growth)
        print(
            f"Memory: {first:.0f} MB after {BATCH} items of new words; up to {asked.growth:,} such items "
            f"{most:+.1f} MB at most, {last:+.1f} MB in the end."
        )


if __name__ == "__main__":
    main()
