"""Records to JSON and back, and times to whole microseconds and back.

A field that has its default is left out of the JSON, so a default of `core.records` is part of the stored form: adding
a field with a default is free, changing a default needs a migration.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar, cast

from pydantic import TypeAdapter

R = TypeVar("R")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stamp(moment: datetime) -> int:
    """An aware datetime as whole microseconds since 1970-01-01 UTC, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def stamp_or_none(moment: datetime | None) -> int | None:
    """The same, None staying None."""
    return None if moment is None else stamp(moment)


def moment(stamp: int) -> datetime:
    """The datetime in UTC behind a stamp, exactly."""
    return _EPOCH + stamp * _MICROSECOND


def moment_or_none(stamp: int | None) -> datetime | None:
    """The same, None staying None."""
    return None if stamp is None else moment(stamp)


def storable(text: str) -> str:
    """The text without lone surrogates, which neither UTF-8 nor SQLite can hold (they become "?")."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


class Codec(Generic[R]):
    """One kind of record as compact JSON. `without` names fields, tuples all, that are kept in columns or rows."""

    def __init__(self, record: type[R], without: frozenset[str] = frozenset()) -> None:
        self._adapter: TypeAdapter[R] = TypeAdapter(record)
        self._without = set(without)
        # Read in one step with nothing in them, then filled: half of what plain JSON and a check of its values cost.
        needed = {field.name for field in fields(cast(Any, record)) if field.default is MISSING}
        self._empty = "".join(f',"{name}":[]' for name in sorted(without & needed)) + "}"

    def dump(self, record: R) -> str:
        """The record as JSON text, for a TEXT column."""
        return self._adapter.dump_json(record, exclude_defaults=True, exclude=self._without).decode()

    def load(self, text: str, **kept: object) -> R:
        """The record of a JSON text, with the fields that were kept elsewhere given by name."""
        if not kept:
            return self._adapter.validate_json(text)
        record = self._adapter.validate_json(text[:-1] + self._empty)
        for name, value in kept.items():  # frozen, but nobody has seen it yet; replace() costs as much as the reading
            object.__setattr__(record, name, value)
        return record
