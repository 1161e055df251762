"""The corners of a monotone table, found without filling it: of equal costs the one that waits longest."""

import heapq
from collections.abc import Callable, Iterator
from itertools import product

Place = tuple[int, ...]


def corners(cost: Callable[[Place], tuple[float, Place] | None], sizes: Place) -> Iterator[tuple[float, Place]]:
    """For every place of a table of these sizes a corner that is nowhere less and costs the same: all of them, the cheapest first.

    `cost(place)` never falls as a place grows. It says as well to which place it is known to stay the same; None: not wanted, nor
    anything beyond. What is not below a corner found so far lies beyond one of few `zones` (Klamroth, Lacour and Vanderpooten 2015,
    search regions of multi-objective optimization), so that as many places are asked for as there are corners, about.
    """
    zones: dict[Place, Place] = {}
    heap: list[tuple[float, Place]] = []

    def add(place: Place) -> None:
        found = cost(place)
        if found is not None:
            zones[place] = found[1]
            heapq.heappush(heap, (found[0], place))

    add((0,) * len(sizes))
    while heap:
        value, place = heapq.heappop(heap)
        if place not in zones:
            continue
        corner = zones[place]
        yield value, corner
        below = [zone for zone in zones if reaches(corner, zone)]
        for zone in below:
            del zones[zone]
        beyond = {
            (*zone[:i], corner[i] + 1, *zone[i + 1 :])
            for zone, i in product(below, range(len(sizes)))
            if corner[i] + 1 < sizes[i]
        }
        for one in beyond:
            if not any(reaches(one, other) for other in (*zones, *beyond) if other != one):
                add(one)


def reaches(place: Place, other: Place) -> bool:
    """It is nowhere less than the other."""
    return all(a >= b for a, b in zip(place, other, strict=True))
