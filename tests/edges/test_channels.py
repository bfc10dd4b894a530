"""The shipped list of notification schemes against the apprise that is installed."""

from __future__ import annotations

import apprise

from monitor import knowledge


def test_every_scheme_that_works_without_more_is_listed() -> None:
    """A newer apprise may know some that the list lacks; many mean that the list is to be made again."""
    plugins = apprise.Apprise().details()["schemas"]
    works = {name for one in plugins for key in ("protocols", "secure_protocols") for name in one[key] or ()}
    missing = works - knowledge.load_channels()
    allowed = 0 if apprise.__version__.startswith("2.2.") else 20
    assert len(missing) <= allowed, f"add to seeds/channels.txt: {sorted(missing)}"
