"""The readers of facts with the shipped words and knowledge, built once, and articles made of a line of text."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from monitor import knowledge
from monitor.core.facts.casualties import Casualties, sum_up
from monitor.core.facts.reader import FactReader
from monitor.core.facts.shapes import Vocabulary, tokens
from monitor.core.facts.tolls import TollReader
from monitor.core.records import Article, Count, Facts, Words
from monitor.words import load_words

PUBLISHED = datetime(2021, 3, 10, 12, 0, tzinfo=UTC)  # a Wednesday, 15:00 in Baghdad


@cache
def pipeline() -> Language:
    return spacy.blank("en")


@cache
def words() -> Words:
    return load_words(knowledge.seeds_dir())


@cache
def fact_reader() -> FactReader:
    return FactReader(words(), knowledge.load())


@cache
def _toll_reader() -> TollReader:
    return TollReader(Vocabulary.of(words().table("facts")), knowledge.load())


def split(doc: Doc) -> list[tuple[int, int]]:
    """Sentences at full stops and line ends: enough for lines written for a test."""
    ends = [token.i + 1 for token in doc if token.text in (".", "!", "?") or "\n" in token.text] + [len(doc)]
    return [(start, end) for start, end in zip([0, *ends], ends, strict=False) if end - start > 1]


def casualties(text: str) -> Casualties:
    """The toll that a text tells when all of its sentences are of the attack."""
    doc = pipeline()(text)
    reader, lower = _toll_reader(), tokens(doc)
    letters = reader.shaper.tag(lower)
    return sum_up([reader.read(lower, letters, start, end) for start, end in split(doc)])


def facts(
    text: str,
    published: datetime = PUBLISHED,
    tz: str = "Asia/Baghdad",
    countries: tuple[str, ...] = ("IQ",),
    told: int = 99,
) -> Facts:
    """The facts of a text whose first `told` sentences tell the attack."""
    title, _, summary = text.partition("\n")
    article = Article("a", "f", "", "", title, summary, "", text, "", "", "en", published, True, published)
    doc = pipeline()(text)
    return fact_reader().read(doc, split(doc)[:told], article, tz, countries)


def pair(count: Count | None) -> tuple[int, int | None] | None:
    """A count as plain numbers, for tables."""
    return None if count is None else (count.min, count.max)
