"""Opening a ledger file: sheets of rows with Excel's own row and column numbers, or one clear refusal.

The file is parsed in a child process (`reader.py`); here its rows are unpacked block by block, so that a ledger of
three million cells costs the memory of its compressed form.
"""

import io
import os
import pickle
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from luodi.intake.engine.guards import Limits, Refusal, examine, refusal

BLOCK_ROWS = 512  # rows in a block, as reader.py writes them
_ROOT = Path(__file__).resolve().parents[3]
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; all four are Excel's 1-based numbers, inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class SkippedSheet:
    """A sheet that is not read, and why (Chinese)."""

    name: str
    reason: str


class Rows(Sequence[Row]):
    """The rows of a sheet, unpacked when asked for; each is a fresh list from column A, as wide as the sheet."""

    def __init__(self, content: memoryview, blocks: Sequence[tuple[int, int]], height: int, width: int) -> None:
        self._content = content
        self._blocks = blocks
        self._height = height
        self._width = width
        self._unpacked: tuple[int, list[Row]] = (-1, [])

    def __len__(self) -> int:
        return self._height

    def __iter__(self) -> Iterator[Row]:
        for position in range(len(self._blocks)):
            for row in self._unpack(position):
                yield self._padded(row)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(self._height))]
        if index < 0:
            index += self._height
        if not 0 <= index < self._height:
            raise IndexError(index)
        return self._padded(self._unpack(index // BLOCK_ROWS)[index % BLOCK_ROWS])

    def _padded(self, row: Row) -> Row:
        return row + [""] * (self._width - len(row))

    def _unpack(self, position: int) -> list[Row]:
        if self._unpacked[0] != position:
            start, length = self._blocks[position]
            self._unpacked = (position, _load(zlib.decompress(self._content[start : start + length])))
        return self._unpacked[1]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet. `rows[0]` is Excel's row `first_row`; `errors`: (row, column) to a formula error's text."""

    name: str
    rows: Sequence[Row]
    merges: tuple[Merge, ...] = ()
    first_row: int = 1
    width: int = 0
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1

    def row(self, number: int) -> Row:
        """The cells of Excel's row `number`, from column A; blanks when the row is outside the used range."""
        if self.first_row <= number <= self.last_row:
            return self.rows[number - self.first_row]
        return [""] * self.width

    def numbered(self) -> Iterator[tuple[int, Row]]:
        """Every stored row with Excel's own number."""
        return enumerate(self.rows, start=self.first_row)


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened file: kind xlsx, xls, xlsb, ods or csv; `epoch` is the year from which bare day numbers count."""

    kind: str
    sheets: tuple[Sheet, ...]
    skipped: tuple[SkippedSheet, ...] = ()
    epoch: int = 1900
    notes: tuple[str, ...] = ()


def column_letter(number: int) -> str:
    """Excel's letters of a 1-based column: 1 is A, 28 is AB."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def open_workbook(path: Path, *, limits: Limits | None = None, name: str = "") -> Workbook:
    """Open a ledger file. Raises Refusal, and nothing else, whatever the file holds.

    `name` is the file's name as uploaded, when it is stored under another: the sheet of a text table is called after it.
    """
    limits = limits or Limits()
    kind = examine(path, limits, name=name)
    content = _run_reader(kind, path, limits)
    index = _index_of(content)
    if index["refused"]:
        raise Refusal(*index["refused"])
    view = memoryview(content)
    sheets, skipped = [], [SkippedSheet(name, reason) for name, reason in index["skipped"]]
    for found in index["sheets"]:
        found["name"] = found["name"] or Path(name or path).stem
        if found["width"]:
            sheets.append(_sheet(found, view))
        else:
            skipped.append(SkippedSheet(found["name"], "空白工作表"))
    return Workbook(kind, tuple(sheets), tuple(skipped), index["epoch"], tuple(index["notes"]))


def _sheet(found: Mapping[str, Any], view: memoryview) -> Sheet:
    return Sheet(
        name=found["name"],
        rows=Rows(view, found["blocks"], found["height"], found["width"]),
        merges=tuple(Merge(*merge) for merge in found["merges"]),
        first_row=found["first_row"],
        width=found["width"],
        errors=found["errors"],
    )


def _run_reader(kind: str, path: Path, limits: Limits) -> bytes:
    arguments = [kind, str(path.resolve()), str(limits.memory), str(limits.columns), str(limits.cells)]
    command = [sys.executable, "-X", "utf8", "-m", "luodi.intake.engine.reader", *arguments]
    # The child needs to find its libraries and nothing else: no settings, no passwords of ours.
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    seconds = limits.seconds_for(path.stat().st_size)
    try:
        done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise refusal("too_complex", f"超过 {seconds:.0f} 秒") from error
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise refusal("too_complex", f"超过 {limits.memory / 1e9:.1f} GB 内存")
    if done.returncode:
        raise Refusal(
            "reader_failed", "读取程序异常退出，文件未读入", "请另存为 .xlsx 重试；仍不行时把文件交给系统管理员"
        )
    return done.stdout


class _PlainUnpickler(pickle.Unpickler):  # noqa: S301  (it only builds dates; see find_class)
    """Unpickles values of the child: builtin values and dates, never a class of anybody's choosing."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in {"date", "datetime", "time", "timedelta"}:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


def _load(packed: bytes) -> Any:
    return _PlainUnpickler(io.BytesIO(packed)).load()


def _index_of(content: bytes) -> dict[str, Any]:
    length = int.from_bytes(content[-8:], "big")
    index: dict[str, Any] = _load(content[-8 - length : -8])
    return index
