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
from luodi.dashboards.filters import FIXED_ASSETS, NONE, ProjectFilter
from luodi.intake import words
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import COUNTINGS, SIDES, Cell, Count, Figure, Figures, Three, figures

HEADLINE = "started"
"""The stage that the sentence at the top is about: a start is the first step that cannot be made on paper."""
GROUP_STAGES = ("signed", "started", "produced")
LARGEST_GROUPS = 60
"""Rows of the table by category; a ledger whose categories are free text may have thousands."""

HIDDEN = ""
"""Stands for the money unit of a reader to whom amounts are not open."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A count and its amount, packed (打包), both leading to their rows; `url` and `amount` are blank for a zero.

    `other` is the same figure unpacked (拆分), where it differs; its texts are blank where they do not.
    """

    text: str
    amount: str
    url: str
    value: int = 0
    other: "Tile | None" = None


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
    sides = {side: _tile(three.side(side), replace(behind, side=side), unit) for side in SIDES}
    whole = three.reported.packaged.projects
    # Of nothing reported, nothing is water: no bar.
    bar = {side: three.side(side).packaged.projects * 100 // whole for side in ("proven", "net")} if whole else None
    water = _tile(three.water, replace(behind, side="water"), unit)
    return Measure(name, **sides, water=water, bar=bar, code=behind.reached)


def _tile(figure: Figure, behind: ProjectFilter, unit: str) -> Tile:
    packaged, unpacked = (
        _counted(figure.counted(counting), behind.url(counting=counting), unit) for counting in COUNTINGS
    )
    if (packaged.text, packaged.amount) == (unpacked.text, unpacked.amount):
        return packaged
    return replace(packaged, other=unpacked)


def _counted(count: Count, url: str, unit: str) -> Tile:
    if not count.projects:
        return Tile("0", "", "")
    if unit == HIDDEN:
        return Tile(f"{count.projects:,}", _("不开放"), url, count.projects)
    known = count.projects > count.without_amount
    amount = money(count.amount_fen, unit) if known else _("未写明")
    return Tile(f"{count.projects:,}", amount, url, count.projects)


def seen(cells: Sequence[Cell], sees: Fields) -> list[Cell]:
    """The cells as far as they are open to a reader: what they may not know is not even added up."""
    found = list(cells)
    if not sees["total_investment"]:
        found = [replace(c, packaged=_bare(c.packaged), unpacked=_bare(c.unpacked)) for c in found]
    if not sees["nature"]:
        found = [replace(cell, nature="") for cell in found]
    return found if sees["chain"] else [replace(cell, chain="") for cell in found]


def _bare(count: Count) -> Count:
    return Count(count.projects, 0, count.projects)


def page(
    cells: Sequence[Cell],
    *,
    city: City,
    unit: str,
    before: dict[str, Any] | None,
    sees: Fields,
    base: ProjectFilter = ProjectFilter(),  # noqa: B008 - frozen
) -> dict[str, Any]:
    """Everything of the page that is counted, from `seen` cells. `before`: the last snapshot's figures, as `report` wrote them; `base` is in every link."""
    amounts = sees["total_investment"]
    unit = unit if amounts else HIDDEN
    found = figures(cells, city=city)
    stages = [
        measure(words.named(stage), found.reached[stage.code], replace(base, reached=stage.code), unit)
        for stage in city.stages
    ]
    main = {stage.code for stage in city.stages if stage.main}
    total = measure(_("在库"), found.total, base, unit)
    return {
        "total": total,
        "counted_total": _without_amounts(total.reported),
        "sentence": sentence(total, next((m for m in stages if m.code == HEADLINE), stages[-1]), unit),
        "cards": [m for m in stages if m.code in main],
        "stages": stages,
        "chart": chart(stages),
        "changes": changes(found, before, city=city, unit=unit) if before else None,
        "without_amount": without_amount(found.total.reported, base) if amounts else None,
        "natures": natures(found, city=city, unit=unit, base=base) if sees["nature"] else [],
        "by_chain": sees["chain"],
        **_groups(cells, city=city, unit=unit, base=base),
        "states": [_state(state, found.states[state], base, unit) for state in words.STATES],
    }


def _state(state: str, three: Three, base: ProjectFilter, unit: str) -> Measure:
    """Active, paused or exited: the last two count at the stage they reached, and are told apart."""
    found = measure(str(words.STATES[state]), three, replace(base, state=state), unit)
    return replace(found, reported=_without_amounts(found.reported))


def without_amount(figure: Figure, base: ProjectFilter) -> Tile:
    """Projects that state no exact amount in CNY, counted both ways."""
    tiles = []
    for counting in COUNTINGS:
        n = figure.counted(counting).without_amount
        tiles.append(Tile(f"{n:,}", "", replace(base, tier=NONE, counting=counting).url() if n else "", n))
    return tiles[0] if tiles[0].text == tiles[1].text else replace(tiles[0], other=tiles[1])


def _without_amounts(tile: Tile) -> Tile:
    other = _without_amounts(tile.other) if tile.other else None
    return replace(tile, amount="", other=other)


def natures(found: Figures, *, city: City, unit: str, base: ProjectFilter) -> list[dict[str, Any]]:
    """Investment in fixed assets, and what stays out of it, each with its rows; empty when nothing stays out."""
    if not found.outside:
        return []
    rows = [(_("固定资产投资口径"), found.fixed, FIXED_ASSETS)]
    rows += [(words.named(n), found.outside[n.code], n.code) for n in city.natures if n.code in found.outside]
    return [measure_row(name, three, replace(base, nature=code), unit) for name, three, code in rows]


def measure_row(name: str, three: Three, behind: ProjectFilter, unit: str) -> dict[str, Any]:
    return {"name": name, "measure": measure(name, three, behind, unit), "fixed": behind.nature == FIXED_ASSETS}


def sentence(total: Measure, stage: Measure, unit: str) -> SafeString:
    """What a leader reads first, made from the data; every number in it leads to its rows, both counts where they differ."""
    parts = {
        "total": _link(total.reported),
        "reported": _link(stage.reported),
        "proven": _link(stage.proven),
        "net": _link(stage.net),
        "water": _link(stage.water),
        "amount": _sum(stage.reported, unit),
        "net_amount": _sum(stage.net, unit),
        "water_amount": _sum(stage.water, unit),
        "stage": stage.name,
    }
    said = _(
        "在库 {total} 个项目。上报已{stage} {reported} 个{amount}，有佐证的 {proven} 个，净 {net} 个{net_amount}；水分 {water} 个{water_amount}。"
    )
    return format_html(said, **parts)


def _link(tile: Tile) -> SafeString | str:
    own = format_html('<a class="count" href="{}">{}</a>', tile.url, tile.text) if tile.url else tile.text
    if tile.other is None or tile.other.text == tile.text:
        return own
    return format_html("{}{}{} {}{}", own, _("（"), words.COUNTINGS["unpacked"], _link(tile.other), _("）"))


def _sum(tile: Tile, unit: str) -> SafeString | str:
    """The amount with its unit, packed; nothing for a zero."""
    if not tile.url:
        return ""
    named = words.UNITS[unit] if unit and tile.amount != _("未写明") else ""
    amount = format_html('<a class="sum" href="{}">{}</a>', tile.url, tile.amount)
    return format_html("{}{} {}", _("、"), amount, named)


def _groups(cells: Sequence[Cell], *, city: City, unit: str, base: ProjectFilter) -> dict[str, Any]:
    """Units in the city's order, categories with the most projects first."""
    by_unit, by_chain = queries.figures_by(cells, "unit"), queries.figures_by(cells, "chain")
    order = [*(code for code in city.unit if code in by_unit), *(code for code in by_unit if code not in city.unit)]
    chains = sorted(by_chain, key=lambda chain: (-by_chain[chain].total.reported.unpacked.projects, chain))
    rest = len(chains) - LARGEST_GROUPS
    return {
        "group_heads": [_("在库"), *(words.stage_name(code) for code in GROUP_STAGES if code in city.stage)],
        "units": [_group("unit", code, words.unit_name(code), by_unit[code], unit, base) for code in order],
        "chains": [_group("chain", name, name, by_chain[name], unit, base) for name in chains[:LARGEST_GROUPS]],
        "chains_left": ngettext("另有 %(n)s 类未列出", "另有 %(n)s 类未列出", rest) % {"n": rest} if rest > 0 else "",
    }


def _group(field: str, value: str, name: str, found: Figures, unit: str, base: ProjectFilter) -> Group:
    rows = replace(base, **{field: value or NONE})
    measures = [measure("", found.total, rows, unit)]
    measures += [
        measure("", found.reached[code], replace(rows, reached=code), unit)
        for code in GROUP_STAGES
        if code in found.reached
    ]
    return Group(name or _("未写明"), rows.url(), tuple(measures))


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
    """One figure then and now; the differences carry their sign and are of the packed count, the unpacked in `other`."""

    before: str
    now: Tile
    projects: str
    amount: str
    other: str = ""


def changes(found: Figures, before: dict[str, Any], *, city: City, unit: str) -> list[dict[str, Any]]:
    """Stages whose figures moved since the snapshot. Shape: [{name, sides: [Change, Change, Change]}]."""
    was = {stage["stage"]: stage for stage in before["stages"]}
    moved = []
    for stage in city.stages:
        three, past = found.reached[stage.code], was.get(stage.code)
        if past is None or all(_same(three.side(side), past[side]) for side in SIDES):
            continue
        behind = ProjectFilter(reached=stage.code)
        sides = [_change(three.side(side), past[side], replace(behind, side=side), unit) for side in SIDES]
        moved.append({"name": words.named(stage), "sides": sides})
    return moved


def _same(figure: Figure, past: dict[str, Any]) -> bool:
    return all(
        (figure.counted(c).projects, figure.counted(c).amount_fen) == (past[c]["projects"], past[c]["amount_fen"])
        for c in COUNTINGS
    )


def _change(figure: Figure, past: dict[str, Any], behind: ProjectFilter, unit: str) -> Change:
    moved = {c: figure.counted(c).projects - past[c]["projects"] for c in COUNTINGS}
    fen = figure.packaged.amount_fen - past["packaged"]["amount_fen"]
    then = dict.fromkeys(f"{past[c]['projects']:,}" for c in COUNTINGS)
    other = moved["unpacked"]
    return Change(
        before=" / ".join(then),
        now=_tile(figure, behind, unit),
        projects=f"{moved['packaged']:+,}" if moved["packaged"] else "",
        amount=f"{'+' if fen > 0 else ''}{money(fen, unit)}" if fen else "",
        other=f"{words.COUNTINGS['unpacked']} {other:+,}" if other != moved["packaged"] else "",
    )
