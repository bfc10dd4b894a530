"""The commands as their users meet them: what they print, what they leave, how they end, and what they say to do."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.store import SqliteStore
from tests.edges import shop
from tests.edges.shop import CLOSED_PORT, COMMAND, ROOT, Said

Say = Callable[..., Said]
ASAD = "Rockets hit Ain al-Asad air base hosting US troops"


@dataclass(frozen=True)
class World:
    """A site that was polled twice, how each poll ended, and its server."""

    folder: Path
    server: shop.Server
    polls: tuple[Said, Said]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("world")
    with shop.served() as server:
        shop.configure(home / "site", server)
        first = shop.run("once", "-c", "site", home=home)
        server.later = True
        second = shop.run("once", "-c", "site", home=home)
        yield World(home / "site", server, (first, second))


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """The command line in this process, in an empty folder of a person who has set nothing."""
    monkeypatch.chdir(tmp_path)
    for name in ("BASEWATCH_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))

    def call(*args: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["basewatch", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Said(int(ended.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def site(world: World, tmp_path: Path) -> Path:
    """A copy of the polled site, to do with as one likes."""
    return Path(shutil.copytree(world.folder, tmp_path / "site"))


def items(path: Path, *lines: object) -> Path:
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines))
    return path


def item(id: str, title: str, **more: object) -> dict[str, object]:
    return {"id": id, "title": title, "published": "2026-05-04T10:00:00Z", **more}


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


# ---- the door itself -------------------------------------------------------------------------------------------------


def test_the_version_is_that_of_the_distribution(say: Say) -> None:
    assert say("--version") == Said(0, f"basewatch {version('basewatch')}\n", "")


@pytest.mark.parametrize(
    "args", [("nothing",), ("feeds", "nothing"), ("check", "--nothing"), ("classify",), ("incident", "split", "x")]
)
def test_what_the_command_line_does_not_know_is_said(say: Say, args: tuple[str, ...]) -> None:
    said = say(*args)
    assert (said.code, said.out) == (2, "")
    assert "Usage: basewatch" in said.err


COMMANDS = ["run", "once", "demo", "init", "check", "classify", "replay", "rejudge", "incidents", "incident", "incident show",
            "incident merge", "incident split", "incident false", "why", "feeds", "feeds list", "feeds add", "feeds remove",
            "feeds import", "feeds export", "notify-test", "train", "status"]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_the_command_and_keeps_the_width(say: Say, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = say(*command.split(), "--help")
    assert (said.code, said.err) == (0, "")
    assert f"Usage: basewatch {command}" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


# ---- init and check --------------------------------------------------------------------------------------------------


def test_init_writes_what_check_finds_good_and_overwrites_nothing(say: Say, tmp_path: Path) -> None:
    first = say("init", "deep/site")
    assert first.code == 0
    assert "basewatch check --config deep/site" in first.out
    (tmp_path / "deep/site/basewatch.toml").write_text("# mine\n")
    second = say("init", "deep/site")
    assert (second.code, second.out.count("kept")) == (0, 2)
    assert (tmp_path / "deep/site/basewatch.toml").read_text() == "# mine\n"
    assert (tmp_path / "deep/site/feeds.toml").read_text() == (ROOT / "config" / "feeds.toml").read_text()
    checked = say("check", "-c", "deep/site")
    assert checked.code == 0
    assert "no faults" in checked.out
    assert "nobody is told" in checked.out


def test_init_into_a_file_is_refused(say: Say, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    assert say("init", "taken").code == 2
    assert "folder you may write to" in say("init", "taken/below").err


def test_check_tells_every_fault_at_once(say: Say, tmp_path: Path) -> None:
    (tmp_path / "basewatch.toml").write_text('[watch]\nmax_age = "soon"\nregions = ["Irak"]\n')
    (tmp_path / "feeds.toml").write_text('[[feed]]\nname = "a"\n')
    said = say("check")
    assert (said.code, said.out) == (2, "")
    assert "3 faults" in said.err
    for told in (
        "basewatch.toml:2: watch.max_age",
        'basewatch.toml:3: watch.regions: no region is called "Irak"',
        "feeds.toml:1: feed[1].url: is missing",
    ):
        assert told in said.err
    found = json.loads(say("check", "--json").out)
    assert not found["ok"]
    assert [(fault["line"], fault["key"]) for fault in found["faults"]] == [
        (2, "watch.max_age"),
        (3, "watch.regions"),
        (1, "feed[1].url"),
    ]
    for command in (("classify", "-"), ("status",), ("incidents",), ("once",), ("run",), ("feeds", "list")):
        assert say(*command).code == 2, command


def test_check_says_what_a_person_may_not_have_meant(say: Say, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = say("check", "-c", "empty")
    assert said.code == 0
    for told in ("no basewatch.toml", "no feeds.toml", "nothing is polled", "nobody is told"):
        assert told in said.out


def test_check_says_which_secret_is_not_there(say: Say, tmp_path: Path) -> None:
    (tmp_path / "basewatch.toml").write_text(
        '[[alerts.destination]]\nname = "desk"\nurl = "env:BASEWATCH_TEST_NOT_SET"\n'
    )
    said = say("check")
    assert said.code == 4
    assert "warning: basewatch.toml:3" in said.out
    assert "BASEWATCH_TEST_NOT_SET" in said.out
    assert json.loads(say("check", "--json").out)["warnings"][0]["line"] == 3


def test_check_online_tells_good_feeds_from_bad(say: Say, world: World, tmp_path: Path) -> None:
    said = say("check", "--online", "-c", world.folder)
    assert said.code == 4
    assert "4 of 6 feeds answered with entries" in said.out
    assert re.search(r"^feed login: .*HTML", said.out, re.MULTILINE)
    assert re.search(r"^feed dead: cannot connect", said.out, re.MULTILINE)
    (tmp_path / "basewatch.toml").touch()
    (tmp_path / "feeds.toml").write_text(f'[[feed]]\nname = "own"\nurl = "{world.server.address}/meridian.rss"\n')
    assert "private = true" in say("check", "--online").out
    found = json.loads(say("check", "--online", "--json", "-c", world.folder).out)
    assert [one["feed"] for one in found["feeds"]] == ["login", "dead"]


def test_check_online_tells_which_destination_cannot_be_used_and_sends_nothing(
    say: Say, world: World, tmp_path: Path
) -> None:
    hook = world.server.address.replace("http://", "json://")
    places = {"good": f"{hook}/hook", "half": "slack://s3cret-half"}
    (tmp_path / "basewatch.toml").write_text(
        "".join(
            f'[[alerts.destination]]\nname = "{name}"\nurl = "{url}"\nliteral = true\n' for name, url in places.items()
        )
    )
    before = len(world.server.told)
    said = say("check", "--online")
    assert said.code == 4
    assert re.search(r"^destination half: its slack:// address lacks something", said.out, re.MULTILINE)
    assert "s3cret" not in said.out
    assert [one["destination"] for one in json.loads(say("check", "--online", "--json").out)["destinations"]] == [
        "half"
    ]
    assert len(world.server.told) == before


@pytest.mark.parametrize(("folder", "remedy"), [("nowhere", "basewatch init nowhere"), ("file", "give the folder")])
def test_a_folder_that_is_none_is_said(say: Say, tmp_path: Path, folder: str, remedy: str) -> None:
    (tmp_path / "file").touch()
    said = say("status", "-c", folder)
    assert said.code == 2
    assert remedy in said.err


def test_the_configuration_is_looked_for_in_its_order(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert say("check").out.startswith(f"{ROOT / 'config'}: ")
    places = [tmp_path / ".config/basewatch", tmp_path, tmp_path / "chosen", tmp_path / "given"]
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
    (places[0] / "basewatch.toml").touch()
    assert say("check").out.startswith(f"{places[0]}: ")
    (places[1] / "basewatch.toml").touch()
    assert say("check").out.startswith(".: ")
    monkeypatch.setenv("BASEWATCH_CONFIG", "chosen")
    assert say("check").out.startswith("chosen: ")
    assert say("check", "-c", "given").out.startswith("given: ")


def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path, world: World) -> None:
    shutil.copytree(world.folder, tmp_path / "site")
    (tmp_path / "site/basewatch.toml").write_text('[service]\ndatabase = "locked/basewatch.sqlite3"\n')
    (tmp_path / "site/locked").mkdir(mode=0)
    (tmp_path / "closed").mkdir(mode=0)
    for args in (
        ("status", "-c", "closed"),
        ("status", "-c", "site"),
        ("init", "closed"),
        ("classify", "closed/items"),
    ):
        ended = subprocess.run(
            [*shop.ordinary_user(), *COMMAND, *args],
            cwd=tmp_path, env=shop.environment(tmp_path), capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert ended.returncode in (1, 2), ended.stderr
        assert re.search("Permission denied|not readable", ended.stderr), ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_user_without_a_home_is_served() -> None:
    """As in a container, where a process may have any number for its user."""
    nobody = ["setpriv", "--reuid", "54321", "--clear-groups", sys.executable]
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*nobody, *args], cwd="/", env=bare, capture_output=True, text=True, timeout=60)

    if not shutil.which("setpriv") or run("-c", "import typer").returncode:
        pytest.skip("nobody else may run this Python here")
    for command, code in (("check", 0), ("status", 4)):
        ended = run("-m", "monitor", command)
        assert (ended.returncode, ended.stderr) == (code, "")


# ---- classify --------------------------------------------------------------------------------------------------------


def test_classify_answers_in_order_and_bad_lines_with_their_number(say: Say, tmp_path: Path) -> None:
    deep = '{"id": "deep", "title": ' + "[" * 100_000 + "]" * 100_000 + "}"
    lines = [
        item("a", ASAD),
        "{",
        deep,
        item("b", "Central bank leaves its rates as they are"),
        '{"id": "c", "title": "x", "published": "0001-01-01T00:00:00+14:00"}',
    ]
    said = say("classify", items(tmp_path / "items.jsonl", *lines))
    assert said.code == 0
    assert [row.get("id") or row.get("line") for row in rows(said.out)] == ["a", 2, 3, "b", 5]
    first = rows(said.out)[0]
    assert (first["label"], first["flagged"], first["countries"]) == ("report", True, ["IQ"])
    assert set(first) == {
        "id", "label", "flagged", "score", "bases", "countries", "attack_date", "weapons", "killed", "wounded", "us_killed",
        "us_wounded", "by", "intercepted", "because",
    }  # fmt: skip


def test_classify_reads_a_packed_file_and_standard_input(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = items(tmp_path / "items.jsonl", item("a", ASAD), item("b", "Central bank leaves its rates as they are"))
    (tmp_path / "items.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + plain.read_bytes())))
    answers = {say("classify", name).out for name in (plain, "items.jsonl.gz", "-")}
    assert len(answers) == 1
    assert len(rows(answers.pop())) == 2


def test_classify_says_why_a_file_cannot_be_read(say: Say, tmp_path: Path) -> None:
    packed = gzip.compress(b'{"id": "a", "title": "x"}\n' * 2000)
    (tmp_path / "cut.gz").write_bytes(packed[:-20])
    (tmp_path / "spoilt.gz").write_bytes(packed[:40] + bytes(byte ^ 255 for byte in packed[40:60]) + packed[60:])
    (tmp_path / "plain.gz").write_bytes(b"{}\n")
    for name in ("missing", ".", "cut.gz", "spoilt.gz", "plain.gz"):
        said = say("classify", name)
        assert said.code == 2, name
        assert said.err.startswith(f"basewatch: {name}: "), name
        assert said.err.count("\n") == 2, "what is wrong, and what to do"


def _heed_interrupts() -> None:
    """Undo what a shell does to a job in the background, where this test may run: interrupts are ignored there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_classify_answers_each_line_as_it_comes_and_ends_at_an_interrupt(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "classify", "-"], cwd=tmp_path, env=shop.environment(tmp_path),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=_heed_interrupts,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout and process.stderr
        for id in ("one", "two"):
            process.stdin.write(json.dumps(item(id, ASAD)).encode() + b"\n")
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 60)[0], "the answer is held back"
            assert json.loads(process.stdout.readline())["id"] == id
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert b"Traceback" not in process.stderr.read()


def test_classify_ends_quietly_when_its_reader_goes(tmp_path: Path) -> None:
    # More than a pipe holds, so that writing must fail; half of a surrogate pair, and a locale that knows no quotes.
    items(tmp_path / "many.jsonl", *(item(str(n), f"{ASAD} \ud800 “said {n}”") for n in range(600)))
    with subprocess.Popen(
        [*COMMAND, "classify", "many.jsonl"], cwd=tmp_path, env=shop.environment(tmp_path, PYTHONIOENCODING="ascii"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout and process.stderr
        assert json.loads(process.stdout.readline())["flagged"]
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


@pytest.mark.parametrize(
    "args", [("why", ASAD), ("classify", "items.jsonl"), ("feeds", "export"), ("incidents",)]
)  # fmt: skip
def test_a_full_disk_is_said_and_is_no_success(world: World, tmp_path: Path, args: tuple[str, ...]) -> None:
    items(tmp_path / "items.jsonl", item("a", ASAD))
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*COMMAND, *args], cwd=tmp_path, env=shop.environment(tmp_path, BASEWATCH_CONFIG=str(world.folder)),
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr == "basewatch: the output: No space left on device\n  make room where it is written to\n"


ODD = b"\xd8\xb5\xd9\x88 \xff"
NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ODD_ARGUMENTS: list[tuple[tuple[str | bytes, ...], dict[str, str], int]] = [
    (("why", ODD), {}, 0),
    (("why", ODD), NO_UTF8, 0),
    (("incident", "split", "x", "--article", ODD), {}, 3),
    (("feeds", "add", "x", b"http://x.example/" + ODD), NO_UTF8, 2),
]


@pytest.mark.parametrize(("args", "locale", "code"), ODD_ARGUMENTS)
def test_an_argument_that_is_no_text_in_this_locale_is_taken_as_it_can_be(
    site: Path, tmp_path: Path, args: tuple[str | bytes, ...], locale: dict[str, str], code: int
) -> None:
    ended = subprocess.run(
        [*COMMAND, *args, "-c", "site"], cwd=tmp_path, env=shop.environment(tmp_path, **locale), capture_output=True,
        timeout=60,
    )  # fmt: skip
    assert (ended.returncode, b"Traceback" in ended.stderr) == (code, False), ended.stderr.decode()
    assert not list(site.glob(".feeds*")), "a draft is left"


CONFIGS = [
    ("an excluded keyword", '[watch.keywords]\nexclude = ["rockets"]', ASAD, False, "excluded by a keyword"),
    ("a required keyword", '[watch.keywords]\nrequire = ["zulu"]', ASAD, False, "holds no required keyword"),
    ("an added keyword", '[watch.keywords]\nadd = ["Outpost Zulu"]', "Drones strike Outpost Zulu, killing two soldiers", True, "added keyword"),
    ("an ignored base", '[watch]\nignore_bases = ["ayn al-asad"]', ASAD, False, "ignored base"),
    ("a base of one's own", '[[watch.base]]\nname = "Camp Zulu"\ncountry = "JO"', "Rockets hit Camp Zulu in Jordan, wounding two soldiers", True, "own base"),
    ("another force", '[watch]\nforces = ["GB"]', "Drones hit British base in Kenya, wounding two UK soldiers", True, "watched force"),
    ("a force no longer watched", '[watch]\nforces = ["GB"]', ASAD, False, "force not watched"),
    ("a region", '[watch]\nregions = ["africa"]', ASAD, False, "outside the watched regions"),
]  # fmt: skip


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """The verdicts of the shipped configuration, by title."""
    home = tmp_path_factory.mktemp("shipped")
    titles = sorted({title for _, _, title, _, _ in CONFIGS})
    items(home / "items.jsonl", *(item(title, title) for title in titles))
    return {str(row["id"]): row for row in rows(shop.run("classify", "items.jsonl", home=home).out)}


@pytest.mark.parametrize(
    ("config", "title", "flagged", "because"), [row[1:] for row in CONFIGS], ids=[row[0] for row in CONFIGS]
)
def test_the_configuration_changes_the_verdict_and_says_so(
    say: Say,
    shipped: dict[str, dict[str, object]],
    tmp_path: Path,
    config: str,
    title: str,
    flagged: bool,
    because: str,
) -> None:
    before = shipped[title]
    (tmp_path / "basewatch.toml").write_text(config + "\n")
    (after,) = rows(say("classify", items(tmp_path / "items.jsonl", item("a", title))).out)
    assert (before["flagged"], after["flagged"]) == (not flagged, flagged)
    assert because in json.dumps(after["because"])
    assert after["because"] != before["because"]


# ---- replay ----------------------------------------------------------------------------------------------------------

NEWS = [
    item("late", "Three US soldiers wounded in rocket attack on Ain al-Asad air base, military says", published="2026-05-04T15:00:00Z", url="https://b.example/2"),
    item("early", ASAD, url="https://a.example/1", source="Paper A"),
    item("film", "Central bank leaves its rates as they are", published="2026-05-04T11:00:00Z"),
]  # fmt: skip


def test_replay_writes_the_same_bytes_twice_with_the_fields_told(say: Say, tmp_path: Path) -> None:
    file = items(tmp_path / "news.jsonl", *NEWS, "{")
    first, second = say("replay", file, "--out", "one"), say("replay", file, "--out", "two", "--speed", "1000000")
    assert (first.code, second.code) == (0, 0)
    assert first.out.startswith("3 items, 1 bad line, 0 failures: 1 incident, ")
    assert first.err.startswith("line 4: is not JSON")
    for name in ("incidents.jsonl", "alerts.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    (incident,) = rows((tmp_path / "one/incidents.jsonl").read_text())
    assert {
        "id",
        "base",
        "country",
        "first_seen",
        "occurred",
        "killed",
        "wounded",
        "weapons",
        "articles",
        "origins",
    } <= set(incident)
    assert (incident["base"], incident["articles"]) == ("ain-al-asad-air-base", ["early", "late"])
    alerts = rows((tmp_path / "one/alerts.jsonl").read_text())
    assert all({"at", "incidents", "reason", "title", "body", "articles"} <= set(alert) for alert in alerts)
    assert alerts[0]["reason"] == "new"


def test_replay_of_nothing_writes_empty_files(say: Say, tmp_path: Path) -> None:
    said = say("replay", items(tmp_path / "none.jsonl"), "--out", "out")
    assert (said.code, said.err) == (0, "")
    assert "0 items" in said.out
    assert [(tmp_path / "out" / name).read_bytes() for name in ("incidents.jsonl", "alerts.jsonl")] == [b"", b""]


def test_replay_says_what_it_cannot_read_or_write(say: Say, tmp_path: Path) -> None:
    file = items(tmp_path / "news.jsonl")
    (tmp_path / "half/alerts.jsonl").mkdir(parents=True)
    for args, about in (
        (("missing",), "missing"),
        ((file, "--out", file), str(file)),
        ((file, "--out", "half"), "half"),
    ):
        said = say("replay", *args)
        assert said.code == 2
        assert said.err.startswith(f"basewatch: {about}: ")
    assert say("replay", file, "--speed", "0").code == 2


# ---- why -------------------------------------------------------------------------------------------------------------

WOUNDED = "https://meridian-wire.example/2214-asad-wounded"


def test_why_tells_how_any_text_is_judged(say: Say) -> None:
    said = say("why", f"{ASAD}\nThree US soldiers were wounded. \x1b]0;title\x07")
    assert said.code == 0
    assert "report, flagged" in said.out
    assert re.search(r"for +\+\d\.\d\d .*hit Ain al-Asad air base", said.out)
    assert re.search(r"wounded +3\n", said.out)
    assert "\x1b" not in said.out
    assert re.search(r"^  when .* UTC \(not told; by the dates of the articles\)$", said.out, re.MULTILINE)
    assert re.search(r"^  when .* UTC$", say("why", f"{ASAD} on Monday morning").out, re.MULTILINE)
    assert "nothing in it tells of an attack" in say("why", "Central bank leaves its rates as they are").out
    found = json.loads(say("why", ASAD, "--json").out)
    assert found["finding"]["flagged"]
    assert found["decisions"] == []


def test_why_of_a_stored_article_tells_what_came_of_it(say: Say, site: Path) -> None:
    said = say("why", WOUNDED, "-c", site)
    assert said.code == 0
    for told in ("join  ain-al-asad-air-base-", "because ", "Update (more wounded)"):
        assert told in said.out
    found = json.loads(say("why", WOUNDED, "--json", "-c", site).out)
    assert found["article"]["url"] == WOUNDED
    assert found["decisions"][0]["outcome"] == "join"
    assert found["alerts"][0]["reason"] == "wounded rose"
    film = say("why", "https://harbour-post.example/no-such", "-c", site)
    assert (film.code, "give its text" in film.err) == (3, True)
    assert say("why", " ").code == 2


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    """A site that polled a live ticker, whose entries all have the link of one page."""
    home = tmp_path_factory.mktemp("live")
    (home / "basewatch.toml").touch()
    (home / "feeds.toml").write_text(
        f'[[feed]]\nname = "ticker"\nurl = "{world.server.address}/live"\nprivate = true\n'
    )
    assert "3 new entries" in shop.run("once", home=home).out
    return home


@pytest.mark.parametrize(
    "link", [shop.LIVE_PAGE, f"{shop.LIVE_PAGE}/?utm_source=x#top", shop.LIVE_PAGE.replace("https://", "www.")]
)
def test_why_of_a_link_of_several_articles_lists_them_and_explains_each(say: Say, live: Path, link: str) -> None:
    said = say("why", link, "-c", live)
    assert said.code == 0
    for told in (*shop.LIVE, "3 stored articles", "`basewatch why ID`"):
        assert told in said.out
    found = json.loads(say("why", link, "--json", "-c", live).out)["articles"]
    assert {one["title"]: one["label"] == "other" for one in found} == dict(
        zip(shop.LIVE, (False, True, False), strict=True)
    )
    for one in found:
        for named in (one["id"], one["title"]):
            assert json.loads(say("why", named, "--json", "-c", live).out)["article"]["id"] == one["id"]


def test_an_article_of_a_live_page_is_split_off_by_its_title(say: Say, live: Path, tmp_path: Path) -> None:
    shutil.copytree(live, tmp_path / "site")
    (incident,) = rows(say("incidents", "--json", "-c", "site").out)
    said = say("incident", "split", incident["id"], "--article", shop.LIVE_PAGE, "-c", "site")
    assert said.code == 2
    assert "link or title of 3 articles" in said.err
    assert "`basewatch why" in said.err
    assert say("incident", "split", incident["id"], "--article", shop.LIVE[2], "-c", "site").code == 0


def test_why_is_in_colour_on_a_terminal_only(say: Say, tmp_path: Path) -> None:
    code, shown = shop.on_terminal("why", ASAD, home=tmp_path)
    assert code == 0
    assert re.search(r"\x1b\[1;32mhit.*Ain al-Asad air base", shown)
    assert "\x1b" not in say("why", ASAD).out


# ---- incidents -------------------------------------------------------------------------------------------------------


def by_place(said: Said) -> dict[str, str]:
    """The ids of the incidents by their base."""
    return {str(row["base"]): str(row["id"]) for row in rows(said.out)}


def test_incidents_are_listed_for_a_person_a_pipe_and_a_program(say: Say, world: World) -> None:
    head, *lines = say("incidents", "-c", world.folder).out.splitlines()
    assert head.split("\t")[0] == "incident"
    assert {len(line.split("\t")) for line in (head, *lines)} == {7}
    ids = by_place(say("incidents", "--json", "-c", world.folder))
    assert sorted(ids) == ["ain-al-asad-air-base", "al-dhafra-air-base", "al-udeid-air-base"]
    assert {line.split("\t")[0] for line in lines} == set(ids.values())
    assert len(rows(say("incidents", "--json", "--limit", "1", "-c", world.folder).out)) == 1
    for bad in ("0", "nan", "1e12", "-1"):
        assert say("incidents", "--days", bad, "-c", world.folder).code == 2
    code, shown = shop.on_terminal("incidents", "-c", world.folder, home=world.folder.parent)
    assert code == 0
    for id in ids.values():
        assert re.search(rf"^{id}  ", shown, re.MULTILINE), "an id is never broken, so that it can be copied"
    assert "wounded 3; 2 independent sources" in shown


def test_an_incident_is_told_with_sources_and_history(say: Say, world: World) -> None:
    id = by_place(say("incidents", "--json", "-c", world.folder))["ain-al-asad-air-base"]
    said = say("incident", id, "-c", world.folder)
    assert said.code == 0
    assert re.search(r"^wounded +3$", said.out, re.MULTILINE)
    assert re.search(r"^where +Ain al-Asad Air Base, IQ$", said.out, re.MULTILINE)
    assert WOUNDED in said.out
    assert "at least 0" not in said.out
    assert "history" not in said.out
    history = say("incident", id, "--history", "-c", world.folder).out.partition("\nhistory\n")[2]
    assert history.count(" join ") == 3
    assert history.count("no alert: ") == 2
    found = json.loads(say("incident", id, "--json", "--history", "-c", world.folder).out)
    assert (found["id"], found["wounded"], len(found["history"])) == (id, {"min": 3, "max": 3}, 4)
    assert "history" not in json.loads(say("incident", id, "--json", "-c", world.folder).out)


def test_options_of_an_incident_may_stand_before_its_id_and_half_an_id_is_completed(say: Say, world: World) -> None:
    id = by_place(say("incidents", "--json", "-c", world.folder))["ain-al-asad-air-base"]
    after = say("incident", id, "--history", "-c", world.folder)
    assert say("incident", "--history", id, "-c", world.folder) == after
    assert say("incident", "-c", world.folder, id, "--history") == after
    assert "Usage: basewatch incident [OPTIONS] COMMAND" in say("incident", "-h").out
    half = say("incident", "ain-al-asad", "-c", world.folder)
    assert (half.code, f"did you mean {id}?" in half.err) == (3, True)


def test_how_an_alert_was_sent_is_told_of_its_incident_and_of_its_article(
    say: Say, world: World, tmp_path: Path
) -> None:
    hook = world.server.address.replace("http://", "json://")
    places = {"good": f"{hook}/hook", "dead": CLOSED_PORT.replace("http://", "json://"), "strict": f"{hook}/refused"}
    (tmp_path / "basewatch.toml").write_text(
        "".join(
            f'[[alerts.destination]]\nname = "{name}"\nurl = "{url}"\nliteral = true\n' for name, url in places.items()
        )
    )
    (tmp_path / "feeds.toml").write_text(
        f'[[feed]]\nname = "courier"\nurl = "{world.server.address}/courier.json"\nprivate = true\n'
    )
    assert shop.run("once", home=tmp_path).code == 4
    (known,) = rows(say("incidents", "--json").out)
    told = json.loads(say("incident", known["id"], "--json").out)["alerts"][0]["deliveries"]
    assert {one["destination"]: one["state"] for one in told} == {
        "good": "sent", "dead": "waiting", "strict": "refused",
    }  # fmt: skip
    article = known["articles"][0]  # type: ignore[index]
    for said in (say("incident", known["id"]).out, say("why", article).out):
        assert re.search(r"^ +to good: sent \d{4}-\d\d-\d\d \d\d:\d\d$", said, re.MULTILINE)
        assert re.search(r"^ +to dead: waiting .*: .*\(sent from .* on, while the service runs\)$", said, re.MULTILINE)
        assert re.search(r"^ +to strict: refused .*403", said, re.MULTILINE)


def test_a_false_alarm_stays_so_and_is_corrected_once(say: Say, site: Path, world: World) -> None:
    id = by_place(say("incidents", "--json", "-c", site))["al-dhafra-air-base"]
    said = say("incident", "false", id, "-c", site)
    assert said.code == 0
    assert "gets a correction, as soon as the service runs: desk" in said.out
    assert "\nstatus       false\n" in say("incident", id, "-c", site).out
    assert f"a person said: {id} was none" in say("incident", id, "--history", "-c", site).out
    again = say("incident", "false", id, "-c", site)
    assert (again.code, "already" in again.err) == (2, True)
    before = len(world.server.told)
    shop.run("once", "-c", site, home=site.parent)
    (sent,) = world.server.told[before:]
    assert "Retracted" in sent or "Corrected" in sent


def test_incidents_are_merged_and_split(say: Say, site: Path) -> None:
    ids = by_place(say("incidents", "--json", "-c", site))
    kept, gone = ids["al-udeid-air-base"], ids["al-dhafra-air-base"]
    assert say("incident", "merge", kept, gone, "-c", site).code == 0
    assert f"merged into {kept}" in say("incident", gone, "-c", site).out
    assert f"{gone} is the same attack as {kept}" in say("incident", kept, "--history", "-c", site).out
    (mended,) = json.loads(say("incident", kept, "--history", "--json", "-c", site).out)["corrections"]
    assert (mended["kind"], mended["incident"], mended["other"]) == ("merge", gone, kept)
    assert say("incident", "merge", kept, kept, "-c", site).code == 2
    split = say("incident", "split", ids["ain-al-asad-air-base"], "--article", WOUNDED, "-c", site)
    assert split.code == 0
    now = rows(say("incidents", "--json", "-c", site).out)
    alone = say("incident", "split", kept, "--article", "Nobody's title", "-c", site)
    assert (alone.code, "is no stored article" in alone.err) == (3, True)
    told = {len(row["articles"]) for row in now if row["base"] == "ain-al-asad-air-base"}  # type: ignore[arg-type]
    assert told == {3, 1}
    assert "mended by a person" in say("why", WOUNDED, "-c", site).out


def test_no_incident_is_said_in_a_sentence(say: Say, tmp_path: Path) -> None:
    (tmp_path / "basewatch.toml").touch()
    SqliteStore(tmp_path / "basewatch.sqlite3").close()
    assert say("incidents") == Said(0, "no incident in the last 30 days\n", "")
    assert say("incidents", "--days", "1").out == "no incident in the last 1 day\n"


@pytest.mark.parametrize("args", [("incidents",), ("incident", "x"), ("incident", "false", "x"), ("why", WOUNDED)])
def test_that_nothing_was_polled_is_never_told_as_no_news(say: Say, tmp_path: Path, args: tuple[str, ...]) -> None:
    """As after `basewatch init ~/mine`, when --config ~/mine is left out."""
    said = say(*args)
    assert (said.code, said.out) == (3, "")
    assert "there is no database yet" in said.err
    assert "--config DIR" in said.err
    (tmp_path / "basewatch.toml").touch()
    own = say(*args)
    assert own.code == 3
    assert "basewatch once" in own.err


def test_that_the_shipped_configuration_serves_is_said(say: Say, tmp_path: Path) -> None:
    for command in ("check", "status"):
        assert "the shipped configuration serves" in say(command).out
    said = say("notify-test")
    assert (said.code, "basewatch init DIR" in said.err) == (3, True)
    (tmp_path / "basewatch.toml").touch()
    assert "shipped" not in say("check").out
    once = shop.run("once", home=tmp_path)
    assert "no feed: nothing is polled" in once.err
    assert "nobody is told" in once.err


@pytest.mark.parametrize(
    "args",
    [
        ("incident", "nix"),
        ("incident", "false", "nix"),
        ("incident", "merge", "nix", "nax"),
        ("incident", "split", "nix", "--article", "nax"),
    ],
)
def test_an_incident_nobody_knows_is_said(say: Say, site: Path, args: tuple[str, ...]) -> None:
    for place in (site, site.parent):  # with a database, and without
        said = say(*args, "-c", place)
        assert said.code == 3
        assert re.search(r"n[ai]x", said.err)
    assert not (site.parent / "basewatch.sqlite3").exists()


# ---- feeds -----------------------------------------------------------------------------------------------------------


def test_the_health_of_feeds_is_told(say: Say, world: World) -> None:
    head, *lines = [line.split("\t") for line in say("feeds", "list", "-c", world.folder).out.splitlines()]
    assert head[:2] == ["feed", "health"]
    health = {line[0]: line[1] for line in lines}
    assert health["meridian"] == "good"
    assert "HTML" in health["login"]
    assert "never good" in health["dead"]
    found = {row["name"]: row for row in json.loads(say("feeds", "list", "--json", "-c", world.folder).out)}
    assert (found["dead"]["failing"], found["meridian"]["failing"]) == (True, False)
    assert found["meridian"]["last_new"] < found["meridian"]["next_poll"]
    _, shown = shop.on_terminal("feeds", "list", "-c", world.folder, home=world.folder.parent)
    assert max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines())) <= 80


def test_starter_feeds_are_shown(say: Say) -> None:
    shipped = json.loads(say("feeds", "list", "--starter", "--json").out)
    assert len(shipped) >= 60
    assert len(say("feeds", "list", "--starter").out.splitlines()) == len(shipped) + 1


def test_feeds_are_added_and_removed_and_comments_stay(say: Say, tmp_path: Path) -> None:
    say("init", ".")
    shipped = (tmp_path / "feeds.toml").read_text()
    added = say(
        "feeds",
        "add",
        'Gulf & "Sons"'.replace('"', ""),
        "https://gulf.example/rss",
        "--language",
        "ar",
        "--group",
        "bureau",
    )
    assert added.code == 0
    assert (tmp_path / "feeds.toml").read_text().startswith(shipped)
    assert say("feeds", "add", "Gulf & Sons", "https://other.example/rss").code == 2
    assert say("feeds", "add", "Other", "https://gulf.example/rss").code == 2
    assert say("feeds", "add", "Other", "gopher://gulf.example").code == 2
    assert say("feeds", "add", "Other", "https://o.example", "--language", "arabic").code == 2
    assert say("check").out.startswith(".: 199 feeds") or "no faults" in say("check").out
    assert say("feeds", "remove", "Gulf & Sons").code == 0
    assert (tmp_path / "feeds.toml").read_text().rstrip() == shipped.rstrip()
    starter = json.loads(say("feeds", "list", "--starter", "--json").out)[0]["name"]
    assert "left out" in say("feeds", "remove", starter).out
    assert "already" in say("feeds", "remove", starter).out
    assert starter not in [row["name"] for row in json.loads(say("feeds", "list", "--json").out)]
    assert say("feeds", "remove", "Nobody").code == 3


def test_the_shipped_configuration_is_not_written_to(say: Say) -> None:
    said = say("feeds", "add", "Gulf", "https://gulf.example/rss")
    assert said.code == 2
    assert "basewatch init" in said.err


def test_feeds_go_out_and_come_in_as_opml(say: Say, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one/feeds.toml").write_text(
        '[[group]]\nname = "bureau"\n[[feed]]\nname = "A & B"\nurl = "https://a.example/?x=1&y=2"\ngroup = "bureau"\nlanguage = "ar"\n'
        '[[feed]]\nname = "C"\nurl = "https://c.example/"\n'
    )
    (tmp_path / "two/feeds.toml").write_text('# kept\n[[group]]\nname = "own"\n')
    out = say("feeds", "export", "-c", "one").out
    (tmp_path / "feeds.opml").write_text(out)
    said = say("feeds", "import", "feeds.opml", "-c", "two")
    assert (said.code, said.out) == (0, "added 2 feeds; 0 were there already\n")
    assert say("feeds", "import", "feeds.opml", "-c", "two").out == "added 0 feeds; 2 were there already\n"
    assert say("feeds", "export", "-c", "two").out == out
    assert (tmp_path / "two/feeds.toml").read_text().startswith("# kept\n")
    assert say("check", "-c", "two").code == 0


def test_an_opml_file_with_what_cannot_be_polled_brings_the_rest(say: Say, tmp_path: Path) -> None:
    (tmp_path / "basewatch.toml").touch()
    (tmp_path / "in.opml").write_text(
        '<opml><body><outline text="News | Iraq"><outline text="Good | one" xmlUrl="https://a.example/"/></outline>'
        '<outline text="Old" xmlUrl="gopher://b.example/"/></body></opml>'
    )
    said = say("feeds", "import", "in.opml")
    assert said.code == 4
    assert said.out.startswith("added 1 feed; 0 were there already\nleft out Old: url")
    assert [(row["name"], row["group"]) for row in json.loads(say("feeds", "list", "--json").out)] == [
        ("Good one", "News Iraq")
    ]
    for name in ("missing.opml", "basewatch.toml"):
        assert say("feeds", "import", name).code == 2


# ---- notify-test -----------------------------------------------------------------------------------------------------


def test_notify_test_tells_the_truth_about_each_destination(say: Say, world: World, tmp_path: Path) -> None:
    hook = world.server.address.replace("http://", "json://")
    places = {"good": f"{hook}/hook", "dead": CLOSED_PORT.replace("http://", "json://"), "strict": f"{hook}/refused"}
    (tmp_path / "basewatch.toml").write_text(
        "".join(
            f'[[alerts.destination]]\nname = "{name}"\nurl = "{url}"\nliteral = true\n' for name, url in places.items()
        )
    )
    before = len(world.server.told)
    said = say("notify-test", "good")
    assert (said.code, said.out) == (0, "good: sent\n")
    assert "This is a test" in world.server.told[before]
    told = {str(row["destination"]): row for row in rows(say("notify-test", "--json").out)}
    assert {name: row["outcome"] == "sent" for name, row in told.items()} == {
        "good": True,
        "dead": False,
        "strict": False,
    }
    assert told["dead"]["why"]
    assert say("notify-test", "strict").code == 4
    unknown = say("notify-test", "nobody")
    assert (unknown.code, "good, dead, strict" in unknown.err) == (3, True)


def test_notify_test_without_a_destination_says_so(say: Say) -> None:
    said = say("notify-test")
    assert said.code == 3
    assert "[[alerts.destination]]" in said.err


# ---- once, status, rejudge, train ------------------------------------------------------------------------------------


def test_once_tells_what_came_and_which_feeds_failed(world: World) -> None:
    first, second = world.polls
    assert (first.code, second.code) == (4, 4)
    assert "6 feeds polled, 2 failed, 12 new entries: " in first.out
    assert "6 feeds polled, 2 failed, 2 new entries: 1 flagged, 0 incidents, 1 alert\n" in second.out
    assert re.search(r"^feed dead: cannot connect", first.out, re.MULTILINE)
    assert any("Al Udeid" in told for told in world.server.told)


def test_once_ends_well_when_all_is_well(say: Say, world: World, tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_text(
        f'[[feed]]\nname = "a"\nurl = "{world.server.address}/meridian.rss"\nprivate = true\n'
    )
    (tmp_path / "basewatch.toml").touch()
    said = shop.run("once", home=tmp_path)
    assert said.code == 0, said.err
    assert "1 feed polled, 0 failed" in said.out


def test_status_tells_whether_it_runs_what_it_watches_and_what_is_wrong(say: Say, site: Path, tmp_path: Path) -> None:
    (tmp_path / "basewatch.toml").write_text('[watch]\nregions = ["IQ"]\n')
    fresh = say("status")
    assert fresh.code == 4
    assert fresh.out.startswith("not running\n")
    assert "none yet" in fresh.out
    assert "of US forces in Iraq" in fresh.out
    stopped = json.loads(say("status", "--json", "-c", site).out)
    assert (stopped["running"], len(stopped["wrong"])) == (False, 2)
    assert json.loads(say("status", "--json").out)["watches"]["bases"] < stopped["watches"]["bases"]


def test_what_was_given_up_long_ago_is_no_longer_wrong(say: Say, world: World, site: Path) -> None:
    store = SqliteStore(site / "basewatch.sqlite3")
    try:
        store._disk.run("UPDATE deliveries SET state = 'refused', error = 'no such chat' WHERE id = 1")
        store.save_failure("entry x", "ValueError: odd", datetime.now(UTC))
        fresh = say("status", "-c", site).out
        store._disk.run("UPDATE deliveries SET settled = settled - 8 * 86400 * 1000000 WHERE id = 1")
        store._disk.run("UPDATE failures SET at = at - 8 * 86400 * 1000000")
        old = say("status", "-c", site).out
    finally:
        store.close()
    assert "1 alert refused: " in fresh and "no such chat" in fresh and "ValueError: odd" in fresh
    assert "no such chat" not in old and "ValueError" not in old


def test_a_database_another_process_polls_is_left_alone(say: Say, site: Path) -> None:
    script = "import sys, pathlib; from monitor.store import SqliteStore; store = SqliteStore(pathlib.Path(sys.argv[1])); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(site / "basewatch.sqlite3")], env=shop.environment(site.parent),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as holder:  # fmt: skip
        assert holder.stdin and holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert say("status", "-c", site).out.startswith(f"running, pid {holder.pid}")
        refused = say("rejudge", "-c", site)
        assert (refused.code, f"pid {holder.pid}" in refused.err) == (1, True)
        id = by_place(say("incidents", "--json", "-c", site))["al-dhafra-air-base"]
        assert say("incident", "false", id, "-c", site).code == 0, "a person mends while the service runs"
        holder.stdin.close()


def test_a_database_that_cannot_be_used_is_said(say: Say, site: Path) -> None:
    database = site / "basewatch.sqlite3"
    store = SqliteStore(database)
    store._disk.run(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('basewatch', '9999_later', '')"
    )
    store.close()
    newer = say("incidents", "-c", site)
    assert (newer.code, "newer version" in newer.err, "upgrade" in newer.err) == (1, True, True)
    for path in site.glob("basewatch.sqlite3-*"):
        path.unlink()
    database.write_bytes(b"This is no database, however long one looks at it. " * 100)
    for args in (("status",), ("incidents",), ("why", WOUNDED), ("incident", "false", "x"), ("rejudge",)):
        said = say(*args, "-c", site)
        assert said.code == 1, args
        assert str(database) in said.err


def test_a_database_that_holds_nothing_yet_is_said(say: Say, tmp_path: Path) -> None:
    """As a first start leaves it that ended at once, for example on a full disk."""
    (tmp_path / "basewatch.toml").touch()
    (tmp_path / "basewatch.sqlite3").touch()
    for args in (("status",), ("incidents",), ("incident", "false", "x")):
        said = say(*args)
        assert (said.code, "holds nothing yet" in said.err, "basewatch once" in said.err) == (1, True, True), args


def test_a_path_where_no_database_can_be_is_said(say: Say, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place, code in ((".", 2), ("file/basewatch.sqlite3", 1)):
        (tmp_path / "basewatch.toml").write_text(f'[service]\ndatabase = "{place}"\n')
        for command in ("once", "run"):
            said = say(command)
            assert said.code == code, (place, command)
            assert said.err.count("\n") == 2, "what is wrong, and what to do"


def test_rejudge_keeps_what_was_well_judged_and_tells_nobody(say: Say, site: Path, tmp_path: Path) -> None:
    before = by_place(say("incidents", "--json", "-c", site))
    said = say("rejudge", "-c", site)
    assert said.code == 0
    assert said.out.startswith("14 articles judged, 0 verdicts changed: 0 incidents opened, 0 changed")
    assert by_place(say("incidents", "--json", "-c", site)) == before
    (tmp_path / "basewatch.toml").touch()
    assert say("rejudge").code == 3


@pytest.mark.parametrize(
    "line",
    [
        '{"title": "x", "label": "no such"}',
        '{"label": "report"}',
        "[]",
        "{",
        '{"title": "x", "label": "report", "published": "soon"}',
    ],
)
def test_train_says_what_is_wrong_with_an_example(say: Say, tmp_path: Path, line: str) -> None:
    items(tmp_path / "own.jsonl", "", line)
    said = say("train", "--examples", "own.jsonl", "--out", "model.bin")
    assert said.code == 2
    assert said.err.startswith("basewatch: own.jsonl:2: ")
    assert "report, update, background, threat, other" in said.err
    assert say("train", "--examples", "missing.jsonl").code == 2
    assert not (tmp_path / "model.bin").exists()


def test_train_says_before_its_work_that_it_cannot_write(say: Say, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (".", "file/model.bin", "/proc/nothing/model.bin"):
        said = say("train", "--out", place)
        assert (said.code, said.out) == (2, "")
        assert "--out FILE" in said.err
        assert "cross-validated" not in said.err
