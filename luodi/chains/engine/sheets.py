"""Three sheets of a workbook as tables: every problem at once, with the sheet, Excel's row and the column's letter.

A head may stand in any row and its columns in any order; each is known by its Chinese or its English name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from luodi.chains.engine.tables import (
    ENTERPRISE,
    PROJECT,
    EdgeLine,
    HolderLine,
    NodeLine,
    Parsed,
    Tables,
)
from luodi.intake.engine.filled import Column, LineProblem, SheetLike, choice, head, texts_of, values_of
from luodi.intake.engine.text import clean, fold

HIDDEN, HIDDEN_EN = "（其他单位的项目）", "(another unit's project)"
"""Instead of a name that the reader may not see; such a line is read over."""


def _text(text: str) -> str:
    return text


def quantity_of(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise ValueError("不是数字；不知道的留空") from None
    if not value.is_finite() or value < 0:
        raise ValueError("应是零或正数；不知道的留空")
    return value


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isdigit() and 1900 <= int(text) <= 2100):
        raise ValueError("应是四位年份，如 2016")
    return int(text)


def _count(text: str) -> int | None:
    if not text:
        return None
    if not (text.isdigit() and int(text) < 1000):
        raise ValueError("应是整数")
    return int(text)


def _record(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ValueError("系统编号是数字")
    return int(text)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("日期写成 2027-12-31") from None


def codes_of(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.replace("、", ",").replace("，", ",").replace(";", ",").replace("；", ",").replace(" ", "").split(",") if part)  # fmt: skip


KINDS = {"product": ("产品", "Product"), "process": ("工序", "Process")}
MARKS = {"confirmed": ("已核", "Confirmed"), "pending": ("待核", "To be verified"), "demo": ("演示", "Demo")}
HOLDERS = {ENTERPRISE: ("企业", "Enterprise"), PROJECT: ("项目", "Project")}
YES = {"yes": ("是", "Yes"), "no": ("否", "No")}
_mark, _yes = choice(MARKS, "pending"), choice(YES, "no")

NODE_COLUMNS = (
    Column("code", "环节编号", "Node code", _text, True, 10),
    Column("name", "环节名称", "Node", _text, True, 26),
    Column("kind", "类型", "Kind", choice(KINDS, "product"), width=8),
    Column("industries", "行业代码", "GB/T 4754", codes_of, width=12),
    Column("unit", "单位", "Unit", lambda text: text or "万吨", width=8),
    Column("capacity", "本地能力", "Local capacity", quantity_of),
    Column("supply", "本地供给", "Local supply", quantity_of),
    Column("demand", "本地需求", "Local demand", quantity_of),
    Column("norm_size", "规模下限", "Smallest economic size", quantity_of),
    Column("norm_years", "年限", "Years until old", _count, width=8),
    Column("mark", "核实", "Mark", _mark, width=8),
    Column("source", "来源", "Source", _text, width=40),
)
EDGE_COLUMNS = (
    Column("feeds_from", "上游编号", "From", _text, True, 10),
    Column("feeds_to", "下游编号", "To", _text, True, 10),
    Column("ratio", "单位产出", "Yield t/t", quantity_of),
    Column("mark", "核实", "Mark", _mark, width=8),
    Column("source", "来源", "Source", _text, width=40),
)


def holder_columns(roles: Mapping[str, Sequence[str]]) -> tuple[Column, ...]:
    """`roles`: {code: names} of the city."""
    return (
        Column("node", "环节编号", "Node code", _text, True, 10),
        Column("kind", "企业或项目", "Holder", choice(HOLDERS, PROJECT), width=10),
        Column("name", "名称", "Name", _text, True, 40),
        Column("record", "系统编号", "Record", _record, width=10),
        Column("capacity", "能力", "Capacity", quantity_of),
        Column("role", "角色", "Role", choice(roles, ""), width=18),
        Column("role_reason", "为什么是这个角色", "Reason for the role", _text, width=40),
        Column("is_head", "头部企业", "Head enterprise", lambda text: _yes(text) == "yes", width=10),
        Column("since", "投用年份", "In use since", _year, width=10),
        Column("ready_on", "预计投产", "Ready on", _day, width=12),
        Column("mark", "核实", "Mark", _mark, width=8),
        Column("source", "来源", "Source", _text, width=40),
    )


SHEETS: tuple[tuple[str, str, str], ...] = (
    ("nodes", "环节", "Nodes"),
    ("edges", "上下游", "Feeds"),
    ("holders", "承载", "Holders"),
)
_LINES: dict[str, Any] = {"nodes": NodeLine, "edges": EdgeLine, "holders": HolderLine}


def read_tables(sheets: Sequence[SheetLike], roles: Mapping[str, Sequence[str]]) -> Parsed:
    """Everything that the workbook says. Sheets with other names are read over."""
    parsed = Parsed(Tables())
    found: dict[str, tuple[Any, ...]] = {}
    for table, name, name_en in SHEETS:
        sheet = next((one for one in sheets if fold(one.name) in {fold(name), fold(name_en)}), None)
        columns = {"nodes": NODE_COLUMNS, "edges": EDGE_COLUMNS, "holders": holder_columns(roles)}[table]
        found[table] = tuple(_lines(sheet, table, columns, parsed)) if sheet is not None else ()
        if sheet is None and table == "nodes":
            parsed.problems.append(LineProblem(name, 0, "", "没有这张工作表", ""))
    parsed.tables = Tables(**found)
    _check_links(parsed)
    return parsed


def _lines(sheet: SheetLike, table: str, columns: Sequence[Column], parsed: Parsed) -> Iterator[Any]:
    places: dict[str, int] = {}
    seen: dict[tuple[str, ...], int] = {}
    for offset, cells in enumerate(sheet.rows):
        number = sheet.first_row + offset
        if not places:
            places = head(cells, columns)
            parsed.chain = parsed.chain or _named(cells)
            continue
        texts = texts_of(cells, columns, places)
        if not any(texts.values()) or texts.get("name") in {HIDDEN, HIDDEN_EN}:
            continue
        if table == "nodes":
            parsed.codes.add(texts["code"])
        line = _line(sheet.name, number, texts, columns, places, table, parsed)
        if line is None:
            continue
        key = _key(table, line)
        if key in seen:
            parsed.problems.append(LineProblem(sheet.name, number, "", "与上面的一行重复", f"{seen[key]}"))
            continue
        seen[key] = number
        parsed.where[table, len(seen) - 1] = (sheet.name, number)
        yield line
    if not places:
        wanted = "、".join(column.name for column in columns if column.needed)
        parsed.problems.append(LineProblem(sheet.name, 0, "", "没有找到表头，至少要有这几列", wanted))


_CAPTION = re.compile(r"(?:产业链图|chainmap):.*\(([a-z0-9_-]+)\)")


def _named(cells: Sequence[Any]) -> str:
    """Which chain a line above the head says that the sheet is of."""
    found = _CAPTION.search(fold(clean(cells[0]))) if cells else None
    return found[1] if found else ""


def _line(
    sheet: str, number: int, texts: Mapping[str, str], columns: Sequence[Column], places: Mapping[str, int], table: str,
    parsed: Parsed,
) -> Any:  # fmt: skip
    values, problems = values_of(sheet, number, texts, columns, places)
    parsed.problems += problems
    return None if problems else _LINES[table](**values)


def _key(table: str, line: Any) -> tuple[str, ...]:
    if table == "nodes":
        return (line.code,)
    if table == "edges":
        return (line.feeds_from, line.feeds_to)
    return (line.node, line.kind, str(line.record or line.name))


def _check_links(parsed: Parsed) -> None:
    """An edge or holder may name a node of the record instead of one of the sheet; only an edge onto itself is wrong for sure."""
    for index, edge in enumerate(parsed.tables.edges):
        if edge.feeds_from == edge.feeds_to:
            sheet, number = parsed.where["edges", index]
            parsed.problems.append(LineProblem(sheet, number, "B", "环节不能供给自己", edge.feeds_to))
