"""Dates in cells of stage columns: what happened, what is planned, and when."""

import csv
from calendar import monthrange
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from luodi.intake.engine.dates import Period, read_dates

LEDGERS = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "ledgers"
KINDS = {"a": "actual", "p": "planned"}
DAYS = st.dates(min_value=date(1978, 1, 1), max_value=date(2060, 12, 31))


def claims_of(cell, **options):
    """Claims as short text: "a started 2023-03-29 day", with both ends when they differ and ? for no period."""
    return [
        " ".join(filter(None, (claim.kind[0], claim.stage or "", span(claim.period))))
        for claim in read_dates(cell, **options).claims
    ]


def span(period):
    if period is None:
        return "?"
    days = str(period.start) if period.start == period.end else f"{period.start}/{period.end}"
    return f"{days} {period.precision}"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2023-03-04", "2023-03-04 day"),
        ("2023/3/4", "2023-03-04 day"),
        ("2023.3.4", "2023-03-04 day"),
        ("2023-03-04 00:00:00", "2023-03-04 day"),
        ("2024-03-18T08:00:00", "2024-03-18 day"),
        ("２０２３－０３－０４", "2023-03-04 day"),
        ("2023年2月4日", "2023-02-04 day"),
        ("2024 年 3 月 15 号", "2024-03-15 day"),
        ("20230204", "2023-02-04 day"),
        (20230204, "2023-02-04 day"),
        (202302, "2023-02-01/2023-02-28 month"),
        ("202302", "2023-02-01/2023-02-28 month"),
        ("2023年2月", "2023-02-01/2023-02-28 month"),
        ("2023年2月份", "2023-02-01/2023-02-28 month"),
        ("2023年十二月", "2023-12-01/2023-12-31 month"),
        ("2023.02", "2023-02-01/2023-02-28 month"),
        (2023.02, "2023-02-01/2023-02-28 month"),
        ("2024-02", "2024-02-01/2024-02-29 month"),
        ("23年3月", "2023-03-01/2023-03-31 month"),
        ("23.3.4", "2023-03-04 day"),
        ("98年底", "1998-11-01/1998-12-31 approx"),
        (2023, "2023-01-01/2023-12-31 year"),
        (2023.0, "2023-01-01/2023-12-31 year"),
        ("2023", "2023-01-01/2023-12-31 year"),
        ("2023年", "2023-01-01/2023-12-31 year"),
        ("2023年度", "2023-01-01/2023-12-31 year"),
        ("2023上半年", "2023-01-01/2023-06-30 half"),
        ("2023年下半年", "2023-07-01/2023-12-31 half"),
        ("2024一季度", "2024-01-01/2024-03-31 quarter"),
        ("2024年第三季度", "2024-07-01/2024-09-30 quarter"),
        ("2024年4季度", "2024-10-01/2024-12-31 quarter"),
        ("2024Q3", "2024-07-01/2024-09-30 quarter"),
        ("2024年底", "2024-11-01/2024-12-31 approx"),
        ("2024年年底", "2024-11-01/2024-12-31 approx"),
        ("2023年末", "2023-11-01/2023-12-31 approx"),
        ("2021末", "2021-11-01/2021-12-31 approx"),
        ("2023年初", "2023-01-01/2023-02-28 approx"),
        ("2022年中", "2022-06-01/2022-07-31 approx"),
        ("2018-05中旬", "2018-05-11/2018-05-20 approx"),
        ("2023年5月上旬", "2023-05-01/2023-05-10 approx"),
        ("2024年2月底", "2024-02-21/2024-02-29 approx"),
        ("约2012", "2012-01-01/2012-12-31 approx"),
        ("2017年底前后", "2017-11-01/2017-12-31 approx"),
        ("2021年前", "2020-12-31 approx"),
        ("2019-11前", "2019-10-31 approx"),
        ("2021年后", "2022-01-01 approx"),
        ("2024年底前", "2024-11-01/2024-12-31 approx"),
        ("2024年6月30日前", "2024-06-30 approx"),
        ("2023年3-5月", "2023-03-01/2023-05-31 approx"),
        ("2022-2025年", "2022-01-01/2025-12-31 approx"),
        ("2022年3月-2024年12月", "2022-03-01/2024-12-31 approx"),
        ("2022.3-2024.12", "2022-03-01/2024-12-31 approx"),
        ("（2023年3月）", "2023-03-01/2023-03-31 month"),
        ("3/29/2023", "2023-03-29 day"),
        ("44927", "2023-01-01 day"),
        (44927, "2023-01-01 day"),
        (44927.75, "2023-01-01 day"),
        (date(2023, 3, 29), "2023-03-29 day"),
        (datetime.fromisoformat("2023-03-29 08:30"), "2023-03-29 day"),
    ],
)
def test_a_plain_date_in_any_layout_is_one_claim(cell, expected):
    reading = read_dates(cell)
    assert claims_of(cell) == [f"a {expected}"]
    assert reading.problem is None
    assert claims_of(cell, planned_column=True) == [f"p {expected}"]


# The awkward cells of the published ledgers and their kin: cell, claims, what is kept in the first basis or the note.
GOLDEN = [
    ("2019-02-22 合作协议；2023-03-26 股东协议", ["a 2019-02-22 day", "a 2023-03-26 day"], "合作协议"),
    ("2019.02.22 合作协议；2023.03.26 股东协议", ["a 2019-02-22 day", "a 2023-03-26 day"], "合作协议"),
    ("2019-12-31（揭牌2019-03-23）", ["a 2019-12-31 day"], "揭牌2019-03-23"),
    (
        "计划2025机械竣工、2026全面运营（2019年口径：2024投运）",
        ["p completed 2025-01-01/2025-12-31 year", "p 2026-01-01/2026-12-31 year"],
        "机械竣工",
    ),
    ("2020-09-01（原计划2019四季度投料）", ["a 2020-09-01 day", "p 2019-10-01/2019-12-31 quarter"], ""),
    ("2017年底前后（2019-01称已建一年多）", ["a 2017-11-01/2017-12-31 approx"], "2019-01称已建一年多"),
    ("2021年前（二期续建）", ["a 2020-12-31 approx"], "二期续建"),
    ("（先于签约，见P02）", [], "先于签约，见P02"),
    ("在谈(2024-12)", ["a negotiating 2024-12-01/2024-12-31 month"], "在谈"),
    ("拟签约(2020-09)", ["a negotiating 2020-09-01/2020-09-30 month"], "拟签约"),
    ("推进中(2021-02)", ["a negotiating 2021-02-01/2021-02-28 month"], "推进中"),
    ("2020-04-08 洽谈", ["a negotiating 2020-04-08 day"], "洽谈"),
    ("2023推进", ["a negotiating 2023-01-01/2023-12-31 year"], "推进"),
    ("计划2026", ["p 2026-01-01/2026-12-31 year"], "计划"),
    ("计划2024年底", ["p 2024-11-01/2024-12-31 approx"], "计划"),
    ("计划2018-05中旬试车", ["p 2018-05-11/2018-05-20 approx"], "试车"),
    ("2026-06（计划）", ["p 2026-06-01/2026-06-30 month"], "计划"),
    ("2024-03（计划投运）", ["p produced 2024-03-01/2024-03-31 month"], "计划投运"),
    ("预计2025年5月", ["p 2025-05-01/2025-05-31 month"], "预计"),
    ("拟于2024年开工", ["p started 2024-01-01/2024-12-31 year"], "开工"),
    ("力争2011-05（未开工）", ["p 2011-05-01/2011-05-31 month"], "未开工"),
    ("未开工（计划2025年3月）", ["p 2025-03-01/2025-03-31 month"], "计划"),
    ("未开工，预计2025年6月", ["p 2025-06-01/2025-06-30 month"], "预计"),
    (
        "一期2025、二期2035（计划）",
        ["p 2025-01-01/2025-12-31 year", "p 2035-01-01/2035-12-31 year"],
        "一期",
    ),
    ("二期2013-06试生产（计划）", ["p 2013-06-01/2013-06-30 month"], "试生产"),
    (
        "2022 竣工投产（计划2022年初商运）",
        ["a produced 2022-01-01/2022-12-31 year", "p produced 2022-01-01/2022-02-28 approx"],
        "竣工投产",
    ),
    ("2008年底计划；2009-09投产", ["p 2008-11-01/2008-12-31 approx", "a produced 2009-09-01/2009-09-30 month"], "计划"),
    ("2018在建", ["a started 2018-12-31 approx"], "在建"),
    ("2022续建", ["a started 2022-12-31 approx"], "续建"),
    ("2018-03 在建", ["a started 2018-03-31 approx"], "在建"),
    ("在建（约2012）", ["a started 2012-12-31 approx"], "在建"),
    ("2021上半年复工", ["a started 2021-06-30 approx", "a resumed 2021-01-01/2021-06-30 half"], "复工"),
    ("2018主体封顶", ["a started 2018-12-31 approx"], "主体封顶"),
    ("2021末主体完工、设备调试", ["a started 2021-12-31 approx"], "主体完工、设备调试"),
    ("2021年末 1、2号机并网试运行", ["a 2021-11-01/2021-12-31 approx"], "1、2号机并网试运行"),
    ("2023-11 首台机组15天考核试运行", ["a 2023-11-01/2023-11-30 month"], "首台机组15天考核试运行"),
    ("2023上半年（围挡、桩基）", ["a 2023-01-01/2023-06-30 half"], "围挡、桩基"),
    ("2011-01-20 见报", ["a 2011-01-20 day"], "见报"),
    ("2016-06-22 奠基", ["a 2016-06-22 day"], "奠基"),
    ("2019-11前 两份协议", ["a 2019-10-31 approx"], "两份协议"),
    ("2019-09-05 落户；2020-03-06 合资签约", ["a 2019-09-05 day", "a signed 2020-03-06 day"], "落户"),
    ("4-28奠基（无年份）；另一口径2007-04", ["a 2007-04-01/2007-04-30 month"], "另一口径"),
    ("4/28奠基（无年份）；另一口径2007/04", ["a 2007-04-01/2007-04-30 month"], "另一口径"),
    ("土建/桩基阶段（报道2月，无年份）", ["a started ?"], "土建/桩基阶段"),
    (
        "已竣工即将开车（报道无日期；2023-02称2023年底投产）",
        ["a completed ?", "p produced 2023-11-01/2023-12-31 approx"],
        "已竣工",
    ),
    (
        "计划2023-10投用；2023年初部分营业",
        ["p produced 2023-10-01/2023-10-31 month", "a 2023-01-01/2023-02-28 approx"],
        "投用",
    ),
    ("2023-02称已投产", ["a produced 2023-02-28 approx"], "2023-02称已投产"),
    (
        "2023年3月签约，5月开工",
        ["a signed 2023-03-01/2023-03-31 month", "a started 2023-05-01/2023-05-31 month"],
        "签约",
    ),
    (
        "2023年5月开工计划2024年底竣工",
        ["a started 2023-05-01/2023-05-31 month", "p completed 2024-11-01/2024-12-31 approx"],
        "",
    ),
    ("计划2023年3月，实际2023年5月", ["p 2023-03-01/2023-03-31 month", "a 2023-05-01/2023-05-31 month"], "计划"),
    ("已开工（2023-03）", ["a started 2023-03-01/2023-03-31 month"], "已开工"),
    ("已投产", ["a produced ?"], "已投产"),
    ("一期已投产、二期前期", ["a produced ?"], "一期已投产"),
    ("一期已投产", ["a produced ?"], "一期已投产"),
    ("在建", ["a started ?"], "在建"),
    ("已开工", ["a started ?"], "已开工"),
    ("停工", ["a paused ?"], "停工"),
    ("落空", ["a exited ?"], "落空"),
    ("谋划中", ["a idea ?"], "谋划中"),
    ("已达产", ["a full_capacity ?"], "已达产"),
    ("待开工", ["p started ?"], "待开工"),
    ("计划开工", ["p started ?"], "计划开工"),
    ("是", ["a ?"], "是"),
    ("√", ["a ?"], "√"),
    ("已完成", ["a ?"], "已完成"),
    (True, ["a ?"], ""),
]


@pytest.mark.parametrize(("cell", "expected", "kept"), GOLDEN)
def test_the_words_around_a_date_say_what_it_is(cell, expected, kept):
    reading = read_dates(cell)
    assert claims_of(cell) == expected
    assert reading.problem is None
    assert kept in (reading.claims[0].basis if reading.claims else reading.note)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "　",
        None,
        "无",
        "否",
        "/",
        "—",
        "-",
        "N/A",
        "未开工",
        "尚未签约",
        "尚未正式投产",
        "前期手续办理中",
        False,
        float("nan"),
    ],
)
def test_a_cell_that_says_not_yet_claims_nothing_and_is_no_problem(cell):
    reading = read_dates(cell)
    assert (reading.claims, reading.problem) == ((), None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2023-02-30", "impossible_day"),
        ("2023/13/1", "impossible_day"),
        ("2023年2月29日", "impossible_day"),
        ("20231301", "impossible_day"),
        (20230230, "impossible_day"),
        ("2203年3月", "year_range"),
        ("1899-12-31", "year_range"),
        ("1900-01-01", "year_range"),
        (date(1900, 1, 1), "year_range"),
        (20000, "year_range"),
        ("三季度", "year_missing"),
        ("3月底", "year_missing"),
        ("12月", "year_missing"),
        ("上半年开工", "year_missing"),
        ("3/4/2023", "ambiguous"),
        (2024.1, "ambiguous"),
        ("abc", "unreadable"),
        ("12345678901", "unreadable"),
        (12345678901, "unreadable"),
        (1, "unreadable"),
        (0, "unreadable"),
        (-5.5, "unreadable"),
        (float("inf"), "unreadable"),
        ("双台子区", "unreadable"),
        ("投" * 600, "unreadable"),
        (object, "unreadable"),
    ],
)
def test_a_cell_that_is_no_date_says_why_and_what_to_do(cell, code):
    reading = read_dates(cell)
    assert reading.claims == ()
    assert reading.problem is not None
    assert reading.problem.code == code
    assert reading.problem.message
    assert reading.problem.advice


def test_a_wrong_date_does_not_take_the_right_one_with_it():
    reading = read_dates("2023-02-30；2023-03-26 股东协议")
    assert reading.problem.code == "impossible_day"
    assert [claim.period.start for claim in reading.claims] == [date(2023, 3, 26)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024年6月开工", ["p started 2024-06-01/2024-06-30 month"]),
        ("已于2023年5月开工", ["a started 2023-05-01/2023-05-31 month"]),
        ("实际2023年5月", ["a 2023-05-01/2023-05-31 month"]),
        ("2022续建", ["a started 2022-12-31 approx"]),
        ("在谈(2024-12)", ["a negotiating 2024-12-01/2024-12-31 month"]),
        ("已开工", ["a started ?"]),
        (44927, ["p 2023-01-01 day"]),
    ],
)
def test_in_a_planned_column_a_date_is_a_plan_unless_the_words_say_done(cell, expected):
    assert claims_of(cell, planned_column=True) == expected


def test_undated_pieces_and_short_years_are_kept_as_notes():
    assert read_dates("4-28奠基（无年份）；另一口径2007-04").note == "4-28奠基（无年份）"
    assert read_dates("一期已投产、二期前期").note == "二期前期"
    assert read_dates("23年3月").note == "年份只写了两位"
    assert read_dates("3/29/2023").note == "按“月/日/年”解读"


@pytest.mark.parametrize("cell", ["2022年中标", "2022年中交", "2022年初步设计"])
def test_words_that_only_look_like_mid_or_early_year_do_not_narrow_the_year(cell):
    assert read_dates(cell).claims[0].period == Period(date(2022, 1, 1), date(2022, 12, 31), "year")


@given(DAYS)
def test_a_day_reads_back_from_every_layout(day):
    y, m, d = day.year, day.month, day.day
    layouts = [
        f"{day:%Y-%m-%d}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}.{m:02}.{d:02}", f"{y}年{m}月{d}日", f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d} 00:00:00", f"{day:%Y-%m-%dT%H:%M:%S}", f" {y}/{m:02}/{d:02}　", day,
    ]  # fmt: skip
    for layout in layouts:
        assert [claim.period for claim in read_dates(layout).claims] == [Period(day, day, "day")], layout


@given(st.integers(1978, 2060), st.integers(1, 12))
def test_a_month_reads_back_from_every_layout(year, month):
    expected = Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")
    for layout in (
        f"{year}-{month:02}",
        f"{year}年{month}月",
        f"{year}/{month}",
        f"{year}.{month:02}",
        f"{year}{month:02}",
    ):
        assert [claim.period for claim in read_dates(layout).claims] == [expected], layout


@given(DAYS, st.sampled_from([1900, 1904]), st.floats(0, 0.99))
def test_an_excel_serial_is_the_day_counted_from_its_epoch(day, epoch, time):
    """Second source: Excel's own anchors, 1 January 2000 = 36526 in the 1900 system and 35064 in the 1904 system."""
    serial = {1900: 36526, 1904: 35064}[epoch] + (day - date(2000, 1, 1)).days
    if 20000 <= serial <= 80000:
        reading = read_dates(float(serial) + time, epoch=epoch)
        assert [claim.period.start for claim in reading.claims] == [day]


@given(DAYS, DAYS)
def test_two_days_in_a_cell_are_two_claims_in_their_order(first, second):
    reading = read_dates(f"{first} 签订；{second} 补充协议")
    assert [claim.period.start for claim in reading.claims] == [first, second]


@given(
    st.text(max_size=30)
    | st.text(alphabet="0123456789年月日-/.（）()；、，计划预已未开工竣投产底初中旬上下半季度约前后称Q ", max_size=30)
)
@example("(((((")
@example("2023-02-30" * 20)
@example("9999年99月99日")
@example("2060年后")
@example("1978年前")
def test_no_text_ever_raises_and_periods_run_forward(text):
    for planned in (False, True):
        reading = read_dates(text, planned_column=planned)
        assert reading.raw == text
        for claim in reading.claims:
            assert claim.kind in KINDS.values()
            assert claim.period is None or claim.period.start <= claim.period.end


@given(st.integers(-(10**12), 10**12) | st.floats())
def test_no_number_ever_raises(number):
    reading = read_dates(number)
    assert all(claim.period is None or claim.period.start <= claim.period.end for claim in reading.claims)


def stage_cells():
    """(file, cell) of every stage column of the four published ledgers."""
    with (LEDGERS / "published-projects.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            yield from (("published", row[name]) for name in ("签约/在谈", "注册", "开工", "投产/竣工"))
    with (LEDGERS / "盘锦项目-gb18030.csv").open(encoding="gb18030") as file:
        for row in csv.DictReader(file):
            yield from (("gb18030", row[name]) for name in ("签约", "注册", "开工", "投产"))
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(LEDGERS / "盘锦市招商引资项目台账.xlsx"))
    for row in book.get_sheet_by_index(0).to_python()[4:]:
        yield from (("xlsx", cell) for cell in row[7:11])
    book = python_calamine.CalamineWorkbook.from_path(str(LEDGERS / "辽宁重点项目.xls"))
    for row in book.get_sheet_by_index(0).to_python()[1:]:
        yield from (("xls", cell) for cell in row[5:9])


def test_every_stage_cell_of_the_published_ledgers_is_understood():
    cells = list(stage_cells())
    problems = [(file, cell) for file, cell in cells if read_dates(cell).problem]
    assert problems == []
    # Every cell that holds a year gives a claim, except the one that only points to another row.
    silent = {str(cell) for _, cell in cells if any(c.isdigit() for c in str(cell)) and not read_dates(cell).claims}
    assert silent == {"（先于签约，见P02）"}
    assert {file for file, cell in cells if cell} == {"published", "gb18030", "xlsx", "xls"}


def test_the_same_project_has_the_same_claims_in_every_published_ledger():
    """The ledgers write one source in three ways (2023-03-29, 2023/03/29, 2023.03.29): the claims must not differ."""
    with (LEDGERS / "published-projects.csv").open(encoding="utf-8-sig") as file:
        published = {row["id"]: row for row in csv.DictReader(file)}
    pairs = {"签约": "签约/在谈", "注册": "注册", "开工": "开工", "投产": "投产/竣工"}
    with (LEDGERS / "盘锦项目-gb18030.csv").open(encoding="gb18030") as file:
        for row in csv.DictReader(file):
            number = next(value for key, value in row.items() if str(value) in published)
            for here, there in pairs.items():
                assert claims_of(row[here]) == claims_of(published[number][there]), (number, here)


def test_an_open_start_is_the_eve_of_its_period():
    before = read_dates("2021年前").claims[0].period
    assert before.end + timedelta(days=1) == date(2021, 1, 1)
    assert before.start == before.end
