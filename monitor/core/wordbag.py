"""The bag-of-words classifier: texts as words without names (a base is any base), read by a spaCy textcat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import spacy
from spacy.attrs import LOWER  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.tokens import Doc

from monitor.core.records import Label

if TYPE_CHECKING:
    from spacy.pipeline import TextCategorizer

    from monitor.core.clauses import Sentence
    from monitor.core.frames import Event
    from monitor.core.lexicon import Word

LABELS = tuple(Label)
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
    # Of a word new to the vocabulary nothing but its lower case is asked; making the rest takes most of the time.
    getters = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined]
    nlp.vocab.lex_attr_getters = {LOWER: getters[LOWER]}  # type: ignore[attr-defined]
    return nlp, nlp.add_pipe("textcat", config=_CONFIG)  # type: ignore[return-value]


def bag(sentences: Sequence[Sentence], events: Sequence[Event], parts: Iterable[str]) -> list[str]:
    """A text as the classifier reads it: its words, title and body apart, then what the frames made of them.

    What the frames made: the named parts, each event as a few words of how it is told, and the kinds of words of the
    title in their order and of the first sentence after it.
    """
    titles = [n for n, sentence in enumerate(sentences) if sentence.title]
    bodies = [n for n, sentence in enumerate(sentences) if not sentence.title]
    words = [word for n in titles for word in _read(sentences[n].words)]
    words.append("_|")
    words += [f"~{word}" for n in bodies[:4] for word in _read(sentences[n].words)]
    words += [f"p:{part.replace(' ', '_')}" for part in parts]
    for event in events:
        place = "t" if event.sentence in titles else "l" if event.sentence in bodies[:1] else "b"
        words += _told(place, event)
    words += [f"q:{kind}" for n in titles for kind in _kinds(sentences[n].words)]
    words += sorted({f"s:t:{kind}" for n in titles for word in sentences[n].words for kind in word.senses})
    words += sorted({f"s:l:{kind}" for n in bodies[:1] for word in sentences[n].words for kind in word.senses})
    return words


def _told(place: str, event: Event) -> list[str]:
    reach, head, told = event.target.reach.value, event.target.head, event.told.value
    return [
        f"e:{place}:{told}",
        f"e:{place}:{reach}:{told}",
        f"e:{place}:{reach}:{head}:{told}:{event.agent}",
        f"e:{place}:{event.deed.value}:{told}:{event.agent}",
        f"e:{place}:{event.deed.value}:{reach}:{told}",
    ]


def _kinds(words: Sequence[Word]) -> Iterator[str]:
    """The first kind, by its name, of each word that has one and is no stop."""
    for word in words:
        kinds = sorted(word.senses)
        if kinds and not kinds[0].startswith("stop"):
            yield kinds[0]


_NAMES = (
    ("gaz", "_base"), ("gazweak", "_base"), ("force.troops", "_force_troops"), ("force.bases", "_force_base"),
    ("force.commands", "_staff"), ("force", "_force"), ("group", "_group"), ("ally", "_ally"), ("demonym", "_land"),
    ("country", "_land"), ("region", "_region"), ("city", "_city"), ("num", "_num"),
)  # fmt: skip


def _read(words: Sequence[Word]) -> Iterator[str]:
    for word in words:
        kind = next((name for kind, name in _NAMES if kind in word.senses), "")
        if kind:
            yield kind
        elif "stop" not in word.senses or word.norm in (":", "?", "|"):
            yield word.norm.replace(" ", "_")


def doc(nlp: Language, words: Sequence[str]) -> Doc:
    """A bag as the document that the classifier takes."""
    return Doc(nlp.vocab, words=list(words))
