"""What the cell reader does not tell about an xlsx package: formula errors, formulas without result, the date epoch."""

import posixpath
import re
import zipfile
from pathlib import Path

_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_BARE_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_BLOCK = 1 << 20
NO_RESULT = "没有计算结果"


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def is_1904(path: Path) -> bool:
    """Whether the workbook counts its days from 1904, as old Macintosh files do."""
    return re.search(r'\bdate1904="(1|true)"', _text(path, "xl/workbook.xml")) is not None


def sheet_parts(path: Path) -> dict[str, str]:
    """Sheet name to the path of its part inside the package; empty when the package is not laid out as usual."""
    import html

    targets = {}
    for relation in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", _text(path, "xl/_rels/workbook.xml.rels")):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        if "Id" in attributes and "Target" in attributes:
            targets[attributes["Id"]] = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
    parts = {}
    for sheet in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", _text(path, "xl/workbook.xml")):
        name, key = re.search(r'\bname="([^"]*)"', sheet), re.search(r'\b\w+:id="([^"]*)"', sheet)
        if name and key and key[1] in targets:
            parts[html.unescape(name[1])] = targets[key[1]]
    return parts


def _text(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        if name not in archive.namelist():
            return ""
        return archive.read(name).decode("utf-8", "replace")


def find_cell_errors(path: Path, part: str) -> dict[tuple[int, int], str]:
    """(row, column), 1-based, of each cell whose formula failed ("#DIV/0!") or was never calculated (`NO_RESULT`).

    The part is streamed: at no time is more than one block and one unfinished row of it in memory.
    """
    errors: dict[tuple[int, int], str] = {}
    with zipfile.ZipFile(path) as archive:
        if part not in archive.namelist():
            return errors
        with archive.open(part) as stream:
            rest = b""
            while block := stream.read(_BLOCK):
                text = rest + block
                end = text.rfind(b"</row>") if len(text) < 64 * _BLOCK else len(text)
                _collect(text[: end + 6] if end >= 0 else b"", errors)
                rest = text[end + 6 :] if end >= 0 else text
            _collect(rest, errors)
    return errors


def _collect(text: bytes, errors: dict[tuple[int, int], str]) -> None:
    if b't="e"' in text:
        for attributes, inner in _ERROR_CELL.findall(text):
            value = _VALUE.search(inner)
            _note(errors, attributes, value[1].decode("utf-8", "replace") if value else "#VALUE!")
    if b"<f" in text or b":f" in text:
        for attributes in _BARE_FORMULA.findall(text):
            _note(errors, attributes, NO_RESULT)


def _note(errors: dict[tuple[int, int], str], attributes: bytes, message: str) -> None:
    # A text formula may well result in an empty text: only the others are calculated to nothing by mistake.
    if message == NO_RESULT and b't="str"' in attributes:
        return
    if address := _ADDRESS.search(attributes):
        errors.setdefault((int(address[2]), column_number(address[1].decode())), message)
