"""Putting stages on the calendar: what is left of every factor, the earliest place for a project, and taking it out again.

`left` and `low` are those of `ledger`. A project is placed stage by stage as early as it can be, then its stages are pushed as late
as its completion allows: what is used later is there for others.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.ledger import give_back, room, use
from luodi.factors.engine.problem import NEVER, Numbers, Problem
from luodi.factors.engine.terms import Terms, no_terms


class Tables(NamedTuple):
    """The problem as the compiled loops take it; the names are those of `Problem`."""

    horizon: int
    pool: NDArray[np.bool_]
    weight: NDArray[np.float64]
    release: Numbers
    stage_at: Numbers
    duration: Numbers
    free: Numbers
    tail: Numbers
    finish: Numbers
    demand_at: Numbers
    demand_factor: Numbers
    demand_amount: Numbers
    after_at: Numbers
    after: Numbers
    before_at: Numbers
    before: Numbers
    work_factor: Numbers
    work_adds: Numbers
    work_duration: Numbers
    work_earliest: Numbers
    use_at: Numbers
    use_factor: Numbers
    use_amount: Numbers
    soonest: Numbers  # from here on, see `Terms`
    fixed: Numbers
    hoped: Numbers
    announced: Numbers
    change: NDArray[np.float64]
    work_soonest: Numbers
    work_fixed: Numbers


def tables(problem: Problem, terms: Terms | None = None) -> Tables:
    terms = terms or no_terms(problem)
    return Tables(**{name: getattr(terms if hasattr(terms, name) else problem, name) for name in Tables._fields})


class State(NamedTuple):
    """A plan under construction. `starts` is NEVER for what is not placed; `ends` is the completion of each project."""

    left: Numbers
    low: Numbers
    starts: Numbers
    ends: Numbers
    work_starts: Numbers


def empty(problem: Problem) -> State:
    low = np.minimum.accumulate(problem.have[:, ::-1], axis=1)[:, ::-1].copy()
    return State(
        problem.have.copy(), low, np.full(len(problem.stages), NEVER), np.full(len(problem.projects), NEVER),
        np.full(len(problem.works), NEVER),
    )  # fmt: skip


def copied(state: State) -> State:
    return State(*(part.copy() for part in state))


def restored(problem: Problem, starts: Numbers, work_starts: Numbers) -> State:
    """The state of a plan that is already known, valid or not: what is not placed stays NEVER."""
    state, data = empty(problem), tables(problem)
    for work in np.flatnonzero(work_starts != NEVER):
        shift_work(data, state, work, work_starts[work])
    for project in range(len(problem.projects)):
        first, last = problem.stage_at[project], problem.stage_at[project + 1]
        if np.all(starts[first:last] != NEVER):
            put(data, state, project, starts[first:last])
    return state


@numba.njit(cache=True, nogil=True)
def earliest(data, state, stage, start):  # type: ignore[no-untyped-def]
    """The earliest step from `start` on at which all demands of a stage fit, or NEVER."""
    t, duration = start, data.duration[stage]
    while t + data.tail[stage] <= data.horizon:
        before = t
        for k in range(data.demand_at[stage], data.demand_at[stage + 1]):
            t = room(data.pool, state.left, state.low, data.demand_factor[k], data.demand_amount[k], t, duration)
        if t == before:
            return t
    return NEVER


@numba.njit(cache=True, nogil=True)
def latest(data, state, stage, start, end):  # type: ignore[no-untyped-def]
    """The latest step in start..end at which a stage fits that fits at `start`. Pools only get easier, renewables are looked at."""
    t, duration = end, data.duration[stage]
    while t > start:
        clash = NEVER
        for k in range(data.demand_at[stage], data.demand_at[stage + 1]):
            factor = data.demand_factor[k]
            if data.pool[factor]:
                continue
            for step in range(t, t + duration):
                if state.left[factor, step] < data.demand_amount[k]:
                    clash = step if clash == NEVER else min(clash, step)
                    break
        if clash == NEVER:
            return t
        t = clash - duration
    return start


@numba.njit(cache=True, nogil=True)
def occupy(data, state, stage, start, sign):  # type: ignore[no-untyped-def]
    for k in range(data.demand_at[stage], data.demand_at[stage + 1]):
        amount = sign * data.demand_amount[k]
        use(data.pool, state.left, state.low, data.demand_factor[k], amount, start, start + data.duration[stage])


@numba.njit(cache=True, nogil=True)
def later(data, state, stage, start, end):  # type: ignore[no-untyped-def]
    """Move a stage from `start` to the latest step not after `end` at which it fits. What pools get back lies in between."""
    for k in range(data.demand_at[stage], data.demand_at[stage + 1]):
        if not data.pool[data.demand_factor[k]]:
            lend = data.demand_factor[k]
            use(data.pool, state.left, state.low, lend, -data.demand_amount[k], start, start + data.duration[stage])
    t = latest(data, state, stage, start, end)
    for k in range(data.demand_at[stage], data.demand_at[stage + 1]):
        factor, amount = data.demand_factor[k], data.demand_amount[k]
        if not data.pool[factor]:
            use(data.pool, state.left, state.low, factor, amount, t, t + data.duration[stage])
        elif t > start:
            give_back(state.left, state.low, factor, amount, start, t)
    state.starts[stage] = t


@numba.njit(cache=True, nogil=True)
def remove(data, state, project):  # type: ignore[no-untyped-def]
    for stage in range(data.stage_at[project], data.stage_at[project + 1]):
        if state.starts[stage] != NEVER and data.fixed[stage] == NEVER:
            occupy(data, state, stage, state.starts[stage], -1)
            state.starts[stage] = NEVER
    state.ends[project] = NEVER


@numba.njit(cache=True, nogil=True)
def put(data, state, project, starts):  # type: ignore[no-untyped-def]
    """Place a project at given starts."""
    first, end = data.stage_at[project], 0
    for stage in range(first, data.stage_at[project + 1]):
        if data.fixed[stage] == NEVER:
            state.starts[stage] = starts[stage - first]
            occupy(data, state, stage, state.starts[stage], 1)
        end = max(end, state.starts[stage] + data.duration[stage])
    state.ends[project] = end


@numba.njit(cache=True, nogil=True)
def insert(data, state, project, hints):  # type: ignore[no-untyped-def]
    """Place a project stage by stage, none before its hint, then its stages as late as its completion allows. False: no room."""
    first, last, end = data.stage_at[project], data.stage_at[project + 1], 0
    for stage in range(first, last):
        if data.fixed[stage] != NEVER:
            end = max(end, state.starts[stage] + data.duration[stage])
            continue
        ready = max(data.soonest[stage], hints[stage])
        for k in range(data.after_at[stage], data.after_at[stage + 1]):
            ready = max(ready, state.starts[data.after[k]] + data.duration[data.after[k]])
        t = earliest(data, state, stage, ready)
        if t == NEVER:
            remove(data, state, project)
            return False
        state.starts[stage] = t
        occupy(data, state, stage, t, 1)
        end = max(end, t + data.duration[stage])
    state.ends[project] = end
    for stage in range(last - 1, first - 1, -1):
        if data.fixed[stage] != NEVER:
            continue
        due = end
        for k in range(data.before_at[stage], data.before_at[stage + 1]):
            due = min(due, state.starts[data.before[k]])
        t = state.starts[stage]
        if due - data.duration[stage] > t:
            later(data, state, stage, t, due - data.duration[stage])
    return True


@numba.njit(cache=True, nogil=True)
def shift_work(data, state, work, start):  # type: ignore[no-untyped-def]
    """Move a preparation work to `start` (NEVER: not done). What it uses and adds may leave a factor short: the caller looks."""
    for old, sign in ((state.work_starts[work], -1), (start, 1)):
        if old == NEVER:
            continue
        done = old + data.work_duration[work]
        for k in range(data.use_at[work], data.use_at[work + 1]):
            use(data.pool, state.left, state.low, data.use_factor[k], sign * data.use_amount[k], old, done)
        use(data.pool, state.left, state.low, data.work_factor[work], -sign * data.work_adds[work], done, done)
    state.work_starts[work] = start


@numba.njit(cache=True, nogil=True)
def work_room(data, state, work, start):  # type: ignore[no-untyped-def]
    """The earliest step at which a work that is not on the calendar fits, or NEVER."""
    t, duration = max(start, data.work_soonest[work]), data.work_duration[work]
    while t + duration < data.horizon:
        before = t
        for k in range(data.use_at[work], data.use_at[work + 1]):
            t = room(data.pool, state.left, state.low, data.use_factor[k], data.use_amount[k], t, duration)
        if t == before:
            return t
    return NEVER


@numba.njit(cache=True, nogil=True)
def fill(data, state, order, work_order, work_from, hints):  # type: ignore[no-untyped-def]
    """Works in their order, each from its step on (NEVER: left out), then projects in theirs. Returns how many did not fit."""
    missing = 0
    for work in work_order:
        if work_from[work] != NEVER and state.work_starts[work] == NEVER:
            t = work_room(data, state, work, work_from[work])
            if t != NEVER:
                shift_work(data, state, work, t)
    for project in order:
        if state.ends[project] == NEVER and not insert(data, state, project, hints):
            missing += 1
    return missing


@numba.njit(cache=True, nogil=True)
def waiting_of(data, state):  # type: ignore[no-untyped-def]
    total = 0.0
    for project in range(len(data.finish)):
        total += data.weight[project] * (state.ends[project] - data.finish[project])
    return total


@numba.njit(cache=True, nogil=True)
def hold(data, state):  # type: ignore[no-untyped-def]
    """Frozen stages take their places before anyone else."""
    for stage in range(len(data.fixed)):
        if data.fixed[stage] != NEVER:
            state.starts[stage] = data.fixed[stage]
            occupy(data, state, stage, data.fixed[stage], 1)
