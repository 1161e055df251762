"""What prices do not know: projects come whole. Rows that every valid plan keeps and that a mixture of plans does not (covers).

A price lets half of a stage use half of a tranche. But stages that together want more than there is at a step cannot all have
begun by then (a pool), or be running (a renewable): of such a cover of k stages at most k − 1. Other stages join the row with the
share that the knapsack leaves them (sequential lifting, Padberg 1975; Wolsey 1975), found by dynamic programming: `lifted`. What works
add counts as there, and a work that is not finished takes as much as it would have added; what it uses it takes like a stage.

Each row has a toll ≥ 0, charged like a price for starts within [low, high] of its stages and works; the proof in `bound` holds with rows as
with factors, because every valid plan keeps them: waiting ≥ waiting + Σ toll·(share that began − most).
"""

from collections.abc import Iterator
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.construct import Tables
from luodi.factors.engine.problem import NEVER, Numbers, Problem

BROKEN = 0.02  # by how much the mean of plans must break a row for it to be worth a toll
FULL = 0.7  # the part of what there is that must be in use for a step to be looked at
EVERY = 4  # one step in so many is looked at, of a renewable or where works add
WAYS = [(spread, by) for spread in (1.0, 0.5, 0.0) for by in ("amount", "part")]  # of choosing a cover, and of lifting
AT_ONCE = 60  # rows that are added together
HUGE = 2**60
Key = tuple[int, int, bytes]  # factor, step, who counts how much


class Cuts(NamedTuple):
    """Rows; what belongs to row i lies in [at[i], at[i + 1]): who, with which share, and the starts that count. `most` of it may be."""

    at: Numbers
    who: Numbers  # a stage, or (from the number of stages on) a work
    share: Numbers
    low: Numbers
    high: Numbers
    most: NDArray[np.float64]


def no_cuts() -> Cuts:
    none = np.zeros(0, dtype=np.int64)
    return Cuts(np.zeros(1, dtype=np.int64), none, none, none, none, np.zeros(0))


def joined(cuts: Cuts, more: Cuts) -> Cuts:
    at = np.concatenate([cuts.at, cuts.at[-1] + more.at[1:]])
    return Cuts(at, *(np.concatenate(pair) for pair in zip(cuts[1:], more[1:], strict=True)))


def kept_only(cuts: Cuts, keep: NDArray[np.bool_]) -> Cuts:
    sizes = np.diff(cuts.at)
    of = np.repeat(keep, sizes)
    at = np.concatenate([[0], np.cumsum(sizes[keep])]).astype(np.int64)
    return Cuts(at, cuts.who[of], cuts.share[of], cuts.low[of], cuts.high[of], cuts.most[keep])


@numba.njit(cache=True, nogil=True)
def surcharge(cuts, tolls, stages, extra):  # type: ignore[no-untyped-def]
    """Into extra[stage or work, start] what the tolls charge; returns the first step from which no stage is charged."""
    extra[:] = 0.0
    touched, last = np.zeros(len(extra), dtype=np.int64), 0
    for row in range(len(cuts.most)):
        if tolls[row] <= 0:
            continue
        for k in range(cuts.at[row], cuts.at[row + 1]):
            one, charge = cuts.who[k], tolls[row] * cuts.share[k]
            extra[one, cuts.low[k]] += charge
            extra[one, cuts.high[k] + 1] -= charge
            touched[one] = max(touched[one], cuts.high[k] + 1)
    for one in range(len(extra)):
        for t in range(1, touched[one]):
            extra[one, t] += extra[one, t - 1]
        extra[one, touched[one]] = 0.0  # not what rounding left
        if one < stages:
            last = max(last, touched[one])
    return last


@numba.njit(cache=True, nogil=True)
def excess(cuts, starts, work_starts, never, over):  # type: ignore[no-untyped-def]
    """Into over[row] by how much these starts break each row."""
    for row in range(len(cuts.most)):
        over[row] = -cuts.most[row]
        for k in range(cuts.at[row], cuts.at[row + 1]):
            one = cuts.who[k]
            t = starts[one] if one < len(starts) else work_starts[one - len(starts)]
            if cuts.low[k] <= (never if t == NEVER else t) <= cuts.high[k]:
                over[row] += cuts.share[k]


@numba.njit(cache=True, nogil=True)
def cover(amount, there, part, spread):  # type: ignore[no-untyped-def]
    """Marks users that together want more than is there, those first that the mean of plans has most of. False: all fit."""
    worth = (1.0 - part) / amount**spread
    chosen = np.zeros(len(amount), dtype=np.bool_)
    total = 0
    for i in np.argsort(worth, kind="mergesort"):
        chosen[i] = True
        total += amount[i]
        if total > there:
            break
    if total <= there:
        return chosen, False
    # No larger than need be: one without which it is still too much leaves.
    for i in np.argsort(part, kind="mergesort"):
        if chosen[i] and total - amount[i] > there:
            chosen[i] = False
            total -= amount[i]
    return chosen, True


@numba.njit(cache=True, nogil=True)
def lifted(amount, there, chosen, order, share):  # type: ignore[no-untyped-def]
    """Into share[i] what each user counts; returns the most that the sum can be. `least[v]`: the smallest demand that counts v."""
    most = chosen.sum() - 1
    least = np.full(most + 2, HUGE)
    least[0] = 0
    for i in range(len(amount)):
        share[i] = 1 if chosen[i] else 0
        if chosen[i]:
            for v in range(most + 1, 0, -1):
                least[v] = min(least[v], least[v - 1] + amount[i])
    for i in order:
        if chosen[i]:
            continue
        beside = NEVER
        for v in range(most + 1):
            if least[v] <= there - amount[i]:
                beside = v
        share[i] = most - beside
        if share[i] > 0:
            for v in range(most + 1, 0, -1):
                least[v] = min(least[v], least[max(0, v - share[i])] + amount[i])
    return most


class Covers:
    """The rows that were found so far, by what they say: none is added twice."""

    def __init__(self, problem: Problem, data: Tables) -> None:
        self.problem, self.free = problem, np.concatenate([data.free, problem.work_earliest])
        self.lasts = np.concatenate([problem.duration, problem.work_duration])
        self.there = (
            problem.have
            + np.bincount(problem.work_factor, problem.work_adds, len(problem.factors)).astype(np.int64)[:, None]
        )
        self.cuts, self.keys = no_cuts(), list[Key]()
        stage = np.repeat(np.arange(len(problem.stages)), np.diff(problem.demand_at))
        work = np.repeat(np.arange(len(problem.works)), np.diff(problem.use_at))
        who = np.concatenate([stage, len(problem.stages) + work, len(problem.stages) + np.arange(len(problem.works))])
        what = np.concatenate([problem.demand_factor, problem.use_factor, problem.work_factor])
        amount = np.concatenate([problem.demand_amount, problem.use_amount, problem.work_adds])
        lacks = np.arange(len(who)) >= len(stage) + len(work)
        self.users = [
            (who[what == one], amount[what == one], lacks[what == one]) for one in range(len(problem.factors))
        ]

    def add(self, begun: NDArray[np.int64]) -> None:
        """Adds the rows that a mean of plans breaks most; begun[stage or work, step] counts in how many plans it began at a step."""
        known = set(self.keys)
        found = [
            one for factor in range(len(self.problem.factors)) for one in self._of(factor, begun) if one[1] not in known
        ]
        for _, key, row in sorted(found, key=lambda one: (-one[0], one[1]))[:AT_ONCE]:
            self.keys.append(key)
            self.cuts = joined(self.cuts, row)

    def first(self, many: int) -> Cuts:
        """Those that were known when there were so many."""
        return kept_only(self.cuts, np.arange(len(self.keys)) < many)

    def forget(self, keep: NDArray[np.bool_]) -> None:
        """Only these rows stay."""
        self.cuts = kept_only(self.cuts, keep)
        self.keys = [key for key, stays in zip(self.keys, keep, strict=True) if stays]

    def _of(self, factor: int, begun: NDArray[np.int64]) -> Iterator[tuple[float, Key, Cuts]]:
        """For each step worth looking at, the row most broken."""
        who, amount, lacks = self.users[factor]
        if not len(who):
            return
        until = np.cumsum(begun[who], axis=1) / max(1, begun[0].sum())
        for t in self._steps(factor):
            low, high = self._counted(factor, t)
            part = until[np.arange(len(who)), high] - np.where(low > 0, until[np.arange(len(who)), low - 1], 0.0)
            there, open_ = int(self.there[factor, t]), high >= np.maximum(low, self.free[who])
            open_ &= amount > 0
            always = lacks & (low <= self.free[who])
            there, open_ = there - int(amount[always].sum()), open_ & ~always
            if amount[open_].sum() <= there or (amount * part)[open_].sum() < FULL * there:
                continue
            broken, share, most = max(
                (self._row(amount[open_], there, part[open_], *way) for way in WAYS), key=lambda one: one[0]
            )
            counts = np.flatnonzero(open_)[share > 0]
            key = factor, int(t), counts.tobytes() + share[share > 0].tobytes()
            if broken >= BROKEN:
                at = np.array([0, len(counts)])
                yield (
                    broken,
                    key,
                    Cuts(at, who[counts], share[share > 0], low[counts], high[counts], np.array([float(most)])),
                )

    def _counted(self, factor: int, t: int) -> tuple[Numbers, Numbers]:
        """The first and the last start with which each user counts at a step: has begun (pool), runs (renewable), is not finished."""
        who, _, lacks = self.users[factor]
        running = np.maximum(0, t - self.lasts[who] + 1)
        low = np.where(lacks | ~self.problem.pool[factor], running, 0)
        return low, np.where(lacks, self.problem.horizon + 1, t)

    def _steps(self, factor: int) -> Numbers:
        """Of a pool the last steps before more is there, of a renewable or where works add every few."""
        there, every = self.there[factor], np.arange(0, self.problem.horizon, EVERY)
        if not self.problem.pool[factor]:
            return every
        steps = np.flatnonzero(np.diff(there))
        return np.union1d(steps, every) if self.users[factor][2].any() else steps

    def _row(
        self, amount: Numbers, there: int, part: NDArray[np.float64], spread: float, by: str
    ) -> tuple[float, Numbers, int]:
        share = np.zeros(len(amount), dtype=np.int64)
        chosen, covers = cover(amount, there, part, spread)
        if not covers:
            return -1.0, share, 0
        order = np.argsort(-part if by == "part" else -amount, kind="stable")
        most = lifted(amount, there, chosen, order, share)
        return float(share @ part) - most, share, most
