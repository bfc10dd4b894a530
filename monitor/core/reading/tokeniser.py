"""Text -> document, by spaCy's tokeniser, which keeps what it has cut and is renewed before that grows too large."""

from __future__ import annotations

import re
from typing import Any

import spacy
from spacy.attrs import LOWER  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.tokens import Doc

# Words that a vocabulary holds before a new one takes its place. A memory zone would forget them after every
# batch: then all words are made anew (ten times the cost of finding one), and its table grows with each of them.
_MOST_WORDS = 30_000

# Signs (neither letter nor digit) of one chunk that are read; a long address has twenty. spaCy takes a chunk apart
# from its ends, and looks at all that is left at each step: 4,000 signs in a row, which no one writes, take it 6 s.
_MOST_SIGNS = 24
_LONG = re.compile(rf"\S{{{_MOST_SIGNS + 1},}}")


def pipeline(language: str) -> Language:
    """spaCy's blank pipeline with a vocabulary of its own."""
    nlp = spacy.blank(language)
    # Of a word new to the vocabulary nothing but its lower case is asked; making the rest takes most of the time.
    getters = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined]
    nlp.vocab.lex_attr_getters = {LOWER: getters[LOWER]}  # type: ignore[attr-defined]
    return nlp


class Tokeniser:
    """The tokeniser of a pipeline, and of a fresh one when its vocabulary knows too many words."""

    def __init__(self, nlp: Language) -> None:
        self._language: str = nlp.meta["lang"]
        self._start(nlp)

    def read(self, text: str) -> Doc:
        """The tokens of a text.

        spaCy cuts a text at blanks and remembers how each chunk is cut, but none of those after one that is an
        exception of its rules ("U.S.", "don't"): most of them. So each new chunk is shown to it alone first, which
        makes cutting three times as fast, and changes no token. Behind too many signs a chunk counts as blank.
        """
        if len(self._cut.vocab) > _MOST_WORDS:
            self._start(pipeline(self._language))
        new = set(text.split()) - self._shown
        if any(len(chunk) > _MOST_SIGNS for chunk in new):
            text = _LONG.sub(_ended, text)
            new = set(text.split()) - self._shown
        for chunk in new:
            self._cut(chunk)
        self._shown |= new
        tokens: Doc = self._cut(text)
        return tokens

    def _start(self, nlp: Language) -> None:
        tokenizer: Any = nlp.tokenizer
        tokenizer.max_cache_size = _MOST_WORDS
        self._cut = tokenizer
        self._shown: set[str] = set()


def _ended(found: re.Match[str]) -> str:
    """A chunk as long as before, with blanks from the sign on that is one too many."""
    chunk = found.group()
    signs = [at for at, character in enumerate(chunk) if not character.isalnum()]
    return chunk[: signs[_MOST_SIGNS]].ljust(len(chunk)) if len(signs) > _MOST_SIGNS else chunk
