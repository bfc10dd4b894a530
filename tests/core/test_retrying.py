"""When a delivery is tried again: waits that grow, a channel's own wish within bounds, and an end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.alerts.retrying import MOST_ASKED, MOST_SENDS, WAITS, next_after_doubt, next_try

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("attempts", "asked", "wait"),
    [
        (1, None, 15 * SECOND),
        (2, None, MINUTE),
        (3, None, 5 * MINUTE),
        (1, 3 * SECOND, 15 * SECOND),  # never sooner than our own wait
        (1, 90 * SECOND, 90 * SECOND),  # as long as asked
        (1, 300 * HOUR, MOST_ASKED),  # but nobody parks an alert
        (9, MINUTE, 8 * HOUR),
        (1, -HOUR, 15 * SECOND),  # a date in the past
        (MOST_SENDS - 1, None, 8 * HOUR),
    ],
)
def test_the_next_try(attempts: int, asked: timedelta | None, wait: timedelta) -> None:
    assert next_try(attempts, asked, NOW) == NOW + wait


@pytest.mark.parametrize("attempts", [MOST_SENDS, MOST_SENDS + 5])
def test_after_the_last_try_it_is_given_up(attempts: int) -> None:
    assert next_try(attempts, MINUTE, NOW) is None


def test_waits_grow_and_last_about_a_day() -> None:
    assert list(WAITS) == sorted(WAITS)
    assert 23 * HOUR < sum(WAITS, timedelta(0)) < 25 * HOUR


@pytest.mark.parametrize(
    ("attempts", "doubts", "due"),
    [(1, 1, NOW + 15 * SECOND), (2, 2, None), (4, 1, NOW + 15 * MINUTE), (MOST_SENDS, 1, None)],
)
def test_a_send_without_an_answer_is_made_once_more(attempts: int, doubts: int, due: datetime | None) -> None:
    assert next_after_doubt(attempts, doubts, NOW) == due
