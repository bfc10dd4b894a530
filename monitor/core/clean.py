"""Entry -> Article: markup off, spaces single, link canonical, dates settled; and the identities of both."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from datetime import UTC, datetime

from monitor.core.links import canonical_link, same_page
from monitor.core.records import Article, Entry, Feed

MAX_TITLE = 1_000
MAX_TEXT = 100_000
# Markup may be many times longer than the words in it; beyond this nothing is read at all.
_RAW_FACTOR = 4
# A date before the first feeds is a machine's zero, not a date.
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)

# ---- markup and characters ----------------------------------------------------------------------------------------

_UNSHOWN = re.compile(r"<(script|style|template|noscript)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BREAK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|tr|td|th|table|h[1-6]|hr|blockquote|section|article|figure|figcaption)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});?")
# An escaped entity that lost its ampersand on the way ("Ukraine#39;s").
_BARE_ENTITY = re.compile(r"(?<=\w)#(0?39|8217|34|38);")

# Controls, soft hyphens, invisible joiners, every sign that turns the direction of writing, and halves of surrogate
# pairs, which no encoder takes. Zero-width joiner and non-joiner stay: Persian words and emoji are made with them.
_INVISIBLE = {
    **dict.fromkeys((*range(32), *range(127, 160), 8232, 8233), " "),
    **dict.fromkeys((173, 1564, 6158, 8203, 8206, 8207, 65279, 65532, 65533)),
    **dict.fromkeys((*range(8234, 8239), *range(8288, 8293), *range(8294, 8304))),
    **dict.fromkeys((*range(55296, 57344), *range(917504, 917632))),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# ---- spacing of word-by-word archives ("U . S . base , says") --------------------------------------------------------

_SPACED = re.compile(r" (?:[,.'] |- (?:(?:backed|led|linked) |(?<=\b[AaEe]l - )[A-Z]))")  # begins with one letter: fast
_SPACED_INITIALS = re.compile(r"\b(?:[A-Z] \. ?){2,}")
_SPACED_STOP = re.compile(r" ([,.;:?!%)\]])(?= |$)")
_SPACED_GENITIVE = re.compile(r" ['’] ?(?=(?:s|t|re|ve|ll|d|m)\b)")
_SPACED_MODEL = re.compile(r"\b([A-Z]{1,3}) - (?=\d)")
_SPACED_COMPOUND = re.compile(
    r"\b([A-Za-z.]{1,40}) - (?=(?:led|backed|linked|aligned|based|hosted|run|allied|held|made|old|way|war|range|the)\b)"
)
_SPACED_ARTICLE = re.compile(r"\b([AaEe]l) - (?=[A-Z])")
_SUBMITTED = re.compile(r"\s*submitted by\s+/?u/\S+(?:\s+to\s+/?[ru]/\S+)?\s*(?:\[link\])?\s*(?:\[comments\])?\s*$")

# ---- site names ----------------------------------------------------------------------------------------------------

_TAIL = re.compile(r"^(.{12,}?)\s+[-–—|·»]+\s+([^|]{2,50})$")

# ---- scripts -------------------------------------------------------------------------------------------------------

_SCRIPTS = (
    ("ar", re.compile(r"[\u0600-\u06ff\ufb50-\ufdff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)
_FOREIGN = re.compile("|".join(script.pattern for _, script in _SCRIPTS))
# Languages that share a script with the one named first for it, and letters that only they use.
_COUSINS = {"ar": (("fa", "پچژگ"), ("ckb", "ۆێڵ"), ("ur", "ٹڈے")), "ru": (("uk", "іїєґ"),)}
_FOREIGN_LANGUAGES = frozenset([name for name, _ in _SCRIPTS] + [name for row in _COUSINS.values() for name, _ in row])


def clean(entry: Entry, feed: Feed | None, seen: datetime) -> Article:
    """Make an article of an entry seen at `seen` (aware, UTC). Never raises for what an entry holds."""
    link = canonical_link(entry.url)
    title = _without_site(plain(entry.title, MAX_TITLE), entry, feed, link)
    summary = plain(entry.summary, MAX_TEXT)
    if "submitted by" in summary:
        summary = _SUBMITTED.sub("", summary)
    content = plain(entry.content, MAX_TEXT)
    if content == summary:
        content = ""
    told = entry.published or entry.updated
    dated = told is not None and told >= _OLDEST
    return Article(
        id=article_id(entry),
        feed=entry.feed,
        guid=entry.guid,
        url=link,
        title=title,
        summary=summary,
        content=content,
        text="\n".join(filter(None, (title, summary, content)))[:MAX_TEXT],
        author=plain(entry.author, 200),
        source=plain(entry.source, 200),
        language=_language(f"{title} {summary[:300]}", entry.language, feed.language if feed else ""),
        published=min(told, seen) if dated and told is not None else seen,
        dated=dated,
        seen=seen,
    )


def plain(text: str, limit: int) -> str:
    """`text` as a person would read it, on one line, at most `limit` characters; twice escaped is read too."""
    if not text:
        return ""
    text = text[: limit * _RAW_FACTOR]
    if text.isascii() and text.isprintable() and not ("<" in text or "&" in text or "#" in text or "  " in text):
        text = text.strip()  # it is as a person reads it already
    else:
        text = _read(text)
    if _SPACED.search(text) or text.endswith(" .") or " ’ " in text:
        text = _mended(text)
    return text[:limit].rstrip()


def _read(text: str) -> str:
    """A text without markup, entities and invisible characters, its words one blank apart."""
    for _ in range(3):
        if "<" in text:
            text = _TAG.sub("", _BREAK.sub(" ", _COMMENT.sub(" ", _UNSHOWN.sub(" ", text))))
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    if "#" in text:
        text = _BARE_ENTITY.sub(lambda found: chr(int(found.group(1))), text)
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    elif _CONTROL.search(text):
        text = _CONTROL.sub(" ", text)
    return " ".join(text.split())


def _mended(text: str) -> str:
    """Undo the spacing of archives that put a space around every sign."""
    text = _SPACED_INITIALS.sub(lambda found: found.group().replace(" ", "") + " ", text)
    text = _SPACED_GENITIVE.sub("'", text)
    text = _SPACED_ARTICLE.sub(r"\1-", _SPACED_COMPOUND.sub(r"\1-", _SPACED_MODEL.sub(r"\1-", text)))
    return " ".join(_SPACED_STOP.sub(r"\1", text).split())


def _without_site(title: str, entry: Entry, feed: Feed | None, link: str) -> str:
    """Take the site's name off the end, only where the source, the feed or the link says that it is one."""
    found = _TAIL.match(title)
    if not found:
        return title
    tail = normalise(found.group(2)).replace(" ", "")
    names = {normalise(name).replace(" ", "") for name in (entry.source, feed.name if feed else "") if name}
    if tail in names or (len(tail) > 3 and tail.removeprefix("the") in _host_words(link)):
        return found.group(1).rstrip(" |-–—·»")
    return title


def _host_words(link: str) -> frozenset[str]:
    host = link.split("/")[2] if link else ""
    return frozenset([*(part.replace("-", "") for part in host.split(".")), host.removeprefix("www.").replace(".", "")])


def _language(text: str, told: str, expected: str) -> str:
    """Two letters: by script where the script says it, else what the entry or its feed says, else English."""
    said = (told or expected or "en").replace("_", "-").split("-")[0].lower()
    if text.isascii():
        return said if said not in _FOREIGN_LANGUAGES else "en"
    if not _FOREIGN.search(text):
        return said
    letters = sum(c.isalpha() for c in text)
    for name, script in _SCRIPTS:
        if len(script.findall(text)) * 3 < max(letters, 3):
            continue
        cousins = _COUSINS.get(name, ())
        if said in {cousin for cousin, _ in cousins}:
            return said
        return next((cousin for cousin, marks in cousins if any(mark in text for mark in marks)), name)
    return said


# ---- identities ------------------------------------------------------------------------------------------------------


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _day(entry: Entry) -> str:
    told = entry.published or entry.updated
    return told.astimezone(UTC).date().isoformat() if told else ""


def entry_key(entry: Entry) -> str:
    """The identity of an entry within its feed: feed and guid, else a canonical link of its own, else title and day."""
    if entry.guid:
        return _digest("guid", entry.feed, entry.guid)
    if not entry.shared_link and (link := canonical_link(entry.url)):
        return _digest("link", entry.feed, link)
    return _digest("title", entry.feed, normalise(entry.title[: MAX_TITLE * _RAW_FACTOR]), _day(entry))


def content_hash(entry: Entry) -> str:
    """What changes when an entry is edited: its title, summary or content."""
    return _digest(entry.title, entry.summary, entry.content)


def article_id(entry: Entry) -> str:
    """One id for one article whichever feed brought it: its link when it has one, else title, day and source.

    Where others of its feed have the same link, as in a live ticker, its guid is its identity.
    """
    if entry.shared_link:
        if entry.guid:
            return _digest("guid", entry.feed, entry.guid)
    elif page := same_page(canonical_link(entry.url)):
        return _digest("page", page)
    return _digest(
        "title", normalise(plain(entry.title, MAX_TITLE)), _day(entry), normalise(entry.source or entry.feed)
    )


# ---- names -----------------------------------------------------------------------------------------------------------

_LETTERS = str.maketrans(
    {
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ۀ": "ه",
        "ـ": None,
        "ı": "i",
        "ł": "l",
        "đ": "d",
        "ø": "o",
        "ё": "е",
    }
)
_APOSTROPHES = re.compile("['’‘ʼʻʿʾ`´′״׳\"“”\u200c\u200d]")
# What newspapers set in English: quotes, which folding takes off, and signs that it leaves as they are.
_QUOTES = re.compile("['’‘`\"“”]")
_UNCOMMON = re.compile("[^\x00-\x7f–—•£€]")
# "at-Tanf", "ash-Shaddadi": the article before a sun letter, only when a hyphen shows that it is one.
_SUN_ARTICLE = re.compile(r"\ba(?:d|n|r|s|t|z|sh|th|dh)-(?=\w)")
_WORD = re.compile(r"\w+")
_SAME = {"el": "al", "ul": "al", "ayn": "ain", "ein": "ain", "ayin": "ain", "irbil": "erbil", "arbil": "erbil"}


def fold(text: str) -> str:
    """Lower case without diacritics, hamza, tatweel or apostrophes: how one written word is compared with another."""
    text = text.lower()
    if text.isascii():
        return text.replace("'", "") if "'" in text else text
    if not _UNCOMMON.search(bare := _QUOTES.sub("", text)):
        return bare
    text = unicodedata.normalize("NFKD", text)
    return _APOSTROPHES.sub("", "".join(c for c in text if not unicodedata.combining(c)).translate(_LETTERS))


def normalise(text: str) -> str:
    """A name as it is compared: folded, hyphens as spaces, al-/el-/ash- as "al", Ayn and Ein as "ain"."""
    words = _WORD.findall(_SUN_ARTICLE.sub("al ", fold(text.replace("\u2011", "-").replace("\u2010", "-"))))
    return " ".join(_SAME.get(word, word) for word in words)
