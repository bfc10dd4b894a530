"""Alert -> Message: plain text that says what is known and how surely, and that no channel can take for a command.

Titles, outlets and links are other people's text: everything of theirs passes `harmless` or `link` on its way in, and
`message` passes the whole once more on its way out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from urllib.parse import quote, urlsplit

from monitor.core.incidents.atlas import Atlas
from monitor.core.incidents.growing import accused, boasts, is_bare, refutes
from monitor.core.records import (
    Alert,
    AlertReason,
    Article,
    Count,
    Facts,
    Incident,
    Intercepted,
    Message,
    Side,
    Statement,
)

TITLE_MOST = 160  # characters; a phone shows about so much of a notification
BODY_MOST = 3_500  # characters; Telegram refuses more than 4,096, and mail to SMS gateways cut anyway
LINK_MOST = 500
SOURCES_MOST = 5
PLACES_MOST = 12  # incidents described one by one in the alert of a wave

INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
DEFUSED = str.maketrans({"@": "＠", "<": "‹", ">": "›", "`": "'"})
SCRIPT = re.compile(r"\b(javascript|vbscript):", re.IGNORECASE)
HEADS = {
    AlertReason.NEW: "Attack",
    AlertReason.RETRACTED: "Retracted",
    AlertReason.CORRECTED: "Corrected",
    AlertReason.THREAT: "Threat",
}
SIDES = {
    Side.US: "US",
    Side.PARTNER: "partner forces",
    Side.CONTRACTOR: "contractors",
    Side.CIVILIAN: "civilians",
    Side.ATTACKER: "attackers",
    Side.UNKNOWN: "not told whose",
}
STOPPED = {
    Intercepted.ALL: "everything fired was intercepted",
    Intercepted.SOME: "some of what was fired was intercepted",
    Intercepted.NONE: "nothing was intercepted",
}


def harmless(text: str, most: int = 300) -> str:
    """One line of somebody's text, without control or direction characters, mentions, markup, masked or live links."""
    line = " ".join(INVISIBLE.sub(" ", text).split()).translate(DEFUSED)
    line = line.replace("](", "] (").replace("://", ": //").replace("**", "*").replace("||", "|")
    line = SCRIPT.sub(r"\1 :", line)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def link(url: str) -> str:
    """A web link as it can be sent, or "" for anything that is not one or is too long to be worth sending."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or len(url) > LINK_MOST:
        return ""
    return quote(url, safe=":/?#[]!$&'*+,;=%~-._")


def message(alert: Alert) -> Message:
    """The message of an alert, capped: whatever stands in it by now, its title is one line, and it holds no command."""
    lines = (INVISIBLE.sub(" ", line).translate(DEFUSED) for line in alert.body.splitlines())
    body = "\n".join(line.rstrip() for line in lines).strip()
    if len(body) > BODY_MOST:
        kept = body[: BODY_MOST - 2].rpartition("\n")[0] or body[: BODY_MOST - 2]
        body = f"{kept}\n…"
    return Message(harmless(alert.title, TITLE_MOST), body)


@dataclass(frozen=True, slots=True)
class Texts:
    """Writes alerts with the names of the atlas."""

    atlas: Atlas

    def incidents(self, incidents: Sequence[Incident], reason: AlertReason, what: Sequence[str] = ()) -> Message:
        """The text of an alert of one incident, or of all incidents of a wave; `what` says what changed."""
        told = ", ".join(what)
        why = "a new attack" if reason is AlertReason.NEW else told or str(reason)
        blocks = [self._incident(incident) for incident in incidents[:PLACES_MOST]]
        if len(incidents) > PLACES_MOST:
            blocks.append([f"and {len(incidents) - PLACES_MOST} more"])
        if len(incidents) > 1:
            blocks.insert(0, [f"One wave on {len(incidents)} places."])
        blocks.append([*self._sources(incidents), f"Why you are told: {why}", _ids(incidents)])
        return Message(self._title(incidents, reason), "\n\n".join("\n".join(block) for block in blocks))

    def threat(self, article: Article) -> Message:
        """The text of an alert of an attack announced or feared."""
        lines = [harmless(article.title), _when_published(article.published), f"Source: {harmless(article.source, 60)}"]
        lines += [link(article.url)] if link(article.url) else []
        return Message(
            harmless(f"Threat: {article.title}", TITLE_MOST),
            "\n".join([*lines, "Why you are told: an attack announced or feared, which this site watches"]),
        )

    def _title(self, incidents: Sequence[Incident], reason: AlertReason) -> str:
        head = HEADS.get(reason, f"Update ({reason})")
        if len(incidents) > 1:
            names = ", ".join(self.atlas.name(incident.target) for incident in incidents)
            return harmless(f"{head} on {len(incidents)} places: {names}", TITLE_MOST)
        incident = incidents[0]
        short = [_toll_words(incident.facts), ", ".join(_weapons(incident.facts)), str(incident.confidence)]
        rest = "; ".join(part for part in short if part)
        return harmless(f"{head}: {self._place(incident)} ({rest})", TITLE_MOST)

    def _place(self, incident: Incident) -> str:
        name, where = self.atlas.name(incident.target), self.atlas.where(incident.target.countries)
        return name if not where or where in name else f"{name}, {where}"

    def _incident(self, incident: Incident) -> list[str]:
        facts = incident.facts
        lines = [f"{harmless(self._place(incident))}"]
        lines.append(f"When: {self._when(incident)}")
        if facts.weapons:
            lines.append(f"With: {', '.join(_weapons(facts))}{_launched(facts)}")
        lines += [f"Toll: {toll}" for toll in [_all_tolls(facts)] if toll]
        lines += self._boasts(incident)
        for name, parties in (
            ("Claimed by", facts.claimed_by),
            ("Blamed on", self._others(facts.blamed_on, facts.claimed_by)),
            ("Denied by", facts.denied_by),
            ("Confirmed by", facts.confirmed_by),
        ):
            if parties:
                lines.append(f"{name}: {harmless(', '.join(parties), 200)}")
        if facts.intercepted is not None:
            lines.append(f"Intercepted: {STOPPED[facts.intercepted]}")
        if facts.damage:
            lines.append(f"Damage: {harmless(facts.damage, 200)}")
        lines.append(f"How sure: {incident.confidence} ({harmless(incident.confidence_reason, 200)})")
        return lines

    def _others(self, parties: Sequence[str], told: Sequence[str]) -> list[str]:
        """The parties that are of no side told already."""
        sides = {self.atlas.side(party) for party in told}
        return [party for party in parties if self.atlas.side(party) not in sides]

    def _boasts(self, incident: Incident) -> list[str]:
        """Tolls that only the attacker tells, each with who tells it, and those that somebody denies."""
        told: dict[str, None] = {}
        sides = accused(incident.statements, self.atlas)
        for statement in incident.statements:
            words = _toll_words(statement.facts)
            if words and boasts(statement, sides, self.atlas):
                told[f"Claimed toll: {words} ({_speaker(statement)})"] = None
            elif words and refutes(statement, incident.statements, self.atlas):
                told[f"Toll denied: {words} (by {harmless(', '.join(statement.facts.denied_by), 80)})"] = None
        return list(told)[:3]

    def _when(self, incident: Incident) -> str:
        """The interval in local time and in UTC; days only, where it is longer than half a day or is not told."""
        zone, span = self.atlas.zone(incident.target), incident.occurred
        if not any(name == "when" for name, _ in incident.facts.sentences) and incident.statements:
            first = incident.statements[0].at
            bare = is_bare(first)
            return f"not told; reported {first:%Y-%m-%d}" if bare else f"not told; reported {_moment(first, zone)}"
        return f"{_interval(span.earliest, span.latest, zone)} ({_interval(span.earliest, span.latest, UTC)} UTC)"

    def _sources(self, incidents: Sequence[Incident]) -> list[str]:
        statements = {s.article: s for incident in incidents for s in incident.statements}
        origins = {origin for incident in incidents for origin in incident.origins}
        chosen: dict[str, Statement] = {}
        for statement in sorted(statements.values(), key=lambda s: (s.at, s.article), reverse=True):
            chosen.setdefault(statement.origin, statement)
        lines = [f"Sources: {_many(len(statements), 'article')} of {_many(len(origins), 'origin')}"]
        for statement in list(chosen.values())[:SOURCES_MOST]:
            lines.append(f"- {harmless(statement.outlet, 60)}: {harmless(statement.title, 200)}")
            if link(statement.url):
                lines.append(f"  {link(statement.url)}")
        return lines


def _interval(earliest: datetime, latest: datetime, zone: tzinfo) -> str:
    first, last = earliest.astimezone(zone), latest.astimezone(zone)
    if (latest - earliest).total_seconds() > 12 * 3600:
        return f"{first:%Y-%m-%d}" if first.date() == last.date() else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    if first.date() == last.date():
        return f"{first:%Y-%m-%d %H:%M} to {last:%H:%M}"
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"


def _moment(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M} ({at:%Y-%m-%d %H:%M} UTC)"


def _when_published(at: datetime) -> str:
    return f"Published: {at:%Y-%m-%d %H:%M} UTC"


def _count(count: Count) -> str:
    if count.max is None:
        return f"at least {count.min}"
    return str(count.min) if count.max == count.min else f"{count.min} to {count.max}"


def _harm(count: Count) -> bool:
    """Whether somebody came to harm: "none" and "none so far" are no toll."""
    return bool(count.min or count.max)


def _toll_words(facts: Facts) -> str:
    """The totals in words, "" where nothing or nobody is known to be harmed."""
    pairs = (
        ("killed", facts.killed or facts.us_killed),
        ("wounded", facts.wounded or facts.us_wounded),
    )
    return ", ".join(f"{_count(count)} {name}" for name, count in pairs if count is not None and count.min)


def _all_tolls(facts: Facts) -> str:
    parts = [_toll_words(facts)]
    for toll in facts.tolls:
        numbers = (("killed", toll.killed), ("wounded", toll.wounded), ("missing", toll.missing))
        told = ", ".join(f"{_count(count)} {name}" for name, count in numbers if count is not None and _harm(count))
        # People of no side are in the totals already.
        parts += [f"{SIDES[toll.side]}: {told}"] if told and toll.side is not Side.UNKNOWN else []
    if not any(parts) and any(count is not None for count in (facts.killed, facts.us_killed)):
        return "no deaths known"
    return "; ".join(part for part in parts if part)


def _weapons(facts: Facts) -> list[str]:
    return [weapon.value.replace("_", " ") for weapon in facts.weapons]


def _launched(facts: Facts) -> str:
    return f" ({_count(facts.launched)} fired)" if facts.launched is not None and facts.launched.min else ""


def _speaker(statement: Statement) -> str:
    return harmless(", ".join(statement.facts.claimed_by) or statement.outlet, 80)


def _ids(incidents: Sequence[Incident]) -> str:
    return (
        f"Incident{'s' if len(incidents) > 1 else ''}: {', '.join(incident.id for incident in incidents[:PLACES_MOST])}"
    )


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
