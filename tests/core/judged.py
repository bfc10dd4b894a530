"""The classifier with all that ships, built once for each way of watching, and articles made of a title and a summary."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Protocol

import pytest

from monitor import knowledge
from monitor.core.clean import clean
from monitor.core.reading.classify import Classifier
from monitor.core.records import Entry, Finding, Knowledge, Label, Watch, Words
from monitor.words import load_model, load_words

AUTUMN_2023 = datetime(2023, 11, 15, 9, 0, tzinfo=UTC)  # a Wednesday: US troops in Iraq, Syria and Niger
WAR_2026 = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)  # a Saturday: a war in the Gulf
WATCH_US = Watch()

REPORT = frozenset({Label.REPORT})
UPDATE = frozenset({Label.UPDATE})
FLAGGED = REPORT | UPDATE  # either is right
BACKGROUND = frozenset({Label.BACKGROUND})
THREAT = frozenset({Label.THREAT})
OTHER = frozenset({Label.OTHER})
QUIET = frozenset(Label) - FLAGGED  # any label that alerts nobody


@dataclass(frozen=True, slots=True)
class Case:
    """One item in our own words and the labels that are right for it."""

    id: str
    labels: frozenset[Label]
    title: str
    summary: str = ""
    at: datetime = AUTUMN_2023
    site: str = ""


class _Row(Protocol):
    """A row of a table, by its name."""

    @property
    def id(self) -> str: ...


def table(name: str, rows: Iterable[_Row], not_yet: Collection[str]) -> list[object]:
    """Rows as parameters called "name: id"; those that are judged wrongly today must fail."""
    known = pytest.mark.xfail(strict=True, reason="judged wrongly today")
    names = [(f"{name}: {row.id}", row) for row in rows]
    return [pytest.param(row, id=full, marks=[known] if full in not_yet else []) for full, row in names]


@cache
def _known() -> tuple[Knowledge, Words, bytes | None]:
    seeds = knowledge.seeds_dir()
    return knowledge.load(), load_words(seeds), load_model(seeds, "en")


@cache
def shipped(watch: Watch) -> Classifier:
    known, words, model = _known()
    return Classifier(known, words, watch, model)


def judge(
    title: str, summary: str = "", *, at: datetime = AUTUMN_2023, site: str = "", watch: Watch = WATCH_US
) -> Finding:
    """The shipped classifier's verdict on an item published at `at` by `site`."""
    entry = Entry("feed", title, "", title, summary, source=site, published=at)
    return shipped(watch).judge(clean(entry, None, at + timedelta(minutes=5)))
