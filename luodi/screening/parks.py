"""Which functional zone or park a place's words name: codes of the city's `codelists/zones.csv`. Unknown words name none."""

import csv
from functools import lru_cache
from pathlib import Path

from luodi.core.installation import city


def park_in(text: str) -> str | None:
    """Code of the park; of several names the longest wins."""
    return next((code for name, code in _names(city().folder) if name in text), None) if text else None


@lru_cache(maxsize=4)
def _names(folder: Path) -> list[tuple[str, str]]:
    """Names with their codes, the longest first. A former name leads to the park of today; a zone that reports itself has its unit's words."""
    rows = csv.DictReader((folder / "codelists" / "zones.csv").read_text(encoding="utf-8").splitlines())
    found: dict[str, str] = {}
    units = {unit.name: unit for unit in city().units}
    for row in rows:
        code = row["successor"] or row["code"]
        for name in (row["name"], row["name"].removeprefix(city().name.removesuffix("市"))):
            found[name] = code
        if row["name"] in units:
            found |= dict.fromkeys(units[row["name"]].places, code)
    return sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0]))
