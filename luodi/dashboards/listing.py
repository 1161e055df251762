"""One page of the list: its state in the address, its rows, its totals, its chips."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count as Count_
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.policy import fields_of, scope_of
from luodi.core.installation import city
from luodi.core.templatetags.money import money
from luodi.dashboards import columns
from luodi.dashboards.filters import COUNTED, DERIVED, FIXED_ASSETS, NONE, ProjectFilter, tells
from luodi.intake import words
from luodi.projects.models import Project
from luodi.reserve.settings import reserve_settings
from luodi.snapshots import clock as clocks
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import COUNTINGS, Count, cell_of

SIZES = (50, 100, 200)


@dataclass(frozen=True, slots=True)
class ListState:
    """What an address of the list says: filter, columns, rows a page, page (from 1). Made for one person, who sees all that is in it."""

    filter: ProjectFilter
    cols: tuple[str, ...] = columns.DEFAULT
    size: int = SIZES[0]
    page: int = 1

    @classmethod
    def from_query(cls, query: QueryDict, user: User) -> "ListState":
        """What the person may not see is left out, as what nobody knows is: never an error."""
        size, page, sees = query.get("size", ""), query.get("page", ""), fields_of(user)
        return cls(
            filter=ProjectFilter.from_query(query).within(sees),
            cols=columns.chosen(query.getlist("cols"), sees),
            size=int(size) if size in map(str, SIZES) else SIZES[0],
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
        )

    def query(self, **changes: str) -> str:
        """The address's query; `changes` are of the filter. Defaults are left out, so equal lists have equal addresses."""
        given = {name: value for name, value in asdict(replace(self.filter, **changes)).items() if value}
        if self.cols != columns.DEFAULT:
            given["cols"] = ",".join(self.cols)
        if self.size != SIZES[0]:
            given["size"] = str(self.size)
        if self.page > 1:
            given["page"] = str(self.page)
        return urlencode(given)

    def url(self, **changes: str) -> str:
        """The list with a changed filter starts at its first page."""
        query = replace(self, page=1).query(**changes)
        return reverse("projects") + (f"?{query}" if query else "")

    def at(self, page: int) -> str:
        return f"{reverse('projects')}?{replace(self, page=page).query()}"


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole filter, not the page: its records, and both counts with their sums (`fen` None = no exact amount at all)."""

    records: int
    shown: str
    rows: int
    counts: dict[str, Count]
    fen: dict[str, int | None]

    @property
    def count(self) -> Count:
        """What the list's headline and total are about: the counting that is shown; of all records, the packed one."""
        return self.counts[self.shown or "packaged"]

    @property
    def amount(self) -> int | None:
        return self.fen[self.shown or "packaged"]


def totals(state: ListState, user: User) -> Whole:
    """One query for both counts, whichever of them is shown."""
    every = replace(state.filter, counting="").apply(user).order_by()
    if state.filter.clock is not None:
        return _totals_then(state, user, list(every.values_list("id", flat=True)))
    found = every.aggregate(records=Count_("id"), lines=Count_("id", COUNTED["unpacked"]), **queries.SUMS)
    counts = {
        "packaged": Count(found["packed"] or 0, found["fen"] or 0, found["without"]),
        "unpacked": Count(found["unpacked"] or 0, found["unpacked_fen"] or 0, found["unpacked_without"] or 0),
    }
    shown = state.filter.counting
    rows = {"": found["records"], "packaged": counts["packaged"].projects, "unpacked": found["lines"]}[shown]
    fen = {
        "packaged": _on_side(state.filter.side, found["fen"], found["added"], found["parts"]),
        "unpacked": _on_side(
            state.filter.side, found["unpacked_fen"], found["added_unpacked"], found["parts_unpacked"]
        ),
    }
    for counting, whole in fen.items():
        counts[counting].amount_fen = whole or 0
    if not fields_of(user)["total_investment"]:
        fen = dict.fromkeys(fen)
        for count in counts.values():
            count.amount_fen = count.without_amount = 0
    return Whole(found["records"], shown, rows, counts, fen)


def _on_side(side: str, fen: int | None, added: int | None, parts: int | None) -> int | None:
    """An undertaking's amount is net with the part that stands for it; so the other parts' amounts are no water."""
    if side == "net":
        return (fen or 0) + added if added else fen
    return fen - parts if side == "water" and fen is not None and parts else fen


def _totals_then(state: ListState, user: User, ids: list[int]) -> Whole:
    """Both counts as of a past day, added up from what each project counted for."""
    found = clocks.counted(state.filter.clock) if state.filter.clock else {}
    counts, lines = {counting: Count() for counting in COUNTINGS}, 0
    for project in ids:
        one = found[project]
        cell = cell_of(one, unit="", chain="", nature="")
        counts["packaged"].add(cell.packaged)
        counts["unpacked"].add(cell.unpacked)
        for counting, added in zip(COUNTINGS, cell.added, strict=True):
            stated = cell.packaged if counting == "packaged" else cell.unpacked
            parts = stated.amount_fen if one.part_of else 0
            counts[counting].amount_fen = _on_side(state.filter.side, counts[counting].amount_fen, added, parts) or 0
        lines += cell.unpacked.projects > 0
    rows = {"": len(ids), "packaged": counts["packaged"].projects, "unpacked": lines}[state.filter.counting]
    fen: dict[str, int | None] = {
        counting: one.amount_fen if one.projects > one.without_amount else None for counting, one in counts.items()
    }
    if not fields_of(user)["total_investment"]:
        fen = dict.fromkeys(fen)
        for count in counts.values():
            count.amount_fen = count.without_amount = 0
    return Whole(len(ids), state.filter.counting, rows, counts, fen)


def as_told(rows: Iterable[dict[str, Any]], state: ListState) -> Iterator[dict[str, Any]]:
    """The rows as they stand, or stood on the day that is asked about."""
    asked = state.filter.clock
    found = clocks.counted(asked) if asked else {}
    for row in rows:
        yield clocks.told(row, found[row["id"]]) if asked else row


def context(state: ListState, user: User) -> dict[str, Any]:
    """Everything that the results show."""
    whole = totals(state, user)
    last = max(1, -(-whole.rows // state.size))
    state = replace(state, page=min(state.page, last))
    first = (state.page - 1) * state.size
    rows = _rows(state, user, first)
    return {
        "state": state,
        "heads": [_head(columns.BY_CODE[code], state) for code in state.cols],
        "rows": [_row(row, first + n, state, user.money_unit) for n, row in enumerate(rows, start=1)],
        "total_cells": [_total(code, whole, user.money_unit) for code in state.cols],
        "tabs": tabs(whole, state),
        "headline": headline(whole),
        "whole": {
            "projects": whole.rows,
            "amount": money(whole.amount, user.money_unit),
            "without": f"{whole.count.without_amount:,}",
        },
        "chips": chips(state),
        "page": {
            "first": f"{first + 1:,}" if rows else "0",
            "last": f"{first + len(rows):,}",
            "total": f"{whole.rows:,}",
            "prev_url": state.at(state.page - 1) if state.page > 1 else "",
            "next_url": state.at(state.page + 1) if state.page < last else "",
        },
        "query": replace(state, page=1).query(),
    }


def headline(whole: Whole) -> str:
    """How many, as counted; and on how many rows, where one row stands for several projects."""
    packed, unpacked = (whole.counts[c].projects for c in COUNTINGS)
    if not whole.shown:
        return _("共 %(records)s 条记录：打包 %(packed)s 个、拆分 %(unpacked)s 个") % {
            "records": f"{whole.records:,}", "packed": f"{packed:,}", "unpacked": f"{unpacked:,}",
        }  # fmt: skip
    said = _("共 %(n)s 个项目（%(counting)s）") % {
        "n": f"{whole.count.projects:,}", "counting": words.COUNTINGS[whole.shown]
    }  # fmt: skip
    if whole.rows != whole.count.projects:
        said += _("，分列 %(rows)s 行，其中有的行按写明的个数计") % {"rows": f"{whole.rows:,}"}
    return said


def tabs(whole: Whole, state: ListState) -> list[dict[str, Any]]:
    """The switch between all records and the two counts."""
    found = [("", _("全部记录"), whole.records)]
    found += [(c, str(words.COUNTINGS[c]), whole.counts[c].projects) for c in COUNTINGS]
    return [
        {"text": f"{label} {n:,}", "url": state.url(counting=code), "active": code == whole.shown}
        for code, label, n in found
    ]


def _rows(state: ListState, user: User, first: int) -> list[dict[str, Any]]:
    """The page's rows. Ids first: of 100,000 projects, sorting bare ids is three times as fast as sorting whole rows."""
    ids = list(state.filter.apply(user).values_list("id", flat=True)[first : first + state.size])
    found, scope = Project.objects.filter(pk__in=ids).values(*columns.FIELDS), scope_of(user)
    rows = {row["id"]: columns.bounded(row, scope) for row in as_told(found, state)}
    return [columns.counted(rows[project], state.filter.counting) for project in ids if project in rows]


def _head(column: columns.Column, state: ListState) -> dict[str, str]:
    """A click sorts; amounts and stages start with the largest, names with the first."""
    down, up = f"-{column.sort}", column.sort
    first, second = (down, up) if column.code in {"amount", "reported", "proven", "net"} else (up, down)
    sortable = bool(column.sort) and not (state.filter.clock and column.sort in DERIVED)
    order = {up: "ascending", down: "descending"}.get(state.filter.sort, "") if column.sort else ""
    return {
        "code": column.code,
        "label": column.label,
        "css": "num" if column.css == "num" else "",
        "mark": column.code if column.code in words.SIDES else "",
        "order": order,
        "url": state.url(sort=second if state.filter.sort == first else first) if sortable else "",
    }


def _row(row: dict[str, Any], number: int, state: ListState, unit: str) -> dict[str, Any]:
    cells = [(columns.css(code, row), columns.text(code, row, unit)) for code in state.cols if code != "name"]
    return {
        "number": f"{number:,}",
        "url": reverse("project", args=[row["id"]]) + asked_query(state.filter),
        "name": row["name"],
        "note": columns.counting_note(row),
        "cells": cells,
    }


def asked_query(asked: ProjectFilter) -> str:
    """The question about the past, carried on to a project's page."""
    given = {name: getattr(asked, name) for name in ("as_of", "known_at") if getattr(asked, name)}
    return f"?{urlencode(given)}" if given else ""


def _total(code: str, whole: Whole, unit: str) -> str:
    if code == "name":
        return total_words(whole)
    if code == "amount":
        return money(whole.amount, unit) or (_("未写明") if whole.rows else "")
    return ""


def total_words(whole: Whole) -> str:
    """The count below a list or a workbook; of all records both, because their sum would count a package twice."""
    packed, unpacked = (f"{whole.counts[c].projects:,}" for c in COUNTINGS)
    if whole.shown:
        counting = {"n": f"{whole.count.projects:,}", "counting": words.COUNTINGS[whole.shown]}
        return _("合计 %(n)s 个项目（%(counting)s）") % counting
    return _("合计 打包 %(packed)s 个、拆分 %(unpacked)s 个，金额按打包计") % {"packed": packed, "unpacked": unpacked}


def chips(state: ListState) -> list[dict[str, str]]:
    """What is active, in words, each with the address without it."""
    f, found = state.filter, []
    if f.q:
        found.append((_("搜索：%(text)s") % {"text": f.q}, {"q": ""}))
    for name, shown in (("unit", words.unit_name), ("chain", str), ("tier", words.tier_name)):
        if value := getattr(f, name):
            label = words.field_name(name) if name != "tier" else columns.BY_CODE["tier"].label
            found.append((f"{label}{_('：')}{_('未写明') if value == NONE else shown(value) or value}", {name: ""}))
    if f.nature:
        nature = _("固定资产投资口径") if f.nature == FIXED_ASSETS else words.nature_name(f.nature)
        found.append((f"{words.field_name('nature')}{_('：')}{nature or _('未写明')}", {"nature": ""}))
    for name, label in (("reached", _("已达到")), ("current", _("当前阶段"))):
        if value := getattr(f, name):
            found.append((f"{label} {words.stage_name(value)}", {name: ""}))
    sides = {**words.SIDES, "water": words.WATER}
    named = (
        ("state", _("状态"), words.STATES),
        ("gap", _("方阵"), words.GAPS),
        ("pool", _("三库"), _pools()),
        ("side", _("口径"), sides),
    )
    for name, label, known in named:
        if value := getattr(f, name):
            found.append((f"{label}{_('：')}{known[value]}", {name: ""}))
    if f.clock is not None:
        found.append((f.clock.words, {"as_of": "", "known_at": ""}))
    return [{"text": text, "url": state.url(**without)} for text, without in found]


def _pools() -> dict[str, str]:
    found = reserve_settings()
    return {pool.code: words.named(pool) for pool in (*found.pools, found.key)}


def choices(state: ListState, user: User) -> dict[str, Any]:
    """The selects of the filter and the boxes of the column chooser."""
    scope, sees, f = scope_of(user), fields_of(user), state.filter
    reach = scope.everything or scope.assigned
    units = [(unit.code, words.named(unit)) for unit in city().units if reach or unit.code in scope.units]
    stages = [(stage.code, words.named(stage)) for stage in city().stages]
    natures = [(nature.code, words.named(nature)) for nature in city().natures]
    natures.append((FIXED_ASSETS, _("固定资产投资口径")))
    tiers = [(tier.code, words.named(tier)) for tier in city().tiers]
    sides = [*((side, str(label)) for side, label in words.SIDES.items()), ("water", str(words.WATER))]
    chains = _chains(user, f.chain)
    unknown = (NONE, _("未写明"))
    selects = [
        _select("unit", words.field_name("unit"), [*units, unknown], f.unit),
        _select("chain", words.field_name("chain"), [*((chain, chain) for chain in chains), unknown], f.chain),
        _select("nature", words.field_name("nature"), [*natures, unknown], f.nature),
        _select("tier", columns.BY_CODE["tier"].label, [*tiers, unknown], f.tier),
        _select("reached", _("已达到"), stages, f.reached),
        _select("current", _("当前阶段"), stages, f.current),
        _select("side", _("口径"), sides, f.side),
        _select("state", _("状态"), [(code, str(name)) for code, name in words.STATES.items()], f.state),
    ]
    return {
        "selects": [select for select in selects if sees.all(tells(select["name"]))],
        "sizes": SIZES,
        "boxes": [(c.code, c.label, c.code in state.cols) for c in columns.allowed(sees) if c.code != "name"],
    }


def _select(name: str, label: str, options: list[tuple[str, str]], value: str) -> dict[str, Any]:
    return {"name": name, "label": label, "options": [(code, text, code == value) for code, text in options]}


def _chains(user: User, active: str) -> list[str]:
    """Categories to choose from, and the active one even when nothing has it."""
    projects = Project.objects.current().visible_to(user)
    found = set(projects.order_by().values_list("chain", flat=True).distinct()[:500])
    return sorted((found | {active}) - {"", NONE})
