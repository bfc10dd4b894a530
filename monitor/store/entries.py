"""The store's part about entries: what was seen, what it said, how it was judged and what was decided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from monitor.core.records import Article, Decision, Entry, Finding, Label
from monitor.ports import Failure, Judged, Known
from monitor.store.codec import Codec, moment, stamp, storable
from monitor.store.room import Room

_DECISION = Codec(Decision)
_FINDING = Codec(Finding)

# From here on a verdict of "other" is kept whole: below, nobody asks why what looks like nothing was taken for nothing.
_WORTH_KEEPING = 0.1

_COLUMNS = (
    "id, feed, guid, url, title, summary, content, text, author, source, language, published, dated, seen, received,"
    " hash"
)
_DAY = timedelta(days=1)
# `served` is written again only after so many days, so that an entry that stays in its feed costs no write a poll.
_SERVED_DAYS = 30


class Entries(Room):
    """Implements `monitor.ports.EntryStore`."""

    # ---- identity ---------------------------------------------------------------------------------------------------

    def known(self, entries: Sequence[tuple[str, str]]) -> Known:
        """Which of (entry key, hash of content) are unseen, and which are known with another content.

        A content that the article once had is known too, so that a feed that alternates between two is quiet.
        """
        rows = self._disk.run(
            "SELECT key, hash, article FROM entries WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps([key for key, _ in entries]),),
        )
        seen = {key: (content, article) for key, content, article in rows}
        changed = {
            (key, content)
            for key, content in entries
            if key in seen and seen[key][0] != content and not self._said_before(seen[key][1], content)
        }
        return Known(frozenset(key for key, _ in entries if key not in seen), frozenset(changed))

    def _said_before(self, article: str, content_hash: str) -> bool:
        row = self._disk.run(
            "SELECT 1 FROM articles WHERE id = ?1 AND hash = ?2"
            " UNION ALL SELECT 1 FROM revisions WHERE article = ?1 AND hash = ?2",
            (article, content_hash),
        ).fetchone()
        return row is not None

    def served(self, keys: Iterable[str], now: datetime) -> None:
        """Remember that these entries still stand in their feed, so that upkeep does not forget them."""
        today = now.toordinal()
        self._disk.run(
            "UPDATE entries SET served = ? WHERE served < ? AND key IN (SELECT value FROM json_each(?))",
            (today, today - _SERVED_DAYS, json.dumps(list(keys))),
        )

    def entry_guids(self, articles: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Article id -> the guids of all entries that carried it, in the order they came."""
        found: dict[str, tuple[str, ...]] = dict.fromkeys(articles, ())
        rows = self._disk.run(
            "SELECT article, coalesce(entries.guid, url, '') FROM entries LEFT JOIN articles ON articles.id = article"
            " WHERE article IN (SELECT value FROM json_each(?)) ORDER BY entries.id",
            (json.dumps(list(articles)),),
        )
        for article, guid in rows:
            found[article] += (guid,)
        return found

    # ---- writing ----------------------------------------------------------------------------------------------------

    def save_entry(self, entry: Entry, key: str, content_hash: str, article: Article, now: datetime) -> bool:
        """Keep an entry as received with its article. False when the article was known already from another entry.

        An article that is known with other words gets a revision: the words of before stay readable.
        """
        self._disk.run(
            "INSERT INTO entries (key, hash, article, feed, guid, served) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET hash = excluded.hash, article = excluded.article,"
            " guid = excluded.guid, served = excluded.served",
            (
                key,
                content_hash,
                article.id,
                storable(entry.feed),
                None if entry.guid == article.url else storable(entry.guid),
                now.toordinal(),
            ),
        )
        row = self._disk.run(f"SELECT {_COLUMNS}, revision FROM articles WHERE id = ?", (article.id,)).fetchone()
        if row is None:
            self._insert_article(entry, content_hash, article)
            return True
        *before, revision = row
        if not article.same_words(_article(before)):
            self._revise(entry, content_hash, article, before, revision)
        return False

    def _insert_article(self, entry: Entry, content_hash: str, article: Article) -> None:
        values = _article_values(entry, content_hash, article)
        self._disk.run(
            f"INSERT INTO articles ({_COLUMNS}, revision) VALUES ({', '.join('?' * len(values))}, 1)", values
        )

    def _revise(self, entry: Entry, content_hash: str, article: Article, before: list[Any], revision: int) -> None:
        names = _COLUMNS.replace(" ", "").split(",")
        self._disk.run(
            "INSERT INTO revisions (article, revision, hash, record) VALUES (?, ?, ?, ?)",
            (article.id, revision, before[-1], json.dumps(before, ensure_ascii=False, separators=(",", ":"))),
        )
        self._disk.run(
            f"UPDATE articles SET ({', '.join(names[1:])}) = ({', '.join('?' * len(names[1:]))}),"
            " revision = revision + 1, label = NULL, score = NULL, version = NULL, judged = NULL WHERE id = ?",
            (*_article_values(entry, content_hash, article)[1:], article.id),
        )

    def save_finding(self, finding: Finding, version: str, now: datetime) -> bool:
        """Keep the verdict on an article: whole when it is worth explaining (True), else its label and score only."""
        self._disk.run(
            "UPDATE articles SET label = ?, score = ?, version = ?, judged = ? WHERE id = ?",
            (finding.label, finding.score, version, stamp(now), finding.article),
        )
        whole = finding.label is not Label.OTHER or finding.score >= _WORTH_KEEPING
        if whole:
            self._disk.run(
                "INSERT INTO findings (article, record) VALUES (?, ?)"
                " ON CONFLICT (article) DO UPDATE SET record = excluded.record",
                (finding.article, _FINDING.dump(finding)),
            )
        else:
            self._disk.run("DELETE FROM findings WHERE article = ?", (finding.article,))
        return whole

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
        """One article by its id or its canonical link, or None; of several with one link, the one seen last."""
        row = self._disk.run(
            f"SELECT {_COLUMNS} FROM articles WHERE id = ?1 OR url = ?1 ORDER BY id = ?1 DESC, seen DESC LIMIT 1",
            (id_or_url,),
        ).fetchone()
        return _article(row) if row else None

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """Those of these articles that are known, by id."""
        rows = self._disk.run(
            f"SELECT {_COLUMNS} FROM articles WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
        )
        return {row[0]: _article(row) for row in rows}

    def entry(self, article: str) -> Entry | None:
        """The entry, as received, that an article was last made of."""
        row = self._disk.run(f"SELECT {_COLUMNS} FROM articles WHERE id = ?", (article,)).fetchone()
        return _entry(row) if row else None

    def revisions(self, article: str) -> list[Article]:
        """What an edited article was before, oldest first, without what it is now."""
        rows = self._disk.run("SELECT record FROM revisions WHERE article = ? ORDER BY revision", (article,))
        return [_article(json.loads(record)) for (record,) in rows]

    def articles_by_time(self, since: datetime, until: datetime) -> Iterator[Article]:
        """Every stored article published in [since, until), oldest first, for judging all of them again."""
        rows = self._disk.run(
            f"SELECT {_COLUMNS} FROM articles WHERE published >= ? AND published < ? ORDER BY published, id",
            (stamp(since), stamp(until)),
        )
        return (_article(row) for row in rows)

    def finding(self, article: str) -> Finding | None:
        """The last verdict on an article, or None when it was not worth keeping whole."""
        row = self._disk.run("SELECT record FROM findings WHERE article = ?", (article,)).fetchone()
        return _FINDING.load(row[0]) if row else None

    def verdict(self, article: str) -> Judged | None:
        """Label, score and classifier of the last verdict; None for an article unknown or not judged."""
        row = self._disk.run("SELECT label, score, version FROM articles WHERE id = ?", (article,)).fetchone()
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


# ---- rows ------------------------------------------------------------------------------------------------------------


def _joined(title: str, summary: str, content: str) -> str:
    return "\n".join(part for part in (title, summary, content) if part)


def _article_values(entry: Entry, content_hash: str, article: Article) -> tuple[Any, ...]:
    """The values of _COLUMNS, in order."""
    a = article
    joined = _joined(a.title, a.summary, a.content)
    return (
        a.id,
        storable(a.feed),
        None if a.guid == a.url else storable(a.guid),
        storable(a.url),
        storable(a.title),
        storable(a.summary),
        storable(a.content),
        None if a.text == joined else storable(a.text),
        storable(a.author),
        storable(a.source),
        storable(a.language),
        stamp(a.published),
        int(a.dated),
        stamp(a.seen),
        _received(entry, article),
        content_hash,
    )


def _article(row: Sequence[Any]) -> Article:
    """The article of a row of _COLUMNS."""
    (id_, feed, guid, url, title, summary, content, text, author, source, language, published, dated, seen, _, _) = row
    return Article(
        id=id_,
        feed=feed,
        guid=url if guid is None else guid,
        url=url,
        title=title,
        summary=summary,
        content=content,
        text=_joined(title, summary, content) if text is None else text,
        author=author,
        source=source,
        language=language,
        published=moment(published),
        dated=bool(dated),
        seen=moment(seen),
    )


def _received(entry: Entry, article: Article) -> str | None:
    """The fields in which an entry as received differs from its article, as JSON; None when in none."""
    told = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    differ = {
        name: stamp(value) if isinstance(value, datetime) else value
        for name, value in told.items()
        if value != getattr(article, name, None)
    }
    return storable(json.dumps(differ, ensure_ascii=False, separators=(",", ":"))) if differ else None


def _entry(row: Sequence[Any]) -> Entry:
    """The entry as received, of a row of _COLUMNS."""
    article = _article(row)
    told: dict[str, Any] = {field.name: getattr(article, field.name, None) for field in fields(Entry)}
    told |= json.loads(row[14]) if row[14] else {}
    for name in ("published", "updated"):
        if isinstance(told[name], int):
            told[name] = moment(told[name])
    return Entry(**told)
