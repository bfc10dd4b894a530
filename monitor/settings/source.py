"""One TOML file while it is being read: its text, the lines of its keys, and the faults found in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from monitor.errors import Fault
from monitor.settings.locate import Path as KeyPath
from monitor.settings.locate import line_index, line_of

_Model = TypeVar("_Model", bound=BaseModel)


def nearest(word: str, allowed: Iterable[str]) -> str:
    """What to say of an unknown word: the nearest allowed ones, else all when they are few."""
    choices = sorted(set(allowed))
    # A code of two letters is like every short word.
    close = get_close_matches(word, [one for one in choices if len(one) > 2 or len(word) < 4], 3, 0.6)
    close = close or [one for one in choices if len(word) > 2 and word.lower() in one.lower()][:3]
    if close:
        return "did you mean " + " or ".join(f'"{name}"' for name in close) + "?"
    return (
        "allowed: " + ", ".join(choices) if len(choices) <= 30 else f"none of the {len(choices)} known names is like it"
    )


def allowed_keys(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys of the table at `path` of a model."""
    for part in path:
        if isinstance(part, str) and part in model.model_fields:
            annotation = model.model_fields[part].annotation
            inner = [*get_args(annotation), annotation]
            model = next((kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)), model)
    return list(model.model_fields)


# What pydantic's kinds of fault are to a person who writes TOML; of the others its own words serve.
_WORDS = {
    "missing": "is missing",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "list_type": "must be a list, in [brackets]",
    "tuple_type": "must be a list, in [brackets]",
    "string_type": "must be text, in quotes",
    "string_too_short": "must not be empty",
    "too_short": "must name at least one",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
}


def worded(detail: Mapping[str, Any]) -> str:
    """A fault that pydantic found, for a person."""
    if known := _WORDS.get(detail["type"]):
        return known
    message = str(detail["msg"]).removeprefix("Value error, ")
    return re.sub(r"^(Input|String|List) should ", "must ", message)


# Keys whose values are not shown: secrets, should they stand there where they do not belong.
_SECRETS = frozenset(("basic_auth", "cookie", "headers", "proxy"))


class Source:
    """One TOML file while it is being read: its text, the lines of its keys, and the faults found so far.

    `dropped` are the names of tables that are left out for a fault of theirs, so that nobody is told they are unknown.
    """

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.text = ""
        self.dropped: set[str] = set()
        self._noted: set[KeyPath] = set()  # the keys that the file spoils
        self._left_out: dict[KeyPath, list[int]] = {}  # of each list of tables, the places of those, as written
        self._lines: dict[KeyPath, int] | None = None

    def fault(self, key: KeyPath, problem: str, value: object = None) -> None:
        """Note a fault at a key; `value` finds the line inside a list of many lines."""
        self.faults.append(self.place(key, problem, value))

    def place(self, key: KeyPath, problem: str, value: object = None) -> Fault:
        """A fault with the line of its key."""
        if self._lines is None:
            self._lines = line_index(self.text)
        key = self._as_written(key)
        dotted = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in key).lstrip(".")
        return Fault(file_name(self.path), line_of(self._lines, self.text, key, value), dotted, problem)

    def spoiled(self, *keys: KeyPath) -> bool:
        """Whether a fault was found in one of these keys or tables: what does not fit together is then no news."""
        return any(noted[: len(key)] == key for key in map(self._as_written, keys) for noted in self._noted)

    def read(self, model: type[_Model]) -> _Model:
        """Read the file as `model`; a missing file is an empty one. What is faulty is noted and left out."""
        try:
            self.text = self.path.read_text(encoding="utf-8")
            told = tomllib.loads(self.text)
        except FileNotFoundError:
            return model()
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            self.faults.append(Fault(file_name(self.path), line, "", "is not UTF-8 text; save it as such"))
        except OSError as error:
            self.faults.append(Fault(file_name(self.path), 0, "", f"cannot be read: {error.strerror or error}"))
        except tomllib.TOMLDecodeError as error:
            self.faults.append(Fault(file_name(self.path), _line_in(str(error)), "", f"is not TOML: {error}"))
        else:
            return self._validated(model, told)
        return model()

    def _validated(self, model: type[_Model], told: dict[str, Any]) -> _Model:
        """`told` as `model`, without what is faulty, so that the faults of the rest are found as well."""
        while True:
            try:
                return model.model_validate(told)
            except ValidationError as error:
                details = error.errors(include_url=False)
            for detail in details:
                if (path := self._as_written(detail["loc"])) not in self._noted:
                    self._note(model, detail)
                    self._noted.add(path)
            for path in sorted({_faulty(told, detail["loc"]) for detail in details}, key=_order, reverse=True):
                self._leave_out(told, path)

    def _note(self, model: type[BaseModel], detail: Mapping[str, Any]) -> None:
        path: KeyPath = detail["loc"]
        if detail["type"] == "extra_forbidden":
            allowed = allowed_keys(model, path[:-1])
            self.fault(path, f"unknown key; {nearest(str(path[-1]), allowed)}")
        elif detail["type"] == "list_type" and isinstance(detail["input"], dict):
            name = ".".join(str(part) for part in path if isinstance(part, str))
            self.fault(path, f"there may be several: write [[{name}]], with two brackets on each side")
        elif isinstance(detail["input"], dict) or _SECRETS.intersection(path) or path[0] == "alerts":
            self.fault(path, worded(detail))  # what was given may be, or hold, a secret
        else:
            self.fault(path, f"{worded(detail)} (it is {detail['input']!r:.80})", detail["input"])

    def _leave_out(self, told: dict[str, Any], path: KeyPath) -> None:
        """Take a key, or a table of a list, out of what was read."""
        *way, last = path
        place: Any = told
        for part in way:
            place = place[part]
        if isinstance(last, int):
            *written, number = self._as_written(path)
            self._left_out.setdefault(tuple(written), []).append(int(number))
        gone = place.pop(last)
        name = gone.get("name") if isinstance(gone, dict) else gone if last == "name" else None
        if isinstance(name, str):
            self.dropped.add(name)

    def _as_written(self, path: KeyPath) -> KeyPath:
        """The path of a key as it is in the file, where tables before it may have been left out since."""
        written: list[str | int] = []
        for part in path:
            place = part
            if isinstance(place, int):
                for gone in sorted(self._left_out.get(tuple(written), ())):
                    place += gone <= place
            written.append(place)
        return tuple(written)


def _faulty(told: dict[str, Any], path: KeyPath) -> KeyPath:
    """What must be left out for a fault at `path`: the key, a list of values as a whole, a table that lacks a key.

    A key that its table cannot do without comes back as missing, and then takes the table with it.
    """
    place: Any = told
    for depth, part in enumerate(path):
        tables = isinstance(place, list) and all(isinstance(one, dict) for one in place)
        if not (tables or (isinstance(place, dict) and part in place)):
            return path[:depth]
        place = place[part]
    return path


def _order(path: KeyPath) -> list[tuple[int, str]]:
    """By this order backwards, what goes out of a list leaves the places before it as they are."""
    return [(part, "") if isinstance(part, int) else (-1, part) for part in path]


def _line_in(message: str) -> int:
    _, _, tail = message.partition("at line ")
    digits = tail.split(",")[0].split(" ")[0]
    return int(digits) if digits.isdigit() else 0


def file_name(path: Path) -> str:
    """How a file is named in a fault: relative to where the person stands when that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
