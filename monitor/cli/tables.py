"""Prints tables and lists: with colour and fitted to a terminal, plain for a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text


def console() -> Console:
    """Where output goes; markup is off, because news text must never be read as such."""
    return Console(markup=False, highlight=False, emoji=False, soft_wrap=True)


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on a terminal; tab-separated lines elsewhere."""
    out = console()
    if not out.is_terminal:
        for row in (head, *rows):
            out.print("\t".join(row))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(markup=False, highlight=False, emoji=False).print(table)
