"""The bag of words: what its quick way of weighing gives is what the trained pipeline gives."""

from __future__ import annotations

from monitor import knowledge
from monitor.core.reading.weights import unpack
from monitor.core.reading.wordbag import LABELS, Bags, blank, doc
from monitor.words import load_model

BAGS = [
    ["rockets", "hit", "_force_base", "in", "_land", "_|", "~rockets", "~hit", "~_base", "~hit"],
    ["_|"],
    ["_|", "fire", "fire", "fire"],
    ["det", "nsubj", "ROOT", "X", "_|", "قاعدة", "word" * 50],  # names of spaCy's own have numbers of their own
]


def test_bags_are_weighed_as_the_pipeline_weighs_them() -> None:
    nlp, textcat = blank("en")
    textcat.from_bytes(unpack(load_model(knowledge.seeds_dir()))[1], exclude=["vocab"])
    order = [textcat.labels.index(label.value) for label in LABELS]
    predicted = textcat.predict([doc(nlp, words) for words in BAGS])
    expected = [[float(row[n]) for n in order] for row in predicted]
    assert Bags(textcat).shares(BAGS) == expected
    assert [Bags(textcat).shares([words])[0] for words in BAGS] == expected
    assert Bags(textcat).shares([]) == []
