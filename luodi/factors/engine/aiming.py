"""Guided by prices: a project goes where it is cheapest among the starts that still fit, so that what others need more is left."""

import numba
import numpy as np

from luodi.factors.engine.bound import FREE, choose, priced, settle
from luodi.factors.engine.construct import insert
from luodi.factors.engine.ledger import room
from luodi.factors.engine.problem import NEVER


@numba.njit(cache=True, nogil=True)
def aim(data, keep, ahead, summed, share, state, project, hints, best, where):  # type: ignore[no-untyped-def]
    """The cheapest starts of one project among those that still fit stage by stage; `share` says how much prices count."""
    at = data.stage_at[project]
    for stage in range(at, data.stage_at[project + 1]):
        falling = priced(data, keep, ahead, summed, FREE, share, stage, at, data.horizon, best)
        from_, to, duration = data.free[stage], data.horizon - data.tail[stage], data.duration[stage]
        for k in range(data.demand_at[stage], data.demand_at[stage + 1]):
            factor, amount = data.demand_factor[k], data.demand_amount[k]
            if data.pool[factor]:
                first = room(data.pool, state.left, state.low, factor, amount, from_, 0)
                best[stage - at, from_ : min(to + 1, first)] = np.inf
                continue
            blocked = to + duration
            for t in range(to + duration - 1, from_ - 1, -1):
                if state.left[factor, t] < amount:
                    blocked = t
                if t <= to and t + duration > blocked:
                    best[stage - at, t] = np.inf
        settle(data, keep, stage, at, data.horizon, falling, best, where)
    return choose(data, keep, project, data.finish[project], data.horizon, best, where, hints)[1] != NEVER


@numba.njit(cache=True, nogil=True)
def fill_aimed(data, keep, ahead, summed, share, state, order, hints):  # type: ignore[no-untyped-def]
    """Place projects in their order where prices say; returns how many did not fit."""
    missing, size = 0, 0
    for project in order:
        size = max(size, data.stage_at[project + 1] - data.stage_at[project])
    best = np.empty((size + 1, data.horizon + 1))
    where = np.empty((size, data.horizon + 1), dtype=np.int32)
    for project in order:
        at, end = data.stage_at[project], data.stage_at[project + 1]
        if not aim(data, keep, ahead, summed, share, state, project, hints, best, where):
            hints[at:end] = 0
        if not insert(data, state, project, hints):
            hints[at:end] = 0
            if not insert(data, state, project, hints):
                missing += 1
    return missing
