"""Text tables: which encoding, which delimiter, and their rows as text."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from luodi.intake.engine.guards import Refusal

_DELIMITERS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LONGEST_FIELD = 32_767  # what an Excel cell can hold
_RUNS = re.compile(r"[=@\t\r]|[+-](?![\d.,%]*$)")
_MARKED = re.compile(r"'(?=[=@\t\r+-])")


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
            for row in reader:
                yield [_MARKED.sub("", text, count=1) if text.startswith("'") else text for text in row]
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


def edited_text(path: Path, changes: Mapping[int, Mapping[int, str]]) -> bytes:
    """The text table with new fields, {row: {column: text}}, both 1-based; same encoding, delimiter and line ends.

    Rows without a change keep their very bytes, except that a text which a spreadsheet would run gets a leading '.
    """
    content = path.read_bytes()
    mark, encoding = _mark_and_encoding(path, content)
    text = content[len(mark) :].decode(encoding)
    delimiter = find_delimiter([line for _, line in zip(range(50), io.StringIO(text, newline=""), strict=False)])
    csv.field_size_limit(_LONGEST_FIELD)
    lines: list[str] = []
    reader = csv.reader(_noted(io.StringIO(text, newline=""), lines), delimiter=delimiter)
    out = io.StringIO(newline="")
    for number, row in enumerate(reader, start=1):
        out.write(_rewritten(row, changes.get(number, {}), "".join(lines), delimiter))
        lines.clear()
    return mark + out.getvalue().encode(encoding)


def _mark_and_encoding(path: Path, content: bytes) -> tuple[bytes, str]:
    exact = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
    for mark, encoding in exact.items():
        if content.startswith(mark):
            return mark, encoding
    return b"", find_encoding(path).removesuffix("-sig")


def _noted(stream: Iterator[str], lines: list[str]) -> Iterator[str]:
    for line in stream:
        lines.append(line)
        yield line.replace("\x00", "")


def _rewritten(row: list[str], changes: Mapping[int, str], line: str, delimiter: str) -> str:
    new = [changes.get(column, text) for column, text in enumerate(row, start=1)]
    new += [changes.get(column, "") for column in range(len(row) + 1, max(changes, default=0) + 1)]
    safe = [f"'{text}" if _RUNS.match(text) and len(text) > 1 else text for text in new]
    if safe == row:
        return line
    end = line[len(line.rstrip("\r\n")) :]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerow(safe)
    return out.getvalue()
