"""The commands on a site whose feeds are all hostile: each failing feed is explained to the person who asks."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edges import shop
from tests.edges.hostile import EXPLAINED, NAMED, TAKEN_IN
from tests.edges.web import farm, farm_names


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A configuration that names every hostile feed of the farm, while the farm runs."""
    shared = shop.ROOT.parent / "shared"
    if not (shared / "bench" / "farm.py").exists():
        pytest.skip("the maintainers' farm is not here")
    folder = tmp_path_factory.mktemp("hostile")
    with farm(shared) as base:
        with urllib.request.urlopen(f"{base}/bad/gzip-bomb") as bomb:  # it is made once, which takes seconds
            bomb.read()
        feeds = "".join(f'[[feed]]\nname = "{name}"\nurl = "{base}/bad/{name}"\n' for name in farm_names(base))
        (folder / "feeds.toml").write_text(f"[starter]\ngroups = []\n[defaults]\nprivate = true\n{feeds}")
        (folder / "basewatch.toml").write_text('[service]\nrequest_timeout = "5s"\nconnections_per_host = 20\n')
        yield folder


def explained(told: dict[str, str]) -> None:
    """Assert that just those feeds fail that should, each by its name, with what is worth saying beside it."""
    assert told.keys() == set().union(*NAMED.values())
    for fault, names in NAMED.items():
        for name in names:
            assert told[name].startswith(fault.value), (name, told[name])
    for name, words in EXPLAINED.items():
        assert words in told[name], (name, told[name])


def test_check_online_explains_each_failing_feed(site: Path) -> None:
    said = shop.run("check", "--online", "--json", "-c", site, home=site)
    assert said.code == 4, said.err
    explained({one["feed"]: one["problem"] for one in json.loads(said.out)["feeds"]})


def test_feeds_list_names_what_became_of_each(site: Path) -> None:
    shop.run("once", "-c", site, home=site)
    rows = json.loads(shop.run("feeds", "list", "--json", "-c", site, home=site).out)
    explained({row["name"]: row["health"] for row in rows if row["failing"]})
    assert {row["name"] for row in rows if not row["failing"]} == TAKEN_IN
