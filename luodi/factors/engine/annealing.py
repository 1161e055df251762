"""Better plans and a higher bound side by side, until time is up.

Some threads anneal plans, one asks the tree of the bound; the compiled loops let go of the interpreter. When work is counted instead
of timed, every batch of moves goes with one question and both are waited for, so that nothing hangs on which thread is faster.
"""

from concurrent.futures import Future, ThreadPoolExecutor, wait

import numpy as np

from luodi.factors.engine.bound import ahead_of
from luodi.factors.engine.branch import Tree, usual
from luodi.factors.engine.construct import State, copied, restored
from luodi.factors.engine.deciding import Decision, decided
from luodi.factors.engine.improve import improve
from luodi.factors.engine.problem import Numbers, Problem
from luodi.factors.engine.pursuit import Pursuit
from luodi.factors.engine.searching import SHARES, Search
from luodi.factors.engine.terms import burden_of

MOVES = 400  # in one batch when work is counted
SEGMENT = 0.3  # seconds of one batch when time is counted
SHARED_EVERY = 8
ASKED = 0.5  # the part of the time after which a small problem asks no more
COURSE, PACED, AMONG = (
    800,
    3,
    60,
)  # moves for each project in a course; batches that tell the pace; leaves to choose one from
ANEW, BETTER = 0.25, 0.998  # the part of the time after which works are decided anew; how much lower that must be
HOT, WARM, COLD = 3.0, 1.5, 0.08  # annealing, in steps of an average weight; warm where a course is one of several
RACING, LAPS, RACED = (
    2.0,
    6,
    0.05,
)  # the same in a race, in how many laps it falls, the part of the time that races take


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

    def __init__(
        self, search: Search, best: State, tree: Tree | None, decision: Decision | None, anew: bool = False
    ) -> None:
        """`anew`: when there is time for several courses, each begins in another leaf of the tree."""
        self.search, self.limits, self.problem = search, search.limits, search.problem
        self.tree = tree
        self.timed = self.limits.iterations is None
        searchers = max(1, self.limits.workers - (self.tree is not None))
        self.states = [copied(best) for _ in range(searchers)]
        self.decision, self.decided = decision, decision is None or tree is None
        self.prices = ahead_of(search.bound.best_prices) if decision is None else decision.guide[0]
        self.users = users_of(search.problem)
        self.lower: Decision | None = None
        self.mean = float(search.problem.weight.mean()) or 1.0
        self.seeds, self.from_, self.batch = np.random.default_rng(self.limits.seed), search.seconds, 0
        self.anew, self.courses, self.course = anew, 1, 0.0
        self.pursuit = Pursuit(search, tree) if anew and tree is not None and tree.leaves else None
        self.caught: State | None = None

    def heat(self) -> float:
        """It falls in every course; a new one begins elsewhere when there is time for several."""
        course, part = divmod(self.part * self.courses, 1.0)
        if course > self.course:
            self.course = course
            self.elsewhere()
        hot = HOT if self.courses == 1 else WARM
        return self.mean * hot * (COLD / hot) ** part

    def elsewhere(self) -> None:
        """Every state is a plan built in one of the leaves where the bound is lowest now, or goes on."""
        leaves = sorted(self.tree.leaves)[:AMONG] if self.tree is not None else []
        for number in range(len(self.states) if leaves else 0):
            leaf = leaves[int(self.seeds.integers(len(leaves)))]
            self.prices = ahead_of(leaf.climb.prices)
            built = self.search.built(self.prices, usual(leaf.climb.seen), leaf.climb.ends, SHARES)
            self.states[number] = built or self.states[number]

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
                begun, heat = search.seconds, self.heat()
                aside = self.beside(pool, aside)
                if self.made_way(aside):
                    continue
                self.batch += 1
                many = len(self.states)
                list(pool.map(self.better, self.states, [moves] * many, [heat] * many, self.dice(many)))
                if self.timed:
                    moves = int(np.clip(moves * SEGMENT / max(1e-3, search.seconds - begun), 5, 100_000))
                    self.pace(moves)
                elif aside is not None:
                    aside.result()
                self.learn(aside)
                if self.batch % SHARED_EVERY == 0 and self.courses == 1:
                    self.share()
                search.report()
            if self.tree is not None and aside is not None:
                self.tree.halt[0] = True  # a decision cut short says nothing
                aside.result()
                self.lower = None
                self.learn(aside)

    def made_way(self, aside: Future[None] | None) -> bool:
        """The constraint solver gets every core for the second or two that it has; whoever looks on is told."""
        if aside is None or self.pursuit is None or not self.timed or not self.pursuit.makes_way:
            return False
        wait([aside], timeout=SEGMENT)
        self.learn(aside)
        self.search.report()
        return True

    def pace(self, moves: int) -> None:
        """As many courses as there is time for, as soon as it is known how many moves a batch has."""
        if self.anew and self.batch == PACED:
            left = moves / SEGMENT * (self.limits.seconds - self.search.seconds)
            self.courses = max(1, int(left / (COURSE * len(self.problem.projects))))

    def dice(self, many: int) -> list[int]:
        return [int(self.seeds.integers(2**31)) for _ in range(many)]

    def beside(self, pool: ThreadPoolExecutor, aside: Future[None] | None) -> Future[None] | None:
        """What the thread of the bound does next when it is free; with one worker it has every third turn, alone."""
        alone = self.limits.workers == 1
        if self.tree is None or (aside is not None and not aside.done()) or (alone and self.batch % 3):
            return aside
        if not self.asked_enough:
            aside = pool.submit(self.asked, self.search.seconds + SEGMENT)
        if alone and aside is not None:
            aside.result()
        return aside

    def asked(self, until: float) -> None:
        """Questions until then, one when work is counted; at some time a decision from what was asked until then, instead."""
        if self.tree is None:
            return
        if self.pursuit is not None and self.pursued:
            self.caught = self.pursuit.turn()
            return
        if not self.decided and self.part >= ANEW:
            self.decided, over = True, lambda: self.limits.stopped() or bool(self.tree and self.tree.halt[0])
            agreed, at = self.tree.dive(over)
            self.lower = decided(self.tree, [(agreed, at)], map, over, self.timed)[0]
            return
        self.tree.ask(self.search.waiting)
        while self.timed and self.search.seconds < until and not self.tree.over and not self.tree.halt[0]:
            self.tree.ask(self.search.waiting)

    def learn(self, aside: Future[None] | None) -> None:
        """A higher bound; a tree with nothing left to ask leaves its thread to plans."""
        search = self.search
        if self.tree is None or aside is None or not aside.done():
            return
        aside.result()
        self.catch()
        shown = max(self.tree.bound, self.pursuit.bound) if self.pursuit is not None else self.tree.bound
        search.bound.proven = max(search.bound.proven, min(shown, search.waiting))
        self.begin_anew()
        if self.asked_enough and len(self.states) < self.limits.workers:
            self.states.append(copied(self.states[0]))

    def catch(self) -> None:
        """A plan that was made aside and is better than any is annealed on."""
        caught, self.caught = self.caught, None
        if caught is not None and self.burden(caught) < self.search.waiting:
            self.search.offer(caught, self.burden(caught))
            self.states[0] = caught

    @property
    def pursued(self) -> bool:
        return self.pursuit is not None and self.pursuit.pays()

    @property
    def asked_enough(self) -> bool:
        """Nothing is left to ask, or plans lag behind the bound: small problems rather have another thread for them."""
        if self.pursued:
            return False
        if self.tree is None or self.tree.over:
            return True
        behind = self.pursuit is not None and self.pursuit.ahead
        return behind or (self.tree.whole and self.timed and self.part >= ASKED)

    def begin_anew(self) -> None:
        """When works decided again have a lower bound than those that plans do now."""
        lower, self.lower = self.lower, None
        if lower is None or self.decision is None or lower.value >= BETTER * self.decision.value:
            return
        self.decision, self.prices = lower, lower.guide[0]
        made = self.search.built(*lower.guide, SHARES), self.search.as_before(lower.works)
        built = min((one for one in made if one is not None), key=self.burden, default=None)
        self.states = [copied(built) for _ in self.states] if built is not None else self.states

    def burden(self, state: State) -> float:
        return float(burden_of(self.search.data, state))

    def share(self) -> None:
        ahead = min(self.states, key=self.burden)
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
