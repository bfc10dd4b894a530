"""What is known of an attack, as `why` and `incident` tell it to a person: numbers, times, facts, sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from monitor.core.records import Count, Delivery, DeliveryState, Facts, Intercepted, Side, TimeSpan

_STOPPED = {
    Intercepted.ALL: "all that was fired",
    Intercepted.SOME: "some of what was fired",
    Intercepted.NONE: "nothing of what was fired",
}


def number(count: Count | None) -> str:
    """A count in words: "at least 3", "30 to 40", "none known" where nobody was known to be harmed so far."""
    if count is None:
        return "unknown"
    if count.max is None:
        return f"at least {count.min}" if count.min else "none known"
    if count.max == 0:
        return "none"
    return str(count.min) if count.min == count.max else f"{count.min} to {count.max}"


def digits(count: Count | None) -> str:
    """A count for a column: "3+", "30-40", "?" where nothing is known."""
    if count is None or (count.max is None and not count.min):
        return "?"
    if count.max is None:
        return f"{count.min}+"
    return str(count.min) if count.min == count.max else f"{count.min}-{count.max}"


def minute(time: datetime) -> str:
    """A time in UTC to the minute."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M}"


def interval(span: TimeSpan) -> str:
    """An interval in UTC to the minute."""
    first, last = minute(span.earliest), minute(span.latest)
    if first == last:
        return first
    return f"{first} to {last[11:] if first[:10] == last[:10] else last}"


def when(span: TimeSpan, facts: Facts) -> str:
    """An interval in UTC, and whether anybody told it: else it is only what the dates of the articles allow."""
    return f"{interval(span)} UTC" + ("" if facts.tells_when else " (not told; by the dates of the articles)")


def known(facts: Facts) -> Iterator[tuple[str, str]]:
    """Each fact by its name, in words; a toll also where nothing is known of it."""
    weapons = ", ".join(weapon.value.replace("_", " ") for weapon in facts.weapons) or "unknown"
    yield "weapons", weapons + (f" ({number(facts.launched)} fired)" if facts.launched else "")
    for name, all_of_them, of_us in (
        ("killed", facts.killed, facts.us_killed),
        ("wounded", facts.wounded, facts.us_wounded),
    ):
        yield name, number(all_of_them) + (f" (US: {number(of_us)})" if of_us and of_us != all_of_them else "")
    for toll in facts.tolls:
        harm = [
            f"{number(count)} {name}"
            for name, count in (("killed", toll.killed), ("wounded", toll.wounded), ("missing", toll.missing))
            if count and count.max != 0 and (count.min or count.max)
        ]
        if harm and toll.side not in (Side.US, Side.UNKNOWN):
            yield toll.side.value, ", ".join(harm)
    if facts.intercepted:
        yield "stopped", _STOPPED[facts.intercepted]
    if facts.damage:
        yield "damage", facts.damage
    for name in ("claimed_by", "blamed_on", "denied_by", "confirmed_by"):
        if parties := getattr(facts, name):
            yield name.replace("_", " "), ", ".join(parties)


def sends(deliveries: Sequence[Delivery]) -> list[str]:
    """To whom an alert went, and how that ended, a line each."""
    return [f"to {one.destination}: {_ended(one)}" for one in deliveries] or [
        "to nobody: no destination was configured"
    ]


def _ended(delivery: Delivery) -> str:
    """How the sends of an alert to one destination ended: "sent 2026-05-04 10:00", "refused 2026-05-04 10:00: why"."""
    told = str(delivery.state)
    if delivery.settled:
        told += f" {minute(delivery.settled)}"
    if delivery.attempts > 1:
        told += f", {delivery.attempts} sends"
    if delivery.error:
        told += f": {delivery.error}"
    if delivery.state is DeliveryState.WAITING:
        told += f" (sent from {minute(delivery.due)} on, while the service runs)"
    return told


def sentences(facts: Facts) -> Iterator[str]:
    """Each sentence that facts were read in, with the names of those facts."""
    read: dict[str, list[str]] = {}
    for field, sentence in facts.sentences:
        read.setdefault(sentence, []).append(field.replace("us_", "US ").replace("_", " "))
    for sentence, fields in read.items():
        yield f'"{sentence}" ({", ".join(fields)})'
