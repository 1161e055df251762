"""A whole ledger: what its captions, sections, sheet names and totals say."""

from datetime import date

import pytest

from luodi.core.city import load
from luodi.intake.engine.ledgers import read_ledger
from tests.conftest import LEDGERS
from tests.intake.ledger_files import ROOT, VOCABULARY, saved

CITY = load(ROOT / "cities" / "panjin")
HEAD = ["序号", "项目名称", "投资方", "总投资（万元）", "开工时间"]


def ledger(folder, *rows, sheet="台账", head=HEAD, corrections=None):
    path = saved(
        folder / "台账.xlsx", (sheet, [*rows[: rows.index("HEAD")], head, *rows[rows.index("HEAD") + 1 :]], [])
    )
    return read(path, corrections)


def read(path, corrections=None):
    return read_ledger(path, vocabulary=VOCABULARY, city=CITY, remembered={}, corrections=corrections or {})


def line(number, name, amount=100, started="2023-03-29"):
    return [number, name, "某公司", amount, started]


def warnings(found):
    return [(problem.code, problem.column) for row in found.rows() for problem in row.problems]


def test_a_section_title_is_the_chain_of_the_rows_below_it(tmp_path):
    found = ledger(
        tmp_path,
        "HEAD",
        ["一、新材料项目（2个）", "", "", "", ""],
        line(1, "甲厂"),
        line(2, "乙厂"),
        ["二、石化", "", "", "", ""],
        line(3, "丙厂"),
    )

    assert [(row.values["name"], row.values["chain"]) for row in found.rows()] == [
        ("甲厂", "新材料"),
        ("乙厂", "新材料"),
        ("丙厂", "石化"),
    ]


def test_a_section_title_may_name_the_place(tmp_path):
    found = ledger(
        tmp_path,
        "HEAD",
        ["一、大洼区", "", "", "", ""],
        line(1, "甲厂"),
        ["二、盘山县", "", "", "", ""],
        line(2, "乙厂"),
    )

    assert [row.values["place"] for row in found.rows()] == ["大洼区", "盘山县"]


def test_a_section_title_may_be_the_status_where_no_column_is(tmp_path):
    head = HEAD[:4]
    rows = [["一、在建项目", "", "", ""], line(1, "甲厂")[:4], ["二、拟签约项目", "", "", ""], line(2, "乙厂")[:4]]
    found = ledger(tmp_path, "HEAD", *rows, head=head)

    claims = [row.values["status"][0] for row in found.rows()]
    assert [(claim.kind, claim.stage) for claim in claims] == [("actual", "started"), ("planned", "signed")]


def test_a_sheet_named_after_a_place_says_where_its_rows_are(tmp_path):
    found = ledger(tmp_path, "HEAD", line(1, "甲厂"), line(2, "乙厂"), sheet="大洼区")

    assert [row.values["place"] for row in found.rows()] == ["大洼区", "大洼区"]


def test_the_reporting_unit_of_the_caption_is_the_place_where_no_column_is(tmp_path):
    found = ledger(tmp_path, ["项目台账"], ["填报单位：盘山县"], "HEAD", line(1, "甲厂"), line(2, "乙厂"))

    assert [row.values["place"] for row in found.rows()] == ["盘山县", "盘山县"]


@pytest.mark.parametrize("text", ["填报日期：2025年1月6日", "填报时间：2025-01-06"])
def test_the_ledgers_day_is_read_from_its_foot(tmp_path, text):
    found = ledger(tmp_path, "HEAD", line(1, "甲厂"), line(2, "乙厂"), ["填报人：张三    " + text])

    assert {row.stated_on for row in found.rows()} == {date(2025, 1, 6)}


def test_a_ledger_without_a_day_has_none(tmp_path):
    assert {row.stated_on for row in ledger(tmp_path, "HEAD", line(1, "甲厂"), line(2, "乙厂")).rows()} == {None}


def test_a_unit_that_nobody_wrote_is_assumed_and_told_once(tmp_path):
    found = ledger(
        tmp_path, "HEAD", line(1, "甲厂"), line(2, "乙厂"), head=["序号", "项目名称", "投资方", "总投资", "开工时间"]
    )

    rows = list(found.rows())
    assert [row.values["total_investment"].minor for row in rows] == [100_000_000, 100_000_000]
    assert [problem.code for row in rows for problem in row.problems] == ["unit_assumed"]
    assert found.report()[0]["unit_assumed"]


def test_the_unit_of_a_neighbouring_heading_speaks_for_the_column(tmp_path):
    head = ["序号", "项目名称", "投资方", "总投资（亿元）", "累计完成投资"]
    found = ledger(tmp_path, "HEAD", [1, "甲厂", "某公司", 10, 2.5], [2, "乙厂", "某公司", 20, 3], head=head)

    rows = list(found.rows())
    assert [row.values["done_to_date"].minor for row in rows] == [25_000_000_000, 30_000_000_000]
    assert not any(row.problems for row in rows)


def test_the_unit_of_the_caption_speaks_for_every_column(tmp_path):
    found = ledger(
        tmp_path,
        ["项目台账"],
        ["单位：亿元"],
        "HEAD",
        line(1, "甲厂", 10),
        line(2, "乙厂", 1.5),
        head=["序号", "项目名称", "投资方", "总投资", "开工时间"],
    )

    rows = list(found.rows())
    assert [row.values["total_investment"].minor for row in rows] == [100_000_000_000, 15_000_000_000]
    assert not any(row.problems for row in rows)


def test_a_total_that_does_not_add_up_is_told_with_the_difference(tmp_path):
    found = ledger(tmp_path, "HEAD", line(1, "甲厂", 100), line(2, "乙厂", 250), ["合计", "", "", 400, ""])
    assert len(list(found.rows())) == 2

    (table,) = found.report()
    assert table["totals_checked"] == 1
    (wrong,) = table["totals_wrong"]
    assert (wrong["row"], wrong["column"]) == (4, "D")
    assert wrong["message"] == "“合计”写的是 400 万元，各行相加是 350 万元，相差 50 万元"


def test_a_total_over_rows_without_an_exact_amount_says_how_many_those_are(tmp_path):
    found = ledger(
        tmp_path,
        "HEAD",
        line(1, "甲厂", 100),
        line(2, "乙厂", "10亿元以上"),
        line(3, "丙厂", ""),
        ["合计", "", "", 400, ""],
    )
    list(found.rows())

    (wrong,) = found.report()[0]["totals_wrong"]
    assert "（有 2 行没有确切金额）" in wrong["message"]
    assert "各行相加是 100 万元" in wrong["message"]


def test_a_total_that_agrees_is_no_problem(tmp_path):
    found = ledger(tmp_path, "HEAD", line(1, "甲厂", 100), line(2, "乙厂", 250.5), ["合计", "", "", 350.5, ""])
    assert warnings(found) == []

    assert found.report()[0]["totals_wrong"] == []


def test_a_person_may_say_which_column_is_which(tmp_path):
    rows = ["HEAD", *(line(n, f"{n}号厂") for n in (1, 2))]
    head = ["序号", "事由", "投资方", "总投资（万元）", "开工时间"]

    assert "项目名称" in ledger(tmp_path, *rows, head=head).report()[0]["skipped"]
    found = ledger(tmp_path, *rows, head=head, corrections={"台账": {"B": "name"}})
    assert [row.values["name"] for row in found.rows()] == ["1号厂", "2号厂"]


def test_every_sheet_that_is_left_out_is_named_with_why(tmp_path):
    full = [HEAD, line(1, "甲厂"), line(2, "乙厂")]
    path = saved(
        tmp_path / "台账.xlsx", ("台账", full, []), ("旧表", full, []), ("说明", [["请如实填写"]], []), hidden=["旧表"]
    )

    found = read(path)

    assert len(list(found.rows())) == 2
    assert {entry["sheet"]: bool(entry["skipped"]) for entry in found.report()[1:]} == {"旧表": True, "说明": True}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("盘锦市招商引资项目台账.xlsx", 55),
        ("辽宁重点项目.xls", 39),
        ("盘锦项目-gb18030.csv", 55),
        ("published-projects.csv", 94),
    ],
)
def test_a_published_ledger_gives_all_its_rows_and_no_error(name, rows):
    found = read(LEDGERS / name)

    understood = list(found.rows())
    assert len(understood) == rows
    assert not any(row.rejected for row in understood)
    assert len({(row.sheet, row.number) for row in understood}) == rows
