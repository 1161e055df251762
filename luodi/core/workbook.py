"""Tables for a workbook: text that a spreadsheet must not run, amounts as numbers, what it is written on top."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

_RISKY = ("=", "+", "-", "@", "\t", "\r")
Value = str | int | Decimal | None


def safe(text: str) -> str:
    """Text that a spreadsheet must not run: a leading ' keeps a formula a word."""
    return f"'{text}" if text.startswith(_RISKY) else text


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: a caption (who, when, which definition), a head, rows; None is a blank cell, never a zero."""

    name: str
    caption: str
    head: Sequence[str]
    rows: Iterable[Sequence[Value]]
    notes: Sequence[str] = ()
    widths: Sequence[int] = field(default=())


def build(sheets: Iterable[Sheet]) -> io.BytesIO:
    """The workbook, ready to be sent."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    plain = book.add_format({"font_size": 10})
    head = book.add_format({"font_size": 10, "bold": True, "border": 1, "text_wrap": True, "bg_color": "#EDF2F2"})
    cell = book.add_format({"font_size": 10, "border": 1, "border_color": "#999999", "text_wrap": True})
    number = book.add_format({"font_size": 10, "border": 1, "border_color": "#999999", "num_format": "#,##0.####"})
    for one in sheets:
        sheet = book.add_worksheet(one.name[:31])
        for index in range(len(one.head)):
            sheet.set_column(index, index, one.widths[index] if index < len(one.widths) else 14)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(2, 1)
        sheet.write_string(0, 0, safe(one.caption), plain)
        for index, text in enumerate(one.head):
            sheet.write_string(1, index, safe(text), head)
        line = 1
        for line, row in enumerate(one.rows, start=2):
            for index, value in enumerate(row):
                if value is None:
                    sheet.write_blank(line, index, None, cell)
                elif isinstance(value, str):
                    sheet.write_string(line, index, safe(value), cell)
                else:
                    sheet.write_number(line, index, value, number)
        for offset, note in enumerate(one.notes, start=1):
            sheet.write_string(line + offset, 0, safe(note), plain)
    book.close()
    file.seek(0)
    return file
