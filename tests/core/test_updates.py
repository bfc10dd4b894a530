"""News about an earlier attack is read as such, by its kind; what only looks like it is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

import pytest

from monitor import knowledge
from monitor.core.clean import clean
from monitor.core.reading.classify import Classifier
from monitor.core.records import Entry, Label, Watch
from monitor.words import load_words
from tests.core.judged import judge

AT = datetime(2020, 7, 15, 12, 0, tzinfo=UTC)

# Titles, and after a bar their first sentence, by the kind of what is new.
NEWS: Mapping[str, tuple[str, ...]] = {
    "toll": (
        "Toll of rocket attack on Camp Taji rises to four",
        "Death toll from Friday's strike on Erbil base revised to two",
        "Pentagon raises number of wounded in Ain al-Asad attack",
        "Number of Americans hurt in drone strike on Harir climbs to 17",
        "Coalition corrects count of injured after rockets at Balad",
        "Wounded in Ain al-Asad rocket attack now number eleven",
        "Nine troops hurt in attack on al-Tanf, up from five",
        "Four, not six, soldiers wounded in mortar attack on Camp Taji",
        "More soldiers wounded at Conoco than first known, after Monday's drone attack",
        "New figures: 31 US troops hurt in Tower 22 attack",
        "Casualty count of Bagram bombing grows",
        "Army adds two to list of wounded in Victoria base attack",
    ),
    "wounds": (
        "Twelve US soldiers have brain injuries after missiles hit Ain al-Asad",
        "Five troops at al-Tanf diagnosed with concussion after drone attack",
        "Traumatic brain injuries found among US troops in Erbil after rockets",
        "TBI cases reported at US base after Monday's attack",
        "Three wounded US soldiers flown to Landstuhl after rocket attack",
        "US troops evacuated from Ain al-Asad for treatment after missile attack",
        "US soldier hurt in Erbil attack in critical condition",
        "Americans hurt in Taji rocket attack returned to duty",
        "Ten marines treated for head trauma after blast at Bagram",
        "Sergeant wounded in US base attack in intensive care",
        "Airmen hit by missile in Qatar at Al Udeid sent to hospital for tests",
        "Airman wounded at Al Dhafra out of surgery after missile strike",
    ),
    "dies": (
        "Third American soldier dies after drone strike in Jordan",
        "US soldier hurt in Taji rocket attack has died",
        "Marine dies of wounds from attack on Bagram",
        "US contractor wounded in Erbil attack succumbs to his injuries",
        "Fourth US service member killed in attack on Kuwait base dies in Germany",
        "Second US death from rockets at Taji",
        "American sergeant dies from injuries suffered in Balad mortar attack",
        "Body of missing US soldier found after attack on outpost in Niger",
        "Missing airman found dead after strike on Al Dhafra",
        "US reservist passes away a week after being wounded in attack",
        "Soldier shot at Bagram by insider dies, third American death",
        "Bodies of US troops recovered after attack on base in Jordan",
    ),
    "names": (
        "Pentagon identifies soldier killed in rocket attack on Taji",
        "Army names three killed in drone strike at Tower 22",
        "US releases names of two Marines killed in Bagram bombing",
        "Soldiers killed in Jordan attack identified by Pentagon",
        "Family names US contractor killed in Erbil rocket attack",
        "US soldier killed in Harir drone strike was from Ohio",
        "Navy identifies sailors killed in Bahrain base strike",
        "Identities of Americans killed in Manda Bay raid released: two pilots named",
        "Airmen killed at Al Dhafra named as attack is investigated",
        "US names Green Beret killed in Somali outpost attack",
        "Defense Department identifies soldier who died in base attack: dead in Kuwait",
        "Relatives identify the American killed in rocket fire on K1",
    ),
    "claims": (
        "Militia claims responsibility for rockets on Erbil base",
        "Unknown group takes credit for drone attack on Harir base",
        "Islamic State says it was behind bombing at gate of US base",
        "Al-Shabaab claims Sunday's raid on Manda Bay",
        "Responsibility for attack on Ain al-Asad claimed by new group",
        "Group admits firing rockets at Balad on Monday",
        "Taliban claim Saturday's car bomb at Bagram",
        "Houthis own up to missile on Al Dhafra",
        "Shadowy faction claimed credit for Victoria base attack",
        "Splinter group claims Taji salvo that killed two Americans",
        "Guards take responsibility for drone at US base in Bahrain",
        "Brigades say they were behind Wednesday's strike on al-Tanf",
    ),
    "blame": (
        "US blames Kataib Hezbollah for attack on Taji",
        "Pentagon accuses Iran over rockets at Ain al-Asad",
        "US officials believe Iran directed attack on al-Tanf",
        "Erbil drone strike was ordered by Iran, coalition says: sent by Iran",
        "Washington links drone strike on Tower 22 to Iran",
        "Coalition pins rocket attack on Balad base on militia",
        "Drones that hit US base in Kuwait came from Iraq: missiles launched from Iraq",
        "US says Iran behind Sunday's attack on Al Dhafra",
        "Officials think Iran supplied drones used on US troops at Harir",
        "Kurdish police blame Shia militia for rockets on Erbil airport",
        "Army traces missile that hit Al Udeid to Iran",
        "US holds Iraq militia responsible after Erbil base rockets",
    ),
    "damage": (
        "Satellite images show craters at Ain al-Asad after missile attack",
        "Satellite pictures: hangar destroyed at Al Dhafra in attack",
        "Photos show wrecked building at Erbil base after drone attack",
        "Air Force admits damage to tankers in strike on Al Udeid",
        "Two helicopters destroyed in rocket attack on Taji, US says",
        "Extent of damage at US base in Bahrain after missile strike",
        "Pentagon acknowledges radar destroyed in attack on Jordan base",
        "Five planes damaged in strike on US base in Kuwait",
        "Before-and-after photos of drone strike on Harir base",
        "Images reveal burnt hangars at Al Dhafra after missiles",
        "US confirms loss of surveillance plane in raid on Manda Bay",
        "Damage worse than first said at Camp Arifjan after attack",
    ),
    "account": (
        "One bomber, not two, attacked gate of Bagram",
        "Coalition confirms attack on Green Village",
        "Officials disclose previously unreported drone attack on Harir base",
        "US reveals unannounced rocket attack on Green Village",
        "Twelve of 14 missiles fired at Al Udeid intercepted, Qatar says",
        "Two missiles got through at Al Dhafra, US officials say",
        "Sunday's drone attack hit fuel store at Erbil base",
        "Soldier wounded in rockets on Taji, Pentagon confirms",
        "Three missiles shot down, one hit empty hangar at Al Dhafra",
        "Iran gives details of attack on US base in Kuwait",
        "Rockets fired at Ain al-Asad numbered 14, Iraqi army says",
        "Africa Command statement on casualties at Manda Bay",
    ),
    "corrected": (
        "Blast at Bagram gate was truck bomb, not mortars: rockets ruled out, NATO now says",
        "Missiles did hit Al Udeid, Qatar now says",
        "Pentagon reverses: strike on Harir did hurt Americans",
        "Army walks back account of attack on Camp Simba",
        "Officials walk back first account of raid on Manda Bay",
        "Troops wounded in attack on Al-Asad after Pentagon first said no casualties",
        "US troops hurt in Erbil despite officials initially saying no injuries after rockets",
        "Army now says mortar attack on Camp Taji was rockets",
        "Rocket attack on Balad was mortar fire, not rockets, coalition says",
        "General backtracks on missile strike at Al Dhafra: damage done",
        "Pentagon had said no troops were hurt in Taji rocket attack",
        "Radar was hit in strike on Jordan base after all",
    ),
    "denied": (
        "Kuwait denies Ali Al Salem was hit by drones",
        "Pentagon denies jets were destroyed in attack on Al Dhafra",
        "Militia denies role in rocket attack on Erbil base",
        "Taliban say they did not fire rockets at Bagram",
        "Iran: no part in drone attack on US troops",
        "Claim of attack on Ain al-Asad is false, Iraqi army says",
        "US rejects claim that missiles hit base in Bahrain",
        "Guards claim forty dead at Al Dhafra, Pentagon denies",
        "Army dismisses Iranian claim on Camp Arifjan: drones fell in sea",
        "Reports of rockets at Camp Simba are a hoax, Kenya says",
        "Pentagon shoots down claim of hits on Al Udeid",
        "Kuwait army: no drone hit Ali Al-Salem, film on social media false",
    ),
    "unharmed": (
        "No missile reached Al Udeid, Qatar says",
        "No Americans harmed in rocket attack on Balad, coalition says",
        "Danish soldiers at Ain al-Asad unhurt after missiles",
        "No American casualties at Al Asad, Pentagon says after rocket attack",
        "STATEMENT: No damage to US base in Jordan from missiles",
        "No Norwegian, Danish or Polish troops hurt at Ain al-Asad by missiles",
        "All Italian troops at Erbil base unharmed after rockets",
        "Guard unit safe after attack on Camp Lemonnier, governor says",
        "Airmen at Al Udeid accounted for after missiles",
        "Hangar intact after drone strike on Erbil base",
        "US troops at Shaddadi unscathed after rocket attack",
        "Coalition: no injuries in rocket attack on Green Village",
    ),
    "method": (
        "Rocket launcher found after attack on Erbil base",
        "Iraqi police arrest four over rockets fired at Ain al-Asad",
        "Truck used in attack on Balad base found near Baghdad",
        "Initial findings: drone hit Tower 22 unseen",
        "Investigators say gunman at US base in Jordan was an officer",
        "Suspects held after bomb at US base in Kuwait: arrested for explosion",
        "Security forces find launcher used for rockets on Harir base",
        "Kenya detains two for raid on Manda Bay",
        "FBI finds gunman who attacked Bagram worked there",
        "Police identify attacker of US troops in Jordan shooting",
        "Lorry that fired rockets at Taji discovered after attack",
        "Bomber of US base in Khost was double agent, officials find: police say bomber",
    ),
}

# What shares its words, and tells of no attack on a watched target, of a sum, or of something else about it.
LOOK_ALIKES = (
    "Purple Hearts for soldiers with brain injuries from Ain al-Asad missile attack",
    "Funeral for US soldier killed in rocket attack on Taji",
    "Town mourns airman killed in strike on US base in Kuwait",
    "Court jails man who claimed responsibility for Bagram bombing",
    "Inspector general: number of brain injuries from Ain al-Asad attack was wrong",
    "General visits US troops wounded in Erbil drone attack",
    "Years after Khost base bombing, names of the dead read aloud",
    "Widow of US contractor killed in Erbil attack sues firm",
    "Senators demand number of wounded in attack on US base be raised to the public",
    "Trump plays down brain injuries of US troops after missile attack",
    "Analysis: satellite images of Al Udeid after the missile attack",
    "What we know about US soldiers killed in Jordan drone attack",
    "How three US soldiers were killed by a drone at Tower 22",
    "Number of attacks on US troops rises to 160",
    "Attacks since October: 70 US troops wounded, Pentagon says",
    "Film about soldier who died of wounds after attack on US base",
    "US soldier killed in vehicle accident in Kuwait identified",
    "Fourth Marine dies of injuries after helicopter crash near US base",
    "Second US commando dies of wounds: training accident at base",
    "Navy denies missile hit US destroyer, no sailors hurt",
    "Militia denies attack on US consulate in Erbil",
    "Pentagon confirms civilian deaths in US strike in Syria",
    "Police arrest four over plot to attack US base",
    "Reward offered for militia leader blamed for attack on US base",
    "US vows answer, blames Iran for attack on Tower 22",
    "Toll of earthquake near Incirlik air base rises to 40",
    "Oil rises after Iran is blamed for attack on US base",
    "Pentagon identifies soldier killed at Camp Buehring in vehicle rollover",
    "Second airman dies after fire at Al Udeid dormitory | The blaze began in a kitchen.",
    "Explosion at Bagram was old ammunition, coalition confirms",
    "Drone defence tops wish list after strikes on US bases",
    "Pentagon denies report that US will send more troops after base attack",
    "Militia rejects truce, says strikes on US bases will go on",
    "US bombs Iran-linked sites after attack on base kills contractor",
    "Pentagon can't say how many rockets hit its bases in Syria",
    "Kurdish forces detain 300 in raid on camp near US base",
    "Is Iran to blame for the rockets on Erbil base?",
    "Contractor dies of heart attack in false alarm at Ain al-Asad, no rockets seen",
    "Sixty US troops hurt since mid-October, half with brain injuries from drones",
    "Taliban kill leader behind Kabul airport bombing",
    "Group says it fired rockets at Conoco base",
)

# Not about an attack on a watched target at all.
OF_OTHERS = (
    "Third Indian soldier dies of wounds after ambush on Indian army camp",
    "Toll of attack on Pakistani army base rises to 12",
    "Satellite images show Russian air base destroyed by Ukrainian drones",
    "Nigerian army names soldiers killed in attack on its base",
    "Ukraine denies its army base was hit by missiles",
    "Hospital raises number of staff treated",
    "Army band names new conductor",
    "Third actor dies in a week",
    "Insurer revises number of claims after hail",
    "Bank blames hackers for outage",
    "Town denies plan for road",
    "Satellite images show wildfire damage",
)


@cache
def _reader() -> Classifier:
    return Classifier(knowledge.load(), load_words(knowledge.seeds_dir()), Watch(), None)


def parts(line: str) -> list[str]:
    """The parts of evidence about updates in "title | first sentence"."""
    title, _, summary = line.partition(" | ")
    read = _reader().read(clean(Entry("feed", "1", "", title, summary, published=AT), None, AT))
    return [name for name in read.names if name.startswith("update")] if read else []


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in NEWS.items() for line in lines])
def test_the_news_about_an_attack_has_its_kind(kind: str, line: str) -> None:
    assert f"update in title: {kind}" in parts(line)


@pytest.mark.parametrize("line", LOOK_ALIKES)
def test_a_look_alike_is_no_update(line: str) -> None:
    assert not [name for name in parts(line) if name.startswith("update in title")]


@pytest.mark.parametrize("line", OF_OTHERS)
def test_news_of_others_is_no_update(line: str) -> None:
    assert not [name for name in parts(line) if name.startswith("update in title")]


def test_a_weekday_says_that_the_attack_is_known() -> None:
    assert "update: known" in parts("Militia claims responsibility for Monday's rockets on Erbil base")
    assert "update: known" not in parts("Militia claims responsibility for rockets on Erbil base")


def test_a_toll_below_the_title_counts() -> None:
    assert "update in lead" in parts("Rocket attack on Taji | The toll rose to three US soldiers on Friday.")


@pytest.mark.parametrize(
    ("title", "summary", "base", "killed"),
    [
        ("Third US soldier dies after drone strike on Tower 22", "He was wounded on Sunday.", "Tower 22", None),
        ("Pentagon identifies two soldiers killed in Friday's rocket attack on Camp Taji", "", "Camp Taji", 2),
        ("Toll of Sunday's rocket attack on Ain al-Asad rises to four dead", "", "Ain al-Asad Air Base", 4),
    ],
)
def test_an_update_keeps_its_attack(title: str, summary: str, base: str, killed: int | None) -> None:
    found = judge(title, summary, at=AT)
    assert found.label is Label.UPDATE
    assert [attack.target.name for attack in found.attacks] == [base]
    told = found.attacks[0].facts.killed
    assert killed is None or (told is not None and told.min == killed)
