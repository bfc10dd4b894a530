"""What the reading finds in a title and a summary with the shipped words and knowledge; no trained model is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import pytest

from monitor import knowledge
from monitor.core.clean import clean
from monitor.core.facts.reader import FactReader
from monitor.core.reading.deeds import Deed
from monitor.core.reading.evidence import parts
from monitor.core.reading.frames import Event, Reader
from monitor.core.reading.lexicon import Lexicon
from monitor.core.reading.targets import Targets
from monitor.core.reading.tokeniser import Tokeniser
from monitor.core.records import Entry
from tests.core.judged import AUTUMN_2023, WATCH_US
from tests.core.reading import pipeline, words


@dataclass(frozen=True, slots=True)
class Reading:
    """The events of a text, each as a line, and the name of its case."""

    events: tuple[str, ...]
    case: str


@dataclass(frozen=True, slots=True)
class Row:
    """An item in our own words and its right reading; `not_yet` says why it is read wrongly today."""

    title: str
    right: Reading
    summary: str
    at: datetime
    not_yet: str


def row(
    title: str,
    *events: str,
    case: str = "title: fresh watched",
    summary: str = "",
    at: datetime = AUTUMN_2023,
    not_yet: str = "",
) -> Row:
    """A row of a table."""
    return Row(title, Reading(events, case), summary, at, not_yet)


def rows(tables: Mapping[str, Iterable[Row]]) -> list[object]:
    """The rows of all tables as parameters; those that are read wrongly today must fail."""
    return [
        pytest.param(
            one,
            id=f"{name}: {one.title}",
            marks=[pytest.mark.xfail(strict=True, reason=one.not_yet)] if one.not_yet else [],
        )
        for name, table in tables.items()
        for one in table
    ]


def mentions(text: str, at: datetime) -> int:
    """How many targets are read in a text without a title."""
    tokeniser, reader, _ = _shipped()
    return sum(len(sentence.mentions) for sentence in reader.sentences(tokeniser.read(text), 0, at))


def read(title: str, summary: str, at: datetime) -> Reading:
    """The reading of an item published at `at`.

    An event is told as "attack fresh by enemy: known ain-al-asad-air-base": the deed, how it is told, who does it where
    that is known, why the target may be watched, and its bases, or its countries or region where no base is known.
    """
    article = clean(Entry("feed", title, "", title, summary, published=at), None, at + timedelta(minutes=5))
    tokeniser, reader, facts = _shipped()
    tokens = tokeniser.read(article.text)
    sentences = reader.sentences(tokens, len(article.title), at)
    events = [event for n, sentence in enumerate(sentences) for event in reader.events(sentence, n)]
    times = facts.times.find(tokens, at, "") if events else []
    return Reading(tuple(map(_line, events)), parts(sentences, events, times)[0].name)


@cache
def _shipped() -> tuple[Tokeniser, Reader, FactReader]:
    known = knowledge.load()
    reader = Reader(Lexicon(words(), known, WATCH_US), Targets(known, WATCH_US))
    return Tokeniser(pipeline()), reader, FactReader(words(), known)


def _line(event: Event) -> str:
    target = event.target
    deed = Deed.ATTACK if event.deed is Deed.HIT else event.deed  # whether a verb or a noun tells it is no matter
    by = f" by {event.agent}" if event.agent else ""
    places = target.bases or target.countries or ((target.region,) if target.region else ())
    return f"{deed.value} {event.told.value}{by}: {' '.join((target.reach.value, *places))}"
