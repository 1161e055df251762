"""What is left of a factor at each step: taking some, giving it back, and where there is room.

`left` is what remains of a factor at a step. For pools `low` is its least value from that step on: a stage that uses a pool at
t needs it at every later step as well, so the earliest start is where `low` reaches the amount.
"""

import numba


@numba.njit(cache=True, nogil=True)
def use(pool, left, low, factor, amount, start, end):  # type: ignore[no-untyped-def]
    """Take `amount` from a renewable for start..end-1, from a pool for good; a negative amount gives back."""
    horizon = left.shape[1]
    if not pool[factor]:
        row = left[factor, start : min(end, horizon)]
        for t in range(len(row)):
            row[t] -= amount
        return
    row, least_from = (
        left[factor, start:],
        low[factor, start:],
    )  # a loop over each alone is one that the machine does eight at a time
    for t in range(len(row)):
        row[t] -= amount
    for t in range(len(least_from)):
        least_from[t] -= amount
    for t in range(min(start, horizon) - 1, -1, -1):
        least = left[factor, t]
        if t + 1 < horizon and low[factor, t + 1] < least:
            least = low[factor, t + 1]
        if low[factor, t] == least:
            break
        low[factor, t] = least


@numba.njit(cache=True, nogil=True)
def room(pool, left, low, factor, amount, start, duration):  # type: ignore[no-untyped-def]
    """The earliest step from `start` on at which this demand alone fits; past the horizon when none does."""
    horizon = left.shape[1]
    if pool[factor]:
        t = start
        if t < horizon and low[factor, t] < amount:
            upper = horizon
            while t < upper:
                middle = (t + upper) // 2
                if low[factor, middle] >= amount:
                    upper = middle
                else:
                    t = middle + 1
        return t
    first, run = start, 0
    for t in range(start, horizon):
        if run == duration:
            break
        if left[factor, t] >= amount:
            run += 1
        else:
            run, first = 0, t + 1
    return first


@numba.njit(cache=True, nogil=True)
def give_back(left, low, factor, amount, start, end):  # type: ignore[no-untyped-def]
    """A pool is used from `end` on instead of from `start` on."""
    for t in range(start, min(end, left.shape[1])):
        left[factor, t] += amount
    least = low[factor, end] if end < left.shape[1] else left[factor, left.shape[1] - 1]
    for t in range(min(end, left.shape[1]) - 1, -1, -1):
        least = min(least, left[factor, t])
        if t < start and low[factor, t] == least:
            break
        low[factor, t] = least
