"""Completes the name of a country in whose middle a title breaks off ("... missile attack on American base in Jord").

Feeds and channels cut long titles at a number of letters. A name broken off so is no name, and the attack would stand
without a place, for whatever else is told of that hour to join. It is completed only where nothing is to be guessed:
after a preposition of place, at the very end of the title, when one country alone begins so and a watched force has a
base there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from monitor.core.reading.clauses import Sentence, has
from monitor.core.reading.lexicon import Word, as_read
from monitor.core.records import Place

_LEAST = 3  # letters that must be left of a name's broken word: "Kuw" is one country, "Ku" may be a city

_PLACES = ("country", "city", "region", "gaz", "gazweak")


class Broken:
    """Knows how the names of countries begin."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._names: dict[str, list[tuple[tuple[str, ...], str]]] = {}  # by the letters that must be left of them
        for place in places:
            if place.kind == "country" and len(place.countries) == 1:
                for name in map(as_read, (place.name, *place.aliases)):
                    self._names.setdefault(name[0][:_LEAST], []).append((name, place.countries[0]))

    def country(self, sentences: Sequence[Sentence], hosts: Callable[[str], bool]) -> str:
        """The code of the country that the title's last word begins to name, "" when it ends whole or leaves doubt."""
        title = next((sentence for sentence in reversed(sentences) if sentence.title), None)
        words = list(title.words) if title else []
        while words and has(words[-1], "stop"):
            words.pop()
        if words and has(words[-1], *_PLACES):
            return ""  # "Niger" is whole
        for size in (1, 2, 3):  # "Jord", "Saudi Ara", "United Arab Emi"
            if len(words) <= size or not self._linked(words[:-size]):
                continue
            last = [word.norm for word in words[-size:]]
            found = {code for name, code in self._names.get(last[0][:_LEAST], ()) if _begins(name, last)}
            if len(found) == 1 and hosts(*found):
                return found.pop()
        return ""

    @staticmethod
    def _linked(before: Sequence[Word]) -> bool:
        """Whether a preposition of place stands last, with or without an article after it."""
        last = before[-1] if not has(before[-1], "determiner") or len(before) < 2 else before[-2]
        return has(last, "link.at", "link.near")


def _begins(name: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a name begins with these words, the last of them broken off in its middle."""
    if len(name) < len(words) or tuple(name[: len(words) - 1]) != tuple(words[:-1]):
        return False
    whole, broken = name[len(words) - 1], words[-1]
    return whole != broken and whole.startswith(broken) and len(broken) >= (_LEAST if len(words) == 1 else 1)
