"""Alert -> Message: plain text that says what is known and how surely, and that no channel can take for a command.

Titles, outlets and links are other people's text: everything of theirs passes `harmless` or `link` on its way in, and
`message` passes the whole once more on its way out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import quote, urlsplit

from monitor.core.incidents.atlas import Atlas
from monitor.core.incidents.growing import accused, boasts, far_off, is_bare, refutes
from monitor.core.records import (
    Alert,
    AlertReason,
    Article,
    Confidence,
    Count,
    Facts,
    Incident,
    Intercepted,
    Message,
    Side,
    Statement,
)
from monitor.core.wording import counted

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
# What changed, and what to make of how sure it is, in words that need no explanation.
REASONS = {
    AlertReason.NEW: "a new attack is reported",
    AlertReason.KILLED_ROSE: "more killed",
    AlertReason.WOUNDED_ROSE: "more wounded",
    AlertReason.CLAIMED: "somebody claims it",
    AlertReason.DENIED: "it is denied",
    AlertReason.CONFIRMED: "an official side confirms it",
    AlertReason.BASE_NAMED: "the base is named",
    AlertReason.RETRACTED: "whoever told it has taken it back",
}
ADVICE = {
    Confidence.RETRACTED: "nothing to do; what was told before no longer holds.",
    Confidence.DENIED: "it is denied, and may not have happened. Read both sides.",
    Confidence.DISPUTED: "the sources contradict each other. Read both sides.",
    Confidence.SINGLE_SOURCE: "take it as unconfirmed: first reports are often wrong. Read the source before you act.",
    Confidence.CLAIMED: "take it as a claim, of a side that gains by it. Wait for another side before you act.",
    Confidence.CORROBORATED: "it very likely happened; numbers and details may still change.",
    Confidence.CONFIRMED: "it happened; numbers and details may still change.",
}
DOUBTS = tuple(ADVICE)  # the least sure first
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
        why = ", ".join(REASONS.get(one, one) for one in what or [str(reason)])  # type: ignore[call-overload]
        head = [f"Why you are told: {why}"]
        if reason is AlertReason.RETRACTED:
            head += ["", "What was told before, and is not so:"]
        if len(incidents) > 1:
            head += ["", f"One wave on {len(incidents)} places."]
        blocks = [self._incident(incident) for incident in incidents[:PLACES_MOST]]
        blocks[0] = [*head, *([""] if len(incidents) > 1 else []), *blocks[0]]
        if len(incidents) > PLACES_MOST:
            blocks.append([f"and {len(incidents) - PLACES_MOST} more"])
        advice = f"What now: {ADVICE[_doubt(incidents, reason)]}"
        blocks.append([advice, "", *self._sources(incidents), _ids(incidents)])
        return Message(self._title(incidents, reason, why), "\n\n".join("\n".join(block) for block in blocks))

    def threat(self, article: Article) -> Message:
        """The text of an alert of an attack announced or feared."""
        lines = [harmless(article.title), _when_published(article), f"Source: {harmless(article.source, 60)}"]
        lines += [link(article.url)] if link(article.url) else []
        return Message(
            harmless(f"Threat: {article.title}", TITLE_MOST),
            "\n".join(
                [*lines, "Why you are told: an attack is announced or feared; this source tells of none that happened"]
            ),
        )

    def _title(self, incidents: Sequence[Incident], reason: AlertReason, why: str) -> str:
        """One line with how sure it is at its end, whatever must be cut for that."""
        head = HEADS.get(reason) or f"Update ({REASONS[reason]})"
        if len(incidents) > 1:
            where = f"{head} on {len(incidents)} places: {', '.join(self.atlas.name(i.target) for i in incidents)}"
            sure = {str(incident.confidence) for incident in incidents}
            rest = sure.pop() if len(sure) == 1 else f"some: {_doubt(incidents, reason)}"
        else:
            (incident,) = incidents
            where = f"{head}: {self._place(incident)}"
            short = [_toll_words(incident.facts), ", ".join(_weapons(incident.facts)), str(incident.confidence)]
            rest = "; ".join(part for part in short if part)
        rest = harmless(why if reason is AlertReason.RETRACTED else rest, 100)
        return f"{harmless(where, TITLE_MOST - len(rest) - 3)} ({rest})"

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
        """Tolls that only the attacker tells, each with who tells it, those that somebody denies, and one far off."""
        told: dict[str, None] = {}
        sides = accused(incident.statements, self.atlas)
        alone = far_off(incident.statements)
        for statement in incident.statements:
            words = _toll_words(statement.facts)
            if words and boasts(statement, sides, self.atlas):
                told[f"Claimed toll: {words} ({_speaker(statement)})"] = None
            elif words and refutes(statement, incident.statements, self.atlas):
                told[f"Toll denied: {words} (by {harmless(', '.join(statement.facts.denied_by), 80)})"] = None
            elif words and statement.article in alone:
                told[f"Told by one source alone: {words} ({_speaker(statement)})"] = None
        return list(told)[:3]

    def _when(self, incident: Incident) -> str:
        """The interval in local time and in UTC; days only, where it is longer than half a day or is not told."""
        zone, span = self.atlas.zone(incident.target), incident.occurred
        if not incident.facts.tells_when and incident.statements:
            first = incident.statements[0].at
            return (
                f"not told; reported {first:%Y-%m-%d}"
                if is_bare(first)
                else f"not told; reported {_span(first, first, zone)}"
            )
        return _span(span.earliest, span.latest, zone)

    def _sources(self, incidents: Sequence[Incident]) -> list[str]:
        statements = {s.article: s for incident in incidents for s in incident.statements}
        origins = {origin for incident in incidents for origin in incident.origins}
        chosen: dict[str, Statement] = {}
        for statement in sorted(statements.values(), key=lambda s: (s.at, s.article), reverse=True):
            chosen.setdefault(statement.origin, statement)
        lines = [f"Sources: {counted(len(statements), 'article')} of {counted(len(origins), 'independent source')}"]
        for statement in list(chosen.values())[:SOURCES_MOST]:
            lines.append(f"- {harmless(statement.outlet, 60)}: {harmless(statement.title, 200)}")
            if link(statement.url):
                lines.append(f"  {link(statement.url)}")
        return lines


def _span(earliest: datetime, latest: datetime, zone: tzinfo) -> str:
    """An interval in local time and in UTC; the local days alone, where it is longer than half a day."""
    first, last = earliest.astimezone(zone), latest.astimezone(zone)
    if latest - earliest > timedelta(hours=12):
        days = f"{first:%Y-%m-%d}" if first.date() == last.date() else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        return f"{days} (by the local calendar)" if first.utcoffset() else f"{days} UTC"
    utc = f"{_minutes(earliest.astimezone(UTC), latest.astimezone(UTC))} UTC"
    return f"{_minutes(first, last)} local time ({utc})" if first.utcoffset() else utc


def _minutes(first: datetime, last: datetime) -> str:
    if first == last:
        return f"{first:%Y-%m-%d %H:%M}"
    return (
        f"{first:%Y-%m-%d %H:%M} to {last:%H:%M}"
        if first.date() == last.date()
        else (f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}")
    )


def _doubt(incidents: Sequence[Incident], reason: AlertReason) -> Confidence:
    """How sure the least sure of them is; what is taken back is sure no more."""
    if reason is AlertReason.RETRACTED:
        return Confidence.RETRACTED
    return min((incident.confidence for incident in incidents), key=DOUBTS.index)


def _when_published(article: Article) -> str:
    return f"{'Published' if article.dated else 'Undated, first seen'}: {article.published:%Y-%m-%d %H:%M} UTC"


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
