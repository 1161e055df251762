"""Shares that lean on the pool, and ranks that luck, names and splitting do not move."""

import numpy as np
import polars as pl
import pytest

from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.pooling import posterior
from luodi.outcomes.engine.ranking import leaning, rank
from luodi.outcomes.engine.spells import check_spells
from tests.outcomes.tables import LONG_AFTER, simulated


def _city(seed, sizes=(20, 60, 90, 200, 40, 30), rates=(0.001, 0.0012, 0.0008, 0.001, 0.002, 0.0006)):
    random = np.random.default_rng(seed)
    return pl.concat(
        simulated(random, size, rate=rate, group=f"区{number}", span=1500)
        for number, (size, rate) in enumerate(zip(sizes, rates, strict=True))
    )


def _ranked(frame, **terms):
    return rank(cut(check_spells(frame), "landed", LONG_AFTER, ("district",)), 360, 0.9, **terms)


def test_intervals_of_small_groups_hold_as_often_as_they_say():
    random, held, tries = np.random.default_rng(8), 0, 0
    for _ in range(40):
        real = random.beta(6, 14, 15)
        trials = random.integers(5, 40, 15)
        events = random.binomial(trials, real)
        found = posterior(events.astype(float), trials.astype(float))
        for number in range(15):
            lower, upper = found.interval(number, 0.9)
            held += lower <= real[number] <= upper
            tries += 1

    assert 0.87 <= held / tries <= 0.93


def test_a_group_of_few_leans_more_than_one_of_many():
    found = posterior(np.array([0.0, 0.0, 300.0]), np.array([4.0, 400.0, 1000.0])).mean()

    assert found[0] > 0.05
    assert found[1] < 0.01


def test_splitting_a_districts_projects_into_weighted_parts_changes_nothing():
    whole = _city(1).with_columns(pl.lit(1.0).alias("weight"))
    mine = whole.filter(pl.col("district") == "区1").with_columns(pl.col("weight") / 3)
    parts = [mine.with_columns(pl.col("id") + f"-{part}") for part in range(3)]
    split = pl.concat([whole.filter(pl.col("district") != "区1"), *parts])

    for one, other in zip(_ranked(whole), _ranked(split), strict=True):
        assert (one.group, one.band, one.rank_lower, one.rank_upper) == (
            other.group,
            other.band,
            other.rank_lower,
            other.rank_upper,
        )
        assert one.rank == pytest.approx(other.rank, abs=1e-6)
        assert (one.lower, one.upper) == pytest.approx((other.lower, other.upper), abs=1e-6)


def test_names_of_groups_change_nothing():
    whole = _city(2)
    renamed = whole.with_columns(pl.col("district").replace({f"区{n}": f"{'zyxwvu'[n]}" for n in range(6)}))
    places = {f"{'zyxwvu'[n]}": f"区{n}" for n in range(6)}

    for one, other in zip(_ranked(whole), _ranked(renamed), strict=True):
        assert one.group == places[other.group]
        assert one.rank == pytest.approx(other.rank)


def test_groups_alike_share_one_band_and_far_apart_ones_do_not():
    alike = [{one.band for one in _ranked(_city(seed, (60,) * 6, (0.001,) * 6))} for seed in range(20)]
    apart = _ranked(_city(3, (300, 300), (0.004, 0.0004)))

    assert sum(bands == {1} for bands in alike) >= 17
    assert [(one.group, one.band, one.rank_lower, one.rank_upper) for one in apart] == [
        ("区0", 1, 1, 1),
        ("区1", 2, 2, 2),
    ]


def test_what_the_mix_explains_is_taken_out():
    """District 区1 only has the slow chain; within a chain the districts are equal."""
    random = np.random.default_rng(4)
    slow, fast = (
        lambda n, d: simulated(random, n, rate=0.0004, group=d).with_columns(pl.lit("慢").alias("chain")),
        lambda n, d: simulated(random, n, rate=0.003, group=d).with_columns(pl.lit("快").alias("chain")),
    )
    city = pl.concat([fast(400, "区0"), slow(400, "区0"), slow(800, "区1")])
    bare, fair = _ranked(city), _ranked(city, adjust=("chain",))

    assert bare[0].estimate - bare[1].estimate > 0.15
    assert abs(fair[0].estimate - fair[1].estimate) < 0.08


def test_fakes_and_splits_do_not_raise_a_rank():
    """区2 splits four in ten of its landed projects (net: shares) and signs a fifth more that never land."""
    whole = _city(5).with_columns(pl.lit(1.0).alias("weight"))
    mine = (pl.col("district") == "区2") & (pl.col("outcome") == "landed")
    halves = whole.filter(mine).head(8).with_columns(pl.lit(0.5).alias("weight"))
    rest = whole.filter(~pl.col("id").is_in(halves["id"].implode()))
    fakes = (
        whole.filter(pl.col("district") == "区2")
        .head(18)
        .with_columns(
            (pl.col("id") + "假"),
            pl.lit(None, dtype=pl.Date).alias("ended_on"),
            pl.lit(None, dtype=pl.String).alias("outcome"),
        )
    )
    gamed = pl.concat([rest, halves, halves.with_columns(pl.col("id") + "b"), fakes])
    before, after = ({one.group: one.rank for one in _ranked(table)} for table in (whole, gamed))

    assert after["区2"] >= before["区2"]


def test_the_mean_of_the_posterior_is_what_estimate_prints_when_asked_to_lean():
    made = cut(check_spells(_city(6)), "landed", LONG_AFTER, ("district",))
    told = {one.group: one.estimate for one in leaning(made, [360], 0.9)}

    assert told == pytest.approx({one.group: one.estimate for one in rank(made, 360, 0.9)})
