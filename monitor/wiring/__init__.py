"""The one place that names concrete classes: builds what a command needs from a configuration.

What is heavy to import is imported inside the functions, so that `--help` and `check` stay light.
"""

from __future__ import annotations

from monitor.core.wording import counted
from monitor.wiring.configuration import (
    config_directory,
    load_settings,
    remarks,
    settings_facts,
    shipped_serves,
    starter_feeds,
    state_directory,
)
from monitor.wiring.judging import classifier, clean_entry, clean_item, clock, in_words, rejudge, replay, train
from monitor.wiring.looking import articles, feed_health, mend, no_database, open_reader, state_of_service
from monitor.wiring.serving import check_destinations, check_online, demo, notify_test, once, run

__all__ = [
    "articles",
    "check_destinations",
    "check_online",
    "classifier",
    "clean_entry",
    "clean_item",
    "clock",
    "config_directory",
    "counted",
    "demo",
    "feed_health",
    "in_words",
    "load_settings",
    "mend",
    "no_database",
    "notify_test",
    "once",
    "open_reader",
    "rejudge",
    "remarks",
    "replay",
    "run",
    "settings_facts",
    "shipped_serves",
    "starter_feeds",
    "state_directory",
    "state_of_service",
    "train",
]
