"""When to do the works: the bound of a plan that does them just so is a good guess of how good such a plan can be.

At the prices of some decision, what another start of a work would cost less says which change is worth trying. Changes are tried two
at a time: the best alone, and the best few together; the bound is climbed anew for each, and the lower one is kept.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.bound import Prices, ahead_of
from luodi.factors.engine.branch import Tree
from luodi.factors.engine.climbing import Climb
from luodi.factors.engine.problem import NEVER, Numbers

Run = Callable[..., Any]  # `map`, or that of a pool of threads
FAILED = 6  # changes in a row that did not help
TRIALS = 40
AGAIN, SLOW = 4, 0.002  # climbs at most, and the rise below which a decision's bound is taken for known
COUNTED = 10  # trials when work is counted


@numba.njit(cache=True, nogil=True)
def work_costs(data, ahead, summed, extra, costs):  # type: ignore[no-untyped-def]
    """Into costs[work, step]: priced use less priced addition of a work that starts there; last column: not done; inf: cannot be."""
    costs[:] = np.inf
    for work in range(len(data.work_adds)):
        charged = extra[len(data.free) + work] if len(extra) else np.zeros(data.horizon + 3)
        costs[work, data.horizon + 1] = charged[data.horizon + 1]
        for t in range(data.work_soonest[work], data.horizon - data.work_duration[work]):
            done = t + data.work_duration[work]
            value = charged[t] - data.work_adds[work] * ahead[data.work_factor[work], done]
            for k in range(data.use_at[work], data.use_at[work + 1]):
                factor = data.use_factor[k]
                if data.pool[factor]:
                    value += data.use_amount[k] * ahead[factor, t]
                else:
                    value += data.use_amount[k] * (summed[factor, done] - summed[factor, t])
            costs[work, t] = value


class Decision:
    """Starts of all works, and the bound of plans that do them so."""

    def __init__(self, tree: Tree, works: Numbers, from_: Climb) -> None:
        done = works != NEVER
        windows = np.stack([np.where(done, works, 1), np.where(done, works, 0), ~done], axis=1).astype(np.int64)
        self.works = works
        self.climb = tree.climbed(windows, from_)
        for _ in range(AGAIN):  # a climb cut short would look like a good decision
            before = self.climb
            self.climb = tree.climbed(windows, before)
            if self.climb.value < before.value * (1 + SLOW):
                break

    @property
    def value(self) -> float:
        return self.climb.value

    @property
    def guide(self) -> tuple[tuple[Prices, Prices], Numbers, NDArray[np.float64]]:
        """What a plan is built from: prices summed, starts of works, mean ends of projects."""
        return ahead_of(self.climb.prices), self.works, self.climb.ends

    def changes(self, tree: Tree) -> tuple[NDArray[np.float64], Numbers]:
        """What the best other start of each work saves at the prices here, and that start."""
        costs = np.empty((len(self.works), tree.problem.horizon + 2))
        work_costs(tree.data, *ahead_of(self.climb.prices), tree.charged(self.climb.tolls), costs)
        rows, best = np.arange(len(self.works)), np.argmin(costs, axis=1)
        saved = costs[rows, self.works] - costs[rows, best]  # NEVER is -1: the last column
        free = np.isfinite(saved) & (tree.data.work_fixed == NEVER)
        return np.where(free, saved, 0.0), np.where(best > tree.problem.horizon, NEVER, best)


def decided(
    tree: Tree, from_: list[tuple[Numbers, Climb]], run: Run, over: Callable[[], bool], timed: bool
) -> list[Decision]:
    """All decisions found, the lowest first: downhill from each of those given while there is time, in their order.

    Works that are frozen stay in every one of them, and none that is not begins before it may.
    """
    data = tree.data
    from_ = [
        (np.where(data.work_fixed != NEVER, data.work_fixed, np.where(works == NEVER, NEVER, np.maximum(works, data.work_soonest))), prices)
        for works, prices in from_
    ]  # fmt: skip
    given = list(run(lambda one: Decision(tree, *one), from_))
    found = list(given)
    for start in given:
        found += downhill(tree, start, run, over, TRIALS if timed else COUNTED)
    return sorted(found, key=lambda one: one.value)


def downhill(tree: Tree, best: Decision, run: Run, over: Callable[[], bool], trials: int) -> list[Decision]:
    """Ever lower decisions from one. What failed `failed` times begins with the next best change, fewer at once."""
    found: list[Decision] = []
    failed, many = 0, max(1, len(best.works) // 2)
    for _ in range(trials):
        saved, starts = best.changes(tree)
        order = np.argsort(-saved, kind="stable")
        order = order[saved[order] > 0]
        if over() or failed >= FAILED or len(order) <= failed:
            break
        sets = [order[failed : failed + 1], order[:many] if many > 1 else order[failed + 1 : failed + 2]]
        wanted = [(_changed(best.works, chosen, starts), best.climb) for chosen in sets]
        lower = min(run(lambda one: Decision(tree, *one), wanted), key=lambda one: one.value)
        if lower.value < best.value:
            best, failed = lower, 0
            found.append(best)
        else:
            failed, many = failed + (2 if many == 1 else 1), max(1, many // 2)
    return found


def _changed(works: Numbers, chosen: Numbers, starts: Numbers) -> Numbers:
    changed = works.copy()
    changed[chosen] = starts[chosen]
    return changed
