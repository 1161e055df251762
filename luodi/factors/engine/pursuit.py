"""A small city taken whole: the programme of `lumps` says who waits for which tranche, the constraint solver makes a plan of it.

With the tranches decided, the solver needs a second for what takes it hours otherwise. Later turns begin with the best plan: some
projects may go anywhere, the others hardly sooner than they do.
"""

import numpy as np

from luodi.factors.engine.branch import Tree
from luodi.factors.engine.construct import State
from luodi.factors.engine.lumps import Lumps
from luodi.factors.engine.problem import Numbers
from luodi.factors.engine.searching import Search
from luodi.factors.engine.terms import burden_of

SECONDS, ITERATIONS = 2.0, 60  # of the constraint solver in a turn
LONGEST = 20.0  # seconds of a programme, which cannot be stopped
QUICK, QUICK_SHARE = 5.0, 0.35  # seconds, and the part of the time left, in which a turn begins another round
FAILED = 3  # tries in a row
AHEAD = 1.015  # times the bound of the tree
LOOSE, SOONER = (0.2, 0.35, 0.5), (0, 4, 8)  # the part of projects that may go anywhere; steps sooner of the others
COUNTED = 4  # turns when work is counted


class Pursuit:
    """`turn` is one try, in a thread of its own; `bound` what the programme has shown so far."""

    def __init__(self, search: Search, tree: Tree) -> None:
        self.search, self.tree, self.lumps = search, tree, Lumps(tree)
        self.timed = search.limits.iterations is None
        self.dice, self.turns, self.failed, self.took = np.random.default_rng(search.limits.seed), 0, 0, 0.0
        self.makes_way = False  # the constraint solver should have every core

    @property
    def bound(self) -> float:
        return self.lumps.bound

    def pays(self) -> bool:
        """The programme has more to learn, or is ahead and the solver has not failed too often to better the best plan."""
        return self.learns or (self.ahead and self.failed < FAILED and (self.timed or self.turns < COUNTED))

    @property
    def learns(self) -> bool:
        """Another round has something to learn, and the time that the last one took."""
        return self.lumps.more and (not self.timed or self.left > self.took)

    @property
    def ahead(self) -> bool:
        """No question will come up with the programme's bound: it knows what matters here, and plans are what lags."""
        return self.lumps.bound > AHEAD * self.tree.bound

    def turn(self) -> State | None:
        """Rounds of the programme while there is something to learn and they are quick, then a plan where it points; else one about
        the best plan. None: the solver found no better one."""
        search, self.turns = self.search, self.turns + 1
        soonest = self.pointed() if self.learns else None
        if not self.ahead:
            return None
        self.makes_way = soonest is not None
        seconds = min(SECONDS, self.left) if self.timed else None
        state = search.solved(seconds, ITERATIONS, self.about_the_best() if soonest is None else soonest)
        self.makes_way = False
        better = state is not None and burden_of(search.data, state) < search.waiting
        self.failed = 0 if better else self.failed + 1
        return state if better else None

    def pointed(self) -> Numbers | None:
        """The soonest start of each stage by the last answer in time."""
        soonest, until = None, self.search.seconds + min(QUICK, QUICK_SHARE * self.left)
        while self.learns:
            begun = self.search.seconds
            found = self.lumps.round(self.search.waiting, min(LONGEST, 0.7 * self.left) if self.timed else None)
            self.took = self.search.seconds - begun
            soonest = soonest if found.soonest is None else found.soonest
            if not self.timed or self.search.seconds > until:
                break
        return soonest

    @property
    def left(self) -> float:
        return max(0.0, self.search.limits.seconds - self.search.seconds)

    def about_the_best(self) -> Numbers:
        problem, best = self.search.problem, self.search.best
        if best is None:
            return problem.free
        loose = self.dice.random(len(problem.projects)) < self.dice.choice(LOOSE)
        return np.where(loose[problem.project_of], problem.free, best.starts - self.dice.choice(SOONER))
