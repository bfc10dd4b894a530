"""Reasons of verdicts in plain words."""

from __future__ import annotations

import re

import pytest

from monitor import knowledge
from monitor.core.reading.reasons import Reasons
from monitor.core.reading.weights import unpack
from monitor.core.records import Because, Watch
from monitor.core.records.watch import Keyword
from monitor.words import load_model, load_words
from tests.core.judged import AUTUMN_2023, judge

REASONS = Reasons(load_words(knowledge.seeds_dir()))
PARTS = sorted(unpack(load_model(knowledge.seeds_dir()))[0].parts)


@pytest.mark.parametrize("name", PARTS)
def test_every_part_that_the_model_weighs_has_words(name: str) -> None:
    """A new kind of part needs a line in seeds/words/en/reasons.toml."""
    said = REASONS.say(name)
    assert said != name.removesuffix(" *")
    assert "*" not in said
    assert not re.search(
        r"\b(fresh|context|tally|past|feared|denied|not) (watched|bare|beside|loose|host|name|town)\b", said
    )


TOLD = {
    "title: fresh watched": "in the title, an attack on a watched base or watched troops, told as fresh news",
    "title: fresh watched *": "in the title, an attack on a watched base or watched troops, told as fresh news",
    "title: fresh bare, threat": (
        "in the title, an attack on a base or troops, nobody says whose, told as fresh news, "
        "with words of threat or fear before it"
    ),
    "lead: past watched, plain title": (
        "in the first sentences, an attack on a watched base or watched troops, told as past, "
        "under a title that tells no fighting"
    ),
    "deed: hit denied": "something hit it, denied",
    "title aside: history": "in the title, a word of memory, aside of the news",
    "update in title: toll": "news of a known attack in the title: how many were killed or hurt",
    "no deed, plain title": (
        "nothing is told to have been done to a watched target, under a title that tells no fighting"
    ),
    "a rule of the day after": "a rule of the day after",
}


@pytest.mark.parametrize(("rule", "said"), TOLD.items())
def test_words(rule: str, said: str) -> None:
    assert REASONS.say(rule) == said


def test_what_reads_alike_is_one_reason_with_all_of_its_weight() -> None:
    told = REASONS.told(
        [
            Because("title: fresh watched", "hit US base", 7, 18, 1.5),
            Because("title: fresh watched *", "hit", 7, 10, 1.0),
        ]
    )
    assert [(one.text, one.weight) for one in told] == [("hit US base", 2.5)]


# ---- settings that had a part in a verdict -------------------------------------------------------------------------------


def settings_told(title: str, watch: Watch) -> list[tuple[str, str]]:
    because = judge(title, at=AUTUMN_2023, watch=watch).because
    return [(one.rule, one.text) for one in because if REASONS.say(one.rule).startswith("setting: ")]


def test_an_added_keyword_is_named() -> None:
    watch = Watch(add=(Keyword("Kilo Point", re.compile("Kilo Point")),))
    assert settings_told("Rockets hit Kilo Point", watch) == [("added keyword", "Kilo Point")]
    assert settings_told("Rockets hit Ain al-Asad base", watch) == []


@pytest.mark.parametrize("title", ["Drones hit US base in Iraq", "Rockets hit Ain al-Asad base in Iraq"])
def test_a_force_that_is_not_watched_is_named(title: str) -> None:
    (told,) = settings_told(title, Watch(forces=("FR",)))
    assert told[0] == "force not watched"
    assert told[1] in title
    assert settings_told(title, Watch()) == []


def test_an_excluded_keyword_is_named() -> None:
    watch = Watch(exclude=(Keyword("exercise", re.compile("exercise")),))
    assert settings_told("Rockets hit Ain al-Asad base in exercise", watch)[:1] == [
        ("excluded by a keyword", "exercise")
    ]
