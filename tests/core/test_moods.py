"""How a sentence tells an attack: as news, as context of other news, as one of many, as feared or denied, or as none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from tests.core.events import Row, read, row, rows
from tests.core.judged import WAR_2026

KABUL_2019 = datetime(2019, 12, 11, 9, 0, tzinfo=UTC)
TAJI_2020 = datetime(2020, 7, 15, 12, 0, tzinfo=UTC)
JORDAN_2024 = datetime(2024, 1, 29, 6, 0, tzinfo=UTC)

NONE = "no deed, fighting title"
CONTEXT = "title: context watched"
TALLY = "title: tally watched"
FEARED = "title: feared watched"
NOT = "title: not watched"

# ---- beside other news -----------------------------------------------------------------------------------------------

CLAUSES: Mapping[str, tuple[Row, ...]] = {
    "after": (
        row("Oil rises after attack on US base in Iraq", "attack context: named IQ", case=CONTEXT),
        row("Days after attack on Erbil base, envoy visits", "attack context: known erbil-air-base", case=CONTEXT),
        row(
            "US jets bomb militia depot hours after attack on Ain al-Asad",
            "attack context: known ain-al-asad-air-base",
            case=CONTEXT,
        ),
        row("Militia rockets hit US base hours after US jets struck depot", "attack fresh: named"),
        row("US base in Syria attacked hours after jets bomb militia depot", "attack fresh: named SY"),
        row("Hours after US strikes, rockets hit Ain al-Asad", "attack fresh: known ain-al-asad-air-base"),
        row(
            "Rockets hit Ain al-Asad, hours after drones hit Erbil airport",
            "attack fresh: known ain-al-asad-air-base",
            "attack context: known erbil-air-base",
        ),
        row("Sirens heard in Baghdad after rockets hit Victory base", "attack fresh: known victory-base-complex"),
        row(
            "Two US soldiers hurt after drones hit Ain al-Asad",
            "harm fresh: named",
            "attack fresh: known ain-al-asad-air-base",
        ),
    ),
    "days after": (
        row(
            "US strikes strain ceasefire, two days after Iran fired on base hosting American troops",
            "attack context by enemy: named",
            case="title: context watched",
        ),
    ),
    "as a rule": (
        row("Iran only strikes US bases", "attack context by enemy: named", case="title: context watched"),
        row("Iran only hit one US base", "attack fresh by enemy: named", case="title: fresh watched"),
        row("A campaign: striking US bases in Syria", "attack context: named SY", case="title: context watched"),
    ),
    "as and while": (
        row("As rockets hit Ain al-Asad, envoy was in Baghdad", "attack fresh: known ain-al-asad-air-base"),
        row(
            "Iran hits Al Udeid while US bombs Isfahan",
            "attack fresh by enemy: known al-udeid-air-base",
            at=WAR_2026,
        ),
        row(
            "US and Israel strike Iranian bases as missiles hit Al Udeid",
            "attack fresh by us: foreign IR",
            "attack fresh: known al-udeid-air-base",
            at=WAR_2026,
        ),
        row(
            "Two US soldiers killed when drone crashed into barracks in Jordan",
            "harm fresh: named",
            "landed fresh: host JO",
            at=JORDAN_2024,
        ),
        row(
            "Largest attack yet on Conoco base wounds two",
            "attack fresh: known mission-support-site-conoco",
        ),
    ),
    "what an attack shows": (
        row("Attack on US base in Jordan shows limits of deterrence", "attack context: named JO", case=CONTEXT),
        row("Drone strike on Tower 22 highlights gaps in defences", "attack context: known tower-22", case=CONTEXT),
        row("Attack on Ain al-Asad tests government", "attack context: known ain-al-asad-air-base", case=CONTEXT),
        row("What attack on Tower 22 shows about drones", "attack context: known tower-22", case=CONTEXT),
        row(
            "Attack on Al Udeid raises questions", "attack context: known al-udeid-air-base", case=CONTEXT, at=WAR_2026
        ),
        row("Video shows rockets hitting Ain al-Asad", "attack fresh: known ain-al-asad-air-base"),
    ),
    "what is said and done about it": (
        row("Condemnation of attack on Erbil base", "attack context: known erbil-air-base", case=CONTEXT),
        row(
            "Qatar condemns Iranian attack on Al Udeid",
            "attack context by enemy: known al-udeid-air-base",
            case=CONTEXT,
            at=WAR_2026,
        ),
        row("Senate debates attack on US base in Jordan", "attack context: named JO", case=CONTEXT),
        row("US soldier hurt in Syria attack tells of night of fire", "harm context: named", case=CONTEXT),
        row("Timeline of attacks on US bases in Iraq", "attack context: named IQ", case=CONTEXT),
        row(
            "Anniversary of attack on Ain al-Asad",
            "attack past: known ain-al-asad-air-base",
            case="title: past watched",
        ),
        row(
            "Why did rockets hit Ain al-Asad?",
            "attack context: known ain-al-asad-air-base",
            case=CONTEXT,
        ),
    ),
}

# ---- one, or many ----------------------------------------------------------------------------------------------------

MANY: Mapping[str, tuple[Row, ...]] = {
    "counted": (
        row("Thirteen attacks on US troops in a week", "attack tally: named", case=TALLY),
        row("Seven attacks on US bases in one week", "attack tally: named", case=TALLY),
        row("Hundreds of attacks on US forces since October", "attack tally: named", case=TALLY),
        row("Twenty attacks on US bases in Gulf, IRGC says", "attack tally: named Gulf", case=TALLY, at=WAR_2026),
        row(
            "Iran has struck US bases in Kuwait 40 times since the war began",
            "attack tally by enemy: named KW",
            case=TALLY,
            at=WAR_2026,
        ),
        row("Two attacks on Erbil base overnight", "attack fresh: known erbil-air-base"),
        row("Three drone attacks on Ain al-Asad in a day", "attack fresh: known ain-al-asad-air-base"),
        row(
            "Dozens of attacks on US bases in Kuwait",
            "attack tally: named KW",
            case=TALLY,
            at=WAR_2026,
        ),
        row(
            "Attacks on US troops in Iraq reach 100",
            "attack tally: named IQ",
            case=TALLY,
        ),
        row(
            "US bases in Iraq attacked 60 times since October",
            "attack tally: named IQ",
            case=TALLY,
        ),
    ),
    "measured against others": (
        row("Biggest barrage since April hits Ain al-Asad", "attack fresh: known ain-al-asad-air-base"),
        row("Fourth attack in a week on Conoco base", "attack fresh: known mission-support-site-conoco"),
        row("First attack on Ain al-Asad since June", "attack fresh: known ain-al-asad-air-base"),
        row("Deadliest attack on US troops in Syria since 2019", "attack fresh: named SY"),
        row("Latest attack on Harir base wounds one", "attack fresh: known harir-air-base"),
    ),
    "sums": (
        row("Number of US soldiers killed in Jordan rises to three", "harm tally: named", case=TALLY, at=JORDAN_2024),
        row("Toll of US troops wounded in war climbs to 303", "harm tally: named", case=TALLY, at=WAR_2026),
        row("Total of US soldiers wounded in Iraq passes 60", "harm tally: named", case=TALLY),
        row("Number of US troops wounded in war passes 400", "harm tally: named", case=TALLY, at=WAR_2026),
        row(
            "Iran has fired 25,000 projectiles at US bases, Guards say",
            "fired tally by enemy: named",
            case=TALLY,
            at=WAR_2026,
        ),
        row("Iran fired five projectiles at US base in Kuwait", "fired fresh by enemy: named KW", at=WAR_2026),
        row(
            "Iran fired 25 projectiles at US bases",
            "fired fresh by enemy: named",
            at=WAR_2026,
        ),
    ),
}

# ---- not done --------------------------------------------------------------------------------------------------------

UNDONE: Mapping[str, tuple[Row, ...]] = {
    "feared and threatened": (
        row("US bases in Iraq brace for militia attacks", "loose feared: named IQ", case="title: feared loose"),
        row("Militia threatens to attack US bases in Iraq", "attack feared: named IQ", case=FEARED),
        row("Guards vow to hit US bases", "attack feared: named", case=FEARED, at=WAR_2026),
        row("US base in Iraq may have been attacked", "attack feared: named IQ", case=FEARED),
        row(
            "US fears drone attack on base in Jordan",
            "attack feared: host JO",
            case="title: feared beside",
        ),
    ),
    "planned": (
        row("Plan to attack US base in Germany foiled, police say", "attack feared: named DE", case=FEARED),
        row("Iran plans to strike US bases in Kuwait", "attack feared by enemy: named KW", case=FEARED, at=WAR_2026),
        row(
            "Police find rockets trained on Ain al-Asad",
            "loose feared: known ain-al-asad-air-base",
            case="title: feared loose",
        ),
        row(
            "Bomb found at gate of US base in Germany",
            "loose feared: named DE",
            case="title: feared loose",
        ),
    ),
    "conditional": (
        row("If rockets hit Ain al-Asad, US will answer", "attack feared: known ain-al-asad-air-base", case=FEARED),
        row("Militia could attack US bases if talks fail, analysts say", "attack feared: named", case=FEARED),
        row("Iran will hit US bases if attacked again", "attack feared by enemy: named", case=FEARED, at=WAR_2026),
    ),
    "rehearsed": (
        row("Marines storm mock base in Djibouti drill", "attack feared: host DJ", case="title: feared beside"),
        row("Drill: rockets hit Camp Arifjan", "attack feared: known camp-arifjan", case=FEARED),
        row("Soldiers rehearse rocket attack on Camp Arifjan", "attack feared: known camp-arifjan", case=FEARED),
    ),
    "denied": (
        row(
            "Militia denies attack on Ain al-Asad",
            "attack denied: known ain-al-asad-air-base",
            case="title: denied watched",
        ),
        row(
            "Pentagon denies that US base in Syria was attacked",
            "attack denied: named SY",
            case="title: denied watched",
        ),
        row(
            "No attack on Erbil base, says governor",
            "attack denied: known erbil-air-base",
            case="title: denied watched",
        ),
        row("US base in Iraq was not hit, army says", "attack denied: named IQ", case="title: denied watched"),
    ),
    "only heard": (
        row("Sirens at Ain al-Asad", case=NONE),
        row("Sirens sound at US embassy in Baghdad", case="no deed, elsewhere title"),
        row(
            "Smoke over Conoco base after rocket attack",
            "blast fresh: known mission-support-site-conoco",
        ),
        row("Smoke rises from Conoco base", "blast fresh: known mission-support-site-conoco"),
    ),
}

# ---- harm ------------------------------------------------------------------------------------------------------------

HARM: Mapping[str, tuple[Row, ...]] = {
    "by an attack": (
        row("Three US soldiers killed in drone attack in Jordan", "harm fresh: named", at=JORDAN_2024),
        row("American soldier killed by gunmen in Afghanistan", "harm fresh: named", at=KABUL_2019),
        row("Insider attack kills two US soldiers in Helmand", "harm fresh: named AF", at=KABUL_2019),
        row("US soldiers hurt in missile strike on hotel in Bahrain", "harm fresh: named", at=WAR_2026),
        row(
            "US soldiers hurt as truck bomb goes off at outpost",
            "harm fresh: named",
            "landed fresh: bare",
            at=KABUL_2019,
        ),
        row(
            "Four US soldiers hurt in attack on base, Pentagon says",
            "harm fresh: named",
            "attack fresh: bare",
        ),
    ),
    "the force's own": (
        row(
            "Iranian attack on Saudi base causes American casualties",
            "attack fresh by enemy: host SA",
            case="title: fresh watched",
            at=WAR_2026,
        ),
        row(
            "First US deaths of Iran war: three troops killed in Kuwait",
            "harm fresh: bare",
            case="title: fresh watched",
            at=WAR_2026,
        ),
        row(
            "Attack on Saudi base causes Saudi casualties",
            "attack fresh: host SA",
            case="title: fresh host",
            at=WAR_2026,
        ),
    ),
    "by a mishap": (
        row("Three US soldiers killed in helicopter crash in Syria", "harm not: named", case=NOT),
        row("Two US soldiers wounded in crash of transport plane in Iraq", "harm not: named", case=NOT),
        row("US airmen injured when aircraft crashes near base in Djibouti", "harm not: named", case=NOT),
        row("US soldier dies in training mishap in Kuwait", "harm not: named", case=NOT),
        row("US soldier shot dead in quarrel in Texas", "harm not: named", case=NOT),
        row("US aircraft crashes in Niger; four airmen killed", "harm not: named", case=NOT),
        row(
            "Helicopter with US troops crashes in Iraq, killing seven",
            "loose fresh: named",
            case="title: not loose",
        ),
    ),
    "by the weather": (
        row("Typhoon strikes US base on Guam", "attack not: named GU", case="title: not watched"),
        row("Storm of rockets hits US base in Syria", "attack fresh: named SY", case="title: fresh watched, mishap"),
        row("Tornado damages hangars at US base in Germany", "attack not: named DE", case="title: not watched"),
    ),
    "by fire": (
        row("US base in Syria in flames", "suffer fresh: named SY", case="title: not watched"),
        row("US base in Syria ablaze after drone attack", "suffer fresh: named SY", case="title: fresh watched"),
    ),
    "by nobody": (  # read as harm; that nothing hostile is told beside it decides the case
        row("US Marine killed by buffalo in Kenya", "harm fresh: named", case=NOT),
        row("American soldier killed by lightning in Afghanistan", "harm fresh: named", case=NOT, at=KABUL_2019),
        row("US soldiers hurt as vehicle overturns near Hasakah", "harm fresh: named", case=NOT),
        row("US Navy sailor drowns in Djibouti", case="no deed, plain title"),
    ),
}

TABLES: Mapping[str, tuple[Row, ...]] = {**CLAUSES, **MANY, **UNDONE, **HARM}


@pytest.mark.parametrize("one", rows(TABLES))
def test_moods(one: Row) -> None:
    assert read(one.title, one.summary, one.at) == one.right


def test_a_time_far_back_makes_an_attack_past() -> None:
    fresh = read("Rockets hit Camp Taji on Tuesday", "", TAJI_2020)
    long_ago = read("Rockets hit Camp Taji in March", "", TAJI_2020)
    assert (fresh.case, long_ago.case) == ("title: fresh watched", "title: past watched")


def test_the_clearer_deed_of_the_lead_goes_before_a_faint_one_of_the_title() -> None:
    title = "Iraqi base attacked"
    assert read(title, "", TAJI_2020).case == "title: fresh host"
    lead = "Rockets struck Camp Taji late on Tuesday."
    assert read(title, lead, TAJI_2020).case == "lead: fresh watched, fighting title"
