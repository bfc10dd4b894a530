"""The reading of a sentence: what was done to which target and by whom, in many word orders, and the case it makes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from tests.core.events import Reading, Row, read, row, rows
from tests.core.judged import WAR_2026

KABUL_2019 = datetime(2019, 12, 11, 9, 0, tzinfo=UTC)
BAGHDAD_2020 = datetime(2020, 1, 3, 6, 0, tzinfo=UTC)
TAJI_2020 = datetime(2020, 7, 15, 12, 0, tzinfo=UTC)
JORDAN_2024 = datetime(2024, 1, 29, 6, 0, tzinfo=UTC)

NONE = "no deed, fighting title"
OURS = "no deed, strikes title"

# ---- word orders -----------------------------------------------------------------------------------------------------

ORDERS: Mapping[str, tuple[Row, ...]] = {
    "active": (
        row("Rockets hit Ain al-Asad", "attack fresh: known ain-al-asad-air-base"),
        row("Militants attack US base in Syria with drones", "attack fresh by enemy: named SY"),
        row("Iran fires missiles at Al Udeid air base", "fired fresh by enemy: known al-udeid-air-base", at=WAR_2026),
        row("Missiles slam into Camp Arifjan in Kuwait", "landed fresh: known camp-arifjan", at=WAR_2026),
        row("Gunmen open fire on US patrol near Hasakah", "fired fresh by enemy: named SY"),
        row("Mortars land inside Camp Lemonnier", "landed fresh: known camp-lemonnier"),
        row("Drone crashes into US base in Syria", "landed fresh: named SY"),
        row("Jihadists overrun US outpost in Niger", "attack fresh by enemy: named NE"),
        row("Sniper kills US soldiers in Afghanistan", "harm fresh: named AF", at=KABUL_2019),
        row("Pentagon: Iran struck Al Udeid", "attack fresh by enemy: known al-udeid-air-base", at=WAR_2026),
    ),
    "passive": (
        row("US base in Syria hit by rockets", "attack fresh by enemy: named SY"),
        row(
            "Ain al-Asad air base was struck by two drones overnight",
            "attack fresh by enemy: known ain-al-asad-air-base",
        ),
        row("Conoco field base attacked with rockets", "attack fresh: known mission-support-site-conoco"),
        row("BREAKING: Al Udeid hit", "attack fresh: known al-udeid-air-base", at=WAR_2026),
        row("US forces in Syria came under rocket fire", "suffer fresh: named SY"),
        row("US soldiers shot dead by Afghan policeman", "harm fresh: named", at=KABUL_2019),
        row("Base in Iraq housing US troops targeted", "attack fresh: named IQ"),
        row("US forces struck in Syria by militia drones", "attack fresh by enemy: named SY"),
    ),
    "participle with its object before it": (
        row(
            "US troops attacked at Erbil airport",
            "attack fresh: named erbil-air-base",
            "attack fresh: known erbil-air-base",
        ),
        row("US soldiers ambushed near border", "attack fresh: named"),
        row("Convoy of US-led coalition attacked", "attack fresh: named"),
        row(
            "US soldiers ambushed near Deir ez-Zor",
            "attack fresh: named SY",
        ),
        row(
            "Convoy of US-led coalition attacked in Diwaniyah",
            "attack fresh: named IQ",
        ),
        row("US troops attack militia at Hasakah", case=OURS),
        row(
            "US patrol attacked near village of Tal Baydar",
            "attack fresh: named",
            "attack fresh: known tal-baydar",
            not_yet="the patrol's owner is taken for who does it: the noun before a participle is longer than one word",
        ),
        row(
            "US refuelling planes hit on ground in Saudi Arabia",
            "attack fresh: named SA",
            case="title: fresh things",
        ),
    ),
    "noun": (
        row("Drone strike against Harir base", "attack fresh: known harir-air-base"),
        row("Rocket attack on Balad air base", "attack fresh: known balad-air-base", at=TAJI_2020),
        row("Attack on US troops in Syria leaves two hurt", "attack fresh: named SY", "harm fresh: named SY"),
        row("Explosion near Green Village base", "blast fresh: known green-village-al-omar-oil-field"),
        row("Explosions heard at Harir base", "blast fresh: known harir-air-base"),
        row("Erbil air base attack", "attack fresh: known erbil-air-base"),
        row("Two dead at Al Dhafra in drone strike", "harm fresh: known al-dhafra-air-base", at=WAR_2026),
        row("Hits on Camp Arifjan confirmed", "attack fresh: known camp-arifjan", at=WAR_2026),
        row("Strikes on Al Udeid", "attack fresh: known al-udeid-air-base", at=WAR_2026),
        row("US base under attack", "suffer fresh: named"),
    ),
    "the same word as a verb": (
        row("Iran strikes Al Udeid", "attack fresh by enemy: known al-udeid-air-base", at=WAR_2026),
        row("Rocket hits fence of Camp Taji", "attack fresh: known camp-taji", at=TAJI_2020),
        row(
            "Iran hits runway of Prince Sultan Air Base",
            "attack fresh by enemy: known prince-sultan-air-base",
            at=WAR_2026,
        ),
        row("Drone strikes US base in Syria", "attack fresh: named SY"),
        row(
            "Storm batters US base in Guam",
            "loose fresh: named GU",
            case="title: not loose",
        ),
    ),
    "telegraphic": (
        row("Drone attack, US base, Hasakah, no casualties", "attack fresh: named"),
        row("US base hit, Kuwait", "attack fresh: named", at=WAR_2026),
        row("Harir base: quiet weekend", case="no deed, plain title"),
        row("ROCKETS HIT US BASE IN SYRIA", "attack fresh: named SY"),
        row("Militia fires rockets at, and misses, US base in Syria", "fired fresh: named SY"),
    ),
    "after a colon": (
        row("Ain al-Asad: two drones explode inside", "attack fresh: known ain-al-asad-air-base"),
        row("Al-Tanf base: mortar attack", "attack fresh: known al-tanf-garrison"),
        row("Kuwait: drones hit Camp Arifjan", "attack fresh: known camp-arifjan", at=WAR_2026),
        row("Live: Iran fires at Al Udeid", "fired fresh by enemy: known al-udeid-air-base", at=WAR_2026),
        row("Iraq: US base in Anbar attacked", "attack fresh: named IQ"),
    ),
    "archives that space their marks": (
        row("Rockets land at al - Asad air base in Iraq", "landed fresh: known ain-al-asad-air-base"),
        row("Drones hit Ain al - Asad , no casualties", "attack fresh: known ain-al-asad-air-base"),
        row(
            "Iran fires missiles at Al - Udeid base , Qatar says",
            "fired fresh by enemy: known al-udeid-air-base",
            at=WAR_2026,
        ),
        row("Militants shell U . S . base in Iraq", "attack fresh by enemy: named IQ"),
        row("U . S . troops in Syria attacked with rockets", "attack fresh: named SY"),
    ),
    "relative clauses": (
        row("US leaves base that was hit again and again", "attack context: bare", case="title: context bare"),
        row(
            "US quits Syrian base which was attacked in October",
            "attack context: host SY",
            case="title: context beside",
        ),
        row("Drones hit base in Iraq that hosts US troops", "attack fresh: named IQ"),
        row(
            "Rockets hit Ain al-Asad, an Iraqi base that houses US forces",
            "attack fresh: named ain-al-asad-air-base",
            "attack fresh: named IQ",
        ),
        row(
            "Drones that hit Ain al-Asad came from the south",
            "attack context: known ain-al-asad-air-base",
            case="title: context watched",
        ),
        row(
            "Soldier who survived attack on Ain al-Asad runs marathon",
            "attack context: known ain-al-asad-air-base",
            case="title: context watched",
            not_yet="a relative clause is seen only where its word stands right before the deed",
        ),
    ),
    "asides": (
        row("Ain al-Asad, home to US troops, hit by drones", "attack fresh by enemy: named ain-al-asad-air-base"),
        row("Two drones, one of them armed, struck al-Tanf", "attack fresh: known al-tanf-garrison"),
        row(
            "Camp Lemonnier, the largest US base in Africa, comes under mortar fire",
            "suffer fresh: known camp-lemonnier",
            "suffer fresh: named",
        ),
        row(
            "One soldier, a medic, was hurt when rockets hit US base in Iraq",
            "harm fresh: bare",
            "attack fresh: named IQ",
        ),
        row(
            "Harir base, in Erbil province, was attacked with drones",
            "attack fresh: known harir-air-base",
        ),
    ),
}

# ---- who does it -----------------------------------------------------------------------------------------------------

WHO: Mapping[str, tuple[Row, ...]] = {
    "by a watched force": (
        row(
            "Militia depot in Syria destroyed by US forces",
            case=OURS,
        ),
        row(
            "Radar in western Iran destroyed by US forces",
            case=NONE,
            at=WAR_2026,
        ),
        row("Syrian village raided by US troops", case=NONE),
        row(
            "Militia base struck by American drone",
            "attack fresh by us: bare",
            case=OURS,
        ),
        row("Iraqi army base hit by US air strike", "attack fresh by us: host IQ", case=OURS),
        row("US strikes Iranian base near Bandar Abbas", "attack fresh by us: foreign IR", case=OURS, at=WAR_2026),
        row("US jets strike base of militia in Syria", "attack fresh by us: bare", case=OURS),
        row("US helicopters take off from Ain al-Asad to strike militia", case=NONE),
        row("Strikes ordered from Al Udeid kill militia leader", case=NONE, at=WAR_2026),
        row(
            "Kataib Hezbollah leader killed in strike at Baghdad airport",
            "attack fresh by us: known baghdad-international-airport-military-side",
            case=OURS,
            at=BAGHDAD_2020,
        ),
        row(
            "Militia leader killed in strike at Baghdad airport",
            "attack fresh by us: known baghdad-international-airport-military-side",
            case=OURS,
            at=BAGHDAD_2020,
        ),
        row(
            "Leader of Kataib Hezbollah killed in drone strike at Baghdad airport",
            "attack fresh by us: known baghdad-international-airport-military-side",
            case=OURS,
            at=BAGHDAD_2020,
        ),
        row("US drone kills militia commander in Baghdad", case=NONE, at=BAGHDAD_2020),
    ),
    "aims": (
        row("Iran says it aimed at US soldiers", "fired fresh by enemy: named", at=WAR_2026),
        row("Iran says it aimed missiles at US soldiers in Kuwait", "fired fresh by enemy: named KW", at=WAR_2026),
        row("US soldiers aimed at targets on range in Poland", case="no deed, strikes title"),
        row(
            "Rockets aimed at al-Asad air base miss",
            "weapon fresh: known ain-al-asad-air-base",
        ),
    ),
    "stopped on the way": (
        row("Qatar intercepts missiles fired at Al Udeid", "intercept fresh: known al-udeid-air-base", at=WAR_2026),
        row(
            "Kuwaiti forces shoot down drones heading for Ali Al Salem air base",
            "intercept fresh: known ali-al-salem-air-base",
            at=WAR_2026,
        ),
        row("CENTCOM says drone was shot down near Erbil base", "intercept fresh: known erbil-air-base"),
        row("US destroys drones aimed at Camp Lemonnier", "intercept fresh: known camp-lemonnier"),
        row("Al Udeid defences shoot down Iranian missiles", "defend fresh: known al-udeid-air-base", at=WAR_2026),
        row("Ain al-Asad defences repel drone attack", "defend fresh: known ain-al-asad-air-base"),
        row("US forces at al-Tanf shoot down two drones", "defend fresh: known al-tanf-garrison"),
        row("Jordan shoots down drones bound for Israel", case=NONE, at=WAR_2026),
        row("Saudi Arabia says it intercepted drones aimed at Riyadh", case=NONE, at=WAR_2026),
        row("British jets shoot down drones over Iraq", case=NONE, at=WAR_2026),
        row(
            "Kuwait intercepts drones over Camp Arifjan",
            "intercept fresh: known camp-arifjan",
            at=WAR_2026,
        ),
        row(
            "Emirati base shoots down drones bound for Abu Dhabi",
            case=NONE,
            at=WAR_2026,
        ),
    ),
    "soft verbs": (
        row("Militants breach US outpost in Afghanistan", "attack fresh by enemy: named AF", at=KABUL_2019),
        row("Fighters breach Bagram base", "attack fresh: known bagram-airfield", at=KABUL_2019),
        row("Insurgents blast gate at Bagram", "attack fresh by enemy: known bagram-airfield", at=KABUL_2019),
        row("Suicide bombers ram gate of Bagram airfield", "attack fresh: known bagram-airfield", at=KABUL_2019),
        row("Critics pummel army over base housing", case="no deed, plain title"),
        row("Critics hammer US base plan in Djibouti", case="no deed, turned title"),
        row("Protesters break into US base in Italy", case="no deed, turned title"),
        row(
            "Taliban breach Bagram airfield",
            "attack fresh by enemy: known bagram-airfield",
            at=KABUL_2019,
        ),
    ),
}

TABLES: Mapping[str, tuple[Row, ...]] = {**ORDERS, **WHO}


@pytest.mark.parametrize("one", rows(TABLES))
def test_reading(one: Row) -> None:
    assert read(one.title, one.summary, one.at) == one.right


def test_a_summary_tells_what_its_title_leaves_open() -> None:
    told = "Rockets struck Ain al-Asad on Tuesday. Nobody was hurt."
    assert read("Attack in Iraq", told, TAJI_2020) == Reading(
        ("attack fresh: known ain-al-asad-air-base",), "lead: fresh watched, fighting title"
    )
