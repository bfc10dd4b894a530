"""Who was killed and wounded, in many wordings."""

from __future__ import annotations

import pytest

from monitor.core.records import Side
from tests.core.reading import casualties, pair

Range = tuple[int, int | None] | None

# text, killed, wounded, US killed, US wounded
TOLLS: list[tuple[str, Range, Range, Range, Range]] = [
    # actives
    ("Drone kills three US troops and wounds dozens more at desert outpost", (3, 3), (24, None), (3, 3), (24, None)),
    ("A rocket killed one American soldier and injured five", (1, 1), (5, 5), (1, 1), (5, 5)),
    ("The blast killed at least four people", (4, None), None, None, None),
    ("Gunmen opened fire, killing two Americans and a Kenyan soldier", (3, 3), None, (2, 2), None),
    ("Mortars wound 12 coalition soldiers", None, (12, 12), None, None),
    ("a strike claimed the lives of six airmen", (6, 6), None, (6, 6), None),
    ("shelling that caused minor injuries to several Americans", None, (2, None), None, (2, None)),
    ("attack kills civilian contractor, wounds nine others", (1, 1), (9, 9), None, None),
    # passives and headlines
    ("Three American soldiers killed near the border", (3, 3), None, (3, 3), None),
    ("two dead, nine hurt", (2, 2), (9, 9), None, None),
    ("12 US service members were injured", None, (12, 12), None, (12, 12)),
    ("At least 15 US troops wounded in barrage", None, (15, None), None, (15, None)),
    ("One American soldier, two contractors hurt by rockets", None, (3, 3), None, (1, 1)),
    ("Four U.S. service members and two Iraqi soldiers were wounded", None, (6, 6), None, (4, 4)),
    ("A Marine was killed and another wounded", (1, 1), (1, 1), (1, 1), (1, 1)),
    ("Contractor killed as rockets hit base", (1, 1), None, None, None),
    ("leaves 12 US troops wounded", None, (12, 12), None, (12, 12)),
    ("Three U.S. troops killed, up to 34 injured", (3, 3), (1, 34), (3, 3), (1, 34)),
    ("An American was lightly wounded", None, (1, 1), None, (1, 1)),
    ("Two Americans and one Briton died", (3, 3), None, (2, 2), None),
    ("Two American and one British soldier killed", (3, 3), None, (2, 2), None),
    ("13 troops injured", None, (13, 13), None, None),
    ("Sixteen Afghan security guards were killed", (16, 16), None, None, None),
    ("French soldier killed by drone", (1, 1), None, None, None),
    ("Four IDF soldiers killed", (4, 4), None, None, None),
    ("US contractor killed, 5 service members wounded", (1, 1), (5, 5), (1, 1), (5, 5)),
    ("Two US, one UK personnel killed by rockets", (3, 3), None, (2, 2), None),
    ("killed a contractor and injured a U.S. service member and several others", (1, 1), (3, None), None, (1, 1)),
    ("the fire killed an Iraqi soldier", (1, 1), None, None, None),
    ("Three US service members wounded, one critically", None, (3, 3), None, (3, 3)),
    ("At least 60 Afghans and 13 US troops killed", (73, None), None, (13, 13), None),
    # injuries by name
    ("A U.S. service member suffers minor injuries", None, (1, 1), None, (1, 1)),
    ("none of the injuries was life-threatening", None, None, None, None),
    ("109 US troops diagnosed with traumatic brain injury", None, (109, 109), None, (109, 109)),
    ("Six U.S. service members suffered concussions", None, (6, 6), None, (6, 6)),
    ("Two service members are being treated for minor injuries", None, (2, 2), None, (2, 2)),
    ("Eleven US troops were flown out for concussion symptoms", None, (11, 11), None, (11, 11)),
    ("five injuries and two deaths", (2, 2), (5, 5), None, None),
    # totals that rise
    ("Death toll rises to six", (6, 6), None, None, None),
    ("Number of wounded climbs to 25", None, (25, 25), None, None),
    ("number of US troops injured in the attack climbs to 34", None, (34, 34), None, (34, 34)),
    ("Brain-injury total from the missile strike rises to 64", None, (64, 64), None, None),
    # one more, or so many in all
    ("Third American soldier dies of wounds from the attack", (1, 3), None, (1, 3), None),
    ("a seventh service member was killed", (1, 7), None, (1, 7), None),
    # numbers in words
    ("twenty-one airmen hurt", None, (21, 21), None, (21, 21)),
    ("two dozen US troops were wounded", None, (24, 24), None, (24, 24)),
    ("more than a dozen U.S. service members were injured", None, (12, None), None, (12, None)),
    ("30 to 40 people were hurt", None, (30, 40), None, None),
    ("between 10 and 15 people were hurt", None, (10, 15), None, None),
    ("15 wounded US soldiers were flown home", None, (15, 15), None, (15, 15)),
    ("15 US service members, including one in critical condition, were hurt", None, (15, 15), None, (15, 15)),
    ("Fifteen Americans were hurt and one is in serious condition", None, (15, 15), None, (15, 15)),
    ("30-40 wounded", None, (30, 40), None, None),
    ("as many as 20 U.S. service members were injured", None, (1, 20), None, (1, 20)),
    ("about 200 troops were hurt", None, (200, 200), None, None),
    ("1,200 people were wounded", None, (1200, 1200), None, None),
    ("scores of soldiers were injured", None, (40, None), None, None),
    ("three hundred people were hurt", None, (300, 300), None, None),
    # parts of a number are no further people
    ("killed six people, including two Americans", (6, 6), None, (2, 2), None),
    ("nine people were injured, including one U.S. service member", None, (9, 9), None, (1, 1)),
    ("wounded 12 US troops, two of them seriously", None, (12, 12), None, (12, 12)),
    ("34 were injured, two seriously", None, (34, 34), None, None),
    ("Two service members were seriously wounded and ten others suffered concussions", None, (12, 12), None, (12, 12)),
    # nobody
    ("No casualties were reported", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("without causing deaths or damage", (0, 0), None, (0, 0), None),
    ("No U.S. personnel were killed or injured", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("No American personnel or assets were harmed", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("no one was hurt", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("nobody has been hurt", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("US troops unharmed after attack", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("all personnel are safe and accounted for", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("it did not cause any casualties", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("none of the rockets caused casualties", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("caused neither casualties nor damage", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("No U.S. or coalition troops were hurt", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("no lives were lost", (0, 0), None, (0, 0), None),
    ("failed to cause any damage or casualties", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("No Kuwaiti or American casualties", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("no US troops were hit", (0, 0), (0, 0), (0, 0), (0, 0)),
    ("no troops were killed but dozens suffered brain injuries", (0, 0), (24, None), (0, 0), None),
    # nobody, as far as is known
    ("There were no immediate reports of casualties", (0, None), (0, None), (0, None), (0, None)),
    ("causing no serious injuries", (0, None), (0, None), (0, None), (0, None)),
    # not said
    ("It was not immediately clear if there were casualties", None, None, None, None),
    ("Casualties are feared", None, None, None, None),
    ("Rockets land near the runway", None, None, None, None),
    # numbers of something else
    ("A 17-year-old was held near an F-16 hangar after 3 rockets landed", None, None, None, None),
    ("two MQ-9 drones were damaged", None, None, None, None),
    ("the 5,000 US troops deployed in the country", None, None, None, None),
    ("14 rockets hit the base", None, None, None, None),
    # attackers
    ("Four attackers were killed and one soldier wounded", None, (1, 1), None, None),
    ("troops killed 25 Kataib Hezbollah fighters", None, None, None, None),
    ("two suicide bombers died at the gate", None, None, None, None),
    # others' tolls
    ("The first attack since the volley in December that killed a US contractor", None, None, None, None),
    ("13 US soldiers have been killed and over 300 hurt since the start of the operation", None, None, None, None),
    ("A soldier died, bringing the number of American troops killed in the war to seven", (1, 1), None, (1, 1), None),
    ("140 American service members have been wounded, eight gravely, in the war", None, None, None, None),
    # neither number is known
    ("200 US troops killed or wounded, militia claims", (0, 200), (0, 200), (0, 200), (0, 200)),
]


@pytest.mark.parametrize(("text", "killed", "wounded", "us_killed", "us_wounded"), TOLLS)
def test_toll(text: str, killed: Range, wounded: Range, us_killed: Range, us_wounded: Range) -> None:
    told = casualties(text)
    assert (pair(told.killed), pair(told.wounded)) == (killed, wounded)
    assert (pair(told.us_killed), pair(told.us_wounded)) == (us_killed, us_wounded)


SIDES = [
    ("Two US soldiers and three Iraqi soldiers were killed", {Side.US: (2, 2), Side.PARTNER: (3, 3)}),
    ("killing a US contractor", {Side.CONTRACTOR: (1, 1)}),
    ("five civilians were killed", {Side.CIVILIAN: (5, 5)}),
    ("Two gunmen and one Marine were killed", {Side.US: (1, 1), Side.ATTACKER: (2, 2)}),
    ("six people died", {Side.UNKNOWN: (6, 6)}),
    ("Two peshmerga fighters were killed", {Side.PARTNER: (2, 2)}),
]


@pytest.mark.parametrize(("text", "sides"), SIDES)
def test_side(text: str, sides: dict[Side, Range]) -> None:
    assert {toll.side: pair(toll.killed) for toll in casualties(text).tolls} == sides


TOGETHER = [
    # an exact number says more than a vague one, wherever it stands
    ("Several US troops wounded. Twelve US troops were wounded, officials said", (12, 12)),
    # it sharpens what "at least" left open
    ("At least 10 US troops hurt. The strike injured 12 US troops", (12, 12)),
    ("At least 10 US troops hurt. The militia claimed at least 15 Americans were hurt", (15, None)),
    ("At least 10 US troops hurt. As many as 15 US troops were wounded", (10, 15)),
    # the title's number stands against a part of it
    ("At least 15 US troops wounded. Five US soldiers were seriously wounded", (15, None)),
]


@pytest.mark.parametrize(("text", "wounded"), TOGETHER)
def test_sentences_together(text: str, wounded: Range) -> None:
    assert pair(casualties(text).wounded) == wounded
