"""The restricted mean: against lifelines, against an integral, against Karrison's variance and against drawing again."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.outcomes.commands import outcomes
from luodi.outcomes.engine.counting import count
from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.estimating import estimate
from luodi.outcomes.engine.incidence import curves
from luodi.outcomes.engine.spells import check_spells
from luodi.outcomes.engine.waiting import restricted_mean, wait_variance
from tests.outcomes.tables import LONG_AFTER, simulated, spells, truth

ROWS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["landed", "withdrawn", None])), min_size=1, max_size=14)


@settings(deadline=None)
@given(rows=ROWS, tau=st.integers(1, 12))
def test_it_is_the_integral_of_the_curve_that_estimate_prints(rows, tau):
    made = cut(spells([*rows, (3, "landed"), (13, None)]), "landed", LONG_AFTER)
    (told,) = restricted_mean(made, tau, 0.9)
    fine = np.arange(0, tau, 1 / 64)  # a step function: its Riemann sum on a finer grid
    curve = {one.at: one.estimate for one in estimate(made, range(tau + 1))}

    assert told.estimate == pytest.approx(sum((1 - curve[int(moment)]) / 64 for moment in fine))
    assert 0 <= told.lower <= told.estimate <= told.upper <= tau


def test_without_other_ends_it_is_lifelines_and_karrison():
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    random, tau = np.random.default_rng(3), 300
    days, seen = random.integers(1, 500, 120), random.random(120) < 0.6
    made = cut(
        spells([(day, "landed" if one else None) for day, one in zip(days, seen, strict=True)]), "landed", LONG_AFTER
    )
    fit = KaplanMeierFitter().fit(days, seen)
    area, karrison = 0.0, 0.0
    survival = {day: float(fit.predict(day)) for day in range(tau)}
    for day in range(tau - 1, 0, -1):
        area += survival[day]
        risk, ended = int((days >= day).sum()), int(((days == day) & seen).sum())
        karrison += area**2 * ended / (risk * (risk - ended))

    (told,) = restricted_mean(made, tau, 0.9)
    assert told.estimate == pytest.approx(restricted_mean_survival_time(fit, t=tau), rel=1e-6)
    assert wait_variance(curves(count(made, tau)), tau)[0] == pytest.approx(karrison, rel=1e-9)


def test_with_other_ends_the_interval_holds_the_truth_as_often_as_it_says():
    real = 500 - sum(truth(day) for day in range(500))
    random, held = np.random.default_rng(6), 0
    for _ in range(120):
        (told,) = restricted_mean(
            cut(check_spells(simulated(random, 300, lateness=30)), "landed", LONG_AFTER), 500, 0.9
        )
        held += told.lower <= real <= told.upper

    assert 0.83 <= held / 120 <= 0.97


def test_nobody_followed_so_long_is_not_a_number_of_days():
    (told,) = restricted_mean(cut(spells([(10, "landed"), (90, None)]), "landed", LONG_AFTER), 100, 0.9)

    assert told.estimate is None
    assert "尚不可测" in told.note


def test_the_command_prints_what_is_documented(tmp_path):
    path = tmp_path / "spells.csv"
    simulated(np.random.default_rng(1), 300).write_csv(path)
    asked = ["wait", str(path), "--event", "landed", "--as-of", str(LONG_AFTER), "--rmst", "400", "--by", "district"]
    (told,) = json.loads(CliRunner().invoke(outcomes, [*asked, "--json"]).stdout)

    assert list(told) == ["group", "tau", "estimate", "lower", "upper", "n", "at_risk", "note"]
    assert 0 < told["lower"] < told["estimate"] < told["upper"] < 400
    assert "天" in CliRunner().invoke(outcomes, asked).stdout
