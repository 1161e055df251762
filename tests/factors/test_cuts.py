"""Rows that mixtures of plans break: every valid plan keeps them, what they charge is what they count, and they raise the bound."""

import itertools

import numpy as np
import pytest

from luodi.factors.engine import cuts as rows
from luodi.factors.engine.bound import Bound
from luodi.factors.engine.branch import Tree
from luodi.factors.engine.construct import tables
from luodi.factors.engine.cuts import Covers, cover, excess, lifted, no_cuts, surcharge
from luodi.factors.engine.problem import NEVER, problem_of
from tests.factors.problems import document, least_waiting, pool, project, renewable, stage, tiny, valid_plans, work


def found(problem, seed):
    """Rows for means of plans made of dice."""
    read = problem_of(problem)
    covers, dice = Covers(read, tables(read)), np.random.default_rng(seed)
    for _ in range(12):
        begun = np.zeros((len(covers.free), read.horizon + 2), dtype=np.int64)
        for _ in range(6):
            for one, free in enumerate(covers.free):
                begun[
                    one, min(read.horizon - 1, free + dice.integers(3)) if dice.random() < 0.8 else read.horizon + 1
                ] += 1
        covers.add(begun)
    return read, covers.cuts


@pytest.mark.parametrize("seed", range(24))
def test_every_valid_plan_keeps_every_row(seed, monkeypatch):
    monkeypatch.setattr(rows, "EVERY", 1)
    monkeypatch.setattr(rows, "FULL", 0.0)
    problem = tiny(seed)
    read, cuts = found(problem, seed)
    over = np.zeros(len(cuts.most))

    for starts, works in itertools.islice(valid_plans(problem), 20_000):
        names = zip(read.project_of, read.stages, strict=True)
        at = np.array([starts[read.projects[one]][name] for one, name in names])
        excess(cuts, at, np.array([NEVER if t is None else t for t in works], dtype=np.int64), read.horizon + 1, over)
        assert (over <= 0).all()


def test_rows_are_found_at_all(monkeypatch):
    monkeypatch.setattr(rows, "EVERY", 1)
    monkeypatch.setattr(rows, "FULL", 0.0)
    assert sum(len(found(tiny(seed), seed)[1].most) for seed in range(24)) > 100


@pytest.mark.parametrize("seed", range(60))
def test_what_stages_count_is_what_the_knapsack_leaves_them(seed):
    """Against every subset: none that fits counts more than `most`, one that fits counts just as much, and no share can grow."""
    dice = np.random.default_rng(seed)
    amount = dice.integers(1, 12, dice.integers(3, 9))
    there = int(dice.integers(0, amount.sum()))
    chosen, covers = cover(amount, there, dice.random(len(amount)), dice.choice([0.0, 0.5, 1.0]))
    share = np.zeros(len(amount), dtype=np.int64)
    most = lifted(amount, there, chosen, np.argsort(-amount, kind="stable"), share)

    assert covers
    assert amount[chosen].sum() > there >= amount[chosen].sum() - amount[chosen].min()
    fitting = [
        np.array(one, dtype=bool) for one in itertools.product((0, 1), repeat=len(amount)) if amount @ one <= there
    ]
    assert max(int(share @ one) for one in fitting) == most
    for i in np.flatnonzero(amount <= there):
        more = share + (np.arange(len(amount)) == i)
        assert chosen[i] or max(int(more @ one) for one in fitting) > most


def test_all_that_fits_has_no_cover():
    assert not cover(np.array([2, 3]), 5, np.array([0.5, 0.5]), 1.0)[1]


@pytest.mark.parametrize("seed", range(12))
def test_tolls_charge_each_start_for_what_it_counts(seed):
    problem = tiny(seed)
    read, cuts = found(problem, seed)
    dice = np.random.default_rng(seed)
    tolls, stages = dice.random(len(cuts.most)) * (dice.random(len(cuts.most)) < 0.7), len(read.stages)
    extra, over = np.ones((stages + len(read.works), read.horizon + 3)), np.zeros(len(cuts.most))
    charged = surcharge(cuts, tolls, stages, extra)

    for _ in range(20):
        starts = dice.integers(0, read.horizon, stages)
        works = dice.integers(-1, read.horizon, len(read.works))
        excess(cuts, starts, works, read.horizon + 1, over)
        asked = sum(extra[one, t] for one, t in enumerate(starts))
        asked += sum(extra[stages + one, read.horizon + 1 if t == NEVER else t] for one, t in enumerate(works))
        assert asked == pytest.approx(tolls @ (over + cuts.most))
    assert not extra[:stages, charged:].any()


def sharpened(problem):
    read = problem_of(problem)
    root = Bound(read, tables(read), 400)
    for _ in range(400):
        root.step()
    tree = Tree(read, root.data, root)
    tree.sharpen(np.inf)
    return root, tree


def test_a_project_that_cannot_be_halved_raises_the_bound():
    """Each wants 2 of 3 until 12: prices let one and a half begin, the row one; so two wait."""
    three = [project(f"p{i}", 2, stage("s", 2, quota=2)) for i in range(3)]
    problem = document([pool("quota", (0, 3), (12, 9))], three, horizon=24)
    root, tree = sharpened(problem)

    assert root.certified <= 2 * 1.5 * 12
    assert tree.bound == least_waiting(problem) == 2 * 2 * 12


def test_crews_are_whole_as_well():
    three = [project(f"p{i}", 1, stage("s", 4, crew=2)) for i in range(3)]
    root, tree = sharpened(document([renewable("crew", (0, 3))], three, horizon=16))

    assert root.certified < tree.bound <= 4 + 8


def test_a_work_counts_as_what_is_lacking_until_it_is_finished():
    """Two thirds of the work would do and leave the project its capital; whole, the work takes all of it."""
    problem = document(
        [pool("power", (30, 9)), pool("capital", (0, 3), (30, 9))],
        [project("p", 3, stage("s", 2, power=2, capital=1))],
        [work("w", "power", 3, 1, capital=3)], horizon=40,
    )  # fmt: skip
    root, tree = sharpened(problem)
    sharp = tree.bound
    for _ in range(20):
        tree.ask(np.inf)

    assert root.certified < 10 < 40 < sharp <= tree.bound == 3 * 30


def test_no_rows_charge_nothing():
    extra = np.ones((2, 9))
    assert surcharge(no_cuts(), np.zeros(0), 2, extra) == 0
    assert not extra.any()
