"""From the events of a judged article to its attacks: one per target, with its facts; and those told again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from spacy.tokens import Doc

from monitor.core.facts.reader import FactReader
from monitor.core.reading.broken import Broken
from monitor.core.reading.clauses import Sentence
from monitor.core.reading.deeds import Deed
from monitor.core.reading.frames import Event
from monitor.core.reading.mentions import Mention, Reach
from monitor.core.reading.moods import Told
from monitor.core.reading.targets import Targets
from monitor.core.records import Article, Attack, Facts, Knowledge, Label, Target, Watch

_OLDER = 4  # attacks of the past that are kept of one article
_NEAR = 3  # sentences after the title that may say where it was
_SPEAKS = 8  # words after a country in which it says something: "Kuwait, which hosts US forces, says"
_PASSED = frozenset(("determiner", "modifier"))  # what may stand between a preposition and its place
_LINKS = frozenset(("link.near", "link.at", "v.hit", "base", "force.bases"))
_NAMES = frozenset(("gaz", "gazweak"))
_SURE_HEADS = frozenset(("gaz", "base"))
_ASIDE = frozenset(("hosting", "guests"))
_REACHES = (Reach.NAMED, Reach.KNOWN, Reach.HOST, Reach.BARE)


@dataclass(frozen=True, slots=True)
class Tale:
    """What an article tells of attacks."""

    attacks: tuple[Attack, ...]
    facts: Facts
    countries: tuple[str, ...]
    older: tuple[Attack, ...]


class Teller:
    """Makes attacks of events, with the gazetteer, the time zones of countries and a reader of facts."""

    def __init__(self, knowledge: Knowledge, watch: Watch, targets: Targets, facts: FactReader) -> None:
        self._targets = targets
        self._facts = facts
        self._force = watch.forces[0] if watch.forces else "US"
        countries = [place for place in knowledge.places if place.kind == "country" and len(place.countries) == 1]
        self._names = {place.countries[0]: place.name for place in countries}
        self._zones = {place.countries[0]: place.tz for place in countries}
        self._broken = Broken(countries)

    def tell(
        self, article: Article, doc: Doc, sentences: Sequence[Sentence], events: Sequence[Event], label: Label
    ) -> Tale:
        """The attacks of an article with this label: those that are its news, and those that are history."""
        told = self._struck(self._military(self._news(events, label)), sentences)
        told = self._leading(told, sentences)
        older = [
            event for event in events if event not in told and event.told is Told.PAST and event.target.reach.watched
        ]
        targets = self._places(article.published, told, events, sentences)
        ranges = [(sentences[n].first, sentences[n].last) for n in sorted({event.sentence for event in told})]
        if label.flagged and not ranges:
            ranges = [(sentences[0].first, sentences[0].last)]
            targets = targets or self._named(sentences)
        if not label.flagged:
            return Tale(
                (),
                Facts(),
                _ordered(code for target in targets for code in target.countries),
                self._older(article, doc, sentences, older),
            )
        targets = targets or [Target("", "", (), self._force)]
        late = label is Label.UPDATE
        facts = self._read(article, doc, ranges, targets[0], late)
        attacks = tuple(
            Attack(
                target,
                facts
                if len(targets) == 1
                else self._read(article, doc, self._of(target, told, sentences) or ranges, target, late),
            )
            for target in targets
        )
        return Tale(
            attacks,
            facts,
            _ordered(code for target in targets for code in target.countries),
            self._older(article, doc, sentences, older),
        )

    @staticmethod
    def _news(events: Sequence[Event], label: Label) -> list[Event]:
        """The events that are the article's news: what is told as fresh, or for an update what it is about."""
        possible = [
            event
            for event in events
            if event.target.reach in _REACHES and not (event.agent == "us" and not event.target.reach.watched)
        ]
        fresh = [event for event in possible if event.told is Told.FRESH]
        if label is Label.UPDATE or not fresh:
            fresh = [event for event in possible if event.told in (Told.FRESH, Told.CONTEXT, Told.PAST, Told.DENIED)]
        return fresh

    @staticmethod
    def _military(told: list[Event]) -> list[Event]:
        """The events without those at a town of a base's name, where others are surely at bases of other countries."""
        sure = {code for event in told if event.target.reach is Reach.NAMED for code in event.target.countries}
        return [
            one for one in told if one.target.head != "town" or not sure or not sure.isdisjoint(one.target.countries)
        ]

    @staticmethod
    def _struck(told: list[Event], sentences: Sequence[Sentence]) -> list[Event]:
        """The events without those at what only says where another base lies ("Victoria base near Baghdad airport"),
        and without words of attack in the text beside a base that the title's news is not about."""
        places = [(one.sentence, one.target) for one in told if one.target.bases]
        titled = {base for n, target in places if sentences[n].title for base in target.bases}

        def landmark(event: Event) -> bool:
            words = sentences[event.sentence].words
            named = (k for k in range(event.target.start, event.target.end) if not _NAMES.isdisjoint(words[k].senses))
            at = next(named, 0)
            while at and "determiner" in words[at - 1].senses:
                at -= 1
            return any(
                n == event.sentence
                and target.end < at < target.stop
                and not {"link.near", "link.at"}.isdisjoint(words[at - 1].senses)
                and set(target.bases).isdisjoint(event.target.bases)
                for n, target in places
            )

        def stray(event: Event) -> bool:
            beside = event.deed is Deed.LOOSE and not sentences[event.sentence].title
            return beside and bool(titled) and titled.isdisjoint(event.target.bases)

        return [one for one in told if not one.target.bases or not (landmark(one) or stray(one))]

    @staticmethod
    def _leading(told: list[Event], sentences: Sequence[Sentence]) -> list[Event]:
        """The events of the title and the lead, where they name a base: what a long text adds after that is context."""
        first = next((n for n, sentence in enumerate(sentences) if not sentence.title), len(sentences))
        leading = [event for event in told if event.sentence < first + _NEAR]
        return leading if any(event.target.bases for event in leading) else told

    def _places(
        self, at: datetime, told: Sequence[Event], events: Sequence[Event], sentences: Sequence[Sentence]
    ) -> list[Target]:
        """One target per base; one per country, region or nowhere only where no base says more."""
        bases = _ordered(base for event in told for base in event.target.bases if self._targets.known(base))
        countries = _ordered(code for event in told if not event.target.bases for code in event.target.countries)
        if not bases:  # named further on: "a base in Iraq", then "Victory Base"
            bases = _ordered(
                base
                for event in events
                for base in event.target.bases
                if event.sentence <= _NEAR
                and (not countries or self._targets.bases[base].country in countries)
                and event.target.reach.watched
            )
        bases = bases or self._named_beside(countries, told, events, sentences[: _NEAR + 1])
        covered = {self._targets.bases[base].country for base in bases}
        if not bases and not countries:
            broken = self._broken.country(sentences, lambda code: self._targets.hosts(code, at))
            countries = (broken,) if broken else ()
        if not bases and not countries:
            countries = self._hinted(
                at, [sentences[n] for n in sorted({event.sentence for event in told})] if sentences else ()
            )
        if not bases and not countries:
            countries = _ordered(
                code for event in events if event.target.reach.watched for code in event.target.countries
            )
        if not bases and not countries:
            countries = self._hinted(at, sentences[: _NEAR + 1]) or self._speaking(at, sentences[: _NEAR + 1])
        found = [self._base(base) for base in bases]
        force = next((event.target.force for event in told if event.target.force), self._force)
        found += [Target("", self._names.get(code, code), (code,), force) for code in countries if code not in covered]
        region = next((event.target.region for event in told if event.target.region), "")
        if not found and region:
            found = [Target("", region, (), force)]
        return found

    def _named_beside(
        self,
        countries: Sequence[str],
        told: Sequence[Event],
        events: Sequence[Event],
        sentences: Sequence[Sentence],
    ) -> tuple[str, ...]:
        """The one base that the first sentences name without a deed, in the attacked country where that is known.

        Not one of another attack, nor one that is only said to be near, to host somebody or to be left: "across from".
        """
        others = {base for event in events if event not in told for base in event.target.bases}
        named = _ordered(
            base
            for sentence in sentences
            for mention in sentence.mentions
            if mention.head in _SURE_HEADS and mention.reach.watched
            for base in mention.bases
            if base not in others
            and (not countries or self._targets.bases[base].country in countries)
            and not (mention.start and _ASIDE & sentence.words[mention.start - 1].senses.keys())
            and not (mention.start and "away" in sentence.words[mention.start - 1].roles)
        )
        return named if len(named) == 1 else ()

    def _hinted(self, at: datetime, sentences: Sequence[Sentence]) -> tuple[str, ...]:
        """Countries that host the force and stand near the beginning: after a preposition of place, or attacked, or as
        what a sentence opens with ("Kuwait: drones hit US base")."""
        codes: list[str] = []
        for sentence in sentences:
            words = sentence.words
            linked = len(words) > 1 and words[1].senses.get("stop") == "colon"
            for word in words:
                senses = word.senses
                if not senses:
                    linked = linked and word.norm == "and"
                elif "country" in senses or "city" in senses:
                    told = senses.get("country", senses.get("city", "")).split()
                    codes += [
                        code for code in told if linked and self._targets.hosts(code, at) and "ally" not in senses
                    ]
                elif _PASSED.isdisjoint(senses) and senses.get("stop") != "comma" and word.norm != "and":
                    linked = not _LINKS.isdisjoint(senses)
        return _ordered(codes)

    def _speaking(self, at: datetime, sentences: Sequence[Sentence]) -> tuple[str, ...]:
        """The first country that hosts the force and tells of fire itself: "Kuwait says it intercepted missiles"."""
        for sentence in sentences:
            words = sentence.words
            if not any({"n.attack", "weapon", "v.hit"} & word.senses.keys() for word in words):
                continue
            for k, word in enumerate(words):
                code = word.senses.get("country", "")
                opens = k == 0 or {"stop", "clause.as"} & words[k - 1].senses.keys()
                says = any("say" in after.senses for after in words[k + 1 : k + _SPEAKS])
                if opens and says and "ally" not in word.senses and self._targets.hosts(code, at):
                    return (code,)
        return ()

    def _named(self, sentences: Sequence[Sentence]) -> list[Target]:
        """Without any event: the first watched place that is named."""
        mentions: list[Mention] = [
            mention for sentence in sentences for mention in sentence.mentions if mention.reach.watched
        ]
        for mention in mentions:
            if mention.bases:
                return [self._base(mention.bases[0])]
            if mention.countries:
                return [Target("", self._names.get(code, code), (code,), self._force) for code in mention.countries]
        return []

    def _base(self, id: str) -> Target:
        base = self._targets.bases[id]
        return Target(base.id, base.name, (base.country,) if base.country else (), self._force, base.lat, base.lon)

    def _of(self, target: Target, events: Sequence[Event], sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
        """The sentences whose events are about this target; those about none in particular belong to all."""
        chosen = {
            event.sentence
            for event in events
            if target.base in event.target.bases
            or (
                not event.target.bases
                and (not event.target.countries or not set(target.countries).isdisjoint(event.target.countries))
            )
        }
        return [(sentences[n].first, sentences[n].last) for n in sorted(chosen)]

    def _read(
        self, article: Article, doc: Doc, ranges: Sequence[tuple[int, int]], target: Target, late: bool = False
    ) -> Facts:
        base = self._targets.bases.get(target.base)
        zone = base.tz if base and base.tz else self._zones.get(target.countries[0], "") if target.countries else ""
        return self._facts.read(doc, ranges, article, zone, target.countries, late)

    def _older(
        self, article: Article, doc: Doc, sentences: Sequence[Sentence], events: Sequence[Event]
    ) -> tuple[Attack, ...]:
        found: dict[Target, Attack] = {}
        for event in events:
            for target in self._places(article.published, [event], [event], ())[:2]:
                sentence = sentences[event.sentence]
                if target not in found and len(found) < _OLDER:
                    found[target] = Attack(target, self._read(article, doc, [(sentence.first, sentence.last)], target))
        return tuple(found.values())


def _ordered(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
