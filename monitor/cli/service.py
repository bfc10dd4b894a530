"""The commands that run: run, once, demo, notify-test and status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import NEEDS_A_LOOK, ConfigOption, JsonOption, app

if TYPE_CHECKING:
    from monitor.core.records import Alert
    from monitor.wiring.serving import Once, Poll


@app.command()
def run(config: ConfigOption = None) -> None:
    """Poll, judge, merge and alert until SIGTERM; SIGHUP reads the configuration again."""
    from monitor import wiring

    if not wiring.run(config):
        raise typer.Exit(1)


@app.command()
def once(config: ConfigOption = None) -> None:
    """Poll all feeds once, deliver, and exit; exit code 4 when a feed failed or an alert could not be sent."""
    from monitor import wiring

    came = wiring.once(wiring.load_settings(config))
    polled = came.polled
    typer.echo(
        f"{polled.polled} feeds polled, {len(polled.failed)} failed, {polled.new} new entries: "
        f"{polled.flagged} flagged, {len(polled.opened)} incidents, {len(polled.alerts)} alerts"
    )
    wrong = [*_unpolled(came), *_unsent(came)]
    for line in wrong:
        typer.echo(line)
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
    return unsent + [f"{came.flying} sends have not ended: they are made again"] * bool(came.flying)


# ---- demo ------------------------------------------------------------------------------------------------------------


@app.command()
def demo() -> None:
    """Show the whole in small: sample feeds on a loopback port, polled twice; nothing is sent to anybody."""
    from monitor import wiring
    from monitor.cli.tables import console

    shown = wiring.demo()
    out = console()
    out.print("Outlets, people and events of the samples are invented; only the places are real.")
    for number, poll in enumerate(shown.polls, 1):
        out.print(f"\n== poll {number}: {poll.polled.polled} feeds, {poll.polled.new} new entries")
        _print_poll(poll)
    out.print("\n== what is known in the end")
    for one in shown.incidents:
        sources = f"{len(one.origins)} independent source{'s' if len(one.origins) > 1 else ''}"
        out.print(
            f"{one.id}  {one.target.name or 'a base'}, {', '.join(one.target.countries)}  {one.confidence}, {sources}"
        )
        for said in one.statements:
            out.print(f"    {said.title}")


def _print_poll(poll: Poll) -> None:
    from monitor.cli.tables import console

    out = console()
    for alert in poll.polled.alerts:
        _print_alert(alert)
    if not poll.polled.alerts:
        out.print("\nno alert")
    if poll.silences:
        out.print("\nnobody is told of:")
    for article, decision in poll.silences:
        out.print(f"  {article.title}\n      {decision.reason}; {decision.silence}")


def _print_alert(alert: Alert) -> None:
    from monitor.cli.tables import console
    from monitor.core.render import message

    sent, out = message(alert), console()
    out.print(f"\nALERT ({alert.reason})  {sent.title}")
    for line in sent.body.splitlines():
        out.print(f"  | {line}".rstrip())


# ---- notify-test -----------------------------------------------------------------------------------------------------


@app.command("notify-test")
def notify_test(
    destination: Annotated[str, typer.Argument(metavar="[DESTINATION]", help="Only this one.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a test alert to every destination, or to one, and tell the truth about each."""
    from monitor import wiring
    from monitor.core.records import Message

    text = Message("Basewatch test", "This is a test. Nothing has happened. Alerts of Basewatch will arrive here.")
    ended = wiring.notify_test(wiring.load_settings(config), destination, text)
    rows = [{"destination": name, **_outcome(result)} for name, result in ended]
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


@app.command()
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
    watches = state["watches"]
    if state["running"]:
        age = f", last heartbeat {state['heartbeat_age']} s ago" if state["heartbeat"] else ""
        typer.echo(f"running, pid {state['pid']}{age}")
    else:
        typer.echo(f"not running{', last heartbeat ' + state['heartbeat'] if state['heartbeat'] else ''}")
    if state["says"]:
        typer.echo(f"says      {state['says']}")
    typer.echo(f"config    {state['configuration']}")
    typer.echo(f"database  {state['database']}")
    typer.echo(
        f"watches   {watches['bases']} bases of {', '.join(watches['forces'])}"
        f" in {', '.join(watches['regions']) or 'the whole world'}, {watches['feeds']} feeds"
    )
    typer.echo(f"tells     {', '.join(watches['destinations']) or 'nobody: alerts stand in the log'}")
    for line in state["wrong"]:
        typer.echo(f"wrong     {line}")
