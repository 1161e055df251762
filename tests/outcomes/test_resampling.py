"""Clusters are drawn whole: against the formula where each row is its own, and against copying the rows."""

import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from luodi.outcomes.commands import outcomes
from luodi.outcomes.engine.counting import count
from luodi.outcomes.engine.cutting import cut, grouped
from luodi.outcomes.engine.estimating import estimate
from luodi.outcomes.engine.incidence import curves, variance
from luodi.outcomes.engine.resampling import SEED, clustered, variances
from luodi.outcomes.engine.spells import check_spells
from tests.outcomes.tables import LONG_AFTER, simulated


def _world(seed=1, n=300):
    random = np.random.default_rng(seed)
    frame = simulated(random, n, span=900).with_columns(
        investor=pl.Series([f"I{one}" for one in random.integers(0, 40, n)]),
        district=pl.Series(random.choice(["甲", "乙"], n)),
    )
    late = pl.Series(random.random(n) < 0.3)
    seen = pl.col("entered_on") + pl.duration(days=50)
    return frame.with_columns(observed_from=pl.when(late & (seen < pl.col("ended_on"))).then(seen))


def test_with_a_cluster_a_row_it_is_the_formula():
    made = clustered(cut(check_spells(_world(n=1500)), "landed", LONG_AFTER, ("district",)), "id")
    drawn = variances(made, [200, 360], draws=1500)

    for at in (200, 360):
        assert drawn[at] == pytest.approx(variance(curves(count(made, 360)), at), rel=0.12)


def test_it_is_what_copying_the_rows_of_drawn_clusters_gives():
    made = clustered(cut(check_spells(_world()), "landed", LONG_AFTER, ("district",)), "investor")
    random, shares, clusters = np.random.default_rng(SEED), [], int(made.cluster.max()) + 1
    for _ in range(25):
        times = random.multinomial(clusters, np.full(clusters, 1 / clusters))
        rows = made.rows.with_columns(times=pl.Series(times[made.cluster])).filter(pl.col("times") > 0)
        copied = rows.select(pl.all().repeat_by("times")).explode(pl.all())
        again = cut(check_spells(copied.drop("row", "known", "count", "square", "times")), "landed", LONG_AFTER)
        shares.append(curves(count(grouped(again, ("district",)), 300)).incidence[:, 300])

    assert variances(made, [300], draws=25)[300] == pytest.approx(np.var(shares, axis=0), rel=1e-9)


def test_an_investor_who_moves_as_one_widens_the_interval_and_it_holds():
    """Forty investors of ten projects; an investor's ten all land by day 100, or none does."""
    random, held, alone = np.random.default_rng(5), 0, 0
    for _ in range(60):
        lands = np.repeat(random.random(40) < 0.4, 10)
        frame = pl.DataFrame(
            {
                "id": np.arange(400),
                "entered_on": [LONG_AFTER - timedelta(days=900)] * 400,
                "ended_on": [LONG_AFTER - timedelta(days=800 if one else 700) for one in lands],
                "outcome": np.where(lands, "landed", "withdrawn"),
                "investor": np.repeat(np.arange(40), 10),
            }
        )
        made = cut(check_spells(frame), "landed", LONG_AFTER)
        (wide,), (narrow,) = estimate(clustered(made, "investor"), [300]), estimate(made, [300])
        held += wide.lower <= 0.4 <= wide.upper
        alone += narrow.lower <= 0.4 <= narrow.upper

    assert held >= 49
    assert alone <= 35


def test_who_has_no_investor_is_not_one_investor_with_all_others():
    frame = _world().with_columns(investor=pl.lit(None, dtype=pl.String))
    made = clustered(cut(check_spells(frame), "landed", LONG_AFTER), "investor")

    assert len(set(made.cluster.tolist())) == made.size


def test_the_command_is_seeded_and_says_what_it_did(tmp_path):
    path = tmp_path / "spells.csv"
    _world().write_csv(path)
    asked = ["estimate", str(path), "--event", "landed", "--as-of", str(LONG_AFTER), "--json", "--cluster"]
    one, other, wrong = (CliRunner().invoke(outcomes, [*asked, name]) for name in ("investor", "investor", "moon"))

    assert one.stdout == other.stdout
    assert "成组抽样" in json.loads(one.stdout)[0]["note"]
    assert wrong.exit_code == 2
