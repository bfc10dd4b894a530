"""The service unit, as systemd itself reads it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.build import ROOT

UNIT = ROOT / "systemd" / "basewatch.service"


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_systemd_finds_no_fault_in_it(tmp_path: Path) -> None:
    """With a program that exists in place of /opt/basewatch, which is there only once it is installed."""
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/basewatch/bin/basewatch", "/bin/true"))
    found = analyze("verify", "--man=no", str(copy))
    assert (found.returncode, found.stderr) == (0, "")


def test_it_is_exposed_little() -> None:
    found = analyze("security", "--offline=true", "--no-pager", str(UNIT))
    if "Unknown" in found.stderr or "unrecognized" in found.stderr:
        pytest.skip("this systemd-analyze cannot look at a unit offline")
    level = re.search(r"Overall exposure level for \S+: (\d+\.\d)", found.stdout)
    assert level, found.stdout + found.stderr
    assert float(level[1]) <= 1.5


def test_it_starts_the_command_that_is_installed() -> None:
    text = UNIT.read_text(encoding="utf-8")
    assert re.search(r"^ExecStart=/opt/basewatch/bin/basewatch run --config /etc/basewatch$", text, re.MULTILINE)
    assert "basewatch = " in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
