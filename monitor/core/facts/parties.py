"""Who claims, is blamed for, denies or confirms an attack, by canonical name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from monitor.core.facts.shapes import Shaper, Vocabulary
from monitor.core.records import Facts, Knowledge

_SHAPES = ("claimed", "denied", "confirmed", "blamed", "attacking")
_SHORTEST_ACRONYM = 4  # in small letters "IS" or "SAD" are words


def _with_parties(vocabulary: Vocabulary, knowledge: Knowledge, force: str) -> Vocabulary:
    """The vocabulary with the names of groups and of countries but the force's own, each with its canonical name."""
    names: dict[str, str] = {}
    for place in knowledge.places:
        if place.kind == "country" and force not in place.countries:
            names |= {word.lower(): place.name for word in (place.name, *place.aliases, *place.demonyms)}
    for group in knowledge.groups:
        names |= {
            word.lower(): group.name
            for word in (group.name, *group.aliases)
            if not (word.isupper() and len(word) < _SHORTEST_ACRONYM)
        }
    return replace(vocabulary, names={**vocabulary.names, "party": names or {"gunmen": ""}})


class PartyReader:
    """Finds parties and what they say or are said to have done."""

    def __init__(self, vocabulary: Vocabulary, knowledge: Knowledge, force: str = "US") -> None:
        # Letters of its own: a name such as "men in army uniform" would hide the words that other readers look for.
        self._shaper = Shaper(_with_parties(vocabulary, knowledge, force))
        self._patterns = {name: self._shaper.compile({name: vocabulary.shapes[name]}) for name in _SHAPES}
        self._country = {place.name: place.countries[0] for place in knowledge.places if place.kind == "country"}
        self._attackers = {group.name for group in knowledge.groups}
        self._sides = {group.side for group in knowledge.groups if group.side}

    def read(
        self,
        words: Sequence[str],
        told: Sequence[tuple[int, int]],
        facts: Facts,
        countries: Sequence[str],
        quote: Callable[[int, int], str],
    ) -> Facts:
        """`facts` with the parties that the sentences `told` name; `countries` are those of the attacked place."""
        letters = self._shaper.tag(words)
        names: dict[str, dict[str, tuple[int, int]]] = {name: {} for name in _SHAPES}
        for start, end in told:
            for shape, found in names.items():
                for name in self._named(shape, words, letters, start, end):
                    if self._plausible(shape, name, countries):
                        found.setdefault(name, (start, end))
        claimed, blamed = names["claimed"], {**names["blamed"], **names["attacking"]}
        for name in claimed:
            blamed.pop(name, None)
        fields = {
            "claimed_by": claimed,
            "blamed_on": blamed,
            "denied_by": names["denied"],
            "confirmed_by": {name: span for name, span in names["confirmed"].items() if name not in names["denied"]},
        }
        quotes = tuple((field, quote(*next(iter(found.values())))) for field, found in fields.items() if found)
        return replace(
            facts,
            claimed_by=tuple(fields["claimed_by"]),
            blamed_on=tuple(fields["blamed_on"]),
            denied_by=tuple(fields["denied_by"]),
            confirmed_by=tuple(fields["confirmed_by"]),
            sentences=(*facts.sentences, *quotes),
        )

    def _named(self, shape: str, words: Sequence[str], letters: str, start: int, end: int) -> Iterator[str]:
        for match in self._patterns[shape].finditer(letters, start, end):
            for kind in ("party", "defender"):
                for at in self._shaper.within(kind, letters, *match.span()):
                    name = self._shaper.name(kind, words, letters, at)
                    if name:
                        yield name

    def _plausible(self, shape: str, name: str, countries: Sequence[str]) -> bool:
        """A host does not claim or commit the attack on its own soil, and only who fights is taken for the attacker."""
        code = self._country.get(name)
        if shape in ("denied", "confirmed"):
            return True
        if code is not None and code in countries:
            return False
        return name in self._attackers or code in self._sides
