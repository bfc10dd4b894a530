"""What is done to a target, and by whom: the word before or after it that a deed stands on."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from monitor.core.reading.clauses import Clause, Sentence, has
from monitor.core.reading.lexicon import Word
from monitor.core.reading.mentions import Mention

_LEFT, _RIGHT, _LIST = 14, 12, 28  # words searched before a target, after it, and through a list of targets
_CAUSES = ("weapon", "group", "n.attack", "n.blast", "country", "demonym", "city")
_LINKS = ("at", "over", "near")
_AIMED = frozenset(("aimed at", "fired at", "launched at", "directed at", "aiming for", "aiming at"))


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


Step = tuple[Deed, int, str]
_STRUCK = (Deed.HIT, Deed.HARM, Deed.LANDED, Deed.ATTACK, Deed.FIRED)
_OTHERS = ("borrowed", "stranger", "ally", "settled")


def before(words: Sequence[Word], mention: Mention, clause: Clause) -> list[Step]:
    """A deed told before its target: "X hits T", "X fires W at T", "attack on T", "explosion near T"."""
    link, listed, weapon, plain, aimed = "", False, -1, 0, -1
    opening = any(f"link.{kind}" in words[mention.start - 1].senses for kind in _LINKS) if mention.start else False
    if _subject(words, mention, clause):
        return []
    armed = False  # whether a weapon stands between that preposition and the list
    floor = max(clause.start, mention.start - _LIST)
    for k in range(mention.start - 1, floor - 1, -1):
        word = words[k]
        senses = word.senses
        distance = mention.start - k
        if word.norm == "by" and not link and not listed:
            return []  # "destroyed by US forces": who does it
        if distance > _LEFT and not listed:
            break
        if not senses:
            plain += 1
            if not link and not listed and plain > 2:
                break
            continue
        if senses.get("stop") in ("comma", "slash") or word.norm == "and":
            listed = True
            continue
        if "say" in senses and listed:
            break
        if "be" in senses:
            break
        if "guests" in senses and not link and not listed:
            return []  # "countries that host US bases": the host is meant
        if listed and opening and not armed and k < mention.start - 1:
            break  # "..., and toll on US forces": the preposition belongs to the last thing of the list alone
        if "link.from" in senses and not link and not listed:
            if not any("n.blast" in earlier.senses for earlier in words[max(floor, k - 4) : k]):
                return []
            link = "near"  # "smoke rises from T"
        if "idle" in senses:
            return []  # "bombers parked at T"
        if mention.head == "asset" and "v.intercept" in senses and "v.hit" not in senses and not listed:
            return []  # "answers the downing of a US helicopter": lost in the air
        deed = _deed_before(words, k, mention, link, listed)
        if deed in _STRUCK and link == "near" and not listed and _beside(words, k, mention, clause):
            return []
        if deed in (Deed.HIT, Deed.ATTACK) and weapon >= 0 and link and agent_of(words, k, clause, deed) == "us":
            return [(Deed.WEAPON, weapon, "")]  # "... for US strikes with missiles on T"
        if deed is Deed.HARM and _own(words, k, clause):
            return []  # "US raid kills a leader, leaves four US soldiers hurt"
        if deed:
            return [(deed, k, "" if deed in (Deed.INTERCEPT, Deed.HARM) else agent_of(words, k, clause, deed))]
        armed = armed or "weapon" in senses
        if "weapon" in senses and (link or listed):
            weapon = weapon if weapon >= 0 else k
        elif any(f"link.{kind}" in senses for kind in _LINKS):
            if plain and not link and not listed:
                break  # words stand between: the preposition has another noun
            link = link or next(kind for kind in _LINKS if f"link.{kind}" in senses)
            aimed = k if word.norm in _AIMED else aimed
    if aimed >= 0 and agent_of(words, aimed, clause, Deed.FIRED) == "enemy":
        return [(Deed.FIRED, aimed, "enemy")]  # "Iran says it aimed at US soldiers"
    near = weapon >= 0 and link == "at" and mention.start - weapon <= 4 and mention.head != "asset"
    return [(Deed.WEAPON, weapon, "")] if near else []


def _subject(words: Sequence[Word], mention: Mention, clause: Clause) -> bool:
    """Whether people named after "and" do something themselves: "Iran fires on ships and US troops answer"."""
    joined = "and" in (words[mention.start].norm, words[max(mention.start - 1, clause.start)].norm) or any(
        "elsewhere" in one.senses and other.norm == "and" for one, other in pairwise(words[mention.start : mention.end])
    )
    if not joined or mention.head not in ("troops", "people") or mention.stop >= clause.end:
        return False
    senses = words[mention.stop].senses
    forms = {form for sense, value in senses.items() if sense.startswith("v.") for form in value.split()}
    return not senses.keys().isdisjoint(("answers", "modal", "have")) or (bool(forms) and not forms & {"part", "ing"})


def _own(words: Sequence[Word], k: int, clause: Clause) -> bool:
    """Whether harm came in an attack that the force made itself."""
    for j in range(k - 1, clause.start - 1, -1):
        if has(words[j], "say", "weapon", "group", "stop"):
            return False
        if "n.attack" in words[j].senses:
            return any(has(word, "force.country", "force.adjective") for word in words[max(clause.start, j - 3) : j])
    return False


def _beside(words: Sequence[Word], k: int, mention: Mention, clause: Clause) -> bool:
    """Whether a target only says where somebody else was struck: "bombs US-trained fighters near T", "rockets fall on
    village near T", "US-backed fighters ambushed near T"."""
    between = words[k + 1 : mention.start]
    if any(has(word, *_OTHERS) for word in between):
        return True
    if "v.hit" not in words[k].senses and "v.kill" not in words[k].senses:
        return False  # what falls short of a base may have been meant for it
    if any("elsewhere" in word.senses for word in between):
        return True
    subject = words[clause.start : k]
    undergone = "part" in words[k].senses.get("v.hit", "") and "link.beside" in words[k + 1].senses
    return (
        undergone
        and any(has(word, "n.fighter", "elsewhere", *_OTHERS) for word in subject)
        and not any(has(word, "troops", "force.troops", "base", "gaz", "site", "weapon") for word in subject)
    )


def announced(sentence: Sentence, mention: Mention, clause: Clause, parts: Sequence[Clause]) -> list[Step]:
    """A deed told after a colon: "Ain al-Asad: two drones explode inside"."""
    words = sentence.words
    at = parts.index(clause)
    if (
        mention.head not in ("gaz", "base", "gazweak")
        or mention.stop != clause.end
        or clause.end >= len(words)
        or words[clause.end].senses.get("stop") != "colon"
        or at + 1 >= len(parts)
    ):
        return []
    after = parts[at + 1]
    if any(after.start <= other.start < after.end and other.reach.watched for other in sentence.mentions):
        return []
    for k in range(after.start, after.end):
        if has(words[k], "n.attack", "v.land", "v.hit", "n.blast", "v.suffer", "v.intercept", "v.fire", "v.kill"):
            return [
                (Deed.HARM if "v.kill" in words[k].senses else Deed.ATTACK, k, agent_of(words, k, after, Deed.ATTACK))
            ]
    return []


def loose(sentence: Sentence, mention: Mention, clause: Clause, parts: Sequence[Clause]) -> list[Step]:
    """A word of attack in the clause of a place or of people who are not its subject, when no frame ties them."""
    words = sentence.words
    place = mention.head in ("gaz", "base", "gazweak")
    if mention.start and "link.from" in words[mention.start - 1].senses:
        return []
    troops_news = mention.head == "troops" and any("update" in word.senses for word in words[clause.start : clause.end])
    if (
        not place
        and not troops_news
        and not (mention.start and has(words[mention.start - 1], "link.at", "link.near", "hosting"))
    ):
        return []
    if any("idle" in word.senses for word in words[clause.start : clause.end]):
        return []
    later = [
        k
        for part in parts
        if part.kind in ("about", "after") and part.start >= clause.end
        for k in range(part.start, part.end)
    ]
    beside = mention.start > 0 and "link.beside" in words[mention.start - 1].senses
    follows = range(mention.stop, min(clause.end, mention.stop + 3))
    if any("v.intercept" in words[k].senses and "v.hit" not in words[k].senses for k in follows):
        return []  # a defender who stopped what was meant for others
    for k in (*range(clause.start, clause.end), *later):
        if mention.start <= k < mention.end:
            continue
        if beside and k < mention.start and _beside(words, k, mention, clause):
            continue
        if has(words[k], "n.attack", "n.blast", "weapon", "v.fire", "v.hit", "v.land", "v.slay") or (
            troops_news and "v.kill" in words[k].senses
        ):
            return [(Deed.LOOSE, k, agent_of(words, k, clause, Deed.ATTACK))]
    return []


def _deed_before(words: Sequence[Word], k: int, mention: Mention, link: str, listed: bool) -> Deed | None:
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
    if "v.intercept" in senses and mention.head != "asset" and link and _armed(words):
        return Deed.INTERCEPT
    if "weapon" in senses and "v.hit" in senses and k < mention.start - 1:
        return None  # "bombs", "rockets": the thing, unless the target follows at once
    if ("v.hit" in senses or ("v.soft" in senses and _armed(words) and not (noun and link))) and not (
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


def behind(words: Sequence[Word], mention: Mention, clause: Clause) -> list[Step]:
    """A deed told after its target: "T hit by W", "T comes under fire", "T attack", "troops killed"."""
    passive, active, plain = False, False, 0
    people = mention.head in ("troops", "people")
    for k in range(mention.stop, min(clause.end, mention.stop + _RIGHT)):
        word = words[k]
        senses = word.senses
        if "be" in senses:
            passive = True
            continue
        if "have" in senses:
            active = True
            continue
        noun = "n.attack" in senses or "n.blast" in senses
        if k == mention.end and noun and not people and "part" not in senses.get("v.hit", ""):
            if _starts_noun(words, k + 1):
                return []
            answer = agent_of(words, mention.start, clause, Deed.HIT)  # "Tehran responds with air base attack"
            return [(Deed.ATTACK, k, answer if answer == "enemy" else "")]
        if "v.suffer" in senses and _harm_follows(words, k):
            return [(Deed.SUFFER, k, "")]
        if ("v.kill" in senses and "part" in senses["v.kill"]) or word.norm in ("dead", "die", "dies"):
            if people and (passive or not _starts_noun(words, k + 1)):
                return [(Deed.HARM, k, "")]
            if people:
                return []
        if "v.intercept" in senses and not passive:
            return (
                [(Deed.DEFEND, k, "")] if _attack_follows(words, k, clause, people or mention.head == "asset") else []
            )
        if "v.hit" in senses or ("v.soft" in senses and _armed(words)):
            if active and not passive:
                return []
            if "part" in senses.get("v.hit", senses.get("v.soft", "")) and (passive or not _starts_noun(words, k + 1)):
                return [(Deed.HIT, k, _agent_behind(words, k, clause))]
            return []
        if any(sense.startswith("v.") and not sense.startswith("v.suffer") for sense in senses) and not passive:
            return []
        if "no" in senses and k + 1 < len(words) and not has(words[k + 1], "v.hit", "v.kill"):
            return []
        if not senses:
            plain += 1
            if plain > 2:
                return []
    return []


def _armed(words: Sequence[Word]) -> bool:
    """Whether a sentence names a weapon, an attack, or who is armed."""
    return any(
        has(word, "weapon", "n.attack", "n.blast", "n.fighter", "group") and not has(word, "v.soft") for word in words
    )


def _starts_noun(words: Sequence[Word], k: int) -> bool:
    """Whether a noun begins here that a verb before it could act on."""
    return (
        k < len(words)
        and not (k + 1 < len(words) and words[k + 1].norm == "times")
        and has(
            words[k],
            "determiner",
            "force",
            "country",
            "demonym",
            "gaz",
            "group",
            "base",
            "troops",
            "num",
            "weapon",
            "elsewhere",
            "site",
            "modifier",
        )
        and not has(words[k], "filler", "link.at", "link.near")
    )


def _harm_follows(words: Sequence[Word], k: int) -> bool:
    if words[k].norm == "under":
        return any(has(word, "n.attack") or word.norm == "fire" for word in words[k + 1 : k + 4])
    return any(sign in words[k].norm for sign in ("come", "came", "under", "fire", "flames")) or any(
        has(words[j], "n.attack", "n.blast", "weapon") or words[j].norm in ("damage", "casualties", "losses", "hits")
        for j in range(k + 1, min(k + 7, len(words)))
    )


def _attack_follows(words: Sequence[Word], k: int, clause: Clause, moving: bool) -> bool:
    """Whether what was stopped was an attack on the defender: on a place any weapon is, on people what is called so."""
    after = words[k + 1 : min(k + 9, clause.end)]
    if any(has(word, "elsewhere") for word in after):
        return False
    if any(has(word, "link.at") and has(later, "city", "country") for word, later in pairwise(after)):
        return False  # "shoot down drones bound for Abu Dhabi"
    return any(has(word, "n.attack") or (not moving and has(word, "weapon")) for word in after)


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
    return _agent_behind(words, k, clause) if noun else ""


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


def _agent_behind(words: Sequence[Word], k: int, clause: Clause) -> str:
    for j in range(k + 1, min(k + 8, clause.end)):
        if words[j].norm == "by":
            near = words[j + 1 : j + 4]
            if any(has(word, "force", "ally") for word in near):
                return "us"
            return "enemy"
    return ""
