"""Better plans by taking some projects out and putting them back another way (large-neighbourhood search, Shaw 1998).

A move takes out a project that waits together with some that use the factor it waits for, before it; or it moves a preparation
work, taking out whoever then lacks what it gave. They return in another order, some as early as they can complete, some where the
prices say. A move that waits longer is kept now and then, ever less often (annealing); the best plan seen is kept aside.
"""

import numba
import numpy as np

from luodi.factors.engine.aiming import aim
from luodi.factors.engine.construct import insert, put, remove, shift_work
from luodi.factors.engine.problem import NEVER
from luodi.factors.engine.terms import burden, burden_of

LARGEST = 400  # projects out at once, at most
SAMPLES = 40
BLOCKED = 0.8  # how often the factor is one that holds the project
WORKS, OTHERS = 0.02, 2.0  # how often a work is moved; how many more projects than two come out, on average
WAITERS = 25.0  # projects called out with a work, on average


@numba.njit(cache=True, nogil=True)
def _late(data, state):  # type: ignore[no-untyped-def]
    """A project that waits, the costlier the likelier: the worst of a few."""
    many, worst, cost = len(data.finish), 0, -1.0
    for _ in range(np.random.randint(1, 5)):
        project = np.random.randint(many)
        value = data.weight[project] * (state.ends[project] - data.finish[project]) * np.random.random()
        if value > cost:
            worst, cost = project, value
    return worst


@numba.njit(cache=True, nogil=True)
def _blocking(data, state, project):  # type: ignore[no-untyped-def]
    """One of the demands for which a stage could not have started a step sooner; any demand when nothing is short."""
    first, last = data.demand_at[data.stage_at[project]], data.demand_at[data.stage_at[project + 1]]
    chosen, seen = NEVER, 0
    for stage in range(data.stage_at[project], data.stage_at[project + 1]):
        before = state.starts[stage] - 1
        for k in range(data.demand_at[stage], data.demand_at[stage + 1]):
            factor = data.demand_factor[k]
            there = state.low[factor, before] if data.pool[factor] else state.left[factor, before]
            if before >= 0 and there < data.demand_amount[k]:
                seen += 1
                if np.random.randint(seen) == 0:
                    chosen = k
    return np.random.randint(first, last) if chosen == NEVER else chosen


@numba.njit(cache=True, nogil=True)
def _rivals(data, owner, users_at, users, state, project, out, many):  # type: ignore[no-untyped-def]
    """Out goes a project and up to many - 1 of those that use a factor of its own between when it could start and when it does."""
    first, last = data.demand_at[data.stage_at[project]], data.demand_at[data.stage_at[project + 1]]
    out[0], count = project, 1
    if first == last:
        return count
    k = _blocking(data, state, project) if np.random.random() < BLOCKED else np.random.randint(first, last)
    factor = data.demand_factor[k]
    stage = data.stage_at[project]
    while data.demand_at[stage + 1] <= k:
        stage += 1
    begun, end = data.free[stage], state.starts[stage] + (0 if data.pool[factor] else data.duration[stage])
    if np.random.random() < 0.5:
        begun = max(begun, end - 60)
    if np.random.random() < 0.3:
        end += 30
    for _ in range(SAMPLES):
        if count == many:
            break
        other = users[np.random.randint(users_at[factor], users_at[factor + 1])]
        t = state.starts[other]
        if t <= end and (t if data.pool[factor] else t + data.duration[other]) >= begun:
            one, known = owner[other], False
            for i in range(count):
                known = known or out[i] == one
            if not known:
                out[count], count = one, count + 1
    return count


@numba.njit(cache=True, nogil=True)
def _short(data, state):  # type: ignore[no-untyped-def]
    """The first factor and step of which more is used than there is."""
    for factor in range(len(data.pool)):
        if data.pool[factor] and state.low[factor, 0] >= 0:
            continue
        for t in range(data.horizon):
            if state.left[factor, t] < 0:
                return factor, t
    return NEVER, NEVER


@numba.njit(cache=True, nogil=True)
def _take_out(data, state, project, old):  # type: ignore[no-untyped-def]
    for stage in range(data.stage_at[project], data.stage_at[project + 1]):
        old[stage] = state.starts[stage]
    remove(data, state, project)


@numba.njit(cache=True, nogil=True)
def _make_room(data, owner, users_at, users, state, old, out, count):  # type: ignore[no-untyped-def]
    """Take out projects until no factor is short; False when that takes too many."""
    while True:
        factor, t = _short(data, state)
        if factor == NEVER:
            return count, True
        chosen, latest = NEVER, NEVER
        for tried in range(4 * SAMPLES):
            if users_at[factor] == users_at[factor + 1] or (tried >= SAMPLES and chosen != NEVER):
                break
            stage = users[np.random.randint(users_at[factor], users_at[factor + 1])]
            begun = state.starts[stage]
            if data.fixed[stage] != NEVER or state.ends[owner[stage]] == NEVER:
                continue
            if begun == NEVER or begun > t or (not data.pool[factor] and begun + data.duration[stage] <= t):
                continue
            if begun > latest:
                chosen, latest = owner[stage], begun
        if chosen == NEVER or count == LARGEST:
            return count, False
        out[count], count = chosen, count + 1
        _take_out(data, state, chosen, old)


@numba.njit(cache=True, nogil=True)
def _turn_work(data, owner, users_at, users, state, old, out):  # type: ignore[no-untyped-def]
    """Move, drop or begin one work; out go those who then lack, and some who wait for what it adds. (NEVER, …) when it cannot be."""
    work = np.random.randint(len(data.work_adds))
    before, count = state.work_starts[work], 0
    dice = np.random.random()
    start = NEVER
    if before == NEVER or dice < 0.75:
        shift = int(np.random.exponential(20.0)) + 1
        wanted = data.work_soonest[work] + 3 * shift if before == NEVER else before + (shift if dice < 0.3 else -shift)
        start = max(data.work_soonest[work], wanted)
        if start + data.work_duration[work] >= data.horizon:
            return work, before, NEVER
    if before != NEVER and before < data.work_soonest[work]:
        return work, before, NEVER  # frozen
    shift_work(data, state, work, start)
    count, enough = _make_room(data, owner, users_at, users, state, old, out, count)
    if not enough:
        shift_work(data, state, work, before)
        for i in range(count):
            put(data, state, out[i], old[data.stage_at[out[i]] : data.stage_at[out[i] + 1]])
        return work, before, NEVER
    return work, before, _called(data, owner, users_at, users, state, old, out, count, work, before)


@numba.njit(cache=True, nogil=True)
def _called(data, owner, users_at, users, state, old, out, count, work, before):  # type: ignore[no-untyped-def]
    """Who may gain by a work's move comes out too: users of what it adds about when it is finished, or of what it used."""
    factor, many = data.work_factor[work], min(LARGEST, count + 2 + int(np.random.exponential(WAITERS)))
    moved = before if state.work_starts[work] == NEVER else state.work_starts[work]
    from_ = moved + data.work_duration[work] - 15
    uses = data.use_at[work + 1] - data.use_at[work]
    if uses and np.random.random() < 0.4:
        factor, from_ = data.use_factor[data.use_at[work] + np.random.randint(uses)], moved - 5
    if users_at[factor] == users_at[factor + 1]:
        return count
    for _ in range(4 * many):
        if count >= many:
            break
        stage = users[np.random.randint(users_at[factor], users_at[factor + 1])]
        one = owner[stage]
        if state.ends[one] > data.finish[one] and state.starts[stage] >= from_:
            out[count], count = one, count + 1
            _take_out(data, state, one, old)
    return count


@numba.njit(cache=True, nogil=True)
def _back(data, keep, ahead, summed, state, hints, best, where, out, count, keys):  # type: ignore[no-untyped-def]
    """Put them back in the order of their keys. False when one finds no room."""
    share = 0.0 if np.random.random() < 0.5 else np.random.random()
    for i in np.argsort(keys[:count]):
        project = out[i]
        at, end = data.stage_at[project], data.stage_at[project + 1]
        as_announced = data.announced[project] != NEVER and np.random.random() < 0.5
        for stage in range(at, end):
            hints[stage] = data.hoped[stage] if as_announced else 0
        if (
            not as_announced
            and share > 0
            and not aim(data, keep, ahead, summed, share, state, project, hints, best, where)
        ):
            hints[at:end] = 0
        if not insert(data, state, project, hints):
            hints[at:end] = 0
            if not insert(data, state, project, hints):
                return False
    return True


@numba.njit(cache=True, nogil=True)
def _ranked(data, old, out, count, keys):  # type: ignore[no-untyped-def]
    """Keys near the order they had, with noise; the first is often put first. Returns the weighted completion that is taken out."""
    noise, total = 4.0 ** np.random.randint(0, 5), 0.0
    for i in range(count):
        project, end = out[i], 0
        for stage in range(data.stage_at[project], data.stage_at[project + 1]):
            end = max(end, old[stage] + data.duration[stage])
        total += burden(data, project, end)
        keys[i] = end + noise * np.random.normal()
    if np.random.random() < 0.6:
        keys[0] = -1e9
    return total


@numba.njit(cache=True, nogil=True)
def _undo(data, state, old, out, count, work, before):  # type: ignore[no-untyped-def]
    for i in range(count):
        remove(data, state, out[i])
    if work != NEVER:
        shift_work(data, state, work, before)
    for i in range(count):
        put(data, state, out[i], old[data.stage_at[out[i]] : data.stage_at[out[i] + 1]])


@numba.njit(cache=True, nogil=True)
def improve(data, keep, owner, users_at, users, ahead, summed, state, found, moves, heat, seed):  # type: ignore[no-untyped-def]
    """`moves` moves on `state`. `found` = (starts, work starts, [waiting]) of the best seen is written over by what is better."""
    np.random.seed(seed)
    best_starts, best_works, best_total = found
    size = np.diff(data.stage_at).max()
    best, where = np.empty((size + 1, data.horizon + 1)), np.empty((size, data.horizon + 1), dtype=np.int32)
    hints, old = np.zeros(len(owner), dtype=np.int64), np.zeros(len(owner), dtype=np.int64)
    out, keys = np.zeros(LARGEST + 1, dtype=np.int64), np.zeros(LARGEST + 1)
    current = burden_of(data, state)
    for _ in range(moves):
        many = min(len(data.finish), 2 + int(np.random.exponential(OTHERS)), LARGEST)
        work, before = NEVER, NEVER
        if len(data.work_adds) and np.random.random() < WORKS:
            work, before, count = _turn_work(data, owner, users_at, users, state, old, out)
            if count == NEVER:
                continue
        else:
            count = _rivals(data, owner, users_at, users, state, _late(data, state), out, many)
            for i in range(count):
                _take_out(data, state, out[i], old)
        change = -_ranked(data, old, out, count, keys)
        placed = _back(data, keep, ahead, summed, state, hints, best, where, out, count, keys)
        for i in range(count):
            change += burden(data, out[i], state.ends[out[i]])
        if not placed or (change > 0 and np.random.random() >= np.exp(-change / heat)):
            _undo(data, state, old, out, count, work, before)
            continue
        current += change
        if current < best_total[0] - 1e-9:
            best_total[0], best_starts[:], best_works[:] = current, state.starts, state.work_starts
