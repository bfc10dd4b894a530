"""The trained model: weights of named parts and the bag-of-words classifier, and how they give a score."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.core.records import Label
from monitor.core.wordbag import LABELS

_FLAGGED = tuple(n for n, label in enumerate(LABELS) if label.flagged)
_QUIET = tuple(n for n, label in enumerate(LABELS) if not label.flagged)
_OTHER = LABELS.index(Label.OTHER)
# The examples hold as much background as other news, the world does not: what may be other news is.
_ORDINARY = 0.3
_LEAST = 1e-3  # a share of the bag's probability below this says no more than this

Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Probabilities by label, the label, and the probability of being flagged."""

    label: Label
    score: float
    shares: Row


@dataclass(frozen=True, slots=True)
class Weights:
    """A softmax layer: a row of weights (one per label) for every part, for the bag's log-probabilities, and a bias."""

    parts: Mapping[str, Row]
    bag: tuple[Row, ...]
    bias: Row

    def judge(self, names: Iterable[str], shares: Sequence[float]) -> Verdict:
        """Judge an article by the names of its parts and the bag classifier's probabilities (empty: none)."""
        sums = list(self.bias)
        for row in (self.parts.get(name) for name in names):
            if row is not None:
                for n, weight in enumerate(row):
                    sums[n] += weight
        for share, row in zip(shares, self.bag, strict=False):
            for n, weight in enumerate(row):
                sums[n] += weight * log_share(share)
        top = max(sums)
        exps = [math.exp(value - top) for value in sums]
        whole = sum(exps)
        probabilities = tuple(value / whole for value in exps)
        score = sum(probabilities[n] for n in _FLAGGED)
        among = _FLAGGED if score >= 0.5 else _QUIET
        best = max(among, key=lambda n: probabilities[n])
        if score < 0.5 and probabilities[_OTHER] >= _ORDINARY:
            best = _OTHER
        return Verdict(LABELS[best], score, probabilities)

    def pull(self, row: Row, verdict: Verdict) -> float:
        """How far a row of weights moves the log-odds of being flagged, for this verdict."""
        return _mean(row, verdict.shares, _FLAGGED) - _mean(row, verdict.shares, _QUIET)


def log_share(share: float) -> float:
    """The logarithm of a probability, no less than that of a thousandth."""
    return math.log(max(share, _LEAST))


def _mean(row: Row, shares: Row, among: Sequence[int]) -> float:
    whole = sum(shares[n] for n in among) or 1.0
    return sum(row[n] * shares[n] for n in among) / whole


def pack(weights: Weights, textcat: bytes) -> bytes:
    """A model as one file: a line of JSON, then the classifier's own bytes."""
    head = {"parts": dict(sorted(weights.parts.items())), "bag": weights.bag, "bias": weights.bias}
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + textcat


def unpack(model: bytes) -> tuple[Weights, bytes]:
    """The parts of a packed model. Raises ValueError when it is none."""
    line, _, textcat = model.partition(b"\n")
    head = json.loads(line)
    return (
        Weights({name: tuple(row) for name, row in head["parts"].items()}, tuple(map(tuple, head["bag"])), tuple(head["bias"])),
        textcat,
    )
