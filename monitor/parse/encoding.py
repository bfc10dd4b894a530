"""Bytes -> UTF-8: what a document's letters are, whatever the server, the document and the truth say."""

from __future__ import annotations

import codecs
import re

# ---- names -----------------------------------------------------------------------------------------------------------

# What a declared name stands for in practice: browsers read the left as the right (encoding.spec.whatwg.org, labels),
# because the right holds all of the left and the letters that publishers really send.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-8": "cp1255",
}
_STATEFUL = ("iso2022", "hz")  # seven-bit encodings: valid UTF-8 whatever they say
_NOT_LETTERS = (
    "utf",
    "idna",
    "punycode",
    "unicode_escape",
    "raw_unicode_escape",
    "mbcs",
    "oem",
    "undefined",
    "charmap",
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = re.compile(rb"(?:(<\x00[\x21-\x7e]\x00)|(\x00<\x00[\x21-\x7e])|([{\[]\x00)|(\x00[{\[]))")
_HTTP_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:\-]+)""", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:\-]+)["']""")

# ---- guessing --------------------------------------------------------------------------------------------------------

# The ten or so commonest letters of each script: read with a wrong table they turn into rare ones.
_SCRIPTS = (
    ("cp1251", "оеаинтсрвлОЕАИНТСРВЛ"),
    ("koi8-r", "оеаинтсрвлОЕАИНТСРВЛ"),
    ("koi8-u", "оеаинтсрвліїєОЕАИНТСРВЛІЇЄ"),
    ("iso8859-5", "оеаинтсрвлОЕАИНТСРВЛ"),
    ("cp1256", "اليمنتروبهةع"),
    ("iso8859-6", "اليمنتروبهةع"),
    ("cp1255", "יוהלאמרתבשנ"),
    ("cp1253", "αοιετσνηυρς"),
    ("iso8859-7", "αοιετσνηυρς"),
    ("cp874", "านรกอเงมยลวท"),
)
_EAST_ASIAN = {
    "zh": ("gb18030", "big5hkscs"),
    "ja": ("cp932", "euc_jp"),
    "ko": ("cp949",),
}
_LATIN = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "hr", "sl", "bs", "sq"), "cp1250"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    **dict.fromkeys(("tr", "az", "ku"), "cp1254"),
    "vi": "cp1258",
}
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 50_000  # bytes looked at around the first bad one: a guess does not get better with more
# Unsure by how much UTF-8 may be broken and still be UTF-8: one bad place to this many good characters.
_GOOD_PER_BAD = 4


def to_utf8(body: bytes, content_type: str, override: str, language: str) -> bytes:
    """`body` as UTF-8 without a byte order mark. Never fails: what cannot be read becomes U+FFFD.

    In order: the site's `override`; the byte order mark; the pattern of UTF-16; UTF-8 wherever the bytes are valid
    UTF-8 (by chance they hardly ever are, and many servers say ISO-8859-1 of everything); the charset of HTTP, then of
    the XML declaration, unless the letters contradict it; then a guess by the runs of high bytes, the commonest
    letters of each script, and the feed's `language` (two letters).
    """
    if codec := _codec(override, any_kind=True):
        return _recoded(body, codec)
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _recoded(body[len(mark) :], name)
    if found := _WIDE.match(body[:64].lstrip(b" \r\n\t")):
        return _recoded(body, "utf-16-le" if found.group(1) or found.group(3) else "utf-16-be")
    said = [codec for name in _declared(body, content_type) if (codec := _codec(name))]
    if b"\x1b" in body and said and said[0].startswith(_STATEFUL):
        return _recoded(body, said[0])
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _recoded(body, _guess(body, error.start, said, language))
    return body


def _recoded(body: bytes, codec: str) -> bytes:
    text = body.decode(codec, "replace").removeprefix("\ufeff")
    return text.encode("utf-8", "replace")


def _declared(body: bytes, content_type: str) -> list[str]:
    """The charsets that HTTP and the XML declaration name."""
    http = _HTTP_CHARSET.search(content_type)
    xml = _XML_CHARSET.match(body[:400])
    return [name for name in (http.group(1) if http else "", xml.group(1).decode() if xml else "") if name]


def _codec(name: str, *, any_kind: bool = False) -> str:
    """The codec that a declared `name` means, or "" for none that makes letters of single bytes (or of any kind)."""
    if not name:
        return ""
    try:
        found = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        return ""
    text_encoding = getattr(found, "_is_text_encoding", True)
    if not text_encoding or (found.name.startswith(_NOT_LETTERS) and not (any_kind and found.name.startswith("utf"))):
        return ""
    return _MEANT.get(found.name, found.name)


def _guess(body: bytes, bad: int, said: list[str], language: str) -> str:
    """The codec of bytes that are not valid UTF-8 at `bad`."""
    start = max(bad - _SAMPLE // 2, 0)
    runs = _HIGH_RUN.findall(body[start : start + _SAMPLE])
    high = b" ".join(runs)
    if _mostly_utf8(high):
        return "utf-8"
    # Accented letters stand alone among plain ones; other scripts come in whole words.
    foreign = sum(len(run) for run in runs if len(run) >= 3) * 2 > sum(map(len, runs))
    for codec in (*said, *(_EAST_ASIAN.get(language, ()) if foreign else ())):
        if _fits(body, high, codec, foreign):
            return codec
    if not foreign:
        return _LATIN.get(language, "cp1252")
    scores = [(_likeness(high, codec, letters), codec) for codec, letters in _SCRIPTS]
    best, codec = max(scores, key=lambda scored: scored[0])
    return codec if best > 0.25 else _LATIN.get(language, "cp1252")


def _mostly_utf8(high: bytes) -> bool:
    text = high.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text) - bad
    return good >= bad * _GOOD_PER_BAD


def _fits(body: bytes, high: bytes, codec: str, foreign: bool) -> bool:
    """Whether a declared or expected codec can be right: strictly readable, and no Latin table over another script."""
    letters = next((letters for name, letters in _SCRIPTS if name == codec), "")
    if letters:
        return _likeness(high, codec, letters) > 0.2
    if codec.startswith(("cp125", "iso8859", "latin", "mac", "cp437", "cp85")):
        return not foreign
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _likeness(high: bytes, codec: str, letters: str) -> float:
    """Which part of the high bytes are common letters of the script, when read so."""
    text = high.decode(codec, "replace").replace(" ", "")
    return sum(map(text.count, letters)) / max(len(text), 1)
