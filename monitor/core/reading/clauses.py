"""Sentences and clauses: where one thing told ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.reading.lexicon import Lexicon, Word
from monitor.core.reading.mentions import Mention

_SENTENCE_ENDS = frozenset(("end", "ask", "line"))
_OPENERS = [(f"clause.{kind}", kind) for kind in ("about", "after", "if", "as")]
_OPENING = frozenset(name for name, _ in _OPENERS)
_CLAUSE_STOPS = frozenset(("end", "ask", "line", "bar", "semi", "colon", "dash"))


@dataclass(slots=True)
class Clause:
    """Words start..end (end excluded) of a sentence; `kind` is main, about, after, as or if."""

    start: int
    end: int
    kind: str


@dataclass(slots=True)
class Sentence:
    """A sentence: its words, the tokens it covers (end excluded), and whether it is (part of) the title."""

    words: list[Word]
    first: int
    last: int
    title: bool
    mentions: list[Mention]
    clauses: list[Clause]
    question: bool = False
    listed: bool = False  # one point of a list


def split(words: Sequence[Word], lexicon: Lexicon, title_end: int) -> list[Sentence]:
    """Sentences of a text: they end at stops that are none of an abbreviation, at line ends and bullets."""
    sentences: list[Sentence] = []
    start, point = 0, False
    for k, word in enumerate(words):
        stop = word.senses.get("stop", "") if word.senses else ""
        over = stop in _SENTENCE_ENDS and not (word.norm == "." and k and words[k - 1].norm in lexicon.abbreviations)
        if (
            word.norm == "us"
            and word.text.endswith(".")
            and k + 1 < len(words)
            and words[k + 1].text in lexicon.starters
        ):
            over = True
        if over or k == len(words) - 1:
            part = list(words[start : k + 1])
            if any("stop" not in w.senses for w in part):
                title, question = part[0].begin < title_end, stop == "ask"
                first, last = part[0].first, part[-1].last + 1
                sentences.append(Sentence(part, first, last, title, [], clauses(part), question, point))
            start, point = k + 1, word.norm == "•"
    return sentences


def clauses(words: Sequence[Word]) -> list[Clause]:
    """The clauses of a sentence. One that opens it ("After the attack, ...") or follows a comma ends at a comma."""
    found: list[Clause] = []
    start, kind = 0, "main"
    for k, word in enumerate(words):
        senses = word.senses
        if not senses:
            continue
        opens = "" if _OPENING.isdisjoint(senses) else next(opener for name, opener in _OPENERS if name in senses)
        stop = senses.get("stop", "")
        if not opens and not stop:
            continue
        before = words[start - 1].senses.get("stop", "") if start else ""
        fronted = (
            stop == "comma"
            and kind != "main"
            and (before == "comma" or sum(part.end - part.start for part in found) <= 2)
        )
        if opens or stop in _CLAUSE_STOPS or fronted:
            if k > start:
                found.append(Clause(start, k, kind))
            start, kind = (k, opens) if opens else (k + 1, "main")
    if start < len(words):
        found.append(Clause(start, len(words), kind))
    return found


def has(word: Word, *kinds: str) -> bool:
    """Whether a word has one of these senses."""
    return not word.senses.keys().isdisjoint(kinds)
