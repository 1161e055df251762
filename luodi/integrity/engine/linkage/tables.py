"""Tables of text from CSV and Parquet, whatever separator and encoding they were saved with."""

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
_SEPARATORS = ",\t;|%"
_SNIFFED = 40


class TableUnreadable(ValueError):
    """The file, or what was asked of it, is not a table that can be linked."""


@dataclass(frozen=True)
class Table:
    """`frame` holds text only, blanks as null; `ids` names each row once."""

    ids: list[str]
    frame: Any

    def __len__(self) -> int:
        return len(self.ids)


def read_table(path: Path, id_column: str | None = None) -> Table:
    """The rows of a file. Without `id_column`: the column called id, or the first one if it names each row once, or the row's number."""
    import polars as pl

    if path.suffix == ".parquet":
        try:
            frame = pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise TableUnreadable(f"{path.name}：不是 Parquet 文件 · not a Parquet file ({error})") from None
        frame = frame.select(pl.all().cast(pl.String))
    else:
        frame = _read_text(path)
    if not frame.width or not frame.height:
        raise TableUnreadable(f"{path.name}：没有数据行 · no rows")
    frame = frame.rename({name: name.strip() for name in frame.columns})
    frame = frame.with_columns(pl.all().str.strip_chars().replace("", None))
    return Table(_ids(path, frame, id_column), frame)


def from_rows(rows: list[dict[str, Any]], id_column: str = "id") -> Table:
    """A table from mappings, for callers that have no file."""
    import polars as pl

    names = list(dict.fromkeys(name for row in rows for name in row))
    data = {
        name: [None if row.get(name) in (None, "") else str(row[name]).strip() or None for row in rows]
        for name in names
    }
    frame = pl.DataFrame(data, schema={name: pl.String for name in names})
    ids = frame[id_column].to_list() if id_column in names else [str(row) for row in range(len(rows))]
    return Table(ids, frame)


def _ids(path: Path, frame: Any, asked: str | None) -> list[str]:
    if asked is not None and asked not in frame.columns:
        raise TableUnreadable(f"{path.name}：没有列 {asked} · no such column; {'、'.join(frame.columns)}")
    first = frame.columns[0]
    name = asked or next((column for column in frame.columns if column.casefold() == "id"), first)
    column = frame[name]
    if column.null_count() == 0 and column.n_unique() == frame.height:
        return column.to_list()
    if asked is not None:
        raise TableUnreadable(f"{path.name}：列 {asked} 有空值或重复，不能作编号 · blank or repeated ids")
    return [str(row) for row in range(frame.height)]


def _read_text(path: Path) -> Any:
    """Polars reads well-formed files; the slow reader takes those with stray quotes or ragged rows."""
    import polars as pl

    text = _decode(path)
    separator = separator_of(text)
    try:
        return pl.read_csv(text.encode(), separator=separator, infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError:
        return _by_hand(text, separator)


def _by_hand(text: str, separator: str) -> Any:
    import polars as pl

    csv.field_size_limit(10_000_000)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    names = next(rows, [])
    width = len(names)
    table = [(row + [""] * width)[:width] for row in rows if row]
    return pl.DataFrame(table, schema={name: pl.String for name in names}, orient="row")


def _decode(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise TableUnreadable(f"{path.name}：请先另存为 CSV · save the workbook as CSV first")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableUnreadable(f"{path.name}：编码认不出来 · unknown encoding")


def separator_of(text: str) -> str:
    """The sign that cuts the first lines into the same number of cells, two or more, most steadily; a comma when none does."""
    lines = text[:200_000].splitlines()[:_SNIFFED]
    if not lines:
        return ","
    best, best_score = ",", 0.0
    for sign in _SEPARATORS:
        head = len(next(csv.reader([lines[0]], delimiter=sign), []))
        if head < 2:
            continue
        widths = [len(row) for row in csv.reader(lines, delimiter=sign, skipinitialspace=True)]
        score = sum(width == head for width in widths) / len(widths) + head / 1000
        if score > best_score:
            best, best_score = sign, score
    return best
