"""Serves the sample feeds of seeds/sample-feeds on a loopback port, with dates that are fresh at each start."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from zoneinfo import ZoneInfo

from aiohttp import web

from monitor.core.records import Feed
from monitor.errors import SeedError

_LATER, _ALWAYS = "%% later", "%% always"
_TIME = re.compile(r"\{(ago|weekday) (\d+)([mh])(?: ([\w/+-]+))?\}")
_TYPES = {".rss": "application/rss+xml", ".atom": "application/atom+xml", ".json": "application/feed+json"}


class SampleFeeds:
    """A small web server for the length of a `with`; `later` opens the parts that a second poll finds."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._files = {path.name: path for path in sorted(folder.iterdir()) if path.suffix in _TYPES}
        if not self._files:
            raise SeedError(str(folder), "holds no sample feeds", "install Basewatch again")
        self._now = now
        self._later = False
        self._port = 0
        site = web.Application()
        site.router.add_get("/{name}", self._serve)
        self._runner = web.AppRunner(site, access_log=None)

    async def __aenter__(self) -> SampleFeeds:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def feeds(self) -> tuple[Feed, ...]:
        """The feeds as a site would configure them."""
        return tuple(
            Feed(Path(name).stem, f"http://127.0.0.1:{self._port}/{name}", private=True) for name in self._files
        )

    def later(self) -> None:
        """From now on, serve what has appeared since."""
        self._later = True

    async def _serve(self, request: web.Request) -> web.Response:
        path = self._files.get(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound
        text = fill(path.read_text(encoding="utf-8"), self._now, path.suffix, later=self._later)
        return web.Response(text=text, content_type=_TYPES[path.suffix], charset="utf-8")


def fill(template: str, now: datetime, suffix: str, *, later: bool) -> str:
    """A sample feed with its times filled in; without the parts for `later` unless it is."""
    lines, shown = list[str](), True
    for line in template.splitlines():
        if line in (_LATER, _ALWAYS):
            shown = later or line == _ALWAYS
        elif shown:
            lines.append(line)
    return _TIME.sub(lambda found: _time(found, now, suffix), "\n".join(lines))


def _time(found: re.Match[str], now: datetime, suffix: str) -> str:
    kind, number, unit, zone = found.groups()
    at = now - timedelta(**{{"m": "minutes", "h": "hours"}[unit]: int(number)})
    if kind == "weekday":
        return f"{at.astimezone(ZoneInfo(zone or 'UTC')):%A}"
    return format_datetime(at) if suffix == ".rss" else at.isoformat(timespec="seconds")
