"""What the elements of feeds mean: namespaces as feedparser knows them, and the part each element plays in an entry."""

from __future__ import annotations

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
