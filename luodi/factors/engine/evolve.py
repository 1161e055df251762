"""Short schedules of one project by a genetic search over orders (Hartmann 1998), each schedule justified twice (Valls et al. 2005).

An order of jobs is made a schedule by placing each as early as it fits; then all are pushed right, last finish first, then left
again, first start first, which never makes it longer. Children take stretches of one parent's order into the other's, or the
jobs that run while one parent's schedule uses its resources best (Valls, Ballestín, Quintanilla 2008).
"""

import numba
import numpy as np

UNPLACED = -1


@numba.njit(cache=True, nogil=True)
def _fits(left, request, j, step):  # type: ignore[no-untyped-def]
    for k in range(request.shape[1]):  # noqa: SIM110 - the compiler takes no generators
        if left[k, step] < request[j, k]:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def schedule(order, duration, request, capacity, before_at, before, left, starts):  # type: ignore[no-untyped-def]
    """Serial generation: every job of the order as early as those before it and the resources allow. Returns the end."""
    span, renewables = left.shape[1], len(capacity)
    for k in range(renewables):
        for t in range(span):
            left[k, t] = capacity[k]
    end = 0
    for j in order:
        t, length = 0, duration[j]
        for i in range(before_at[j], before_at[j + 1]):
            t = max(t, starts[before[i]] + duration[before[i]])
        run, first = 0, t
        while run < length:
            if _fits(left, request, j, first + run):
                run += 1
            else:
                first, run = first + run + 1, 0
        starts[j] = first
        for k in range(renewables):
            if request[j, k]:
                for step in range(first, first + length):
                    left[k, step] -= request[j, k]
        end = max(end, first + length)
    return end


@numba.njit(cache=True, nogil=True)
def justify(starts, end, duration, request, capacity, before_at, before, after_at, after, left, mirrored, order):  # type: ignore[no-untyped-def]
    """To the right and back to the left. `starts` and `order` (by start) are written over; returns the end."""
    jobs = len(duration)
    key = np.empty(jobs)
    for j in range(jobs):
        key[j] = -(starts[j] + duration[j]) - j / (2.0 * jobs)
    schedule(np.argsort(key), duration, request, capacity, after_at, after, left, mirrored)
    for j in range(jobs):
        key[j] = -(mirrored[j] + duration[j]) + j / (2.0 * jobs)
    order[:] = np.argsort(key)
    end = schedule(order, duration, request, capacity, before_at, before, left, starts)
    for j in range(jobs):
        key[j] = starts[j] + j / (2.0 * jobs)
    order[:] = np.argsort(key)
    return end


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
def _load(starts, duration, request, capacity):  # type: ignore[no-untyped-def]
    """How much of the resources is used at each step, all resources alike."""
    jobs, end = len(duration), 1
    for j in range(jobs):
        end = max(end, starts[j] + duration[j])
    load = np.zeros(end + 1)
    for j in range(jobs):
        share = 0.0
        for k in range(len(capacity)):
            if capacity[k]:
                share += request[j, k] / capacity[k]
        load[starts[j] : starts[j] + duration[j]] += share
    return load


@numba.njit(cache=True, nogil=True)
def _peaks(first_starts, second, duration, request, capacity, key):  # type: ignore[no-untyped-def]
    """Keys: ranks of `second`, but what runs in the busiest stretch of the first schedule keeps that schedule's order, together."""
    jobs, load = len(second), _load(first_starts, duration, request, capacity)
    end = len(load) - 1
    length = max(1, int(end * (0.15 + 0.45 * np.random.random())))
    best, place = -1.0, 0
    for _ in range(3):
        t0 = np.random.randint(0, max(1, end - length + 1))
        total = load[t0 : t0 + length].sum()
        if total > best:
            best, place = total, t0
    rank, inside, mean, many = np.empty(jobs), np.zeros(jobs, dtype=np.bool_), 0.0, 0
    for i in range(jobs):
        rank[second[i]] = i
    for j in range(jobs):
        if first_starts[j] < place + length and first_starts[j] + duration[j] > place:
            inside[j] = True
            mean, many = mean + rank[j], many + 1
    for j in range(jobs):
        key[j] = mean / max(1, many) + (first_starts[j] - place) / (end + 1.0) if inside[j] else rank[j]


@numba.njit(cache=True, nogil=True)
def evolve(duration, request, capacity, before_at, before, after_at, after, orders, fits, starts, children, goal, seed):  # type: ignore[no-untyped-def]
    """`children` children; `orders`, their `fits` (end, then the sum of ends) and `starts` are written over. Stops at `goal`."""
    np.random.seed(seed)
    jobs, size = len(duration), len(fits)
    span = 2 * (duration.sum() + 2)
    left = np.empty((len(capacity), span), dtype=np.int64)
    child, mirrored, placed = (
        np.empty(jobs, dtype=np.int64),
        np.empty(jobs, dtype=np.int64),
        np.empty(jobs, dtype=np.int64),
    )
    key = np.empty(jobs)
    for number in range(children):
        if fits.min() < (goal + 1) * 1e6:
            return number
        if fits[0] == np.inf or np.isinf(fits).any():
            slot = int(np.argmax(fits))
            for j in range(jobs):
                key[j] = orders[slot, j] * (0.7 + 0.6 * np.random.random())
            by_keys(key, before_at, before, after_at, after, child)
        else:
            one, two = np.random.randint(size), np.random.randint(size)
            if np.random.random() < 0.5:
                _stretch(orders[one], orders[two], child)
            else:
                _peaks(starts[one], orders[two], duration, request, capacity, key)
                by_keys(key, before_at, before, after_at, after, child)
            _mutate(child, before_at, before, 0.03)
            slot = one if fits[one] > fits[two] else two
        end = schedule(child, duration, request, capacity, before_at, before, left, placed)
        end = justify(
            placed, end, duration, request, capacity, before_at, before, after_at, after, left, mirrored, child
        )
        fit = end * 1e6 + (placed * (placed + 7.0)).sum() / (jobs * (end + 1.0))
        known = False
        for i in range(size):
            known = known or fits[i] == fit
        if not known and fit < fits[slot]:
            fits[slot], orders[slot], starts[slot] = fit, child, placed
    return children


@numba.njit(cache=True, nogil=True)
def _parent(fits):  # type: ignore[no-untyped-def]
    one, two = np.random.randint(len(fits)), np.random.randint(len(fits))
    return one if fits[one] <= fits[two] else two


@numba.njit(cache=True, nogil=True)
def _mutate(order, before_at, before, chance):  # type: ignore[no-untyped-def]
    for i in range(len(order) - 1):
        if np.random.random() < chance:
            first, then, free = order[i], order[i + 1], True
            for k in range(before_at[then], before_at[then + 1]):
                free = free and before[k] != first
            if free:
                order[i], order[i + 1] = then, first
