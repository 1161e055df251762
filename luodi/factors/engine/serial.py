"""One order of jobs made a schedule (serial generation), and a schedule pushed right and left again (Valls et al. 2005).

What is left of all renewables at a step is one whole number: each has a field of bits with a guard bit above it, which a subtraction
clears exactly where less is left than asked. So one subtraction asks all of them, and 32 steps are asked at once: bit i says whether
the job fits at step i, and shifted against itself a few times, whether it fits for as long as it takes. It is what almost all the
time of the search goes into; step by step and renewable by renewable took half as long again.
"""

import numba
import numpy as np

from luodi.factors.engine.problem import Numbers

WINDOW = 32  # steps asked at once


def packed(request: Numbers, capacity: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Requests (word × job), what is there (by word, guards set) and the guards. As many fields a word as fit."""
    capacity = np.minimum(capacity, request.sum(axis=0))
    bits = int(capacity.max(initial=1)).bit_length() + 1
    each = max(1, 63 // bits)
    words = max(1, -(-len(capacity) // each))
    asked, there, guard = (
        np.zeros((words, len(request)), dtype=np.int64),
        np.zeros(words, np.int64),
        np.zeros(words, np.int64),
    )
    for k, most in enumerate(capacity):
        word, shift = k // each, bits * (k % each)
        asked[word] += request[:, k].astype(np.int64) << shift
        there[word] += int(most) << shift
        guard[word] += 1 << (shift + bits - 1)
    return asked, there | guard, guard


@numba.njit(cache=True, nogil=True)
def _window(left, asked, guard, at):  # type: ignore[no-untyped-def]
    fits = np.uint32(0)
    for i in range(WINDOW):
        if (left[at + i] - asked) & guard == guard:
            fits |= np.uint32(1) << np.uint32(i)
    return fits


@numba.njit(cache=True, nogil=True)
def _lowest(bits):  # type: ignore[no-untyped-def]
    """The place of the lowest bit that is set."""
    place = 0
    for half in (16, 8, 4, 2, 1):
        if bits & np.uint32((1 << half) - 1) == 0:
            bits, place = bits >> np.uint32(half), place + half
    return place


@numba.njit(cache=True, nogil=True)
def _room(left, request, guard, j, t, length):  # type: ignore[no-untyped-def]
    """The earliest step from t on at which job j fits for its length."""
    if length > WINDOW:
        step = t + length - 1
        while step >= t:
            fits = True
            for word in range(len(guard)):
                fits = fits and (left[word, step] - request[word, j]) & guard[word] == guard[word]
            if fits:
                step -= 1
            else:
                t, step = step + 1, step + length
        return t
    while True:
        fits = _window(left[0], request[0, j], guard[0], t)
        for word in range(1, len(guard)):
            fits &= _window(left[word], request[word, j], guard[word], t)
        more = length
        while more > 1:
            half = more >> 1
            fits &= fits >> np.uint32(half)
            more -= half
        if fits:
            return t + _lowest(fits)
        t += WINDOW + 1 - length


@numba.njit(cache=True, nogil=True)
def placed(order, duration, request, there, guard, before_at, before, left, starts):  # type: ignore[no-untyped-def]
    """Every job of the order as early as those before it and the renewables allow. Returns the end; `left` is whole again."""
    end = np.int64(0)
    for j in order:
        t, length = np.int64(0), np.int64(duration[j])
        for i in range(before_at[j], before_at[j + 1]):
            t = max(t, np.int64(starts[before[i]] + duration[before[i]]))
        if length:
            t = _room(left, request, guard, j, t, length)
            for word in range(len(guard)):
                for step in range(t, t + length):
                    left[word, step] -= request[word, j]
        starts[j] = t
        end = max(end, t + length)
    for word in range(len(guard)):
        left[word, :end] = there[word]
    return end


@numba.njit(cache=True, nogil=True)
def by_time(when, end, down, order):  # type: ignore[no-untyped-def]
    """Jobs by time, by counting; of one time by number, downwards if asked: jobs are numbered so that none precedes a lower one."""
    jobs, count = len(when), np.zeros(end + 2, dtype=np.int32)
    for j in range(jobs):
        count[when[j] + 1] += 1
    for t in range(end + 1):
        count[t + 1] += count[t]
    for i in range(jobs):
        j = jobs - 1 - i if down else i
        order[count[when[j]]] = j
        count[when[j]] += 1


@numba.njit(cache=True, nogil=True)
def justified(starts, end, duration, request, there, guard, before_at, before, after_at, after, left, mirrored, order):  # type: ignore[no-untyped-def]
    """To the right, last finish first, and back to the left, first start first: never longer. `starts` and `order` are written over."""
    by_time(end - starts - duration, end, True, order)
    end = placed(order, duration, request, there, guard, after_at, after, left, mirrored)
    by_time(end - mirrored - duration, end, False, order)
    end = placed(order, duration, request, there, guard, before_at, before, left, starts)
    by_time(starts, end, False, order)
    return end
