"""The naive rate, shown for what it is worth: landed ÷ signed without regard to time or luck, and the league table that it makes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Naive:
    """A group's naive rate and its place; equal rates share a place. None where nothing was signed."""

    group: str
    reached: float
    signed: float
    rate: float | None
    place: int | None = None


def naive(rows: Iterable[tuple[str, float, bool]]) -> dict[str, Naive]:
    """(group, weight, whether it reached) → each group's rate and place, 1 is the highest."""
    signed: dict[str, float] = defaultdict(float)
    reached: dict[str, float] = defaultdict(float)
    for group, weight, has in rows:
        signed[group] += weight
        reached[group] += weight if has else 0.0
    rates = {group: reached[group] / total if total else None for group, total in signed.items()}
    known = [rate for rate in rates.values() if rate is not None]
    return {
        group: Naive(group, reached[group], signed[group], rate, _place(rate, known)) for group, rate in rates.items()
    }


def _place(rate: float | None, known: Iterable[float]) -> int | None:
    return None if rate is None else 1 + sum(other > rate + 1e-12 for other in known)


def gained(reported: Mapping[str, Naive], net: Mapping[str, Naive], group: str) -> int | None:
    """Places that the naive table on reported figures gives a group above its place on net figures; negative when it loses by others' doing."""
    before, after = reported.get(group), net.get(group)
    if before is None or after is None or before.place is None or after.place is None:
        return None
    return after.place - before.place
