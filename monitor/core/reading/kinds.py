"""The kinds of words by which a text tells of fighting, each set for what its words have to prove."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.core.reading.lexicon import Word

_ARMS = frozenset(("n.attack", "weapon"))
# Something was struck: harm beside it was no accident.
FOUGHT = _ARMS | {"v.hit"}
# Somebody has arms: a verb that is also said of critics and storms is meant as one of attack.
ARMED = _ARMS | {"n.blast", "n.fighter", "group"}
# A text is about fighting at all.
HOSTILE = _ARMS | {"n.blast", "n.siren", "group", "exchange", "v.hit", "v.fire", "v.intercept", "v.slay"}
# The same of an update, which may tell only of the harm.
HARMFUL = HOSTILE | {"v.kill", "n.harm"}


def tells(words: Iterable[Word], kinds: frozenset[str]) -> bool:
    """Whether one of the words is of one of these kinds."""
    return any(not kinds.isdisjoint(word.senses) for word in words)
