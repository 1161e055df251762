"""`luodi factors schedule`: genetic islands for short schedules, then the constraint solver, which also proves.

The islands run in threads, each from its own seed. One that has become of one mind begins again around its best schedule. The
constraint solver starts from the best, and alone where the instance has lags or storages that the islands do not know.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from luodi.factors.engine.evolve import evolve
from luodi.factors.engine.instance import Instance
from luodi.factors.engine.problem import Numbers

CHILDREN = 400
POPULATION = (40, 400)
SMALL = 62  # jobs for which the constraint solver gets the larger part of the time


@dataclass(frozen=True, slots=True)
class Schedule:
    """`makespan` None: none found. `infeasible`: proven that there is none."""

    makespan: int | None
    bound: int
    proven: bool
    infeasible: bool
    starts: tuple[int, ...]
    seconds: float


class Island:
    """A population and how to go on with it."""

    def __init__(self, instance: Instance, size: int, seed: int) -> None:
        jobs = len(instance.duration)
        self.instance, self.rounds, self.dice = instance, 0, np.random.default_rng(seed)
        self.after_at, self.after = neighbours(jobs, [(i, j) for i, j, _ in instance.lags])
        self.before_at, self.before = neighbours(jobs, [(j, i) for i, j, _ in instance.lags])
        self.tail = tails(instance)
        late = (self.tail.max() - self.tail + 1).astype(np.int64)
        self.orders, self.starts = np.tile(late, (size, 1)), np.zeros((size, jobs), dtype=np.int64)
        self.fits = np.full(size, np.inf)
        self.best, self.best_starts = 2**62, self.starts[0]

    def live(self, children: int, goal: int) -> None:
        one = self.instance
        evolve(
            one.duration, one.request, one.capacity, self.before_at, self.before, self.after_at, self.after, self.orders,
            self.fits, self.starts, children, goal, int(self.dice.integers(2**31)),
        )  # fmt: skip
        first = int(np.argmin(self.fits))
        if self.fits[first] // 1e6 < self.best:
            self.best, self.best_starts = int(self.fits[first] // 1e6), self.starts[first].copy()
        if np.median(self.fits) < (self.fits[first] // 1e6 + 1) * 1e6:
            self.renew()

    def renew(self) -> None:
        """Around the best schedule, or (every third time) from the beginning."""
        self.rounds += 1
        size, jobs = self.orders.shape
        wide = self.best * self.dice.uniform(0.02, 0.2)
        base = self.best_starts if self.rounds % 3 else (self.tail.max() - self.tail)
        keys = base + wide * self.dice.normal(size=(size, jobs))
        self.orders = np.maximum(1, np.rint(10 * (keys - keys.min()))).astype(np.int64)
        self.fits[:] = np.inf


def neighbours(jobs: int, pairs: list[tuple[int, int]]) -> tuple[Numbers, Numbers]:
    lists: list[list[int]] = [[] for _ in range(jobs)]
    for i, j in dict.fromkeys(pairs):
        lists[i].append(j)
    at = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
    return at, np.array([j for one in lists for j in one], dtype=np.int64)


def tails(instance: Instance) -> Any:
    """The longest way from the start of each job to the end (Bellman, as many rounds as there are jobs on a way)."""
    tail = instance.duration.astype(float)
    for _ in range(len(tail)):
        before = tail.copy()
        for i, j, lag in instance.lags:
            tail[i] = max(tail[i], lag + tail[j])
        if np.array_equal(before, tail):
            break
    return tail


def simple_bound(instance: Instance) -> int:
    """The longest way, and the work on each resource over its capacity. Both hold whatever the order."""
    work = (instance.request * instance.duration[:, None]).sum(axis=0)
    energy = [-(-int(w) // int(c)) for w, c in zip(work, instance.capacity, strict=True) if c]
    return int(max([tails(instance).max(), *energy, 0])) if instance.plain else max([*energy, 0])


def schedule(
    instance: Instance, clock: Callable[[], float], seconds: float, workers: int = 2, seed: int = 1,
    stopped: Callable[[], bool] = bool,
) -> Schedule:  # fmt: skip
    begun = clock()
    bound = simple_bound(instance)
    best, starts = None, np.zeros(len(instance.duration), dtype=np.int64)
    fits_alone = bool((instance.request <= instance.capacity).all())
    if instance.plain and fits_alone:
        share = 0.08 if len(instance.duration) <= SMALL else 0.75
        best, starts = _islands(instance, clock, begun + share * seconds, workers, seed, bound, stopped)
    if best == bound or (stopped() and best is not None):
        return Schedule(best, bound, best == bound, False, tuple(starts.tolist()), round(clock() - begun, 2))
    hint = starts if best is not None else None
    found, low, infeasible = constrained(instance, seconds - (clock() - begun), workers, seed, bound, best, hint)
    if found is not None and (best is None or found.max() < best):
        best, starts = int(found.max()), found[:-1]
    bound = max(bound, low)
    proven = infeasible or (best is not None and best <= bound)
    return Schedule(best, bound, proven, infeasible, tuple(starts.tolist()), round(clock() - begun, 2))


def _islands(
    instance: Instance, clock: Callable[[], float], until: float, workers: int, seed: int, bound: int,
    stopped: Callable[[], bool],
) -> tuple[int, Numbers]:  # fmt: skip
    jobs, left = len(instance.duration), until - clock()
    size = int(np.clip(1_000 * left * 120 / jobs / 12, *POPULATION))
    islands = [Island(instance, size, seed * 1009 + number) for number in range(workers)]
    children = 20
    with ThreadPoolExecutor(workers) as pool:
        while True:
            before = clock()
            list(pool.map(Island.live, islands, [children] * workers, [bound] * workers))
            best = min(islands, key=lambda island: island.best)
            if clock() >= until or best.best <= bound or stopped():
                return best.best, best.best_starts
            children = int(np.clip(children * 0.1 / max(1e-4, clock() - before), 5, 4 * CHILDREN))


def constrained(
    instance: Instance, seconds: float, workers: int, seed: int, bound: int, best: int | None, hint: Numbers | None
) -> tuple[Numbers | None, int, bool]:
    """The starts and, last, the end; a bound; whether there is no schedule at all."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    reach = int(instance.duration.sum() + sum(max(0, lag) for _, _, lag in instance.lags)) if best is None else best
    start = [model.new_int_var(0, reach, "") for _ in instance.duration]
    end = model.new_int_var(bound, max(reach, bound), "")
    spans = [model.new_fixed_size_interval_var(s, int(d), "") for s, d in zip(start, instance.duration, strict=True)]
    for s, d in zip(start, instance.duration, strict=True):
        model.add(end >= s + int(d))
    for i, j, lag in instance.lags:
        model.add(start[j] >= start[i] + lag)
    for k, capacity in enumerate(instance.capacity):
        users = [j for j in range(len(start)) if instance.request[j, k]]
        model.add_cumulative([spans[j] for j in users], [int(instance.request[j, k]) for j in users], int(capacity))
    for k, level in enumerate(instance.store):
        changes: list[tuple[Any, int]] = [
            (start[j], -int(instance.taken[j, k])) for j in range(len(start)) if instance.taken[j, k]
        ]
        changes += [
            (start[j] + int(instance.duration[j]), int(instance.given[j, k]))
            for j in range(len(start))
            if instance.given[j, k]
        ]
        times, amounts = [t for t, _ in changes], [a for _, a in changes]
        most = int(level + instance.given[:, k].sum())
        model.add_reservoir_constraint([*times, 0], [*amounts, int(level)], 0, max(0, most))
    if hint is not None:
        for s, t in zip(start, hint, strict=True):
            model.add_hint(s, int(t))
    model.minimize(end)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = max(0.05, seconds), workers
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None, bound, best is None
    low = max(bound, int(np.ceil(solver.best_objective_bound - 1e-6)))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, low, False
    return np.array([*map(solver.value, start), solver.value(end)], dtype=np.int64), low, False
