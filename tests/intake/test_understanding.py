"""One row after another: values, and every problem of every cell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.intake.engine.amounts import Bound
from luodi.intake.engine.statuses import status_claims
from luodi.intake.engine.understanding import MappedColumn, Reader
from luodi.intake.engine.units import UNITS

WAN = UNITS["万元"]
COLUMNS = [
    MappedColumn(0, "A", "项目名称", "name", None),
    MappedColumn(1, "B", "投资方", "investor", None),
    MappedColumn(2, "C", "总投资（万元）", "total_investment", WAN),
    MappedColumn(3, "D", "开工时间", "started_on", None),
    MappedColumn(4, "E", "备注", "remark", None),
    MappedColumn(5, "F", "统一社会信用代码", "credit_code", None),
    MappedColumn(6, "G", "进展", "status", None),
    MappedColumn(7, "H", "计划开工", "planned_started_on", None),
    MappedColumn(8, "I", "金额口径", "amount_text", WAN),
]
POSITION = {column.field: column.position for column in COLUMNS}


def reader(**options):
    return Reader(columns=COLUMNS, status_stage=status_claims, **options)


def read(reader, number=3, **cells):
    values = [None] * len(COLUMNS)
    for field, value in cells.items():
        values[POSITION[field]] = value
    return reader.read("台账", number, values, letters=[column.letter for column in COLUMNS])


def found(row):
    return [(problem.severity, problem.code, problem.column) for problem in row.problems]


@pytest.mark.parametrize(
    ("cells", "severity", "column"),
    [
        ({"total_investment": "手续办理中"}, "warning", "C"),
        ({"total_investment": "3OO亩地"}, "error", "C"),
        ({"started_on": "某日"}, "warning", "D"),
        ({"started_on": "2023-13-45"}, "error", "D"),
        ({"started_on": "4-28奠基"}, "warning", "D"),
        ({"credit_code": "91211100MA0X"}, "warning", "F"),
        ({"credit_code": "9.12111E+17"}, "warning", "F"),
    ],
)
def test_words_that_say_nothing_yet_are_told_and_damaged_numbers_keep_the_row_out(cells, severity, column):
    row = read(reader(), name="甲厂", **cells)

    (problem,) = row.problems
    assert (problem.severity, problem.column) == (severity, column)
    assert row.rejected == (severity == "error")
    assert problem.message
    assert problem.advice


@pytest.mark.parametrize(
    "cells",
    [{"started_on": "未开工"}, {"total_investment": "/"}, {"total_investment": "—"}, {"started_on": "2022续建"}],
)
def test_what_states_nothing_or_is_understood_is_no_problem(cells):
    assert found(read(reader(), name="甲厂", **cells)) == []


def test_a_row_without_a_name_is_kept_out_and_the_column_is_named():
    row = read(reader(), total_investment=5)

    assert found(row) == [("error", "name_missing", "A")]
    assert row.problems[0].heading == "项目名称"


def test_a_name_of_more_than_300_characters_is_no_name():
    assert found(read(reader(), name="长" * 301)) == [("error", "name_too_long", "A")]
    assert found(read(reader(), name="长" * 300)) == []


def test_every_problem_of_a_row_is_told_at_once():
    row = read(reader(), total_investment="3OO亩地", started_on="2023-13-45")

    assert "name_missing" in {problem.code for problem in row.problems}
    assert {problem.column for problem in row.problems} == {"A", "C", "D"}


@pytest.mark.parametrize(
    ("position", "severity"), [(1, "error"), (2, "warning"), (3, "error"), (4, "error"), (5, "warning"), (7, "error")]
)
def test_a_broken_formula_keeps_the_row_out_only_where_it_matters(position, severity):
    row = read(reader(errors={(3, position): "#DIV/0!"}), name="甲厂")

    assert (severity, "formula_error") in [(one.severity, one.code) for one in row.problems]
    assert "#DIV/0!" in row.problems[0].message


def test_a_broken_formula_of_another_row_is_not_this_ones():
    assert found(read(reader(errors={(4, 3): "#REF!"}), name="甲厂")) == []


def test_the_words_amount_is_the_total_where_no_number_stands():
    row = read(reader(), name="甲厂", amount_text="120亿美元；一期26亿美元")

    assert (row.values["total_investment"].currency, row.values["total_investment"].minor) == ("USD", 120 * 10**10)
    assert row.columns["total_investment"] == "I"


@pytest.mark.parametrize(
    ("words", "codes"), [("10亿元", []), ("12亿元", ["amounts_differ"]), ("10亿元以上", []), ("1亿美元", [])]
)
def test_the_words_amount_beside_a_number_is_only_its_cross_check(words, codes):
    row = read(reader(), name="甲厂", total_investment=100_000, amount_text=words)

    assert row.values["total_investment"].minor == 10 * 10**10
    assert [problem.code for problem in row.problems] == codes
    assert not row.rejected


def test_a_planned_column_makes_plans_and_an_actual_column_events():
    row = read(reader(), name="甲厂", started_on="2020-01-05", planned_started_on="2019-12")

    assert [claim.kind for claim in row.values["started_on"]] == ["actual"]
    assert [claim.kind for claim in row.values["planned_started_on"]] == ["planned"]


def test_a_status_column_claims_without_a_day():
    (claim,) = read(reader(), name="甲厂", status="在建").values["status"]

    assert (claim.kind, claim.stage, claim.period) == ("actual", "started", None)


def test_as_above_takes_what_the_row_above_said_in_the_same_column():
    one = reader()
    read(one, name="甲厂", investor="甲公司", remark="分三期")
    row = read(one, name="乙厂", investor="同上", remark="同上")

    assert (row.values["investor"], row.values["remark"]) == ("甲公司", "分三期")
    third = read(one, name="丙厂", investor="同上")
    assert third.values["investor"] == "甲公司"


def test_as_above_without_anything_above_stays_as_it_is_written():
    assert read(reader(), name="甲厂", investor="同上").values["investor"] == "同上"


def test_a_phase_of_the_project_above_carries_its_name_and_is_its_member():
    one = reader()
    read(one, name="生物基材料")
    first, second = read(one, name="同上一期：乳酸"), read(one, name="同上二期：丁二酸")

    assert (first.values["name"], second.values["name"]) == ("生物基材料一期：乳酸", "生物基材料二期：丁二酸")
    assert first.values["package"] == second.values["package"] == "生物基材料"


def test_a_rejected_row_is_not_what_as_above_means():
    one = reader()
    read(one, name="甲厂", investor="甲公司")
    read(one, investor="乙公司")

    assert read(one, name="丙厂", investor="同上").values["investor"] == "甲公司"


@pytest.mark.parametrize(
    ("remark", "package"),
    [("P06子项", "P06"), ("占地740亩；P06子项", "P06"), ("AB-12的子项", "AB-12"), ("子项目完工", None)],
)
def test_a_remark_may_name_the_package_by_its_number(remark, package):
    assert read(reader(), name="甲厂", remark=remark).values.get("package") == package


def test_defaults_fill_only_what_the_row_leaves_open():
    one = reader()
    one.defaults = {"chain": "新材料", "investor": "无名公司"}

    row = read(one, name="甲厂", investor="甲公司")

    assert (row.values["chain"], row.values["investor"]) == ("新材料", "甲公司")


def test_a_name_written_on_two_lines_is_one_name():
    assert read(reader(), name="轻烃综合\n利用项目").values["name"] == "轻烃综合利用项目"


def test_cells_are_kept_word_for_word():
    row = read(reader(), name=" 甲厂 ", total_investment=5.0, started_on=date(2020, 1, 5))

    assert row.cells == {"A": " 甲厂 ", "C": 5, "D": "2020-01-05"}


def test_the_ledgers_own_day_goes_with_every_row():
    assert read(reader(stated_on=date(2025, 1, 6)), name="甲厂").stated_on == date(2025, 1, 6)


cells = st.none() | st.text(max_size=40) | st.integers() | st.floats() | st.dates() | st.booleans()


@given(st.lists(cells, max_size=len(COLUMNS) + 2), st.lists(cells, max_size=len(COLUMNS)))
def test_nothing_that_a_cell_may_hold_raises(first, second):
    one = reader()
    for number, values in enumerate((first, second), start=1):
        row = one.read("台账", number, values, letters=[chr(65 + i) for i in range(len(COLUMNS) + 2)])
        assert row.rejected == any(problem.severity == "error" for problem in row.problems)
        amount = row.values.get("total_investment")
        assert amount is None or isinstance(amount.bound, Bound)
