"""The city's assessment sheets: every version in `assessment/*.yaml` of its folder."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from luodi.core.installation import city
from luodi.outcomes.engine.sheet_reading import Problem, Read, SheetRefused, read_sheet


@lru_cache(maxsize=4)
def _load(folder: Path) -> tuple[tuple[Read, ...], tuple[Problem, ...]]:
    found: list[Read] = []
    problems: list[Problem] = []
    stages, units = frozenset(city().stage), frozenset(city().unit)
    for path in sorted((folder / "assessment").glob("*.yaml")):
        try:
            read = read_sheet(path.read_text(encoding="utf-8"), path.name, stages=stages, units=units)
        except SheetRefused as error:
            problems += error.problems
            continue
        if read.sheet.key in {other.sheet.key for other in found}:
            problems.append(Problem(path.name, "", "version", f"{read.sheet.key} 已在另一个文件里；改动请加一版"))
            continue
        found.append(read)
    # The city's own first, the newest version first.
    own = sorted(found, key=lambda one: one.sheet.valid_from, reverse=True)
    return tuple(sorted(own, key=lambda one: not one.sheet.code.startswith(folder.name))), tuple(problems)


def sheets() -> tuple[Read, ...]:
    """All that can be used."""
    return _load(settings.CITY_DIR)[0]


def mistakes() -> tuple[Problem, ...]:
    """What keeps the others from being used, told on the page."""
    return _load(settings.CITY_DIR)[1]


def sheet_of(key: str) -> Read | None:
    """By code/version; the first when none or an unknown one is asked."""
    found = sheets()
    return next((one for one in found if one.sheet.key == key), found[0] if found else None)
