"""Weights against what was worked out by hand, by brute force, and against worlds whose m and u are known."""

import math

import numpy as np
import pytest

from luodi.integrity.engine.linkage import weighing
from luodi.integrity.engine.linkage.kinds import Kind
from luodi.integrity.engine.linkage.linking import LEAD, MOST_LEAD, led
from luodi.integrity.engine.linkage.strangers import learn_classes

YEAR = Kind.YEAR  # the kind with the fewest levels: four


def drawn(rows, chances, draw):
    return np.stack([draw.choice(len(chance), rows, p=chance) for chance in chances], axis=1).astype(np.int8)


def test_a_weight_is_the_log_of_m_over_u_as_fellegi_and_sunter_have_it():
    # Herzog, Scheuren & Winkler (2007) work with log2(m/u): agreement 0.9/0.1 gives +3.17, disagreement 0.1/0.9 −3.17.
    m, u = (np.array([0.1, 0.9]),), (np.array([0.9, 0.1]),)
    agree, differ, blank = weighing.score(np.array([[1], [0], [-1]]), m, u) / math.log(2)
    assert agree == pytest.approx(3.1699, abs=1e-4)
    assert differ == pytest.approx(-3.1699, abs=1e-4)
    assert blank == 0


def test_bayes_by_hand_gives_the_same_probability():
    m, u = (np.array([0.2, 0.8]), np.array([0.4, 0.6])), (np.array([0.95, 0.05]), np.array([0.7, 0.3]))
    weights = weighing.Weights((YEAR, YEAR), m, u, 0.01, 0)
    by_hand = 0.01 * 0.8 * 0.6 / (0.01 * 0.8 * 0.6 + 0.99 * 0.05 * 0.3)
    assert weighing.posterior(weights.odds(np.array([[1, 1]])))[0] == pytest.approx(by_hand)


def test_expectation_maximisation_finds_the_m_and_u_that_made_the_pairs():
    draw = np.random.default_rng(5)
    m = [np.array([0.05, 0.05, 0.1, 0.8]), np.array([0.1, 0.1, 0.2, 0.6]), np.array([0.02, 0.08, 0.1, 0.8])]
    u = [np.array([0.7, 0.2, 0.05, 0.05]), np.array([0.6, 0.2, 0.1, 0.1]), np.array([0.8, 0.1, 0.05, 0.05])]
    level = np.concatenate([drawn(4_000, m, draw), drawn(36_000, u, draw)])
    strangers = weighing.shares(drawn(20_000, u, draw), (YEAR,) * 3)
    learned = weighing.learn(level, strangers, (YEAR,) * 3, expected=500)
    assert learned.rate == pytest.approx(0.1, abs=0.01)
    for found, true in zip((*learned.m, *learned.u), (*m, *u), strict=True):
        assert np.abs(found - true).max() < 0.03


def test_patterns_give_what_every_pair_by_itself_gives():
    draw = np.random.default_rng(1)
    level = draw.integers(-1, 4, (500, 16)).astype(np.int8)
    pattern, back, counts = weighing.patterns(level)
    assert (pattern[back] == level).all()
    assert counts.sum() == 500
    assert len({tuple(row) for row in level.tolist()}) == len(pattern)


def test_a_higher_level_never_speaks_less_for_a_match():
    m = weighing.monotone((np.array([0.5, 0.1, 0.3, 0.1]),), (np.array([0.25, 0.25, 0.25, 0.25]),))[0]
    assert (np.diff(m / 0.25) >= -1e-12).all()
    assert m.sum() == pytest.approx(1)


def test_agreeing_on_a_seldom_value_says_more_than_on_a_common_one():
    rare = np.log(np.array([[10.0], [10.0], [1000.0]]))
    common, _, seldom = weighing.seldom(np.full((3, 1), len(weighing.EDGES[Kind.NAME])), rare, (Kind.NAME,))
    assert common < 0 < seldom
    assert seldom - common == pytest.approx(3 + abs(common))  # capped at three natural units


def test_namesakes_from_a_block_do_not_pass_for_matches_where_strangers_have_classes():
    """Of 100,000 candidates nearly all share a surname by blocking: one class of strangers mistakes that for being the same."""
    draw = np.random.default_rng(9)
    kinds = (YEAR,) * 4
    chance = np.array([0.9, 0.06, 0.03, 0.01])
    match = np.array([0.02, 0.03, 0.05, 0.9])
    agree = np.array([0.0, 0.0, 0.0, 1.0])
    rows = [drawn(3_000, [match] * 4, draw)]
    for key, size in ((0, 60_000), (1, 20_000), (2, 10_000), (3, 7_000)):
        rows.append(drawn(size, [agree if at == key else chance for at in range(4)], draw))
    strangers = weighing.shares(drawn(50_000, [chance] * 4, draw), kinds)
    learned = learn_classes(np.concatenate(rows), strangers, kinds, 20_000, None)
    assert learned.rate == pytest.approx(0.03, abs=0.005)


def test_a_pair_ahead_of_its_rivals_is_likelier_than_its_own_odds_say():
    """Rows 0 and 1 against 2 and 3, by hand: 0–2 has log odds 1, its rivals −1 (0–3) and −2 (1–2), so it leads by 2 and by 3."""
    i, j, odds = np.array([0, 0, 1]), np.array([2, 3, 2]), np.array([1.0, -1.0, -2.0])
    told = weighing.log_odds(led(odds, i, j, 4))
    # 3 and 1 have no other candidate: as far ahead as a lead counts.
    assert told == pytest.approx(odds + LEAD * np.array([(2 + 3) / 2, (-2 + MOST_LEAD) / 2, (MOST_LEAD - 3) / 2]))


def test_log_odds_undo_the_posterior_and_stand_certainty():
    assert weighing.log_odds(weighing.posterior(np.array([-3.0, 0.0, 4.0]))) == pytest.approx([-3, 0, 4])
    assert np.isfinite(weighing.log_odds([0.0, 1.0])).all()
