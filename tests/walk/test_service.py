"""The daemon as a process: what it tells, what its supervisor hears, how it reloads, stops and survives."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.walk.street import ROUTE, Farm, Mail, Site, until

ATTACK = "Rockets hit Ain al-Asad air base hosting US troops in Iraq"
SUMMARY = "At least six rockets landed inside Ain al-Asad air base in western Iraq, where US troops are stationed."
OTHER_ATTACK = "Drone hits Tower 22 outpost in Jordan where US soldiers are based"
OTHER_SUMMARY = (
    "A one-way drone struck the Tower 22 outpost in north-east Jordan, wounding no US soldiers, officials said."
)


def test_news_of_an_attack_is_told_once(site: Site, farm: Farm) -> None:
    with site.start() as daemon:
        until(lambda: farm.polls() >= 5)
        assert farm.received() == []
        farm.publish(ATTACK, SUMMARY, feeds=[1])
        until(farm.received, "no alert came")
        farm.publish(f"{ATTACK}, officials say", SUMMARY, feeds=[2, 3, 4])
        polls = farm.polls()
        until(lambda: farm.polls() >= polls + 15)
        farm.publish(OTHER_ATTACK, OTHER_SUMMARY, feeds=[0])
        until(lambda: len(farm.received()) >= 2, "the second attack was not told")
        titles = [title for title, _ in farm.received()]
        assert len(titles) == 2, titles
        assert "Asad" in titles[0]
        assert "Tower 22" in titles[1]
        assert daemon.stop() == 0
        assert "incident" in daemon.log()
        assert "(new) for desk" in daemon.log()


def test_its_supervisor_hears_how_it_does(site: Site) -> None:
    with site.start() as daemon:
        heard = daemon.supervisor
        assert heard.said[0].get("READY") == "1"
        assert "5 feeds" in heard.status
        until(lambda: heard.count("WATCHDOG=1"), "no progress was told")
        assert daemon.stop() == 0
        assert heard.said[-1].get("STOPPING") == "1"


IMPATIENT = """
import sys
from datetime import timedelta
from pathlib import Path
from monitor.wiring import serving

def impatient(settings, store, build=serving.engine):
    made = build(settings, store)
    made.patience = timedelta(days=-1)  # whatever was done last, it was too long ago
    return made

serving.engine = impatient
sys.exit(not serving.run(Path(sys.argv[1])))
"""


def test_without_progress_the_watchdog_is_not_fed(site: Site) -> None:
    with site.start("-c", IMPATIENT) as daemon:
        until(lambda: "no progress" in daemon.log())
        assert daemon.stop() == 0
        assert daemon.supervisor.count("READY=1") == 1
        assert daemon.supervisor.count("WATCHDOG=1") == 0


def test_status_tells_of_a_running_daemon_and_a_second_one_is_refused(site: Site, farm: Farm) -> None:
    with site.start() as daemon:
        told = site.command("status", "--json")
        state = json.loads(told.stdout)
        assert (told.returncode, state["running"], state["pid"]) == (0, True, daemon.process.pid)
        assert state["watches"]["feeds"] == 5
        assert state["heartbeat_age"] is not None
        second = site.command("run")
        assert second.returncode == 1
        assert f"pid {daemon.process.pid}" in second.stderr
        assert "Traceback" not in second.stderr
        assert daemon.stop() == 0
    assert json.loads(site.command("status", "--json").stdout)["running"] is False


def test_status_tells_of_the_secrets_that_the_service_lacks_not_the_shell(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.destinations["secret"] = "env:BASEWATCH_TEST_SECRET"
    site.write()
    monkeypatch.setenv("BASEWATCH_TEST_SECRET", site.destinations["desk"])
    with site.start() as daemon:
        monkeypatch.delenv("BASEWATCH_TEST_SECRET")
        told = site.command("status", "--json")
        assert (told.returncode, json.loads(told.stdout)["wrong"]) == (0, [])
        assert daemon.stop() == 0
    assert "BASEWATCH_TEST_SECRET" in site.command("status").stdout
    with site.start() as daemon:
        monkeypatch.setenv("BASEWATCH_TEST_SECRET", site.destinations["desk"])
        (wrong,) = json.loads(site.command("status", "--json").stdout)["wrong"]
        assert "the environment has no BASEWATCH_TEST_SECRET" in wrong
        assert daemon.stop() == 0


# ---- reload ----------------------------------------------------------------------------------------------------------


def test_a_reload_takes_up_what_is_new(site: Site, farm: Farm) -> None:
    with site.start() as daemon:
        until(lambda: farm.polls() >= 5)
        # The same feeds in another format: every entry is served again, and none is new.
        farm.publish(ATTACK, SUMMARY, feeds=[1])
        until(farm.received, "no alert came")
        site.feeds = {name: url.replace("feed/", "json/").replace(".xml", ".json") for name, url in site.feeds.items()}
        del site.feeds["farm 0"]
        site.destinations["second"] = farm.url("sink/second").replace("http://", "json://")
        site.write()
        daemon.signal(signal.SIGHUP)
        until(lambda: daemon.supervisor.count("READY=1") == 2, "the reload did not end")
        reloading = next(one for one in daemon.supervisor.said if "RELOADING" in one)
        assert reloading["MONOTONIC_USEC"].isdigit()
        assert "4 feeds" in daemon.supervisor.status
        polls = farm.polls()
        until(lambda: farm.polls() >= polls + 12)
        farm.publish(OTHER_ATTACK, OTHER_SUMMARY, feeds=[2])
        until(lambda: farm.received("second"), "the new destination was not told")
        until(lambda: len(farm.received()) == 2)
        assert daemon.stop() == 0
    assert len(farm.received("second")) == 1


def test_an_alert_that_was_refused_is_sent_once_its_address_is_mended(site: Site, farm: Farm) -> None:
    right = site.destinations["desk"]
    site.destinations["desk"] = farm.url("nothing/here").replace("http://", "json://")
    with site.write().start() as daemon:
        farm.publish(ATTACK, SUMMARY)
        until(lambda: " to desk: refused" in daemon.log(), "it was not refused")
        site.destinations["desk"] = right
        site.write()
        daemon.signal(signal.SIGHUP)
        until(farm.received, "no alert came")
        assert daemon.stop() == 0
    assert "refused before and sent again: 1" in daemon.log()
    assert len(farm.received()) == 1


def test_a_faulty_configuration_is_refused_and_the_old_one_goes_on(site: Site, farm: Farm) -> None:
    with site.start() as daemon:
        good = (site.folder / "basewatch.toml").read_text()
        (site.folder / "basewatch.toml").write_text(good + "\n[watch.keywords]\nunheard_of = 1\nalso_unheard_of = 2\n")
        daemon.signal(signal.SIGHUP)
        until(lambda: daemon.supervisor.count("READY=1") == 2, "the reload did not end")
        assert "refused" in daemon.supervisor.status
        assert daemon.log().count("configuration refused") == 2, "every fault is told"
        assert "unheard_of" in daemon.log()
        farm.publish(ATTACK, SUMMARY)
        until(farm.received, "the old configuration does not go on")
        (site.folder / "basewatch.toml").write_text(good)
        daemon.signal(signal.SIGHUP)
        until(lambda: daemon.supervisor.count("READY=1") == 3)
        assert "refused" not in daemon.supervisor.status
        assert daemon.stop() == 0


# ---- stopping --------------------------------------------------------------------------------------------------------


def test_it_stops_in_time_while_feeds_and_channels_hang(site: Site, farm: Farm) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        site.destinations["deaf"] = f"json://127.0.0.1:{deaf.getsockname()[1]}/"
        site.feeds["slow"] = farm.url("bad/slow-headers")
        with site.write().start() as daemon:
            farm.publish(ATTACK, SUMMARY)
            until(farm.received)
            connection, _ = deaf.accept()  # the send has begun, and will not end
            assert daemon.stop() == 0
            connection.close()
    wrong = json.loads(site.command("status", "--json").stdout)["wrong"]
    assert any("waiting" in line and "deaf" in line for line in wrong), wrong
    assert not any("slow" in line for line in wrong), "a poll that was cut short is no failure"


def test_what_nobody_expected_ends_the_process_with_its_reason(site: Site) -> None:
    with site.start() as daemon:
        with closing(sqlite3.connect(site.database)) as database:
            database.execute("DROP TABLE deliveries")
        assert until(lambda: not daemon.runs() and daemon.process.returncode) == 1
    assert "failed, and ends" in daemon.log()


# ---- hostile text ----------------------------------------------------------------------------------------------------

HOSTILE = {
    "Ain al-Asad": "<b>Rockets</b> hit Ain al-Asad base hosting US troops <script>alert(1)</script><img src=x onerror=a()>",
    "Udeid": "Missiles hit Al Udeid air base hosting US troops [more](javascript:alert(1)) <a href='javascript:x'>y</a>",
    "Arifjan": "@everyone @here <!channel> <@123> Drones hit Camp Arifjan base hosting US troops in Kuwait",
    "Dhafra": "Missiles hit Al Dhafra air base hosting US troops\r\nBcc: all@example.org\r\n\r\nSubject: hi",
    "Tower 22": "Drone hits Tower 22 base hosting US troops in Jordan " + "rocket " * 150_000,
}
BASES = {
    "Ain al-Asad": "ain-al-asad-air-base",
    "Udeid": "al-udeid-air-base",
    "Arifjan": "camp-arifjan",
    "Dhafra": "al-dhafra-air-base",
    "Tower 22": "tower-22",
}
NEVER_SENT = re.compile(
    r"<script|<img|<b>|<a |<!|<@|@everyone|@here|javascript:|\]\(|[\x00-\x09\x0b-\x1f]", re.IGNORECASE
)


def test_a_hostile_title_reaches_no_channel_as_it_is(site: Site, farm: Farm, mail: Mail) -> None:
    site.feeds = {"json": farm.url("json/0.json"), "rss": farm.url("feed/1.xml"), "atom": farm.url("atom/2.xml")}
    for number, base in enumerate(HOSTILE):  # a mailbox each, since apprise sends to one every 5.5 seconds only
        site.destinations[f"mail {number}"] = mail.url
        site.routes += ROUTE.format(name=f"mail {number}", rest=f'bases = ["{BASES[base]}"]')
    site.routes += ROUTE.format(name="desk", rest="")
    with site.write().start() as daemon:
        for number, title in enumerate(HOSTILE.values()):
            farm.publish(title, feeds=[0], link=f"https://news.example/{number}?b=<script>@everyone")
        until(lambda: len(farm.received()) >= len(HOSTILE), "an alert did not come")
        until(lambda: len(mail.messages) >= len(HOSTILE), "a mail did not come")
        assert daemon.stop() == 0
    for title, body in farm.received():
        assert not NEVER_SENT.search(title + body), title + body
        assert "\n" not in title
        assert len(title) < 300
        assert len(body) < 5_000
    for recipients, message in mail.messages:
        assert recipients == ["desk@site.example"]
        assert message["Bcc"] is None
        assert not NEVER_SENT.search(message["Subject"]), message["Subject"]
        for part in message.walk():
            if part.get_content_maintype() == "text":
                assert not re.search(r"<script|<img|@everyone|javascript:", part.get_content(), re.IGNORECASE)


def test_the_farms_hostile_feeds_break_nothing(site: Site, farm: Farm) -> None:
    for name in ("script", "header-injection", "long-title", "gzip-bomb", "many-attributes", "html", "reset"):
        site.feeds[name] = farm.url(f"bad/{name}")
    with site.write().start() as daemon:
        until(lambda: farm.polls() >= 10)
        farm.publish(ATTACK, SUMMARY)
        until(lambda: any("Asad" in title for title, _ in farm.received()), "the good feeds are not polled")
        assert daemon.stop() == 0
    assert "Traceback" not in daemon.log()


# ---- what does not run on --------------------------------------------------------------------------------------------


def test_once_polls_delivers_and_tells_what_failed(site: Site, farm: Farm) -> None:
    farm.publish(ATTACK, SUMMARY)
    first = site.command("once")
    assert first.returncode == 0, first.stderr
    assert len(farm.received()) == 1
    again = site.command("once")
    assert (again.returncode, len(farm.received())) == (0, 1), "the same news is told again"
    farm.publish(OTHER_ATTACK, OTHER_SUMMARY, feeds=[1])
    farm.post("sink/desk/fail", {"status": 404, "times": -1})
    site.feeds["gone"] = farm.url("bad/404")
    site.write()
    failed = site.command("once")
    assert failed.returncode == 4
    assert "gone" in failed.stdout
    assert "desk" in failed.stdout
    assert "refused" in failed.stdout


def test_without_destinations_alerts_stand_in_the_log(site: Site, farm: Farm) -> None:
    site.destinations = {}
    site.write()
    farm.publish(ATTACK, SUMMARY)
    once = site.command("once")
    assert once.returncode == 0
    assert re.search(r"alert .* for nobody: .*Asad", once.stderr)


def test_notify_test_tells_the_truth_about_each_destination(site: Site, farm: Farm) -> None:
    site.timeout = "2s"
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        site.destinations |= {
            "wrong": farm.url("nothing/here").replace("http://", "json://"),
            "deaf": f"json://127.0.0.1:{deaf.getsockname()[1]}/",
            "unset": "env:BASEWATCH_TEST_NOT_SET",
        }
        told = site.write().command("notify-test", "--json")
    outcomes = {row["destination"]: row["outcome"] for row in map(json.loads, told.stdout.splitlines())}
    assert told.returncode == 4
    assert outcomes == {
        "desk": "sent",
        "wrong": "refused",
        "deaf": "no answer, may have arrived",
        "unset": "failed, may succeed later",
    }
    assert "the environment has no BASEWATCH_TEST_NOT_SET" in told.stdout
    assert len(farm.received()) == 1
    assert site.command("notify-test", "desk").returncode == 0
    assert site.command("notify-test", "nobody").returncode == 3


def test_check_online_explains_each_feed_that_fails(site: Site, farm: Farm) -> None:
    site.feeds |= {"lost": farm.url("bad/404"), "page": farm.url("bad/html")}
    told = site.write().command("check", "--online")
    assert told.returncode == 4
    assert re.search(r"^feed lost: not found", told.stdout, re.MULTILINE)
    assert re.search(r"^feed page: not a feed", told.stdout, re.MULTILINE)
    assert "5 of 7 feeds" in told.stdout


def test_the_demo_runs_in_an_empty_folder(tmp_path: Path) -> None:

    done = subprocess.run(
        [sys.executable, "-m", "monitor", "demo"], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.split("== poll 2")
    assert first.count("ALERT (new)") == 2
    assert re.search(r"ALERT \(new\).*Asad", first)
    assert re.search(r"ALERT \(new\).*(Udeid|Dhafra|bases)", first)
    assert re.search(r"ALERT \((wounded rose|confirmed)\)", second)
    assert "ALERT (new)" not in second
    assert "What we know" in second.partition("nobody is told of")[2]
    for silent in ("rehearse", "vows to attack", "US warplanes", "Families of the fallen"):
        assert not re.search(rf"ALERT.*{silent}", done.stdout)
    assert not list(tmp_path.iterdir())
