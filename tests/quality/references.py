"""Two simple ways of flagging that Basewatch must beat: a keyword rule, and TF-IDF with logistic regression (numpy)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_PLACE = re.compile(
    r"\b(?:air ?bases?|bases?|airfields?|camps?|outposts?|troops|soldiers|service members|forces|garrison)\b"
)
_ATTACK = re.compile(
    r"\b(?:attack(?:s|ed|ing)?|strikes?|struck|hits?|rockets?|missiles?|drones?|mortars?|bomb(?:s|er|ing|ed)?|explosions?"
    r"|blasts?|fired|targeted|killed|wounded|shelled|intercepted)\b"
)
_US = re.compile(r"\b(?:us|u\.s\.?|usa|american|americans|united states|pentagon|centcom|washington|coalition)(?!\w)")

_WORD = re.compile(r"[^\W_]{2,}")
_FOLDS = 5
_LEAST_TEXTS = 2  # a word or pair of words in fewer texts tells nothing
_RIDGE = 1.0
_NEWTON_STEPS = 12


def keyword_rule(text: str) -> bool:
    """Whether a text has a word for a base or troops, one for an attack, and one for the United States."""
    lower = text.lower()
    return all(pattern.search(lower) for pattern in (_PLACE, _ATTACK, _US))


def cross_validated(texts: Sequence[str], flagged: Sequence[bool]) -> list[bool]:
    """For each text, whether a logistic regression that learned from the other four fifths flags it.

    Words and pairs of words, sublinear TF-IDF of unit length, classes weighted alike, L2.
    """
    fold = np.random.default_rng(7).permutation(len(texts)) % _FOLDS
    wanted, found = np.array(flagged, dtype=float), np.zeros(len(texts), dtype=bool)
    grams = [_grams(text) for text in texts]
    for held in range(_FOLDS):
        seen, kept = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        rows, others = _tf_idf([grams[n] for n in seen], [grams[n] for n in kept])
        alike = rows @ rows.T  # as many texts as numbers, far fewer than words: solved in the space of the texts
        weights = _logistic(alike, wanted[seen])
        found[kept] = (others @ rows.T) @ weights[:-1] + weights[-1] > 0
    return [bool(one) for one in found]


def _grams(text: str) -> Counter[str]:
    words = _WORD.findall(text.lower())
    return Counter([*words, *(f"{one} {two}" for one, two in pairwise(words))])


def _tf_idf(seen: Sequence[Counter[str]], others: Sequence[Counter[str]]) -> tuple[Floats, Floats]:
    texts_with = Counter(gram for counted in seen for gram in counted)
    column = {gram: n for n, gram in enumerate(sorted(gram for gram, n in texts_with.items() if n >= _LEAST_TEXTS))}
    rarity = np.array([np.log((1 + len(seen)) / (1 + texts_with[gram])) + 1 for gram in column])
    return _rows(seen, column, rarity), _rows(others, column, rarity)


def _rows(counts: Sequence[Counter[str]], column: dict[str, int], rarity: Floats) -> Floats:
    table = np.zeros((len(counts), len(column)))
    for row, counted in zip(table, counts, strict=True):
        for gram, times in counted.items():
            if (at := column.get(gram)) is not None:
                row[at] = 1 + np.log(times)
    table *= rarity
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)
    return table


def _logistic(alike: Floats, wanted: Floats) -> Floats:
    """Weights of the texts and, last, the constant, by Newton's method on the dual of the ridge problem."""
    size = len(wanted)
    share = wanted.mean()
    importance = np.where(wanted > 0, 0.5 / share, 0.5 / (1 - share))
    weights, constant = np.zeros(size), 0.0
    for _ in range(_NEWTON_STEPS):
        score = alike @ weights + constant
        likely = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
        bend = np.maximum(importance * likely * (1 - likely), 1e-9)
        aim = score + importance * (wanted - likely) / bend
        system = np.zeros((size + 1, size + 1))
        system[:size, :size] = alike + np.diag(_RIDGE / bend)
        system[:size, size] = system[size, :size] = 1
        solved = np.linalg.solve(system, np.append(aim, 0.0))
        weights, constant = solved[:-1], solved[-1]
    return np.append(weights, constant)
