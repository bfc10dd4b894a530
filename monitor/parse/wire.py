"""What passes between the parser's processes: frames of plain JSON and bytes, nothing that could run."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import BinaryIO

from monitor.core.records import Entry
from monitor.parse.raw import Origin
from monitor.ports import FetchFault, Parsed, ParseFailed

_LENGTH = struct.Struct("!I")


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Send one frame: its length in four bytes, then itself."""
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame; None when the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


def pack_request(content_type: str, origin: Origin, max_entries: int) -> bytes:
    """What a worker must know beside the body."""
    return json.dumps([content_type, asdict(origin), max_entries]).encode()


def unpack_request(payload: bytes) -> tuple[str, Origin, int]:
    """What `pack_request` packed."""
    content_type, origin, max_entries = json.loads(payload)
    return content_type, Origin(**origin), max_entries


def pack_answer(answer: Parsed | ParseFailed) -> bytes:
    """What a worker found."""
    if isinstance(answer, ParseFailed):
        return json.dumps([answer.fault.name, answer.detail]).encode()
    said = asdict(answer)
    said["ttl"] = answer.ttl.total_seconds() if answer.ttl else None
    for entry in said["entries"]:
        entry["published"] = entry["published"] and entry["published"].isoformat()
        entry["updated"] = entry["updated"] and entry["updated"].isoformat()
    return json.dumps(said).encode()


def unpack_answer(payload: bytes) -> Parsed | ParseFailed:
    """What `pack_answer` packed."""
    said = json.loads(payload)
    if isinstance(said, list):
        return ParseFailed(FetchFault[said[0]], said[1])
    entries = []
    for entry in said["entries"]:
        entry["published"] = entry["published"] and datetime.fromisoformat(entry["published"])
        entry["updated"] = entry["updated"] and datetime.fromisoformat(entry["updated"])
        entries.append(Entry(**entry))
    ttl = said["ttl"]
    return Parsed(**{**said, "entries": tuple(entries), "ttl": ttl if ttl is None else timedelta(seconds=ttl)})
