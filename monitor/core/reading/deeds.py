"""What is done to a target, and who does it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from monitor.core.reading.clauses import Clause, has
from monitor.core.reading.kinds import ARMED, tells
from monitor.core.reading.lexicon import Word
from monitor.core.reading.mentions import Mention

_CAUSES = ("weapon", "group", "n.attack", "n.blast", "country", "demonym", "city")


class Deed(StrEnum):
    """What was done to a target."""

    HIT = "hit"
    FIRED = "fired"
    LANDED = "landed"
    ATTACK = "attack"  # a noun: attack on, strike against
    BLAST = "blast"
    INTERCEPT = "intercept"  # something on its way to the target was stopped
    DEFEND = "defend"  # the target itself stopped an attack
    HARM = "harm"  # people killed or wounded
    SUFFER = "suffer"
    LOOSE = "loose"  # words of attack beside the target, how they belong together is not read
    WEAPON = "weapon"  # only a weapon before the target: "rockets at base"


def deed_before(words: Sequence[Word], k: int, mention: Mention, link: str, listed: bool) -> Deed | None:
    """What the word k before a target makes of it, if anything."""
    senses = words[k].senses
    people = mention.head in ("troops", "people")
    noun = "n.attack" in senses
    if "base" in senses.get("v.hit", "").split() and k + 1 < mention.start and has(words[k + 1], "v.hit", "v.soft"):
        return None  # "storm batters": a noun with a verb of its own
    if "v.kill" in senses and (people or link):
        if words[k + 1].norm == "by" and not any(has(word, *_CAUSES, "n.harm") for word in words[k + 2 : k + 7]):
            return None  # "killed by buffalo"
        adjective = senses["v.kill"] in ("past part", "part") and k == mention.start - 1
        return None if adjective and not any(has(word, *_CAUSES) for word in words[max(0, k - 8) : k]) else Deed.HARM
    if "v.intercept" in senses and mention.head != "asset" and link and armed(words):
        return Deed.INTERCEPT
    if "weapon" in senses and "v.hit" in senses and k < mention.start - 1:
        return None  # "bombs", "rockets": the thing, unless the target follows at once
    if ("v.hit" in senses or ("v.soft" in senses and armed(words) and not (noun and link))) and not (
        noun and not link and _noun_here(words, k)
    ):
        return Deed.HIT
    if (link or listed) and ("v.fire" in senses or ("v.send" in senses and _loaded(words, k, mention.start))):
        return None if _fire_as_noun(words, k) else Deed.FIRED
    if "v.land" in senses and (link or "into" in words[k].norm):
        return (
            Deed.LANDED
            if any("weapon" in word.senses for word in words)
            else Deed.BLAST
            if "n.blast" in senses
            else None
        )
    if noun and (link or listed):
        return Deed.ATTACK
    if noun and k == mention.start - 1 and words[k].norm.endswith("s") and not _noun_here(words, k):
        return Deed.HIT  # "drone strikes base" in a headline
    if "n.harm" in senses and link and not people:
        return Deed.HARM  # "two dead at Al Dhafra"
    return Deed.BLAST if "n.blast" in senses and link else None


def _loaded(words: Sequence[Word], k: int, end: int) -> bool:
    """Whether a verb of sending sends a weapon or an attack: named before the target, or shortly before the verb."""
    return any(has(word, "weapon", "n.attack") for word in (*words[k + 1 : end], *words[max(0, k - 4) : k]))


def _fire_as_noun(words: Sequence[Word], k: int) -> bool:
    """Whether "fire" is what burns: it opens the sentence or follows a comma, or a word that describes it precedes."""
    return words[k].norm == "fire" and (
        k == 0 or has(words[k - 1], "determiner", "modifier", "part", "mishap", "n.attack", "n.blast", "stop")
    )


def _noun_here(words: Sequence[Word], k: int) -> bool:
    """Whether "attack", "strikes" ... before a noun is a noun itself: an article or a number stands before it."""
    if k > 1 and "relative" in words[k - 1].senses and has(words[k - 2], "weapon", "group", "n.fighter", "base"):
        return False  # "drones that hit"
    return k > 0 and (has(words[k - 1], "determiner", "num") or words[k - 1].norm == "'s")


def armed(words: Sequence[Word]) -> bool:
    """Whether a sentence names a weapon, an attack, or who is armed."""
    return tells((word for word in words if "v.soft" not in word.senses), ARMED)


def agent_of(words: Sequence[Word], k: int, clause: Clause, deed: Deed) -> str:
    """Who does it: the nearest party before the deed in its clause."""
    noun = deed in (Deed.ATTACK, Deed.BLAST) or (k > 0 and "n.attack" in words[k].senses and words[k - 1].norm == "in")
    near, plain = 4 if noun else 10, 0
    for j in range(k - 1, max(clause.start, k - near) - 1, -1):
        senses = words[j].senses
        plain += not senses
        if noun and plain > 1:
            break  # "US discloses unreported strike on T": who stands so far off tells of it
        if "v.intercept" in senses or (noun and "threat" in senses):
            return ""  # who stops an attack, or speaks of one to come, need not make it
        if noun and "v.kill" in senses:  # "militia leader killed in strike at T", "soldiers hurt in attack on T"
            hurt = words[clause.start : j]
            return "us" if any(has(word, "group", "leader") for word in hurt) and not _ours(hurt) else ""
        named = j == k - 1 and has(words[k], "n.attack")  # "in Iran strike": the party is part of the noun
        place = j > clause.start and has(words[j - 1], "link.near") and ("country" in senses or "group" not in senses)
        if place and not named:
            continue  # "strikes in Iran targeting ...": a place, no party
        if j > clause.start and has(words[j - 1], "hosting", "guests"):
            continue  # "base used by US forces": who is there
        if noun and has(words[j], "num", "determiner") and not has(words[max(j - 1, 0)], "v.send", "v.fire"):
            break  # the noun begins here
        if "group" in senses or (
            ("country" in senses or "demonym" in senses) and "force" not in senses and "ally" not in senses
        ):
            return "enemy"
        if "force.country" in senses or "force.adjective" in senses or "force.troops" in senses or "ally" in senses:
            if _is_object(words, j, clause.start) or (
                deed is Deed.HIT
                and all(has(word, "troops", "corps", "asset", "modifier") for word in words[j + 1 : k])
                and _passive(words, k)
            ):
                continue
            return "us"
        if "weapon" in senses and deed in (Deed.HIT, Deed.LANDED):
            return ""
    return agent_behind(words, k, clause) if noun else ""


def _ours(words: Sequence[Word]) -> bool:
    """Whether words name the watched force or its people."""
    return any(has(word, "force", "force.country", "force.adjective") for word in words)


def _passive(words: Sequence[Word], k: int) -> bool:
    """Whether a participle without "be" has its object before it: "US troops attacked at T"."""
    form = words[k].senses.get("v.hit", "")
    return "part" in form and k + 1 < len(words) and has(words[k + 1], "link.at", "link.near", "stop")


def _is_object(words: Sequence[Word], k: int, floor: int) -> bool:
    """Whether a verb of attack or harm stands right before a noun: then another does it to that one."""
    while k > floor and has(words[k - 1], "num", "determiner", "modifier", "demonym", "country"):
        k -= 1
    return k > floor and has(words[k - 1], "v.hit", "v.kill", "link.at", "link.near") and not has(words[k - 1], "stop")


def agent_behind(words: Sequence[Word], k: int, clause: Clause) -> str:
    """Who does it, where it is told after the deed: "hit by US jets"."""
    for j in range(k + 1, min(k + 8, clause.end)):
        if words[j].norm == "by":
            near = words[j + 1 : j + 4]
            if any(has(word, "force", "ally") for word in near):
                return "us"
            return "enemy"
    return ""


def own(words: Sequence[Word], k: int, clause: Clause) -> bool:
    """Whether harm came in an attack that the force made itself."""
    for j in range(k - 1, clause.start - 1, -1):
        if has(words[j], "say", "weapon", "group", "stop"):
            return False
        if "n.attack" in words[j].senses:
            return any(has(word, "force.country", "force.adjective") for word in words[max(clause.start, j - 3) : j])
    return False
