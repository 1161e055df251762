"""The five-table ledger: dirt is read, what cannot be read is told, and nothing later than the day is known."""

from datetime import date

import polars as pl
import pytest

from luodi.integrity.engine.ledger import LedgerRefused, from_frames, read_folder
from tests.integrity.worlds import AS_OF, rows


@pytest.mark.parametrize(
    ("cell", "day"),
    [("2020年8月1日", date(2020, 8, 1)), ("2020/8/1", date(2020, 8, 1)), ("2020.08.01", date(2020, 8, 1)), ("44044", date(2020, 8, 1)), ("28195", date(1977, 3, 11)),
     (" 2020-08-01 ", date(2020, 8, 1)), ("２０２０-08-01", date(2020, 8, 1)), ("1956.10.24", date(1956, 10, 24)), ("没有", None), ("2020-13-01", None)],
)  # fmt: skip
def test_days_are_read_in_every_habit(cell, day):
    found = from_frames(rows({"项目编号": "A", "签约日期": "2020-07-01", "投资方成立日期": cell}), AS_OF)
    assert found.projects["投资方成立日期"].to_list() == [day]
    assert bool(found.problems) == (day is None)


@pytest.mark.parametrize(
    ("cell", "wan"), [("3.0", 3e4), ("11000万元", 11000.0), ("2.03亿元", 20300.0), ("１.5", 15000.0), ("待定", None)]
)
def test_totals_are_read_with_and_without_a_unit(cell, wan):
    found = from_frames(rows({"项目编号": "A", "签约日期": "2020-07-01", "总投资亿元": cell}), AS_OF)
    assert found.projects["万元"].to_list() == [wan]


def test_a_cell_that_cannot_be_read_is_told_by_file_row_and_column():
    given = rows(
        {"项目编号": "A", "签约日期": "2020-07-01", "经度": "121.9"},
        {"项目编号": "B", "签约日期": "2020-07-01", "经度": "东边"},
    )
    told = [str(problem) for problem in from_frames(given, AS_OF).problems]
    assert told == ["项目台账.csv 第 3 行 经度：看不懂“东边”，按未知处理"]


def test_nothing_later_than_the_day_is_known(world):
    then = read_folder(world(3), date(2023, 6, 30))
    assert then.projects["签约日期"].max() <= date(2023, 6, 30)
    assert then.projects["投产日期"].max() <= date(2023, 6, 30)
    assert then.events["录入日期"].max() <= date(2023, 6, 30)
    assert then.progress["年月"].max() <= date(2023, 6, 30)
    assert then.funds["到账日期"].max() <= date(2023, 6, 30)


def test_numbers_stay_as_they_were_written():
    found = from_frames(rows({"项目编号": " lb2020A01 ", "签约日期": "2020-07-01"}), AS_OF)
    assert found.projects["项目编号"].to_list() == ["lb2020A01"]


def test_a_folder_without_the_main_table_is_refused(tmp_path):
    with pytest.raises(LedgerRefused, match=r"没有 项目台账\.csv"):
        read_folder(tmp_path, AS_OF)


def test_a_table_without_its_key_columns_is_refused(tmp_path):
    pl.DataFrame({"名称": ["x"]}).write_csv(tmp_path / "项目台账.csv")
    with pytest.raises(LedgerRefused, match="项目编号、签约日期"):
        read_folder(tmp_path, AS_OF)


def test_missing_side_tables_are_told_and_nothing_is_invented(tmp_path):
    rows({"项目编号": "A", "签约日期": "2020-07-01"})["projects"].write_csv(tmp_path / "项目台账.csv")
    found = read_folder(tmp_path, AS_OF)
    assert [problem.file for problem in found.problems] == [
        "参与主体.csv",
        "阶段事件.csv",
        "月度进展.csv",
        "资金到账.csv",
    ]
    assert found.funds.height == 0


def test_a_file_that_excel_saved_in_the_national_encoding_is_read(tmp_path):
    (tmp_path / "项目台账.csv").write_bytes("项目编号,签约日期,投资方\nA,2020-07-01,锦州东方\n".encode("gb18030"))
    assert read_folder(tmp_path, AS_OF).projects["投资方"].to_list() == ["锦州东方"]
