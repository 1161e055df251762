"""Short schedules of one project by a genetic search over orders (Hartmann 1998), each schedule justified twice.

Children take the jobs that run while one parent's schedule uses its renewables best (Valls, Ballestín, Quintanilla 2008), now and then
a stretch of one parent's order into the other's. Of two schedules as long, the one whose late jobs are earlier is better. An order that
at first makes a much longer schedule than those did that were kept of late is not justified: of such hardly one in fifty was kept.
"""

import numba
import numpy as np

from luodi.factors.engine.serial import justified, placed

STRETCHED, SWAPPED = 0.2, 0.03  # how often a stretch is taken, and two neighbours change places
PEAK = (0.15, 0.6)  # of the schedule: how long a peak may be
TRIED = 3  # places of a peak, of which the busiest is taken
LATENESS = 3  # half the power to which lateness counts
HOPELESS = 2.5  # mean deviations above the mean first end of those kept of late
FORGET = 0.01


@numba.njit(cache=True, nogil=True)
def by_keys(key, before_at, before, after_at, after, order):  # type: ignore[no-untyped-def]
    """The order that takes, of the jobs all of whose predecessors are in, always the one of the least key."""
    jobs = len(key)
    lacking = np.empty(jobs, dtype=np.int64)
    ready, many = np.empty(jobs, dtype=np.int64), 0
    for j in range(jobs):
        lacking[j] = before_at[j + 1] - before_at[j]
        if lacking[j] == 0:
            ready[many], many = j, many + 1
    for place in range(jobs):
        chosen = 0
        for i in range(1, many):
            if key[ready[i]] < key[ready[chosen]]:
                chosen = i
        j = ready[chosen]
        many -= 1
        ready[chosen] = ready[many]
        order[place] = j
        for i in range(after_at[j], after_at[j + 1]):
            lacking[after[i]] -= 1
            if lacking[after[i]] == 0:
                ready[many], many = after[i], many + 1


@numba.njit(cache=True, nogil=True)
def _stretch(first, second, child):  # type: ignore[no-untyped-def]
    """Two-point crossover: begin and end as in `first`, the jobs between in the order of `second`."""
    jobs = len(first)
    q1 = np.random.randint(0, jobs)
    q2 = min(jobs, q1 + 1 + int(np.random.random() * jobs * 0.6))
    inside = np.zeros(jobs, dtype=np.bool_)
    for i in range(q1, q2):
        inside[first[i]] = True
    child[:] = first
    place = q1
    for i in range(jobs):
        if inside[second[i]]:
            child[place] = second[i]
            place += 1


@numba.njit(cache=True, nogil=True)
def _peaks(first_starts, end, second, duration, share, key):  # type: ignore[no-untyped-def]
    """Keys: ranks of `second`, but what runs in a busy stretch of the first schedule keeps that schedule's order, together."""
    jobs = len(second)
    length = max(1, int(end * (PEAK[0] + (PEAK[1] - PEAK[0]) * np.random.random())))
    most, at = -1.0, 0
    for _ in range(TRIED):
        begun, load = np.random.randint(0, max(1, end - length + 1)), 0.0
        for j in range(jobs):
            inside = min(first_starts[j] + duration[j], begun + length) - max(first_starts[j], begun)
            load += share[j] * max(0, inside)
        if load > most:
            most, at = load, begun
    mean, many = 0.0, 0
    for i in range(jobs):
        key[second[i]] = i
    for j in range(jobs):
        if first_starts[j] < at + length and first_starts[j] + duration[j] > at:
            mean, many = mean + key[j], many + 1
    for j in range(jobs):
        if first_starts[j] < at + length and first_starts[j] + duration[j] > at:
            key[j] = mean / many + (first_starts[j] - at) / (end + 1.0)


@numba.njit(cache=True, nogil=True)
def _swapped(order, before_at, before):  # type: ignore[no-untyped-def]
    for i in range(len(order) - 1):
        if np.random.random() < SWAPPED:
            first, then, free = order[i], order[i + 1], True
            for k in range(before_at[then], before_at[then + 1]):
                free = free and before[k] != first
            if free:
                order[i], order[i + 1] = then, first


@numba.njit(cache=True, nogil=True)
def fitness(starts, end):  # type: ignore[no-untyped-def]
    """The end, and less than one for how late jobs begin."""
    late = 0.0
    for j in range(len(starts)):
        late += ((starts[j] + 1.0) / (end + 1.0)) ** (2 * LATENESS)
    return end + late / (len(starts) + 1.0)


@numba.njit(cache=True, nogil=True)
def born(jobs, neighbours, left, keys, orders, fits, starts):  # type: ignore[no-untyped-def]
    """The first schedules, from keys of jobs."""
    duration, request, there, guard, _share = jobs
    before_at, before, after_at, after = neighbours
    mirrored = np.empty(len(duration), dtype=np.int32)
    for slot in range(len(fits)):
        by_keys(keys[slot], before_at, before, after_at, after, orders[slot])
        end = placed(orders[slot], duration, request, there, guard, before_at, before, left, starts[slot])
        end = justified(
            starts[slot],
            end,
            duration,
            request,
            there,
            guard,
            before_at,
            before,
            after_at,
            after,
            left,
            mirrored,
            orders[slot],
        )
        fits[slot] = fitness(starts[slot], end)


@numba.njit(cache=True, nogil=True)
def evolve(jobs, neighbours, left, orders, fits, starts, usual, children, goal, seed):  # type: ignore[no-untyped-def]
    """`children` children, each in the place of the worse parent if it is better; all is written over. Stops at `goal`.

    `usual`: mean first end of those kept, and their mean deviation.
    """
    np.random.seed(seed)
    duration, request, there, guard, share = jobs
    before_at, before, after_at, after = neighbours
    size, least = len(fits), fits.min()
    child, now = np.empty(len(duration), dtype=np.int32), np.empty(len(duration), dtype=np.int32)
    mirrored, key = np.empty(len(duration), dtype=np.int32), np.empty(len(duration))
    for _ in range(children):
        if least < goal + 1:
            return
        one, two = np.random.randint(size), np.random.randint(size)
        if np.random.random() < STRETCHED:
            _stretch(orders[one], orders[two], child)
        else:
            _peaks(starts[one], int(fits[one]), orders[two], duration, share, key)
            by_keys(key, before_at, before, after_at, after, child)
        _swapped(child, before_at, before)
        first = placed(child, duration, request, there, guard, before_at, before, left, now)
        if first > usual[0] + HOPELESS * usual[1]:
            continue
        end = justified(
            now, first, duration, request, there, guard, before_at, before, after_at, after, left, mirrored, child
        )
        fit, slot = fitness(now, end), one if fits[one] > fits[two] else two
        if fit < fits[slot] and not (fits == fit).any():
            fits[slot], orders[slot], starts[slot], least = fit, child, now, min(least, fit)
            usual[1] += FORGET * (abs(first - usual[0]) - usual[1])
            usual[0] += FORGET * (first - usual[0])
