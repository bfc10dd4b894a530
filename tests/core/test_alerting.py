"""Who is told what, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.incidents import mending
from monitor.core.records import (
    Alert,
    AlertReason,
    Article,
    Change,
    Confidence,
    Count,
    Facts,
    Finding,
    Intercepted,
    Label,
    Region,
    Route,
    Severity,
    Silence,
    SilenceReason,
    Watch,
)
from tests.core.news import ASAD, ERBIL, IN_IRAQ, IN_KUWAIT, NOWHERE, SALEM, START, Desk, at, item, reasons, told

News = tuple[Article, Finding]


def report(hours: float = 0, title: str = "Rockets hit Ain al-Asad", **facts: object) -> News:
    """A report of an attack on Ain al-Asad."""
    return item(title, at(ASAD), hours, facts=Facts(**facts))  # type: ignore[arg-type]


def update(hours: float, title: str = "More on Ain al-Asad", **facts: object) -> News:
    """An update of it."""
    return item(f"{title} {hours}", at(ASAD), hours, Label.UPDATE, facts=Facts(**facts))  # type: ignore[arg-type]


def hurt(least: int, most: int | None = -1) -> Count:
    """A count: exact unless told otherwise."""
    return Count(least, least if most == -1 else most)


UPDATES: dict[str, tuple[News, News, str]] = {
    "first deaths": (report(), update(3, killed=hurt(1)), "killed rose"),
    "one more death": (report(killed=hurt(1)), update(3, killed=hurt(2)), "killed rose"),
    "first wounded": (report(), update(3, wounded=hurt(2)), "wounded rose"),
    "many more wounded": (report(wounded=hurt(12)), update(3, wounded=hurt(47)), "wounded rose"),
    "dead and wounded": (report(), update(3, wounded=hurt(5), killed=hurt(1)), "killed rose"),
    "a claim": (report(), update(3, claimed_by=("Brigades",)), "claimed"),
    "a denial": (report(claimed_by=("IRGC",)), update(3, denied_by=("US",)), "denied"),
    "a confirmation": (report(), update(3, confirmed_by=("US",)), "confirmed"),
}

NOTHING: dict[str, tuple[News, News]] = {
    "told again": (report(), report(1, "Base in western Iraq hit")),
    "the same toll": (report(killed=hurt(3)), update(3, killed=hurt(3))),
    "a lower toll": (report(killed=hurt(3)), update(3, killed=hurt(2))),
    "no casualties": (report(), update(3, killed=hurt(0), wounded=hurt(0))),
    "ranges that overlap": (report(wounded=hurt(12, None)), update(3, wounded=hurt(10, 15))),
    "a few more wounded": (report(wounded=hurt(12)), update(3, wounded=hurt(13))),
    "the same claim by another name": (
        report(claimed_by=("IRGC",)),
        update(3, claimed_by=("Revolutionary Guards",)),
    ),
    "a second confirmation": (report(confirmed_by=("US",)), update(3, confirmed_by=("Iraq",))),
    "the attacker's own count": (
        report(claimed_by=("IRGC",)),
        item("We killed 200", at(ASAD), 3, Label.UPDATE, facts=Facts(killed=hurt(200)), source="Guard News"),
    ),
}


@pytest.mark.parametrize(("first", "then", "reason"), UPDATES.values(), ids=UPDATES.keys())
def test_what_is_new_is_told_once(first: News, then: News, reason: str) -> None:
    desk = Desk().hear(first, then)
    assert reasons(desk.alerts) == ["new", reason]
    desk.hear((replace(then[0], id="again"), replace(then[1], article="again")))
    assert reasons(desk.alerts) == ["new", reason]


@pytest.mark.parametrize(("first", "then"), NOTHING.values(), ids=NOTHING.keys())
def test_nothing_new_is_not_told(first: News, then: News) -> None:
    desk = Desk().hear(first, then)
    assert reasons(desk.alerts) == ["new"]
    outcome = desk.verdicts[-1].outcome
    assert isinstance(outcome, Silence)
    assert outcome.reason is SilenceReason.NOTHING_NEW


def test_small_rises_add_up() -> None:
    steps = [update(n, wounded=hurt(12 + n)) for n in range(1, 5)]
    desk = Desk().hear(report(wounded=hurt(12)), *steps)
    assert reasons(desk.alerts) == ["new", "wounded rose"]
    assert desk.alerts[1].said[0].wounded == 15


def test_a_wave_is_one_alert_that_lists_its_places() -> None:
    news = item("Bases attacked", [(at(SALEM), Facts()), (at(ERBIL), Facts()), (at(ASAD), Facts())])
    desk = Desk().hear(news)
    (alert,) = desk.alerts
    assert len(alert.incidents) == 3
    assert all(name in alert.body for name in ("Ali Al Salem", "Erbil", "Ain al-Asad"))
    assert len(desk.verdicts) == 3


def test_a_base_named_is_an_update_and_no_second_alarm() -> None:
    desk = Desk().hear(item("US base in Iraq attacked", IN_IRAQ), item("Drones at Erbil airport", at(ERBIL), 2))
    assert reasons(desk.alerts) == ["new", "base named"]


SILENT: dict[str, tuple[News, Watch, SilenceReason]] = {
    "published long ago": (report(-80), Watch(), SilenceReason.TOO_OLD),
    "happened long ago": (item("Old attack", at(SALEM), facts=told(-900, -890)), Watch(), SilenceReason.TOO_OLD),
    "an update of something never told": (
        item("Update", IN_KUWAIT, 0, Label.UPDATE, facts=told(-130, -120)),
        Watch(),
        SilenceReason.TOO_OLD,
    ),
    "a label not watched": (report(), Watch(labels=frozenset({Label.UPDATE})), SilenceReason.LABEL_NOT_WATCHED),
}


@pytest.mark.parametrize(("news", "watch", "reason"), SILENT.values(), ids=SILENT.keys())
def test_silence_says_why(news: News, watch: Watch, reason: SilenceReason) -> None:
    desk = Desk(watch=watch)
    desk._hear(*news, START + timedelta(minutes=5))
    (verdict,) = desk.verdicts
    assert isinstance(verdict.outcome, Silence)
    assert verdict.outcome.reason is reason


def test_an_attack_somewhere_waits_for_a_second_origin_a_place_or_a_claim() -> None:
    first = item("American troops attacked", NOWHERE, source="Morning Post")
    again = item("US troops attacked, reports say", NOWHERE, 1, source="Morning Post", url="https://post.example/2")
    other = item("Attack on US troops reported", NOWHERE, 2, source="Evening News")
    named = item("American troops attacked in Iraq", IN_IRAQ, 2, source="Morning Post", facts=Facts(damage="A roof."))
    claim = item("Brigades say they attacked Americans", NOWHERE, facts=Facts(claimed_by=("Brigades",)))
    waiting = Desk().hear(first, again)
    assert [verdict.outcome for verdict in waiting.verdicts] == [Silence(SilenceReason.NO_PLACE_YET)] * 2
    assert reasons(waiting.hear(other).alerts) == ["new"]
    assert reasons(Desk().hear(first, named).alerts) == ["new"]
    assert reasons(Desk().hear(claim).alerts) == ["new"]


def test_revealed_six_days_later_is_told() -> None:
    desk = Desk().hear(item("Pentagon reveals attack", at(SALEM), facts=told(-150, -140)))
    assert reasons(desk.alerts) == ["new"]


def test_an_update_of_an_attack_never_told_opens_late_where_it_names_base_and_day() -> None:
    exact = item("Pentagon discloses attack", at(SALEM), 0, Label.UPDATE, facts=told(-130, -120))
    assert reasons(Desk().hear(exact).alerts) == ["new"]


def test_a_site_that_takes_older_news_is_told_of_the_older_attacks_in_it() -> None:
    desk = Desk(watch=Watch(max_age=timedelta(days=400)))
    desk._hear(*item("Old attack", at(SALEM), facts=told(-10, 0)), START + timedelta(days=300))
    assert reasons(desk.alerts) == ["new"]


def test_an_incident_never_told_opens_when_fresh_news_comes() -> None:
    desk = Desk()
    desk._hear(*report(-2), START + timedelta(hours=75))
    assert not desk.alerts
    desk._hear(*report(20, "Rockets hit the base again and again"), START + timedelta(hours=21))
    assert reasons(desk.alerts) == ["new"]
    assert len(desk.incidents) == 1


ROUTES = (
    Route(("phone",), severities=frozenset({Severity.KILLED})),
    Route(("desk", "archive"), regions=(Region("Iraq", frozenset({"IQ"})),)),
    Route(("gulf",), bases=frozenset({SALEM.id})),
    Route(("archive",), labels=frozenset({Label.UPDATE})),
    Route(("sure",), confidences=frozenset({Confidence.CONFIRMED})),
)


@pytest.mark.parametrize(
    ("news", "destinations"),
    [
        (report(), ("desk", "archive")),
        (report(killed=hurt(1)), ("phone", "desk", "archive")),
        (report(confirmed_by=("US",)), ("desk", "archive", "sure")),
        (item("Ali Al Salem hit", at(SALEM)), ("gulf",)),
        (update(0), ("desk", "archive")),
    ],
)
def test_routes(news: News, destinations: tuple[str, ...]) -> None:
    (alert,) = Desk(routes=ROUTES).hear(news).alerts
    assert alert.destinations == destinations


def test_a_denial_reaches_whoever_was_told() -> None:
    sure = Route(("sure",), confidences=frozenset({Confidence.CLAIMED}))
    desk = Desk(routes=(sure,)).hear(report(claimed_by=("Brigades",)), update(2, denied_by=("US",)))
    assert [(alert.reason, alert.destinations) for alert in desk.alerts] == [
        (AlertReason.NEW, ("sure",)),
        (AlertReason.DENIED, ("sure",)),
    ]


def test_updates_can_be_left_unwatched() -> None:
    desk = Desk(watch=Watch(labels=frozenset({Label.REPORT}))).hear(report(), update(2, killed=hurt(1)))
    assert reasons(desk.alerts) == ["new"]
    assert desk.verdicts[-1].outcome == Silence(SilenceReason.LABEL_NOT_WATCHED, "update")


def test_no_route_is_silence() -> None:
    desk = Desk(routes=ROUTES[:1]).hear(report())
    assert desk.verdicts[0].outcome == Silence(SilenceReason.NO_ROUTE)


def test_the_next_rise_reaches_a_route_that_was_silent_before() -> None:
    desk = Desk(routes=ROUTES[:1]).hear(report(), update(2, killed=hurt(1)))
    assert [(alert.reason, alert.destinations) for alert in desk.alerts] == [(AlertReason.NEW, ("phone",))]


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        (Facts(), Severity.HIT),
        (Facts(us_killed=hurt(1)), Severity.KILLED),
        (Facts(wounded=hurt(1)), Severity.HARMED),
        (Facts(damage="A hangar burnt."), Severity.HARMED),
        (Facts(intercepted=Intercepted.ALL), Severity.AVERTED),
        (Facts(intercepted=Intercepted.SOME), Severity.HIT),
    ],
)
def test_severity(facts: Facts, severity: Severity) -> None:
    (alert,) = Desk().hear(item("Attack", at(ASAD), facts=facts)).alerts
    assert alert.severity is severity


# ---- mending ---------------------------------------------------------------------------------------------------------------


def test_called_false_is_a_correction_to_those_who_were_told_and_silences_later_news() -> None:
    desk = Desk(routes=ROUTES[1:2]).hear(report())
    (incident,) = desk.incidents.values()
    change = Change(incident, mending.false(incident), desk.told(incident.id))
    correction = desk.teller.mend(change, "It was a drill.", START).outcome
    assert isinstance(correction, Alert)
    assert (correction.reason, correction.destinations) == (AlertReason.RETRACTED, ("desk", "archive"))
    assert "It was a drill." in correction.body
    desk.incidents[incident.id] = change.after
    desk.hear(report(1, "Rockets hit the base, say residents"))
    assert isinstance(desk.verdicts[-1].outcome, Silence)
    assert desk.verdicts[-1].outcome.reason is SilenceReason.CALLED_FALSE


def test_mending_what_nobody_was_told_of_is_silent() -> None:
    desk = Desk(routes=ROUTES[:1]).hear(report())
    (incident,) = desk.incidents.values()
    assert isinstance(desk.teller.mend(Change(incident, mending.false(incident)), "", START).outcome, Silence)


def test_merging_two_keeps_everything_in_one() -> None:
    desk = Desk().hear(report(killed=hurt(1)), item("Erbil hit", at(ERBIL), 1, facts=Facts(wounded=hurt(4))))
    first, second = desk.incidents.values()
    kept, gone = mending.merged(first, second, desk.merger, START)
    assert (kept.articles, kept.facts.killed, kept.facts.wounded) == (
        (*first.articles, *second.articles),
        hurt(1),
        hurt(4),
    )
    assert (gone.merged_into, kept.revision) == (first.id, 2)


def test_an_article_taken_out_never_comes_back() -> None:
    first, other = report(), report(1, "Rockets hit base")
    desk = Desk().hear(first, other)
    (incident,) = desk.incidents.values()
    left, own = mending.split(incident, other[0].id, desk.merger, desk.incidents, START)
    assert (left.articles, own.articles) == ((first[0].id,), (other[0].id,))
    assert own.id == f"{left.id}-b"
    desk.incidents = {left.id: left, own.id: own}
    desk.hear(other)
    assert desk.incidents[left.id].articles == (first[0].id,)


def test_the_only_article_cannot_be_split_off() -> None:
    desk = Desk().hear(report())
    (incident,) = desk.incidents.values()
    with pytest.raises(ValueError, match="nothing would be left"):
        mending.split(incident, incident.articles[0], desk.merger, desk.incidents, START)
    with pytest.raises(ValueError, match="none of its articles"):
        mending.split(incident, "another", desk.merger, desk.incidents, START)


# ---- threats ---------------------------------------------------------------------------------------------------------------


def test_a_threat_is_told_only_where_it_is_watched() -> None:
    made, _ = report()
    threat = Finding(made.id, Label.THREAT, 0.2)
    assert isinstance(Desk().teller.threat(made, threat, START), Silence)
    watching = Desk(watch=Watch(labels=frozenset({Label.REPORT, Label.THREAT})))
    alert = watching.teller.threat(made, threat, START)
    assert isinstance(alert, Alert)
    assert (alert.reason, alert.incidents, alert.articles) == (AlertReason.THREAT, (), (made.id,))
    assert f"\nPublished: {made.published:%Y-%m-%d %H:%M} UTC" in alert.body
    undated = watching.teller.threat(replace(made, dated=False), threat, START)
    assert isinstance(undated, Alert) and "\nUndated, first seen: " in undated.body
