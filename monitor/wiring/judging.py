"""Builds what judges: the classifier, the pipeline around a store, the replay, the training."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import knowledge
from monitor.core.wording import counted
from monitor.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from monitor.core.alerts.alerting import Teller
    from monitor.core.incidents.merge import Merger
    from monitor.core.reading.classify import Classifier
    from monitor.core.records import Article, Because, Entry, Finding, Knowledge, Words
    from monitor.items import Item
    from monitor.ports import Clock, Store
    from monitor.replay import Replayed
    from monitor.settings import Settings

LANGUAGE = "en"
_SHOWN = 10  # bad lines that `replay` says one by one


class _SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def clock() -> Clock:
    """The clock of this machine."""
    return _SystemClock()


@cache
def _known() -> Knowledge:
    return knowledge.load()


def _words() -> Words:
    from monitor.words import load_words

    return load_words(knowledge.seeds_dir(), LANGUAGE)


def classifier(settings: Settings) -> Classifier:
    """The classifier for what a site watches."""
    from monitor.core.reading.classify import Classifier
    from monitor.words import load_model

    return Classifier(_known(), _words(), settings.watch, load_model(knowledge.seeds_dir(), LANGUAGE))


def in_words(finding: Finding) -> tuple[Because, ...]:
    """The reasons of a verdict in plain words instead of the names of their rules."""
    from monitor.core.reading.reasons import Reasons

    return tuple(Reasons(_words()).told(finding.because))


def merger(settings: Settings) -> Merger:
    """What tells attacks apart, for what a site watches."""
    from monitor.core.incidents.merge import Merger

    return Merger(_known(), settings.watch)


def teller(settings: Settings) -> Teller:
    """What decides who is told, for a site's routes."""
    from monitor.core.alerts.alerting import Teller
    from monitor.core.incidents.atlas import atlas

    return Teller(settings.watch, settings.routes, atlas(_known(), settings.watch))


def regions() -> tuple[frozenset[str], ...]:
    """The countries of each shipped region: their feeds are hurried together."""
    bases = _known().bases
    return tuple(
        frozenset(base.country for base in bases if base.region == region)
        for region in sorted({base.region for base in bases})
    )


def clean_item(item: Item, now: datetime) -> Article:
    """The article of an item of a file."""
    return clean_entry(item.entry, now)


def clean_entry(entry: Entry, now: datetime) -> Article:
    """The article of an entry that belongs to no feed of the site."""
    from monitor.core.clean import clean

    return clean(entry, None, now)


# ---- replay ----------------------------------------------------------------------------------------------------------


def replay(settings: Settings, file: str, out: Path, speed: float | None) -> str:
    """Run the items of a file through the pipeline on a temporary store; write what came of it; a line about it."""
    from monitor import items
    from monitor.pipeline import Pipeline
    from monitor.replay import replay as run

    read = list(items.read(file))
    entries = [one.entry for one in read if isinstance(one, items.Item)]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(out), error.strerror or str(error), "choose a folder you may write to") from error
    feeds = {feed.name: feed for feed in settings.feeds}
    with _scratch() as store:
        pipeline = Pipeline(store, classifier(settings), merger(settings), teller(settings))
        came = run(pipeline, store, entries, feeds, _waiting(speed) if speed else None, _progress)
    try:
        _write(came, out)
    except OSError as error:
        raise InputError(str(out), error.strerror or str(error), "choose a folder you may write to") from error
    bad = [one for one in read if isinstance(one, items.BadLine)]
    for one in bad[:_SHOWN]:
        _say(f"line {one.line}: {one.error}")
    return (
        f"{counted(came.items, 'item')}, {counted(len(bad), 'bad line')}, {counted(came.failures, 'failure')}: "
        f"{counted(len(came.incidents), 'incident')}, {counted(len(came.alerts), 'alert')}; written to {out}"
    )


def _progress(done: int, count: int, at: datetime) -> None:
    """How far a replay is, on a terminal only."""
    if sys.stderr.isatty():
        share = f"{done} of {counted(count, 'item')}, {at:%Y-%m-%d %H:%M}"
        sys.stderr.write(f"\r{share}" + ("\n" if done == count else ""))
        sys.stderr.flush()


def _waiting(speed: float) -> Callable[[timedelta], None]:
    return lambda span: time.sleep(span.total_seconds() / speed)


def _write(came: Replayed, out: Path) -> None:
    from monitor import items

    rows = {
        "incidents.jsonl": [items.incident_row(incident, guids) for incident, guids in came.incidents],
        "alerts.jsonl": [items.alert_row(alert, guids) for alert, guids in came.alerts],
    }
    for name, lines in rows.items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (out / name).write_text(text, encoding="utf-8")


def rejudge(settings: Settings) -> str:
    """Judge every stored article again by today's rules and build the incidents anew; a line about it.

    Raises StoreError while the service runs: two must not decide at once.
    """
    from monitor.pipeline import Pipeline
    from monitor.rejudge import rejudge as run
    from monitor.store import SqliteStore

    database = settings.service.database
    if not database.exists():
        raise NotFoundError(str(database), "there is no database yet", "nothing is stored that could be judged again")
    judge, feeds = classifier(settings), {feed.name: feed for feed in settings.feeds}
    store = SqliteStore(settings.service.database)
    try:
        with _scratch() as scratch:
            pipeline = Pipeline(scratch, judge, merger(settings), teller(settings))
            came = run(store, scratch, pipeline, merger(settings), judge.version, feeds, clock().now())
    finally:
        store.close()
    return (
        f"{counted(came.articles, 'article')} judged, {counted(came.verdicts_changed, 'verdict')} changed: "
        f"{counted(came.incidents_opened, 'incident')} opened, {came.incidents_changed} changed; nobody is told"
    )


@contextmanager
def _scratch() -> Iterator[Store]:
    """A store that is thrown away."""
    from monitor.store import SqliteStore

    with tempfile.TemporaryDirectory(prefix="basewatch-") as folder:
        store = SqliteStore(Path(folder) / "scratch.sqlite3", durable=False)
        try:
            yield store
        finally:
            store.close()


# ---- the classifier's own making -------------------------------------------------------------------------------------


def train(examples: Sequence[Path], out: Path | None) -> str:
    """Train on the shipped examples and a site's own; write the model; a line about it."""
    from monitor import training

    seeds = knowledge.seeds_dir()
    path = out or seeds / "model" / f"{LANGUAGE}.bin"
    labelled = [one for place in (seeds / "examples", *examples) for one in training.load_examples(place)]
    _check_writable(path)
    model = training.train(labelled, _known(), _words(), _say)
    try:
        path.write_bytes(model)
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "choose a file you may write: --out FILE") from error
    digest = hashlib.sha256(model).hexdigest()[:12]
    return f"{len(labelled)} examples; {len(model)} bytes, sha256 {digest}...; written to {path}"


def _check_writable(path: Path) -> None:
    """Make its folder; raise InputError before minutes of work rather than after them."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "choose a file you may write: --out FILE") from error
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InputError(str(path), "cannot be written", "choose a file you may write: --out FILE")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
