"""Project codes of both generations, by shape, days and division."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luodi.projects.engine.codes import codes_in, first_in, read

TODAY = date(2026, 11, 26)
KNOWN = {
    "211104": (date(2016, 3, 20), date.max),
    "211121": (date.min, date(2016, 3, 19)),
    "210000": (date.min, date.max),
}


def knows(code, day):
    return code in KNOWN and KNOWN[code][0] <= day <= KNOWN[code][1]


def code(text, today=TODAY):
    return read(text, today=today, knows_division=knows)


@pytest.mark.parametrize(
    ("text", "generation", "official"),
    [
        ("2018-211104-26-03-012345", 2016, "2018-211104-26-03-012345"),
        ("20182111042603012345", 2016, "2018-211104-26-03-012345"),
        ("２０２０－２１１１０４－２６－０３－０１２３４５", 2016, "2020-211104-26-03-012345"),
        ("2011-211104-04-01-123456", 2020, "2011-211104-04-01-123456"),
        ("2306-210000-07-02-987654", 2020, "2306-210000-07-02-987654"),
    ],
)
def test_both_generations_are_read(text, generation, official):
    found = code(text)

    assert (found.generation, found.text, found.problems) == (generation, official, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2015-211104-26-03-012345", "既不是 2016"),
        ("2010-211104-04-01-123456", "既不是 2016"),
        ("2113-211104-04-01-123456", "既不是 2016"),
        ("2712-211104-04-01-123456", "还没有到"),
        ("2306-999999-07-02-987654", "地区段“999999”"),
        ("2306-211104-07-02-98765", "实际 19 位"),
        ("2306-21110A-07-02-987654", "别的字符"),
        ("辽发改备〔2020〕12号", "别的字符"),
    ],
)
def test_what_is_odd_says_why(text, words):
    assert words in "；".join(code(text).problems)


def test_a_county_that_became_a_district_is_known_in_its_days():
    assert "211121" in "".join(code("2018-211121-26-03-012345").problems)
    assert code("2306-211104-07-02-987654").problems == ()


def test_the_check_digit_is_not_guessed():
    """Every last digit of an otherwise sound code is accepted."""
    assert all(code(f"2306-211104-07-02-98765{digit}").problems == () for digit in range(10))


def test_a_cell_may_name_several_codes_and_repeat_them():
    text = "2018-211104-26-03-012345、2306-211104-07-02-987654；2018-211104-26-03-012345"

    assert codes_in(text) == ["2018-211104-26-03-012345", "2306-211104-07-02-987654"]


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text):
    for one in codes_in(text):
        assert code(one).text or one


@given(st.integers(2016, 2099))
def test_no_time_segment_is_of_both_generations(number):
    """Second source: 2016 to 2020 taken as year and month would be months 16 to 20."""
    found = code(f"{number}-211104-26-03-012345", today=date(2100, 1, 1))
    assert found.generation == (2016 if number <= 2020 else 0)


def test_two_ledgers_meet_by_a_code_with_and_without_hyphens():
    assert first_in("20182111042603012345、2306-211104-07-02-987654") == first_in("2018-211104-26-03-012345")
    assert (first_in(""), first_in("备案中")) == ("", "备案中")
