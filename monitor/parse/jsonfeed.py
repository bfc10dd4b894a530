"""JSON Feed 1.0 and 1.1 (jsonfeed.org) -> the parts of a feed."""

from __future__ import annotations

import json
import re
from typing import Any

from monitor.parse.raw import RawEntry, RawFeed
from monitor.ports import FetchFault, ParseFailed

_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


def read_json(data: bytes) -> RawFeed | ParseFailed:
    """The document's parts, up to its last whole item where it broke off; one that is no feed is explained."""
    truncated = False
    try:
        try:
            told = json.loads(data)
        except ValueError as error:
            told, truncated = _whole_part(data.decode("utf-8", "replace")), True
            if not told["items"]:
                return ParseFailed(FetchFault.NOT_A_FEED, f"broken JSON: {str(error)[:120]}")
    except RecursionError:
        return ParseFailed(FetchFault.HOSTILE, "JSON nested deeper than any feed: refused")
    items = told.get("items") if isinstance(told, dict) else None
    if not isinstance(items, list):
        return ParseFailed(FetchFault.NOT_A_FEED, "JSON, but no JSON Feed: it has no list of items")
    links = [("hub", "", _text(hub, "url")) for hub in _list(told, "hubs") if _text(hub, "type").lower() == "websub"]
    return RawFeed(
        title=_text(told, "title"),
        language=_text(told, "language"),
        links=[*links, ("self", "", _text(told, "feed_url"))],
        entries=[_entry(item) for item in items if isinstance(item, dict)],
        truncated=truncated,
    )


def _whole_part(text: str) -> dict[str, Any]:
    """What stands before the items of a document that broke off in them, and its whole items; none of any other."""
    start = _ITEMS.search(text)
    if start is None:
        return {"items": []}
    decoder = json.JSONDecoder()
    items: list[Any] = []
    try:
        told: dict[str, Any] = json.loads(text[: start.end()] + "]}")
        at = start.end()
        while between := _BETWEEN.match(text, at):
            item, at = decoder.raw_decode(text, between.end())
            items.append(item)
    except ValueError:  # here it broke off
        pass
    return {**told, "items": items} if items else {"items": []}


def _entry(item: dict[str, Any]) -> RawEntry:
    link = _text(item, "url") or _text(item, "external_url")
    return RawEntry(
        guid=_text(item, "id"),
        links=[("alternate", "", link)],
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=_text(item, "content_html") or _text(item, "content_text"),
        author=_text(next(iter(_list(item, "authors")), None) or item.get("author"), "name"),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        language=_text(item, "language"),
    )


def _text(holder: Any, key: str) -> str:
    """A text or number under a key, as text without what no database takes; "" for anything else."""
    value = holder.get(key) if isinstance(holder, dict) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    # JSON can name half a surrogate pair, which is no character.
    return value.encode("utf-8", "ignore").decode("utf-8").strip() if isinstance(value, str) else ""


def _list(holder: Any, key: str) -> list[Any]:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, list) else []
