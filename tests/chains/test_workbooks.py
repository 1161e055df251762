"""A map as a workbook: back and forth without a change, every problem with its sheet, row and column, nothing that a spreadsheet runs."""

import io
import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from luodi.audit.models import Entry
from luodi.chains import actions, workbooks
from luodi.chains.commands import chains
from luodi.chains.models import Chain, ChainNode
from luodi.chains.queries import chart
from luodi.intake.engine.guards import Refusal
from tests.chains.conftest import D
from tests.core.record import project

pytestmark = pytest.mark.django_db


def written(tmp_path, chain, user, name="图.xlsx"):
    path = tmp_path / name
    path.write_bytes(workbooks.write(chart(chain), user))
    return path


def book(tmp_path, **sheets):
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for line in rows:
            sheet.append(line)
    path = tmp_path / "表.xlsx"
    made.save(path)
    return path


HEAD = ["环节编号", "环节名称", "本地供给"]


def test_what_is_given_out_and_read_again_changes_nothing(world, tmp_path):
    path = written(tmp_path, world.chain, world.office)
    parsed = workbooks.read(path, world.chain, world.office)
    before = Entry.objects.count()

    counts = actions.load_map(actor=world.office, chain=world.chain, tables=parsed.tables, reason="再导")

    assert parsed.problems == []
    assert parsed.chain == "fine"
    assert {name: (one["new"], one["changed"], one["same"]) for name, one in counts.items()} == {
        "nodes": (0, 0, 4),
        "edges": (0, 0, 2),
        "holders": (0, 0, 2),
    }
    assert Entry.objects.count() == before


def test_the_worked_example_goes_out_and_comes_back_in_both_languages(example, tmp_path):
    from django.utils import translation

    for language in ("zh-hans", "en"):
        with translation.override(language):
            path = written(tmp_path, example, None, f"{language}.xlsx")
        parsed = workbooks.read(path, example, None)
        counts = actions.load_map(actor=None, chain=example, tables=parsed.tables, reason="再导")
        assert parsed.problems == []
        assert sum(one["new"] + one["changed"] for one in counts.values()) == 0
        assert sum(one["same"] for one in counts.values()) == 76
        # Where something is for show, the workbook says so itself.
        caption = str(load_workbook(path).worksheets[0]["A1"].value)
        assert ("演示" if language == "zh-hans" else "demo") in caption


def test_a_name_that_looks_like_a_formula_stays_a_word(world, tmp_path):
    sheet = load_workbook(written(tmp_path, world.chain, world.office))["环节"]
    names = [sheet.cell(row, 2) for row in range(3, 7)]

    assert [cell.value for cell in names] == ["原料", "'=中间体", "产品", "未知品"]
    assert all(cell.data_type == "s" for cell in names)


def test_of_a_strangers_project_there_is_the_capacity_and_no_name(world, tmp_path):
    stranger = world.account("unit_clerk", unit="panshan")
    content = workbooks.write(chart(world.chain), stranger)
    rows = list(load_workbook(io.BytesIO(content))["承载"].iter_rows(min_row=3, values_only=True))

    assert [(line[2], line[4], line[6]) for line in rows] == [
        ("老厂有限公司", 10, "全市只此一家"),
        ("（其他单位的项目）", 20, None),
    ]
    everything = "".join(str(cell.value) for s in load_workbook(io.BytesIO(content)) for line in s for cell in line)
    assert "甲厂" not in everything
    # Read back, the line without a name is read over: nothing is lost, nothing is guessed.
    path = tmp_path / "外.xlsx"
    path.write_bytes(content)
    parsed = workbooks.read(path, world.chain, world.office)
    assert (len(parsed.tables.holders), parsed.problems) == (1, [])


def test_every_problem_is_told_at_once_with_its_cell(world, tmp_path):
    path = book(
        tmp_path,
        环节=[
            ["说明"],
            [*HEAD, "行业代码", "核实"],
            ["X1", "好的", 5, "2614", "待核"],
            ["X2", "", 5, "", ""],
            ["X3", "坏数", "约五", "", "大概"],
            ["X1", "重复", 1, "", ""],
            ["X4", "坏码", 1, "0000", ""],
        ],
        上下游=[["上游编号", "下游编号", "单位产出"], ["X1", "没有", 1], ["X1", "X1", None], ["X1", "A", -1]],
        承载=[
            ["环节编号", "企业或项目", "名称", "角色", "投用年份", "预计投产"],
            ["X1", "项目", "没有这个项目", "", "", ""],
            ["X1", "企业", "丙", "国王", "九八年", "明年"],
            ["X1", "企业", "丁", "头部筑根基", "", ""],
        ],
    )
    parsed = workbooks.read(path, world.chain, world.office)

    told = {(one.sheet, one.row, one.column) for one in parsed.problems}
    assert told == {
        ("环节", 4, "B"), ("环节", 5, "C"), ("环节", 5, "E"), ("环节", 6, ""), ("环节", 7, ""),
        ("上下游", 2, ""), ("上下游", 3, "B"), ("上下游", 4, "C"),
        ("承载", 2, ""), ("承载", 3, "D"), ("承载", 3, "E"), ("承载", 3, "F"), ("承载", 4, ""),
    }  # fmt: skip
    assert {one.value for one in parsed.problems} >= {"约五", "大概", "国王", "没有这个项目", "0000"}


def test_a_record_number_that_is_another_projects_is_a_problem(world, tmp_path):
    rows = [["环节编号", "企业或项目", "名称", "系统编号"], ["B", "项目", "甲厂", project("乙厂").pk]]
    parsed = workbooks.read(book(tmp_path, 环节=[HEAD], 承载=rows), world.chain, world.office)

    assert [(one.row, one.message) for one in parsed.problems] == [(2, "系统编号和名称不是同一个项目")]


def test_what_is_no_map_says_what_it_needs(world, tmp_path):
    assert [one.message for one in workbooks.read(book(tmp_path, 别的=[["a"]]), world.chain, None).problems] == [
        "没有这张工作表"
    ]
    headless = workbooks.read(book(tmp_path, 环节=[["随便", "什么"]]), world.chain, None).problems
    assert (headless[0].message, headless[0].value) == ("没有找到表头，至少要有这几列", "环节编号、环节名称")
    (tmp_path / "假.xlsx").write_text("不是表")
    with pytest.raises(Refusal):
        workbooks.read(tmp_path / "假.xlsx", world.chain, None)


def test_a_workbook_of_another_chain_is_not_taken(world, tmp_path):
    other = Chain.objects.create(code="other", name="别的链")

    parsed = workbooks.read(written(tmp_path, world.chain, None), other, None)

    assert "另一条产业链" in parsed.problems[0].message


def run(*arguments):
    return CliRunner().invoke(chains, [str(one) for one in arguments])


def test_the_commands_give_gaps_take_and_give_workbooks(world, tmp_path):
    told = run("gaps", "fine", "--as-of", "2027-12-31", "--json")
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.exit_code == 0
    assert [(one["kind"], one["node"], one["amount"]) for one in lines] == [
        ("missing", "C", "5"),
        ("short", "B", "20"),
        ("surplus", "A", "60"),
        ("single", "B", "10"),
        ("weak", "B", "10"),
    ]
    assert "老厂有限公司" in next(one["sentence"] for one in lines if one["kind"] == "single")

    out = tmp_path / "出.xlsx"
    assert run("export", "fine", out).exit_code == 0
    assert "无变化 8" in run("load", out).stdout
    more = book(tmp_path, 环节=[HEAD, ["N1", "新环节", 3]])
    assert run("load", more).exit_code == 2
    assert run("load", more, "--chain", "精细化工").exit_code == 0
    assert ChainNode.objects.get(code="N1").supply == Decimal(3)
    assert run("gaps", "nowhere").exit_code == 2
    clerk = world.account("unit_clerk", username="wang")
    assert run("load", more, "--chain", "fine", "--as", clerk.username).exit_code == 2
    assert run("gaps", "fine", "--as", "nobody").exit_code == 2
    assert run("load", book(tmp_path, 环节=[HEAD, ["N1", "", 3]]), "--chain", "fine").exit_code == 1
    assert run("seed").exit_code == 0


def test_a_quantity_keeps_its_places_so_that_it_comes_back_the_same(world, tmp_path):
    from luodi.chains.engine.tables import NodeLine

    line = NodeLine("Q", "精数", supply=D("1.23456789"))
    actions.state_node(actor=world.office, chain=world.chain, line=line, reason="试")
    before = ChainNode.objects.filter(code="Q").count()
    actions.state_node(actor=world.office, chain=world.chain, line=line, reason="再")

    assert ChainNode.objects.filter(code="Q").count() == before == 1
