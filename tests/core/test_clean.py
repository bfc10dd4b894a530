"""An entry made readable: markup, characters, spacing, site names, links, dates, languages, and who is who."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.clean import (
    MAX_TEXT,
    MAX_TITLE,
    article_id,
    clean,
    content_hash,
    entry_key,
    normalise,
    plain,
)
from monitor.core.links import canonical_link
from monitor.core.records import Entry, Feed

SEEN = datetime(2024, 2, 1, 12, tzinfo=UTC)
ENTRY = Entry("wire", "guid-1", "https://news.example/a/1", "Rockets hit base", "Two landed.", published=SEEN)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<b>Rockets</b> hit base", "Rockets hit base"),
        ("Rockets<br/>hit<p>base</p>", "Rockets hit base"),
        ("before<script>alert('x')</script>after", "before after"),
        ("no end <script>alert(1)", "no end"),
        ("<!-- hidden -->seen", "seen"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("Fire &amp; smoke", "Fire & smoke"),
        ("Fire &amp;amp; smoke", "Fire & smoke"),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
        ("&amp;lt;i&amp;gt;twice&amp;lt;/i&amp;gt;", "twice"),
        ("Iraq#39;s base", "Iraq's base"),
        ("one\r\ntwo\x00three\tfour", "one two three four"),
        ("right\u202eleft\u2066here\u200b", "rightlefthere"),
        ("soft\u00adhyphen", "softhyphen"),
        ("  many   spaces  ", "many spaces"),
        ("U . S . base in Iraq hit , says official", "U.S. base in Iraq hit, says official"),
        ("Iran ' s drones hit base : report", "Iran's drones hit base: report"),
        ("Iran - backed militia fires at F - 16 shelter .", "Iran-backed militia fires at F-16 shelter."),
        ("می\u200cشود", "می\u200cشود"),
    ],
)
def test_plain(written: str, read: str) -> None:
    assert plain(written, 200) == read


@given(st.text(max_size=400))
def test_plain_of_anything_is_one_line_without_controls_and_stays_as_it_is(text: str) -> None:
    read = plain(text, 300)
    assert len(read) <= 300
    assert not any(ord(letter) < 32 or letter in "\u202a\u202e\u2066\u2028" for letter in read)
    assert plain(read, 300) == read or "&" in text or "<" in text or " ," in text or " ." in text or "'" in text


@pytest.mark.parametrize(
    ("piece", "read"),
    [
        ("<script", "<script"),
        ("<style a ", "<style a "),
        ("<!--", ""),
        ("<a ", "<a "),
        ("&lt;script", "<script"),
        ("A . ", "A.A."),
        ("a - ", "a - "),
        ("submitted by /u/a ", "submitted by /u/a "),
    ],
)
def test_a_text_made_to_hold_us_is_read_like_any_other(piece: str, read: str) -> None:
    """Each would take minutes where a search begins anew at every piece and looks through all the rest."""
    article = clean(replace(ENTRY, title="Rockets", summary=piece * (400_000 // len(piece))), None, SEEN)
    assert article.summary.startswith((read * 9)[:30].strip()) and len(article.summary) <= MAX_TEXT


def test_limits_hold_for_a_megabyte() -> None:
    article = clean(replace(ENTRY, title="A" * 1_000_000, summary="b " * 500_000), None, SEEN)
    assert len(article.title) == MAX_TITLE
    assert len(article.summary) <= MAX_TEXT
    assert len(article.text) <= MAX_TEXT


def test_text_joins_title_summary_and_content_and_leaves_out_what_is_said_twice() -> None:
    article = clean(replace(ENTRY, content="Two landed."), None, SEEN)
    assert article.text == "Rockets hit base\nTwo landed."
    assert clean(replace(ENTRY, content="More."), None, SEEN).text == "Rockets hit base\nTwo landed.\nMore."


@pytest.mark.parametrize(
    ("title", "source", "url", "read"),
    [
        ("Rockets hit Iraqi base - Al Example", "Al Example", "", "Rockets hit Iraqi base"),
        ("Rockets hit Iraqi base | The Daily Sample", "", "https://dailysample.example/x", "Rockets hit Iraqi base"),
        ("Rockets hit Iraqi base - officials", "Al Example", "", "Rockets hit Iraqi base - officials"),
        ("Rockets hit Iraqi base - Al Example", "", "", "Rockets hit Iraqi base - Al Example"),
    ],
)
def test_site_name_goes_only_where_it_is_surely_one(title: str, source: str, url: str, read: str) -> None:
    assert clean(replace(ENTRY, title=title, source=source, url=url), None, SEEN).title == read


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://News.Example:443/a?utm_source=x&id=7#top", "https://news.example/a?id=7"),
        ("http://user:secret@news.example/a", "http://news.example/a"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("https://www.google.com/url?q=https://news.example/a%3Ffbclid%3D1&sa=D", "https://news.example/a"),
        ("https://www.bing.com/news/apiclick.aspx?url=https%3a%2f%2fnews.example%2fa", "https://news.example/a"),
        ("https://news.google.com/rss/articles/CBMi", "https://news.google.com/rss/articles/CBMi"),
        ("javascript:alert(1)", ""),
        ("ftp://news.example/a", ""),
        ("https://news.example/a b", ""),
        ("https://news.example/\x01", ""),
        ("https://[::1", ""),
        ("//news.example/a", ""),
        ("", ""),
    ],
)
def test_canonical_link(url: str, link: str) -> None:
    assert canonical_link(url) == link


def test_dates_are_settled() -> None:
    future = clean(replace(ENTRY, published=SEEN + timedelta(days=3)), None, SEEN)
    assert (future.published, future.dated) == (SEEN, True)
    undated = clean(replace(ENTRY, published=None), None, SEEN)
    assert (undated.published, undated.dated) == (SEEN, False)
    zero = clean(replace(ENTRY, published=datetime(1970, 1, 1, tzinfo=UTC)), None, SEEN)
    assert (zero.published, zero.dated) == (SEEN, False)
    only_updated = clean(replace(ENTRY, published=None, updated=SEEN - timedelta(hours=2)), None, SEEN)
    assert (only_updated.published, only_updated.dated) == (SEEN - timedelta(hours=2), True)


@pytest.mark.parametrize(
    ("title", "feed", "language"),
    [
        ("Rockets hit base", "en", "en"),
        ("Des roquettes sur une base", "fr", "fr"),
        ("سقوط صواريخ على قاعدة عين الأسد", "en", "ar"),
        ("حمله پهپادی به پایگاه آمریکا", "en", "fa"),
        ("רקטות על בסיס אמריקאי", "en", "he"),
        ("Ракеты упали на базу", "en", "ru"),
        ("Ракети впали на базу, її охороняють", "en", "uk"),
        ("Rockets hit base", "ar", "en"),
    ],
)
def test_language_is_read_off_the_script_before_the_feed_is_believed(title: str, feed: str, language: str) -> None:
    entry = replace(ENTRY, title=title, summary="")
    assert clean(entry, Feed("f", "https://news.example/rss", language=feed), SEEN).language == language


def test_entries_are_known_by_guid_else_link_else_title_and_day() -> None:
    assert entry_key(ENTRY) == entry_key(replace(ENTRY, title="Other title", url="https://news.example/b"))
    assert entry_key(ENTRY) != entry_key(replace(ENTRY, feed="other"))
    bare = replace(ENTRY, guid="")
    assert entry_key(bare) == entry_key(replace(bare, title="Other", url="https://news.example/a/1?utm_medium=rss"))
    loose = replace(bare, url="")
    assert entry_key(loose) == entry_key(replace(loose, summary="Other"))
    assert entry_key(loose) != entry_key(replace(loose, published=SEEN - timedelta(days=1)))


def test_an_article_is_one_whichever_feed_brings_it() -> None:
    assert article_id(ENTRY) == article_id(
        replace(ENTRY, feed="other", guid="x", url="https://www.news.example/a/1/amp")
    )
    front = replace(ENTRY, url="https://news.example/", source="Al Example")
    assert article_id(front) == article_id(replace(front, feed="other", url="", title="ROCKETS hit base!"))
    assert article_id(front) != article_id(replace(front, source="The Daily Sample"))


def test_content_hash_changes_with_what_is_told_only() -> None:
    assert content_hash(ENTRY) == content_hash(replace(ENTRY, feed="other", author="x"))
    assert content_hash(ENTRY) != content_hash(replace(ENTRY, title="Rockets hit base, two hurt"))


@pytest.mark.parametrize(
    "spellings",
    [
        ("Ain al-Asad", "Ayn Al Asad", "Ein el-Asad", "'Ain al\u2011Asad", "AÏN AL-ASAD"),
        ("at-Tanf", "al-Tanf", "Al Tanf", "el-Tanf"),
        ("İncirlik", "Incirlik", "INCIRLIK"),
        ("Irbil", "Erbil", "Arbil"),
        ("Al Qa'im", "al-Qaʿim", "Al-Qa\u2019im"),
        ("قاعدة الأسد", "قاعده الاسد"),
    ],
)
def test_spellings_of_one_name_are_one(spellings: tuple[str, ...]) -> None:
    assert len({normalise(spelling) for spelling in spellings}) == 1


def test_names_of_two_places_stay_two() -> None:
    assert normalise("Ain al-Asad") != normalise("Assad")
    assert normalise("Doha") != normalise("Camp Doha")
