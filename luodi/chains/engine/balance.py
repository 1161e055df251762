"""What a node has and what is asked of it, now and by a day. A figure that nobody gave is named, never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from luodi.chains.engine.model import Edge, Holder, Map, Quantity

ZERO = Decimal(0)
SUPPLY, DEMAND, CAPACITY, RATIO, PROBABILITY, READY = "supply", "demand", "capacity", "ratio", "probability", "ready"
STATED, SUMMED = "stated", "summed"


@dataclass(frozen=True, slots=True)
class Lack:
    """A figure that is missing: which, and of what (a holder's key, or the node at the other end of an edge)."""

    figure: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """`supply` and `demand` now; by the day `expected` may be added to the one, `asked` to the other.

    `expected` weighs each project by its probability to land; `planned` is the same unweighted. What has no date or no probability is
    in neither and stands in `lacks`. `asked` is what the projects of the nodes fed from here will take, weighted the same.
    """

    node: str
    supply: Quantity
    supply_by: str
    demand: Quantity
    demand_by: str
    expected: Decimal
    planned: Decimal
    asked: Decimal
    lacks: tuple[Lack, ...] = ()

    @property
    def by_then(self) -> Quantity:
        """Supply less demand by the day; unknown as soon as one side is."""
        if self.supply is None or self.demand is None:
            return None
        return self.supply + self.expected - self.demand - self.asked


@dataclass(frozen=True, slots=True)
class Flow:
    """What an edge carries: `now`, and `later` through projects that are expected; None = unknown.

    `taken` and `taken_later` are what that asks of its source. From a product both are one; from a process the edge carries what is made.
    """

    edge: Edge
    now: Quantity
    later: Quantity
    taken: Quantity
    taken_later: Quantity


def balances(chart: Map, by: date) -> dict[str, Balance]:
    """Of every node, as expected by the day."""
    supplies = {node.code: _supply(chart, node.code) for node in chart.nodes}
    expected = {node.code: _expected(chart.held(node.code), by) for node in chart.nodes}
    flows = _flows(chart, {code: supply for code, (supply, _, _) in supplies.items()}, expected)
    found = {}
    for node in chart.nodes:
        supply, supply_by, lacks = supplies[node.code]
        likely, planned, open_figures = expected[node.code]
        outward = [flow for flow in flows if flow.edge.source == node.code]
        demand, demand_by, unknown = _demand(node.demand, outward, node.is_process)
        unknown += [Lack(RATIO, flow.edge.target) for flow in outward if flow.taken_later is None]
        asked = _together([flow.taken_later for flow in outward if flow.taken_later is not None], node.is_process)
        named = tuple(dict.fromkeys([*lacks, *unknown, *open_figures]))
        found[node.code] = Balance(node.code, supply, supply_by, demand, demand_by, likely, planned, asked, named)
    return found


def flows(chart: Map, by: date) -> list[Flow]:
    """What every edge carries, for the drawing."""
    supplies = {node.code: _supply(chart, node.code)[0] for node in chart.nodes}
    return _flows(chart, supplies, {node.code: _expected(chart.held(node.code), by) for node in chart.nodes})


def _supply(chart: Map, code: str) -> tuple[Quantity, str, list[Lack]]:
    """What was stated of the city; else the sum of who produces, when there is somebody and all said how much."""
    stated = chart.node[code].supply
    if stated is not None:
        return stated, STATED, []
    running = [holder for holder in chart.held(code) if holder.runs]
    lacks = [Lack(CAPACITY, str(holder.key)) for holder in running if holder.capacity is None]
    if not running or lacks:
        return None, "", [Lack(SUPPLY), *lacks]
    return sum((holder.capacity or ZERO for holder in running), ZERO), SUMMED, []


def _expected(held: tuple[Holder, ...], by: date) -> tuple[Decimal, Decimal, list[Lack]]:
    """Weighted and unweighted capacity of projects by the day, and what keeps others from being counted."""
    likely, planned, lacks = ZERO, ZERO, list[Lack]()
    for holder in held:
        if holder.runs:
            continue
        missing = [
            Lack(figure, str(holder.key))
            for figure, value in (
                (CAPACITY, holder.capacity),
                (PROBABILITY, holder.probability),
                (READY, holder.ready_on),
            )
            if value is None
        ]
        lacks += missing
        if not missing and holder.ready_on is not None and holder.ready_on <= by:
            planned += holder.capacity or ZERO
            likely += (holder.capacity or ZERO) * (holder.probability or ZERO)
    return likely, planned, lacks


def _flows(
    chart: Map, supplies: Mapping[str, Quantity], expected: Mapping[str, tuple[Decimal, Decimal, list[Lack]]]
) -> list[Flow]:
    """To make the target's output, output ÷ ratio of the source goes in."""
    found = []
    for edge in chart.links:
        output, likely = supplies[edge.target], expected[edge.target][0]
        taken, taken_later = _fed(output, edge.ratio), _fed(likely, edge.ratio)
        carried = (output, likely) if chart.node[edge.source].is_process else (taken, taken_later)
        found.append(Flow(edge, *carried, taken, taken_later))
    return found


def _together(quantities: list[Decimal], is_process: bool) -> Decimal:
    """Uses of a product add up; products of a process come together, so the one that asks most decides."""
    return max(quantities, default=ZERO) if is_process else sum(quantities, ZERO)


def _fed(output: Quantity, ratio: Quantity) -> Quantity:
    if output == ZERO:
        return ZERO
    return None if output is None or not ratio else output / ratio


def _demand(stated: Quantity, outward: list[Flow], is_process: bool) -> tuple[Quantity, str, list[Lack]]:
    """What was stated of the city; else what the nodes fed from here take in, when there are such and all of it is known."""
    if stated is not None:
        return stated, STATED, []
    if not outward:
        return None, "", [Lack(DEMAND)]
    unknown = [flow.edge.target for flow in outward if flow.taken is None]
    if unknown:
        return None, "", [Lack(DEMAND), *(Lack(RATIO, target) for target in unknown)]
    return _together([flow.taken or ZERO for flow in outward], is_process), SUMMED, []
