"""One TOML file while it is being read: its text, the lines of its keys, and the faults found in it."""

from __future__ import annotations

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
    close = get_close_matches(word, choices, 3, 0.6)
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


class Source:
    """One TOML file while it is being read: its text, the lines of its keys, and the faults found so far."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.text = ""
        self._lines: dict[KeyPath, int] | None = None

    def fault(self, key: KeyPath, problem: str, value: object = None) -> None:
        """Note a fault at a key; `value` finds the line inside a list of many lines."""
        self.faults.append(self.place(key, problem, value))

    def place(self, key: KeyPath, problem: str, value: object = None) -> Fault:
        """A fault with the line of its key."""
        if self._lines is None:
            self._lines = line_index(self.text)
        dotted = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in key).lstrip(".")
        return Fault(file_name(self.path), line_of(self._lines, self.text, key, value), dotted, problem)

    def read(self, model: type[_Model]) -> _Model:
        """Read the file as `model`; a missing file is an empty one. On faults the defaults are returned."""
        try:
            self.text = self.path.read_text(encoding="utf-8")
            return model.model_validate(tomllib.loads(self.text))
        except FileNotFoundError:
            return model()
        except (OSError, UnicodeDecodeError) as error:
            self.faults.append(Fault(file_name(self.path), 0, "", f"cannot be read: {error}"))
        except tomllib.TOMLDecodeError as error:
            self.faults.append(Fault(file_name(self.path), _line_in(str(error)), "", f"is not TOML: {error}"))
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self._note(model, detail)
        return model()

    def _note(self, model: type[BaseModel], detail: Mapping[str, Any]) -> None:
        path: KeyPath = detail["loc"]
        if detail["type"] == "extra_forbidden":
            allowed = allowed_keys(model, path[:-1])
            self.fault(path, f"unknown key; {nearest(str(path[-1]), allowed)}")
            return
        message = str(detail["msg"]).removeprefix("Value error, ")
        self.fault(path, f"{message} (it is {detail['input']!r:.80})", detail["input"])


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
