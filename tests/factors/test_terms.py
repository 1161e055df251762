"""Re-planning: what is near stays, what was announced moves only for a reason, and the reason is told. What-ifs and conflicts as well."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from luodi.factors.commands import factors
from luodi.factors.engine.bound import Bound
from luodi.factors.engine.branch import Tree
from luodi.factors.engine.construct import tables
from luodi.factors.engine.deciding import decided
from luodi.factors.engine.explain import reasons
from luodi.factors.engine.problem import NEVER, ProblemRefused, problem_of
from luodi.factors.engine.terms import changed, terms_of
from tests.factors.problems import document, judged, pool, project, renewable, stage, work
from tests.factors.test_plan import planned

QUEUE = document(
    [pool("quota", (0, 2), (4, 2), (8, 2), (12, 2))],
    [project(name, 1, stage("s", 2, quota=2)) for name in "abc"],
    horizon=30,
)


def run(*arguments):
    return CliRunner().invoke(
        factors, [*map(str, arguments[:2]), "--iterations", "12", *map(str, arguments[2:]), "--json"]
    )


def files(folder, **documents):
    for name, one in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(one), encoding="utf-8")
    return [folder / f"{name}.json" for name in documents]


def test_announced_ends_are_kept_when_a_heavier_project_comes(tmp_path):
    _, before = planned(QUEUE)
    new = {"projects": [project("new", 3, stage("s", 2, quota=2))]}
    problem, plan, change = files(tmp_path, problem=QUEUE, plan=before, change=new)
    ends = {}
    for weight in (0, 100):
        done = run("plan", problem, "--from", plan, "--change", change, "--keep-weight", weight)
        told = json.loads(done.stdout)
        (tmp_path / str(weight)).mkdir()
        assert judged(changed(QUEUE, new), told, tmp_path / str(weight)) is None
        ends[weight] = told["starts"]

    assert ends[100] == before["starts"] | {"new": {"s": 12}}
    assert ends[0]["new"] == {"s": 0}


def test_a_later_tranche_moves_who_needs_it_and_says_why(tmp_path):
    _, before = planned(QUEUE)
    problem, plan, change = files(
        tmp_path, problem=QUEUE, plan=before, change={"later": [{"factor": "quota", "step": 8, "by": 3}]}
    )
    told = json.loads(
        run("plan", problem, "--from", plan, "--change", change, "--keep-weight", 5, "--frozen-weeks", 6).stdout
    )

    (moved,) = told["moved"]
    assert (moved["from"], moved["to"], moved["steps"]) == (10, 13, 3)
    assert "quota" in moved["why"]
    assert "批次到位" in moved["why"]


def test_a_frozen_stage_that_lost_its_factor_is_refused_by_name(tmp_path):
    _, before = planned(QUEUE)
    problem, plan, change = files(
        tmp_path, problem=QUEUE, plan=before, change={"later": [{"factor": "quota", "step": 4, "by": 2}]}
    )
    done = run("plan", problem, "--from", plan, "--change", change, "--frozen-weeks", 6)

    assert done.exit_code == 2
    assert "quota 在第 4 步就差 2" in done.stderr


POWERED = document(
    [pool("power", (0, 1), (60, 99)), pool("capital", (0, 9))],
    [project(f"p{i}", 3, stage("s", 2, power=1)) for i in range(4)],
    [work("early", "power", 1, 4, capital=1), work("late", "power", 1, 4, capital=1)], horizon=90,
)  # fmt: skip


def test_a_work_in_the_frozen_weeks_stays_and_the_other_is_decided_anew(tmp_path):
    """In force: one work that will have been for nobody's good, the other not at all; with every project waiting for power."""
    before = {"starts": {f"p{i}": {"s": 60 if i else 0} for i in range(4)}, "works": {"early": 3, "late": None}}
    problem, plan = files(tmp_path, problem=POWERED, plan=before)
    told = json.loads(
        run("plan", problem, "--from", plan, "--keep-weight", 0.1, "--frozen-weeks", 6, "--iterations", 40).stdout
    )

    assert judged(POWERED, told, tmp_path) is None
    assert told["works"] == {"early": 3, "late": 6}
    assert sorted(one["s"] for one in told["starts"].values()) == [0, 7, 10, 60]
    assert {"work": "late", "from": None, "to": 6} in told["moved"]


def test_works_are_decided_anew_only_outside_the_frozen_weeks():
    problem = problem_of(POWERED)
    terms = terms_of(problem, np.array([0, 60, 60, 60]), np.array([3, NEVER]), 1.0, 6)
    tree = Tree(problem, tables(problem, terms), Bound(problem, tables(problem, terms), 40))
    found = decided(tree, [(np.array([NEVER, 2]), tree.leaves[0].climb)], map, bool, timed=False)

    assert {int(one.works[0]) for one in found} == {3}
    assert all(one.works[1] == NEVER or one.works[1] >= 6 for one in found)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (document([pool("q", (0, 3))], [project("p", 1, stage("s", 1, q=2)), project("r", 1, stage("s", 1, q=4))]), "q 共要 6.*差 3.*r 4"),
        (document([renewable("crew", (0, 2), (2, 1))], [project("p", 1, stage("s", 3, crew=2))]), r"p\.s 要 crew 2 连续 3 步，最多只有连续 2 步"),
        (document([], [project("p", 1, stage("s", 8), stage("t", 8, ["s"]))]), "p 不受任何限制也要到第 16 步"),
    ],
)  # fmt: skip
def test_an_impossible_problem_names_what_conflicts(problem, words):
    with pytest.raises(ProblemRefused, match=words) as refused:
        planned(problem)

    numbers = re.findall(r"\d+", str(refused.value))
    assert refused.value.english.isascii()
    assert sorted(re.findall(r"\d+", refused.value.english)) == sorted(numbers)


def test_a_wrong_what_if_is_refused():
    for change, words in (
        ({"sooner": []}, "sooner"),
        ({"cancel": ["w"]}, "w"),
        ({"later": [{"factor": "quota", "step": 5, "by": 1}]}, "批次"),
    ):
        with pytest.raises(ProblemRefused, match=words):
            changed(QUEUE, change)


def test_a_waiting_project_is_told_its_whole_chain():
    problem = document(
        [pool("quota", (0, 0), (5, 9)), pool("power", (0, 0)), renewable("crew", (0, 1))],
        [project("p", 4, stage("a", 2, quota=3), stage("b", 2, ["a"], power=2))],
        [work("w", "power", 2, 10, crew=1)], horizon=30,
    )  # fmt: skip
    made, _ = planned(problem)
    (reason,) = reasons(problem_of(problem), made.starts, made.works)

    assert made.waiting == 4 * (12 - 4)
    assert [(one.factor, one.source, one.until) for one in reason.chain] == [
        ("quota", "tranche", 5),
        ("power", "work", 10),
    ]
    assert reason.words == "p 晚 8 周：a 等 quota 5 周（2026-02-09 批次到位）；b 等 power 3 周（2026-03-16 w 建成）"


def test_prices_say_what_a_unit_more_saves(tmp_path):
    """Without the tranche the project waits nine weeks of weight 3 for two tons; power is plenty."""
    problem = document(
        [pool("quota", (0, 0), (9, 2)), pool("power", (0, 9))], [project("p", 3, stage("a", 2, quota=2))], horizon=20
    )
    made, written = planned(problem, 400)
    (first, *_) = written["prices"]

    assert made.bound == made.waiting == 27
    assert (first["factor"], first["month"]) == ("quota", "2026-01")
    assert 13.4 <= first["saves"] <= 27
    assert {one["factor"] for one in written["prices"]} == {"quota"}
