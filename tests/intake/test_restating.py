"""What is written back into a cell reads back as the very fact; totals follow the rows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.intake.engine.amounts import read_amount
from luodi.intake.engine.dates import read_dates
from luodi.intake.engine.facts import claims_fact
from luodi.intake.engine.restating import in_unit, moved_totals, restated, serial, shared_out
from luodi.intake.engine.rowkinds import RowKind
from luodi.intake.engine.totals import LedgerLine
from luodi.intake.engine.understanding import MappedColumn
from luodi.intake.engine.units import CURRENCIES, UNITS

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2049, 12, 31))


def column(field, unit=None):
    return MappedColumn(4, "E", "总投资", field, UNITS[unit] if unit else None)


@given(
    minor=st.integers(1, 10**15),
    unit=st.sampled_from(["元", "万元", "亿元", "万美元"]),
    currency=st.sampled_from(sorted(CURRENCIES)),
    bound=st.sampled_from(["exact", "at_least", "at_most", "about"]),
)
def test_every_amount_can_be_written_into_every_amount_column(minor, unit, currency, bound):
    minor *= 100 if currency in {"JPY", "KRW"} else 1
    fact = f"{currency} {minor} {bound}"

    written = restated(column("total_investment", unit), "total_investment", fact, was=1)

    # The reader of amounts itself is the second source here.
    amount = read_amount(written, unit=UNITS[unit]).main
    assert f"{amount.currency} {amount.minor} {amount.bound}" == fact
    is_number = bound == "exact" and UNITS[unit].currency == currency
    assert isinstance(written, int | Decimal) == is_number


@given(start=DAYS, length=st.integers(0, 700), kind=st.sampled_from(["actual", "planned"]))
def test_every_period_can_be_written_and_reads_back(start, length, kind):
    end = start + timedelta(days=length)
    fact = f"{kind} started {start}/{end}"

    written = restated(column("started_on"), "started_on", fact, was="")

    if written is not None:
        assert claims_fact(read_dates(written).claims, "started") == fact
    assert written is not None or kind == "planned" or end > date.today(), fact


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2023-03-01/2023-03-01", "2023-03-01"),
        ("2023-03-01/2023-03-31", "2023年3月"),
        ("2023-01-01/2023-12-31", "2023年"),
        ("2023-01-01/2023-06-30", "2023年上半年"),
        ("2023-10-01/2023-12-31", "2023年4季度"),
    ],
)
def test_a_period_is_written_as_an_office_writes_it(period, words):
    assert restated(column("signed_on"), "signed_on", f"actual signed {period}", was="") == words


def test_a_real_date_stays_a_real_date_and_said_words_win_over_our_own():
    fact = "actual signed 2023-03-01/2023-03-31"

    assert restated(column("signed_on"), "signed_on", fact, was="", said="23年3月") == "23年3月"
    assert restated(
        column("signed_on"), "signed_on", "actual signed 2023-03-05/2023-03-05", was=date(2020, 1, 1)
    ) == date(2023, 3, 5)
    assert restated(column("signed_on"), "signed_on", "actual signed ?", was="", said="不知道") is None


@pytest.mark.parametrize(
    ("day", "epoch", "number"),
    [(date(1900, 3, 1), 1900, 61), (date(2023, 3, 29), 1900, 45014), (date(1904, 1, 2), 1904, 1)],
)
def test_a_day_is_kept_by_the_number_that_excel_gives_it(day, epoch, number):
    assert serial(day, epoch) == number


@pytest.mark.parametrize(
    ("parts", "fact", "expected"),
    [
        (["甲", "乙"], "甲 | 乙 | 丙", ["甲", "乙 | 丙"]),
        (["甲", "乙"], "甲 | 丁", ["甲", "丁"]),
        (["甲", "乙"], "丁", ["丁", ""]),
        (["甲", "乙"], "甲", ["甲", ""]),
    ],
)
def test_a_text_told_by_several_columns_is_shared_out(parts, fact, expected):
    assert shared_out(parts, fact) == expected


@given(minor=st.integers(-(10**16), 10**16), unit=st.sampled_from(sorted(UNITS)))
def test_an_amount_in_a_unit_is_exact(minor, unit):
    assert in_unit(minor, UNITS[unit].minor_per_unit) * UNITS[unit].minor_per_unit == minor


AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=6)


@given(blocks=st.lists(AMOUNTS, min_size=1, max_size=4), data=st.data())
def test_totals_move_by_as_much_as_their_rows(blocks, data):
    """Brute force beside it: every subtotal and the total, added up again from the new rows."""
    lines, places, number = [], [], 1
    for block in blocks:
        for minor in block:
            lines.append(LedgerLine(number, RowKind.DATA, "", {5: minor}))
            places.append(number)
            number += 1
        lines.append(LedgerLine(number, RowKind.SUBTOTAL, "小计", {5: sum(block)}))
        number += 1
    lines.append(LedgerLine(number, RowKind.TOTAL, "合计", {5: sum(map(sum, blocks))}))
    row, fresh = data.draw(st.sampled_from(places)), data.draw(st.integers(0, 10**9))

    moved = {check.row: minor for check, minor in moved_totals(lines, {(row, 5): fresh})}

    new = {line.row: fresh if line.row == row else line.values[5] for line in lines if line.kind is RowKind.DATA}
    since, expected = 0, {}
    for line in lines:
        if line.kind is RowKind.SUBTOTAL:
            expected[line.row] = sum(minor for at, minor in new.items() if since < at < line.row)
            since = line.row
    expected[number] = sum(new.values())
    assert moved == {at: total for at, total in expected.items() if total != lines[at - 1].values[5]}
