"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.parse.dates import parse_date

NOON = "2020-02-13T12:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Thu, 13 Feb 2020 12:00:00 GMT", NOON),
        ("Thu, 13 Feb 2020 15:00:00 +0300", NOON),
        ("Thu, 13 Feb 2020 07:30:00 -0430", NOON),
        ("Thu, 13 Feb 2020 12:00:00", NOON),
        ("13 Feb 2020 12:00 UT", NOON),
        ("Thu, 13 Feb 20 12:00:00 Z", NOON),
        ("Thursday, 13 February 2020 12:00:00 UTC", NOON),
        ("Thu,13 Feb 2020 15:00:00 GMT+3", NOON),
        ("Thu, 13 Feb 2020 12:00:00 +0000 GMT", NOON),
        ("Thu, 13 Feb 2020 07:00:00 EST", NOON),
        ("Thu, 13 Feb 2020 7:00 AM EST", NOON),
        ("Thu, 13 Feb 2020 12:00:00 PM GMT", NOON),
        ("13-Feb-2020 12:00:00 UTC", NOON),
        ("Thu Feb 13 12:00:00 UTC 2020", NOON),
        ("Thu Feb 13 12:00:00 2020", NOON),
        ("February 13, 2020 12:00 PM", NOON),
        ("Thursday, February 13, 2020 - 12:00", NOON),
        ("13 Feb 2020", "2020-02-13T00:00:00+00:00"),
        ("2020-02-13T12:00:00Z", NOON),
        ("2020-02-13T15:00:00+03:00", NOON),
        ("2020-02-13T15:00:00+0300", NOON),
        ("2020-02-13T12:00:00.123Z", NOON),
        ("2020-02-13T12:00:00.123456789Z", NOON),
        ("2020-02-13T12:00Z", NOON),
        ("2020-02-13 12:00:00", NOON),
        ("2020-02-13 15:00:00 +0300", NOON),
        ("20200213T120000Z", NOON),
        ("2020-02-13", "2020-02-13T00:00:00+00:00"),
        ("2020/02/13 12:00", NOON),
        ("13.02.2020 12:00", NOON),
        ("13/02/2020 12:00", NOON),
        ("02/13/2020 12:00", NOON),
        ("Thu, 13 Feb 2020 24:00:00 GMT", "2020-02-14T00:00:00+00:00"),
        ("Thu, 13 Feb 2020 11:59:60 GMT", "2020-02-13T11:59:59+00:00"),
        ("Чт, 13 фев 2020 15:00:00 +0300", NOON),
        ("13 лютого 2020, 12:00", NOON),
        ("الخميس, 13 فبراير 2020 15:00:00 +0300", NOON),
        ("١٣ شباط ٢٠٢٠ 12:00", NOON),
        ("13 كانون الأول 2020 12:00", "2020-12-13T12:00:00+00:00"),
        ("Per, 13 Şub 2020 15:00:00 +0300", NOON),
        ("jeu., 13 févr. 2020 13:00:00 +0100", NOON),
        ("13 de febrero de 2020 12:00", NOON),
        ("Do, 13 Feb 2020 13:00:00 MEZ", NOON),
        ("13 juil. 2020 12:00", "2020-07-13T12:00:00+00:00"),
        ("  Thu, 13 Feb 2020 12:00:00 GMT\n", NOON),
    ],
)
def test_a_date_is_read(text: str, told: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found == datetime.fromisoformat(told)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "country", "hours"),
    [
        ("IST", "IN", 5.5),
        ("IST", "IL", 2),
        ("IST", "IE", 1),
        ("IST", "", 5.5),
        ("CST", "US", -6),
        ("CST", "CN", 8),
        ("CST", "CU", -5),
        ("BST", "GB", 1),
        ("BST", "BD", 6),
        ("AST", "SA", 3),
        ("AST", "IQ", 3),
        ("AST", "CA", -4),
        ("PST", "US", -8),
        ("PST", "PH", 8),
        ("EST", "AU", 10),
        ("MST", "MY", 8),
        ("GST", "AE", 4),
        ("MSK", "RU", 3),
        ("EEST", "UA", 3),
        ("IRST", "IR", 3.5),
    ],
)
def test_a_zone_means_what_it_does_in_the_feeds_country(zone: str, country: str, hours: float) -> None:
    found = parse_date(f"Thu, 13 Feb 2020 12:00:00 {zone}", country)
    assert found is not None
    assert (datetime(2020, 2, 13, 12, tzinfo=UTC) - found).total_seconds() == hours * 3600


@pytest.mark.parametrize(
    ("text", "country", "told"),
    [("03/04/2020", "US", "2020-03-04"), ("03/04/2020", "FR", "2020-04-03"), ("03/04/2020", "", None)],
)
def test_which_number_is_the_day(text: str, country: str, told: str | None) -> None:
    found = parse_date(text, country)
    assert (found.date().isoformat() if found else None) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "yesterday",
        "now",
        "13/Feb/2020:12:00",
        "Thu, 13 Feb 2020 12:00:00 Smarch",
        "Thu, 31 Feb 2020 12:00:00 GMT",
        "Thu, 13 Fob 2020 12:00:00 GMT",
        "Thu, 13 Feb 2020 25:00:00 GMT",
        "Thu, 13 Feb 2020 12:61:00 GMT",
        "Thu, 13 Feb 2020 12:00:00 +9900",
        "2020-02-13T12:00:00+23:00",
        "13 Feb 2020 13:00 PM",
        "0000-00-00 00:00:00",
        "1398/11/24 12:00",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "1581602709",
        "-1",
        "2020-13-45",
        "13 Feb 2020 " * 20,
        "٣" * 70,
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None
