"""The commands that run: run, once, demo, notify-test and status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import NEEDS_A_LOOK, ConfigOption, JsonOption, app, as_text
from monitor.errors import NotFoundError

if TYPE_CHECKING:
    from monitor.core.records import Alert
    from monitor.wiring.serving import Once, Poll


@app.command(rich_help_panel="Run")
def run(config: ConfigOption = None) -> None:
    """Poll, judge, merge and alert until SIGTERM; SIGHUP reads the configuration again."""
    from monitor import wiring

    if not wiring.run(config):
        raise typer.Exit(1)


@app.command(rich_help_panel="Run")
def once(config: ConfigOption = None) -> None:
    """Poll all feeds once, deliver, and exit; exit code 4 when a feed failed or an alert could not be sent."""
    from monitor import wiring
    from monitor.cli.tables import say

    came = wiring.once(wiring.load_settings(config))
    polled, counted = came.polled, wiring.counted
    typer.echo(
        f"{counted(polled.polled, 'feed')} polled, {len(polled.failed)} failed, {counted(polled.new, 'new entry')}: "
        f"{polled.flagged} flagged, {counted(len(polled.opened), 'incident')}, {counted(len(polled.alerts), 'alert')}"
    )
    wrong = [*_unpolled(came), *_unsent(came)]
    for line in wrong:
        say(line)
    if wrong:
        raise typer.Exit(NEEDS_A_LOOK)


def _unpolled(came: Once) -> list[str]:
    return [f"feed {name}: {fault}{': ' + detail if detail else ''}" for name, fault, detail in came.polled.failed]


def _unsent(came: Once) -> list[str]:
    from monitor.core.records import DeliveryState

    unsent = [
        f"alert {one.alert} to {one.destination}: {one.state}: {one.error}"
        for one in came.deliveries
        if one.state is not DeliveryState.SENT
    ]
    if any(one.state is DeliveryState.WAITING for one in came.deliveries):
        unsent.append("what waits is sent again by the next basewatch once, or by the service while it runs")
    return unsent + [f"{came.flying} sends have not ended: they are made again"] * bool(came.flying)


# ---- demo ------------------------------------------------------------------------------------------------------------


@app.command(rich_help_panel="Run")
def demo() -> None:
    """Show the whole in small: sample feeds on a loopback port, polled twice; nothing is sent to anybody."""
    from monitor import wiring
    from monitor.cli.tables import say

    shown, counted = wiring.demo(), wiring.counted
    say("Outlets, people and events of the samples are invented; only the places are real.")
    for number, poll in enumerate(shown.polls, 1):
        brought = f"{counted(poll.polled.polled, 'feed')}, {counted(poll.polled.new, 'new entry')}"
        say(f"\n== poll {number}: {brought}")
        _print_poll(poll)
    say("\n== what is known in the end")
    for one in shown.incidents:
        where = ", ".join((one.target.name or "an unnamed base", *one.target.countries))
        say(f"{one.id}  {where}  {one.confidence}, {counted(len(one.origins), 'independent source')}")
        for said in one.statements:
            say(f"    {said.title}")


def _print_poll(poll: Poll) -> None:
    from monitor.cli.tables import say

    for alert in poll.polled.alerts:
        _print_alert(alert)
    if not poll.polled.alerts:
        say("\nno alert")
    if poll.silences:
        say("\nnobody is told of:")
    for article, decision in poll.silences:
        say(f"  {article.title}\n      {decision.reason}; {decision.silence}")


def _print_alert(alert: Alert) -> None:
    from monitor.cli.tables import say
    from monitor.core.alerts.render import message

    sent = message(alert)
    say(f"\nALERT ({alert.reason})  {sent.title}")
    for line in sent.body.splitlines():
        say(f"  | {line}".rstrip())


# ---- notify-test -----------------------------------------------------------------------------------------------------


@app.command("notify-test", rich_help_panel="Set up")
def notify_test(
    destination: Annotated[
        str, typer.Argument(metavar="DESTINATION", help="Only this one; else all.", callback=as_text)
    ] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a test alert to every destination, or to one, and tell the truth about each."""
    from monitor import wiring
    from monitor.core.records import Message

    settings = wiring.load_settings(config)
    names = [one.name for one in settings.destinations]
    if not names:
        site = str(settings.directory / "basewatch.toml")
        remedy = "take the # off the example of one in that file, and write yours"
        shipped = wiring.shipped_serves(settings.directory)
        raise NotFoundError(site, "names no [[alerts.destination]]", shipped or remedy)
    if destination and destination not in names:
        raise NotFoundError(f"destination {destination}", "is not configured", f"there are: {', '.join(names)}")
    text = Message("Basewatch test", "This is a test. Nothing has happened. Alerts of Basewatch will arrive here.")
    ended = wiring.notify_test(settings, destination, text)
    rows = [{"destination": name, **_outcome(result)} for name, result in ended]
    for row in rows:  # why a secret could not be read is known better than what came of it
        row["why"] = next(
            (f.problem for f in settings.unresolved if f'"{row["destination"]}"' in f.problem), row["why"]
        )
    for row in rows:
        said = f"{row['destination']}: {row['outcome']}" + (f": {row['why']}" if row["why"] else "")
        typer.echo(json.dumps(row, ensure_ascii=False) if as_json else said)
    if any(row["outcome"] != "sent" for row in rows):
        raise typer.Exit(NEEDS_A_LOOK)


def _outcome(result: object) -> dict[str, str]:
    from monitor.ports import Refused, Retry, Uncertain

    match result:
        case Refused(error):
            return {"outcome": "refused", "why": error}
        case Retry(error, _):
            return {"outcome": "failed, may succeed later", "why": error}
        case Uncertain(error):
            return {"outcome": "no answer, may have arrived", "why": error}
        case _:
            return {"outcome": "sent", "why": ""}


# ---- status ----------------------------------------------------------------------------------------------------------


@app.command(rich_help_panel="Look and mend")
def status(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show whether it runs, what it watches, and what is wrong; exit code 4 when something is."""
    from monitor import wiring

    state = wiring.state_of_service(wiring.load_settings(config))
    if as_json:
        typer.echo(json.dumps(state, ensure_ascii=False))
    else:
        _print_status(state)
    if state["wrong"] or not state["running"]:
        raise typer.Exit(NEEDS_A_LOOK)


def _print_status(state: dict[str, Any]) -> None:
    from monitor.cli.tables import say
    from monitor.wiring import counted

    watches, seen = state["watches"], state["heartbeat"]
    if state["running"]:
        say(f"running, pid {state['pid']}" + (f", last heartbeat {state['heartbeat_age']} s ago" if seen else ""))
    else:
        say("not running" + (f", last heartbeat {seen}" if seen else ""))
    if state["says"]:
        say(f"says      {state['says']}")
    say(f"config    {state['configuration']}")
    say(f"database  {state['database']}" + ("" if state["database_exists"] else " (none yet: nothing was polled)"))
    where = ", ".join(watches["regions"]) or "the whole world"
    bases = f"{counted(watches['bases'], 'base')} of {', '.join(watches['forces'])} forces"
    say(f"watches   {bases} in {where}, {counted(watches['feeds'], 'feed')}")
    say(f"tells     {', '.join(watches['destinations']) or 'nobody: no destination is configured'}")
    for line in state["notes"]:
        say(f"note      {line}")
    for line in state["wrong"]:
        say(f"wrong     {line}")
