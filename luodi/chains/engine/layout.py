"""Where the boxes of a map stand: layers from left to right by who feeds whom, few crossings, everything on one screen.

Layers are the longest way from the beginning (loops count as one point); long edges get a point in each layer between, and the order
within layers follows the mean place of the neighbours, swept back and forth (Sugiyama's method).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

SWEEPS = 12
WIDTH = 980
BAND_COLUMNS = 5
ROOMY_ROWS = 12
"""Up to here a box has two lines."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node's rectangle."""

    code: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Link:
    """An edge's way, as points from the right side of its source to the left side of its target."""

    source: str
    target: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """`compact`: boxes have one line. Nodes that nothing feeds and that feed nothing stand in a band below `band`."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]
    compact: bool
    band: float | None = None


def layers(codes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Layer of every node. What only begins something stands right before what it feeds."""
    import networkx as nx

    graph: Any = nx.DiGraph()
    graph.add_nodes_from(codes)
    graph.add_edges_from(edges)
    whole: Any = nx.condensation(graph)
    rank: dict[int, int] = {}
    for one in nx.topological_sort(whole):
        rank[one] = max((rank[before] + 1 for before in whole.predecessors(one)), default=0)
    for one in whole:
        after = [rank[next_one] for next_one in whole.successors(one)]
        if after and not whole.in_degree(one):
            rank[one] = min(after) - 1
    lowest = min(rank.values(), default=0)
    return {code: rank[whole.graph["mapping"][code]] - lowest for code in codes}


def draw(codes: Sequence[str], edges: Sequence[tuple[str, str]], *, height: int = 500, roomy: bool = False) -> Drawing:
    """The whole drawing; `height` is what the page has room for, a fuller map is taller. `roomy`: full columns keep room for two lines a box."""
    if not codes:
        return Drawing(WIDTH, 0, (), (), False)
    joined = {code for edge in edges for code in edge}
    inside, alone = [code for code in codes if code in joined], [code for code in codes if code not in joined]
    if not inside:
        return _below(Drawing(WIDTH, 0, (), (), len(alone) > BAND_COLUMNS * ROOMY_ROWS), alone)
    layer = layers(inside, edges)
    columns, chains = _with_points(inside, edges, layer)
    _untangle(columns, chains)
    rows = -(-len(alone) // BAND_COLUMNS)
    left = height - rows * ROW - (GAP if rows else 0)
    return _below(_place(columns, chains, edges, left, 29 if roomy else 24), alone)


ROW, GAP = 40, 26


def _below(drawing: Drawing, alone: Sequence[str]) -> Drawing:
    """Add the band of what hangs on nothing."""
    if not alone:
        return drawing
    pitch, tall = (30, 27) if drawing.compact else (ROW, 36)
    top = drawing.height + (GAP if drawing.height else 18)
    spread = WIDTH / BAND_COLUMNS
    boxes = [
        Box(code, round(index % BAND_COLUMNS * spread, 1), top + index // BAND_COLUMNS * pitch, spread - 16, tall)
        for index, code in enumerate(alone)
    ]
    height = top + -(-len(alone) // BAND_COLUMNS) * pitch
    return replace(drawing, height=height, boxes=(*drawing.boxes, *boxes), band=top - 8)


Point = tuple[str, str, int]
"""A node ("", code, 0), or the place of a long edge in a layer (source, target, layer)."""


def _with_points(
    codes: Sequence[str], edges: Sequence[tuple[str, str]], layer: Mapping[str, int]
) -> tuple[list[list[Point]], dict[tuple[str, str], list[Point]]]:
    """Layers as columns, and every edge that goes forward as the points that it passes."""
    columns: list[list[Point]] = [[] for _ in range(max(layer.values()) + 1)]
    for code in codes:
        columns[layer[code]].append(("", code, 0))
    ways: dict[tuple[str, str], list[Point]] = {}
    for source, target in edges:
        way: list[Point] = [("", source, 0)]
        for between in range(layer[source] + 1, layer[target]):
            point = (source, target, between)
            columns[between].append(point)
            way.append(point)
        ways[source, target] = [*way, ("", target, 0)]
    return columns, ways


def _untangle(columns: list[list[Point]], ways: Mapping[tuple[str, str], list[Point]]) -> None:
    """Order each column by the mean place of its neighbours, forth and back; keep the best order that was seen."""
    left: dict[Point, list[Point]] = {}
    right: dict[Point, list[Point]] = {}
    for way in ways.values():
        for one, other in zip(way, way[1:], strict=False):
            right.setdefault(one, []).append(other)
            left.setdefault(other, []).append(one)
    best, fewest = [list(column) for column in columns], crossings(columns, right)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        neighbours = left if forth else right
        order = range(1, len(columns)) if forth else range(len(columns) - 2, -1, -1)
        for number in order:
            beside = columns[number - 1] if forth else columns[number + 1]
            place = {point: index for index, point in enumerate(beside)}
            _sort(columns[number], neighbours, place)
        if (now := crossings(columns, right)) < fewest:
            best, fewest = [list(column) for column in columns], now
    columns[:] = best


def _sort(column: list[Point], neighbours: Mapping[Point, list[Point]], place: Mapping[Point, int]) -> None:
    """Points without a neighbour beside keep their own place."""
    means = {}
    for index, point in enumerate(column):
        seen = [place[other] for other in neighbours.get(point, ()) if other in place]
        means[point] = sum(seen) / len(seen) if seen else float(index)
    column.sort(key=lambda point: means[point])


def crossings(columns: list[list[Point]], right: Mapping[Point, list[Point]]) -> int:
    """Pairs of edges between neighbouring columns that cross."""
    total = 0
    for column, following in zip(columns, columns[1:], strict=False):
        place = {point: index for index, point in enumerate(following)}
        ends = [place[other] for point in column for other in sorted(right.get(point, ()), key=lambda o: place.get(o, -1)) if other in place]  # fmt: skip
        total += _inversions(ends)
    return total


def _inversions(numbers: list[int]) -> int:
    """How many pairs stand in the wrong order (merge sort, O(n log n))."""
    if len(numbers) < 2:
        return 0
    half = len(numbers) // 2
    one, other = numbers[:half], numbers[half:]
    count = _inversions(one) + _inversions(other)
    one.sort()
    other.sort()
    taken = 0
    for number in other:
        while taken < len(one) and one[taken] <= number:
            taken += 1
        count += len(one) - taken
    return count


def _place(
    columns: list[list[Point]],
    ways: Mapping[tuple[str, str], list[Point]],
    edges: Sequence[tuple[str, str]],
    height: int,
    least: int,
) -> Drawing:
    rows = max(len(column) for column in columns)
    compact = max(sum(point[0] == "" for point in column) for column in columns) > ROOMY_ROWS
    pitch = max(height / rows, least if compact else 42)
    tall = min(pitch - 3, 27) if compact else min(pitch - 4, 40)
    step = WIDTH / len(columns)
    wide = min(210.0, step - max(26.0, step * 0.22)) if len(columns) > 1 else 240.0
    spread = (WIDTH - wide) / (len(columns) - 1) if len(columns) > 1 else 0.0
    total = pitch * rows
    centre: dict[Point, tuple[float, float]] = {}
    boxes = []
    for number, column in enumerate(columns):
        own = total / len(column) if column else pitch
        own = max(min(own, pitch * 3, 90), pitch)
        top = (total - own * len(column)) / 2
        for index, point in enumerate(column):
            x, y = number * spread, top + own * (index + 0.5)
            centre[point] = (x, y)
            if point[0] == "":
                boxes.append(Box(point[1], round(x, 1), round(y - tall / 2, 1), round(wide, 1), round(tall, 1)))
    links = tuple(Link(*edge, _way(ways[edge], centre, wide)) for edge in edges)
    return Drawing(WIDTH, round(total), tuple(boxes), links, compact)


def _way(way: list[Point], centre: Mapping[Point, tuple[float, float]], wide: float) -> tuple[tuple[float, float], ...]:
    """Long edges pass straight through their place in a layer between."""
    (x, y), (end_x, end_y) = centre[way[0]], centre[way[-1]]
    points = [(x + wide, y)]
    for point in way[1:-1]:
        through_x, through_y = centre[point]
        points += [(through_x, through_y), (through_x + wide, through_y)]
    return tuple((round(a, 1), round(b, 1)) for a, b in [*points, (end_x, end_y)])
