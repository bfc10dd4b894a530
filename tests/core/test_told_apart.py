"""The attack and everything that looks like one: items in our own words, by kind, with the label of a careful reader.

A kind holds several word orders, and now and then the opposite verdict, so that no single word decides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from tests.core.judged import (
    BACKGROUND,
    FLAGGED,
    OTHER,
    QUIET,
    REPORT,
    THREAT,
    UPDATE,
    WAR_2026,
    Case,
    judge,
    table,
)

KABUL_2019 = datetime(2019, 12, 11, 9, 0, tzinfo=UTC)
ERBIL_2021 = datetime(2021, 2, 16, 6, 0, tzinfo=UTC)
JORDAN_2024 = datetime(2024, 1, 29, 6, 0, tzinfo=UTC)

# ---- what was attacked, by whom, from where --------------------------------------------------------------------------

WHERE: Mapping[str, tuple[Case, ...]] = {
    "on a base": (
        Case("rockets", REPORT, "Rockets hit Iraqi base housing US troops"),
        Case(
            "by name",
            REPORT,
            "Drones target Ain al-Asad air base in western Iraq",
            "A security source said both were shot down.",
        ),
        Case("two verbs", REPORT, "Militants fire rockets at, and miss, American outpost in eastern Syria"),
        Case("noun", REPORT, "Overnight drone attack on Harir base wounds two coalition soldiers"),
        Case("gate", REPORT, "Car bomb explodes at the gate of a US base outside Kabul", at=KABUL_2019),
        Case(
            "ground",
            REPORT,
            "Gunmen storm airfield used by American forces on the Kenyan coast",
            "Fighting went on at Manda Bay early on Sunday.",
            at=datetime(2020, 1, 5, 9, tzinfo=UTC),
        ),
        Case(
            "troops",
            REPORT,
            "Three American soldiers killed in drone attack in Jordan",
            "More than thirty were hurt when it struck their sleeping quarters.",
            at=JORDAN_2024,
        ),
        Case("patrol", REPORT, "Roadside bomb strikes US convoy in north-east Syria"),
        Case("wave", REPORT, "Iranian missiles slam into Al Udeid air base in Qatar", at=WAR_2026),
        Case("insider", REPORT, "Afghan soldier turns rifle on American trainers, killing two", at=KABUL_2019),
    ),
    "from a base": (
        Case("took off", OTHER, "US bombers took off from Al Udeid to strike targets in Afghanistan"),
        Case("launched", QUIET, "Jets launched from Incirlik hit Islamic State camp"),
        Case("rockets from", OTHER, "American troops at al-Tanf fire artillery at militants in the desert"),
        Case("host says", OTHER, "Kuwait: our territory was not used as a base to attack Iran", at=WAR_2026),
        Case("used for", QUIET, "Iran says strikes on its cities were launched from bases in the Gulf", at=WAR_2026),
        Case("armed drones", OTHER, "Reaper drones flying out of Agadez track jihadist columns in Mali"),
        Case("bombers arrive", QUIET, "B-52s arrive at Diego Garcia ahead of possible strikes on Iran", at=WAR_2026),
        Case("raid", OTHER, "Commandos leave Camp Lemonnier for raid on al-Shabab leader"),
    ),
    "ordered from": (
        Case("commander", OTHER, "General at Al Udeid ordered the strike on the militia convoy"),
        Case("control room", OTHER, "Air war over Syria is run from an operations centre at a base in Qatar"),
        Case("Ramstein", QUIET, "Court hears how drone strikes in Yemen are relayed through Ramstein base"),
        Case("Bahrain", OTHER, "Missile strikes on Houthi sites were directed from Bahrain, Fifth Fleet says"),
        Case("pilots", OTHER, "Pilots in Nevada flew the drone that killed a militia chief in Baghdad"),
        Case(
            "new blame",
            UPDATE,
            "Attack on Jordan outpost was ordered in Tehran, US officials now believe",
            "Three soldiers died at Tower 22 on January 28.",
            at=datetime(2024, 3, 20, tzinfo=UTC),
        ),
        Case("headquarters", OTHER, "From its Stuttgart headquarters AFRICOM directs air strike on al-Shabab"),
        Case("planned", OTHER, "Raid that killed Islamic State leader was planned at a base in Erbil"),
    ),
    "beside a base": (
        Case("village", QUIET, "Rocket kills shepherd in village some miles from Ain al-Asad"),
        Case(
            "market", OTHER, "Car bomb tears through market on the road to Bagram, killing six Afghans", at=KABUL_2019
        ),
        Case("gas field", OTHER, "Drone hits Khor Mor gas field in Iraqi Kurdistan"),
        Case("militia camp", OTHER, "Blast kills militia fighter at Hashd camp near Balad air base"),
        Case("Kurdish exiles", OTHER, "Iranian drones strike exile group's camp east of Erbil"),
        Case("police", OTHER, "Gunmen kill two policemen at checkpoint near base in Deir ez-Zor"),
        Case("Turkish drone", OTHER, "Turkish drone kills SDF commander on road outside Qamishli"),
        Case("hospital", OTHER, "Bomb goes off outside clinic in Djibouti town, wounding four"),
        Case(
            "but it was the base",
            REPORT,
            "Rockets fall short of al-Harir base, setting fields alight",
            "They were aimed at the airfield, where American troops are stationed, police said on Wednesday.",
        ),
    ),
    "by the US": (
        Case("bombs depot", OTHER, "US jets bomb militia depot in eastern Syria"),
        Case("base as object", OTHER, "US air strike hits Iraqi army base in Babil, killing one soldier"),
        Case("passive", OTHER, "Militia headquarters in Baghdad struck by American drone"),
        Case("retaliates", QUIET, "US carries out strikes against Iran-backed groups after attack on its troops"),
        Case("missile sites", OTHER, "American missiles destroy Houthi launch sites, CENTCOM says"),
        Case("navy base", OTHER, "US strikes Iranian naval base at Bandar Abbas", at=WAR_2026),
        Case("raid", OTHER, "US troops raid village near Hasakah, seize Islamic State cell leader"),
        Case("air base in Iran", OTHER, "American and Israeli jets pound air bases in western Iran", at=WAR_2026),
        Case("shot dead", OTHER, "Guards at US base in Somalia shoot dead bus driver"),
    ),
    "another country's base": (
        Case("Pakistan", OTHER, "Gunmen storm Pakistani naval base in Turbat"),
        Case("Turkey in Iraq", OTHER, "Rockets strike Turkish base at Bashiqa, killing a soldier"),
        Case("Israel", OTHER, "Hezbollah drone hits Israeli army base near Binyamina"),
        Case("Russia", OTHER, "Ukrainian drones set bombers alight at Russian air base"),
        Case("Mali", OTHER, "Jihadists overrun army camp in northern Mali"),
        Case("India", OTHER, "Attack on Indian air base at Pathankot leaves seven soldiers dead"),
        Case("peacekeepers", OTHER, "Mortar lands in peacekeepers' compound in southern Lebanon"),
        Case("Somali army", OTHER, "Al-Shabab overruns Somali army base in Galgaduud"),
        Case("Kenya police", OTHER, "Suspected militants attack Kenyan police camp in Mandera"),
    ),
    "embassy": (
        Case("rockets", OTHER, "Rockets fired at US embassy in Baghdad"),
        Case("Green Zone", QUIET, "Katyusha lands near American embassy in Green Zone, no one hurt"),
        Case("consulate", OTHER, "Molotov cocktail thrown at US consulate in Sydney"),
        Case("Riyadh", OTHER, "Drones strike US embassy compound in Riyadh, start fire", at=WAR_2026),
        Case("crowd", OTHER, "Crowd tries to storm US embassy in Beirut"),
        Case(
            "with a base",
            REPORT,
            "Rockets hit US embassy and Union III base in Baghdad",
            "Coalition troops took cover as sirens sounded at dawn.",
        ),
        Case(
            "support centre", REPORT, "Six rockets aimed at Baghdad Diplomatic Support Center, which houses US troops"
        ),
        Case("evacuated", OTHER, "US orders staff out of Erbil consulate as attacks mount", at=WAR_2026),
    ),
    "ship": (
        Case("destroyer", OTHER, "Houthi missiles fired at US destroyer in Red Sea"),
        Case("shoots down", OTHER, "USS Carney shoots down drones launched from Yemen"),
        Case("tanker", OTHER, "Tanker on fire after missile strike in Gulf of Oman"),
        Case("carrier claim", OTHER, "Houthis claim to have attacked American aircraft carrier with drones"),
        Case("merchant", OTHER, "US-owned bulk carrier hit by missile off Aden"),
        Case("convoy", OTHER, "Navy warship and two US-flagged freighters come under attack in the strait"),
        Case("in port", REPORT, "Missile hits US warship moored at Bahrain naval base", at=WAR_2026),
        Case("boarding", OTHER, "Gunmen in skiffs board freighter; US Navy frees crew"),
    ),
    "oil port or city": (
        Case("refinery", OTHER, "Drones set fire to Saudi refinery at Ras Tanura", at=WAR_2026),
        Case("port", OTHER, "Iranian missile hits fuel tanks in Fujairah oil port", at=WAR_2026),
        Case("airport", OTHER, "Drone damages passenger terminal at Kuwait airport", at=WAR_2026),
        Case("tower", OTHER, "Debris from missile strikes apartment tower in Manama", at=WAR_2026),
        Case("desalination", OTHER, "Drone strikes power and water plant in Kuwait, worker killed", at=WAR_2026),
        Case("city wave", OTHER, "Explosions shake Dubai as Iran widens its attacks on the Gulf", at=WAR_2026),
        Case("pipeline", OTHER, "Saboteurs blow up pipeline in Basra province"),
        Case("hotel", OTHER, "Iranian drone hits Bahrain hotel, two wounded", at=WAR_2026),
        Case("companies", OTHER, "Guards say they hit offices of American companies in the Emirates", at=WAR_2026),
        Case("port and base", REPORT, "Missiles hit port and US naval base in Bahrain", at=WAR_2026),
    ),
}

# ---- new, or told again ----------------------------------------------------------------------------------------------

WHEN: Mapping[str, tuple[Case, ...]] = {
    "told as history": (
        Case(
            "since",
            BACKGROUND,
            "US has moved air defences to Jordan since the January attack that killed three soldiers",
            at=datetime(2024, 5, 2, tzinfo=UTC),
        ),
        Case("weeks after", BACKGROUND, "Weeks after drones hit al-Asad, Baghdad opens talks on troop exit"),
        Case(
            "debate",
            BACKGROUND,
            "Senators question protection of outposts after deadly Jordan strike",
            at=datetime(2024, 2, 20, tzinfo=UTC),
        ),
        Case(
            "year ago",
            BACKGROUND,
            "What has changed at Manda Bay a year after the attack",
            at=datetime(2021, 1, 6, tzinfo=UTC),
        ),
        Case("profile", BACKGROUND, "Who leads the militia that rocketed US bases in Iraq?"),
        Case("oil", BACKGROUND, "Oil climbs after attack on US base in Jordan", at=JORDAN_2024),
        Case("visit", BACKGROUND, "Defence secretary visits base hit by rockets last month"),
        Case("condemn", BACKGROUND, "Jordan condemns drone attack on border outpost", at=JORDAN_2024),
        Case(
            "lessons",
            BACKGROUND,
            "Army rewrites its drone manual with lessons of Tower 22",
            at=datetime(2025, 6, 3, tzinfo=UTC),
        ),
    ),
    "first since": (
        Case("first in weeks", REPORT, "Rockets fired at al-Asad in first attack since August"),
        Case(
            "first since 2020",
            REPORT,
            "US base in northern Iraq attacked for first time since 2020, coalition says",
            at=ERBIL_2021,
        ),
        Case("ends lull", REPORT, "Drone attack on Erbil airport base ends months of quiet"),
        Case(
            "first on Jordan",
            REPORT,
            "In a first, drone hits outpost in Jordan and kills American troops",
            at=JORDAN_2024,
        ),
        Case("second this week", REPORT, "Second rocket attack this week on base hosting US forces in Syria"),
        Case("after truce", REPORT, "Days after militia truce, drones again target coalition troops at al-Tanf"),
        Case(
            "deadliest since", REPORT, "Deadliest attack on US forces since 2021 kills three in Jordan", at=JORDAN_2024
        ),
        Case("latest of", REPORT, "Harir base comes under drone attack, the latest in a string of strikes"),
        Case(
            "first since, looking back",
            BACKGROUND,
            "No attack on US troops in Iraq since February, Pentagon says",
            at=datetime(2024, 6, 3, tzinfo=UTC),
        ),
    ),
    "anniversary": (
        Case(
            "year on",
            BACKGROUND,
            "A year on, families mark drone attack on Tower 22",
            at=datetime(2025, 1, 28, tzinfo=UTC),
        ),
        Case("ten years", BACKGROUND, "Ten years after Camp Bastion raid, survivors meet"),
        Case("ceremony", BACKGROUND, "Wreaths laid for soldiers killed in 1983 Beirut barracks bombing"),
        Case("on this day", QUIET, "On this day: truck bomb devastates Khobar Towers"),
        Case(
            "remembers",
            BACKGROUND,
            "Georgia town remembers reservists killed in Jordan",
            at=datetime(2025, 1, 28, tzinfo=UTC),
        ),
        Case(
            "Iran marks",
            BACKGROUND,
            "Iran marks anniversary of missile strike on Ain al-Asad",
            at=datetime(2023, 1, 8, tzinfo=UTC),
        ),
        Case("forty years", BACKGROUND, "Forty years later, Marines return to site of barracks attack"),
        Case(
            "fresh on the day",
            REPORT,
            "Rockets hit al-Asad on anniversary of general's killing",
            "Five rockets landed on the base on Tuesday, the coalition said.",
            at=datetime(2023, 1, 3, 18, tzinfo=UTC),
        ),
    ),
    "tally": (
        Case(
            "number since",
            BACKGROUND,
            "US forces attacked 170 times in Iraq and Syria since October",
            at=datetime(2024, 2, 8, tzinfo=UTC),
        ),
        Case("Pentagon count", BACKGROUND, "Pentagon counts 61 attacks on troops in a month"),
        Case("timeline", BACKGROUND, "Timeline: attacks on US troops in Iraq and Syria"),
        Case("map", QUIET, "Map: where American bases have been hit in the Middle East"),
        Case("at least", BACKGROUND, "At least 56 US personnel hurt in militia attacks so far, officials say"),
        Case("list", BACKGROUND, "The deadliest attacks on American bases abroad"),
        Case(
            "cost",
            BACKGROUND,
            "Repairing bases damaged in war will cost $4 billion, Pentagon tells Congress",
            at=datetime(2026, 5, 20, tzinfo=UTC),
        ),
        Case(
            "sum and news",
            REPORT,
            "US troops in Syria attacked again, Pentagon says",
            "Wednesday's rocket fire at al-Shaddadi was the 56th attack since mid-October.",
        ),
        Case("what we know", QUIET, "Explained: why militias attack US bases in Iraq"),
    ),
    "court": (
        Case("trial", BACKGROUND, "Trial opens over deadly shooting of US trainers at Jordanian base"),
        Case(
            "verdict",
            BACKGROUND,
            "Jordanian soldier gets life for killing three Americans at air base",
            at=datetime(2017, 7, 17, tzinfo=UTC),
        ),
        Case(
            "charged",
            BACKGROUND,
            "Iranian charged in US over parts of drone that hit Tower 22",
            at=datetime(2024, 12, 16, tzinfo=UTC),
        ),
        Case("lawsuit", BACKGROUND, "Wounded soldiers sue Iran over al-Asad missile attack"),
        Case("appeal", BACKGROUND, "Court rejects appeal of man who opened fire on airmen at Frankfurt airport"),
        Case(
            "inquiry",
            BACKGROUND,
            "Inquiry faults commanders over Manda Bay attack",
            at=datetime(2022, 3, 10, tzinfo=UTC),
        ),
        Case("sanctions", BACKGROUND, "US imposes sanctions on militia behind rocket fire at its bases"),
        Case("deserter", QUIET, "Marine held over stolen rifles at California base"),
        Case("extradited", QUIET, "Suspect in 2012 attack on Afghan base flown to New York"),
    ),
    "medal or funeral": (
        Case(
            "purple hearts",
            BACKGROUND,
            "Purple Hearts for soldiers hurt in Iranian missile strike on al-Asad",
            at=datetime(2021, 12, 14, tzinfo=UTC),
        ),
        Case("silver star", BACKGROUND, "Sergeant decorated for holding gate during Bagram attack"),
        Case(
            "coffins",
            BACKGROUND,
            "Biden joins families as bodies of Jordan attack dead come home",
            at=datetime(2024, 2, 2, tzinfo=UTC),
        ),
        Case(
            "funeral",
            BACKGROUND,
            "Hundreds at funeral of sergeant killed at Tower 22",
            at=datetime(2024, 2, 17, tzinfo=UTC),
        ),
        Case("unit award", BACKGROUND, "Air defenders who shot down drones over Syria base receive awards"),
        Case(
            "street name",
            BACKGROUND,
            "Savannah names street after soldier killed in Jordan drone strike",
            at=datetime(2024, 9, 5, tzinfo=UTC),
        ),
        Case("book", BACKGROUND, "In new book, pilot recalls night of missiles at al-Asad"),
        Case("film", QUIET, "Film about battle for Afghan outpost opens in cinemas"),
    ),
    "something new of an old attack": (
        Case(
            "brain injuries",
            UPDATE,
            "Number of US troops with brain injuries from Iran strike rises to 109",
            at=datetime(2020, 2, 10, tzinfo=UTC),
        ),
        Case(
            "more hurt",
            UPDATE,
            "Pentagon: 45 personnel now diagnosed with TBI after October attacks on al-Asad and al-Tanf",
        ),
        Case(
            "dies of wounds",
            UPDATE,
            "Soldier hurt in Erbil drone attack dies of wounds",
            at=datetime(2023, 12, 30, tzinfo=UTC),
        ),
        Case(
            "third dies",
            UPDATE,
            "Third soldier dies after Sunday's strike on desert outpost",
            at=datetime(2024, 1, 30, tzinfo=UTC),
        ),
        Case("names", UPDATE, "Pentagon names three soldiers killed in Jordan", at=JORDAN_2024),
        Case("identified", UPDATE, "Army identifies reservist who died in Kuwait base attack", at=WAR_2026),
        Case(
            "claimed later",
            UPDATE,
            "Shadowy militia claims Monday's rocket attack on Erbil",
            at=datetime(2021, 2, 17, tzinfo=UTC),
        ),
        Case(
            "blamed",
            UPDATE,
            "US blames Kataib Hezbollah for drone that killed soldiers in Jordan",
            at=datetime(2024, 1, 31, tzinfo=UTC),
        ),
        Case("toll", UPDATE, "Toll of Kuwait base strike rises to six as two more bodies are found", at=WAR_2026),
        Case("damage", FLAGGED, "Satellite pictures show hangars burned out at Saudi base struck by Iran", at=WAR_2026),
        Case("denial", UPDATE, "Pentagon denies Iranian claim that base in Kuwait was hit", at=WAR_2026),
    ),
}

# ---- done, or only feared --------------------------------------------------------------------------------------------

DONE: Mapping[str, tuple[Case, ...]] = {
    "threatened": (
        Case("vows", THREAT, "Militia vows to strike American bases"),
        Case(
            "warns",
            THREAT,
            "Iran warns it will target US bases in the region if attacked",
            at=datetime(2026, 2, 10, tzinfo=UTC),
        ),
        Case(
            "in range",
            THREAT,
            "All American bases are within reach of our missiles, Guards commander says",
            at=datetime(2026, 2, 10, tzinfo=UTC),
        ),
        Case("may", THREAT, "Militias could hit US troops in Syria, officials fear"),
        Case("braces", THREAT, "US braces for attacks on its bases in Iraq", at=datetime(2026, 2, 10, tzinfo=UTC)),
        Case("plot", THREAT, "Intelligence points to planned drone attack on Erbil base"),
        Case(
            "conditional",
            THREAT,
            "If Washington strikes, its bases will burn, Tehran says",
            at=datetime(2026, 2, 10, tzinfo=UTC),
        ),
        Case("deadline", THREAT, "Iraqi faction gives US troops a month to leave or face attack"),
        Case(
            "moves families",
            QUIET,
            "Families leave Bahrain base as fear of Iranian attack grows",
            at=datetime(2026, 2, 10, tzinfo=UTC),
        ),
        Case("quoted", THREAT, "'Leave or be hit': group threatens coalition soldiers"),
    ),
    "rehearsed": (
        Case("mock", QUIET, "Troops repel mock drone assault in Poland"),
        Case("active shooter", QUIET, "Siren at Ramstein on Tuesday is only a drill, base says"),
        Case("Iran drill", QUIET, "Iranian Guards practise missile strike on mock-up of air base"),
        Case("exercise", QUIET, "Soldiers train to fend off rocket attacks at desert range"),
        Case("simulated", QUIET, "Simulated missile attack tests crews at Osan"),
        Case("war game", QUIET, "War game shows missiles crippling US air bases in Japan"),
        Case("laser", QUIET, "New laser shoots down drones in trial at Kuwait base"),
        Case("evacuation", QUIET, "Explosions heard near Camp Humphreys were part of exercise"),
    ),
    "denied": (
        Case("no truth", FLAGGED, "No truth to reports of attack on al-Asad, Iraqi security cell says"),
        Case("denies claim", UPDATE, "CENTCOM denies Iranian claim of strike on Ali Al Salem", at=WAR_2026),
        Case("Kuwait denies", FLAGGED, "Kuwait's army denies that Camp Arifjan was attacked", at=WAR_2026),
        Case("false", FLAGGED, "Claim that US troops died in Qatar strike is false, Pentagon says", at=WAR_2026),
        Case("group denies", UPDATE, "Militia denies role in Sunday's drone strike on US troops", at=JORDAN_2024),
        Case("not ours", FLAGGED, "Iran says it had nothing to do with attack on US outpost in Jordan", at=JORDAN_2024),
        Case("rumour", QUIET, "Fact check: old video does not show burning US base"),
        Case("viral", QUIET, "No, this clip is not a missile strike on an American base"),
        Case("unaware", FLAGGED, "US military says it has no sign of attack on Shaddadi base claimed by militia"),
    ),
    "foiled or intercepted": (
        Case("shot down", REPORT, "Two drones shot down over base hosting US troops in Iraq"),
        Case("Erbil", REPORT, "Air defences down armed drone near Erbil airport, counter-terrorism force says"),
        Case("all", REPORT, "All missiles fired at Al Udeid intercepted, Qatar says", at=WAR_2026),
        Case("gate", REPORT, "Guards stop truck bomb at entrance to American base in Afghanistan", at=KABUL_2019),
        Case(
            "repelled", REPORT, "Al-Shabab assault on Baledogle airfield repelled", at=datetime(2019, 9, 30, tzinfo=UTC)
        ),
        Case(
            "failed launch",
            REPORT,
            "Rockets meant for K-1 base explode on launch pad",
            at=datetime(2020, 2, 14, tzinfo=UTC),
        ),
        Case("dud", REPORT, "Dud drone found on barracks roof after attack on Erbil base"),
        Case("thwart", REPORT, "Coalition thwarts drone attack on al-Tanf"),
        Case("debris", REPORT, "Falling debris from intercepted missile hurts five at US air base", at=WAR_2026),
    ),
    "sirens": (
        Case("embassy", QUIET, "Sirens sound at US embassy in Baghdad"),
        Case("Erbil", QUIET, "Sirens heard at Erbil base; no attack reported"),
        Case("test", QUIET, "Sirens at Al Udeid were a test, Qatar says"),
        Case("false alarm", OTHER, "False alarm: incoming-fire siren sends airmen at Incirlik to shelters"),
        Case("Bahrain", QUIET, "Bahrain sounds sirens, urges residents to shelter", at=WAR_2026),
        Case("shelter", QUIET, "Troops at Camp Arifjan told to shelter as sirens wail", at=WAR_2026),
        Case("malfunction", OTHER, "Faulty siren wakes soldiers at Camp Casey"),
        Case("with rockets", REPORT, "Sirens sound as rockets strike Camp Victory near Baghdad airport"),
    ),
    "explosions heard": (
        Case("near base", REPORT, "Explosions heard near US base in Deir ez-Zor; rockets suspected"),
        Case("Conoco", REPORT, "Blasts rock Conoco base as drones are seen overhead"),
        Case("defences", REPORT, "Air defences activated at Erbil airport base against drone"),
        Case("controlled", OTHER, "Loud booms near Ramstein as engineers destroy old bombs"),
        Case("depot", OTHER, "Heat blamed for ammunition blast at Iraqi base"),
        Case("unknown", OTHER, "Explosions heard in Erbil, cause unknown"),
        Case("gas", OTHER, "Gas cylinder explodes in kitchen at Camp Lemonnier"),
        Case("Bagram", REPORT, "Huge blast at Bagram: suicide bomber strikes outside US base", at=KABUL_2019),
    ),
}

# ---- two things in one headline --------------------------------------------------------------------------------------

BOTH: Mapping[str, tuple[Case, ...]] = {
    "blow and blow": (
        Case("as", REPORT, "US strikes Iran as Tehran fires at Gulf bases", at=WAR_2026),
        Case("while", REPORT, "Iran fires missiles at US bases in Gulf while Israeli jets bomb Tehran", at=WAR_2026),
        Case("and", REPORT, "Iran hits American base in Bahrain and vows more", at=WAR_2026),
        Case("answer", REPORT, "Tehran retaliates for US strikes with missiles on Al Udeid", at=WAR_2026),
        Case("hours after", REPORT, "Hours after US raids, rockets hit base in eastern Syria"),
        Case("semicolon", REPORT, "US bombs militia sites; militia rockets al-Asad in reply"),
        Case("trade", REPORT, "US and militias trade fire as drones hit Syria base"),
        Case(
            "summary",
            REPORT,
            "US and Iran trade blows",
            "Iranian drones struck the airfield at Ali Al Salem, where American troops are based, hours after bombing raids on Tehran.",
            at=WAR_2026,
        ),
    ),
    "answer to a blow": (
        Case("after base attack", BACKGROUND, "US strikes militia after base attack"),
        Case(
            "in response",
            BACKGROUND,
            "In response to drone strike that killed three, US hits 85 targets in Iraq and Syria",
            at=datetime(2024, 2, 3, tzinfo=UTC),
        ),
        Case("revenge", BACKGROUND, "American bombs fall on Syria in revenge for attack on US soldiers"),
        Case("will respond", BACKGROUND, "Biden: we shall respond to killing of our troops in Jordan", at=JORDAN_2024),
        Case("hits back", BACKGROUND, "US hits back at militia that wounded its soldiers in Erbil"),
        Case(
            "order",
            BACKGROUND,
            "Biden orders air strikes after three service members hurt in Iraq",
            at=datetime(2023, 12, 26, tzinfo=UTC),
        ),
        Case("mulls", BACKGROUND, "White House weighs answer to attack on Tower 22", at=JORDAN_2024),
        Case("kills commander", BACKGROUND, "Drone kills militia commander blamed for attacks on American bases"),
    ),
}

# ---- who says it -----------------------------------------------------------------------------------------------------

SAYS: Mapping[str, tuple[Case, ...]] = {
    "claim": (
        Case(
            "Guards", REPORT, "Guards say they struck a base in Kuwait", "The base hosts American troops.", at=WAR_2026
        ),
        Case("resistance", REPORT, "Islamic Resistance in Iraq claims drone attack on al-Tanf"),
        Case("wave", REPORT, "IRGC: 23rd wave of missiles launched at US bases in the region", at=WAR_2026),
        Case("telegram", REPORT, "In a statement on Telegram, group says it fired rockets at Conoco base"),
        Case("Shabab", REPORT, "Al-Shabab says it has attacked US military base in Somalia"),
        Case("Taliban", REPORT, "Taliban claim suicide attack on Bagram", at=KABUL_2019),
        Case("destroyed", REPORT, "Iran claims to have destroyed radar at American base in Qatar", at=WAR_2026),
        Case("colon", REPORT, "Iraqi militia: we targeted the US occupation base at Harir with two drones"),
        Case("army", REPORT, "Iran's army says its drones hit US positions at Camp Buehring", at=WAR_2026),
    ),
    "interception told by a defender": (
        Case("Qatar", REPORT, "Qatar says it intercepted missiles aimed at Al Udeid", at=WAR_2026),
        Case("Kuwait", REPORT, "Kuwaiti forces down drones heading for Ali Al Salem air base", at=WAR_2026),
        Case(
            "Saudi", REPORT, "Saudi Arabia destroys ballistic missile fired toward Prince Sultan Air Base", at=WAR_2026
        ),
        Case("CENTCOM", REPORT, "CENTCOM: US forces defeated one-way attack drone aimed at troops in Syria"),
        Case("official", REPORT, "US official: drone engaged and destroyed near base in Iraq, no injuries"),
        Case("Jordan", REPORT, "Jordan shoots down missile on its way to base used by US jets", at=WAR_2026),
        Case(
            "British", REPORT, "British jets help stop drones fired at base with American troops in Iraq", at=WAR_2026
        ),
        Case("patriots", REPORT, "Patriots knock out missiles over US base in Bahrain", at=WAR_2026),
    ),
    "host speaks of incoming missiles": (
        Case("Kuwait", OTHER, "Kuwait says air defences are dealing with incoming missiles", at=WAR_2026),
        Case("Emirates", OTHER, "UAE intercepts nine missiles and 33 drones", at=WAR_2026),
        Case("Bahrain", OTHER, "Bahrain: 45 missiles shot down since war began", at=WAR_2026),
        Case("Saudi", OTHER, "Saudi defence ministry reports drones destroyed in eastern province", at=WAR_2026),
        Case("Qatar", OTHER, "Qatar confirms missile attack, says all were stopped", at=WAR_2026),
        Case("Jordan", OTHER, "Jordanian jets bring down drones that entered its airspace", at=WAR_2026),
        Case("with base", REPORT, "Kuwait says incoming missiles were aimed at base with US troops", at=WAR_2026),
        Case(
            "base in summary",
            REPORT,
            "Kuwaiti army reports incoming missiles",
            "Two came down inside Camp Arifjan, the American base south of the capital, wounding ten.",
            at=WAR_2026,
        ),
    ),
}

# ---- nothing hostile -------------------------------------------------------------------------------------------------

HARMLESS: Mapping[str, tuple[Case, ...]] = {
    "accident": (
        Case(
            "friendly fire",
            OTHER,
            "Friendly fire kills two American soldiers in Afghanistan, coalition says",
            at=KABUL_2019,
        ),
        Case("helicopter", OTHER, "US helicopter crashes in north-east Syria, injuring 22"),
        Case("no hostile fire", OTHER, "Tanker plane goes down in western Iraq; no sign of hostile fire", at=WAR_2026),
        Case("blaze", OTHER, "Warehouse blaze at Camp Humphreys put out"),
        Case("training", OTHER, "Marine dies in live-fire training near Darwin"),
        Case("own defences", OTHER, "Kuwaiti air defences shoot down American jets by mistake", at=WAR_2026),
        Case("vehicle", OTHER, "Three soldiers killed as vehicle rolls over at base in Poland"),
        Case("bomb disposal", OTHER, "Bomb technician killed clearing old shells at Iraqi base"),
        Case("grenade", OTHER, "Grenade accident wounds Marines at Okinawa range"),
        Case("typhoon", OTHER, "Typhoon tears roofs off hangars at Andersen"),
    ),
    "crime and quarrel": (
        Case("quarrel", OTHER, "Soldier shoots comrade in quarrel at Camp Buehring"),
        Case("fort", OTHER, "Sergeant opens fire at Georgia army post, wounding five"),
        Case("stabbing", OTHER, "Airman stabbed to death at Guam barracks, fellow airman held"),
        Case("assault", OTHER, "Okinawa police question Marine over assault"),
        Case("gate runner", OTHER, "Driver rams barrier at Osan, alcohol suspected"),
        Case("theft", OTHER, "Thieves steal rifles from US depot in Germany"),
        Case("near base", OTHER, "Shooting near air force base in Texas leaves two dead"),
        Case("protest", OTHER, "Protesters break into RAF Lakenheath"),
        Case("spy", OTHER, "Man held for filming runway at Akrotiri"),
    ),
    "cyber, jamming, overflight, hoax": (
        Case("hackers", OTHER, "Hackers attack army base payroll"),
        Case("malware", OTHER, "Cyber attack knocks out network at US base in Guam"),
        Case("gps", OTHER, "Jamming hits aircraft using base in Poland"),
        Case("sightings", OTHER, "Mystery drones seen over Lakenheath and Mildenhall again"),
        Case("Ramstein", OTHER, "Unidentified drones fly over Ramstein"),
        Case("bomb call", OTHER, "Bomb threat empties school at Vicenza base"),
        Case("balloon", OTHER, "Balloon drifts over Guantanamo"),
        Case("suspicious parcel", OTHER, "Suspicious package at Yokota turns out to be harmless"),
        Case("lasers", OTHER, "Laser pointed at pilots landing at Djibouti base"),
    ),
    "games and stage": (
        Case("baseball", OTHER, "Rays attack early, steal three bases"),
        Case("football", OTHER, "City launch second-half attack from their base in Doha"),
        Case("game", OTHER, "New map lets players storm a desert air base"),
        Case("thriller", OTHER, "Thriller about drone attack on US base tops streaming charts"),
        Case("rockets", OTHER, "Rockets hit 20 threes as Camp dominates at home"),
        Case("hockey", OTHER, "Army outpost hosts hockey: Rangers strike twice"),
        Case("drone show", OTHER, "Drone show lights up anniversary at Camp Bondsteel"),
        Case("festival", OTHER, "Bass attack headlines music night for troops at Camp Taji"),
    ),
    "strike, voters, power, sale": (
        Case("walkout", OTHER, "Civilian staff at Rota naval base begin strike over pay"),
        Case("voters", OTHER, "Senator attacks rival's base of angry voters"),
        Case("power base", OTHER, "Coup leaders strike at president's power base in the capital"),
        Case("for sale", OTHER, "Former US base in Germany goes on sale"),
        Case("closure", OTHER, "Governor fires at Pentagon over base closures"),
        Case("tax base", OTHER, "Analysts hit out at shrinking tax base"),
        Case("customers", OTHER, "Rocket Lab targets wider customer base"),
        Case("heart", OTHER, "Contractor dies of heart attack at Camp Lemonnier"),
        Case("bees", OTHER, "Bees swarm airmen at Guantanamo pier"),
    ),
}

# ---- how headlines are written ---------------------------------------------------------------------------------------

WRITTEN: Mapping[str, tuple[Case, ...]] = {
    "no US word": (
        Case("Balad", REPORT, "Rockets land at Balad air base", at=datetime(2021, 4, 18, tzinfo=UTC)),
        Case("Harir", REPORT, "Several projectiles fell short of Harir air base"),
        Case("Tanf", REPORT, "Drones strike al-Tanf garrison"),
        Case("Tower 22", REPORT, "Deadly drone strike on Tower 22", at=JORDAN_2024),
        Case("coalition", REPORT, "Rocket attack wounds coalition soldiers in northern Iraq"),
        Case("Conoco", REPORT, "Explosions at Conoco gas field base after rocket fire"),
        Case("Udeid", REPORT, "Al Udeid hit by two missiles", at=WAR_2026),
        Case("Lemonnier", REPORT, "Mortar fire reported at Camp Lemonnier"),
        Case("Erbil airport", REPORT, "Drone laden with explosives crashes into Erbil airport military section"),
    ),
    "no attacker, no weapon": (
        Case("comes under", REPORT, "US base in Syria comes under attack"),
        Case("was hit", REPORT, "American outpost hit overnight"),
        Case("hurt", REPORT, "Five US service members hurt in attack on al-Asad", at=datetime(2024, 8, 6, tzinfo=UTC)),
        Case("targeted", REPORT, "Base housing coalition forces targeted again"),
        Case("struck", REPORT, "Air base used by Americans in Kuwait is struck", at=WAR_2026),
        Case("under fire", REPORT, "American soldiers under fire near Hasakah"),
        Case(
            "killed",
            REPORT,
            "Two American soldiers and interpreter killed in Palmyra ambush",
            at=datetime(2025, 12, 13, 18, tzinfo=UTC),
        ),
        Case("fire after hit", REPORT, "Fire breaks out at US naval base in Bahrain after direct hit", at=WAR_2026),
    ),
    "typed by a machine": (
        Case("capitals", REPORT, "ROCKET ATTACK ON US BASE IN ERBIL LEAVES ONE DEAD", at=ERBIL_2021),
        Case("flash", REPORT, "BREAKING: EXPLOSION HEARD NEAR US BASE IN DEIR EZ-ZOR - SOHR"),
        Case("spaced", REPORT, "Rockets hit U . S . base in Iraq , officials say"),
        Case(
            "spaced genitive",
            REPORT,
            "Iran fires missiles at U . S . troops ' base in Iraq , Pentagon says",
            at=datetime(2020, 1, 8, 2, tzinfo=UTC),
        ),
        Case("spaced hyphen", REPORT, "U . S . - led coalition base in Syria attacked with drones"),
        Case("slug", REPORT, "UPDATE 2-Rockets hit Iraqi base hosting US forces - sources"),
        Case("slug two", REPORT, "IRAQ-ATTACK/BASE (URGENT): Drones target Ain al-Asad"),
        Case("telegraphic", REPORT, "Drone attack, US base, Hasakah, no casualties"),
        Case("lower", REPORT, "rockets fired at u.s. base in iraq's anbar"),
        Case("curly", REPORT, "Rockets hit ‘Ain al‑Asad’ base – sources"),
        Case("capitals, no attack", OTHER, "US JETS STRIKE MILITIA BASES IN SYRIA"),
    ),
    "live, asked, quoted, signed": (
        Case("live", REPORT, "Live: Iranian missiles hit US base in Qatar; airspace closed", at=WAR_2026),
        Case(
            "live, listing",
            QUIET,
            "Middle East live: markets fall, aid enters Gaza, talks in Cairo",
            "Also: rockets were fired at a US base in Syria on Tuesday.",
        ),
        Case("question", QUIET, "Why are US bases in Iraq under attack?"),
        Case("question, no", QUIET, "Could Iran's missiles reach American bases in Europe?"),
        Case("quoted", REPORT, "'Multiple rockets' hit base with US troops in Iraq"),
        Case("quoted speaker", REPORT, '"They hit our base": drones strike American outpost in Syria, soldiers hurt'),
        Case(
            "site name",
            REPORT,
            "Drone attack targets US forces at Erbil airport - Kurdish Herald",
            site="Kurdish Herald",
        ),
        Case(
            "site bar",
            REPORT,
            "Rockets strike Green Village base in Syria | The Daily Courier",
            site="The Daily Courier",
        ),
        Case("site name of attack", OTHER, "Army opens clinic in Hasakah - Base Attack News", site="Base Attack News"),
        Case("emoji", REPORT, "🚨 Rockets hit US base at Shaddadi 🚀"),
        Case("hashtags", REPORT, "#BREAKING drone attack on #US base in #Erbil #Iraq"),
        Case("video", BACKGROUND, "Watch: how the night of missiles at al-Asad unfolded"),
    ),
}

GROUPS: Mapping[str, tuple[Case, ...]] = {**WHERE, **WHEN, **DONE, **BOTH, **SAYS, **HARMLESS, **WRITTEN}

# What is judged wrongly today. Each must fail: a case that is judged rightly has to leave this list.
NOT_YET = frozenset(
    (
        "on a base: insider",
        "ordered from: commander",
        "ordered from: planned",
        "beside a base: market",
        "by the US: shot dead",
        "tally: list",
        "medal or funeral: coffins",
        "threatened: conditional",
        "threatened: deadline",
        "explosions heard: defences",
        "explosions heard: depot",
        "answer to a blow: in response",
        "crime and quarrel: fort",
        "cyber, jamming, overflight, hoax: bomb call",
        "games and stage: thriller",
        "strike, voters, power, sale: walkout",
        "no attacker, no weapon: fire after hit",
    )
)

CASES = {f"{group}: {case.id}": case for group, cases in GROUPS.items() for case in cases}


@pytest.mark.parametrize("case", [row for name, rows in GROUPS.items() for row in table(name, rows, NOT_YET)])
def test_told_apart(case: Case) -> None:
    finding = judge(case.title, case.summary, at=case.at, site=case.site)
    assert finding.label in case.labels, [(reason.rule, reason.text, reason.weight) for reason in finding.because]


def test_every_kind_has_its_eight_cases() -> None:
    assert {group: len(cases) for group, cases in GROUPS.items() if len(cases) < 8} == {}
    assert len(CASES) == sum(len(cases) for cases in GROUPS.values())
    assert CASES.keys() >= NOT_YET
