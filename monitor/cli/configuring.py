"""The commands about the configuration: init and check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import NEEDS_A_LOOK, ConfigOption, JsonOption, app, fail
from monitor.errors import ConfigError, Fault, InputError

if TYPE_CHECKING:
    from monitor.settings import Settings


@app.command(rich_help_panel="Set up")
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write them.")] = Path(),
) -> None:
    """Write the commented config files, and never overwrite one."""
    from monitor import knowledge, settings

    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name in (settings.SITE_FILE, settings.FEEDS_FILE):
            text = (knowledge.config_dir() / name).read_text(encoding="utf-8")
            try:
                with (directory / name).open("x", encoding="utf-8") as file:
                    file.write(text)
                typer.echo(f"wrote {directory / name}")
            except FileExistsError:
                typer.echo(f"kept  {directory / name}, which was there")
    except OSError as error:
        raise InputError(str(directory), error.strerror or str(error), "choose a folder you may write to") from error
    typer.echo(f"next: edit them, then basewatch check --config {directory}")


@app.command(rich_help_panel="Set up")
def check(
    config: ConfigOption = None,
    online: Annotated[
        bool,
        typer.Option("--online", help="Also fetch each feed once, and see whether each destination could be used."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Validate the configuration: every fault at once, with file, line, key and what is allowed."""
    from monitor import wiring
    from monitor.cli.tables import say

    try:
        found = wiring.load_settings(config)
    except ConfigError as error:
        if as_json:
            typer.echo(json.dumps({"ok": False, "faults": [_row(fault) for fault in error.faults], "warnings": []}))
        else:
            fail(error)
        raise typer.Exit(error.exit_code) from error
    unusable = wiring.check_destinations(found) if online else []
    problems = wiring.check_online(found) if online else []
    if as_json:
        warnings = [_row(fault) for fault in found.unresolved]
        feeds = [{"feed": name, "problem": problem} for name, problem in problems]
        destinations = [{"destination": name, "problem": problem} for name, problem in unusable]
        row = {"ok": True, "faults": [], "warnings": warnings, "feeds": feeds, "destinations": destinations}
        typer.echo(json.dumps(row, ensure_ascii=False))
    else:
        _print_checked(found)
        for name, problem in unusable:
            say(f"destination {name}: {problem}")
        for name, problem in problems:
            say(f"feed {name}: {problem}")
        if online:
            typer.echo(f"{len(found.feeds) - len(problems)} of {len(found.feeds)} feeds answered with entries")
    if problems or unusable or found.unresolved:
        raise typer.Exit(NEEDS_A_LOOK)


def _print_checked(found: Settings) -> None:
    """What was checked, and what a person may not have meant."""
    from monitor import wiring
    from monitor.cli.tables import say

    holds = [wiring.counted(len(found.feeds), "feed"), wiring.counted(len(found.destinations), "destination")]
    say(f"{found.directory}: {', '.join(holds)}: no faults")
    for fault in found.unresolved:
        say(f"warning: {fault}")
    for remark in wiring.remarks(found):
        say(f"note: {remark}")


def _row(fault: Fault) -> dict[str, str | int]:
    return {"file": fault.file, "line": fault.line, "key": fault.key, "problem": fault.problem}
