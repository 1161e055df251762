"""Invented cities whose truth is known: bias and coverage of the shares, and next year's landings, on what was recorded.

    python benchmarks/outcomes_worlds.py [WORLDS]       default ../shared/engines/integrity (train-*.zip)

Truth is what really happened to the same projects, also after the as-of day. "Register": ends as the event table tells them, with the day of recording.
"Register, completeness": the same, and of the projects whose progress reports said a year ago that they produce, how many the register has.
"Register or reports": what only a report tells is taken from its month. "Net": fakes and motions signed and not landed, splits and doubles one project.
"""

import io
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
DAYS = (date(2022, 12, 31), date(2023, 12, 31), date(2025, 9, 30))
EVENTS = {"开工": 720, "投产": 1080}
PRODUCES = "已投产|投产达效|运行正常"
BUILDS = "桩基|基础完成|主体完成|主体结构|钢结构|设备安装|安装进度|单机调试|" + PRODUCES
SAYS = {"开工": BUILDS, "投产": PRODUCES}
LAST = date(2025, 9, 30)
BANDS = ("auto", "steady", "entered")


def _table(bundle: zipfile.ZipFile, name: str) -> Any:
    import polars as pl

    return pl.read_csv(io.BytesIO(bundle.read(f"{name}.csv").lstrip(b"\xef\xbb\xbf")), infer_schema=False)


def _day(name: str) -> Any:
    import polars as pl

    return pl.col(name).str.to_date("%Y-%m-%d", strict=False)


def world(path: Path, event: str) -> Any:
    """A row a project: its signing, its recorded ends, the month of the first report of it, and what is true."""
    import polars as pl

    with zipfile.ZipFile(path) as bundle:
        rows = _table(bundle, "truth/projects").join(_table(bundle, "truth/actual"), on="actual_id", suffix="_real")
        ledger, told = _table(bundle, "项目台账"), _table(bundle, "阶段事件")
        reports = _table(bundle, "月度进展")
    rows = rows.join(ledger.select("项目编号", "责任区县", "总投资亿元"), on="项目编号")
    for kind, name in ((event, "won"), ("终止", "lost")):
        first = told.filter(pl.col("事件") == kind).with_columns(_day("发生日期"), _day("录入日期")).sort("发生日期")
        first = first.group_by("项目编号", maintain_order=True).first()
        rows = rows.join(
            first.select("项目编号", pl.col("发生日期").alias(name), pl.col("录入日期").alias(f"{name}_recorded")),
            on="项目编号", how="left",
        )  # fmt: skip
    said = reports.filter(pl.col("形象进度").str.contains(SAYS[event])).with_columns(
        (pl.col("年月") + "-01").str.to_date("%Y-%m-%d", strict=False).dt.month_end().alias("reported")
    )
    rows = rows.join(said.group_by("项目编号").agg(pl.col("reported").min()), on="项目编号", how="left")
    days = pl.col(f"t_{event}").cast(pl.Float64).cast(pl.Int64)
    return rows.with_columns(entered_on=_day("sign"), real_days=days).with_columns(
        real_on=pl.col("entered_on") + pl.duration(days="real_days")
    )


def honest(rows: Any) -> Any:
    import polars as pl

    return rows.filter(pl.col("scheme") == "none")


def net(rows: Any) -> Any:
    """What a perfect detector leaves: one row an undertaking with its first end; fakes and motions never have one."""
    import polars as pl

    false = pl.col("scheme").is_in(["fake", "motion"])
    ends = ("won", "won_recorded", "reported", "real_on", "real_days")
    kept = rows.with_columns(pl.when(false).then(None).otherwise(pl.col(name)).alias(name) for name in ends)
    one = pl.when(pl.col("scheme").is_in(["split", "dup"])).then("group_id").otherwise("项目编号")
    kept = kept.with_columns(one=pl.coalesce(one, pl.col("项目编号"))).sort("entered_on", "won", nulls_last=True)
    firsts = [
        pl.col(name).drop_nulls().first() for name in ("won", "won_recorded", "lost", "lost_recorded", "reported")
    ]
    others = [
        pl.col(name).first() for name in ("项目编号", "责任区县", "总投资亿元", "entered_on", "real_on", "real_days")
    ]
    return kept.group_by("one", maintain_order=True).agg(*firsts, *others)


def spells(rows: Any, *, reports: bool = False) -> Any:
    import polars as pl

    from luodi.outcomes.engine.spells import check_spells

    if reports:
        only = pl.col("won").is_null() & pl.col("reported").is_not_null()
        rows = rows.with_columns(
            won=pl.when(only).then("reported").otherwise("won"),
            won_recorded=pl.when(only).then("reported").otherwise("won_recorded"),
        )
    won = (pl.col("won").is_not_null() & (pl.col("lost").is_null() | (pl.col("won") <= pl.col("lost")))).fill_null(
        False
    )
    made = rows.select(
        "entered_on", id="项目编号", district="责任区县",
        ended_on=pl.when(won).then("won").otherwise("lost"),
        recorded_on=pl.when(won).then("won_recorded").otherwise("lost_recorded"),
        outcome=pl.when(won).then(pl.lit("won")).when(pl.col("lost").is_not_null()).then(pl.lit("withdrawn")),
    )  # fmt: skip
    return check_spells(made)


def completeness(rows: Any, day: date) -> Any:
    """Of those whose reports said it a year before the day, how many had an event recorded by the day."""
    import polars as pl

    from luodi.outcomes.engine.delay import Complete

    old = rows.filter(pl.col("reported") <= day - timedelta(days=365))
    found = old.filter((pl.col("won_recorded") <= day).fill_null(False)).height
    return Complete(found, old.height) if old.height else None


def ways(rows: Any, day: date) -> dict[str, tuple[Any, Any]]:
    from luodi.outcomes.engine.cutting import cut

    register, both = cut(spells(rows), "won", day, ("district",)), spells(rows, reports=True)
    return {
        "register": (register, None),
        "register, completeness": (register, completeness(rows, day)),
        "register or reports": (cut(both, "won", day, ("district",)), None),
    }


def shares(rows: Any, day: date, at: int) -> Iterator[tuple[str, str, float, float, float, float]]:
    """(way, band, said, lower, upper, real) of each district."""
    import polars as pl

    from luodi.outcomes.engine.estimating import estimate

    seen = rows.filter(pl.col("entered_on") <= day)
    hit = (pl.col("real_days") <= at).fill_null(False).mean()
    real = dict(seen.group_by("责任区县").agg(hit).rows())
    for way, (made, complete) in ways(rows, day).items():
        for band in BANDS:
            for one in estimate(made, [at], complete=complete, cohort=band):
                if one.estimate is not None and one.lower is not None and one.upper is not None:
                    yield way, band, one.estimate, one.lower, one.upper, real[one.group]


def ahead(rows: Any, day: date) -> Iterator[tuple[str, float, float, float, int, int]]:
    """(way, said, lower, upper, real, last year's recorded count) of the year after the day, of those signed by then."""
    import polars as pl

    from luodi.outcomes.engine.cutting import grouped
    from luodi.outcomes.engine.forecasting import forecast

    until = date(day.year + 1, day.month, day.day)
    signed = rows.filter(pl.col("entered_on") <= day)
    came = signed.filter((pl.col("real_on") > day) & (pl.col("real_on") <= until)).height
    last = rows.filter((pl.col("won") > day - timedelta(days=365)) & (pl.col("won_recorded") <= day)).height
    for way, (made, complete) in ways(rows, day).items():
        told = forecast(grouped(made, ()), 12, 0.9, complete=complete)[-1]
        yield way, told.cumulative, told.cumulative_lower, told.cumulative_upper, came, last


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent.parent / "shared/engines/integrity"
    paths = sorted(folder.glob("train-*.zip"))
    print(f"{len(paths)} worlds, as of {', '.join(map(str, DAYS))}")
    print(
        "| rows | event | ends from | bias | MAE | coverage: auto · steady · entered | width: auto · steady · entered |\n"
        + "|---" * 7
        + "|"
    )
    ahead_rows = []
    for name, rowed in (("honest", honest), ("net of schemes", net)):
        for event, at in EVENTS.items():
            made = [rowed(world(path, event)) for path in paths]
            found = [one for rows in made for day in DAYS for one in shares(rows, day, at)]
            for way in dict.fromkeys(one[0] for one in found):
                mine = [one for one in found if one[0] == way]
                errors = [said - real for _, band, said, _, _, real in mine if band == "auto"]
                held = " · ".join(
                    f"{_mean([lo <= r <= up for _, b, _, lo, up, r in mine if b == band]):.2f}" for band in BANDS
                )
                wide = " · ".join(
                    f"{_mean([up - lo for _, b, _, lo, up, _ in mine if b == band]):.2f}" for band in BANDS
                )
                print(
                    f"| {name} | {event} ≤ {at} | {way} | {_mean(errors):+.3f} | {_mean(map(abs, errors)):.3f} | {held} | {wide} |"
                )
            years = [one for rows in made for day in DAYS for one in ahead(rows, day)]
            for way in dict.fromkeys(one[0] for one in years):
                mine = [one for one in years if one[0] == way]
                ours, naive = (
                    _mean(abs(s / r - 1) for _, s, _, _, r, _ in mine),
                    _mean(abs(n / r - 1) for *_, r, n in mine),
                )
                lean = _mean(s / r - 1 for _, s, _, _, r, _ in mine)
                held = _mean(lo <= r <= up for _, _, lo, up, r, _ in mine)
                ahead_rows.append(
                    f"| {name} | {event} | {way} | {len(mine)} | {ours:.1%} | {lean:+.1%} | {naive:.1%} | {held:.2f} |"
                )
    print(
        "\n| rows | event | ends from | years | error | leaning | last year's count | coverage |\n" + "|---" * 8 + "|"
    )
    print("\n".join(ahead_rows))


def _mean(numbers: Any) -> float:
    numbers = [float(one) for one in numbers]
    return sum(numbers) / len(numbers)


if __name__ == "__main__":
    main()
