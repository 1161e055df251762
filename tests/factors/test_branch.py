"""The bound by deciding about works: never above what every start tried gives, in every leaf, however the questions fell."""

import itertools

import numpy as np
import pytest

from luodi.factors.engine.bound import FREE, Bound, ahead_of, price_out
from luodi.factors.engine.branch import Tree, agreed, usual
from luodi.factors.engine.construct import tables
from luodi.factors.engine.problem import NEVER, problem_of
from tests.factors.problems import document, least_waiting, pool, project, stage, tiny, work

WITH_WORKS = [seed for seed in range(60) if tiny(seed)["works"] and least_waiting(tiny(seed)) is not None]


def works_in(leaf):
    return [[*([None] if may else []), *range(int(low), int(high) + 1)] for low, high, may in leaf.windows]


def grown(problem, questions, best, rounds=60):
    read = problem_of(problem)
    root = Bound(read, tables(read), rounds)
    for _ in range(rounds):
        root.step()
    tree = Tree(read, root.data, root)
    for _ in range(questions):
        tree.ask(best)
    return tree, root


@pytest.mark.parametrize("seed", [*range(20), 52])  # 52: the kept follower is not on the longest way
def test_every_leaf_is_below_every_plan_within_it(seed):
    problem = tiny(seed)
    truth = least_waiting(problem)
    if truth is None:
        return
    tree, root = grown(problem, 12, np.inf)

    assert root.certified <= tree.bound <= truth
    for leaf in tree.leaves:
        within = least_waiting(problem, works_in(leaf), leaf.spans.tolist())
        assert within is None or leaf.value <= within


@pytest.mark.parametrize("seed", WITH_WORKS[:8])
def test_the_leaves_hold_every_plan_once(seed):
    """Every start of the work with every completion of the projects is in one leaf, or in one that was closed: no plan is."""
    problem = tiny(seed)
    tree, _ = grown(problem, 12, np.inf)
    read = problem_of(problem)
    ends = [range(int(finish), read.horizon + 1) for finish in read.finish]

    for t in (None, *range(problem["works"][0]["earliest"], read.horizon + 1)):
        for completions in itertools.product(*ends):
            holding = [
                leaf
                for leaf in tree.leaves
                if t in works_in(leaf)[0]
                and all(low <= end <= high for (low, high), end in zip(leaf.spans, completions, strict=True))
            ]
            assert len(holding) <= 1
            if not holding:
                assert least_waiting(problem, [[t]], [(end, end) for end in completions]) is None


def test_a_work_that_cannot_be_half_done_raises_the_bound():
    """Half of the work would serve one of two projects; whole, it takes the capital of one."""
    problem = document(
        [pool("power", (0, 1), (12, 9)), pool("capital", (0, 3), (12, 9))],
        [project(f"p{i}", 2, stage("s", 2, power=1, capital=1)) for i in range(3)],
        [work("w", "power", 4, 2, capital=2)], horizon=24,
    )  # fmt: skip
    tree, root = grown(problem, 20, np.inf, rounds=400)

    assert root.certified < tree.bound <= least_waiting_of_three(problem)


def least_waiting_of_three(problem):
    """Alike projects: one has power and capital at once; a work leaves capital for one alone; so two wait twelve steps."""
    assert [one["weight"] for one in problem["projects"]] == [2, 2, 2]
    return 2 * 2 * 12


def test_a_tree_is_over_when_no_leaf_can_hold_a_better_plan():
    problem = tiny(WITH_WORKS[0])
    tree, _ = grown(problem, 200, 0.0)

    assert (tree.over, tree.bound) == (True, np.inf)


def test_steps_after_the_last_price_are_not_needed():
    """The dynamic programme leaves out what comes after every price; a price too small to matter makes it look at all."""
    for seed in range(12):
        read = problem_of(tiny(seed))
        bound = Bound(read, tables(read), 10)
        dice = np.random.default_rng(seed)
        prices = dice.random(read.have.shape) * (np.arange(read.horizon) < dice.integers(1, read.horizon))
        whole = prices.copy()
        whole[:, -1] += 1e-13
        found = [
            price_out(
                bound.data,
                bound.keep,
                *ahead_of(one),
                FREE,
                0,
                bound.spans,
                0,
                len(read.projects),
                bound.starts,
                bound.ends,
            )
            for one in (prices, whole)
        ]
        assert found[0] == pytest.approx(found[1], abs=1e-9)


def test_what_a_leaf_agrees_on():
    seen = np.zeros((3, 12), dtype=np.int64)
    seen[0, 4], seen[1, 2], seen[1, 6], seen[2, -1], seen[2, 3] = 9, 6, 3, 6, 1

    assert usual(seen).tolist() == [4, 2, NEVER]
    assert agreed(seen[0]) == (4.0, 0.0)
    assert agreed(seen[1]) == (3.0, pytest.approx(np.sqrt(32 / 9)))
