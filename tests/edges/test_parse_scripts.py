"""Every format in Arabic, Persian, Hebrew and Cyrillic, in every encoding that their publishers use, said or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

import pytest

from monitor.parse.raw import Origin
from monitor.parse.read import read
from monitor.ports import Parsed
from tests.edges.feed_cases import ADDRESS


@dataclass(frozen=True)
class Script:
    """A script's language, a title and a text in it, and the encodings of one byte that its publishers use."""

    language: str
    title: str
    text: str
    encodings: tuple[str, ...]

    def in_letters_of(self, encoding: str) -> Script:
        """The same as its publishers write it: Windows' Arabic table has no Persian ye, and they take the Arabic one."""
        if encoding != "windows-1256":
            return self
        return replace(self, title=self.title.replace("ی", "ي"), text=self.text.replace("ی", "ي"))


SCRIPTS = {
    "Arabic": Script(
        "ar",
        "صواريخ تستهدف قاعدة عين الأسد الجوية في العراق",
        "قال مسؤول أمني إن عدة صواريخ سقطت قرب القاعدة مساء اليوم من دون وقوع إصابات",
        ("windows-1256", "iso-8859-6"),
    ),
    "Persian": Script(
        "fa",
        "حمله موشکی به پایگاه عین الاسد در عراق",
        "منابع خبری از شلیک چند موشک به این پایگاه خبر دادند و گفتند کسی زخمی نشده است",
        ("windows-1256",),
    ),
    "Hebrew": Script(
        "he",
        "רקטות נורו לעבר בסיס אמריקאי בעיראק",
        "גורם ביטחוני אמר כי כמה רקטות נפלו סמוך לבסיס הערב ואין נפגעים",
        ("windows-1255", "iso-8859-8"),
    ),
    "Russian": Script(
        "ru",
        "Ракеты попали по базе Айн-эль-Асад в Ираке",
        "Источник в службе безопасности сообщил, что несколько ракет упали рядом с базой, раненых нет",
        ("windows-1251", "koi8-r", "iso-8859-5"),
    ),
    "Ukrainian": Script(
        "uk",
        "Ракети влучили по базі Айн-ель-Асад в Іраку",
        "Джерело повідомило, що кілька ракет упали поруч із базою, її охорона не постраждала",
        ("windows-1251", "koi8-u"),
    ),
}

DATE, ISO = "Mon, 04 May 2026 12:00:00 GMT", "2026-05-04T12:00:00Z"
LINK = "https://news.example/1"


def rss(version: str) -> Callable[[str, str], str]:
    """RSS 0.91 to 2.0, which differ by their version."""
    return lambda title, text: (
        f'<rss version="{version}"><channel><title>{title}</title><link>{LINK}</link><item><title>{title}</title>'
        f"<link>{LINK}</link><description>{text}</description><pubDate>{DATE}</pubDate></item></channel></rss>"
    )


def rdf(namespace: str) -> Callable[[str, str], str]:
    """RSS 0.90 and 1.0, which differ by their namespace."""
    return lambda title, text: (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="{namespace}"><channel><title>{title}</title></channel>'
        f'<item rdf:about="{LINK}"><title>{title}</title><link>{LINK}</link><description>{text}</description>'
        f"<dc:date>{ISO}</dc:date></item></rdf:RDF>"
    )


def atom(namespace: str, date: str) -> Callable[[str, str], str]:
    """Atom 0.3 and 1.0."""
    return lambda title, text: (
        f'<feed xmlns="{namespace}"><title>{title}</title><entry><title>{title}</title><id>{LINK}</id>'
        f'<link rel="alternate" type="text/html" href="{LINK}"/><summary>{text}</summary>'
        f"<{date}>{ISO}</{date}></entry></feed>"
    )


def sitemap(title: str, text: str) -> str:
    """A news sitemap, which has no place for a text."""
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{LINK}</loc><news:news>'
        f"<news:publication_date>{ISO}</news:publication_date><news:title>{title}</news:title></news:news>"
        f"<!-- {text} --></url></urlset>"
    )


XML = {
    "RSS 0.90": rdf("http://my.netscape.com/rdf/simple/0.9/"),
    "RSS 0.91": rss("0.91"),
    "RSS 0.92": rss("0.92"),
    "RSS 1.0": rdf("http://purl.org/rss/1.0/"),
    "RSS 2.0": rss("2.0"),
    "Atom 0.3": atom("http://purl.org/atom/ns#", "issued"),
    "Atom 1.0": atom("http://www.w3.org/2005/Atom", "published"),
    "sitemap": sitemap,
}
OFTEN = [(script, encoding) for script, one in SCRIPTS.items() for encoding in ("utf-8", *one.encodings)]
WIDE = [(script, encoding) for script in SCRIPTS for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")]


def document(kind: str, script: Script, declared: str) -> str:
    """A feed of one entry, with an XML declaration of `declared` unless that is ""."""
    body = XML[kind](escape(script.title), escape(script.text))
    return f'<?xml version="1.0" encoding="{declared}"?>\n{body}' if declared else body


def told(body: bytes, content_type: str = "", language: str = "", encoding: str = "") -> tuple[str, str, str]:
    """Title, text and link of the one entry of a feed."""
    answer = read(body, content_type, Origin("f", ADDRESS, language=language, encoding=encoding), 10)
    assert isinstance(answer, Parsed), answer
    (entry,) = answer.entries
    assert entry.published or entry.updated
    return entry.title, entry.summary or entry.content, entry.url


def expected(kind: str, script: Script) -> tuple[str, str, str]:
    return script.title, "" if kind == "sitemap" else script.text, LINK


@pytest.mark.parametrize("kind", XML)
@pytest.mark.parametrize(("name", "encoding"), OFTEN)
def test_a_feed_is_read_in_the_encoding_of_its_publisher(kind: str, name: str, encoding: str) -> None:
    script = SCRIPTS[name].in_letters_of(encoding)
    said = document(kind, script, encoding).encode(encoding)
    unsaid = document(kind, script, "").encode(encoding)
    wrong = document(kind, script, "utf-8").encode(encoding)
    right = expected(kind, script)
    assert told(said) == right, "as it says itself"
    assert told(unsaid, f"text/xml; charset={encoding}") == right, "as its server says"
    assert told(unsaid, language=script.language, encoding=encoding) == right, "as its site says"
    assert told(wrong, "text/xml; charset=utf-8", encoding=encoding) == right, "as its site says against both"
    assert told(unsaid, language=script.language) == right, "as its letters say"
    assert told(wrong, language=script.language) == right, "against what it says"


@pytest.mark.parametrize("kind", XML)
@pytest.mark.parametrize(("name", "encoding"), WIDE)
def test_a_feed_of_wide_letters_is_read(kind: str, name: str, encoding: str) -> None:
    script = SCRIPTS[name]
    for declared in (encoding, "", "utf-8"):
        assert told(document(kind, script, declared).encode(encoding)) == expected(kind, script)


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("version", ["1", "1.1"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_json_feed_is_read(name: str, version: str, encoding: str) -> None:
    script = SCRIPTS[name]
    for escaped in (True, False):
        feed = {
            "version": f"https://jsonfeed.org/version/{version}",
            "title": script.title,
            "items": [
                {"id": "1", "url": LINK, "title": script.title, "content_text": script.text, "date_published": ISO}
            ],
        }
        body = json.dumps(feed, ensure_ascii=escaped).encode(encoding)
        assert told(body, "application/feed+json") == (script.title, script.text, LINK)
