"""How numbers are worded in what the commands print."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """The number with its noun: "0 feeds", "1 feed", "2 entries"."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {plural}"
