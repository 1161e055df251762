"""Giving the rejected rows back: the ledger's own head and looks, only the rows to be mended, and why, in a last column."""

from collections.abc import Iterator, Mapping
from typing import Any

from luodi.intake.checking import Run, mapping_of
from luodi.intake.engine.excerpts import Excerpt, KeptRow, Piece, excerpt
from luodi.intake.engine.layout import DataRow
from luodi.intake.engine.ledgers import Ledger
from luodi.intake.engine.mapped import Table
from luodi.intake.engine.rowkinds import RowKind
from luodi.intake.engine.text import clean, is_same_as_above
from luodi.intake.engine.understanding import UnderstoodRow
from luodi.intake.models import Batch, Row

REASON = "退回原因"


def rejected_workbook(batch: Batch) -> bytes:
    """An .xlsx that can be mended and loaded as it is; its reason column is not read. Sheets without rejected rows are left out.

    Raises `Refusal` when the stored file cannot be read.
    """
    run = Run(batch.file.path, name=batch.name, actor=None, unit=None, corrections=mapping_of(batch), writing=False)
    rejected: dict[str, dict[int, Row]] = {}
    for row in batch.rows.filter(state=Row.State.REJECTED).order_by("id"):
        rejected.setdefault(row.sheet, {})[row.number] = row
    found = list(_excerpts(run.ledger, rejected))
    return excerpt(batch.file.path, run.ledger.workbook, found, reason=REASON)


def _excerpts(ledger: Ledger, rejected: Mapping[str, Mapping[int, Row]]) -> Iterator[Excerpt]:
    """Sheet by sheet, what is kept of it."""
    for sheet in ledger.workbook.sheets:
        own = rejected.get(sheet.name, {})
        pieces, start, column = [], 1, sheet.width + 1
        for table in ledger.tables if own else ():
            if table.layout.sheet is not sheet:
                continue
            if rows := _kept_rows(ledger, table, own):
                heads = table.layout.heading_rows
                pieces.append(Piece(start, heads[0], heads[-1], tuple(rows)))
            start = table.layout.last_row + 1
            # A ledger that was returned before has the column already.
            column = next((c.index for c in table.layout.columns if c.heading == REASON), column)
        if pieces:
            yield Excerpt(sheet, column, tuple(pieces))


def _kept_rows(ledger: Ledger, table: Table, rejected: Mapping[int, Row]) -> list[KeptRow]:
    """Rejected rows, below the titles of the sections that they stand in, and the signatures at the end."""
    understood = {row.number: row for row in ledger.table_rows(table) if row.number in rejected}
    titles: dict[str, DataRow] = {}
    kept, footers = [], []
    for data in table.layout.rows():
        if data.kind is RowKind.FOOTER:
            footers.append(KeptRow(data.number))
        elif data.kind in {RowKind.SECTION, RowKind.SUBTOTAL} and data.label in data.section.split(" / "):
            titles[data.label] = data
        elif data.number in understood:
            opened = [titles.pop(label) for label in data.section.split(" / ") if label in titles]
            kept += [KeptRow(title.number, words_only=True) for title in opened]
            reason = reason_of(rejected[data.number])
            kept.append(KeptRow(data.number, _written_out(table, data, understood[data.number]), reason))
    return kept + footers if kept else []


def _written_out(table: Table, data: DataRow, row: UnderstoodRow) -> dict[int, Any]:
    """Cells that lean on rows which are not returned: under a merged range, and 同上."""
    cells = {column: data.values[column - 1] for column in data.inherited}
    for column in table.columns:
        text, value = clean(data.values[column.position]), row.values.get(column.field)
        leans = bool(text) and is_same_as_above(text) is not None
        if leans and isinstance(value, str) and row.columns.get(column.field) == column.letter:
            cells[column.position + 1] = value
    return cells


def reason_of(row: Row) -> str:
    """Every problem of the row, one a line, errors first: which column, what is wrong, what to do."""
    lines = []
    for problem in sorted(row.problems, key=lambda one: str(one["severity"])):
        where = f"{problem['heading'] or problem['column']}：" if problem["column"] else ""
        lines.append(f"{where}{problem['message']}；{problem['advice']}")
    return "\n".join(lines)
