"""Who really speaks in an article: the agency or family behind the outlet, and the party whose claims it carries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.core.incidents.atlas import slug
from monitor.core.incidents.similar import copy_of
from monitor.core.records import Article, Publisher, Statement

COPY = 0.5
"""Share of one text's shingles found in another from which on they are one text: a paper that cuts an agency's story to
half keeps 0.9 and more of what it took; two reporters on one statement share a quotation, under 0.3."""

MOST_COMPARED = 40  # earliest statements a new one is held against for copies

BARE_CREDIT = re.compile(r"^[(\[]|[)\]]$|^by (?:the )?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from: `id` of a publisher, or the outlet's own; `party` whose claims it carries, or ""."""

    id: str
    party: str


class Origins:
    """Finds the origin of an article among the publishers of the knowledge."""

    def __init__(self, publishers: Sequence[Publisher]) -> None:
        self._names: dict[str, Publisher] = {}
        self._domains: dict[str, Publisher] = {}
        credits: dict[str, Publisher] = {}
        for publisher in publishers:
            for name in (publisher.id, publisher.name, *publisher.members, *publisher.credits):
                self._names.setdefault(name.lower(), publisher)
            for domain in publisher.domains:
                self._domains.setdefault(domain.lower().removeprefix("www."), publisher)
            if publisher.kind in ("agency", "state"):
                for credit in (publisher.name, *publisher.credits):
                    credits.setdefault(BARE_CREDIT.sub("", credit).lower(), publisher)
        self._credits = credits
        self._credit = _credit_pattern(credits)

    def of(self, article: Article) -> Origin:
        """The credit in the text first (a paper may print an agency's story), then the link, then the outlet."""
        publisher = self._credited(article) or self._linked(article.url) or self._names.get(article.source.lower())
        if publisher is not None:
            return Origin(publisher.id, publisher.party)
        host = (urlsplit(article.url).hostname or "").removeprefix("www.")
        return Origin(slug(article.source or host or article.feed), "")

    def _credited(self, article: Article) -> Publisher | None:
        if self._credit is None:
            return None
        byline = self._names.get(BARE_CREDIT.sub("", article.author).strip().lower())
        if byline is not None and byline.kind == "agency":
            return byline
        for text in (article.summary[:300], article.summary[-80:], article.content[:300], article.title):
            found = self._credit.search(text)
            if found:
                return self._credits[next(group for group in found.groups() if group).lower()]
        return None

    def _linked(self, url: str) -> Publisher | None:
        host = (urlsplit(url).hostname or "").lower().removeprefix("www.")
        while host:
            if host in self._domains:
                return self._domains[host]
            host = host.partition(".")[2]
        return None


def _credit_pattern(credits: Iterable[str]) -> re.Pattern[str] | None:
    """Credits as copy has them: "TOWN (Agency) -", "(Agency)" at the end, "headline - Agency", "Agency: headline"."""
    names = "|".join(sorted((re.escape(credit) for credit in credits if credit), key=lambda name: (-len(name), name)))
    if not names:
        return None
    return re.compile(rf"\(({names})\)\s*(?:[-–—:]|$)|\s[-–—|]\s*({names})\.?\s*$|^({names})\s*:\s", re.IGNORECASE)


def independent(statements: Sequence[Statement]) -> tuple[str, ...]:
    """Origins of statements in the order they spoke, a text copied from an earlier one counted with that one."""
    spoken: list[tuple[tuple[int, ...], str]] = []
    for statement in statements:
        first = copy_of(statement.prints, (prints for prints, _ in spoken), COPY)
        if len(spoken) < MOST_COMPARED:
            spoken.append((statement.prints, statement.origin if first is None else spoken[first][1]))
        elif first is None:
            spoken[-1] = (statement.prints, statement.origin)
    return tuple(dict.fromkeys(origin for _, origin in spoken))
