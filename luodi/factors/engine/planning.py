"""The anytime loop: a rule's plan at once, prices and a bound, a plan guided by prices, better plans until time is up.

Every clock is passed in. With `iterations` instead of seconds the work is counted, not timed: the same seed and the same
iterations give the same plan on any machine, however busy. Loops run in threads: the compiled parts let go of the interpreter.
"""

from collections.abc import Callable

from luodi.factors.engine.annealing import Annealing
from luodi.factors.engine.conflicts import refuse_impossible
from luodi.factors.engine.construct import State, waiting_of
from luodi.factors.engine.limits import FEASIBLE, OPTIMAL, Limits, Plan, Progress
from luodi.factors.engine.problem import NEVER, Problem, ProblemRefused
from luodi.factors.engine.searching import RACED_UP_TO, SMALL, Search
from luodi.factors.engine.terms import Terms


def plan(
    problem: Problem, limits: Limits, progress: Callable[[Progress], None] = lambda _: None, terms: Terms | None = None
) -> Plan:
    """The best plan found within the limits, with a bound that holds; under `terms`, one that keeps to the plan in force."""
    refuse_impossible(problem)
    search = Search(problem, limits, progress, terms)
    search.as_before()
    if search.best is None:
        search.by_rule()
    search.report_if_any()
    search.raise_prices()
    plans = [*search.by_prices(), *search.by_chance()]
    search.report_if_any()
    if search.best is None:
        search.exactly(limits.seconds)
    if search.best is None:
        raise ProblemRefused("没有找到能排下全部项目的排期")
    improve(search, plans if len(problem.projects) <= RACED_UP_TO and terms is None else [])
    search.exactly(limits.seconds - search.seconds)
    search.cheaper()
    search.report()
    return finished(search, search.best)


def improve(search: Search, plans: list[State]) -> None:
    """Plans annealed beside the tree of the bound; a small problem leaves time for the constraint solver."""
    if search.best is None or not len(search.problem.projects) or search.over:
        return
    exact = len(search.problem.projects) <= SMALL and search.limits.iterations is None and search.terms is None
    Annealing(search, search.best).run(plans, 1 / 3 if exact else 1.0)


def finished(search: Search, best: State) -> Plan:
    problem = search.problem
    waiting = float(waiting_of(search.data, best))
    bound = min(search.bound.certified, waiting)
    done = best.work_starts != NEVER
    return Plan(
        best.starts.copy(), best.work_starts.copy(), waiting, float(problem.work_cost[done].sum()), bound,
        OPTIMAL if bound >= waiting else FEASIBLE, round(search.seconds, 2), search.limits.seed, search.bound.best_prices,
    )  # fmt: skip
