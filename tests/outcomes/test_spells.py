"""The table is read cell by cell: what is wrong is told with its row and column, the rest goes on."""

from datetime import date

import polars as pl
import pytest

from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.spells import TableRefused, check_spells, read_spells

HEAD = "id,entered_on,ended_on,outcome,recorded_on,weight,district"


def _read(tmp_path, *lines, head=HEAD):
    path = tmp_path / "spells.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8-sig")
    return read_spells(path)


def test_every_wrong_cell_is_told_and_its_row_left_out(tmp_path):
    told = _read(
        tmp_path,
        "a,2020-01-01,2020-06-01,landed,2020-06-05,1,甲",
        "b,2020-01-01,2019-06-01,landed,,1,甲",
        "c,2020-01-01,,landed,,1,甲",
        "d,不详,,,,1,甲",
        "e,2020/1/5,2020年3月4日,withdrawn,,x,甲",
        "f,20200105,,,,2,甲",
    )

    assert [(one.row, one.column) for one in told.problems if one.left_out] == [
        (3, "ended_on"), (4, "ended_on"), (5, "entered_on"), (6, "weight"),
    ]  # fmt: skip
    assert told.frame["id"].to_list() == ["a", "f"]
    assert told.groups == ("district",)


def test_days_are_read_however_they_are_written(tmp_path):
    told = _read(tmp_path, "a,2020/1/5,2020年3月4日,landed,,1,甲", "b,2020.01.05,2020-03-04 00:00:00,landed,,1,甲")

    assert told.frame["ended_on"].to_list() == [date(2020, 3, 4)] * 2
    assert not told.problems


def test_an_end_without_an_outcome_is_lost_from_sight_and_told(tmp_path):
    told = _read(tmp_path, "a,2020-01-01,2020-02-01,,,1,甲", "b,2020-01-01,2020-03-01,landed,,1,甲")
    made = cut(told, "landed", date(2021, 1, 1))

    assert made.cause.tolist() == [0, 1]
    assert made.time.tolist() == [31, 60]
    assert [one.column for one in told.problems] == ["outcome"]


def test_csv_parquet_and_arrow_are_the_same_table(tmp_path):
    told = _read(tmp_path, "a,2020-01-01,2020-06-01,landed,2020-06-05,1.5,甲", "b,2020-01-01,,,,1,乙")
    frame = pl.read_csv(tmp_path / "spells.csv", try_parse_dates=True)
    frame.write_parquet(tmp_path / "spells.parquet")
    frame.write_ipc(tmp_path / "spells.arrow")

    for name in ("spells.parquet", "spells.arrow"):
        assert read_spells(tmp_path / name).frame.equals(told.frame)


def test_as_of_is_as_known_then(tmp_path):
    told = _read(
        tmp_path,
        "a,2020-01-01,2020-06-01,landed,2020-06-05,1,甲",
        "b,2020-01-01,2020-06-01,landed,2020-08-01,1,甲",
        "c,2020-01-01,2020-07-15,withdrawn,2020-07-16,1,甲",
        "d,2020-07-15,,,,1,甲",
    )
    made = cut(told, "landed", date(2020, 7, 1))

    assert made.cause.tolist() == [1, 0, 0]
    assert made.time.tolist() == [152, 182, 182]


def test_an_end_known_to_a_period_is_spread_and_counts_once(tmp_path):
    head = "id,entered_on,ended_from,ended_on,outcome"
    told = _read(tmp_path, "a,2022-12-01,2023-01-01,2023-06-30,landed", "b,2022-12-01,,2023-02-01,landed", head=head)
    made = cut(told, "landed", date(2024, 1, 1))

    assert made.count.sum() == pytest.approx(2)
    assert made.time.min() > 31
    assert made.time.max() < 212


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(TableRefused, match="entered_on"):
        check_spells(pl.DataFrame({"id": [1]}))
