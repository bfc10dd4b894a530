"""How numbers are worded in alerts, in the log and in what the commands print."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """The number with its noun: "0 feeds", "1 entry", "2 entries", "30 days"."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeou" else f"{noun}s"
    return f"{number} {plural}"
