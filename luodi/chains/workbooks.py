"""A map as a workbook and back: three sheets, with every problem told by sheet, row and column before anything is written."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.chains.engine import sheets
from luodi.chains.engine.tables import ENTERPRISE, PROJECT, EdgeLine, HolderLine, NodeLine, Parsed
from luodi.chains.models import Chain, ChainHolder
from luodi.chains.queries import Chart, live_nodes, reachable_projects
from luodi.chains.settings import chain_settings
from luodi.core.codelists import industry_path
from luodi.intake.engine.filled import Column, LineProblem
from luodi.intake.engine.workbooks import open_workbook
from luodi.projects.models import Project

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def role_words() -> dict[str, tuple[str, str]]:
    return {role.code: (role.name, role.name_en) for role in chain_settings().roles}


def read(path: Path, chain: Chain, actor: User | None) -> Parsed:
    """What a workbook says of a chain's map, with all that keeps it from being taken over. Raises `Refusal` for what is no workbook."""
    book = open_workbook(path)
    parsed = sheets.read_tables(book.sheets, role_words())
    if parsed.chain and parsed.chain != chain.code:
        parsed.problems.append(LineProblem("", 1, "A", "这张表写的是另一条产业链", parsed.chain))
    known = set(live_nodes(chain).values_list("code", flat=True)) | parsed.codes
    _check_nodes(parsed)
    _check_references(parsed, known)
    _check_holders(parsed, actor)
    parsed.problems.sort(key=lambda one: (one.sheet, one.row, one.column))
    return parsed


def named_chain(path: Path) -> Chain | None:
    """The chain that a workbook's caption names. Raises `Refusal`."""
    code = sheets.read_tables(open_workbook(path).sheets, role_words()).chain
    return Chain.objects.filter(code=code).first() if code else None


def _add(parsed: Parsed, table: str, index: int, column: str, message: str, value: str) -> None:
    sheet, number = parsed.where[table, index]
    parsed.problems.append(LineProblem(sheet, number, column, message, value))


def _check_nodes(parsed: Parsed) -> None:
    for index, line in enumerate(parsed.tables.nodes):
        for code in line.industries:
            if not industry_path(code):
                _add(parsed, "nodes", index, "", "GB/T 4754-2017 没有这个行业代码", code)


def _check_references(parsed: Parsed, known: set[str]) -> None:
    for index, edge in enumerate(parsed.tables.edges):
        for code in (edge.feeds_from, edge.feeds_to):
            if code not in known:
                _add(parsed, "edges", index, "", "没有这个编号的环节", code)
    for index, holder in enumerate(parsed.tables.holders):
        if holder.node not in known:
            _add(parsed, "holders", index, "", "没有这个编号的环节", holder.node)


def _check_holders(parsed: Parsed, actor: User | None) -> None:
    """Projects have to be found, each once, within reach; a role needs its reason."""
    lines = parsed.tables.holders
    names = {line.name.strip() for line in lines if line.kind == PROJECT}
    ids = {line.record for line in lines if line.record}
    seen = Project.objects.current().visible_to(actor)
    by_name: dict[str, int] = {}
    for name in seen.filter(name__in=names).values_list("name", flat=True):
        by_name[name] = by_name.get(name, 0) + 1
    found = dict(seen.filter(pk__in=ids).values_list("pk", "name"))
    for index, line in enumerate(lines):
        if line.role and not line.role_reason.strip():
            _add(parsed, "holders", index, "", "写了角色，也请写明为什么是这个角色", line.role)
        if line.kind != PROJECT:
            continue
        if line.record in found and found[line.record] != line.name.strip():
            _add(parsed, "holders", index, "", "系统编号和名称不是同一个项目", line.name)
            continue
        matches = int(line.record in found) if line.record else by_name.get(line.name.strip(), 0)
        if matches != 1:
            message = "项目库里没有这个项目" if not matches else "项目库里不止一个同名项目，请写系统编号"
            _add(parsed, "holders", index, "", message, str(line.record or line.name))


def write(chart: Chart, user: User | None) -> bytes:
    """The map as a workbook that can be read back. Of a project out of the reader's scope there is the capacity, no name."""
    import xlsxwriter

    english = get_language() == "en"
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    tables = {
        "nodes": sheets.NODE_COLUMNS,
        "edges": sheets.EDGE_COLUMNS,
        "holders": sheets.holder_columns(role_words()),
    }
    lines = {"nodes": _node_lines(chart), "edges": _edge_lines(chart), "holders": _holder_lines(chart, user)}
    for table, name, name_en in sheets.SHEETS:
        sheet = book.add_worksheet(name_en if english else name)
        _write_sheet(book, sheet, tables[table], lines[table], _caption(chart), english=english)
    book.close()
    return file.getvalue()


def _caption(chart: Chart) -> str:
    """Whose map, of which day; whether something on it is for show."""
    today = timezone.localdate().isoformat()
    mark = _("　含演示数据，不作为决策和上报依据") if chart.demo else ""
    return (
        _("产业链图：%(name)s（%(code)s）　%(day)s")
        % {
            "name": chart.chain.name,
            "code": chart.chain.code,
            "day": today,
        }
        + mark
    )


def _write_sheet(
    book: Any, sheet: Any, columns: Sequence[Column], lines: Sequence[Mapping[str, Any]], caption: str, *, english: bool
) -> None:  # fmt: skip
    head = book.add_format({"bold": True, "bg_color": "#EDF2F2", "border": 1, "text_wrap": True, "valign": "vcenter"})
    plain, text = book.add_format({"font_size": 10}), book.add_format({"num_format": "@", "valign": "vcenter"})
    sheet.write_string(0, 0, _safe(caption), plain)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(1, index, column.name_en if english else column.name, head)
    sheet.freeze_panes(2, 2)
    for number, line in enumerate(lines, start=2):
        for index, column in enumerate(columns):
            value = _cell(column.field, line[column.field], english=english)
            if isinstance(value, Decimal):
                sheet.write_number(number, index, value)
            elif value:
                sheet.write_string(number, index, _safe(value), text)
    sheet.autofilter(1, 0, max(len(lines) + 1, 2), len(columns) - 1)


def _safe(text: str) -> str:
    """Text that a spreadsheet must not run."""
    return f"'{text}" if text.startswith(_RISKY) else text


def _cell(field: str, value: Any, *, english: bool) -> Any:
    """As it is written for people, and read back."""
    choices: Mapping[str, Sequence[str]] = {
        "kind": {**sheets.KINDS, **sheets.HOLDERS},
        "mark": sheets.MARKS,
        "role": role_words(),
    }.get(field, {})
    if value in choices and isinstance(value, str):
        return choices[value][int(english)]
    if field == "is_head":
        return sheets.YES["yes" if value else "no"][int(english)]
    if isinstance(value, tuple):
        return "、".join(value)
    if value is None or isinstance(value, Decimal):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _node_lines(chart: Chart) -> list[dict[str, Any]]:
    rows = []
    for node in chart.nodes:
        values = {name: getattr(node, name) for name in NodeLine.__dataclass_fields__ if name != "industries"}
        rows.append(asdict(NodeLine(**values, industries=tuple(node.industries))))
    return rows


def _edge_lines(chart: Chart) -> list[dict[str, Any]]:
    return [{name: getattr(edge, name) for name in EdgeLine.__dataclass_fields__} for edge in chart.edges]


def _holder_lines(chart: Chart, user: User | None) -> list[dict[str, Any]]:
    seen = reachable_projects(user, chart.holders)
    return [_holder_line(holder, seen) for holder in chart.holders]


def _holder_line(holder: ChainHolder, seen: frozenset[int]) -> dict[str, Any]:
    own = {name: getattr(holder, name) for name in HolderLine.__dataclass_fields__ if hasattr(holder, name)}
    if holder.project_id is None:
        return {**own, "kind": ENTERPRISE, "name": str(holder.party), "record": None}
    if holder.project_id in seen:
        return {**own, "kind": PROJECT, "name": str(holder.project), "record": holder.project_id}
    hidden = sheets.HIDDEN_EN if get_language() == "en" else sheets.HIDDEN
    kept = {name: None for name in own} | {"node": holder.node, "capacity": holder.capacity, "mark": holder.mark}
    return {**kept, "is_head": False, "kind": PROJECT, "name": hidden, "record": None}
