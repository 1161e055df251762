"""Giving the ledger back: the stored original with only those cells rewritten of which the record has learnt something newer."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from luodi.intake.checking import Run
from luodi.intake.engine.delimited import find_delimiter, find_encoding
from luodi.intake.engine.facts import AMOUNT_FIELDS, amount_words, facts_of, is_stage_field
from luodi.intake.engine.ledgers import Table
from luodi.intake.engine.totals import LedgerLine, check_totals
from luodi.intake.engine.understanding import MappedColumn, UnderstoodRow
from luodi.intake.engine.workbooks import Sheet
from luodi.intake.models import Batch, Row
from luodi.intake.target import target

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A text that starts so is run as a formula by spreadsheets, unless it is marked as text."""
_PLACES = frozenset({"unit", "division", "place", "address", "name", "serial", "amount_text"})
"""Fields that are told by codes or set once: the ledger's own wording stays."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A ledger given back: its bytes, a file name, how many data rows it has and how many cells were brought up to date."""

    content: bytes
    filename: str
    rows: int
    changed_cells: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A new value for one cell: Excel's row number and the 1-based column."""

    sheet: str
    row: int
    column: int
    value: Any


def export_ledger(batch: Batch) -> Exported:
    """The ledger of a committed batch with what the record holds now. Nothing newer: the very bytes that came in."""
    run = Run(batch.file.path, name=batch.name, actor=None, unit=None, corrections=batch.mapping, writing=False)
    cells, rows = _changed_cells(batch, run)
    path, stem = batch.file.path, Path(batch.name)
    kind = run.ledger.workbook.kind
    if not cells:
        return Exported(path.read_bytes(), batch.name, rows, 0)
    if kind == "csv":
        return Exported(_csv(path, cells), batch.name, rows, len(cells))
    if kind == "xlsx":
        return Exported(_xlsx(path, cells), batch.name, rows, len(cells))
    return Exported(_rebuilt(run.ledger.workbook.sheets, cells), f"{stem.stem}.xlsx", rows, len(cells))


def _changed_cells(batch: Batch, run: Run) -> tuple[list[Cell], int]:
    """Cells to rewrite, totals included, and the number of data rows."""
    stored = {(row.sheet, row.number): row for row in batch.rows.exclude(target_id=None).only("sheet", "number", "target_id")}
    current = target().current([row.target_id for row in stored.values() if row.target_id])
    said = _Sayings(current)
    cells: list[Cell] = []
    rows = 0
    for table in run.ledger.tables:
        fresh: dict[tuple[int, int], int] = {}
        for row in run.ledger.table_rows(table):
            rows += 1
            own = stored.get((row.sheet, row.number))
            if own is None:
                continue
            for column, fact, row_id in _newer(table, row, own, current.get(own.target_id or 0, {})):
                cells.append(Cell(row.sheet, row.number, column.position + 1, said.value(column, fact, row_id)))
                if column.field in AMOUNT_FIELDS:
                    fresh[row.number, column.position + 1] = int(fact.split(" ")[1])
        cells += _totals(table, fresh)
    return cells, rows


def _newer(
    table: Table, row: UnderstoodRow, own: Row, held: Mapping[str, list[Any]]
) -> Iterator[tuple[MappedColumn, str, int]]:
    """Columns of the row of which a later row said something else."""
    stated = facts_of(row.values)
    seen = set()
    for column in table.columns:
        fact, row_id = held.get(column.field, ["", None])
        if column.field in _PLACES or column.field in seen or not row_id or row_id <= own.pk:
            continue
        seen.add(column.field)
        if fact != stated.get(column.field, ""):
            yield column, fact, row_id


class _Sayings:
    """How the row that said a fact wrote it: dates and texts are given back in those words."""

    def __init__(self, current: Mapping[int, Mapping[str, list[Any]]]) -> None:
        wanted = {r for facts in current.values() for name, (_, r) in facts.items() if r and is_stage_field(name)}
        self._rows: dict[int, Row] = {}
        ordered = sorted(wanted)
        for start in range(0, len(ordered), 1000):
            ids = ordered[start : start + 1000]
            self._rows |= Row.objects.filter(pk__in=ids).select_related("batch").in_bulk()
        self._letters: dict[tuple[int, str], dict[str, str]] = {}

    def value(self, column: MappedColumn, fact: str, row_id: int) -> Any:
        if column.field in AMOUNT_FIELDS:
            return _amount(column, fact)
        if not is_stage_field(column.field):
            return fact
        row = self._rows[row_id]
        key = (row.batch_id, row.sheet)
        if key not in self._letters:
            tables = [table for table in row.batch.sheets if table["sheet"] == row.sheet]
            self._letters[key] = {c["field"]: c["letter"] for table in tables for c in table.get("columns", [])}
        return row.cells.get(self._letters[key].get(column.field, ""), fact)


def _amount(column: MappedColumn, fact: str) -> Any:
    """A number in the column's own unit where that says it exactly, otherwise words that read back as the same amount."""
    currency, minor, bound = fact.split(" ")
    if column.unit is not None and column.unit.currency == currency and bound == "exact":
        return _number(int(minor), column.unit.minor_per_unit)
    return amount_words(int(minor), currency, bound)


def _number(minor: int, step: int) -> int | float:
    exact = Decimal(minor) / step
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _totals(table: Table, fresh: Mapping[tuple[int, int], int]) -> Iterator[Cell]:
    """Subtotals and totals that the new amounts move."""
    if not fresh:
        return
    columns = {column.position + 1: column for column in table.columns}
    moved = {column for _, column in fresh}
    before = {(check.row, check.column): check.computed for check in check_totals(table.lines)}
    lines = [_renewed(line, fresh) for line in table.lines]
    for check in check_totals(lines):
        unit = columns[check.column].unit if check.column in moved else None
        if unit is not None and check.computed != before.get((check.row, check.column)):
            sheet = table.layout.sheet.name
            yield Cell(sheet, check.row, check.column or 0, _number(check.computed, unit.minor_per_unit))


def _renewed(line: LedgerLine, fresh: Mapping[tuple[int, int], int]) -> LedgerLine:
    values = {column: fresh.get((line.row, column), value) for column, value in line.values.items()}
    return replace(line, values=values)


def _xlsx(path: Path, cells: Sequence[Cell]) -> bytes:
    """The original workbook: hidden sheets, merges, widths, formats and formulas stay as they are."""
    import openpyxl

    with path.open("rb") as file:
        book = openpyxl.load_workbook(file)
    for new in cells:
        cell = book[new.sheet].cell(new.row, new.column)
        cell.value = new.value
        if isinstance(new.value, str) and new.value.startswith(RISKY):
            cell.data_type, cell.quotePrefix = "s", True
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _csv(path: Path, cells: Sequence[Cell]) -> bytes:
    """Same encoding, same delimiter, same order; only the changed fields differ."""
    import csv

    encoding = find_encoding(path)
    text = path.read_bytes().decode(encoding)
    delimiter = find_delimiter(text.splitlines()[:20])
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    for new in cells:
        line = rows[new.row - 1]
        line += [""] * (new.column - len(line))
        line[new.column - 1] = _safe(new.value)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n" if "\r\n" in text else "\n").writerows(rows)
    return out.getvalue().encode(encoding)


def _safe(value: Any) -> str:
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(RISKY) else text


def _rebuilt(sheets: Sequence[Sheet], cells: Sequence[Cell]) -> bytes:
    """Formats that cannot be written (.xls, .xlsb, .ods) come back as .xlsx with the same rows, columns and merges."""
    import xlsxwriter

    content = io.BytesIO()
    new = {(cell.sheet, cell.row, cell.column): cell.value for cell in cells}
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(content, options) as book:
        plain = book.add_format()
        for sheet in sheets:
            made = book.add_worksheet(sheet.name[:31])
            for merge in sheet.merges:
                made.merge_range(merge.top - 1, merge.left - 1, merge.bottom - 1, merge.right - 1, "", plain)
            for number, row in sheet.numbered():
                for position, value in enumerate(row):
                    value = new.get((sheet.name, number, position + 1), value)
                    if value not in (None, ""):
                        made.write(number - 1, position, value)
    return content.getvalue()
