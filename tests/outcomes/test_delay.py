"""What is recorded late is put right: on worlds whose truth is known."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.delay import Complete, delay_of
from luodi.outcomes.engine.estimating import estimate
from luodi.outcomes.engine.spells import check_spells
from tests.outcomes.tables import LONG_AFTER, simulated, truth


def test_the_delay_is_found_though_long_ones_are_not_seen_yet():
    random = np.random.default_rng(2)
    delays, windows = np.floor(random.exponential(60, 20_000)).astype(int), random.integers(0, 400, 20_000)
    seen = delays <= windows
    found = delay_of(delays[seen], windows[seen])

    for days in (10, 30, 60, 120, 240):
        assert found.within[days] == pytest.approx(1 - np.exp(-(days + 1) / 60), abs=0.015)


def test_at_the_edge_the_bias_is_gone_and_the_interval_holds():
    """The edge matters most when few were signed long ago: 400 days of entries, a figure at 300, delays of 90 days."""
    random = np.random.default_rng(3)
    right, plain, held, tries = [], [], 0, 120
    for _ in range(tries):
        world = check_spells(simulated(random, 1500, rate=0.002, other=0.001, lateness=90, span=600))
        made = cut(world, "landed", LONG_AFTER)
        (told,), (naive,) = estimate(made, [300]), estimate(made, [300], delay=False)
        right.append(told.estimate)
        plain.append(naive.estimate)
        held += told.lower <= truth(300, 0.002, 0.001) <= told.upper

    assert abs(np.mean(right) - truth(300, 0.002, 0.001)) <= 0.01
    assert abs(np.mean(plain) - truth(300, 0.002, 0.001)) > 0.03
    assert 0.83 <= held / tries <= 0.97


def test_a_record_made_at_once_changes_nothing():
    world = simulated(np.random.default_rng(4), 400)
    late = world.with_columns(pl.col("ended_on").alias("recorded_on"))
    one, other = (estimate(cut(check_spells(table), "landed", LONG_AFTER), [300]) for table in (world, late))

    assert one == other


def test_the_future_is_not_read():
    """What is recorded after the as-of day leaves no trace in the estimate."""
    world = simulated(np.random.default_rng(6), 600, lateness=60)
    day = LONG_AFTER - timedelta(days=400)
    blind = world.with_columns(
        pl.when(pl.col("recorded_on") > day).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("ended_on", "outcome", "recorded_on")
    )
    one, other = (estimate(cut(check_spells(table), "landed", day), [200, 300]) for table in (world, blind))

    assert one == other


def _forgotten(random, missing):
    """A tenth of what landed is never recorded; a second source tells of half of what landed, whoever recorded it."""
    world = simulated(random, 2500, rate=0.002, other=0.001, lateness=60, span=1400)
    landed = (world["outcome"] == "landed") & (world["ended_on"] <= LONG_AFTER - timedelta(days=400))
    lost = pl.Series(random.random(world.height) < missing) & (world["outcome"] == "landed")
    second = landed & pl.Series(random.random(world.height) < 0.5)
    table = world.with_columns(
        pl.when(lost).then(None).otherwise(pl.col(name)).alias(name) for name in ("ended_on", "outcome", "recorded_on")
    )
    return check_spells(table), Complete(int((second & ~lost).sum()), int(second.sum()))


def test_what_is_never_recorded_is_put_right_by_a_second_source():
    random, right, plain, held, tries = np.random.default_rng(7), [], [], 0, 80
    real = truth(500, 0.002, 0.001)
    for _ in range(tries):
        world, complete = _forgotten(random, 0.1)
        made = cut(world, "landed", LONG_AFTER)
        (told,), (naive,) = estimate(made, [500], complete=complete), estimate(made, [500])
        right.append(told.estimate)
        plain.append(naive.estimate)
        held += told.lower <= real <= told.upper

    assert abs(np.mean(right) - real) <= 0.006
    assert real - np.mean(plain) > 0.03
    assert 0.83 <= held / tries <= 0.98


def test_a_small_check_that_found_all_still_leaves_a_doubt():
    made = cut(_forgotten(np.random.default_rng(7), 0.0)[0], "landed", LONG_AFTER)
    (bare,), (small,), (large,) = (
        estimate(made, [500], complete=complete) for complete in (None, Complete(5, 5), Complete(5000, 5000))
    )

    assert large.estimate == pytest.approx(bare.estimate, abs=1e-3)
    assert small.upper - small.lower > large.upper - large.lower
    assert "录入完整度" in small.note


def test_of_those_who_entered_only_what_is_not_seen_yet_is_guessed():
    """The share of these very projects: known to the digit once all are followed, held as often as said before."""
    random, held, tries = np.random.default_rng(9), 0, 200
    for _ in range(tries):
        world = simulated(random, 400, rate=0.002, other=0.001, span=900)
        real = (
            (world["outcome"] == "landed") & ((world["ended_on"] - world["entered_on"]).dt.total_days() <= 500)
        ).mean()
        made = cut(check_spells(world), "landed", LONG_AFTER)
        (told,) = estimate(made, [500], cohort="entered")
        held += told.lower <= real <= told.upper
    later = cut(check_spells(world), "landed", LONG_AFTER + timedelta(days=600))
    (known,) = estimate(later, [500], cohort="entered")

    assert 0.85 <= held / tries <= 0.95
    assert known.estimate == pytest.approx(real)
    assert known.upper - known.lower < 0.02
