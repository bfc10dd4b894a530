"""The store's part about alerts and their deliveries: the database is the queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.core.records import Alert, Delivery, DeliveryState
from monitor.store.codec import Codec, moment, moment_or_none, stamp, stamp_or_none, storable
from monitor.store.room import Room

_ALERT = Codec(Alert)
_COLUMNS = "id, alert, destination, state, attempts, doubts, due, lease_until, error, settled"


class Outbox(Room):
    """Implements `monitor.ports.OutboxStore`."""

    def save_alert(self, alert: Alert) -> None:
        """Write an alert and one waiting delivery per destination, inside the caller's transaction."""
        at = stamp(alert.at)
        self._disk.run("INSERT INTO alerts (id, at, record) VALUES (?, ?, ?)", (alert.id, at, _ALERT.dump(alert)))
        self._disk.run_many(
            "INSERT INTO alert_incidents (incident, alert) VALUES (?, ?)",
            [(incident, alert.id) for incident in dict.fromkeys(alert.incidents)],
        )
        self._disk.run_many(
            "INSERT INTO deliveries (alert, destination, state, attempts, doubts, due, error)"
            " VALUES (?, ?, 'waiting', 0, 0, ?, '')",
            [(alert.id, destination, at) for destination in dict.fromkeys(alert.destinations)],
        )

    def alert(self, id: str) -> Alert | None:
        """One alert."""
        row = self._disk.run("SELECT record FROM alerts WHERE id = ?", (id,)).fetchone()
        return _ALERT.load(row[0]) if row else None

    def alerts_of(self, incident: str) -> list[Alert]:
        """What was told of an incident, oldest first."""
        rows = self._disk.run(
            "SELECT record FROM alert_incidents JOIN alerts ON id = alert WHERE incident = ? ORDER BY at, id",
            (incident,),
        )
        return [_ALERT.load(record) for (record,) in rows]

    def alerts(self, *, since: datetime | None = None, limit: int = 100) -> list[Alert]:
        """What was told of anything, newest first."""
        rows = self._disk.run(
            "SELECT record FROM alerts WHERE at >= ? ORDER BY at DESC, id DESC LIMIT ?",
            (stamp(since) if since else -(2**63), limit),
        )
        return [_ALERT.load(record) for (record,) in rows]

    def alert_ids_like(self, prefix: str) -> list[str]:
        """Ids that start so, for making the next one."""
        rows = self._disk.run(
            "SELECT id FROM alerts WHERE id >= ?1 AND id < ?1 || char(1114111) ORDER BY id", (prefix,)
        )
        return [id_ for (id_,) in rows]

    def claim(self, now: datetime, lease: timedelta, limit: int, busy: Collection[str] = ()) -> list[Delivery]:
        """Take due deliveries (waiting, or claimed with a lease that ran out) in one short transaction.

        At most one a destination, the one due longest, and none of a destination that is `busy` or has a send under
        lease: a destination that hangs holds up nobody else.
        """
        at = stamp(now)
        with self._disk.unit():
            rows = self._disk.run(
                f"""
                UPDATE deliveries SET state = 'claimed', attempts = attempts + 1, lease_until = ?
                WHERE id IN (
                    SELECT id FROM (
                        SELECT id, due, row_number() OVER (PARTITION BY destination ORDER BY due, id) AS place
                        FROM deliveries
                        WHERE (state = 'waiting' AND due <= ?2 OR state = 'claimed' AND lease_until <= ?2)
                          AND destination NOT IN (
                              SELECT destination FROM deliveries WHERE state = 'claimed' AND lease_until > ?2)
                          AND destination NOT IN ({", ".join("?" * len(busy))}))
                    WHERE place = 1 ORDER BY due, id LIMIT ?)
                RETURNING {_COLUMNS}
                """,
                (stamp(now + lease), at, *busy, limit),
            ).fetchall()
        return sorted((_delivery(row) for row in rows), key=lambda delivery: (delivery.due, delivery.id))

    def release(self, now: datetime) -> int:
        """Let what a process that died was sending wait again, due at once; how many. Only for the one that polls."""
        with self._disk.unit():
            return self._disk.run(
                "UPDATE deliveries SET state = 'waiting', lease_until = NULL, due = min(due, ?)"
                " WHERE state = 'claimed'",
                (stamp(now),),
            ).rowcount

    def retry_refused(self, since: datetime, sends: int, now: datetime) -> int:
        """Let refused deliveries of alerts made since then wait again, of fewer than so many sends; how many."""
        with self._disk.unit():
            return self._disk.run(
                "UPDATE deliveries SET state = 'waiting', due = ? WHERE state = 'refused' AND attempts < ?"
                " AND alert IN (SELECT id FROM alerts WHERE at >= ?)",
                (stamp(now), sends, stamp(since)),
            ).rowcount

    def settle(self, delivery: Delivery, state: DeliveryState, due: datetime | None, error: str, now: datetime) -> bool:
        """Write how a send ended; False when the lease was lost to somebody else meanwhile.

        `delivery` is what `claim` gave, with `doubts` counted up where nobody can say whether it arrived. `due` is
        when it is tried next, None when it is not.
        """
        with self._disk.unit():
            changed = self._disk.run(
                "UPDATE deliveries SET state = ?, due = ?, doubts = ?, error = ?, lease_until = NULL, settled = ?"
                " WHERE id = ? AND state = 'claimed' AND attempts = ? AND lease_until = ?",
                (
                    state,
                    stamp(due or delivery.due),
                    delivery.doubts,
                    storable(error)[:2000],
                    stamp(now),
                    delivery.id,
                    delivery.attempts,
                    stamp_or_none(delivery.lease_until),
                ),
            )
        return changed.rowcount == 1

    def deliveries(self, *, alert: str = "", states: Sequence[DeliveryState] = (), limit: int = 100) -> list[Delivery]:
        """Deliveries, newest first."""
        where, values = ["1"], list[Any]()
        if alert:
            where.append("alert = ?")
            values.append(alert)
        if states:
            where.append(f"state IN ({', '.join('?' * len(states))})")
            values.extend(states)
        rows = self._disk.run(
            f"SELECT {_COLUMNS} FROM deliveries WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?", (*values, limit)
        )
        return [_delivery(row) for row in rows]

    def delivery_counts(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state."""
        rows = self._disk.run("SELECT state, count(*) FROM deliveries GROUP BY state")
        return Counter({DeliveryState(state): count for state, count in rows})

    def next_due(self) -> datetime | None:
        """When the next delivery is due or the next lease ends; None when nothing waits."""
        row = self._disk.run(
            "SELECT min(CASE state WHEN 'claimed' THEN lease_until ELSE due END) FROM deliveries"
            " WHERE state IN ('waiting', 'claimed')"
        ).fetchone()
        return moment_or_none(row[0])


def _delivery(row: Sequence[Any]) -> Delivery:
    """The delivery of a row of _COLUMNS."""
    id_, alert, destination, state, attempts, doubts, due, lease_until, error, settled = row
    return Delivery(
        id=id_,
        alert=alert,
        destination=destination,
        state=DeliveryState(state),
        attempts=attempts,
        due=moment(due),
        lease_until=moment_or_none(lease_until),
        error=error,
        doubts=doubts,
        settled=moment_or_none(settled),
    )
