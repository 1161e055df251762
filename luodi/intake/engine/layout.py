"""Finding the tables of a sheet: captions, heading rows, columns, and the rows below with what each of them is.

Ledgers have titles, units and reporting units above the head, heads of one to four rows with or without merged cells,
rows that number the columns, heads printed again on every page, several tables on a sheet. No template is assumed.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from luodi.intake.engine.amounts import Unit, unit_in
from luodi.intake.engine.heads import Column, Head, columns_of, find_heads
from luodi.intake.engine.rowkinds import (
    SERIAL_HEADINGS,
    RowKind,
    Setting,
    classify,
    is_blank,
    is_section_title,
    is_serial,
    section_level,
    total_label,
)
from luodi.intake.engine.text import clean, fold
from luodi.intake.engine.workbooks import Merge, Sheet

_UNIT_CAPTION = re.compile(r"单位[:：为]|^[（(]?[百千万亿美港欧日英元镑币]{1,4}[)）]?$")
_REPORTER = re.compile(
    r"(?:填报|报送|上报|编报|填表|编制|制表)(?:单位|部门)(?:[（(][^)）]*[)）])?\s*[:：]\s*"
    r"(?P<name>.*?)\s*(?=\s{2,}|(?:填报|填表|报送|上报)(?:日期|时间|人)|[（(]?(?:金额|计量)?单位[:：]|$)"
)
_FILLED_ON = re.compile(
    r"(?:填报|填表|报送|上报|制表|统计|截止|截至)(?:日期|时间)?\s*[:：]?\s*(?P<day>\d{2,4}\s*[-年./].{1,14}?)(?=\s{2,}|$|[）)])"
)
_LAST_ROWS = 12


@dataclass(frozen=True, slots=True)
class DataRow:
    """One row of a table. `values` start at column A; `inherited`: the 1-based columns filled from a merged cell."""

    number: int
    values: list[Any]
    kind: RowKind
    label: str = ""
    section: str = ""
    inherited: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class TableLayout:
    """One table of a sheet: where its head and rows are and what stands around it. Row numbers are Excel's own."""

    sheet: Sheet = field(repr=False)
    heading_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    caption: tuple[str, ...]
    reporting_unit: str | None
    filled_on_text: str | None
    unit: Unit | None
    first_row: int
    last_row: int
    repeats: frozenset[int] = frozenset()
    numerals_are_sections: bool = False

    def rows(self) -> Iterator[DataRow]:
        """Every row below the head that is not blank, in order, with its kind. Reads the sheet anew at each call."""
        setting = self._setting()
        spans, tall = _merges_between(self.sheet.merges, self.first_row, self.last_row)
        active: list[tuple[Merge, Any]] = []
        sections: dict[int, str] = {}
        for number in range(self.first_row, self.last_row + 1):
            values = list(self.sheet.row(number))
            active = [(merge, value) for merge, value in active if merge.bottom >= number]
            active += [(merge, values[merge.left - 1]) for merge in tall.get(number, ()) if merge.left <= len(values)]
            kind, label = classify(values, replace(setting, spanned=number in spans))
            if number in self.repeats:
                kind = RowKind.HEADING
            if kind is RowKind.BLANK:
                continue
            if kind is RowKind.FOOTER:
                setting = replace(setting, after_footer=True)
            if _opens_section(kind, label):
                _enter(sections, label)
            inherited = _fill(values, active, number) if kind is RowKind.DATA else frozenset()
            yield DataRow(number, values, kind, label, " / ".join(sections.values()), inherited)

    def data_rows(self) -> Iterator[DataRow]:
        """The projects only."""
        return (row for row in self.rows() if row.kind is RowKind.DATA)

    def _setting(self) -> Setting:
        serials = frozenset(c.index - 1 for c in self.columns if fold(c.heading) in SERIAL_HEADINGS)
        headings = frozenset(fold(text) for column in self.columns for text in column.words)
        first = self.columns[0].index - 1 if self.columns else 0
        return Setting(serials=serials, first=first, headings=headings, numerals=self.numerals_are_sections)


def find_tables(sheet: Sheet, *, known: Callable[[str], bool]) -> tuple[TableLayout, ...]:
    """The tables of a sheet, top to bottom; empty when no row looks like headings (see `why_no_table`).

    `known` says whether a text is a heading that the vocabulary has.
    """
    heads = _merge_repeats(sheet, find_heads(sheet, known=known))
    tables = []
    for position, (head, repeats) in enumerate(heads):
        after = heads[position + 1][0] if position + 1 < len(heads) else None
        last = after.caption_top - 1 if after else sheet.last_row
        tables.append(_table(sheet, head, repeats, last))
    return tuple(table for table in tables if table.columns)


def why_no_table(sheet: Sheet) -> str:
    """The reason, in Chinese, why a sheet without a table is left out."""
    filled = [row for row in sheet.rows[:200] if any(not is_blank(value) for value in row)]
    if not filled:
        return "空白工作表"
    several = sum(sum(not is_blank(value) for value in row) >= 3 for row in filled)
    if several * 2 < len(filled):
        return "没有表格，像是填表说明或文字材料"
    return "没有找到表头：认不出两个以上的列标题，请检查表头文字，或在本市的列标题词表中补充"


def row_kind(values: Sequence[Any], columns: Sequence[Column]) -> RowKind:
    """The kind of one row seen on its own, without its neighbours."""
    serials = frozenset(column.index - 1 for column in columns if fold(column.heading) in SERIAL_HEADINGS)
    headings = frozenset(fold(text) for column in columns for text in column.words)
    return classify(values, Setting(serials=serials, headings=headings))[0]


def _merge_repeats(sheet: Sheet, heads: list[Head]) -> list[tuple[Head, set[int]]]:
    """A head that comes again is a page break, unless a title of its own makes it a new table."""
    kept: list[tuple[Head, set[int]]] = []
    for head in heads:
        titles = {fold(text) for text in _titles(sheet, head)}
        if (
            kept
            and head.signature == kept[-1][0].signature
            and titles <= {fold(t) for t in _titles(sheet, kept[-1][0])}
        ):
            rows = set(range(head.caption_top, head.bottom + 1))
            kept[-1][1].update(n for n in rows if n >= head.top or not _is_section_row(sheet.row(n)))
        else:
            kept.append((head, set()))
    return kept


def _titles(sheet: Sheet, head: Head) -> list[str]:
    """Titles above a head: captions without a colon that are not numbered as sections and not 续表 or a page number."""
    rows = [text for n in range(head.caption_top, head.top) for text in _texts(sheet.row(n))]
    return [
        text for text in rows if not re.search(r"[:：]|续表|^第.{1,5}页|^[（(]", text) and not is_section_title(text)
    ]


def _texts(row: Sequence[Any]) -> list[str]:
    return [" ".join(clean(value).splitlines()) for value in row if not is_blank(value)]


def _is_section_row(row: Sequence[Any]) -> bool:
    texts = _texts(row)
    return len(texts) == 1 and is_section_title(texts[0])


def _table(sheet: Sheet, head: Head, repeats: set[int], last: int) -> TableLayout:
    captions = [_texts(sheet.row(number)) for number in range(head.caption_top, head.top)]
    lines = [text for row in captions for text in row]
    while last > head.bottom and all(is_blank(value) for value in sheet.row(last)):
        last -= 1
    tail = [clean(v) for n in range(max(head.bottom + 1, last - _LAST_ROWS), last + 1) for v in sheet.row(n) if v != ""]
    columns = columns_of(sheet, head, last)
    return TableLayout(
        sheet=sheet,
        heading_rows=tuple(range(head.top, head.bottom + 1)),
        columns=columns,
        caption=tuple(lines),
        reporting_unit=_reporting_unit(captions),
        filled_on_text=_found(_FILLED_ON, "day", [*lines, *tail]),
        unit=_caption_unit(captions),
        first_row=head.bottom + 1,
        last_row=last,
        repeats=frozenset(repeats),
        numerals_are_sections=_has_arabic_serials(sheet, columns, head.bottom + 1, last),
    )


def _found(pattern: re.Pattern[str], group: str, texts: Sequence[str]) -> str | None:
    return next(
        (match[group].strip() for text in texts if (match := pattern.search(text)) and match[group].strip()), None
    )


def _reporting_unit(captions: Sequence[Sequence[str]]) -> str | None:
    for row in captions:
        for position, text in enumerate(row):
            if not (match := _REPORTER.search(text)):
                continue
            if match["name"]:
                return match["name"]
            # The name may stand in the cell to the right of the words.
            if position + 1 < len(row) and not re.search(r"[:：]", row[position + 1]):
                return row[position + 1]
    return None


def _caption_unit(captions: Sequence[Sequence[str]]) -> Unit | None:
    for row in captions:
        for text in [*row, "".join(row)]:
            if _UNIT_CAPTION.search(text) and (unit := unit_in(text)):
                return unit
    return None


def _has_arabic_serials(sheet: Sheet, columns: Sequence[Column], first: int, last: int) -> bool:
    serials = [column.index - 1 for column in columns if fold(column.heading) in SERIAL_HEADINGS]
    if not serials:
        return False
    for number in range(first, min(last, first + 500) + 1):
        value = sheet.row(number)[serials[0]]
        if isinstance(value, int | float) or (
            isinstance(value, str) and re.search(r"\d", value) and is_serial(fold(value))
        ):
            return True
    return False


def _merges_between(merges: Sequence[Merge], first: int, last: int) -> tuple[set[int], dict[int, list[Merge]]]:
    """Rows whose cells are merged across three columns or more, and the merges that go down, by their top row."""
    spans: set[int] = set()
    tall: dict[int, list[Merge]] = {}
    for merge in merges:
        if merge.bottom < first or merge.top > last:
            continue
        if merge.right - merge.left >= 2 and merge.top == merge.bottom:
            spans.add(merge.top)
        if merge.bottom > merge.top:
            tall.setdefault(merge.top, []).append(merge)
    return spans, tall


def _fill(values: list[Any], active: Sequence[tuple[Merge, Any]], number: int) -> frozenset[int]:
    """Give the row what vertically merged cells above it say; only merges fill, a blank below a name stays blank."""
    filled = set()
    for merge, value in active:
        position = merge.left - 1
        if merge.top < number and is_blank(values[position]) and not is_blank(value):
            values[position] = value
            filled.add(merge.left)
    return frozenset(filled)


def _opens_section(kind: RowKind, label: str) -> bool:
    """A section's title may carry the section's sum; a plain 小计 only closes one."""
    is_sum = kind is RowKind.SUBTOTAL and not total_label(label) and not fold(label).startswith("其中")
    return kind is RowKind.SECTION or is_sum


def _enter(sections: dict[int, str], label: str) -> None:
    level = section_level(label)
    for lower in [key for key in sections if key >= level]:
        del sections[lower]
    sections[level] = label
