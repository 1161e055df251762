"""Better plans and a higher bound side by side, until time is up.

Some threads anneal plans, one asks the tree of the bound; the compiled loops let go of the interpreter. When work is counted instead
of timed, every batch of moves goes with one question and both are waited for, so that nothing hangs on which thread is faster.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.bound import Prices, ahead_of
from luodi.factors.engine.branch import Tree
from luodi.factors.engine.construct import State, copied, restored
from luodi.factors.engine.improve import improve
from luodi.factors.engine.problem import Numbers, Problem
from luodi.factors.engine.searching import Search
from luodi.factors.engine.terms import burden_of

MOVES = 400  # in one batch when work is counted
SEGMENT = 0.3  # seconds of one batch when time is counted
SHARED_EVERY = 8
TREED = 1500  # projects up to which deciding about works raises the bound as fast as a second thread betters plans
HOT, COLD = 2.0, 0.08  # annealing, in steps of an average weight
RACING, LAPS, RACED = 2.0, 6, 0.2  # the same in a race, in how many laps it falls, the part of the time that races take
ANEW: tuple[float, ...] = ()  # the parts of the time after which plans begin again from works as prices agree on them
SHARES = (0.0, 0.3, 0.7, 1.0)  # that prices have in where projects are put


def raced(annealing: "Annealing", pool: ThreadPoolExecutor, states: list[State], until: float) -> list[State]:
    """Of plans that do other works at other times, those that annealing makes best: each is annealed shortly, the worse half
    leaves, the others get twice as long, until there is one for each thread. Prices alone do not tell: they know no lumps."""
    search, keep, moves = annealing.search, len(annealing.states), 20 if annealing.timed else MOVES
    rounds = max(1, int(np.ceil(np.log2(len(states) / keep))))
    for number in range(rounds):
        ends = search.seconds + (until - search.seconds) / (rounds - number)
        for step in range(LAPS):
            heat, begun = annealing.mean * RACING * (COLD / RACING) ** (step / (LAPS - 1)), search.seconds
            many = len(states)
            list(pool.map(annealing.better, states, [moves] * many, [heat] * many, annealing.dice(many)))
            if annealing.timed:
                left = max(0.0, ends - search.seconds) / max(1, LAPS - 1 - step)
                moves = int(np.clip(moves * left / max(1e-3, search.seconds - begun), 5, 100_000))
            search.report()
            if search.over:
                break
        states = sorted(states, key=lambda state: burden_of(search.data, state))[: max(keep, (many + 1) // 2)]
        if annealing.timed:
            moves = 2 * moves
    return states[:keep]


class Annealing:
    """States under way, one a thread, and the tree."""

    def __init__(self, search: Search, best: State) -> None:
        self.search, self.limits, self.problem = search, search.limits, search.problem
        treed = len(search.problem.projects) <= TREED
        self.tree = Tree(search.problem, search.data, search.bound) if treed else None
        self.timed = self.limits.iterations is None
        searchers = max(1, self.limits.workers - (self.tree is not None))
        self.states = [copied(best) for _ in range(searchers)]
        self.prices = ahead_of(search.bound.best_prices)
        self.users = users_of(search.problem)
        self.guide: tuple[Numbers, Prices, NDArray[np.float64]] | None = None
        self.anew, self.mean = ANEW, float(search.problem.weight.mean()) or 1.0
        self.seeds, self.from_, self.batch = np.random.default_rng(self.limits.seed), search.seconds, 0

    @property
    def part(self) -> float:
        """How much of the time or work is gone."""
        if self.limits.iterations is not None:
            return self.batch / self.limits.iterations
        return min(1.0, (self.search.seconds - self.from_) / max(1e-3, self.limits.seconds - self.from_))

    def run(self, plans: list[State], until: float = 1.0) -> None:
        search, moves, aside = self.search, MOVES if not self.timed else 20, None
        with ThreadPoolExecutor(self.limits.workers + 1) as pool:
            if len(plans) > len(self.states):
                self.states = raced(self, pool, plans, search.seconds + RACED * (self.limits.seconds - search.seconds))
                self.from_ = search.seconds
            while not search.over and self.part < until:
                begun, heat = search.seconds, self.mean * HOT * (COLD / HOT) ** self.part
                aside = self.beside(pool, aside)
                self.batch += 1
                many = len(self.states)
                list(pool.map(self.better, self.states, [moves] * many, [heat] * many, self.dice(many)))
                if self.timed:
                    moves = int(np.clip(moves * SEGMENT / max(1e-3, search.seconds - begun), 5, 100_000))
                elif aside is not None:
                    aside.result()
                self.learn(aside)
                if self.batch % SHARED_EVERY == 0:
                    self.share()
                search.report()
            if self.tree is not None and aside is not None:
                self.tree.halt[0] = True
                aside.result()
                self.learn(aside)

    def dice(self, many: int) -> list[int]:
        return [int(self.seeds.integers(2**31)) for _ in range(many)]

    def beside(self, pool: ThreadPoolExecutor, aside: Future[None] | None) -> Future[None] | None:
        """What the thread of the bound does next when it is free; with one worker it has every third turn, alone."""
        alone = self.limits.workers == 1
        if self.tree is None or (aside is not None and not aside.done()) or (alone and self.batch % 3):
            return aside
        if self.anew and self.part >= self.anew[0] and self.tree.leaves:
            self.anew = self.anew[1:]
            aside = pool.submit(self.guided)
        elif not self.tree.over:
            aside = pool.submit(self.tree.ask, self.search.waiting)
        if alone and aside is not None:
            aside.result()
        return aside

    def guided(self) -> None:
        if self.tree is not None:
            self.guide = self.tree.dive()

    def learn(self, aside: Future[None] | None) -> None:
        """What the other thread found out: a higher bound, or works and prices to begin a plan from."""
        search = self.search
        if self.tree is None or aside is None or not aside.done():
            return
        aside.result()
        search.bound.proven = max(search.bound.proven, min(self.tree.bound, search.waiting))
        if self.guide is not None:
            works, prices, ends = self.guide
            self.guide, self.prices = None, ahead_of(prices)
            built = search.built(self.prices, works, ends, SHARES)
            if built is not None:
                self.states = [copied(built) for _ in self.states]
        if self.tree.over and not self.anew and len(self.states) < self.limits.workers:
            self.states.append(copied(self.states[0]))

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
