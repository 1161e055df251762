"""The book as three sheets of a workbook, and back: supplies, works, needs. Every problem at once, with sheet, row and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from luodi.intake.engine.filled import Column, LineProblem, SheetLike, choice, head, texts_of, values_of
from luodi.intake.engine.text import fold

SUPPLIES, WORKS, NEEDS = "supplies", "works", "needs"
SHEETS = ((SUPPLIES, "供给", "Supplies"), (WORKS, "准备工程", "Works"), (NEEDS, "需求", "Needs"))
MARKS = {"confirmed": ("已核", "Confirmed"), "pending": ("待核", "To be verified"), "demo": ("演示", "Demo")}
BASES = {"stated": ("填报", "Stated"), "contracted": ("合同", "Contract")}
WHOLE_CITY = ("全市", "Whole city")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of the city: {code: (Chinese, English)} of factors, places and steps."""

    factors: Mapping[str, Sequence[str]]
    units: Mapping[str, Sequence[str]]
    steps: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line with the place where it stands."""

    sheet: str
    number: int
    values: Mapping[str, Any]


@dataclass
class Parsed:
    rows: dict[str, list[Row]] = field(default_factory=lambda: {SUPPLIES: [], WORKS: [], NEEDS: []})
    problems: list[LineProblem] = field(default_factory=list)


def _text(text: str) -> str:
    return text


def _amount(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise ValueError("不是数字") from None
    if not value.is_finite() or not 0 <= value < Decimal(10) ** 12:
        raise ValueError("应是零或正数")
    return value


def _maybe_amount(text: str) -> Decimal | None:
    return _amount(text) if text else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10].replace("/", "-"))
    except ValueError:
        raise ValueError("日期写成 2027-12-31") from None


def _maybe_day(text: str) -> date | None:
    return _day(text) if text else None


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
        raise ValueError("应是天数，如 400")
    return int(text)


def _record(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValueError("系统编号是数字")
    return int(text) if text else None


def columns_of(table: str, words: Vocabulary) -> tuple[Column, ...]:
    factor = Column("factor", "要素", "Factor", choice(words.factors, None), True, 18)
    place = (
        Column("unit", "所在", "Place", choice({**words.units, "": WHOLE_CITY}, ""), width=22),
        Column("label", "来源分类", "Label", _text, width=10),
    )
    measure, source = (
        Column("measure", "计量单位", "Unit", _text, width=12),
        Column("source", "依据", "Source", _text, True, 40),
    )
    mark = Column("mark", "核实", "Mark", choice(MARKS, "pending"), width=10)
    if table == SUPPLIES:
        return (
            Column("record", "系统编号", "Record", _record, width=10), factor, *place, Column("amount", "数量", "Amount", _amount, True), measure,
            Column("from_on", "从哪天起", "From", _day, True, 12), Column("until_on", "到哪天", "Until", _maybe_day, width=12), mark, source,
        )  # fmt: skip
    if table == WORKS:
        return (
            Column("record", "系统编号", "Record", _record, width=10), factor, *place, Column("name", "工程名称", "Work", _text, True, 30),
            Column("adds", "增加", "Adds", _amount, True), measure, Column("days", "工期（天）", "Days", _days, True, 10),
            Column("earliest_on", "最早动工", "Earliest", _day, True, 12), Column("cost", "费用（万元）", "Cost (10k CNY)", _maybe_amount), mark, source,
        )  # fmt: skip
    return (
        Column("project", "项目编号", "Project record", _record, width=10), Column("name", "项目名称", "Project", _text, True, 34), factor,
        Column("step", "哪一步", "Step", choice({**words.steps, "": ("按通常步骤", "As usual")}, ""), width=14),
        Column("amount", "数量", "Amount", _amount, True), measure, Column("need_on", "要用的日期", "Needed on", _maybe_day, width=12),
        Column("basis", "依据种类", "Basis", choice(BASES, "stated"), width=10), source,
    )  # fmt: skip


def read(sheets: Sequence[SheetLike], words: Vocabulary) -> Parsed:
    """Everything that the workbook says; sheets with other names are read over, at least one of the three must be there."""
    parsed = Parsed()
    known = {fold(name): table for table, *names in SHEETS for name in names}
    own = [(known[fold(sheet.name)], sheet) for sheet in sheets if fold(sheet.name) in known]
    if not own:
        wanted = "、".join(name for _table, name, _name_en in SHEETS)
        parsed.problems.append(LineProblem("", 0, "", "没有这几张工作表中的任何一张", wanted))
    for table, sheet in own:
        _read_sheet(table, sheet, columns_of(table, words), parsed)
    return parsed


def _read_sheet(table: str, sheet: SheetLike, columns: Sequence[Column], parsed: Parsed) -> None:
    places: dict[str, int] = {}
    blank = {column.field: column.read("") for column in columns if not column.needed}  # of columns that are left out
    for number, cells in enumerate(sheet.rows, start=sheet.first_row):
        if not places:
            places = head(cells, columns)
            continue
        texts = texts_of(cells, columns, places)
        if not any(texts.values()):
            continue
        values, problems = values_of(sheet.name, number, texts, columns, places)
        parsed.problems += problems
        if not problems:
            parsed.rows[table].append(Row(sheet.name, number, blank | values))
    if not places:
        wanted = "、".join(column.name for column in columns if column.needed)
        parsed.problems.append(LineProblem(sheet.name, 0, "", "没有找到表头，至少要有这几列", wanted))
