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
# Names say where and who, not what: they are read as what they are, so that what was learned of one war holds in the next.
_KINDS = (
    ("gaz", "_base"), ("gazweak", "_base"), ("force.troops", "_force_troops"), ("force.bases", "_force_base"),
    ("force.commands", "_staff"), ("force", "_force"), ("group", "_group"), ("ally", "_ally"), ("demonym", "_land"),
    ("country", "_land"), ("region", "_region"), ("city", "_city"), ("num", "_num"),
)  # fmt: skip
_CONFIG = {
    "model": {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        "ngram_size": 2,
        "no_output_layer": False,
        "length": 65536,
    }
}
_SENTENCES = 4  # of the body, after the title


def blank(language: str) -> tuple[Language, TextCategorizer]:
    """An untrained classifier with its tokeniser, the same in training and in use."""
    nlp = spacy.blank(language)
    return nlp, nlp.add_pipe("textcat", config=_CONFIG)  # type: ignore[return-value]


def bag(sentences: Sequence[Sentence]) -> list[str]:
    """The words of a text as the classifier reads them; those of the title and of the body are kept apart."""
    words: list[str] = []
    for part in (sentence for sentence in sentences if sentence.title):
        words += _read(part.words)
    words.append("_|")
    for part in [sentence for sentence in sentences if not sentence.title][:_SENTENCES]:
        words += [f"~{word}" for word in _read(part.words)]
    return words


def _read(words: Sequence[Word]) -> Iterator[str]:
    for word in words:
        kind = next((name for kind, name in _KINDS if kind in word.senses), "")
        if kind:
            yield kind
        elif "stop" not in word.senses or word.norm in (":", "?", "|"):
            yield word.norm.replace(" ", "_")


def doc(nlp: Language, words: Sequence[str]) -> Doc:
    """A bag as the document that the classifier takes."""
    return Doc(nlp.vocab, words=list(words))
