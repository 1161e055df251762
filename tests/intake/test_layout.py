"""Finding tables in ledgers as offices write them: each test builds the awkward workbook and reads it back."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.intake.engine.layout import find_tables, why_no_table
from luodi.intake.engine.workbooks import Sheet, open_workbook
from tests.intake.ledger_files import PLAIN_HEAD, VOCABULARY, headings, kinds, names, project, saved, tables

ROOT = Path(__file__).resolve().parents[2]
LEDGERS = ROOT.parent / "shared" / "data" / "ledgers"


def test_the_real_ledger_is_understood_whole() -> None:
    opened = open_workbook(LEDGERS / "盘锦市招商引资项目台账.xlsx")
    (table,) = find_tables(opened.sheets[0], known=VOCABULARY.knows)
    assert table.heading_rows == (3, 4)
    assert table.unit is not None
    assert table.unit.code == "万元"
    assert table.reporting_unit == "（根据公开报道整理）"
    assert table.filled_on_text == "2025年1月6日"
    assert table.caption[0] == "盘锦市招商引资和重点项目台账（公开报道汇总）"
    assert [column.path for column in table.columns][4:8] == [
        ("产业类别",),
        ("投资情况", "总投资"),
        ("投资情况", "公开口径"),
        ("推进情况", "签约时间"),
    ]
    assert Counter(str(row.kind) for row in table.rows()) == {"data": 55, "subtotal": 6, "total": 1, "footer": 1}
    districts = Counter(row.values[1] for row in table.data_rows())
    assert districts == {
        "辽滨沿海经济技术开发区": 17,
        "市直": 16,
        "兴隆台区": 5,
        "大洼区": 6,
        "盘山县": 4,
        "双台子区": 7,
    }
    rows = {row.number: row for row in table.rows()}
    assert (rows[5].inherited, rows[6].inherited) == (frozenset(), frozenset({2}))


@pytest.mark.parametrize(
    ("file", "count", "first", "last"),
    [
        ("盘锦项目-gb18030.csv", 55, "精细化工及原料工程项目（华锦阿美；早年公文称“兵器项目”）", None),
        ("辽宁重点项目.xls", 39, "储能与动力电池", "宏光好运来钢管工业园"),
        ("published-projects.csv", 94, "精细化工及原料工程项目（华锦阿美；早年公文称“兵器项目”）", None),
    ],
)
def test_the_other_real_ledgers_give_every_row(file: str, count: int, first: str, last: str | None) -> None:
    (sheet,) = open_workbook(LEDGERS / file).sheets
    (table,) = find_tables(sheet, known=VOCABULARY.knows)
    column = next(column.index for column in table.columns if column.heading in ("项目", "项目名称"))
    found = names(table, column)
    assert len(found) == count
    assert found[0] == first
    assert last is None or found[-1] == last


def test_attachment_number_title_and_captions_stand_above_the_head(tmp_path: Path) -> None:
    (table,) = tables(
        tmp_path,
        [
            ["附件2"],
            [],
            ["2024年大洼区招商引资项目台账"],
            ["填报单位（盖章）：大洼区商务局    填报日期：2024年6月30日", "", "", "", "单位：亿元"],
            [],
            ["序号", "项 目 名 称", "建设\n单位", "总投资", "开工时间", "备注"],
            project(1, "甲"),
            project(2, "乙"),
        ],
        ["A3:F3"],
    )
    assert table.heading_rows == (6,)
    assert headings(table) == ["序号", "项目名称", "建设单位", "总投资", "开工时间", "备注"]
    assert (table.caption[0], table.caption[1]) == ("附件2", "2024年大洼区招商引资项目台账")
    assert (table.reporting_unit, table.filled_on_text) == ("大洼区商务局", "2024年6月30日")
    assert table.unit is not None
    assert table.unit.code == "亿元"
    assert names(table) == ["甲", "乙"]


THREE_ROWS = [
    ["序号", "项目名称", "投资情况", "", "", "推进情况", "", "备注"],
    ["", "", "总投资", "年度投资", "", "签约时间", "开工时间", ""],
    ["", "", "", "计划投资", "完成投资", "", "", ""],
]
THREE_PATHS = [
    ("序号",),
    ("项目名称",),
    ("投资情况", "总投资"),
    ("投资情况", "年度投资", "计划投资"),
    ("投资情况", "年度投资", "完成投资"),
    ("推进情况", "签约时间"),
    ("推进情况", "开工时间"),
    ("备注",),
]


@pytest.mark.parametrize(
    "merges",
    [["A1:A3", "B1:B3", "C1:E1", "F1:G1", "H1:H3", "C2:C3", "D2:E2", "F2:F3", "G2:G3"], []],
    ids=["merged", "merges lost"],
)
def test_a_head_of_three_rows_gives_each_column_its_path(tmp_path: Path, merges: list[str]) -> None:
    rows = [*THREE_ROWS, [1, "甲", 10, 5, 3, "2023-01-01", "", ""], [2, "乙", 20, "", "", "", "2023-05-01", "缓"]]
    (table,) = tables(tmp_path, rows, merges)
    assert table.heading_rows == (1, 2, 3)
    assert [column.path for column in table.columns] == THREE_PATHS
    assert names(table) == ["甲", "乙"]


def test_a_row_of_group_names_above_the_known_words_belongs_to_the_head(tmp_path: Path) -> None:
    rows = [
        ["重点项目情况表"],
        ["基本信息", "", "", "时间节点", ""],
        ["序号", "项目名称", "建设单位", "开工时间", "竣工时间"],
        [1, "甲", "某公司", "2023", "2024"],
    ]
    (table,) = tables(tmp_path, rows, ["A1:E1", "A2:C2", "D2:E2"])
    assert table.heading_rows == (2, 3)
    assert table.columns[3].path == ("时间节点", "开工时间")
    assert table.caption == ("重点项目情况表",)


def test_units_in_headings_and_in_a_row_of_their_own_are_found(tmp_path: Path) -> None:
    rows = [
        ["序号", "项目名称", "总投资", "到位资金(万美元)", "用地"],
        ["", "", "（亿元）", "", "（亩）"],
        [1, "甲", 10, 3, 50],
    ]
    (table,) = tables(tmp_path, rows)
    units = [column.unit.code if column.unit else None for column in table.columns]
    assert (table.heading_rows, units) == ((1, 2), [None, None, "亿元", "万美元", None])
    assert table.columns[2].path == ("总投资",)


def test_three_sheets_with_different_words_one_hidden_and_one_of_explanations(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "三表.xlsx",
        ("签约", [["编号", "项目", "客商", "协议投资额（亿元）", "签约"], ["A1", "甲", "某商", 3, "2023"]], []),
        ("在建", [["序号", "工程名称", "业主", "计划总投资", "形象进度"], [1, "乙", "某业主", 300, "主体封顶"]], []),
        ("旧表", [PLAIN_HEAD, project(1, "丙")], []),
        ("填表说明", [["填表说明"], ["1.项目名称：填写项目全称。"], ["2.总投资：按万元填写。"]], []),
        hidden=["旧表"],
    )
    opened = open_workbook(path)
    found = {sheet.name: find_tables(sheet, known=VOCABULARY.knows) for sheet in opened.sheets}
    assert {name: len(tables) for name, tables in found.items()} == {"签约": 1, "在建": 1, "填表说明": 0}
    assert [one.name for one in opened.skipped] == ["旧表"]
    assert "填表说明" in why_no_table(opened.sheets[2])


def test_a_table_of_unknown_words_is_left_out_with_a_reason(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", ("成绩", [["学号", "姓名", "语文"], [1, "张", 90], [2, "李", 80]], []))
    (sheet,) = open_workbook(path).sheets
    assert find_tables(sheet, known=VOCABULARY.knows) == ()
    assert "没有找到表头" in why_no_table(sheet)
    assert why_no_table(Sheet("空", [["", " "]], width=2)) == "空白工作表"


@pytest.mark.parametrize(
    "numbers",
    [[1, 2, 3, 4, 5, 6], ["（1）", "（2）", "（3）", "（4）", "（5）", "（6）"], ["甲", "乙", "1", "2", "3=1+2", "4"]],
)
def test_a_row_that_numbers_the_columns_is_no_project(tmp_path: Path, numbers: list[Any]) -> None:
    (table,) = tables(tmp_path, [PLAIN_HEAD, numbers, project(1, "甲"), project(2, "乙")])
    assert names(table) == ["甲", "乙"]
    assert headings(table)[0] == "序号"


def test_heads_printed_again_on_each_page_are_skipped(tmp_path: Path) -> None:
    page = [["重点项目表"], ["填报单位：大洼区", "", "", "单位：万元"], PLAIN_HEAD]
    rows = [*page, project(1, "甲"), ["二、续建项目"], PLAIN_HEAD, project(2, "乙"), *page, project(3, "丙")]
    (table,) = tables(tmp_path, rows, ["A1:F1"])
    assert names(table) == ["甲", "乙", "丙"]
    assert [row.section for row in table.data_rows()] == ["", "二、续建项目", "二、续建项目"]


def test_two_tables_on_a_sheet_are_told_apart(tmp_path: Path) -> None:
    rows = [
        ["附件1 签约项目表", "", "", "", "", "单位：亿元"],
        ["序号", "项目名称", "投资方", "协议投资额", "签约时间", "属地"],
        [1, "甲", "某商", 3, "2023", "大洼区"],
        ["", "合计", "", 3],
        ["填报人：张三", "", "审核人：李四"],
        [],
        ["附件2 开工项目表", "", "", "", "", "单位：万元"],
        ["序号", "工程名称", "业主", "总投资", "开工时间", "进展情况"],
        [1, "乙", "某业主", 300, "2022", "主体封顶"],
        [2, "丙", "某业主", 500, "2022", "在建"],
    ]
    first, second = tables(tmp_path, rows)
    assert (names(first), names(second)) == (["甲"], ["乙", "丙"])
    assert [table.unit.code for table in (first, second) if table.unit] == ["亿元", "万元"]
    assert second.caption[0] == "附件2 开工项目表"
    assert kinds(first) == {4: "total", 5: "footer"}


def test_the_same_head_under_a_new_title_is_a_new_table(tmp_path: Path) -> None:
    rows = [["大洼区项目表"], PLAIN_HEAD, project(1, "甲"), [], ["盘山县项目表"], PLAIN_HEAD, project(1, "乙")]
    first, second = tables(tmp_path, rows, ["A1:F1", "A5:F5"])
    assert (first.caption, second.caption) == (("大洼区项目表",), ("盘山县项目表",))
    assert (names(first), names(second)) == (["甲"], ["乙"])


def test_only_merges_fill_down(tmp_path: Path) -> None:
    rows = [
        ["所在地区", "项目名称", "总投资"],
        ["大洼区", "甲", 1],
        ["", "乙", 2],
        ["盘山县", "丙", 3],
        ["", "丁", 4],
    ]
    (table,) = tables(tmp_path, rows, ["A2:A3"])
    assert [row.values[0] for row in table.data_rows()] == ["大洼区", "大洼区", "盘山县", ""]
    assert [sorted(row.inherited) for row in table.data_rows()] == [[], [1], [], []]


def test_columns_without_a_heading_are_kept_when_they_hold_data(tmp_path: Path) -> None:
    rows = [["序号", "项目名称", "", "总投资"], [1, "甲", "", 5], [2, "乙", "重要", 6, "", "尾注"]]
    (table,) = tables(tmp_path, rows)
    assert [(column.letter, column.heading) for column in table.columns] == [
        ("A", "序号"),
        ("B", "项目名称"),
        ("C", ""),
        ("D", "总投资"),
        ("F", ""),
    ]


CELL = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.floats(allow_nan=False),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.sampled_from(
        ["项目名称", "总投资", "开工时间", "小计", "合计", "一、石化", "填报人：", "1", "（1）", "单位：万元"]
    ),
)


@given(st.lists(st.lists(CELL, min_size=4, max_size=4), max_size=12))
def test_whatever_a_sheet_holds_every_row_of_it_is_told_once_at_most(grid: list[list[Any]]) -> None:
    rows = [["" if value is None else value for value in row] for row in grid]
    sheet = Sheet("任意", rows, width=4)
    numbers = [row.number for table in find_tables(sheet, known=VOCABULARY.knows) for row in table.rows()]
    assert numbers == sorted(set(numbers))
    assert why_no_table(sheet)


def test_a_title_or_a_caption_over_the_head_is_not_taken_for_a_group(tmp_path: Path) -> None:
    rows = [["", "", "大洼区重点项目"], ["填报单位", "大洼区商务局", "", "（万元）"], PLAIN_HEAD, project(1, "甲")]
    (table,) = tables(tmp_path, rows)
    assert (table.heading_rows, headings(table)[1]) == ((3,), "项目名称")
    assert table.caption[0] == "大洼区重点项目"
