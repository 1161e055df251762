"""Land area as ledgers write it: 163亩, 7.17万m², 约1.7公顷, 8.9km². Everything in square metres."""

import re
from decimal import Decimal

from luodi.intake.engine.widths import halfwidth
from luodi.projects.engine.consistency import MU

_SQUARE_METRES = {
    "亩": MU, "公顷": Decimal(10_000), "平方公里": Decimal(1_000_000), "km²": Decimal(1_000_000), "km2": Decimal(1_000_000),
    "平方米": Decimal(1), "平米": Decimal(1), "m²": Decimal(1), "m2": Decimal(1), "㎡": Decimal(1),
}  # fmt: skip
_UNITS = "|".join(sorted(map(re.escape, _SQUARE_METRES), key=len, reverse=True))
_AREA = re.compile(rf"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<wan>万)?\s*(?P<unit>{_UNITS})", re.IGNORECASE)
_OCCUPIED = re.compile(r"占地(?:面积)?[约为:]?\s*")


def area_in(text: str, *, bare_unit: str = "") -> Decimal | None:
    """The first area of a cell, in m²; a bare number is in `bare_unit` (the heading's), else unknown."""
    half = halfwidth(text).lower()
    if match := _AREA.search(half):
        number = Decimal(match["number"].replace(",", "")) * (10_000 if match["wan"] else 1)
        return number * _SQUARE_METRES[match["unit"].lower()]
    if bare_unit in _SQUARE_METRES and re.fullmatch(r"\d[\d,]*(?:\.\d+)?", half.strip()):
        return Decimal(half.strip().replace(",", "")) * _SQUARE_METRES[bare_unit]
    return None


def occupied_in(text: str) -> Decimal | None:
    """The land that a remark says is taken up: only what stands behind 占地, never floor space (建面)."""
    match = _OCCUPIED.search(halfwidth(text))
    return area_in(text[match.end() : match.end() + 20]) if match else None
