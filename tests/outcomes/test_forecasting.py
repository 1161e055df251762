"""Expected events of those now open: on worlds whose future is known."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.forecasting import forecast
from luodi.outcomes.engine.spells import check_spells
from tests.outcomes.tables import LONG_AFTER, SIGNED, simulated, spells

DAY = LONG_AFTER - timedelta(days=365)


def test_intervals_of_a_year_hold_what_came_as_often_as_they_say():
    random, held, misses = np.random.default_rng(21), 0, []
    for _ in range(60):
        world = check_spells(simulated(random, 900, lateness=40, span=2200))
        told = forecast(cut(world, "landed", DAY), 12, 0.9)[-1]
        came = world.frame.filter(
            (pl.col("entered_on") <= DAY)
            & (pl.col("outcome") == "landed")
            & (pl.col("ended_on") > DAY)
            & (pl.col("ended_on") <= LONG_AFTER)
        ).height
        held += told.cumulative_lower <= came <= told.cumulative_upper
        misses.append(told.cumulative / came - 1)

    assert abs(np.mean(misses)) < 0.05
    assert held >= 48


def test_one_hazard_is_multiplied_out_by_hand():
    """Ten of a hundred end on day 10, all open ones are at day 5 on the as-of day: each has one chance in ten, in the month that holds the day."""
    old = [(10, "landed")] * 10 + [(40, None)] * 90
    table = spells(old)
    fresh = table.frame.head(50).with_columns(
        entered_on=pl.lit(date(2020, 3, 27)),
        ended_on=pl.lit(None, dtype=pl.Date),
        outcome=pl.lit(None, dtype=pl.String),
    )
    both = check_spells(pl.concat([table.frame, fresh]).drop("row"))
    told = forecast(cut(both, "landed", SIGNED + timedelta(days=91)), 1, 0.9)  # 1 April

    assert [one.month for one in told] == ["2020-04"]
    assert told[0].open == 50
    assert told[0].expected == pytest.approx(5.0)


def test_months_are_calendar_months_and_add_up():
    told = forecast(cut(check_spells(simulated(np.random.default_rng(2), 300)), "landed", date(2034, 1, 15)), 14, 0.9)

    assert [one.month for one in told][:2] + [told[-1].month] == ["2034-01", "2034-02", "2035-02"]
    assert told[-1].cumulative == pytest.approx(sum(one.expected for one in told))


def test_amounts_are_forecast_in_their_own_unit():
    world = simulated(np.random.default_rng(2), 300)
    plain, weighted = (
        forecast(cut(check_spells(table), "landed", DAY), 3, 0.9)
        for table in (world, world.with_columns(pl.lit(20.0).alias("weight")))
    )

    assert plain[0].amount is None
    assert weighted[0].amount == pytest.approx(20 * plain[0].expected, rel=1e-6)


def test_before_anything_has_happened_nothing_is_forecast_and_it_is_said():
    told = forecast(cut(spells([(900, "landed"), (950, "withdrawn")]), "landed", SIGNED + timedelta(days=30)), 2, 0.9)

    assert [(one.expected, one.upper, one.open) for one in told] == [(None, None, 2)] * 2
    assert "尚不可测" in told[0].note


def test_amounts_hold_what_came_as_often_as_they_say():
    """Amounts of very different size: one project in ten is worth as much as all others."""
    random, held = np.random.default_rng(22), 0
    for _ in range(60):
        world = simulated(random, 900, span=2200).with_columns(weight=pl.Series(np.exp(random.normal(1, 1.5, 900)) + 1))
        told = forecast(cut(check_spells(world), "landed", DAY), 12, 0.9)[-1]
        ended = (pl.col("ended_on") > DAY) & (pl.col("ended_on") <= LONG_AFTER)
        came = world.filter((pl.col("entered_on") <= DAY) & (pl.col("outcome") == "landed") & ended)["weight"].sum()
        held += told.cumulative_amount_lower <= came <= told.cumulative_amount_upper

    assert 48 <= held <= 59


def test_groups_have_paces_of_their_own_and_add_up_nearly_to_all():
    random, errors, held, tries = np.random.default_rng(24), [], 0, 0
    for _ in range(25):
        rates = dict(zip("甲乙丙丁", (0.0006, 0.001, 0.0016, 0.001), strict=True))
        world = check_spells(
            pl.concat(simulated(random, 400, rate=rate, group=name, span=2200) for name, rate in rates.items())
        )
        told = {
            one.group: one
            for one in forecast(cut(world, "landed", DAY, ("district",)), 12, 0.9)
            if one.month == "2034-12"
        }
        (whole,) = [one for one in forecast(cut(world, "landed", DAY), 12, 0.9) if one.month == "2034-12"]
        ended = (pl.col("ended_on") > DAY) & (pl.col("ended_on") <= date(2034, 12, 31))
        late = world.frame.filter((pl.col("entered_on") <= DAY) & (pl.col("outcome") == "landed") & ended)
        came = dict(late.group_by("district").len().rows())
        errors.append(sum(one.cumulative for one in told.values()) / whole.cumulative - 1)
        held += sum(one.cumulative_lower <= came[name] <= one.cumulative_upper for name, one in told.items())
        tries += len(told)

    assert abs(np.mean(errors)) < 0.05
    assert 0.85 <= held / tries <= 0.99
