"""The parser as the poller uses it: real processes, killed, starved and closed, and a loop that never waits for them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.core.records import Feed
from monitor.parse import FeedParser
from monitor.parse.read import ORDINARY_BYTES
from monitor.ports import Fetched, FetchFault, Hints, Parsed, ParseFailed, Validators
from tests.edges.feed_cases import ADDRESS, cases

T = TypeVar("T")
FEED = Feed(name="feed", url="https://configured.example/rss")


def fetched(body: bytes, content_type: str = "") -> Fetched:
    return Fetched(body, content_type, Validators(url=ADDRESS), Hints())


def run(work: Coroutine[object, object, T]) -> T:
    return asyncio.run(work)


def of_items(count: int, title: str = "News") -> bytes:
    items = "".join(f"<item><guid>{n}</guid><title>{title} {n}</title></item>" for n in range(count))
    return f"<rss version='2.0'><channel><title>Many</title>{items}</channel></rss>".encode()


def slow() -> Fetched:
    """An odd document that is within every limit but the time: feedparser takes half a minute for it."""
    return fetched(of_items(50_000, "Odd <b>news</b>"))


def children() -> set[int]:
    """Processes that are children of this one."""
    return {int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}


def test_every_case_through_the_door() -> None:
    async def work() -> None:
        parser = FeedParser()
        try:
            for case in cases():
                feed = Feed(name="feed", url=ADDRESS, **{"language": "", **case.said.get("feed", {})})
                case.check(await parser.parse(feed, fetched(case.body, case.content_type)))
        finally:
            await parser.close()

    run(work())


def test_ordinary_documents_start_no_process() -> None:
    async def work() -> set[int]:
        parser = FeedParser()
        assert isinstance(await parser.parse(FEED, fetched(of_items(30))), Parsed)
        started = children()
        await parser.close()
        return started

    before = children()
    assert run(work()) == before


def test_a_large_document_goes_through_a_process_and_comes_back_whole() -> None:
    body = of_items(3_000, "News of considerable length, so that this document is none for the loop's own thread " * 2)
    assert len(body) > ORDINARY_BYTES

    async def work() -> Parsed | ParseFailed:
        parser = FeedParser()
        answer = await parser.parse(FEED, fetched(body))
        await parser.close()
        return answer

    answer = run(work())
    assert isinstance(answer, Parsed)
    assert (len(answer.entries), answer.dropped, answer.title) == (2_000, 1_000, "Many")
    assert answer.entries[0].guid == "0"


def test_a_document_that_takes_too_long_is_killed_and_the_next_one_is_read() -> None:
    async def work() -> tuple[Parsed | ParseFailed, Parsed | ParseFailed]:
        parser = FeedParser(timeout=1.0, max_entries=1_000_000)
        killed = await parser.parse(FEED, slow())
        next_one = await parser.parse(FEED, fetched(of_items(1, "Odd <b>news</b>")))
        await parser.close()
        return killed, next_one

    killed, next_one = run(work())
    assert isinstance(killed, ParseFailed)
    assert killed.fault is FetchFault.PARSER_KILLED
    assert "longer than 1 s" in killed.detail
    assert isinstance(next_one, Parsed)
    assert next_one.entries[0].title == "Odd <b>news</b> 0"


def test_a_document_that_takes_too_much_memory_ends_only_its_process() -> None:
    async def work() -> tuple[Parsed | ParseFailed, Parsed | ParseFailed]:
        parser = FeedParser(memory=80 << 20)
        starved = await parser.parse(FEED, fetched(of_items(1, "Odd <b>news</b>" + " long" * 1_800_000)))
        next_one = await parser.parse(FEED, fetched(of_items(1, "Odd <b>news</b>")))
        await parser.close()
        return starved, next_one

    starved, next_one = run(work())
    assert isinstance(starved, ParseFailed)
    assert starved.fault is FetchFault.PARSER_KILLED
    assert "memory" in starved.detail
    assert isinstance(next_one, Parsed)


def test_the_loop_goes_on_while_documents_are_parsed() -> None:
    async def work() -> tuple[ParseFailed | Parsed, float]:
        parser = FeedParser(timeout=1.0, max_entries=1_000_000)
        held = asyncio.create_task(parser.parse(FEED, slow()))
        longest, last = 0.0, time.monotonic()
        good = 0
        while not held.done():
            answer = await parser.parse(FEED, fetched(of_items(5)))
            good += isinstance(answer, Parsed)
            await asyncio.sleep(0)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        await parser.close()
        assert good > 10
        return held.result(), longest

    answer, longest = run(work())
    assert isinstance(answer, ParseFailed)
    assert longest < 1.0  # the time that the slow one had


def test_two_loops_one_after_the_other_share_a_parser() -> None:
    parser = FeedParser()
    odd = fetched(of_items(1, "Odd <b>news</b>"))
    assert isinstance(run(parser.parse(FEED, odd)), Parsed)
    assert isinstance(run(parser.parse(FEED, odd)), Parsed)
    run(parser.close())


def test_closing_ends_every_process_and_what_is_under_way() -> None:
    async def work() -> Parsed | ParseFailed:
        parser = FeedParser(timeout=30.0, max_entries=1_000_000)
        assert isinstance(await parser.parse(FEED, fetched(of_items(1, "Odd <b>news</b>"))), Parsed)
        held = asyncio.create_task(parser.parse(FEED, slow()))
        while not children() - before:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)
        await parser.close()
        return await held

    before = children()
    started = time.monotonic()
    answer = run(work())
    assert isinstance(answer, ParseFailed)
    assert answer.fault is FetchFault.PARSER_KILLED
    assert children() == before
    assert time.monotonic() - started < 30.0  # the time that the slow one had


def test_a_process_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASEWATCH_SECRET", "treasure")

    async def work() -> list[bytes]:
        parser = FeedParser()
        await parser.parse(FEED, fetched(of_items(1, "Odd <b>news</b>")))
        environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in children() - before]
        await parser.close()
        return environments

    before = children()
    environments = run(work())
    assert environments
    assert all(b"treasure" not in environment for environment in environments)


def test_a_process_gives_way_to_its_parent_and_hears_no_ctrl_c() -> None:
    async def work() -> list[tuple[int, int, int]]:
        parser = FeedParser()
        await parser.parse(FEED, fetched(of_items(1, "Odd <b>news</b>")))
        found = [(os.getpriority(os.PRIO_PROCESS, pid), os.getsid(pid), os.getpgid(pid)) for pid in children() - before]
        await parser.close()
        return found

    before = children()
    ((nice, session, group),) = run(work())
    assert nice > os.getpriority(os.PRIO_PROCESS, 0)
    assert session == os.getsid(0), "where each session gets an equal share, only within one is it nice to be nice"
    assert group != os.getpgid(0)


@pytest.mark.parametrize("body", [b"%s", b"file://%s", b" %s\n"])
def test_a_body_that_is_a_path_reads_no_file(tmp_path: Path, body: bytes) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(of_items(1))

    async def work() -> Parsed | ParseFailed:
        parser = FeedParser()
        answer = await parser.parse(FEED, fetched(body % os.fsencode(feed)))
        await parser.close()
        return answer

    answer = run(work())
    assert isinstance(answer, ParseFailed)
    assert answer.fault is FetchFault.NOT_A_FEED
