"""Titles that break off in the middle of a country's name."""

from __future__ import annotations

import pytest

from tests.core.judged import WAR_2026, judge

WHOLE = "Officials confirm a volley of missiles aimed at an American base in "

ENDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "one country begins so": ("Jord", ("JO",)),
    "with dots": ("Jord…", ("JO",)),
    "three letters": ("Kuw", ("KW",)),
    "the second word of a name": ("Saudi Ara", ("SA",)),
    "an article, and the last word of a name": ("the United Arab Emi", ("AE",)),
    "two countries begin so, and one of them hosts nobody": ("Ira", ()),
    "two countries begin so": ("Bah", ()),
    "no host": ("Switz", ()),
    "too little to say": ("Ku", ()),
    "cut before the name": ("", ()),
    "no name at all": ("turm", ()),
    "a name that is whole, though a longer one begins so": ("Niger", ()),  # nobody hosted there in 2026
}


@pytest.mark.parametrize(("end", "countries"), ENDS.values(), ids=ENDS.keys())
def test_a_broken_name_is_completed_where_nothing_is_guessed(end: str, countries: tuple[str, ...]) -> None:
    finding = judge(f"{WHOLE}{end}".strip(), at=WAR_2026)
    assert [attack.target.countries for attack in finding.attacks] == [countries]


def test_the_summary_that_names_the_place_is_not_asked_when_the_title_does() -> None:
    finding = judge(f"{WHOLE}Jord", "Sirens sounded in Bahrain as well.", at=WAR_2026)
    assert [attack.target.countries for attack in finding.attacks] == [("JO",)]


def test_a_word_in_the_middle_is_no_end() -> None:
    finding = judge("Missiles fired at American base in Jord, say officials", at=WAR_2026)
    assert [attack.target.countries for attack in finding.attacks] == [()]


@pytest.mark.parametrize(
    ("opening", "countries"), [("Bahrain", ("BH",)), ("Baghdad", ("IQ",)), ("Iran", ()), ("Live", ())]
)
def test_the_place_that_opens_a_title_is_where_it_was(opening: str, countries: tuple[str, ...]) -> None:
    finding = judge(f"{opening}: US troops attacked by drones", at=WAR_2026)
    assert [attack.target.countries for attack in finding.attacks] == [countries]
