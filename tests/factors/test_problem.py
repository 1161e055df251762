"""Reading: what cannot be planned is refused with its place."""

import pytest

from luodi.factors.engine.problem import ProblemRefused, problem_of
from tests.factors.problems import document, pool, project, renewable, stage, work

QUOTA = pool("quota", (0, 5))


def test_stages_may_come_in_any_order():
    read = problem_of(document([QUOTA], [project("p", 1, stage("b", 1, ["a"]), stage("a", 2), release=3)]))

    assert read.stages == ("a", "b")
    assert read.free.tolist() == [3, 5]
    assert read.tail.tolist() == [3, 1]
    assert read.finish.tolist() == [6]


def test_capacity_is_a_level_and_supply_is_added():
    read = problem_of(document([renewable("crew", (0, 2), (3, 1)), pool("quota", (1, 4), (3, 2))], [], horizon=5))

    assert read.have.tolist() == [[2, 2, 2, 1, 1], [0, 4, 4, 6, 6]]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ({"format": "x"}, "format"),
        (document([{"id": "q", "kind": "pond"}], []), "pond"),
        (document([QUOTA], [project("p", 1, stage("s", 1, ["t"]))]), "t"),
        (document([QUOTA], [project("p", 1, stage("s", 1, ["t"]), stage("t", 1, ["s"]))]), "互相等待"),
        (document([QUOTA], [project("p", 1, stage("s", 1, water=1))]), "water"),
        (document([QUOTA], [project("p", 1, stage("s", -1))]), "p.s.duration"),
        (document([QUOTA], [project("p", 1, stage("s", 1.5))]), "1.5"),
        (document([QUOTA], [project("p", float("nan"), stage("s", 1))]), "weight"),
        (document([QUOTA], [project("p", 1)]), "没有阶段"),
        (document([QUOTA], [project("p", 1, stage("s", 1)), project("p", 1, stage("s", 1))]), "不重复"),
        (document([QUOTA, renewable("crew", (0, 1))], [], [work("w", "crew", 1, 1)]), "不是 pool"),
        ({**document([QUOTA], []), "grid": {}}, "horizon"),
        ({**document([QUOTA], []), "projects": 5}, "结构"),
    ],
)
def test_a_wrong_problem_is_refused_with_its_place(problem, words):
    with pytest.raises(ProblemRefused, match=words) as refused:
        problem_of(problem)

    assert refused.value.english.isascii()
