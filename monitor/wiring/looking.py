"""Looks into the database of a service, and lets a person mend what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from monitor.core.wording import counted
from monitor.errors import InputError, NotFoundError, StoreError
from monitor.wiring.configuration import remarks, shipped_serves
from monitor.wiring.judging import clock, merger, teller

if TYPE_CHECKING:
    from monitor.core.records import Article, Delivery
    from monitor.ports import Store
    from monitor.settings import Settings

_ID = re.compile(r"[0-9a-f]{24}")  # of core.clean.article_id
_BARE_LINK = re.compile(r"[\w-]+(\.[\w-]+)+/\S*")
_SHOWN = 10  # failures and deliveries that `status` lists one by one


def no_database(settings: Settings, subject: str) -> NotFoundError:
    """Nothing was polled yet, or it was by another configuration."""
    remedy = shipped_serves(settings.directory) or "start the service, or run basewatch once"
    return NotFoundError(subject, f"there is no database yet at {settings.service.database}", remedy)


@contextmanager
def open_reader(settings: Settings) -> Iterator[Store | None]:
    """The database for reading, also while the service runs; None when there is none yet."""
    from monitor.store import Access, SqliteStore

    if not _exists(settings):
        yield None
        return
    store = SqliteStore(settings.service.database, Access.READ)
    try:
        yield store
    finally:
        store.close()


def articles(store: Store, named: str) -> list[Article]:
    """The stored articles that a person means by an id, a link (also without its https://) or a whole title."""
    if found := store.article(named) if _ID.fullmatch(named) else None:
        return [found]
    bare = _BARE_LINK.fullmatch(named.strip())
    return store.articles_named(f"https://{named.strip()}" if bare else named)


def _exists(settings: Settings) -> bool:
    """Whether there is a database. Raises StoreError where this user may not even see that."""
    database = settings.service.database
    try:
        return database.exists()
    except OSError as error:
        raise StoreError(str(database), error.strerror or str(error), "run this as the user of the service") from error


def mend(settings: Settings, what: str, id: str, other: str) -> str:
    """Apply a correction (merge: `other` goes into `id`; split: article `other` leaves it); a line about it."""
    from monitor.core.records import Correction, Mending
    from monitor.mend import Mender
    from monitor.store import Access, SqliteStore, holder

    now = clock().now()
    if not _exists(settings):
        raise no_database(settings, f"incident {id}")
    store = SqliteStore(settings.service.database, Access.MEND)
    try:
        match Mending(what):
            case Mending.MERGE:
                correction = Correction(now, Mending.MERGE, incident=other, other=id)
            case Mending.SPLIT:
                correction = Correction(now, Mending.SPLIT, id, article=_one_article(store, id, other).id)
            case Mending.FALSE:
                correction = Correction(now, Mending.FALSE, id)
        mended = Mender(store, merger(settings), teller(settings)).mend(correction)
    finally:
        store.close()
    changed = ", ".join(f"{incident.id} (revision {incident.revision})" for incident in mended.incidents)
    if mended.alert is None:
        return f"mended: {changed}; nobody had been told, so nobody is told now"
    told = ", ".join(mended.alert.destinations) or "the log"
    when = "" if holder(settings.service.database) else ", as soon as the service runs"
    return f"mended: {changed}; whoever was told gets a correction{when}: {told}"


def _one_article(store: Store, incident: str, named: str) -> Article:
    """The article that is meant, of several with one link or title the one that the incident holds."""
    found = articles(store, named)
    known = store.incident(incident)
    held = [one for one in found if known and one.id in known.articles]
    if len(held) == 1 or len(found) == 1:
        return (held or found)[0]
    if not found:
        raise NotFoundError(named, "is no stored article", f"`basewatch incident {incident}` shows its articles")
    raise InputError(
        named,
        f"is the link or title of {len(found)} articles",
        f"give the id of one: `basewatch why {named}` lists them",
    )


def feed_health(settings: Settings) -> list[dict[str, Any]]:
    """How each configured feed does, for a person or a program; times ISO 8601 or None."""
    from monitor.core.feeds.timing import health
    from monitor.items import iso

    now = clock().now()
    with open_reader(settings) as store:
        states = {state.name: state for state in store.feed_states()} if store else {}
    rows = []
    for feed in settings.feeds:
        state = states.get(feed.name)
        rows.append(
            {
                "name": feed.name,
                "url": state.url if state else feed.url,
                "group": feed.group,
                "health": health(state, now) if state else "not polled yet",
                "failing": bool(state and state.failures),
                "last_poll": iso(state.last_poll) if state and state.last_poll else None,
                "last_new": iso(state.last_new) if state and state.last_new else None,
                "next_poll": iso(state.next_poll) if state and state.next_poll else None,
                "entries": state.entries if state else 0,
            }
        )
    return rows


# ---- status ----------------------------------------------------------------------------------------------------------


def state_of_service(settings: Settings) -> dict[str, Any]:
    """Whether it runs, what it watches, and what is wrong, for a person or a program."""
    from monitor.store import holder

    with open_reader(settings) as store:
        running = _running(holder(settings.service.database), store)
        return {
            **running,
            "configuration": str(settings.directory),
            "database": str(settings.service.database),
            "database_exists": store is not None,
            "watches": _watched(settings),
            "notes": remarks(settings),
            "wrong": [*_unread(settings, store, running["running"]), *(_wrong(store, settings) if store else ())],
        }


def _running(pid: int | None, store: Store | None) -> dict[str, Any]:
    from monitor.items import iso
    from monitor.ports import HEARTBEAT

    note = store.notes().get(HEARTBEAT) if store else None
    return {
        "running": pid is not None,
        "pid": pid,
        "heartbeat": iso(note.at) if note else None,
        "heartbeat_age": round((clock().now() - note.at).total_seconds()) if note else None,
        "says": note.value if note else None,
    }


def _unread(settings: Settings, store: Store | None, running: bool) -> list[str]:
    """Secrets that cannot be read: by the service while it runs, for whose environment ours says nothing."""
    from monitor.ports import UNREAD

    if store and running:
        note = store.notes().get(UNREAD)
        return note.value.splitlines() if note else []
    return [str(fault) for fault in settings.unresolved]


def _watched(settings: Settings) -> dict[str, Any]:
    from monitor import knowledge
    from monitor.core.reading.watching import in_regions
    from monitor.core.records import Target

    now, watch = clock().now(), settings.watch
    bases = [
        base
        for base in (*knowledge.load_bases(), *watch.own_bases)
        if base.id not in watch.ignored_bases
        and (
            not watch.regions
            or in_regions(Target(base.id, base.name, (base.country,), lat=base.lat, lon=base.lon), watch.regions)
        )
    ]
    return {
        "feeds": len(settings.feeds),
        "bases": sum(any(base.hosted(force, now) for force in watch.forces) for base in bases),
        "forces": list(watch.forces),
        "regions": [region.name for region in watch.regions],
        "destinations": [destination.name for destination in settings.destinations],
    }


def _wrong(store: Store, settings: Settings) -> Iterator[str]:
    from monitor.deliver import RECENT, open_sends

    for row in feed_health(settings):
        if row["failing"]:
            yield f"feed {row['name']}: {row['health']}"
    now = clock().now()
    for state, sends in open_sends(store, now).items():
        yield f"{counted(len(sends), 'alert')} {state}: " + "; ".join(map(_delivery, sends[:_SHOWN]))
    for failure in store.failures(limit=_SHOWN):
        if failure.at >= now - RECENT:
            yield f"{failure.at:%Y-%m-%d %H:%MZ} {failure.subject}: {failure.error}"


def _delivery(delivery: Delivery) -> str:
    return f"{delivery.alert} to {delivery.destination}" + (f" ({delivery.error})" if delivery.error else "")
