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


def test_it_cuts_as_spacy_does() -> None:
    plain, ours = spacy.blank("en"), Tokeniser(pipeline("en"))
    for text in [*TEXTS, *TEXTS, " ".join(TEXTS)]:
        told, expected = ours.read(text), plain(text)
        assert [(one.text, one.lower_, one.whitespace_) for one in told] == [
            (one.text, one.lower_, one.whitespace_) for one in expected
        ]


def test_its_vocabulary_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokeniser, "_MOST_WORDS", 2_000)
    ours = Tokeniser(pipeline("en"))
    sizes = [len(ours.read(f"word{n} hit base{n}").vocab) for n in range(3_000)]
    assert max(sizes) < 2_100
    assert sizes[-1] < max(sizes)
