"""A chain map as the engines read it. None is "not known"; nothing here ever turns it into zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

Quantity = Decimal | None


@dataclass(frozen=True, slots=True)
class Node:
    """A product or process; quantities in its own unit a year. `supply` and `demand` are what somebody stated of the city.

    What leaves a process are its products, which come together; what leaves a product are its uses, which compete.
    """

    code: str
    name: str = ""
    unit: str = "万吨"
    capacity: Quantity = None
    supply: Quantity = None
    demand: Quantity = None
    norm_size: Quantity = None
    norm_years: int | None = None
    is_process: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` feeds `target`; `ratio` tonnes of the target come from one tonne of the source."""

    source: str
    target: str
    ratio: Quantity = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who stands on a node. `owner` is who fails as one; `runs` says that it produces now, else `probability` and `ready_on` say when it may."""

    key: int
    node: str
    owner: str
    capacity: Quantity = None
    runs: bool = True
    probability: Quantity = None
    ready_on: date | None = None
    since: int | None = None


@dataclass(frozen=True)
class Map:
    """All of one chain."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    holders: tuple[Holder, ...] = ()

    @cached_property
    def node(self) -> Mapping[str, Node]:
        return {node.code: node for node in self.nodes}

    @cached_property
    def links(self) -> tuple[Edge, ...]:
        """Edges both ends of which are on the map."""
        return tuple(edge for edge in self.edges if edge.source in self.node and edge.target in self.node)

    def held(self, node: str) -> tuple[Holder, ...]:
        return self._held.get(node, ())

    @cached_property
    def _held(self) -> dict[str, tuple[Holder, ...]]:
        found: dict[str, list[Holder]] = {}
        for holder in self.holders:
            found.setdefault(holder.node, []).append(holder)
        return {node: tuple(holders) for node, holders in found.items()}


@dataclass(frozen=True, slots=True)
class Norms:
    """The city's word on where a question begins, all shares between 0 and 1.

    `surplus_share` of the supply may leave unprocessed without a word; who carries `single_share` of a node carries it alone;
    a node is weak when `weak_share` of its known capacity is old or small.
    """

    surplus_share: Decimal = Decimal("0.05")
    single_share: Decimal = Decimal("0.9")
    weak_share: Decimal = Decimal("0.5")
