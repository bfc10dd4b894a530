"""Words and names in a text: which are found, as what, and which are left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest
import spacy
from spacy.language import Language

from monitor import knowledge
from monitor.core.reading.clauses import clauses, split
from monitor.core.reading.lexicon import Lexicon, Word
from monitor.core.reading.mentions import Mention, Reach
from monitor.core.reading.targets import Targets
from monitor.core.records import Watch
from monitor.words import load_words

AUTUMN_2023 = datetime(2023, 11, 15, tzinfo=UTC)


@cache
def pipeline() -> Language:
    return spacy.blank("en")


@cache
def lexicon() -> Lexicon:
    return Lexicon(load_words(knowledge.seeds_dir()), knowledge.load(), Watch())


def read(text: str) -> list[Word]:
    return lexicon().read(pipeline().make_doc(text))


def senses(text: str, word: str) -> set[str]:
    return next(set(one.senses) for one in read(text) if one.text == word)


def mentions(text: str, at: datetime = AUTUMN_2023) -> list[Mention]:
    return Targets(knowledge.load(), Watch()).find(read(text), at, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "Rockets hit Ain al-Asad",
        "Rockets hit Ayn Al Asad",
        "Rockets hit Ein el-Assad air base",
        "Rockets hit 'Ain al\u2011Asad'",
        "ROCKETS HIT AIN AL-ASAD",
        "صواريخ على عين الأسد",
    ],
)
def test_a_base_is_known_in_every_spelling(text: str) -> None:
    assert any("ain-al-asad-air-base" in word.senses.get("gaz", "") for word in read(text))


@pytest.mark.parametrize(
    ("text", "word", "sense", "is_one"),
    [
        ("US troops attacked", "US troops", "force", True),
        ("they told us to leave", "us", "force", False),
        ("U.S.-led forces hit", "U.S.-led forces", "force", True),
        ("Catholic voter base shrinks", "voter base", "base", False),
        ("Rockets hit base", "base", "base", True),
        ("heart attack kills driver", "heart attack", "n.attack", False),
        ("drone attack kills driver", "drone attack", "n.attack", True),
        ("Pentagon says it knows", "Pentagon", "force", False),
        ("The base in Hit was hit", "hit", "v.hit", True),
    ],
)
def test_words_have_their_senses_and_no_others(text: str, word: str, sense: str, is_one: bool) -> None:
    assert (sense in senses(text, word)) is is_one


def test_offsets_are_those_of_the_text() -> None:
    text = "U.S.-led coalition's base near Ain al-Asad, Iraq"
    for word in read(text):
        assert text[word.begin : word.stop] == word.text


@pytest.mark.parametrize(
    ("text", "reach", "base", "countries"),
    [
        ("rockets hit base in Iraq hosting US troops", Reach.NAMED, "", ("IQ",)),
        ("rockets hit Iraqi airfield where American soldiers are stationed", Reach.NAMED, "", ("IQ",)),
        ("rockets hit Ain al-Asad", Reach.KNOWN, "ain-al-asad-air-base", ("IQ",)),
        ("missiles hit US Fifth Fleet headquarters", Reach.NAMED, "nsa-bahrain", ("BH",)),
        ("rockets hit US base in Erbil", Reach.NAMED, "erbil-air-base", ("IQ",)),
        ("rockets hit Kuwaiti air base", Reach.HOST, "", ("KW",)),
        ("rockets hit base", Reach.BARE, "", ()),
        ("rockets hit Ukrainian base", Reach.FOREIGN, "", ("UA",)),
    ],
)
def test_targets_and_why_they_are_watched(text: str, reach: Reach, base: str, countries: tuple[str, ...]) -> None:
    found = [mention for mention in mentions(text) if mention.head != "weapon"]
    assert [(found[0].reach, found[0].bases[:1], found[0].countries)] == [(reach, (base,) if base else (), countries)]


@pytest.mark.parametrize(
    "text",
    [
        "Missile hits US embassy in Baghdad",
        "Missile hits US Navy destroyer",
        "US military strike kills four",
        "Washington seeks US base access",
        "US military says it is ready",
        "Drones hit Green Zone",
    ],
)
def test_what_is_no_target(text: str) -> None:
    assert not [mention for mention in mentions(text) if mention.reach.watched]


def test_a_base_is_watched_only_while_the_force_stood_there() -> None:
    assert mentions("rockets hit Bagram air base", datetime(2019, 5, 1, tzinfo=UTC))[0].reach is Reach.KNOWN
    assert mentions("rockets hit Bagram air base", AUTUMN_2023)[0].reach is Reach.FOREIGN


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Lt. Gen. Hill spoke. Rockets hit No. 2 gate.", 2),
        ("The U.S. base was hit. No one was hurt.", 2),
        ("It was built by the U.S. The base was hit.", 2),
        ("Rockets hit base\nTwo landed inside", 2),
        ("• Rockets hit base • Talks go on", 2),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(split(read(text), lexicon(), 0)) == count


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("US bombs militia after base attack", ["main", "after"]),
        ("After base attack, US bombs militia", ["after", "main"]),
        ("Rockets hit base as talks begin", ["main", "as"]),
        ("Iran will hit bases if attacked", ["main", "if"]),
        ("Iran: US base hit", ["main", "main"]),
    ],
)
def test_clauses(text: str, kinds: list[str]) -> None:
    assert [clause.kind for clause in clauses(read(text))] == kinds
