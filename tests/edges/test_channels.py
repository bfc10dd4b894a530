"""The shipped list of notification schemes against the apprise that is installed."""

from __future__ import annotations

import apprise
from apprise.manager_plugins import NotificationManager

from monitor import knowledge

NATIVE = {"https"}  # webhook addresses that apprise reads as they are


def test_every_scheme_is_one_apprise_knows() -> None:
    unknown = knowledge.load_channels() - NATIVE - set(NotificationManager().schemas())
    assert not unknown, f"take out of seeds/channels.txt: {sorted(unknown)}"


def test_no_scheme_of_the_version_it_was_made_for_is_missing() -> None:
    missing = set(NotificationManager().schemas()) - knowledge.load_channels()
    if apprise.__version__.startswith("2.2."):
        assert not missing
    assert len(missing) < 20, f"add to seeds/channels.txt: {sorted(missing)}"


def test_a_native_webhook_address_is_usable() -> None:
    address = "https://discord.com/api/webhooks/000000000000000000/" + "a" * 60
    assert apprise.Apprise().add(address)
