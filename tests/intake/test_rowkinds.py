"""What each row of a table is: project, subtotal, total, section, footer, heading or blank."""

from pathlib import Path
from typing import Any

import pytest

from luodi.intake.engine.heads import Column
from luodi.intake.engine.layout import row_kind
from tests.intake.ledger_files import PLAIN_HEAD, kinds, names, project, tables

COLUMNS = [Column(n, "ABCDEF"[n - 1], (word,), word, words=(word,)) for n, word in enumerate(PLAIN_HEAD, start=1)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["", "小计", "", 5], "subtotal"),
        (["小 计", "", "", 5], "subtotal"),
        (["", "双台子区小计", "", 5], "subtotal"),
        (["双台子区", "小计", "", 5], "subtotal"),
        (["双台子区", "合计", "", 5], "subtotal"),
        (["", "大洼区合计", "", 5], "subtotal"),
        (["合 计", "", "", 5], "total"),
        (["", "总计（55个）", "", 5], "total"),
        (["全市合计", "", "", 5], "total"),
        (["", "合计：55个项目", "", 5], "total"),
        (["共55个项目", "", "", 5], "total"),
        (["累计", "", "", 5], "total"),
        (["其中：续建", "", "", 5], "subtotal"),
        ([1, "甲", "某公司", 5, "", "合计"], "data"),
        ([1, "甲", "某公司", 5, "", "含土地款小计3亿"], "data"),
        ([1, "综合计量中心", "某公司", 5], "data"),
        ([1, "某某累计", "某公司", 5], "data"),
        (["", "只有名称", "", ""], "data"),
        (["", "", "", 5], "data"),
        (["", "", "", ""], "blank"),
        ([" ", "\u3000", None, ""], "blank"),
        ([7, "", "", ""], "blank"),
        (PLAIN_HEAD, "heading"),
        (["1", "2", "3", "4", "5", "6"], "heading"),
        (["填报人：张三", "", "", "", "", ""], "footer"),
        (["备注：以上均为公开数据", "", "", "", "", ""], "footer"),
        (["填报日期:2024年1月", "", "", "审核：李"], "footer"),
        (["一、续建项目", "", "", ""], "section"),
        (["", "（一）续建项目（5个）", "", ""], "section"),
        (["第二部分 新建项目", "", "", ""], "section"),
    ],
)
def test_the_kind_of_a_single_row(values: list[Any], kind: str) -> None:
    assert row_kind(values, COLUMNS) == kind


def test_a_total_in_the_first_data_row_is_left_out(tmp_path: Path) -> None:
    rows = [
        ["单位：万元"],
        ["序号", "项目名称", "建设阶段", "总投资", "2009年计划投资", "项目业主", "牵头协调部门", "牵头区领导"],
        ["", "合计", "", 300, 150, "", "", ""],
        [1, "甲", "在建", 100, 50, "甲公司", "发改局", "张"],
        [2, "乙", "在建", 200, 100, "乙公司", "发改局", "李"],
    ]
    (table,) = tables(tmp_path, rows)
    assert kinds(table) == {3: "total"}
    assert names(table) == ["甲", "乙"]


def test_section_rows_are_handed_to_the_rows_below_them(tmp_path: Path) -> None:
    rows = [
        PLAIN_HEAD,
        ["一、石化及精细化工（2个）"],
        ["（一）续建项目"],
        project(1, "甲"),
        ["（二）新建项目"],
        project(2, "乙"),
        ["二、粮食加工（1个）", "", "", 100],
        project(3, "丙"),
    ]
    (table,) = tables(tmp_path, rows, ["A2:F2", "A3:F3"])
    assert [(row.values[1], row.section) for row in table.data_rows()] == [
        ("甲", "一、石化及精细化工（2个） / （一）续建项目"),
        ("乙", "一、石化及精细化工（2个） / （二）新建项目"),
        ("丙", "二、粮食加工（1个）"),
    ]
    assert kinds(table) == {2: "section", 3: "section", 5: "section", 7: "subtotal"}


def test_chinese_numerals_in_the_serial_column_number_sections_beside_arabic_rows(tmp_path: Path) -> None:
    rows = [
        PLAIN_HEAD,
        ["一", "石化产业", "", 300],
        project(1, "甲"),
        project(2, "乙", 200),
        ["二", "电子信息"],
        project(1, "丙"),
    ]
    (table,) = tables(tmp_path, rows)
    assert kinds(table) == {2: "subtotal", 5: "section"}
    assert [row.section for row in table.data_rows()] == ["石化产业", "石化产业", "电子信息"]


@pytest.mark.parametrize(
    "serials", [["一、", "二、", "三、"], ["（1）", "（2）", "（3）"], ["No.1", "No.2", "No.3"], ["1.", "2.", "3."]]
)
def test_serials_are_written_in_many_ways(tmp_path: Path, serials: list[str]) -> None:
    (table,) = tables(tmp_path, [PLAIN_HEAD, *(project(serial, f"项目{serial}") for serial in serials)])
    assert names(table) == [f"项目{serial}" for serial in serials]


def test_signatures_and_notes_at_the_foot_are_no_projects(tmp_path: Path) -> None:
    rows = [
        PLAIN_HEAD,
        project(1, "甲", remark="（16个项目合计40.8亿元）"),
        ["单位负责人：王五", "", "审核人：李四", "", "联系电话：0427-1234567"],
        ["注：1.本表由各县区填报。"],
        ["2.总投资以合同为准，不含土地款。"],
        ["填报人          审核人"],
    ]
    (table,) = tables(tmp_path, rows)
    assert names(table) == ["甲"]
    assert set(kinds(table).values()) == {"footer"}


def test_numbered_but_empty_rows_of_a_form_are_blank(tmp_path: Path) -> None:
    (table,) = tables(tmp_path, [PLAIN_HEAD, project(1, "甲"), [2], [3], [4]])
    assert names(table) == ["甲"]
    assert kinds(table) == {}
