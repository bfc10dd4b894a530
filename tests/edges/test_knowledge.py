"""The shipped facts are sound, and a broken file is refused with its line and what to write."""

from __future__ import annotations

import shutil
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor import knowledge
from monitor.core.clean import normalise
from monitor.core.records import Base, Knowledge, PastAttack, Place, Weapon
from monitor.errors import SeedError

# Degrees that hold a country, a little generously: south, north, west, east.
BOXES = {
    "AE": (22, 27, 51, 57), "AF": (29, 39, 60, 75), "AL": (39, 43, 19, 22), "AM": (38, 42, 43, 47), "AU": (-44, -9, 112, 154),
    "AW": (12, 13, -71, -69), "BA": (42, 46, 15, 20), "BE": (49, 52, 2, 7), "BF": (9, 16, -6, 3), "BG": (41, 45, 22, 29),
    "BH": (25, 27, 50, 51), "BS": (20, 28, -80, -72), "CC": (-13, -11, 96, 98), "CF": (2, 11, 14, 28), "CI": (4, 11, -9, -2),
    "CM": (1, 14, 8, 17), "CO": (-5, 14, -82, -66), "CU": (19, 24, -85, -74), "CW": (12, 13, -70, -68), "CY": (34, 36, 32, 35),
    "DE": (47, 56, 5, 16), "DJ": (10, 13, 41, 44), "DK": (54, 58, 8, 16), "DO": (17, 20, -73, -68), "EC": (-6, 2, -92, -75),
    "EE": (57, 60, 21, 29), "EG": (21, 32, 24, 37), "ER": (12, 19, 36, 44), "ES": (27, 44, -19, 5), "ET": (3, 15, 32, 48),
    "FI": (59, 71, 19, 32), "FM": (1, 11, 137, 164), "FR": (41, 52, -6, 10), "GA": (-4, 3, 8, 15), "GB": (49, 61, -9, 2),
    "GE": (41, 44, 39, 47), "GH": (4, 12, -4, 2), "GL": (59, 84, -74, -10), "GR": (34, 42, 19, 30), "GU": (13, 14, 144, 145),
    "HN": (12, 17, -90, -83), "HU": (45, 49, 16, 23), "IL": (29, 34, 34, 36), "IN": (6, 36, 68, 98), "IO": (-8, -4, 71, 73),
    "IQ": (29, 38, 38, 49), "IR": (25, 40, 44, 64), "IS": (63, 67, -25, -13), "IT": (35, 48, 6, 19), "JO": (29, 34, 34, 40),
    "JP": (24, 46, 122, 146), "KE": (-5, 6, 33, 42), "KG": (39, 44, 69, 81), "KH": (9, 15, 102, 108), "KR": (33, 39, 124, 132),
    "KW": (28, 31, 46, 49), "LB": (33, 35, 35, 37), "LR": (4, 9, -12, -7), "LT": (53, 57, 20, 27), "LV": (55, 59, 20, 29),
    "LY": (19, 34, 9, 26), "MA": (27, 36, -14, -1), "MH": (4, 15, 160, 173), "MK": (40, 43, 20, 24), "ML": (10, 25, -13, 5),
    "MP": (14, 21, 144, 147), "MZ": (-27, -10, 30, 41), "NE": (11, 24, 0, 16), "NG": (4, 14, 2, 15), "NL": (50, 54, 3, 8),
    "NO": (57, 72, 4, 32), "NZ": (-48, -34, 166, 179), "OM": (16, 27, 51, 60), "PA": (7, 10, -84, -77), "PG": (-12, 0, 140, 157),
    "PH": (4, 22, 116, 127), "PK": (23, 38, 60, 78), "PL": (49, 55, 14, 25), "PR": (17, 19, -68, -65), "PS": (31, 33, 34, 36),
    "PT": (32, 43, -32, -6), "PW": (2, 9, 131, 135), "QA": (24, 27, 50, 52), "RO": (43, 49, 20, 30), "SA": (16, 33, 34, 56),
    "SD": (8, 23, 21, 39), "SG": (1, 2, 103, 105), "SH": (-41, -7, -15, -5), "SN": (12, 17, -18, -11), "SO": (-2, 12, 40, 52),
    "SV": (13, 15, -91, -87), "SY": (32, 38, 35, 43), "TD": (7, 24, 13, 24), "TH": (5, 21, 97, 106), "TJ": (36, 42, 67, 76),
    "TN": (30, 38, 7, 12), "TR": (35, 43, 25, 45), "TT": (10, 12, -62, -60), "UA": (44, 53, 22, 41), "UG": (-2, 5, 29, 36),
    "UM": (-1, 29, -178, 168), "UZ": (37, 46, 55, 74), "XK": (41, 44, 20, 22), "YE": (12, 19, 41, 55), "AS": (-15, -10, -172, -168),
}  # fmt: skip


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


def compared(name: str) -> str:
    """A name as the lexicon compares it: inner articles left out."""
    first, *rest = normalise(name).split() or [""]
    return " ".join([first, *(word for word in rest if word != "al")])


def strong(base: Base) -> set[str]:
    return {compared(name) for name in (base.name, *base.aliases)} - weak(base)


def weak(base: Base) -> set[str]:
    return {compared(name) for name in base.weak_aliases}


def all_places(known: Knowledge) -> Iterator[Base | Place]:
    yield from known.bases
    yield from known.places


# ---- the shipped facts --------------------------------------------------------------------------------------------


def test_there_is_enough_of_everything(known: Knowledge) -> None:
    assert len(known.bases) > 400
    assert sum(place.kind == "country" for place in known.places) > 190
    assert len(known.attacks) > 350
    assert {force.id for force in known.forces} >= {"US", "GB", "FR", "DE", "IT", "TR", "AU", "NATO", "UN", "coalition"}
    assert {"Reuters", "Associated Press", "Agence France-Presse"} <= {publisher.name for publisher in known.publishers}
    assert {"mailto", "mailtos", "json", "slack", "discord"} <= knowledge.load_channels()


def test_ids_are_unique(known: Knowledge) -> None:
    for records in (known.bases, known.forces, known.groups, known.attacks, known.publishers):
        ids = [record.id for record in records]
        assert len(ids) == len(set(ids))


def test_coordinates_lie_in_their_country(known: Knowledge) -> None:
    for base in known.bases:
        if base.lat is None or base.lon is None or base.country not in BOXES:
            continue
        south, north, west, east = BOXES[base.country]
        assert south <= base.lat <= north, base.id
        assert west <= base.lon <= east, base.id


def test_cities_lie_in_their_country(known: Knowledge) -> None:
    for place in known.places:
        box = BOXES.get(place.countries[0])
        if box is None or place.lat is None or place.lon is None or place.kind not in ("city", "province"):
            continue
        assert box[0] <= place.lat <= box[1], place.name
        assert box[2] <= place.lon <= box[3], place.name


def test_every_time_zone_exists(known: Knowledge) -> None:
    for name in {place.tz for place in all_places(known)}:
        ZoneInfo(name)


def test_no_name_stands_for_two_bases_of_a_country(known: Knowledge) -> None:
    owners: dict[tuple[str, str], str] = {}
    for base in known.bases:
        for name in strong(base) | weak(base):
            assert owners.setdefault((base.country, name), base.id) == base.id, name


def test_no_strong_name_stands_for_bases_of_two_countries(known: Knowledge) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for base in known.bases:
        for name in strong(base):
            owners[name].add(base.id)
    assert not {name: ids for name, ids in owners.items() if len(ids) > 1}


def test_the_name_of_a_town_or_country_alone_is_never_a_strong_name(known: Knowledge) -> None:
    towns = {
        compared(name) for place in known.places for name in (place.name, *place.aliases) if place.kind != "waterway"
    }
    # Towns that news hardly ever name for themselves.
    towns -= {"tanf", "al tanf", "redzikowo", "التنف"}
    assert not {base.id: found for base in known.bases if (found := strong(base) & towns)}


@pytest.mark.parametrize(
    "name",
    [
        "Balad", "Victoria", "Doha", "Harir", "Taji", "K-1", "K1", "Bashur", "Erbil", "Sasebo", "Aviano", "Rota", "Garoua",
        "H5", "K2", "Manbij", "Palmyra", "Agadez", "Entebbe", "Diego Garcia", "Green Zone", "Fifth Fleet", "Conoco",
    ],
)  # fmt: skip
def test_names_that_mean_something_else_too_are_weak(known: Knowledge, name: str) -> None:
    assert not any(compared(name) in strong(base) for base in known.bases)
    assert any(compared(name) in weak(base) for base in known.bases)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Ain al-Assad", "ain-al-asad-air-base"),
        ("Ayn al-Asad", "ain-al-asad-air-base"),
        ("Tower 22", "tower-22"),
        ("Al Udeid", "al-udeid-air-base"),
        ("Camp Lemonnier", "camp-lemonnier"),
        ("Camp Simba", "manda-bay-camp-simba"),
        ("Azraq air base", "muwaffaq-salti-air-base"),
        ("Prince Sultan airbase", "prince-sultan-air-base"),
        ("قاعدة عين الأسد", "ain-al-asad-air-base"),
    ],
)
def test_names_that_identify_a_base(known: Knowledge, name: str, id: str) -> None:
    variants = {compared(name), compared(name.replace("Assad", "Asad")), compared(name.replace("airbase", "air base"))}
    assert {base.id for base in known.bases if strong(base) & variants} == {id}


def test_a_base_knows_when_a_force_stood_there(known: Knowledge) -> None:
    bases = {base.id: base for base in known.bases}

    def hosted(id: str, force: str, year: int) -> bool:
        return bases[id].hosted(force, datetime(year, 6, 1, tzinfo=UTC))

    assert hosted("ain-al-asad-air-base", "US", 2005)
    assert not hosted("ain-al-asad-air-base", "US", 2012)
    assert hosted("ain-al-asad-air-base", "US", 2020)
    assert hosted("k-1-air-base", "US", 2020)
    assert not hosted("k-1-air-base", "US", 2022)
    assert not hosted("bagram-airfield", "US", 2022)
    assert hosted("tower-22", "US", 2026)
    assert not hosted("al-salam-naval-base", "US", 2026)
    assert hosted("al-salam-naval-base", "FR", 2026)
    assert not hosted("hmeimim-air-base", "US", 2020)
    assert hosted("bashiqa-camp", "TR", 2021)


def test_every_attack_names_a_base_of_its_country(known: Knowledge) -> None:
    bases = {base.id: base for base in known.bases}
    for attack in known.attacks:
        assert not attack.base or bases[attack.base].country == attack.country, attack.id
        assert attack.weapons, attack.id
        for us, everybody in ((attack.us_killed, attack.killed), (attack.us_wounded, attack.wounded)):
            assert us is None or everybody is None or us <= everybody, attack.id


def test_the_best_known_attacks_are_in_the_ledger(known: Knowledge) -> None:
    attacks = {attack.id: attack for attack in known.attacks}
    tower = attacks["2024-01-28-tower-22"]
    assert (tower.us_killed, tower.weapons, tower.country) == (3, (Weapon.DRONE,), "JO")
    assert "Tower 22 attack" in tower.known_as
    assert attacks["2019-12-27-k-1-air-base"].us_killed == 1
    assert attacks["2020-01-08-ain-al-asad-air-base"].group == "Islamic Revolutionary Guard Corps"


def test_groups_speak_for_sides_that_exist(known: Knowledge) -> None:
    countries = {place.countries[0] for place in known.places if place.kind == "country"}
    assert {group.side for group in known.groups} - {""} <= countries
    names: dict[str, str] = {}
    for group in known.groups:
        for name in (group.name, *group.aliases):
            assert names.setdefault(name.lower(), group.id) == group.id, name


def test_a_domain_belongs_to_one_publisher(known: Knowledge) -> None:
    domains = [domain for publisher in known.publishers for domain in publisher.domains]
    assert len(domains) == len(set(domains))
    assert not [domain for domain in domains if "/" in domain or domain != domain.lower()]


def test_starter_feeds_are_many_unique_and_encrypted() -> None:
    feeds = tomllib.loads((knowledge.seeds_dir() / "feeds.toml").read_text(encoding="utf-8"))["feed"]
    assert len(feeds) >= 80
    assert len({feed["name"] for feed in feeds}) == len({feed["url"] for feed in feeds}) == len(feeds)
    assert all(feed["url"].startswith("https://") for feed in feeds)
    assert sum("news.google.com" in feed["url"] for feed in feeds) <= 3
    kinds = {"wire", "broadcaster", "newspaper", "local", "official", "defence press", "think tank"}
    assert {feed["kind"] for feed in feeds} <= kinds


def test_channels_are_the_ones_apprise_has() -> None:
    apprise = pytest.importorskip("apprise")
    schemes = {
        scheme
        for plugin in apprise.Apprise().details()["schemas"]
        for key in ("protocols", "secure_protocols")
        for scheme in plugin[key] or ()
    }
    assert knowledge.load_channels() <= schemes


def test_bases_load_without_the_rest(tmp_path: Path) -> None:
    shutil.copy(knowledge.seeds_dir() / "bases.csv", tmp_path)
    assert len(knowledge.load_bases(tmp_path)) > 400


def test_the_shipped_configuration_is_found() -> None:
    assert (knowledge.config_dir() / "basewatch.toml").is_file()


# ---- broken files -------------------------------------------------------------------------------------------------

BASES = "id,name,aliases,weak_aliases,country,region,city,province,lat,lon,tz,kind,hosts,meant_as,note"
BASE = "camp-x,Camp X,,,IQ,middle-east,Hit,Anbar,33.6,42.8,Asia/Baghdad,outpost,US:2003-2011,,"
PLACES = "name,aliases,demonyms,country,countries,kind,lat,lon,tz"
ATTACKS = "id,date,end_date,base,place,country,weapon,killed,wounded,us_killed,us_wounded,group,intercepted,status,known_as,note"
ATTACK = "2020-01-01-x,2020-01-01,2020-01-01,camp-x,,IQ,rocket,0,,0,0,,none,confirmed,,"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the shipped facts, to be broken."""
    for name in ("bases.csv", "places.csv", "groups.csv", "attacks.csv", "forces.toml", "publishers.toml"):
        shutil.copy(knowledge.seeds_dir() / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (BASE.replace("IQ", "Iraq"), ['country "Iraq"', "two capitals"]),
        (BASE.replace("33.6", "93.6"), ['lat "93.6"', "-90 to 90"]),
        (BASE.replace("33.6", "33,6"), ["16 cells instead of 15", "quote"]),
        (BASE.replace("33.6", "north"), ["no number"]),
        (BASE.replace("42.8", ""), ["without the other coordinate"]),
        (BASE.replace("outpost", "fort"), ['kind "fort"', "outpost", "naval"]),
        (BASE.replace("middle-east", "Orient"), ['region "Orient"', "middle-east"]),
        (BASE.replace("2003-2011,", "2003-2011,fort"), ['meant_as "fort"', "air base"]),
        (BASE.replace("2003-2011", "2011-2003"), ["US:2011-2003", "FORCE:FROM-TO"]),
        (BASE.replace("US:2003-2011", "US since 2003"), ["US since 2003"]),
        (BASE.replace("Camp X,,", "Camp X,X||Y,"), ["aliases", "empty part"]),
        (BASE.replace("Camp X,,", "Camp X,X|X,"), ["aliases", "twice"]),
        (BASE.replace("Camp X", ""), ["name", "fill in"]),
        (BASE.replace("camp-x", "Camp X"), ["id", "small letters"]),
        (BASE.replace("Asia/Baghdad", "UTC+3"), ["tz", "Asia/Baghdad"]),
        (BASE + "\n" + BASE, ["bases.csv:4", "twice"]),
        (BASE.replace("Camp X", '"Camp X'), ["mend the quotes"]),
    ],
)
def test_a_wrong_base_is_refused_with_its_line(tmp_path: Path, row: str, said: list[str]) -> None:
    (tmp_path / "bases.csv").write_text(f"# comment\n{BASES}\n{row}\n", encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        knowledge.load_bases(tmp_path)
    message = str(caught.value)
    assert f"{tmp_path / 'bases.csv'}:" in message
    assert all(words in message for words in said), message
    assert caught.value.remedy


def test_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bases.csv").write_text("id,name\na,b\n", encoding="utf-8")
    with pytest.raises(SeedError, match=r"bases\.csv:1: has other columns \(write: id,name,aliases"):
        knowledge.load_bases(tmp_path)


def test_a_missing_or_unreadable_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"bases\.csv: cannot be read"):
        knowledge.load_bases(tmp_path)
    (tmp_path / "bases.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SeedError, match="cannot be read"):
        knowledge.load_bases(tmp_path)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Gulf,,,,,region,26,52,Asia/Riyadh", "exactly one"),
        ("Gulf,,,IQ,KW|QA,region,26,52,Asia/Riyadh", "exactly one"),
        ("Gulf,,,,KW|Qatar,region,26,52,Asia/Riyadh", "ISO 3166-1"),
        ("Gulf,,,,KW|QA,sea,26,52,Asia/Riyadh", "waterway"),
    ],
)
def test_a_wrong_place_is_refused(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "places.csv").write_text(f"{PLACES}\n{row}\n", encoding="utf-8")
    with pytest.raises(SeedError, match=r"places\.csv:2") as caught:
        knowledge.load_places(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ATTACK.replace("2020-01-01,2020-01-01", "1.1.2020,2020-01-01"), "YYYY-MM-DD"),
        (ATTACK.replace("2020-01-01,2020-01-01", "2020-01-02,2020-01-01"), "before date"),
        (ATTACK.replace("rocket", "rockets"), "car_bomb"),
        (ATTACK.replace("rocket,0", "rocket,some"), "whole number"),
        (ATTACK.replace("camp-x,,IQ", ",,IQ"), "name the base"),
        (ATTACK.replace("confirmed", "sure"), "disputed"),
        (ATTACK.replace("none", "half"), "all, some, none"),
    ],
)
def test_a_wrong_attack_is_refused(tmp_path: Path, row: str, said: str) -> None:
    (tmp_path / "attacks.csv").write_text(f"{ATTACKS}\n{row}\n", encoding="utf-8")
    with pytest.raises(SeedError, match=r"attacks\.csv:2") as caught:
        knowledge.load_attacks(tmp_path)
    assert said in str(caught.value)


def test_an_empty_count_is_unknown_and_a_zero_is_none(tmp_path: Path) -> None:
    (tmp_path / "attacks.csv").write_text(f"{ATTACKS}\n{ATTACK}\n", encoding="utf-8")
    assert knowledge.load_attacks(tmp_path) == (
        PastAttack(
            "2020-01-01-x", "2020-01-01", "2020-01-01", "camp-x", "IQ", (Weapon.ROCKET,), 0, None, 0, 0, "", "confirmed", ()
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("attacks.csv", ATTACK.replace("camp-x", "camp-nowhere"), 'no base has the id "camp-nowhere"'),
        ("attacks.csv", ATTACK.replace("camp-x", "tower-22"), "write JO"),
        ("attacks.csv", ATTACK.replace("camp-x", "camp-taji").replace(",,none", ",Nobody,none"), 'named "Nobody"'),
        ("bases.csv", BASE.replace("US:2003", "Rebels:2003"), 'no force is called "Rebels"'),
    ],
)
def test_what_one_file_names_must_stand_in_the_other(broken: Path, file: str, line: str, said: str) -> None:
    with (broken / file).open("a", encoding="utf-8") as text:
        text.write(line + "\n")
    with pytest.raises(SeedError, match=said):
        knowledge.load(broken)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[publisher]]\nid = "a"\nname = "A"\nkind = "blog"\n', r"publishers\.toml:1: kind \"blog\".*agency"),
        ('# top\n[[publisher]]\nid = "a"\nkind = "outlet"\n', r"publishers\.toml:2: name is missing"),
        ('[[publisher]]\nid = "a"\nname = "A"\nkind = "outlet"\ndomain = "a.example"\n', "unknown key domain.*domains"),
        ('[[publisher]]\nid = "a"\nname = "A"\nkind = "outlet"\ndomains = "a.example"\n', "no list of words"),
        ('[[publisher]]\nid = "a"\nname = "A"\nkind = "outlet"\n' * 2, r"publishers\.toml:5: a second publisher"),
        ('[[outlet]]\nid = "a"\n', "something other"),
        ("[[publisher]\n", "line 1"),
    ],
)
def test_a_wrong_publisher_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "publishers.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SeedError, match=said):
        knowledge.load_publishers(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n[US]\n[US.en]\ncountry = []\n", r"forces\.toml:2: name is missing"),
        ('[US]\nname = "United States"\nen = "US"\n', "en is no table"),
        ('[US]\nname = "United States"\n[US.en]\ncountry = "US"\n', "country is no list of words"),
        ('US = "United States"\n', "US is no table"),
    ],
)
def test_a_wrong_force_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "forces.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SeedError, match=said):
        knowledge.load_forces(tmp_path)
