"""A place or people that a sentence names as a possible target, and how far its words are nouns or verbs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.reading.lexicon import Word

HEADS = ("gaz", "base", "elsewhere", "troops", "corps", "site", "people", "asset", "gazweak")
_NOUN_STARTS = frozenset((
    "force", "demonym", "country", "gaz", "gazweak", "num", "determiner", "group", "base", "troops", "modifier", "city",
    "elsewhere", "people",
))  # fmt: skip
_AS_HEADS = frozenset(HEADS)


class Reach(StrEnum):
    """Why a place or people may be a watched target."""

    NAMED = "named"  # the words say that a watched force is there
    KNOWN = "known"  # the gazetteer says so
    HOST = "host"  # a military place of a country where the force has bases
    BARE = "bare"  # a military place or troops, and nobody says whose
    FOREIGN = "foreign"  # somebody else's

    @property
    def watched(self) -> bool:
        """Whether the words or the gazetteer put a watched force there."""
        return self in (Reach.NAMED, Reach.KNOWN)


@dataclass(slots=True)
class Mention:
    """A target in a sentence: words start..end (end excluded; `stop` is the end with its places and guests)."""

    start: int
    end: int
    stop: int
    head: str
    reach: Reach
    force: str
    bases: tuple[str, ...]
    countries: tuple[str, ...]
    region: str = ""


def acts(words: Sequence[Word], k: int) -> bool:
    """Whether a noun or verb is the verb here: what follows begins a noun, and nothing before makes it one."""
    senses = words[k].senses
    if k and "hosting" in senses and "relative" in words[k - 1].senses:
        return True  # "countries that host US bases"
    if not any(sense.startswith("v.") for sense in senses):
        return "hosting" in senses and "modifier" not in senses and not _AS_HEADS.isdisjoint(senses)
    if k and ({"determiner", "num", "demonym", "modifier"} & words[k - 1].senses.keys() or words[k - 1].norm == "'s"):
        return False
    if k + 1 >= len(words):
        return False
    after = words[k + 1].senses
    if words[k + 1].norm == "and" and k > 1 and "force" in words[k - 1].senses and "v.hit" in words[k - 2].senses:
        return False  # "strikes US targets and closes strait": it has its verb already
    return not _NOUN_STARTS.isdisjoint(after) and not acts_only(after)


def acts_only(senses: Mapping[str, str]) -> bool:
    """Whether a word is a verb and nothing else."""
    return all(sense.startswith("v.") for sense in senses)


def codes_of(words: Iterable[Word]) -> tuple[str, ...]:
    """The countries that words name, each once: by name, demonym, city, or a region of at most two."""
    codes: list[str] = []
    for word in words:
        for kind in ("country", "demonym", "city"):
            codes += word.senses.get(kind, "").split()
        region = word.senses.get("region", "").split()
        codes += region if len(region) <= 2 else ()  # "eastern Syria", "Iraq and Syria", not "Gulf"
    return ordered(*codes)


def ordered(*values: str) -> tuple[str, ...]:
    """Values in their order, each once."""
    return tuple(dict.fromkeys(values))
