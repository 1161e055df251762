"""Writing a ledger anew as .xlsx, where its own format cannot be written: rows, merges, widths and the looks that are known."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from luodi.intake.engine.workbooks import Merge, Workbook

Look = Mapping[str, Any]
_PLAIN: Look = {}
_DAY: Look = {"num_format": "yyyy-mm-dd"}
_ALIGN = {1: "left", 2: "center", 3: "right"}
_VALIGN = {0: "top", 1: "vcenter", 2: "bottom"}
_LONGEST = 32_767  # characters that a cell takes
_GENERAL = "General"


@dataclass(slots=True)
class PlainSheet:
    """A sheet as values: rows from row 1 and column A; looks by (row, column), widths in characters by column, 1-based."""

    name: str
    rows: Sequence[Sequence[Any]]
    merges: Sequence[Merge] = ()
    hidden: bool = False
    looks: Mapping[tuple[int, int], Look] = field(default_factory=dict)
    widths: Mapping[int, float] = field(default_factory=dict)
    heights: Mapping[int, float] = field(default_factory=dict)


def plain_sheets(workbook: Workbook, path: Path) -> list[PlainSheet]:
    """The sheets of a file that `open_workbook` has read, with everything its format tells about their looks."""
    if workbook.kind == "xls":
        return list(_xls_sheets(path))
    return [
        PlainSheet(sheet.name, [*[[]] * (sheet.first_row - 1), *sheet.rows], sheet.merges) for sheet in workbook.sheets
    ]


def _xls_sheets(path: Path) -> Iterator[PlainSheet]:
    """The old format by xlrd; the file was read before, in the guarded child process."""
    import xlrd

    with xlrd.open_workbook(str(path), formatting_info=True, logfile=io.StringIO()) as book:
        looks: dict[int, Look] = {}
        for sheet in book.sheets():
            rows, cells = [], {}
            for number in range(sheet.nrows):
                rows.append([_xls_value(cell, book.datemode) for cell in sheet.row(number)])
                for position, cell in enumerate(sheet.row(number)):
                    key = cell.xf_index
                    cells[number + 1, position + 1] = looks.setdefault(key, _look(book, key))
            yield PlainSheet(
                name=sheet.name,
                rows=rows,
                merges=[Merge(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells],
                hidden=sheet.visibility != 0,
                looks=cells,
                widths={position + 1: info.width / 256 for position, info in sheet.colinfo_map.items()},
                heights={number + 1: info.height / 20 for number, info in sheet.rowinfo_map.items() if info.height > 0},
            )


def _xls_value(cell: Any, datemode: int) -> Any:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE and cell.value >= 1:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#VALUE!")
    return cell.value


def _look(book: Any, number: int) -> Look:
    xf = book.xf_list[number]
    font, form = book.font_list[xf.font_index], book.format_map.get(xf.format_key)
    look = {
        "font_name": font.name,
        "font_size": font.height / 20,
        "bold": bool(font.weight >= 600),
        "text_wrap": bool(xf.alignment.text_wrapped),
        "align": _ALIGN.get(xf.alignment.hor_align, ""),
        "valign": _VALIGN.get(xf.alignment.vert_align, "bottom"),
        "border": int(bool(xf.border.top_line_style or xf.border.left_line_style)),
        "num_format": form.format_str if form and form.format_str != _GENERAL else "",
    }
    fill = book.colour_map.get(xf.background.pattern_colour_index)
    if xf.background.fill_pattern and fill:
        look["bg_color"] = "#{:02X}{:02X}{:02X}".format(*fill)
    return {name: value for name, value in look.items() if value not in ("", False, 0)}


def rebuilt(sheets: Sequence[PlainSheet], *, frozen: Mapping[str, int] | None = None) -> bytes:
    """An .xlsx of these sheets. `frozen`: {sheet: rows that stay in sight}. Nothing in it is a formula, whatever it says."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        # The same ledger gives the same bytes, whenever it is exported.
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001
        writer = _Writer(book)
        for sheet in sheets:
            writer.write(sheet, (frozen or {}).get(sheet.name, 0))
        if shown := next((place for place, sheet in enumerate(sheets) if not sheet.hidden), None):
            book.worksheets()[shown].set_first_sheet()
            book.worksheets()[shown].activate()
    return content.getvalue()


class _Writer:
    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[str, Any] = {}

    def write(self, sheet: PlainSheet, frozen: int) -> None:
        made = self._book.add_worksheet(sheet.name[:31])
        if sheet.hidden:
            made.hide()
        for column, width in sheet.widths.items():
            made.set_column(column - 1, column - 1, width)
        for number, height in sheet.heights.items():
            made.set_row(number - 1, height)
        inside = self._merge(made, sheet)
        for number, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(row, start=1):
                if (number, column) not in inside:
                    self._cell(made, number, column, value, sheet.looks.get((number, column), _PLAIN))
        if frozen:
            made.freeze_panes(frozen, 0)

    def _merge(self, made: Any, sheet: PlainSheet) -> set[tuple[int, int]]:
        """Merge as the sheet does; returns the cells that lie under a merged range and not at its corner."""
        from xlsxwriter.exceptions import OverlappingRange

        under: set[tuple[int, int]] = set()
        width = max((len(row) for row in sheet.rows), default=0)
        for merge in sheet.merges:
            if (merge.top, merge.left) == (merge.bottom, merge.right):
                continue
            look = self._format(sheet.looks.get((merge.top, merge.left), _PLAIN))
            # Damaged files may say a range twice; the first holds.
            with suppress(OverlappingRange):
                made.merge_range(merge.top - 1, merge.left - 1, merge.bottom - 1, merge.right - 1, "", look)
            for row in range(merge.top, min(merge.bottom, len(sheet.rows)) + 1):
                under.update((row, column) for column in range(merge.left, min(merge.right, width) + 1))
            under.discard((merge.top, merge.left))
        return under

    def _cell(self, made: Any, number: int, column: int, value: Any, look: Look) -> None:
        place = (number - 1, column - 1)
        if value in (None, ""):
            if look:
                made.write_blank(*place, None, self._format(look))
        elif isinstance(value, bool):
            made.write_boolean(*place, value, self._format(look))
        elif isinstance(value, date):
            made.write_datetime(*place, value, self._format(look if "num_format" in look else {**look, **_DAY}))
        elif isinstance(value, int | float | Decimal):
            made.write_number(*place, value, self._format(look))
        else:
            made.write_string(*place, str(value)[:_LONGEST], self._format(look))

    def _format(self, look: Look) -> Any:
        key = repr(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(dict(look))
        return self._formats[key]
