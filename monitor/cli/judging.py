"""The commands that judge: classify, replay, why, rejudge and train."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import ConfigOption, JsonOption, app, as_text

FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="JSON Lines, a .gz of them, or - for standard input.")
]
# Verdicts are asked for in batches, because the text classifier is several times faster so.
BATCH = 64


@app.command(rich_help_panel="Judge")
def classify(file: FileArgument, config: ConfigOption = None) -> None:
    """Judge news items: JSON Lines in, JSON Lines out, in the same order."""
    from monitor import items, wiring

    classifier = wiring.classifier(wiring.load_settings(config))
    now = wiring.clock().now()
    done = 0
    for batch in items.read_batches(file, BATCH):
        articles = [wiring.clean_item(one, now) for one in batch if isinstance(one, items.Item)]
        findings = iter(classifier.judge_many(articles))
        for one in batch:
            if isinstance(one, items.Item):
                row = items.finding_row(one.id, next(findings))
            else:
                row = {"line": one.line, "error": one.error}
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        done += len(batch)
        _progress(done)
    _progress(done, last=True)


def _progress(done: int, last: bool = False) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} items" + ("\n" if last else ""))
        sys.stderr.flush()


@app.command(rich_help_panel="Judge")
def replay(
    file: FileArgument,
    config: ConfigOption = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where incidents.jsonl and alerts.jsonl go.")
    ] = Path("replay"),
    speed: Annotated[
        float | None, typer.Option("--speed", min=0.001, help="Times real time; without it, as fast as it goes.")
    ] = None,
) -> None:
    """Run the whole pipeline over items of the past, under a virtual clock."""
    from monitor import wiring

    summary = wiring.replay(wiring.load_settings(config), file, out, speed)
    typer.echo(summary)


@app.command(rich_help_panel="Look and mend")
def why(
    item: Annotated[
        str,
        typer.Argument(
            metavar="URL-or-text",
            help="Link, title or id of a stored article, or any text, its title in the first line.",
            callback=as_text,
        ),
    ],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every step of the judgement of one item: what matched where, what spoke against it, and what came of it."""
    from monitor import wiring
    from monitor.cli import explain

    told = explain.explain(wiring.load_settings(config), item)
    if as_json:
        typer.echo(json.dumps(explain.explanation_row(told), ensure_ascii=False))
    else:
        explain.print_explanation(told)


@app.command(rich_help_panel="Judge")
def rejudge(config: ConfigOption = None) -> None:
    """Judge the stored articles again with today's rules and rebuild the incidents; alert nobody about the past."""
    from monitor import wiring

    typer.echo(wiring.rejudge(wiring.load_settings(config)))


@app.command(rich_help_panel="Judge")
def train(
    examples: Annotated[
        list[Path] | None, typer.Option("--examples", metavar="FILE", help="A site's own labelled JSON Lines, added.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the model goes; without it, to seeds/model/.")
    ] = None,
) -> None:
    """Build the text classifier from the labelled examples, the same to the byte each time."""
    from monitor import wiring

    typer.echo(wiring.train(tuple(examples or ()), out))
