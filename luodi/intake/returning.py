"""Giving the rejected rows back: the ledger's own head, only the rows to be mended, and why, in a last column."""

import io
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from luodi.intake.engine.workbooks import Merge, Sheet, column_letter, open_workbook
from luodi.intake.models import Batch, Row

REASON = "退回原因"
_LONGEST = 32_000  # characters that a cell of a workbook takes


def rejected_workbook(batch: Batch) -> bytes:
    """An .xlsx that can be mended and loaded as it is; its reason column is not read. Sheets without rejected rows are left out."""
    import xlsxwriter

    source = open_workbook(batch.file.path, name=batch.name)
    heads = {table["sheet"]: table for table in batch.sheets if "heading_rows" in table}
    rejected: dict[str, list[Row]] = defaultdict(list)
    for row in batch.rows.filter(state=Row.State.REJECTED).order_by("id"):
        rejected[row.sheet].append(row)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        style = _Styles(book)
        for sheet in source.sheets:
            if sheet.name in rejected and sheet.name in heads:
                _write_sheet(book.add_worksheet(sheet.name[:31]), sheet, heads[sheet.name], rejected[sheet.name], style)
        if not book.worksheets():
            book.add_worksheet(REASON).write_string(0, 0, "没有退回的行")
    return content.getvalue()


class _Styles:
    """The three looks of a returned sheet."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1})
        self.plain = book.add_format({"valign": "vcenter", "text_wrap": True, "border": 1})
        self.reason = book.add_format({"valign": "vcenter", "text_wrap": True, "border": 1, "bg_color": "#FFF4E0"})


def _write_sheet(target: Any, sheet: Sheet, table: dict[str, Any], rows: Sequence[Row], style: _Styles) -> None:
    top, bottom = table["heading_rows"][0], table["heading_rows"][-1]
    last = sheet.width
    for number in range(sheet.first_row, bottom + 1):
        look = style.head if number >= top else None
        for position, value in enumerate(sheet.row(number)):
            if value not in (None, ""):
                _write(target, number - sheet.first_row, position, value, look)
    for merge in sheet.merges:
        if merge.bottom <= bottom:
            _merge(target, merge, sheet, style.head if merge.top >= top else None)
    target.write_string(bottom - sheet.first_row, last, REASON, style.head)
    letters = {column_letter(position + 1): position for position in range(last)}
    for offset, row in enumerate(rows, start=bottom - sheet.first_row + 1):
        for letter, position in letters.items():
            _write(target, offset, position, row.cells.get(letter, ""), style.plain)
        target.write_string(offset, last, reason_of(row)[:_LONGEST], style.reason)
    target.set_column(0, last - 1, 16)
    target.set_column(last, last, 48)
    target.freeze_panes(bottom - sheet.first_row + 1, 0)


def _merge(target: Any, merge: Merge, sheet: Sheet, look: Any) -> None:
    value = sheet.row(merge.top)[merge.left - 1]
    shift = sheet.first_row
    cells = (merge.top - shift, merge.left - 1, merge.bottom - shift, merge.right - 1)
    if cells[:2] != cells[2:]:
        target.merge_range(*cells, "", look)
        _write(target, cells[0], cells[1], value, look)


def _write(target: Any, row: int, column: int, value: Any, look: Any) -> None:
    """Numbers as numbers; every text as text, so that nothing in it can become a formula."""
    if value in (None, ""):
        target.write_blank(row, column, None, look)
    elif isinstance(value, bool | int | float):
        target.write(row, column, value, look)
    else:
        target.write_string(row, column, str(value)[:_LONGEST], look)


def reason_of(row: Row) -> str:
    """Every problem of the row, one a line: which column, what is wrong, what to do."""
    lines = []
    for problem in row.problems:
        where = f"{problem['column']}列 {problem['heading']}：" if problem["column"] else ""
        lines.append(f"{where}{problem['message']}。{problem['advice']}")
    return "\n".join(lines)
