"""The one root error and its few children, each with its subject, its cause and what to do."""

from __future__ import annotations

from dataclasses import dataclass


class BasewatchError(Exception):
    """Something the caller did not expect: `subject` is what failed, `cause` why, `remedy` what a person can do."""

    exit_code = 1

    def __init__(self, subject: str, cause: str, remedy: str = "") -> None:
        self.subject = subject
        self.cause = cause
        self.remedy = remedy
        super().__init__(f"{subject}: {cause}" + (f" ({remedy})" if remedy else ""))


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in a configuration or seed file: where, which key, what is wrong and what is allowed."""

    file: str
    line: int  # counted from 1; 0 when the fault has no line
    key: str
    problem: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.problem}" if self.key else f"{place}: {self.problem}"


class ConfigError(BasewatchError):
    """A configuration that cannot be used, with every fault at once."""

    exit_code = 2

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("configuration", "\n".join(str(fault) for fault in faults), "")


class SeedError(BasewatchError):
    """A file of seeds/ that cannot be read as what it should be."""


class StoreError(BasewatchError):
    """The database cannot be opened, is of a newer version, or is held by another process."""


class InputError(BasewatchError):
    """A file or an argument given to a command cannot be used."""

    exit_code = 2


class NotFoundError(BasewatchError):
    """What was asked for by name or id does not exist."""

    exit_code = 3
