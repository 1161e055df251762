"""Working days against the calendar that the State Council publishes."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from luodi.core.workdays import after, between, exceptions, is_worked

KNOWN = exceptions(Path("cities/panjin"))


@pytest.mark.parametrize(
    ("day", "days", "last"),
    [
        (date(2025, 9, 26), 1, date(2025, 9, 28)),  # a Sunday that is worked
        (date(2025, 9, 30), 1, date(2025, 10, 9)),  # over the holidays
        (date(2025, 9, 30), 3, date(2025, 10, 11)),  # a Saturday that is worked
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2027, 1, 1), 5, date(2027, 1, 8)),  # a year that is not announced goes by its weekdays
    ],
)
def test_a_term_ends_on_a_working_day_and_leaves_the_first_day_out(day, days, last):
    assert after(day, days, KNOWN) == last
    assert between(day, last, KNOWN) == days


def test_counting_back_is_counting_forth_with_the_sign_turned():
    first = date(2025, 9, 20)
    for n in range(40):
        last = first + timedelta(days=n)
        assert between(last, first, KNOWN) == -between(first, last, KNOWN)


def test_every_exception_goes_against_its_weekday():
    """Else a mistyped year or day would stand in the file unseen."""
    assert KNOWN
    assert [day for day, worked in KNOWN.items() if worked == is_worked(day, {})] == []
    assert exceptions(Path("cities/nowhere")) == {}
