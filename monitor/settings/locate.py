"""Finds the line of a key in a TOML file, which the standard library's reader does not tell."""

from __future__ import annotations

import re
from collections import Counter

_HEADER = re.compile(r"^\s*\[(\[)?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")

Path = tuple[str | int, ...]


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _resolve(parts: list[str], arrays: Counter[tuple[str, ...]]) -> Path:
    """Turn names into a path with the index of the last table of every array of tables on the way."""
    path: list[str | int] = []
    for depth, part in enumerate(parts, 1):
        path.append(part)
        count = arrays.get(tuple(parts[:depth]))
        if count:
            path.append(count - 1)
    return tuple(path)


def line_index(text: str) -> dict[Path, int]:
    """Map every table and key of a TOML text to its line, counted from 1; array tables carry their index."""
    lines: dict[Path, int] = {}
    arrays: Counter[tuple[str, ...]] = Counter()
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            parts = _parts(header[2])
            if header[1]:
                arrays[tuple(parts)] += 1
            table = _resolve(parts, arrays)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            path: Path = table
            for part in _parts(key[1]):
                path = (*path, part)
                lines.setdefault(path, number)
    return lines


def line_of(lines: dict[Path, int], text: str, path: Path, value: object = None) -> int:
    """The line of `path` or of the nearest table around it; of `value` itself inside a list of many lines."""
    for length in range(len(path), 0, -1):
        start = lines.get(path[:length], lines.get((*path[:length], 0)))  # or the first table of a list
        if start is None:
            continue
        if isinstance(value, str):
            for offset, line in enumerate(text.splitlines()[start - 1 :]):
                if offset and (_HEADER.match(line) or _KEY.match(line)):
                    break
                if f'"{value}"' in line or f"'{value}'" in line:
                    return start + offset
        return start
    return 0
