"""Logs to standard error, as text for a person or the journal, or as one JSON object a line for a program."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime

# Levels as the prefixes that journald reads from a service's standard error (sd-daemon(3)).
_JOURNAL = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


class _Text(logging.Formatter):
    """One line a record; under systemd with a level prefix and without a time, which the journal has."""

    def __init__(self) -> None:
        super().__init__()
        self._journal = "JOURNAL_STREAM" in os.environ

    def format(self, record: logging.LogRecord) -> str:
        message = super().format(record).replace("\n", " | ")
        if self._journal:
            return f"<{_JOURNAL.get(record.levelno, 6)}>{record.name}: {message}"
        return f"{_time(record)} {record.levelname.lower():7} {record.name}: {message}"


class _Json(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "at": _time(record),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            row["error"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def setup(level: str, style: str) -> None:
    """Send records of `level` and above to standard error in `style` ("text" or "json")."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if style == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("basewatch").setLevel(level.upper())
