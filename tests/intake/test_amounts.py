"""Amounts of money in single cells, as real ledgers write them."""

import csv
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from luodi.intake.engine.amounts import UNITS, Amount, Bound, format_minor, read_amount, unit_in
from luodi.intake.engine.numerals import chinese_integer

LEDGERS = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "ledgers"
YUAN, WAN, YI = UNITS["元"], UNITS["万元"], UNITS["亿元"]
EXACT, LEAST, MOST, ABOUT = Bound.EXACT, Bound.AT_LEAST, Bound.AT_MOST, Bound.ABOUT


def cny(yi, bound=EXACT):
    """An amount given in 亿元."""
    return Amount(int(Decimal(str(yi)) * 10**10), "CNY", bound)


def foreign(millions, currency, bound=EXACT):
    return Amount(int(Decimal(str(millions)) * 10**8), currency, bound)


@pytest.mark.parametrize(
    ("cell", "wan"),
    [
        (8370000, "8370000"),
        (8370000.0, "8370000"),
        (5.3, "5.3"),
        (0, "0"),
        (Decimal("12.345678"), "12.345678"),
        (0.1 + 0.2, "0.3"),
        ("1,234.50", "1234.50"),
        ("1234.5", "1234.5"),
        ("1 234 567", "1234567"),
        ("６，０００，０００.００", "6000000"),
        ("６,０００,０００.００", "6000000"),
        (" 30000　", "30000"),
        ("8.37E+06", "8370000"),
        ("157375618", "157375618"),
        ("2023.03", "2023.03"),
    ],
)
def test_a_bare_number_takes_the_unit_of_its_column(cell, wan):
    reading = read_amount(cell, unit=WAN)
    assert reading.main == Amount(int(Decimal(wan) * 10**6), "CNY", EXACT)
    assert (reading.others, reading.group_total, reading.problem) == ((), None, None)


def test_a_long_number_is_accepted_as_it_stands():
    assert read_amount("1573756189000", unit=YUAN).main == Amount(157375618900000, "CNY", EXACT)


@pytest.mark.parametrize(("yuan", "fen"), [(1.005, 101), (0.125, 13), (2.675, 268), (0.004, 0), (0.005, 1)])
def test_half_a_fen_is_rounded_up_and_floats_are_read_as_printed(yuan, fen):
    assert read_amount(yuan, unit=YUAN).main == Amount(fen, "CNY", EXACT)


@pytest.mark.parametrize(
    ("cell", "main"),
    [
        ("173亿元", cny(173)),
        ("8.0亿元", cny(8)),
        ("30000万元", cny(3)),
        ("5000 万元", cny("0.5")),
        ("计划总投资80亿元", cny(80)),
        ("计划10亿元", cny(10)),
        ("总投资：80亿元", cny(80)),
        ("签约额3亿元", cny(3)),
        ("1亿2000万元", cny("1.2")),
        ("12万5千元", cny("0.00125")),
        ("5000万", cny("0.5")),
        ("1.5亿", cny("1.5")),
        ("3千万元", cny("0.3")),
        ("1.2万亿元", cny(12000)),
        ("500元", cny("0.000005")),
        ("3亿元人民币", cny(3)),
        ("人民币3亿元", cny(3)),
        ("RMB 1.2亿", cny("1.2")),
        ("CNY1.2亿", cny("1.2")),
        ("￥5000万", cny("0.5")),
        ("¥8,370,000,000", cny("83.7")),
        ("３．５亿元", cny("3.5")),
        ("十亿元", cny(10)),
        ("二十五亿元", cny(25)),
        ("三千万元", cny("0.3")),
        ("一亿二千万元", cny("1.2")),
        ("伍仟万元整", cny("0.5")),
        ("叁億圓", cny(3)),
        ("5亿元/年", cny(5)),
        ("3200万英镑", foreign(32, "GBP")),
        ("$300万", foreign(3, "USD")),
        ("US$5,000,000", foreign(5, "USD")),
        ("USD 5百万", foreign(5, "USD")),
        ("5亿港币", foreign(500, "HKD")),
        ("2500万美金", foreign(25, "USD")),
        ("1.5亿欧元", foreign(150, "EUR")),
        ("100亿日元", Amount(10**10, "JPY", EXACT)),
        ("3000亿韩元", Amount(3 * 10**11, "KRW", EXACT)),
        ("10亿元以上", cny(10, LEAST)),
        ("超亿元", cny(1, LEAST)),
        ("亿元以上", cny(1, LEAST)),
        ("数亿元", cny(1, LEAST)),
        ("上亿元", cny(1, LEAST)),
        ("数十亿元", cny(10, LEAST)),
        ("上百亿元", cny(100, LEAST)),
        ("十几亿元", cny(10, LEAST)),
        ("二十余亿元", cny(20, LEAST)),
        ("300多亿元", cny(300, LEAST)),
        ("300余亿元", cny(300, LEAST)),
        ("逾30亿", cny(30, LEAST)),
        ("30亿+", cny(30, LEAST)),
        ("不低于5000万元", cny("0.5", LEAST)),
        ("不超过3亿元", cny(3, MOST)),
        ("20亿元以内", cny(20, MOST)),
        ("至多2亿元", cny(2, MOST)),
        ("百亿元", cny(100, ABOUT)),
        ("近百亿元", cny(100, ABOUT)),
        ("约3亿元", cny(3, ABOUT)),
        ("3亿元左右", cny(3, ABOUT)),
        ("（约3亿元）", cny(3, ABOUT)),
        ("（3亿元）", cny(3)),
        ("≥150", cny("0.015", LEAST)),
        ("≤20", cny("0.002", MOST)),
        (">=150", cny("0.015", LEAST)),
        ("约150", cny("0.015", ABOUT)),
        ("~150", cny("0.015", ABOUT)),
    ],
)
def test_words_around_a_number_give_unit_currency_and_bound(cell, main):
    reading = read_amount(cell, unit=WAN)
    assert reading.main == main
    assert (reading.others, reading.problem, reading.raw) == ((), None, cell)


@pytest.mark.parametrize(
    ("cell", "main", "others"),
    [
        (
            "837亿元（2015年公文845亿元；2019年“超695亿元/100.9亿美元”）",
            cny(837),
            (("2015年公文", cny(845)), ("2019年", cny(695, LEAST)), ("2019年", foreign(10090, "USD"))),
        ),
        ("120亿美元；一期26亿美元", foreign(12000, "USD"), (("一期", foreign(2600, "USD")),)),
        ("5.2亿元（其中双极板1.2亿元）", cny("5.2"), (("其中双极板", cny("1.2")),)),
        ("3亿元（一期2500万美元）", cny(3), (("一期", foreign(25, "USD")),)),
        ("600亿元（一期约220、二期约380）", cny(600), (("一期", cny(220, ABOUT)), ("二期", cny(380, ABOUT)))),
        ("6.5亿元（一期约2）", cny("6.5"), (("一期", cny(2, ABOUT)),)),
        ("1亿2000万元（一期约0.5）", cny("1.2"), (("一期", cny("0.5", ABOUT)),)),
        ("六百亿元（一期约220）", cny(600), (("一期", cny(220, ABOUT)),)),
        ("5000万（设备300）", cny("0.5"), (("设备", cny("0.03")),)),
        ("837（2015年845）", cny("0.0837"), (("2015年", cny("0.0845")),)),
        ("总投资30亿元，其中一期10亿元", cny(30), (("其中一期", cny(10)),)),
        ("一期10亿元，总投资30亿元", cny(30), (("一期", cny(10)),)),
        ("500万（设备300万）", cny("0.05"), (("设备", cny("0.03")),)),
        ("1.5亿元，达产后年产值3亿元", cny("1.5"), (("达产后年产值", cny(3)),)),
        ("3.5-5亿元", cny("3.5", LEAST), (("上限", cny(5, MOST)),)),
        ("3～5亿元", cny(3, LEAST), (("上限", cny(5, MOST)),)),
        ("3—5亿元", cny(3, LEAST), (("上限", cny(5, MOST)),)),
        ("1亿元至2亿元", cny(1, LEAST), (("上限", cny(2, MOST)),)),
        ("5000-8000", cny("0.5", LEAST), (("上限", cny("0.8", MOST)),)),
        ("未披露（媒体称5亿元）", None, (("媒体称", cny(5)),)),
        ("2亿元/200亩", cny(2), ()),
        ("总投资5亿元，占地200亩，年产80万吨", cny(5), ()),
    ],
)
def test_further_amounts_keep_the_words_before_them(cell, main, others):
    reading = read_amount(cell, unit=WAN)
    assert (reading.main, reading.others, reading.problem) == (main, others, None)


@pytest.mark.parametrize(
    ("cell", "total"),
    [
        ("（16个项目合计40.8亿元）", cny("40.8")),
        ("16个项目合计40.8亿元", cny("40.8")),
        ("（与P07合计80亿元）", cny(80)),
    ],
)
def test_a_total_of_several_projects_is_nobodys_amount(cell, total):
    reading = read_amount(cell, unit=WAN)
    assert (reading.main, reading.others, reading.group_total, reading.problem) == (None, (), total, None)


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        ("（未披露）", "未披露"),
        ("（同上合计）", "同上合计"),
        ("无", "无"),
        ("待定", "待定"),
        ("未公开", "未公开"),
        ("N/A", "N/A"),
        ("保密", "保密"),
        ("面议", "面议"),
        ("/", "/"),
        ("-", "-"),
        ("—", "—"),
        ("", ""),
        ("　", ""),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_a_cell_that_states_no_amount_is_no_problem(cell, note):
    reading = read_amount(cell, unit=WAN)
    assert (reading.main, reading.others, reading.group_total, reading.problem, reading.note) == (
        None,
        (),
        None,
        None,
        note,
    )


@pytest.mark.parametrize(
    ("cell", "unit", "code"),
    [
        (500, None, "unit_missing"),
        ("500", None, "unit_missing"),
        ("约500", None, "unit_missing"),
        ("-500", WAN, "negative"),
        (-500, WAN, "negative"),
        (-0.5, WAN, "negative"),
        ("（500）", WAN, "negative"),
        ("(1,234.50)", WAN, "negative"),
        ("-500万元", WAN, "negative"),
        ("80.5%", WAN, "percent"),
        ("８０％", WAN, "percent"),
        ("2023-03-29", WAN, "date"),
        ("2023年3月", WAN, "date"),
        (date(2023, 3, 29), WAN, "date"),
        ("一期10亿元、二期20亿元", WAN, "no_total"),
        ("5亿+3亿", WAN, "no_total"),
        ("2亿3亿", WAN, "unreadable"),
        ("abc", WAN, "unreadable"),
        ("China", WAN, "unreadable"),
        ("同上", WAN, "unreadable"),
        ("亿元", WAN, "unreadable"),
        ("1.2.3", WAN, "unreadable"),
        ("1,23,4", WAN, "unreadable"),
        ("80万吨", WAN, "unreadable"),
        ("40万千瓦", WAN, "unreadable"),
        ("245万元/亩", WAN, "unreadable"),
        ("5亿新台币", WAN, "unreadable"),
        ("80%（约3亿元）", WAN, "unreadable"),
        (True, WAN, "unreadable"),
        (float("inf"), WAN, "unreadable"),
        ("投资" * 300 + "5亿元", WAN, "unreadable"),
    ],
)
def test_a_cell_that_is_no_amount_says_why_and_what_to_do(cell, unit, code):
    reading = read_amount(cell, unit=unit)
    assert reading.main is None
    assert reading.problem is not None
    assert reading.problem.code == code
    assert reading.problem.message
    assert reading.problem.advice


def test_an_implausible_amount_is_kept_with_a_warning_unless_it_cannot_be_stored():
    wrong_unit = read_amount("1573756189000", unit=WAN)
    assert wrong_unit.main == Amount(1573756189000 * 10**6, "CNY", EXACT)
    assert wrong_unit.problem.code == "too_large"
    assert read_amount("9" * 100, unit=WAN).main is None
    assert read_amount("9" * 100, unit=WAN).problem.code == "too_large"
    assert read_amount(10 * 10**12, unit=YUAN).problem is None


def test_what_the_amount_is_called_is_kept_as_a_note():
    assert read_amount("总投资5亿元（含税）", unit=None).note == "总投资；含税"
    assert read_amount("3.5-5亿元", unit=None).note == "金额为区间"


def test_a_magnitude_without_a_currency_takes_that_of_the_column():
    assert read_amount("500万", unit=UNITS["万美元"]).main == foreign(5, "USD")
    assert read_amount("500万元", unit=UNITS["万美元"]).main == cny("0.05")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("单位：万元", "万元"),
        ("单位:  亿元", "亿元"),
        ("（单位：万元、亩）", "万元"),
        ("单位：亩、万元", "万元"),
        ("填报单位：盘锦市发改委　　单位：万元", "万元"),
        ("单位：万元　填报日期：2025年1月6日", "万元"),
        ("总投资（亿元）", "亿元"),
        ("总投资_亿元", "亿元"),
        ("总投资(万美元)", "万美元"),
        ("总投资\n（万元）", "万元"),
        ("总投资（万元）（含税）", "万元"),
        ("金额:万元", "万元"),
        ("计划投资/亿元", "亿元"),
        ("总投资 万元", "万元"),
        ("总投资亿元", "亿元"),
        ("总投资（亿）", "亿元"),
        ("总投资（元）", "元"),
        ("总投资（单位：亿元人民币）", "亿元"),
        ("金额单位：人民币万元", "万元"),
        ("单位：百万元", "百万元"),
        ("产值（万元/年）", "万元"),
        ("利用外资（美元）", "美元"),
        ("2023年完成投资【万元】", "万元"),
        ("万元", "万元"),
        ("单位：盘锦市发改委", None),
        ("1万元以上", None),
        ("亿元以上项目", None),
        ("计划总投资5亿元", None),
        ("投资强度（万元/亩）", None),
        ("10亿元以上项目（个）", None),
        ("占地（亩）", None),
        ("所在地：广元", None),
        ("单元", None),
        ("币种：美元", None),
        ("单位：人民币", None),
        ("总投资", None),
        ("万", None),
        ("", None),
    ],
)
def test_a_caption_or_heading_names_its_unit_of_money(text, code):
    unit = unit_in(text)
    assert (unit.code if unit else None) == code


@given(
    st.integers(min_value=0, max_value=10**15),
    st.sampled_from(["元", "千元", "万元", "百万元", "亿元", "美元", "亿日元"]),
)
def test_printing_and_reading_an_amount_gives_it_back(minor, code):
    unit = UNITS[code]
    shown = format_minor(minor, code)
    assert read_amount(shown, unit=unit).main == Amount(minor, unit.currency, EXACT)
    assert not shown.endswith(".")
    assert Decimal(shown.replace(",", "")) * unit.minor_per_unit == minor


def test_printing_is_exact_with_thousands_and_without_trailing_zeros():
    assert format_minor(23390500 * 10**6, "万元") == "23,390,500"
    assert format_minor(-150, "元") == "-1.5"
    assert format_minor(1, "亿元") == "0.0000000001"
    with pytest.raises(KeyError):
        format_minor(1, "贯")


@given(st.floats(min_value=0, max_value=1e9, allow_nan=False))
def test_a_float_is_the_decimal_that_it_prints(number):
    expected = int((Decimal(repr(number)) * 1_000_000).to_integral_value(ROUND_HALF_UP))
    assert read_amount(number, unit=WAN).main.minor == expected


@given(
    st.text(max_size=30)
    | st.text(alphabet="0123456789.,，亿万千百十元美一二三期约超数近多以上下（）()；、-~～/%年月+ ", max_size=25)
)
@example("(" * 30)
@example("1亿" * 100)
@example("二" * 300 + "亿元")
def test_no_text_ever_raises(text):
    reading = read_amount(text, unit=WAN)
    assert reading.raw == text
    assert reading.main is None or reading.main.minor >= 0


@given(st.integers(min_value=1, max_value=99_999_999))
def test_chinese_numerals_are_read_as_they_are_spelled(number):
    """Second source: spelling the number out, group by group, the way it is taught at school."""
    assert chinese_integer(spell(number)) == number


def spell(number):
    high, low = divmod(number, 10_000)
    text = spell_group(high) + "万" if high else ""
    if high and low and low < 1000:
        text += "零"
    return text + spell_group(low)


def spell_group(number):
    text, zero = "", False
    for power, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if zero and text else "") + "零一二三四五六七八九"[digit] + word
        zero = digit == 0
    return text


def test_every_published_amount_agrees_with_the_number_beside_it():
    """The public ledger gives each amount twice, in words and in 亿元: the two readings must meet."""
    with (LEDGERS / "published-projects.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    compared = 0
    for row in rows:
        words = read_amount(row["金额_原文口径"], unit=None)
        number = read_amount(row["总投资_亿元"], unit=YI)
        assert words.problem is None
        assert number.problem is None
        if words.main and number.main and words.main.currency == "CNY":
            assert words.main.minor == number.main.minor, row["项目名称"]
            compared += 1
    assert compared == sum(1 for row in rows if row["总投资_亿元"])


def test_the_numbers_of_the_gb18030_ledger_sum_to_the_published_total():
    with (LEDGERS / "盘锦项目-gb18030.csv").open(encoding="gb18030") as file:
        readings = [read_amount(row["总投资(万元)"], unit=WAN) for row in csv.DictReader(file)]
    assert [reading.problem for reading in readings if reading.problem] == []
    assert sum(reading.main.minor for reading in readings if reading.main) == 23_390_500 * 10**6
