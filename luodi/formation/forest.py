"""The forest (项目森林) laid out: groups as groves, projects as trees, area = amount, look = stage. Words and boxes for a template."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.core.templatetags.money import money
from luodi.formation import links, words
from luodi.formation.engine.treemap import Box, squarify
from luodi.formation.stock import Large, Stock, Sum_
from luodi.intake.words import UNITS, rank_name
from luodi.snapshots.clock import Asked

WIDTH, HEIGHT, HEAD = 1000.0, 430.0, 19.0
SMALLEST = 190.0
"""Square units (about pixels) below which a project has no rectangle of its own."""
THINNEST = 0.012
"""Share of the whole below which a group joins the others."""
OTHERS = "*"


@dataclass(frozen=True, slots=True)
class Tree:
    """One rectangle: a project, or those of a group at one band of stages that are too small for one each."""

    box: Box
    band: str
    title: str
    url: str
    label: str = ""
    note: str = ""
    wet: bool = False


@dataclass(frozen=True, slots=True)
class Grove:
    """A group with its trees."""

    box: Box
    name: str
    title: str
    url: str
    trees: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """What every part of the picture needs to know to say and link things."""

    asked: Asked
    side: str
    by: str
    unit: str

    def amount(self, fen: int) -> str:
        return f"{money(fen, self.unit)} {UNITS[self.unit]}"

    def list_url(self, group: str | None = None) -> str:
        """The list behind a group, the largest first; the tier filter is the same word in both."""
        sort = {} if self.asked.clock else {"sort": "-amount"}
        if group is None or group == OTHERS:
            return links.projects(self.asked, step=self.side, **sort)
        if self.by == "tier":
            return links.projects(self.asked, step=self.side, tier=group, **sort)
        return links.projects(self.asked, step=self.side, **{self.by: group or links.NONE}, **sort)

    def project_url(self, project: int) -> str:
        query = f"?{urlencode(self.asked.query)}" if self.asked.query else ""
        return reverse("project", args=[project]) + query


def picture(stock: Stock, scene: Scene) -> dict[str, Any]:
    """Everything the page draws; empty groves when nothing has an amount."""
    whole = stock.whole
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "groves": _groves(stock, scene),
        "known": f"{whole.known:,}",
        "unknown": f"{whole.unknown:,}" if whole.unknown else "",
        "unknown_url": links.projects(scene.asked, step=scene.side, tier=""),
        "saplings": [(scene.project_url(project), name) for project, name in stock.unknown],
        "saplings_left": f"{whole.unknown - len(stock.unknown):,}" if whole.unknown > len(stock.unknown) else "",
        "amount": scene.amount(whole.fen),
        "legend": [
            {"band": band, "name": name, "n": f"{one.known + one.unknown:,}", "amount": scene.amount(one.fen)}
            for band, name in words.BANDS.items()
            if (one := stock.bands.get(band)) is not None
        ],
        "largest": [_listed(one, scene) for one in stock.large[:12]],
        "wet": scene.side != "net",
        "all_url": scene.list_url(),
        "all": f"{whole.known + whole.unknown:,}",
    }


def _listed(one: Large, scene: Scene) -> dict[str, str]:
    return {
        "name": one.name,
        "url": scene.project_url(one.project),
        "stage": rank_name(one.rank) or str(words.BANDS["none"]),
        "band": words.band_of(one.rank),
        "amount": scene.amount(one.fen),
    }


def _groves(stock: Stock, scene: Scene) -> list[Grove]:
    whole, groups = stock.whole.fen, stock.groups
    if not whole:
        return []
    shares = {key: one.fen for key, one in groups.items() if one.fen >= whole * THINNEST}
    small = {key: one.fen for key, one in groups.items() if key not in shares and one.fen}
    if len(small) > 1:
        shares[OTHERS] = sum(small.values())
    else:
        shares |= small
    order = sorted(shares, key=lambda key: (key == OTHERS, -shares[key], key))
    boxes = squarify([float(shares[key]) for key in order], Box(0.0, 0.0, WIDTH, HEIGHT))
    trees: Mapping[str, list[Large]] = _by_grove(stock.large, shares)
    held = {key: [key] for key in order} | {OTHERS: list(small)}
    return [
        _grove(key, box.inside(1.0), trees[key], stock.bands_of(held[key]), scene, others=len(small))
        for key, box in zip(order, boxes, strict=True)
    ]


def _by_grove(large: Sequence[Large], shares: Mapping[str, int]) -> Mapping[str, list[Large]]:
    found: dict[str, list[Large]] = defaultdict(list)
    for one in large:
        found[one.group if one.group in shares else OTHERS].append(one)
    return found


def _grove(key: str, box: Box, large: list[Large], bands: Mapping[str, Sum_], scene: Scene, *, others: int) -> Grove:
    known, fen = sum(one.known for one in bands.values()), sum(one.fen for one in bands.values())
    name = _("其余 %(n)s 类") % {"n": others} if key == OTHERS else words.group(scene.by, key)
    said = _("%(name)s：%(n)s 个，%(amount)s") % {"name": name, "n": f"{known:,}", "amount": scene.amount(fen)}
    head = HEAD if box.height > 3 * HEAD and box.width > 60 else 0.0
    trees = _trees(box.inside(1.0, head), large, bands, scene, scene.list_url(key))
    shown = fit(f"{name}  {money(fen, scene.unit)}", box.width - 8, 12) if head else ""
    return Grove(box, shown, said, scene.list_url(key), trees)


def _trees(box: Box, large: list[Large], bands: Mapping[str, Sum_], scene: Scene, url: str) -> tuple[Tree, ...]:
    """The projects that are large enough, then the rest by band of stages: a thousand small ones still show where they stand."""
    fen = sum(one.fen for one in bands.values())
    if not fen:
        return ()
    shown = [one for one in large if one.fen * box.area / fen >= SMALLEST]
    rest = _rest(shown, bands)
    boxes = squarify([float(one.fen) for one in shown] + [float(one.fen) for _band, one in rest], box)
    trees = [_tree(one, place, scene) for one, place in zip(shown, boxes, strict=False)]
    lumps = [_lump(band, one, place, scene, url) for (band, one), place in zip(rest, boxes[len(shown) :], strict=True)]
    return (*trees, *lumps)


def _rest(shown: list[Large], bands: Mapping[str, Sum_]) -> list[tuple[str, Sum_]]:
    """What is left of each band without the projects that are drawn, the largest first."""
    left = {band: Sum_(one.known, one.fen) for band, one in bands.items()}
    for one in shown:
        left[words.band_of(one.rank)].add(-1, -one.fen, 0)
    return sorted(((band, one) for band, one in left.items() if one.known and one.fen), key=lambda pair: -pair[1].fen)


def _lump(band: str, one: Sum_, box: Box, scene: Scene, url: str) -> Tree:
    said = _("其余 %(n)s 个") % {"n": f"{one.known:,}"}
    title = f"{said}{_('，')}{words.BANDS[band]}{_('，')}{scene.amount(one.fen)}"
    return Tree(box, band, title, url, fit(said, box.width - 6, 11) if box.height > 16 else "")


def _tree(one: Large, box: Box, scene: Scene) -> Tree:
    band, stage = words.band_of(one.rank), rank_name(one.rank)
    amount = scene.amount(one.fen)
    title = f"{one.name}{_('：')}{amount}{_('，')}{stage or words.BANDS['none']}"
    label = fit(one.name, box.width - 8, 12) if box.height >= 18 and box.width >= 44 else ""
    note = fit(f"{stage} {money(one.fen, scene.unit)}", box.width - 8, 11) if label and box.height >= 36 else ""
    wet = scene.side != "net" and one.net < 0
    if wet:
        title += _("，不在净方阵")
    return Tree(box, band, title, scene.project_url(one.project), label, note, wet)


def fit(text: str, width: float, size: int) -> str:
    """As much of a text as a width holds; less than three characters of it say nothing."""
    room = width / size
    for kept, char in enumerate(text):
        room -= 0.58 if char.isascii() else 1.0
        if room < 0:
            return f"{text[: kept - 1]}…" if kept > 3 else ""
    return text
