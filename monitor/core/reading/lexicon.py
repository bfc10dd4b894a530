"""Words and names of one language -> one matcher that reads a tokenised text as words with their senses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc

from monitor.core.clean import fold, normalise
from monitor.core.records import Base, Knowledge, Watch, Words

# Marks that end a sentence, open a clause, or only separate; anything else that is no word is passed over.
_STOPS = {
    ".": "end", "!": "end", "…": "end", "...": "end", "?": "ask", "\n": "line", "•": "line", "·": "line", "|": "bar",
    ":": "colon", ";": "semi", ",": "comma", "—": "dash", "–": "dash", "-": "dash", "--": "dash", "(": "open",
    ")": "close", "/": "slash",
}  # fmt: skip
_GENITIVES = ("'s", "’s")
_FORMS = ("base", "s", "past", "part", "ing")
_BOUND = re.compile(r"(?<=\.)-(?=\w)|(?<=\w)[\u2010\u2011](?=\w)")
_BETWEEN_LETTERS = re.compile(r"(?<=[^\W\d.])[-\u2010\u2011](?=[^\W\d])|(?<=\.)[-\u2010\u2011](?=[^\W\d])")
_NO_ROLES: frozenset[str] = frozenset()
_NOTHING: Mapping[str, str] = {}
_STOP_SENSES = {mark: {"stop": kind} for mark, kind in _STOPS.items()}
_HYPHENS = frozenset("-\u2010\u2011")
_SUN_ARTICLES = frozenset(("at", "as", "ash", "ad", "an", "ar", "az", "el", "ath"))  # before a hyphen: "al"
_MOST_SPLIT = 20_000  # tokens whose pieces are kept


def watched_forces(watch: Watch) -> frozenset[str]:
    """The forces a site watches; who watches the US watches the coalitions it leads."""
    return frozenset(watch.forces) | (frozenset(("coalition",)) if "US" in watch.forces else frozenset())


@dataclass(slots=True)
class Word:
    """A word or a phrase read as one: tokens first..last of the text (last included), and its senses by kind.

    `norm` is the folded text; a sense's value depends on its kind (ids of bases, codes of countries, forms of verbs).
    `roles` are what a little word does in a sentence; they are no senses, and nothing is learned from them.
    """

    text: str
    norm: str
    first: int
    last: int
    begin: int
    stop: int
    senses: Mapping[str, str]
    roles: frozenset[str] = frozenset()


Phrase = tuple[str, ...]
_Entry = tuple[Phrase, Mapping[str, str]]
_NO_ENTRY: _Entry = ((), _NOTHING)
_Piece = tuple[str, str, int, int, int]  # compared form, text, token, first character, end


@dataclass(frozen=True, slots=True)
class _Head:
    """The phrases that begin with one word: that word alone, and by their second word the longer ones, longest first.

    Each with whether it is a short name of capitals, which must be written so ("us" is no country).
    """

    alone: _Entry
    shouted: bool
    longer: Mapping[str, Sequence[tuple[Phrase, Mapping[str, str], bool]]]
    plain: bool  # the word alone, however it is written


class Lexicon:
    """Names of places, forces and groups, and the words of attacks, as one longest-match reader."""

    def __init__(self, words: Words, knowledge: Knowledge, watch: Watch) -> None:
        self._entries: dict[str, dict[Phrase, dict[str, str]]] = {}
        self._shouted: dict[Phrase, str] = {}
        self._add_words(words)
        self._add_names(knowledge, watch)
        self._inherit()
        self._roles = _roles(words.table("grammar").get("roles", {}))
        self._heads = {first: self._head(first, phrases) for first, phrases in self._entries.items()}
        self._split: dict[int, tuple[str, tuple[tuple[str, str, int, int], ...]]] = {}
        self.abbreviations = frozenset(
            fold(word) for word in words.table("context").get("sentence", {}).get("abbreviations", ())
        )
        self.starters = frozenset(words.table("context").get("sentence", {}).get("starters", ()))

    # ---- building ---------------------------------------------------------------------------------------------------

    def add(self, written: str, kind: str, value: str) -> None:
        """Let `written` have a sense; an earlier value of the same kind is joined by a space."""
        phrase = as_read(written)
        if not phrase:
            return
        senses = self._entries.setdefault(phrase[0], {}).setdefault(phrase, {})
        senses[kind] = f"{senses[kind]} {value}" if senses.get(kind) not in (None, value) else value
        bare = written.replace(".", "")
        if len(bare) <= 4 and bare.isupper() and bare.isascii() and len(phrase[0]) <= 4:
            self._shouted[phrase] = bare
        else:
            self._shouted.pop(phrase, None)

    def _add_words(self, words: Words) -> None:
        for kind in (
            "base",
            "site",
            "troops",
            "people",
            "corps",
            "part",
            "borrowed",
            "asset",
            "elsewhere",
            "modifier",
            "determiner",
            "hosting",
            "guests",
            "column",
            "about",
            "settled",
            "stranger",
            "decoy",
        ):
            for written in words.phrases("targets", kind):
                self.add(written, kind, "1")
        self._add_all(words.phrases("targets", "number"), "num", "1")
        for force, listed in words.table("targets").get("assumed", {}).items():
            self._add_all(listed, "assumed", force)
        attack = words.table("attack")
        for role, rows in attack.get("verbs", {}).items():
            for row in rows:
                for form, written in zip(_FORMS, row.split(), strict=True):
                    self.add(written.replace("_", " "), f"v.{role}", form)
        for kind, listed in attack.get("nouns", {}).items():
            self._add_all(listed, "weapon" if kind == "weapon" else f"n.{kind}", "1")
        for kind, listed in attack.get("links", {}).items():
            self._add_all(listed, f"link.{kind}", "1")
        for group, kinds in words.table("context").items():
            if group == "sentence":
                continue
            for kind, listed in kinds.items():
                self._add_all(listed, f"clause.{kind}" if group == "clauses" else kind, "1")

    def _add_all(self, listed: Iterable[str], kind: str, value: str) -> None:
        for written in listed:
            self.add(written, kind, value)

    def _add_names(self, knowledge: Knowledge, watch: Watch) -> None:
        for base in (*knowledge.bases, *watch.own_bases):
            self._add_base(base)
        for place in knowledge.places:
            kind = {"country": "country", "region": "region", "waterway": "region"}.get(place.kind, "city")
            for name in (place.name, *place.aliases):
                self.add(name, kind, " ".join(place.countries))
            for name in place.demonyms:
                self.add(name, "demonym", " ".join(place.countries))
        for force in knowledge.forces:
            if force.id not in watched_forces(watch):
                continue  # its country and demonym say enough of whose a base is
            for groups in force.words.values():
                for group, listed in groups.items():
                    for name in listed:
                        self.add(name, f"force.{group}", force.id)
                        if group != "commands":  # a staff speaks for a force; nobody stands on it
                            self.add(name, "force", force.id)
        for party in knowledge.groups:
            for name in (party.name, *party.aliases):
                self.add(name, "group", party.id)

    def _add_base(self, base: Base) -> None:
        for name in {base.name, *base.aliases}:
            for variant in _variants(name):
                self.add(variant, "gaz", base.id)
        bare = {name for name in map(_without_article, base.aliases) if name}
        for name in {*base.weak_aliases, *bare} - set(base.aliases):
            for variant in _variants(name):
                self.add(variant, "gazweak", base.id)

    def _inherit(self) -> None:
        """Let a force's phrase that ends in the name of a base ("US Fifth Fleet") name that base too."""
        for phrases in list(self._entries.values()):
            for phrase, senses in phrases.items():
                if "force" not in senses or "gaz" in senses or "gazweak" in senses:
                    continue
                for cut in range(1, len(phrase)):
                    inner = self._entries.get(phrase[cut], {}).get(phrase[cut:], {})
                    senses.update({kind: inner[kind] for kind in ("gaz", "gazweak") if kind in inner})

    def _head(self, first: str, phrases: Mapping[Phrase, Mapping[str, str]]) -> _Head:
        longer: dict[str, list[tuple[Phrase, Mapping[str, str], bool]]] = {}
        for phrase in sorted(phrases, key=len, reverse=True):
            if len(phrase) > 1:
                longer.setdefault(phrase[1], []).append((phrase, phrases[phrase], phrase in self._shouted))
        alone = (first,)
        entry = (alone, phrases[alone]) if alone in phrases else _NO_ENTRY
        shouted = alone in self._shouted
        return _Head(entry, shouted, longer, plain=not (shouted or longer))

    # ---- reading -----------------------------------------------------------------------------------------------------

    def read(self, doc: Doc) -> list[Word]:
        """The words of a text in order; phrases of the lexicon as one word, in-word hyphens and quotes left out."""
        pieces, whole = self._pieces_of(doc)
        read: list[Word] = []
        heads, roles, count = self._heads, self._roles, len(pieces)
        at = 0
        while at < count:
            norm, text, first, begin, stop = pieces[at]
            head = heads.get(norm)
            if head is None:
                senses = _STOP_SENSES.get(norm) or ({"num": norm} if norm[0].isdigit() else _NOTHING)
            elif head.plain:
                senses = head.alone[1]
            else:
                phrase, senses = self._longest(head, pieces, at)
                size = len(phrase)
                if size > 1:
                    _, _, last, _, stop = pieces[at + size - 1]
                    norm = " ".join(phrase)
                    read.append(
                        Word(whole[begin:stop], norm, first, last, begin, stop, senses, roles.get(norm, _NO_ROLES))
                    )
                    at += size
                    continue
            read.append(Word(text, norm, first, first, begin, stop, senses, roles.get(norm, _NO_ROLES)))
            at += 1
        return read

    @staticmethod
    def _longest(head: _Head, pieces: Sequence[_Piece], at: int) -> _Entry:
        """The longest phrase that stands here; a short name of capitals only in capitals ("US" is a country)."""
        text = pieces[at][1]
        capitals = "." in text or text.isupper()
        if at + 1 < len(pieces):
            for phrase, senses, shouted in head.longer.get(pieces[at + 1][0], ()):
                if (len(phrase) == 2 or _stands(phrase, pieces, at)) and (capitals or not shouted):
                    return phrase, senses
        return head.alone if capitals or not head.shouted else _NO_ENTRY

    def _pieces_of(self, doc: Doc) -> tuple[list[_Piece], str]:
        """Every piece of a text that counts, and the text."""
        pieces: list[_Piece] = []
        texts: list[str] = []
        known, strings, following = self._split, doc.vocab.strings, 0
        for at, (orth, space) in enumerate(doc.to_array(["ORTH", "SPACY"]).tolist()):  # a Token object for each is slow
            split = known.get(orth)
            if split is None:
                split = known[orth] = _split(strings[orth])
            text, parts = split
            texts.append(text + " " if space else text)
            begin = following
            following = begin + len(texts[-1])
            if text in _HYPHENS and pieces and not space and pieces[-1][4] == begin:
                if pieces[-1][0] in _SUN_ARTICLES:
                    pieces[-1] = ("al", *pieces[-1][1:])
                continue
            for norm, part, start, end in parts:
                pieces.append((norm, part, at, begin + start, begin + end))
        if len(known) > _MOST_SPLIT:
            known.clear()
        return pieces, "".join(texts)


def _roles(listed: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """What the little words do in a sentence, by their compared form."""
    found: dict[str, set[str]] = {}
    for role, phrases in listed.items():
        for written in phrases:
            found.setdefault(" ".join(as_read(written)), set()).add(role)
    return {norm: frozenset(roles) for norm, roles in found.items()}


def _stands(phrase: Phrase, pieces: Sequence[_Piece], at: int) -> bool:
    """Whether a phrase of which the first two words stand here stands here whole."""
    end = at + len(phrase)
    return end <= len(pieces) and all(pieces[k][0] == phrase[k - at] for k in range(at + 2, end))


def _split(text: str) -> tuple[str, tuple[tuple[str, str, int, int], ...]]:
    """A token and its pieces that count: (compared form, text, start and end within the token)."""
    if text.isspace():
        return text, (("\n", text, 0, len(text)),) if "\n" in text else ()
    if text in _STOPS:
        return text, ((text, text, 0, len(text)),)
    pieces, start = [], 0
    for bound in _BOUND.finditer(text):  # "U.S.-led", "al‑Asad": one token, two words
        pieces.append((text[start : bound.start()], start))
        start = bound.end()
    pieces.append((text[start:], start))
    compared = ((_compared(piece), piece, at, at + len(piece)) for piece, at in pieces)
    return text, tuple(one for one in compared if one[0])


def as_read(written: str) -> Phrase:
    """A phrase of the word lists as the tokens it is read as: split where the tokeniser splits."""
    pieces = _BETWEEN_LETTERS.sub(" ", written.replace("’", "'")).split()
    words: list[str] = []
    for piece in pieces:
        genitive = piece.endswith("'s") and len(piece) > 2
        norm = _compared(piece[:-2] if genitive else piece)
        words += [norm] if norm else []
        words += ["'s"] if genitive else []
    return tuple(words)


@lru_cache(5_000)
def _compared(text: str) -> str:
    if text in _GENITIVES:
        return "'s"
    if text.isalpha() and text.isascii():
        lower = text.lower()
        return _SAME_WORDS.get(lower, lower)
    if text == "n't" or text == "n’t":
        return "n't"
    return normalise(text).replace(" ", "") if any(c.isalnum() for c in text) else ""


_SAME_WORDS = {"el": "al", "ul": "al", "ayn": "ain", "ein": "ain", "irbil": "erbil", "arbil": "erbil"}
# Words that a text may spell otherwise than a phrase of ours does.
VARIED = frozenset((*_SAME_WORDS, *_SAME_WORDS.values()))


_LEAST_BARE = 4  # letters of a name that is known without its article: "Tanf", not "Isa"
_PERSONS = frozenset(("asad", "assad", "salam", "hassan", "sultan", "jaber"))  # names of persons too


def _without_article(name: str) -> str:
    """ "Shaddadi" of "Al-Shaddadi", or "" where too little would be left."""
    words = normalise(name).split()
    bare = len(words) == 2 and words[0] == "al" and len(words[1]) >= _LEAST_BARE and words[1] not in _PERSONS
    return words[1] if bare and words[1].isascii() else ""


def _variants(name: str) -> set[str]:
    """Spellings of a base's name that are one name: with or without an inner article, and its kind by other words."""
    words = normalise(name).split()
    if not words:
        return set()
    without = [words[0], *(word for word in words[1:] if word != "al")]
    variants = {" ".join(words), " ".join(without)}
    if len(words) > 2 and words[0] == "al":
        variants.add(" ".join(words[1:]))
    if len(words) > 1 and words[-1] == "airport":
        variants.add(" ".join(words[:-1]) + "'s airport")
    if "asad" in words and "ain" in words:
        variants |= {variant.replace("asad", "assad") for variant in variants}
    return variants
