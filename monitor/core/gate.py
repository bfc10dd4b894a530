"""A cheap look at the words of a text: may it tell of an attack on a watched target at all?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.core.clean import fold
from monitor.core.lexicon import as_read, watched_forces
from monitor.core.records import Knowledge, Watch, Words

_WORD = re.compile(r"[^\W_]+")


class Gate:
    """Two sets of single words; a text passes when it has one of each: something is done, and to whom it may be.

    A phrase is kept by its rarest-looking (longest) word, so the gate lets through more than it should, never less.
    """

    def __init__(self, words: Words, knowledge: Knowledge, watch: Watch) -> None:
        attack = words.table("attack")
        deeds = [form for rows in attack.get("verbs", {}).values() for row in rows for form in row.split()]
        for kind in ("attack", "blast", "siren", "weapon"):
            deeds += attack.get("nouns", {}).get(kind, ())
        places = [name for kind in ("base", "troops") for name in words.phrases("targets", kind)]
        places += words.phrases("targets", "gate")
        for base in (*knowledge.bases, *watch.own_bases):
            if any(span.force in watched_forces(watch) for span in base.hosts) or base in watch.own_bases:
                places += (base.name, *base.aliases, *base.weak_aliases)
        for force in knowledge.forces:
            if force.id in watched_forces(watch):
                places += force.words.get(words.language, {}).get("troops", ())
        common = frozenset(fold(word) for word in words.phrases("targets", "common"))
        self.deeds = _keys(deeds, common)
        self.places = _keys(places, common)

    def open(self, text: str) -> bool:
        """Whether a text has a word of each set."""
        found = set(_WORD.findall(text.lower() if text.isascii() else fold(text)))
        return not found.isdisjoint(self.places) and not found.isdisjoint(self.deeds)


def _keys(phrases: Iterable[str], common: frozenset[str]) -> frozenset[str]:
    keys: set[str] = set()
    for phrase in phrases:
        pieces = [piece for word in as_read(phrase.replace("_", " ")) for piece in _WORD.findall(word)]
        rare = [piece for piece in pieces if piece not in common and len(piece) > 2]
        keys.add(max(rare or pieces or [""], key=len))
    return frozenset(keys - {""})
