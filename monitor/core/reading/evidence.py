"""What speaks for and against an attack in an article, as named parts: its case, and the words that colour it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.core.facts.when import TimeKind, TimeMention, TimeRole
from monitor.core.reading.cases import Case, case
from monitor.core.reading.clauses import Sentence
from monitor.core.reading.frames import Event
from monitor.core.reading.lexicon import Word

# Kinds of words that colour a case; few, so that each is learned from many examples and holds beyond them.
_TITLE = (
    "history",
    "topic",
    "reaction",
    "threat",
    "modal",
    "mishap",
    "update",
    "live",
    "person",
    "deny",
    "elsewhere",
    "ally",
    "foil",
    "spying",
)
_LEAD = ("history", "threat", "mishap", "update", "spying")


def parts(sentences: Sequence[Sentence], events: Sequence[Event], times: Sequence[TimeMention]) -> list[Case]:
    """Every named part of the evidence, the case first; `times` are the expressions of time in the text."""
    found: dict[str, Case] = {}
    chosen = case(sentences, events, _dated_back(sentences, times))
    pieces = chosen.name.split(", ")
    colours = _colours(sentences, chosen) if _coloured(chosen.name) else ()
    further = (Case(name, chosen.words[:1]) for name in (*(f"{piece} *" for piece in pieces), *chosen.details))
    for part in (chosen, *further, *colours):
        found.setdefault(part.name, part)
    return list(found.values())


def _tells(time: TimeMention) -> bool:
    """Whether a time is that of what is told; a weekday is in news the last such day."""
    return time.role is TimeRole.TOLD and time.kind is not TimeKind.DAY


def _coloured(name: str) -> bool:
    """Whether an attack on what may be watched is told at all: without one, words about attacks colour nothing."""
    told = name.startswith("title:") or any(mood in name for mood in ("exchange", "fighting", "strikes"))
    return (
        told
        and not name.startswith("no deed")
        and not any(weak in name for weak in (" bare", " host", ": not ", " self", " loose"))
    )


def _dated_back(sentences: Sequence[Sentence], times: Sequence[TimeMention]) -> frozenset[int]:
    """Sentences that date what they tell more than 72 hours back, and give it no fresher time."""
    found = []
    for n, sentence in enumerate(sentences):
        inside = [time for time in times if sentence.first <= time.start_token < sentence.last and _tells(time)]
        if inside and all(time.old for time in inside):
            found.append(n)
    return frozenset(found)


def _colours(sentences: Sequence[Sentence], chosen: Case) -> Iterator[Case]:
    """Words of title and lead that speak for or against; those of another clause aside."""
    lead = next((n for n, sentence in enumerate(sentences) if not sentence.title), None)
    for n, sentence in enumerate(sentences):
        where, kinds = ("title", _TITLE) if sentence.title else ("lead", _LEAD)
        if not sentence.title and n != lead:
            continue
        if sentence.title and sentence.question:
            yield Case("title asks", (sentence.words[-1],))
        here = _clause_of(sentence, chosen)
        inside = {kind for word in sentence.words for kind in word.senses}
        for kind in kinds:
            if kind not in inside:
                continue
            told = next((word for word in here if kind in word.senses), None)
            if told is not None:
                yield Case(f"{where} word: {kind}", (told,))
                continue
            told = next((word for word in sentence.words if kind in word.senses), None)
            if told is not None:
                yield Case(f"{where} aside: {kind}", (told,))


def _clause_of(sentence: Sentence, chosen: Case) -> Sequence[Word]:
    """The words of the clause in which the case stands; of the whole sentence where it stands in another."""
    at = chosen.words[0].first if chosen.words else -1
    if not sentence.first <= at < sentence.last:
        return sentence.words
    for part in sentence.clauses:
        inside = sentence.words[part.start : part.end]
        if any(word.first == at for word in inside):
            return inside
    return sentence.words
