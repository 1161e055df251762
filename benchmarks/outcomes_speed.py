"""A million spells by six groupings with intervals, beside lifelines and beside a DuckDB GROUP BY that only counts the events.

    python benchmarks/outcomes_speed.py [SPELLS]       default 1,000,000

lifelines' AalenJohansenFitter is run on a fraction of the rows of one grouping and scaled by rows (it is superlinear, so this flatters it); its
estimates on that fraction are asserted to be ours. DuckDB holds the same table in memory and counts events by group. Seed 20261126.
"""

import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
SEED, DAY, TIMES = 20261126, date(2025, 12, 31), 3
GROUPS = {"district": 8, "chain": 12, "tier": 4, "investor": 6, "fair": 40, "cohort": 24}
AT = (360, 720)
FRACTION = 20_000


def fastest(action: Callable[[], Any], times: int = TIMES) -> tuple[float, Any]:
    best, answer = float("inf"), None
    for _ in range(times):
        begin = time.perf_counter()
        answer = action()
        best = min(best, time.perf_counter() - begin)
    return best, answer


def table(rows: int) -> Any:
    """Entries over eight years, two competing ends, six text columns."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(SEED)
    entered = np.datetime64(DAY) - random.integers(0, 2900, rows).astype("timedelta64[D]")
    days = np.ceil(random.exponential(700, rows)).astype(int)
    ended = entered + days.astype("timedelta64[D]")
    open_ = ended > np.datetime64(DAY)
    frame = pl.DataFrame(
        {
            "id": np.arange(rows),
            "entered_on": entered.astype("datetime64[D]"),
            "ended_on": ended.astype("datetime64[D]"),
            "outcome": np.where(random.random(rows) < 0.6, "landed", "withdrawn"),
            **{name: np.char.add(name, random.integers(0, size, rows).astype(str)) for name, size in GROUPS.items()},
        }
    )
    blank = pl.Series(open_)
    return frame.with_columns(
        pl.when(blank).then(None).otherwise(pl.col("ended_on")).alias("ended_on"),
        pl.when(blank).then(None).otherwise(pl.col("outcome")).alias("outcome"),
    )


def luodi(spells: Any) -> list[Any]:
    from luodi.outcomes.engine.cutting import cut, grouped
    from luodi.outcomes.engine.estimating import estimate

    made = cut(spells, "landed", DAY)
    return [estimate(grouped(made, (name,)), AT) for name in GROUPS]


def duck(frame: Any) -> list[Any]:
    import duckdb

    link = duckdb.connect()
    with tempfile.TemporaryDirectory() as folder:
        frame.write_parquet(f"{folder}/spells.parquet")
        link.execute(f"create table t as select * from '{folder}/spells.parquet'")

    def ask() -> list[Any]:
        return [
            link.execute(f"select {name}, count(*) filter (outcome = 'landed') from t group by 1").fetchall()
            for name in GROUPS
        ]

    return list(fastest(ask))


def lifelines(frame: Any) -> tuple[float, dict[str, float]]:
    """Seconds for a fraction by district, with variance as ours has, and F(360) by district."""
    import polars as pl
    from lifelines import AalenJohansenFitter

    part = frame.head(FRACTION).with_columns(
        time=(pl.col("ended_on").fill_null(DAY) - pl.col("entered_on")).dt.total_days(),
        cause=pl.when(pl.col("outcome") == "landed").then(1).when(pl.col("outcome").is_not_null()).then(2).otherwise(0),
    )
    found, begin = {}, time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for (name,), mine in part.group_by("district"):
            fit = AalenJohansenFitter(calculate_variance=True, seed=1)
            fit.fit(mine["time"].to_numpy(), mine["cause"].to_numpy(), event_of_interest=1)
            found[str(name)] = float(fit.predict(AT[0]))
    return time.perf_counter() - begin, found


def main() -> None:
    from luodi.outcomes.engine.cutting import cut
    from luodi.outcomes.engine.estimating import STEADY, estimate
    from luodi.outcomes.engine.spells import check_spells

    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    frame = table(rows)
    read, spells = fastest(lambda: check_spells(frame), 1)
    ours, _ = fastest(lambda: luodi(spells))
    counted, _ = duck(frame)
    peer, found = lifelines(frame)
    part = estimate(cut(check_spells(frame.head(FRACTION)), "landed", DAY, ("district",)), [AT[0]], cohort=STEADY)
    for one in part:
        assert one.estimate is not None
        assert abs(one.estimate - found[one.group]) < 2e-3, (
            "lifelines breaks ties by chance: the third digit may differ"
        )
    scaled = peer * rows / FRACTION * len(GROUPS)
    print(f"{rows:,} spells × {len(GROUPS)} groupings ({sum(GROUPS.values())} groups), F at {AT} with intervals")
    print(f"read and checked once: {read:.2f} s")
    print(f"luodi: {ours:.3f} s; DuckDB, events counted only: {counted:.3f} s ({ours / counted:.1f} ×)")
    print(f"lifelines: {peer:.2f} s for {FRACTION:,} × 1, scaled by rows {scaled:.0f} s ({scaled / ours:.0f} ×)")


if __name__ == "__main__":
    main()
