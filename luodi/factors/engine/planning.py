"""The anytime loop: a rule's plan at once, prices and a bound, a plan guided by prices, better plans until time is up.

Every clock is passed in. With `iterations` instead of seconds the work is counted, not timed: the same seed and the same
iterations give the same plan on any machine, however busy. Loops run in threads: the compiled parts let go of the interpreter.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from luodi.factors.engine.annealing import Annealing
from luodi.factors.engine.branch import ROUNDS, Tree
from luodi.factors.engine.conflicts import refuse_impossible
from luodi.factors.engine.construct import State, waiting_of
from luodi.factors.engine.deciding import Decision, decided
from luodi.factors.engine.limits import FEASIBLE, OPTIMAL, Limits, Plan, Progress
from luodi.factors.engine.problem import NEVER, Problem, ProblemRefused
from luodi.factors.engine.searching import SHARES, Search
from luodi.factors.engine.terms import Terms

TREED = 1500  # projects up to which asking about works raises the bound as fast as a second thread betters plans
SHARPENING = 0.12  # of the seconds, for rows that mixtures of plans break
DECIDING = 0.2  # of the seconds, about when to do the works
CLIMBS = 6  # that decisions take at the least
PROVABLE = 15  # projects up to which the constraint solver may prove more than questions do
WITHOUT_SOLVER = 0.4  # of their time, before it takes them whole
RACERS = 3  # decisions from which plans are built
TOLD = 0.5  # seconds between two reports where nothing new is found


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
    plans = search.by_prices()
    search.report_if_any()
    if search.best is None:
        search.exactly(limits.seconds)
    if search.best is None:
        raise ProblemRefused("没有找到能排下全部项目的排期", "no plan was found that has room for every project")
    if len(problem.projects) and not search.over:
        improve(search, search.best, plans)
    if len(problem.projects) <= PROVABLE:
        search.exactly(limits.seconds - search.seconds)
    search.cheaper()
    search.report()
    return finished(search, search.best)


def improve(search: Search, best: State, plans: list[State]) -> None:
    """Decide about works, then anneal plans beside the tree of the bound; a small problem leaves time for the constraint solver."""
    problem, limits = search.problem, search.limits
    many, deciding = len(problem.projects), deciding_pays(search)
    exact = many <= PROVABLE and limits.iterations is None and search.terms is None
    tree = Tree(problem, search.data, search.bound) if many <= TREED or deciding else None
    if tree is not None:
        sharpen(search, tree)
    # Of a small city the leaves decide about works, course by course; announced dates are kept from where they are.
    anew = tree is not None and tree.whole and search.terms is None
    decisions = by_decisions(search, tree, best) if tree is not None and deciding and not anew else []
    if decisions:
        made = [search.built(*one.guide, SHARES) for one in decisions[:RACERS]]
        made += [search.as_before(one.works) for one in decisions[:RACERS]]  # none when nothing was announced
        plans = [*(one for one in made if one is not None), best]
        search.report()
    annealing = Annealing(
        search, search.best or best, tree if many <= TREED else None, decisions[0] if decisions else None, anew
    )
    annealing.run(
        plans if many <= TREED and (decisions or search.terms is None) else [], WITHOUT_SOLVER if exact else 1.0
    )


def sharpen(search: Search, tree: Tree) -> None:
    tree.sharpen(search.waiting, ending(search, SHARPENING))
    search.bound.proven = max(search.bound.proven, min(tree.bound, search.waiting))
    search.report()


def ending(search: Search, share: float) -> Callable[[], bool]:
    """Says when this share of the time that is left is gone; when work is counted, only when someone stops. Whoever looks on is told."""
    limits, until = search.limits, search.seconds + share * (search.limits.seconds - search.seconds)

    def over() -> bool:
        search.report()
        return limits.stopped() or (limits.iterations is None and search.seconds >= until)

    return over


def deciding_pays(search: Search) -> bool:
    """There are works, and there is time for some climbs of the bound."""
    if not len(search.problem.works):
        return False
    climbs = search.round * search.limits.workers * ROUNDS * CLIMBS
    return search.limits.iterations is not None or climbs < DECIDING * (search.limits.seconds - search.seconds)


def by_decisions(search: Search, tree: Tree, best: State) -> list[Decision]:
    """From what prices agree on, from all works early, and from the works of the best plan, to decisions of a lower bound."""
    if not tree.leaves:
        return []
    root, over = min(tree.leaves).climb, ending(search, DECIDING)
    agreed, at = tree.dive(over)
    from_ = [(agreed, at), (search.problem.work_earliest.copy(), root)]
    if (best.work_starts != from_[1][0]).any():
        from_.append((best.work_starts.copy(), root))
    with ThreadPoolExecutor(search.limits.workers) as pool:

        def run(task: Callable[..., Any], given: list[Any]) -> list[Any]:
            """As `map`; nothing better is found meanwhile, but whoever looks on sees that time goes by."""
            futures = [pool.submit(task, one) for one in given]
            while wait(futures, timeout=TOLD).not_done:
                search.report()
            return [one.result() for one in futures]

        return decided(tree, from_, run, over, search.limits.iterations is None)


def finished(search: Search, best: State) -> Plan:
    problem = search.problem
    waiting = float(waiting_of(search.data, best))
    bound = min(search.bound.certified, waiting)
    done = best.work_starts != NEVER
    return Plan(
        best.starts.copy(), best.work_starts.copy(), waiting, float(problem.work_cost[done].sum()), bound,
        OPTIMAL if bound >= waiting else FEASIBLE, round(search.seconds, 2), search.limits.seed, search.bound.best_prices,
    )  # fmt: skip
