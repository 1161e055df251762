"""The triangle of batches: of those who entered in a quarter, how many had the event within so many months. What nobody can know yet is no zero."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from luodi.outcomes.asking import cohort_of, last_of
from luodi.outcomes.record import Line

MONTHS = (3, 6, 9, 12, 18, 24, 36, 48, 60)
MONTH = 30
"""Days in a month here, so that a column means the same in every row."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One batch so many months on. `share` None: not measurable yet, `grown` of its projects have come so far."""

    months: int
    share: float | None
    events: float
    grown: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One row."""

    cohort: str
    projects: int
    weight: float
    cells: tuple[Cell, ...]


def triangle(lines: Iterable[Line], event: str, as_of: date) -> list[Batch]:
    """Only those seen from their entry: of the others nobody knows who had left before they were listed."""
    batches: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.observed_from is None:
            batches[cohort_of(line.spell.entered, as_of)].append(line)
    return [_batch(cohort, batches[cohort], event, as_of) for cohort in sorted(batches)]


def _batch(cohort: str, lines: list[Line], event: str, as_of: date) -> Batch:
    whole = sum(line.weight for line in lines)
    full = min(last_of(cohort, as_of), as_of)
    cells = []
    for months in MONTHS:
        days = months * MONTH
        grown = sum((as_of - line.spell.entered).days >= days for line in lines)
        events = sum(line.weight for line in lines if had(line, event, days))
        can = full + timedelta(days=days) <= as_of
        cells.append(Cell(months, events / whole if can and whole else None, events, grown))
    return Batch(cohort, len(lines), whole, tuple(cells))


def had(line: Line, event: str, days: int) -> bool:
    """Whether the event had certainly come within so many days of the entry."""
    end = line.spell.end
    return end is not None and end.outcome == event and (end.on - line.spell.entered).days <= days
