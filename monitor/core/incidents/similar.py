"""How alike two texts are: shared words of their headlines, shared shingles of their bodies. No thresholds here."""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

SHINGLE = 5  # words in a shingle: long enough that two reporters do not write the same one by chance
MOST_PRINTS = 32  # smallest hashes kept of one text (bottom-k sketch): shares within 0.1 of the truth, 300 bytes

WORD = re.compile(r"[^\W_]+")
SHORT = 4  # letters; shorter words (in, the, says without its ending) carry little in any language with spaces


@lru_cache(maxsize=16_384)
def words(text: str) -> frozenset[str]:
    """The words of a headline that carry meaning, in small letters, plural and possessive endings off."""
    found = (word.removesuffix("s") for word in WORD.findall(text.lower().replace("'s ", " ").replace("’s ", " ")))
    return frozenset(word for word in found if len(word) >= SHORT or word.isdigit())


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared words of two headlines over the words of the shorter one, 0..1; 0 when either says too little (< 3)."""
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter >= 3 else 0.0


@lru_cache(maxsize=64)  # one article is asked about several times in a row
def prints(text: str) -> tuple[int, ...]:
    """The smallest hashes of the shingles of `text`, ascending; the same on every machine and at every start."""
    told = WORD.findall(text.lower())
    hashes = {
        zlib.crc32(" ".join(told[start : start + SHINGLE]).encode()) for start in range(max(0, len(told) - SHINGLE + 1))
    }
    return tuple(sorted(hashes)[:MOST_PRINTS])


def copy_of(one: tuple[int, ...], others: Iterable[tuple[int, ...]], share: float) -> int | None:
    """The number of the first of `others` that shares so much with `one`; most share nothing, which is seen at once."""
    mine = set(one)
    return next(
        (n for n, other in enumerate(others) if not mine.isdisjoint(other) and copied(one, other) >= share), None
    )


def copied(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """How much of the shorter text stands in the other, 0..1, told from their prints; 0 for texts too short to say.

    Of a long text only the smallest hashes are kept: hashes beyond the last of them cannot be compared.
    """
    shared = len(set(one).intersection(other))
    if not shared:
        return 0.0
    limits = [prints[-1] for prints in (one, other) if len(prints) == MOST_PRINTS]
    limit = min(limits, default=max(one[-1], other[-1]))
    shorter = min(bisect_right(one, limit), bisect_right(other, limit))
    return shared / shorter if shorter >= SHINGLE else 0.0
