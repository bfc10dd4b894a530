"""The documentation is true: every command and key is told of, and what the README says to run is what CI runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import BaseModel

from monitor import knowledge
from monitor.cli import app
from monitor.settings.schema import FeedsFile, SiteFile
from tests.house.readme import command

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every command below a group, by its whole name. What a group is differs: typer may bring a click of its own."""
    for name, found in group.commands.items():
        if hasattr(found, "commands"):
            yield from commands(found, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", found


ALL_COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", ALL_COMMANDS)
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert re.search(rf"`(basewatch )?{re.escape(name.removesuffix(' show'))}[ `]", README), f"README.md lacks `{name}`"


@pytest.mark.parametrize("name", ALL_COMMANDS)
def test_every_command_and_option_has_help(name: str) -> None:
    assert ALL_COMMANDS[name].help, name
    for option in ALL_COMMANDS[name].params:
        assert option.help, f"{name} {option.name}"


def keys(model: type[BaseModel]) -> Iterator[str]:
    """Every key of a model and of the models inside it."""
    for name, field in model.model_fields.items():
        text = str(field.annotation)
        inner = [kind for kind in BaseModelKinds if kind.__name__ in text]
        if inner:
            for kind in inner:
                yield from keys(kind)
        else:
            yield name


def every_model(root: type[BaseModel]) -> set[type[BaseModel]]:
    return {root}.union(*(every_model(kind) for kind in root.__subclasses__()))


BaseModelKinds = every_model(BaseModel)


@pytest.mark.parametrize(
    ("file", "key"),
    [("basewatch.toml", key) for key in sorted(set(keys(SiteFile)))]
    + [("feeds.toml", key) for key in sorted(set(keys(FeedsFile)))],
)
def test_every_key_of_the_configuration_stands_in_its_file_with_a_comment(file: str, key: str) -> None:
    lines = (ROOT / "config" / file).read_text(encoding="utf-8").splitlines()
    told = [number for number, line in enumerate(lines) if re.match(rf"(# )?{key} = ", line)]
    assert told, f"config/{file} lacks {key}"
    assert any(_commented(lines, number) for number in told), f"config/{file}: nothing says what {key} is"


def _commented(lines: list[str], number: int) -> bool:
    """Whether prose stands above the key, or above the run of keys and table heads that it belongs to."""
    for line in reversed(lines[:number]):
        if re.match(r"(# )?([\w]+ = |\[)", line):
            continue
        return bool(re.match(r"# \S", line))
    return False


def _typed() -> Iterator[str]:
    """What the README tells people to type after `basewatch`."""
    yield from re.findall(r"`(?:sudo )?basewatch ([^`]+)`", README)
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL):
        for line in block.splitlines():
            told = line.partition("#")[0].replace("(", "").replace(")", "")
            yield from (found[1].strip() for found in re.finditer(r"\bbasewatch ((?:[a-z-]+ ?)+[^&|]*)", told))


@pytest.mark.parametrize("typed", sorted(set(_typed())))
def test_what_the_readme_says_to_type_is_a_command_with_such_options(typed: str) -> None:
    words = typed.split()
    likely = (" ".join(words[:2]), words[0], f"{words[0]} show")  # `incident ID` means `incident show ID`
    name = next((name for name in likely if name in ALL_COMMANDS), "")
    assert name, f"basewatch {typed}"
    known = {spelling for option in ALL_COMMANDS[name].params for spelling in getattr(option, "opts", [])}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_addresses_of_the_readme_are_of_kinds_that_a_configuration_takes() -> None:
    kinds = re.findall(r"^\| .* \| `(\w+)://", README, re.MULTILINE)
    assert len(kinds) >= 5
    assert set(kinds) <= knowledge.load_channels()


def test_ci_runs_what_the_readme_says() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for name in ("demo", "test"):
        assert command(name)
        assert f"readme.py {name}" in script


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", README))))
def test_a_link_of_the_readme_to_a_file_leads_somewhere(link: str) -> None:
    if not link.startswith("http"):
        assert (ROOT / link).exists(), link
