"""Schedules by serial generation: the same as step by step and renewable by renewable, and never longer when justified."""

import random

import numpy as np
import pytest

from luodi.factors.engine.instance import Instance
from luodi.factors.engine.schedule import Population
from luodi.factors.engine.serial import by_time, justified, packed, placed


def drawn(seed):
    """Up to nine renewables of very unlike capacities, jobs of no length and of more than a window, numbers in no order."""
    dice = random.Random(seed)
    jobs, renewables = dice.randint(2, 24), dice.randint(0, 9)
    capacity = [dice.choice([0, 1, 7, 60, 5_000, 3_000_000]) for _ in range(renewables)]
    duration = [dice.choice([0, 1, 3, 8, 31, 32, 33, 70]) for _ in range(jobs)]
    request = [[dice.randint(0, most) if dice.random() < 0.6 else 0 for most in capacity] for _ in range(jobs)]
    order = dice.sample(range(jobs), jobs)
    lags = [(a, b, duration[a]) for i, a in enumerate(order) for b in order[i + 1 :] if dice.random() < 2 / jobs]
    none = np.zeros(0, dtype=np.int64)
    empty = np.zeros((jobs, 0), dtype=np.int64)
    asked = np.array(request, dtype=np.int64).reshape(jobs, renewables)
    return Instance(
        "drawn", np.array(duration), asked, np.array(capacity, dtype=np.int64), tuple(lags), none, empty, empty
    )


def step_by_step(instance, order):
    """Second source: every job of the order at the first step at which all it asks is there as long as it takes."""
    length = int(instance.duration.sum()) + 1
    left = np.tile(instance.capacity, (length, 1))
    starts = {}
    for j in order:
        d, asked = int(instance.duration[j]), instance.request[j]
        ready = max([starts[i] + lag for i, after, lag in instance.lags if after == j], default=0)
        t = next(t for t in range(ready, length) if not d or (left[t : t + d] >= asked).all())
        left[t : t + d] -= asked
        starts[j] = t
    return [starts[j] for j in range(len(order))]


@pytest.mark.parametrize("seed", range(40))
def test_a_packed_calendar_gives_the_schedule_of_one_kept_step_by_step(seed):
    instance = drawn(seed)
    one = Population(instance, seed)
    duration, request, there, guard, _ = one.jobs
    before_at, before, after_at, after = one.neighbours
    order, starts = np.arange(len(duration), dtype=np.int32), np.zeros(len(duration), dtype=np.int32)
    left = one.left[0]
    whole = left.copy()

    end = placed(order, duration, request, there, guard, before_at, before, left, starts)

    truth = step_by_step(instance, one.number.tolist())
    assert starts.tolist() == [truth[j] for j in one.number]
    assert end == max(s + d for s, d in zip(truth, instance.duration.tolist(), strict=True))
    assert (left == whole).all()

    args = duration, request, there, guard, before_at, before, after_at, after, left, starts.copy(), order
    assert justified(starts, end, *args) <= end
    assert sorted(order.tolist()) == list(range(len(duration)))
    again = np.zeros_like(starts)
    placed(order, duration, request, there, guard, before_at, before, left, again)
    assert again.tolist() == starts.tolist()


def test_what_is_packed_is_what_was_asked():
    request = np.array([[3, 0, 9], [1, 5, 2_000_000]])
    asked, there, guard = packed(request, np.array([4, 5, 10**12]))

    assert ((there - asked[:, 0]) & guard == guard).all()
    assert ((there - asked[:, 0] - asked[:, 1]) & guard == guard).all()
    assert not ((there - 2 * asked[:, 1]) & guard == guard).all()


def test_jobs_of_one_time_keep_their_order_or_turn_it():
    order = np.zeros(4, dtype=np.int32)
    when = np.array([2, 0, 2, 0], dtype=np.int32)

    by_time(when, 2, False, order)
    assert order.tolist() == [1, 3, 0, 2]
    by_time(when, 2, True, order)
    assert order.tolist() == [3, 1, 2, 0]
