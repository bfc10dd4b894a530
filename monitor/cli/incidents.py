"""The commands about incidents: what is known, with sources and reasons, and how a person mends it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from monitor.cli import ConfigOption, JsonOption, app, as_text
from monitor.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.core.records import Alert, Correction, Decision, Delivery, Incident


class _ShowByDefault(TyperGroup):
    """`incident ID` means `incident show ID`."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Options may stand before the id: `incident --history ID`."""
        if args and args[0].startswith("-") and args[0] not in ctx.help_option_names and not {*args} & {*self.commands}:
            args = ["show", *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # typer brings a click of its own, or not
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["show", *args]
        return super().resolve_command(ctx, args)


incident = typer.Typer(
    cls=_ShowByDefault,
    help="One incident: `incident ID` shows it; merge, split and false mend it.",
    no_args_is_help=True,
)
app.add_typer(incident, name="incident", rich_help_panel="Look and mend")
_MENDED = {
    "merge": "{0.incident} is the same attack as {0.other}",
    "split": "{0.article} of {0.incident} tells another attack: {0.other}",
    "false": "{0.incident} was none",
}
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The incident's id.", callback=as_text)]


@app.command(rich_help_panel="Look and mend")
def incidents(
    config: ConfigOption = None,
    days: Annotated[int, typer.Option(min=1, max=36500, help="Only those with news in the last days.")] = 30,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Show what is known, newest first."""
    from datetime import timedelta

    from monitor import wiring

    settings = wiring.load_settings(config)
    with wiring.open_reader(settings) as store:
        since = wiring.clock().now() - timedelta(days=days)
        found = store.incidents(since=since, limit=limit) if store else []
    if store is None:
        raise wiring.no_database(settings, "incidents")
    if as_json:
        for one in found:
            typer.echo(json.dumps(incident_row(one), ensure_ascii=False))
    elif found:
        _print_incidents(found)
    else:
        typer.echo(f"no incident in the last {wiring.counted(days, 'day')}")


@incident.command()
def show(
    id: IdArgument,
    config: ConfigOption = None,
    history: Annotated[bool, typer.Option("--history", help="Also every decision, alert and silence.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show one incident: facts, sources, confidence, and what was told of it."""
    from monitor import wiring
    from monitor.cli.explain import decision_row

    settings = wiring.load_settings(config)
    with wiring.open_reader(settings) as store:
        if store is None:
            raise wiring.no_database(settings, f"incident {id}")
        found = store.incident(id)
        if found is None:
            like = " or ".join(store.incident_ids_like(id)[:3])
            remedy = f"did you mean {like}?" if like else "list them with `basewatch incidents`"
            raise NotFoundError(f"incident {id}", "is not known", remedy)
        decisions = store.decisions(incident=id) if history else None
        corrections = store.corrections(id) if history else []
        alerts = [(alert, store.deliveries(alert=alert.id)[::-1]) for alert in store.alerts_of(id)]
    if as_json:
        row = incident_row(found)
        row["alerts"] = [alert_row(alert, sends) for alert, sends in alerts]
        if decisions is not None:
            row["history"] = [decision_row(decision) for decision in decisions]
            row["corrections"] = [correction_row(correction) for correction in corrections]
        typer.echo(json.dumps(row, ensure_ascii=False))
    else:
        _print_incident(found, alerts, decisions, corrections)


@incident.command()
def merge(
    id: IdArgument,
    other: Annotated[
        str,
        typer.Argument(
            metavar="OTHER", help="The incident that is the same attack, and goes into ID.", callback=as_text
        ),
    ],
    config: ConfigOption = None,
) -> None:
    """Say that two incidents are one attack: OTHER goes into ID."""
    from monitor import wiring

    typer.echo(wiring.mend(wiring.load_settings(config), "merge", id, other))


@incident.command()
def split(
    id: IdArgument,
    article: Annotated[str, typer.Option("--article", help="The article's id, link or title.", callback=as_text)],
    config: ConfigOption = None,
) -> None:
    """Say that an article tells another attack: it leaves ID and opens an incident of its own."""
    from monitor import wiring

    typer.echo(wiring.mend(wiring.load_settings(config), "split", id, article))


@incident.command("false")
def false_alarm(id: IdArgument, config: ConfigOption = None) -> None:
    """Say that an incident was none; whoever was told of it is told that."""
    from monitor import wiring

    typer.echo(wiring.mend(wiring.load_settings(config), "false", id, ""))


# ---- rows and text ----------------------------------------------------------------------------------------


def incident_row(one: Incident) -> dict[str, Any]:
    """An incident for a program."""
    from monitor.items import facts_row, iso, span_row

    return {
        "id": one.id,
        "wave": one.wave or None,
        "base": one.target.base or None,
        "place": one.target.name or None,
        "countries": list(one.target.countries),
        "occurred": span_row(one.occurred),
        "first_seen": iso(one.first_seen),
        "last_news": iso(one.last_news),
        "status": str(one.status),
        "confidence": str(one.confidence),
        "confidence_reason": one.confidence_reason,
        "merged_into": one.merged_into or None,
        "title": one.title,
        **facts_row(one.facts),
        "articles": list(one.articles),
        "origins": list(one.origins),
        "revision": one.revision,
    }


def alert_row(alert: Alert, sends: Sequence[Delivery]) -> dict[str, Any]:
    """An alert for a program, with how its sends ended."""
    from monitor.items import iso

    return {
        "id": alert.id,
        "at": iso(alert.at),
        "reason": str(alert.reason),
        "incidents": list(alert.incidents),
        "title": alert.title,
        "body": alert.body,
        "destinations": list(alert.destinations),
        "deliveries": [
            {
                "destination": one.destination,
                "state": str(one.state),
                "at": iso(one.settled) if one.settled else None,
                "attempts": one.attempts,
                "error": one.error or None,
            }
            for one in sends
        ],
    }


def correction_row(correction: Correction) -> dict[str, Any]:
    """What a person mended, for a program."""
    from monitor.items import iso

    return {
        "at": iso(correction.at),
        "kind": str(correction.kind),
        "incident": correction.incident,
        "other": correction.other or None,
        "article": correction.article or None,
        "note": correction.note or None,
    }


def _print_incidents(found: list[Incident]) -> None:
    """Three lines each on a terminal, where a table of all this would be too wide; one line each elsewhere."""
    from monitor.cli.known import digits, interval, number
    from monitor.cli.tables import console, print_table, say
    from monitor.wiring import counted

    if console().is_terminal:
        for one in found:
            toll = f"killed {number(one.facts.killed)}, wounded {number(one.facts.wounded)}"
            say(f"{one.id}  {interval(one.occurred)} UTC\n  {one.title}")
            say(f"  {one.status}; {one.confidence}; {toll}; {counted(len(one.origins), 'independent source')}")
        return
    print_table(
        ("incident", "when (UTC)", "status", "how sure", "killed", "wounded", "sources"),
        [
            (
                one.id,
                interval(one.occurred),
                str(one.status),
                str(one.confidence),
                digits(one.facts.killed),
                digits(one.facts.wounded),
                str(len(one.origins)),
            )
            for one in found
        ],
    )


def _print_incident(
    one: Incident,
    alerts: list[tuple[Alert, list[Delivery]]],
    history: list[Decision] | None,
    corrections: list[Correction],
) -> None:
    from monitor.cli.known import known, minute, sends, sentences, when
    from monitor.cli.tables import say
    from monitor.wiring import counted

    say(f"{one.id}\n{one.title}\n")
    sources = f"{counted(len(one.articles), 'article')} of {counted(len(one.origins), 'independent source')}"
    rows = [
        ("status", f"merged into {one.merged_into}" if one.merged_into else str(one.status)),
        ("how sure", f"{one.confidence} ({one.confidence_reason})"),
        ("where", ", ".join((one.target.name or "an unnamed base", *one.target.countries))),
        ("when", when(one.occurred, one.facts)),
        *known(one.facts),
        *([("wave", one.wave)] if one.wave else []),
        ("told by", f"{sources}: {', '.join(one.origins)}"),
    ]
    for name, value in rows:
        say(f"{name:12} {value}")
    for said in one.statements:
        party = f" (speaks for {said.party})" if said.party else ""
        say(f"\n{minute(said.at)}  {said.outlet or said.origin}{party}: {said.title}")
        say(f"  {said.url or said.article}")
        for sentence in sentences(said.facts):
            say(f"  {sentence}")
    say("\nalerts" if alerts else "\nalerts: none")
    for alert, deliveries in alerts:
        say(f"  {minute(alert.at)}  {alert.title}")
        for line in sends(deliveries):
            say(f"    {line}")
    if history is not None:
        _print_history(one, history)
    for correction in corrections:
        mended = _MENDED[correction.kind].format(correction)
        note = f" ({correction.note})" if correction.note else ""
        say(f"  {minute(correction.at)}  a person said: {mended}{note}")


def _print_history(one: Incident, history: list[Decision]) -> None:
    from monitor.cli.known import minute
    from monitor.cli.tables import say

    titles = {said.article: f"{said.outlet or said.origin}: {said.title}" for said in one.statements}
    say("\nhistory")
    for decision in history:
        say(f"  {minute(decision.at)}  {decision.outcome}  {titles.get(decision.article, decision.article)}")
        say(f"    because {decision.reason}")
        say(f"    alert {decision.alert}" if decision.alert else f"    no alert: {decision.silence}")
