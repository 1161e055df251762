"""A higher bound by deciding when works are done and projects complete, one question at a time (branch and bound on their windows).

Prices alone let a work be half done: half its cost, half its gain, which no plan can have. So the question is put: does this work
start by step t, or later (or never)? Every valid plan answers one way, and each answer narrows the window of that work; of completions
it is asked in the same way. Why the bound holds: the windows of the leaves together hold every start of every work and every completion,
so a valid plan lies in one of the leaves; there it waits at least as long as that leaf's bound (the proof in `bound`, with the minimum
taken within the windows, or zero where a work may be left undone). So waiting ≥ the least bound of the leaves. A child's bound is never
below its parent's, because its plans are among its parent's. The leaf with the least bound is asked next, at the prices it stood at.

Before any question, rows that only mixtures of plans break (`cuts`) raise the root, and each leaf adds those that it breaks.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.bound import Bound, Prices, claimed
from luodi.factors.engine.climbing import Climb, climb
from luodi.factors.engine.construct import Tables
from luodi.factors.engine.cuts import Covers, surcharge
from luodi.factors.engine.problem import NEVER, Numbers, Problem

ROUNDS, RATES = 40, (0.05, 0.005)  # of Adam in a leaf: it begins near the best prices
WHOLES, ROWS = 60, 600  # projects up to which it matters that they come whole; rows at the most
FINER, FINER_RATES = 200, (0.05, 0.001)  # of Adam there: every leaf has to be known well
SHARP, SHARPER = 250, (0.1, 0.002)  # of a climb with new rows
SELDOM, TURNS, RAISED = (
    8,
    20,
    0.001,
)  # one leaf in so many is asked for rows; turns at the root, and the rise that ends them
TOLL = 10.0  # of a row, in steps of an average weight: what it moves by at first
AGAIN = 2
UNTRIED, UNTRIED_WHOLE = (
    1e3,
    1.0,
)  # what a step of spread is hoped to raise before it was asked: each work is tried once
HOPED = 0.3  # the same of a project, for each unit of its weight
AGREED = 1e-6
DIVES, NEAR = 12, 6.0  # rounds of a dive at most; steps within which the start of a work is agreed
NOT_COUNTED = np.zeros((0, 0), dtype=np.int64)
NEVER_AFTER = 60  # for the mean start, a work left undone counts as this long after its latest start


@dataclass(order=True)
class Leaf:
    """What is decided, and the least that a plan within it waits as far as its prices know."""

    value: float
    number: int
    windows: Numbers = field(compare=False)  # of works: soonest, latest, may it be left undone
    spans: Numbers = field(compare=False)  # of projects: soonest and latest completion
    climb: Climb = field(compare=False)
    again: int = field(compare=False, default=0)  # how often it was climbed anew because nothing was left to ask


class Tree:
    """The open leaves, the lowest first. A leaf leaves the heap only when its children are in it: `bound` holds at any time."""

    def __init__(self, problem: Problem, data: Tables, root: Bound) -> None:
        self.problem, self.data, self.keep, self.unit = problem, data, root.keep, root.unit
        self.made, self.halt = 0, np.zeros(1, dtype=np.bool_)
        many = len(problem.works) + len(problem.projects)  # a question is about a work, or after them a project
        self.whole = 0 < len(problem.projects) <= WHOLES
        self.rounds, self.rates = (FINER, FINER_RATES) if self.whole else (ROUNDS, RATES)
        works = np.full(len(problem.works), UNTRIED_WHOLE if self.whole else UNTRIED)
        self.hoped = np.concatenate([works, HOPED * problem.weight])
        self.gain, self.spread = np.zeros(many), np.zeros(many)
        self.covers, self.toll_unit = Covers(problem, data), TOLL * float(problem.weight.mean()) if self.whole else 0.0
        self.leaves: list[Leaf] = []
        self.spans = root.spans
        self._add(root.windows, root.spans, self.at(root.best_prices), root.certified, np.inf)

    def at(self, prices: Prices) -> Climb:
        """At these prices, with nothing seen."""
        projects, seen = (
            np.zeros(len(self.problem.projects)),
            np.zeros((len(self.problem.works), self.problem.horizon + 2)),
        )
        return Climb(0.0, prices, np.zeros(0), seen.astype(np.int64), projects, projects, projects.astype(np.int64))

    @property
    def bound(self) -> float:
        """What no plan can be below, except one no better than a plan that was known when its leaf was closed."""
        return self.leaves[0].value if self.leaves else np.inf

    @property
    def over(self) -> bool:
        return not self.leaves or self.leaves[0].again > AGAIN

    def sharpen(self, best: float, over: Callable[[], bool] = bool) -> None:
        """Rows that the mean of the root breaks, and tolls for them, until they raise it no more; rows without a toll leave again."""
        for _ in range(TURNS):
            if len(self.leaves) != 1 or not self.whole or self.halt[0] or over():
                return
            leaf, known = self.leaves.pop(), len(self.covers.keys)
            value = self._add(leaf.windows, leaf.spans, leaf.climb, leaf.value, best, rounds=SHARP, rates=SHARPER)
            if known and (len(self.covers.keys) == known or value < leaf.value * (1 + RAISED)):
                return
            self._forget()

    def _forget(self) -> None:
        """Rows that had their time and got no toll."""
        if not self.leaves:
            return
        leaf = self.leaves[0]
        tolls = leaf.climb.tolls
        keep = np.arange(len(self.covers.keys)) >= len(tolls)
        keep[: len(tolls)] = tolls > 0
        self.covers.forget(keep)
        leaf.climb = leaf.climb._replace(tolls=tolls[keep[: len(tolls)]])

    def ask(self, best: float) -> None:
        """One question more, put to the lowest leaf; `best` is the waiting of the best plan: leaves at or above it are closed."""
        while self.leaves and self.leaves[0].value >= best:
            heapq.heappop(self.leaves)
        if self.over:
            return
        leaf = self.leaves[0]
        about, until, spread = self._question(leaf)
        again = leaf.again + 1 if about == NEVER else 0
        sides = self._sides(leaf, about, until) if about != NEVER else [(leaf.windows, leaf.spans)]
        raised = [self._add(*one, leaf.climb, leaf.value, best, again) - leaf.value for one in sides]
        self.leaves.remove(leaf)
        heapq.heapify(self.leaves)
        if about != NEVER:
            self.gain[about] += 1 + min(raised) + 0.2 * min(max(raised), best - leaf.value)
            self.spread[about] += max(1.0, spread)

    def _sides(self, leaf: Leaf, about: int, until: int) -> list[tuple[Numbers, Numbers]]:
        """Not later than `until`, and later."""
        works = len(self.problem.works)
        if about >= works:
            spans = leaf.spans.copy(), leaf.spans.copy()
            spans[0][about - works, 1], spans[1][about - works, 0] = until, until + 1
            return [(leaf.windows, one) for one in spans]
        low, high, may = leaf.windows[about]
        windows = leaf.windows.copy(), leaf.windows.copy()
        windows[0][about] = low, until, 0
        windows[1][about] = (until + 1, high, may) if until < high else (1, 0, may)
        return [(one, leaf.spans) for one in windows]

    def _add(
        self, windows: Numbers, spans: Numbers, from_: Climb, least: float, best: float,
        again: int = 0, rounds: int | None = None, rates: tuple[float, float] | None = None,
    ) -> float:  # fmt: skip
        begun = np.zeros((len(self.covers.free) if self._rows_wanted else 0, self.problem.horizon + 2), dtype=np.int64)
        climbed = self._climbed(windows, spans, from_, (rounds or self.rounds) * (1 + again), best, rates, begun)
        charged = float(climbed.tolls @ self.covers.cuts.most)
        value = max(least, claimed(self.problem, climbed.value, climbed.prices, charged))
        self.made += 1
        if value < best:
            heapq.heappush(self.leaves, Leaf(value, self.made, windows, spans, climbed, again))
            if len(begun):
                self.covers.add(begun)
        return value

    @property
    def _rows_wanted(self) -> bool:
        seldom = self.leaves and self.made % SELDOM
        return self.whole and len(self.covers.keys) < ROWS and not seldom

    def climbed(self, windows: Numbers, from_: Climb) -> Climb:
        """The same within these windows of works, whatever the projects do."""
        return self._climbed(windows, self.spans, from_, self.rounds, np.inf)

    def charged(self, tolls: NDArray[np.float64]) -> Prices:
        """Stage or work × start: what rows charge."""
        extra = np.zeros((len(self.covers.free) if len(tolls) else 0, self.problem.horizon + 3))
        if len(tolls):
            surcharge(self.covers.first(len(tolls)), tolls, len(self.problem.stages), extra)
        return extra

    def _climbed(
        self, windows: Numbers, spans: Numbers, from_: Climb, rounds: int, best: float,
        rates: tuple[float, float] | None = None, begun: Numbers = NOT_COUNTED,
    ) -> Climb:  # fmt: skip
        """From where another climb ended; rows that it did not know begin without a toll."""
        cuts = self.covers.cuts
        tolls = np.concatenate([from_.tolls, np.zeros(len(cuts.most) - len(from_.tolls))])
        args = (
            self.data,
            self.keep,
            self.problem.have,
            self.unit,
            windows,
            spans,
            from_.prices,
            cuts,
            tolls,
            self.toll_unit,
        )
        return Climb(*climb(*args, begun, rounds, rates or self.rates, best, self.halt))

    def _question(self, leaf: Leaf) -> tuple[int, int, float]:
        """About whose start or completion the rounds agreed least, weighed by what asking raised before; the step; the spread."""
        works = len(self.problem.works)
        middle, apart = np.array([agreed(row) for row in leaf.climb.seen]).reshape(works, 2).T
        low, high, may = leaf.windows.T
        open_ = np.concatenate([(low < high) | ((low == high) & (may > 0)), leaf.spans[:, 0] < leaf.spans[:, 1]])
        apart = np.where(open_, np.concatenate([apart, leaf.climb.apart]), 0.0)
        tried = self.spread > 0
        worth = apart * np.where(tried, self.gain / np.maximum(1.0, self.spread), self.hoped)
        about = int(np.argmax(worth)) if len(worth) else NEVER
        if about == NEVER or worth[about] <= AGREED:
            return NEVER, NEVER, 0.0
        if about < works:
            until = np.clip(middle[about], low[about], high[about] if may[about] else high[about] - 1)
        else:
            soonest, latest = leaf.spans[about - works]
            until = np.clip(leaf.climb.until[about - works], soonest, latest - 1)
        return about, int(until), float(apart[about])

    def dive(self, over: Callable[[], bool] = bool) -> tuple[Numbers, Climb]:
        """Starts of works on which prices agree, below the lowest leaf, and the climb there: something to build a plan from.

        Every round decides half of the works that are not agreed on, the clearest first, the way that was seen more often.
        """
        leaf = min(self.leaves)
        windows, climbed = leaf.windows.copy(), leaf.climb
        for _ in range(DIVES):
            middle, apart = np.array([agreed(row) for row in climbed.seen]).reshape(len(windows), 2).T
            sooner = np.array(
                [row[: int(m) + 1].sum() / max(1, row.sum()) for row, m in zip(climbed.seen, middle, strict=True)]
            )
            split = np.flatnonzero(apart > NEAR)
            if not len(split) or self.halt[0] or over():
                break
            clearest = split[np.argsort(-np.abs(sooner[split] - 0.5), kind="stable")]
            for work in clearest[: (len(split) + 1) // 2]:
                low, high, may = windows[work]
                until = int(np.clip(middle[work], low, high if may else high - 1))
                windows[work] = (
                    (low, until, 0) if sooner[work] >= 0.5 else (until + 1, high, may) if until < high else (1, 0, may)
                )
            climbed = self._climbed(windows, leaf.spans, climbed, self.rounds, np.inf)
        return usual(climbed.seen), climbed


def agreed(seen: NDArray[np.int64]) -> tuple[float, float]:
    """Mean and deviation of the starts of one work."""
    many, steps = seen.sum(), np.arange(len(seen))
    if not many:
        return 0.0, 0.0
    steps[-1] = min(len(seen) - 2, int(np.flatnonzero(seen[:-1]).max(initial=0)) + NEVER_AFTER)
    mean = float((seen * steps).sum() / many)
    return float(np.floor(mean)), float(np.sqrt(max(0.0, (seen * (steps - mean) ** 2).sum() / many)))


def usual(seen: NDArray[np.int64]) -> Numbers:
    """The median start of each work where it is mostly done, else NEVER."""
    starts = np.full(len(seen), NEVER)
    for work, row in enumerate(seen):
        done = row[:-1].sum()
        if 2 * done > row.sum():
            starts[work] = int(np.searchsorted(np.cumsum(row[:-1]), done / 2))
    return starts
