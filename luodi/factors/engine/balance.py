"""What is left of a pool on every day, and whether one more claim fits. Plain sums of whole numbers; days are given, never asked for.

A grant or claim without an end is for good (a quota, a plot); with an end it is lent for `begin`..`end`, the last day included (a crew).
A claim fits when on every day from its first to its last the amount is left, later days too: what is promised for next year
is not there this year either, unless something arrives in between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

FOREVER = date.max


@dataclass(frozen=True, slots=True)
class Line:
    """`amount` from `begin` to `end`, in whole smallest units."""

    amount: int
    begin: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """From `day` on (until the next level) so much was granted, claimed and is left."""

    day: date
    granted: int
    claimed: int

    @property
    def left(self) -> int:
        return self.granted - self.claimed


def levels(grants: Iterable[Line], claims: Iterable[Line]) -> list[Level]:
    """One level for each day on which something changes, in order."""
    given, taken = _changes(grants), _changes(claims)
    days = sorted(given.keys() | taken.keys())
    granted = accumulate(given.get(day, 0) for day in days)
    claimed = accumulate(taken.get(day, 0) for day in days)
    return [Level(*one) for one in zip(days, granted, claimed, strict=True)]


def _changes(lines: Iterable[Line]) -> dict[date, int]:
    changed: dict[date, int] = {}
    for line in lines:
        changed[line.begin] = changed.get(line.begin, 0) + line.amount
        if line.end is not None and line.end < FOREVER:
            after = line.end + timedelta(days=1)
            changed[after] = changed.get(after, 0) - line.amount
    return changed


def at(found: Sequence[Level], day: date) -> Level:
    """The level that holds on a day."""
    return next((one for one in reversed(found) if one.day <= day), Level(day, 0, 0))


def least(found: Sequence[Level], begin: date, end: date | None) -> int:
    """The least that is left on any day from `begin` to `end` (None: ever after)."""
    last = end or FOREVER
    within = [one.left for one in found if begin < one.day <= last]
    return min([at(found, begin).left, *within])


def fits(found: Sequence[Level], claim: Line) -> bool:
    return least(found, claim.begin, claim.end) >= claim.amount


def earliest(found: Sequence[Level], claim: Line) -> date | None:
    """The first day from the claim's own on at which it would fit, its length kept; None: never, as things stand."""
    if claim.amount <= 0:
        return claim.begin
    if claim.end is not None:
        return _earliest_lent(found, claim, claim.end - claim.begin)
    first = None
    for one in reversed(found):  # for good: all later levels have to hold it, so the last that does not decides
        if one.left < claim.amount:
            return first
        if one.day <= claim.begin:
            return claim.begin
        first = one.day
    return first


def _earliest_lent(found: Sequence[Level], claim: Line, length: timedelta) -> date | None:
    for day in [claim.begin, *(one.day for one in found if one.day > claim.begin)]:
        if fits(found, Line(claim.amount, day, day + length)):
            return day
    return None


def first_shortage(found: Sequence[Level], since: date) -> Level | None:
    """The first level from a day on at which more is claimed than there is."""
    now = at(found, since)
    later = (one for one in found if one.day > since)
    return next((one for one in (now, *later) if one.left < 0), None)
