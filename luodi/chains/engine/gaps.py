"""What a map asks for: missing, short, surplus, carried by one, weak. Every gap carries the numbers that it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from luodi.chains.engine.balance import ZERO, Balance, Lack, balances
from luodi.chains.engine.cuts import Hold, holds, smallest_cut
from luodi.chains.engine.model import Holder, Map, Node, Norms, Quantity

MISSING, SHORT, SURPLUS, SINGLE, WEAK = KINDS = ("missing", "short", "surplus", "single", "weak")
SUPPLIED, UNKNOWN = "supplied", "unknown"
STATES = (*KINDS, SUPPLIED, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Gap:
    """One question about one node. `amount` in the node's unit; `values` fill the sentence that explains it."""

    kind: str
    node: str
    amount: Quantity
    unit: str
    values: Mapping[str, object] = field(default_factory=dict)
    lacks: tuple[Lack, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """All of a map by a day: balances, gaps with the gravest first, the state each node is drawn in."""

    balances: Mapping[str, Balance]
    gaps: tuple[Gap, ...]
    states: Mapping[str, str]
    cut: frozenset[tuple[str, str]] | None


def analyse(chart: Map, by: date, norms: Norms) -> Analysis:
    """Everything that the map asks for by the day."""
    found = balances(chart, by)
    carried = {node: hold for hold in holds(chart) for node in hold.alone}
    gaps: list[Gap] = []
    for node in chart.nodes:
        asked = (
            _of_balance(node, found[node.code], norms),
            _single(chart, node, found[node.code], carried.get(node.code), norms),
            _weak(chart, node, by, norms),
        )
        gaps += [gap for gap in asked if gap is not None]
    gaps.sort(key=lambda gap: (KINDS.index(gap.kind), -(gap.amount or ZERO), gap.node))
    return Analysis(found, tuple(gaps), _states(chart, found, gaps), smallest_cut(chart))


def _of_balance(node: Node, own: Balance, norms: Norms) -> Gap | None:
    """Missing when nothing is made here and it is asked for; short when less; surplus when more than the norm leaves unprocessed."""
    rest = own.by_then
    if rest is None or own.supply is None:
        return None
    values = {
        "supply": own.supply,
        "demand": own.demand,
        "expected": own.expected,
        "planned": own.planned,
        "asked": own.asked,
    }
    if rest < 0:
        kind = MISSING if own.supply == ZERO else SHORT
        return Gap(kind, node.code, -rest, node.unit, values, own.lacks)
    if rest > norms.surplus_share * (own.supply + own.expected):
        return Gap(SURPLUS, node.code, rest, node.unit, values, own.lacks)
    return None


def _single(chart: Map, node: Node, own: Balance, hold: Hold | None, norms: Norms) -> Gap | None:
    """One owner carries the node and others hang on it. Unless its share of a stated supply says that others produce as well."""
    if hold is None:
        return None
    brought = [holder.capacity for holder in chart.held(node.code) if holder.runs]
    total = None if None in brought else sum((quantity or ZERO for quantity in brought), ZERO)
    if own.supply and total is not None and total < norms.single_share * own.supply:
        return None
    values = {"owner": hold.owner, "lost": list(hold.lost), "splits": hold.splits, "carries": total}
    return Gap(SINGLE, node.code, total, node.unit, values)


def _weak(chart: Map, node: Node, by: date, norms: Norms) -> Gap | None:
    """Enough of what runs here is older or smaller than the node's norms."""
    running = [holder for holder in chart.held(node.code) if holder.runs and holder.capacity]
    weak = {holder.key: _faults(node, holder, by) for holder in running}
    bad = [holder for holder in running if weak[holder.key]]
    total = sum((holder.capacity or ZERO for holder in running), ZERO)
    amount = sum((holder.capacity or ZERO for holder in bad), ZERO)
    if not bad or amount < norms.weak_share * total:
        return None
    values = {
        "total": total,
        "old": sum("old" in weak[holder.key] for holder in bad),
        "small": sum("small" in weak[holder.key] for holder in bad),
        "norm_size": node.norm_size,
        "norm_years": node.norm_years,
        "count": len(running),
    }
    return Gap(WEAK, node.code, amount, node.unit, values)


def _faults(node: Node, holder: Holder, by: date) -> set[str]:
    found = set()
    if node.norm_years is not None and holder.since is not None and by.year - holder.since >= node.norm_years:
        found.add("old")
    if node.norm_size is not None and holder.capacity is not None and holder.capacity < node.norm_size:
        found.add("small")
    return found


def _states(chart: Map, found: Mapping[str, Balance], gaps: list[Gap]) -> dict[str, str]:
    """The gravest gap of a node; without one, whether its balance could be told at all."""
    states = {node.code: UNKNOWN if found[node.code].by_then is None else SUPPLIED for node in chart.nodes}
    for gap in reversed(gaps):
        states[gap.node] = gap.kind
    return states


def surplus_total(analysis: Analysis) -> Decimal:
    """What leaves unprocessed in all; units are the caller's care."""
    return sum((gap.amount or ZERO for gap in analysis.gaps if gap.kind == SURPLUS), ZERO)
