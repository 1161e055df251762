"""A small city's tranches decided whole: the bound is below every plan tried, above that of prices, and exact where tranches are all that matters."""

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.factors.engine.bound import Bound, ahead_of
from luodi.factors.engine.branch import Tree
from luodi.factors.engine.construct import tables
from luodi.factors.engine.corners import corners, reaches
from luodi.factors.engine.lumps import Lumps, View, in_tranches
from luodi.factors.engine.problem import problem_of
from tests.factors.problems import document, least_waiting, pool, project, renewable, stage, tiny, valid_plans, work


@functools.cache
def truth(seed):
    """By trying every plan."""
    return least_waiting(tiny(seed))


SOLVABLE = [seed for seed in range(60) if truth(seed) is not None]


def lumps_of(problem, rounds=80):
    read = problem_of(problem)
    root = Bound(read, tables(read), rounds)
    for _ in range(rounds):
        root.step()
    tree = Tree(read, root.data, root)
    tree.sharpen(1e6)
    return Lumps(tree), tree


def settled(lumps, best):
    while lumps.more:
        lumps.round(best, None)
    return lumps.bound


@given(
    st.lists(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=4, max_size=4), min_size=2, max_size=2),
    st.integers(0, 20),
    st.booleans(),
)  # fmt: skip
def test_every_place_has_a_corner_beyond_it_that_costs_the_same(rises, most, far):
    table = np.array(rises)
    for axis in range(3):
        table = np.maximum.accumulate(table, axis=axis)
    table += np.indices(table.shape).sum(axis=0) // 2
    asked = []

    def cost(place):
        asked.append(place)
        if table[place] > most:
            return None
        same = [other for other in np.ndindex(table.shape) if reaches(other, place) and table[other] == table[place]]
        return float(table[place]), max(same) if far else place

    found = list(corners(cost, table.shape))

    assert [value for value, _ in found] == sorted(value for value, _ in found)
    assert all(table[place] == value for value, place in found)
    assert len(asked) == len(set(asked))
    for place in np.ndindex(table.shape):
        if table[place] <= most:
            assert any(reaches(corner, place) and value == table[place] for value, corner in found)


@pytest.mark.parametrize("seed", range(12))
def test_a_project_costs_what_the_cheapest_of_its_starts_costs(seed):
    """Against every start of every stage, at prices made of dice; where stages have one follower each nothing is relaxed."""
    problem, dice = tiny(seed), np.random.default_rng(seed)
    lumps, _ = lumps_of(problem)
    read, prices = lumps.problem, dice.random(lumps.problem.have.shape) * (dice.random(lumps.problem.have.shape) < 0.5)
    view = View(*ahead_of(prices), np.zeros((0, 0)))

    for number, one in enumerate(problem["projects"]):
        at = lumps._stages(number)
        lumps.low[at] = dice.integers(0, 4, at.stop - at.start)
        least = min(
            (_priced(read, prices, number, starts) for starts in _starts(one, lumps.low[at], 7)), default=np.inf
        )
        found = lumps._cost(view, number, read.horizon)
        chain = all(sum(s["id"] in other["after"] for other in one["stages"]) < 2 for s in one["stages"])
        assert found == pytest.approx(least) if chain else found <= least + 1e-9


def _starts(one, low, horizon):
    ways = [
        range(max(one["release"], int(soonest)), horizon - s["duration"] + 1)
        for s, soonest in zip(one["stages"], low, strict=True)
    ]
    for starts in itertools.product(*ways):
        end = {s["id"]: t + s["duration"] for s, t in zip(one["stages"], starts, strict=True)}
        if all(t >= end[a] for s, t in zip(one["stages"], starts, strict=True) for a in s["after"]):
            yield starts


def _priced(read, prices, number, starts):
    first, end, total = read.stage_at[number], 0, 0.0
    for stage_, t in enumerate(starts, first):
        end = max(end, t + read.duration[stage_])
        for k in range(read.demand_at[stage_], read.demand_at[stage_ + 1]):
            factor = read.demand_factor[k]
            until = read.horizon if read.pool[factor] else t + read.duration[stage_]
            total += read.demand_amount[k] * prices[factor, t:until].sum()
    return total + read.weight[number] * (end - read.finish[number])


@pytest.mark.parametrize("seed", SOLVABLE)
@pytest.mark.parametrize("above", [0, 30])
def test_no_plan_waits_less_than_the_bound(seed, above):
    lumps, _ = lumps_of(tiny(seed))

    assert settled(lumps, truth(seed) + above) <= truth(seed)


def test_it_is_often_above_what_prices_and_rows_show():
    raised = 0
    for seed in SOLVABLE:
        lumps, tree = lumps_of(tiny(seed))
        raised += settled(lumps, truth(seed) + 30) > tree.bound
    assert raised >= 3


def two_tranches(*works, weights=(1, 1, 1), first=10):
    """Three projects want six of ten; ten more come at step 20, and ten at step 40."""
    projects = [project(f"p{i}", weight, stage("a", 2, land=6)) for i, weight in enumerate(weights)]
    return document([pool("land", (0, first), (20, 10), (40, 10))], projects, works, horizon=60)


def test_a_tranche_is_not_shared_out_in_parts():
    lumps, tree = lumps_of(two_tranches())

    # By prices a tranche of ten serves one project and two thirds of the next. Here: six at once, six at 20, the third at 20 as 18 ≤ 20.
    assert settled(lumps, 1000) == 40 == least_waiting(two_tranches())
    assert tree.bound < 40


def test_a_work_counts_from_when_it_is_finished_and_what_it_uses_is_used():
    plain, using = work("w", "land", 10, 5, 3), work("w", "land", 10, 5, 3, power=4)
    # One at once; with what the work adds at 8 there are twenty, enough for the two others.
    assert settled(lumps_of(two_tranches(plain))[0], 1000) == 16

    # The work takes power that is there from step 9 on only: it is finished at 14.
    late = two_tranches(using)
    late["factors"].append(pool("power", (9, 4)))
    late["projects"].append(project("q", 1, stage("a", 1, power=1), release=30))
    late["factors"][-1]["supply"].append([30, 1])
    assert settled(lumps_of(late)[0], 1000) == 28


def test_the_answer_says_from_when_on_each_stage_may_begin():
    lumps, _ = lumps_of(two_tranches(weights=(1, 5, 1)))

    found = lumps.round(1000, None)

    assert found.soonest.tolist().count(0) == 1
    assert found.soonest[1] == 0
    assert all(t >= 20 for i, t in enumerate(found.soonest) if i != 1)


def test_when_no_plan_is_better_than_the_best_it_is_the_best():
    lumps, _ = lumps_of(two_tranches())

    assert settled(lumps, 40) == 40


def test_steps_between_two_tranches_get_a_row_where_the_answer_breaks_them():
    """The work is finished between two tranches; a project that counts on it may not begin before."""
    problem = two_tranches(work("w", "land", 10, 5, 3))
    lumps, _ = lumps_of(problem)
    known = sum(map(len, lumps.steps.values()))

    settled(lumps, 1000)

    assert sum(map(len, lumps.steps.values())) > known


@pytest.mark.parametrize("seed", SOLVABLE[:12])
def test_for_every_valid_plan_there_are_columns_that_cost_and_use_no_more(seed):
    problem = tiny(seed)
    lumps, _ = lumps_of(problem)
    if not lumps.more:
        return
    read, columns = lumps.problem, lumps._columns(1000.0)

    for starts, _works in itertools.islice(valid_plans(problem), 200):
        for number, one in enumerate(read.projects):
            at = lumps._stages(number)
            begun = [starts[one][name] for name in read.stages[at]]
            use = lumps._use([(f, a, t) for s, t in enumerate(begun, at.start) for f, a in lumps._demands(s)])
            charged = (
                [lumps.rest.extra[s, t] for s, t in enumerate(begun, at.start)] if len(lumps.rest.extra) else [0.0]
            )
            most = _priced(read, lumps.prices, number, begun) + sum(charged) + 1e-9
            assert any(c.owner == number and c.cost <= most and (c.use <= use).all() for c in columns)


def test_only_pools_that_may_be_short_are_tranches_and_few_stages_use_them():
    factors = [pool("ample", (0, 99)), pool("a", (9, 1)), pool("many", (9, 4)), renewable("crew", (0, 1))]
    stages = [stage(f"s{i}", 1, many=1, ample=1, crew=1, **({"a": 1} if i == 0 else {})) for i in range(4)]
    read = problem_of(document(factors, [project("p", 1, *stages)], horizon=40))

    assert [name for name, chosen in zip(read.factors, in_tranches(read), strict=True) if chosen] == ["a"]
