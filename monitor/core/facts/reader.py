"""What the sentences that tell an attack say of it: time, weapons, casualties, parties, interception, damage, wave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from spacy.tokens import Doc

from monitor.core.facts.casualties import sum_up
from monitor.core.facts.dating import attack_time
from monitor.core.facts.parties import PartyReader
from monitor.core.facts.shapes import Shaper, Vocabulary, tokens
from monitor.core.facts.tolls import TollReader
from monitor.core.facts.when import TimeMention, TimeReader, TimeRole
from monitor.core.records import Article, Count, Facts, Intercepted, Knowledge, Side, TimeSpan, Weapon, Words

# Sentences beside those of the attack that may add its toll or its weapon.
_BEFORE, _AFTER = 2, 4
_SINCE_REACH = 3  # tokens from "since" to its date
_DAMAGE_TOKENS = 8
_MAX_WAVE = 400
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as tokens in lower case and as letters, its sentences, and which of them tell the attack."""

    doc: Doc
    text: str
    words: Sequence[str]
    letters: str
    whole: tuple[tuple[int, int], ...]  # the sentences that tell the attack
    told: tuple[tuple[int, int], ...]  # the same without what they tell of older attacks
    more: tuple[tuple[int, int], ...]  # sentences that may add to it

    def quote(self, start: int, end: int) -> str:
        """The sentence that tokens start..end are of, as written, on one line."""
        start, end = next((one for one in self.whole if one[0] <= start < one[1]), (start, end))
        last = self.doc[end - 1]
        return " ".join(self.text[self.doc[start].idx : last.idx + len(last)].split())


class FactReader:
    """Reads facts with the words and shapes of one language and the names of all known groups and countries."""

    def __init__(self, words: Words, knowledge: Knowledge) -> None:
        self.times = TimeReader(words)
        vocabulary = Vocabulary.of(words.table("facts"))
        self._tolls = TollReader(vocabulary, knowledge)
        self._shaper: Shaper = self._tolls.shaper
        shapes = vocabulary.shapes
        self._parties = PartyReader(vocabulary, knowledge)
        self._patterns = {
            name: self._shaper.compile({name: shapes[name]})
            for name in ("not_weapon", "foreign_air", "insider", "launched", "wave", "ordinal", "again")
        }

    def read(
        self,
        doc: Doc,
        sentences: Sequence[tuple[int, int]],
        article: Article,
        tz: str,
        countries: Sequence[str] = (),
        late: bool = False,
    ) -> Facts:
        """The facts of the attack that `sentences`, token ranges of `doc`, tell; the title's comes first.

        `tz` is the IANA zone of the attacked place, `countries` where it lies; `late` says that the article comes back
        to a known attack. An attack without any time is put into the day before publication, or the week before where
        the article is late or its words are those of a late report.
        """
        words = tokens(doc)
        letters = self._shaper.tag(words)
        mentions = self.times.find_in(words, article.published, tz)
        told = tuple(self._fresh(letters, mentions, *one) for one in sentences)
        more = self._around(letters, sentences)
        text = _Text(doc, article.text, words, letters, tuple(sentences), told, more)
        late = late or self._late(text)
        near = self._near(text)
        span, chosen = attack_time(mentions, text.told, text.more, near, late, article.published, tz)
        facts = self._casualties(text, mentions, span, Facts(when=span))
        weapons, armed = self._weapons(text, mentions, span)
        found: list[tuple[str, str]] = list(facts.sentences)
        if chosen is not None:
            found.insert(0, ("when", self._sentence(text, chosen.start_token)))
        if weapons:
            found.append(("weapons", text.quote(*armed)))
        facts = replace(facts, weapons=weapons, sentences=tuple(found))
        facts = self._fight(text, facts)
        return self._parties.read(text.words, text.told, facts, countries, text.quote)

    # ---- where to read ----

    def _fresh(self, letters: str, mentions: Sequence[TimeMention], start: int, end: int) -> tuple[int, int]:
        """A sentence without the older attack it names: "the first since ..., when ...", "days after ..."."""
        for one in mentions:
            if start <= one.start_token < end and one.role is TimeRole.AFTER:
                if one.start_token - start > 1:
                    end = one.start_token
                else:
                    start = next((at + 1 for at in self._shaper.within("comma", letters, start, end)), start)
        for since in self._shaper.within("since", letters, start + 1, end):
            dated = any(one.role is TimeRole.SINCE and 0 <= one.start_token - since <= _SINCE_REACH for one in mentions)
            if dated or self._shaper.has("first", letters, start, since):
                return start, since
        return start, end

    def _around(self, letters: str, sentences: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Sentences that tell no attack themselves: all before the first that does (the title's), a few after it."""
        stops = [at + 1 for at in self._shaper.within("stop", letters, 0, len(letters))] + [len(letters)]
        told = {at for start, end in sentences for at in range(start, end)}
        first = min((start for start, _ in sentences), default=len(letters))
        others = [
            (start, end)
            for start, end in pairwise([0, *stops])
            if end - start > 1 and not told.intersection(range(start, end))
        ]
        before = [one for one in others if one[0] < first]
        return (*before[-_BEFORE:], *others[len(before) : len(before) + _AFTER])

    def _sentence(self, text: _Text, at: int) -> str:
        ranges = (*text.whole, *text.more)
        return next((text.quote(start, end) for start, end in ranges if start <= at < end), "")

    def _near(self, text: _Text) -> list[int]:
        ranges = (*text.told, *text.more)
        return [at for start, end in ranges for at in self._shaper.within("attack", text.letters, start, end)]

    def _late(self, text: _Text) -> bool:
        return any(self._shaper.has("late", text.letters, start, end) for start, end in text.told[:2])

    def _elsewhere(self, mentions: Sequence[TimeMention], span: TimeSpan, start: int, end: int) -> bool:
        """Whether a sentence that does not tell the attack tells of another time."""
        near = TimeSpan(span.earliest - timedelta(days=1), span.latest + timedelta(days=1))
        return any(start <= one.start_token < end and not near.overlaps(one.span) for one in mentions)

    # ---- casualties ----

    def _casualties(self, text: _Text, mentions: Sequence[TimeMention], span: TimeSpan, facts: Facts) -> Facts:
        more = [one for one in text.more if not self._elsewhere(mentions, span, *one)]
        ranges = [*zip(text.whole, text.told, strict=True), *zip(more, more, strict=True)]
        harms = []
        for whole, fresh in ranges:
            background = self._background(text, mentions, span, *whole)
            told = self._tolls.read(text.words, text.letters, *whole)
            harms.append(
                [
                    one
                    for one in told
                    if fresh[0] <= one.at < fresh[1] and not any(first <= one.at < last for first, last in background)
                ]
            )
        named = any(self._shaper.has("us", text.letters, *one) for one in text.told)
        if named and not any(one.side is Side.PARTNER for told in harms for one in told):
            harms = [
                self._tolls.of_americans(told, text.letters, *whole)
                for told, (whole, _) in zip(harms, ranges, strict=True)
            ]
        summed = sum_up(harms)
        return replace(
            facts,
            killed=summed.killed,
            wounded=summed.wounded,
            us_killed=summed.us_killed,
            us_wounded=summed.us_wounded,
            tolls=summed.tolls,
            sentences=tuple((name, text.quote(*ranges[index][0])) for name, index in summed.read_in),
        )

    def _background(
        self, text: _Text, mentions: Sequence[TimeMention], span: TimeSpan, start: int, end: int
    ) -> list[tuple[int, int]]:
        """The clauses of a sentence that tell of another time than the attack's."""
        near = TimeSpan(span.earliest - timedelta(days=1), span.latest + timedelta(days=1))
        found = []
        for one in mentions:
            if not start <= one.start_token < end or not one.old or near.overlaps(one.span):
                continue
            bounds = list(self._shaper.within("clause", text.letters, start, end))
            first = max((at for at in bounds if at < one.start_token), default=start)
            last = min((at for at in bounds if at >= one.end_token), default=end)
            found.append((first, last))
        return found

    # ---- weapons ----

    def _weapons(
        self, text: _Text, mentions: Sequence[TimeMention], span: TimeSpan
    ) -> tuple[tuple[Weapon, ...], tuple[int, int]]:
        """The weapons of the attack's sentences, else of the first later one that names any and no other time."""
        found: dict[Weapon, tuple[int, int]] = {}
        for one in text.told:
            for weapon in self._weapons_in(text, *one):
                found.setdefault(weapon, one)
        if not found:
            for one in text.more:
                if not self._elsewhere(mentions, span, *one):
                    found = dict.fromkeys(self._weapons_in(text, *one), one)
                if found:
                    break
        return tuple(found), next(iter(found.values()), (0, 0))

    def _weapons_in(self, text: _Text, start: int, end: int) -> Iterator[Weapon]:
        if self._patterns["insider"].search(text.letters, start, end):
            yield Weapon.INSIDER
        spared = [match.span() for match in self._patterns["not_weapon"].finditer(text.letters, start, end)]
        for at in self._shaper.within("weapon", text.letters, start, end):
            if not any(first <= at < last for first, last in spared):
                yield Weapon(self._shaper.name("weapon", text.words, text.letters, at))
        if self._patterns["foreign_air"].search(text.letters, start, end):
            yield Weapon.AIRSTRIKE

    # ---- how it went ----

    def _fight(self, text: _Text, facts: Facts) -> Facts:
        found = dict(facts.sentences)
        values: dict[str, object] = {}
        for name, reader in (
            ("launched", self._launched),
            ("intercepted", self._intercepted),
            ("damage", self._damage),
            ("wave", self._wave),
            ("ordinal", self._ordinal),
            ("again", self._again),
        ):
            for start, end in text.told:
                value = reader(text, start, end)
                if value is not None:
                    values[name] = value
                    found[name] = text.quote(start, end)
                    break
        return replace(facts, sentences=tuple(found.items()), **values)  # type: ignore[arg-type]

    def _launched(self, text: _Text, start: int, end: int) -> Count | None:
        counts = [
            self._tolls.count(text.words, text.letters, *match.span())[0]
            for match in self._patterns["launched"].finditer(text.letters, start, end)
        ]
        counts = [one for one in counts if one.max != 0]
        if not counts:
            return None
        tops = [one.max for one in counts]
        return Count(sum(one.min for one in counts), None if None in tops else sum(top or 0 for top in tops))

    def _intercepted(self, text: _Text, start: int, end: int) -> Intercepted | None:
        if self._shaper.has("none", text.letters, start, end):
            return Intercepted.NONE
        if not self._shaper.has("intercepts", text.letters, start, end):
            return None
        if self._shaper.has("part", text.letters, start, end):
            return Intercepted.SOME
        stopped = self._shaper.has("all", text.letters, start, end)
        harmed = self._shaper.has("impact", text.letters, start, end)
        return Intercepted.ALL if stopped or not harmed else Intercepted.SOME

    def _damage(self, text: _Text, start: int, end: int) -> str | None:
        """The words around the first word of damage, up to the ends of its clause."""
        at = next(self._shaper.within("damage", text.letters, start, end), None)
        if at is None:
            return None
        bounds = list(self._shaper.within("clause", text.letters, start, end)) + list(
            self._shaper.within("stop", text.letters, start, end)
        )
        first = max((bound + 1 for bound in bounds if bound < at), default=start)
        last = min((bound for bound in bounds if bound > at), default=end)
        return text.quote(max(first, at - _DAMAGE_TOKENS // 2), min(last, at + _DAMAGE_TOKENS))

    def _wave(self, text: _Text, start: int, end: int) -> int | None:
        match = self._patterns["wave"].search(text.letters, start, end)
        if match is None:
            return None
        number = self._nth(text, *match.span())
        return number if number is not None and 0 < number <= _MAX_WAVE else None

    def _ordinal(self, text: _Text, start: int, end: int) -> int | None:
        match = self._patterns["ordinal"].search(text.letters, start, end)
        return self._nth(text, *match.span()) if match else None

    def _again(self, text: _Text, start: int, end: int) -> bool | None:
        return True if self._patterns["again"].search(text.letters, start, end) else None

    def _nth(self, text: _Text, start: int, end: int) -> int | None:
        """The number in a phrase: 51, 51st, fifty-first, LI."""
        values = [
            value[0]
            for at in range(start, end)
            for name in ("number", "ordinal")
            if text.letters[at] in self._shaper.members(name)
            and (value := self._shaper.values(name, text.words, text.letters, at))
        ]
        if values:
            return sum(values)
        roman = next((word for word in text.words[start:end] if re.fullmatch(r"[ivxlc]+", word)), "")
        digits = [_ROMAN[letter] for letter in roman]
        return sum(-one if one < following else one for one, following in pairwise([*digits, 0])) or None
