"""New cells into a stored ledger of any format, with the rest of it as it was."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from luodi.intake.engine.delimited import edited_text
from luodi.intake.engine.editing import NewCell, edited
from luodi.intake.engine.rebuilding import plain_sheets, rebuilt
from luodi.intake.engine.restating import serial
from luodi.intake.engine.text import clean
from luodi.intake.engine.workbooks import Merge, Sheet, Workbook

Cells = Mapping[tuple[int, int], NewCell]


def refilled(path: Path, workbook: Workbook, changes: Mapping[str, Cells]) -> tuple[bytes, int]:
    """The file with new cells, {sheet: {(row, column): cell}}; and how many of them a shared formula did not allow.

    Without changes the bytes are those of the file, except that a text table never runs in a spreadsheet, and that
    formats which cannot be written (.xls, .xlsb, .ods) come back as .xlsx.
    """
    if workbook.kind == "csv":
        return edited_text(path, _by_row(next(iter(changes.values()), {}))), 0
    if workbook.kind == "xlsx" and not any(changes.values()):
        return path.read_bytes(), 0
    spread = {sheet.name: spread_out(sheet, changes.get(sheet.name, {})) for sheet in workbook.sheets}
    if workbook.kind == "xlsx":
        cells = {name: _with_serials(cells, workbook.epoch) for name, (cells, _) in spread.items() if cells}
        return edited(path, cells, {name: torn for name, (_, torn) in spread.items()})
    sheets = plain_sheets(workbook, path)
    for sheet in sheets:
        fresh, torn = spread.get(sheet.name, ({}, ()))
        sheet.rows = _with_cells(sheet.rows, fresh)
        sheet.merges = [merge for merge in sheet.merges if merge not in torn]
    return rebuilt(sheets), 0


def spread_out(sheet: Sheet, cells: Cells) -> tuple[dict[tuple[int, int], NewCell], tuple[Merge, ...]]:
    """Cells as they can be written, and the merged ranges that are to be torn apart for it.

    A merged range has one value: when its rows mean the same, it goes to the corner; when they no longer do, the range
    is given up and every row says its own.
    """
    spread, torn = dict(cells), []
    for merge in sheet.merges:
        inside = {place: cells[place] for place in _places(merge, cells)}
        if not inside:
            continue
        old = sheet.row(merge.top)[merge.left - 1]
        rows = range(merge.top, merge.bottom + 1)
        values = [next((cell.value for (at, _), cell in inside.items() if at == row), old) for row in rows]
        for place in inside:
            del spread[place]
        if len(set(map(repr, values))) == 1:
            spread[merge.top, merge.left] = NewCell(values[0])
            continue
        torn.append(merge)
        spread |= {(row, merge.left): NewCell(value) for row, value in zip(rows, values, strict=True)}
    return spread, tuple(torn)


def _places(merge: Merge, cells: Cells) -> list[tuple[int, int]]:
    """The new cells inside a merged range; a range may be as large as a sheet, and there may be thousands of small ones."""
    rows, columns = range(merge.top, merge.bottom + 1), range(merge.left, merge.right + 1)
    if len(rows) * len(columns) > len(cells):
        return [(row, column) for row, column in cells if row in rows and column in columns]
    return [(row, column) for row in rows for column in columns if (row, column) in cells]


def _with_serials(cells: Cells, epoch: int) -> dict[tuple[int, int], NewCell]:
    """Days as the numbers by which workbooks keep them."""
    new = {}
    for place, cell in cells.items():
        value: Any = cell.value
        new[place] = NewCell(serial(value, epoch), cell.computed) if isinstance(value, date) else cell
    return new


def _with_cells(rows: Sequence[Sequence[Any]], cells: Cells) -> list[list[Any]]:
    new = [list(row) for row in rows]
    for (number, column), cell in cells.items():
        new[number - 1] += [""] * (column - len(new[number - 1]))
        new[number - 1][column - 1] = cell.value
    return new


def _by_row(cells: Cells) -> dict[int, dict[int, str]]:
    rows: dict[int, dict[int, str]] = {}
    for (number, column), cell in cells.items():
        value: Any = cell.value
        text = format(value, "f") if isinstance(value, Decimal) else clean(value)
        rows.setdefault(number, {})[column] = text
    return rows
