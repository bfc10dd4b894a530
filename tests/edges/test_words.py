"""The words and the model of seeds/: what is missing is said, and never passes for silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import SeedError
from monitor.words import load_model, load_words


def test_a_missing_model_is_an_error() -> None:
    with pytest.raises(SeedError, match="basewatch train"):
        load_model(Path("/nowhere"))


def test_missing_words_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="holds no words"):
        load_words(tmp_path)
