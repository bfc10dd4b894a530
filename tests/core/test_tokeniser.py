"""The tokeniser: it cuts as spaCy does, whatever it was shown before, and its vocabulary stays bounded."""

from __future__ import annotations

import pytest
import spacy

from monitor.core.reading import tokeniser
from monitor.core.reading.tokeniser import Tokeniser, pipeline

TEXTS = [
    "U.S.-led coalition: rockets hit Ain al-Asad base, says Lt. Gen. Smith",
    "Don't panic :) (don't) \"we'll see\", 'twas at 5p.m. -- or 10 a.m.?",
    "Rockets  hit\tbase ;\n\nthree hurt , officials say .",
    "https://example.org/a-b?c=d and a@b.example...-led U.S.'s (U.S.) 40mm 1,200kg",
    "قاعدة عين الأسد، تعرّضت",
    "",
    " ",
    " base",
]


WORDS_BEHIND = [("hit", 1), ("(", 5), ("again", 6), (")", 11)]


def test_it_cuts_as_spacy_does() -> None:
    plain, ours = spacy.blank("en"), Tokeniser(pipeline("en"))
    for text in [*TEXTS, *TEXTS, " ".join(TEXTS)]:
        told, expected = ours.read(text), plain(text)
        assert [(one.text, one.lower_, one.whitespace_) for one in told] == [
            (one.text, one.lower_, one.whitespace_) for one in expected
        ]


@pytest.mark.parametrize("unit", ["(", "._", "'s.", "\N{OK HAND SIGN}", "\u2019,", ":(", "-"])
def test_signs_without_end_are_read_no_further_and_what_follows_is(unit: str) -> None:
    """Each would take seconds: what is written around them keeps its place, and is read."""
    text = f"base {unit * 1_000} hit (again)"
    read = Tokeniser(pipeline("en")).read(text)
    assert len(read.text) == len(text)
    shown = [(one.text, one.idx) for one in read if not one.is_space]
    assert shown[0] == ("base", 0)
    assert shown[-4:] == [(word, text.index(" hit (again)") + at) for word, at in WORDS_BEHIND]
    assert len(shown) < 60


def test_a_long_address_is_read_whole() -> None:
    address = "https://www.news.example/world/2026/05/04/rockets-hit-a-base-in-the-west-of-iraq?ref=front"
    assert address in [one.text for one in Tokeniser(pipeline("en")).read(f"see {address} for more")]


def test_its_vocabulary_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokeniser, "_MOST_WORDS", 2_000)
    ours = Tokeniser(pipeline("en"))
    sizes = [len(ours.read(f"word{n} hit base{n}").vocab) for n in range(3_000)]
    assert max(sizes) < 2_100
    assert sizes[-1] < max(sizes)
