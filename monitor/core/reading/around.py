"""The word around a target that a deed stands on: before it, after it, behind a colon, or loosely in its clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.core.reading.clauses import Clause, Sentence, has
from monitor.core.reading.deeds import Deed, agent_behind, agent_of, armed, deed_before, own
from monitor.core.reading.lexicon import Word
from monitor.core.reading.mentions import Mention

_LEFT, _RIGHT, _LIST = 14, 12, 28  # words searched before a target, after it, and through a list of targets
_NEAR = 4  # words between a weapon and the target that it is said to be at
_PLAIN = 2  # words without any sense that may stand between a deed and its target
_LINKS = ("at", "over", "near")
_STRUCK = (Deed.HIT, Deed.HARM, Deed.LANDED, Deed.ATTACK, Deed.FIRED)
_OTHERS = ("borrowed", "stranger", "ally", "settled")

Step = tuple[Deed, int, str]  # the deed, the word it stands on, who does it


def before(words: Sequence[Word], mention: Mention, clause: Clause) -> list[Step]:
    """A deed told before its target: "X hits T", "X fires W at T", "attack on T", "explosion near T"."""
    if _subject(words, mention, clause):
        return []
    between = _Between(words, mention, clause)
    for k in range(mention.start - 1, between.floor - 1, -1):
        if between.ends(k):
            break
        if between.barred(k):
            return []
        steps = between.steps(k)
        if steps is not None:
            return steps
        if not between.take(k):
            break
    return between.left_over()


@dataclass(slots=True)
class _Between:
    """What stands between a target and the words left of it, as far as they were read from right to left."""

    words: Sequence[Word]
    mention: Mention
    clause: Clause
    link: str = ""  # the kind of the preposition nearest to the target
    listed: bool = False  # the target is one of a list
    armed: bool = False  # a weapon stands between that preposition and the list
    weapon: int = -1
    aimed: int = -1
    plain: int = 0

    @property
    def floor(self) -> int:
        """The first word that is searched."""
        return max(self.clause.start, self.mention.start - _LIST)

    @property
    def loose(self) -> bool:
        """Whether neither a preposition nor a list ties the target to what is left of it."""
        return not self.link and not self.listed

    def ends(self, k: int) -> bool:
        """Whether what is left of the word k, and it too, is about something else."""
        word, senses = self.words[k], self.words[k].senses
        if self.loose and (word.norm == "by" or "guests" in senses):
            return True  # "destroyed by US forces": who does it; "countries that host US bases": the host is meant
        if self.mention.start - k > _LEFT and not self.listed:
            return True
        if not senses:
            return self.loose and self.plain >= _PLAIN
        if _lists(word):
            return False
        if "be" in senses or ("say" in senses and self.listed):
            return True
        if self.listed and not self.armed and k < self.mention.start - 1 and _links(self.words, self.mention.start - 1):
            return True  # "..., and toll on US forces": the preposition belongs to the last thing of the list alone
        return self.loose and "link.from" in senses and not self._smoke(k)

    def barred(self, k: int) -> bool:
        """Whether the word k says that nothing is done to the target."""
        senses = self.words[k].senses
        if "idle" in senses:
            return True  # "bombers parked at T"
        lost = "v.intercept" in senses and "v.hit" not in senses and not self.listed
        return lost and self.mention.head == "asset"  # "answers the downing of a US helicopter": lost in the air

    def steps(self, k: int) -> list[Step] | None:
        """The deed at the word k, [] where what it does is done to somebody else, None where it is no deed."""
        words, clause = self.words, self.clause
        senses = words[k].senses
        if not senses or _lists(words[k]):
            return None
        if self.loose and "link.from" in senses:
            self.link = "near"  # "smoke rises from T"
        deed = deed_before(words, k, self.mention, self.link, self.listed)
        if deed is None:
            return None
        if deed in _STRUCK and self.link == "near" and not self.listed and _beside(words, k, self.mention, clause):
            return []
        if deed is Deed.HARM and own(words, k, clause):
            return []  # "US raid kills a leader, leaves four US soldiers hurt"
        if deed in (Deed.INTERCEPT, Deed.HARM):
            return [(deed, k, "")]
        agent = agent_of(words, k, clause, deed)
        if deed in (Deed.HIT, Deed.ATTACK) and self.weapon >= 0 and self.link and agent == "us":
            return [(Deed.WEAPON, self.weapon, "")]  # "... for US strikes with missiles on T"
        return [(deed, k, agent)]

    def take(self, k: int) -> bool:
        """Note the word k, which is no deed; False where it is a preposition that has another noun."""
        word, senses = self.words[k], self.words[k].senses
        if not senses:
            self.plain += 1
            return True
        if _lists(word):
            self.listed = True
            return True
        self.armed = self.armed or "weapon" in senses
        if "weapon" in senses and not self.loose:
            self.weapon = self.weapon if self.weapon >= 0 else k
        elif _links(self.words, k):
            if self.plain and self.loose:
                return False
            self.link = self.link or next(kind for kind in _LINKS if f"link.{kind}" in senses)
            self.aimed = k if "aimed" in word.roles else self.aimed
        return True

    def left_over(self) -> list[Step]:
        """What a weapon or an aim says where no deed does."""
        if self.aimed >= 0 and agent_of(self.words, self.aimed, self.clause, Deed.FIRED) == "enemy":
            return [(Deed.FIRED, self.aimed, "enemy")]  # "Iran says it aimed at US soldiers"
        near = self.weapon >= 0 and self.link == "at" and self.mention.start - self.weapon <= _NEAR
        return [(Deed.WEAPON, self.weapon, "")] if near and self.mention.head != "asset" else []

    def _smoke(self, k: int) -> bool:
        """Whether what comes from the target is what an attack leaves: "smoke rises from T"."""
        return any("n.blast" in word.senses for word in self.words[max(self.floor, k - _NEAR) : k])


def _lists(word: Word) -> bool:
    """Whether a word stands between the things of a list."""
    return word.senses.get("stop") in ("comma", "slash") or word.norm == "and"


def _links(words: Sequence[Word], k: int) -> bool:
    """Whether the word k is a preposition that may stand before a target."""
    return k >= 0 and any(f"link.{kind}" in words[k].senses for kind in _LINKS)


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


def behind(words: Sequence[Word], mention: Mention, clause: Clause) -> list[Step]:
    """A deed told after its target: "T hit by W", "T comes under fire", "T attack", "troops killed"."""
    passive, active, plain = False, False, 0
    for k in range(mention.stop, min(clause.end, mention.stop + _RIGHT)):
        senses = words[k].senses
        if "be" in senses:
            passive = True
        elif "have" in senses:
            active = True
        elif not senses:
            plain += 1
            if plain > _PLAIN:
                return []
        else:
            steps = _steps_behind(words, k, mention, clause, passive, active)
            if steps is not None:
                return steps
    return []


def _steps_behind(
    words: Sequence[Word], k: int, mention: Mention, clause: Clause, passive: bool, active: bool
) -> list[Step] | None:
    """The deed at the word k after a target, [] where the target does something itself, None where it is no deed."""
    word, senses = words[k], words[k].senses
    people = mention.head in ("troops", "people")
    free = not _starts_noun(words, k + 1)  # nothing follows that a verb could act on
    noun = "n.attack" in senses or "n.blast" in senses
    if k == mention.end and noun and not people and "part" not in senses.get("v.hit", ""):
        answer = agent_of(words, mention.start, clause, Deed.HIT)  # "Tehran responds with air base attack"
        return [(Deed.ATTACK, k, answer if answer == "enemy" else "")] if free else []
    if "v.suffer" in senses and _harm_follows(words, k):
        return [(Deed.SUFFER, k, "")]
    if people and ("part" in senses.get("v.kill", "") or "dead" in word.roles):
        return [(Deed.HARM, k, "")] if passive or free else []
    if "v.intercept" in senses and not passive:
        return [(Deed.DEFEND, k, "")] if _attack_follows(words, k, clause, people or mention.head == "asset") else []
    if "v.hit" in senses or ("v.soft" in senses and armed(words)):
        form = senses.get("v.hit", senses.get("v.soft", ""))
        undergone = "part" in form and (passive or (free and not active))
        return [(Deed.HIT, k, agent_behind(words, k, clause))] if undergone else []
    if any(sense.startswith("v.") and not sense.startswith("v.suffer") for sense in senses) and not passive:
        return []
    if "no" in senses and k + 1 < len(words) and not has(words[k + 1], "v.hit", "v.kill"):
        return []
    return None


def _starts_noun(words: Sequence[Word], k: int) -> bool:
    """Whether a noun begins here that a verb before it could act on."""
    return (
        k < len(words)
        and not (k + 1 < len(words) and "times" in words[k + 1].roles)
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
    return "outright" in words[k].roles or any(
        has(words[j], "n.attack", "n.blast", "weapon") or "loss" in words[j].roles
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
