"""The page behind a link that only forwards to it, where the entry itself says which one that is."""

from __future__ import annotations

import base64
import binascii
import re

_FEED_PROXY = "/~r/"  # what FeedBurner and its heirs put into the path of every link of theirs
_AGGREGATOR = "//news.google.com/"
# Google News names an article by a token; until July 2024 its address stood in it, in base64 behind a few bytes of
# its frame, and a second one for phones behind that.
_TOKEN = re.compile(r"https?://news\.google\.com/(?:[\w/]+/)?articles/([\w\-]{8,2000})")
_IN_TOKEN = re.compile(rb"https?://[\x21-\x7e]+")
_FIRST_ANCHOR = re.compile(r"""<a\s[^<>]{0,500}?\bhref\s*=\s*["']([^"'<>\s]+)""", re.IGNORECASE)


def forwards(link: str) -> bool:
    """Whether a link is one of a feed proxy's or of an aggregator's that shows no page of its own."""
    return _FEED_PROXY in link or _AGGREGATOR in link


def behind(link: str, guid: str, summary: str) -> str:
    """The address that a forwarding link stands for, by the entry's guid, the link's own token or the text; or ""."""
    if _is_page(guid):
        return guid
    token = _TOKEN.match(link)
    if token is None:
        return ""
    anchor = _FIRST_ANCHOR.search(summary)
    return _told_by(token.group(1)) or (anchor.group(1) if anchor and _is_page(anchor.group(1)) else "")


def _is_page(address: str) -> bool:
    return address.startswith(("http://", "https://")) and not forwards(address)


def _told_by(token: str) -> str:
    try:
        told = _IN_TOKEN.search(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError):
        return ""
    return told.group().decode("ascii") if told else ""
