"""Weapons, parties, interception, numbers launched, waves and damage."""

from __future__ import annotations

import pytest

from monitor.core.records import Intercepted, Weapon
from tests.core.reading import facts, pair

WEAPONS = [
    ("Rockets land at Balad", [Weapon.ROCKET]),
    ("Katyusha rocket slams into base", [Weapon.ROCKET]),
    ("Ballistic missiles and drones target airfield", [Weapon.MISSILE, Weapon.DRONE]),
    ("One-way attack drone hits outpost", [Weapon.DRONE]),
    ("UAV crashes into hangar", [Weapon.DRONE]),
    ("Unmanned aerial vehicles target coalition base", [Weapon.DRONE]),
    ("Mortar rounds hit camp", [Weapon.MORTAR]),
    ("Camp comes under artillery fire", [Weapon.ARTILLERY]),
    ("Car bomb explodes at gate of base", [Weapon.CAR_BOMB]),
    ("VBIED detonates outside outpost", [Weapon.CAR_BOMB]),
    ("Suicide bomber attacks convoy", [Weapon.SUICIDE]),
    ("Roadside bomb strikes patrol", [Weapon.IED]),
    ("IED hits coalition convoy", [Weapon.IED]),
    ("Gunmen open fire at airfield gate", [Weapon.GUNFIRE]),
    ("Green-on-blue attack leaves two dead", [Weapon.INSIDER]),
    ("Man in Afghan uniform opened fire on advisers", [Weapon.INSIDER, Weapon.GUNFIRE]),
    ("Afghan soldier shoots two Americans at training base", [Weapon.INSIDER]),
    ("Rocket-propelled grenade hits convoy", [Weapon.OTHER]),
    ("Turkish airstrike hits base", [Weapon.AIRSTRIKE]),
    ("Base commander says missile was intercepted", [Weapon.MISSILE]),
    ("Missile defence battery opens up over base", []),
    ("THAAD interceptors sent after attack", []),
    ("Attack damages MQ-9 Reaper drones", []),
    ("Guards hit American drone base", []),
    ("Base attacked after US missile strike", []),
    ("Base comes under attack", []),
    ("Soldier shot dead at gate of base", [Weapon.GUNFIRE]),
    ("Minibus packed with explosives blows up at gate", [Weapon.CAR_BOMB]),
    ("Roadside blast hits convoy", [Weapon.IED]),
    ("Bomb hits convoy carrying supplies for the coalition", [Weapon.IED]),
    ("Su-24 jets attack base", [Weapon.AIRSTRIKE]),
    ("Unknown projectiles land at base", [Weapon.OTHER]),
    ("Man with knife attacks guard at gate", [Weapon.OTHER]),
    ("Drones damaged in missile strike on base", [Weapon.MISSILE]),
    # a later sentence that tells no other time may name it
    ("Base attacked overnight\nA drone got through, an official said.", [Weapon.DRONE]),
    ("Base attacked overnight\nIn January 2020 missiles hit the same place.", []),
]


@pytest.mark.parametrize(("text", "weapons"), WEAPONS)
def test_weapons(text: str, weapons: list[Weapon]) -> None:
    assert list(facts(text, told=1).weapons) == weapons


LAUNCHED = [
    ("14 rockets land at base", (14, 14)),
    ("A volley of about 30 rockets hit the base", (30, 30)),
    ("Two ballistic missiles and three drones fired at base", (5, 5)),
    ("At least six Katyusha rockets struck the camp", (6, None)),
    ("Dozens of drones fired at airfield", (24, None)),
    ("Three rocket attacks in a day on base", None),
    ("Rockets fired at base", None),
    ("First attack on the base since December 27, when 30 rockets killed a contractor", None),
]


@pytest.mark.parametrize(("text", "count"), LAUNCHED)
def test_launched(text: str, count: tuple[int, int | None] | None) -> None:
    assert pair(facts(text).launched) == count


INTERCEPTED = [
    ("Air defences shot down all the drones over the base", Intercepted.ALL),
    ("Coalition forces repelled a drone attack near the base", Intercepted.ALL),
    ("Kuwait says it intercepted missiles over the air base", Intercepted.ALL),
    ("Most of the rockets were intercepted, one hit the runway", Intercepted.SOME),
    ("Debris of an intercepted missile fell on the base", Intercepted.SOME),
    ("Two drones shot down, a third struck a hangar", Intercepted.SOME),
    ("Defences failed to intercept the drone", Intercepted.NONE),
    ("Rockets hit the base", None),
]


@pytest.mark.parametrize(("text", "intercepted"), INTERCEPTED)
def test_intercepted(text: str, intercepted: Intercepted | None) -> None:
    assert facts(text).intercepted is intercepted


WAVES = [
    ("Guards announce wave 23 of missiles at US bases", 23),
    ("IRGC strikes air base in 51st wave", 51),
    ("Fifty-fifth wave of strikes hits US bases", 55),
    ("Wave LV targets American bases", 55),
    ("Seventieth wave of missile strikes", 70),
    ("New wave of attacks on bases", None),
]


@pytest.mark.parametrize(("text", "wave"), WAVES)
def test_wave(text: str, wave: int | None) -> None:
    assert facts(text).wave == wave


ORDINALS = [
    ("Second attack on the base today", 2),
    ("Third rocket attack on airport in 24 hours", 3),
    ("Second attack this year", None),
    ("Rockets hit base today", None),
]


@pytest.mark.parametrize(("text", "ordinal"), ORDINALS)
def test_ordinal(text: str, ordinal: int | None) -> None:
    assert facts(text).ordinal == ordinal


AGAIN = [
    ("Shaddadi base hit by rockets again", True),
    ("Drones again struck the air base", True),
    ("Fresh drone attack targets troops at the base", True),
    ("Guards launch new wave of missile strikes on the base", True),
    ("Base attacked for the second time in a week", True),
    ("Second soldier dies of wounds after attack on base", False),
    ("Rockets hit base, officials warn of new sanctions", False),
    ("First attack on the base this year", False),
]


@pytest.mark.parametrize(("text", "again"), AGAIN)
def test_one_more_attack(text: str, again: bool) -> None:
    assert facts(text).again is again


GUARDS = "Islamic Revolutionary Guard Corps"
PARTIES = [
    ("Kataib Hezbollah claimed responsibility for the rocket attack", "claimed_by", ("Kataib Hezbollah",)),
    ("IRGC says it struck US base in Jordan", "claimed_by", (GUARDS,)),
    ("Rocket attack claimed by the Islamic Resistance in Iraq", "claimed_by", ("Islamic Resistance in Iraq",)),
    ("Fifty hurt as missiles strike US base in Jordan, IRGC says", "claimed_by", (GUARDS,)),
    ("Missiles strike US base in Jordan — IRGC", "claimed_by", (GUARDS,)),
    ("Missiles strike US base in Jordan, IRGC depots bombed", "claimed_by", ()),
    ("Al-Shabaab claims attack on airfield", "claimed_by", ("Al-Shabaab",)),
    (
        "Washington blamed the rocket fire on Kataib Hezbollah; US blames Kataib Hezbollah",
        "blamed_on",
        ("Kataib Hezbollah",),
    ),
    ("No group claimed responsibility for the rockets", "claimed_by", ()),
    ("Iran denies it attacked the base", "denied_by", ("Iran",)),
    ("CENTCOM denied that any base was hit", "denied_by", ("CENTCOM",)),
    ("Pentagon confirms drone strike on outpost", "confirmed_by", ("Pentagon",)),
    ("US official said several rockets landed", "confirmed_by", ("US",)),
    ("Rockets hit base, says Iraqi military spokesman", "blamed_on", ()),
]


@pytest.mark.parametrize(("text", "field", "names"), PARTIES)
def test_parties(text: str, field: str, names: tuple[str, ...]) -> None:
    assert getattr(facts(text, countries=("JO",)), field) == names


def test_a_host_does_not_attack_itself() -> None:
    assert facts("Syrian missile hits base", countries=("JO",)).blamed_on == ("Syria",)
    assert facts("Syrian missile hits base", countries=("SY",)).blamed_on == ()


DAMAGE = [
    ("Rocket damaged a hangar and two aircraft, an official said", "hangar"),
    ("The strike caused minor damage to the runway", "minor damage"),
    ("A fire broke out at the fuel store", "fire broke out"),
    ("Rocket lands in open ground", ""),
]


@pytest.mark.parametrize(("text", "part"), DAMAGE)
def test_damage_is_a_short_phrase(text: str, part: str) -> None:
    damage = facts(text).damage
    assert part in damage.lower()
    assert bool(part) == bool(damage)
    assert len(damage.split()) <= 12


def test_every_fact_names_its_sentence() -> None:
    read = facts(
        "Drones hit air base early Wednesday\nTwo US soldiers were wounded. Kataib Hezbollah claimed the attack. "
        "A hangar was damaged."
    )
    told = dict(read.sentences)
    assert told["when"] == told["weapons"] == "Drones hit air base early Wednesday"
    assert told["wounded"] == told["us_wounded"] == "Two US soldiers were wounded."
    assert told["claimed_by"] == "Kataib Hezbollah claimed the attack."
    assert told["damage"] == "A hangar was damaged."


def test_the_toll_of_an_older_attack_in_a_later_sentence_is_left() -> None:
    read = facts("Rocket hits base on Tuesday\nIn December 2019 a volley killed a US contractor at the base.", told=1)
    assert read.killed is None


def test_a_later_sentence_adds_the_toll() -> None:
    read = facts("Rocket hits base on Tuesday\nNo casualties were reported.", told=1)
    assert pair(read.killed) == (0, 0)


SOLDIERS = [
    ("Drone hits US outpost\nTwo soldiers were wounded.", (2, 2)),
    ("Drone hits US outpost\nTwo soldiers were wounded, the Iraqi military said.", None),
    ("Drone hits US outpost, Iraqi soldier hurt\nTwo other soldiers were wounded.", None),
    ("Drone hits outpost\nTwo soldiers were wounded.", None),
]


@pytest.mark.parametrize(("text", "wounded"), SOLDIERS)
def test_soldiers_of_a_text_that_names_no_other_troops_are_american(text: str, wounded: tuple[int, int] | None) -> None:
    assert pair(facts(text).us_wounded) == wounded
