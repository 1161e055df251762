"""The child process that parses an untrusted file.

`python -m luodi.intake.engine.reader KIND PATH MEMORY COLUMNS CELLS`: a spreadsheet of 40 KB may ask its reader for
gigabytes, and a reader written in Rust aborts the whole process when it gets none. So files are parsed here, under a
ceiling of memory and, in the parent, of time; whatever happens, the parent survives.

On standard output come blocks (zlib over pickled lists of rows), a pickled index of them, and the length of the index
in 8 bytes. Rows hold plain values only: str, int, float, bool, date, datetime, time, timedelta.
"""

import contextlib
import io
import pickle
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from luodi.intake.engine.delimited import read_delimited
from luodi.intake.engine.guards import Refusal, refusal
from luodi.intake.engine.packages import find_cell_errors, is_1904, sheet_parts

BLOCK_ROWS = 512
Row = list[Any]
_HIDDEN = {"Hidden": "工作表已隐藏", "VeryHidden": "工作表已深度隐藏"}
_NOT_CELLS = {"ChartSheet": "图表工作表，没有单元格", "DialogSheet": "对话框工作表，没有单元格", "Vba": "宏模块"}


@dataclass(slots=True)
class Found:
    """What the reader knows about one sheet besides its rows; merges are 1-based (top, left, bottom, right)."""

    name: str
    first_row: int = 1
    width: int = 0
    height: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    blocks: list[tuple[int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(slots=True)
class Index:
    """Everything but the rows. `refused` is (code, message, advice) when the file is not to be read."""

    sheets: list[Found] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    epoch: int = 1900
    refused: tuple[str, str, str] | None = None


@dataclass(slots=True)
class Ceiling:
    columns: int
    cells: int


class Writer:
    """Writes rows as compressed blocks and remembers where each block stands."""

    def __init__(self, stream: BinaryIO, ceiling: Ceiling) -> None:
        self._stream = stream
        self._ceiling = ceiling
        self._at = 0
        self._cells = 0

    def write(self, sheet: Found, rows: Iterable[Row]) -> None:
        """Store the rows of a sheet without the blanks at their ends; raise Refusal when it is too wide or large."""
        block: list[Row] = []
        for row in rows:
            while row and row[-1] in ("", None):
                row.pop()
            self._count(sheet, len(row))
            block.append(row)
            if len(block) == BLOCK_ROWS:
                self._flush(sheet, block)
                block = []
        self._flush(sheet, block)

    def _count(self, sheet: Found, width: int) -> None:
        sheet.width = max(sheet.width, width)
        sheet.height += 1
        self._cells += width
        if width > self._ceiling.columns:
            message = f"工作表“{sheet.name}”第 {sheet.first_row + sheet.height - 1} 行用到了第 {width} 列"
            advice = f"台账不应超过 {self._ceiling.columns} 列：请删除右侧多余的列后重新上传"
            raise Refusal("too_wide", message, advice)
        if self._cells > self._ceiling.cells:
            message = f"读到工作表“{sheet.name}”时，单元格已超过 {self._ceiling.cells:,} 个"
            raise Refusal("too_many_cells", message, "请按县区或年份拆成几个文件后上传")

    def _flush(self, sheet: Found, block: list[Row]) -> None:
        if not block:
            return
        # Level 1: the pipe and the parent's memory shrink to a fifth, at the cost of a tenth of the time.
        packed = zlib.compress(pickle.dumps(block, protocol=5), 1)
        self._stream.write(packed)
        sheet.blocks.append((self._at, len(packed)))
        self._at += len(packed)

    def finish(self, index: Index) -> None:
        packed = pickle.dumps(index_as_plain(index), protocol=5)
        self._stream.write(packed)
        self._stream.write(len(packed).to_bytes(8, "big"))


def index_as_plain(index: Index) -> dict[str, Any]:
    """The index as builtins only: the parent's unpickler accepts no classes of ours."""
    names = ("name", "first_row", "width", "height", "merges", "blocks", "errors")
    sheets = [{name: getattr(sheet, name) for name in names} for sheet in index.sheets]
    return {
        "sheets": sheets,
        "skipped": index.skipped,
        "notes": index.notes,
        "epoch": index.epoch,
        "refused": index.refused,
    }


def read(kind: str, path: Path, writer: Writer) -> Index:
    """Read the file; every failure of a reader becomes `Index.refused`."""
    index = Index()
    try:
        if kind == "csv":
            sheet = Found("")  # a text table has no name but that of its file, which the parent knows
            index.sheets.append(sheet)
            writer.write(sheet, read_delimited(path, index.notes))
        elif kind == "xls":
            _read_xls(path, index, writer)
        else:
            _read_modern(kind, path, index, writer)
    except Refusal as refused:
        index.refused = (refused.code, refused.message, refused.advice)
    except MemoryError:
        index.refused = _parts(refusal("too_complex"))
    except BaseException as error:  # noqa: BLE001  a panic of the Rust reader is not an Exception
        code = "too_complex" if "limit exceeded" in str(error) else "corrupt"
        index.refused = _parts(refusal(code, type(error).__name__))
    return index


def _parts(refused: Refusal) -> tuple[str, str, str]:
    return refused.code, refused.message, refused.advice


def _read_modern(kind: str, path: Path, index: Index, writer: Writer) -> None:
    parts = sheet_parts(path) if kind == "xlsx" else {}
    index.epoch = 1904 if kind == "xlsx" and is_1904(path) else 1900
    try:
        _read_calamine(path, index, writer)
    except Exception:
        if kind != "xlsx" or index.sheets:
            raise
        _read_openpyxl(path, index, writer)
    for sheet in index.sheets:
        if part := parts.get(sheet.name):
            sheet.errors = find_cell_errors(path, part)


def _read_xls(path: Path, index: Index, writer: Writer) -> None:
    """xlrd looks first, at the globals only: it alone knows the external links, and names a password reliably."""
    import xlrd

    book = None
    try:
        book = xlrd.open_workbook(str(path), on_demand=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise refusal("password") from error
    except Exception:  # noqa: S110  it is only the first opinion
        pass
    if book is not None:
        index.epoch = 1904 if book.datemode else 1900
        if any(kind in (2, 4) for kind in book._supbook_types):
            raise refusal("external_link")
    try:
        _read_calamine(path, index, writer)
    except Exception:
        if book is None or index.sheets:
            raise
        _read_xlrd(book, index, writer)


def _read_calamine(path: Path, index: Index, writer: Writer) -> None:
    import python_calamine

    try:
        workbook = python_calamine.load_workbook(str(path))
    except python_calamine.PasswordError as error:
        raise refusal("password") from error
    for data in workbook.sheets_metadata:
        kind, visible = str(data.typ).rpartition(".")[2], str(data.visible).rpartition(".")[2]
        if kind == "MacroSheet":
            raise refusal("macro", f"宏工作表“{data.name}”")
        reason = _NOT_CELLS.get(kind) or _HIDDEN.get(visible)
        if reason:
            index.skipped.append((data.name, reason))
            continue
        _copy_sheet(workbook.get_sheet_by_name(data.name), index, writer)


def _copy_sheet(sheet: Any, index: Index, writer: Writer) -> None:
    top, left = sheet.start or (0, 0)
    merges = [(up + 1, west + 1, down + 1, east + 1) for (up, west), (down, east) in sheet.merged_cell_ranges or ()]
    found = Found(sheet.name, first_row=top + 1, merges=merges)
    index.sheets.append(found)
    if sheet.start:
        # The reader gives the blank rows above the first cell but not the blank columns left of it.
        writer.write(found, ([""] * left + row for row in islice(sheet.iter_rows(), top, None)))


def _read_openpyxl(path: Path, index: Index, writer: Writer) -> None:
    """Second reader: it forgives cell addresses that calamine does not (row 0, for one)."""
    import openpyxl

    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            index.skipped.append((sheet.title, "工作表已隐藏"))
            continue
        sheet.reset_dimensions()  # the stated ones are often wrong in just these files
        found = Found(sheet.title)
        index.sheets.append(found)
        writer.write(found, (["" if value is None else value for value in row] for row in sheet.values))
    index.notes.append("文件结构不规范，已用宽松方式读取，请核对行数")


def _read_xlrd(book: Any, index: Index, writer: Writer) -> None:
    """Second reader for .xls: it still knows the formats before Excel 97."""
    for position in range(book.nsheets):
        sheet = book.sheet_by_index(position)
        if sheet.visibility:
            index.skipped.append((sheet.name, "工作表已隐藏"))
            continue
        found = Found(sheet.name)
        index.sheets.append(found)
        writer.write(found, _xlrd_rows(book, sheet))


def _xlrd_rows(book: Any, sheet: Any) -> Iterator[Row]:
    import xlrd

    for number in range(sheet.nrows):
        row: Row = []
        for cell in sheet.row(number):
            value = "" if cell.ctype == xlrd.XL_CELL_ERROR else cell.value
            if cell.ctype == xlrd.XL_CELL_DATE:
                with contextlib.suppress(xlrd.XLDateError, ValueError, OverflowError):
                    value = xlrd.xldate_as_datetime(value, book.datemode)
            row.append(value)
        yield row


def limit_memory(ceiling: int) -> None:
    """Cap the address space of this process; Windows has no such cap and keeps the clock only."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def main(arguments: list[str]) -> None:
    kind, path, memory, columns, cells = arguments
    limit_memory(int(memory))
    writer = Writer(sys.stdout.buffer, Ceiling(int(columns), int(cells)))
    writer.finish(read(kind, Path(path), writer))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
