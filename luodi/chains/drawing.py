"""The map as the page's SVG: boxes with their words, links as thick as what they carry."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.chains import words
from luodi.chains.engine.balance import Flow, flows
from luodi.chains.engine.gaps import UNKNOWN
from luodi.chains.engine.layout import Box, Link, draw
from luodi.chains.models import ChainNode
from luodi.chains.queries import Chart

THICKEST, THINNEST = 16.0, 1.2
TINY, SMALL, USUAL = 9.8, 10.5, 12.0
ICON, PAD, MARK = 18.0, 6.0, 12.0
ONE_LINE = 110.0
"""A longer name takes two lines; a full map keeps room for that when every fourth name is so long."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text in a box."""

    text: str
    x: float
    y: float
    size: float
    anchor: str = "start"
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A node. `icon_y` centres the mark of its state."""

    code: str
    box: Box
    state: str
    title: str
    lines: tuple[TextLine, ...]
    url: str
    panel: str
    is_head: bool
    is_demo: bool
    more: tuple[tuple[str, float], ...] = ()

    @property
    def icon_x(self) -> float:
        return self.box.x + PAD

    @property
    def icon_top(self) -> float:
        return self.box.y + self.box.height / 2 - MARK / 2

    @property
    def star(self) -> str:
        """A flag in the upper right corner: here is a head enterprise."""
        right, top = self.box.x + self.box.width, self.box.y
        return f"M{right - 12:g} {top:g}H{right:g}V{top + 12:g}Z"


@dataclass(frozen=True, slots=True)
class DrawnLink:
    """A feed; `kind` known, unknown (dashed) or planned (only projects will carry it)."""

    source: str
    target: str
    path: str
    width: float
    kind: str
    title: str


@dataclass(frozen=True)
class DrawnMap:
    """Everything that the template needs."""

    width: int
    height: int
    boxes: tuple[DrawnBox, ...]
    links: tuple[DrawnLink, ...]
    band: float | None


def drawn(chart: Chart) -> DrawnMap:
    """The whole map."""
    codes = [node.code for node in chart.nodes]
    known = set(codes)
    edges = [(edge.feeds_from, edge.feeds_to) for edge in chart.edges if {edge.feeds_from, edge.feeds_to} <= known]
    long = sum(width_of(node.name, 11) > ONE_LINE for node in chart.nodes)
    plan = draw(codes, edges, roomy=long * 4 > len(codes))
    heads = {holder.node for holder in chart.holders if holder.is_head}
    boxes = tuple(_box(chart, box, plan.compact, heads) for box in plan.boxes)
    carried = {(flow.edge.source, flow.edge.target): flow for flow in flows(chart.map, chart.by)}
    most = max((_tonnes(flow) for flow in carried.values()), default=Decimal(0))
    links = tuple(_link(chart, link, carried[link.source, link.target], most) for link in plan.links)
    return DrawnMap(plan.width, plan.height, boxes, links, plan.band)


def _tonnes(flow: Flow) -> Decimal:
    return (flow.now or Decimal(0)) + (flow.later or Decimal(0))


def _box(chart: Chart, box: Box, compact: bool, heads: set[str]) -> DrawnBox:
    node, state = chart.node[box.code], chart.analysis.states[box.code]
    label = _label(chart, node, compact)
    where = [chart.chain.code, node.code]
    word = words.STATES[state]
    others = [gap.kind for gap in chart.analysis.gaps if gap.node == node.code and gap.kind != state]
    return DrawnBox(
        code=node.code,
        box=box,
        state=state,
        title=f"{node.name} · {label}" if label.startswith(str(word)) else f"{node.name} · {word} {label}",
        lines=_lines(node.name, label, box, compact),
        url=reverse("chains:node", args=where),
        panel=reverse("chains:node_panel", args=where),
        is_head=node.code in heads,
        is_demo=node.mark == node.Mark.DEMO,
        more=tuple((kind, box.x + box.width - 26 - 13 * index) for index, kind in enumerate(others)),
    )


def _label(chart: Chart, node: ChainNode, compact: bool) -> str:
    """State and the number that goes with it; where nothing can be told, what stands on the node."""
    state, balance = chart.analysis.states[node.code], chart.analysis.balances[node.code]
    own = next((gap for gap in chart.analysis.gaps if gap.node == node.code and gap.kind == state), None)
    if own is not None:
        return f"{words.STATES[state]} {_figure(own.amount, node, compact)}".strip()
    known = [holder.capacity for holder in chart.held(node.code) if holder.capacity is not None]
    if compact and state == UNKNOWN:
        return str(words.STATES[state])
    if balance.supply is not None:
        return f"{words.STATES[state]} · {_('供')} {_figure(balance.supply, node, compact)}"
    if known:
        return f"{words.STATES[state]} · {_('链上')} {_figure(sum(known, Decimal(0)), node, compact)}"
    return str(words.STATES[state])


def _figure(amount: Decimal | None, node: ChainNode, compact: bool) -> str:
    return words.number(amount) if compact else words.quantity(amount, node.unit)


def _lines(name: str, label: str, box: Box, compact: bool) -> tuple[TextLine, ...]:
    """Name over the number; in a compact map the number stands at the right. What is longer than the box ends in …; the title has it whole."""
    left, room = box.x + ICON + PAD, box.width - ICON - PAD * 2
    middle = box.y + box.height / 2
    if compact and box.height >= 23 and width_of(name, 11) > room - width_of(label, SMALL) - 4:
        return _two_lines(name, label, left, room, middle)
    if compact:
        taken = min(width_of(label, SMALL), room * 0.6)
        shown = cut(name, room - taken - 4, 11)
        right = box.x + box.width - PAD
        return (
            TextLine(shown, left, middle + 4, 11),
            TextLine(cut(label, taken + 1, SMALL), right, middle + 4, SMALL, "end", True),
        )
    if width_of(name, USUAL) <= room:
        return (
            TextLine(name, left, middle - 3, USUAL),
            TextLine(cut(label, room, SMALL), left, middle + 12, SMALL, "start", True),
        )
    first = cut(name, room, SMALL, dots=False)
    if box.height < 38:
        return (
            TextLine(cut(name, room, SMALL), left, middle - 3, SMALL),
            TextLine(cut(label, room, SMALL), left, middle + 11, SMALL, "start", True),
        )
    return (
        TextLine(first, left, middle - 8, SMALL),
        TextLine(cut(name[len(first) :], room, SMALL), left, middle + 4, SMALL),
        TextLine(cut(label, room, SMALL), left, middle + 16, SMALL, "start", True),
    )


def _two_lines(name: str, label: str, left: float, room: float, middle: float) -> tuple[TextLine, ...]:
    """A long name over two short lines, the number at the end of the second."""
    first = cut(name, room, TINY, dots=False)
    taken = width_of(label, TINY) + 4
    return (
        TextLine(first, left, middle - 2, TINY),
        TextLine(cut(name[len(first) :], room - taken, TINY), left, middle + 9.5, TINY),
        TextLine(cut(label, room, TINY), left + room, middle + 9.5, TINY, "end", True),
    )


def width_of(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character is a square, a Latin one little more than half."""
    return sum(size if ord(char) > 0x2E7F else size * 0.58 for char in text)


def cut(text: str, room: float, size: float, *, dots: bool = True) -> str:
    """As much of the text as there is room for."""
    if width_of(text, size) <= room:
        return text
    room -= size if dots else 0
    used, shown = 0.0, ""
    for char in text:
        used += width_of(char, size)
        if used > room:
            break
        shown += char
    return f"{shown}…" if dots else shown


def _link(chart: Chart, link: Link, flow: Flow, most: Decimal) -> DrawnLink:
    """Thickness is tonnage; what is not known is thin and dashed."""
    tonnes, unit = _tonnes(flow), chart.node[link.source].unit
    unknown = flow.now is None
    kind = (
        "unknown" if unknown and not tonnes else "planned" if not flow.now and tonnes else "known" if tonnes else "idle"
    )
    width = THINNEST + (THICKEST - THINNEST) * float(tonnes / most) if most else THINNEST
    told = words.quantity(tonnes, unit) if tonnes else _("数量未知") if unknown else _("现在没有流量")
    title = f"{chart.node[link.source].name} → {chart.node[link.target].name}{_('：')}{told}"
    return DrawnLink(link.source, link.target, _path(link.points), round(width, 1), kind, title)


def _path(points: tuple[tuple[float, float], ...]) -> str:
    """Soft curves between boxes, straight through the layers between."""
    (x, y), rest = points[0], points[1:]
    path = f"M{x:g} {y:g}"
    straight = False
    for next_x, next_y in rest:
        if straight:
            path += f"L{next_x:g} {next_y:g}"
        else:
            bend = max(abs(next_x - x) / 2, 20.0)
            path += f"C{x + bend:g} {y:g} {next_x - bend:g} {next_y:g} {next_x:g} {next_y:g}"
        x, y, straight = next_x, next_y, not straight
    return path
