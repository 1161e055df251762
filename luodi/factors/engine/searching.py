"""One run: the best plan so far beside the bound, and the ways to come by a plan: as before, by a rule, by prices, exactly."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from luodi.factors.engine.aiming import fill_aimed
from luodi.factors.engine.bound import Bound, Prices, ahead_of
from luodi.factors.engine.construct import State, copied, empty, fill, hold, restored, shift_work, tables
from luodi.factors.engine.exact import Answer, solve
from luodi.factors.engine.limits import Limits, Progress
from luodi.factors.engine.problem import NEVER, Numbers, Problem, ProblemRefused
from luodi.factors.engine.terms import Terms, burden_of

PRICES_SHARE, SMALL_SHARE = 0.15, 0.08  # of the seconds; where rows and the programme of `lumps` follow
ROUNDS = (60, 1500)
LEAST = 12  # rounds made however late it is: fewer leave a city with a bound of nothing
EARLY = 60  # rounds after which prices are good enough for a plan
TRIES = 60  # orders tried when no rule finds room for all
LIKELIES, SHARES = (0.05, 0.3, 0.5), (0.0, 0.3, 0.7, 1.0)  # of works to be done; of prices in where projects go
SMALL = 60  # projects that the constraint solver takes whole
EFFORT = 60  # iterations that count as one unit of its deterministic time


class Search:
    """One run: the best plan so far beside the bound."""

    def __init__(
        self, problem: Problem, limits: Limits, progress: Callable[[Progress], None], terms: Terms | None = None
    ) -> None:
        self.problem, self.limits, self.tell, self.terms = problem, limits, progress, terms
        self.data = tables(problem, terms)
        self.begun = limits.clock()
        self.hints = np.zeros(len(problem.stages), dtype=np.int64)
        rounds = limits.iterations or ROUNDS[1]
        self.bound = Bound(problem, self.data, rounds)
        self.best: State | None = None
        self.waiting = np.inf
        self.round = 0.0  # seconds that a round of prices takes, in all threads

    @property
    def seconds(self) -> float:
        return self.limits.clock() - self.begun

    @property
    def over(self) -> bool:
        timed = self.limits.iterations is None and self.seconds >= self.limits.seconds
        return timed or self.limits.stopped() or self.waiting <= self.bound.certified

    def report(self) -> None:
        bound = min(self.bound.certified, self.waiting)
        gap = (self.waiting - bound) / max(1.0, self.waiting)
        self.tell(Progress(round(self.seconds, 2), float(self.waiting), bound, float(gap)))

    def report_if_any(self) -> None:
        if self.best is not None:
            self.report()

    def offer(self, state: State, waiting: float) -> None:
        if waiting < self.waiting:
            self.best, self.waiting = copied(state), float(waiting)

    def fresh(self) -> State:
        """Nothing placed but what is frozen."""
        state, terms = empty(self.problem), self.terms
        if terms is not None:
            hold(self.data, state)
            for work in np.flatnonzero(terms.work_fixed != NEVER):
                shift_work(self.data, state, work, terms.work_fixed[work])
            if state.left.min() < 0:
                factor, step = np.argwhere(state.left < 0)[0]
                name, lacks = self.problem.factors[factor], -state.left[factor, step]
                raise ProblemRefused(
                    f"冻结期内已排的照旧，{name} 在第 {step} 步就差 {lacks}：先改供给或缩短冻结期",
                    f"if what is planned within the frozen steps stays, {name} lacks {lacks} at step {step}: mend the supply or freeze less",
                )
        return state

    def as_before(self, wanted: Numbers | None = None) -> State | None:
        """The plan in force again, what no longer fits later than it was, new projects last; perhaps with works at other times."""
        terms, problem = self.terms, self.problem
        if terms is None:
            return None
        wanted = terms.hoped_works if wanted is None else wanted
        state, hints = self.fresh(), np.maximum(terms.hoped, 0)
        ends = np.where(terms.announced == NEVER, problem.horizon + problem.finish, terms.announced)
        works = np.argsort(wanted, kind="stable")
        if fill(self.data, state, np.argsort(ends, kind="stable"), works, wanted, hints):
            return None
        self.offer(state, burden_of(self.data, state))
        return state

    def by_rule(self) -> None:
        """At once: whoever could be done first comes first, with all works and with none."""
        problem = self.problem
        order, works = np.argsort(problem.finish, kind="stable"), np.argsort(problem.work_earliest, kind="stable")
        for wanted in (problem.work_earliest, np.full(len(works), NEVER)):
            state = self.fresh()
            if not fill(self.data, state, order, works, wanted, self.hints):
                self.offer(state, burden_of(self.data, state))
                self.report()
        shuffled = np.random.default_rng(self.limits.seed)
        for attempt in range(TRIES):
            if self.best is not None:
                break
            state, order = self.fresh(), shuffled.permutation(len(order))
            works_too = problem.work_earliest if attempt % 2 else np.full(len(works), NEVER)
            if not fill(self.data, state, order, works, works_too, self.hints):
                self.offer(state, burden_of(self.data, state))

    def exactly(self, seconds: float) -> None:
        """A small problem goes to the constraint solver whole: it may find what rules do not, and prove it."""
        if len(self.problem.projects) > SMALL or self.over or self.terms is not None:
            return
        counted = self.limits.iterations
        answer, state = self._asked(seconds if counted is None else None, counted or 0)
        if answer.impossible:
            raise ProblemRefused("这些要求合在一起排不下", "these demands cannot be met together")
        if state is not None:
            self.offer(state, burden_of(self.data, state))
            self.bound.proven = max(self.bound.proven, answer.bound)

    def solved(self, seconds: float | None, iterations: int, soonest: Numbers) -> State | None:
        """What the constraint solver finds when no stage may begin before `soonest`; not offered, so that a thread may ask for it."""
        return self._asked(seconds, iterations, soonest)[1]

    def _asked(
        self, seconds: float | None, iterations: int, soonest: Numbers | None = None
    ) -> tuple[Answer, State | None]:
        """The constraint solver, from the best plan on: for so many seconds, or for so many iterations."""
        problem, limits, best = self.problem, self.limits, self.best
        answer = solve(
            problem, problem.have, range(len(problem.projects)), True, 1e6 if seconds is None else seconds,
            workers=limits.workers, seed=limits.seed, effort=iterations / EFFORT if seconds is None else None,
            soonest=soonest, least=self.bound.certified,
            hints=None if best is None else best.starts, work_hints=None if best is None else best.work_starts,
        )  # fmt: skip
        if answer.starts is None or answer.works is None:
            return answer, None
        starts = np.array([answer.starts[stage] for stage in range(len(problem.stages))])
        return answer, restored(problem, starts, answer.works)

    def raise_prices(self) -> None:
        with ThreadPoolExecutor(self.limits.workers) as self.bound.pool:
            self._raise_prices()
        self.bound.pool = None

    def _raise_prices(self) -> None:
        limits, bound = self.limits, self.bound
        bound.step()  # the first may have to be compiled; it is not what the others take
        begun, first = self.seconds, bound.done
        while bound.done < min(LEAST, bound.rounds) or (bound.done < bound.rounds and not self.over):
            bound.step()
            if limits.iterations is None and bound.done == first + 3:
                self.round = max(1e-5, (self.seconds - begun) / 3)
                share = SMALL_SHARE if len(self.problem.projects) <= SMALL else PRICES_SHARE
                bound.rounds = int(np.clip(limits.seconds * share / self.round, *ROUNDS))
            if bound.done == EARLY:
                self.by_prices([0.3], [1.0])
            if bound.done % 50 == 0 or bound.done == LEAST:
                self.report_if_any()

    def by_prices(self, likelies: Sequence[float] = LIKELIES, shares: Sequence[float] = SHARES) -> list[State]:
        """Plans with works where prices put them, by how likely works must be to be done and how early they are."""
        problem, bound = self.problem, self.bound
        prices, made = ahead_of(bound.best_prices), []
        usual = np.rint(bound.sum_works / np.maximum(bound.mean_works, 1e-9)).astype(np.int64)
        for likely in likelies:
            for wanted in (problem.work_earliest, np.maximum(usual, problem.work_earliest)):
                if self.best is not None and self.over:
                    break
                works = np.where(bound.mean_works > likely, wanted, NEVER)
                made.append(self.built(prices, works, bound.mean_ends, shares))
        return [one for one in made if one is not None]

    def built(
        self, prices: tuple[Prices, Prices], works: Numbers, ends: NDArray[np.float64], shares: Sequence[float]
    ) -> State | None:
        """Works from these steps on, projects in the order of these ends; the best of several shares that prices may have."""
        best, least, order = None, np.inf, np.argsort(ends, kind="stable")
        for share in shares:
            state, hints = self.fresh(), self.hints.copy()
            fill(self.data, state, order[:0], np.argsort(self.problem.work_earliest, kind="stable"), works, hints)
            if not fill_aimed(self.data, self.bound.keep, *prices, share, state, order, hints):
                waiting = burden_of(self.data, state)
                self.offer(state, waiting)
                best, least = (state, waiting) if waiting < least else (best, least)
        return best

    def cheaper(self) -> None:
        """Works that nobody needs are left out, the dearest first: waiting stays, cost falls."""
        if self.best is None:
            return
        for work in np.argsort(-self.problem.work_cost, kind="stable"):
            start = self.best.work_starts[work]
            if start == NEVER or start < self.data.work_soonest[work]:
                continue
            shift_work(self.data, self.best, work, NEVER)
            if self.best.left.min() < 0:
                shift_work(self.data, self.best, work, start)
