"""`luodi factors schedule`: a genetic search for short schedules, then the constraint solver, which also proves.

The population becomes of one mind some times in the time there is, and begins again around the best schedules so far. The
constraint solver starts from the best, and alone where the instance has lags or storages that the search does not know.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

from luodi.factors.engine.evolve import born, by_keys, evolve
from luodi.factors.engine.instance import Instance
from luodi.factors.engine.problem import Numbers
from luodi.factors.engine.serial import WINDOW, justified, packed, placed

Run = Callable[..., None]  # a task with what it is given, in threads

FIRST, LARGEST = (
    20,
    700,
)  # schedules a thread at first, and in all at the most: time beyond that goes to beginning again
CHILDREN = 300  # of each schedule of a population, in all
BATCH = 0.1  # seconds of children between two times of mixing
WIDE = (0.02, 0.2)  # of the best schedule: how far jobs are moved to begin again around it
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


class Population:
    """Schedules under way. Threads each have a part of them for a while; then all are mixed, so that it is one population."""

    def __init__(self, instance: Instance, seed: int, workers: int = 1) -> None:
        self.dice, self.rounds, self.workers = np.random.default_rng(seed), 0, workers
        self.number = numbered(instance)  # of each place in the order below, the job of the instance
        where = np.argsort(self.number)
        pairs = [(int(where[i]), int(where[j])) for i, j, _ in instance.lags]
        both = neighbours(len(where), [(j, i) for i, j in pairs]), neighbours(len(where), pairs)
        self.neighbours = tuple(one.astype(np.int32) for pair in both for one in pair)
        request, there, guard = packed(instance.request[self.number], instance.capacity)
        self.duration = instance.duration[self.number].astype(np.int32)
        share = (instance.request[self.number] / np.maximum(1, instance.capacity)).sum(axis=1)
        self.jobs = self.duration, request, there, guard, share
        self.left = [np.tile(there[:, None], (1, int(self.duration.sum()) + 2 * WINDOW)) for _ in range(workers)]
        self.tail = tails(instance)[self.number]
        self.best, self.starts_of_best = 2**62, np.zeros(len(where), dtype=np.int64)
        self.ends: list[Numbers] = []  # the best of each population that became of one mind
        self.grown(0)

    def grown(self, size: int) -> None:
        """Room for so many, none born yet."""
        shape = size, len(self.number)
        self.orders, self.starts = np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32)
        self.fits, self.usual = np.full(size, np.inf), np.zeros((self.workers, 2))

    @property
    def parts(self) -> list[slice]:
        edges = [len(self.fits) * part // self.workers for part in range(self.workers + 1)]
        return [slice(*edge) for edge in pairwise(edges)]

    def begin(self, run: Run) -> None:
        """From late starts, jittered; when all have become of one mind around the best and what earlier ones ended at, half of each,
        and every third time from late starts again."""
        size, jobs = self.orders.shape
        late = self.tail.max() - self.tail
        keys = (late + 1) * self.dice.uniform(0.7, 1.3, size=(size, jobs))
        if self.rounds % 3:
            wide, ends = self.best * self.dice.uniform(*WIDE), np.array([self.starts_of_best[self.number], *self.ends])
            chosen = np.where(self.dice.random(size) < 0.5, 0, self.dice.integers(len(ends), size=size))
            keys = ends[chosen] + wide * self.dice.normal(size=(size, jobs))
        self.rounds += 1

        def one(part: slice, left: Numbers) -> None:
            born(self.jobs, self.neighbours, left, keys[part], self.orders[part], self.fits[part], self.starts[part])

        run(one, self.parts, self.left)
        self.usual[:] = np.median(self.fits) * np.array([1.05, 0.05])
        self.seen()

    def live(self, run: Run, children: int, goal: int) -> None:
        """So many children in every part; then all are mixed, or, of one mind, begin again."""
        seeds = self.dice.integers(2**31, size=self.workers)

        def one(part: slice, left: Numbers, usual: Numbers, seed: int) -> None:
            args = self.orders[part], self.fits[part], self.starts[part], usual, children, goal, int(seed)
            evolve(self.jobs, self.neighbours, left, *args)

        run(one, self.parts, self.left, self.usual, seeds)
        self.seen()
        if np.median(self.fits) < np.floor(self.fits.min()) + 1:
            self.ends.append(self.starts[int(np.argmin(self.fits))].copy())
            self.begin(run)
        elif self.workers > 1:
            mixed = self.dice.permutation(len(self.fits))
            self.orders, self.fits, self.starts = self.orders[mixed], self.fits[mixed], self.starts[mixed]

    def seen(self) -> None:
        first = int(np.argmin(self.fits))
        if self.fits[first] < self.best:
            self.best = int(self.fits[first])
            self.starts_of_best[self.number] = self.starts[first]


def ruled(instance: Instance, twice: bool) -> int:
    """The end of one schedule in the order of latest starts, justified or not: what levelling does."""
    one = Population(instance, 1)
    duration, request, there, guard, _ = one.jobs
    before_at, before, after_at, after = one.neighbours
    order, starts, other = (np.zeros(len(duration), dtype=np.int32) for _ in range(3))
    by_keys(one.tail.max() - one.tail, before_at, before, after_at, after, order)
    end = placed(order, duration, request, there, guard, before_at, before, one.left[0], starts)
    if twice:
        args = duration, request, there, guard, before_at, before, after_at, after, one.left[0], other, order
        end = justified(starts, end, *args)
    return int(end)


def numbered(instance: Instance) -> Numbers:
    """Jobs in an order in which none precedes an earlier one."""
    jobs, pairs = len(instance.duration), [(i, j) for i, j, _ in instance.lags]
    order, (before_at, before) = np.empty(jobs, dtype=np.int64), neighbours(jobs, [(j, i) for i, j in pairs])
    after_at, after = neighbours(jobs, pairs)
    by_keys(np.arange(float(jobs)), before_at, before, after_at, after, order)
    return order


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
        share = 0.08 if len(instance.duration) <= SMALL else 0.92
        best, starts = _bred(instance, clock, begun + share * seconds, workers, seed, bound, stopped)
    if best == bound or (stopped() and best is not None):
        return Schedule(best, bound, best == bound, False, tuple(starts.tolist()), round(clock() - begun, 2))
    hint = starts if best is not None else None
    import_module("ortools.sat.python.cp_model")  # takes its time too
    found, low, infeasible = constrained(instance, seconds - (clock() - begun), workers, seed, bound, best, hint)
    if found is not None and (best is None or found.max() < best):
        best, starts = int(found.max()), found[:-1]
    bound = max(bound, low)
    proven = infeasible or (best is not None and best <= bound)
    return Schedule(best, bound, proven, infeasible, tuple(starts.tolist()), round(clock() - begun, 2))


def _bred(
    instance: Instance, clock: Callable[[], float], until: float, workers: int, seed: int, bound: int,
    stopped: Callable[[], bool],
) -> tuple[int, Numbers]:  # fmt: skip
    """As many as become of one mind a few times: how fast children are is measured first, on a few."""
    population = Population(instance, seed * 1009, workers)
    with ThreadPoolExecutor(workers) as pool:

        def run(*task: Any) -> None:
            list(pool.map(*task))

        population.grown(FIRST * workers)
        population.begin(run)  # compiled or read by now
        begun = clock()
        population.begin(run)
        each = max(1e-6, (clock() - begun) / FIRST)
        left = until - clock()
        if left > 0 and population.best > bound:
            population.grown(int(np.clip(workers * left / each / CHILDREN, 2 * FIRST, LARGEST)))
            population.rounds = 0
            population.begin(run)
        while clock() < until and population.best > bound and not stopped():
            population.live(run, int(np.clip(BATCH / each, 5, 10_000)), bound)
    return population.best, population.starts_of_best


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
