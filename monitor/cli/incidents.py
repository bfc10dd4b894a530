"""The commands about incidents: what is known, with sources and reasons, and how a person mends it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from monitor.cli import ConfigOption, JsonOption, app
from monitor.errors import NotFoundError

if TYPE_CHECKING:
    from click import Command, Context

    from monitor.core.records import Alert, Count, Decision, Incident


class _ShowByDefault(TyperGroup):
    """`incident ID` means `incident show ID`."""

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["show", *args]
        return super().resolve_command(ctx, args)


incident = typer.Typer(
    cls=_ShowByDefault,
    help="One incident: `incident ID` shows it; merge, split and false mend it.",
    no_args_is_help=True,
)
app.add_typer(incident, name="incident")
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The incident's id.")]


@app.command()
def incidents(
    config: ConfigOption = None,
    days: Annotated[float, typer.Option(help="Only those with news in the last days.")] = 30,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Show what is known, newest first."""
    from datetime import timedelta

    from monitor import wiring
    from monitor.cli.tables import print_table

    with wiring.open_reader(wiring.load_settings(config)) as store:
        since = wiring.clock().now() - timedelta(days=days)
        found = store.incidents(since=since, limit=limit) if store else []
    if as_json:
        for one in found:
            typer.echo(json.dumps(incident_row(one), ensure_ascii=False))
        return
    if not found:
        typer.echo(f"no incident in the last {days:g} days")
        return
    print_table(
        ("incident", "occurred", "status", "confidence", "killed", "wounded", "sources"),
        [
            (
                one.id,
                f"{one.occurred.earliest:%Y-%m-%d %H:%M}",
                str(one.status),
                str(one.confidence),
                _number(one.facts.killed),
                _number(one.facts.wounded),
                str(len(one.origins)),
            )
            for one in found
        ],
    )


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

    with wiring.open_reader(wiring.load_settings(config)) as store:
        found = store.incident(id) if store else None
        if store is None or found is None:
            raise NotFoundError(id, "is no incident", "basewatch incidents shows their ids")
        decisions = store.decisions(incident=id) if history else []
        alerts = store.alerts_of(id)
    if as_json:
        row = incident_row(found)
        row["alerts"] = [alert_row(alert) for alert in alerts]
        if history:
            row["history"] = [decision_row(decision) for decision in decisions]
        typer.echo(json.dumps(row, ensure_ascii=False))
    else:
        _print_incident(found, alerts, decisions)


@incident.command()
def merge(
    id: IdArgument,
    other: Annotated[
        str, typer.Argument(metavar="OTHER", help="The incident that is the same attack, and goes into ID.")
    ],
    config: ConfigOption = None,
) -> None:
    """Say that two incidents are one attack: OTHER goes into ID."""
    from monitor import wiring

    typer.echo(wiring.mend(wiring.load_settings(config), "merge", id, other))


@incident.command()
def split(
    id: IdArgument,
    article: Annotated[str, typer.Option("--article", help="The article's id or link.")],
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


def alert_row(alert: Alert) -> dict[str, Any]:
    """An alert for a program."""
    from monitor.items import iso

    return {
        "id": alert.id,
        "at": iso(alert.at),
        "reason": str(alert.reason),
        "incidents": list(alert.incidents),
        "title": alert.title,
        "body": alert.body,
        "destinations": list(alert.destinations),
    }


def _number(count: Count | None) -> str:
    if count is None:
        return "?"
    if count.max is None:
        return f"{count.min}+"
    return str(count.min) if count.min == count.max else f"{count.min}-{count.max}"


def _print_incident(one: Incident, alerts: list[Alert], decisions: list[Decision]) -> None:
    from monitor.cli.tables import console
    from monitor.items import iso

    out = console()
    facts = one.facts
    out.print(f"{one.id}  ({one.status}, {one.confidence}: {one.confidence_reason})")
    out.print(f"{one.title}")
    out.print(f"where     {one.target.name or 'an unnamed base'}  {', '.join(one.target.countries)}")
    out.print(f"when      {iso(one.occurred.earliest)} to {iso(one.occurred.latest)}")
    out.print(f"weapons   {', '.join(facts.weapons) or 'unknown'}")
    out.print(f"killed    {_number(facts.killed)} (US {_number(facts.us_killed)})")
    out.print(f"wounded   {_number(facts.wounded)} (US {_number(facts.us_wounded)})")
    for name in ("claimed_by", "blamed_on", "denied_by", "confirmed_by"):
        if parties := getattr(facts, name):
            out.print(f"{name.replace('_', ' '):9} {', '.join(parties)}")
    out.print(f"sources   {len(one.origins)} independent: {', '.join(one.origins)}")
    for said in one.statements:
        party = f" [speaks for {said.party}]" if said.party else ""
        out.print(f"  {iso(said.at)}  {said.outlet or said.origin}{party}  {said.title}\n    {said.url}".rstrip())
        for field, sentence in said.facts.sentences:
            out.print(f"    {field}: {sentence}")
    for alert in alerts:
        out.print(f"told      {iso(alert.at)}  {alert.reason}: {alert.title}")
    for decision in decisions:
        end = f"alert {decision.alert}" if decision.alert else f"silence: {decision.silence}"
        out.print(f"{iso(decision.at)}  {decision.outcome}  {decision.article}  {decision.reason}  ({end})")
