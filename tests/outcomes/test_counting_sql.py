"""One SQL text, counted by DuckDB, by Polars' SQL and by a Spark cluster: the tables and figures are those of the arrays."""

import shutil
from datetime import date

import numpy as np
import polars as pl
import pytest

from luodi.outcomes.engine.counting_sql import Asked, counted, shares_of, text
from luodi.outcomes.engine.cutting import EPOCH, cut
from luodi.outcomes.engine.estimating import STEADY, estimate
from luodi.outcomes.engine.spells import check_spells
from tests.outcomes.tables import simulated

DAY, AT = date(2034, 6, 30), (0, 200, 500, 1400)
COLUMNS = ("id", "entered_on", "ended_on", "outcome", "recorded_on", "observed_from", "weight", "district", "区")
DAYS = ("entered_on", "ended_on", "recorded_on", "observed_from")


def _world(heavy):
    random, n = np.random.default_rng(3), 700
    frame = simulated(random, n, lateness=60).with_columns(
        district=pl.Series(random.choice(["甲", "乙", "丙'丁"], n)),
        区=pl.Series([[None, "x"][one] for one in random.integers(0, 2, n)]),
        weight=pl.Series(random.integers(1, 9, n).astype(float) if heavy else random.choice([0.5, 1.0], n)),
    )
    seen, some = pl.col("entered_on") + pl.duration(days=40), pl.Series(random.random(n) < 0.3)
    lost = pl.Series(random.random(n) < 0.1)
    frame = frame.with_columns(
        observed_from=pl.when(some).then(seen), outcome=pl.when(lost).then(None).otherwise(pl.col("outcome"))
    )
    return check_spells(frame)


def _same(ask, dialect, heavy):
    world = _world(heavy)
    asked = Asked("spells", COLUMNS, ("district", "区"), "landed", DAY, max(AT), shares=not heavy)
    found = shares_of(counted(ask(world.frame.select(COLUMNS)), asked, dialect), AT, 0.9)
    made = estimate(cut(world, "landed", DAY, ("district", "区")), AT, 0.9, delay=False, cohort=STEADY)

    assert [(one.group, one.at, one.n, one.at_risk) for one in found] == [
        (one.group, one.at, one.n, one.at_risk) for one in made
    ]
    for one, other in zip(found, made, strict=True):
        figures = (one.estimate, one.lower, one.upper), (other.estimate, other.lower, other.upper)
        assert figures[0] == pytest.approx(figures[1], abs=1e-9)


@pytest.mark.parametrize("heavy", [False, True])
def test_duckdb_counts_what_the_arrays_count(heavy, tmp_path):
    import duckdb

    def ask(frame):
        frame.write_parquet(tmp_path / "spells.parquet")
        link = duckdb.connect()
        link.execute(f"create table spells as select * from '{tmp_path}/spells.parquet'")
        return lambda question: link.execute(question).fetchall()

    _same(ask, "duckdb", heavy)


@pytest.mark.parametrize("heavy", [False, True])
def test_polars_counts_what_the_arrays_count(heavy):
    def ask(frame):
        numbers = frame.with_columns(pl.col(name).cast(pl.Int32) for name in DAYS)
        context = pl.SQLContext(spells=numbers)
        return lambda question: context.execute(question, eager=True).rows()

    _same(ask, "polars", heavy)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java")
@pytest.mark.filterwarnings("default")
def test_a_spark_cluster_counts_what_the_arrays_count(tmp_path):
    """Two workers of one core; `make spark` installs what it needs."""
    sql = pytest.importorskip("pyspark.sql")
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4", "spark.driver.host": "127.0.0.1"}
    builder = sql.SparkSession.builder.master("local-cluster[2,1,1024]").appName("outcomes")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        for heavy in (False, True):

            def ask(frame, heavy=heavy):
                frame.write_parquet(tmp_path / f"{heavy}.parquet")
                session.read.parquet(str(tmp_path / f"{heavy}.parquet")).createOrReplaceTempView("spells")
                return lambda question: [tuple(row) for row in session.sql(question).collect()]

            _same(ask, "spark", heavy)
    finally:
        session.stop()


def test_the_text_is_one_and_names_are_quoted():
    asked = Asked('sp"ells', ("entered_on", "ended_on", "outcome"), ('a"b',), "it's", EPOCH, 10)

    assert '"sp""ells"' in text(asked, "duckdb")
    assert "'it''s'" in text(asked, "duckdb")
    assert '`a"b`' in text(asked, "spark")
