"""Killed, wounded and missing people as sentences tell them, by side.

Two passes over the letters of a sentence: first groups of people with a number ("at least 12 US service members") and
numbers alone ("nine", before "hurt"), then what befell them ("killing Q and wounding N", "Q were killed", "no reports
of casualties"). Numbers of rounds, ages, dates and weapons are no groups of people and never counted.

"More than 30" is read as at least 30: news round down to such a number, and a later "30" is no contradiction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.core.facts.casualties import NOBODY, Harm
from monitor.core.facts.shapes import Shaper, Vocabulary
from monitor.core.records import Count, Knowledge, Side

_HARM = ("none", "unhurt", "missed", "killed_to", "wounded_to", "both", "killed", "wounded", "spared", "missing")
# Every shape of harm has a word of one of these classes.
_ANCHORS = (
    "killed",
    "kills",
    "dead",
    "wounded",
    "wounds",
    "treated",
    "injury",
    "death",
    "casualty",
    "unhurt",
    "toll",
    "total",
    "lost",
    "missing",
    "missed",
    "hospital",
    "care",
    "lives",
    "lose",
    "zero",
)
_AGE = 4  # tokens from its number to "old" in "7-year-old"
_EXPLICIT, _VAGUE, _BARE = 3, 2, 1  # how much a count says; the most telling sentence wins, the earliest among equals


@dataclass(frozen=True, slots=True)
class _People:
    """A group of people in tokens start..end; `us`: Americans, also among contractors and civilians."""

    start: int
    end: int
    count: Count
    rank: int
    side: Side
    us: bool
    soldiers: bool
    more: bool = False  # no word of whose they are: "34 wounded", "dozens more"
    adds: bool = False  # "ten others": besides those told before


class TollReader:
    """Reads the harm told in sentences, with the words and shapes of one language (seeds' facts.toml)."""

    def __init__(self, vocabulary: Vocabulary, knowledge: Knowledge, force: str = "US") -> None:
        self.shaper = Shaper(_with_nations(vocabulary, knowledge, force))
        shapes = vocabulary.shapes
        self._people = self.shaper.compile({"people": shapes["people"]})
        self._bare = self.shaper.compile({"bare": shapes["bare"]})
        self._anchors = frozenset[str]().union(*map(self.shaper.members, _ANCHORS))
        self._harm = self.shaper.compile({name: shapes[name] for name in _HARM})

    def read(self, words: Sequence[str], letters: str, start: int, end: int) -> list[Harm]:
        """The harm told in tokens start..end; `letters` are those of `words`, from this reader's `shaper`."""
        text = letters[start:end]
        if self._anchors.isdisjoint(text):
            return []
        groups = {
            start + m.start(): self._group(words, letters, start + m.start(), start + m.end())
            for m in self._people.finditer(text)
        }
        text = self.shaper.mark(text, [(one.start - start, one.end - start) for one in groups.values()], "Q")
        bare = [(start + m.start(), start + m.end()) for m in self._bare.finditer(text)]
        groups |= {first: self._group(words, letters, first, last) for first, last in bare}
        text = self.shaper.mark(text, [(first - start, last - start) for first, last in bare], "N")
        told: list[Harm] = []
        before: _People | None = None
        for match in self._harm.finditer(text):
            first, last = start + match.start(), start + match.end()
            here = [groups[at] for at in range(first, last) if at in groups]
            harms, before = self._harms(match.lastgroup or "", words, letters, (first, last), here, before)
            told += [one for one in harms if not self._of_others(letters, start, end, one)]
        return _joined(self._ours(told, letters, start, end))

    def _ours(self, told: list[Harm], letters: str, start: int, end: int) -> list[Harm]:
        """Soldiers without a nation are Americans where a sentence names the Americans and no other troops."""
        others = any(one.side is Side.PARTNER for one in told)
        return told if others or not self.shaper.has("us", letters, start, end) else _americans(told)

    def of_americans(self, told: list[Harm], letters: str, start: int, end: int) -> list[Harm]:
        """The harm told in a sentence of a text that names Americans and no other troops: soldiers are theirs."""
        others = any(self.shaper.has(name, letters, start, end) for name in ("nation", "nationals", "partner"))
        return told if others else _americans(told)

    # ---- groups of people ----

    def _group(self, words: Sequence[str], letters: str, start: int, end: int) -> _People:
        count, rank = self.count(words, letters, start, end)
        has = self.shaper.classes(letters[start:end])
        foreign = bool(has & {"nation", "nationals", "partner"})
        if "us" in has and "borrowed" in has:  # "US-backed fighters"
            has, foreign = has - {"us"}, True
        ours = "us_soldiers" in has and not foreign and "attacker_nation" not in has
        us = ours or bool(has & {"us", "americans"})
        soldiers = bool(has & {"soldiers", "us_soldiers", "americans"})
        if has & {"attackers", "attacker_nation"} and not (
            us or has & {"partner", "borrowed"}
        ):  # "80 American terrorists": a boast
            side = Side.ATTACKER
        elif "contractors" in has and "us_soldiers" not in has:
            side = Side.CONTRACTOR
        elif "civilians" in has:
            side = Side.CIVILIAN
        elif us:
            side = Side.US
        else:
            side = Side.PARTNER if foreign else Side.UNKNOWN
        more = side is Side.UNKNOWN and not soldiers
        us = us and side is not Side.ATTACKER
        if count.max == 0 and "alliance" in has and "nation" not in has:
            us = True  # nobody of the coalition: no American
        return _People(start, end, count, rank, side, us, soldiers, more, "others" in has)

    def count(self, words: Sequence[str], letters: str, start: int, end: int) -> tuple[Count, int]:
        """The number that tokens start..end tell, and how much it says (larger is more)."""
        shaper = self.shaper
        vague = [shaper.values("vague", words, letters, at) for at in shaper.within("vague", letters, start, end)]
        if vague:
            return Count(vague[0][0], vague[0][1] if len(vague[0]) > 1 else None), _VAGUE
        runs: list[list[int]] = []
        old = {at - _AGE for at in shaper.within("old", letters, start, end)}
        places = [at for at in shaper.within("number", letters, start, end) if at not in old]
        if len(places) > 1 and shaper.has("others", letters, places[0], places[0] + 1):
            places = places[1:]  # "another 22"
        for place, at in enumerate(places):
            joined = place and not {"to", "and"} & self.shaper.classes(letters[places[place - 1] + 1 : at])
            spread = joined and at - places[place - 1] > 1 and words[places[place - 1]].isdigit()  # "30-40"
            if joined and not spread:
                runs[-1] += shaper.values("number", words, letters, at)
            else:
                runs += [[value] for value in shaper.values("number", words, letters, at)]
        if not runs:
            nth = [shaper.values("ordinal", words, letters, at) for at in shaper.within("ordinal", letters, start, end)]
            if nth:  # "a third soldier": one more, or three in all
                return Count(1, nth[0][0]), _EXPLICIT
            if self.shaper.has("article", letters, start, start + 1):
                return Count(1, 1), _EXPLICIT
            # A headline's, which may leave out others: "contractor killed", "American hurt".
            one = self.shaper.has("singular", letters, start, end) or (
                end == start + 1 and self.shaper.has("headline_nation", letters, start, end)
            )
            return (Count(1, 1), _VAGUE) if one else (Count(2, None), _BARE)
        numbers = sorted(_number(run) for run in runs[:2])
        if self.shaper.has("at_least", letters, start, places[0]):
            return Count(numbers[0], None), _EXPLICIT
        if self.shaper.has("up_to", letters, start, places[0]):
            return Count(1, numbers[-1]), _EXPLICIT
        return Count(numbers[0], numbers[-1]), _EXPLICIT

    # ---- what befell them ----

    def _harms(
        self,
        kind: str,
        words: Sequence[str],
        letters: str,
        span: tuple[int, int],
        here: list[_People],
        before: _People | None,
    ) -> tuple[list[Harm], _People | None]:
        """The harms of one phrase, and the group that a later "dozens more" continues."""
        first, last = span
        if kind == "none":
            return self._nobody(letters, first, last), before
        if kind in ("unhurt", "missed", "spared"):
            return self._unhurt(kind, letters, span, here), before
        if not here or kind.endswith("_to"):
            return self._totals(kind, words, letters, span, here), before
        if len(here) == 2 and here[0].more and here[1].rank == _BARE:  # "15 wounded US soldiers"
            here = [replace(here[1], count=here[0].count, rank=here[0].rank)]
        inclusion = next(self.shaper.within("including", letters, first, last), last)
        among = len(here) > 1 and self.shaper.has("among", letters, here[0].end, here[1].start)
        part_first = among and not self._harmed(letters, first, inclusion)  # "an American among three killed"
        harms: list[Harm] = []
        earlier = before
        here, parts = self._apposed(letters, here)
        for one in here:
            if one.more and earlier is not None and one.count.max != 0:
                one = replace(one, side=earlier.side, us=earlier.us)
            elif not one.more and one.side is Side.US and one.soldiers:
                before = one
            if inclusion == last and self.shaper.has("condition", letters, first, last):
                one = replace(one, rank=min(one.rank, _VAGUE))  # how some of them are, not how many
            told = _befallen(kind, one, first, one in parts or (one.start > inclusion) != part_first)
            if one.count.max == 0 and self.shaper.has("gravely", letters, first, last):
                told[0] = replace(told[0], count=Count(0, None), rank=_BARE)  # "nobody was seriously hurt"
            harms += told
        if len(here) > 1 and any(one.side is not harms[0].side for one in harms):
            before = None
        return harms, before

    def _unhurt(self, kind: str, letters: str, span: tuple[int, int], here: list[_People]) -> list[Harm]:
        """Of a group that came to no harm that none was killed or wounded; "spared" needs a "none" beside it."""
        first, last = span
        if kind == "spared" and not (self.shaper.has("zero", letters, first, last) or here[0].count == NOBODY):
            return []
        side, us = (here[0].side, here[0].us) if here else (Side.UNKNOWN, False)
        return [Harm(name, NOBODY, _EXPLICIT, side, us, first, first) for name in ("killed", "wounded")]

    def _totals(
        self, kind: str, words: Sequence[str], letters: str, span: tuple[int, int], here: list[_People]
    ) -> list[Harm]:
        """The harms of a noun with a number of its own ("three deaths"), or of a toll that rises."""
        first, last = span
        if here:  # "the number of troops wounded rises to 25": the last number, of all groups named
            us = any(one.us for one in here)
            soldiers = any(one.soldiers for one in here) or self.shaper.has("soldiers", letters, first, last)
            told = replace(here[-1], side=Side.US if us else here[-1].side, us=us, soldiers=soldiers)
        else:
            count, rank = self.count(words, letters, first, last)
            us = self.shaper.has("us", letters, first, last)
            told = _People(first, last, count, rank, Side.US if us else Side.UNKNOWN, us, soldiers=False)
        harms = _befallen(kind.removesuffix("_to"), told, first, part=False)
        return [replace(one, total=kind.endswith("_to")) for one in harms]

    def _apposed(self, letters: str, here: list[_People]) -> tuple[list[_People], list[_People]]:
        """The groups without those told twice, and those that are parts: "seven hurt, five of them Americans"."""
        kept: list[_People] = []
        parts: list[_People] = []
        for one in here:
            before = kept[-1] if kept else None
            if (
                before is not None
                and one.rank == _BARE
                and self.shaper.has("including", letters, before.end, one.start)
            ):
                kept.pop()
                one = replace(one, count=before.count, rank=before.rank)
                parts.append(one)
            elif before is not None and self.shaper.has("apposed", letters, before.end, one.start + 1):
                one = replace(one, count=before.count, rank=before.rank) if one.rank == _BARE else one
                parts.append(one)
            kept.append(one)
        return kept, parts

    def _harmed(self, letters: str, first: int, last: int) -> bool:
        names = ("comma", "killed", "kills", "dead", "wounded", "wounds")
        return any(self.shaper.has(name, letters, first, last) for name in names)

    def _nobody(self, letters: str, first: int, last: int) -> list[Harm]:
        """No deaths, no injuries, no casualties; "no reports of", "no major" leave open that there are some."""
        open_ended = self.shaper.has("report", letters, first, last)
        count, rank = (Count(0, None), _BARE) if open_ended else (NOBODY, _EXPLICIT)
        us = self.shaper.has("us", letters, first, last)
        side = Side.US if us else Side.UNKNOWN
        casualty = self.shaper.has("casualty", letters, first, last)
        death = any(self.shaper.has(name, letters, first, last) for name in ("death", "killed", "dead"))
        injury = any(self.shaper.has(name, letters, first, last) for name in ("injury", "wounded"))
        harms = []
        if death or casualty:
            harms.append(Harm("killed", count, rank, side, us, first, first))
        elif injury:  # where none was hurt, none was killed
            harms.append(Harm("killed", count, _BARE, side, us, first, first))
        if injury or casualty:
            harms.append(Harm("wounded", count, rank, side, us, first, first))
        return harms

    def _of_others(self, letters: str, start: int, end: int, one: Harm) -> bool:
        """Whether a toll is of an older attack ("since ... that killed"), of many ("since the start"), or supposed."""
        supposed = max(self.shaper.within("supposed", letters, start, one.at), default=None)
        if supposed is not None and not self.shaper.has("comma", letters, supposed, one.at):
            return True
        since = list(self.shaper.within("since", letters, start, end))
        if any(at < one.at for at in since):
            return True
        if one.count.min > 1 and self.shaper.has("tally", letters, start, end):
            return True
        later = next(iter(since), None)
        if later is None or one.count.max == 0 or self.shaper.has("first", letters, start, later):
            return False
        return not self.shaper.has("comma", letters, one.at, later)


def _americans(told: list[Harm]) -> list[Harm]:
    return [replace(one, side=Side.US, us=True) if one.soldiers and one.side is Side.UNKNOWN else one for one in told]


def _befallen(kind: str, one: _People, phrase: int, part: bool) -> list[Harm]:
    def harm(name: str, count: Count, rank: int) -> Harm:
        return Harm(name, count, rank, one.side, one.us, one.start, phrase, part, one.soldiers, one.adds)

    nobody = one.count.max == 0
    if kind == "both":  # "200 killed, wounded" says of neither how many
        if nobody:
            return [harm("killed", NOBODY, _EXPLICIT), harm("wounded", NOBODY, _EXPLICIT)]
        return [harm("killed", Count(0, one.count.max), _BARE), harm("wounded", Count(0, one.count.max), _BARE)]
    harms = [harm(kind, one.count, one.rank)]
    if nobody and kind == "wounded":
        harms.append(harm("killed", NOBODY, _VAGUE))
    return harms


def _joined(told: list[Harm]) -> list[Harm]:
    """Harms of which "others" become one phrase with the last of their kind: two gravely hurt, ten others lightly."""
    joined: list[Harm] = []
    for one in told:
        before = next((other for other in reversed(joined) if other.kind == one.kind and not other.part), None)
        if one.adds and before is not None:
            one = replace(one, part=True) if before.total else replace(one, phrase=before.phrase)
        joined.append(one)
    return joined


def _number(values: Sequence[int]) -> int:
    """Number words in their order: twenty one -> 21, two dozen -> 24, three hundred -> 300."""
    total = 0
    for value in values:
        total = total * value if total and value in (12, 100, 1000) else total + value
    return total


def _with_nations(vocabulary: Vocabulary, knowledge: Knowledge, force: str) -> Vocabulary:
    """The vocabulary with the peoples of all countries but the force's own and the attackers'."""
    known = {word for name in ("us", "attacker_nation") for word in vocabulary.words.get(name, ())}
    peoples = {
        word.lower(): place.countries[0]
        for place in knowledge.places
        if place.kind == "country" and place.countries[0] != force
        for word in place.demonyms
        if word.lower() not in known
    }
    peoples = {word: code for word, code in peoples.items() if word.rstrip("s") not in known} or {"foreign": ""}
    plural = {word: code for word, code in peoples.items() if word.endswith("s")} or {"foreigners": ""}
    return replace(vocabulary, names={**vocabulary.names, "nation": peoples, "nationals": plural})
