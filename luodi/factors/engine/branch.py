"""A higher bound by deciding when each preparation work is done, one question at a time (branch and bound on their windows).

Prices alone let a work be half done: half its cost, half its gain, which no plan can have. So the question is put: does this work
start by step t, or later (or never)? Every valid plan answers one way, and each answer narrows the window of that work. Why the
bound holds: the windows of the leaves together hold every start of every work, so a valid plan lies in one of the leaves; there it
waits at least as long as that leaf's bound (the proof in `bound`, with the minimum over the work's starts taken within its window, or
zero where it may be left undone). So waiting ≥ the least bound of the leaves. A child's bound is never below its parent's, because
its plans are among its parent's. The leaf with the least bound is asked next, at the prices it stood at.

Adam's rounds are those of `bound`, within one compiled call, so that a thread of its own goes on while others look for plans.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.bound import Bound, Prices, claimed, price_out, price_works, used
from luodi.factors.engine.construct import Tables
from luodi.factors.engine.problem import NEVER, Numbers, Problem

RATES = (0.05, 0.005)  # of Adam in a leaf: it begins near the best prices
ROUNDS = 40
FORGET = 3  # the first third of the rounds is not counted where works were seen
AGAIN = 2
UNTRIED = 1e3  # what a step of spread is hoped to raise before it was asked: each work is tried once
HOPED = 0.1  # the same of a project, for each unit of its weight
AGREED = 1e-6
DIVES, NEAR = 12, 6.0  # rounds of a dive at most; steps within which the start of a work is agreed
NEVER_AFTER = 60  # for the mean start, a work left undone counts as this long after its latest start


class Climb(NamedTuple):
    value: float
    prices: Prices
    seen: NDArray[np.int64]  # work × step: in how many rounds it was cheapest there; last column: not done
    ends: NDArray[np.float64]  # of projects, mean of the same rounds
    apart: NDArray[np.float64]  # and their deviation


@numba.njit(cache=True, nogil=True)
def _sums(prices, ahead, summed):  # type: ignore[no-untyped-def]
    """`bound.ahead_of`, in place."""
    factors, horizon = prices.shape
    for factor in range(factors):
        ahead[factor, horizon] = 0.0
        summed[factor, 0] = 0.0
        for t in range(horizon - 1, -1, -1):
            ahead[factor, t] = ahead[factor, t + 1] + prices[factor, t]
        for t in range(horizon):
            summed[factor, t + 1] = summed[factor, t] + prices[factor, t]


@numba.njit(cache=True, nogil=True)
def climb(data, keep, have, unit, windows, spans, prices, rounds, rates, target, halt):  # type: ignore[no-untyped-def]
    """Rounds of Adam within these windows from these prices, until `target` is reached or someone sets `halt`. The best value, its prices, what was seen."""
    factors, horizon = prices.shape
    prices, best_prices, best = prices.copy(), prices.copy(), -np.inf
    ahead, summed = np.empty((factors, horizon + 1)), np.empty((factors, horizon + 1))
    slope, square = np.zeros((factors, horizon)), np.zeros((factors, horizon))
    starts, ends = np.zeros(len(data.free), dtype=np.int64), np.zeros(len(data.finish), dtype=np.int64)
    work_starts = np.full(len(data.work_adds), NEVER)
    seen = np.zeros((len(data.work_adds), horizon + 2), dtype=np.int64)
    mean_ends, square_ends, counted = np.zeros(len(data.finish)), np.zeros(len(data.finish)), 0
    for done in range(rounds):
        _sums(prices, ahead, summed)
        value = price_out(data, keep, ahead, summed, spans, 0, len(data.finish), starts, ends)
        value += price_works(data, ahead, summed, windows, work_starts) - (prices * have).sum()
        if value > best:
            best, best_prices = value, prices.copy()
        if value == np.inf:
            break
        if best >= target or halt[0]:
            break
        if FORGET * done >= rounds:
            counted += 1
            mean_ends += ends
            square_ends += ends * ends
            for work in range(len(work_starts)):
                seen[work, work_starts[work]] += 1
        use = used(data, starts, work_starts)
        rate = rates[0] * (rates[1] / rates[0]) ** (done / rounds)
        first, second = 1 - 0.9 ** (done + 1), 1 - 0.98 ** (done + 1)
        for factor in range(factors):
            for t in range(horizon):
                over = use[factor, t] - have[factor, t]
                slope[factor, t] = 0.9 * slope[factor, t] + 0.1 * over
                square[factor, t] = 0.98 * square[factor, t] + 0.02 * over * over
                step = slope[factor, t] / first / (np.sqrt(square[factor, t] / second) + 1e-9)
                prices[factor, t] = max(0.0, prices[factor, t] + rate * unit[factor, 0] * step)
    mean_ends /= max(1, counted)
    return (
        best,
        best_prices,
        seen,
        mean_ends,
        np.sqrt(np.maximum(0.0, square_ends / max(1, counted) - mean_ends * mean_ends)),
    )


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
        self.hoped = np.concatenate([np.full(len(problem.works), UNTRIED), HOPED * problem.weight])
        self.gain, self.spread = np.zeros(many), np.zeros(many)
        self.leaves: list[Leaf] = []
        self.spans = root.spans
        self._add(root.windows, root.spans, root.best_prices, root.certified, np.inf)

    @property
    def bound(self) -> float:
        """What no plan can be below, except one no better than a plan that was known when its leaf was closed."""
        return self.leaves[0].value if self.leaves else np.inf

    @property
    def over(self) -> bool:
        return not self.leaves or self.leaves[0].again > AGAIN

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
        raised = [self._add(*one, leaf.climb.prices, leaf.value, best, again) - leaf.value for one in sides]
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
        self, windows: Numbers, spans: Numbers, prices: Prices, least: float, best: float, again: int = 0
    ) -> float:
        climbed = self._climbed(windows, spans, prices, ROUNDS * (1 + again), best)
        value = max(least, claimed(self.problem, climbed.value, climbed.prices))
        self.made += 1
        if value < best:
            heapq.heappush(self.leaves, Leaf(value, self.made, windows, spans, climbed, again))
        return value

    def climbed(self, windows: Numbers, prices: Prices) -> Climb:
        """The same within these windows of works, whatever the projects do."""
        return self._climbed(windows, self.spans, prices, ROUNDS, np.inf)

    def _climbed(self, windows: Numbers, spans: Numbers, prices: Prices, rounds: int, best: float) -> Climb:
        args = self.data, self.keep, self.problem.have, self.unit, windows, spans, prices, rounds, RATES, best
        return Climb(*climb(*args, self.halt))

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
            until = np.clip(np.floor(leaf.climb.ends[about - works]), soonest, latest - 1)
        return about, int(until), float(apart[about])

    def dive(self, over: Callable[[], bool] = bool) -> tuple[Numbers, Prices, NDArray[np.float64]]:
        """Starts of works on which prices agree, below the lowest leaf; the prices and mean ends there: something to build a plan from.

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
            climbed = self._climbed(windows, leaf.spans, climbed.prices, ROUNDS, np.inf)
        return usual(climbed.seen), climbed.prices, climbed.ends


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
