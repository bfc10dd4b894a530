"""Labelled examples -> the model that judges: the bag-of-words classifier and the weights of the named parts.

Reproducible to the byte: examples in the order of their files, fixed seeds, one thread, single precision only where
spaCy uses it.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from spacy.training import Example

from monitor.core.clean import clean
from monitor.core.reading.classify import Classifier, Read
from monitor.core.reading.weights import Weights, pack
from monitor.core.reading.wordbag import LABELS, blank, doc
from monitor.core.records import Base, Entry, Knowledge, Label, Watch, Words
from monitor.errors import InputError

# The examples carry no date; they tell of fresh events as of any day on which the known bases were in use.
_THEN = datetime(2024, 2, 15, 12, 0, tzinfo=UTC)
_FOLDS = 5
_EPOCHS = 3  # with more the bag knows the examples better and other news worse
_BATCH = 32
_SEED = 7
_ORDERS = 8  # orders of the examples of which the mean is taken
_RIDGE = 5.0  # how strongly the weights of parts are pulled to zero
_STEPS = 300
_RARE = 3  # parts seen in fewer examples than this get no weight


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled example."""

    title: str
    summary: str
    label: Label
    published: datetime = _THEN


@dataclass(frozen=True, slots=True)
class _Read:
    """An example as the classifier reads it; `names` and `words` are empty when the gate stays shut."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    label: int


def load_examples(place: Path) -> list[Labelled]:
    """Every example of a file of JSON Lines, or of the *.jsonl files in a folder, by file name and line.

    Raises InputError with file and line.
    """
    found: list[Labelled] = []
    for path in sorted(place.glob("*.jsonl")) if place.is_dir() else [place]:
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as fault:
            cause = getattr(fault, "strerror", None) or "is not UTF-8 text"
            raise InputError(str(path), cause, "give a file of labelled examples, or a folder of *.jsonl") from fault
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                found.append(_labelled(json.loads(line)))
            except (ValueError, RecursionError) as fault:
                remedy = f"an example needs a title and a label: {', '.join(Label)}"
                raise InputError(f"{path}:{number}", str(fault), remedy) from fault
    return found


def _labelled(row: Any) -> Labelled:
    if not isinstance(row, dict):
        raise ValueError("is not a JSON object")
    texts = [row.get("title"), row.get("summary") or "", row.get("published") or ""]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("title, summary and published must be strings")
    title, summary, published = map(str, texts)
    then = datetime.fromisoformat(published) if published else _THEN
    return Labelled(title, summary, Label(str(row.get("label"))), then if then.tzinfo else then.replace(tzinfo=UTC))


def train(
    examples: Sequence[Labelled], knowledge: Knowledge, words: Words, say: Callable[[str], None] = lambda _: None
) -> bytes:
    """The model of these examples. The same examples, seeds and library versions give the same bytes."""
    read = [item for item in _read(examples, knowledge, words) if item.names]
    say(f"{len(examples)} examples, {len(read)} pass the gate")
    shares = np.zeros((len(read), len(LABELS)))
    for fold in range(_FOLDS):
        held = [n for n in range(len(read)) if n % _FOLDS == fold]
        shares[held] = _predict(
            _textcat([read[n] for n in range(len(read)) if n % _FOLDS != fold], words.language), [read[n] for n in held]
        )
        say(f"cross-validated {fold + 1} of {_FOLDS}")
    say(_quality(read, shares))
    weights = _fit(read)
    return pack(weights, _averaged(read, words.language).to_bytes(exclude=["vocab"]))


def _read(examples: Iterable[Labelled], knowledge: Knowledge, words: Words) -> Iterator[_Read]:
    reader = Classifier(knowledge, words, Watch(), None)
    bases = {base.id: base for base in knowledge.bases}
    for number, example in enumerate(examples):
        read = _read_one(reader, example, number, example.published)
        if read and example.label is not Label.OTHER:
            then = _in_use([bases[name] for name in read.bases if name in bases], example.published)
            read = _read_one(reader, example, number, then) if then != example.published else read
        yield _Read(read.names if read else (), read.bag if read else (), LABELS.index(example.label))


def _read_one(reader: Classifier, example: Labelled, number: int, at: datetime) -> Read | None:
    return reader.read(
        clean(Entry("examples", str(number), "", example.title, example.summary, published=at), None, at)
    )


def _in_use(bases: Sequence[Base], at: datetime) -> datetime:
    """A time at which the US stood at the bases an example names: examples tell of thirty years, undated."""
    ends = [
        max((span.until or at.year for span in base.hosts if span.force == "US"), default=at.year) for base in bases
    ]
    return at.replace(year=min([at.year, *ends]))


def _averaged(read: Sequence[_Read], language: str) -> Any:
    """The mean of classifiers that saw the examples in other orders: it is linear, so its mean judges as they do on
    average, and an example more or less moves no verdict by the order it brings about."""
    textcats = [_textcat(read, language, _SEED + n)[1] for n in range(_ORDERS)]
    for nodes in zip(*(textcat.model.walk() for textcat in textcats), strict=True):
        for name in nodes[0].param_names:
            if nodes[0].has_param(name):
                nodes[0].set_param(name, sum(node.get_param(name) for node in nodes) / len(nodes))
    return textcats[0]


def _textcat(read: Sequence[_Read], language: str, seed: int = _SEED) -> Any:
    """A trained bag-of-words classifier with its pipeline."""
    nlp, textcat = blank(language)
    order = random.Random(seed)  # noqa: S311 - not for secrets
    examples = [
        Example.from_dict(
            doc(nlp, item.words), {"cats": {label.value: float(n == item.label) for n, label in enumerate(LABELS)}}
        )
        for item in read
    ]
    nlp.initialize(lambda: examples)
    optimizer = nlp.create_optimizer()  # type: ignore[no-untyped-call]
    for _ in range(_EPOCHS):
        order.shuffle(examples)
        for start in range(0, len(examples), _BATCH):
            nlp.update(examples[start : start + _BATCH], sgd=optimizer, losses={})
    return nlp, textcat


def _predict(trained: Any, read: Sequence[_Read]) -> Any:
    nlp, textcat = trained
    order = [textcat.labels.index(label.value) for label in LABELS]
    return np.asarray(textcat.predict([doc(nlp, item.words) for item in read]))[:, order]


def _fit(read: Sequence[_Read]) -> Weights:
    """The weights of the parts: a one for every part an example has, softmax regression with a ridge."""
    counts = Counter(name for item in read for name in item.names)
    names = sorted(name for name, count in counts.items() if count >= _RARE)
    place = {name: n for n, name in enumerate(names)}
    rows = np.zeros((len(read), len(names)))
    for n, item in enumerate(read):
        rows[n, [place[name] for name in item.names if name in place]] = 1.0
    found, bias = _softmax(rows, np.array([item.label for item in read]))
    found, bias = np.round(found, 4), np.round(bias, 4)
    return Weights({name: tuple(map(float, found[n])) for n, name in enumerate(names)}, tuple(map(float, bias)))


def _softmax(rows: Any, labels: Any) -> tuple[Any, Any]:
    """Weights and bias that make the labels likely: Nesterov's method with a step below 1 / the loss's curvature."""
    truth = np.eye(len(LABELS))[labels]
    wide = np.hstack([rows, np.ones((len(rows), 1))])
    ridge = np.full(wide.shape[1], _RIDGE)
    ridge[-1] = 0.0
    step = 1.0 / (0.5 * float(np.linalg.norm(wide, 2)) ** 2 + _RIDGE)
    found = ahead = np.zeros((wide.shape[1], len(LABELS)))
    for turn in range(_STEPS):
        sums = wide @ ahead
        likely = np.exp(sums - sums.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        following = ahead - step * (wide.T @ (likely - truth) + ridge[:, None] * ahead)
        ahead = following + turn / (turn + 3) * (following - found)
        found = following
    return found[:-1], found[-1]


def _quality(read: Sequence[_Read], shares: Any) -> str:
    """Precision and recall of flagged by cross-validation over the examples, in words."""
    hits = flagged = truth = 0
    for fold in range(_FOLDS):
        held = [n for n in range(len(read)) if n % _FOLDS == fold]
        rest = [n for n in range(len(read)) if n % _FOLDS != fold]
        weights = _fit([read[n] for n in rest])
        for n in held:
            verdict = weights.judge(read[n].names, [float(share) for share in shares[n]])
            wanted = LABELS[read[n].label].flagged
            hits += verdict.label.flagged and wanted
            flagged += verdict.label.flagged
            truth += wanted
    return f"on held-out examples: flagged precision {hits / max(flagged, 1):.3f}, recall {hits / max(truth, 1):.3f}"
