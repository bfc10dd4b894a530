"""What the elements of feeds mean: namespaces as feedparser knows them, and the part each element plays in an entry."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

Name = tuple[str, str]  # feedparser's prefix, and the name in lower case

# Namespace in lower case -> the prefix that feedparser reads it as; "" is RSS and Atom themselves. Only those whose
# elements this house uses; every other one counts by the prefix its document gives it, as in feedparser.
NAMESPACES = {
    "": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://wellformedweb.org/commentapi/": "wfw",
    "http://www.georss.org/georss": "georss",
    "http://purl.org/syndication/thread/1.0": "thr",
}
PREFIXES = frozenset(NAMESPACES.values()) - {""}

# (prefix, name in lower case) -> the part it plays. An entry that holds one part twice with different words is odd.
PARTS = {
    ("", "title"): "title",
    ("", "link"): "link",
    ("", "guid"): "guid",
    ("", "id"): "guid",
    ("", "description"): "summary",
    ("", "summary"): "summary",
    ("", "content"): "content",
    ("content", "encoded"): "content",
    ("", "author"): "author",
    ("", "source"): "source",
    ("", "pubdate"): "published",
    ("", "published"): "published",
    ("", "issued"): "published",
    ("dcterms", "issued"): "published",
    ("", "updated"): "updated",
    ("", "modified"): "updated",
    ("", "lastbuilddate"): "updated",
    ("dc", "date"): "updated",
    ("dcterms", "modified"): "updated",
    ("", "created"): "created",
    ("dcterms", "created"): "created",
    ("", "language"): "language",
    ("dc", "language"): "language",
}

# Elements that feedparser takes for the entry's own title, summary or author though they are not (a picture's caption,
# a podcast's note): what part they may play where the entry has none, the best first.
SECONDARY = {
    ("feedburner", "origlink"): "original",
    ("dc", "creator"): "creator",
    ("dc", "title"): "title",
    ("dc", "description"): "summary",
    ("itunes", "summary"): "summary",
    ("media", "title"): "title",
    ("media", "description"): "summary",
    ("itunes", "title"): "title",
    ("itunes", "subtitle"): "",
    ("itunes", "author"): "",
}

# Elements whose meaning inside an entry only feedparser knows.
ODD = frozenset(
    {
        ("", "item"), ("", "entry"), ("", "channel"), ("", "feed"), ("", "rss"), ("", "body"), ("xhtml", "body"),
        ("", "abstract"), ("", "fullitem"), ("", "tagline"), ("", "image"), ("", "textinput"), ("", "svg"),
        ("", "math"),
        ("dc", "author"), ("itunes", "owner"), ("", "managingeditor"), ("", "name"), ("", "info"), ("", "newlocation"),
        ("content", "items"), ("xhtml", "div"), ("", "links"), ("", "authors"), ("", "href"), ("", "guidislink"),
        ("", "content_encoded"), ("", "dc_date"), ("", "dc_creator"), ("", "media_title"), ("", "media_description"),
    }
)  # fmt: skip

_DECLARATION = re.compile(rb"""\bxmlns(?::([^\s=<>"'/]+))?\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")


@lru_cache(maxsize=2048)
def _split(tag: str) -> tuple[str, str, str | None]:
    """Namespace as written, name in lower case, and what feedparser calls that namespace; None: it knows it not."""
    if tag[0] != "{":
        return "", tag.lower(), ""
    namespace, _, local = tag[1:].partition("}")
    lower = namespace.lower()
    if "backend.userland.com/rss" in lower:
        lower = "http://backend.userland.com/rss"
    return namespace, local.lower(), NAMESPACES.get(lower)


class Names(dict[str, Name]):
    """The name of each tag of one document (`{namespace}name`), worked out once each.

    The prefix is "?" where it is not sure which one counts: an unknown namespace under several, or under one that
    stands for a known one (a mistyped address, or something else altogether).
    """

    def __init__(self, data: bytes) -> None:
        """`data` is the document."""
        super().__init__()
        self._data = data
        self._prefixes: dict[str, set[str]] | None = None

    def __missing__(self, tag: str) -> Name:
        namespace, local, known = _split(tag)
        name = self[tag] = (self._prefix(namespace) if known is None else known, local)
        return name

    def _prefix(self, namespace: str) -> str:
        """What an unknown namespace goes by here."""
        if self._prefixes is None:
            self._prefixes = _declared(self._data)
        prefixes = self._prefixes.get(namespace, set())
        return "?" if len(prefixes) != 1 or prefixes & PREFIXES else next(iter(prefixes))


def _declared(data: bytes) -> dict[str, set[str]]:
    """Namespace -> the prefixes in lower case that anything in the document declares for it; "" is none."""
    found: dict[str, set[str]] = {}
    for prefix, one, other in _DECLARATION.findall(data):
        found.setdefault(unescape((one or other).decode()), set()).add(prefix.decode().lower())
    return found


class Parts(dict[str, str | None]):
    """The part that each tag of one document plays in an entry, worked out once each; None: no first part."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, tag: str) -> str | None:
        part = self[tag] = PARTS.get(self._names[tag])
        return part
