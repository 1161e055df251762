"""Plans: valid by the published checker, never below what every start tried gives, the same for the same seed."""

import itertools
import subprocess
import sys
import time

import pytest

from luodi.factors.engine import planning
from luodi.factors.engine.branch import Tree
from luodi.factors.engine.document import document_of
from luodi.factors.engine.limits import Limits
from luodi.factors.engine.planning import plan
from luodi.factors.engine.problem import ProblemRefused, problem_of
from luodi.factors.engine.searching import Search
from tests.factors.problems import document, judged, least_waiting, pool, project, renewable, stage, tiny, work


def planned(problem, iterations=30, seed=1, progress=lambda _: None, stopped=bool):
    read = problem_of(problem)
    made = plan(read, Limits(time.monotonic, iterations=iterations, workers=2, seed=seed, stopped=stopped), progress)
    return made, document_of(read, made)


@pytest.mark.parametrize("seed", range(24))
def test_the_plan_is_valid_and_its_bound_holds(tmp_path, seed):
    problem = tiny(seed)
    truth = least_waiting(problem)

    if truth is None:
        with pytest.raises(ProblemRefused):
            planned(problem)
        return
    made, written = planned(problem)

    assert judged(problem, written, tmp_path) is None
    assert made.bound <= truth + 1e-9
    assert made.waiting >= truth - 1e-9


def test_small_problems_are_mostly_solved():
    truths = {seed: least_waiting(tiny(seed)) for seed in range(24)}
    solved = [planned(tiny(seed))[0].waiting == truth for seed, truth in truths.items() if truth is not None]

    assert len(solved) >= 10
    assert sum(solved) / len(solved) > 0.9


def test_a_tranche_is_given_to_whom_waiting_costs_more():
    quick = [project(name, weight, stage("s", 1, quota=2)) for name, weight in (("a", 1), ("b", 9))]
    made, written = planned(document([pool("quota", (0, 2), (5, 2))], quick))

    assert written["starts"] == {"a": {"s": 5}, "b": {"s": 0}}
    assert (made.waiting, made.bound, made.status) == (5, 5, "optimal")


def test_a_work_is_done_when_it_saves_waiting_and_only_then():
    one = [project("a", 1, stage("s", 1, quota=2))]
    needed, _ = planned(document([pool("quota", (9, 2))], one, [work("w", "quota", 2, 3)]))
    idle, _ = planned(document([pool("quota", (0, 2))], one, [work("w", "quota", 2, 3, cost=7)]))

    assert (needed.waiting, needed.cost) == (3, 1)
    assert (idle.waiting, idle.cost) == (0, 0)


def test_a_bound_is_had_however_short_the_time_is():
    """The clock says that time is over before the first round of prices."""
    problem, told = problem_of(crowded(60)), []
    made = plan(problem, Limits(itertools.count().__next__, seconds=0.5), told.append)

    assert 0 < told[-1].bound == made.bound <= made.waiting


def test_while_works_are_decided_it_is_told_that_time_goes_by(monkeypatch):
    monkeypatch.setattr(planning, "TOLD", 0.0)
    read, told = problem_of(crowded(60)), []
    search = Search(read, Limits(time.monotonic, iterations=30), told.append)
    search.by_rule()
    search.raise_prices()
    before = len(told)
    planning.by_decisions(search, Tree(read, search.data, search.bound), search.best)

    assert len(told) > before + 3
    assert told[-1].bound > 0
    assert [one.seconds for one in told] == sorted(one.seconds for one in told)


def crowded(many):
    return document(
        [pool("quota", *((4 * i, 6) for i in range(many))), renewable("crew", (0, 9))],
        [project(f"p{i}", 1 + i % 4, stage("a", 2, quota=1 + i % 3), stage("b", 1 + i % 4, ["a"], crew=1 + i % 2)) for i in range(many)],
        [work("w", "quota", 5, 4, crew=1), work("v", "quota", 9, 8, crew=2)], horizon=5 * many,
    )  # fmt: skip


def test_the_same_seed_and_work_give_the_same_plan():
    problem = document(
        [pool("quota", (0, 6), (6, 6), (14, 60)), renewable("crew", (0, 3))],
        [project(f"p{i}", 1 + i % 4, stage("a", 2, quota=1 + i % 3), stage("b", 1 + i % 4, ["a"], crew=1 + i % 2)) for i in range(14)],
        [work("w", "quota", 5, 4, crew=1)], horizon=60,
    )  # fmt: skip
    first, again, other = (planned(problem, 12, seed)[1] for seed in (3, 3, 4))

    for one in (first, again, other):
        del one["seconds"]
    assert first == again
    assert other["seed"] == 4


def test_the_plan_only_gets_better_and_can_be_stopped(tmp_path):
    problem = document(
        [pool("quota", *[(t, 3) for t in range(0, 60, 4)])],
        [project(f"p{i}", 1 + i % 7, stage("a", 2, quota=1 + i % 3)) for i in range(20)], horizon=80,
    )  # fmt: skip
    seen, asked = [], itertools.count()
    made, written = planned(problem, 10**6, progress=seen.append, stopped=lambda: next(asked) > 400)

    assert [one.waiting for one in seen] == sorted((one.waiting for one in seen), reverse=True)
    assert [one.bound for one in seen] == sorted(one.bound for one in seen)
    assert judged(problem, written, tmp_path) is None
    assert made.waiting == seen[-1].waiting


def test_loops_are_compiled_ahead_without_a_word():
    from click.testing import CliRunner

    from luodi.factors.commands import factors

    done = CliRunner().invoke(factors, ["warm"])

    assert (done.exit_code, done.output) == (0, "")


def test_what_a_solver_says_by_itself_is_not_among_what_scripts_read():
    text = (
        "import ctypes\n"
        "from luodi.factors.commands import chatter_aside\n"
        "print('ours', flush=True)\n"
        "with chatter_aside():\n"
        "    ctypes.CDLL(None).puts(b'noise')\n"
        "print('ours again')\n"
    )

    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n") == ["ours", "ours again", ""]
    assert "noise" in done.stderr
