"""A classifier that reads only a few plain words, for tests that are about what follows from a verdict."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.core.records import Article, Count, Finding, Knowledge, Label, Target
from tests.build import AIN_AL_ASAD, ERBIL, IN_IRAQ, attack, finding

NOTHING_KNOWN = Knowledge((), (), (), (), (), ())
PLACES = {"Asad": AIN_AL_ASAD, "Erbil": ERBIL, "in Iraq": IN_IRAQ, "somewhere": Target("", "", (), "US")}


class Reader:
    """An attack is "hit" beside a place; "two killed" is its toll; "unreadable" cannot be judged at all."""

    version = "reader-1"

    def judge(self, article: Article) -> Finding:
        """The verdict on one article."""
        text = article.text
        if "unreadable" in text:
            raise ValueError("cannot be read")
        if "fears an attack" in text:
            return finding(article, Label.THREAT, score=0.05)
        targets = [target for name, target in PLACES.items() if name in text]
        if "hit" not in text or not targets:
            return finding(article, Label.OTHER)
        killed = Count(2, 2) if "two killed" in text else None
        return finding(article, Label.REPORT, *(attack(target, killed=killed) for target in targets))

    def judge_many(self, articles: Iterable[Article]) -> list[Finding]:
        """Verdicts in the order of `articles`."""
        return [self.judge(article) for article in articles]
