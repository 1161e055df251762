"""A district splits 40 % of its projects and fakes 20 % more: it looks better as reported, and never better net."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.outcomes.engine.gaming import bought, figures, gamed, net, table
from tests.outcomes.tables import LONG_AFTER, simulated

DAY = LONG_AFTER - timedelta(days=200)
WORLDS = sorted((Path(__file__).resolve().parents[3] / "shared/engines/integrity").glob("train-*.zip"))
SLACK = 1e-9


def _city(seed, sizes=(30, 60, 90, 40)):
    random = np.random.default_rng(seed)
    rates = 0.001 * np.exp(random.normal(0, 0.3, len(sizes)))
    return pl.concat(
        simulated(random, size, rate=rate, group=f"区{number}", span=1500, lateness=20)
        for number, (size, rate) in enumerate(zip(sizes, rates, strict=True))
    )


def _does_not_pay(one):
    assert one.after.net_landed <= one.before.net_landed + SLACK
    assert one.after.net_signed <= one.before.net_signed + SLACK
    assert one.after.net_share <= one.before.net_share + SLACK
    assert one.after.net_rank >= one.before.net_rank - SLACK


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10_000), unit=st.sampled_from(["区0", "区1", "区2", "区3"]),
    split=st.floats(0, 0.8), faked=st.floats(0, 0.6),
)  # fmt: skip
def test_however_much_is_split_and_faked_no_net_figure_rises(seed, unit, split, faked):
    _does_not_pay(bought(_city(seed), unit, "landed", DAY, 360, "district", split=split, faked=faked, seed=seed))


@pytest.mark.parametrize("seed", range(8))
def test_forty_per_cent_split_and_twenty_faked_pays_as_reported_only(seed):
    city = _city(seed, (40, 60, 80, 50, 45))
    one = bought(city, "区1", "landed", DAY, 360, "district", seed=seed)

    _does_not_pay(one)
    assert one.after.signed > one.before.signed * 1.7
    assert one.after.landed > one.before.landed * 1.5
    assert one.after.stock_rate > one.before.stock_rate + 0.05
    assert one.after.naive_rank <= one.before.naive_rank


@pytest.mark.skipif(not WORLDS, reason="worlds not here")
@pytest.mark.parametrize("path", WORLDS[:3], ids=lambda path: path.stem)
def test_in_the_invented_cities_it_does_not_pay_for_any_district(path):
    from benchmarks.outcomes_worlds import honest, spells, world

    city = spells(honest(world(path, "开工"))).frame.drop("row", "weight", "observed_from", "ended_from")
    day = city["entered_on"].max()
    rows = [bought(city, unit, "won", day, 720, "district", seed=4) for unit in sorted(city["district"].unique())]

    for one in rows:
        _does_not_pay(one)
    assert sum(one.after.naive_rank < one.before.naive_rank for one in rows) >= len(rows) // 2


def test_net_of_a_split_is_the_project_it_was():
    """Three parts signed a month apart, the first landed: one project, signed with its first part, a third of it landed."""
    rows = [("A/0", 0, 40), ("A/1", 30, None), ("A/2", 60, None)]
    frame = pl.DataFrame(
        {
            "id": [name for name, *_ in rows],
            "undertaking": ["A"] * 3,
            "false": [False] * 3,
            "entered_on": [DAY + timedelta(days=start) for _, start, _ in rows],
            "ended_on": [DAY + timedelta(days=end) if end else None for *_, end in rows],
            "outcome": ["landed", None, None],
        }
    )
    made = net(frame)

    assert made["weight"].to_list() == pytest.approx([1 / 3] * 3)
    assert made["entered_on"].to_list() == [DAY] * 3


def test_what_it_would_have_bought_is_a_table():
    rows = [bought(_city(seed), "区1", "landed", DAY, 360, "district", seed=seed) for seed in range(3)]
    told = {name: change for name, _, change in table(rows)}

    assert told["stock_rate"] > 0.05
    assert told["net_share"] <= 0 <= told["net_rank"]


def test_a_district_that_does_nothing_is_told_the_same():
    city = _city(5)
    quiet = gamed(city, "区1", "district", "landed", split=0, faked=0, seed=1)
    before = bought(city, "区1", "landed", DAY, 360, "district", split=0, faked=0).before

    assert figures(quiet, "区1", "landed", DAY, 360, "district") == before
