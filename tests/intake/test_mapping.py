"""Headings to fields: the real ledgers exactly, published heads, and every way of writing a planned date."""

import csv
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.intake.engine.heads import Column
from luodi.intake.engine.layout import find_tables
from luodi.intake.engine.mapping import bare, by_content, heading_key, propose, read_vocabulary
from luodi.intake.engine.workbooks import column_letter, open_workbook

ROOT = Path(__file__).resolve().parents[2]
HEADINGS = ROOT / "cities" / "panjin" / "ledgers" / "headings.toml"
LEDGERS = ROOT.parent / "shared" / "data" / "ledgers"
VOCABULARY = read_vocabulary(HEADINGS)
STAGES = ["idea", "reserve", "negotiated", "signed", "registered", "landed", "started", "in_statistics", "completed"]
STAGES += ["produced", "full_capacity"]


def columns(*headings: str) -> list[Column]:
    """Columns from headings; a group is written "组/叶" with "//" so that "签约/在谈" stays one word."""
    made = []
    for index, heading in enumerate(headings, start=1):
        path = tuple(part for part in heading.split("//") if part)
        made.append(Column(index, column_letter(index), path, "/".join(path)))
    return made


def fields(*headings: str) -> list[str | None]:
    return [match.field for match in propose(columns(*headings), VOCABULARY)]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (
            "盘锦市招商引资项目台账.xlsx",
            "serial place name investor chain total_investment amount_text signed_on registered_on started_on "
            "produced_on remark source",
        ),
        (
            "盘锦项目-gb18030.csv",
            "number name owner place total_investment signed_on registered_on started_on produced_on remark",
        ),
        (
            "辽宁重点项目.xls",
            "name owner place chain total_investment signed_on registered_on started_on produced_on remark",
        ),
        (
            "published-projects.csv",
            "number name investor place chain total_investment amount_text signed_on registered_on started_on "
            "produced_on remark grade - source",
        ),
    ],
)
def test_the_real_ledgers_map_exactly(file: str, expected: str) -> None:
    (table,) = find_tables(open_workbook(LEDGERS / file).sheets[0], known=VOCABULARY.knows)
    matches = propose(table.columns, VOCABULARY)
    assert [match.field or "-" for match in matches] == expected.split()
    assert all(match.how == "exact" and match.confidence > 0.9 for match in matches if match.field)


def test_units_of_the_real_ledgers_are_found() -> None:
    units = {}
    for path in sorted(LEDGERS.iterdir()):
        (table,) = find_tables(open_workbook(path).sheets[0], known=VOCABULARY.knows)
        amount = next(column for column in table.columns if "总投资" in column.heading)
        unit = amount.unit or table.unit
        units[path.name] = unit.code if unit else None
    assert units == {
        "published-projects.csv": "亿元",
        "盘锦市招商引资项目台账.xlsx": "万元",
        "盘锦项目-gb18030.csv": "万元",
        "辽宁重点项目.xls": "亿元",
    }


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            "序号 项目名称 建设阶段 总投资 2009年计划投资 项目业主 牵头协调部门 牵头区领导",
            "serial name status total_investment plan_this_year owner unit leader",
        ),
        (
            "序号 项目审批代码 项目名称 项目状态 项目性质 项目业主单位 项目隶属区域 总投资（万元） 所属行业 计划开始时间 "
            "计划竣工时间 建设规模及内容 备注 包保责任领导姓名",
            "serial project_code name status kind owner place total_investment chain planned_started_on "
            "planned_completed_on content remark leader",
        ),
        ("开工情况 自开工累计完成投资 当年投资完成率 进展", "started_on done_to_date progress_percent progress"),
        ("项目全称 建设地点 主要建设目标 新增生产能力 项目性质 父项目", "name place content - kind package"),
        (
            "序号 文件名称 文号 审批日期",
            "serial - - -",
        ),
        (
            "序号 项目名称 县(市、区) 协议投资额（亿元） 资金到位额(亿元) 签约日期 履约情况",
            "serial name place total_investment paid_in signed_on -",
        ),
    ],
)
def test_published_heads_of_other_cities_are_mapped(headings: str, expected: str) -> None:
    assert [field or "-" for field in fields(*headings.split(" "))] == expected.split()


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("总投资_亿元", "total_investment"),
        ("总投资（亿元）", "total_investment"),
        ("*总投资(单位：万元)", "total_investment"),
        ("项目\n总投资/万元", "total_investment"),
        ("１．项目名称", "name"),
        ("项 目 名 称", "name"),
        ("项目", "name"),
        ("业主", "owner"),
        ("属地", "place"),
        ("说明", "remark"),
        ("金额_原文口径", "amount_text"),
        ("链条/类别(本研究标注)", "chain"),
        ("投资方/建设单位", "investor"),
        ("id", "number"),
        ("来源键", None),
        ("签约/在谈", "signed_on"),
        ("签约", "signed_on"),
        ("注册", "registered_on"),
        ("开工", "started_on"),
        ("投产", "produced_on"),
        ("投产/竣工", "produced_on"),
        ("竣工时间", "completed_on"),
        ("竣工（投产）时间", "produced_on"),
        ("建成投产", "produced_on"),
        ("2024年计划投资", "plan_this_year"),
        ("本年度计划投资（万元）", "plan_this_year"),
        ("2024年1-6月完成投资", "done_this_year"),
        ("截至目前累计完成投资", "done_to_date"),
        ("统一社会信用代码", "credit_code"),
        ("拟开工时间", "planned_started_on"),
        ("预计竣工投产时间", "planned_produced_on"),
        ("（计划）开工时间", "planned_started_on"),
        ("开工时间（计划）", "planned_started_on"),
        ("实际开工时间", "started_on"),
        ("资金来源", None),
        ("中央预算内资金", None),
        ("签约金额", "total_investment"),
        ("列7", None),
    ],
)
def test_single_headings_are_understood(heading: str, field: str | None) -> None:
    assert fields(heading) == [field]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("word", ["计划", "预计", "拟", "合同约定"])
def test_every_stage_has_a_planned_twin(stage: str, word: str) -> None:
    zh = next(one.zh for one in VOCABULARY.fields if one.key == f"{stage}_on")
    assert fields(f"{word}{zh}") == [f"planned_{stage}_on"]
    assert fields(f"{word}//{zh}") == [f"planned_{stage}_on"]
    assert fields(zh, f"{word}{zh}") == [f"{stage}_on", f"planned_{stage}_on"]


def test_a_group_gives_its_leaves_their_sense() -> None:
    assert fields("投资情况//总投资", "投资情况//累计完成") == ["total_investment", "done_to_date"]
    assert fields("签约//时间", "开工//日期", "项目//名称") == ["signed_on", "started_on", "name"]
    assert fields("总投资//合计", "总投资//中央财政") == ["total_investment", None]
    assert fields("开工时间//计划", "开工时间//实际") == ["planned_started_on", "started_on"]
    assert fields("计划时间//开工时间", "计划时间//投产时间") == ["planned_started_on", "planned_produced_on"]
    assert fields("包保领导//姓名", "包保领导//职务") == ["leader", None]


def test_one_field_goes_to_one_column_and_the_loser_keeps_it_as_an_alternative() -> None:
    total, planned = propose(columns("计划投资", "总投资"), VOCABULARY)
    assert (total.field, planned.field) == ("plan_this_year", "total_investment")
    assert "total_investment" in dict(total.alternatives)
    first, second = propose(columns("签约时间", "签约日期"), VOCABULARY)
    assert (first.field, second.field, dict(second.alternatives).keys()) == ("signed_on", None, {"signed_on"})


def test_sources_remarks_and_states_may_stand_in_several_columns() -> None:
    assert fields("信息来源", "来源地址") == ["source", "source"]
    assert fields("备注", "说明") == ["remark", "remark"]
    assert fields("项目状态", "建设阶段") == ["status", "status"]


def test_beside_a_column_of_districts_a_second_place_is_the_address() -> None:
    assert fields("建设地点") == ["place"]
    assert fields("建设地点", "项目隶属区域") == ["address", "place"]


def test_a_remembered_mapping_wins_and_may_leave_a_column_out() -> None:
    matches = propose(columns("项目名称", "甲乙丙", "备注"), VOCABULARY, {"甲乙丙": "investor", "C": ""})
    assert [(match.field, match.how) for match in matches] == [
        ("name", "exact"),
        ("investor", "remembered"),
        (None, "remembered"),
    ]
    (one, two) = propose(columns("项目名称", "别的名称"), VOCABULARY, {"B": "name"})
    assert (one.field, two.field) == (None, "name")


def test_words_spelt_nearly_alike_are_proposed_with_less_confidence() -> None:
    (match,) = propose(columns("统一社会信用代玛"), VOCABULARY)
    assert (match.field, match.how) == ("credit_code", "similar")
    assert 0.55 <= match.confidence < 0.8
    (match,) = propose(columns("本项目计划总投资额"), VOCABULARY)
    assert (match.field, match.how) == ("total_investment", "contains")


def test_a_column_without_heading_is_known_by_its_cells() -> None:
    made = columns("", "", "")
    samples = {1: [1.0, 2.0, 3.0], 2: ["http://a.cn/1", "https://b.cn/2"], 3: ["甲", "乙"]}
    matches = propose(made, VOCABULARY, samples=samples)
    assert [(match.field, match.how) for match in matches] == [
        ("serial", "content"),
        ("source", "content"),
        (None, "none"),
    ]
    assert by_content(["91211100MA0XXXXX0Y", "91211100MA0YYYYY1X"]) == [("credit_code", 0.8)]


def test_the_heading_key_tells_order_and_words_but_not_blanks() -> None:
    key = heading_key(columns("序号", "项目名称", "推进情况//开工时间"))
    assert len(key) == 64
    assert key == heading_key(columns("序 号", "项目\n名称", "推进情况//开工 时间"))
    assert key != heading_key(columns("项目名称", "序号", "推进情况//开工时间"))
    assert key != heading_key(columns("序号", "项目名称", "开工时间"))


def test_no_word_of_the_vocabulary_is_claimed_first_by_two_fields() -> None:
    with HEADINGS.open("rb") as stream:
        entries = tomllib.load(stream)["fields"]
    assert set(entries) == {one.key for one in VOCABULARY.fields}
    assert {f"{stage}_on" for stage in STAGES} | {f"planned_{stage}_on" for stage in STAGES} <= set(entries)
    for key, entry in entries.items():
        assert VOCABULARY.exact[bare(entry["zh"])][0][0] == key
        assert len(entry["synonyms"]) == len(set(entry["synonyms"])), key


def test_every_word_of_the_vocabulary_finds_its_own_field_when_it_stands_alone() -> None:
    ambiguous = {"计划投资", "完成投资", "完成投资额"}  # the columns beside them decide
    for one in VOCABULARY.fields:
        for word in {one.zh, *one.synonyms} - ambiguous:
            assert fields(word) == [one.key], word


@given(st.lists(st.text(max_size=8), max_size=8))
def test_any_headings_are_answered_and_no_field_is_given_twice(headings: Sequence[str]) -> None:
    matches = propose(columns(*headings), VOCABULARY)
    given_fields = [match.field for match in matches if match.field and match.field != "source"]
    assert len(matches) == len(headings)
    assert len(given_fields) == len(set(given_fields))
    assert all(0 <= match.confidence <= 1 for match in matches)


def test_the_stage_words_of_the_published_csv_agree_with_its_own_head() -> None:
    with (LEDGERS / "published-projects.csv").open(encoding="utf-8-sig") as stream:
        head = next(csv.reader(stream))
    assert dict(zip(head, fields(*head), strict=True))["来源键"] is None
