"""What speaks for and against an attack in an article, as named parts: events by place and telling, words by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from monitor.core.frames import Deed, Event, Sentence, Told, agent_of, clauses
from monitor.core.lexicon import Word
from monitor.core.targets import Reach
from monitor.core.when import TimeMention, TimeRole

# Words whose kind says what a sentence is about, and the name of the part they make.
_TOPICS = ("history", "topic", "reaction", "threat", "modal", "mishap", "update", "live", "exchange", "deny", "maybe", "foil",
           "no", "say", "elsewhere", "weapon", "ally", "group", "time", "n.blast", "n.siren", "v.kill", "v.intercept", "v.suffer",
           "v.land", "clause.after", "clause.if")  # fmt: skip
_LEAD_TOPICS = ("history", "reaction", "threat", "mishap", "update", "modal", "exchange", "elsewhere")
_MORE = 3  # sentences after the title that are read for the verdict besides the first


@dataclass(frozen=True, slots=True)
class Part:
    """One named reason, and the words it stands on (none: the whole text)."""

    name: str
    words: tuple[Word, ...] = ()


def strength(event: Event) -> str:
    """How surely the target of an event is a watched one."""
    mention = event.target
    if mention.reach is Reach.NAMED:
        return "soft" if mention.head in ("asset", "people", "site") else "strong"
    if mention.reach is Reach.KNOWN:
        return "weak" if mention.head == "gazweak" else "strong"
    return mention.reach.value


def parts(sentences: Sequence[Sentence], events: Sequence[Event], times: Sequence[TimeMention]) -> list[Part]:
    """Every part of the evidence; `times` are the expressions of time in the text."""
    old = _dated_back(sentences, times)
    found: dict[str, Part] = {}
    title = [n for n, sentence in enumerate(sentences) if sentence.title]
    body = [n for n, sentence in enumerate(sentences) if not sentence.title]
    mood = _mood(sentences, title)
    for part in (*_of_title(sentences, title, events), *_of_lead(sentences, body)):
        found.setdefault(part.name, part)
    for event in events:
        for part in _of_event(event, sentences, body, mood, old):
            found.setdefault(part.name, part)
    return list(found.values())


def _dated_back(sentences: Sequence[Sentence], times: Sequence[TimeMention]) -> frozenset[int]:
    """Sentences that date what they tell more than 72 hours back, and give it no fresher time."""
    found = []
    for n, sentence in enumerate(sentences):
        inside = [time for time in times if sentence.first <= time.start_token < sentence.last and time.role is not TimeRole.SAID]
        if inside and all(time.old for time in inside):
            found.append(n)
    return frozenset(found)


def _mood(sentences: Sequence[Sentence], title: Sequence[int]) -> str:
    """What a title without an attack of its own is about: turned (history, reaction ...), fighting, or plain."""
    words = [word for n in title for word in sentences[n].words]
    if any(not {"history", "reaction", "topic", "threat", "mishap"}.isdisjoint(word.senses) for word in words):
        return "turned"
    if any(not {"exchange", "n.attack", "n.blast", "v.hit", "v.intercept", "weapon", "n.siren"}.isdisjoint(word.senses) for word in words):
        return "fighting"
    return "plain"


def _of_event(
    event: Event, sentences: Sequence[Sentence], body: Sequence[int], mood: str, old: frozenset[int]
) -> Iterator[Part]:
    told = event.told
    if told is Told.FRESH and event.sentence in old:
        told = Told.PAST
    how = "by-us" if event.agent == "us" and event.target.reach is not Reach.NAMED else told.value
    words = (event.trigger, *sentences[event.sentence].words[event.target.start : event.target.end])
    sure = strength(event)
    if sentences[event.sentence].title:
        yield Part(f"title {how} {sure}", words)
        yield Part(f"title {event.deed.value} {how}", words)
        return
    rank = body.index(event.sentence)
    where = "lead" if rank == 0 else "next" if rank <= _MORE else "rest"
    yield Part(f"{where} {how} {sure}", words)
    if where != "rest":
        yield Part(f"{where} {how} {'watched' if sure in ('strong', 'soft') else 'other'} under {mood} title", words)
        yield Part(f"summary {event.deed.value} {how}", words)


def _of_title(sentences: Sequence[Sentence], title: Sequence[int], events: Sequence[Event]) -> Iterator[Part]:
    told = any(event.told is Told.FRESH and sentences[event.sentence].title and strength(event) in ("strong", "soft") for event in events)
    for n in title:
        sentence = sentences[n]
        yield from _topics("title", sentence.words, _TOPICS)
        if sentence.question:
            yield Part("title asks", (sentence.words[-1],))
        if not told:
            yield from _topics("title without attack:", sentence.words, ("history", "topic", "reaction", "threat", "update", "exchange", "mishap"))
        if any("force" in word.senses for word in sentence.words):
            yield Part("title names the force")
        yield from _own_attacks("title", sentence)
        yield from _mentions("title", sentence)


def _of_lead(sentences: Sequence[Sentence], body: Sequence[int]) -> Iterator[Part]:
    if not body:
        yield Part("title only")
    for rank, n in enumerate(body[: _MORE + 1]):
        where = "lead" if rank == 0 else "next"
        yield from _topics(where, sentences[n].words, _LEAD_TOPICS)
        yield from _own_attacks(where, sentences[n])
        yield from _mentions(where, sentences[n])


def _topics(where: str, words: Sequence[Word], kinds: Iterable[str]) -> Iterator[Part]:
    for kind in kinds:
        told = tuple(word for word in words if kind in word.senses)
        if told:
            yield Part(f"{where} {kind}", told[:1])


def _own_attacks(where: str, sentence: Sentence) -> Iterator[Part]:
    """A watched force or its ally attacking somebody."""
    words = sentence.words
    for clause in clauses(words):
        for k in range(clause.start, clause.end):
            if not {"v.hit", "n.attack", "v.fire"}.isdisjoint(words[k].senses) and agent_of(words, k, clause, Deed.ATTACK) == "us":
                yield Part(f"{where} attack by the force ({clause.kind})", (words[k],))
                break


def _mentions(where: str, sentence: Sentence) -> Iterator[Part]:
    for mention in sentence.mentions:
        words = tuple(sentence.words[mention.start : mention.end])
        yield Part(f"{where} names {mention.reach.value} {'people' if mention.head in ('troops', 'people') else 'place'}", words)
