"""Who really speaks, and how sure the world is."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.core.incidents.atlas import atlas
from monitor.core.incidents.confidence import weigh
from monitor.core.incidents.origins import Origin, Origins, independent
from monitor.core.incidents.similar import prints
from monitor.core.records import Confidence, Facts, Statement, Watch
from tests.build import article, statement
from tests.core.news import WORLD
from tests.core.test_similar import OTHER, STORY

ORIGINS = Origins(WORLD.publishers)
WIRE, STATE = Origin("newswire", ""), Origin("guard-news", "IR")


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({"source": "Newswire"}, WIRE),
        ({"url": "https://www.newswire.example/a"}, WIRE),
        ({"url": "https://world.newswire.example/a"}, WIRE),
        ({"source": "Morning Post", "summary": "BAGHDAD (Newswire) - Rockets hit a base."}, WIRE),
        ({"source": "Morning Post", "summary": "Rockets hit a base. (Newswire)"}, WIRE),
        ({"source": "Morning Post", "author": "By the Newswire"}, WIRE),
        ({"source": "Morning Post", "title": "Rockets hit base in Iraq – Newswire"}, WIRE),
        ({"source": "Forum", "title": "Guard News: Rockets hit American base"}, STATE),
        ({"source": "Guard News"}, STATE),
        ({"source": "Morning Post", "summary": "The Newswire agency reported rockets."}, Origin("morning-post", "")),
        ({"source": "Morning Post"}, Origin("morning-post", "")),
        ({"source": "", "url": "https://www.daily.example/x"}, Origin("daily-example", "")),
        ({"source": "", "url": "", "feed": "Our feed"}, Origin("our-feed", "")),
    ],
)
def test_origin(given: dict[str, Any], origin: Origin) -> None:
    assert ORIGINS.of(article(**given)) == origin


def said(number: int, text: str = "", **given: Any) -> Statement:
    """A statement of its own outlet."""
    return statement(f"a{number}", prints=prints(text), **given)


def test_a_copied_story_is_one_origin() -> None:
    cut = STORY.partition("No aircraft")[0] + "Our correspondent saw smoke over the town at noon."
    assert independent([said(1, STORY), said(2, cut), said(3, OTHER)]) == ("origin-a1", "origin-a3")


def test_two_outlets_of_one_agency_are_one_origin() -> None:
    assert independent([said(1, origin="newswire"), said(2, origin="newswire")]) == ("newswire",)


CONFIDENCE: dict[str, tuple[list[Statement], Confidence, str]] = {
    "one report": ([said(1)], Confidence.SINGLE_SOURCE, "reported by origin-a1 only"),
    "two reports": ([said(1), said(2)], Confidence.CORROBORATED, "2 independent origins"),
    "one agency in two papers": (
        [said(1, origin="newswire"), said(2, origin="newswire")],
        Confidence.SINGLE_SOURCE,
        "Newswire only",
    ),
    "a claim told by many": (
        [said(n, facts=Facts(claimed_by=("IRGC",))) for n in (1, 2, 3)],
        Confidence.CLAIMED,
        "claimed by IRGC",
    ),
    "the party's own outlet": (
        [said(1, party="IR", facts=Facts(blamed_on=("Iran",)))],
        Confidence.CLAIMED,
        "claimed by Iran",
    ),
    "a claim and two reports": (
        [said(1, facts=Facts(claimed_by=("IRGC",))), said(2), said(3)],
        Confidence.CORROBORATED,
        "3 independent",
    ),
    "an official side confirms": (
        [said(1, facts=Facts(claimed_by=("IRGC",))), said(2, facts=Facts(confirmed_by=("CENTCOM",)))],
        Confidence.CONFIRMED,
        "confirmed by CENTCOM",
    ),
    "the attacker's own confirmation is a claim": (
        [said(1, facts=Facts(claimed_by=("IRGC",), confirmed_by=("Iran",)))],
        Confidence.CLAIMED,
        "claimed by IRGC",
    ),
    "claimed and denied": (
        [said(1, facts=Facts(claimed_by=("IRGC",))), said(2, facts=Facts(denied_by=("CENTCOM",)))],
        Confidence.DISPUTED,
        "CENTCOM denies it; IRGC says it happened",
    ),
    "reported and denied": (
        [said(1), said(2, facts=Facts(denied_by=("CENTCOM",)))],
        Confidence.DENIED,
        "CENTCOM denies it",
    ),
    "confirmed, and the accused denies": (
        [said(1, facts=Facts(confirmed_by=("UK",), blamed_on=("Iran",))), said(2, facts=Facts(denied_by=("Iran",)))],
        Confidence.CONFIRMED,
        "confirmed by UK; Iran denies having done it",
    ),
    "unconfirmed, and the accused denies": (
        [said(1, facts=Facts(blamed_on=("Iran",))), said(2, facts=Facts(denied_by=("Iran",)))],
        Confidence.DISPUTED,
        "nobody official confirms it",
    ),
    "denied first, confirmed later": (
        [said(1, facts=Facts(denied_by=("CENTCOM",))), said(2, facts=Facts(confirmed_by=("CENTCOM",)))],
        Confidence.CONFIRMED,
        "confirmed by CENTCOM",
    ),
    "confirmed first, denied later": (
        [said(1, facts=Facts(confirmed_by=("CENTCOM",))), said(2, facts=Facts(denied_by=("CENTCOM",)))],
        Confidence.DENIED,
        "CENTCOM denies it",
    ),
}


@pytest.mark.parametrize(("statements", "confidence", "reason"), CONFIDENCE.values(), ids=CONFIDENCE.keys())
def test_confidence(statements: list[Statement], confidence: Confidence, reason: str) -> None:
    found, words = weigh(statements, independent(statements), atlas(WORLD, Watch()))
    assert found is confidence
    assert reason in words
