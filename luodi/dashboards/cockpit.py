"""The cockpit's numbers: one set of cells, added up three ways; each number knows the list behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from luodi.accounts.policy import Fields
from luodi.core.city import City
from luodi.core.templatetags.money import money
from luodi.dashboards.filters import NONE, SIDES, ProjectFilter
from luodi.intake import words
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import Cell, Figure, Figures, Three, figures

HEADLINE = "started"
"""The stage that the sentence at the top is about: a start is the first step that cannot be made on paper."""
GROUP_STAGES = ("signed", "started", "produced")
LARGEST_GROUPS = 60
"""Rows of the table by category; a ledger whose categories are free text may have thousands."""

HIDDEN = ""
"""Stands for the money unit of a reader to whom amounts are not open."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A count and its amount, both leading to their rows; `url` and `amount` are blank for a zero."""

    text: str
    amount: str
    url: str
    value: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure three times, and the water between the first and the last."""

    name: str
    reported: Tile
    proven: Tile
    net: Tile
    water: Tile
    bar: dict[str, int] | None
    code: str = ""

    @property
    def sides(self) -> tuple[Tile, ...]:
        return (self.reported, self.proven, self.net)


@dataclass(frozen=True, slots=True)
class Group:
    """A reporting unit or a category: the measures of its row."""

    name: str
    url: str
    measures: tuple[Measure, ...]


def measure(name: str, three: Three, behind: ProjectFilter, unit: str) -> Measure:
    """`behind` is the filter of the reported side without its side. `unit`: 万元 or 亿元."""
    sides = {side: _tile(three.side(side), behind.url(side=side), unit) for side in SIDES}
    water = Figure(three.water_projects, three.water_fen, three.reported.without_amount - three.net.without_amount)
    whole = three.reported.projects
    # Of nothing reported, nothing is water: no bar.
    bar = {side: three.side(side).projects * 100 // whole for side in ("proven", "net")} if whole else None
    return Measure(name, **sides, water=_tile(water, behind.url(side="water"), unit), bar=bar, code=behind.reached)


def _count(projects: int, url: str) -> Tile:
    return Tile(f"{projects:,}", "", url if projects else "", projects)


def _tile(figure: Figure, url: str, unit: str) -> Tile:
    if not figure.projects:
        return Tile("0", "", "")
    if unit == HIDDEN:
        return Tile(f"{figure.projects:,}", _("不开放"), url, figure.projects)
    known = figure.projects > figure.without_amount
    amount = money(figure.amount_fen, unit) if known else _("未写明")
    return Tile(f"{figure.projects:,}", amount, url, figure.projects)


def seen(cells: Sequence[Cell], sees: Fields) -> list[Cell]:
    """The cells as far as they are open to a reader: what they may not know is not even added up."""
    found = list(cells)
    if not sees["total_investment"]:
        found = [replace(cell, amount_fen=0, without_amount=cell.projects) for cell in found]
    return found if sees["chain"] else [replace(cell, chain="") for cell in found]


def page(
    cells: Sequence[Cell], *, city: City, unit: str, before: dict[str, Any] | None, sees: Fields
) -> dict[str, Any]:
    """Everything of the page that is counted, from `seen` cells. `before`: the last snapshot's figures, as `report` wrote them."""
    amounts = sees["total_investment"]
    unit = unit if amounts else HIDDEN
    found = figures(cells, city=city)
    stages = [
        measure(words.named(stage), found.reached[stage.code], ProjectFilter(reached=stage.code), unit)
        for stage in city.stages
    ]
    main = {stage.code for stage in city.stages if stage.main}
    total = measure(_("在库"), found.total, ProjectFilter(), unit)
    return {
        "total": total,
        "sentence": sentence(total, next((m for m in stages if m.code == HEADLINE), stages[-1]), unit),
        "cards": [m for m in stages if m.code in main],
        "stages": stages,
        "chart": chart(stages),
        "changes": changes(found, before, city=city, unit=unit) if before else None,
        "without_amount": _count(found.total.reported.without_amount, ProjectFilter(tier=NONE).url())
        if amounts
        else None,
        "by_chain": sees["chain"],
        **_groups(cells, city=city, unit=unit),
    }


def sentence(total: Measure, stage: Measure, unit: str) -> SafeString:
    """What a leader reads first, made from the data; every number in it leads to its rows."""
    parts = {
        "total": _link(total.reported, "count"),
        "reported": _link(stage.reported, "count"),
        "proven": _link(stage.proven, "count"),
        "net": _link(stage.net, "count"),
        "water": _link(stage.water, "count"),
        "amount": _sum(stage.reported, unit),
        "net_amount": _sum(stage.net, unit),
        "water_amount": _sum(stage.water, unit),
        "stage": stage.name,
    }
    said = _(
        "在库 {total} 个项目。上报已{stage} {reported} 个{amount}，有佐证的 {proven} 个，净 {net} 个{net_amount}；水分 {water} 个{water_amount}。"
    )
    return format_html(said, **parts)


def _link(tile: Tile, css: str) -> SafeString | str:
    text = tile.text if css == "count" else tile.amount
    return format_html('<a class="{}" href="{}">{}</a>', css, tile.url, text) if tile.url else text


def _sum(tile: Tile, unit: str) -> SafeString | str:
    """The amount with its unit; nothing for a zero."""
    if not tile.url:
        return ""
    named = words.UNITS[unit] if unit and tile.amount != _("未写明") else ""
    return format_html("{}{} {}", _("、"), _link(tile, "sum"), named)


def _groups(cells: Sequence[Cell], *, city: City, unit: str) -> dict[str, Any]:
    """Units in the city's order, categories with the most projects first."""
    by_unit, by_chain = queries.figures_by(cells, "unit"), queries.figures_by(cells, "chain")
    order = [*(code for code in city.unit if code in by_unit), *(code for code in by_unit if code not in city.unit)]
    chains = sorted(by_chain, key=lambda chain: (-by_chain[chain].total.reported.projects, chain))
    rest = len(chains) - LARGEST_GROUPS
    return {
        "group_heads": [_("在库"), *(words.stage_name(code) for code in GROUP_STAGES if code in city.stage)],
        "units": [_group("unit", code, words.unit_name(code), by_unit[code], unit) for code in order],
        "chains": [_group("chain", name, name, by_chain[name], unit) for name in chains[:LARGEST_GROUPS]],
        "chains_left": ngettext("另有 %(n)s 类未列出", "另有 %(n)s 类未列出", rest) % {"n": rest} if rest > 0 else "",
    }


def _group(field: str, value: str, name: str, found: Figures, unit: str) -> Group:
    rows = {field: value or NONE}
    measures = [measure("", found.total, ProjectFilter(**rows), unit)]
    measures += [
        measure("", found.reached[code], ProjectFilter(**rows, reached=code), unit)
        for code in GROUP_STAGES
        if code in found.reached
    ]
    return Group(name or _("未写明"), ProjectFilter(**rows).url(), tuple(measures))


def chart(stages: Sequence[Measure]) -> dict[str, Any]:
    """Data of the bars: counts per stage, each bar leading to its rows."""
    series = [
        {
            "key": side,
            "name": str(words.SIDES[side]),
            "values": [getattr(stage, side).value for stage in stages],
            "texts": [getattr(stage, side).text for stage in stages],
            "urls": [getattr(stage, side).url for stage in stages],
        }
        for side in SIDES
    ]
    return {
        "label": _("各阶段项目数"),
        "unit": _("个"),
        "whole": True,
        "unknown": _("尚不可测"),
        "summary": _("各阶段上报、佐证、净的项目数，与下表相同"),
        "categories": [{"name": stage.name, "url": stage.reported.url} for stage in stages],
        "series": series,
    }


@dataclass(frozen=True, slots=True)
class Change:
    """One figure then and now; the differences carry their sign."""

    before: str
    now: Tile
    projects: str
    amount: str


def changes(found: Figures, before: dict[str, Any], *, city: City, unit: str) -> list[dict[str, Any]]:
    """Stages whose figures moved since the snapshot. Shape: [{name, sides: [Change, Change, Change]}]."""
    was = {stage["stage"]: stage for stage in before["stages"]}
    moved = []
    for stage in city.stages:
        three, past = found.reached[stage.code], was.get(stage.code)
        if past is None or all(_same(three.side(side), past[side]) for side in SIDES):
            continue
        behind = ProjectFilter(reached=stage.code)
        sides = [_change(three.side(side), past[side], behind.url(side=side), unit) for side in SIDES]
        moved.append({"name": words.named(stage), "sides": sides})
    return moved


def _same(figure: Figure, past: dict[str, Any]) -> bool:
    return (figure.projects, figure.amount_fen) == (past["projects"], past["amount_fen"])


def _change(figure: Figure, past: dict[str, Any], url: str, unit: str) -> Change:
    projects, fen = figure.projects - past["projects"], figure.amount_fen - past["amount_fen"]
    return Change(
        before=f"{past['projects']:,}",
        now=_tile(figure, url, unit),
        projects=f"{projects:+,}" if projects else "",
        amount=f"{'+' if fen > 0 else ''}{money(fen, unit)}" if fen else "",
    )
