"""Reporting delay: what has happened but is not recorded yet, from how late the recorded ends were.

An end is seen by the as-of day only if its delay is no longer than the days since it, so delays are right-truncated. In reverse time that is
left truncation, and the product-limit estimate of Lagakos, Barraj & De Gruttola (1988) gives G(x), the chance of being recorded within x days.
A recorded end then stands for 1/G of its kind. Days so recent that fewer than half of their ends are known are not used: their as-of is moved back.
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
class Corrected:
    """The cut with its as-of moved back, the chance that each row's end was recorded, and how unsure its logarithm is."""

    cut: Cut
    reported: Any
    unsure: Any
    moved: int
    delays: dict[int, Delay]


def delay_of(delays: Any, windows: Any) -> Delay:
    """From delays and the longest delay that each could have shown."""
    import numpy as np

    longest = int(delays.max()) + 1 if delays.size else 1
    exact = np.bincount(delays, minlength=longest + 1).astype(float)
    # Could have shown a delay of x and was no later than x.
    opened, closed = exact, np.bincount(np.minimum(windows, longest), minlength=longest + 1)
    risk = opened.cumsum() - (closed.cumsum() - closed)
    enough = risk >= min(FEW, max(delays.size, 1))
    hazard = np.where(enough, exact / np.maximum(risk, 1), 0.0)
    hazard[0] = 0.0  # all that is known is known within the day or later: nothing lies before day 0
    steps = np.log1p(-np.minimum(hazard, 1 - 1e-9))
    spread = np.where(enough & (risk > exact), exact / np.maximum(risk * (risk - exact), 1), 0.0)
    later = steps[::-1].cumsum()[::-1] - steps
    wide = spread[::-1].cumsum()[::-1] - spread
    return Delay(np.exp(later), np.sqrt(wide))


def correct(cut: Cut) -> Corrected | None:
    """None where nothing was recorded late, or too few ends say how late."""
    import numpy as np

    told = (cut.cause > 0) & (cut.delay >= 0)
    if told.sum() < ENOUGH or not (cut.delay[told] > 0).any():
        return None
    window = cut.follow - cut.time
    pool = delay_of(cut.delay[told], window[told])
    of = {}
    for cause in (1, 2):
        mine = told & (cut.cause == cause)
        of[cause] = delay_of(cut.delay[mine], window[mine]) if mine.sum() >= ENOUGH else pool
    moved = max(of[1].moved(), of[2].moved() if (cut.cause == 2).any() else 0)
    back = _moved_back(cut, moved)
    reported, unsure = np.ones(cut.size), np.zeros(cut.size)
    for cause, delay in of.items():
        rows = back.cause == cause
        place = np.minimum(window[rows], delay.within.size - 1)
        reported[rows], unsure[rows] = delay.within[place], delay.unsure[place]
    kept = back.follow >= np.maximum(back.start, 0)
    return Corrected(_rows(back, kept), np.maximum(reported[kept], 0.05), unsure[kept], moved, of)


def _moved_back(cut: Cut, moved: int) -> Cut:
    import numpy as np

    follow = np.minimum(cut.follow, cut.as_of - moved - cut.entered)
    beyond = cut.time > follow
    return replace(cut, follow=follow, time=np.minimum(cut.time, follow), cause=np.where(beyond, 0, cut.cause))


def _rows(cut: Cut, kept: Any) -> Cut:
    names = ("time", "start", "follow", "cause", "weight", "square", "count", "entered", "delay", "group")
    return replace(cut, **{name: getattr(cut, name)[kept] for name in names})
