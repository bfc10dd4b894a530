"""JSON Feed 1.0 and 1.1 (jsonfeed.org) -> the parts of a feed."""

from __future__ import annotations

import json
from typing import Any

from monitor.parse.raw import RawEntry, RawFeed
from monitor.ports import FetchFault, ParseFailed


def read_json(data: bytes) -> RawFeed | ParseFailed:
    """The document's parts; a document that is JSON but no feed, or broken, is explained."""
    try:
        told = json.loads(data)
    except RecursionError:
        return ParseFailed(FetchFault.HOSTILE, "JSON nested deeper than any feed: refused")
    except ValueError as error:
        return ParseFailed(FetchFault.NOT_A_FEED, f"broken JSON: {str(error)[:120]}")
    items = told.get("items") if isinstance(told, dict) else None
    if not isinstance(items, list):
        return ParseFailed(FetchFault.NOT_A_FEED, "JSON, but no JSON Feed: it has no list of items")
    links = [("hub", "", _text(hub, "url")) for hub in _list(told, "hubs") if _text(hub, "type").lower() == "websub"]
    return RawFeed(
        title=_text(told, "title"),
        language=_text(told, "language"),
        links=[*links, ("self", "", _text(told, "feed_url"))],
        entries=[_entry(item) for item in items if isinstance(item, dict)],
    )


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
