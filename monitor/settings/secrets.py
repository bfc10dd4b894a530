"""Resolves a secret that config only refers to: from the environment, a file, or a systemd credential."""

from __future__ import annotations

import os
from pathlib import Path

SCHEMES = ("env", "file", "credential")


def is_reference(value: str) -> bool:
    """Whether `value` says where a secret is, and is not the secret itself."""
    scheme, colon, rest = value.partition(":")
    return bool(colon) and scheme in SCHEMES and not rest.startswith("//")


def resolve(reference: str) -> str:
    """The secret that env:NAME, file:PATH or credential:NAME points to; ValueError says what is missing.

    A credential is a file in $CREDENTIALS_DIRECTORY, where systemd's LoadCredential= puts it.
    """
    scheme, _, name = reference.partition(":")
    if not name.strip():
        raise ValueError(f"{scheme}: says no name: write {scheme}:NAME")
    if scheme == "env":
        value = os.environ.get(name, "").strip()
        if not value:
            raise ValueError(f"the environment has no {name}; set it, or use file: or credential:")
        return value
    if scheme == "credential":
        directory = os.environ.get("CREDENTIALS_DIRECTORY")
        if not directory:
            raise ValueError(
                f"credential:{name} is for the service alone, by LoadCredential={name}:... in its unit: "
                "here there is no CREDENTIALS_DIRECTORY"
            )
        path = Path(directory) / name
    else:
        try:
            path = Path(name).expanduser()
        except RuntimeError:
            raise ValueError(f"{name}: nobody's home is known: write the whole path") from None
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if not value:
        raise ValueError(f"{path} is empty")
    return value
