"""The city's word on outcomes: from how many projects a unit is ranked."""

import tomllib
from functools import lru_cache
from pathlib import Path

from django.conf import settings


@lru_cache(maxsize=4)
def _rank_least(folder: Path) -> int:
    return int(tomllib.loads((folder / "outcomes.toml").read_text(encoding="utf-8"))["rank_least"])


def rank_least() -> int:
    """Of this installation's city."""
    return _rank_least(settings.CITY_DIR)
