"""What a message says, and that nobody else's text can make it say or do anything else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.alerts.render import BODY_MOST, TITLE_MOST, Texts, harmless, link, message
from monitor.core.records import AlertReason, Confidence, Count, Facts, Intercepted, Label, Message, Side, Toll, Weapon
from tests.build import alert
from tests.core.news import ASAD, ERBIL, NOWHERE, SALEM, Desk, at, item, told


def sent(*news: object) -> Message:
    """The message of the last alert of these news."""
    return message(Desk().hear(*news).alerts[-1])  # type: ignore[arg-type]


WHOLE = told(
    -9,
    -8,
    weapons=(Weapon.MISSILE, Weapon.CAR_BOMB),
    launched=Count(12, None),
    killed=Count(3, 3),
    wounded=Count(10, 15),
    tolls=(Toll(Side.US, Count(3, 3), Count(9, None)), Toll(Side.CONTRACTOR, None, Count(1, 1))),
    claimed_by=("IRGC",),
    confirmed_by=("CENTCOM",),
    intercepted=Intercepted.SOME,
    damage="A hangar burnt out.",
)


def test_a_whole_message() -> None:
    news = item(
        "Missiles hit Ali Al Salem", at(SALEM), facts=WHOLE, source="Morning Post", url="https://post.example/missiles"
    )
    assert sent(news) == Message(
        "Attack: Ali Al Salem Air Base, Kuwait (3 killed, 10 to 15 wounded; missile, car bomb; confirmed by an official "
        "side)",
        "Why you are told: a new attack is reported\n"
        "Ali Al Salem Air Base, Kuwait\n"
        "When: 2026-05-04 00:00 to 01:00 local time (2026-05-03 21:00 to 22:00 UTC)\n"
        "With: missile, car bomb (at least 12 fired)\n"
        "Toll: 3 killed, 10 to 15 wounded; US: 3 killed, at least 9 wounded; contractors: 1 wounded\n"
        "Claimed by: IRGC\n"
        "Confirmed by: CENTCOM\n"
        "Intercepted: some of what was fired was intercepted\n"
        "Damage: A hangar burnt out.\n"
        "How sure: confirmed by an official side (confirmed by CENTCOM)\n"
        "\n"
        "What now: it happened; numbers and details may still change.\n"
        "\n"
        "Sources: 1 article of 1 independent source\n"
        "- Morning Post: Missiles hit Ali Al Salem\n"
        "  https://post.example/missiles\n"
        "Incident: ali-al-salem-air-base-20260504",
    )


def test_a_time_not_told_is_not_made_up() -> None:
    assert (
        "When: not told; reported 2026-05-04 12:01 local time (2026-05-04 09:01 UTC)"
        in sent(item("Hit", at(ASAD), 3)).body
    )
    assert "When: not told; reported 2026-05-04\n" in sent(item("Hit", at(ASAD), -6 - 1 / 60)).body


def test_who_claims_is_not_also_blamed() -> None:
    body = sent(item("Hit", at(ASAD), facts=Facts(claimed_by=("IRGC",), blamed_on=("Iran", "Brigades")))).body
    assert "Claimed by: IRGC\nBlamed on: Brigades\n" in body


def test_an_update_says_what_changed() -> None:
    first = item("Rockets hit Ain al-Asad", at(ASAD))
    then = item("Two dead", at(ASAD), 2, facts=Facts(killed=Count(2, 2), claimed_by=("Brigades",)))
    told = sent(first, then)
    assert told.title.startswith("Update (more killed): Ain al-Asad Air Base, Iraq (2 killed")
    assert told.body.startswith("Why you are told: more killed, somebody claims it\n")


SAID = "The Revolutionary Guards say that 200 were killed."


def test_contradictions_stay_visible() -> None:
    claim = item(
        "Guards: 200 killed",
        at(SALEM),
        facts=Facts(
            killed=Count(200, 200),
            claimed_by=("IRGC",),
            sentences=tuple((name, SAID) for name in ("killed", "claimed_by")),
        ),
    )
    denial = item("No casualties", at(SALEM), 1, facts=Facts(killed=Count(0, 0), confirmed_by=("CENTCOM",)))
    body = sent(claim, denial).body
    assert "Claimed toll: 200 killed (IRGC)" in body
    assert "Toll: no deaths known" in body


SAID_LAST = "200 soldiers were killed, the Revolutionary Guards say"


def test_a_denial_of_a_toll_denies_no_attack() -> None:
    told = tuple((name, SAID_LAST) for name in ("killed", "claimed_by"))
    claim = item(
        "200 killed, say Guards", at(SALEM), facts=Facts(killed=Count(200, 200), claimed_by=("IRGC",), sentences=told)
    )
    report = item("Missiles at Ali Al Salem", at(SALEM), 1, facts=Facts(confirmed_by=("Kuwait",)))
    denial = item(
        "US denies 200 killed", at(SALEM), 2, Label.UPDATE, facts=Facts(killed=Count(200, 200), denied_by=("US",))
    )
    late = item("One killed after all", at(SALEM), 3, Label.UPDATE, facts=Facts(killed=Count(1, 1)))
    desk = Desk().hear(claim, report, denial, late)
    (incident,) = desk.incidents.values()
    assert (incident.facts.killed, incident.facts.denied_by) == (Count(1, 1), ())
    assert incident.confidence is Confidence.CONFIRMED
    body = desk.alerts[-1].body
    assert "Claimed toll: 200 killed (IRGC)" in body
    assert "Toll denied: 200 killed (by US)" in body


TOLLS = {
    "the sum of a war, told by one": ((12, 15, 300), 15),
    "the same, by a second too": ((12, 15, 300, 280), 300),
    "nobody to compare it with but one": ((12, 300), 300),
    "it was told first": ((300, 12, 15), 300),
    "a steep rise": ((11, 34, 109), 109),
    "after none known to be hurt": ((0, 0, 11), 11),
}


@pytest.mark.parametrize(("told", "known"), TOLLS.values(), ids=TOLLS)
def test_a_toll_far_off_all_others_waits_for_a_second_source(told: tuple[int, ...], known: int) -> None:
    news = [
        item(f"Wounded: {n}", at(SALEM), k, source=f"Paper {k}", facts=Facts(wounded=Count(n, n)))
        for k, n in enumerate(told)
    ]
    desk = Desk().hear(*news, item("One dead", at(SALEM), len(told), facts=Facts(killed=Count(1, 1))))
    (incident,) = desk.incidents.values()
    assert incident.facts.wounded == Count(known, max(n for n in told if n <= known))
    assert ("Told by one source alone: 300 wounded (Paper 2)" in desk.alerts[-1].body) == (known < max(told))


def test_the_accused_who_denies_a_deadly_attack_denies_the_attack() -> None:
    desk = Desk().hear(
        item("Three killed", at(SALEM), facts=Facts(killed=Count(3, 3), blamed_on=("Iran",))),
        item("Iran denies it", at(SALEM), 2, Label.UPDATE, facts=Facts(killed=Count(3, 3), denied_by=("Iran",))),
    )
    (incident,) = desk.incidents.values()
    assert (incident.facts.killed, incident.facts.denied_by) == (Count(3, 3), ("Iran",))


def test_a_wave_lists_its_places_and_its_incidents() -> None:
    told = sent(item("Two bases attacked", [(at(SALEM), Facts()), (at(ERBIL), Facts())]))
    assert told.title == "Attack on 2 places: Ali Al Salem Air Base, Erbil Air Base (single source)"
    assert "One wave on 2 places." in told.body
    assert told.body.count("What now: take it as unconfirmed") == 1
    assert "Incidents: ali-al-salem-air-base-20260504, erbil-air-base-20260504" in told.body


def test_how_sure_a_wave_is_stands_in_its_title_however_many_places_it_has() -> None:
    desk = Desk().hear(item("Two bases", [(at(SALEM), Facts()), (at(ERBIL), Facts())]))
    one, other = desk.incidents.values()
    texts = Texts(desk.merger.atlas)
    title = texts.incidents([one, other] * 6, AlertReason.NEW).title
    assert title.endswith("… (single source)")
    assert len(title) == TITLE_MOST
    sure = replace(other, confidence=Confidence.CONFIRMED)
    assert texts.incidents([one, sure], AlertReason.NEW).title.endswith(" (some: single source)")


def test_a_retraction_says_first_that_nothing_happened() -> None:
    desk = Desk().hear(item("Rockets hit Ain al-Asad", at(ASAD), facts=Facts(weapons=(Weapon.ROCKET,))))
    told = Texts(desk.merger.atlas).incidents(
        list(desk.incidents.values()), AlertReason.RETRACTED, ["there was no attack"]
    )
    assert told.title == "Retracted: Ain al-Asad Air Base, Iraq (there was no attack)"
    assert told.body.startswith("Why you are told: there was no attack\n\nWhat was told before, and is not so:\n")
    assert "What now: nothing to do" in told.body


@pytest.mark.parametrize("confidence", Confidence)
def test_every_message_says_what_to_make_of_it(confidence: Confidence) -> None:
    desk = Desk().hear(item("Rockets hit Ain al-Asad", at(ASAD)))
    (incident,) = desk.incidents.values()
    told = Texts(desk.merger.atlas).incidents([replace(incident, confidence=confidence)], AlertReason.NEW)
    (line,) = [line for line in told.body.splitlines() if line.startswith("What now: ")]
    assert ("happened; numbers" in line) == (confidence in (Confidence.CORROBORATED, Confidence.CONFIRMED))


def test_a_day_long_span_is_told_in_days_of_the_place() -> None:
    assert "When: 2026-05-04 (by the local calendar)\n" in sent(item("Hit", at(ASAD), facts=told(-9, 5))).body


def test_a_place_not_told_is_said_to_be_the_force() -> None:
    claimed = item("American troops attacked", NOWHERE, facts=Facts(claimed_by=("Brigades",)))
    assert sent(claimed).title.startswith("Attack: US forces (")


# ---- hostile text --------------------------------------------------------------------------------------------------------

HOSTILE = [
    "Base hit @everyone @here <!channel> <@U123>",
    "Base hit\r\nBcc: all@example.org\r\n\r\nSecond body",
    "Base hit [click](https://evil.example) ![x](https://evil.example/x.png)",
    "<script>alert(1)</script><b>Base</b> hit &lt;img src=x onerror=alert(1)&gt;",
    "Base hit \u202eereht lla\u202c \u2066x\u2069 \u200bhidden \x1b[31mred\x07",
    "Base ```hit``` **bold** ||spoiler|| `code`",
    "Base hit " + "x" * 1_000_000,
    "Base hit https://evil.example/login javascript://alert(1)",
    "Base hit [more](javascript:alert(1)) JavaScript:alert(2)",
]
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069@<>`]|\\]\\(|javascript:", re.IGNORECASE
)


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles(title: str) -> None:
    made, finding = item("Base hit", at(ASAD))
    made = replace(made, title=title, source=title[:200], url="https://news.example/@everyone/<x>?a=b c")
    told = sent((made, finding))
    assert not FORBIDDEN.search(told.title)
    assert not FORBIDDEN.search(told.body)
    assert "\n" not in told.title
    assert "evil.example/" not in told.body.replace(": //evil.example", "")
    assert len(told.title) <= TITLE_MOST
    assert len(told.body) <= BODY_MOST
    assert told.body.endswith("Incident: ain-al-asad-air-base-20260504")


@given(st.text(), st.text())
def test_nothing_gets_through_message(title: str, body: str) -> None:
    told = message(replace(alert(), title=title, body=body))
    assert not FORBIDDEN.search(told.title)
    assert not re.search("[\x00-\x09\x0b-\x1f@<>`]", told.body)
    assert "\n" not in told.title
    assert len(told.body) <= BODY_MOST
    again = message(replace(alert(), title=told.title, body=told.body))
    assert again == told


@given(st.text(max_size=400))
def test_harmless_is_one_short_line_and_stays_what_it_is(text: str) -> None:
    line = harmless(text, 100)
    assert len(line) <= 100
    assert len(line.splitlines()) <= 1
    assert harmless(line, 100) == line


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://news.example/a?b=c&d=e#f", "https://news.example/a?b=c&d=e#f"),
        ("https://news.example/خبر", "https://news.example/%D8%AE%D8%A8%D8%B1"),
        ("https://news.example/@everyone", "https://news.example/%40everyone"),
        ("https://news.example/a b\nc", "https://news.example/a%20b%0Ac"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://user:pass@news.example/", ""),
        ("https://news.example/" + "x" * 1000, ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_link(url: str, shown: str) -> None:
    assert link(url) == shown


def test_a_long_body_is_cut_at_a_line() -> None:
    told = message(replace(alert(), body="\n".join(f"line {n}" for n in range(2000))))
    assert len(told.body) <= BODY_MOST
    assert re.fullmatch(r"(line \d+\n)+…", told.body)
