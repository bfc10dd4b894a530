"""Whether the news of an article is something new about one earlier attack on a watched target, and of which kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc

from monitor.core.facts.shapes import Shaper, Vocabulary, tokens
from monitor.core.reading.cases import Case
from monitor.core.reading.clauses import Sentence
from monitor.core.reading.frames import Event
from monitor.core.reading.kinds import HARMFUL, tells
from monitor.core.reading.lexicon import Word
from monitor.core.reading.mentions import Reach
from monitor.core.records import Words

# Kinds of news of an attack that is known already, by the names of their shapes.
_HARM = ("toll", "wounds", "dies", "names")
KINDS = (*_HARM, "claims", "blame", "damage", "account", "corrected", "denied", "unharmed", "method")
_COUNTING = ("toll", "dies", "names")  # what is news below the title too; the rest is told there in any report
_EVIDENT = frozenset(("toll", "wounds", "damage"))  # what only an attack has, where no word of one is near
_DOUBTS = {"host": "a host's base", "town": "a base's town"}
_DENYING = frozenset(("denied", "unharmed"))  # who denies an attack may say what the noise was: an exercise, a crash
_AGAINST = ("turned", "planned", "elsewhere")  # words by which the news is another, or the attack another's
_LEAD = 2  # sentences after the title that may name the target
_PLACES = ("gaz", "gazweak", "base", "site")
_SURE = (Reach.NAMED, Reach.KNOWN, Reach.HOST)
_PARTY = frozenset(("country", "demonym"))
_MARKS = (("A", frozenset(("n.attack", "n.blast", "weapon"))), ("P", frozenset(("group", "country", "demonym"))))
_PLAIN, _MARKED = ".", "TAP"


class UpdateReader:
    """Reads updates with the words and shapes of one language (seeds' update.toml); finds nothing where it has none."""

    def __init__(self, words: Words) -> None:
        vocabulary = Vocabulary.of(words.table("update"))
        self._shaper = Shaper(vocabulary)
        self._patterns = {name: self._shaper.compile({name: shapes}) for name, shapes in vocabulary.shapes.items()}

    def read(self, doc: Doc, sentences: Sequence[Sentence], events: Sequence[Event]) -> list[Case]:
        """The parts of evidence for an update, or for what only looks like one; none without a target and an attack."""
        titles = [sentence for sentence in sentences if sentence.title]
        leads = [sentence for sentence in sentences if not sentence.title and not sentence.listed][:_LEAD]
        aim = _aim(titles, leads) if self._patterns else ""
        if not aim:
            return []
        hostile = any(tells(sentence.words, HARMFUL) for sentence in (*titles, *leads))
        letters = self._shaper.tag(tokens(doc))
        for sentence in (*titles, *leads):
            letters = _marked(letters, sentence)
        found = [case for kind in KINDS for case in self._shaped(kind, letters, titles, "update in title")]
        kinds = {case.name.rpartition(" ")[2] for case in found}
        if found:
            found.insert(0, Case("update in title *", found[0].words))
        later = [case for kind in _COUNTING for case in self._shaped(kind, letters, leads[:1], "update in lead")]
        found += [Case("update in lead", case.words) for case in later[:1]]
        found += self._shaped("corrected", letters, leads, "update in lead")
        if not found or (aim == "staff" and kinds.isdisjoint(_HARM)) or not (hostile or kinds & _EVIDENT):
            return []
        against = [case for name in _AGAINST for case in self._shaped(name, letters, titles, "update")]
        where = titles if _DENYING & kinds else [*titles, *leads]
        against += self._shaped("accident", letters, where, "update")
        if against or aim == "unsure":
            return against or [Case("update: unsure", found[0].words)]
        if aim in _DOUBTS:
            found.append(Case(f"update: {_DOUBTS[aim]}", found[0].words))
        near = {id(sentence) for sentence in (*titles, *leads[:1])}
        if not any(_on_target(event) and id(sentences[event.sentence]) in near for event in events):
            found.append(Case("update: no deed on a target", found[0].words))
        return [*found, *self._shaped("known", letters, [*titles, *leads[:1]], "update")]

    def _shaped(self, name: str, letters: str, sentences: Sequence[Sentence], under: str) -> Iterator[Case]:
        """The first phrase of a shape in the sentences, as one part."""
        for sentence in sentences:
            match = self._patterns[name].search(letters, sentence.first, sentence.last)
            if match is not None:
                yield Case(f"{under}: {name}", _between(sentence.words, *match.span()))
                return


def _aim(titles: Sequence[Sentence], leads: Sequence[Sentence]) -> str:
    """How surely title and lead name a watched target and an attack: "sure", "unsure", or "" for not at all.

    "host" when it is only some base of a host country, and the watched force is not named; "staff" when a staff of
    the watched force tells of an attack abroad and names no place: the harmed that it counts are its own.
    """
    sentences = [*titles, *leads]
    mentions = [(mention, sentence) for sentence in sentences for mention in sentence.mentions]
    sure = [
        mention
        for mention, sentence in mentions
        if mention.reach in _SURE
        and mention.head != "town"
        and (mention.head != "people" or _harmed(sentence))
        and (mention.head != "asset" or mention.countries or mention.bases)
    ]
    if sure:
        mere = all(mention.reach is Reach.HOST for mention in sure) and not any(map(_ours, sentences))
        return "host" if mere else "sure"
    if any(mention.reach is Reach.FOREIGN for mention, _ in mentions):
        return ""
    loose = [sentence for mention, sentence in mentions if mention.reach is Reach.BARE or mention.head == "town"]
    if not loose:  # "Pentagon raises count of the wounded from July strike in Jordan": its own people are meant
        return "staff" if _staff_tells(titles, leads) else ""
    heads = {mention.head for mention, _ in mentions}
    if heads >= {"town", "troops"}:
        return "sure"  # "soldier hurt in Erbil drone strike"
    if any(_ours(sentence) for sentence in (*loose, *titles)):
        return "town" if heads == {"town"} else "sure"
    return "unsure"


def _staff_tells(titles: Sequence[Sentence], leads: Sequence[Sentence]) -> bool:
    """Whether a staff of the watched force tells of what was done by or in some country, to nobody else's people."""
    words = [word for sentence in titles for word in sentence.words]
    if any("ally" in word.senses for word in words):
        return False
    lands = [k for k, word in enumerate(words) if not _PARTY.isdisjoint(word.senses)]
    if any("country" not in words[k].senses and not tells(words[k + 1 : k + 3], HARMFUL) for k in lands):
        return False
    told = [*words, *(word for sentence in leads for word in sentence.words)] if lands else words
    return tells(words, HARMFUL) and any("force.commands" in word.senses for word in told)


def _harmed(sentence: Sentence) -> bool:
    """Whether a sentence tells of harm: a force's citizens are a target only then."""
    return any("n.harm" in word.senses or "v.kill" in word.senses for word in sentence.words)


def _ours(sentence: Sentence) -> bool:
    """Whether a sentence names the watched force, its country or a staff of it."""
    return any(sense.startswith("force") for word in sentence.words for sense in word.senses)


def _on_target(event: Event) -> bool:
    """Whether an event is done to a place or people that may be watched, and not by the watched force."""
    return event.target.reach in _SURE and not (event.agent == "us" and not event.target.reach.watched)


def _marked(letters: str, sentence: Sentence) -> str:
    """Letters with T for places that are targets, A for attacks and weapons, and P for other parties."""
    words = sentence.words
    taken = [
        (words[mention.start].first, words[mention.end - 1].last + 1)
        for mention in sentence.mentions
        if mention.head in _PLACES and mention.reach is not Reach.FOREIGN
    ]
    letters = Shaper.mark(letters, _apart(taken), "T")
    for mark, kinds in _MARKS:
        spans = [
            (word.first, word.last + 1)
            for word in words
            if not kinds.isdisjoint(word.senses) and "force" not in word.senses and _free(letters, word)
        ]
        letters = Shaper.mark(letters, _apart(spans), mark)
    return letters


def _apart(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order without those that share a token with the one before: "U.K.-French" is one token of two words."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def _free(letters: str, word: Word) -> bool:
    """Whether a word is unmarked and of no class itself; a name of several words is more than any word of it."""
    letter = letters[word.first]
    return letter == _PLAIN or (word.last > word.first and letter not in _MARKED)


def _between(words: Sequence[Word], first: int, last: int) -> tuple[Word, ...]:
    return tuple(word for word in words if first <= word.first < last)
