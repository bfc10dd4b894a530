"""The feed documents of tests/edges/feeds, each with what it should be read as beside it.

A case is two files: `name.xml` (or .json, .html, ...) with the document's bytes, and `name.expect.json`: how it came
(`feed`: fields of a Feed, `content_type`), `"ordinary": false` when only a worker may read it, and either the fields
of Parsed that matter, with those fields of each entry that matter, or `fault` and a part of `detail`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.parse.raw import Origin
from monitor.ports import Parsed, ParseFailed

FOLDER = Path(__file__).parent / "feeds"
ADDRESS = "https://feed.example/dir/rss"


@dataclass(frozen=True)
class Case:
    """One document and what is said about it."""

    name: str
    body: bytes
    said: dict[str, Any]

    @property
    def origin(self) -> Origin:
        return Origin("feed", ADDRESS, **self.said.get("feed", {}))

    @property
    def content_type(self) -> str:
        return str(self.said.get("content_type", ""))

    def check(self, answer: Parsed | ParseFailed) -> None:
        """Assert that `answer` is what the case says."""
        if "fault" in self.said:
            assert isinstance(answer, ParseFailed), answer
            assert answer.fault.name == self.said["fault"]
            assert self.said["detail"] in answer.detail
            return
        assert isinstance(answer, Parsed), answer
        for key in ("title", "hub", "topic", "dropped"):
            assert key not in self.said or getattr(answer, key) == self.said[key], key
        assert answer.truncated == self.said.get("truncated", False)
        assert "ttl" not in self.said or answer.ttl == timedelta(seconds=self.said["ttl"])
        told = self.said["entries"]
        assert [shown(entry, wanted) for entry, wanted in zip(answer.entries, told, strict=True)] == told


def shown(entry: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """Those fields of an entry that a case speaks of, as JSON would say them."""
    values = {key: getattr(entry, key) for key in wanted}
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in values.items()}


def cases() -> list[Case]:
    """Every case of the folder, by name."""
    found = []
    for expected in sorted(FOLDER.glob("*.expect.json")):
        stem = expected.name.removesuffix(".expect.json")
        (document,) = (path for path in FOLDER.glob(f"{stem}.*") if path != expected)
        found.append(Case(stem, document.read_bytes(), json.loads(expected.read_text(encoding="utf-8"))))
    return found
