"""Text tables: which encoding, which delimiter, and their rows as text."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from luodi.intake.engine.guards import Refusal

_DELIMITERS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LONGEST_FIELD = 32_767  # what an Excel cell can hold


def read_delimited(path: Path, notes: list[str]) -> Iterator[list[str]]:
    """Yield the rows of a text table; says in `notes` which encoding was taken when it was not UTF-8.

    Raises Refusal when no encoding fits or a field is longer than any Excel cell (an unclosed quotation mark).
    """
    encoding = find_encoding(path)
    if encoding != "utf-8-sig":
        notes.append(f"按 {encoding.upper()} 编码读取")
    with path.open(encoding=encoding, newline="") as stream:
        delimiter = find_delimiter([line for _, line in zip(range(50), stream, strict=False)])
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding=encoding, newline="") as stream:
        lines = (line.replace("\x00", "") for line in stream)
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            # A quoted line break makes one row of several lines, which is also how Excel numbers them.
            yield from reader
        except csv.Error as error:
            message = f"第 {reader.line_num} 行附近的文本无法分列"
            raise Refusal("broken_csv", message, "多半是引号没有成对：请在该行附近补上引号，或另存为 .xlsx") from error


def find_encoding(path: Path) -> str:
    """The byte order mark decides; else strict UTF-8; else GB18030, in which Chinese offices' Excel saves text."""
    with path.open("rb") as stream:
        head = stream.read(4)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding) as stream:
                while stream.read(1 << 20):
                    pass
        except UnicodeError:
            continue
        return encoding
    raise Refusal("encoding", "文字编码无法识别，既不是 UTF-8 也不是 GB18030", "请用 Excel 打开后另存为 .xlsx 再上传")


def find_delimiter(lines: list[str]) -> str:
    """The delimiter that stands most often in the most lines, outside quotation marks; a comma when there is none."""

    def score(delimiter: str) -> tuple[int, int]:
        counts = [len(row) - 1 for row in csv.reader(lines, delimiter=delimiter) if row]
        common = Counter(count for count in counts if count).most_common(1)
        return (common[0][1], common[0][0]) if common else (0, 0)

    return max(_DELIMITERS, key=score)
