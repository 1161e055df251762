"""A part of a ledger as a workbook of its own: heads and captions, chosen rows in their order, and a column with a reason for each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from luodi.intake.engine.editing import ROW, NewCell, Package, Styles, attribute, cell_xml, cells_of, wrapped
from luodi.intake.engine.parcels import sheet_frame, workbook_of
from luodi.intake.engine.rebuilding import Look, PlainSheet, plain_sheets, rebuilt
from luodi.intake.engine.restating import serial
from luodi.intake.engine.workbooks import Merge, Sheet, Workbook, column_letter

WIDTH = 60
_NUMERIC = re.compile(r'<(?:\w+:)?c\b(?![^>]*\bt="(?:s|str|inlineStr)")')
_FORMULA = re.compile(r"<(?:\w+:)?f\b[^>]*?(?:/>|>.*?</(?:\w+:)?f>)", re.DOTALL)
_REASON: Look = {"text_wrap": True, "valign": "top"}
_REASON_HEAD: Look = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter"}


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row to keep: its number in the ledger, cells to write out by 1-based column, why it is here.

    `words_only`: numbers are left out, as in the title of a section that also carried its sum.
    """

    number: int
    cells: Mapping[int, Any] = field(default_factory=dict)
    reason: str = ""
    words_only: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One table: its first row of captions, first and last row of the head, and the rows to keep."""

    start: int
    top: int
    bottom: int
    rows: tuple[KeptRow, ...]

    @property
    def kept(self) -> Iterator[KeptRow]:
        """Captions, head and rows, from the top."""
        yield from (KeptRow(number) for number in range(self.start, self.bottom + 1))
        yield from self.rows


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is kept of one sheet; `column` is the 1-based column for the reasons."""

    sheet: Sheet
    column: int
    pieces: tuple[Piece, ...]

    def renumbered(self) -> dict[int, int]:
        """Old row number to new."""
        return {row.number: new for new, row in enumerate(self._rows(), start=1)}

    def _rows(self) -> Iterator[KeptRow]:
        for piece in self.pieces:
            yield from piece.kept

    def merges(self) -> list[Merge]:
        """Merged ranges of captions and heads, and those within one row, where they now stand; and that of the reason's head."""
        new = self.renumbered()
        heads = [range(piece.start, piece.bottom + 1) for piece in self.pieces]
        merges = []
        for merge in self.sheet.merges:
            whole = merge.top == merge.bottom or any(merge.top in rows and merge.bottom in rows for rows in heads)
            if whole and merge.top in new and merge.bottom in new and merge.right < self.column:
                merges.append(Merge(new[merge.top], merge.left, new[merge.bottom], merge.right))
        tall = [piece for piece in self.pieces if piece.bottom > piece.top]
        return merges + [Merge(new[piece.top], self.column, new[piece.bottom], self.column) for piece in tall]


def excerpt(path: Path, workbook: Workbook, excerpts: Sequence[Excerpt], *, reason: str) -> bytes:
    """The workbook; `reason` heads the added column. Formulas become their values, and every text stays a text."""
    if workbook.kind == "xlsx":
        package = Package(path)
        if all(one.sheet.name in package.sheets for one in excerpts):
            return _from_package(package, excerpts, reason, workbook.epoch)
    sheets = {sheet.name: sheet for sheet in plain_sheets(workbook, path)}
    made = [_plain(sheets[one.sheet.name], one, reason) for one in excerpts]
    frozen = {one.sheet.name: one.renumbered()[one.pieces[0].bottom] for one in excerpts}
    return rebuilt(made, frozen=frozen)


def _from_package(package: Package, excerpts: Sequence[Excerpt], reason: str, epoch: int) -> bytes:
    """Rows are cut out of the original's XML, so that they look as they did."""
    styles = Styles(package.text("xl/styles.xml"))
    sheets = {}
    for one in excerpts:
        xml = package.text(package.sheets[one.sheet.name])
        rows = _Rows(one, styles, reason, epoch).cut(xml)
        sheets[one.sheet.name] = sheet_frame(xml, rows, one.merges(), column=one.column, width=WIDTH)
    return workbook_of(package, sheets, styles.text, epoch)


class _Rows:
    """Cuts the kept rows out of a sheet's XML and numbers them anew."""

    def __init__(self, one: Excerpt, styles: Styles, reason: str, epoch: int) -> None:
        self._one, self._styles, self._reason, self._epoch = one, styles, reason, epoch
        self._new = one.renumbered()

    def cut(self, xml: str) -> str:
        found: dict[int, re.Match[str]] = {}
        number = 0
        for match in ROW.finditer(xml):
            number = attribute(match["attributes"], "r", number + 1)
            if number in self._new:
                found[number] = match
        rows = []
        for piece in self._one.pieces:
            for kept in piece.kept:
                is_data = kept.number > piece.bottom
                reason = self._reason if kept.number == piece.top else kept.reason
                rows.append(self._row(found.get(kept.number), kept, reason, is_data=is_data))
        return "".join(rows)

    def _row(self, match: re.Match[str] | None, kept: KeptRow, reason: str, *, is_data: bool) -> str:
        number = self._new[kept.number]
        prefix = match["p"] if match else ""
        cells = {column: _moved(text, number) for column, text in cells_of((match["body"] or "") if match else "")}
        if kept.words_only:
            cells = {column: text for column, text in cells.items() if not _NUMERIC.match(text)}
        cells = {column: text for column, text in cells.items() if column < self._one.column}
        style = _style(cells[max(cells)]) if cells else 0
        for column, value in kept.cells.items():
            cells[column] = self._cell(prefix, column, number, _style(cells.get(column, "")), value)
        if reason:
            style = self._styles.variant(style, wrapped) if is_data else style
            cells[self._one.column] = self._cell(prefix, self._one.column, number, style, reason)
        body = "".join(text for _, text in sorted(cells.items()))
        # A hidden row could not be mended, and a fixed height would hide the reason.
        drop = r'\s(?:r|spans|hidden)="[^"]*"' + (r'|\s(?:ht|customHeight)="[^"]*"' if is_data else "")
        attributes = re.sub(drop, "", match["attributes"]) if match else ""
        return f'<{prefix}row r="{number}"{attributes}>{body}</{prefix}row>'

    def _cell(self, prefix: str, column: int, number: int, style: int, value: Any) -> str:
        plain = serial(value, self._epoch) if isinstance(value, date) else value
        return cell_xml(prefix, f"{column_letter(column)}{number}", style, NewCell(plain).value)


def _moved(cell: str, number: int) -> str:
    """A cell in another row, without its formula."""
    start = re.match(r"<[^>]*>", cell)
    head = start[0] if start else ""
    moved = re.sub(r'(\br="[A-Z]+)\d+"', rf'\g<1>{number}"', head)
    return moved + _FORMULA.sub("", cell[len(head) :])


def _style(cell: str) -> int:
    found = re.match(r'[^>]*\ss="(\d+)"', cell)
    return int(found[1]) if found else 0


def _plain(sheet: PlainSheet, one: Excerpt, reason: str) -> PlainSheet:
    """The same from values, for formats that cannot be cut."""
    rows: list[list[Any]] = []
    looks: dict[tuple[int, int], Look] = {}
    for piece in one.pieces:
        for kept in piece.kept:
            old = list(sheet.rows[kept.number - 1]) if kept.number <= len(sheet.rows) else []
            row = (old + [""] * one.column)[: one.column - 1]
            if kept.words_only:
                row = [value if isinstance(value, str) else "" for value in row]
            for column, value in kept.cells.items():
                row[column - 1] = value
            is_head = kept.number == piece.top
            rows.append([*row, reason if is_head else kept.reason])
            looks |= {(len(rows), c): sheet.looks.get((kept.number, c), {}) for c in range(1, one.column)}
            if is_head or kept.reason:
                looks[len(rows), one.column] = _REASON_HEAD if is_head else _REASON
    return PlainSheet(
        sheet.name, rows, one.merges(), looks=looks, widths={**_widths(rows, sheet.widths), one.column: WIDTH}
    )


def _widths(rows: Sequence[Sequence[Any]], known: Mapping[int, float]) -> dict[int, float]:
    """Widths as they were; where a format keeps none, wide enough for the words, within reason."""
    if known:
        return dict(known)
    longest: dict[int, float] = {}
    for row in rows:
        for column, value in enumerate(row, start=1):
            longest[column] = max(longest.get(column, 8), min(36, 2 * len(str(value))))
    return longest
