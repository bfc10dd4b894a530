"""Who is told what, and why not: changes of incidents against what was told already -> alerts or silences.

What is new is measured against what the earlier alerts of an incident said (`Said`), never against its last revision:
small rises that are kept back add up until they are worth a message, and judging one article twice tells nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.alerts.render import Texts
from monitor.core.incidents.atlas import Atlas
from monitor.core.incidents.growing import exactness
from monitor.core.records import (
    Alert,
    AlertReason,
    Article,
    Change,
    Confidence,
    Count,
    Finding,
    Incident,
    Intercepted,
    Label,
    Route,
    Said,
    Severity,
    Silence,
    SilenceReason,
    Status,
    Verdict,
    Watch,
)

FAR_BACK = timedelta(days=14)  # how long after it an attack may still be revealed as news ("six days later")
PLACELESS_ORIGINS = 2
"""Origins that must tell of an attack "on US forces" somewhere, which nobody claims, before it is told. Of 23 opening
alerts by one origin that named no place, 15 were of no attack (replay of March to June 2026); of the other eight, seven
had a second origin or a place within a day, and one never had."""

WOUNDED_STEP = 3  # people; and
WOUNDED_SHARE = 0.25  # of those told before: a smaller rise waits for more (in a war tolls are restated hourly)
LATE_UPDATE = timedelta(days=1)
"""An update whose attack was never told opens an alert if not older than max_age and this; one that names the base and
tells the day is as good as a late report ("discloses an attack on Camp X on 2 March")."""

ORDER = tuple(AlertReason)  # an update has the name of its first reason in this order
GRAVITY = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Teller:
    """Decides what to tell, for what a site watches and its routes; without routes, alerts are only kept."""

    watch: Watch
    routes: tuple[Route, ...]
    atlas: Atlas

    def decide(self, article: Article, finding: Finding, changes: Sequence[Change], now: datetime) -> list[Verdict]:
        """One verdict a change, in their order; all incidents that one article opens share one alert."""
        opening = [change for change in changes if self._opens(change, article, finding, now) is None]
        verdicts = {verdict.incident: verdict for verdict in self._tell(opening, AlertReason.NEW, finding.label, now)}
        for change in changes:
            if change.after.id not in verdicts:
                verdicts[change.after.id] = self._update(change, article, finding, now)
        return [verdicts[change.after.id] for change in changes]

    def mend(self, change: Change, words: str, now: datetime) -> Verdict:
        """What to tell after a person mended an incident: a correction, in `words`, to whoever was told of it."""
        if not _told(change):
            return Verdict(change.after.id, Silence(SilenceReason.NOTHING_NEW, "nobody was told of it"))
        reason = AlertReason.RETRACTED if change.after.status is Status.FALSE else AlertReason.CORRECTED
        return self._correct(change, reason, words, now)

    def threat(self, article: Article, finding: Finding, now: datetime) -> Alert | Silence:
        """An alert of an announced attack, where the site watches threats."""
        if Label.THREAT not in self.watch.labels or finding.label is not Label.THREAT:
            return Silence(SilenceReason.LABEL_NOT_WATCHED, finding.label)
        if now - article.published > self.watch.max_age:
            return Silence(SilenceReason.TOO_OLD, _ago(now - article.published))
        routes = [route for route in self.routes if not route.labels or Label.THREAT in route.labels]
        if self.routes and not routes:
            return Silence(SilenceReason.NO_ROUTE)
        message = Texts(self.atlas).threat(article)
        return Alert(
            id=f"threat-{article.id}",
            at=now,
            reason=AlertReason.THREAT,
            incidents=(),
            articles=(article.id,),
            title=message.title,
            body=message.body,
            severity=Severity.AVERTED,
            destinations=_destinations(routes),
        )

    def _opens(self, change: Change, article: Article, finding: Finding, now: datetime) -> Silence | None:
        """None when this change is to be told as a new attack, else why not."""
        after = change.after
        if after.status is Status.FALSE:
            return Silence(SilenceReason.CALLED_FALSE)
        if _told(change):
            return Silence(SilenceReason.ALREADY_TOLD)
        if finding.label not in self.watch.labels:
            return Silence(SilenceReason.LABEL_NOT_WATCHED, finding.label)
        if now - article.published > self.watch.max_age:
            return Silence(SilenceReason.TOO_OLD, f"published {_ago(now - article.published)} ago")
        # A site that wants to hear of older news, wants to hear of the older attacks it tells.
        exact = after.target.base and after.facts.tells_when
        late = finding.label is Label.REPORT or exact
        reach = max(FAR_BACK, self.watch.max_age) if late else self.watch.max_age + LATE_UPDATE
        if now - after.occurred.latest > reach:
            return Silence(SilenceReason.TOO_OLD, f"happened {_ago(now - after.occurred.latest)} ago")
        if not (after.target.countries or after.facts.claimed_by) and len(after.origins) < PLACELESS_ORIGINS:
            return Silence(SilenceReason.NO_PLACE_YET)
        return None

    def _tell(
        self, changes: Sequence[Change], reason: AlertReason, label: Label, now: datetime, what: Sequence[str] = ()
    ) -> list[Verdict]:
        """One alert of these changes to every route that lets one of them pass; a denial to whoever was told, too."""
        routes = {change.after.id: self._routes(change.after, label) for change in changes}
        told = _destinations_told(changes) if reason is AlertReason.DENIED else ()
        loud = [change for change in changes if routes[change.after.id] or told or not self.routes]
        verdicts = [
            Verdict(change.after.id, Silence(SilenceReason.NO_ROUTE)) for change in changes if change not in loud
        ]
        if loud:
            reached = _destinations([route for found in routes.values() for route in found])
            alert = self._alert(loud, reason, tuple(dict.fromkeys((*reached, *told))), now, what)
            verdicts += [Verdict(change.after.id, alert) for change in loud]
        return verdicts

    def _update(self, change: Change, article: Article, finding: Finding, now: datetime) -> Verdict:
        """An alert of what this incident has that was not said of it, or silence."""
        news, kept = self.news(change)
        silence = self._silence(change, article, finding, now, news)
        if silence is not None:
            return Verdict(change.after.id, silence)
        if AlertReason.RETRACTED in news:
            return self._correct(change, AlertReason.RETRACTED, "", now)
        if not news:
            return Verdict(change.after.id, Silence(SilenceReason.NOTHING_NEW, kept))
        ordered = sorted(news, key=ORDER.index)
        return self._tell([change], ordered[0], finding.label, now, [str(reason) for reason in ordered])[0]

    def _silence(
        self, change: Change, article: Article, finding: Finding, now: datetime, news: Collection[AlertReason]
    ) -> Silence | None:
        """Why an update is not told whatever it brings; None when it may be. A retraction is never kept back."""
        if not _told(change):
            return self._opens(change, article, finding, now)
        if change.after.status is Status.FALSE:
            return Silence(SilenceReason.CALLED_FALSE)
        if AlertReason.RETRACTED in news:
            return None
        if finding.label.flagged and finding.label not in self.watch.labels:
            return Silence(SilenceReason.LABEL_NOT_WATCHED, finding.label)
        if now - article.published > self.watch.max_age:
            return Silence(SilenceReason.TOO_OLD, f"published {_ago(now - article.published)} ago")
        return None

    def news(self, change: Change) -> tuple[set[AlertReason], str]:
        """What an incident has that no alert said, and what was kept back in words."""
        after = change.after
        said = [said for alert in _told(change) for said in alert.said if said.incident == after.id]
        facts, news, kept = after.facts, set(), ""
        killed, wounded = tolls(after)
        killed_told, wounded_told = max((s.killed for s in said), default=0), max((s.wounded for s in said), default=0)
        if killed > killed_told:
            news.add(AlertReason.KILLED_ROSE)
        if wounded > wounded_told:
            if wounded - wounded_told >= max(WOUNDED_STEP, WOUNDED_SHARE * wounded_told) or not wounded_told:
                news.add(AlertReason.WOUNDED_ROSE)
            else:
                kept = f"wounded {wounded}, told {wounded_told}: too small a rise"
        if self._sides(facts.claimed_by) - self._sides(name for s in said for name in s.claimed_by):
            news.add(AlertReason.CLAIMED)
        if self._sides(facts.denied_by) - self._sides(name for s in said for name in s.denied_by):
            news.add(AlertReason.DENIED)
        if after.confidence is Confidence.CONFIRMED and not any(s.confirmed_by for s in said):
            news.add(AlertReason.CONFIRMED)
        if after.target.base and said and not any(s.base for s in said):
            news.add(AlertReason.BASE_NAMED)
        if after.confidence is Confidence.RETRACTED and not any(
            s.confidence is Confidence.RETRACTED for s in said[-1:]
        ):
            news.add(AlertReason.RETRACTED)
        return news, kept

    def _sides(self, names: Iterable[str]) -> set[str]:
        return {self.atlas.side(name) for name in names}

    def _correct(self, change: Change, reason: AlertReason, words: str, now: datetime) -> Verdict:
        """A correction goes to everybody who was told, whatever the routes say today."""
        alert = self._alert([change], reason, _destinations_told([change]), now, [words] if words else [])
        return Verdict(change.after.id, alert)

    def _alert(
        self,
        changes: Sequence[Change],
        reason: AlertReason,
        destinations: tuple[str, ...],
        now: datetime,
        what: Sequence[str],
    ) -> Alert:
        incidents = [change.after for change in changes]
        message = Texts(self.atlas).incidents(incidents, reason, what)
        return Alert(
            id=f"{incidents[0].id}.{incidents[0].revision}",
            at=now,
            reason=reason,
            incidents=tuple(incident.id for incident in incidents),
            articles=tuple(dict.fromkeys(article for incident in incidents for article in incident.articles)),
            title=message.title,
            body=message.body,
            severity=min((severity(incident) for incident in incidents), key=GRAVITY.index),
            destinations=destinations,
            said=tuple(_said(incident) for incident in incidents),
        )

    def _routes(self, incident: Incident, label: Label) -> list[Route]:
        return [route for route in self.routes if _passes(route, incident, label)]


def tolls(incident: Incident) -> tuple[int, int]:
    """The least numbers of killed and wounded known, without the attackers."""
    facts = incident.facts
    return max(_least(facts.killed), _least(facts.us_killed)), max(_least(facts.wounded), _least(facts.us_wounded))


def severity(incident: Incident) -> Severity:
    """How grave it is by what is known: deaths; wounds or damage; nothing known; everything stopped."""
    killed, wounded = tolls(incident)
    if killed:
        return Severity.KILLED
    if wounded or incident.facts.damage:
        return Severity.HARMED
    return Severity.AVERTED if incident.facts.intercepted is Intercepted.ALL else Severity.HIT


def _least(count: Count | None) -> int:
    return count.min if count is not None else 0


def _passes(route: Route, incident: Incident, label: Label) -> bool:
    return (
        (not route.severities or severity(incident) in route.severities)
        and (not route.regions or any(region.holds(incident.target) for region in route.regions))
        and (not route.bases or incident.target.base in route.bases)
        and (not route.labels or label in route.labels)
        and (not route.confidences or incident.confidence in route.confidences)
    )


def _destinations(routes: Sequence[Route]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(destination for route in routes for destination in route.destinations))


def _destinations_told(changes: Sequence[Change]) -> tuple[str, ...]:
    told = (destination for change in changes for alert in _told(change) for destination in alert.destinations)
    return tuple(dict.fromkeys(told))


def _told(change: Change) -> list[Alert]:
    return [alert for alert in change.told if alert.reason is not AlertReason.TEST]


def _said(incident: Incident) -> Said:
    killed, wounded = tolls(incident)
    return Said(
        incident=incident.id,
        base=incident.target.base if exactness(incident.target) == 0 else "",
        killed=killed,
        wounded=wounded,
        claimed_by=incident.facts.claimed_by,
        denied_by=incident.facts.denied_by,
        confirmed_by=incident.facts.confirmed_by if incident.confidence is Confidence.CONFIRMED else (),
        confidence=incident.confidence,
        status=incident.status,
    )


def _ago(age: timedelta) -> str:
    hours = age / timedelta(hours=1)
    return f"{hours:.0f} hours" if hours < 96 else f"{hours / 24:.0f} days"
