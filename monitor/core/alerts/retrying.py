"""When a delivery is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

# The wait after the first send that failed, after the second, and so on. Short at first, since most failures are a
# restart or a rate limit; 24 hours in all, so that a channel that is down overnight still tells what happened. Without
# jitter: there is one sender, and its destinations fail each on their own.
WAITS = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=8),
)
MOST_SENDS = len(WAITS) + 1
# A channel may ask for a longer wait than ours (Retry-After), but cannot park an alert for longer than this.
MOST_ASKED = timedelta(hours=1)
# A send of which nobody knows whether it arrived is made once more: a message lost is worse than one told twice. A
# channel that takes messages and never says so would else tell everything eleven times.
MOST_DOUBTS = 1


def next_try(attempts: int, asked: timedelta | None, now: datetime) -> datetime | None:
    """When to send again after `attempts` sends, None when that was often enough. `asked` is the channel's own wish."""
    if attempts >= MOST_SENDS:
        return None
    wait = WAITS[max(attempts, 1) - 1]
    return now + max(wait, min(asked or timedelta(0), MOST_ASKED))


def next_after_doubt(attempts: int, doubts: int, now: datetime) -> datetime | None:
    """When to send again after `doubts` sends (the last one among them) of which nobody knows whether they arrived."""
    return next_try(attempts, None, now) if doubts <= MOST_DOUBTS else None
