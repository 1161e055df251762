"""Checking 小计 and 合计: does what a ledger states as a total agree with its rows?

All amounts are integers in minor units (分). A total may stand below its rows or above them, by district or by section,
and there may be totals of totals; which rows each covers is read from the order of the lines, not from a template.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from luodi.intake.engine.rowkinds import RowKind, is_section_title, section_level, stated_count, total_label
from luodi.intake.engine.text import clean, fold

_SUBTOTAL, _BLOCK, _TOTAL, _GRAND = 1, 2, 3, 4
_Reading = Callable[[Sequence["LedgerLine"], int, int], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One row as totals see it: kind, label, and per numeric column (1-based) the integer value, None when unknown.

    `steps` tells to what a stated total was rounded, per column: 1 分 when exact, 100,000,000 分 for 0.01 亿元.
    """

    row: int
    kind: str
    label: str = ""
    values: Mapping[int, int | None] = field(default_factory=dict)
    steps: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TotalCheck:
    """One stated total beside what its rows give. `column` None is a number of projects ("合计（55个）").

    `difference` is stated minus computed. `rounded`: it agrees at the precision at which it was written. `unknown`
    counts the rows without a value. `from_subtotals`: the subtotals within added up, when the rows give another sum.
    """

    row: int
    column: int | None
    label: str
    stated: int
    computed: int
    difference: int
    agrees: bool
    rounded: bool = False
    unknown: int = 0
    from_subtotals: int | None = None


def step_of(value: object, minor_per_unit: int) -> int:
    """The step to which a total was written, in minor units: "123.45" in 亿元 has 0.01 亿元; 1 when unknown."""
    try:
        number = Decimal(clean(value).replace(",", "").replace("，", ""))
    except InvalidOperation:
        return 1
    exponent = number.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return max(1, minor_per_unit // int(Decimal(10) ** places))


def check_totals(lines: Sequence[LedgerLine]) -> tuple[TotalCheck, ...]:
    """Check every subtotal and total of a table, given its rows in order. What a total leaves blank is not checked."""
    lines = [line for line in lines if line.kind not in (RowKind.BLANK, RowKind.HEADING, RowKind.FOOTER)]
    checks: dict[int, list[TotalCheck]] = {}
    covered: dict[int, tuple[int, ...]] = {}
    for rank in sorted({rank for line in lines if (rank := _rank(line))}):
        coverage = _best_coverage(lines, rank)
        covered |= coverage
        for position, rows in coverage.items():
            checks[position] = list(_checks(lines, position, rows, covered))
    return tuple(check for position in sorted(checks) for check in checks[position])


def _rank(line: LedgerLine) -> int:
    """How wide a total reaches: 0 none, 1 小计, 2 a block (一、…, 双台子区合计), 3 合计, 4 总计."""
    if line.kind not in (RowKind.SUBTOTAL, RowKind.TOTAL) or fold(line.label).startswith("其中"):
        return 0
    match = total_label(line.label)
    if line.kind == RowKind.TOTAL:
        return _GRAND if match and match["word"] in ("总计", "总合计") else _TOTAL
    if match:
        return _SUBTOTAL if match["word"] == "小计" else _BLOCK
    return _SUBTOTAL if is_section_title(line.label) and section_level(line.label) == 2 else _BLOCK


def _best_coverage(lines: Sequence[LedgerLine], rank: int) -> dict[int, tuple[int, ...]]:
    """Positions of the rows that each total of this rank covers.

    Totals stand above their rows when no row comes before the first and rows come after the last, else below them.
    Another reading is taken only when it makes every total agree and the first does not (a district without projects).
    """
    totals = [position for position, line in enumerate(lines) if _rank(line) == rank]
    starts = not _data(lines, 0, totals[0])
    readings: list[_Reading] = [_rows_above, _rows_above_any_section]
    if starts:
        readings.insert(0 if _data(lines, totals[-1], len(lines)) else 2, _rows_below)
    coverages = [{position: reading(lines, position, rank) for position in totals} for reading in readings]
    for coverage in coverages:
        if all(check.agrees for position, rows in coverage.items() for check in _checks(lines, position, rows, {})):
            return coverage
    return coverages[0]


def _rows_above(lines: Sequence[LedgerLine], position: int, rank: int) -> tuple[int, ...]:
    return _above(lines, position, rank, stop_at_sections=rank <= _BLOCK)


def _rows_above_any_section(lines: Sequence[LedgerLine], position: int, rank: int) -> tuple[int, ...]:
    return _above(lines, position, rank, stop_at_sections=False)


def _above(lines: Sequence[LedgerLine], position: int, rank: int, *, stop_at_sections: bool) -> tuple[int, ...]:
    start = position
    while start > 0:
        line = lines[start - 1]
        if _rank(line) >= rank or (stop_at_sections and line.kind == RowKind.SECTION):
            break
        start -= 1
    rows = _data(lines, start, position)
    if rows or rank < _TOTAL:
        return rows
    # 合计 straight after the 合计 of the last block is that of everything above; at the very top, of what follows.
    return _data(lines, 0, position) or _data(lines, position, _end_below(lines, position, rank))


def _rows_below(lines: Sequence[LedgerLine], position: int, rank: int) -> tuple[int, ...]:
    return _data(lines, position, _end_below(lines, position, rank))


def _end_below(lines: Sequence[LedgerLine], position: int, rank: int) -> int:
    end = position + 1
    while end < len(lines) and _rank(lines[end]) < rank:
        if rank <= _BLOCK and lines[end].kind == RowKind.SECTION and _data(lines, position, end):
            break
        end += 1
    return end


def _data(lines: Sequence[LedgerLine], start: int, end: int) -> tuple[int, ...]:
    return tuple(position for position in range(start, end) if lines[position].kind == RowKind.DATA)


def _checks(
    lines: Sequence[LedgerLine], position: int, rows: Sequence[int], covered: Mapping[int, tuple[int, ...]]
) -> Iterator[TotalCheck]:
    line = lines[position]
    for column, stated in line.values.items():
        if stated is None:
            continue
        values = [lines[row].values.get(column) for row in rows]
        computed = sum(value for value in values if value is not None)
        rounded = computed != stated and _round(computed, line.steps.get(column, 1)) == stated
        yield TotalCheck(
            row=line.row,
            column=column,
            label=line.label,
            stated=stated,
            computed=computed,
            difference=stated - computed,
            agrees=rounded or computed == stated,
            rounded=rounded,
            unknown=values.count(None),
            from_subtotals=_other_reading(lines, rows, column, covered, computed),
        )
    count = stated_count(line.label)
    if count is not None:
        yield TotalCheck(line.row, None, line.label, count, len(rows), count - len(rows), agrees=count == len(rows))


def _other_reading(
    lines: Sequence[LedgerLine], rows: Sequence[int], column: int, covered: Mapping[int, tuple[int, ...]], computed: int
) -> int | None:
    """The sum of the subtotals that together cover the same rows, when it differs from the sum of the rows."""
    inside = {
        position: part for position, part in covered.items() if part and part != tuple(rows) and set(part) <= set(rows)
    }
    widest = [p for p, part in inside.items() if not any(set(part) < set(other) for other in inside.values())]
    if sorted(row for position in widest for row in inside[position]) != list(rows):
        return None
    stated = [lines[position].values.get(column) for position in widest]
    added = sum(value for value in stated if value is not None)
    return added if stated and None not in stated and added != computed else None


def _within(part: Sequence[int], other: Sequence[int]) -> bool:
    return len(part) < len(other) and other[0] <= part[0] and part[-1] <= other[-1]


def _round(value: int, step: int) -> int:
    """Half up, away from zero, to a multiple of `step`."""
    sign = -1 if value < 0 else 1
    return sign * ((abs(value) * 2 + step) // (2 * step)) * step
