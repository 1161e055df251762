"""A table whose columns are mapped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from luodi.intake.engine.layout import TableLayout
from luodi.intake.engine.mapping import ColumnMatch
from luodi.intake.engine.totals import LedgerLine, TotalCheck
from luodi.intake.engine.understanding import MappedColumn

SAMPLES = 3
"""Values of a column that are shown."""


@dataclass
class Table:
    """One table with what its columns are about. `unit_assumed`: no unit is written anywhere, the city's own was taken."""

    layout: TableLayout
    matches: tuple[ColumnMatch, ...]
    columns: tuple[MappedColumn, ...]
    key: str
    unit_assumed: bool
    checks: tuple[TotalCheck, ...] = ()
    lines: Sequence[LedgerLine] = ()
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def has_names(self) -> bool:
        return any(column.field == "name" for column in self.columns)


def samples_of(layout: TableLayout) -> dict[int, list[Any]]:
    """The first filled cells of each column."""
    samples: dict[int, list[Any]] = {column.index: [] for column in layout.columns}
    for number, row in enumerate(layout.data_rows()):
        if number >= SAMPLES * 10:
            break
        for column in layout.columns:
            value = row.values[column.index - 1] if column.index <= len(row.values) else ""
            if value not in (None, "") and len(samples[column.index]) < SAMPLES * 2:
                samples[column.index].append(value)
    return samples
