"""How alike two texts are: shared words of their headlines, shared shingles of their bodies. No thresholds here."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection

SHINGLE = 5  # words in a shingle: long enough that two reporters do not write the same one by chance
MOST_PRINTS = 32  # smallest hashes kept of one text (bottom-k sketch): shares within 0.1 of the truth, 300 bytes

WORD = re.compile(r"[^\W_]+")
SHORT = 4  # letters; shorter words (in, the, says without its ending) carry little in any language with spaces


def words(text: str) -> frozenset[str]:
    """The words of a headline that carry meaning, in small letters, plural and possessive endings off."""
    found = (word.removesuffix("s") for word in WORD.findall(text.lower().replace("'s ", " ").replace("’s ", " ")))
    return frozenset(word for word in found if len(word) >= SHORT or word.isdigit())


def likeness(one: Collection[str], other: Collection[str]) -> float:
    """Shared words of two headlines over the words of the shorter one, 0..1; 0 when either says too little (< 3)."""
    shorter = min(len(one), len(other))
    return len(set(one) & set(other)) / shorter if shorter >= 3 else 0.0


def prints(text: str) -> tuple[int, ...]:
    """The smallest hashes of the shingles of `text`, ascending; the same on every machine and at every start."""
    told = WORD.findall(text.lower())
    hashes = {
        zlib.crc32(" ".join(told[start : start + SHINGLE]).encode()) for start in range(max(0, len(told) - SHINGLE + 1))
    }
    return tuple(sorted(hashes)[:MOST_PRINTS])


def copied(one: Collection[int], other: Collection[int]) -> float:
    """How much of the shorter text stands in the other, 0..1, told from their prints; 0 for texts too short to say.

    Where both sketches are full, only hashes below the lower of the two largest can be compared.
    """
    if not one or not other:
        return 0.0
    limit = min(max(one), max(other)) if len(one) == MOST_PRINTS or len(other) == MOST_PRINTS else max(*one, *other)
    left, right = {p for p in one if p <= limit}, {p for p in other if p <= limit}
    shorter = min(len(left), len(right))
    return len(left & right) / shorter if shorter >= SHINGLE else 0.0
