"""Prints lines and tables: with colour and fitted to a terminal, plain for a pipe, and never what a terminal obeys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.core.alerts.render import INVISIBLE


def console() -> Console:
    """Where output goes; markup is off, because news text must never be read as such."""
    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True)


def visible(text: str) -> str:
    """The text with a space in the place of each character that commands a terminal or turns the direction of writing.

    Titles and outlets are other people's text; places in it stay where they are.
    """
    return INVISIBLE.sub(" ", text)


def say(line: str = "") -> None:
    """Print a line."""
    console().print(visible(line))


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on a terminal, its first column whole, to be copied; tab-separated lines elsewhere."""
    cells = [tuple(map(visible, row)) for row in rows]
    out = Console(markup=False, highlight=False, emoji=False)
    if not out.is_terminal:
        for row in (head, *cells):
            out.file.write("\t".join(row) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(head):
        table.add_column(name, overflow="fold", no_wrap=number == 0)
    for row in cells:
        table.add_row(*map(Text, row))
    out.print(table)
