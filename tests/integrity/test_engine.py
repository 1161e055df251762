"""Pieces of the engine against brute force and published values."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.integrity.engine import drift, names
from luodi.integrity.engine.blocking import Key, near, pairs_of
from luodi.integrity.engine.candidates import candidates, rows_of
from luodi.integrity.engine.features import partners
from luodi.integrity.engine.judging import average_precision, calibration_error, precision_at_recall
from luodi.integrity.engine.ledger import STAGES, from_frames
from luodi.integrity.engine.survival import tails
from tests.integrity.worlds import AS_OF, rows


@given(st.lists(st.sampled_from(["甲", "乙", "丙", None]), min_size=1, max_size=12), st.integers(2, 6))
@settings(deadline=None, max_examples=50)
def test_pairs_share_a_value_that_is_no_hub(values, hub):
    found = set(pairs_of([Key("x", pl.Series(values, dtype=pl.String), hub)], len(values)).iter_rows())
    wanted = {
        (i, j)
        for i, j in itertools.combinations(range(len(values)), 2)
        if values[i] is not None and values[i] == values[j] and values.count(values[i]) <= hub
    }
    assert found == wanted


@given(st.lists(st.tuples(st.floats(0, 0.02), st.floats(0, 0.02), st.floats(0, 3000)), min_size=1, max_size=15))
@settings(deadline=None, max_examples=50)
def test_near_is_near_by_brute_force(points):
    x, y, day = (np.array(column) for column in zip(*points, strict=True))
    found = set(near(x, y, day).iter_rows())
    wanted = {
        (i, j)
        for i, j in itertools.combinations(range(len(x)), 2)
        if np.hypot(x[i] - x[j], y[i] - y[j]) <= 0.004 and abs(day[i] - day[j]) <= 1100
    }
    assert found == wanted


def test_every_labelled_pair_is_compared(world):
    """At most one in fifty of the pairs of a hard world is lost before comparing."""
    from luodi.integrity.engine.ledger import read_folder

    measured = rows_of(read_folder(world(6), AS_OF))
    row = {number: at for at, number in enumerate(measured.frame["项目编号"])}
    compared = set(map(tuple, candidates(measured).tolist()))
    truth = pl.read_csv(world(6) / "truth/pairs.csv")
    lost = [1 for a, b in truth.select("a", "b").iter_rows() if tuple(sorted((row[a], row[b]))) not in compared]
    assert len(lost) <= truth.height / 50
    assert len(compared) < measured.frame.height * 40


@pytest.mark.parametrize(
    ("name", "owner", "thing"),
    [("临渤瑞创材料年产30万吨BOPA薄膜项目", "临渤瑞创材料科技有限公司", "bopa薄膜"), ("年产3万平方米保温板项目(一期)", "甲公司", "保温板"),
     ("康养社区建设项目", None, "康养社区"), ("特种沥青生产基地项目", "乙公司", "特种沥青")],
)  # fmt: skip
def test_what_a_project_makes_is_left_of_its_name(name, owner, thing):
    assert names.product(name.lower(), owner) == thing


def test_rare_parts_of_names_weigh_and_common_ones_do_not():
    index = names.index(
        ["辽宁智晨健康科技", "山东智晨制药", "辽宁宏达健康科技", "辽宁永盛健康科技", "辽宁群康健康科技"]
    )
    brand = index.cosine(["辽宁智晨健康科技"], ["山东智晨制药"])[0]
    trade = index.cosine(["辽宁智晨健康科技"], ["辽宁宏达健康科技"])[0]
    assert brand > trade
    assert index.cosine(["山东智晨制药"], ["山东智晨制药"])[0] == pytest.approx(1)
    assert np.isnan(index.cosine(["山东智晨制药"], [None])[0])


def test_tails_are_those_of_a_plain_kaplan_meier():
    """One chain and one size: twelve projects a day apart in age, four registered. Second source: the product-limit formula by hand."""
    start = [f"2024-{month:02d}-01" for month in range(1, 13)]
    told = [
        {
            "项目编号": f"{at}",
            "产业链": "甲",
            "签约日期": day,
            "总投资亿元": "1",
            "登记日期": day[:8] + "20" if at % 3 == 0 else None,
        }
        for at, day in enumerate(start)
    ]
    measured = rows_of(from_frames(rows(*told), AS_OF))
    found = tails(measured)["等登记"]
    came = np.isfinite(measured.days["登记"])
    assert (found[came] == 0).all()
    # All four registered within the first 30 days while all twelve were at risk; the prior is of the same ledger, so it changes nothing.
    assert found[~came] == pytest.approx(-np.log(1 - 4 / 12))


def test_stages_that_nobody_reached_surprise_nobody():
    told = [{"项目编号": f"{at}", "签约日期": "2024-01-01", "总投资亿元": "1"} for at in range(5)]
    found = tails(rows_of(from_frames(rows(*told), AS_OF)))
    assert all((found[f"等{stage}"] == 0).all() for stage in STAGES[:-1])


def test_partners_are_counted_on_both_sides():
    pairs = np.array([[0, 1], [0, 2]])
    found = partners(pairs, {"split": np.array([0.9, 0.2]), "dup": np.array([0.0, 0.6])}, 4)
    assert found["split先"].tolist() == [0.9, 0, 0, 0]
    assert found["split后"].tolist() == [0, 0.9, 0.2, 0]
    assert found["split和"] == pytest.approx([1.1, 0.9, 0.2, 0])
    assert found["dup数"].tolist() == [1, 0, 1, 0]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.05, 0.2, 0.35, 0.7, 0.95])), min_size=1, max_size=25))
@settings(deadline=None, max_examples=80)
def test_average_precision_by_its_definition(told):
    truth, chance = np.array([t for t, _ in told]), np.array([c for _, c in told])
    if not truth.any():
        assert average_precision(truth, chance) == 0
        return
    total, before = 0.0, 0.0
    for line in sorted(set(chance), reverse=True):
        at = chance >= line
        recall = (truth & at).sum() / truth.sum()
        total += (recall - before) * (truth & at).sum() / at.sum()
        before = recall
    assert average_precision(truth, chance) == pytest.approx(total)


def test_calibration_and_precision_on_a_case_done_by_hand():
    truth, chance = np.array([1, 0, 1, 0]), np.array([0.95, 0.95, 0.55, 0.05])
    assert calibration_error(truth, chance) == pytest.approx((2 * 0.45 + 0.45 + 0.05) / 4)
    assert precision_at_recall(truth, chance, 0.9) == pytest.approx(2 / 3)


def test_drift_is_nothing_on_the_same_rows_and_more_the_farther_they_are():
    drawn = np.random.default_rng(1)
    here = {"x": drawn.normal(size=2000)}
    there = drift.deciles([here])
    seen = drift.shares([here], there)
    moved = [drift.shift({"x": here["x"] + by}, there, seen)["x"] for by in (0.0, 0.3, 1.0)]
    assert moved[0] == pytest.approx(0, abs=1e-9)
    assert moved[0] < moved[1] < moved[2]


def test_the_points_card_finds_the_odds_of_a_table():
    """One indicator: the log-odds ratio of the two-by-two table, a little smaller for the ridge."""
    fires = {"F01": np.repeat([1.0, 1.0, 0.0, 0.0], [400, 100, 100, 400])}
    truth = np.repeat([1.0, 0.0, 1.0, 0.0], [400, 100, 100, 400])
    card = drift.points([fires], truth)
    assert card["F01"] == pytest.approx(2 * np.log(4), rel=0.1)
    assert drift.scored(fires, card)[0] == pytest.approx(0.8, abs=0.02)
