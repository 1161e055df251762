"""Changing a workbook inside its package: the cells asked for, and everything else byte for byte.

A library that reads a workbook and writes it again forgets the result of every formula and whatever it does not know;
loaded again, such a ledger would have lost amounts. So cells are exchanged in the XML of their sheet.
"""

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from luodi.intake.engine.packages import column_number, sheet_parts
from luodi.intake.engine.workbooks import Merge, column_letter

Value = str | int | float | Decimal | None
ROW = re.compile(r"<(?P<p>(?:\w+:)?)row\b(?P<attributes>[^>]*?)(?:/>|>(?P<body>.*?)</(?P=p)row>)", re.DOTALL)
CELL = re.compile(r"<(?P<p>(?:\w+:)?)c(?P<attributes>\s[^>]*?)?(?:/>|>(?P<body>.*?)</(?P=p)c>)", re.DOTALL)
_FORMULA = re.compile(r"<(?:\w+:)?f\b[^>]*?(?:/>|>.*?</(?:\w+:)?f>)", re.DOTALL)
_SHARED = re.compile(r'^<(?:\w+:)?f\b(?=[^>]*\bt="(?:shared|array)")(?=[^>]*\bref=)')
_CALC_CHAIN = re.compile(r"<(?:\w+:)?(?:Override|Relationship)\b[^>]*calcChain[^>]*(?:/>|></(?:\w+:)?\w+>)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A text that starts so is run as a formula once somebody edits its cell, unless it is marked as text."""


@dataclass(frozen=True, slots=True)
class NewCell:
    """A value for a cell. `computed`: it is the result of the cell's formula, if the cell has one, and the formula stays."""

    value: Value
    computed: bool = False


class Package:
    """The parts of an .xlsx as text, with those that were exchanged. Parts are found whatever slashes the zip uses."""

    def __init__(self, path: Path) -> None:
        self.sheets = sheet_parts(path)
        self._path = path
        self._new: dict[str, str | None] = {}
        with zipfile.ZipFile(path) as archive:
            self._names = {info.filename.replace("\\", "/"): info for info in archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return name in self._names and self._new.get(name, "") is not None

    def text(self, name: str) -> str:
        """A part as text; blank when there is none."""
        if name in self._new:
            return self._new[name] or ""
        if name not in self._names:
            return ""
        with zipfile.ZipFile(self._path) as archive:
            return archive.read(self._names[name]).decode("utf-8-sig")

    def put(self, name: str, text: str | None) -> None:
        """Exchange a part; None leaves it out."""
        self._new[name] = text

    def packed(self) -> bytes:
        """The package again. Unchanged parts keep their bytes, order and dates, so the same change gives the same file."""
        content = BytesIO()
        with zipfile.ZipFile(self._path) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
            for name, info in self._names.items():
                text = self._new.get(name, "")
                if text is not None:
                    new.writestr(_like(info), text.encode() if name in self._new else old.read(info))
        return content.getvalue()


def _like(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(info.filename, info.date_time)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def edited(
    path: Path,
    changes: Mapping[str, Mapping[tuple[int, int], NewCell]],
    torn: Mapping[str, Sequence[Merge]] | None = None,
) -> tuple[bytes, int]:
    """The workbook with new cells, {sheet: {(row, column): cell}}, both 1-based; and how many of them could not be set.

    A cell that holds the formula which others share cannot be set without breaking those, so it stays. `torn` are
    merged ranges to give up.
    """
    package = Package(path)
    styles = Styles(package.text("xl/styles.xml"))
    left, unlinked = 0, False
    for sheet, cells in changes.items():
        part = package.sheets[sheet]
        editor = _Editor(cells, styles)
        package.put(part, without_merges(editor.edit(package.text(part)), (torn or {}).get(sheet, ())))
        left += len(editor.left)
        unlinked = unlinked or editor.lost_formula
    if styles.changed:
        package.put("xl/styles.xml", styles.text)
    if unlinked:
        _drop_calc_chain(package)
    _calculate_on_opening(package)
    return package.packed(), left


class _Editor:
    """Exchanges cells of one sheet's XML. Rows and cells without an address stand right after the one before."""

    def __init__(self, cells: Mapping[tuple[int, int], NewCell], styles: "Styles") -> None:
        self._by_row: dict[int, dict[int, NewCell]] = {}
        for (row, column), cell in cells.items():
            self._by_row.setdefault(row, {})[column] = cell
        self._styles = styles
        self._number = 0
        self.left: list[str] = []
        self.lost_formula = False

    def edit(self, xml: str) -> str:
        return ROW.sub(self._row, xml)

    def _row(self, match: re.Match[str]) -> str:
        self._number = attribute(match["attributes"], "r", self._number + 1)
        wanted = self._by_row.get(self._number)
        if not wanted:
            return match[0]
        cells = dict(cells_of(match["body"] or ""))
        for column, new in wanted.items():
            old = cells.get(column)
            cells[column] = self._cell(match["p"], column_letter(column) + str(self._number), old, new)
        body = "".join(text for _, text in sorted(cells.items()))
        # `spans` is only a hint for readers, and wrong once a cell was added.
        attributes = re.sub(r'\sspans="[^"]*"', "", match["attributes"])
        return f"<{match['p']}row{attributes}>{body}</{match['p']}row>"

    def _cell(self, prefix: str, address: str, old: str | None, new: NewCell) -> str:
        formula = _FORMULA.search(old or "")
        if formula and not new.computed and _SHARED.match(formula[0]):
            self.left.append(address)
            return old or ""
        style = int(found[1]) if (found := re.match(r'[^>]*\ss="(\d+)"', old or "")) else 0
        if formula and new.computed:
            return cell_xml(prefix, address, style, new.value, formula=formula[0])
        self.lost_formula = self.lost_formula or formula is not None
        if isinstance(new.value, str) and new.value.startswith(RISKY):
            style = self._styles.variant(style, _quoted)
        return cell_xml(prefix, address, style, new.value)


def without_merges(xml: str, torn: Sequence[Merge]) -> str:
    """A sheet's XML without some of its merged ranges."""
    for merge in torn:
        corners = (f"{column_letter(merge.left)}{merge.top}", f"{column_letter(merge.right)}{merge.bottom}")
        xml = re.sub(rf'<(?:\w+:)?mergeCell\s+ref="{corners[0]}:{corners[1]}"\s*(?:/>|></(?:\w+:)?mergeCell>)', "", xml)
    if torn:
        xml = re.sub(r'(<(?:\w+:)?mergeCells)\s+count="\d+"', r"\1", xml)
        xml = re.sub(r"<((?:\w+:)?)mergeCells>\s*</\1mergeCells>", "", xml)
    return xml


def cells_of(body: str) -> list[tuple[int, str]]:
    """The cells of a row's XML with their 1-based columns."""
    cells, column = [], 0
    for match in CELL.finditer(body):
        address = re.search(r'\br="([A-Z]+)', match["attributes"] or "")
        column = column_number(address[1]) if address else column + 1
        cells.append((column, match[0]))
    return cells


def attribute(attributes: str, name: str, default: int) -> int:
    """A whole number among the attributes of an XML tag."""
    found = re.search(rf'\b{name}="(\d+)"', attributes)
    return int(found[1]) if found else default


def cell_xml(prefix: str, address: str, style: int, value: Value, *, formula: str = "") -> str:
    """One cell of a sheet's XML: a number, or text that stands in the cell itself."""
    p = prefix
    start = f'<{p}c r="{address}"' + (f' s="{style}"' if style else "")
    if value is None or value == "":
        return f"{start}/>"
    if isinstance(value, str):
        return f'{start} t="inlineStr"><{p}is><{p}t xml:space="preserve">{escaped(value)}</{p}t></{p}is></{p}c>'
    number = format(value, "f") if isinstance(value, Decimal) else repr(value)
    return f"{start}>{formula}<{p}v>{number}</{p}v></{p}c>"


def escaped(text: str) -> str:
    """Text as XML takes it; what XML cannot hold at all is left out."""
    text = _NOT_IN_XML.sub("", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


class Styles:
    """The part with the cell formats; a variant of one is added behind the others."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.changed = False
        self._made: dict[tuple[int, str], int] = {}

    def variant(self, base: int, change: Callable[[str], str]) -> int:
        """Number of the format `base` after `change`; `base` itself when the part is not laid out as usual."""
        key = (base, change.__name__)
        if key not in self._made:
            self._made[key] = self._add(base, change)
        return self._made[key]

    def _add(self, base: int, change: Callable[[str], str]) -> int:
        block = re.search(r"<((?:\w+:)?)cellXfs\b[^>]*>(.*?)</\1cellXfs>", self.text, re.DOTALL)
        if block is None:
            return base
        p = block[1]
        formats = re.findall(rf"<{p}xf\b[^>]*?(?:/>|>.*?</{p}xf>)", block[2], re.DOTALL)
        if base >= len(formats):
            return base
        made = f'<{p}cellXfs count="{len(formats) + 1}">{block[2]}{change(formats[base])}</{p}cellXfs>'
        self.text = self.text[: block.start()] + made + self.text[block.end() :]
        self.changed = True
        return len(formats)


def _quoted(xf: str) -> str:
    """The format of a cell that is text whatever it starts with: what typing a leading ' does."""
    plain = re.sub(r'\squotePrefix="[^"]*"', "", xf)
    return re.sub(r"^<((?:\w+:)?)xf\b", r'<\1xf quotePrefix="1"', plain)


def wrapped(xf: str) -> str:
    """The format of a long text: lines are broken, and it starts at the top."""
    p = re.match(r"<((?:\w+:)?)xf", xf)
    prefix = p[1] if p else ""
    start = re.match(r"<[^>]*?(?=/?>)", xf)
    plain = re.sub(r'\sapplyAlignment="[^"]*"', "", start[0] if start else f"<{prefix}xf")
    return f'{plain} applyAlignment="1"><{prefix}alignment vertical="top" wrapText="1"/></{prefix}xf>'


def _drop_calc_chain(package: Package) -> None:
    """The order of calculation names cells that hold a formula no more; Excel makes it anew."""
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        package.put(name, _CALC_CHAIN.sub("", package.text(name)))
    package.put("xl/calcChain.xml", None)


def _calculate_on_opening(package: Package) -> None:
    """Whatever else depends on the new cells is calculated when Excel opens the ledger."""
    text = package.text("xl/workbook.xml")
    if found := re.search(r"<(?:\w+:)?calcPr\b[^>]*?(?=\s*/?>)", text):
        rest = re.sub(r'\sfullCalcOnLoad="[^"]*"', "", found[0])
        package.put("xl/workbook.xml", f'{text[: found.start()]}{rest} fullCalcOnLoad="1"{text[found.end() :]}')
