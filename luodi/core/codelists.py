"""Code lists as of a day: a code has a name from a day to a day, and what became of it afterwards."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parent / "data"
INDUSTRIES = "GB/T 4754-2017"
DIVISIONS = "GB/T 2260"


@dataclass(frozen=True, slots=True)
class Code:
    """One entry. `valid_to` is the last day; `successor` the code that its things have since; `within` where a zone lies."""

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    within: str = ""
    note: str = ""

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class CodeList:
    """Entries by code. Small enough to be read once a process."""

    title: str
    entries: dict[str, Code]

    def get(self, code: str) -> Code | None:
        return self.entries.get(code)

    def holds(self, code: str, on: date) -> bool:
        """Whether the code was one on that day."""
        entry = self.entries.get(code)
        return entry is not None and entry.holds(on)

    def on(self, code: str, day: date) -> Code | None:
        """What the thing with this code was called on that day: its predecessor before it came to be, its successor after."""
        entry, seen = self.entries.get(code), set[str]()
        while entry is not None and not entry.holds(day) and entry.code not in seen:
            seen.add(entry.code)
            before = entry.valid_from is not None and day < entry.valid_from
            other = self._predecessor.get(entry.code, "") if before else entry.successor
            entry = self.entries.get(other)
        return entry if entry is not None and entry.holds(day) else None

    def named(self, name: str, day: date) -> Code | None:
        """The code that a name meant on that day; a former name still leads to what it became."""
        own = self._by_name.get(name, ())
        for entry in own:
            if entry.holds(day):
                return entry
        return next((found for entry in own if (found := self.on(entry.code, day))), None)

    @cached_property
    def _predecessor(self) -> dict[str, str]:
        return {entry.successor: entry.code for entry in self.entries.values() if entry.successor}

    @cached_property
    def _by_name(self) -> dict[str, list[Code]]:
        found: dict[str, list[Code]] = {}
        for entry in self.entries.values():
            found.setdefault(entry.name, []).append(entry)
        return found


def read(title: str, *paths: Path) -> CodeList:
    """Entries of several files; a later file, the city's own, says more of a code than an earlier one."""
    return CodeList(title, {entry.code: entry for path in paths if path.exists() for entry in _entries(path)})


def _entries(path: Path) -> Iterable[Code]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield Code(
                code=row["code"],
                name=row["name"],
                valid_from=_day(row.get("valid_from")),
                valid_to=_day(row.get("valid_to")),
                successor=row.get("successor") or "",
                within=row.get("division") or "",
                note=row.get("note") or "",
            )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=1)
def industries() -> CodeList:
    return read(INDUSTRIES, DATA / "gbt4754-2017.csv")


@lru_cache(maxsize=4)
def divisions(city_folder: Path) -> CodeList:
    """The nation's divisions, with the history and the zones that the city wrote down."""
    own = city_folder / "codelists"
    return read(DIVISIONS, DATA / "gbt2260-2023.csv", own / "divisions.csv", own / "zones.csv")


def industry_path(code: str) -> list[Code]:
    """From the section down to the class: "C2614" or "2614" gives C, 26, 261, 2614; empty for an unknown code."""
    listed, digits = industries(), code.strip().upper().lstrip("ABCDEFGHIJKLMNOPQRST")
    if not digits:
        own = listed.get(code.strip().upper())
        return [own] if own else []
    path = [entry for size in (2, 3, 4) if size <= len(digits) and (entry := listed.get(digits[:size]))]
    known = path and path[-1].code == digits
    section = _section_of().get(digits[:2])
    named = code.strip().upper()[:1]
    if not known or section is None or (named.isalpha() and named != section.code):
        return []
    return [section, *path]


@lru_cache(maxsize=1)
def _section_of() -> dict[str, Code]:
    """The section of each division (大类): the standard lists them in order, a letter before its numbers."""
    found, section = {}, None
    for entry in industries().entries.values():
        if entry.code.isalpha():
            section = entry
        elif len(entry.code) == 2 and section is not None:
            found[entry.code] = section
    return found
