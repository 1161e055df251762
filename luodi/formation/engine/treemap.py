"""Rectangles whose areas are the values: the squarified treemap of Bruls, Huizing and van Wijk (2000)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height

    def inside(self, edge: float, head: float = 0.0) -> "Box":
        """What is left inside a margin and below a heading; never negative."""
        width, height = max(self.width - 2 * edge, 0.0), max(self.height - 2 * edge - head, 0.0)
        return Box(self.x + edge, self.y + edge + head, width, height)


def squarify(values: Sequence[float], box: Box) -> list[Box]:
    """One rectangle a value, in their order, filling the box; give the largest first. Values must be positive."""
    whole = sum(values)
    if not values or whole <= 0 or box.area <= 0:
        return [Box(box.x, box.y, 0.0, 0.0) for _ in values]
    areas = [value * box.area / whole for value in values]
    placed: list[Box] = []
    start = 0
    while start < len(areas):
        side = min(box.width, box.height)
        end = start + 1
        while end < len(areas) and _worst(areas[start : end + 1], side) <= _worst(areas[start:end], side):
            end += 1
        row, box = _row(areas[start:end], box)
        placed += row
        start = end
    return placed


def _worst(row: Sequence[float], side: float) -> float:
    """The greatest ratio of long to short side in a row laid along `side`."""
    whole = sum(row)
    if not side or not whole:
        return float("inf")
    return max(side * side * max(row) / whole**2, whole**2 / (side * side * min(row)))


def _row(row: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """Lay a row along the shorter side; returns it and the box that is left."""
    whole, placed = sum(row), []
    if box.width >= box.height:
        thick, at = whole / box.height if box.height else 0.0, box.y
        for area in row:
            long = area / thick if thick else 0.0
            placed.append(Box(box.x, at, thick, long))
            at += long
        return placed, Box(box.x + thick, box.y, max(box.width - thick, 0.0), box.height)
    thick, at = whole / box.width if box.width else 0.0, box.x
    for area in row:
        long = area / thick if thick else 0.0
        placed.append(Box(at, box.y, long, thick))
        at += long
    return placed, Box(box.x, box.y + thick, box.width, max(box.height - thick, 0.0))
