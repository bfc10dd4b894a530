"""Reads what a server's headers say: when to come again, and with which validators."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from multidict import MultiMapping

from monitor.ports import Clock, Hints, Validators

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[,\s])no-(?:cache|store)\s*(?:,|$)", re.IGNORECASE)
_LONGEST = 1024  # characters of a validator or content type worth keeping


def hints(headers: MultiMapping[str], clock: Clock, moved_to: str = "") -> Hints:
    """What the server said about when to come again; its times are read by its own clock, and told by ours.

    Where Cache-Control says how long an answer is fresh, Expires says nothing (RFC 9111, 5.3).
    """
    max_age = _max_age(headers)
    expires = http_date(headers.get("Expires", "")) if max_age is None else None
    wait = headers.get("Retry-After", "")
    if expires is None and not wait:
        return Hints(max_age=max_age, moved_to=moved_to)
    now = clock.now()
    sent = http_date(headers.get("Date", "")) or now
    return Hints(
        max_age=max_age,
        expires=None if expires is None else _shifted(expires, now - sent),
        retry_after=_retry_after(wait, sent),
        moved_to=moved_to,
    )


def validators(headers: Mapping[str, str], url: str, body_hash: str) -> Validators:
    """What the next conditional GET of `url` is made with."""
    return Validators(url, token(headers.get("ETag", "")), token(headers.get("Last-Modified", "")), body_hash)


def token(value: str) -> str:
    """A header's value if it is short and plain, so that it can be kept and sent back; else ""."""
    return value if len(value) <= _LONGEST and value.isascii() and value.isprintable() else ""


def http_date(value: str) -> datetime | None:
    """An HTTP date in UTC, or None ("0" and "-1" stand in many an Expires)."""
    if not value:
        return None
    try:
        at = parsedate_to_datetime(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter at the ends of the calendar, in another zone
        return None


def _max_age(headers: MultiMapping[str]) -> timedelta | None:
    """How long the answer stays fresh from now: max-age less what caches on the way have used up of it, or no time."""
    control = ", ".join(headers.getall("Cache-Control", ()))
    if not control:
        return None
    if _NOT_KEPT.search(control):
        return timedelta(0)
    found = _MAX_AGE.search(control)
    if found is None:
        return None
    age = headers.get("Age", "")
    used = int(age) if age.isdecimal() and len(age) < 10 else 0
    return timedelta(seconds=max(0, int(found[1]) - used))


def _retry_after(value: str, sent: datetime) -> timedelta | None:
    """Seconds or a date, as the time from now; None when absent, past or unreadable."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return timedelta(seconds=min(int(value[:12]), 10**9))
    at = http_date(value)
    return None if at is None or at <= sent else at - sent


def _shifted(at: datetime, by: timedelta) -> datetime | None:
    try:
        return at + by
    except OverflowError:
        return None
