"""Documents of every format, encoding and breakage, and both readers held against each other on all of them."""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import sys
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest

from monitor.parse.careful import read_careful
from monitor.parse.document import Document, open_document
from monitor.parse.fast import BrokenError, TooDeepError, read_fast
from monitor.parse.mend import mend
from monitor.parse.raw import Origin, RawFeed, finish
from monitor.parse.read import ORDINARY_BYTES, read, read_ordinary
from monitor.ports import FetchFault, Parsed, ParseFailed
from tests.edges.feed_cases import ADDRESS, Case, cases

ROOT = Path(__file__).resolve().parents[2]
CASES = cases()
MOST = 2_000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_document_is_read_as_its_case_says(case: Case) -> None:
    case.check(read(case.body, case.content_type, case.origin, MOST))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_ordinary_document_needs_no_worker(case: Case) -> None:
    answer = read_ordinary(case.body, case.content_type, case.origin, MOST)
    assert (answer is not None) == case.said.get("ordinary", True)
    if answer is not None:
        assert answer == read(case.body, case.content_type, case.origin, MOST)


LONG = "long " * (ORDINARY_BYTES // 5)
NEWS = "<url><news:news><news:title>t</news:title></news:news></url>"
NOT_FOR_THE_LOOP = {
    "bytes": f"<rss version='2.0'><channel><item><title>t</title><description>{LONG}</description></item></channel></rss>",
    "elements": f"<rss version='2.0'><channel>{'<item><a/><b/><title>t</title></item>' * 3_000}</channel></rss>",
    "nested elements": f"<rss version='2.0'><channel><item><m>{'<n/>' * 9_000}</m></item></channel></rss>",
    "json": '{"items": [' + ", ".join(["{}"] * 3_000) + "]}",
    "sitemap": f"<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{NEWS * 1_000}</urlset>",
}


@pytest.mark.parametrize("text", NOT_FOR_THE_LOOP.values(), ids=NOT_FOR_THE_LOOP.keys())
def test_a_document_that_may_take_long_needs_a_worker(text: str) -> None:
    assert read_ordinary(text.encode(), "", Origin("f", ADDRESS), MOST) is None
    assert isinstance(read(text.encode(), "", Origin("f", ADDRESS), MOST), Parsed)


# ---- both readers ----------------------------------------------------------------------------------------------------


def both_ways(body: bytes, content_type: str, origin: Origin) -> tuple[Parsed, Parsed] | None:
    """What the fast and the careful reader make of one document; None where the fast one is not sure."""
    document = open_document(body, content_type, origin.encoding, origin.language)
    if not isinstance(document, Document) or document.root in ("json", "urlset"):
        return None
    try:
        fast = read_fast(document)
    except TooDeepError:
        return None
    except BrokenError:
        document = mend(document).document
        try:
            fast = read_fast(document)
        except (BrokenError, TooDeepError):
            return None
    if fast is None:
        return None
    careful = read_careful(document, MOST)
    assert isinstance(careful, RawFeed)
    return finish(fast, origin, MOST), finish(careful, origin, MOST)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_readers_give_the_same_records(case: Case) -> None:
    answers = both_ways(case.body, case.content_type, case.origin)
    if answers is not None:
        assert answers[0] == answers[1]


@pytest.mark.parametrize("path", sorted((ROOT / "seeds" / "sample-feeds").glob("*.[ar]*")), ids=lambda path: path.name)
def test_both_readers_give_the_same_records_of_the_sample_feeds(path: Path) -> None:
    answers = both_ways(path.read_bytes(), "", Origin("f", ADDRESS))
    assert answers is not None
    assert answers[0] == answers[1]
    assert answers[0].entries


def test_most_cases_are_read_by_both() -> None:
    read_twice = [case.name for case in CASES if both_ways(case.body, case.content_type, case.origin)]
    assert len(read_twice) > 50


@pytest.fixture(scope="module")
def farm(shared: Path) -> ModuleType:
    """The maintainers' farm of feeds, as a module."""
    spec = importlib.util.spec_from_file_location("farm", shared / "bench" / "farm.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["farm"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_both_readers_give_the_same_records_of_the_farm(farm: ModuleType, kind: str) -> None:
    for n in range(20):
        body = getattr(farm, kind)(n, [farm.made_up(n, k) for k in range(30)])
        answers = both_ways(body, "", Origin("f", ADDRESS))
        assert answers is not None
        assert answers[0] == answers[1]
        assert len(answers[0].entries) == 30


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_both_readers_give_the_same_records_of_real_items(farm: ModuleType, shared: Path, kind: str) -> None:
    with gzip.open(shared / "eval" / "stream-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in islice(lines, 0, None, 40)]
    told = [item for item in items if item.get("published") and item.get("url")]
    compared = 0
    for at in range(0, len(told), 30):
        answers = both_ways(getattr(farm, kind)(at, told[at : at + 30]), "", Origin("f", ADDRESS))
        if answers is not None:
            assert answers[0] == answers[1]
            compared += len(answers[0].entries)
    assert compared > 800


@pytest.mark.shared
def test_a_json_feed_of_the_farm_has_the_same_entries_as_its_rss(farm: ModuleType) -> None:
    entries = [farm.made_up(1, k) for k in range(30)]
    origin = Origin("f", ADDRESS)
    ours = [read(getattr(farm, kind)(1, entries), "", origin, MOST) for kind in ("rss", "json_feed")]
    told = [[(e.guid, e.url, e.title, e.published) for e in one.entries] for one in ours if isinstance(one, Parsed)]
    assert told[0] == told[1]
    assert len(told[0]) == 30


@pytest.mark.shared
def test_both_readers_give_the_same_records_of_hostile_feeds(farm: ModuleType) -> None:
    compared = 0
    for name, (_, headers, body) in farm.BAD.items():
        if name != "many-entries":  # 50,000 of them: feedparser needs a minute
            answers = both_ways(body, headers.get("Content-Type", ""), Origin("f", ADDRESS))
            assert answers is None or answers[0] == answers[1], name
            compared += answers is not None
    assert compared >= 10


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("empty", FetchFault.EMPTY),
        ("html", FetchFault.NOT_A_FEED),
        ("double-gzip", FetchFault.NOT_A_FEED),
        ("billion-laughs", FetchFault.HOSTILE),
        ("external-entity", FetchFault.HOSTILE),
        ("deep", FetchFault.HOSTILE),
        ("many-attributes", FetchFault.HOSTILE),
        ("truncated", 5),
        ("latin1-said-utf8", 1),
        ("utf16", 1),
        ("bad-chars", 1),
        ("no-guid-no-link", 2),
        ("bad-dates", 1),
        ("same-guid", 10),
        ("script", 1),
        ("header-injection", 1),
        ("long-title", 1),
        ("many-entries", 2_000),
    ],
)
def test_hostile_feeds_have_their_outcome(farm: ModuleType, name: str, outcome: FetchFault | int) -> None:
    _, headers, body = farm.BAD[name]
    answer = read(body, headers.get("Content-Type", ""), Origin("f", ADDRESS), MOST)
    if isinstance(outcome, FetchFault):
        assert isinstance(answer, ParseFailed)
        assert answer.fault is outcome
        assert answer.detail
    else:
        assert isinstance(answer, Parsed)
        assert len(answer.entries) == outcome
        assert answer.truncated == (name == "truncated")
        assert answer.dropped == (48_000 if name == "many-entries" else 0)


@pytest.mark.parametrize(
    "page",
    [
        "<html><title>Log\x9b31m in\u202e \u009d0;</title><form><input type=password>",
        "<html><title>a</title><link rel='alternate' type='application/rss+xml' href='/a&#x9b;31m\u202e\x9b'>",
        "nothing \x9b31m but \u2066 words",
        "<odd>\x9b31m \u202e</odd>",
    ],
    ids=["title", "link", "words", "xml"],
)
def test_what_is_quoted_of_a_page_commands_no_terminal(page: str) -> None:
    answer = read(page.encode(), "", Origin("f", ADDRESS), MOST)
    assert isinstance(answer, ParseFailed)
    assert answer.detail.isprintable(), answer.detail


# ---- caps ------------------------------------------------------------------------------------------------------------


def feed_of(items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


def dated_items(days: list[int]) -> str:
    return "".join(
        f"<item><guid>{day}</guid><title>t</title><pubDate>{day:02} Jan 2020 00:00:00 GMT</pubDate></item>"
        for day in days
    )


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        ([5, 4, 3, 2, 1], ["5", "4", "3"]),
        ([1, 2, 3, 4, 5], ["5", "4", "3"]),
        ([2, 5, 1, 4, 3], ["5", "4", "3"]),
    ],
    ids=["newest first", "oldest first", "mixed"],
)
def test_the_newest_entries_stay_and_the_rest_is_counted(days: list[int], kept: list[str]) -> None:
    answer = read(feed_of(dated_items(days)), "", Origin("f", ADDRESS), 3)
    assert isinstance(answer, Parsed)
    assert [entry.guid for entry in answer.entries] == kept
    assert answer.dropped == 2


@pytest.mark.parametrize("days", [[5, 4, 3, 2, 1], [1, 2, 3, 4, 5], [2, 5, 1, 4, 3]], ids=["newest", "oldest", "mixed"])
@pytest.mark.parametrize("kind", ["rss", "rdf", "atom", "without an end", "prefixed"])
def test_the_careful_reader_keeps_the_newest_too(days: list[int], kind: str) -> None:
    odd = dated_items(days).replace("<title>t</title>", "<title>t <b>b</b></title>")
    atom = odd.replace("item>", "entry>").replace("guid>", "id>").replace("pubDate>", "published>")
    prefixed = re.sub("(</?)", r"\1a:", atom)
    body = {
        "rss": feed_of(odd),
        "rdf": f"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><channel/>{odd}</rdf:RDF>".encode(),
        "atom": f"<feed>{atom}</feed>".encode(),
        "without an end": feed_of(odd)[:-16],
        "prefixed": f"<a:feed xmlns:a='http://www.w3.org/2005/Atom'>{prefixed}</a:feed>".encode(),
    }[kind]
    answer = read(body, "", Origin("f", ADDRESS), 3)
    assert isinstance(answer, Parsed)
    assert [entry.guid for entry in answer.entries] == ["5", "4", "3"]
    assert answer.dropped == 2


@pytest.mark.parametrize("days", [[5, 4, 3, 2, 1], [1, 2, 3, 4, 5]], ids=["newest first", "oldest first"])
@pytest.mark.parametrize("kind", ["json", "sitemap"])
def test_the_newest_entries_stay_of_other_formats(days: list[int], kind: str) -> None:
    items = ",".join(f'{{"id": "{d}", "title": "{d}", "date_published": "2020-01-0{d}T00:00:00Z"}}' for d in days)
    urls = "".join(
        f"<url><loc>https://news.example/{d}</loc><n:news><n:title>{d}</n:title>"
        f"<n:publication_date>2020-01-0{d}</n:publication_date></n:news></url>"
        for d in days
    )
    body = {
        "json": f'{{"items": [{items}]}}',
        "sitemap": f"<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>{urls}</urlset>",
    }[kind]
    answer = read(body.encode(), "", Origin("f", ADDRESS), 3)
    assert isinstance(answer, Parsed)
    assert [entry.title for entry in answer.entries] == ["5", "4", "3"]
    assert answer.dropped == 2


def test_long_texts_are_cut() -> None:
    item = (
        f"<item><title>{'t' * 2_000}</title><description>{'d' * 200_000}</description><guid>{'g' * 9_000}</guid></item>"
    )
    answer = read(feed_of(item), "", Origin("f", ADDRESS), MOST)
    assert isinstance(answer, Parsed)
    (entry,) = answer.entries
    assert (len(entry.title), len(entry.summary), len(entry.guid)) == (1_000, 100_000, 4_000)
