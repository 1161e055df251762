"""`luodi outcomes …`: the printed shape is the promise to scripts."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from luodi.outcomes.commands import outcomes
from tests.outcomes.tables import LONG_AFTER, simulated

KEYS = ["group", "at", "estimate", "lower", "upper", "n", "at_risk", "note"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "spells.csv"
    simulated(np.random.default_rng(1), 300).write_csv(path)
    return str(path)


def _run(*arguments):
    return CliRunner().invoke(outcomes, arguments)


def test_estimate_prints_exactly_what_is_documented(table):
    ran = _run(
        "estimate",
        table,
        "--event",
        "landed",
        "--as-of",
        str(LONG_AFTER),
        "--at",
        "360,720",
        "--by",
        "district",
        "--json",
    )
    told = json.loads(ran.stdout)

    assert ran.exit_code == 0
    assert [list(one) for one in told] == [KEYS] * 2
    assert [(one["group"], one["at"], one["n"]) for one in told] == [("A", 360, 300), ("A", 720, 300)]
    assert 0 < told[0]["lower"] < told[0]["estimate"] < told[0]["upper"] < 1


def test_without_a_grouping_the_group_is_all(table):
    told = json.loads(_run("estimate", table, "--event", "landed", "--as-of", str(LONG_AFTER), "--json").stdout)

    assert [one["group"] for one in told] == ["all"]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--event", "flown", "--as-of", "2030-01-01"),
        ("--event", "landed", "--as-of", "yesterday"),
        ("--event", "landed", "--as-of", "2034-01-01", "--at", "x"),
        ("--event", "landed", "--as-of", "2034-01-01", "--by", "moon"),
        ("--event", "landed", "--as-of", "2034-01-01", "--level", "7"),
        ("--event", "landed", "--as-of", "2034-01-01", "--complete", "9/8"),
        ("--event", "landed"),
    ],
)
def test_a_wrong_argument_is_told_and_exits_with_two(table, wrong):
    ran = _run("estimate", table, *wrong)

    assert ran.exit_code == 2
    assert ran.output.strip()


def test_rank_and_forecast_print_what_is_documented(table):
    terms = ("--event", "landed", "--as-of", "2034-06-30", "--json")
    ranked = json.loads(_run("rank", table, "--at", "200", "--by", "district", "--adjust", "year", *terms).stdout)
    ahead = json.loads(_run("forecast", table, "--horizon", "3", *terms).stdout)

    assert list(ranked[0])[5:9] == ["rank", "rank_lower", "rank_upper", "band"]
    assert [one["month"] for one in ahead] == ["2034-07", "2034-08", "2034-09"]
    assert _run("rank", table, *terms).exit_code == 2
