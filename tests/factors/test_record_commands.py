"""The commands on the record: the question as a file that the planner takes, the book out and in."""

import json

from click.testing import CliRunner

from luodi.factors.commands import factors
from luodi.factors.models import Supply
from luodi.factors.record_commands import export_, import_, problem
from tests.factors.problems import judged
from tests.factors.test_workbooks import SUPPLIES, sheet


def run(command, *arguments):
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_the_record_is_a_problem_that_the_planner_solves_and_the_checker_calls_valid(book, tmp_path):
    asked, plan = tmp_path / "problem.json", tmp_path / "plan.json"

    told = run(problem, "--as-of", "2026-01-05", "--out", asked)
    solved = run(factors, "plan", asked, "--iterations", "80", "--out", plan)

    assert "1 个项目" in told.output  # the other two ask more than was entered
    assert solved.exit_code == 0, solved.output
    assert judged(json.loads(asked.read_text("utf-8")), json.loads(plan.read_text("utf-8")), tmp_path) is None


def test_the_book_goes_out_and_comes_in_and_what_is_wrong_is_refused(book, tmp_path):
    out = tmp_path / "账.xlsx"

    assert run(export_, out).exit_code == 0
    assert "新增 0，改期 0，无变化 3" in run(import_, out).output
    wrong = sheet(tmp_path, 供给=[SUPPLIES, [None, "电力", "大洼区", None, 1, None, "2027-01-01", None, None, "函"]])
    refused = run(import_, wrong)
    assert refused.exit_code == 2
    assert "供给 第 3 行 B" in refused.output
    (tmp_path / "不是.xlsx").write_text("x")
    assert run(import_, tmp_path / "不是.xlsx").exit_code == 2
    assert Supply.objects.count() == 3
