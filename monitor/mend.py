"""A person's correction in one transaction: incidents mended, whoever was told of them corrected, all of it kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.core.alerts.alerting import Teller
from monitor.core.incidents import mending
from monitor.core.incidents.merge import Merger
from monitor.core.records import (
    Alert,
    Change,
    Correction,
    Decision,
    Incident,
    Mending,
    MergeReason,
    Outcome,
    Status,
)
from monitor.errors import InputError, NotFoundError
from monitor.ports import Store

_WORDS = {
    Mending.MERGE: "it is the same attack as {other}",
    Mending.SPLIT: "one of its articles told of another attack: {other}",
    Mending.FALSE: "there was no attack",
}


@dataclass(frozen=True, slots=True)
class Mended:
    """What a correction did: the correction as kept, the incidents at their new revisions, and the alert it made."""

    correction: Correction
    incidents: tuple[Incident, ...]
    alert: Alert | None


class Mender:
    """Applies what a person says. Works beside the daemon: each correction is one short transaction."""

    def __init__(self, store: Store, merger: Merger, teller: Teller) -> None:
        self._store = store
        self._merger = merger
        self._teller = teller

    def mend(self, correction: Correction) -> Mended:
        """Apply a correction made at `correction.at`.

        Raises NotFoundError for an incident that is not known, InputError for a correction that makes no sense.
        """
        with self._store.transaction():
            known = self._incident(correction.incident)
            correction, changed = self._apply(correction, known)
            for incident in changed:
                self._store.save_incident(incident, correction.at)
            self._store.save_correction(correction)
            alert = self._tell(correction, known, changed[0])
            self._decide(correction, changed, alert)
        return Mended(correction, changed, alert)

    def _apply(self, correction: Correction, known: Incident) -> tuple[Correction, tuple[Incident, ...]]:
        """The incidents as mended, first the one that whoever was told must hear of."""
        match correction.kind:
            case Mending.FALSE:
                if known.status is Status.FALSE:
                    raise InputError(f"incident {known.id}", "was called false already", "nothing needs to be done")
                return correction, (mending.false(known),)
            case Mending.MERGE:
                kept = self._incident(correction.other)
                if kept.id == known.id:
                    raise InputError(known.id, "cannot be merged into itself", "name another incident")
                kept, gone = mending.merged(kept, known, self._merger, correction.at)
                return correction, (gone, kept)
            case Mending.SPLIT:
                try:
                    left, own = mending.split(
                        known, correction.article, self._merger, self._store.incident_ids_like(""), correction.at
                    )
                except ValueError as error:
                    remedy = f"`basewatch incident {known.id}` shows its articles"
                    raise InputError(f"incident {known.id}", str(error), remedy) from error
                return replace(correction, other=own.id), (left, own)

    def _incident(self, id: str) -> Incident:
        found = self._store.incident(id)
        if found is None:
            raise NotFoundError(f"incident {id}", "is not known", "list them with `basewatch incidents`")
        if found.status is Status.MERGED:
            raise InputError(f"incident {id}", f"was merged into {found.merged_into}", "mend that one")
        return found

    def _tell(self, correction: Correction, before: Incident, after: Incident) -> Alert | None:
        words = _WORDS[correction.kind].format(other=correction.other)
        if correction.note:
            words = f"{words} ({correction.note})"
        change = Change(before, after, tuple(self._store.alerts_of(after.id)))
        told = self._teller.mend(change, words, correction.at).outcome
        if not isinstance(told, Alert):
            return None
        self._store.save_alert(told)
        return told

    def _decide(self, correction: Correction, changed: tuple[Incident, ...], alert: Alert | None) -> None:
        """Let `why` of a split article say where it is now, and that a person put it there."""
        if correction.kind is not Mending.SPLIT:
            return
        told = alert.id if alert else ""
        for incident, outcome in zip(changed, (Outcome.WITHDRAWN, Outcome.OPEN), strict=True):
            self._store.save_decision(
                Decision(correction.article, correction.at, outcome, incident.id, str(MergeReason.MENDED), told, "")
            )
