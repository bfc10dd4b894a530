"""Where a command finds its configuration and its database."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import knowledge, wiring
from monitor.errors import InputError


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No service manager, no configuration at home, and an empty folder to stand in."""
    for name in ("STATE_DIRECTORY", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def test_the_database_stands_beside_a_sites_own_configuration(tmp_path: Path) -> None:
    assert wiring.state_directory(tmp_path) == tmp_path


def test_a_person_finds_the_database_of_the_service() -> None:
    assert wiring.state_directory(Path("/etc/basewatch")) == Path("/var/lib/basewatch")


def test_systemd_says_where_the_database_of_the_service_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/other")
    assert wiring.state_directory(Path("/etc/basewatch")) == Path("/var/lib/other")


def test_with_the_shipped_configuration_the_database_stands_at_home(tmp_path: Path) -> None:
    assert wiring.state_directory(knowledge.config_dir()) == tmp_path / "home/.local/state/basewatch"


def test_the_nearest_configuration_is_taken(tmp_path: Path) -> None:
    # /etc/basewatch may exist on the machine that runs this.
    if not Path("/etc/basewatch/basewatch.toml").exists():
        assert wiring.config_directory(None) == knowledge.config_dir()
    home = tmp_path / "home/.config/basewatch"
    home.mkdir(parents=True)
    (home / "basewatch.toml").touch()
    assert wiring.config_directory(None) == home
    Path("basewatch.toml").touch()
    assert wiring.config_directory(None) == Path()
    assert wiring.config_directory(home) == home


def test_a_chosen_folder_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        wiring.config_directory(tmp_path / "nowhere")
