"""Aalen–Johansen against lifelines, published figures, and counting by hand."""

import warnings
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luodi.outcomes.engine.counting import count
from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.estimating import estimate
from luodi.outcomes.engine.incidence import curves, variance
from tests.outcomes.tables import LONG_AFTER, spells

ROWS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["landed", "withdrawn", None])), min_size=1, max_size=14)


def _cut(rows, **terms):
    return cut(spells(rows), "landed", LONG_AFTER, **terms)


def _by_hand(rows, at):
    """The definition, a day at a time, on plain tuples (start, leave, cause, weight)."""
    share, still = 0.0, 1.0
    for day in range(at + 1):
        risk = sum(weight for start, leave, _, weight in rows if start < day <= leave)
        if risk == 0:
            continue
        ends = Counter()
        for _start, leave, cause, weight in rows:
            if leave == day and cause:
                ends[cause] += weight if _start < day else 0
        share += still * ends["landed"] / risk
        still *= 1 - (ends["landed"] + ends["withdrawn"]) / risk
    return share


@settings(deadline=None)  # a busy machine is no failure
@given(rows=ROWS, at=st.integers(0, 12))
def test_ties_and_all_it_is_the_definition(rows, at):
    rows = [*rows, (3, "landed")]
    made = curves(count(_cut(rows), at))

    assert made.incidence[0, at] == pytest.approx(_by_hand([(-1, day, cause, 1) for day, cause in rows], at))


@settings(deadline=None)  # a busy machine is no failure
@given(
    rows=st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 8), st.sampled_from(["landed", "withdrawn"])), max_size=9
    ),
    whole=ROWS,
    at=st.integers(0, 14),
)
def test_a_row_first_seen_late_is_at_risk_only_after_that_day(rows, whole, at):
    from datetime import timedelta

    from tests.outcomes.tables import SIGNED

    late = [(start + more, cause, {"observed_from": SIGNED + timedelta(days=start)}) for start, more, cause in rows]
    whole = [*whole, (14, "landed")]
    made = curves(count(_cut([*whole, *late]), at))
    plain = [(-1, day, cause, 1) for day, cause in whole] + [
        (start, start + more, cause, 1) for start, more, cause in rows
    ]

    assert made.incidence[0, at] == pytest.approx(_by_hand(plain, at))


@settings(deadline=None)  # a busy machine is no failure
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["landed", "withdrawn", None]), st.integers(1, 9)), max_size=9
    )
)
def test_weights_count_as_so_many_rows_in_the_estimate_and_only_once_in_the_variance(rows):
    rows = [*rows, (4, "landed", 2), (9, None, 3)]
    weighted = curves(count(_cut([(day, cause, {"weight": weight}) for day, cause, weight in rows]), 9))
    repeated = curves(count(_cut([(day, cause) for day, cause, weight in rows for _ in range(weight)]), 9))

    assert weighted.incidence == pytest.approx(repeated.incidence)
    assert variance(weighted, 9)[0] >= variance(repeated, 9)[0] - 1e-12


def test_the_unit_of_the_weights_does_not_matter():
    rows = [
        (day, cause, weight)
        for day, cause, weight in zip(range(1, 9), ["landed", "withdrawn"] * 4, range(2, 10), strict=True)
    ]
    one, other = (
        curves(count(_cut([(day, cause, {"weight": weight * unit}) for day, cause, weight in rows]), 9))
        for unit in (1, 10_000)
    )

    assert variance(one, 7) == pytest.approx(variance(other, 7))


def test_it_is_lifelines_with_its_variance_where_no_days_are_tied():
    from lifelines import AalenJohansenFitter

    random = np.random.default_rng(5)
    days = random.permutation(np.arange(1, 900))[:300]
    causes = random.integers(0, 3, 300)
    made = curves(
        count(_cut([(day, [None, "landed", "withdrawn"][cause]) for day, cause in zip(days, causes, strict=True)]), 800)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = AalenJohansenFitter(calculate_variance=True, alpha=0.1).fit(days, causes, event_of_interest=1)

    for at in (50, 200, 400, 800):
        assert made.incidence[0, at] == pytest.approx(float(peer.predict(at)), abs=1e-12)
        assert variance(made, at)[0] == pytest.approx(float(peer.variance_.loc[:at].iloc[-1]), rel=1e-9)


def test_with_one_cause_it_is_the_published_kaplan_meier_of_the_leukaemia_trial():
    """Miller (1981), maintained arm; survival and Greenwood errors as printed by R's survfit for `aml`."""
    rows = [(9, 1), (13, 1), (13, 0), (18, 1), (23, 1), (28, 0), (31, 1), (34, 1), (45, 0), (48, 1), (161, 0)]
    made = curves(count(_cut([(day, "landed" if seen else None) for day, seen in rows]), 161))
    printed = {9: (0.909, 0.0867), 13: (0.818, 0.1163), 18: (0.716, 0.1397), 23: (0.614, 0.1526), 31: (0.491, 0.1642),
               34: (0.368, 0.1627), 48: (0.184, 0.1535)}  # fmt: skip

    for day, (survival, error) in printed.items():
        assert 1 - made.incidence[0, day] == pytest.approx(survival, abs=5e-4)
        assert variance(made, day)[0] ** 0.5 == pytest.approx(error, abs=5e-5)


def test_nobody_followed_so_long_is_cannot_be_measured_and_never_nought():
    rows = [(100, "landed", {"district": "甲"}), (400, None, {"district": "甲"}), (90, None, {"district": "乙"})]
    first, second = estimate(_cut(rows, by=("district",)), [360])

    assert {first.group: first.estimate, second.group: second.estimate} == {"乙": None, "甲": 0.5}
    assert "尚不可测" in first.note
    assert first.lower is None


def test_when_all_have_ended_the_share_is_known_for_ever_after():
    (told,) = estimate(_cut([(10, "landed"), (20, "withdrawn")]), [5000])

    assert (told.estimate, told.at_risk, told.n) == (0.5, 0, 2)


@pytest.mark.parametrize("size", [8, 20, 60])
def test_intervals_of_few_rows_hold_the_truth_as_often_as_they_say(size):
    """A quarter lands; groups where nothing did are among them, and their interval has to reach a quarter as well."""
    random, rows = np.random.default_rng(11), []
    for number in range(300):
        for day, draw in zip(random.integers(1, 200, size), random.random(size), strict=True):
            rows.append((day, "landed" if draw < 0.25 else "withdrawn", {"district": str(number)}))

    told = estimate(_cut(rows, by=("district",)), [199], 0.9)
    held = sum(one.lower <= 0.25 <= one.upper for one in told)

    assert 0.86 <= held / 300 <= 0.98  # eight rows have few possible shares, and cannot hit a level exactly
