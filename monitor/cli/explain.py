"""Tells why an item was judged as it was: the words on the text, their weights, the incident, the alert or silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rich.text import Text

from monitor.cli.known import known, minute, sends, sentences, when
from monitor.cli.tables import console, say, visible
from monitor.core.records import Alert, Article, Attack, Because, Decision, Delivery, Entry, Finding, Incident
from monitor.errors import InputError, NotFoundError
from monitor.items import facts_row, finding_row, iso

if TYPE_CHECKING:
    from monitor.ports import Judged
    from monitor.settings import Settings


@dataclass(frozen=True, slots=True)
class Explanation:
    """One item, its verdict by today's rules, and, when it is stored, what was decided for it at its time.

    `reasons` are those of the verdict in plain words; the finding has them by the exact names of their rules.
    """

    article: Article
    finding: Finding
    reasons: tuple[Because, ...]
    decisions: tuple[Decision, ...]
    incidents: tuple[Incident, ...]
    alerts: tuple[tuple[Alert, tuple[Delivery, ...]], ...]
    stored: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Several stored articles with one link or title, each with its last verdict (None: not judged)."""

    articles: tuple[tuple[Article, Judged | None], ...]


def explain(settings: Settings, item: str) -> Explanation | Choice:
    """Judge a stored article (by its link, title or id) or any text; a choice where several are meant.

    Raises NotFoundError for a link that is not stored, InputError for no text at all.
    """
    from monitor import wiring

    if not item.strip():
        raise InputError("text", "is empty", "give the link of a stored article, or words to judge")
    with wiring.open_reader(settings) as store:
        found = wiring.articles(store, item) if store else []
        if len(found) > 1 and store:
            return Choice(tuple((article, store.verdict(article.id)) for article in found))
        if not found and item.startswith(("http://", "https://")):
            if store is None:
                raise wiring.no_database(settings, item)
            raise NotFoundError(item, "is no stored article", "give its text instead, to see how it is judged")
        classifier = wiring.classifier(settings)
        if not found or not store:
            now = wiring.clock().now()
            title, _, rest = item.strip().partition("\n")
            article = wiring.clean_entry(Entry("", "", "", title, rest), now)
            finding = classifier.judge(article)
            return Explanation(article, finding, wiring.in_words(finding), (), (), (), stored=False)
        (article,) = found
        decisions = tuple(store.decisions(article=article.id))
        ids = dict.fromkeys(decision.incident for decision in decisions if decision.incident)
        incidents = tuple(incident for id in ids if (incident := store.incident(id)))
        told = dict.fromkeys(decision.alert for decision in decisions if decision.alert)
        alerts = tuple((alert, tuple(store.deliveries(alert=id)[::-1])) for id in told if (alert := store.alert(id)))
        finding = classifier.judge(article)
        return Explanation(article, finding, wiring.in_words(finding), decisions, incidents, alerts, stored=True)


def explanation_row(told: Explanation | Choice) -> dict[str, Any]:
    """The explanation for a program; of several articles only what tells them apart, and their labels."""
    if isinstance(told, Choice):
        return {
            "articles": [
                {**_article_row(article), "label": str(judged.label) if judged else None}
                for article, judged in told.articles
            ]
        }
    return {
        "article": {**_article_row(told.article), "text": told.article.text},
        "finding": finding_row(told.article.id, told.finding),
        "reasons": [{"words": one.rule, "text": one.text, "weight": round(one.weight, 3)} for one in told.reasons],
        "older": [{"target": a.target.name, **facts_row(a.facts)} for a in told.finding.older],
        "decisions": [decision_row(decision) for decision in told.decisions],
        "incidents": [incident.id for incident in told.incidents],
        "alerts": [{"id": alert.id, "reason": str(alert.reason), "title": alert.title} for alert, _ in told.alerts],
    }


def _article_row(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "published": iso(article.published),
        "dated": article.dated,
        "feed": article.feed,
    }


def decision_row(decision: Decision) -> dict[str, str]:
    """One decision for a program."""
    return {
        "article": decision.article,
        "at": iso(decision.at),
        "outcome": str(decision.outcome),
        "incident": decision.incident,
        "reason": decision.reason,
        "alert": decision.alert,
        "silence": decision.silence,
    }


def print_explanation(told: Explanation | Choice) -> None:
    """The explanation for a person: the text in colour, then every part with its weight, then what came of it."""
    if isinstance(told, Choice):
        _print_choice(told)
        return
    article, finding = told.article, told.finding
    console().print(_coloured(article.text, finding.because))
    if told.stored:
        say(f"\n{article.source or article.feed}, {_when(article)}\n{article.url}".rstrip())
    flagged = "flagged" if finding.flagged else "not flagged"
    console().print(Text(f"\n{finding.label}, {flagged}, score {finding.score:.2f}", style="bold"))
    for reason in sorted(told.reasons, key=lambda reason: (reason.weight != 0, -abs(reason.weight))):
        side = "for    " if reason.weight > 0 else "against" if reason.weight < 0 else "noted  "
        quote = f'  "{reason.text}"' if reason.text else ""
        say(f"  {side} {reason.weight:+6.2f}  {reason.rule}{quote}")
    if not finding.because:
        say("  nothing in it tells of an attack on a base")
    for attack in finding.attacks:
        _print_attack("attack", attack)
    for attack in finding.older:
        _print_attack("older attack, told as history", attack)
    _print_outcome(told)


def _when(article: Article) -> str:
    """When it was published, or first seen where it does not say."""
    return f"{minute(article.published)} UTC{'' if article.dated else ' (undated: when it was first seen)'}"


def _print_choice(told: Choice) -> None:
    say(f"{len(told.articles)} stored articles are meant; `basewatch why ID` explains one:")
    for article, judged in told.articles:
        label = judged.label if judged else "not judged"
        say(f"\n{article.id}  {_when(article)}  {label}\n  {article.feed}: {article.title}")


def _print_attack(what: str, attack: Attack) -> None:
    say(f"\n{what}: {', '.join((attack.target.name or 'an unnamed base', *attack.target.countries))}")
    if attack.facts.when:
        say(f"  {'when':12} {when(attack.facts.when, attack.facts)}")
    for name, value in known(attack.facts):
        say(f"  {name:12} {value}")
    for sentence in sentences(attack.facts):
        say(f"  {sentence}")


def _print_outcome(told: Explanation) -> None:
    """What was decided at its time, and who was told."""
    alerts = {alert.id: (alert, deliveries) for alert, deliveries in told.alerts}
    for decision in told.decisions:
        say(f"\n{minute(decision.at)} UTC  {decision.outcome}  {decision.incident}".rstrip())
        say(f"  because    {decision.reason}")
        if decision.alert not in alerts:
            say(f"  no alert   {decision.silence}")
            continue
        alert, deliveries = alerts[decision.alert]
        say(f"  alert      {alert.id}: {alert.title}")
        for line in sends(deliveries):
            say(f"             {line}")
    if told.stored and not told.decisions:
        say("\nno incident, no alert: when it came, it told of no attack")


def _coloured(text: str, because: Sequence[Because]) -> Text:
    """The text with what spoke for an attack in green and what spoke against it in red, all reasons taken together."""
    shown = Text(visible(text))
    edges = sorted({edge for reason in because for edge in (reason.start, reason.end)})
    for start, end in pairwise(edges):
        weight = sum(reason.weight for reason in because if reason.start <= start and end <= reason.end)
        if weight:
            shown.stylize("bold green" if weight > 0 else "bold red", start, end)
    return shown
