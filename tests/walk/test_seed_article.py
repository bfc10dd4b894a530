"""The article that this project began with: one attack is its news, and the older ones that it retells are not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.build import ROOT

PUBLISHED = "2020-02-13T19:00:00Z"


@pytest.fixture(scope="module")
def item(shared: Path) -> str:
    """The article as a line of JSON: its first sentence is its title."""
    found = sorted((shared / "seed").glob("*.txt"))
    if not found:
        pytest.skip("../shared/seed holds no article")
    title, _, text = found[0].read_text(encoding="utf-8").partition("report says.")
    row = {"id": "seed", "title": title + "report says.", "content": text.strip(), "published": PUBLISHED}
    return json.dumps(row)


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def basewatch(*arguments: str, item: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        input=item, capture_output=True, text=True, check=True, cwd=ROOT, timeout=60,
    )  # fmt: skip
    return done.stdout


@pytest.mark.shared
def test_it_is_a_report_of_the_attack_on_k1(item: str) -> None:
    (found,) = rows(basewatch("classify", "-", item=item))
    assert (found["label"], found["countries"], found["weapons"]) == ("report", ["IQ"], ["rocket"])
    assert [base["name"] for base in found["bases"]] == ["K-1 Air Base"]
    assert found["attack_date"]["earliest"][:10] == found["attack_date"]["latest"][:10] == "2020-02-13"
    assert found["killed"] in (None, {"min": 0, "max": 0}, {"min": 0, "max": None})  # none known
    assert found["wounded"] in (None, {"min": 0, "max": 0}, {"min": 0, "max": None})


@pytest.mark.shared
def test_none_of_the_older_attacks_becomes_an_incident(item: str, tmp_path: Path) -> None:
    basewatch("replay", "-", "--out", str(tmp_path), item=item)
    (incident,) = rows((tmp_path / "incidents.jsonl").read_text(encoding="utf-8"))
    assert (incident["base"], incident["country"], incident["weapons"]) == ("k-1-air-base", "IQ", ["rocket"])
    assert incident["occurred"]["earliest"][:10] == incident["occurred"]["latest"][:10] == "2020-02-13"
    (alert,) = rows((tmp_path / "alerts.jsonl").read_text(encoding="utf-8"))
    assert alert["reason"] == "new"
