"""Amounts as people read them: exact arithmetic, rounded once."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.core.templatetags.money import SCALES, money
from luodi.intake.engine.units import format_minor


@pytest.mark.parametrize(
    ("fen", "unit", "text"),
    [
        (0, "万元", "0"),
        (23_390_500_000_000, "万元", "23,390,500"),
        (23_390_500_000_000, "亿元", "2,339.05"),
        (5_000, "万元", "0.01"),
        (4_999, "万元", "0"),
        (-5_000, "万元", "-0.01"),
        (-4_999, "万元", "0"),
        (12_345_678, "万元", "12.35"),
        (500_000, "亿元", "0.0001"),
        (999_995_000, "万元", "1,000"),
        (None, "万元", ""),
    ],
)
def test_an_amount_reads_like_this(fen, unit, text):
    assert money(fen, unit) == text


@given(st.integers(-(10**17), 10**17), st.sampled_from(sorted(SCALES)))
def test_it_is_what_decimal_arithmetic_says(fen, unit):
    per_unit, places = SCALES[unit]
    exact = (Decimal(fen) / per_unit).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)

    assert Decimal(money(fen, unit).replace(",", "")) == exact


@given(st.integers(-(10**11), 10**11), st.sampled_from(sorted(SCALES)))
def test_an_amount_that_needs_no_rounding_reads_as_in_the_ledger(steps, unit):
    per_unit, places = SCALES[unit]
    fen = steps * (per_unit // 10**places)

    assert money(fen, unit) == format_minor(fen, unit)
