"""The store on a real file: what is written is read again, word for word; what is searched for is found."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.core.clean import article_id, clean, content_hash, entry_key
from monitor.core.records import (
    Correction,
    Decision,
    Entry,
    Finding,
    Incident,
    Label,
    Mending,
    Outcome,
    Statement,
    Status,
    Target,
    TimeSpan,
)
from monitor.errors import StoreError
from monitor.ports import FeedState, Judged, Known, Newcomer
from monitor.store import Access, SqliteStore
from tests.build import (
    AIN_AL_ASAD,
    ERBIL,
    HOUR,
    IN_IRAQ,
    IN_THE_GULF,
    NOW,
    NOWHERE,
    ROOT,
    article,
    entry,
    feed,
    finding,
    incident,
    statement,
)

DAY = timedelta(days=1)


def keep(store: SqliteStore, told: Entry, seen: datetime = NOW) -> bool:
    """Save an entry with its article."""
    made = article(told.title, **{name: getattr(told, name) for name in Entry.__slots__ if name != "title"})
    return store.save_entry(told, entry_key(told), content_hash(told), replace(made, seen=seen), seen)


# ---- the file -------------------------------------------------------------------------------------------------------

Holder = tuple["subprocess.Popen[str]", Path]

HOLDER = """
import sys, time
from pathlib import Path
from monitor.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Holder]:
    """Another process that has the database open for polling."""
    path = tmp_path / "held.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process, path
        process.kill()


def test_a_second_poller_is_refused_and_told_who_holds_the_file(holder: Holder) -> None:
    process, path = holder
    with pytest.raises(StoreError, match=f"pid {process.pid}"):
        SqliteStore(path)


def test_readers_and_menders_work_while_the_poller_runs(holder: Holder) -> None:
    _, path = holder
    mender = SqliteStore(path, Access.MEND)
    with mender.transaction():
        mender.save_incident(incident(), NOW)
    reader = SqliteStore(path, Access.READ)
    assert reader.incident(incident().id) == incident()
    with pytest.raises(StoreError, match="readonly"):
        reader.note("heartbeat", "1", NOW)
    mender.close()
    reader.close()


def test_the_file_is_free_again_after_its_poller_was_killed(holder: Holder) -> None:
    process, path = holder
    process.send_signal(signal.SIGKILL)
    process.wait()
    SqliteStore(path).close()


def test_a_reader_of_a_database_that_does_not_exist_makes_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database yet"):
        SqliteStore(tmp_path / "none.db", Access.READ)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('basewatch', '9999_later', '')"
        )
    for access in Access:
        with pytest.raises(StoreError, match="newer version"):
            SqliteStore(path, access)


def test_a_reader_refuses_an_older_database_until_the_service_brought_it_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM _sqlite_migrations")
    with pytest.raises(StoreError, match="older version"):
        SqliteStore(path, Access.READ)


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="not a database of Basewatch"):
        SqliteStore(path)
    with sqlite3.connect(path) as connection:
        assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master")] == ["theirs"]


def test_a_file_that_is_no_database_gives_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("this is not a database, but it is long enough to look at" * 20)
    with pytest.raises(StoreError, match="not a database"):
        SqliteStore(path)


def test_a_folder_without_rights_gives_a_clear_error(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        (tmp_path / "file").write_text("")
        path = tmp_path / "file" / "x.db"  # root may write anywhere, but a file is no folder for anybody
    else:
        (tmp_path / "closed").mkdir(mode=0o500)
        path = tmp_path / "closed" / "x.db"
    with pytest.raises(StoreError):
        SqliteStore(path)


def test_opening_twice_in_a_row_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "basewatch.db"
    first = SqliteStore(path)
    first.note("seen", "yes", NOW)
    first.close()
    again = SqliteStore(path)
    assert again.notes()["seen"].value == "yes"
    again.close()


# ---- units of work --------------------------------------------------------------------------------------------------


def test_an_exception_undoes_the_whole_transaction(store: SqliteStore) -> None:
    store.sync_feeds([feed()], NOW)
    before = store.feed_states()[0]
    with pytest.raises(KeyError), store.transaction():
        keep(store, entry())
        store.save_incident(incident(), NOW)
        store.save_feed(replace(before, entries=7))
        raise KeyError
    assert store.incident(incident().id) is None
    assert store.feed_states() == [before]
    assert store.article(article().id) is None


def test_an_incident_rolled_back_is_not_remembered_in_memory(store: SqliteStore) -> None:
    with store.transaction():
        store.save_incident(incident(), NOW)
    with pytest.raises(KeyError), store.transaction():
        store.save_incident(incident(revision=2, title="never written"), NOW)
        raise KeyError
    with store.transaction():
        store.save_incident(incident(revision=2, title="written"), NOW)
    assert store.incident(incident().id).title == "written"


def test_an_attempt_that_fails_is_undone_alone(store: SqliteStore) -> None:
    with store.transaction():
        keep(store, entry("First"))
        with pytest.raises(KeyError), store.attempt():
            keep(store, entry("Second"))
            raise KeyError
        keep(store, entry("Third"))
    assert store.article(article("First").id) and store.article(article("Third").id)
    assert store.article(article("Second").id) is None


def test_transactions_do_not_nest(store: SqliteStore) -> None:
    with store.transaction(), pytest.raises(RuntimeError), store.transaction():
        pass


def test_two_threads_writing_stand_in_line(store: SqliteStore) -> None:
    """Read, then write, in both: with deferred transactions one of them would fail at once."""
    errors = []

    def count() -> None:
        try:
            for _ in range(30):
                with store.transaction():
                    seen = store.notes().get("count")
                    store.note("count", str(int(seen.value) + 1 if seen else 1), NOW)
        except Exception as error:  # noqa: BLE001  # shown by the test itself
            errors.append(error)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert store.notes()["count"].value == "120"


def test_a_full_disk_is_said_and_leaves_nothing_behind(store: SqliteStore) -> None:
    """SQLite's own limit of pages stands in for the disk's end: it fails in the same way."""
    with store.transaction():
        keep(store, entry("Fits"))
    (pages,) = store._disk.run("PRAGMA page_count").fetchone()
    store._disk.run(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreError, match="free space on the disk"), store.transaction():
        for number in range(1_000):
            keep(store, entry(f"Story {number}"))
    assert store.article(article("Story 0").id) is None
    assert store.article(article("Fits").id)


def test_threads_that_ended_leave_no_connection_open(store: SqliteStore) -> None:
    for _ in range(20):
        thread = threading.Thread(target=store.notes)
        thread.start()
        thread.join()
    files = [link.resolve() for link in Path("/proc/self/fd").iterdir()]
    assert files.count(store.path) <= 3


# ---- feeds ----------------------------------------------------------------------------------------------------------


def test_states_of_many_feeds_are_read_and_written_at_once(store: SqliteStore) -> None:
    names = [f"feed {n}" for n in range(1200)]
    store.sync_feeds([feed(name) for name in names], NOW)
    known = store.states_of([*names, "unknown"])
    assert known.keys() == set(names)
    later = {name: replace(state, next_poll=None, detail='"é\\') for name, state in known.items()}
    store.save_feeds(later.values())
    assert store.states_of(names) == later
    assert len(store.due_feeds(NOW - DAY, 2000)) == 1200, "without a next poll they are due at once"


def test_many_new_entries_are_kept_as_one_by_one(store: SqliteStore) -> None:
    keep(store, entry("Before"))
    told = [entry(f"News {n}", url=f"https://news.example/{n}") for n in range(3)]
    judged = [None, Finding(article_id(told[1]), Label.OTHER, 0.001), Finding(article_id(told[2]), Label.REPORT, 0.9)]
    store.save_new(
        [
            Newcomer(one, entry_key(one), content_hash(one), clean(one, None, NOW), NOW, finding)
            for one, finding in zip(told, judged, strict=True)
        ],
        "v1",
    )
    assert store.known([(entry_key(one), content_hash(one)) for one in told]) == Known(frozenset(), frozenset())
    verdicts = [store.verdict(article_id(one)) for one in told]
    assert verdicts == [None, Judged(Label.OTHER, 0.001, "v1"), None], "one that may be asked about is kept by itself"
    assert [store.entry(article_id(one)) for one in told] == told
    assert keep(store, entry("After")), "the next one has a number of its own"


def test_new_feeds_are_due_at_once_and_the_longest_overdue_comes_first(store: SqliteStore) -> None:
    store.sync_feeds([feed("a"), feed("b"), feed("c")], NOW)
    store.save_feed(FeedState("b", "http://127.0.0.1:9/b.xml", next_poll=NOW - HOUR))
    store.save_feed(FeedState("c", "http://127.0.0.1:9/c.xml", next_poll=NOW + HOUR))
    assert [state.name for state in store.due_feeds(NOW, 10)] == ["b", "a"]
    assert [state.name for state in store.due_feeds(NOW, 1)] == ["b"]


def test_a_feed_that_left_the_configuration_comes_back_as_it_was(store: SqliteStore) -> None:
    store.sync_feeds([feed("a"), feed("b")], NOW)
    store.save_feed(replace(store.feed_states()[0], entries=12))
    store.sync_feeds([feed("b")], NOW)
    assert [state.name for state in store.feed_states()] == ["b"]
    assert [state.name for state in store.due_feeds(NOW, 10)] == ["b"]
    store.sync_feeds([feed("a"), feed("b")], NOW)
    assert store.feed_state("a").entries == 12


def test_a_feed_at_a_new_address_forgets_its_validators_and_keeps_its_count(store: SqliteStore) -> None:
    store.sync_feeds([feed("a")], NOW)
    store.save_feed(replace(store.feed_states()[0], entries=12, failures=3, next_poll=NOW + DAY))
    store.sync_feeds([feed("a", url="http://127.0.0.1:9/moved.xml")], NOW)
    state = store.feed_state("a")
    assert (state.url, state.entries, state.failures, state.next_poll) == ("http://127.0.0.1:9/moved.xml", 12, 0, NOW)


def test_a_burst_is_never_shortened(store: SqliteStore) -> None:
    store.sync_feeds([feed("a"), feed("b")], NOW)
    store.burst(["a", "unknown"], NOW + 2 * HOUR)
    store.burst(["a", "b"], NOW + HOUR)
    assert [state.burst_until for state in store.feed_states()] == [NOW + 2 * HOUR, NOW + HOUR]


# ---- entries and articles -------------------------------------------------------------------------------------------

ENTRIES = [
    entry(),
    entry("<b>Rockets</b> hit &amp; base", summary="<p>Two  killed</p>", content="<p>Two killed</p>"),
    entry("بەیاننامە صاروخ على القاعدة", language="ar", author="مراسل", source="وكالة"),
    entry("No guid", guid=""),
    entry("No link", url=""),
    entry("Undated", published=None),
    entry("Updated", published=None, updated=NOW - 2 * HOUR),
    entry("Link is guid", guid="https://news.example/link-is-guid"),
    entry("From the future", published=NOW + 400 * DAY),
    entry("Lone surrogate \ud800 and NUL \x00 and 💥", summary="\udfff"),
    entry("T" * 5_000, summary="S" * 300_000),
    entry("Microseconds", published=datetime(2026, 5, 4, 1, 2, 3, 456789, tzinfo=UTC)),
]


TEXTS = ("title", "summary", "content", "text", "author", "source")


def plain(value: Any) -> Any:
    """What can be written as UTF-8: a lone surrogate becomes a question mark."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


@pytest.mark.parametrize("told", ENTRIES, ids=lambda told: told.title[:20])
def test_an_entry_and_its_article_are_read_as_they_were_written(store: SqliteStore, told: Entry) -> None:
    made = article(**{name: getattr(told, name) for name in Entry.__slots__})
    with store.transaction():
        assert store.save_entry(told, entry_key(told), content_hash(told), made, NOW)
    written = store.entry(made.id)
    assert written is not None
    assert [plain(getattr(written, name)) for name in Entry.__slots__] == [
        plain(getattr(told, name)) for name in Entry.__slots__
    ]
    stored = store.article(made.id)
    assert stored == replace(made, **{name: plain(getattr(made, name)) for name in ("guid", "url", *TEXTS)})


def test_only_unseen_and_changed_entries_are_known_as_such(store: SqliteStore) -> None:
    same, edited, new = entry("Same"), entry("Edited"), entry("New")
    for told in (same, edited):
        keep(store, told)
    edited = replace(edited, summary="Now with a summary")
    known = store.known([(entry_key(told), content_hash(told)) for told in (same, edited, new)])
    assert known.unseen == {entry_key(new)}
    assert known.changed == {(entry_key(edited), content_hash(edited))}


def test_a_feed_that_alternates_between_two_headlines_is_quiet_after_both_were_seen(store: SqliteStore) -> None:
    one, other = entry("One"), entry("Other", guid="guid-one", url="https://news.example/one")
    for told in (one, other):
        keep(store, told)
    for told in (one, other):
        assert store.known([(entry_key(told), content_hash(told))]).changed == frozenset()


def test_the_same_article_from_two_feeds_is_one_and_keeps_both_guids(store: SqliteStore) -> None:
    assert keep(store, entry(guid="first"))
    assert not keep(store, entry(guid="second", feed="other"))
    id_ = article().id
    assert store.entry_guids([id_, "unknown"]) == {id_: ("first", "second"), "unknown": ()}
    assert store.revisions(id_) == []


def test_an_edited_article_keeps_what_it_said_before_and_awaits_a_new_verdict(store: SqliteStore) -> None:
    first = entry("Blast heard at base")
    keep(store, first)
    store.save_finding(finding(first), "v1")
    keep(store, replace(first, title="Rockets hit base, one killed"))
    id_ = article(first.title).id
    assert store.article(id_).title == "Rockets hit base, one killed"
    assert [old.title for old in store.revisions(id_)] == ["Blast heard at base"]
    assert store.verdict(id_) is None


def test_an_article_is_found_by_its_link(store: SqliteStore) -> None:
    keep(store, entry())
    assert store.article(article().url).id == article().id
    assert store.article("https://news.example/unknown") is None


LINKS = [
    ("https://news.example/live", ["One", "Two"]),
    ("http://www.news.example/live/?utm_source=x", ["One", "Two"]),
    ("https://news.example/live?page=2", ["Elsewhere"]),
    ("https://news.example/", ["Front"]),
    ("https://other.example/live", []),
    ("One", ["One"]),
    ("on", []),
    ("", []),
]


@pytest.mark.parametrize(("named", "titles"), LINKS, ids=[named or "nothing" for named, _ in LINKS])
def test_articles_are_found_by_a_link_that_several_have_and_by_a_title(
    store: SqliteStore, named: str, titles: list[str]
) -> None:
    keep(store, entry("One", url="https://news.example/live", shared_link=True))
    keep(store, entry("Two", url="https://news.example/live", shared_link=True))
    keep(store, entry("Elsewhere", url="https://news.example/live?page=2"))
    keep(store, entry("Front", url="https://news.example/"))
    keep(store, entry("No link", url=""))
    assert [found.title for found in store.articles_named(named)] == titles


def test_articles_come_in_the_order_they_were_published(store: SqliteStore) -> None:
    for hours in (3, 1, 2, 40):
        keep(store, entry(f"Story {hours}", published=NOW - hours * HOUR))
    told = [found.title for found in store.articles_by_time(NOW - DAY, NOW - HOUR)]
    assert told == ["Story 3", "Story 2"]


def test_a_verdict_worth_explaining_is_kept_whole_and_others_by_their_label(store: SqliteStore) -> None:
    flagged, plain = entry("Flagged"), entry("Plain")
    for told in (flagged, plain):
        keep(store, told)
    store.save_finding(finding(flagged), "v1")
    store.save_finding(finding(plain, Label.OTHER), "v1")
    assert store.finding(article("Flagged").id) == finding(flagged)
    assert store.finding(article("Plain").id) is None
    verdict = store.verdict(article("Plain").id)
    assert (verdict.label, verdict.score, verdict.version) == (Label.OTHER, 0.02, "v1")


def test_decisions_and_failures_are_read_by_their_subject(store: SqliteStore) -> None:
    first = Decision("a1", NOW, Outcome.OPEN, "i1", "first news", "alert-1", "")
    second = Decision("a2", NOW, Outcome.JOIN, "i1", "same base", "", "nothing new")
    nothing = Decision("a2", NOW, Outcome.NONE, "", "no attack", "", "not flagged")
    for decision in (first, second, nothing):
        store.save_decision(decision)
    assert store.decisions(incident="i1") == [first, second]
    assert store.decisions(article="a2") == [second, nothing]
    assert store.decisions(article="a2", incident="i1") == [second]
    store.save_failure("key-1", "ValueError: odd", NOW)
    store.save_failure("key-2", "KeyError: odd", NOW)
    assert [(failure.subject, failure.at) for failure in store.failures()] == [("key-2", NOW), ("key-1", NOW)]
    assert [failure.error for failure in store.failures(subject="key-1")] == ["ValueError: odd"]


# ---- incidents ------------------------------------------------------------------------------------------------------


def test_every_revision_of_an_incident_stays_readable(store: SqliteStore) -> None:
    one, late, two = statement("a1"), statement("a0", NOW - HOUR), statement("a2", NOW + HOUR)
    rewritten = replace(one, title="Edited title")
    revisions = [
        incident("i", one),
        incident("i", one, two, revision=2),
        incident("i", late, one, two, revision=3),  # comes between
        incident("i", late, rewritten, two, revision=4),  # takes another's place
        incident("i", late, two, revision=5, barred=("a1",)),
        incident("i", two, late, revision=6),  # another order
    ]
    for revision in revisions:
        with store.transaction():
            store.save_incident(revision, NOW)
    assert store.history("i") == revisions
    assert store.incident("i") == revisions[-1]


def test_a_statement_more_writes_one_row_more(store: SqliteStore) -> None:
    said = tuple(statement(f"a{number:03}") for number in range(100))
    for number in range(1, 101):
        store.save_incident(incident("i", *said[:number], revision=number), NOW)
    rows = sqlite3.connect(store.path).execute("SELECT count(*) FROM incident_statements").fetchone()
    assert rows == (100,)
    assert store.history("i")[49].statements == said[:50]


def test_statements_that_always_come_first_keep_their_order(store: SqliteStore) -> None:
    said: tuple[Statement, ...] = ()
    for number in range(80):
        said = (said[0], statement(f"a{number:03}"), *said[1:]) if said else (statement("first"),)
        store.save_incident(incident("i", *said, revision=number + 1), NOW)
    fresh = SqliteStore(store.path, Access.READ)
    assert fresh.incident("i").statements == said
    assert [len(revision.statements) for revision in fresh.history("i")] == list(range(1, 81))
    fresh.close()


def test_a_revision_is_written_once_only(store: SqliteStore) -> None:
    store.save_incident(incident(revision=3), NOW)
    with pytest.raises(StoreError, match="revision 3 is not after 3"):
        store.save_incident(incident(revision=3, title="other"), NOW)


def at(id: str, target: Target, hours: float = 0, long: float = 1, **given: Any) -> Incident:
    """An incident some hours ago at a place."""
    start = NOW - hours * HOUR
    return incident(id, target=target, occurred=TimeSpan(start, start + long * HOUR), **given)


PLACES = [
    at("asad", AIN_AL_ASAD),
    at("erbil", ERBIL),
    at("iraq", IN_IRAQ),
    at("gulf", IN_THE_GULF),
    at("nowhere", NOWHERE),
    at("asad-last-week", AIN_AL_ASAD, hours=24 * 7),
    at("asad-long", AIN_AL_ASAD, hours=24 * 7, long=24 * 8),
    at("asad-merged", AIN_AL_ASAD, status=Status.MERGED, merged_into="asad"),
    at("asad-false", AIN_AL_ASAD, status=Status.FALSE),
    at("asad-closed", AIN_AL_ASAD, status=Status.CLOSED),
]
KUWAIT = replace(IN_IRAQ, name="Kuwait", countries=("KW",))


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (AIN_AL_ASAD, {"asad", "iraq", "nowhere", "asad-long", "asad-false", "asad-closed"}),
        (IN_IRAQ, {"asad", "erbil", "iraq", "nowhere", "asad-long", "asad-false", "asad-closed"}),
        (KUWAIT, {"gulf", "nowhere"}),
        (IN_THE_GULF, {"gulf", "nowhere"}),
        (NOWHERE, {"asad", "erbil", "iraq", "gulf", "nowhere", "asad-long", "asad-false", "asad-closed"}),
    ],
    ids=["base", "country", "other country", "region", "no place"],
)
def test_candidates_are_all_that_may_be_the_same_place_at_the_same_time(
    store: SqliteStore, target: Target, found: set[str]
) -> None:
    for told in PLACES:
        store.save_incident(told, NOW)
    candidates = store.candidates(target, TimeSpan(NOW, NOW + HOUR), 6 * HOUR, 50)
    assert {candidate.id for candidate in candidates} == found


def test_when_there_are_too_many_candidates_the_nearest_in_time_and_place_stay(store: SqliteStore) -> None:
    for number in range(30):
        store.save_incident(at(f"yesterday-{number:02}", AIN_AL_ASAD, hours=20), NOW)
    for number in range(30):
        store.save_incident(at(f"erbil-{number:02}", ERBIL), NOW)
    store.save_incident(at("asad", AIN_AL_ASAD), NOW)
    store.save_incident(at("iraq", IN_IRAQ), NOW)
    told = TimeSpan(NOW, NOW + HOUR)
    assert {found.id for found in store.candidates(AIN_AL_ASAD, told, DAY, 2)} == {"asad", "iraq"}
    assert {found.id for found in store.candidates(IN_IRAQ, told, DAY, 1)} == {"iraq"}
    assert len(store.candidates(IN_IRAQ, told, DAY, 100)) == 62


def test_an_incident_that_moved_in_time_or_place_is_found_where_it_is_now(store: SqliteStore) -> None:
    store.save_incident(at("i", IN_IRAQ), NOW)
    store.save_incident(at("i", KUWAIT, hours=48, revision=2), NOW)
    assert store.candidates(IN_IRAQ, TimeSpan(NOW, NOW), HOUR, 9) == []
    assert [c.id for c in store.candidates(KUWAIT, TimeSpan(NOW - 48 * HOUR, NOW - 48 * HOUR), HOUR, 9)] == ["i"]


def test_incidents_are_listed_by_their_last_news(store: SqliteStore) -> None:
    for number, status in enumerate([Status.OPEN, Status.QUIET, Status.OPEN]):
        news = NOW + number * HOUR
        store.save_incident(incident(f"i{number}", status=status, last_news=news, wave="w" if number else ""), NOW)
    assert [found.id for found in store.incidents()] == ["i2", "i1", "i0"]
    assert [found.id for found in store.incidents(statuses=[Status.OPEN], limit=1)] == ["i2"]
    assert [found.id for found in store.incidents(since=NOW + HOUR)] == ["i2", "i1"]
    assert [found.id for found in store.idle([Status.OPEN], NOW + HOUR, 9)] == ["i0"]
    assert [found.id for found in store.wave("w")] == ["i1", "i2"]
    assert store.wave("") == []


def test_the_incidents_of_an_article_are_those_that_hold_it_now(store: SqliteStore) -> None:
    store.save_incident(incident("i1", statement("a1"), statement("a2")), NOW)
    store.save_incident(incident("i2", statement("a1")), NOW)
    store.save_incident(incident("i1", statement("a2"), revision=2), NOW)
    assert [found.id for found in store.incidents_of("a1")] == ["i2"]


def test_ids_are_listed_by_their_beginning(store: SqliteStore) -> None:
    for id_ in ("erbil-20260504", "erbil-20260504-b", "erbil-20260505", "erbil%"):
        store.save_incident(incident(id_), NOW)
    assert store.incident_ids_like("erbil-20260504") == ["erbil-20260504", "erbil-20260504-b"]


def test_another_process_sees_the_newest_revision_at_once(store: SqliteStore) -> None:
    store.save_incident(incident(), NOW)
    other = SqliteStore(store.path, Access.MEND)
    assert other.incident(incident().id).revision == 1
    store.save_incident(incident(revision=2), NOW)
    assert other.incident(incident().id).revision == 2
    other.save_incident(incident(revision=3), NOW)
    assert store.incident(incident().id).revision == 3
    other.close()


def test_corrections_are_kept_with_both_their_incidents(store: SqliteStore) -> None:
    merged = Correction(NOW, Mending.MERGE, "i1", "i2", note="one raid")
    false = Correction(NOW, Mending.FALSE, "i3")
    for correction in (merged, false):
        store.save_correction(correction)
    assert store.corrections("i2") == store.corrections("i1") == [merged]
    assert store.corrections() == [merged, false]


# ---- upkeep ---------------------------------------------------------------------------------------------------------


def test_pruning_forgets_the_text_and_knows_the_entry_again(store: SqliteStore) -> None:
    plain, flagged, unjudged = entry("Plain"), entry("Flagged"), entry("Not judged")
    for told in (plain, flagged, unjudged):
        keep(store, told, NOW - 40 * DAY)
    keep(store, entry("Fresh"), NOW)
    store.save_finding(finding(plain, Label.OTHER, score=0.3), "v1")
    store.save_finding(finding(flagged), "v1")
    pruned = store.prune(NOW, 30 * DAY)
    assert pruned.articles == 2
    assert store.article(article("Plain").id) is None
    assert store.finding(article("Plain").id) is None
    assert store.article(article("Flagged").id) and store.article(article("Fresh").id)
    keys = [(entry_key(told), content_hash(told)) for told in (plain, flagged, unjudged)]
    assert store.known(keys).unseen == frozenset()


def test_an_article_of_an_incident_is_never_pruned(store: SqliteStore) -> None:
    keep(store, entry("Threat"), NOW - 40 * DAY)
    store.save_finding(finding(entry("Threat"), Label.THREAT), "v1")
    store.save_incident(incident("i", statement(article("Threat").id)), NOW)
    store.prune(NOW, 30 * DAY)
    assert store.article(article("Threat").id)


def test_keys_go_two_years_after_their_feed_last_served_them(store: SqliteStore) -> None:
    gone, standing = entry("Gone"), entry("Standing")
    for told in (gone, standing):
        keep(store, told, NOW - 900 * DAY)
    store.served([entry_key(standing)], NOW - 100 * DAY)
    pruned = store.prune(NOW, 30 * DAY)
    assert (pruned.articles, pruned.entries) == (2, 1)
    known = store.known([(entry_key(told), content_hash(told)) for told in (gone, standing)])
    assert known.unseen == {entry_key(gone)}


def test_compacting_gives_space_back(store: SqliteStore) -> None:
    with store.transaction():
        for number in range(500):
            keep(store, entry(f"Story {number}", summary=Random(number).randbytes(1500).hex()), NOW - 40 * DAY)
    full = store.size()
    store.prune(NOW, 30 * DAY)
    store.compact()
    assert store.size() < full / 3


def test_compacting_beside_another_thread_that_writes(tmp_path: Path) -> None:
    for number in range(8):  # which of the two comes first differs from time to time
        store = SqliteStore(tmp_path / f"{number}.db", durable=False)
        with store.transaction():
            for story in range(200):
                keep(store, entry(f"Story {story}"), NOW)
        ended = threading.Event()
        writer = threading.Thread(target=_write_until, args=(store, ended))
        writer.start()
        store.compact()
        ended.set()
        writer.join()
        store.close()


def _write_until(store: SqliteStore, ended: threading.Event) -> None:
    while not ended.is_set():
        store.note("busy", "yes", NOW)
