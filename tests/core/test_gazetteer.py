"""Which base a name means, whether a watched force stood there then, and what a site's own watching changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from monitor.core.records import Base, Keyword, Label, Presence, Region, Watch
from tests.core.judged import AUTUMN_2023, OTHER, QUIET, REPORT, WAR_2026, Case, judge, table

MARCH_2020 = datetime(2020, 3, 12, 9, 0, tzinfo=UTC)
KABUL_2019 = datetime(2019, 12, 11, 9, 0, tzinfo=UTC)


# What is judged wrongly today. Each must fail: a case that is judged rightly has to leave this list.
NOT_YET = frozenset(
    (
        "present: Erbil the city, missiles",
        "present: al-Qaeda, the base",
        "watched: added: without a deed",
    )
)


def year(number: int) -> datetime:
    return datetime(number, 6, 12, 9, 0, tzinfo=UTC)


# ---- which place a name means ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """An item that tells of an attack, with the bases and countries it names."""

    id: str
    title: str
    bases: frozenset[str]
    countries: tuple[str, ...]
    summary: str = ""
    at: datetime = AUTUMN_2023


def base(*ids: str) -> frozenset[str]:
    return frozenset(ids)


NAMED = (
    Named("Erbil the base", "Drone attack on Erbil air base wounds US soldier", base("erbil-air-base"), ("IQ",)),
    Named("Erbil airport and troops", "Rockets hit coalition forces at Erbil airport", base("erbil-air-base"), ("IQ",)),
    Named(
        "Harir, province Erbil",
        "Drones target US troops at Harir base in Erbil province",
        base("harir-air-base"),
        ("IQ",),
    ),
    Named("Ayn", "Rockets hit Ayn al-Assad base housing US forces", base("ain-al-asad-air-base"), ("IQ",)),
    Named(
        "Ein el",
        "Missiles strike Ein el Asad, Iraq's biggest base for American troops",
        base("ain-al-asad-air-base"),
        ("IQ",),
    ),
    Named("other hyphen", "Drone hits Ain al‑Asad air base", base("ain-al-asad-air-base"), ("IQ",)),
    Named("at-Tanf", "US garrison at At-Tanf attacked with drones", base("al-tanf-garrison"), ("SY",)),
    Named("Tower 22", "Drone kills American soldiers at Tower 22", base("tower-22"), ("JO",)),
    Named(
        "Doha, Qatar",
        "Missiles aimed at Al Udeid air base near Doha intercepted",
        base("al-udeid-air-base"),
        ("QA",),
        at=WAR_2026,
    ),
    Named(
        "Camp Doha, Kuwait",
        "Rocket hits US Army's Camp Doha in Kuwait",
        base("camp-doha-kuwait"),
        ("KW",),
        at=year(2003),
    ),
    Named(
        "Union III", "Rockets land beside Union III, the coalition headquarters in Baghdad", base("union-iii"), ("IQ",)
    ),
    Named(
        "Victoria",
        "Rockets fall on Victoria base at Baghdad airport",
        base("victory-base-complex"),
        ("IQ",),
        at=year(2021),
    ),
    Named(
        "Juffair",
        "Missiles hit Juffair base, home of the US Fifth Fleet in Bahrain",
        base("nsa-bahrain"),
        ("BH",),
        at=WAR_2026,
    ),
    Named("Udairi", "Drones strike Camp Udairi in Kuwait", base("camp-buehring"), ("KW",), at=WAR_2026),
    Named(
        "Kharj",
        "Missiles fired at Al-Kharj air base in Saudi Arabia",
        base("prince-sultan-air-base"),
        ("SA",),
        at=WAR_2026,
    ),
    Named("country alone", "Drones hit a US base in Kuwait", base(), ("KW",), at=WAR_2026),
    Named("province alone", "Rockets fired at base with American troops in Anbar", base(), ("IQ",)),
    Named(
        "two bases", "Rockets hit Ain al-Asad and Harir bases", base("ain-al-asad-air-base", "harir-air-base"), ("IQ",)
    ),
    Named(
        "two countries",
        "Drones strike US bases at al-Tanf in Syria and Erbil in Iraq",
        base("al-tanf-garrison", "erbil-air-base"),
        ("IQ", "SY"),
    ),
    Named(
        "two weapons",
        "Missiles hit Ali Al Salem air base as drones target Camp Arifjan",
        base("ali-al-salem-air-base", "camp-arifjan"),
        ("KW",),
        at=WAR_2026,
    ),
    Named(
        "one hit, one home",
        "Soldiers from Fort Bragg hurt as rockets strike Camp Taji",
        base("camp-taji"),
        ("IQ",),
        at=MARCH_2020,
    ),
    Named(
        "one hit, one launched from",
        "Jets from Incirlik circle as rockets hit Ain al-Asad base",
        base("ain-al-asad-air-base"),
        ("IQ",),
    ),
)


# Names of bases as news of several countries and agencies write them. In a year in which troops stood there.
SPELLED = {
    ("ain-al-asad-air-base", 2021): "Al Assad Airbase|Ain Assad|Ayn al Asad|Assad airbase|al-Assad military base|Aïn al-Assad base",
    ("erbil-air-base", 2021): "Irbil airport|Hewler airport|Erbil's airport|a US base in Irbil|the coalition base at Arbil airport",
    ("harir-air-base", 2021): "al-Harir base|Bashur airfield|Harir military airport|a US base in Harir",
    ("victory-base-complex", 2021): "Victoria base|Camp Victory|Victory military base",
    ("union-iii", 2023): "Union Three|Union 3 base|FOB Union III",
    ("camp-taji", 2020): "al-Taji base|Taji military camp|at-Taji camp",
    ("k-1-air-base", 2019): "K1 military base|K-One base|K-1 base",
    ("qayyarah-airfield-west", 2019): "Q-West|Qayara air base|al-Qayyarah base",
    ("al-tanf-garrison", 2023): "at-Tanf base|Al Tanaf base|Tanf outpost",
    ("mission-support-site-conoco", 2023): "Koniko gas field|Conico base|the Conoco gas plant",
    ("green-village-al-omar-oil-field", 2023): "al-Omar oilfield|Omar oil field base|Mission Support Site Green Village",
    ("al-shaddadi", 2023): "Shadadi base|al-Shaddadah base",
    ("tower-22", 2024): "Tower22|Tower-22|the Tower 22 outpost",
    ("camp-arifjan", 2026): "Arifjan base|Camp Arefjan",
    ("ali-al-salem-air-base", 2026): "Ali as-Salem air base|Ali Salem base|Ali al-Salim airbase",
    ("camp-buehring", 2026): "al-Adiri base|Udairi airfield|Al-Adairi camp",
    ("port-shuaiba", 2026): "Shuaibah port|the port of Shuaiba",
    ("al-udeid-air-base", 2026): "al-Odeid base|Al Udaid airbase|al-Adeed base|a US air base in Qatar",
    ("nsa-bahrain", 2026): "the US Navy's Fifth Fleet headquarters in Bahrain|a US naval base in Bahrain|US Navy base in Manama|Jufair naval base|5th Fleet HQ",
    ("isa-air-base", 2026): "Sheikh Issa air base|Isa airbase",
    ("al-dhafra-air-base", 2026): "Al-Zafra air base|a US air base in the UAE|Dhafra airbase",
    ("prince-sultan-air-base", 2026): "Al-Kharij base|Al Kharj airbase|Prince Sultan airfield|a US air base in Saudi Arabia",
    ("muwaffaq-salti-air-base", 2026): "Azraq base|Mwaffaq Salti|Muafaq al-Salti Air Base",
    ("prince-hassan-air-base", 2026): "H5 airbase|Prince Hasan base",
    ("manda-bay-camp-simba", 2020): "Camp Simba|Manda airstrip|a US base in Kenya's Lamu|Manda Bay naval base",
    ("baledogle-military-airfield", 2019): "Ballidogle base|Bale Dogle",
    ("niger-air-base-201", 2021): "Airbase 201|the US drone base in Agadez",
    ("camp-lemonnier", 2021): "Camp Lemonier|a US base in Djibouti",
    ("nsa-souda-bay", 2026): "Suda Bay naval base|the US naval base on Crete",
    ("bagram-airfield", 2020): "Bagram Air Field|a US air base in Afghanistan",
    ("hamid-karzai-international-airport", 2021): "Kabul's airport|HKIA",
    ("camp-bondsteel", 2021): "a US base in Kosovo",
}  # fmt: skip


@pytest.mark.parametrize(
    ("id", "at", "name"), [(id, at, name) for (id, at), names in SPELLED.items() for name in names.split("|")]
)
def test_a_base_by_its_spellings(id: str, at: int, name: str) -> None:
    finding = judge(f"Drone attack on {name} wounds two American soldiers", at=year(at))
    assert {attack.target.base for attack in finding.attacks} == {id}


# Where several bases of the country could be meant, or the host's own is, the country is all that is known.
OPEN = (
    ("Missiles hit US base in Qatar", "QA"),
    ("Missiles hit US bases in Bahrain", "BH"),
    ("Drones hit US air base in Kuwait", "KW"),
    ("Missiles fired at US air bases in Saudi Arabia", "SA"),
    ("Drone hits US base in Dubai", "AE"),
)


@pytest.mark.parametrize(("title", "country"), OPEN)
def test_a_country_alone_is_no_base(title: str, country: str) -> None:
    finding = judge(title, at=WAR_2026)
    assert [(attack.target.base, attack.target.countries) for attack in finding.attacks] == [("", (country,))]


@pytest.mark.parametrize("case", table("named", NAMED, NOT_YET))
def test_the_base_that_is_meant(case: Named) -> None:
    finding = judge(case.title, case.summary, at=case.at)
    assert finding.flagged, finding
    assert frozenset(attack.target.base for attack in finding.attacks if attack.target.base) == case.bases
    assert tuple(sorted(finding.countries)) == case.countries


# Items whose base is named in the title, in the lead or only beside it, with other places around. Year, title, summary.
PLACED = (
    (2021, "Rockets hit Iraq's Balad airbase housing US contractors", "", "balad-air-base", "IQ"),
    (2021, "Three rockets strike Victoria base near Baghdad airport", "The base hosts US-led coalition troops.", "victory-base-complex", "IQ"),
    (2021, "Rockets target Baghdad airport", "Three Katyusha rockets landed near the airport, where US troops are stationed, a security source said.", "baghdad-international-airport-military-side", "IQ"),
    (2021, "Explosive-laden drone targets US forces at Erbil airport in northern Iraq", "", "erbil-air-base", "IQ"),
    (2021, "Rocket barrage on Erbil kills contractor, wounds US soldier", "The rockets landed on and around a coalition base at the city's airport.", "erbil-air-base", "IQ"),
    (2021, "Drone attack hits hangar near Irbil airport", "The attack targeted the CIA hangar inside the airport complex used by coalition forces.", "erbil-air-base", "IQ"),
    (2023, "US forces in Syria come under rocket attack at Conoco gas field", "", "mission-support-site-conoco", "SY"),
    (2023, "US base at Syria's al-Omar oil field attacked", "No one was hurt in the attack in Deir ez-Zor province.", "green-village-al-omar-oil-field", "SY"),
    (2023, "Rockets fired at Green Village in northeast Syria", "US Central Command said no coalition troops were hurt.", "green-village-al-omar-oil-field", "SY"),
    (2023, "Rockets hit US base at Kharab al-Jir", "Residents of Rmeilan heard explosions.", "kharab-al-jir", "SY"),
    (2023, "Drones attack al-Tanf garrison in southern Syria", "Two were shot down, one hit the compound, wounding two members of the Syrian opposition.", "al-tanf-garrison", "SY"),
    (2023, "Two drones target Ain al-Asad, another Harir", "The bases in Iraq host US and other international forces.", "ain-al-asad-air-base harir-air-base", "IQ"),
    (2023, "Attacks on US forces: drones at Harir in Kurdistan, rockets at al-Shaddadi in Syria", "", "harir-air-base al-shaddadi", "IQ SY"),
    (2023, "Drone shot down over Erbil airport where US troops are based", "", "erbil-air-base", "IQ"),
    (2020, "Rockets hit Iraqi base north of Baghdad housing US troops", "The attack on Camp Taji is the second in a week.", "camp-taji", "IQ"),
    (2020, "Two rockets fall inside Baghdad's Green Zone near Union III base", "", "union-iii", "IQ"),
    (2020, "Rocket attack on K1 base in Kirkuk where US forces are stationed", "", "k-1-air-base", "IQ"),
    (2020, "Al-Shabaab fighters storm Kenya's Manda airstrip used by US forces", "", "manda-bay-camp-simba", "KE"),
    (2020, "Al-Shabab attacks military base used by US in Kenya", "The dawn attack at Camp Simba in Lamu county destroyed aircraft.", "manda-bay-camp-simba", "KE"),
    (2020, "Rockets fired at Bagram, largest US base in Afghanistan", "", "bagram-airfield", "AF"),
    (2020, "Taliban car bomb hits medical facility near Bagram base", "No US or coalition casualties.", "bagram-airfield", "AF"),
    (2020, "Two US soldiers killed in insider attack in Afghanistan's Nangarhar province", "", "", "AF"),
    (2021, "Suicide bomber kills US troops at Abbey Gate of Kabul airport", "", "hamid-karzai-international-airport", "AF"),
    (2021, "Rockets intercepted over Kabul airport", "The base defence system downed as many as five rockets fired at Hamid Karzai International Airport.", "hamid-karzai-international-airport", "AF"),
    (2021, "Mortar attack on Kandahar Airfield, US says no damage", "", "kandahar-airfield", "AF"),
    (2021, "Al-Shabaab mortars hit Halane camp in Mogadishu", "The compound at the airport houses US diplomats, troops and the UN.", "mogadishu-airport-halane", "SO"),
    (2026, "Iran says it fired drones at Azraq base in Jordan", "", "muwaffaq-salti-air-base", "JO"),
    (2026, "Iran strikes US Fifth Fleet HQ in Bahrain, Ali Al Salem in Kuwait", "", "nsa-bahrain ali-al-salem-air-base", "BH KW"),
    (2026, "Drones target Kuwait's Camp Buehring and Ali Al Salem air base", "", "camp-buehring ali-al-salem-air-base", "KW"),
    (2026, "Missiles fired at Al Udeid, Qatar says all intercepted", "Debris fell near Doha.", "al-udeid-air-base", "QA"),
    (2026, "IRGC hits Al-Adiri helicopter base, Mohammed al-Ahmad naval base in Kuwait", "", "camp-buehring camp-patriot-kuwait-naval-base", "KW"),
    (2026, "Iran targets Duqm port in Oman used by US Navy", "", "duqm-port", "OM"),
    (2026, "Drone hits RAF Akrotiri in Cyprus", "", "raf-akrotiri", "CY"),
    (2026, "Missile fired at Diego Garcia falls short", "", "diego-garcia", "IO"),
    (2026, "Iranian missiles hit Al Dhafra and Al Minhad bases in the Emirates", "", "al-dhafra-air-base al-minhad-air-base", "AE"),
    (2026, "Six US soldiers killed in drone strike at Kuwaiti port", "The troops were working in a makeshift operations centre at Port Shuaiba.", "port-shuaiba", "KW"),
    (2026, "Sirens at US base in Incirlik as missile is shot down over Turkey", "NATO defences destroyed the Iranian missile headed for Incirlik.", "incirlik-air-base", "TR"),
    (2024, "Three US soldiers killed in drone strike at outpost in Jordan near Syria border", "Tower 22 is a logistics support site across from al-Tanf.", "tower-22", "JO"),
    (2024, "Drone hits US base in Jordan, killing three; Tower 22 lies near Tanf garrison in Syria", "", "tower-22", "JO"),
)  # fmt: skip


@pytest.mark.parametrize(("at", "title", "summary", "bases", "countries"), PLACED)
def test_the_base_among_other_places(at: int, title: str, summary: str, bases: str, countries: str) -> None:
    finding = judge(title, summary, at=year(at))
    assert {attack.target.base for attack in finding.attacks if attack.target.base} == set(bases.split())
    assert set(finding.countries) == set(countries.split())


# ---- whether it is a base of the watched force, that day --------------------------------------------------------------

PRESENT = (
    Case("Erbil the city", OTHER, "Gunmen kill two in Erbil market"),
    Case("Erbil the city, missiles", OTHER, "Missiles hit villa of Kurdish businessman in Erbil", at=year(2022)),
    Case("Doha the city", OTHER, "Drone debris damages apartment block in Doha", at=WAR_2026),
    Case("Balad the market", OTHER, "Bomb kills four at market in Balad", at=year(2021)),
    Case("Prince Hassan the man", OTHER, "Prince Hassan attacks plan for new airport tax"),
    Case("Assad the man", OTHER, "Rebels fire rockets at Assad's palace", at=year(2014)),
    Case("al-Qaeda", OTHER, "Al-Qaeda attack kills American tourist in Yemen"),
    Case("al-Qaeda, the base", OTHER, "Al-Qaeda, which means 'the base', claims bombing of US hotel"),
    Case("al-Salam is French", OTHER, "Drone strikes Al-Salam naval base in Abu Dhabi", at=WAR_2026),
    Case("al-Dhafra is both", REPORT, "Missiles strike Al Dhafra air base in Abu Dhabi", at=WAR_2026),
    Case("Green Zone", QUIET, "Rocket falls in Baghdad's Green Zone, damages flats"),
    Case("Bagram, US there", REPORT, "Suicide truck bomb strikes outside Bagram air base", at=KABUL_2019),
    Case("Bagram, US gone", OTHER, "Gunmen attack Taliban guards at Bagram air base", at=year(2024)),
    Case("Kandahar, US gone", OTHER, "Bomber strikes outside Kandahar airport", at=year(2024)),
    Case("Agadez, US there", REPORT, "Gunmen attack drone base at Agadez, Air Base 201", at=year(2021)),
    Case("Agadez, US gone", OTHER, "Jihadists fire mortars at Air Base 201 near Agadez", at=year(2025)),
    Case("Niamey, US gone", OTHER, "Gunmen attack Air Base 101 at Niamey airport", at=year(2026)),
    Case("Ain al-Asad, US there", REPORT, "Rockets hit Ain al-Asad air base", at=year(2024)),
    Case("Ain al-Asad, between the wars", OTHER, "Islamic State attacks Ain al-Asad air base", at=year(2013)),
    Case("Ain al-Asad, US gone", OTHER, "Drone hits Ain al-Asad air base, Iraqi soldiers unhurt", at=year(2028)),
    Case("Speicher, US gone", OTHER, "Islamic State fighters storm Camp Speicher", at=year(2014)),
    Case("Balad, US gone", OTHER, "Rockets land at Balad air base", at=year(2025)),
    Case("gone, but the item says otherwise", REPORT, "Rockets hit Balad air base, where American contractors and troops are stationed", at=year(2023)),
    Case("Khanabad, long gone", OTHER, "Gunmen attack guards at Karshi-Khanabad air base", at=year(2023)),
    Case("Akrotiri hosts both", REPORT, "Drone strikes RAF Akrotiri in Cyprus", at=WAR_2026),
)  # fmt: skip


@pytest.mark.parametrize("case", table("present", PRESENT, NOT_YET))
def test_who_stood_there_then(case: Case) -> None:
    finding = judge(case.title, case.summary, at=case.at)
    assert finding.label in case.labels, [(reason.rule, reason.text, reason.weight) for reason in finding.because]


# ---- what a site watches ----------------------------------------------------------------------------------------------

FARM = Base(
    "own-fox-farm", "Fox Farm", ("Fox Farm Airfield",), (), "JO", "middle-east", "Azraq", "Zarqa", 31.8, 36.8, "Asia/Amman",
    "air base", (Presence("US", 2019, None),),
)  # fmt: skip
BRITISH, ALLIED, HELMETS = Watch(forces=("GB",)), Watch(forces=("NATO",)), Watch(forces=("UN",))
SYRIA = Region("Syria", frozenset({"SY"}))
NORTH = Region("around Erbil", circles=((36.2, 44.0, 80.0),))
GULF = Region("northern Gulf", polygons=(((28.0, 47.0), (30.5, 47.0), (30.5, 50.5), (28.0, 50.5)),))


def keyword(written: str) -> tuple[Keyword, ...]:
    return (Keyword(written, re.compile(rf"\b{re.escape(written)}\b", re.IGNORECASE)),)


@dataclass(frozen=True, slots=True)
class Watched:
    """An item, what a site watches, and the labels that are right then; `rule` must stand among the reasons."""

    id: str
    watch: Watch
    labels: frozenset[Label]
    title: str
    rule: str = ""
    at: datetime = AUTUMN_2023


WATCHED = (
    Watched("GB: by adjective", BRITISH, REPORT, "Rockets hit British base in Basra", at=year(2007)),
    Watched("GB: troops", BRITISH, REPORT, "Three British soldiers killed by suicide bomber at checkpoint in Helmand", at=year(2009)),
    Watched("GB: by the gazetteer", BRITISH, REPORT, "Drone hits RAF Akrotiri", at=WAR_2026),
    Watched("GB: nothing of the US", BRITISH, OTHER, "Drones strike US outpost at al-Tanf"),
    Watched("NATO: headquarters", ALLIED, REPORT, "Car bomb explodes at NATO base in Kabul", at=KABUL_2019),
    Watched("NATO: not the army next door", ALLIED, OTHER, "Taliban overrun Afghan army base in Farah", at=KABUL_2019),
    Watched("UN: peacekeepers", HELMETS, REPORT, "Peacekeepers wounded as shell hits UN base in southern Lebanon"),
    Watched("UN: UNIFIL", HELMETS, REPORT, "Rocket strikes UNIFIL headquarters at Naqoura"),
    Watched("UN: nothing of the US", HELMETS, OTHER, "Drones strike US outpost at al-Tanf"),
    Watched("region: inside", Watch(regions=(SYRIA,)), REPORT, "Drones strike US outpost at al-Tanf in Syria"),
    Watched("region: outside", Watch(regions=(SYRIA,)), OTHER, "Rockets hit Ain al-Asad air base in Iraq", "outside the watched regions"),
    Watched("region: circle, inside", Watch(regions=(NORTH,)), REPORT, "Drone attack on Harir air base"),
    Watched("region: circle, outside", Watch(regions=(NORTH,)), OTHER, "Rockets hit Ain al-Asad air base", "outside the watched regions"),
    Watched("region: polygon, inside", Watch(regions=(GULF,)), REPORT, "Missiles hit Camp Arifjan in Kuwait", at=WAR_2026),
    Watched("region: polygon, outside", Watch(regions=(GULF,)), OTHER, "Missiles hit Al Udeid air base in Qatar", "outside the watched regions", at=WAR_2026),
    Watched("required: there", Watch(require=keyword("drone")), REPORT, "Drone attack on US base in Syria"),
    Watched("required: missing", Watch(require=keyword("drone")), OTHER, "Rockets hit US base in Syria", "holds no required keyword"),
    Watched("excluded", Watch(exclude=keyword("Anbar")), OTHER, "Rockets hit US base in Anbar, Iraq", "excluded by a keyword"),
    Watched("added: unknown place", Watch(add=keyword("Blue Lagoon")), REPORT, "Rockets hit Blue Lagoon in western Iraq"),
    Watched("added: without a deed", Watch(add=keyword("Blue Lagoon")), OTHER, "Festival returns to Blue Lagoon"),
    Watched("own base", Watch(own_bases=(FARM,)), REPORT, "Drones hit Fox Farm Airfield"),
    Watched("own base, not one's own", Watch(), OTHER, "Drones hit Fox Farm Airfield"),
    Watched("ignored base", Watch(ignored_bases=frozenset({"al-tanf-garrison"})), OTHER, "Drones strike al-Tanf garrison", "ignored base"),
    Watched("ignored base and another", Watch(ignored_bases=frozenset({"harir-air-base"})), REPORT, "Rockets hit Ain al-Asad and Harir bases"),
)  # fmt: skip


@pytest.mark.parametrize("case", table("watched", WATCHED, NOT_YET))
def test_what_a_site_watches_decides(case: Watched) -> None:
    finding = judge(case.title, at=case.at, watch=case.watch)
    assert finding.label in case.labels, [(reason.rule, reason.text, reason.weight) for reason in finding.because]
    assert not case.rule or finding.because[0].rule == case.rule


def test_the_force_that_is_told_stands_in_the_attack() -> None:
    both = Watch(forces=("US", "GB"))
    for title, force in (("Rockets hit British base in Iraq", "GB"), ("Rockets hit American base in Iraq", "US")):
        finding = judge(title, at=AUTUMN_2023, watch=both)
        assert [(attack.target.force, attack.target.countries) for attack in finding.attacks] == [(force, ("IQ",))]


def test_an_ignored_base_is_left_out_of_the_attacks() -> None:
    title = "Rockets hit Ain al-Asad and Harir bases"
    whole, part = judge(title), judge(title, watch=Watch(ignored_bases=frozenset({"harir-air-base"})))
    assert {attack.target.base for attack in whole.attacks} - {attack.target.base for attack in part.attacks} == {
        "harir-air-base"
    }


def test_a_refusal_quotes_the_words_it_stands_on() -> None:
    title = "Rockets hit US base in Anbar, Iraq"
    reason = judge(title, watch=Watch(exclude=keyword("anbar"))).because[0]
    assert (title[reason.start : reason.end], reason.text) == ("Anbar", "Anbar")
    assert reason.weight < 0


def test_every_case_named_as_wrong_exists() -> None:
    named = {f"named: {case.id}" for case in NAMED}
    present = {f"present: {case.id}" for case in PRESENT}
    assert named | present | {f"watched: {case.id}" for case in WATCHED} >= NOT_YET
