"""The events told in an article: what was done to which target, and how it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from spacy.tokens import Doc

from monitor.core.reading.around import announced, before, behind, loose
from monitor.core.reading.clauses import Sentence, split
from monitor.core.reading.deeds import Deed
from monitor.core.reading.lexicon import Lexicon, Word
from monitor.core.reading.mentions import Mention, Reach
from monitor.core.reading.moods import Told, told
from monitor.core.reading.targets import Targets

_LANDS = frozenset(("country", "demonym", "city"))  # kinds of words that name a country or lie in one


@dataclass(slots=True)
class Event:
    """One deed done to one target: `trigger` is the word it stands on, `clause` the clause's opening."""

    deed: Deed
    told: Told
    target: Mention
    trigger: Word
    sentence: int
    agent: str = ""  # "us" when a watched force or its ally does it, "enemy", or "" unknown


class Reader:
    """Reads events out of tokenised texts with one lexicon and one gazetteer."""

    def __init__(self, lexicon: Lexicon, targets: Targets) -> None:
        self.lexicon = lexicon
        self.targets = targets

    def sentences(
        self, doc: Doc, title_end: int, at: datetime, marked: Sequence[tuple[int, int]] = ()
    ) -> list[Sentence]:
        """The sentences of a text with the targets they name; `title_end` is the character after the title.

        `marked` are spans of characters that name a watched place because a site says so.
        """
        words = self.lexicon.read(doc)
        for begin, stop in marked:
            for word in words:
                if begin < word.stop and word.begin < stop:
                    word.senses = {"force": self.targets.force, "force.bases": self.targets.force}
        named = frozenset(
            code
            for word in words
            if not _LANDS.isdisjoint(word.senses)
            for kind in _LANDS
            for code in word.senses.get(kind, "").split()
        )
        parts = split(words, self.lexicon, title_end)
        for part in parts:
            part.mentions = self.targets.find(part.words, at, named)
        return parts

    def events(self, sentence: Sentence, number: int) -> list[Event]:
        """What is done to the targets of one sentence."""
        found: list[Event] = []
        parts = sentence.clauses
        for mention in sentence.mentions:
            clause = next(part for part in parts if part.start <= mention.start < part.end or part is parts[-1])
            opening = sentence.words[max(0, mention.start - 1) : mention.start + 1]
            if any("guests" in word.senses or word.norm == "where" for word in opening):
                continue  # "countries that host US bases": the host is meant
            steps = [*before(sentence.words, mention, clause), *behind(sentence.words, mention, clause)]
            for deed, k, agent in (
                steps or announced(sentence, mention, clause, parts) or loose(sentence, mention, clause, parts)
            ):
                where = next(part for part in parts if part.start <= k < part.end)
                how = told(sentence.words, parts, where, deed, k, mention)
                found.append(Event(deed, how, mention, sentence.words[k], number, agent))
        if any(
            event.target.reach is Reach.FOREIGN for event in found
        ):  # "camp of exiles near Erbil hit": where it lies
            return [event for event in found if event.target.head != "town"]
        return found
