"""Expressions of time, resolved against publication in the zone of the place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.facts.when import TimeKind, TimeMention, TimeReader, TimeRole
from tests.core.reading import PUBLISHED, facts, pipeline, words

READER = TimeReader(words())
BAGHDAD = ZoneInfo("Asia/Baghdad")


def find(text: str, published: datetime = PUBLISHED, tz: str = "Asia/Baghdad") -> list[TimeMention]:
    return READER.find(pipeline()(text), published, tz)


def local(mention: TimeMention, tz: str = "Asia/Baghdad") -> tuple[str, str]:
    zone = ZoneInfo(tz)
    return tuple(f"{end.astimezone(zone):%m-%d %H:%M}" for end in (mention.span.earliest, mention.span.latest))  # type: ignore[return-value]


# Published on Wednesday, 10 March 2021, 15:00 in Baghdad. Text, and the interval on Baghdad's clocks.
SPANS = [
    ("on Wednesday", "03-10 00:00", "03-10 15:00"),
    ("on Tuesday", "03-09 00:00", "03-09 23:59"),
    ("on Thursday", "03-04 00:00", "03-04 23:59"),
    ("last Wednesday", "03-03 00:00", "03-03 23:59"),
    ("Tuesday night", "03-09 18:00", "03-10 05:59"),
    ("early Wednesday", "03-10 00:00", "03-10 09:59"),
    ("late on Monday", "03-08 15:00", "03-09 02:59"),
    ("in the early hours of Sunday", "03-07 00:00", "03-07 06:59"),
    ("Monday's strike", "03-08 00:00", "03-08 23:59"),
    ("today", "03-10 00:00", "03-10 15:00"),
    ("yesterday evening", "03-09 16:00", "03-09 23:59"),
    ("overnight", "03-09 18:00", "03-10 09:59"),
    ("this morning", "03-10 00:00", "03-10 11:59"),
    ("last night", "03-09 18:00", "03-10 08:59"),
    ("before dawn", "03-10 00:00", "03-10 06:59"),
    ("on March 8", "03-08 00:00", "03-08 23:59"),
    ("8 March", "03-08 00:00", "03-08 23:59"),
    ("on March 3-5", "03-03 00:00", "03-05 23:59"),
    ("between March 3 and March 5", "03-03 00:00", "03-05 23:59"),
    ("March 3 to 5", "03-03 00:00", "03-05 23:59"),
    ("the evening of March 8; on March 8", "03-08 00:00", "03-08 23:59"),
    ("two days ago", "03-08 00:00", "03-08 23:59"),
    ("five days earlier", "03-05 00:00", "03-05 23:59"),
    ("an hour ago", "03-10 13:30", "03-10 14:30"),
    ("moments ago", "03-10 13:00", "03-10 15:00"),
    ("in the past 24 hours", "03-09 15:00", "03-10 15:00"),
    ("over the last three days", "03-07 15:00", "03-10 15:00"),
    ("last week", "03-01 00:00", "03-07 23:59"),
    ("this week", "03-08 00:00", "03-10 15:00"),
    ("at the weekend", "03-06 00:00", "03-07 23:59"),
    ("in February", "02-01 00:00", "02-28 23:59"),
    ("last month", "02-01 00:00", "02-28 23:59"),
    ("at 02:30 GMT", "03-10 05:15", "03-10 05:45"),
    ("around 8:45pm local time", "03-09 20:30", "03-09 21:00"),
    ("at 0217 GMT", "03-10 05:02", "03-10 05:32"),
    ("at 9 p.m. ET", "03-10 04:45", "03-10 05:15"),
    ("at 20:45 local time on Sunday", "03-07 20:30", "03-07 21:00"),
    ("at 9 p.m. ET on Monday", "03-09 04:45", "03-09 05:15"),
    ("at 5:30 p.m. (EST) on Monday", "03-09 01:15", "03-09 01:45"),
    ("at 2 a.m. Baghdad time", "03-10 01:45", "03-10 02:15"),
    ("around noon", "03-10 11:00", "03-10 13:59"),
    ("shortly before midnight", "03-09 21:00", "03-10 00:59"),
    ("after nightfall", "03-09 16:00", "03-10 05:59"),
    ("on Christmas Day", "12-25 00:00", "12-25 23:59"),
    ("on New Year's Eve", "12-31 00:00", "12-31 23:59"),
]


@pytest.mark.parametrize(("text", "earliest", "latest"), SPANS)
def test_span(text: str, earliest: str, latest: str) -> None:
    assert (earliest, latest) in [local(mention) for mention in find(text)]


YEARS = [
    ("on December 27", 2020),
    ("Jan. 8", 2021),
    ("8 January 2020", 2020),
    ("on 8 January 2020", 2020),
    ("on the 8th of January, 2019", 2019),
    ("January 8, 2020", 2020),
    ("2020-01-08", 2020),
    ("in January", 2021),
    ("in May", 2020),
    ("in April 2019", 2019),
    ("an April attack", 2020),
    ("the 1983 bombing", 1983),
    ("in 2019", 2019),
]


@pytest.mark.parametrize(("text", "year"), YEARS)
def test_a_date_without_a_year_is_the_nearest_past_one(text: str, year: int) -> None:
    [mention] = find(text)
    assert mention.span.latest.year == year
    assert mention.old


ROLES = [
    ("officials said on Tuesday", TimeRole.SAID),
    ("a spokesman told reporters Tuesday", TimeRole.SAID),
    ("the first attack since December 27", TimeRole.SINCE),
    ("since early January", TimeRole.SINCE),
    ("troops must leave by Friday", TimeRole.UNTIL),
    ("a month after rockets hit the base", TimeRole.AFTER),
    ("five years on, soldiers remember", TimeRole.AFTER),
    ("rockets hit the base on Tuesday", TimeRole.TOLD),
]


@pytest.mark.parametrize(("text", "role"), ROLES)
def test_what_an_expression_dates(text: str, role: TimeRole) -> None:
    assert [mention.role for mention in find(text)] == [role]


OLD = [
    ("the January attack", True),
    ("on December 27", True),
    ("on Friday", True),  # five days before
    ("on Sunday", False),
    ("two days ago", False),
    ("last month", True),
    ("overnight", False),
]


@pytest.mark.parametrize(("text", "old"), OLD)
def test_old_is_wholly_beyond_72_hours(text: str, old: bool) -> None:
    assert [mention.old for mention in find(text)] == [old]


NOTHING = [
    "protesters march on the embassy",
    "it may have been hit",
    "the second base in a row",
    "more than 2000 troops",
    "F-16 jets and 107 mm rockets",
    "the 17-year-old",
]


@pytest.mark.parametrize("text", NOTHING)
def test_no_time(text: str) -> None:
    assert find(text) == []


def test_the_zone_of_the_place_decides_the_day() -> None:
    night = datetime(2021, 3, 10, 22, 30, tzinfo=UTC)  # Thursday in Kabul, Wednesday in Washington
    [kabul] = find("on Thursday", night, "Asia/Kabul")
    assert kabul.span.earliest == datetime(2021, 3, 10, 19, 30, tzinfo=UTC)
    [washington] = find("on Wednesday", night, "America/New_York")
    assert washington.span.earliest == datetime(2021, 3, 10, 5, 0, tzinfo=UTC)


def test_a_feed_that_gives_only_the_day_means_all_of_it() -> None:
    [mention] = find("on Wednesday evening", datetime(2021, 3, 10, tzinfo=UTC))
    assert local(mention) == ("03-10 16:00", "03-10 23:59")


def test_gmt_beside_a_local_day_falls_into_that_day() -> None:
    clock = next(m for m in find("at 22:30 GMT on Wednesday, March 10") if m.kind is TimeKind.CLOCK)
    assert local(clock) == ("03-10 01:15", "03-10 01:45")


@given(st.integers(0, 40 * 365 * 1440), st.sampled_from([text for text, *_ in SPANS]))
@settings(max_examples=60, deadline=None)
def test_no_expression_lies_in_the_future(minutes: int, text: str) -> None:
    published = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for mention in find(text, published):
        assert mention.span.earliest <= mention.span.latest
        if mention.kind is not TimeKind.CLOCK:
            assert mention.span.earliest <= published + timedelta(hours=36)


# Published as above: title and summary, and the day of the attack in Baghdad.
ATTACKS = [
    ("Rockets hit base early Tuesday", "03-09", "03-09"),
    ("Rockets hit base\nThe military said on Wednesday that the base was struck late on Monday.", "03-08", "03-09"),
    ("Rockets hit base\nIt was the first attack since December 27.", "03-09", "03-10"),
    ("Rockets hit base overnight\nA strike in January killed two.", "03-09", "03-10"),
    ("Airman arrested over February attack on base", "02-01", "02-28"),
    ("Pentagon identifies soldiers killed in March 1 drone strike", "03-01", "03-01"),
    ("Guards say on Wednesday they struck the base the previous day", "03-09", "03-09"),
    ("Drone hits base at 8:30 pm on Tuesday", "03-09", "03-09"),
    ("Second soldier dies after attack last week", "03-01", "03-07"),
    ("Rockets hit base in the early hours of Wednesday, the second attack this week", "03-10", "03-10"),
    ("The attack on the camp was on Thursday, 4 March, a spokesman said on Wednesday", "03-04", "03-04"),
    ("Drone kills three soldiers at base on 28 January 2020", "01-28", "01-28"),
    ("January 8, 2020: missiles fired at base", "01-08", "01-08"),
    ("Drone hits base two weeks after deadly barrage", "03-09", "03-10"),
]


# Publication (UTC), zone, title and summary, and the first and last local day the attack may have been on.
DATED = [
    ("2020-01-08T00:10", "Asia/Baghdad", "Missiles hit base\nIt began about 5:30 p.m. (EST) on January 7.", "01-08", "01-08"),
    ("2020-01-08T01:30", "Asia/Baghdad", "Iran fires missiles at base\nThe attack began at 1:30 a.m. on Wednesday.", "01-08", "01-08"),
    ("2020-03-12T07:00", "Asia/Baghdad", "Two Americans killed\nThe rockets hit Taji on Wednesday evening.", "03-11", "03-11"),
    ("2020-01-05T10:00", "Africa/Nairobi", "Al-Shabaab attacks base\nMilitants attacked before dawn on Sunday.", "01-05", "01-05"),
    ("2020-01-06T16:00", "Africa/Nairobi", "Three killed in attack\nThe attack on Sunday destroyed six aircraft.", "01-05", "01-05"),
    ("2021-02-16T08:00", "Asia/Baghdad", "Rocket attack kills contractor\nRockets were fired on Monday night.", "02-15", "02-16"),
    ("2021-03-03T09:00", "Asia/Baghdad", "Rockets hit base\nThey landed at 7:20 a.m. local time, a spokesman said.", "03-03", "03-03"),
    ("2021-08-27T12:00", "Asia/Kabul", "US identifies troops killed\nThe bombing at the gate on Thursday killed 13.", "08-26", "08-26"),
    ("2023-10-24T20:00", "Asia/Baghdad", "US troops attacked 13 times in past week, Pentagon says", "10-17", "10-24"),
    ("2023-11-21T15:00", "Asia/Baghdad", "Missile wounds eight\nThe base was hit late Monday.", "11-20", "11-21"),
    ("2023-12-26T01:00", "Asia/Baghdad", "Three troops wounded\nThe attack took place on Monday.", "12-25", "12-25"),
    ("2023-12-26T08:00", "Asia/Baghdad", "Drone hits base on Christmas Day", "12-25", "12-25"),
    ("2023-03-24T03:00", "Asia/Damascus", "Contractor killed\nThe drone struck at 1:38 p.m. local time Thursday.", "03-23", "03-23"),
    ("2024-01-28T17:00", "Asia/Amman", "Three killed\nThe drone hit overnight, officials said on Sunday.", "01-27", "01-28"),
    ("2024-01-29T17:00", "Asia/Amman", "Pentagon names soldiers\nThey died on Jan. 28 when a drone struck.", "01-28", "01-28"),
    ("2024-08-06T12:00", "Asia/Baghdad", "Five hurt in attack\nRockets were fired at about 9 p.m. on Monday.", "08-05", "08-05"),
    ("2026-01-02T08:00", "Asia/Baghdad", "Drone hits base on New Year's Eve", "12-31", "12-31"),
    ("2026-01-02T08:00", "Asia/Baghdad", "Drone hits base on Dec. 31", "12-31", "12-31"),
    ("2026-03-01T06:00", "Asia/Kuwait", "Drones hit camp this morning", "03-01", "03-01"),
    ("2026-07-15T22:30", "Asia/Bahrain", "Missiles target headquarters shortly after midnight", "07-16", "07-16"),
    ("2026-07-16T02:00", "Asia/Bahrain", "Missiles target base in the early hours of Thursday", "07-16", "07-16"),
    ("2026-08-03T12:00", "Asia/Kuwait", "Soldier dies of wounds from Friday's attack", "07-31", "07-31"),
    ("2026-08-03T12:00", "Asia/Kuwait", "Soldier dies of wounds suffered in a July 30 strike on the base", "07-30", "07-30"),
    ("2026-08-03T12:00", "Asia/Kuwait", "Two drones struck the base within the last hour, witnesses say", "08-03", "08-03"),
    ("2026-08-03T12:00", "Asia/Kuwait", "Base attacked for the third time since Saturday", "08-02", "08-03"),
    ("2026-08-03T12:00", "Asia/Amman", "Drones hit base on Saturday night into Sunday", "08-01", "08-02"),
    ("2026-08-03T12:00", "Asia/Amman", "Drones hit base Sunday, a day after sirens sounded", "08-02", "08-02"),
    ("2026-08-03T12:00", "Asia/Amman", "A week after deadly strike, base is hit again", "08-02", "08-03"),
    ("2026-08-03T12:00", "Asia/Amman", "The Guards said early on Monday they had fired missiles at the base", "08-02", "08-03"),
    ("2026-08-03T12:00", "Asia/Amman", "A drone attack at dawn on Sunday wounded three", "08-02", "08-02"),
    ("2026-08-03T12:00", "Asia/Amman", "Satellite images show damage from Saturday's attack on base", "08-01", "08-01"),
    ("2026-08-03T12:00", "Asia/Amman", "Rockets hit base at around noon", "08-03", "08-03"),
    ("2026-08-03T12:00", "Asia/Amman", "Rockets hit base 48 hours after truce", "08-02", "08-03"),
    ("2026-08-03T12:00", "Asia/Amman", "Airman describes attack last month that wounded 12", "07-01", "07-31"),
    ("2026-08-03T12:00", "Asia/Amman", "Attack on base last Thursday injured three", "07-30", "07-30"),
    ("2026-08-03T12:00", "Asia/Amman", "Base hit on 1st August", "08-01", "08-01"),
    ("2026-08-03T12:00", "Asia/Amman", "Base hit after 3 am Monday", "08-03", "08-03"),
    ("2026-08-03T12:00", "Asia/Amman", "Base hit three days ago, US now confirms", "07-31", "07-31"),
    ("2026-08-03T12:00", "Asia/Amman", "Base hit over the weekend", "08-01", "08-02"),
    ("2026-08-03T12:00", "Asia/Amman", "Base hit in Sunday's pre-dawn attack", "08-02", "08-02"),
    ("2026-08-03T12:00", "Asia/Amman", "Rocket hits base; in January 2024 a drone killed three there", "08-02", "08-03"),
    ("2026-08-03T12:00", "Asia/Amman", "Base hit on Monday, worst attack since the January 28, 2024 strike", "08-03", "08-03"),
]  # fmt: skip


@pytest.mark.parametrize(("published", "tz", "text", "first", "last"), DATED)
def test_the_day_of_the_attack_by_place_and_publication(
    published: str, tz: str, text: str, first: str, last: str
) -> None:
    when = facts(text, datetime.fromisoformat(published).replace(tzinfo=UTC), tz, ()).when
    assert when is not None
    days = (f"{end.astimezone(ZoneInfo(tz)):%m-%d}" for end in (when.earliest, when.latest))
    assert tuple(days) == (first, last)


@pytest.mark.parametrize(("text", "first", "last"), ATTACKS)
def test_time_of_the_attack(text: str, first: str, last: str) -> None:
    when = facts(text).when
    assert when is not None
    assert f"{when.earliest.astimezone(BAGHDAD):%m-%d}" == first
    assert f"{when.latest.astimezone(BAGHDAD):%m-%d}" == last


def test_a_sentence_beside_those_of_the_attack_may_date_it() -> None:
    read = facts("More than 40 hurt at base\nThe number of wounded in Monday's drone attack has grown.", told=1)
    assert read.when is not None
    assert f"{read.when.earliest.astimezone(BAGHDAD):%m-%d}" == "03-08"
    assert dict(read.sentences)["when"] == "The number of wounded in Monday's drone attack has grown."
    other = facts("Rockets hit base\nIt was the second strike on the militia this week.", told=1)
    assert "when" not in dict(other.sentences)


def test_a_late_report_without_a_time_reaches_back_a_week() -> None:
    late = facts("Pentagon identifies soldier killed in rocket attack").when
    fresh = facts("Soldier killed in rocket attack").when
    assert late is not None
    assert fresh is not None
    assert late.latest - late.earliest == timedelta(days=7)
    assert fresh.latest - fresh.earliest == timedelta(days=1)
