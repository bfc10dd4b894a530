"""The names of the parts of the evidence in words for everybody; the words themselves stand in seeds' reasons.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.core.records import Because, Words

_UPDATES = ("update in title: ", "update in lead: ", "update: ")


class Reasons:
    """Says what a rule of a `Because` means; a piece that it has no words for is said by its name."""

    def __init__(self, words: Words) -> None:
        self._tables: Mapping[str, Mapping[str, str]] = words.table("reasons")

    def say(self, rule: str) -> str:
        """A rule in words. A part and the same part among others of its kind ("... *") read alike."""
        name = rule.removesuffix(" *")
        if name in self._table("whole"):
            return self._table("whole")[name]
        head, _, rest = name.partition(": ")
        if head == "deed":
            deed, _, told = rest.partition(" ")
            return self._joined(self._piece("deeds", deed), self._piece("told", told))
        for under in _UPDATES:
            if name.startswith(under):
                news = self._piece("updates", name.removeprefix(under))
                return news if under == _UPDATES[-1] else f"{self.say(under.removesuffix(': '))}: {news}"
        if head in self._table("places") and rest:
            return self._event(head, rest)
        where, _, kind = head.partition(" ")
        if where in self._table("places") and kind in ("word", "aside"):
            aside = ", aside of the news" if kind == "aside" else ""
            return f"in the {self._piece('places', where)}, {self._piece('words', rest)}{aside}"
        if name.startswith("no deed, "):
            return self._joined(self.say("no deed"), self._under(name.removeprefix("no deed, ")))
        return self._under(name) if name.endswith(" title") or name in self._table("turns") else name

    def told(self, because: Sequence[Because]) -> list[Because]:
        """Reasons in words; those that read alike are one, with the longest of their words and all of their weight."""
        told: dict[str, Because] = {}
        for reason in because:
            said = self.say(reason.rule)
            before = told.get(said, reason)
            longest = max(before, reason, key=lambda one: one.end - one.start)
            weight = reason.weight + (before.weight if said in told else 0.0)
            told[said] = replace(longest, rule=said, weight=weight)
        return list(told.values())

    def _event(self, where: str, rest: str) -> str:
        event, _, turn = rest.partition(", ")
        told, _, target = event.partition(" ")
        said = f"in the {self._piece('places', where)}, an attack on {self._piece('targets', target)}"
        return self._joined(said, self._piece("told", told), self._under(turn))

    def _under(self, turn: str) -> str:
        """What stands over an attack or before it: "plain title", "threat"; "" for nothing."""
        if not turn:
            return ""
        if not turn.endswith(" title"):
            return f"with {self._piece('turns', turn)} before it"
        kind = turn.removesuffix(" title")
        if kind in self._table("titles"):
            return f"under {self._table('titles')[kind]}"
        return f"under a title with {self._piece('turns', kind)}"

    def _table(self, name: str) -> Mapping[str, str]:
        return self._tables.get(name, {})

    def _piece(self, table: str, name: str) -> str:
        return self._table(table).get(name, name)

    @staticmethod
    def _joined(*parts: str) -> str:
        return ", ".join(part for part in parts if part)
