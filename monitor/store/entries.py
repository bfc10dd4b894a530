"""The store's part about entries: what was seen, what it said, how it was judged and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count, islice

from monitor.core.clean import article_id
from monitor.core.links import canonical_link, same_page
from monitor.core.records import Article, Decision, Entry, Finding, Label
from monitor.ports import Failure, Judged, Known, Newcomer
from monitor.store.codec import Codec, moment, stamp, storable
from monitor.store.room import Room
from monitor.store.rows import COLUMNS, WORDS, article_of, entry_of, row_of, small, whole, with_words, words_of

_DECISION = Codec(Decision)
_FINDING = Codec(Finding)

# `served` is written again only after so many days, so that an entry that stays in its feed costs no write a poll.
_SERVED_DAYS = 30
_AT_ONCE = 500  # values of one IN (...); SQLite before 3.32 takes 999

_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join("?" * len(COLUMNS))


class Entries(Room):
    """Implements `monitor.ports.EntryStore`."""

    # ---- identity ---------------------------------------------------------------------------------------------------

    def known(self, entries: Sequence[tuple[str, str]]) -> Known:
        """Which of (entry key, hash of content) are unseen, and which are known with another content.

        A content that the article once had is known too, so that a feed that alternates between two is quiet.
        """
        seen: dict[str, tuple[str, int]] = {}
        for keys, marks in _portions(key for key, _ in entries):
            rows = self._disk.run(f"SELECT key, hash, article FROM entries WHERE key IN ({marks})", keys)
            seen.update((whole(key), (whole(content), article)) for key, content, article in rows)
        changed = {
            (key, content)
            for key, content in entries
            if key in seen and seen[key][0] != content and not self._said_before(seen[key][1], content)
        }
        return Known(frozenset(key for key, _ in entries if key not in seen), frozenset(changed))

    def _said_before(self, article: int, content_hash: str) -> bool:
        row = self._disk.run(
            "SELECT 1 FROM articles WHERE number = ?1 AND hash = ?2"
            " UNION ALL SELECT 1 FROM revisions WHERE article = ?1 AND hash = ?2",
            (article, small(content_hash)),
        ).fetchone()
        return row is not None

    def served(self, keys: Iterable[str], now: datetime) -> None:
        """Remember that these entries still stand in their feed, so that upkeep does not forget them."""
        today = now.toordinal()
        for portion, marks in _portions(keys):
            self._disk.run(
                f"UPDATE entries SET served = ? WHERE served < ? AND key IN ({marks})",
                (today, today - _SERVED_DAYS, *portion),
            )

    def entry_guids(self, articles: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Article id -> the guids of all entries that carried it, in the order they came."""
        found: dict[str, tuple[str, ...]] = dict.fromkeys(articles, ())
        for ids, marks in _portions(articles):
            rows = self._disk.run(
                "SELECT articles.id, coalesce(entries.guid, url) FROM articles JOIN entries ON article = number"
                f" WHERE articles.id IN ({marks}) ORDER BY entries.id",
                ids,
            )
            for article, guid in rows:
                found[whole(article)] += (guid,)
        return found

    # ---- writing ----------------------------------------------------------------------------------------------------

    def save_new(self, newcomers: Sequence[Newcomer], version: str) -> None:
        """Keep many entries at once, in their order; no two have the same key or article.

        `version` is the classifier's. A finding worth explaining is not kept yet: it comes by `save_finding`.
        """
        if not newcomers:
            return
        rows = [row_of(new.entry, new.content_hash, new.article) for new in newcomers]
        last = self._disk.run("SELECT seq FROM sqlite_sequence WHERE name = 'articles'").fetchone()
        numbered = list(zip(count(last[0] + 1 if last else 1), newcomers, rows))
        self._disk.insert_many(
            f"articles ({_NAMES}, number, revision, label, score, version)",
            [(*row, number, 1, *_verdict(new.finding, version)) for number, new, row in numbered],
        )
        self._disk.insert_many(
            "entries (key, hash, article, guid, served)",
            [
                (small(new.key), row[-1], number, _guid(new.entry, new.article), new.at.toordinal())
                for number, new, row in numbered
            ],
        )

    def save_entry(self, entry: Entry, key: str, content_hash: str, article: Article, now: datetime) -> bool:
        """Keep an entry as received with its article. False when the article was known already from another entry.

        An article that is known with other words gets a revision: the words of before stay readable.
        """
        number, new = self._save_article(entry, content_hash, article)
        self._disk.run(
            "INSERT INTO entries (key, hash, article, guid, served) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET (hash, article, guid, served)"
            " = (excluded.hash, excluded.article, excluded.guid, excluded.served)",
            (small(key), small(content_hash), number, _guid(entry, article), now.toordinal()),
        )
        return new

    def _save_article(self, entry: Entry, content_hash: str, article: Article) -> tuple[int, bool]:
        """The number of an article, and whether it is new; one that is known with other words is revised."""
        values = row_of(entry, content_hash, article)
        known = self._disk.run(
            f"SELECT number, revision, {_NAMES} FROM articles WHERE id = ?", (small(article.id),)
        ).fetchone()
        if known is None:
            added = self._disk.run(f"INSERT INTO articles ({_NAMES}, revision) VALUES ({_MARKS}, 1)", values)
            assert added.lastrowid is not None
            return added.lastrowid, True
        number, revision, *row = known
        before = article_of(row)
        if not article.same_words(before):
            self._disk.run(
                f"INSERT INTO revisions (article, revision, {', '.join(WORDS)})"
                f" VALUES (?, ?, {', '.join('?' * len(WORDS))})",
                (number, revision, row[-1], *words_of(before)),
            )
            self._disk.run(
                f"UPDATE articles SET ({_NAMES}) = ({_MARKS}), revision = revision + 1,"
                " label = NULL, score = NULL, version = NULL WHERE number = ?",
                (*values, number),
            )
        return number, False

    def save_finding(self, finding: Finding, version: str) -> None:
        """Keep the verdict on an article: whole when it is worth explaining, else its label and score only."""
        id_ = small(finding.article)
        self._disk.run(
            "UPDATE articles SET label = ?, score = ?, version = ? WHERE id = ?",
            (finding.label, finding.score, version, id_),
        )
        if finding.worth_explaining:
            self._disk.run(
                "INSERT INTO findings (article, record) SELECT number, ? FROM articles WHERE id = ?"
                " ON CONFLICT (article) DO UPDATE SET record = excluded.record",
                (_FINDING.dump(finding), id_),
            )
        else:
            self._disk.run("DELETE FROM findings WHERE article = (SELECT number FROM articles WHERE id = ?)", (id_,))

    def save_decision(self, decision: Decision) -> None:
        """Keep what was decided for an article, after all earlier decisions."""
        self._disk.run(
            "INSERT INTO decisions (article, incident, at, record) VALUES (?, ?, ?, ?)",
            (decision.article, decision.incident or None, stamp(decision.at), _DECISION.dump(decision)),
        )

    def save_failure(self, subject: str, error: str, now: datetime) -> None:
        """Keep a failure with its subject (an entry's key, a feed's name, a delivery's id)."""
        self._disk.run(
            "INSERT INTO failures (at, subject, error) VALUES (?, ?, ?)",
            (stamp(now), storable(subject), storable(error)[:2000]),
        )

    # ---- reading ----------------------------------------------------------------------------------------------------

    def article(self, id_or_url: str) -> Article | None:
        """One article by its id or by any spelling of its link, or None."""
        by_link = article_id(Entry(feed="", guid="", url=id_or_url, title=""))
        found = self.articles([id_or_url, by_link])
        return found.get(id_or_url) or found.get(by_link)

    def articles_named(self, link_or_title: str) -> list[Article]:
        """Every article with this link, in any spelling, or with exactly this title, in the order they came."""
        link = canonical_link(link_or_title)
        page = same_page(link)
        path = page.partition("?")[0].partition("/")[2]
        rows = self._disk.run(
            f"SELECT {_NAMES} FROM articles WHERE url = ?1 AND ?1 <> '' OR title = ?2 OR ?3 <> '' AND instr(url, ?3)"
            " ORDER BY number",
            (link, storable(link_or_title.strip()), path or page.partition("?")[2]),
        )
        found = map(article_of, rows)
        wanted = (link, page) if page else (link,)
        return [
            one
            for one in found
            if one.title == link_or_title.strip() or (one.url and {one.url, same_page(one.url)}.intersection(wanted))
        ]

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """Those of these articles that are known, by id."""
        found: dict[str, Article] = {}
        for portion, marks in _portions(ids):
            rows = self._disk.run(f"SELECT {_NAMES} FROM articles WHERE id IN ({marks})", portion)
            found.update((whole(row[0]), article_of(row)) for row in rows)
        return found

    def entry(self, article: str) -> Entry | None:
        """The entry, as received, that an article was last made of."""
        row = self._disk.run(f"SELECT {_NAMES} FROM articles WHERE id = ?", (small(article),)).fetchone()
        return entry_of(row) if row else None

    def revisions(self, article: str) -> list[Article]:
        """What an edited article was before, oldest first, without what it is now."""
        known = self.articles([article]).get(article)
        rows = self._disk.run(
            f"SELECT {', '.join(WORDS[1:])} FROM revisions"
            " WHERE article = (SELECT number FROM articles WHERE id = ?) ORDER BY revision",
            (small(article),),
        )
        return [with_words(known, row) for row in rows] if known else []

    def articles_by_time(self, since: datetime, until: datetime) -> Iterator[Article]:
        """Every stored article published in [since, until), oldest first, for judging all of them again."""
        rows = self._disk.run(
            "SELECT number FROM articles WHERE coalesce(published, seen) >= ? AND coalesce(published, seen) < ?"
            " ORDER BY coalesce(published, seen), number",
            (stamp(since), stamp(until)),
        )
        numbers = [number for (number,) in rows]  # texts are read as they are asked for, between the caller's writes
        for start in range(0, len(numbers), _AT_ONCE):
            portion = numbers[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(portion))
            found = self._disk.run(f"SELECT number, {_NAMES} FROM articles WHERE number IN ({marks})", tuple(portion))
            told = {number: article_of(row) for number, *row in found}
            yield from (told[number] for number in portion if number in told)

    def finding(self, article: str) -> Finding | None:
        """The last verdict on an article, or None when it was not worth keeping whole."""
        row = self._disk.run(
            "SELECT record FROM findings JOIN articles ON number = article WHERE id = ?", (small(article),)
        ).fetchone()
        return _FINDING.load(row[0]) if row else None

    def verdict(self, article: str) -> Judged | None:
        """Label, score and classifier of the last verdict; None for an article unknown or not judged."""
        row = self._disk.run("SELECT label, score, version FROM articles WHERE id = ?", (small(article),)).fetchone()
        return Judged(Label(row[0]), row[1], row[2]) if row and row[0] is not None else None

    def decisions(self, *, article: str = "", incident: str = "") -> list[Decision]:
        """Decisions about one article or one incident (both given: about both), oldest first."""
        wanted = {"article": article, "incident": incident}
        given = {name: value for name, value in wanted.items() if value}
        where = " AND ".join(f"{name} = ?" for name in given) or "1"
        rows = self._disk.run(f"SELECT record FROM decisions WHERE {where} ORDER BY id", tuple(given.values()))
        return [_DECISION.load(record) for (record,) in rows]

    def failures(self, *, subject: str = "", limit: int = 100) -> list[Failure]:
        """What failed, newest first."""
        rows = self._disk.run(
            "SELECT at, subject, error FROM failures WHERE ?1 = '' OR subject = ?1 ORDER BY id DESC LIMIT ?2",
            (subject, limit),
        )
        return [Failure(moment(at), subject, error) for at, subject, error in rows]


def _guid(entry: Entry, article: Article) -> str | None:
    return None if entry.guid == article.url else storable(entry.guid)


def _verdict(finding: Finding | None, version: str) -> tuple[Label | None, float | None, str | None]:
    """Values of the columns label, score and version."""
    if finding is None or finding.worth_explaining:
        return None, None, None
    return finding.label, finding.score, version


def _portions(ids: Iterable[str]) -> Iterator[tuple[tuple[bytearray | str, ...], str]]:
    """Ids as they are stored, a few hundred at a time, each time with as many question marks."""
    rest = iter(ids)
    while portion := tuple(small(id_) for id_ in islice(rest, _AT_ONCE)):
        yield portion, ", ".join("?" * len(portion))
