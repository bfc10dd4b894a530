"""How a deed is told: as fresh, as context of other news, one of many, of the past, feared or denied."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from monitor.core.reading.clauses import Clause, has
from monitor.core.reading.deeds import Deed
from monitor.core.reading.kinds import FOUGHT, tells
from monitor.core.reading.lexicon import Word
from monitor.core.reading.mentions import Mention

_AFTER = 6  # words after a target that may turn the attack on it into context: "attack on base raises questions"
_TRACES = ("n.blast", "n.siren", "v.land", "v.suffer", "weapon", "burnt")  # what an attack leaves to be seen and heard
_WAR = 3_000  # so many of anything are a war's sum, or a year: no attack has had them
_MANY = 4  # attacks counted in one breath: fewer may be one night's


class Told(StrEnum):
    """How an event is told."""

    FRESH = "fresh"
    CONTEXT = "context"  # in a clause that says after, since, amid ... something else is the news
    TALLY = "tally"  # one of many that are counted together
    PAST = "past"  # with a time or a word of memory
    FEARED = "feared"  # threatened, planned, possible, conditional
    DENIED = "denied"
    NOT = "not"  # no attack: negated, an accident


def told(words: Sequence[Word], parts: Sequence[Clause], clause: Clause, deed: Deed, k: int, mention: Mention) -> Told:
    """How the deed at word k is told."""
    harm = deed is Deed.HARM
    if _denied(words, clause, k, deed):
        return Told.DENIED
    if _feared(words, clause, k, mention, deed):
        return Told.FEARED
    if (harm and mishap(words) and not tells(words, FOUGHT)) or any("undone" in word.senses for word in words):
        return Told.NOT
    before = words[clause.start : k]
    if any("weather" in word.senses for word in before) and not any("weapon" in word.senses for word in before):
        return Told.NOT  # "typhoon strikes US base"
    if "supposing" in words[0].roles:
        return Told.CONTEXT  # "Why are US bases under attack?": it is known already
    if any("history" in words[j].senses for j in range(max(clause.start, k - 6), k)):
        return Told.PAST
    if (harm and (_sum_of(words, mention.start) or _since_war(words, k))) or _counted(words, clause, k, deed):
        return Told.TALLY
    if _aside(words, parts, clause, k, mention) or (harm and k >= mention.stop and _speaks(words, k, clause)):
        return Told.CONTEXT
    noun = deed in (Deed.ATTACK, Deed.BLAST) or ("n.attack" in words[k].senses and _is_noun(words, k))
    return Told.CONTEXT if noun and _spoken_of(words, clause, k, mention) else Told.FRESH


def _aside(words: Sequence[Word], parts: Sequence[Clause], clause: Clause, k: int, mention: Mention) -> bool:
    """Whether a deed stands in a clause that only says what something else is about, or which one is meant."""
    if clause.kind == "about":
        return True
    forms = _forms(words[k])
    opens = k == clause.start and (k == 0 or words[k - 1].senses.get("stop") == "colon")
    if opens and "ing" in forms and "v.hit" in words[k].senses and "n.attack" not in words[k].senses:
        return True  # "A campaign: attacking the US Air Force": a heading
    if k and "always" in words[k - 1].senses and forms & {"base", "s"} and "past" not in forms:
        return True  # "attacks only target US assets": a rule, no news
    if clause.kind == "after" and ("later" in words[clause.start].senses or not _effect(words, parts, clause)):
        return True
    if clause.start < k < mention.start and "relative" in words[k - 1].senses:
        return True
    return mention.stop < k and "relative" in words[mention.stop].senses  # "leaves base that was hit again and again"


def _spoken_of(words: Sequence[Word], clause: Clause, k: int, mention: Mention) -> bool:
    """Whether an attack by its name is what is spoken of: what it means, sparks or cost, or that it ceased."""
    around = (*words[clause.start : k], *words[k + 1 : min(clause.end, mention.stop + _AFTER)])
    if any(has(word, "reaction", "topic") for word in around):
        return True
    before = words[max(clause.start, k - 4) : k]
    if any(word.norm == "from" and "link.from" in word.senses for word in before):
        return True  # "losses from Iran's attacks on bases"
    if words[k].norm.endswith("s") and any("cease" in word.senses for word in before):
        return True  # "militias suspend attacks"
    return any("means" in word.senses for word in words[mention.stop : min(clause.end, mention.stop + 3)])


def _forms(word: Word) -> set[str]:
    """The forms of the verbs that a word may be."""
    return {form for sense, value in word.senses.items() if sense.startswith("v.") for form in value.split()}


def mishap(words: Sequence[Word]) -> bool:
    """Whether a sentence tells of an accident: by its name, or as the crash of an aircraft."""
    if any("mishap" in word.senses for word in words):
        return True
    crash = any(
        "crash" in later.roles and any("asset" in word.senses for word in words[max(0, k - 4) : k])
        for k, later in enumerate(words)
    )
    return crash and not tells(words, FOUGHT)


def _since_war(words: Sequence[Word], k: int) -> bool:
    """Whether harm is counted since a war began; one attack may be the first since then."""
    if any(has(word, "n.attack", "weapon", "superlative") for word in words):
        return False
    since = next((j for j in range(k, len(words)) if words[j].norm == "since"), len(words))
    return any("war" in word.senses for word in words[since : since + 10])


def _sum_of(words: Sequence[Word], start: int) -> bool:
    """Whether people are told as a sum: "the number of soldiers killed"."""
    return start > 1 and words[start - 1].norm == "of" and "sum_of" in words[start - 2].roles


def _is_noun(words: Sequence[Word], k: int) -> bool:
    """Whether "strikes", "hit" ... is a noun: an article before it, a preposition after it."""
    before = k > 0 and "determiner" in words[k - 1].senses
    return before or (k + 1 < len(words) and "preposition" in words[k + 1].roles)


def _counted(words: Sequence[Word], clause: Clause, k: int, deed: Deed) -> bool:
    """Whether a deed is one of many in a sum ("so far", "600 times"); what follows a comma speaks of another."""
    end = next((j for j in range(k, clause.end) if words[j].senses.get("stop") == "comma"), clause.end)
    inside = range(clause.start, end)
    if any(has(words[j], "rise", "superlative") for j in inside):
        return False  # a sum that changes is news, and so is one attack that is measured against others
    if deed is not Deed.HARM and any("compared" in word.senses for word in words[k:]):
        return True
    if deed is Deed.HARM and any(_many(words, j) for j in range(max(clause.start, 1), end)):
        return True
    if _many(words, k) and not any("ago" in words[j].senses for j in inside):
        return True
    kinds = ("tally", "war_tally") if deed is Deed.HARM else ("tally",)
    if any(
        word.norm.isdigit() and int(word.norm) >= _WAR for word in words[clause.start : k + 4] if "num" in word.senses
    ):
        return True
    if "n.attack" in words[k].senses and any(
        "reach" in words[j].roles and "num" in words[j + 1].senses for j in range(k + 1, clause.end - 1)
    ):
        return True  # "attacks on US troops reach 100"
    return any(
        has(words[j], *kinds) and ("times" not in words[j].roles or "num" in words[j - 1].senses) for j in inside
    )


def _many(words: Sequence[Word], k: int) -> bool:
    """Whether a number of attacks is told, too great for one: "thirteen attacks on US troops"."""
    counted = ("n.attack" in words[k].senses and "n.impact" not in words[k].senses) or "counted" in words[k].roles
    if not counted or not words[k].norm.endswith("s") or not k:
        return False
    if "superlative" in words[k - 1].senses and "ago" not in words[k - 1].senses:
        return True  # "the deadliest attacks on US bases"
    if k > 1 and words[k - 1].norm == "of" and "sum" in words[k - 2].roles:
        return True  # "dozens of attacks"
    if words[k - 1].norm.isalpha() and "num" in words[k - 1].senses and "few" not in words[k - 1].roles:
        return True
    return (words[k - 1].norm.isdigit() and int(words[k - 1].norm) >= _MANY) or "sum" in words[k - 1].roles


def _speaks(words: Sequence[Word], k: int, clause: Clause) -> bool:
    """Whether those who came to harm say something themselves: "soldier hurt in attack says ..."."""
    for j in range(k + 1, clause.end):
        if words[j].senses.get("stop") == "comma" or "be" in words[j].senses:
            return False
        if "say" in words[j].senses and "speaks" in words[j].roles:
            return not has(words[j - 1], "force.commands", "say", "country", "group", "force")
    return False


def _denied(words: Sequence[Word], clause: Clause, k: int, deed: Deed) -> bool:
    if any("deny" in words[j].senses for j in range(max(clause.start, k - 10), k)):
        return True
    near = 1 if deed in (Deed.ATTACK, Deed.BLAST) else 3
    return any("no" in words[j].senses for j in range(max(clause.start, k - near), k))


def _feared(words: Sequence[Word], clause: Clause, k: int, mention: Mention, deed: Deed) -> bool:
    if clause.kind == "if" or any("drill" in word.senses for word in words):
        return True
    forms = _forms(words[k])
    left = range(max(clause.start, k - 8), k)
    if any("modal" in words[j].senses for j in range(max(clause.start, k - 4), k)):
        return True
    infinitive = k > 0 and words[k - 1].norm == "to" and "base" in forms
    if infinitive:
        return not any(has(words[j], "v.fire", "weapon") for j in left)
    thing = deed in (Deed.LOOSE, Deed.WEAPON)  # only a weapon is named, no deed
    verb = not thing and forms and (not has(words[k], "n.attack", "n.blast") or k == mention.start - 1)
    if verb and "ing" not in forms:
        return False
    later = range(mention.stop, min(clause.end, mention.stop + 4))
    return (
        any(has(words[j], "threat", "found") for j in range(clause.start, max(k, mention.start) if thing else k))
        or any(has(words[j], "threat", "modal") for j in later)
        or any("unused" in words[j].roles for j in range(k, len(words)))
    )


def _effect(words: Sequence[Word], parts: Sequence[Clause], clause: Clause) -> bool:
    """Whether the clause beside an "after ..." tells only what the attack did (blasts, sirens, smoke, troops dead)."""
    for part in parts:
        if part is clause or part.kind in ("after", "about"):
            continue
        inside = words[part.start : part.end]
        if any(has(word, "reaction", "history", "ally", "group") for word in inside):
            return False
        hurt = any("v.kill" in word.senses for word in inside) and any(
            has(word, "troops", "people", "force.troops") for word in inside
        )
        if hurt:
            return True
        if any(has(word, "force.country", "force.adjective") for word in inside):
            return False
        if any(has(word, *_TRACES) for word in inside):
            return True
    return False
