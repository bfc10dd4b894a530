"""Which news leads: the one case that an article is, from what its title and its first sentences tell, and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.frames import Deed, Event, Sentence, Told, clauses
from monitor.core.lexicon import Word
from monitor.core.targets import Reach

_LEAD = 3  # sentences of the body that may carry the news of a title that does not tell it itself
_HOSTILE = frozenset(("n.attack", "n.blast", "weapon", "v.hit", "v.fire", "v.intercept", "exchange", "n.siren", "group"))
_TURNS = ("history", "reaction", "topic", "threat", "mishap")


class Tier(StrEnum):
    """How surely an event is about a watched target."""

    WATCHED = "watched"  # a base or troops, by the words or the gazetteer
    THINGS = "things"  # the force's aircraft, sites or citizens
    BESIDE = "beside"  # a base or troops of nobody or of a host, and the force's people are named beside it
    NAME = "name"  # a name that may be a base's
    HOST = "host"  # a military place of a host country
    BARE = "bare"  # a base or troops, nobody says whose


class Mood(StrEnum):
    """What a title is about that tells no attack on a watched target."""

    FIGHTING = "fighting"
    TURNED = "turned"
    EXCHANGE = "exchange"  # blows on both sides
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Case:
    """The case of an article and the words it stands on."""

    name: str
    words: tuple[Word, ...] = ()


def tier(event: Event, beside: bool) -> Tier | None:
    """The tier of an event; `beside`: a watched force's people or bases are named in the title or the lead."""
    mention = event.target
    if mention.reach is Reach.NAMED:
        return Tier.THINGS if mention.head in ("asset", "people", "site") else Tier.WATCHED
    if event.agent == "us":
        return None
    if mention.reach is Reach.KNOWN:
        return Tier.NAME if mention.head == "gazweak" else Tier.WATCHED
    if mention.reach in (Reach.HOST, Reach.BARE):
        if beside:
            return Tier.BESIDE
        return Tier.HOST if mention.reach is Reach.HOST else Tier.BARE
    return None


def case(sentences: Sequence[Sentence], events: Sequence[Event], dated: frozenset[int]) -> Case:
    """The case of an article; `dated` are sentences that date what they tell more than 72 hours back."""
    titles = [n for n, sentence in enumerate(sentences) if sentence.title]
    leads = [n for n, sentence in enumerate(sentences) if not sentence.title][:_LEAD]
    near = [*titles, *leads]
    beside = any(mention.reach is Reach.NAMED for n in near for mention in sentences[n].mentions)
    answered = any("force" in word.senses for n in titles for word in sentences[n].words)
    hostile = any(not _HOSTILE.isdisjoint(word.senses) for n in near for word in sentences[n].words)
    rated = [
        (event, rank, _told(event, sentences, dated, hostile))
        for event in events
        if event.sentence in near and (rank := tier(event, beside or (answered and event.agent == "enemy"))) is not None
    ]
    in_title = [item for item in rated if item[0].sentence in titles]
    in_lead = [item for item in rated if item[0].sentence in leads]
    mood, turn = _mood([sentences[n] for n in titles])
    best = _best(in_title)
    if best is not None and (best[2] is not Told.FRESH or best[1] in (Tier.WATCHED, Tier.THINGS, Tier.BESIDE, Tier.NAME)):
        under = f", {turn}" if best[2] is Told.FRESH and (turn := _turn_before(sentences, best[0])) else ""
        return Case(f"title: {best[2].value} {best[1].value}{under}", _span(sentences, best[0]))
    lead = _best(in_lead)
    if lead is not None:
        under = f"{mood.value} title" if not turn else f"{turn} title"
        return Case(f"lead: {lead[2].value} {lead[1].value}, {under}", _span(sentences, lead[0]))
    if best is not None:
        return Case(f"title: {best[2].value} {best[1].value}", _span(sentences, best[0]))
    return Case(f"no deed, {mood.value} title")


_Rated = tuple[Event, Tier, Told]
_ORDER = (Told.FRESH, Told.DENIED, Told.FEARED, Told.CONTEXT, Told.PAST, Told.NOT)
_TIERS = (Tier.WATCHED, Tier.THINGS, Tier.BESIDE, Tier.NAME, Tier.HOST, Tier.BARE)


def _best(rated: Sequence[_Rated]) -> _Rated | None:
    """The event that leads: of the surest tier that is told at all, the freshest."""
    return min(rated, key=lambda item: (item[1] in (Tier.HOST, Tier.BARE), _ORDER.index(item[2]), _TIERS.index(item[1])), default=None)


def _told(event: Event, sentences: Sequence[Sentence], dated: frozenset[int], hostile: bool) -> Told:
    if event.told is not Told.FRESH:
        return event.told
    words = sentences[event.sentence].words
    if event.deed in (Deed.HARM, Deed.BLAST, Deed.WEAPON) and any("mishap" in word.senses for word in words):
        return Told.NOT
    if event.deed is Deed.HARM and not hostile:
        return Told.NOT
    return Told.PAST if event.sentence in dated else Told.FRESH


def _mood(titles: Sequence[Sentence]) -> tuple[Mood, str]:
    """The mood of a title, and the kind of the first word that turns it; what only follows "after" turns nothing."""
    fighting, turn = False, ""
    for sentence in titles:
        for part in clauses(sentence.words):
            for k in range(part.start, part.end):
                senses = sentence.words[k].senses
                if "exchange" in senses:
                    return Mood.EXCHANGE, ""
                fighting = fighting or not _HOSTILE.isdisjoint(senses)
                if part.kind != "after" and not turn:
                    turn = next((kind for kind in _TURNS if kind in senses), "ask" if k == part.start and "ask" in senses else "")
    return (Mood.TURNED if turn else Mood.FIGHTING if fighting else Mood.PLAIN), turn


def _turn_before(sentences: Sequence[Sentence], event: Event) -> str:
    """The kind of a word before a deed, in its clause, or at the very beginning, that makes the deed not the news."""
    words = sentences[event.sentence].words
    k = words.index(event.trigger)
    if "ask" in words[0].senses:
        return "ask"
    part = next(part for part in clauses(words) if part.start <= k < part.end)
    kinds = (kind for word in words[part.start : k] for kind in _TURNS if kind in word.senses)
    return next(kinds, "")


def _span(sentences: Sequence[Sentence], event: Event) -> tuple[Word, ...]:
    return (event.trigger, *sentences[event.sentence].words[event.target.start : event.target.end])
