"""The events told in an article: what was done to which target, and how it is told (fresh, past, feared, denied)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from spacy.tokens import Doc

from monitor.core.lexicon import Lexicon, Word
from monitor.core.targets import Mention, Reach, Targets

_SENTENCE_ENDS = frozenset(("end", "ask", "line"))
_CLAUSE_STOPS = frozenset(("end", "ask", "line", "bar", "semi", "colon", "dash"))
_LEFT, _RIGHT, _LIST = 14, 12, 28  # words searched before a target, after it, and through a list of targets


class Told(StrEnum):
    """How an event is told."""

    FRESH = "fresh"
    CONTEXT = "context"  # in a clause that says after, since, amid ... something else is the news
    TALLY = "tally"  # one of many that are counted together
    PAST = "past"  # with a time or a word of memory
    FEARED = "feared"  # threatened, planned, possible, conditional
    DENIED = "denied"
    NOT = "not"  # no attack: negated, an accident


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


@dataclass(slots=True)
class Event:
    """One deed done to one target: `trigger` is the word it stands on, `clause` the clause's opening."""

    deed: Deed
    told: Told
    target: Mention
    trigger: Word
    sentence: int
    agent: str = ""  # "us" when a watched force or its ally does it, "enemy", or "" unknown


@dataclass(slots=True)
class Sentence:
    """A sentence: its words, the tokens it covers (end excluded), and whether it is (part of) the title."""

    words: list[Word]
    first: int
    last: int
    title: bool
    mentions: list[Mention]
    question: bool = False
    listed: bool = False  # one point of a list


def split(words: Sequence[Word], lexicon: Lexicon, title_end: int) -> list[Sentence]:
    """Sentences of a text: they end at stops that are none of an abbreviation, at line ends and bullets."""
    sentences: list[Sentence] = []
    start, point = 0, False
    for k, word in enumerate(words):
        stop = word.senses.get("stop", "")
        over = stop in _SENTENCE_ENDS and not (word.norm == "." and k and words[k - 1].norm in lexicon.abbreviations)
        if word.norm == "us" and word.text.endswith(".") and k + 1 < len(words) and words[k + 1].text in lexicon.starters:
            over = True
        if over or k == len(words) - 1:
            part = list(words[start : k + 1])
            if any(not w.senses.get("stop") for w in part):
                title = part[0].begin < title_end
                sentences.append(Sentence(part, part[0].first, part[-1].last + 1, title, [], stop == "ask", point))
            start, point = k + 1, word.norm == "•"
    return sentences


def _sense(word: Word, *kinds: str) -> bool:
    senses = word.senses
    return any(kind in senses for kind in kinds)


@dataclass(slots=True)
class Clause:
    """Words start..end (end excluded) of a sentence; `kind` is main, after, as or if."""

    start: int
    end: int
    kind: str


def clauses(words: Sequence[Word]) -> list[Clause]:
    """The clauses of a sentence. A clause that opens it ("After the attack, ...") ends at its comma."""
    found: list[Clause] = []
    start, kind = 0, "main"
    for k, word in enumerate(words):
        senses = word.senses
        opens = next((name for name in ("after", "if", "as") if f"clause.{name}" in senses), "")
        stop = senses.get("stop", "")
        fronted = stop == "comma" and kind in ("after", "if", "as") and sum(part.end - part.start for part in found) <= 2
        if opens or stop in _CLAUSE_STOPS or fronted:
            if k > start:
                found.append(Clause(start, k, kind))
            start, kind = (k, opens) if opens else (k + 1, "main")
    if start < len(words):
        found.append(Clause(start, len(words), kind))
    return found


class Reader:
    """Reads events out of tokenised texts with one lexicon and one gazetteer."""

    def __init__(self, lexicon: Lexicon, targets: Targets) -> None:
        self.lexicon = lexicon
        self.targets = targets

    def sentences(self, doc: Doc, title_end: int, at: datetime, marked: Sequence[tuple[int, int]] = ()) -> list[Sentence]:
        """The sentences of a text with the targets they name; `title_end` is the character after the title.

        `marked` are spans of characters that name a watched place because a site says so.
        """
        words = self.lexicon.read(doc)
        for begin, stop in marked:
            for word in words:
                if begin < word.stop and word.begin < stop:
                    word.senses = {"force": self.targets.force, "force.bases": self.targets.force}
        named = frozenset(
            code for word in words for kind in ("country", "demonym", "city") for code in word.senses.get(kind, "").split()
        )
        parts = split(words, self.lexicon, title_end)
        for part in parts:
            part.mentions = self.targets.find(part.words, at, named)
        return parts

    def events(self, sentence: Sentence, number: int) -> list[Event]:
        """What is done to the targets of one sentence."""
        found: list[Event] = []
        parts = clauses(sentence.words)
        for mention in sentence.mentions:
            clause = next(part for part in parts if part.start <= mention.start < part.end or part is parts[-1])
            if mention.start and "guests" in sentence.words[mention.start - 1].senses:
                continue
            steps = [*_before(sentence.words, mention, clause), *_behind(sentence.words, mention, clause)]
            for deed, k, agent in steps or _announced(sentence, mention, clause, parts) or _loose(sentence, mention, clause):
                where = next(part for part in parts if part.start <= k < part.end)
                told = _told(sentence.words, parts, where, deed, k, mention)
                found.append(Event(deed, told, mention, sentence.words[k], number, agent))
        return found


_CAUSES = ("weapon", "group", "n.attack", "n.blast", "country", "demonym", "city")
_LINKS = ("at", "over", "near")

Step = tuple[Deed, int, str]


def _before(words: Sequence[Word], mention: Mention, clause: Clause) -> list[Step]:
    """A deed told before its target: "X hits T", "X fires W at T", "attack on T", "explosion near T"."""
    link, listed, weapon, plain = "", False, -1, 0
    opening = any(f"link.{kind}" in words[mention.start - 1].senses for kind in _LINKS) if mention.start else False
    armed = False  # whether a weapon stands between that preposition and the list
    floor = max(clause.start, mention.start - _LIST)
    for k in range(mention.start - 1, floor - 1, -1):
        word = words[k]
        senses = word.senses
        distance = mention.start - k
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
        if "be" in senses and not link:
            break
        if "guests" in senses and not link and not listed:
            return []  # "countries that host US bases": the host is meant
        if listed and opening and not armed and k < mention.start - 1:
            break  # "..., and toll on US forces": the preposition belongs to the last thing of the list alone
        if "link.from" in senses and not link and not listed:
            return []
        deed = _deed_before(words, k, mention, link, listed)
        if deed and not (deed is Deed.HIT and "v.soft" in senses and not _armed(words)):
            return [(deed, k, "" if deed in (Deed.INTERCEPT, Deed.HARM) else agent_of(words, k, clause, deed))]
        armed = armed or "weapon" in senses
        if "weapon" in senses and (link or listed):
            weapon = weapon if weapon >= 0 else k
        elif any(f"link.{kind}" in senses for kind in _LINKS):
            if plain and not link and not listed:
                break  # words stand between: the preposition has another noun
            link = link or next(kind for kind in _LINKS if f"link.{kind}" in senses)
    near = weapon >= 0 and link == "at" and mention.start - weapon <= 4 and mention.head != "asset"
    return [(Deed.WEAPON, weapon, "")] if near else []


def _announced(sentence: Sentence, mention: Mention, clause: Clause, parts: Sequence[Clause]) -> list[Step]:
    """A deed told after a colon: "Ain al-Asad: two drones explode inside"."""
    words = sentence.words
    at = parts.index(clause)
    if mention.head not in ("gaz", "base", "gazweak") or mention.stop != clause.end or clause.end >= len(words) or words[clause.end].senses.get("stop") != "colon" or at + 1 >= len(parts):
        return []
    after = parts[at + 1]
    if any(after.start <= other.start < after.end and other.reach.watched for other in sentence.mentions):
        return []
    for k in range(after.start, after.end):
        if _sense(words[k], "n.attack", "v.land", "v.hit", "n.blast", "v.suffer", "v.intercept", "v.fire", "v.kill"):
            return [(Deed.HARM if "v.kill" in words[k].senses else Deed.ATTACK, k, agent_of(words, k, after, Deed.ATTACK))]
    return []


def _loose(sentence: Sentence, mention: Mention, clause: Clause) -> list[Step]:
    """A word of attack in the clause of a place or of people who are not its subject, when no frame ties them."""
    words = sentence.words
    place = mention.head in ("gaz", "base", "gazweak")
    if mention.start and "link.from" in words[mention.start - 1].senses:
        return []
    if not place and not (mention.start and _sense(words[mention.start - 1], "link.at", "link.near", "hosting")):
        return []
    for k in range(clause.start, clause.end):
        if mention.start <= k < mention.end:
            continue
        if _sense(words[k], "n.attack", "n.blast", "weapon", "v.fire", "v.hit", "v.land", "v.slay"):
            return [(Deed.LOOSE, k, agent_of(words, k, clause, Deed.ATTACK))]
    return []


def _deed_before(words: Sequence[Word], k: int, mention: Mention, link: str, listed: bool) -> Deed | None:
    senses = words[k].senses
    people = mention.head in ("troops", "people")
    if "v.kill" in senses and (people or link):
        adjective = senses["v.kill"] in ("past part", "part") and k == mention.start - 1
        return None if adjective and not any(_sense(word, *_CAUSES) for word in words[max(0, k - 8) : k]) else Deed.HARM
    if "v.intercept" in senses and mention.head != "asset" and (link or "v.hit" not in senses) and not (people and not link):
        return Deed.INTERCEPT
    if "weapon" in senses and "v.hit" in senses and k < mention.start - 2:
        return None  # "bombs", "rockets": the thing, unless the target follows at once
    if ("v.hit" in senses or "v.soft" in senses) and not ("n.attack" in senses and not link and _noun_here(words, k)):
        return Deed.HIT
    if "v.fire" in senses and (link or listed) and not _fire_as_noun(words, k):
        return Deed.FIRED
    if "v.land" in senses and (link or "into" in words[k].norm):
        return Deed.LANDED
    if "n.attack" in senses and (link or listed):
        return Deed.ATTACK
    if "n.attack" in senses and k == mention.start - 1 and words[k].norm.endswith("s") and not _noun_here(words, k):
        return Deed.HIT  # "drone strikes base" in a headline
    return Deed.BLAST if "n.blast" in senses and link in ("at", "near") else None


def _fire_as_noun(words: Sequence[Word], k: int) -> bool:
    """Whether "fire" is what burns: it opens the sentence, or a word that describes it stands before it."""
    return words[k].norm == "fire" and (k == 0 or _sense(words[k - 1], "determiner", "modifier", "part", "mishap", "n.attack"))


def _noun_here(words: Sequence[Word], k: int) -> bool:
    """Whether "attack", "strikes" ... before a noun is a noun itself: an article or a number stands before it."""
    return k > 0 and (_sense(words[k - 1], "determiner", "num") or words[k - 1].norm == "'s")


def _behind(words: Sequence[Word], mention: Mention, clause: Clause) -> list[Step]:
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
        if k == mention.end and ("n.attack" in senses or "n.blast" in senses) and not people:
            if not _starts_noun(words, k + 1):
                return [(Deed.ATTACK, k, "")]
            return []
        if "v.suffer" in senses and _harm_follows(words, k):
            return [(Deed.SUFFER, k, "")]
        if "v.kill" in senses and "part" in senses["v.kill"] or word.norm in ("dead", "die", "dies"):
            if people and (passive or not _starts_noun(words, k + 1)):
                return [(Deed.HARM, k, "")]
            if people:
                return []
        if "v.intercept" in senses and not passive:
            return [(Deed.DEFEND, k, "")] if _attack_follows(words, k, clause, people or mention.head == "asset") else []
        if "v.hit" in senses or ("v.soft" in senses and _armed(words)):
            if active and not passive:
                return []
            if "part" in senses.get("v.hit", senses.get("v.soft", "")) and (passive or not _starts_noun(words, k + 1)):
                return [(Deed.HIT, k, _agent_behind(words, k, clause))]
            return []
        if any(sense.startswith("v.") and not sense.startswith("v.suffer") for sense in senses) and not passive:
            return []
        if "no" in senses and k + 1 < len(words) and not _sense(words[k + 1], "v.hit", "v.kill"):
            return []
        if not senses:
            plain += 1
            if plain > 2:
                return []
    return []


def _armed(words: Sequence[Word]) -> bool:
    """Whether a weapon or an attack by its name stands in a sentence."""
    return any(_sense(word, "weapon", "n.attack", "n.blast") and not _sense(word, "v.soft") for word in words)


def _starts_noun(words: Sequence[Word], k: int) -> bool:
    """Whether a noun begins here that a verb before it could act on."""
    return k < len(words) and _sense(
        words[k], "determiner", "force", "country", "demonym", "gaz", "group", "base", "troops", "num", "weapon", "elsewhere", "site", "modifier"
    ) and not _sense(words[k], "filler", "link.at", "link.near")


def _harm_follows(words: Sequence[Word], k: int) -> bool:
    if words[k].norm == "under":
        return any(_sense(word, "n.attack") or word.norm == "fire" for word in words[k + 1 : k + 4])
    return any(sign in words[k].norm for sign in ("come", "came", "under", "fire", "flames")) or any(
        _sense(words[j], "n.attack", "n.blast", "weapon") or words[j].norm in ("damage", "casualties", "losses", "hits")
        for j in range(k + 1, min(k + 7, len(words)))
    )


def _attack_follows(words: Sequence[Word], k: int, clause: Clause, moving: bool) -> bool:
    """Whether what was stopped was an attack on the defender: on a place any weapon is, on people only what is called so."""
    after = words[k + 1 : min(k + 9, clause.end)]
    if any(_sense(word, "elsewhere") for word in after):
        return False
    return any(_sense(word, "n.attack") or (not moving and _sense(word, "weapon")) for word in after)


def agent_of(words: Sequence[Word], k: int, clause: Clause, deed: Deed) -> str:
    """Who does it: the nearest party before the deed in its clause."""
    near = 4 if deed in (Deed.ATTACK, Deed.BLAST) else 10
    for j in range(k - 1, max(clause.start, k - near) - 1, -1):
        senses = words[j].senses
        if "v.intercept" in senses:
            return ""  # who stops an attack does not make it
        if j > clause.start and _sense(words[j - 1], "link.near") and not _sense(words[j], "group"):
            continue  # "strikes in Iran targeting ...": a place, no party
        if "group" in senses or ("country" in senses or "demonym" in senses) and "force" not in senses and "ally" not in senses:
            return "enemy"
        if "force.country" in senses or "force.adjective" in senses or "force.troops" in senses or "ally" in senses:
            if _is_object(words, j, clause.start):
                continue
            return "us"
        if "weapon" in senses and deed in (Deed.HIT, Deed.LANDED):
            return ""
    return _agent_behind(words, k, clause) if deed in (Deed.ATTACK, Deed.BLAST) else ""


def _is_object(words: Sequence[Word], k: int, floor: int) -> bool:
    """Whether a verb of attack or harm stands right before a noun: then another does it to that one."""
    while k > floor and _sense(words[k - 1], "num", "determiner", "modifier", "demonym", "country"):
        k -= 1
    return k > floor and _sense(words[k - 1], "v.hit", "v.kill", "link.at", "link.near") and not _sense(words[k - 1], "stop")


def _agent_behind(words: Sequence[Word], k: int, clause: Clause) -> str:
    for j in range(k + 1, min(k + 8, clause.end)):
        if words[j].norm == "by":
            near = words[j + 1 : j + 4]
            if any(_sense(word, "force", "ally") for word in near):
                return "us"
            return "enemy"
    return ""


def _told(words: Sequence[Word], parts: Sequence[Clause], clause: Clause, deed: Deed, k: int, mention: Mention) -> Told:
    """How the deed at word k is told."""
    if _denied(words, clause, k, deed):
        return Told.DENIED
    if _feared(words, clause, k, mention):
        return Told.FEARED
    if any("history" in words[j].senses for j in range(max(clause.start, k - 6), k)):
        return Told.PAST
    if _counted(words, clause, k):
        return Told.TALLY
    if clause.kind == "after" and not _effect(words, parts, clause):
        return Told.CONTEXT
    if deed is Deed.HARM and k >= mention.stop and _speaks(words, k, clause):
        return Told.CONTEXT
    noun = deed in (Deed.ATTACK, Deed.BLAST) or ("n.attack" in words[k].senses and k < mention.start - 1)
    if noun and any(_sense(words[j], "reaction", "topic") for j in range(clause.start, clause.end) if j != k):
        return Told.CONTEXT
    return Told.FRESH


def _counted(words: Sequence[Word], clause: Clause, k: int) -> bool:
    """Whether a deed is one of many in a sum ("so far", "600 times"); what follows a comma is said of something else."""
    end = next((j for j in range(k, clause.end) if words[j].senses.get("stop") == "comma"), clause.end)
    inside = range(clause.start, end)
    if any("rise" in words[j].senses for j in inside):
        return False
    return any("tally" in words[j].senses and (words[j].norm != "times" or "num" in words[j - 1].senses) for j in inside)


def _speaks(words: Sequence[Word], k: int, clause: Clause) -> bool:
    """Whether those who came to harm say something themselves: "soldier hurt in attack says ..."."""
    for j in range(k + 1, clause.end):
        if words[j].senses.get("stop") == "comma" or "be" in words[j].senses:
            return False
        if "say" in words[j].senses and words[j].norm in ("says", "say", "said", "tells", "told"):
            return not _sense(words[j - 1], "force.commands", "say", "country", "group", "force")
    return False


def _denied(words: Sequence[Word], clause: Clause, k: int, deed: Deed) -> bool:
    if any("deny" in words[j].senses for j in range(max(clause.start, k - 10), k)):
        return True
    near = 1 if deed in (Deed.ATTACK, Deed.BLAST) else 3
    return any("no" in words[j].senses for j in range(max(clause.start, k - near), k))


def _feared(words: Sequence[Word], clause: Clause, k: int, mention: Mention) -> bool:
    if clause.kind == "if" or any("drill" in word.senses for word in words):
        return True
    senses = words[k].senses
    forms = {form for sense, value in senses.items() if sense.startswith("v.") for form in value.split()}
    left = range(max(clause.start, k - 8), k)
    if any("modal" in words[j].senses for j in range(max(clause.start, k - 4), k)):
        return True
    infinitive = k > 0 and words[k - 1].norm == "to" and "base" in forms
    if infinitive:
        return not any(_sense(words[j], "v.fire", "weapon") for j in left)
    verb = forms and (not _sense(words[k], "n.attack", "n.blast") or k == mention.start - 1)
    if verb and "ing" not in forms:
        return False
    later = range(mention.stop, min(clause.end, mention.stop + 4))
    return (
        any(_sense(words[j], "threat", "found") for j in range(clause.start, k))
        or any(_sense(words[j], "threat", "modal") for j in later)
        or any(words[j].norm in ("unfired", "none fired") for j in range(k, len(words)))
    )


def _effect(words: Sequence[Word], parts: Sequence[Clause], clause: Clause) -> bool:
    """Whether the clause beside an "after ..." tells only what the attack did (blasts, sirens, smoke, dead)."""
    for part in parts:
        if part is clause or part.kind == "after":
            continue
        inside = words[part.start : part.end]
        if any(_sense(word, "n.blast", "n.siren", "v.kill", "v.land") or word.norm in ("damage", "damaged", "fire") for word in inside):
            return not any(_sense(word, "reaction", "history", "force.country") and not _sense(word, "v.kill") for word in inside)
    return False
