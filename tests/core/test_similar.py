"""How alike two texts are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.incidents.similar import MOST_PRINTS, copied, likeness, prints, words

STORY = (
    "The army said on Thursday that its air defences had stopped four missiles fired at the air base outside the "
    "capital, where American troops are stationed, and that falling debris had lightly wounded three soldiers who "
    "were treated at the base hospital. No aircraft was damaged, a spokesman told reporters in the evening, adding "
    "that flights at the nearby civil airport had been held for an hour before they could leave as planned."
)
OTHER = (
    "Three soldiers were hurt by debris when missiles aimed at the base near the capital were shot down by the "
    "defences of the army, which hosts troops of the United States there, according to a statement made on Thursday. "
    "Planes at the civil airport could only leave an hour late, and no damage to any aircraft was reported by evening."
)


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        (STORY, STORY, 1.0, 1.0),
        (STORY, "CAPITAL (Newswire) - " + STORY, 0.9, 1.0),
        (STORY, STORY.partition("No aircraft")[0] + "Our correspondent saw smoke over the town at noon.", 0.5, 1.0),
        (STORY, STORY.upper(), 1.0, 1.0),
        (STORY, OTHER, 0.0, 0.1),
        (STORY, "", 0.0, 0.0),
        ("Missiles at base", "Missiles at base", 0.0, 0.0),
    ],
)
def test_copied(one: str, other: str, least: float, most: float) -> None:
    assert least <= copied(prints(one), prints(other)) <= most


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Rockets hit base in western Iraq", "Western Iraq: rockets hit base", 1.0, 1.0),
        ("Rockets hit base in western Iraq", "Parliament votes on budget after long debate", 0.0, 0.0),
        ("Soldier's death after strike", "Soldiers' deaths after strike named", 0.6, 1.0),
        ("Attack", "Attack", 0.0, 0.0),
    ],
)
def test_likeness(one: str, other: str, least: float, most: float) -> None:
    assert least <= likeness(words(one), words(other)) <= most


@given(st.text(), st.text())
def test_measures_are_shares_and_know_no_order(one: str, other: str) -> None:
    assert 0 <= likeness(words(one), words(other)) == likeness(words(other), words(one)) <= 1
    assert 0 <= copied(prints(one), prints(other)) == copied(prints(other), prints(one)) <= 1
    assert len(prints(one)) <= MOST_PRINTS


def test_prints_are_the_same_on_every_machine() -> None:
    assert prints("one two three four five six") == (1354651064, 1918900822)
