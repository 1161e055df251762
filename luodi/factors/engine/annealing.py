"""Better plans and a higher bound side by side, until time is up.

Some threads anneal plans, one asks the tree of the bound; the compiled loops let go of the interpreter. When work is counted instead
of timed, every batch of moves goes with one question and both are waited for, so that nothing hangs on which thread is faster.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from luodi.factors.engine.bound import ahead_of
from luodi.factors.engine.branch import Tree
from luodi.factors.engine.construct import State, copied, restored
from luodi.factors.engine.improve import improve
from luodi.factors.engine.problem import Numbers, Problem
from luodi.factors.engine.terms import burden_of

if TYPE_CHECKING:
    from luodi.factors.engine.planning import Search

MOVES = 400  # in one batch when work is counted
SEGMENT = 0.3  # seconds of one batch when time is counted
SHARED_EVERY = 8
HOT, COLD = 4.0, 0.08  # annealing, in steps of an average weight
ANEW = 0.25  # the part of the time after which plans begin again from the works of the lowest leaf


class Annealing:
    """States under way, one a thread, and the tree."""

    def __init__(self, search: "Search") -> None:
        self.search, self.limits, self.problem = search, search.limits, search.problem
        self.tree = Tree(search.problem, search.data, search.bound) if len(search.problem.works) else None
        self.timed = self.limits.iterations is None
        searchers = max(1, self.limits.workers - (self.tree is not None))
        assert search.best is not None
        self.states = [copied(search.best) for _ in range(searchers)]
        self.prices = ahead_of(search.bound.best_prices)
        self.users = users_of(search.problem)
        self.seeds, self.from_, self.batch = np.random.default_rng(self.limits.seed), search.seconds, 0

    @property
    def part(self) -> float:
        """How much of the time or work is gone."""
        if self.limits.iterations is not None:
            return self.batch / self.limits.iterations
        return min(1.0, (self.search.seconds - self.from_) / max(1e-3, self.limits.seconds - self.from_))

    def run(self, until: float = 1.0) -> None:
        search, moves, asking = self.search, MOVES if not self.timed else 20, None
        mean, renewed = float(self.problem.weight.mean()) or 1.0, False
        with ThreadPoolExecutor(len(self.states) + 1) as pool:
            while not search.over and self.part < until:
                begun, heat = search.seconds, mean * HOT * (COLD / HOT) ** self.part
                asking = self.ask(pool, asking)
                self.batch += 1
                list(pool.map(self.better, self.states, [moves] * len(self.states), [heat] * len(self.states), self.dice()))
                if self.timed:
                    moves = int(np.clip(moves * SEGMENT / max(1e-3, search.seconds - begun), 5, 100_000))
                elif asking is not None:
                    asking.result()
                self.learn(asking)
                if not renewed and self.part >= ANEW:
                    renewed = True
                    self.anew()
                if self.batch % SHARED_EVERY == 0:
                    self.share()
                search.report()
            self.finish(asking)

    def dice(self) -> list[int]:
        return [int(self.seeds.integers(2**31)) for _ in self.states]

    def ask(self, pool: ThreadPoolExecutor, asking: Future[None] | None) -> Future[None] | None:
        """The next question when the last is answered; with one worker every third batch, in turn."""
        if self.tree is None or self.tree.over or (asking is not None and not asking.done()):
            return asking
        if self.limits.workers == 1 and self.batch % 3:
            return asking
        asked = pool.submit(self.tree.ask, self.search.waiting)
        if self.limits.workers == 1:
            asked.result()
        return asked

    def learn(self, asking: Future[None] | None) -> None:
        if self.tree is not None and asking is not None and asking.done():
            asking.result()
            search = self.search
            search.bound.proven = max(search.bound.proven, min(self.tree.bound, search.waiting))
            if self.tree.over and len(self.states) < self.limits.workers:
                self.states.append(copied(self.states[0]))

    def finish(self, asking: Future[None] | None) -> None:
        if self.tree is not None and asking is not None:
            self.tree.halt[0] = True
            asking.result()
            self.learn(asking)
            self.tree.halt[0] = False

    def anew(self) -> None:
        """Begin again from the works as the lowest leaf would do them, at its prices."""
        if self.tree is None or not self.tree.leaves:
            return
        works, prices, ends = self.tree.works()
        self.prices = ahead_of(prices)
        built = self.search.built(self.prices, works, ends, (0.0, 0.3, 0.7, 1.0))
        if built is not None:
            self.states = [copied(built) for _ in self.states]

    def share(self) -> None:
        ahead = min(self.states, key=lambda state: burden_of(self.search.data, state))
        self.states = [ahead if state is ahead else copied(ahead) for state in self.states]

    def better(self, state: State, moves: int, heat: float, seed: int) -> None:
        search = self.search
        found = state.starts.copy(), state.work_starts.copy(), np.array([search.waiting])
        improve(search.data, search.bound.keep, *self.users, *self.prices, state, found, moves, heat, seed)
        if found[2][0] < search.waiting:
            search.offer(restored(self.problem, found[0], found[1]), found[2][0])


def users_of(problem: Problem) -> tuple[Numbers, Numbers, Numbers]:
    """The project of each stage, and for every factor the stages that demand it."""
    stage = np.repeat(np.arange(len(problem.stages)), np.diff(problem.demand_at))
    order = np.argsort(problem.demand_factor, kind="stable")
    at = np.searchsorted(problem.demand_factor[order], np.arange(len(problem.factors) + 1))
    return problem.project_of, at, stage[order]
