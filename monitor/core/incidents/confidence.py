"""How sure the world is that an attack took place, in words, and what that stands on."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.incidents.atlas import Atlas
from monitor.core.records import Confidence, Statement


def weigh(statements: Sequence[Statement], origins: Sequence[str], atlas: Atlas) -> tuple[Confidence, str]:
    """Confidence and its reason, from statements in the order they were made. It can fall as well as rise.

    The last word of a side counts: who confirmed and then denied, denies. The attacker's denial speaks of who did it,
    not of whether it happened, once somebody else confirmed; before that it leaves the attack in dispute.
    """
    words: dict[str, tuple[bool, str]] = {}  # side -> (confirms, its name as told)
    for statement in statements:
        words |= {atlas.side(name): (False, name) for name in statement.facts.denied_by}
        words |= {atlas.side(name): (True, name) for name in statement.facts.confirmed_by}
    claimants = tuple(dict.fromkeys(name for s in statements for name in s.facts.claimed_by))
    accused = {atlas.side(name) for s in statements for name in (*s.facts.claimed_by, *s.facts.blamed_on)}
    confirming = [name for side, (yes, name) in words.items() if yes and side not in accused]
    denying = [name for side, (yes, name) in words.items() if not yes and side not in accused]
    disowning = [name for side, (yes, name) in words.items() if not yes and side in accused]
    if denying and (confirming or claimants):
        return Confidence.DISPUTED, f"{_and(denying)} denies it; {_and(confirming or claimants)} says it happened"
    if denying:
        return Confidence.DENIED, f"{_and(denying)} denies it"
    if confirming:
        rest = f"; {_and(disowning)} denies having done it" if disowning else ""
        return Confidence.CONFIRMED, f"confirmed by {_and(confirming)}{rest}"
    if disowning:
        return Confidence.DISPUTED, f"{_and(disowning)} denies it, nobody official confirms it"
    return _unconfirmed(statements, origins, claimants, accused, atlas)


def _unconfirmed(
    statements: Sequence[Statement], origins: Sequence[str], claimants: Sequence[str], accused: set[str], atlas: Atlas
) -> tuple[Confidence, str]:
    """Nobody official spoke: a claim carried by many stays a claim; several origins corroborate each other."""
    if statements and all(_only_claims(statement, accused, atlas) for statement in statements):
        told = f" (told by {len(origins)} origins)" if len(origins) > 1 else ""
        parties = [atlas.countries.get(statement.party, statement.party) for statement in statements if statement.party]
        return Confidence.CLAIMED, f"claimed by {_and(claimants or parties)}{told}"
    if len(origins) > 1:
        return Confidence.CORROBORATED, f"reported by {len(origins)} independent origins"
    return (
        Confidence.SINGLE_SOURCE,
        f"reported by {atlas.origins.get(origins[0], origins[0])} only" if origins else "no source left",
    )


def _only_claims(statement: Statement, accused: set[str], atlas: Atlas) -> bool:
    return bool(statement.facts.claimed_by) or (bool(statement.party) and atlas.side(statement.party) in accused)


def _and(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))
