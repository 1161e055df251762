"""Rounds of Adam (those of `bound`) within one compiled call, so that a thread of its own goes on while others look for plans.

Beside the prices of factors rise the tolls of rows of `cuts`, and what the cheapest starts were is counted: where they disagree is what
to ask next, and their mean is what rows are looked for with.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.bound import Prices, price_out, price_works, used
from luodi.factors.engine.cuts import excess, surcharge
from luodi.factors.engine.problem import NEVER

FORGET = 3  # the first third of the rounds is not counted


class Climb(NamedTuple):
    value: float
    prices: Prices
    tolls: NDArray[np.float64]  # of rows
    seen: NDArray[np.int64]  # work × step: in how many rounds it was cheapest there; last column: not done
    ends: NDArray[np.float64]  # of projects, mean of the same rounds
    apart: NDArray[np.float64]  # and how far apart they are before and after the step that divides them best
    until: NDArray[np.int64]  # that step


@numba.njit(cache=True, nogil=True)
def _sums(prices, ahead, summed):  # type: ignore[no-untyped-def]
    """`bound.ahead_of`, in place."""
    factors, horizon = prices.shape
    for factor in range(factors):
        ahead[factor, horizon] = 0.0
        summed[factor, 0] = 0.0
        for t in range(horizon - 1, -1, -1):
            ahead[factor, t] = ahead[factor, t + 1] + prices[factor, t]
        for t in range(horizon):
            summed[factor, t + 1] = summed[factor, t] + prices[factor, t]


@numba.njit(cache=True, nogil=True)
def divided(ended, counted):  # type: ignore[no-untyped-def]
    """For each project the step that divides its completions best (Otsu 1979, with distances instead of squares): how far the means
    on both sides are apart, times both shares; and the step."""
    projects, steps = ended.shape
    apart, until = np.zeros(projects), np.zeros(projects, dtype=np.int64)
    for project in range(projects):
        total = 0.0
        for t in range(steps):
            total += t * ended[project, t]
        before, below = 0, 0.0
        for t in range(steps):
            if ended[project, t] == 0:
                continue
            before += ended[project, t]
            below += t * ended[project, t]
            after = counted - before
            if after == 0:
                break
            worth = ((total - below) / after - below / before) * before * after / counted / counted
            if worth > apart[project]:
                apart[project], until[project] = worth, t
    return apart, until


@numba.njit(cache=True, nogil=True)
def _push(worth, slope, square, over, rate, done):  # type: ignore[no-untyped-def]
    """One step of Adam, upwards along `over`, not below zero."""
    first, second = 1 - 0.9 ** (done + 1), 1 - 0.98 ** (done + 1)
    for i in range(len(worth)):
        slope[i] = 0.9 * slope[i] + 0.1 * over[i]
        square[i] = 0.98 * square[i] + 0.02 * over[i] * over[i]
        worth[i] = max(0.0, worth[i] + rate * slope[i] / first / (np.sqrt(square[i] / second) + 1e-9))


@numba.njit(cache=True, nogil=True)
def _count(starts, ends, work_starts, begun, ended, seen):  # type: ignore[no-untyped-def]
    for project in range(len(ends)):
        ended[project, ends[project]] += 1
    for work in range(len(work_starts)):
        seen[work, work_starts[work]] += 1
    if len(begun):
        for stage in range(len(starts)):
            begun[stage, starts[stage]] += 1
        for work in range(len(work_starts)):
            begun[len(starts) + work, work_starts[work]] += 1


@numba.njit(cache=True, nogil=True)
def climb(data, keep, have, unit, windows, spans, prices, cuts, tolls, toll_unit, begun, rounds, rates, target, halt):  # type: ignore[no-untyped-def]
    """Rounds of Adam within these windows from these prices and tolls, until `target` is reached or someone sets `halt`.

    The best value, its prices and tolls, what was seen. Into begun[stage, step], if it has rows, how often a stage began at a step.
    """
    factors, horizon = prices.shape
    prices, best_prices, best = prices.copy(), prices.copy(), -np.inf
    tolls, best_tolls, rows = tolls.copy(), tolls.copy(), len(tolls)
    broken, toll_slope, toll_square = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    extra, charged = np.zeros((len(data.free) + len(data.work_adds) if rows else 0, horizon + 3)), 0
    ahead, summed = np.empty((factors, horizon + 1)), np.empty((factors, horizon + 1))
    slope, square = np.zeros((factors, horizon)), np.zeros((factors, horizon))
    starts, ends = np.zeros(len(data.free), dtype=np.int64), np.zeros(len(data.finish), dtype=np.int64)
    work_starts = np.full(len(data.work_adds), NEVER)
    seen = np.zeros((len(data.work_adds), horizon + 2), dtype=np.int64)
    mean_ends, counted = np.zeros(len(data.finish)), 0
    ended = np.zeros((len(data.finish), horizon + 1), dtype=np.int32)
    for done in range(rounds):
        _sums(prices, ahead, summed)
        if rows:
            charged = surcharge(cuts, tolls, len(data.free), extra)
        value = price_out(data, keep, ahead, summed, extra, charged, spans, 0, len(data.finish), starts, ends)
        value += (
            price_works(data, ahead, summed, extra, windows, work_starts)
            - (prices * have).sum()
            - (tolls * cuts.most).sum()
        )
        if value > best:
            best, best_prices, best_tolls = value, prices.copy(), tolls.copy()
        if value == np.inf:
            break
        if best >= target or halt[0]:
            break
        if FORGET * done >= rounds:
            counted += 1
            _count(starts, ends, work_starts, begun, ended, seen)
            mean_ends += ends
        rate = rates[0] * (rates[1] / rates[0]) ** (done / rounds)
        over = used(data, starts, work_starts) - have
        for factor in range(factors):
            _push(prices[factor], slope[factor], square[factor], over[factor], rate * unit[factor, 0], done)
        excess(cuts, starts, work_starts, horizon + 1, broken)
        _push(tolls, toll_slope, toll_square, broken, rate * toll_unit, done)
    apart, until = divided(ended, counted)
    return best, best_prices, best_tolls, seen, mean_ends / max(1, counted), apart, until
