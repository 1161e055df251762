"""A bound for small cities: which tranche each project waits for, decided whole (mixed-integer programme, HiGHS).

Prices let a project take half of one tranche and half of the next. Here the pools that come in tranches are rows of a programme
in place of prices: by the last step before more is there, what has begun uses no more than there is then. Who takes part is
one column: a project, each of its stages that use such a pool beginning in the tranche it says or later; or a work, finished between
two such steps or not done. What a column costs is the least that such starts cost (`bound`, the dynamic programme) at the prices
and tolls of all other factors. Of columns that cost the same only the latest is kept (`corners`): it uses least.

Why the bound holds: a valid plan is one choice of columns that keeps every row, and by the proof in `bound` it waits at least as long as
its columns cost, less the priced supply. Columns that cost so much more than the cheapest, at the prices of all factors, that no plan
with them is better than the best known are left out: so the bound is the lesser of the programme's and that plan's waiting.
Where the answer uses more than there is between two steps of a row, that step gets a row as well, and it is asked again.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.bound import Prices, ahead_of, choose, claimed, priced, settle
from luodi.factors.engine.branch import Tree
from luodi.factors.engine.corners import Place, corners
from luodi.factors.engine.deciding import work_costs
from luodi.factors.engine.problem import Numbers, Problem

STAGES = 3  # of a project that may use pools in tranches: each multiplies the columns
MANY = 20_000  # columns at the most
STEPS = 3  # that a pool gets in a round
APART = 0.025  # of the horizon that they are apart
NODES, NEAR = 1000, 3e-4  # of the programme when work is counted; how near its best it ends
SLIGHT = 0.02  # of a pool: what parts of columns may use beyond it
LIMIT, INFEASIBLE = 1, 2  # as scipy says it


class View(NamedTuple):
    """What starts cost: prices summed both ways, and what tolls charge."""

    ahead: Prices
    summed: Prices
    extra: Prices


class Column(NamedTuple):
    """`owner`: a project or, after them, a work. Of pools it takes at the least what `use` says by each row; at its cheapest starts
    it `takes` so much (factor, amount, from which step on)."""

    owner: int
    cost: float
    use: NDArray[np.float64]
    soonest: dict[int, int]  # of stages
    takes: Sequence[tuple[int, float, int]]


class Found(NamedTuple):
    bound: float
    soonest: Numbers | None  # of each stage, as the answer has it; None: there was no answer in time


@numba.njit(cache=True, nogil=True)
def cheapest(data, keep, ahead, summed, extra, project, limit, low, best, where, starts):  # type: ignore[no-untyped-def]
    """The least that a project costs that completes by `limit` and begins no stage before low[stage]; leaves its starts."""
    at = data.stage_at[project]
    for stage in range(at, data.stage_at[project + 1]):
        priced(data, keep, ahead, summed, extra, 1.0, stage, at, limit, best)
        best[stage - at, data.free[stage] : min(low[stage], limit - data.tail[stage] + 1)] = np.inf
        settle(data, keep, stage, at, limit, False, best, where)
    return choose(data, keep, project, data.finish[project], limit, best, where, starts)[0]


def in_tranches(problem: Problem) -> NDArray[np.bool_]:
    """Pools that may be short, those with the fewest users first, while no project has more than a few stages that use them."""
    wanted = np.bincount(problem.demand_factor, problem.demand_amount, len(problem.factors))
    users = np.bincount(problem.demand_factor, minlength=len(problem.factors))
    owner = np.repeat(np.arange(len(problem.stages)), np.diff(problem.demand_at))
    chosen, taken = np.zeros(len(problem.factors), dtype=np.bool_), np.zeros(len(problem.stages), dtype=np.bool_)
    for factor in np.argsort(users, kind="stable"):
        if not problem.pool[factor] or wanted[factor] <= problem.have[factor].min():
            continue
        more = taken.copy()
        more[owner[problem.demand_factor == factor]] = True
        if np.add.reduceat(more, problem.stage_at[:-1], dtype=np.int64).max() <= STAGES:
            chosen[factor], taken = True, more
    return chosen


class Lumps:
    """The programme at the prices of the lowest leaf of a tree; every `round` knows more steps."""

    def __init__(self, tree: Tree) -> None:
        self.problem, self.data, self.keep = tree.problem, tree.data, tree.keep
        problem, climb = self.problem, min(tree.leaves).climb
        self.chosen = in_tranches(problem)
        self.steps = {
            int(factor): [*np.flatnonzero(np.diff(problem.have[factor]) > 0).tolist(), problem.horizon - 1]
            for factor in np.flatnonzero(self.chosen)
        }
        of = np.array([key[0] for key in tree.covers.keys[: len(climb.tolls)]], dtype=np.int64)
        tolls = np.where(self.chosen[of], 0.0, climb.tolls)
        self.prices = np.where(self.chosen[:, None], 0.0, climb.prices)
        self.charged = float(tolls @ tree.covers.first(len(tolls)).most)
        self.all = View(*ahead_of(climb.prices), tree.charged(climb.tolls))
        self.rest = View(*ahead_of(self.prices), tree.charged(tolls))
        # What the cheapest starts cost is more than a plan has to wait, by what is there at its price.
        self.from_ = -float((self.prices * problem.have).sum()) - self.charged
        supply = float((climb.prices * problem.have).sum() + climb.tolls @ tree.covers.first(len(climb.tolls)).most)
        size = int(np.diff(problem.stage_at).max())
        self.best = np.empty((size + 1, problem.horizon + 1))
        self.where = np.empty((size, problem.horizon + 1), np.int32)
        self.low, self.starts = np.zeros(len(problem.stages), np.int64), np.zeros(len(problem.stages), np.int64)
        self.least = [self._cost(self.all, one, problem.horizon) for one in range(len(problem.projects))]
        self.works = tuple(self._work_costs(view) for view in (self.all, self.rest))
        self.root = sum(self.least) + float(self.works[0].min(axis=1).sum()) - supply
        self.bound, self.more, self.tried = 0.0, bool(self.steps), False
        self.cut_short = False  # the last programme was not solved to its end: a larger one will not be

    def round(self, best: float, seconds: float | None) -> Found:
        """Solve with the rows known so far, at most these seconds (None: counted), and learn from the answer which steps lack a row."""
        if not self.tried:  # what parts of columns use too much says which rows to begin with, and takes no time
            columns = self._columns(best)
            self._learn(columns, self._shares(columns, seconds, whole=False)[0], SLIGHT)
        columns, self.tried = self._columns(best), True
        shares, bound = self._shares(columns, seconds)
        self.bound = max(self.bound, min(best, bound))
        self.more = self._learn(columns, shares, 0.0) and not self.cut_short
        if shares is None:
            return Found(self.bound, None)
        soonest = self.problem.free.copy()
        for i in np.flatnonzero(shares > 0.5):
            for stage, low in columns[i].soonest.items():
                soonest[stage] = low
        return Found(self.bound, soonest)

    def _learn(self, columns: list[Column], shares: NDArray[np.float64] | None, slight: float) -> bool:
        """Steps at which a pool is used beyond what there is, by more than a slight part, get rows, the worst first; False: none is."""
        known = sum(map(len, self.steps.values()))
        for factor, over in self._over(columns, shares).items() if shares is not None else ():
            apart, least = int(APART * self.problem.horizon), slight * float(self.problem.have[factor, -1])
            for _ in range(STEPS):
                step = int(np.argmax(over))
                if over[step] > least and step not in self.steps[factor]:
                    self.steps[factor].append(step)
                over[max(0, step - apart) : step + apart + 1] = -np.inf
            self.steps[factor].sort()
        return sum(map(len, self.steps.values())) > known

    def _over(self, columns: list[Column], shares: NDArray[np.float64]) -> dict[int, NDArray[np.float64]]:
        """What these shares of columns use of each pool at each step, less what there is."""
        over = {factor: -self.problem.have[factor].astype(float) for factor in self.steps}
        for i in np.flatnonzero(shares > 1e-6):
            for factor, amount, step in columns[i].takes:
                over[factor][step:] += shares[i] * amount
        return over

    def _rows(self) -> None:
        rows = [(factor, step) for factor, steps in self.steps.items() for step in steps]
        self.row_factor, self.row_step = np.array(rows).T
        self.there = self.problem.have[self.row_factor, self.row_step].astype(float)

    def _columns(self, best: float) -> list[Column]:
        """All of which there may be a plan that is better than the best; none when they are too many."""
        self._rows()
        columns, cap = list[Column](), best - self.root
        for project in range(len(self.problem.projects)):
            columns += self._of_project(project, cap)
            if len(columns) > MANY:
                return []
        for work in range(len(self.problem.works)):
            columns += self._of_work(work, cap)
        return columns

    def _stages(self, project: int) -> slice:
        return slice(self.problem.stage_at[project], self.problem.stage_at[project + 1])

    def _cost(self, view: View, project: int, limit: int) -> float:
        room = self.low, self.best, self.where, self.starts
        return float(cheapest(self.data, self.keep, *view, project, limit, *room))

    def _demands(self, stage: int) -> list[tuple[int, int]]:
        """Of pools in tranches."""
        at = slice(self.problem.demand_at[stage], self.problem.demand_at[stage + 1])
        both = zip(self.problem.demand_factor[at].tolist(), self.problem.demand_amount[at].tolist(), strict=True)
        return [(factor, amount) for factor, amount in both if self.chosen[factor]]

    def _of_project(self, project: int, cap: float) -> list[Column]:
        problem, at = self.problem, self._stages(project)
        demands = {stage: found for stage in range(at.start, at.stop) if (found := self._demands(stage))}
        lows = [np.unique([problem.free[stage], *(self._after(stage, found))]) for stage, found in demands.items()]
        weight, horizon = problem.weight[project], problem.horizon
        limit = horizon
        if weight > 0:  # whoever completes later costs too much by that alone
            limit = int(min(horizon, problem.finish[project] + (self.least[project] + cap) // weight + 1))

        def cost(place: Place) -> tuple[float, Place] | None:
            self.low[at] = 0
            for stage, low, index in zip(demands, lows, place, strict=True):
                self.low[stage] = low[index]
            if not self._cost(self.all, project, limit) < self.least[project] + cap:
                return None
            value = self._cost(self.rest, project, limit)
            reached = [
                int(np.searchsorted(low, self.starts[stage], side="right")) - 1
                for stage, low in zip(demands, lows, strict=True)
            ]
            kept[tuple(reached)] = [
                (factor, amount, int(self.starts[stage])) for stage in demands for factor, amount in demands[stage]
            ]
            return value, tuple(reached)

        kept: dict[Place, list[tuple[int, float, int]]] = {}
        columns = []
        for value, place in corners(cost, tuple(len(low) for low in lows)):
            soonest = {stage: int(low[i]) for stage, low, i in zip(demands, lows, place, strict=True)}
            least = [(factor, amount, soonest[stage]) for stage in demands for factor, amount in demands[stage]]
            columns.append(Column(project, value, self._use(least), soonest, kept[place]))
        self.low[at] = 0
        return columns

    def _after(self, stage: int, demands: list[tuple[int, int]]) -> list[int]:
        """The steps right after those of the rows, at which the stage may begin and is not the first to."""
        last = self.problem.horizon - self.problem.tail[stage]
        steps = {step + 1 for factor, _ in demands for step in self.steps[factor]}
        return [step for step in steps if self.problem.free[stage] < step <= last]

    def _use(self, takes: Sequence[tuple[int, float, int]]) -> NDArray[np.float64]:
        """Of each row."""
        use = np.zeros(len(self.there))
        for factor, amount, step in takes:
            use += amount * ((self.row_factor == factor) & (self.row_step >= step))
        return use

    def _work_costs(self, view: View) -> NDArray[np.float64]:
        costs = np.empty((len(self.problem.works), self.problem.horizon + 2))
        work_costs(self.data, *view, costs)
        return costs

    def _of_work(self, work: int, cap: float) -> list[Column]:
        """Not done, or begun between two steps: those after which it is finished too late for a row, or uses what a row counts."""
        problem, (all_, rest) = self.problem, (costs[work] for costs in self.works)
        wanted = all_ < all_.min() + cap
        gains, duration, never = int(problem.work_factor[work]), problem.work_duration[work], problem.horizon + 1
        at = slice(problem.use_at[work], problem.use_at[work + 1])
        uses = [(f, a) for f, a in zip(problem.use_factor[at], problem.use_amount[at], strict=True) if self.chosen[f]]
        edges = {step + 1 - duration for step in self.steps.get(gains, [])}
        edges |= {step + 1 for factor, _ in uses for step in self.steps[factor]}
        pieces = [(never, never + 1), *_between(sorted({0, never} | {one for one in edges if 0 < one < never}))]
        columns = []
        for low, high in pieces:
            allowed = low + np.flatnonzero(wanted[low:high])
            if not len(allowed):
                continue
            start, takes = int(allowed[np.argmin(rest[allowed])]), list[tuple[int, float, int]]()
            if start != never:
                takes = [(factor, amount, start) for factor, amount in uses]
                takes += [(gains, -float(problem.work_adds[work]), start + duration)] if self.chosen[gains] else []
            columns.append(Column(len(problem.projects) + work, float(rest[start]), self._use(takes), {}, takes))
        return columns

    def _shares(
        self, columns: list[Column], seconds: float | None, *, whole: bool = True
    ) -> tuple[NDArray[np.float64] | None, float]:
        """Of each column in the best choice found, and what no choice is below. A programme without a choice: no plan is better."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        if not columns:
            return None, -np.inf
        owner, cost = np.array([one.owner for one in columns]), np.array([one.cost for one in columns])
        owners = len(self.problem.projects) + len(self.problem.works)
        one_each = csr_matrix((np.ones(len(columns)), (owner, np.arange(len(columns)))), (owners, len(columns)))
        use = np.array([one.use for one in columns])
        most = np.maximum.reduceat(use, np.flatnonzero(np.diff(owner, prepend=-1)))
        may_break = most.sum(axis=0) > self.there
        limit = {"node_limit": NODES} if seconds is None else {"time_limit": max(0.1, seconds)}
        answer = milp(
            cost, integrality=np.full(len(columns), int(whole)), bounds=Bounds(0, 1), options={**limit, "mip_rel_gap": NEAR},
            constraints=[
                LinearConstraint(one_each, 1, 1),
                LinearConstraint(csr_matrix(use[:, may_break].T), -np.inf, self.there[may_break]),
            ],
        )  # fmt: skip
        self.cut_short = answer.status == LIMIT
        if answer.status == INFEASIBLE:
            return None, np.inf
        if answer.mip_dual_bound is None:
            return answer.x, -np.inf
        # The solver keeps to its rows and costs within a millionth.
        bound = float(answer.mip_dual_bound) + self.from_
        bound -= 1e-6 * (1.0 + abs(self.from_) + abs(bound))
        return answer.x, claimed(self.problem, bound, self.prices, self.charged)


def _between(edges: list[int]) -> list[tuple[int, int]]:
    return list(zip(edges[:-1], edges[1:], strict=True))
