"""Every record that the store keeps as JSON comes back as it was, whatever stands in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from monitor.core.records import Alert, Correction, Decision, Finding, Incident, Statement
from monitor.ports import FeedState
from monitor.store.codec import Codec, moment, stamp
from monitor.store.rows import packed, small, unpacked, whole

MOMENTS = some.datetimes(timezones=some.just(UTC))
some.register_type_strategy(datetime, MOMENTS)
some.register_type_strategy(timedelta, some.timedeltas(timedelta(0), timedelta(days=400)))
some.register_type_strategy(float, some.floats(allow_nan=False, allow_infinity=False))


@pytest.mark.parametrize("record", [FeedState, Finding, Decision, Statement, Incident, Correction, Alert])
@given(data=some.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_record_comes_back_as_it_was(record: type[Any], data: some.DataObject) -> None:
    one = data.draw(some.from_type(record))
    codec = Codec(record)
    again = codec.load(codec.dump(one))
    assert again == one
    assert type(again) is record


@given(MOMENTS)
def test_a_time_comes_back_to_the_microsecond(time: datetime) -> None:
    assert moment(stamp(time)) == time


@given(some.text())
def test_a_text_comes_back_whether_or_not_it_was_compressed(text: str) -> None:
    assert unpacked(packed(text * 40)) == text * 40


@pytest.mark.parametrize(
    ("id", "bytes_kept"),
    [
        ("59435af72b3bb2d790bb0321", True),
        ("123456789012345678901234", True),
        ("59435AF72B3BB2D790BB0321", False),
        ("59 35af72b3bb2d790bb032 ", False),
        ("a1", False),
        ("", False),
    ],
)
def test_an_id_comes_back_whether_or_not_it_was_made_small(id: str, bytes_kept: bool) -> None:
    assert whole(small(id)) == id
    assert isinstance(small(id), bytearray) is bytes_kept
