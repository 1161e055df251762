"""The city problem as one time-indexed integer program for HiGHS, which comes with SciPy: a peer of `factors_plan.py`, small problems only.

One binary for "stage s has begun by grid point i" (Pritsker's variables, summed over time: use of a pool is then one term a stage).
On a grid coarser than a week all starts are on grid points, so plans hold but the bound is of the coarser problem alone.
"""

import time

MOST = 400_000  # binaries above which it is not tried: 6 GB would not hold the search


def solved(problem, grid: int, seconds: float):
    """(starts, works, bound) or None if nothing was found; a bound only on the weekly grid. Raises MemoryError when too large."""
    import numpy as np
    from scipy.optimize import Bounds, milp

    from luodi.factors.engine.problem import NEVER

    begun, model = time.monotonic(), Model(problem, grid)
    if model.many > MOST:
        raise MemoryError(f"{model.many:,} binaries")
    rules = model.rules()
    left = max(1.0, seconds - (time.monotonic() - begun))
    answer = milp(
        model.cost, integrality=model.whole, bounds=Bounds(0, model.most), constraints=rules, options={"time_limit": left}
    )  # fmt: skip
    bound = None if grid > 1 or answer.mip_dual_bound is None else max(0.0, float(answer.mip_dual_bound))
    if answer.x is None:
        return None, None, bound
    steps = np.rint(answer.x[: model.many]).astype(int)
    starts = np.array([grid * (one.low + int((steps[one.at : one.at + one.size] == 0).sum())) for one in model.stages])
    works = np.array([
        grid * (one.low + int((steps[one.at : one.at + one.size] == 0).sum())) if steps[one.at : one.at + one.size].any() else NEVER
        for one in model.works
    ], dtype=np.int64)  # fmt: skip
    return starts, works, bound


class Span:
    """The binaries of one stage or work: begun by grid point `low`, `low` + 1 … ; a stage has begun after its last one."""

    def __init__(self, at: int, first: int, last: int, grid: int, optional: bool) -> None:
        self.low = -(-first // grid)
        self.at, self.size, self.optional = at, max(0, last // grid - self.low + optional), optional

    def by(self, point: int):
        """(column, constant): how much of it has begun by a grid point."""
        if point < self.low:
            return None, 0
        return (self.at + point - self.low, 0) if point < self.low + self.size else (self.last, int(not self.optional))

    @property
    def last(self):
        return self.at + self.size - 1 if self.optional and self.size else None


class Model:
    def __init__(self, problem, grid: int) -> None:
        import numpy as np

        self.problem, self.grid, self.many = problem, grid, 0
        self.points = -(-problem.horizon // grid)
        self.stages = [
            self._span(int(problem.free[s]), problem.horizon - int(problem.tail[s]), False)
            for s in range(len(problem.stages))
        ]
        self.works = [
            self._span(int(problem.work_earliest[w]), problem.horizon - int(problem.work_duration[w]) - 1, True)
            for w in range(len(problem.works))
        ]
        projects = len(problem.projects)
        self.cost = np.concatenate([np.zeros(self.many), problem.weight])
        self.whole = np.concatenate([np.ones(self.many), np.zeros(projects)])
        self.most = np.concatenate([np.ones(self.many), np.full(projects, np.inf)])

    def _span(self, first: int, last: int, optional: bool) -> Span:
        one = Span(self.many, first, last, self.grid, optional)
        self.many += one.size
        return one

    def rules(self):
        """All rows as one sparse matrix: low ≤ Ax ≤ high."""
        import numpy as np
        from scipy.optimize import LinearConstraint
        from scipy.sparse import csr_matrix

        self.entries, self.low, self.high = ([], [], []), [], []
        self._orders()
        self._lateness()
        for factor in range(len(self.problem.factors)):
            self._factor(factor)
        rows, columns, values = self.entries
        shape = len(self.low), len(self.cost)
        return LinearConstraint(
            csr_matrix((values, (rows, columns)), shape=shape), np.array(self.low), np.array(self.high)
        )

    def _row(self, terms, low: float, high: float) -> None:
        """Terms (coefficient, (column, constant)); constants go to the other side."""
        constant = 0
        for factor, (column, fixed) in terms:
            constant += factor * fixed
            if column is not None:
                for into, one in zip(self.entries, (len(self.low), column, factor), strict=True):
                    into.append(one)
        self.low.append(low - constant)
        self.high.append(high - constant)

    def _orders(self) -> None:
        inf, problem = float("inf"), self.problem
        for one in [*self.stages, *self.works]:
            for column in range(one.at, one.at + one.size - 1):
                self._row([(1, (column, 0)), (-1, (column + 1, 0))], -inf, 0)
        for stage, one in enumerate(self.stages):
            for before in problem.after[problem.after_at[stage] : problem.after_at[stage + 1]]:
                length = -(-int(problem.duration[before]) // self.grid)
                for point in range(one.low, one.low + one.size):
                    self._row([(1, one.by(point)), (-1, self.stages[before].by(point - length))], -inf, 0)
                self._row([(-1, self.stages[before].by(one.low + one.size - length))], -inf, -1)

    def _lateness(self) -> None:
        problem = self.problem
        for stage, project in enumerate(problem.project_of):
            if problem.duration[stage] != problem.tail[stage]:
                continue  # another follows it
            one, late = self.stages[stage], (self.many + int(project), 0)
            terms = [(self.grid, (column, 0)) for column in range(one.at, one.at + one.size)]
            end = self.grid * (one.low + one.size) + int(problem.duration[stage] - problem.finish[project])
            self._row([(1, late), *terms], end, float("inf"))

    def _uses(self, factor: int):
        """(span, amount, length) of every stage and work that uses a factor, and of works that add to it."""
        problem = self.problem
        uses = [
            (one, int(problem.demand_amount[k]), int(problem.duration[stage]))
            for stage, one in enumerate(self.stages)
            for k in range(problem.demand_at[stage], problem.demand_at[stage + 1])
            if problem.demand_factor[k] == factor
        ]
        uses += [
            (one, int(problem.use_amount[k]), int(problem.work_duration[work]))
            for work, one in enumerate(self.works)
            for k in range(problem.use_at[work], problem.use_at[work + 1])
            if problem.use_factor[k] == factor
        ]
        adds = [
            (one, int(problem.work_adds[work]), int(problem.work_duration[work]))
            for work, one in enumerate(self.works)
            if problem.work_factor[work] == factor
        ]
        return uses, adds

    def _factor(self, factor: int) -> None:
        pool, grid, (uses, adds) = self.problem.pool[factor], self.grid, self._uses(factor)
        for point in range(self.points):
            there = self.problem.have[factor, grid * point : grid * (point + 1)].min()
            terms = [(amount, one.by(point)) for one, amount, _ in uses]
            ended = adds if pool else [*uses, *adds]
            terms += [(-amount, one.by(point - -(-length // grid))) for one, amount, length in ended]
            if any(column is not None for _, (column, _) in terms):
                self._row(terms, -float("inf"), int(there))
