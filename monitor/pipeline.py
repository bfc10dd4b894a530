"""One feed's pass in one transaction: unseen entries become articles, findings, incidents, alerts and deliveries.

Everything is decided in core; here it is only put in order. What cannot be judged is kept with its failure, and the
rest goes on. A crash before the COMMIT: the next poll does it again. After it: nothing can be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from monitor.core.alerts.alerting import Teller
from monitor.core.clean import clean, content_hash, entry_key
from monitor.core.incidents.growing import CLOSED_AFTER, QUIET_AFTER
from monitor.core.incidents.merge import Merger
from monitor.core.records import (
    Alert,
    Article,
    Attack,
    Change,
    Decision,
    Entry,
    Feed,
    Finding,
    Incident,
    Label,
    Merge,
    MergeReason,
    Outcome,
    Silence,
    SilenceReason,
    Status,
)
from monitor.errors import StoreError
from monitor.ports import FeedState, Newcomer, Store

# More than attacks at one place in two days ever were; the store keeps those nearest in time, then in place.
MOST_CANDIDATES = 16
_AGED_AT_ONCE = 500


class Judge(Protocol):
    """What gives verdicts on articles; `version` is kept with each. `core.reading.classify.Classifier` is one."""

    version: str

    def judge_many(self, articles: Iterable[Article]) -> list[Finding]:
        """Verdicts in the order of `articles`."""
        ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """One entry, the feed that served it (None: not a configured one), and when."""

    entry: Entry
    feed: Feed | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PassResult:
    """What one pass brought: entries never seen and edited, articles flagged, incidents opened, alerts, failures."""

    new: int = 0
    changed: int = 0
    flagged: int = 0
    opened: tuple[Incident, ...] = ()
    alerts: tuple[Alert, ...] = ()
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What one poll of a feed brought: its entries as served, newest first, and when.

    `next_state` makes the feed's new state of the number of unseen entries; it is written in the same commit.
    """

    feed: Feed
    entries: Sequence[Entry]
    at: datetime
    next_state: Callable[[int], FeedState]


@dataclass(slots=True)
class _Tally:
    """What the entries of one document have brought so far."""

    new: int = 0
    changed: int = 0
    flagged: int = 0
    opened: list[Incident] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def caught(self, subject: str) -> Iterator[None]:
        """The one catch-all around judging an entry: its failure is kept, and the others are judged all the same.

        A fault of the store is none of the entry's, and ends the pass.
        """
        try:
            yield
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  # one of three: an entry, a pass, a delivery
            self.failures.append((subject, f"{type(error).__name__}: {error}"))

    def result(self) -> PassResult:
        """What they brought in all."""
        return PassResult(
            new=self.new,
            changed=self.changed,
            flagged=self.flagged,
            opened=tuple(self.opened),
            alerts=tuple(self.alerts),
            failures=len(self.failures),
        )


@dataclass(slots=True)
class _Piece:
    """One entry on its way. `article` is None when it could not be made, `finding` when there is nothing to judge."""

    arrival: Arrival
    key: str
    hash: str
    tally: _Tally
    first: bool = False  # neither its key nor its article was ever seen
    article: Article | None = None
    judged: bool = False  # False: the same words were judged before
    finding: Finding | None = None

    def newcomer(self) -> Newcomer:
        """What the store keeps of an entry and an article that it never saw."""
        assert self.article is not None
        return Newcomer(self.arrival.entry, self.key, self.hash, self.article, self.arrival.at, self.finding)


def _all_or_each(pieces: Sequence[_Piece], work: Callable[[Sequence[_Piece]], None]) -> None:
    """All at once, which is faster; one by one when one of them fails, so that only that one is lost."""
    attempt = _Tally()
    with attempt.caught("all"):
        work(pieces)
    if attempt.failures:
        for piece in pieces:
            with piece.tally.caught(piece.key):
                work([piece])


def _read_all(pieces: Sequence[_Piece]) -> None:
    for piece in pieces:
        piece.article = clean(piece.arrival.entry, piece.arrival.feed, piece.arrival.at)


class Pipeline:
    """Judges what arrives and keeps what follows from it. Not for two threads at once."""

    def __init__(self, store: Store, classifier: Judge, merger: Merger, teller: Teller) -> None:
        self._store = store
        self._classifier = classifier
        self._merger = merger
        self._teller = teller

    # ---- a pass -----------------------------------------------------------------------------------------------------

    def take(self, documents: Sequence[Document]) -> list[PassResult]:
        """Take one document each of several feeds, in their order and in one commit; one that fails undoes them all."""
        tallies = [_Tally() for _ in documents]
        arrivals = [
            (Arrival(entry, document.feed, document.at), tally)
            for document, tally in zip(documents, tallies, strict=True)
            for entry in reversed(document.entries)
        ]
        fresh, standing = self._fresh(arrivals)
        with self._store.transaction():
            self._keep_all(fresh)
            if standing:
                self._store.served(standing, documents[-1].at)
            for document, tally in zip(documents, tallies, strict=True):
                for subject, error in tally.failures:
                    self._store.save_failure(subject, error, document.at)
            self._store.save_feeds(
                document.next_state(tally.new) for document, tally in zip(documents, tallies, strict=True)
            )
        return [tally.result() for tally in tallies]

    def take_items(self, arrivals: Sequence[Arrival]) -> PassResult:
        """Take entries of any feeds, each at its own time, in the order given: the same path for a replay."""
        tally = _Tally()
        fresh, _ = self._fresh([(arrival, tally) for arrival in arrivals])
        with self._store.transaction():
            self._keep_all(fresh)
            for subject, error in tally.failures:
                self._store.save_failure(subject, error, arrivals[-1].at)
        return tally.result()

    def _fresh(self, arrivals: Iterable[tuple[Arrival, _Tally]]) -> tuple[list[_Piece], set[str]]:
        """What was never seen or was edited, as articles with their verdicts; and the keys of what was seen before."""
        told: dict[tuple[str, str], _Piece] = {}
        for arrival, tally in arrivals:
            key, hash_ = entry_key(arrival.entry), content_hash(arrival.entry)
            if (key, hash_) not in told:
                told[key, hash_] = _Piece(arrival, key, hash_, tally)
        known = self._store.known(list(told))
        fresh = []
        counted: set[str] = set()
        for pair, piece in told.items():
            if piece.key in known.unseen:
                piece.tally.new += piece.key not in counted
                piece.first = piece.key not in counted
                counted.add(piece.key)
            elif pair in known.changed:
                piece.tally.changed += 1
            else:
                continue
            fresh.append(piece)
        self._clean(fresh)
        self._judge([piece for piece in fresh if piece.judged])
        return fresh, {key for key, _ in told} - known.unseen

    def _clean(self, pieces: Sequence[_Piece]) -> None:
        """Make the articles; those whose words are known already need no judgement."""
        _all_or_each(pieces, _read_all)
        latest = self._store.articles(piece.article.id for piece in pieces if piece.article is not None)
        for piece in pieces:
            article = piece.article
            if article is None:
                piece.first = False
                continue
            before = latest.get(article.id)
            if before is not None and not article.dated:
                article = replace(article, published=before.published)  # it is as old as when it was first seen
            piece.article = latest[article.id] = article
            piece.first = piece.first and before is None
            piece.judged = before is None or not article.same_words(before)

    def _judge(self, pieces: Sequence[_Piece]) -> None:
        """Get the verdicts."""
        _all_or_each(pieces, self._judge_all)

    def _judge_all(self, pieces: Sequence[_Piece]) -> None:
        findings = self._classifier.judge_many([piece.article for piece in pieces if piece.article is not None])
        for piece, finding in zip(pieces, findings, strict=True):
            piece.finding = finding

    def _keep_all(self, pieces: Sequence[_Piece]) -> None:
        """Write at once what was never seen, and then, one after the other, the rest and what follows from each."""
        first = [piece for piece in pieces if piece.first]
        self._store.save_new([piece.newcomer() for piece in first], self._classifier.version)
        for piece in pieces:
            if not piece.first or (piece.finding is not None and piece.finding.worth_explaining):
                self._keep(piece)

    def _keep(self, piece: _Piece) -> None:
        """Write one entry and all that follows from it; when that fails, only that it came and how it failed."""
        article, finding, at, tally = piece.article, piece.finding, piece.arrival.at, piece.tally
        if article is None:
            return
        new = piece.first or self._store.save_entry(piece.arrival.entry, piece.key, piece.hash, article, at)
        if finding is None:
            return
        with tally.caught(piece.key), self._store.attempt():
            self._store.save_finding(finding, self._classifier.version)
            # An edited article that says nothing now may have told of an incident before.
            changes, alerts = self._follow(article, finding, at) if finding.worth_explaining or not new else ([], [])
            tally.flagged += finding.flagged
            tally.opened += [change.after for change in changes if change.before is None]
            tally.alerts += alerts

    def age(self, now: datetime) -> int:
        """Let incidents without news fall quiet, then close; how many did."""
        count = 0
        for status, still in ((Status.OPEN, QUIET_AFTER), (Status.QUIET, CLOSED_AFTER)):
            with self._store.transaction():
                for known in self._store.idle([status], now - still, _AGED_AT_ONCE):
                    count += self._save(known, self._merger.age(known, now), now) is not None
        return count

    # ---- what follows from a finding --------------------------------------------------------------------------------

    def _follow(self, article: Article, finding: Finding, now: datetime) -> tuple[list[Change], list[Alert]]:
        """Merge each attack of the article, tell what is to be told, and keep every decision with its reason."""
        merges = self._merges(article, finding, now)
        changes = self._grow(article, finding, merges, now)
        if not merges and not changes:
            return [], self._unflagged(article, finding, now)
        outcomes = self._tell(article, finding, [change for _, change in changes if change is not None], now)
        for merge, change in changes:
            past = merge.reason is MergeReason.PAST_ATTACK
            silence = Silence(SilenceReason.PAST_ATTACK if past else SilenceReason.NOTHING_NEW)
            self._decide(article, merge, outcomes.get(change.after.id, silence) if change else silence, now)
        alerts = {outcome.id: outcome for outcome in outcomes.values() if isinstance(outcome, Alert)}
        return [change for _, change in changes if change is not None], list(alerts.values())

    def _merges(self, article: Article, finding: Finding, now: datetime) -> list[tuple[Attack, Merge]]:
        """What merging says of each attack, the best known place first."""
        merges: list[tuple[Attack, Merge]] = []
        taken: set[str] = set()
        for attack in self._merger.ranked(finding.attacks):
            when, reach = self._merger.window(article, finding, attack)
            near = self._store.candidates(attack.target, when, reach, MOST_CANDIDATES)
            held = [known for known in self._store.incidents_of(article.id) if known not in near]
            merge = self._merger.judge(article, finding, attack, [*near, *held], now, taken)
            merges.append((attack, merge))
            taken.add(merge.incident)
        return merges

    def _grow(
        self, article: Article, finding: Finding, merges: Sequence[tuple[Attack, Merge]], now: datetime
    ) -> list[tuple[Merge, Change | None]]:
        """Open and grow incidents as merging said, withdraw what the article no longer tells, and save what changed."""
        held = self._store.incidents_of(article.id)
        joined = [known for _, merge in merges if (known := self._store.incident(merge.incident))]
        wave = self._merger.wave(article, [attack for attack, _ in merges], joined)
        steps: list[tuple[Merge, Change | None]] = []
        for attack, merge in merges:
            before = self._store.incident(merge.incident)
            if merge.outcome is Outcome.OPEN:
                ids = self._store.incident_ids_like(self._merger.id_prefix(article, finding, attack))
                after = self._merger.open(article, finding, attack, now, ids, wave)
                merge = replace(merge, incident=after.id)
            elif before is not None:
                after = self._merger.grow(before, article, finding, attack, now)
            else:
                steps.append((merge, None))
                continue
            steps.append((merge, self._save(before, after, now)))
        told = {merge.incident for merge, _ in steps}
        for known in held:
            if known.id not in told:
                merge = self._merger.left(known, article, finding)
                gone = merge.outcome is Outcome.WITHDRAWN
                after = self._merger.withdraw(known, article.id, now) if gone else known
                steps.append((merge, self._save(known, after, now)))
        return steps

    def _save(self, before: Incident | None, after: Incident, now: datetime) -> Change | None:
        """Write a revision that says something new; None when it does not."""
        if before is not None and after.revision == before.revision:
            return None
        self._store.save_incident(after, now)
        return Change(before, after, tuple(self._store.alerts_of(after.id)))

    def _tell(
        self, article: Article, finding: Finding, changes: Sequence[Change], now: datetime
    ) -> dict[str, Alert | Silence]:
        """What to tell of each changed incident, by its id; alerts are written, with a delivery each destination."""
        verdicts = self._teller.decide(article, finding, changes, now) if changes else []
        for alert in {v.outcome.id: v.outcome for v in verdicts if isinstance(v.outcome, Alert)}.values():
            self._store.save_alert(alert)
        return {verdict.incident: verdict.outcome for verdict in verdicts}

    def _unflagged(self, article: Article, finding: Finding, now: datetime) -> list[Alert]:
        """Only a threat can be told without an attack, once, where the site watches threats."""
        told: Alert | Silence = Silence(SilenceReason.NOT_FLAGGED)
        if finding.label is Label.THREAT:
            told = self._teller.threat(article, finding, now)
            if isinstance(told, Alert) and self._store.alert(told.id) is not None:
                told = Silence(SilenceReason.ALREADY_TOLD)
        self._decide(article, Merge(Outcome.NONE, "", MergeReason.NO_ATTACK), told, now)
        if isinstance(told, Silence):
            return []
        self._store.save_alert(told)
        return [told]

    def _decide(self, article: Article, merge: Merge, told: Alert | Silence, now: datetime) -> None:
        alert = told.id if isinstance(told, Alert) else ""
        silence = "" if isinstance(told, Alert) else told.words
        self._store.save_decision(Decision(article.id, now, merge.outcome, merge.incident, merge.words, alert, silence))
