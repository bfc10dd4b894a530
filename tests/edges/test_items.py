"""News items as JSON Lines: what can be read is read, what cannot is said with its line."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.core.records import (
    Attack,
    Because,
    Count,
    Facts,
    Finding,
    Intercepted,
    Label,
    Target,
    TimeSpan,
    Weapon,
)
from monitor.errors import InputError
from monitor.items import BadLine, Item, finding_row, read

GOOD = '{"id": "a", "title": "Rockets hit base", "published": "2024-01-20T18:00:00+03:00", "source": "Example"}'


def write(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_an_item_becomes_an_entry_of_its_source(tmp_path: Path) -> None:
    (item,) = read(write(tmp_path / "items.jsonl", GOOD))
    assert isinstance(item, Item)
    assert (item.line, item.id, item.entry.guid, item.entry.feed) == (1, "a", "a", "Example")
    assert item.entry.published == datetime(2024, 1, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"title": "x"}', "id"),
        ('{"id": "", "title": "x"}', "id"),
        ('{"id": "a"}', "title"),
        ('{"id": "a", "title": 3}', "title"),
        ('{"id": "a", "title": "x", "summary": ["y"]}', "summary"),
        ('{"id": "a", "title": "x", "published": "soon"}', "published"),
        ('{"id": "a", "title": "x", "published": 17}', "published"),
    ],
)
def test_a_bad_line_is_said_and_does_not_stop_the_rest(tmp_path: Path, line: str, says: str) -> None:
    first, second, third = read(write(tmp_path / "items.jsonl", GOOD, line, GOOD))
    assert isinstance(first, Item)
    assert isinstance(second, BadLine)
    assert (second.line, says in second.error) == (2, True), second.error
    assert isinstance(third, Item)
    assert third.line == 3


def test_a_packed_file_and_standard_input_are_read_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "items.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD.encode()))
    assert len(list(read(str(path)))) == 1
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n" + GOOD.encode() + b"\n\xff\xfe\n")))
    found = list(read("-"))
    assert [type(one) for one in found] == [Item, BadLine]
    assert found[0].line == 2


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.jsonl.gz", "."])
def test_a_file_that_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        list(read(str(tmp_path / name)))


def test_a_broken_gzip_is_said(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD.encode() * 1000)[:40])
    with pytest.raises(InputError, match="line"):
        list(read(str(path)))


def test_a_verdict_is_written_as_documented() -> None:
    day = datetime(2024, 1, 20, 15, tzinfo=UTC)
    facts = Facts(
        when=TimeSpan(day, day), weapons=(Weapon.ROCKET,), killed=Count(0, 0), wounded=Count(2, None),
        claimed_by=("Group",), intercepted=Intercepted.SOME,
    )  # fmt: skip
    target = Target("ain-al-asad-air-base", "Ain al-Asad Air Base", ("IQ",), lat=33.8, lon=42.4)
    finding = Finding(
        "a", Label.REPORT, 0.987654, (Attack(target, facts), Attack(Target("", "Kuwait", ("KW",)), Facts())),
        facts, ("IQ", "KW"), because=(Because("attack verb", "hit", 8, 11, 1.5),),
    )  # fmt: skip
    row = json.loads(json.dumps(finding_row("x", finding)))
    assert row == {
        "id": "x",
        "label": "report",
        "flagged": True,
        "score": 0.9877,
        "bases": [
            {"id": "ain-al-asad-air-base", "name": "Ain al-Asad Air Base", "country": "IQ", "lat": 33.8, "lon": 42.4}
        ],
        "countries": ["IQ", "KW"],
        "attack_date": {"earliest": "2024-01-20T15:00:00Z", "latest": "2024-01-20T15:00:00Z"},
        "weapons": ["rocket"],
        "killed": {"min": 0, "max": 0},
        "wounded": {"min": 2, "max": None},
        "us_killed": None,
        "us_wounded": None,
        "by": {"claimed": ["Group"], "blamed": []},
        "intercepted": "some",
        "because": [{"rule": "attack verb", "text": "hit", "start": 8, "end": 11, "weight": 1.5}],
    }
