"""The same problem for a constraint solver (CP-SAT): some projects, or all of them and the works, beside what is fixed.

A pool that is used from t on is an interval from t to the horizon; what is not there at a step is a fixed interval; what a work
will add is used by an interval until it is finished, or to the horizon when it is not done. So every factor is one `cumulative`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from luodi.factors.engine.problem import NEVER, Numbers, Problem

SCALE = 1000  # weights that are not whole are counted in thousandths


@dataclass(frozen=True, slots=True)
class Answer:
    """`starts` by stage (only of the projects asked for), None when nothing was found; `bound` of their waiting."""

    starts: dict[int, int] | None
    works: Numbers | None
    bound: float
    proven: bool
    impossible: bool


def solve(
    problem: Problem, left: Numbers, projects: Sequence[int], with_works: bool, seconds: float,
    *, workers: int = 1, seed: int = 1, hints: Numbers | None = None, work_hints: Numbers | None = None,
    soonest: Numbers | None = None, least: float = 0.0, effort: float | None = None,
) -> Answer:  # fmt: skip
    """Place `projects` in what is `left`. `least`: a bound known from elsewhere; `effort`: deterministic time instead of seconds.

    With `soonest` only plans that begin no stage before it are looked at: no bound of others, and nothing is said to be impossible.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    whole = 1 if problem.whole else SCALE
    uses: list[list[tuple[Any, int]]] = [[] for _ in problem.factors]
    starts: dict[int, Any] = {}
    late = [(round(problem.weight[one] * whole), _project(model, problem, one, starts, uses)) for one in projects]
    works = [_work(model, problem, work, uses) for work in range(len(problem.works))] if with_works else []
    added = np.bincount(problem.work_factor, problem.work_adds, len(problem.factors)) if with_works else None
    for factor in range(len(problem.factors)):
        _factor(model, problem, left[factor], uses[factor], int(added[factor]) if added is not None else 0)
    waiting = sum(weight * one for weight, one in late)
    model.minimize(waiting)
    if least > 0 and whole == 1:
        model.add(waiting >= int(least))
    for stage, start in starts.items():
        if soonest is not None and soonest[stage] > problem.free[stage]:
            model.add(start >= int(soonest[stage]))
        if hints is not None and hints[stage] != NEVER:
            model.add_hint(start, int(hints[stage]))
    for number, (start, done) in enumerate(works):
        if work_hints is not None:
            model.add_hint(done, bool(work_hints[number] != NEVER))
            model.add_hint(start, int(max(work_hints[number], problem.work_earliest[number])))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, seconds)
    solver.parameters.num_workers = workers if effort is None else 1  # several agree on no order of finding
    solver.parameters.random_seed = seed
    if effort is not None:
        solver.parameters.max_deterministic_time = effort
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, None, 0.0, False, status == cp_model.INFEASIBLE and soonest is None)
    chosen = np.array([solver.value(s) if solver.value(d) else NEVER for s, d in works], dtype=np.int64)
    found = {stage: solver.value(start) for stage, start in starts.items()}
    bound = float(np.ceil(solver.best_objective_bound - 1e-6)) if whole == 1 and soonest is None else 0.0
    return Answer(found, chosen if with_works else None, bound, status == cp_model.OPTIMAL and soonest is None, False)


def _project(
    model: Any, problem: Problem, project: int, starts: dict[int, Any], uses: list[list[tuple[Any, int]]]
) -> Any:
    """Its stages in order; returns its lateness."""
    horizon = problem.horizon
    for stage in range(problem.stage_at[project], problem.stage_at[project + 1]):
        low, high = int(problem.free[stage]), horizon - int(problem.tail[stage])
        start = model.new_int_var(low, max(low, high), "")
        if high < low:
            model.add(start < low)  # it cannot be done at all: the answer says so
        starts[stage] = start
        for one in problem.after[problem.after_at[stage] : problem.after_at[stage + 1]]:
            model.add(start >= starts[int(one)] + int(problem.duration[one]))
        duration = int(problem.duration[stage])
        for k in range(problem.demand_at[stage], problem.demand_at[stage + 1]):
            factor, amount = int(problem.demand_factor[k]), int(problem.demand_amount[k])
            if problem.pool[factor]:
                uses[factor].append((model.new_interval_var(start, horizon - start, horizon, ""), amount))
            else:
                uses[factor].append((model.new_fixed_size_interval_var(start, duration, ""), amount))
    late = model.new_int_var(0, horizon, "")
    finish = int(problem.finish[project])
    for stage in range(problem.stage_at[project], problem.stage_at[project + 1]):
        model.add(late >= starts[stage] + int(problem.duration[stage]) - finish)
    return late


def _work(model: Any, problem: Problem, work: int, uses: list[list[tuple[Any, int]]]) -> tuple[Any, Any]:
    horizon, duration = problem.horizon, int(problem.work_duration[work])
    earliest, adds, gains = (
        int(problem.work_earliest[work]),
        int(problem.work_adds[work]),
        int(problem.work_factor[work]),
    )
    done = model.new_bool_var("")
    start = model.new_int_var(earliest, max(earliest, horizon - duration - 1), "")
    if earliest + duration >= horizon:
        model.add(done == 0)  # it would add nothing within the horizon
    absent = done.negated()
    until = start + duration
    uses[gains].append((model.new_optional_interval_var(0, until, until, done, ""), adds))
    uses[gains].append((model.new_optional_fixed_size_interval_var(0, horizon, absent, ""), adds))
    for k in range(problem.use_at[work], problem.use_at[work + 1]):
        factor, amount = int(problem.use_factor[k]), int(problem.use_amount[k])
        if problem.pool[factor]:
            uses[factor].append((model.new_optional_interval_var(start, horizon - start, horizon, done, ""), amount))
        else:
            uses[factor].append((model.new_optional_fixed_size_interval_var(start, duration, done, ""), amount))
    return start, done


def _factor(model: Any, problem: Problem, left: Numbers, uses: list[tuple[Any, int]], added: int) -> None:
    """Capacity is the most there ever is, and what lacks at a step is used by a fixed interval."""
    if not uses and left.min() >= 0:
        return
    most = int(max(left.max(), 0))
    intervals, demands = [one for one, _ in uses], [amount for _, amount in uses]
    edges = [0, *(np.flatnonzero(np.diff(left)) + 1).tolist(), problem.horizon]
    for begun, end in zip(edges[:-1], edges[1:], strict=True):
        if most > left[begun]:
            intervals.append(model.new_fixed_size_interval_var(begun, end - begun, ""))
            demands.append(most - int(left[begun]))
    model.add_cumulative(intervals, demands, most + added)
