"""The daemon's event loop is uvloop's where that is installed."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec

from monitor.wiring.serving import _in_loop


def test_what_runs_runs_on_uvloop_where_it_is_installed() -> None:
    async def which() -> str:
        return type(asyncio.get_running_loop()).__module__.partition(".")[0]

    assert _in_loop(which()) == ("uvloop" if find_spec("uvloop") else "asyncio")
