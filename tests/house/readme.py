"""Prints a command of the README: `readme.py demo` or `readme.py test`, so that CI runs what a new user reads."""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"


def command(name: str) -> str:
    """The shell text of the code block that follows the comment `<!-- command: NAME -->`."""
    found = re.search(rf"<!-- command: {name} -->\s*```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    if not found:
        raise SystemExit(f"README.md has no command called {name}")
    return found[1].strip()


if __name__ == "__main__":
    print(command(sys.argv[1]))
