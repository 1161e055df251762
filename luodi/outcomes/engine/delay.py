"""Reporting delay: what has happened but is not recorded yet, from how late the recorded ends were.

An end is seen by the as-of day only if its delay is no longer than the days since it, so delays are right-truncated. In reverse time that is
left truncation, and the product-limit estimate of Lagakos, Barraj & De Gruttola (1988) gives G(x), the chance of being recorded within x days.
A recorded end then stands for 1/G of its kind. Days so recent that fewer than half of their ends are known are not used: their as-of is moved back.

What is never recorded leaves no delay behind, so no table of ends can tell how much it is; a second source can (progress reports, power bills, a visit).
Of `known` events of which it tells, `found` are in the register: the register's completeness (Chandra Sekar & Deming 1949), and G is that much smaller.
Other ends need no such care: a project that is dead without a record stays in the denominator, where it belongs.
"""

from dataclasses import dataclass, replace
from typing import Any

from luodi.outcomes.engine.cutting import Cut

ENOUGH = 30  # ends of one kind, to give it a delay of its own
FEW = 10  # ends that could have shown so long a delay; below it the tail is not estimated
KNOWN_AT_LEAST = 0.5


@dataclass(frozen=True)
class Delay:
    """G and the standard error of log G, by days."""

    within: Any
    unsure: Any

    def moved(self) -> int:
        """Days back to where at least half of the ends are known."""
        return int((self.within >= KNOWN_AT_LEAST).argmax())


@dataclass(frozen=True)
class Complete:
    """Of `known` events that another source tells, old enough to have been recorded, `found` are in the table."""

    found: int
    known: int

    @property
    def share(self) -> float:
        """With half a hit and half a miss more (Jeffreys), so that a small check does not prove a perfect register."""
        return (self.found + 0.5) / (self.known + 1)

    @property
    def unsure(self) -> float:
        """Standard error of its logarithm."""
        return float(((1 - self.share) / (self.share * (self.known + 1))) ** 0.5)

    def of(self, delay: Delay) -> Delay:
        return Delay(delay.within * self.share, (delay.unsure**2 + self.unsure**2) ** 0.5)


@dataclass(frozen=True)
class Corrected:
    """The cut with its as-of moved back, the chance that each row's end was recorded, and how unsure its logarithm is."""

    cut: Cut
    reported: Any
    unsure: Any
    moved: int
    delays: dict[int, Delay]
    late: bool  # delays were found, not only a register that is not complete


def delay_of(delays: Any, windows: Any, count: Any = None) -> Delay:
    """From delays and the longest delay that each could have shown; `count` is less than 1 for a part of a project."""
    import numpy as np

    longest = int(delays.max()) + 1 if delays.size else 1
    exact = np.bincount(delays, weights=count, minlength=longest + 1).astype(float)
    # Could have shown a delay of x and was no later than x.
    opened, closed = exact, np.bincount(np.minimum(windows, longest), weights=count, minlength=longest + 1)
    risk = opened.cumsum() - (closed.cumsum() - closed)
    enough = risk >= min(FEW, max(exact.sum(), 1.0)) - 1e-9
    hazard = np.where(enough, exact / np.maximum(risk, 1), 0.0)
    hazard[0] = 0.0  # all that is known is known within the day or later: nothing lies before day 0
    steps = np.log1p(-np.minimum(hazard, 1 - 1e-9))
    spread = np.where(enough & (risk > exact), exact / np.maximum(risk * (risk - exact), 1), 0.0)
    later = steps[::-1].cumsum()[::-1] - steps
    wide = spread[::-1].cumsum()[::-1] - spread
    return Delay(np.exp(later), np.sqrt(wide))


def correct(cut: Cut, *, delay: bool = True, complete: Complete | None = None) -> Corrected | None:
    """None where nothing was recorded late, or too few ends say how late, and nothing is known of what is never recorded."""
    import numpy as np

    of = _delays(cut) if delay and cut.delayed else None
    if of is None and complete is None:
        return None
    at_once = Delay(np.ones(1), np.zeros(1))
    late = of is not None
    of = of or {1: at_once, 2: at_once}
    moved = max(of[1].moved(), of[2].moved() if (cut.cause == 2).any() else 0)
    if complete is not None:
        of[1] = complete.of(of[1])
    back, window = _moved_back(cut, moved), cut.follow - cut.time
    reported, unsure = np.ones(cut.size), np.zeros(cut.size)
    for cause, told in of.items():
        rows = back.cause == cause
        place = np.minimum(window[rows], told.within.size - 1)
        reported[rows], unsure[rows] = told.within[place], told.unsure[place]
    kept = back.follow >= np.maximum(back.start, 0)
    return Corrected(_rows(back, kept), np.maximum(reported[kept], 0.05), unsure[kept], moved, of, late)


def _delays(cut: Cut) -> dict[int, Delay] | None:
    """Of each kind of end its own where enough say so, else that of all."""
    told = (cut.cause > 0) & (cut.delay >= 0)
    if cut.count[told].sum() < ENOUGH or not (cut.delay[told] > 0).any():
        return None
    window = cut.follow - cut.time
    pool = delay_of(cut.delay[told], window[told], cut.count[told])
    of = {}
    for cause in (1, 2):
        mine = told & (cut.cause == cause)
        of[cause] = (
            delay_of(cut.delay[mine], window[mine], cut.count[mine]) if cut.count[mine].sum() >= ENOUGH else pool
        )
    return of


def _moved_back(cut: Cut, moved: int) -> Cut:
    import numpy as np

    follow = np.minimum(cut.follow, cut.as_of - moved - cut.entered)
    beyond = cut.time > follow
    return replace(cut, follow=follow, time=np.minimum(cut.time, follow), cause=np.where(beyond, 0, cut.cause))


def _rows(cut: Cut, kept: Any) -> Cut:
    names = ("time", "start", "follow", "cause", "weight", "square", "count", "entered", "delay", "group")
    cluster = None if cut.cluster is None else cut.cluster[kept]
    return replace(cut, cluster=cluster, **{name: getattr(cut, name)[kept] for name in names})
