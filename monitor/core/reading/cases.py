"""Which news leads: the one case that an article is, from what its title and its first sentences tell, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from monitor.core.reading.clauses import Sentence
from monitor.core.reading.deeds import Deed, agent_of
from monitor.core.reading.frames import Event
from monitor.core.reading.kinds import HOSTILE, tells
from monitor.core.reading.lexicon import Word
from monitor.core.reading.mentions import Reach
from monitor.core.reading.moods import Told, mishap

_LEAD = 3  # sentences of the body that may carry the news of a title that does not tell it itself
_PARTY = frozenset(("force", "force.commands"))
_PLAIN = (Deed.HIT, Deed.FIRED, Deed.LANDED, Deed.ATTACK)
_STRUCK = (Deed.HARM, Deed.HIT, Deed.LANDED)
_BLOWS = frozenset(("v.hit", "v.fire", "n.attack"))
_TURNS = ("history", "reaction", "topic", "threat", "mishap")


class Tier(StrEnum):
    """How surely an event is about a watched target."""

    WATCHED = "watched"  # a base or troops, by the words or the gazetteer
    SITES = "sites"  # the force's sites, positions, facilities
    THINGS = "things"  # the force's aircraft, gear or citizens, a base or a host country beside them
    LOOSE = "loose"  # a watched place beside words of attack
    SELF = "self"  # the force says that it stopped an attack, nobody says on what
    BESIDE = "beside"  # a base or troops of nobody or of a host, and the force's people are named beside it
    NAME = "name"  # a name that may be a base's
    TOWN = "town"  # a town that a base has its name from
    HOST = "host"  # a military place of a host country
    BARE = "bare"  # a base or troops, nobody says whose


class Mood(StrEnum):
    """What a title is about that tells no attack on a watched target."""

    FIGHTING = "fighting"
    STRIKES = "strikes"  # the watched force or its ally attacks
    ELSEWHERE = "elsewhere"  # fighting about ships, embassies, cities
    TURNED = "turned"
    EXCHANGE = "exchange"  # blows on both sides
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Case:
    """The case of an article and the words it stands on."""

    name: str
    words: tuple[Word, ...] = ()
    details: tuple[str, ...] = ()  # what was done, as names of further parts


def tier(event: Event, near: Near) -> Tier | None:
    """The tier of an event among what is named near it."""
    mention = event.target
    if event.deed is Deed.LOOSE and mention.reach is not Reach.HOST:
        return Tier.LOOSE if mention.reach.watched and event.agent != "us" else None
    if mention.reach is Reach.NAMED:
        if event.deed is Deed.DEFEND and mention.head in ("troops", "people"):
            return Tier.SELF
        if mention.head in ("asset", "people"):
            abroad = near.abroad and near.weapon and mention.head == "people"
            return Tier.THINGS if near.place or mention.countries or mention.region or abroad else None
        return Tier.SITES if mention.head == "site" else Tier.WATCHED
    if event.agent == "us":
        return None
    if mention.reach is Reach.KNOWN:
        if mention.head == "gazweak" and near.weapon and event.deed in _PLAIN:
            return Tier.WATCHED  # "rockets hit al-Asad"
        return {"gazweak": Tier.NAME, "town": Tier.TOWN}.get(mention.head, Tier.WATCHED)
    if mention.reach in (Reach.HOST, Reach.BARE):
        if near.hurt and event.deed in (*_PLAIN, Deed.HARM):
            return Tier.WATCHED  # "attack on Saudi base causes American casualties": theirs
        surely = event.agent == "enemy" or mention.reach is Reach.HOST or (near.weapon and event.deed in _STRUCK)
        if near.force or near.town or (near.answered and surely):
            return Tier.BESIDE
        return Tier.HOST if mention.reach is Reach.HOST else Tier.BARE
    return None


@dataclass(frozen=True, slots=True)
class Near:
    """What is named near: the force's people or bases, any base, a town; in the title the force, its harm, a weapon."""

    force: bool
    place: bool
    answered: bool
    hurt: bool
    weapon: bool
    town: bool
    abroad: bool


def _near(sentences: Sequence[Sentence], titles: Sequence[int], near: Sequence[int]) -> Near:
    mentions = [mention for n in near for mention in sentences[n].mentions]
    return Near(
        force=any(mention.reach is Reach.NAMED for mention in mentions),
        place=any(mention.head in ("base", "gaz") and mention.reach is not Reach.FOREIGN for mention in mentions),
        answered=any(not _PARTY.isdisjoint(word.senses) for n in titles for word in sentences[n].words),
        hurt=any(
            "force" in one.senses and "n.harm" in other.senses
            for n in titles
            for one, other in pairwise(sentences[n].words)
        ),
        weapon=any("weapon" in word.senses for n in titles for word in sentences[n].words),
        abroad=any(
            "country" in word.senses and not {"ally", "force"} & word.senses.keys()
            for n in titles
            for word in sentences[n].words
        ),
        town=any(mention.head == "town" and mention.reach.watched for mention in mentions),
    )


def case(sentences: Sequence[Sentence], events: Sequence[Event], dated: frozenset[int]) -> Case:
    """The case of an article; `dated` are sentences that date what they tell more than 72 hours back."""
    titles = [n for n, sentence in enumerate(sentences) if sentence.title]
    leads = [n for n, sentence in enumerate(sentences) if not sentence.title and not sentence.listed][:_LEAD]
    near = [*titles, *leads]
    around = _near(sentences, titles, near)
    hostile = any(tells(sentences[n].words, HOSTILE) for n in near)
    rated = [
        (event, rank, _told(event, sentences, dated, hostile))
        for event in events
        if event.sentence in near and (rank := tier(event, around)) is not None
    ]
    in_title = [item for item in rated if item[0].sentence in titles]
    in_lead = [item for item in rated if item[0].sentence in leads and item[1] is not Tier.TOWN]
    mood, turn = _mood([sentences[n] for n in titles])
    best = _best(in_title)
    if best is not None and (best[2] is not Told.FRESH or best[1] not in _FAINT):
        under = f", {turn}" if best[2] is Told.FRESH and (turn := _turn_before(sentences, best[0])) else ""
        return Case(
            f"title: {best[2].value} {best[1].value}{under}", _span(sentences, best[0]), _details(sentences, best)
        )
    lead = _best(in_lead)
    if lead is not None:
        under = f"{mood.value} title" if not turn else f"{turn} title"
        return Case(
            f"lead: {lead[2].value} {lead[1].value}, {under}", _span(sentences, lead[0]), _details(sentences, lead)
        )
    if best is not None:
        return Case(f"title: {best[2].value} {best[1].value}", _span(sentences, best[0]), _details(sentences, best))
    return Case(f"no deed, {mood.value} title")


_Rated = tuple[Event, Tier, Told]
_ORDER = (Told.FRESH, Told.DENIED, Told.TALLY, Told.FEARED, Told.CONTEXT, Told.PAST, Told.NOT)
_TIERS = tuple(Tier)
_FAINT = (Tier.LOOSE, Tier.SELF, Tier.TOWN, Tier.HOST, Tier.BARE)  # a clearer deed in the lead goes before them


def _best(rated: Sequence[_Rated]) -> _Rated | None:
    """The event that leads: of the surest tier that is told at all, the freshest."""
    return min(rated, key=lambda item: (item[1] in _FAINT, _ORDER.index(item[2]), _TIERS.index(item[1])), default=None)


def _details(sentences: Sequence[Sentence], rated: _Rated) -> tuple[str, ...]:
    """The deed, how it is told, and what a sum of many attacks is known by: ruin, perfect tense, numbers."""
    event, _, told = rated
    words = sentences[event.sentence].words
    k = words.index(event.trigger)
    plural = words[event.target.end - 1].norm.endswith("s") and event.target.head not in ("troops", "people")
    ruin = "v.damage" in event.trigger.senses
    found = [f"deed: {event.deed.value}", f"deed: {event.deed.value} {told.value}"]
    found += ["ruin of many places"] if ruin and plural else ["ruin"] if ruin else []
    found += ["perfect tense"] if k and "have" in words[k - 1].senses else []
    if event.deed is Deed.HARM and any(
        _number(word) >= _HUNDRED for word in words[max(0, event.target.start - 3) : event.target.end]
    ):
        found.append("a hundred hurt")
    return tuple(found)


_HUNDRED = 100  # people hurt or things hit: only a war, or an estimate of long after, has so many


def _number(word: Word) -> int:
    digits = word.norm.replace(",", "")
    return int(digits) if digits.isdigit() and len(digits) < 8 else 0


def _told(event: Event, sentences: Sequence[Sentence], dated: frozenset[int], hostile: bool) -> Told:
    if event.told is not Told.FRESH:
        return event.told
    words = sentences[event.sentence].words
    if event.deed in (Deed.HARM, Deed.BLAST, Deed.WEAPON, Deed.LOOSE) and mishap(words):
        return Told.NOT
    if "aflame" in event.trigger.senses and not tells(words, HOSTILE):
        return Told.NOT  # "base in flames": nobody says by what
    active = event.trigger.first < words[event.target.start].first
    named = any("update" in word.senses for word in words)  # the dead of a mishap are named too, but then it is told
    if event.deed is Deed.HARM and not (hostile or active or named):
        return Told.NOT
    if event.target.reach is not Reach.KNOWN and _crowd(words, event):
        return Told.TALLY
    return Told.PAST if event.sentence in dated else Told.FRESH


def _mood(titles: Sequence[Sentence]) -> tuple[Mood, str]:
    """The mood of a title, and the kind of the first word that turns it; what only follows "after" turns nothing."""
    fighting, strikes, elsewhere, turn = False, False, False, ""
    for sentence in titles:
        words = sentence.words
        for part in sentence.clauses:
            for k in range(part.start, part.end):
                senses = words[k].senses
                if not senses:
                    continue
                if "exchange" in senses:
                    return Mood.EXCHANGE, ""
                if part.kind in ("about", "after"):
                    continue
                fighting = fighting or not HOSTILE.isdisjoint(senses)
                elsewhere = elsewhere or "elsewhere" in senses
                elsewhere = elsewhere or _on_others(words, k)
                strikes = strikes or (not _BLOWS.isdisjoint(senses) and agent_of(words, k, part, Deed.ATTACK) == "us")
                turn = turn or next(
                    (kind for kind in _TURNS if kind in senses), "ask" if k == part.start and "ask" in senses else ""
                )
    if turn:
        return Mood.TURNED, turn
    return (
        Mood.STRIKES
        if strikes
        else Mood.ELSEWHERE
        if fighting and elsewhere
        else Mood.FIGHTING
        if fighting
        else Mood.PLAIN
    ), ""


def _on_others(words: Sequence[Word], k: int) -> bool:
    """Whether the deed at a word is done to an ally or a party, not to a host or a force."""
    if _BLOWS.isdisjoint(words[k].senses):
        return False
    for word in words[k + 1 : k + 5]:
        if not {"ally", "group"}.isdisjoint(word.senses):
            return True
        if "stop" in word.senses or not {"force", "base", "troops", "country"}.isdisjoint(word.senses):
            return False
    return False


def _turn_before(sentences: Sequence[Sentence], event: Event) -> str:
    """The kind of a word before a deed, in its clause, or at the very beginning, that makes the deed not the news."""
    sentence = sentences[event.sentence]
    words = sentence.words
    k = words.index(event.trigger)
    if "ask" in words[0].senses:
        return "question" if sentence.question else "ask"
    if any("topic" in word.senses for word in words):
        return "topic"
    part = next(part for part in sentence.clauses if part.start <= k < part.end)
    if "ask" in words[part.start].senses and part.kind == "main":
        return "ask"
    start = part.start
    if not {"v.hit", "v.fire"}.isdisjoint(event.trigger.senses):  # a verb of its own after a comma: "..., hits base"
        start = max(
            [part.start, *(j for j in range(part.start, k) if words[j].senses.get("stop") == "comma" and k - j <= 2)]
        )
    kinds = (kind for word in words[start:k] for kind in _TURNS if kind in word.senses)
    return next(kinds, "")


_PLACES = frozenset(("base", "site", "asset", "gaz", "force.bases"))
_COUNTED = _PLACES | {
    "weapon", "troops", "people", "n.attack", "n.blast", "n.harm", "v.kill", "v.fire", "v.intercept", "group",
}  # fmt: skip
_CROWD = 10  # bases or aircraft: nobody hits so many at once, a sum is told


def _crowd(words: Sequence[Word], event: Event) -> bool:
    """Whether the target is a number of bases, sites or aircraft too great for one attack."""
    if event.target.head in ("troops", "people"):
        return False
    near, start, end = max(0, event.target.start - 3), event.target.start, event.target.end
    if any("most" in word.roles for word in words[near:end]):
        return True
    for j in range(min(near, words.index(event.trigger)), end):
        counted = next((i for i in range(j + 1, end) if not _COUNTED.isdisjoint(words[i].senses)), end)
        if counted == end or "weapon" in words[counted].senses or _PLACES.isdisjoint(words[counted].senses):
            continue
        if _number(words[j]) >= (_CROWD if counted >= start else _HUNDRED):
            return True  # "42 aircraft"; "obliterated 228 structures at bases", not "hit 18 targets at bases"
    return False


def _span(sentences: Sequence[Sentence], event: Event) -> tuple[Word, ...]:
    return (event.trigger, *sentences[event.sentence].words[event.target.start : event.target.end])
