"""The bag-of-words classifier: texts as words without names (a base is any base), read by a spaCy textcat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.strings import get_string_id
from spacy.tokens import Doc

from monitor.core.reading.tokeniser import pipeline
from monitor.core.records import Label

if TYPE_CHECKING:
    from spacy.pipeline import TextCategorizer

    from monitor.core.reading.clauses import Sentence
    from monitor.core.reading.frames import Event
    from monitor.core.reading.lexicon import Word

LABELS = tuple(Label)
_NEAR = 4  # kinds of words up to so far apart are seen as a pair
_MOST_IDS = 20_000  # words of bags whose numbers are kept
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
    nlp = pipeline(language)
    return nlp, nlp.add_pipe("textcat", config=_CONFIG)  # type: ignore[return-value]


def bag(sentences: Sequence[Sentence], events: Sequence[Event], parts: Iterable[str]) -> list[str]:
    """A text as the classifier reads it: its words, title and body apart, then what the frames made of them.

    What the frames made: the named parts, each event as a few words of how it is told, and the kinds of words of the
    title and of the first sentence after it. Of the title also which words follow each other, and which kinds follow
    each other or stand near: "Iran hits base" and "base hits out at Iran" hold the same words.
    """
    titles = [n for n, sentence in enumerate(sentences) if sentence.title]
    bodies = [n for n, sentence in enumerate(sentences) if not sentence.title]
    read = [word for n in titles for word in _read(sentences[n].words)]
    words = [*read, "_|"]
    words += [f"~{word}" for n in bodies[:4] for word in _read(sentences[n].words)]
    words += [f"p:{part.replace(' ', '_')}" for part in parts]
    for event in events:
        place = "t" if event.sentence in titles else "l" if event.sentence in bodies[:1] else "b"
        words += _told(place, event)
    kinds = [kind for n in titles for kind in _kinds(sentences[n].words)]
    words += [f"q:{kind}" for kind in kinds]
    words += _pairs("w", read, 1)
    words += _pairs("k", kinds, _NEAR)
    for where, some in (("t", titles), ("l", bodies[:1])):
        senses = {kind for n in some for word in sentences[n].words for kind in word.senses}
        words += [f"s:{where}:{kind}" for kind in sorted(senses)]
    return words


def _pairs(name: str, words: Sequence[str], reach: int) -> Iterator[str]:
    """Words in pairs, each with those up to `reach` after it; the title's beginning and end are words, too."""
    bounded = ["<", *words, ">"]
    for n, word in enumerate(bounded):
        for m in range(1, min(reach, len(bounded) - 1 - n) + 1):
            yield f"{name}{'' if m == 1 else '~'}:{word}>{bounded[n + m]}"


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
        if word.senses:
            kind = min(word.senses)
            if not kind.startswith("stop"):
                yield kind


_NAMES = (
    ("gaz", "_base"), ("gazweak", "_base"), ("force.troops", "_force_troops"), ("force.bases", "_force_base"),
    ("force.commands", "_staff"), ("force", "_force"), ("group", "_group"), ("ally", "_ally"), ("demonym", "_land"),
    ("country", "_land"), ("region", "_region"), ("city", "_city"), ("num", "_num"),
)  # fmt: skip


def _read(words: Sequence[Word]) -> Iterator[str]:
    for word in words:
        if not word.senses:
            yield word.norm
        elif kind := _name(tuple(word.senses)):
            yield kind
        elif "stop" not in word.senses or word.norm in (":", "?", "|"):
            yield word.norm.replace(" ", "_")


@cache
def _name(kinds: tuple[str, ...]) -> str:
    """What stands for a word with these kinds of senses, "" for the word itself."""
    return next((name for kind, name in _NAMES if kind in kinds), "")


class Bags:
    """A trained classifier as it is used: bags are weighed without a document and its vocabulary, which would grow."""

    def __init__(self, textcat: TextCategorizer) -> None:
        self._linear = textcat.model.get_ref("output_layer")
        self._order = [textcat.labels.index(label.value) for label in LABELS]
        self._ids = _Ids()

    def shares(self, bags: Sequence[Sequence[str]]) -> list[list[float]]:
        """The probabilities of each bag, to the bit those that the classifier gives, in the order of LABELS."""
        if not bags:
            return []
        np, ids = self._linear.ops.xp, self._ids
        words = np.array([ids[word] for words in bags for word in words], "uint64")
        owners = np.repeat(np.arange(len(bags)), [len(words) for words in bags])
        words = words[np.lexsort((words, owners))]
        first = np.flatnonzero(np.append(True, (words[1:] != words[:-1]) | (owners[1:] != owners[:-1])))
        counts = np.diff(np.append(first, len(words)))
        lengths = np.bincount(owners[first], minlength=len(bags))
        scores = self._linear.predict((words[first], counts.astype("float32"), lengths.astype("int32")))
        rows: list[list[float]] = self._linear.ops.softmax(scores)[:, self._order].tolist()
        if len(ids) > _MOST_IDS:
            ids.clear()
        return rows


class _Ids(dict[str, int]):
    """The numbers by which spaCy knows words."""

    def __missing__(self, word: str) -> int:
        number = self[word] = int(get_string_id(word))
        return number


def doc(nlp: Language, words: Sequence[str]) -> Doc:
    """A bag as the document that the classifier takes."""
    return Doc(nlp.vocab, words=list(words))
