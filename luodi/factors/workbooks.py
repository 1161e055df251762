"""The book as a workbook, written and read: what a reader sees of it goes out, what comes back is checked against the record."""

import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.core.workbook import Sheet, build
from luodi.factors.engine import sheets
from luodi.factors.engine.sheets import NEEDS, SUPPLIES, WORKS, Parsed, Row, Vocabulary
from luodi.factors.models import LIVE, Demand, Supply, Work
from luodi.factors.needing import ESTIMATED
from luodi.factors.open_needs import BY_PERSON, outlook
from luodi.factors.queries import pools_of
from luodi.factors.reading import seen_projects
from luodi.factors.settings import factor_settings
from luodi.intake.engine.filled import Column, LineProblem
from luodi.intake.engine.workbooks import open_workbook
from luodi.projects.models import Project

FEN = Decimal(1_000_000)


def vocabulary() -> Vocabulary:
    known = factor_settings()
    return Vocabulary(
        {one.code: (one.name, one.name_en) for one in known.factors},
        {one.code: (one.name, one.short) for one in city().units if one.code != "outside"},
        {one.code: (one.name, one.name_en) for one in known.steps},
    )


def write(user: User | None) -> tuple[io.BytesIO, int]:
    """The workbook with every live line that the person may see; estimates stand in the needs as a template, marked and without a source."""
    english = get_language() == "en"
    words, tables = (
        vocabulary(),
        {SUPPLIES: list(_supplies(user)), WORKS: list(_works(user)), NEEDS: list(_needs(user))},
    )
    caption = _("要素账　截至 %(day)s　空白的系统编号是新的一行") % {"day": timezone.localdate()}
    made = []
    for table, name, name_en in sheets.SHEETS:
        columns = sheets.columns_of(table, words)
        rows = _rows(tables[table], columns, words, english=english)
        head = [column.name_en if english else column.name for column in columns]
        made.append(
            Sheet(name_en if english else name, caption, head, rows, widths=[column.width for column in columns])
        )
    return build(made), sum(map(len, tables.values()))


def _rows(
    lines: Sequence[Mapping[str, Any]], columns: Sequence[Column], words: Vocabulary, *, english: bool
) -> list[list[Any]]:
    return [[_cell(line[column.field], column.field, words, english) for column in columns] for line in lines]


def _cell(value: Any, field: str, words: Vocabulary, english: bool) -> Any:
    named = {"factor": words.factors, "step": words.steps, "mark": sheets.MARKS, "basis": sheets.BASES}
    if field == "unit":
        value = words.units[value][0] if value else sheets.WHOLE_CITY[int(english)]
    elif field in named and value:
        value = named[field].get(value, (value, value))[int(english)]
    return value if value is None or isinstance(value, int | Decimal) else str(value)


def _supplies(user: User | None) -> Iterator[dict[str, Any]]:
    for one in Supply.objects.filter(LIVE, pool__in=[pool.pk for pool in pools_of(user)]).select_related("pool"):
        yield _placed(one) | {
            "amount": one.pool.kind_of.shown(one.amount), "from_on": one.from_on, "until_on": one.until_on,
        }  # fmt: skip


def _works(user: User | None) -> Iterator[dict[str, Any]]:
    for one in Work.objects.filter(LIVE, pool__in=[pool.pk for pool in pools_of(user)]).select_related("pool"):
        yield _placed(one) | {
            "name": one.name, "adds": one.pool.kind_of.shown(one.adds), "days": one.days, "earliest_on": one.earliest_on,
            "cost": None if one.cost_fen is None else one.cost_fen / FEN,
        }  # fmt: skip


def _placed(one: Supply | Work) -> dict[str, Any]:
    pool, factor = one.pool, one.pool.kind_of
    return {
        "record": one.pk, "factor": pool.factor, "unit": pool.unit, "label": pool.label, "measure": factor.unit,
        "mark": one.mark, "source": one.source,
    }  # fmt: skip


def _needs(user: User | None) -> Iterator[dict[str, Any]]:
    seen = None if user is None else seen_projects(user)
    for need in outlook(timezone.localdate()).needs:
        if seen is not None and need.project not in seen:
            continue
        estimated = need.basis == ESTIMATED
        yield {
            "project": need.project, "name": need.name, "factor": need.factor.code, "step": need.step, "measure": need.factor.unit,
            "amount": need.factor.shown(need.amount), "need_on": need.need_on if need.dated == BY_PERSON else None, "basis": _("估算") if estimated else need.basis,
            "source": "" if estimated else need.source,
        }  # fmt: skip


def read(path: Path, user: User | None) -> Parsed:
    """What a workbook says, with all that keeps it from being taken over. Estimates that came back as they went out are read over.

    Raises `Refusal` for what is no workbook.
    """
    words = vocabulary()
    parsed = sheets.read(_without_estimates(open_workbook(path).sheets), words)
    _check_amounts(parsed)
    _check_records(parsed, user)
    _check_projects(parsed, user)
    parsed.problems.sort(key=lambda one: (one.sheet, one.row, one.column))
    return parsed


class _Thinned:
    """A sheet without the lines that only estimate; rows keep their numbers."""

    def __init__(self, sheet: Any) -> None:
        self.name, self.first_row = sheet.name, sheet.first_row
        estimates = {"估算", "Estimated", str(_("估算"))}
        self.rows = [
            [None] * len(cells) if any(str(cell).strip() in estimates for cell in cells if cell is not None) else cells
            for cells in sheet.rows
        ]


def _without_estimates(found: Any) -> list[_Thinned]:
    return [_Thinned(sheet) for sheet in found]


def _check_amounts(parsed: Parsed) -> None:
    """More places than are kept, or another unit, would change the number unseen."""
    known = factor_settings().factor
    for row in [row for rows in parsed.rows.values() for row in rows]:
        factor = known[row.values["factor"]]
        amount = row.values.get("amount", row.values.get("adds"))
        if amount is not None and factor.shown(factor.whole(amount)) != amount:
            _add(parsed, row, "小数位比这种要素记的多", str(amount))
        measure = row.values.get("measure")
        if measure and measure not in (factor.unit, factor.unit_en):
            _add(parsed, row, "计量单位不是这种要素的", measure)


def _check_records(parsed: Parsed, user: User | None) -> None:
    """A known line may only move its day; another amount is a new line, and the old one is withdrawn on its page."""
    seen = [pool.pk for pool in pools_of(user)]
    supplies = Supply.objects.filter(LIVE, pool__in=seen).select_related("pool").in_bulk()
    works = Work.objects.filter(LIVE, pool__in=seen).select_related("pool").in_bulk()
    for table, known in ((SUPPLIES, supplies), (WORKS, works)):
        for row in parsed.rows[table]:
            if not row.values["record"]:
                continue
            held: Any = known.get(row.values["record"])
            if held is None:
                _add(parsed, row, "没有这个系统编号；新的一行请留空", str(row.values["record"]))
            elif not _is_same(held, row, table):
                _add(parsed, row, "已有的一行只能改日期；要改别的请在页面上撤回后另写一行", str(row.values["record"]))


def _is_same(held: Any, row: Row, table: str) -> bool:
    said, factor = row.values, held.pool.kind_of
    place = (held.pool.factor, held.pool.unit, held.pool.label)
    if place != (said["factor"], said["unit"] or "", said["label"] or ""):
        return False
    if table == WORKS:
        cost = None if held.cost_fen is None else held.cost_fen / FEN
        own = (held.name, held.adds, held.days, held.earliest_on, cost)
        return own == (said["name"], factor.whole(said["adds"]), said["days"], said["earliest_on"], said["cost"])
    return bool((held.amount, held.until_on) == (factor.whole(said["amount"]), said["until_on"]))


def _check_projects(parsed: Parsed, user: User | None) -> None:
    """Each project has to be found once, within reach; the number and the name must be one project's."""
    rows = parsed.rows[NEEDS]
    seen = Project.objects.current().visible_to(user)
    ids = dict(
        seen.filter(pk__in={row.values["project"] for row in rows if row.values["project"]}).values_list("pk", "name")
    )
    by_name: dict[str, list[int]] = {}
    for pk, name in seen.filter(name__in={row.values["name"] for row in rows}).values_list("pk", "name"):
        by_name.setdefault(name, []).append(pk)
    found = []
    for row in rows:
        pk, name = row.values["project"], row.values["name"]
        matches = [pk] if pk and ids.get(pk) == name else [] if pk else by_name.get(name, [])
        if len(matches) == 1:
            found.append(Row(row.sheet, row.number, {**row.values, "project": matches[0]}))
        else:
            message = (
                "项目库里不止一个同名项目，请写项目编号" if matches else "项目库里没有这个项目，或编号和名称不是同一个"
            )
            _add(parsed, row, message, name)
    parsed.rows[NEEDS] = found


def _add(parsed: Parsed, row: Row, message: str, value: str) -> None:
    parsed.problems.append(LineProblem(row.sheet, row.number, "", message, value))


def live_demands(projects: set[int]) -> dict[tuple[int, str, str], Demand]:
    """What stands, to tell a line that says the same again."""
    rows = Demand.objects.filter(LIVE, project__in=projects)
    return {(one.project_id, one.factor, one.step): one for one in rows}
