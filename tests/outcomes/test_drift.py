"""Years that differ widen the band; years that do not leave it alone."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.drift import _ahead
from luodi.outcomes.engine.estimating import estimate
from luodi.outcomes.engine.spells import check_spells
from tests.outcomes.tables import LONG_AFTER, simulated, truth


def _years(random, rates, size=150):
    """A cohort a year with a pace of its own."""
    return pl.concat(
        simulated(random, size, rate=rate, group=f"{number}", span=365, as_of=date(2030 + number, 1, 1))
        for number, rate in enumerate(rates)
    )


def test_one_pace_is_seldom_taken_for_many():
    random, widened = np.random.default_rng(31), 0
    for _ in range(40):
        world = check_spells(simulated(random, 1200, span=3000))
        widened += "快慢不一" in estimate(cut(world, "landed", LONG_AFTER), [360])[0].note

    assert widened <= 6


def test_a_cohort_with_a_pace_of_its_own_is_held_as_often_as_said():
    random, held, steady = np.random.default_rng(32), 0, 0
    for _ in range(60):
        rates = 0.001 * np.exp(random.normal(0, 0.5, 9))
        past = check_spells(_years(random, rates[:8]))
        real, size = truth(360, rates[8]), 150
        came = random.binomial(size, real) / size
        for way in ("auto", "steady"):
            (told,) = estimate(cut(past, "landed", date(2037, 1, 1)), [360], 0.9, cohort=way)
            hit = told.lower <= came <= told.upper
            held, steady = held + (hit and way == "auto"), steady + (hit and way == "steady")

    assert held >= 51
    assert steady <= 36


def test_a_table_of_nobody_yet_says_so():
    made = cut(check_spells(simulated(np.random.default_rng(1), 20)), "landed", date(1999, 1, 1))
    (told,) = estimate(made, [360])

    assert (told.estimate, told.n) == (None, 0)
    assert "尚不可测" in told.note


def test_a_pace_that_walks_is_held_nearly_as_often_as_said():
    random, held = np.random.default_rng(33), 0
    for _ in range(60):
        rates = 0.001 * np.exp(np.cumsum(random.normal(0, 0.3, 11)) - 0.3)
        past = check_spells(_years(random, rates[:10]))
        came = random.binomial(150, truth(360, rates[10])) / 150
        (told,) = estimate(cut(past, "landed", date(2039, 1, 1)), [360], 0.9)
        held += told.lower <= came <= told.upper

    assert held >= 48  # 54 would be as said


def test_what_a_forecaster_would_have_missed_is_counted_year_by_year():
    seen, expected = np.array([[10.0, 40.0, 20.0]]), np.array([[20.0, 20.0, 20.0]])
    enough = np.ones((1, 3), dtype=bool)
    second, third = (40 - 10) ** 2 - (10 + 10**2 / 10), (20 - 25) ** 2 - (25 + 25**2 / 50)
    one, two, three = (
        sum(((n - k) / n) ** 2 for k in range(n)) for n in (1, 2, 3)
    )  # a walk's steps since the mean of n years
    step = (second + third) / (10**2 * one + 25**2 * two)

    assert _ahead(seen, expected, enough) == pytest.approx(step * three)
