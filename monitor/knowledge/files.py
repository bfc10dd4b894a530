"""The files of seeds/ as rows and tables, and errors that say where one is wrong and what belongs there."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.errors import SeedError

REINSTALL = "install Basewatch again"

COUNTRY = re.compile(r"[A-Z]{2}")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ZONE = re.compile(r"[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_+-]+){1,2}")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file, with readers that say where a cell is wrong and what belongs there."""

    file: Path
    line: int
    cells: Mapping[str, str]

    def wrong(self, column: str, problem: str, remedy: str) -> SeedError:
        """The error of a cell, for the caller to raise."""
        return SeedError(f"{self.file}:{self.line}", f'{column} "{self.cells[column]}" {problem}', remedy)

    def text(self, column: str) -> str:
        """A cell that must hold something."""
        if not self.cells[column]:
            raise self.wrong(column, "is empty", f"fill in {column}")
        return self.cells[column]

    def match(self, column: str, pattern: re.Pattern[str], allowed: str) -> str:
        """A cell that a pattern must match as a whole."""
        if not pattern.fullmatch(self.cells[column]):
            raise self.wrong(column, "is not valid", f"write {allowed}")
        return self.cells[column]

    def choice(self, column: str, allowed: Sequence[str]) -> str:
        """A cell of a closed vocabulary."""
        if self.cells[column] not in allowed:
            raise self.wrong(column, "is not known", f"write one of: {', '.join(allowed)}")
        return self.cells[column]

    def names(self, column: str, mark: str = "|") -> tuple[str, ...]:
        """The parts of a cell; an empty cell has none."""
        if not self.cells[column]:
            return ()
        parts = tuple(self.cells[column].split(mark))
        if any(not part or part != part.strip() for part in parts):
            raise self.wrong(column, "has an empty part or a stray space", f'separate parts with one "{mark}"')
        if len(set(parts)) != len(parts):
            raise self.wrong(column, "names something twice", "leave the second one out")
        return parts

    def count(self, column: str) -> int | None:
        """A number of people; None where the cell is empty: unknown."""
        if not self.cells[column]:
            return None
        return int(self.match(column, _NUMBER, "a whole number, or nothing where it is unknown"))

    def id(self) -> str:
        """A name that other files and the database refer to."""
        return self.match("id", _ID, "small letters, digits and single dashes")

    def country(self, column: str = "country") -> str:
        """An ISO 3166-1 alpha-2 code."""
        return self.match(column, COUNTRY, 'an ISO 3166-1 code of two capitals, such as "IQ"')

    def zone(self) -> str:
        """The name of a time zone, by its shape; whether the zone exists is left to the tests."""
        return self.match("tz", _ZONE, 'a time zone such as "Asia/Baghdad"')

    def point(self) -> tuple[float | None, float | None]:
        """Latitude and longitude in degrees, both or neither."""
        lat, lon = self._degrees("lat", 90), self._degrees("lon", 180)
        if (lat is None) != (lon is None):
            raise self.wrong("lat", "stands without the other coordinate", "fill in both lat and lon, or neither")
        return lat, lon

    def _degrees(self, column: str, limit: float) -> float | None:
        if not self.cells[column]:
            return None
        try:
            value = float(self.cells[column])
        except ValueError:
            raise self.wrong(column, "is no number", "write degrees with a point, such as 33.79") from None
        if not -limit <= value <= limit:
            raise self.wrong(column, f"lies outside -{limit} to {limit}", "write degrees, north and east positive")
        return value


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a TOML file, with readers that say where it is wrong; `line` is that of its heading."""

    file: Path
    line: int
    values: Mapping[str, Any]

    def wrong(self, cause: str, remedy: str) -> SeedError:
        """The error of this table, for the caller to raise."""
        return SeedError(f"{self.file}:{self.line}", cause, remedy)

    def text(self, key: str) -> str:
        """A value that must be a string with something in it."""
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{key} is missing", f'write {key} = "..."')
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of strings; a missing key has none."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(f"{key} is no list of words", f'write {key} = ["...", "..."]')
        return tuple(value)

    def under(self, key: str) -> Table:
        """A table inside this one."""
        value = self.values[key]
        if not isinstance(value, dict):
            raise self.wrong(f"{key} is no table", "write it as a heading of its own")
        return Table(self.file, self.line, value)


def rows(file: Path, columns: Sequence[str], key: Sequence[str]) -> Iterator[Row]:
    """The rows of a CSV file under lines of comment and a header; `key` names the columns that tell rows apart."""
    reader = csv.reader(read(file).splitlines(keepends=True), strict=True)
    header = True
    seen: set[tuple[str, ...]] = set()
    try:
        for cells in reader:
            if header and cells and cells[0].startswith("#"):
                continue
            if len(cells) != len(columns) or (header and cells != list(columns)):
                remedy = f"write: {','.join(columns)}" if header else "quote a cell that holds a comma"
                cause = "has other columns" if header else f"has {len(cells)} cells instead of {len(columns)}"
                raise SeedError(f"{file}:{reader.line_num}", cause, remedy)
            if not header:
                row = Row(file, reader.line_num, dict(zip(columns, cells, strict=True)))
                same = tuple(row.cells[column] for column in key)
                if same in seen:
                    raise row.wrong(key[0], "stands there twice", "leave one of the two rows out")
                seen.add(same)
                yield row
            header = False
    except csv.Error as fault:
        raise SeedError(f"{file}:{reader.line_num}", str(fault), "mend the quotes of this row") from fault


def tables(file: Path) -> Iterator[tuple[str, Table]]:
    """The named top tables of a TOML file, in order."""
    lines = _headings(file)
    for name, values in _toml(file).items():
        line = lines.get(f"[{name}]", [0])[0]
        if not isinstance(values, dict):
            raise SeedError(f"{file}", f"{name} is no table", "write it as a heading of its own")
        yield name, Table(file, line, values)


def entries(file: Path, name: str) -> Iterator[Table]:
    """The tables of the one array [[name]] that a TOML file holds."""
    content = _toml(file)
    found = content.pop(name, [])
    if content or not isinstance(found, list):
        raise SeedError(str(file), f"holds something other than [[{name}]]", f"put every entry under [[{name}]]")
    lines = _headings(file).get(f"[[{name}]]", [])
    for number, values in enumerate(found):
        yield Table(file, lines[number] if number < len(lines) else 0, values)


def _headings(file: Path) -> dict[str, list[int]]:
    """The lines of each heading of a TOML file: what errors point at; 0 stands for a heading written in another way."""
    found: dict[str, list[int]] = {}
    for number, line in enumerate(read(file).splitlines(), 1):
        if line.startswith("["):
            found.setdefault(line.strip(), []).append(number)
    return found


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read(file))
    except tomllib.TOMLDecodeError as fault:
        raise SeedError(str(file), str(fault), "mend the line") from fault


def read(file: Path) -> str:
    """The text of a file. Raises SeedError."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SeedError(str(file), f"cannot be read: {fault}", REINSTALL) from fault
