"""A cheap look at the words of a text: may it tell of an attack on a watched target at all?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from monitor.core.clean import fold
from monitor.core.reading.lexicon import VARIED, as_read, watched_forces
from monitor.core.records import Knowledge, Watch, Words

_WORD = re.compile(r"[^\W_]+")
# ASCII in lower case, and blanks for what stands in no word: splitting is faster than finding.
_IN_WORDS = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


class Gate:
    """Two sets of keys; a text passes when it has one of each: something is done, and to whom it may be.

    A phrase is kept by its two rarest-looking (longest) words, and one of them stands for it where the other may be
    spelled otherwise: so the gate lets through more than it should, never less.
    """

    def __init__(self, words: Words, knowledge: Knowledge, watch: Watch) -> None:
        attack = words.table("attack")
        deeds = [form for rows in attack.get("verbs", {}).values() for row in rows for form in row.split()]
        for kind in ("attack", "blast", "harm", "siren", "weapon"):
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
        """Whether a text has a key of each set."""
        words = frozenset(text.translate(_IN_WORDS).split() if text.isascii() else _WORD.findall(fold(text)))
        return _any(self.places, words) and _any(self.deeds, words)


Keys = Mapping[str, frozenset[str]]  # word -> words of which one must stand beside it; none: it stands alone


def _any(keys: Keys, words: frozenset[str]) -> bool:
    """Whether a key is among the words, with one of those that must stand beside it."""
    for word in keys.keys() & words:
        beside = keys[word]
        if not beside or not beside.isdisjoint(words):
            return True
    return False


def _keys(phrases: Iterable[str], common: frozenset[str]) -> Keys:
    keys: dict[str, set[str]] = {}
    alone: set[str] = set()
    for phrase in phrases:
        pieces = [piece for word in as_read(phrase.replace("_", " ")) for piece in _WORD.findall(word)]
        rare = [piece for piece in pieces if piece not in common and len(piece) > 2]
        key = max(rare or pieces or [""], key=len)
        beside = [piece for piece in pieces if piece != key and len(piece) > 2 and piece not in VARIED]
        if beside:
            keys.setdefault(key, set()).add(max(beside, key=len))
        else:
            alone.add(key)
    return {
        word: frozenset() if word in alone else frozenset(keys.get(word, ())) for word in (keys.keys() | alone) - {""}
    }
