"""Which news are of one attack and which of two, and what an incident knows after both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.incidents.growing import MOST_STATEMENTS
from monitor.core.records import Article, Count, Facts, Finding, Label, MergeReason, Outcome, Status, TimeSpan, Weapon
from tests.core.news import (
    ASAD,
    ERBIL,
    IN_IRAQ,
    IN_KUWAIT,
    IN_THE_GULF,
    NOWHERE,
    SALEM,
    START,
    Desk,
    at,
    item,
    told,
)

News = tuple[Article, Finding]
ROCKETS, DRONES = (Weapon.ROCKET,), (Weapon.DRONE,)

ONE: dict[str, tuple[News, News]] = {
    "the same base an hour later": (
        item("Rockets hit Ain al-Asad", at(ASAD)),
        item("Base in western Iraq comes under fire", at(ASAD), 1),
    ),
    "another toll": (
        item("Two hurt at Ain al-Asad", at(ASAD), facts=Facts(wounded=Count(2, 2))),
        item("Seven hurt at Ain al-Asad", at(ASAD), 5, facts=Facts(wounded=Count(7, 7))),
    ),
    "another local date for one night": (
        item("Attack late on Sunday", at(ASAD), facts=told(-9, -3)),
        item("Attack early on Monday", at(ASAD), 3, facts=told(-3, 0)),
    ),
    "an update two days later": (
        item("Rockets hit Ain al-Asad", at(ASAD)),
        item("Army gives first damage report", at(ASAD), 50, Label.UPDATE),
    ),
    "an update that names the day, two weeks later": (
        item("Rockets hit Ain al-Asad", at(ASAD)),
        item("Brain injuries after strike of 4 May", at(ASAD), 330, Label.UPDATE, facts=told(-12, 12)),
    ),
    "the country first, then the base": (
        item("US base in Iraq attacked", IN_IRAQ),
        item("Drones at Erbil airport", at(ERBIL), 2),
    ),
    "the base first, then only the country": (
        item("Drones at Erbil airport", at(ERBIL)),
        item("US base in Iraq attacked", IN_IRAQ, 2),
    ),
    "nothing but the force, then the base, with the same weapon": (
        item("American troops under drone fire", NOWHERE, facts=Facts(weapons=DRONES)),
        item("Drones at Erbil airport", at(ERBIL), 2, facts=Facts(weapons=DRONES)),
    ),
    "the base, then nothing but the force": (
        item("Drones at Erbil airport", at(ERBIL)),
        item("American troops under fire", NOWHERE, 2),
    ),
    "the region, then the country": (
        item("Bases in the Gulf attacked", IN_THE_GULF),
        item("Kuwait says base attacked", IN_KUWAIT, 2),
    ),
    "other weapons, as first reports often have it": (
        item("Rockets hit Ain al-Asad", at(ASAD), facts=Facts(weapons=ROCKETS)),
        item("Ain al-Asad was hit by drones, not rockets", at(ASAD), 2, facts=Facts(weapons=DRONES)),
    ),
    "the same number of a wave": (
        item("Wave 12 on Ali Al Salem", at(SALEM), facts=Facts(wave=12, claimed_by=("IRGC",))),
        item("Guards tell of wave 12", at(SALEM), 20, facts=Facts(wave=12, claimed_by=("Revolutionary Guards",))),
    ),
    "a time told only roughly, and the base": (
        item("Drones at Erbil airport", at(ERBIL)),
        item("Erbil base was attacked last week", at(ERBIL), 100, facts=told(-60, 40)),
    ),
    "words of a late report on the day itself": (
        item("US base in Iraq attacked", IN_IRAQ),
        item("Images of attack on base in Iraq", IN_IRAQ, 10, facts=Facts(when=told(-150, 10).when)),
    ),
    "told as one more while it is news": (
        item("Rockets hit Ain al-Asad", at(ASAD)),
        item("Ain al-Asad attacked again", at(ASAD), 2, facts=Facts(again=True)),
    ),
    "told as one more by both": (
        item("Ain al-Asad attacked again", at(ASAD), facts=Facts(again=True)),
        item("New attack on Ain al-Asad", at(ASAD), 5, facts=Facts(again=True)),
    ),
    "an update that recalls an earlier one": (
        item("Rockets hit Ain al-Asad", at(ASAD)),
        item("Toll of second attack this month", at(ASAD), 9, Label.UPDATE, facts=Facts(ordinal=2)),
    ),
    "a bare date, which is midnight, and the evening of that day": (
        item("Rockets hit Ain al-Asad", at(ASAD), -6 - 1 / 60),
        item("Base in western Iraq under fire", at(ASAD), 14),
    ),
}

TWO: dict[str, tuple[News, News]] = {
    "a time told only roughly, and nothing but the country": (
        item("Drones at Erbil airport", at(ERBIL)),
        item("US base in Iraq attacked last week", IN_IRAQ, 100, facts=told(-60, 40)),
    ),
    "words of a late report, and nothing but the country": (
        item("Drones at Erbil airport", at(ERBIL)),
        item("Video of attack on base in Iraq", IN_IRAQ, 100, facts=Facts(when=told(-60, 100).when)),
    ),
    "two bases of one country": (item("Drones at Erbil", at(ERBIL)), item("Drones at Ain al-Asad", at(ASAD))),
    "two countries": (item("Base in Iraq attacked", IN_IRAQ), item("Base in Kuwait attacked", IN_KUWAIT)),
    "the same words about two bases": (
        item("Rockets hit base used by American troops, army says", at(ERBIL)),
        item("Rockets hit base used by American troops, army says", at(ASAD), 1),
    ),
    "the same base three days later, in the same words": (
        item("Rockets hit Ain al-Asad base, army says", at(ASAD)),
        item("Rockets hit Ain al-Asad base, army says", at(ASAD), 75, summary="A new volley."),
    ),
    "a second attack the same night": (
        item("Rockets hit Ain al-Asad", at(ASAD)),
        item("Second attack on Ain al-Asad tonight", at(ASAD), 4, facts=Facts(ordinal=2)),
    ),
    "attacked again, hours after it was over": (
        item("Rockets hit Ain al-Asad base", at(ASAD), facts=told(-2, -1)),
        item("Rockets hit Ain al-Asad base again", at(ASAD), 6, facts=Facts(again=True)),
    ),
    "a second attack, told without a time, on a country's base": (
        item("Rockets hit US base in Kuwait", IN_KUWAIT),
        item("Second attack on US base in Kuwait", IN_KUWAIT, 4, facts=Facts(ordinal=2)),
    ),
    "other weapons, hours after it was over": (
        item("Rockets hit Ain al-Asad", at(ASAD), facts=Facts(weapons=ROCKETS)),
        item("Drones over western Iraq base", at(ASAD), 6, facts=Facts(weapons=DRONES)),
    ),
    "the next wave": (
        item("Wave 12 on Ali Al Salem", at(SALEM), facts=Facts(wave=12)),
        item("Wave 13 on Ali Al Salem", at(SALEM), 6, facts=Facts(wave=13)),
    ),
    "nothing but the force, then a base, and nothing else in common": (
        item("American troops attacked", NOWHERE),
        item("Drones at Erbil airport", at(ERBIL), 2),
    ),
    "two times told, two days apart": (
        item("Attack on Sunday", at(ASAD), facts=told(-30, -20)),
        item("Attack today", at(ASAD), 20, facts=told(18, 20)),
    ),
    "told late, with its own date": (
        item("Rockets hit Ain al-Asad", at(ASAD)),
        item("Pentagon reveals earlier attack there", at(ASAD), 2, facts=told(-150, -130)),
    ),
}


@pytest.mark.parametrize("news", ONE.values(), ids=ONE.keys())
def test_one_attack(news: tuple[News, News]) -> None:
    desk = Desk().hear(*news)
    assert desk.groups() == {frozenset(made.id for made, _ in news)}, [merge.words for merge in desk.merges]
    assert [alert.reason for alert in desk.alerts].count(desk.alerts[0].reason) == 1


@pytest.mark.parametrize("news", TWO.values(), ids=TWO.keys())
def test_two_attacks(news: tuple[News, News]) -> None:
    desk = Desk().hear(*news)
    assert desk.groups() == {frozenset([made.id]) for made, _ in news}, [merge.words for merge in desk.merges]


def test_an_earlier_attack_explains_that_the_next_one_is_told_as_one_more() -> None:
    desk = Desk().hear(
        item("Rockets hit Ain al-Asad", at(ASAD), facts=told(-50, -49)),
        item("Drones over Ain al-Asad", at(ASAD), facts=told(-2, -1)),
        item("Ain al-Asad attacked again", at(ASAD), 6, facts=Facts(again=True)),
    )
    assert sorted(len(incident.articles) for incident in desk.incidents.values()) == [1, 2]


def test_the_named_base_keeps_the_incident_and_gives_it_its_name() -> None:
    desk = Desk().hear(item("US base in Iraq attacked", IN_IRAQ), item("Drones at Erbil airport", at(ERBIL), 2))
    (incident,) = desk.incidents.values()
    assert (incident.id, incident.target.base) == ("iraq-20260504", ERBIL.id)
    assert desk.merges[1].reason is MergeReason.BASE_NAMED


def test_several_bases_of_one_report_are_one_incident_each() -> None:
    desk = Desk().hear(item("Bases attacked in Iraq and Kuwait", [(at(SALEM), Facts()), (at(ERBIL), Facts())]))
    assert sorted(desk.incidents) == ["ali-al-salem-air-base-20260504", "erbil-air-base-20260504"]


def test_waves() -> None:
    desk = Desk()
    twelve = [
        item(f"Wave 12: {place.name}", place, facts=Facts(wave=12, claimed_by=("IRGC",)))
        for place in (at(SALEM), at(ERBIL))
    ]
    both = item("Two bases attacked", [(at(SALEM), Facts()), (at(ERBIL), Facts())])
    alone = item("Attack", at(ASAD))
    waves = [desk.merger.wave(made, finding.attacks, ()) for made, finding in (*twelve, both, alone)]
    assert waves == ["ir-wave-12-202605", "ir-wave-12-202605", f"wave-{both[0].id}", ""]
    joined = desk.merger.from_statement(desk.merger.statement(*both, both[1].attacks[0]), (), START, "wave-x")
    assert desk.merger.wave(*both[:1], both[1].attacks, [joined]) == "wave-x"


def test_a_rough_place_never_takes_the_incident_of_a_base_of_the_same_report() -> None:
    desk = Desk().hear(
        item("Drones at Erbil airport", at(ERBIL)),
        item("Erbil and another base in Iraq attacked", [(IN_IRAQ, Facts()), (at(ERBIL), Facts())], 1),
    )
    assert {incident.target.base for incident in desk.incidents.values()} == {ERBIL.id, ""}
    assert len(desk.incidents[f"{ERBIL.id}-20260504"].articles) == 2


def test_ids_are_readable_and_unique() -> None:
    news = [item(f"Attack number {n}", at(ASAD), n, facts=Facts(ordinal=n)) for n in (1, 2, 3)]
    prefix = "ain-al-asad-air-base-20260504"
    assert list(Desk().hear(*news).incidents) == [prefix, f"{prefix}-b", f"{prefix}-c"]


def test_an_attack_of_the_ledger_told_again_is_nothing() -> None:
    news = item("How the April attack killed three", at(ASAD), facts=told(-14 * 24, -13.5 * 24))
    desk = Desk().hear(news)
    assert (desk.merges[0].outcome, desk.merges[0].reason) == (Outcome.REPEAT, MergeReason.PAST_ATTACK)
    assert not desk.incidents


def test_an_update_that_repeats_the_dead_of_the_ledger_is_nothing_and_a_fresh_report_is_an_attack() -> None:
    toll = Facts(us_killed=Count(3, 3))
    update, report = (
        item("Three dead named", at(ASAD), 1, Label.UPDATE, facts=toll),
        item("Three dead", at(ASAD), facts=toll),
    )
    assert Desk().hear(update).merges[0].reason is MergeReason.PAST_ATTACK
    assert Desk().hear(report).merges[0].outcome is Outcome.OPEN


def test_the_ledger_is_silent_for_72_hours() -> None:
    desk = Desk()
    made, finding = item("Three killed", at(ASAD), -14 * 24 + 60, facts=told(-14 * 24, -13.5 * 24))
    assert desk.hear((made, finding)).merges[0].outcome is Outcome.OPEN


def test_the_hundredth_restatement_is_counted_and_what_is_new_is_kept() -> None:
    desk = Desk()
    made, finding = item("Rockets hit Ain al-Asad", at(ASAD), facts=told(-3, 0))
    one = desk.merger.open(made, finding, finding.attacks[0], START, ())
    wire = [
        item(f"Word {n}", at(ASAD), n / 60, source="Newswire", facts=told(-3, 0)) for n in range(MOST_STATEMENTS + 9)
    ]
    for made, finding in wire:
        one = desk.merger.grow(one, made, finding, finding.attacks[0], START)
    assert len(one.statements) <= MOST_STATEMENTS + 1
    assert one.last_news == wire[-1][0].published
    made, finding = item("Two dead", at(ASAD), 9, facts=Facts(killed=Count(2, 2)))
    assert desk.merger.grow(one, made, finding, finding.attacks[0], START).facts.killed == Count(2, 2)


def test_an_edited_article_replaces_its_own_word() -> None:
    first = item("Two hurt", at(ASAD), facts=Facts(wounded=Count(2, 2)), guid="g", url="https://one.example/a")
    again = item(
        "Nobody hurt after all", at(ASAD), 1, facts=Facts(wounded=Count(0, 0)), guid="g", url="https://one.example/a"
    )
    again = replace(again[0], id=first[0].id), again[1]
    desk = Desk().hear(first, again)
    (incident,) = desk.incidents.values()
    assert desk.merges[1].reason is MergeReason.SAME_ARTICLE
    assert (len(incident.statements), incident.facts.wounded) == (1, Count(0, 0))


def test_an_article_that_says_the_same_again_stays_where_it_is_whatever_others_said_since() -> None:
    first = item("Rockets hit Ain al-Asad", at(ASAD), facts=told(-2, -1))
    desk = Desk().hear(first)
    (incident,) = desk.incidents.values()
    desk.incidents[incident.id] = replace(
        incident, occurred=TimeSpan(START - timedelta(hours=90), START - timedelta(hours=80))
    )
    desk.hear((replace(first[0], content="One more word."), first[1]))
    assert len(desk.incidents) == 1
    assert desk.merges[1].reason is MergeReason.SAME_ARTICLE


def test_withdrawing_the_only_article_retracts() -> None:
    news = item("Rockets hit Ain al-Asad", at(ASAD))
    desk = Desk().hear(news)
    (incident,) = desk.incidents.values()
    left = desk.merger.withdraw(incident, news[0].id, START)
    assert (left.confidence.value, left.articles, left.revision) == ("retracted", (), 2)


def test_age() -> None:
    desk = Desk().hear(item("Rockets hit Ain al-Asad", at(ASAD)))
    (incident,) = desk.incidents.values()
    states = [desk.merger.age(incident, START + timedelta(days=days)).status for days in (1, 4, 40)]
    assert states == [Status.OPEN, Status.QUIET, Status.CLOSED]


def test_a_late_update_finds_a_closed_incident() -> None:
    desk = Desk().hear(item("Rockets hit Ain al-Asad", at(ASAD), facts=told(-3, 0)))
    (incident,) = desk.incidents.values()
    desk.incidents[incident.id] = desk.merger.age(incident, START + timedelta(days=40))
    desk.hear(item("Injuries of 4 May counted", at(ASAD), 41 * 24, Label.UPDATE, facts=told(-6, 6)))
    assert len(desk.incidents) == 1
    assert desk.incidents[incident.id].status is Status.OPEN


def test_the_window_for_candidates_holds_every_incident_that_can_be_joined() -> None:
    for earlier, later in ONE.values():
        desk = Desk().hear(earlier)
        (incident,) = desk.incidents.values()
        made, finding = later
        when, reach = desk.merger.window(made, finding, finding.attacks[0])
        assert when.overlaps(incident.occurred, reach)


# ---- properties ---------------------------------------------------------------------------------------------------------

COUNTS = st.one_of(
    st.none(), st.builds(lambda low, more: Count(low, low + more), st.integers(0, 30), st.integers(0, 9))
)
FACTS = st.builds(
    Facts,
    killed=COUNTS,
    wounded=COUNTS,
    us_killed=COUNTS,
    weapons=st.sampled_from([(), ROCKETS, DRONES]),
    claimed_by=st.sampled_from([(), ("IRGC",), ("Brigades",)]),
    denied_by=st.sampled_from([(), ("Iran",)]),
)
TARGETS = st.sampled_from([at(ASAD), at(ERBIL), at(SALEM), IN_IRAQ, IN_KUWAIT, NOWHERE])


@st.composite
def news(draw: st.DrawFn, same_place: bool = False) -> list[News]:
    """Several items of a day or two, some at the same time."""
    return [
        item(
            f"Item {number} of {draw(st.sampled_from(['rockets at the base', 'troops under drone fire']))}",
            at(ASAD) if same_place else draw(TARGETS),
            draw(st.sampled_from([0, 0, 1, 5, 20, 40])),
            draw(st.sampled_from([Label.REPORT, Label.UPDATE])),
            facts=draw(FACTS),
        )
        for number in range(draw(st.integers(1, 7)))
    ]


def in_order(items: list[News]) -> list[News]:
    """The order in which the pipeline takes what it has at one time."""
    return sorted(items, key=lambda pair: Desk().merger.order(*pair))


@settings(max_examples=60, deadline=None)
@given(news(), st.randoms())
def test_the_order_of_items_of_one_time_does_not_matter(items: list[News], dice: object) -> None:
    shuffled = list(items)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = Desk().hear(*in_order(items)), Desk().hear(*in_order(shuffled))
    assert first.incidents == second.incidents
    assert first.alerts == second.alerts


@settings(max_examples=60, deadline=None)
@given(news(same_place=True), st.randoms())
def test_what_is_known_does_not_depend_on_the_order_of_statements(items: list[News], dice: object) -> None:
    desk = Desk()
    made, finding = items[0]
    opened = desk.merger.open(made, finding, finding.attacks[0], START, ())
    one = two = opened
    shuffled = items[1:]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    for made, finding in items[1:]:
        one = desk.merger.grow(one, made, finding, finding.attacks[0], START)
    for made, finding in shuffled:
        two = desk.merger.grow(two, made, finding, finding.attacks[0], START)
    assert replace(one, revision=0) == replace(two, revision=0)


@settings(max_examples=80, deadline=None)
@given(news())
def test_a_join_never_lowers_what_is_known(items: list[News]) -> None:
    desk = Desk()
    for pair in in_order(items):
        before = dict(desk.incidents)
        desk.hear(pair)
        for id, old in before.items():
            new = desk.incidents[id]
            for name in ("killed", "wounded", "us_killed"):
                known = getattr(old.facts, name)
                assert known is None or getattr(new.facts, name).min >= known.min
            assert set(old.articles) <= set(new.articles)
            assert new.revision >= old.revision


@settings(max_examples=40, deadline=None)
@given(news())
def test_hearing_everything_twice_changes_nothing(items: list[News]) -> None:
    ordered = in_order(items)
    once = Desk().hear(*ordered)
    incidents, alerts = dict(once.incidents), list(once.alerts)
    held = {article for incident in incidents.values() for article in incident.articles}
    for made, finding in ordered:
        if made.id in held:  # what the ledger told apart may by now be news of an attack that opened since
            once._hear(made, finding, ordered[-1][0].published)
    assert once.incidents == incidents
    assert once.alerts == alerts


def test_occurred_is_what_all_told_times_share() -> None:
    desk = Desk().hear(
        item("Attack between night and noon", at(ASAD), facts=told(-12, 0)),
        item("Attack in the morning", at(ASAD), 1, facts=told(-3, 0)),
        item("Attack some time", at(ASAD), 2),
    )
    (incident,) = desk.incidents.values()
    assert incident.occurred == TimeSpan(START - timedelta(hours=3), START)
