"""Article -> Finding: label, score, and the words that made it so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from monitor.core.facts.reader import FactReader
from monitor.core.reading.cases import Case
from monitor.core.reading.clauses import Sentence
from monitor.core.reading.evidence import parts
from monitor.core.reading.frames import Event, Reader
from monitor.core.reading.gate import Gate
from monitor.core.reading.lexicon import Lexicon
from monitor.core.reading.targets import Targets
from monitor.core.reading.telling import Teller
from monitor.core.reading.tokeniser import Tokeniser
from monitor.core.reading.updates import UpdateReader
from monitor.core.reading.watching import noticed, refusal, wanted
from monitor.core.reading.weights import Verdict, Weights, unpack
from monitor.core.reading.wordbag import Bags, bag, blank
from monitor.core.records import Article, Because, Facts, Finding, Knowledge, Label, Watch, Words

_RULES = "1"  # raised when a rule changes what is found in the same text
_READ = 4_000  # characters of a text that are read; news tells what happened at its beginning
_BATCH = 256


@dataclass(slots=True)
class _Reading:
    """What was read in one article that passed the gate."""

    article: Article
    tokens: Doc
    sentences: list[Sentence]
    events: list[Event]
    parts: list[Case]
    bag: list[str]


@dataclass(frozen=True, slots=True)
class Read:
    """An article as training sees it: the names of its parts, its bag of words, and the ids of the bases it names."""

    names: tuple[str, ...]
    bag: tuple[str, ...]
    bases: tuple[str, ...]


class Classifier:
    """Judges articles with what is known (`knowledge`), the words of a language, what a site watches, and a model.

    Without a model it only reads, for training.
    """

    def __init__(self, knowledge: Knowledge, words: Words, watch: Watch, model: bytes | None) -> None:
        self._watch = watch
        self._known = knowledge
        self._gate = Gate(words, knowledge, watch)
        targets = Targets(knowledge, watch)
        self._lexicon = Lexicon(words, knowledge, watch)
        self._reader = Reader(self._lexicon, targets)
        self._facts = FactReader(words, knowledge)
        self._updates = UpdateReader(words)
        nlp, textcat = blank(words.language)
        self._tokeniser = Tokeniser(nlp)
        self._weights: Weights | None = None
        if model is not None:
            self._weights, trained = unpack(model)
            self._bags = Bags(textcat.from_bytes(trained, exclude=["vocab"]))
        self._teller = Teller(knowledge, watch, targets, self._facts)
        self.version = _version(knowledge, words, model)

    def judge(self, article: Article) -> Finding:
        """The verdict on one article."""
        return self.judge_many([article])[0]

    def judge_many(self, articles: Iterable[Article]) -> list[Finding]:
        """Verdicts in the order of `articles`."""
        found: list[Finding] = []
        waiting = list(articles)
        for start in range(0, len(waiting), _BATCH):
            found += self._judge_batch(waiting[start : start + _BATCH])
        return found

    def read(self, article: Article) -> Read | None:
        """What training learns from an article; None when the gate stays shut."""
        if not self._passes(article):
            return None
        reading = self._read(article)
        named = {base for sentence in reading.sentences for mention in sentence.mentions for base in mention.bases}
        return Read(tuple(part.name for part in reading.parts), tuple(reading.bag), tuple(sorted(named)))

    def _judge_batch(self, articles: Sequence[Article]) -> list[Finding]:
        if self._weights is None:
            raise ValueError("a classifier without a model only reads, for training")
        found = [Finding(article.id, Label.OTHER, 0.0) for article in articles]
        places = [place for place, article in enumerate(articles) if self._passes(article)]
        readings = [self._read(articles[place]) for place in places]
        shares = self._bags.shares([reading.bag for reading in readings])
        for place, reading, row in zip(places, readings, shares, strict=True):  # two versions of a page share an id
            found[place] = self._finding(self._weights, reading, row)
        return found

    def _passes(self, article: Article) -> bool:
        text = article.text[:_READ]
        return self._gate.open(text) or any(keyword.pattern.search(text) for keyword in self._watch.add)

    def _read(self, article: Article) -> _Reading:
        text = article.text[:_READ]
        tokens = self._tokeniser.read(text)
        sentences = self._reader.sentences(tokens, len(article.title), article.published, self._marked(text))
        events = [event for n, sentence in enumerate(sentences) for event in self._reader.events(sentence, n)]
        times = self._facts.times.find(tokens, article.published, "") if events else []  # they only date events
        found = [*parts(sentences, events, times), *self._updates.read(tokens, sentences, events)]
        words = bag(sentences, events, (part.name for part in found))
        return _Reading(article, tokens, sentences, events, found, words)

    def _marked(self, text: str) -> list[tuple[int, int]]:
        return [found.span() for keyword in self._watch.add for found in keyword.pattern.finditer(text)]

    def _finding(self, weights: Weights, reading: _Reading, shares: Sequence[float]) -> Finding:
        article = reading.article
        verdict = weights.judge((part.name for part in reading.parts), shares)
        set_so = noticed(self._watch, self._known, article, reading.sentences, reading.events, verdict.label.flagged)
        because = (*set_so, *self._because(weights, reading, verdict))
        if verdict.label is Label.OTHER and verdict.score < 0.02:
            return Finding(article.id, Label.OTHER, verdict.score, because=because)
        told = self._teller.tell(article, reading.tokens, reading.sentences, reading.events, verdict.label)
        reason = refusal(self._watch, article, verdict.label, told.attacks)
        silenced = reason is not None or any(one.weight < 0 for one in set_so)
        label, score = (Label.OTHER, 0.0) if silenced else (verdict.label, verdict.score)
        return Finding(
            article.id,
            label,
            score,
            attacks=wanted(self._watch, told.attacks) if label.flagged else (),
            facts=told.facts if label.flagged else Facts(),
            countries=told.countries,
            older=told.older,
            because=(*([reason] if reason else ()), *because),
        )

    @staticmethod
    def _because(weights: Weights, reading: _Reading, verdict: Verdict) -> tuple[Because, ...]:
        """The parts that moved the score, the strongest first; parts of one sign and place stay apart."""
        reasons: list[Because] = []
        for part in reading.parts:
            row = weights.parts.get(part.name)
            weight = weights.pull(row, verdict) if row else 0.0
            if abs(weight) >= 0.05:
                begin = min((word.begin for word in part.words), default=0)
                end = max((word.stop for word in part.words), default=0)
                reasons.append(Because(part.name, reading.article.text[begin:end], begin, end, round(weight, 3)))
        reasons.append(Because("words as in the examples", "", 0, 0, round(verdict.bag, 3)))
        return tuple(sorted(reasons, key=lambda reason: -abs(reason.weight)))


def _version(knowledge: Knowledge, words: Words, model: bytes | None) -> str:
    """A short name of all that verdicts follow from, but for the site's own settings."""
    known = f"{_RULES}\x1f{knowledge!r}\x1f{words!r}".encode()
    return hashlib.sha256(known + (model or b"")).hexdigest()[:12]
