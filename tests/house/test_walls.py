"""The walls: who may import whom, and nothing that touches the world on the ground floor."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "monitor"

CORE = "core"
EDGES = {
    "settings",
    "knowledge",
    "words",
    "training",
    "items",
    "demo",
    "fetch",
    "parse",
    "store",
    "notify",
    "systemd",
    "websub",
}
CORRIDORS = {"pipeline", "deliver", "mend", "daemon", "engine", "replay", "polling", "rejudge", "upkeep"}
FRONT = {"wiring", "cli", "log", "__main__", "__init__"}
SHARED = {"errors", "ports"}

MAY_SEE = {
    CORE: {CORE},
    "errors": set(),
    "ports": {CORE, "ports"},
    **{edge: {CORE, *SHARED, edge} for edge in EDGES},
    **{corridor: {CORE, *SHARED, *CORRIDORS} for corridor in CORRIDORS},
    **{front: {CORE, *SHARED, *EDGES, *CORRIDORS, *FRONT} for front in FRONT},
}

# The rooms of the core, each with those it builds on.
CORE_ROOMS = {
    "records": set(),
    "links": set(),
    "wording": set(),
    "clean": {"links", "records"},
    "facts": {"records"},
    "reading": {"clean", "facts", "records"},
    "incidents": {"records"},
    "alerts": {"incidents", "records", "wording"},
    "feeds": {"records"},
}

# What a decision must never do: read a clock, roll dice, touch disk, net, environment or log.
FORBIDDEN_IN_CORE = {
    "os", "sys", "io", "socket", "ssl", "random", "secrets", "time", "logging", "pathlib", "subprocess", "asyncio",
    "threading", "multiprocessing", "urllib.request", "http", "sqlite3", "tempfile", "shutil", "glob",
}  # fmt: skip
OWNERS = {
    "feedparser": "parse",
    "apprise": "notify",
    "sqlite_utils": "store",
    "sqlite3": "store",
    "apscheduler": "daemon",
}


def files() -> list[Path]:
    return sorted(path for path in HOUSE.rglob("*.py") if "_data" not in path.parts)


def room(path: Path) -> str:
    return path.relative_to(HOUSE).with_suffix("").parts[0]


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            yield node.lineno, module
            if module == "monitor":
                for alias in node.names:
                    yield node.lineno, f"monitor.{alias.name}"


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_room_sees_only_what_it_may(path: Path) -> None:
    here = room(path)
    assert here in MAY_SEE, f"{path} stands in no room of the house: add the room to the plan, or move the file"
    for line, name in imports(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[0] == "monitor" and len(parts) > 1:
            assert parts[1] in MAY_SEE[here], f"{path}:{line}: {here} must not see {parts[1]}"
        elif parts[0] in OWNERS:
            owner = OWNERS[parts[0]]
            assert here in (owner, "__init__"), f"{path}:{line}: only {owner} may know {parts[0]}"


@pytest.mark.parametrize("path", sorted((HOUSE / "core").glob("*/*.py")), ids=lambda path: "/".join(path.parts[-2:]))
def test_a_room_of_the_core_builds_only_on_those_below(path: Path) -> None:
    here = path.parent.name
    assert here in CORE_ROOMS, f"{path} stands in no room of the core: add the room to the plan, or move the file"
    for line, name in imports(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[:2] == ["monitor", "core"] and len(parts) > 2:
            assert parts[2] in {here, *CORE_ROOMS[here]}, f"{path}:{line}: {here} must not see {parts[2]}"


@pytest.mark.parametrize("path", sorted((HOUSE / "core").rglob("*.py")), ids=lambda path: path.name)
def test_the_ground_floor_touches_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for line, name in imports(tree):
        top = name.split(".")[0]
        assert name not in FORBIDDEN_IN_CORE, f"{path}:{line}: the core must not import {name}"
        assert top not in FORBIDDEN_IN_CORE or name == "urllib.parse", f"{path}:{line}: the core must not import {name}"
        known = top in sys.stdlib_module_names or top in ("monitor", "spacy")
        assert known, f"{path}:{line}: the core knows the standard library and spaCy, not {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            asked = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            assert called not in ("open", "print", "input"), f"{path}:{node.lineno}: the core must not call {called}()"
            assert asked not in ("now", "utcnow", "today"), f"{path}:{node.lineno}: the core must not ask a clock"


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path) for path in files() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert not silent


HEAVY = ("spacy", "sqlite_utils", "apprise", "apscheduler", "aiohttp", "feedparser")


@pytest.mark.parametrize("command", [["--help"], ["run", "--help"], ["check"]], ids=" ".join)
def test_light_commands_import_nothing_heavy(command: list[str], tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "monitor", "init", str(tmp_path)], check=True, cwd=ROOT, capture_output=True)
    program = f"""
import sys
sys.argv = ["basewatch", *{command!r}]
from monitor.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("HEAVY:", [name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={"BASEWATCH_CONFIG": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "HEAVY: []" in done.stdout
