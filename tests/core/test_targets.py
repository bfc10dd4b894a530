"""The targets that a sentence names: which bases, people and gear, whose they are, and what only lies beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from tests.core.events import Row, mentions, read, row, rows
from tests.core.judged import WAR_2026

KABUL_2019 = datetime(2019, 12, 11, 9, 0, tzinfo=UTC)
TAJI_2020 = datetime(2020, 7, 15, 12, 0, tzinfo=UTC)

NONE = "no deed, fighting title"
OURS = "no deed, strikes title"

TARGETS: Mapping[str, tuple[Row, ...]] = {
    "lists": (
        row("Iran hits US bases in Qatar, Kuwait and Bahrain", "attack fresh by enemy: named QA KW BH", at=WAR_2026),
        row(
            "Iran launches missiles at bases in Bahrain, Kuwait and the Emirates",
            "fired fresh by enemy: known BH KW AE",
            case="title: fresh watched",
            at=WAR_2026,
        ),
        row(
            "Missiles hit Al Udeid, Camp Arifjan and Ali Al Salem",
            "attack fresh: known al-udeid-air-base",
            "attack fresh: known camp-arifjan ali-al-salem-air-base",
            at=WAR_2026,
        ),
        row(
            "Iran strikes US bases in Jordan and Saudi Arabia, kills two",
            "attack fresh by enemy: named JO SA",
            at=WAR_2026,
        ),
        row(
            "Rockets fall on Harir base and Erbil airport",
            "landed fresh: known harir-air-base erbil-air-base",
        ),
        row(
            "US base in eastern Syria hit by rockets",
            "attack fresh by enemy: named SY",
        ),
        row(
            "Drones strike US bases in Iraq and Syria",
            "attack fresh: named IQ SY",
        ),
    ),
    "whose people": (
        row("Militia strikes base in Syria used by US troops", "attack fresh: named SY", "attack fresh: named"),
        row("Iraqi base attacked", "attack fresh: host IQ", case="title: fresh host"),
        row(
            "Airbase in Iraq attacked with rockets; US troops there unhurt",
            "attack fresh: host IQ",
            case="title: fresh beside",
        ),
        row("Rocket attack on Balad base", "attack fresh: foreign balad-air-base", case=NONE),
        row("Turkish base in Iraq hit by rockets", "attack fresh by enemy: foreign bashiqa-camp", case=NONE),
        row("Gunmen attack Pakistani naval base", "attack fresh by enemy: foreign PK", case=NONE),
        row("Missile hits US destroyer in Red Sea", case="no deed, elsewhere title"),
        row("US embassy in Baghdad hit by rockets", case="no deed, elsewhere title"),
        row(
            "US-backed fighters attacked near Conoco",
            case=NONE,
            not_yet="a place beside which others are attacked is taken for the target, and their backer for who does it",
        ),
    ),
    "guests": (
        row(
            "Prince Sultan Air Base, home to US tankers, hit by missiles",
            "attack fresh by enemy: named prince-sultan-air-base",
            at=WAR_2026,
        ),
        row("Missiles strike Saudi base that is home to US tankers", "attack fresh: named SA", at=WAR_2026),
        row("Guards threaten states hosting US bases", case="no deed, turned title", at=WAR_2026),
        row("Iran fires missiles at Gulf states that house US troops", case=NONE, at=WAR_2026),
        row(
            "Iran fires at countries that host US bases",
            case=NONE,
            at=WAR_2026,
        ),
        row(
            "Missile hits hotel housing US troops in Bahrain",
            "attack fresh: named BH",
            case="title: fresh sites",
            at=WAR_2026,
        ),
        row(
            "Iran claims it hit housing of US soldiers in Kuwait",
            "attack fresh by enemy: named KW",
            at=WAR_2026,
        ),
    ),
    "convoys": (
        row(
            "Supply convoy for US troops hit by roadside bomb near Nasiriyah",
            "attack fresh by enemy: named",
            "attack fresh by enemy: named",
            at=TAJI_2020,
        ),
        row("Convoy carrying gear for coalition hit by bomb", "attack fresh by enemy: named", at=TAJI_2020),
        row("Roadside bomb hits coalition logistics convoy in Dhi Qar", "attack fresh: named IQ", at=TAJI_2020),
        row("US convoy in Syria hit by roadside bomb", "attack fresh by enemy: named SY"),
        row("Bomb hits convoy of trucks carrying vegetables", "attack fresh: bare", case="title: fresh bare"),
        row("Blast hits convoy supplying Turkish forces", "attack fresh: bare", case="title: fresh bare"),
        row(
            "Bomb targets Iraqi convoy hired to supply US-led coalition",
            "attack fresh: named IQ",
            at=TAJI_2020,
        ),
    ),
    "gear": (
        row(
            "Iran destroys US radar in Qatar", "attack fresh by enemy: named QA", case="title: fresh sites", at=WAR_2026
        ),
        row(
            "US Patriot battery in Jordan hit by drone",
            "attack fresh by enemy: named JO",
            case="title: fresh sites",
            at=WAR_2026,
        ),
        row("Iran shoots down US jet over Iran", case=NONE, at=WAR_2026),
        row("US fighter jet shot down over western Iran", case=NONE, at=WAR_2026),
        row("US aircraft hit by Iranian fire over Isfahan", "attack fresh by enemy: named", case=OURS, at=WAR_2026),
        row("US bombers parked at Diego Garcia", case="no deed, plain title", at=WAR_2026),
        row("Bombs stored at RAF Fairford", case=NONE, at=WAR_2026),
        row("Missiles loaded onto jets at Al Dhafra", case=NONE, at=WAR_2026),
        row("B-52 bombers seen at Diego Garcia air base", case="no deed, plain title", at=WAR_2026),
    ),
    "what lies beside": (
        row("Rockets hit village near Ain al-Asad", case=NONE),
        row("Rockets fall on town near Ain al-Asad", case="no deed, elsewhere title"),
        row("Fighters trained by US ambushed near base in Syria", case="no deed, strikes title"),
        row(
            "Convoy of US troops ambushed near base in Syria",
            "attack fresh: named SY",
            "attack fresh: named SY",
            "attack fresh: host SY",
            case="title: fresh watched",
        ),
        row("Iran fires on tankers and US troops answer", case="no deed, elsewhere title", at=WAR_2026),
        row("Iran fires on tankers and US troops in Bahrain", "attack fresh by enemy: named BH", at=WAR_2026),
        row("Drone hits dock in Djibouti used by US Navy", "attack fresh: named DJ", case="title: fresh sites"),
        row(
            "Nevatim-area village hit by rocket",
            case=NONE,
            at=WAR_2026,
        ),
        row(
            "Iran shells camps of Kurdish opposition in northern Iraq",
            "attack fresh by enemy: bare",
            case="title: fresh bare",
        ),
        row(
            "Drones hit Kurdish opposition groups' camp near Erbil",
            "attack fresh: foreign",
            case="no deed, elsewhere title",
        ),
        row(
            "Rocket hits US-trained Syrian force near al-Tanf",
            case=NONE,
        ),
        row("Soldiers kill gunman near Rome", case=NONE),
    ),
}


@pytest.mark.parametrize("one", rows(TARGETS))
def test_targets(one: Row) -> None:
    assert read(one.title, one.summary, one.at) == one.right


def test_a_troop_withdrawal_makes_a_base_somebody_elses() -> None:
    while_there = read("Rockets hit Bagram airfield", "", KABUL_2019)
    afterwards = read("Rockets hit Bagram airfield", "", WAR_2026)
    assert (while_there.case, afterwards.case) == ("title: fresh watched", NONE)


def test_of_a_list_of_names_without_end_the_first_are_read() -> None:
    assert mentions("Rockets hit Ain al-Asad, Harir and the base at Erbil.", WAR_2026) == 3
    assert mentions("base, " * 500, WAR_2026) == 50
