"""One link for one article: trackers, fragments and wrappers off; only http and https are links at all."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

MAX_LINK = 2_000
_MAX_WRAPPERS = 3

# Parameters that say where a click came from, never what is shown; exact names and beginnings of names.
_TRACKERS = frozenset(
    [
        "fbclid",
        "gclid",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "igshid",
        "twclid",
        "ttclid",
        "mc_cid",
        "mc_eid",
        "cmpid",
        "cmp",
        "ito",
        "ocid",
        "smid",
        "sref",
        "spm",
        "ftag",
        "ncid",
        "tag_id",
        "traffic_source",
        "feature",
        "ref",
        "ref_src",
        "ref_url",
        "referrer",
        "source_id",
        "cvid",
        "taid",
        "guccounter",
        "mod",
        "rss",
        "at_bbc_team",
        "xtor",
        "srnd",
        "partner",
        "output",
    ]
)
_TRACKER_STARTS = ("utm_", "at_", "ns_", "pk_", "mtm_", "hsa_", "__", "_ga", "fb_", "oly_", "vero_", "wt_", "wt.")

# Hosts that only forward, and the parameter that holds where to. A link of theirs without it stays as it is.
_WRAPPERS = {
    "google.com": ("url", "q"),
    "news.google.com": ("url",),
    "bing.com": ("url", "r"),
    "facebook.com": ("u",),
    "l.facebook.com": ("u",),
    "lm.facebook.com": ("u",),
    "t.umblr.com": ("z",),
    "out.reddit.com": ("url",),
    "news.url.google.com": ("url",),
    "feedproxy.google.com": ("url",),
    "go.microsoft.com": ("url",),
    "slack-redir.net": ("url",),
    "vk.com": ("to",),
    "away.vk.com": ("to",),
    "exit.sc": ("url",),
    "r.search.yahoo.com": ("RU",),
}
# Most links: nothing in them that could be a tracker, a wrapper or another spelling.
_PLAIN = re.compile(r"https?://(?!r\.search\.yahoo\.com/)[a-z0-9\-]+(?:\.[a-z0-9\-]+)+/[\w/.~%\-]*", re.ASCII)
_MIRRORS = frozenset(["www", "m", "amp", "mobile", "edition"])  # first parts of hosts that show the same pages
_NOT_IN_A_LINK = re.compile(r"[\x00-\x20\x7f]")
_YAHOO_TARGET = re.compile(r"/RU=([^/]+)/")


@lru_cache(maxsize=1024)  # one entry's link is asked for several times in a pass
def canonical_link(url: str) -> str:
    """The plain link of an article, or "" when `url` is none that a browser may open over http or https."""
    link = url.strip()
    if len(link) <= MAX_LINK and _PLAIN.fullmatch(link):
        return link
    for _ in range(_MAX_WRAPPERS):
        if not link or len(link) > MAX_LINK or _NOT_IN_A_LINK.search(link):
            return ""
        try:
            parts = urlsplit(link)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return ""
        if parts.scheme.lower() not in ("http", "https") or ("." not in host.strip(".") and host != "localhost"):
            return ""
        inner = _unwrapped(host.removeprefix("www."), parts.path, parts.query)
        if not inner:
            return _rebuilt(parts.scheme.lower(), host, port, parts.path, parts.query)
        link = inner
    return ""


def same_page(link: str) -> str:
    """What two spellings of one canonical link share, or "" when the link shows a front page, not an article."""
    host, _, rest = link.partition("://")[2].partition("/")
    path, _, query = rest.partition("?")
    first, _, others = host.partition(".")
    path = "/" + path.rstrip("/") if path.strip("/") else ""
    if path.endswith(("/amp", "/amp.html")):
        path = path.rpartition("/")[0]
    return f"{others if first in _MIRRORS and others else host}{path}?{query}" if path or query else ""


def _unwrapped(host: str, path: str, query: str) -> str:
    """The address a wrapping link carries in itself, or ""."""
    if yahoo := host == "r.search.yahoo.com" and _YAHOO_TARGET.search(path):
        return unquote(yahoo.group(1))
    names = _WRAPPERS.get(host, ())
    if not names or not query:
        return ""
    values = dict(parse_qsl(query, max_num_fields=100) if query.count("&") < 100 else ())
    return next((values[name] for name in names if values.get(name, "").startswith(("http://", "https://"))), "")


def _rebuilt(scheme: str, host: str, port: int | None, path: str, query: str) -> str:
    usual = {"http": 80, "https": 443}[scheme]
    netloc = f"[{host}]" if ":" in host else host
    if port and port != usual:
        netloc = f"{netloc}:{port}"
    if query and query.count("&") < 100:
        pairs = parse_qsl(query, keep_blank_values=True)
        kept = [(k, v) for k, v in pairs if not (k.lower() in _TRACKERS or k.lower().startswith(_TRACKER_STARTS))]
        query = query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((scheme, netloc, path or "/", query, ""))
