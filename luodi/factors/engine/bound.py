"""What no plan can go below, and what a unit of a factor is worth at each step: Lagrangian prices.

Why the bound holds. Let P ≥ 0 be a price per factor and step. For every valid plan, Σ P·(used − had) ≤ 0, because used ≤ had
everywhere. So waiting ≥ waiting + Σ P·(used − had), and the right side is a sum over projects and works alone (what each uses
is priced by its own starts) minus the priced supply. Each summand is at least its own minimum. A project's minimum is taken
over *more* starts than are allowed (every stage keeps only one of the stages that follow it, so that its order is a tree; the
earliest starts under unlimited factors and the horizon are kept), which can only lower it. Hence for any prices, found well or badly:

    waiting ≥ Σ_projects min(weight × lateness + priced use) + Σ_works min(0, priced use − priced addition) − priced supply.

On the tree the minimum is found by dynamic programming over steps: cheapest(stage, not later than t). Prices are raised by Adam
(Kingma and Ba 2015) along used − had of those minima, which is a supergradient of the concave right side (Geoffrion 1974).
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import numba
import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.construct import Tables
from luodi.factors.engine.problem import NEVER, Numbers, Problem

Prices = NDArray[np.float64]
CHUNKS = 4
FREE = np.zeros((0, 0))  # no rows charge anything
FIRST_RATE, LAST_RATE, AVERAGED = 0.3, 0.002, 0.97


def kept(problem: Problem) -> Numbers:
    """For every stage the one follower that its relaxed order keeps: one that itself lends a renewable, else the longest way."""
    renewable = np.zeros(len(problem.stages), dtype=bool)
    owner = np.repeat(np.arange(len(problem.stages)), np.diff(problem.demand_at))
    renewable[owner[~problem.pool[problem.demand_factor]]] = True
    chosen = np.full(len(problem.stages), NEVER)
    for stage in range(len(problem.stages)):
        followers = problem.before[problem.before_at[stage] : problem.before_at[stage + 1]]
        if len(followers):
            chosen[stage] = max(followers, key=lambda one: (renewable[one], problem.tail[one]))
    return chosen


@numba.njit(cache=True, nogil=True)
def priced(data, keep, ahead, summed, extra, share, stage, at, limit, best):  # type: ignore[no-untyped-def]
    """Into best[stage]: for each start the priced use of a stage and, not later than it, of those that keep it as their follower.

    `extra` is what rows of `cuts` charge (stage × step), with no rows when there are none.

    Views that begin at the first possible start let the compiler use the machine's wide registers. True: costs only fall with time
    (a pool is cheaper the later it is used), so that the best start not later than t is t.
    """
    from_, many, duration = (
        data.free[stage],
        limit - data.tail[stage] - data.free[stage] + 1,
        data.duration[stage],
    )
    cost, falling = best[stage - at, from_ : from_ + many], True
    if len(extra):
        cost[:] = extra[stage, from_ : from_ + many]
    else:
        cost[:] = 0.0
    for k in range(data.demand_at[stage], data.demand_at[stage + 1]):
        factor, amount = data.demand_factor[k], share * data.demand_amount[k]
        if ahead[factor, 0] == 0.0:  # never short
            continue
        if data.pool[factor]:
            row = ahead[factor, from_ : from_ + many]
            for t in range(many):
                cost[t] += amount * row[t]
        else:
            falling = False
            begun, over = (
                summed[factor, from_ : from_ + many],
                summed[factor, from_ + duration : from_ + duration + many],
            )
            for t in range(many):
                cost[t] += amount * (over[t] - begun[t])
    for k in range(data.after_at[stage], data.after_at[stage + 1]):
        other = data.after[k]
        if keep[other] == stage:
            shifted = from_ - data.duration[other]
            inner = best[other - at, shifted : shifted + many]
            for t in range(many):
                cost[t] += inner[t]
    return falling


@numba.njit(cache=True, nogil=True)
def settle(data, keep, stage, at, limit, falling, best, where):  # type: ignore[no-untyped-def]
    """From the cost of each start to the least cost not later than each step, and where it is."""
    from_, many = data.free[stage], limit - data.tail[stage] - data.free[stage] + 1
    cost, place = best[stage - at, from_ : from_ + many], where[stage - at, from_ : from_ + many]
    least, found = np.inf, from_
    if falling:
        for t in range(many):
            place[t] = from_ + t
        least, found = cost[many - 1], from_ + many - 1
    else:
        for t in range(many):
            if cost[t] <= least:
                least, found = cost[t], from_ + t
            cost[t], place[t] = least, found
    if keep[stage] == NEVER:
        return
    # The kept follower may begin later than the longest way leaves room for: not later than that is as late as this stage may be.
    after = limit - data.tail[keep[stage]] - data.duration[stage]
    for t in range(from_ + many, after + 1):
        best[stage - at, t], where[stage - at, t] = least, found


@numba.njit(cache=True, nogil=True)
def choose(data, keep, project, soonest, limit, best, where, starts):  # type: ignore[no-untyped-def]
    """The cheapest completion in soonest..limit of a project whose stages are settled, and its starts. `inf` when there is none."""
    at, end, finish = data.stage_at[project], data.stage_at[project + 1], data.finish[project]
    many, weight = limit - finish + 1, data.weight[project]
    total = best[len(best) - 1, :many]  # the last row is nobody's
    for late in range(many):
        total[late] = weight * late
    for stage in range(at, end):
        if keep[stage] == NEVER:
            from_ = finish - data.duration[stage]
            row = best[stage - at, from_ : from_ + many]
            for late in range(many):
                total[late] += row[late]
    least, place = np.inf, NEVER
    for late in range(soonest - finish, many):
        if total[late] < least:
            least, place = total[late], finish + late
    if place == NEVER:
        return np.inf, place
    for stage in range(end - 1, at - 1, -1):
        due = place if keep[stage] == NEVER else starts[keep[stage]]
        starts[stage] = where[stage - at, due - data.duration[stage]]
    return least, place


@numba.njit(cache=True, nogil=True)
def price_out(data, keep, ahead, summed, extra, charged, spans, first, last, starts, ends):  # type: ignore[no-untyped-def]
    """The cheapest starts of projects first..last-1 that complete within their spans; returns the sum of their minima.

    From the step on at which nothing has a price any more (nor is charged, `charged`), only waiting counts. So no stage need start later
    than if its project began at that step: taking the earlier of the two starts everywhere keeps the order and costs no more.
    """
    unpriced, size = charged, 0
    for factor in range(len(data.pool)):
        while unpriced < data.horizon and (
            ahead[factor, unpriced] > 0 or summed[factor, unpriced] < summed[factor, data.horizon]
        ):
            unpriced += 1
    for project in range(first, last):
        size = max(size, data.stage_at[project + 1] - data.stage_at[project])
    best = np.empty((size + 1, data.horizon + 1))
    where = np.empty((size, data.horizon + 1), dtype=np.int32)
    total = 0.0
    for project in range(first, last):
        at, finish = data.stage_at[project], data.finish[project]
        soonest = max(finish, spans[project, 0])
        limit = min(spans[project, 1], max(soonest, finish + max(0, unpriced - data.release[project])))
        for stage in range(at, data.stage_at[project + 1]):
            falling = priced(data, keep, ahead, summed, extra, 1.0, stage, at, limit, best)
            settle(data, keep, stage, at, limit, falling, best, where)
        least, ends[project] = choose(data, keep, project, soonest, limit, best, where, starts)
        total += least
    return total


@numba.njit(cache=True, nogil=True)
def price_works(data, ahead, summed, extra, windows, work_starts):  # type: ignore[no-untyped-def]
    """Each work at its cheapest start within its window, or not at all where its window allows that (third column)."""
    total, stages = 0.0, len(data.free)
    for work in range(len(data.work_adds)):
        least, duration = 0.0 if windows[work, 2] else np.inf, data.work_duration[work]
        if len(extra):
            least += extra[stages + work, data.horizon + 1]
        work_starts[work] = NEVER
        for t in range(windows[work, 0], windows[work, 1] + 1):
            done = min(t + duration, data.horizon)
            value = -data.work_adds[work] * ahead[data.work_factor[work], done]
            if len(extra):
                value += extra[stages + work, t]
            for k in range(data.use_at[work], data.use_at[work + 1]):
                factor = data.use_factor[k]
                if data.pool[factor]:
                    value += data.use_amount[k] * ahead[factor, t]
                else:
                    value += data.use_amount[k] * (summed[factor, done] - summed[factor, t])
            if value < least:
                least, work_starts[work] = value, t
        total += least
    return total


@numba.njit(cache=True, nogil=True)
def used(data, starts, work_starts):  # type: ignore[no-untyped-def]
    """What these starts use of every factor at every step, less what works add (for pools: until then)."""
    factors = len(data.pool)
    use = np.zeros((factors, data.horizon + 1))
    for stage in range(len(starts)):
        t = starts[stage]
        for k in range(data.demand_at[stage], data.demand_at[stage + 1]):
            factor, amount = data.demand_factor[k], data.demand_amount[k]
            use[factor, t] += amount
            if not data.pool[factor]:
                use[factor, t + data.duration[stage]] -= amount
    for work in range(len(work_starts)):
        t = work_starts[work]
        if t == NEVER:
            continue
        done = min(t + data.work_duration[work], data.horizon)
        use[data.work_factor[work], done] -= data.work_adds[work]
        for k in range(data.use_at[work], data.use_at[work + 1]):
            use[data.use_factor[k], t] += data.use_amount[k]
            if not data.pool[data.use_factor[k]]:
                use[data.use_factor[k], done] -= data.use_amount[k]
    for factor in range(factors):
        for t in range(1, data.horizon + 1):
            use[factor, t] += use[factor, t - 1]
    return use[:, : data.horizon]


def ahead_of(prices: Prices) -> tuple[Prices, Prices]:
    """The price of having a unit from a step on (pools), and the sum of prices before a step (renewables)."""
    none = np.zeros((len(prices), 1))
    ahead = np.concatenate([np.cumsum(prices[:, ::-1], axis=1)[:, ::-1], none], axis=1)
    return ahead, np.concatenate([none, np.cumsum(prices, axis=1)], axis=1)


@dataclass
class Bound:
    """The prices as they rise. `step()` is one round; `best` is the highest bound so far, at `best_prices`."""

    problem: Problem
    data: Tables
    rounds: int
    best: float = 0.0
    pool: ThreadPoolExecutor | None = None
    done: int = 0
    proven: float = 0.0  # by other means
    prices: Prices = field(init=False)
    best_prices: Prices = field(init=False)

    def __post_init__(self) -> None:
        problem, shape = self.problem, self.problem.have.shape
        self.keep = kept(problem)
        may = np.full(len(problem.works), 1)
        self.windows = np.stack([problem.work_earliest, may * problem.horizon, may], axis=1)
        self.spans = np.stack([problem.finish, np.full(len(problem.projects), problem.horizon)], axis=1)
        self.prices, self.best_prices = np.zeros(shape), np.zeros(shape)
        self._slope, self._square = np.zeros(shape), np.zeros(shape)
        self.starts, self.ends = problem.free.copy(), problem.finish.copy()
        self.work_starts = np.full(len(problem.works), NEVER)
        self.mean_ends = problem.finish.astype(float)
        self.mean_works, self.sum_works = np.zeros(len(problem.works)), np.zeros(len(problem.works))
        demand = np.bincount(problem.demand_factor, problem.demand_amount, minlength=shape[0])
        self.unit = (problem.weight.sum() / np.maximum(demand, 1.0))[:, None]

    def value(self, prices: Prices) -> float:
        """The right side above at these prices; leaves the minima in `starts` and `work_starts`."""
        data = self.data
        ahead, summed = ahead_of(prices)
        many = len(data.finish)
        edges = [many * part // CHUNKS for part in range(CHUNKS + 1)]  # always as many: sums do not hang on the machine
        parts = [
            (data, self.keep, ahead, summed, FREE, 0, self.spans, *pair, self.starts, self.ends)
            for pair in pairwise(edges)
        ]
        run = self.pool.map if self.pool else map
        total = float(sum(run(price_out, *zip(*parts, strict=True))))
        return (
            total
            + price_works(data, ahead, summed, FREE, self.windows, self.work_starts)
            - float((prices * self.problem.have).sum())
        )

    def step(self) -> float:
        value = self.value(self.prices)
        if value > self.best:
            self.best, self.best_prices = value, self.prices.copy()
        slope = used(self.data, self.starts, self.work_starts) - self.problem.have
        self.done += 1
        self._slope = 0.9 * self._slope + 0.1 * slope
        self._square = 0.98 * self._square + 0.02 * slope * slope
        mean = self._slope / (1 - 0.9**self.done)
        spread = np.sqrt(self._square / (1 - 0.98**self.done))
        rate = FIRST_RATE * (LAST_RATE / FIRST_RATE) ** min(1.0, self.done / self.rounds)
        self.prices = np.maximum(0.0, self.prices + rate * self.unit * mean / (spread + 1e-9))
        self.mean_ends = AVERAGED * self.mean_ends + (1 - AVERAGED) * self.ends
        chosen = self.work_starts != NEVER
        self.mean_works = AVERAGED * self.mean_works + (1 - AVERAGED) * chosen
        self.sum_works = AVERAGED * self.sum_works + (1 - AVERAGED) * np.where(chosen, self.work_starts, 0)
        return value

    @property
    def certified(self) -> float:
        """The highest that may be claimed, by prices or by other means."""
        return max(self.proven, claimed(self.problem, self.best, self.best_prices))


def claimed(problem: Problem, value: float, prices: Prices, charged: float = 0.0) -> float:
    """A bound as it may be claimed: below by what rounding of sums can do, and whole where waiting is whole."""
    if not np.isfinite(value):
        return value
    safe = value - 1e-9 * (1.0 + float(np.abs(prices * problem.have).sum()) + charged)
    return float(math.ceil(safe - 1e-6)) if problem.whole else safe
