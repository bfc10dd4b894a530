"""The bag-of-words classifier: texts as words without names (a base is any base), read by a spaCy textcat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from monitor.core.records import Label

if TYPE_CHECKING:
    from spacy.pipeline import TextCategorizer

    from monitor.core.lexicon import Word
    from monitor.core.frames import Sentence

LABELS = tuple(Label)
# Senses of words that the frames read: names, targets, weapons, deeds, numbers, marks.
_SPOKEN_FOR = (
    "gaz", "force", "group", "demonym", "country", "region", "city", "num", "n.", "v.", "weapon", "base", "site", "troops",
    "corps", "people", "asset", "elsewhere", "link.", "determiner", "stop",
)  # fmt: skip
_CONFIG = {
    "model": {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        "ngram_size": 1,
        "no_output_layer": False,
        "length": 65536,
    }
}


def blank(language: str) -> tuple[Language, TextCategorizer]:
    """An untrained classifier with its tokeniser, the same in training and in use."""
    nlp = spacy.blank(language)
    return nlp, nlp.add_pipe("textcat", config=_CONFIG)  # type: ignore[return-value]


def bag(sentences: Sequence[Sentence]) -> list[str]:
    """The words of the title beside those of an attack and its target, and of the first sentence after it, marked.

    What tells an attack is read by the frames; the bag learns what else a title speaks of (courts, markets, memories).
    """
    words: list[str] = []
    for sentence in sentences:
        if sentence.title:
            words += _read(sentence.words)
    lead = next((sentence for sentence in sentences if not sentence.title), None)
    return [*words, "_|", *(f"~{word}" for word in (_read(lead.words) if lead else ()))]


def _read(words: Sequence[Word]) -> Iterator[str]:
    for word in words:
        if not any(sense.startswith(_SPOKEN_FOR) for sense in word.senses):
            yield word.norm.replace(" ", "_")


def doc(nlp: Language, words: Sequence[str]) -> Doc:
    """A bag as the document that the classifier takes."""
    return Doc(nlp.vocab, words=list(words))
