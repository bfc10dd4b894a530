"""The places and people an attack can be made on, as an article names them, and whether a watched force is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.clean import normalise
from monitor.core.reading.clauses import has
from monitor.core.reading.lexicon import Word, watched_forces
from monitor.core.reading.mentions import HEADS, Mention, Reach, acts, codes_of, ordered
from monitor.core.records import Base, Knowledge, Watch

_MEMBERS = frozenset((
    *HEADS, "part", "force", "demonym", "country", "modifier", "determiner", "num", "region", "city", "group",
    "borrowed", "stranger",
))  # fmt: skip
_PLACES = frozenset(("country", "region", "city", "gaz", "gazweak", "demonym"))
# Words that say which kind of base is meant, by the gazetteer's kinds.
_KINDS = {
    "naval": frozenset(("naval", "navy", "fleet")),
    "air base": frozenset(("air", "airbase", "airfield", "airbases")),
}
_PLACE_HEADS = frozenset(("gaz", "gazweak", "base", "site", "force.bases"))
_ANY_HEAD = frozenset(HEADS)
_OWN_HEADS = ("troops", "corps", "people", "asset")  # nobody is a guest of these, but of a convoy's vehicles
_PARTIES = frozenset(("demonym", "group", "country"))
_OWNERS = frozenset(("demonym", "country", "group", "force", "stranger"))
_BODIES = frozenset(("force.troops", "force.bases"))
_PLURALS = frozenset(("bases", "airbases", "airfields", "camps", "outposts", "sites", "facilities"))
_HARD_STOPS = frozenset(("end", "ask", "line", "bar", "semi", "colon"))
_PASSED = ("determiner", "modifier", "clause.as", "base", "site")  # may stand between a preposition and its place
_MANY_HOSTS = 3
_MOST = 50
_FLOWN = 3  # words after an army's name in which its aircraft may be named
_PLACE_REACH = 14  # words after a target in which it may be said where it lies
_HOST_REACH = 12  # words after a place in which its guests may be named


@dataclass(frozen=True, slots=True)
class _Lying:
    """What is said after a target of where it lies: up to which word, the countries, the bases it may be and is."""

    stop: int
    countries: tuple[str, ...]
    bases: tuple[str, ...]
    sure: tuple[str, ...]


class Targets:
    """Finds mentions; knows the gazetteer and what a site watches."""

    def __init__(self, knowledge: Knowledge, watch: Watch) -> None:
        self.bases: Mapping[str, Base] = {base.id: base for base in (*knowledge.bases, *watch.own_bases)}
        self.force = watch.forces[0] if watch.forces else "US"
        self.watched = watched_forces(watch)
        self._own = frozenset(base.id for base in watch.own_bases)
        self._lying: dict[str, list[Base]] = {}  # by country
        for base in self.bases.values():
            self._lying.setdefault(base.country, []).append(base)
        self._hosts: dict[int, frozenset[str]] = {}
        self._cities: dict[str, list[Base]] = {}
        for base in self.bases.values():
            self._cities.setdefault(normalise(base.city), []).append(base)

    def hosted(self, base: str, at: datetime) -> bool:
        """Whether a watched force stood at a base then, or the site named the base itself."""
        known = self.bases[base]
        return base in self._own or any(known.hosted(force, at) for force in self.watched)

    def known(self, base: str) -> bool:
        """Whether a base is of the gazetteer or the site's own."""
        return base in self.bases

    def hosts(self, country: str, at: datetime) -> bool:
        """Whether a watched force had a base in a country in the year of `at`."""
        if at.year not in self._hosts:
            self._hosts[at.year] = frozenset(base.country for base in self.bases.values() if self.hosted(base.id, at))
        return country in self._hosts[at.year]

    def find(self, words: Sequence[Word], at: datetime, named: frozenset[str]) -> list[Mention]:
        """Mentions in one sentence, in order; `named` are the countries that the whole text names.

        At most `_MOST` of them: what is asked of each goes through the sentence, and a list of names is no news.
        """
        found: list[Mention] = []
        k, count = 0, len(words)
        while k < count and len(found) < _MOST:
            if not self._member(words, k):
                k += 1
                continue
            if not {"link.over", "link.near"}.isdisjoint(words[k].senses) and not (
                k + 1 < count and "num" in words[k + 1].senses
            ):
                k += 1
                continue  # "over Camp Arifjan", not "over thirty soldiers"
            start, k = k, k + 1
            while k < count and self._member(words, k):
                k += 1
            mention = self._mention(words, start, k, at, named)
            found += [mention] if mention else []
        return found

    @staticmethod
    def _member(words: Sequence[Word], k: int) -> bool:
        word = words[k]
        senses, norm = word.senses, word.norm
        if norm == "'s":
            return k > 0
        if _MEMBERS.isdisjoint(senses) or "decoy" in senses:
            return (
                norm == "and"
                and 0 < k < len(words) - 1
                and all("force" in words[j].senses or "demonym" in words[j].senses for j in (k - 1, k + 1))
            )
        return not acts(words, k)

    def _mention(
        self, words: Sequence[Word], start: int, end: int, at: datetime, named: frozenset[str]
    ) -> Mention | None:
        """The target that a group of words names, if they name one."""
        heads, own = self._heads(words, start, end)
        if not heads or self._no_target(words, start, end, heads):
            return None
        kind = self._kind(words, heads, bool(own), end)
        last = heads[-1]
        while last + 1 < end and "part" in words[last + 1].senses:
            last += 1
        bases = self._bases(words, heads, at, named)
        force = next((self._force(words[k]) for k in own), "")
        lying = self._places(words, last + 1, at, named)
        stop, places = lying.stop, lying.countries
        if not force and (kind not in _OWN_HEADS or any("column" in words[k].senses for k in heads)):
            stop, force = self._guests(words, last + 1, stop)
        if force and not own and stop > last + 1 and not places and not bases:
            places = self._places(words, stop, at, named).countries  # "hotel that houses US troops in Bahrain"
        if not bases:  # "US base in Erbil" is the base there; "a base in Erbil" may be anybody's
            sure = lying.sure if kind == "base" and not self._owned(words[start:last]) else ()
            bases = lying.bases if force else sure
        reach = self._reach(words, start, last, force, bases, kind, at)
        if reach is None:
            return None
        countries = codes_of(word for word in words[start : last + 1] if "ally" not in word.senses)
        reach = self._placed(reach, kind, countries, places, at)
        if not bases:
            spoken = bool(force) or self.force in named or any(self._force(word) for word in words)
            bases = self._only(words[start : last + 1], ordered(*countries, *places), kind, reach, at, spoken)
        if bases:
            countries = ordered(*(self.bases[base].country for base in bases))
        elif reach is not Reach.FOREIGN:
            countries = self._hosting(ordered(*countries, *places), at)
        if kind == "gazweak" and not (start > 0 and words[start - 1].norm == "at") and "city" in words[last].senses:
            kind = "town"
        stop = max(stop, last + 1)
        region = next((words[k].text for k in range(start, stop) if "region" in words[k].senses), "")
        return Mention(start, last + 1, stop, kind, reach, force, bases, countries, region)

    def _heads(self, words: Sequence[Word], start: int, end: int) -> tuple[list[int], list[int]]:
        """Of a group of words the nouns that may be a target, and the words that say that it is a watched force's."""
        heads = {k for k in range(start, end) if not _ANY_HEAD.isdisjoint(words[k].senses)}
        if not heads and all(_BODIES.isdisjoint(words[k].senses) for k in range(start, end)):
            return [], []
        own = [
            k
            for k in range(start, end)
            if self._force(words[k]) and not (k + 1 < len(words) and "borrowed" in words[k + 1].senses)
        ]
        return sorted({*heads, *(k for k in own if not _BODIES.isdisjoint(words[k].senses))}), own

    def _hosting(self, countries: Sequence[str], at: datetime) -> tuple[str, ...]:
        """Those of the countries named with a target where it may lie: a party beside it is none."""
        return tuple(code for code in countries if self.hosts(code, at) and code not in self.watched)

    def _owned(self, words: Sequence[Word]) -> bool:
        """Whether words name an owner that is no watched force."""
        return any(not _PARTIES.isdisjoint(word.senses) and not self._force(word) for word in words)

    @staticmethod
    def _no_target(words: Sequence[Word], start: int, end: int, heads: Sequence[int]) -> bool:
        """Whether a group of words with a head speaks or strikes itself, or is something else's name."""
        if any(words[k].norm == "area" and "settled" in words[k + 1].senses for k in range(start, end - 1)):
            return True  # "Nevatim-area village"
        if "elsewhere" in words[heads[-1]].senses:
            return True
        if end == len(words):
            return False
        after = words[end].senses
        if "about" in after:
            return True
        people = all(_PLACE_HEADS.isdisjoint(words[k].senses) for k in heads)
        strikes = "n.attack" in after and "part" not in after.get("v.hit", "")
        return people and (strikes or "say" in after or "deny" in after)  # "US military strike", "US military says"

    def _placed(self, reach: Reach, kind: str, countries: Sequence[str], places: Sequence[str], at: datetime) -> Reach:
        """The reach of a target that is nobody's or a host's, when it is said where it lies."""
        if reach not in (Reach.BARE, Reach.HOST) or not places:
            return reach
        if not any(self.hosts(code, at) for code in places):
            return Reach.FOREIGN
        if kind == "base" and len({code for code in places if self.hosts(code, at)}) >= _MANY_HOSTS:
            return Reach.KNOWN  # "bases in Kuwait, Jordan and Bahrain": nobody else has bases in all of them
        reach = Reach.HOST if kind == "base" else reach
        if reach is Reach.HOST and countries and set(places).isdisjoint(countries):
            return Reach.FOREIGN  # "Turkish base in Iraq"
        return reach

    @staticmethod
    def _kind(words: Sequence[Word], heads: Sequence[int], own: bool, end: int) -> str:
        """What a mention is: a base where any of its words is one, else the kind of its last noun."""
        last = words[heads[-1]].senses
        if "force.troops" in last and any("asset" in word.senses for word in words[end : end + _FLOWN]):
            return "asset"  # "US Army AH-64 Apache helicopter"
        kinds = {kind for k in heads for kind in words[k].senses}
        if "gaz" in kinds or ("gazweak" in kinds and kinds & {"base", "site", "force.bases"}):
            return "gaz"
        if kinds & {"base", "force.bases"}:
            return "base"
        if "force.troops" in last or "corps" in last:
            return "troops" if own else "corps"
        return next((kind for kind in HEADS if kind in last), "troops")

    def _only(
        self, words: Sequence[Word], countries: Sequence[str], head: str, reach: Reach, at: datetime, spoken: bool
    ) -> tuple[str, ...]:
        """The base that a kind ("air base") and one country name: the only one there, else the one news mean by it.

        `spoken` says that the text names the watched force: "Saudi air base" alone is the host's.
        """
        countries = [code for code in countries if code not in self.watched]
        if len(countries) != 1 or reach not in (Reach.NAMED, Reach.HOST):
            return ()
        kind = next((kind for word in words for kind in _KINDS if not _KINDS[kind].isdisjoint(word.norm.split())), "")
        here = [base for base in self._lying.get(countries[0], ()) if self.hosted(base.id, at)]
        fitting = [base for base in here if base.kind == kind]
        fleet = any(word.norm.endswith("fleet") for word in words)
        if (head == "base" or fleet) and spoken and not _PLURALS & {word.norm.split()[-1] for word in words}:
            fitting = fitting if kind else here
            if len(fitting) > 1:
                fitting = [base for base in here if (kind or "base") in base.meant_as]
        return (fitting[0].id,) if len(fitting) == 1 else ()

    def _force(self, word: Word) -> str:
        senses = word.senses
        if "force" not in senses and "demonym" not in senses:
            return ""
        ids = f"{senses.get('force', '')} {senses.get('demonym', '')}".split()
        return next((force for force in ids if force in self.watched), "")

    def _reach(
        self, words: Sequence[Word], start: int, last: int, force: str, bases: tuple[str, ...], kind: str, at: datetime
    ) -> Reach | None:
        if force:
            return Reach.NAMED
        owner = start - 1 if start and words[start - 1].norm.endswith("'s") else start
        if bases and any("ally" in words[k].senses for k in range(owner, last + 1)):
            return None  # "Israel's Ben Gurion airport": another's place, whoever visits it
        if bases and kind not in ("people", "asset"):
            return Reach.KNOWN if any(self.hosted(base, at) for base in bases) else Reach.FOREIGN
        assumed = any(
            word.senses.get("assumed", "") in self.watched
            for word in words[start : last + 1]
            if "assumed" in word.senses
        )
        if kind in ("site", "people", "asset", "corps", "gazweak", "gaz") and not assumed:
            return None
        owners = [words[k] for k in range(start, last) if not _OWNERS.isdisjoint(words[k].senses)]
        if not owners:
            return Reach.NAMED if assumed else Reach.BARE
        codes = codes_of(owners)
        hosts = (
            kind == "base"
            and any(self.hosts(code, at) for code in codes)
            and not {"group", "ally"} & owners[-1].senses.keys()
        )
        return Reach.HOST if hosts else Reach.FOREIGN

    def _bases(
        self, words: Sequence[Word], heads: Sequence[int], at: datetime, named: frozenset[str]
    ) -> tuple[str, ...]:
        """The bases that the words name."""
        ids: list[str] = []
        for k in heads:
            senses = words[k].senses
            told = senses.get("gaz") or (senses.get("gazweak") if not {"country", "region"} & senses.keys() else None)
            if told:
                ids += self._chosen(told, at, named)
        return ordered(*ids)

    def _chosen(self, ids: str, at: datetime, named: frozenset[str]) -> tuple[str, ...]:
        """Of bases that share a name, the one whose country is named, else where a watched force stands."""
        bases = ids.split()
        if len(bases) > 1:
            bases = [base for base in bases if self.bases[base].country in named] or bases
            bases = [base for base in bases if self.hosted(base, at)] or bases
        return tuple(bases[:1])

    def _of_city(self, city: str, at: datetime) -> tuple[str, ...]:
        """The base in a city where a watched force stands, or which news mean by it, where there is just one."""
        here = [base for base in self._cities.get(city, ()) if self.hosted(base.id, at)]
        here = here if len(here) == 1 else [base for base in here if base.meant_as]
        return (here[0].id,) if len(here) == 1 else ()

    def _places(self, words: Sequence[Word], k: int, at: datetime, named: frozenset[str]) -> _Lying:
        """Where a target that ends before the word k is said to lie."""
        codes: list[str] = []
        bases: list[str] = []
        sure: list[str] = []
        stop, linked, told = k, False, False
        for j in range(k, min(k + _PLACE_REACH, len(words))):
            senses, before = words[j].senses, words[j - 1]
            if linked and not _PLACES.isdisjoint(senses) and ("v.hit" not in senses or "of_place" in before.roles):
                stop = j + 1
                if codes and "beside" in before.roles:
                    continue  # "in Jordan near Syria border"
                codes += codes_of([words[j]])
                if sure and has(before, "link.near", "link.at"):
                    continue  # "at Harir base in Erbil province": where the base lies
                bases += self._chosen(senses.get("gaz", senses.get("gazweak", "")), at, named)
                if "within" in before.roles:
                    bases += self._of_city(words[j].norm, at)
                sure += self._chosen(senses.get("gaz", ""), at, named)
            elif has(words[j], "link.near", "link.at") or words[j].norm == "of":
                linked = True
            elif j == k and _undergone(words, j):
                told = True  # "US troops wounded in Jordan": a deed stands between
            elif not (linked if senses.get("stop") == "comma" else has(words[j], *_PASSED)):
                break
        return _Lying(k if told else stop, tuple(codes), ordered(*bases), ordered(*sure))

    def _guests(self, words: Sequence[Word], k: int, stop: int) -> tuple[int, str]:
        """The watched force that is said to stand at a place, and where that is said."""
        for j in range(k, min(k + _HOST_REACH, len(words))):
            senses = words[j].senses
            opens = has(words[j], "clause.after", "clause.about") and "hosting" not in senses
            if senses.get("stop") in _HARD_STOPS or opens:
                break
            if "hosting" not in senses or "modifier" in senses:
                continue
            short = "short_host" in words[j].roles
            if short and j > max(k, stop) + 1:
                continue
            for g in range(j + 1, min(j + (4 if short else 8), len(words))):
                if words[g].senses.get("stop") in _HARD_STOPS:
                    break
                force = self._force(words[g])
                if force and (
                    not short or self._people_follow(words, g) or (words[j].norm == "of" and self._ends(words, g + 1))
                ):
                    return max(stop, g + 1), force
        return stop, ""

    @staticmethod
    def _ends(words: Sequence[Word], k: int) -> bool:
        """Whether a name ends before a word: no further noun follows that it only describes."""
        return k >= len(words) or any(
            sense.startswith(("stop", "v.", "link.", "be", "have", "n.")) for sense in words[k].senses
        )

    @staticmethod
    def _people_follow(words: Sequence[Word], k: int) -> bool:
        return any(
            "troops" in words[j].senses or "force.troops" in words[j].senses for j in range(k, min(k + 4, len(words)))
        )


def _undergone(words: Sequence[Word], k: int) -> bool:
    """Whether a participle stands here and a place follows: "wounded in Jordan"."""
    after = words[min(k + 1, len(words) - 1)]
    return "part" in words[k].senses.get("v.hit", "") and ("within" in after.roles or "link.near" in after.senses)
