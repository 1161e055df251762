"""On whom a chain hangs: plants that split the map, owners whose stop breaks the way from raw material to product, and the smallest cut.

A plant is one owner on one node. Nodes of which nobody says who carries them cannot be cut: what is unknown is not held against anybody.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from luodi.chains.engine.model import Map

Plant = tuple[str, str]
"""(node, owner)."""


@dataclass(frozen=True, slots=True)
class Hold:
    """An owner who is alone on nodes that others depend on: `alone` are those nodes, `lost` the ends of the chain that nothing reaches without it."""

    owner: str
    alone: tuple[str, ...]
    lost: tuple[str, ...]
    splits: bool


def plants(chart: Map) -> dict[str, tuple[str, ...]]:
    """Owners that produce, by node."""
    found: dict[str, dict[str, None]] = {node.code: {} for node in chart.nodes}
    for holder in chart.holders:
        if holder.runs and holder.node in found:
            found[holder.node][holder.owner] = None
    return {node: tuple(owners) for node, owners in found.items()}


def ends(chart: Map) -> tuple[list[str], list[str]]:
    """Nodes where the chain begins and where it ends; a node without any edge is neither."""
    sources, targets = {edge.source for edge in chart.links}, {edge.target for edge in chart.links}
    codes = [node.code for node in chart.nodes]
    return [c for c in codes if c in sources - targets], [c for c in codes if c in targets - sources]


def holds(chart: Map) -> list[Hold]:
    """Everyone who is alone on a node that feeds another, with what hangs on them."""
    carriers, splitting = plants(chart), articulation(chart)
    feeding = {edge.source for edge in chart.links}
    reached = reachable(chart, without=())
    alone: dict[str, list[str]] = {}
    for node in chart.nodes:
        if len(carriers[node.code]) == 1 and node.code in feeding:
            alone.setdefault(carriers[node.code][0], []).append(node.code)
    found = []
    for owner, nodes in alone.items():
        left = reachable(chart, without=(owner,))
        lost = tuple(code for code in ends(chart)[1] if code in reached and code not in left)
        found.append(Hold(owner, tuple(nodes), lost, any((node, owner) in splitting for node in nodes)))
    return found


def reachable(chart: Map, *, without: Collection[str]) -> set[str]:
    """Nodes that material still gets to from where the chain begins, when these owners stop."""
    carriers = plants(chart)
    stopped = {node for node, owners in carriers.items() if owners and all(owner in without for owner in owners)}
    feeds: dict[str, list[str]] = {}
    for edge in chart.links:
        feeds.setdefault(edge.source, []).append(edge.target)
    fresh = [code for code in ends(chart)[0] if code not in stopped]
    found = set(fresh)
    while fresh:
        fresh = [c for code in fresh for c in feeds.get(code, ()) if c not in stopped and c not in found]
        found |= set(fresh)
    return found


def articulation(chart: Map) -> set[Plant]:
    """Plants whose stop splits the map in two (articulation points of the map with its plants as points)."""
    import networkx as nx

    graph: Any = nx.Graph()
    for node, owners in plants(chart).items():
        if not owners:
            graph.add_edge(("in", node), ("out", node))
        for owner in owners:
            graph.add_edge(("in", node), ("plant", node, owner))
            graph.add_edge(("plant", node, owner), ("out", node))
    graph.add_edges_from((("out", edge.source), ("in", edge.target)) for edge in chart.links)
    inner = {edge.source for edge in chart.links} & {edge.target for edge in chart.links}
    # At an end of the chain a plant splits nothing but itself off.
    return {(one[1], one[2]) for one in nx.articulation_points(graph) if one[0] == "plant" and one[1] in inner}


def smallest_cut(chart: Map) -> frozenset[Plant] | None:
    """The fewest plants whose stop leaves no way from beginning to end (minimum cut, one unit a plant); None when no stop of plants can."""
    import networkx as nx

    begins, finishes = ends(chart)
    if not begins:
        return None
    graph: Any = nx.DiGraph()
    graph.add_edges_from((("S",), ("in", code)) for code in begins)
    graph.add_edges_from((("out", code), ("T",)) for code in finishes)
    for node, owners in plants(chart).items():
        if not owners:
            graph.add_edge(("in", node), ("out", node))
        for owner in owners:
            entry, leave = ("plant", node, owner, "in"), ("plant", node, owner, "out")
            graph.add_edge(("in", node), entry)
            graph.add_edge(entry, leave, capacity=1)
            graph.add_edge(leave, ("out", node))
    graph.add_edges_from((("out", edge.source), ("in", edge.target)) for edge in chart.links)
    if not (graph.has_node(("S",)) and graph.has_node(("T",))):
        return None
    try:
        _, (kept, _rest) = nx.minimum_cut(graph, ("S",), ("T",))
    except nx.NetworkXUnbounded:
        return None
    return frozenset(
        (one[1], one[2]) for one in kept if one[0] == "plant" and one[3] == "in" and (*one[:3], "out") not in kept
    )
