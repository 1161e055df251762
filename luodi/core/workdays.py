"""Working days (工作日): weekends are off, except where the city's `calendar.csv` says otherwise.

A day that the calendar does not reach yet goes by its weekday; a city adds a year when it is announced.
"""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

SATURDAY = 5


@lru_cache(maxsize=4)
def exceptions(folder: Path) -> Mapping[date, bool]:
    """Days that go against their weekday, and whether they are worked."""
    path = folder / "calendar.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {date.fromisoformat(row["day"]): row["kind"] == "on" for row in csv.DictReader(file)}


def is_worked(day: date, known: Mapping[date, bool]) -> bool:
    return known.get(day, day.weekday() < SATURDAY)


def after(day: date, days: int, known: Mapping[date, bool]) -> date:
    """The last day of a term of so many working days; the day itself does not count."""
    left = days
    while left > 0:
        day += timedelta(days=1)
        left -= is_worked(day, known)
    return day


def between(first: date, last: date, known: Mapping[date, bool]) -> int:
    """Working days after the first, up to and with the last; negative when it lies behind."""
    step = 1 if last >= first else -1
    low, high = min(first, last), max(first, last)
    span = (high - low).days
    return step * sum(is_worked(low + timedelta(days=n), known) for n in range(1, span + 1))
