"""The front door: the commands, their options, their exit codes, and what a person reads when something is wrong.

Exit codes: 0 done; 1 it failed; 2 a configuration, file or argument is wrong; 3 what was asked for does not exist;
4 done, but something needs a look (a feed that fails, a destination that refused); 130 interrupted.
"""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.errors import BasewatchError, ConfigError

app = typer.Typer(
    name="basewatch",
    help="Tells, once and truly, that a military base hosting US troops was attacked.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", metavar="DIR", help="Folder of basewatch.toml and feeds.toml.", envvar="BASEWATCH_CONFIG"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON for a program to read.")]

NEEDS_A_LOOK = 4
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def fail(error: BasewatchError) -> int:
    """Print an error for a person; the exit code that goes with it."""
    if isinstance(error, ConfigError):
        count = len(error.faults)
        typer.echo(f"basewatch: the configuration has {count} fault{'s' if count > 1 else ''}:", err=True)
        for fault in error.faults:
            typer.echo(f"  {fault}", err=True)
    else:
        typer.echo(f"basewatch: {error.subject}: {error.cause}", err=True)
        if error.remedy:
            typer.echo(f"  {error.remedy}", err=True)
    return error.exit_code


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"basewatch {version('basewatch')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Tells, once and truly, that a military base hosting US troops was attacked."""


def main() -> None:
    """Run the command line; every expected error ends in words and an exit code, never in a traceback."""
    _speak_utf8()
    collect_rarely()
    try:
        try:
            app(prog_name="basewatch")
        finally:
            if sys.stdout:  # None where whoever started us closed it
                sys.stdout.flush()
    except BasewatchError as error:
        sys.exit(fail(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone.
        _write_no_more()
        sys.exit(1)
    except OSError as error:
        # A file or folder that this user may not use, a full disk. Anything else without a file's name is our fault.
        subject, remedy = str(error.filename or ""), "check that it is there, and that this user may use it"
        if not subject and error.errno in _NO_ROOM:
            _write_no_more()
            subject, remedy = "the output", "make room where it is written to"
        if not subject:
            raise
        sys.exit(fail(BasewatchError(subject, error.strerror or str(error), remedy)))


def _write_no_more() -> None:
    """Keep the interpreter from complaining when it flushes what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def as_text(argument: str) -> str:
    """An argument that is text, also where the locale is not UTF-8 or the bytes are none; for typer's `callback`."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def collect_rarely() -> None:
    """Look for cycles seldom: what we make are trees of records, freed when the last one lets go.

    Over the incidents kept in memory each search took 40 ms and found nothing; a replay takes 7 % less time so, and a
    first poll of 2,000 feeds 4 % less: only there do so many records live at once that have to go again.
    """
    gc.set_threshold(200_000, 20, 20)


def _speak_utf8() -> None:
    """A program reads UTF-8 whatever the locale; a terminal gets what it can show. Neither may end in an exception.

    What cannot be written comes as \\udxxx: half of a surrogate pair, which JSON can name, and which is JSON again so.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


# The commands register themselves; their heavy imports stand inside them.
from monitor.cli import configuring, feeding, incidents, judging, service  # noqa: E402, F401
