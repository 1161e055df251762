"""When works are done: a decision's bound holds for every plan that does them so, and no change makes the best decision worse."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from luodi.factors.engine.bound import FREE, ahead_of, price_works
from luodi.factors.engine.deciding import Decision, decided, work_costs
from luodi.factors.engine.problem import NEVER
from tests.factors.problems import document, least_waiting, pool, project, stage, tiny, work
from tests.factors.test_branch import WITH_WORKS, grown


@pytest.mark.parametrize("seed", WITH_WORKS[:8])
def test_a_decision_is_below_every_plan_that_follows_it(seed):
    problem = tiny(seed)
    tree, root = grown(problem, 0, np.inf)

    for start in (NEVER, *range(problem["works"][0]["earliest"], problem["grid"]["horizon"] + 1)):
        made = Decision(tree, np.array([start]), tree.at(root.best_prices))
        truth = least_waiting(problem, [[None if start == NEVER else start]])
        assert truth is None or made.value <= truth + 1e-6


def test_what_a_start_costs_is_what_the_bound_counts():
    for seed in WITH_WORKS[:8]:
        tree, root = grown(tiny(seed), 0, np.inf)
        prices = np.random.default_rng(seed).random(root.best_prices.shape)
        costs = np.empty((1, tree.problem.horizon + 2))
        work_costs(tree.data, *ahead_of(prices), FREE, costs)
        for t in np.flatnonzero(np.isfinite(costs[0, :-1])):
            window = np.array([[t, t, 0]])
            assert price_works(tree.data, *ahead_of(prices), FREE, window, np.array([NEVER])) == pytest.approx(
                costs[0, t]
            )


def test_a_useless_work_is_dropped_and_a_useful_one_done_in_time():
    """Power for all comes at 30 or with the first work; the second takes capital and gives what nobody lacks."""
    problem = document(
        [pool("power", (0, 1), (30, 9)), pool("water", (0, 99)), pool("capital", (0, 9))],
        [project(f"p{i}", 3, stage("s", 2, power=1, water=1, capital=2)) for i in range(3)],
        [work("dear", "water", 9, 2, capital=4), work("useful", "power", 4, 3, capital=1)], horizon=40,
    )  # fmt: skip
    tree, root = grown(problem, 0, np.inf, rounds=200)
    wrong = np.array([0, NEVER])
    with ThreadPoolExecutor(2) as threads:
        found = decided(tree, [(wrong, tree.at(root.best_prices))], threads.map, bool, timed=False)

    assert found[0].works.tolist()[0] == NEVER
    assert found[0].works.tolist()[1] in (0, 1)
    assert [one.value for one in found] == sorted(one.value for one in found)
