"""The configuration as a site writes it: read whole, or refused with every fault and its line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.records import Base, Force, Label, Place, Presence, Severity, Target
from monitor.errors import ConfigError, InputError, NotFoundError
from monitor.settings import FEEDS_FILE, SITE_FILE, Facts, Settings, editing, load, opml
from monitor.settings.editing import NewFeed

ROOT = Path(__file__).resolve().parents[2]
STARTER = """
[[feed]]
name = "Gulf Wire"
url = "https://gulf.example/rss"
group = "wire"
language = "ar"
trust = "high"

[[feed]]
name = "Harbour Paper"
url = "https://harbour.example/rss"
group = "local"
"""


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    starter = tmp_path / "starter.toml"
    starter.write_text(STARTER, encoding="utf-8")
    base = Base(
        "camp-one", "Camp One", ("First Camp",), (), "IQ", "middle-east", "", "", 33.0, 44.0, "Asia/Baghdad", "army camp",
        (Presence("US", 2003, None),),
    )  # fmt: skip
    return Facts(
        bases=(base,),
        places=(Place("Iraq", (), ("Iraqi",), "country", ("IQ",), 33.0, 44.0, "Asia/Baghdad"),),
        forces=(Force("US", "United States", {}), Force("GB", "United Kingdom", {})),
        channels=frozenset({"json", "mailto", "slack"}),
        starter_feeds=starter,
    )


def read(tmp_path: Path, facts: Facts, site: str = "", feeds: str = "") -> Settings:
    folder = tmp_path / "config"
    folder.mkdir(exist_ok=True)
    (folder / SITE_FILE).write_text(site, encoding="utf-8")
    (folder / FEEDS_FILE).write_text(feeds, encoding="utf-8")
    return load(folder, facts, tmp_path)


def test_nothing_written_means_the_defaults(tmp_path: Path, facts: Facts) -> None:
    settings = load(tmp_path / "nowhere", facts, tmp_path / "state")
    assert settings.watch.forces == ("US",)
    assert settings.watch.max_age == timedelta(hours=72)
    assert settings.watch.labels == {Label.REPORT, Label.UPDATE}
    assert settings.service.database == tmp_path / "state" / "basewatch.sqlite3"
    assert settings.feeds == ()
    assert settings.routes == ()


def test_the_shipped_files_say_what_the_defaults_are(tmp_path: Path, facts: Facts) -> None:
    shipped = load(ROOT / "config", facts, tmp_path)
    bare = load(tmp_path / "nowhere", facts, tmp_path)
    assert (shipped.watch, shipped.service, shipped.routes) == (bare.watch, bare.service, bare.routes)
    assert [feed.name for feed in shipped.feeds] == ["Gulf Wire", "Harbour Paper"]


FAULTS = [
    ("an unknown key", '[watch]\nforce = ["US"]', 2, "watch.force", '"forces"'),
    ("an unknown table", "[watches]\n", 1, "watches", '"watch"'),
    ("an unknown key of a list's table", '[[alerts.route]]\ndestinations = ["x"]\nseverity = []', 3, "severity", '"severities"'),
    ("a bad pattern", '[watch.keywords]\nadd = ["/(/"]', 2, "watch.keywords.add", "no valid pattern"),
    ("a pattern for everything", '[watch.keywords]\nadd = ["/x*/"]', 2, "watch.keywords.add", "match everything"),
    ("a pattern without end", '[watch.keywords]\nadd = ["/(\\\\w+\\\\s?)*base$/"]', 2, "watch.keywords.add", "for ever"),
    ("a base that does not exist", '[watch]\nignore_bases = ["Camp Onne"]', 2, "ignore_bases", '"camp one"'),
    ("a region that does not exist", '[watch]\nregions = [\n  "IQ",\n  "Irak",\n]', 4, "watch.regions", '"iraq"'),
    ("a force that does not exist", '[watch]\nforces = ["XX"]', 2, "watch.forces", "gb, us"),
    ("no force", "[watch]\nforces = []", 2, "watch.forces", "at least one"),
    ("no label", "[watch]\nlabels = []", 2, "watch.labels", "at least one"),
    ("a label that never alerts", '[watch]\nlabels = ["other"]', 2, "watch.labels", "'threat'"),
    ("a route's label that never alerts", '[[alerts.route]]\ndestinations = ["x"]\nlabels = ["background"]', 3, "labels", "'threat'"),
    ("one table where several may be", '[alerts.destination]\nname = "a"\nurl = "slack://T/x"', 1, "alerts.destination", "[[alerts.destination]]"),
    ("a web address", '[[alerts.destination]]\nname = "a"\nurl = "https://chat.example/hook"\nliteral = true', 3, "url", "form of its own"),
    ("a country that is none", '[[watch.region]]\nname = "x"\ncountries = ["XX"]', 3, "countries", "no country has"),
    ("two regions of one name", '[[watch.region]]\nname = "x"\ncountries = ["IQ"]\n' * 2, 5, "name", "two regions"),
    ("an address to listen at that is none", '[service]\nwebsub_listen = "here"', 2, "websub_listen", "127.0.0.1:8871"),
    ("two lines for a user agent", '[service]\nuser_agent = "a\\nb"', 2, "user_agent", "one line"),
    ("half of a base's name", '[watch]\nignore_bases = ["one"]', 2, "ignore_bases", '"camp one"'),
    ("a bad duration", '[watch]\nmax_age = "3 weeks"', 2, "watch.max_age", "s, m, h or d"),
    ("no duration at all", '[watch]\nmax_age = "0h"', 2, "watch.max_age", "longer than zero"),
    ("a label that is none", '[watch]\nlabels = ["reports"]', 2, "watch.labels", "'report'"),
    ("a severity that is none", '[[alerts.route]]\ndestinations = ["x"]\nseverities = ["bad"]', 3, "severities", "'killed'"),
    ("a destination that is not there", '[[alerts.route]]\ndestinations = ["x"]', 2, "destinations", "no destination"),
    ("a secret in the file", '[[alerts.destination]]\nname = "a"\nurl = "slack://T/x"', 3, "url", "literal = true"),
    ("a scheme apprise lacks", '[[alerts.destination]]\nname = "a"\nurl = "slak://x"\nliteral = true', 3, "url", '"slack"'),
    ("no scheme", '[[alerts.destination]]\nname = "a"\nurl = "me@x.example"\nliteral = true', 3, "url", "begins with its kind"),
    ("two of one name", '[[alerts.destination]]\nname = "a"\nurl = "json://x"\nliteral = true\n'
     '[[alerts.destination]]\nname = "a"\nurl = "json://y"\nliteral = true', 6, "name", "two destinations"),
    ("a duration beyond all years", '[service]\nkeep = "99999999999d"', 2, "service.keep", "36500d"),
    ("a home of nobody", '[service]\ndatabase = "~nobody-of-that-name/x"', 2, "service.database", "whole path"),
    ("floor above ceiling", '[service]\npoll_floor = "1h"', 1, "service.poll_ceiling", "poll_floor"),
    ("an empty region", '[[watch.region]]\nname = "x"', 1, "watch.region[1]", "countries, a polygon or a circle"),
    ("a line for a polygon", '[[watch.region]]\nname = "x"\npolygon = [[1, 2], [3, 4]]', 3, "polygon", "3 corners"),
    ("a latitude out of range", '[[watch.base]]\nname = "x"\ncountry = "IQ"\nlat = 91\nlon = 0', 4, "lat", "90"),
    ("half a position", '[[watch.base]]\nname = "x"\ncountry = "IQ"\nlat = 1', 1, "watch.base[1]", "go together"),
    ("a zone that is none", '[[watch.base]]\nname = "x"\ncountry = "IQ"\ntimezone = "Mars/X"', 4, "timezone", "Asia/Baghdad"),
    ("a base shipped already", '[[watch.base]]\nname = "Camp One"\ncountry = "IQ"', 2, "name", "already"),
    ("a country that is no code", '[[watch.base]]\nname = "x"\ncountry = "Iraq"', 3, "country", "two capitals"),
    ("no TOML", "[watch\n", 1, "", "not TOML"),
]  # fmt: skip


def test_a_reference_without_a_name_says_how_to_write_one(tmp_path: Path, facts: Facts) -> None:
    (fault,) = read(tmp_path, facts, '[[alerts.destination]]\nname = "a"\nurl = "env:"').unresolved
    assert "write env:NAME" in fault.problem


def test_a_secret_where_it_does_not_belong_is_never_shown(tmp_path: Path, facts: Facts) -> None:
    site = '[alerts.destination]\nurl = "slack://s3cret"\n[alerts]\nroute = [{ destinations = "s3cret" }]'
    feeds = '[defaults]\nbasic_auth = ["me:s3cret"]\ncookie = 3\nheaders = "s3cret"\nproxy = "s3cret"'
    for one, other in ((site, ""), ("", feeds)):
        with pytest.raises(ConfigError) as refused:
            read(tmp_path, facts, one, other)
        assert "s3cret" not in str(refused.value)


def test_a_base_and_a_region_may_be_spelled_in_any_way(tmp_path: Path, facts: Facts) -> None:
    watch = read(
        tmp_path, facts, '[watch]\nignore_bases = ["First-Camp", "CAMP  ONE"]\nregions = ["Middle East"]'
    ).watch
    assert watch.ignored_bases == {"camp-one"}
    assert [region.name for region in watch.regions] == ["middle-east"]


@pytest.mark.parametrize(("site", "line", "key", "says"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_is_refused_with_its_line(
    tmp_path: Path, facts: Facts, site: str, line: int, key: str, says: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, facts, site)
    (fault,) = [fault for fault in refused.value.faults if says in fault.problem]
    assert fault.file.endswith(SITE_FILE)
    assert fault.line == line, str(fault)
    assert key in fault.key


FEED_FAULTS = [
    ("a login in an address", '[[feed]]\nname = "a"\nurl = "https://me:pw@x.example/"', 3, "url", "basic_auth"),
    ("a kind that is none", '[[feed]]\nname = "a"\nurl = "https://x"\nkind = "wires"', 4, "kind", "'wire'"),
    ("a side that is none", '[[feed]]\nname = "a"\nurl = "https://x"\nparty = "Iran"', 4, "party", '"IR"'),
    ("a header of two lines", '[[feed]]\nname = "a"\nurl = "https://x"\nheaders = { X-A = "a\\nb" }', 4, "headers", "one line"),
    ("a header's name that is none", '[[feed]]\nname = "a"\nurl = "https://x"\nheaders = { "X A" = "a" }', 4, "headers", "letters"),
    ("two groups of one name", '[[group]]\nname = "g"\n[[group]]\nname = "g"', 4, "name", "two groups"),
    ("an unknown list", '# mine\n[[feeds]]\nname = "a"', 2, "feeds", '"feed"'),
    ("no address", '[[feed]]\nname = "a"', 1, "feed[1].url", "is missing"),
    ("an address that is none", '[[feed]]\nname = "a"\nurl = "ftp://x"', 3, "url", "http"),
    ("two of one name", '[[feed]]\nname = "a"\nurl = "https://x"\n[[feed]]\nname = "a"\nurl = "https://y"', 5, "name", "two feeds"),
    ("two of one address", '[[feed]]\nname = "a"\nurl = "https://x"\n[[feed]]\nname = "b"\nurl = "https://x"', 6, "url", '"a"'),
    ("no such starter group", '[starter]\ngroups = ["wires"]', 2, "starter.groups", '"wire"'),
    ("no such starter feed", '[starter]\nwithout = ["Gulf Wires"]', 2, "starter.without", '"Gulf Wire"'),
    ("no such group", '[[group]]\nname = "one"\n[[feed]]\nname = "a"\nurl = "https://x"\ngroup = "two"', 6, "group", "one"),
    ("a password in the file", '[[feed]]\nname = "a"\nurl = "https://x"\nbasic_auth = "me:secret"', 4, "basic_auth", "env:NAME"),
    ("a version of HTTP nobody speaks here", '[[feed]]\nname = "a"\nurl = "https://x"\nhttp_version = "2"', 4, "http_version", 'write "1.0" or "1.1"'),
    ("no such encoding", '[[feed]]\nname = "a"\nurl = "https://x"\nencoding = "latin-99"', 4, "encoding", "no known encoding"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("feeds", "line", "key", "says"), [row[1:] for row in FEED_FAULTS], ids=[row[0] for row in FEED_FAULTS]
)
def test_a_fault_in_the_feeds_is_refused_with_its_line(
    tmp_path: Path, facts: Facts, feeds: str, line: int, key: str, says: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, facts, feeds=feeds)
    fault = refused.value.faults[0]
    assert (fault.line, fault.file.endswith(FEEDS_FILE)) == (line, True), str(fault)
    assert key in fault.key
    assert says in fault.problem


def test_every_fault_is_told_at_once(tmp_path: Path, facts: Facts) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, facts, '[watch]\nregions = ["Nowhere"]\nignore_bases = ["None"]\n', '[[feed]]\nname = "a"\n')
    told = {(Path(fault.file).name, fault.line) for fault in refused.value.faults}
    assert told == {(SITE_FILE, 2), (SITE_FILE, 3), (FEEDS_FILE, 1)}


MANY = """
[watch]
labels = ["reports"]
regions = ["Nowhere"]
[watch.keywords]
add = ["/(/"]
[[watch.region]]
name = "Half"
circle = [1, 2]
[[watch.base]]
country = "IQ"
[[watch.base]]
name = "Camp Two"
country = "Iraq"
[[watch.base]]
name = "Camp Three"
country = "IQ"
timezone = "Mars/X"
lat = 91
lon = 1
[[alerts.destination]]
name = "chat"
[[alerts.destination]]
name = "desk"
url = "slack://T/secret"
timeout = 30
[[alerts.route]]
destinations = ["chat", "desk", "mail"]
regions = ["Half"]
[service]
poll_ceiling = "30s"
poll_floor = 5
"""


def test_a_fault_hides_no_other_and_brings_none_with_it(tmp_path: Path, facts: Facts) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, facts, MANY)
    assert [(fault.line, fault.key) for fault in refused.value.faults] == [
        (3, "watch.labels[1]"),
        (4, "watch.regions"),
        (6, "watch.keywords.add"),
        (9, "watch.region[1].circle[3]"),
        (10, "watch.base[1].name"),
        (14, "watch.base[2].country"),
        (18, "watch.base[3].timezone"),
        (19, "watch.base[3].lat"),
        (21, "alerts.destination[1].url"),
        (25, "alerts.destination[2].url"),
        (26, "alerts.destination[2].timeout"),
        (28, "alerts.route[1].destinations"),
        (32, "service.poll_floor"),
    ]
    assert "secret" not in str(refused.value).replace("holds secrets", "")


@pytest.mark.parametrize("key", ["country", "proxy", "language"])
def test_a_key_that_may_be_empty_has_one_fault(tmp_path: Path, facts: Facts, key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, facts, feeds=f'[defaults]\n{key} = "no such"\n')
    assert [(fault.line, fault.key) for fault in refused.value.faults] == [(2, f"defaults.{key}")]
    assert read(tmp_path, facts, feeds=f'[defaults]\n{key} = ""\n').feeds == ()


def test_regions_bases_and_keywords_become_what_the_core_reads(tmp_path: Path, facts: Facts) -> None:
    settings = read(
        tmp_path,
        facts,
        """
[watch]
regions = ["iraq", "Gulf box", "middle-east"]
ignore_bases = ["first camp"]
[watch.keywords]
add = ["forward  post", "/outpost \\\\d+/"]
[[watch.region]]
name = "Gulf box"
polygon = [[28.0, 47.0], [30.5, 47.0], [30.5, 50.5], [28.0, 50.5]]
circle = [10.0, 20.0, 100.0]
[[watch.base]]
name = "Camp Two"
country = "JO"
""".replace("\\\\", "\\\\"),
    )
    watch = settings.watch
    assert [region.name for region in watch.regions] == ["Iraq", "Gulf box", "middle-east"]
    assert watch.ignored_bases == {"camp-one"}
    assert watch.own_bases[0].id == "camp-two"
    forward, outpost = watch.add
    assert forward.pattern.search("the Forward post fell")
    assert not forward.pattern.search("forward posting")
    assert outpost.pattern.search("OUTPOST 12")
    box = watch.regions[1]
    assert box.holds(Target("", "", (), lat=29.0, lon=48.0))
    assert not box.holds(Target("", "", (), lat=31.0, lon=48.0))
    assert box.holds(Target("", "", (), lat=10.5, lon=20.5))
    assert not box.holds(Target("", "", (), lat=12.0, lon=20.0))
    assert watch.regions[0].holds(Target("", "Iraq", ("IQ",)))
    assert not watch.regions[0].holds(Target("", "Kuwait", ("KW",)))


DESTINATION = '[[alerts.destination]]\nname = "chat"\nurl = "{}"\n'


def test_a_secret_comes_from_environment_file_or_credential(
    tmp_path: Path, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("json://file.example\n", encoding="utf-8")
    monkeypatch.setenv("CHAT", "json://env.example")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for written, url in (
        ("env:CHAT", "json://env.example"),
        (f"file:{tmp_path}/secret", "json://file.example"),
        ("credential:secret", "json://file.example"),
    ):
        settings = read(tmp_path, facts, DESTINATION.format(written))
        assert settings.destinations[0].url == url
        assert url not in repr(settings)
        assert settings.routes[0].destinations == ("chat",)


@pytest.mark.parametrize(
    "written", ["env:NOT_SET_ANYWHERE", "file:/does/not/exist", "credential:x", "file:~nobody-of-that-name/x"]
)
def test_a_secret_that_is_not_there_is_said_and_does_not_hide_the_rest(
    tmp_path: Path, facts: Facts, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    settings = read(tmp_path, facts, DESTINATION.format(written))
    assert [fault.line for fault in settings.unresolved] == [3]
    assert settings.destinations[0].url == ""


def test_routes_filter_by_what_they_name(tmp_path: Path, facts: Facts) -> None:
    settings = read(
        tmp_path,
        facts,
        '[[alerts.destination]]\nname = "chat"\nurl = "json://x"\nliteral = true\n'
        '[[alerts.route]]\ndestinations = ["chat"]\nseverities = ["killed"]\nregions = ["IQ"]\nbases = ["First Camp"]',
    )
    route = settings.routes[0]
    assert route.severities == {Severity.KILLED}
    assert [region.name for region in route.regions] == ["Iraq"]
    assert route.bases == {"camp-one"}


def test_a_feed_takes_what_it_does_not_say_from_its_group_and_the_defaults(
    tmp_path: Path, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGIN", "me:secret")
    settings = read(
        tmp_path,
        facts,
        feeds="""
[starter]
groups = ["wire"]
[defaults]
language = "fr"
interval = "5m"
http_version = 1.0
headers = { A = "1" }
[[group]]
name = "bureau"
language = "ar"
private = true
[[feed]]
name = "One"
url = "https://one.example/"
group = "bureau"
basic_auth = "env:LOGIN"
headers = { B = "2" }
[[feed]]
name = "Two"
url = "https://two.example/"
""",
    )
    wire, one, two = settings.feeds
    assert (wire.name, wire.trust, wire.language) == ("Gulf Wire", "high", "ar")
    assert (one.language, one.private, one.interval) == ("ar", True, timedelta(minutes=5))
    assert dict(one.headers) == {"A": "1", "B": "2", "Authorization": "Basic bWU6c2VjcmV0"}
    assert "bWU6c2VjcmV0" not in repr(settings)
    assert (two.language, two.private, two.http_version) == ("fr", False, "1.0")


def test_an_own_feed_takes_the_place_of_a_starter_feed(tmp_path: Path, facts: Facts) -> None:
    settings = read(
        tmp_path,
        facts,
        feeds='[starter]\ngroups = ["all"]\nwithout = ["Harbour Paper"]\n'
        '[[feed]]\nname = "Gulf Wire"\nurl = "https://other.example/"\n',
    )
    assert [(feed.name, feed.url) for feed in settings.feeds] == [("Gulf Wire", "https://other.example/")]


def test_editing_keeps_comments_and_what_else_stands_there(tmp_path: Path) -> None:
    path = tmp_path / FEEDS_FILE
    path.write_text('# mine\n[starter]\ngroups = ["all"]  # every one\n', encoding="utf-8")
    editing.add(path, [NewFeed("One", "https://one.example/"), NewFeed("Two", "https://two.example/", "bureau", "ar")])
    assert editing.remove(path, "One", frozenset()).startswith("removed One")
    assert editing.remove(path, "Gulf Wire", frozenset({"Gulf Wire"})).startswith("left out")
    text = path.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# every one" in text
    assert "One" not in text
    assert 'group = "bureau"' in text
    assert 'without = ["Gulf Wire"]' in text
    with pytest.raises(NotFoundError):
        editing.remove(path, "Nobody", frozenset())
    with pytest.raises(InputError, match="http"):
        editing.add(path, [NewFeed("Three", "gopher://x")])
    assert path.read_text(encoding="utf-8") == text


def test_opml_goes_out_and_comes_back(tmp_path: Path, facts: Facts) -> None:
    settings = load(ROOT / "config", facts, tmp_path)
    path = tmp_path / "feeds.opml"
    path.write_text(opml.write(settings.feeds), encoding="utf-8")
    back = opml.read(path)
    assert [(feed.name, feed.url, feed.group) for feed in back] == [
        ("Gulf Wire", "https://gulf.example/rss", "wire"),
        ("Harbour Paper", "https://harbour.example/rss", "local"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "not XML"), ("<html><body/></html>", "no OPML"), ("<opml><head/></opml>", "no OPML"),
     ('<!DOCTYPE o [<!ENTITY a "b">]><opml><body><outline xmlUrl="&a;"/></body>', "not XML")],
)  # fmt: skip
def test_what_is_no_opml_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "feeds.opml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        opml.read(path)
