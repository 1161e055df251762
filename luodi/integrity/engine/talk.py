"""When a project's own words stop telling of work, and how long they told of work that never came.

An honest project that dies is talked of as before until it dies; then come "being pushed forward" and excuses. One that was signed for show
is talked of for years without the next stage. So what counts is the time between the last stage on record and the first idle word: there a
comparable project that is alive would have taken its next step (Kaplan–Meier of the days between consecutive stages).
"""

from typing import Any

from luodi.integrity.engine.candidates import Rows, days_or
from luodi.integrity.engine.ledger import STAGES, Ledger
from luodi.integrity.engine.progress import EXCUSE, PAUSE, VAGUE
from luodi.integrity.engine.survival import waited

MONTH = 30.0
STEP = 15.0
"""Days of a step of the waiting between stages."""
STEPS = 160


def talk(ledger: Ledger, rows: Rows) -> dict[str, Any]:
    """Columns by name, one value a project; NaN where nothing was reported."""
    import numpy as np

    last = _last_stage(rows)
    reported = ledger.progress.height > 0
    said = _statements(ledger, rows, last)
    idle = said.pop("_idle")
    # Words end with the first idle one after the last stage, or with the last report (its month included), never after the end.
    until = np.fmin(np.where(np.isfinite(idle), idle, said["_last"] + MONTH), np.fmin(rows.days["终止"], rows.as_of))
    said.pop("_last")
    # A ledger without any report is silent about words; a project without one has waited as long as it is old.
    silent = np.isfinite(rows.days["投产"]) | (not reported)
    said["空转"] = np.where(silent, np.nan, until - last)
    said["等下步"] = _next_step(rows, np.where(np.isfinite(until), until, last))
    said["空转早晚"] = np.where(reported, until - rows.days["签约"], np.nan)
    return said


def _last_stage(rows: Rows) -> Any:
    """The day of the newest stage on record, or of signing."""
    import numpy as np

    return np.fmax.reduce([rows.days["签约"], *(rows.days[stage] for stage in STAGES[:-1])])


def _statements(ledger: Ledger, rows: Rows, last: Any) -> dict[str, Any]:
    """What was newly said, month by month: a month that repeats the month before says nothing; one that adds to it says what it adds."""
    import polars as pl

    from luodi.integrity.engine.profile import aligned

    known = rows.frame.select("项目编号", "签约日期").with_columns(pl.Series("last", last))
    text = pl.col("形象进度").fill_null("")
    months = ledger.progress.join(known, on="项目编号").sort("项目编号", "年月").with_columns(text.alias("text"))
    before = pl.col("text").shift(1).over("项目编号")
    added = (
        pl.when(before.is_not_null() & (before != "") & pl.col("text").str.starts_with(before))
        .then(pl.col("text").str.slice(before.str.len_chars()))
        .otherwise(pl.col("text"))
    )
    months = months.with_columns(added.alias("new"), pl.col("年月").cast(int).cast(float).alias("day"))
    months = months.with_columns(
        (pl.col("new").str.contains(f"{VAGUE}|{EXCUSE}") & ~pl.col("new").str.contains(PAUSE)).alias("idle"),
        (pl.col("day") > pl.col("last")).alias("after"),
        (pl.col("new") != "").alias("fresh"),
    )
    firm = months.filter("fresh")
    idle = pl.col("idle")
    first = pl.col("day").filter(idle).min()
    first_after = pl.col("day").filter(idle & pl.col("after")).min()
    found = firm.group_by("项目编号").agg(
        pl.len().alias("新话数"),
        idle.mean().alias("新话无实比"),
        (~idle & (pl.col("day") < first.fill_null(1e9))).sum().alias("首无实前新话"),
        idle.filter(pl.col("day") > first).mean().alias("首无实后无实比"),
        (~idle & pl.col("after") & (pl.col("day") < first_after.fill_null(1e9))).sum().alias("空转新话"),
        (idle & pl.col("after")).sum().alias("末事后无实话"),
        (~idle & pl.col("after")).sum().alias("末事后实话"),
        (idle & (pl.col("day") < pl.col("last"))).sum().alias("末事前无实话"),
        idle.filter(pl.col("day") < pl.col("last")).mean().alias("末事前无实比"),
        idle.filter("after").mean().alias("末事后无实比"),
        first_after.alias("_idle"),
    )
    ends = months.group_by("项目编号").agg(pl.col("day").max().alias("_last"))
    return aligned(rows, ends.join(found, on="项目编号", how="left"))


def _next_step(rows: Rows, until: Any) -> Any:
    """−log of the share of projects of its size, standing at the same stage, that had still not taken their next step after so long."""
    import numpy as np

    names = ("签约", *STAGES[:-1])
    days = np.stack([rows.days[name] for name in names], axis=1)
    total = days_or(rows.frame["万元"])
    edges = np.nanquantile(total, [0.33, 0.67, 0.9]) if np.isfinite(total).any() else [0.0]
    size = np.digitize(np.nan_to_num(total), edges)
    order = np.argsort(np.where(np.isfinite(days), days, np.inf), axis=1, kind="stable")
    ordered = np.take_along_axis(days, order, axis=1)
    came = np.isfinite(ordered)
    row, at = np.nonzero(came[:, :-1] & came[:, 1:])
    taken = (ordered[row, at + 1] - ordered[row, at], order[row, at], size[row])
    count = came.sum(axis=1)
    open_ = (count > 0) & ~np.isfinite(rows.days["投产"])
    where = np.flatnonzero(open_)
    newest = count[where] - 1
    waits = (until[where] - ordered[where, newest], order[where, newest], size[where])
    gap, stage, large = (np.concatenate(both) for both in zip(taken, waits, strict=True))
    event = np.arange(len(gap)) < len(row)
    step = np.clip(np.nan_to_num(gap) // STEP, 0, STEPS - 1).astype(int)
    # A size's own pace leans on the stage's, and a stage's on all: giants are slow at everything.
    hazard = waited(step, event, stage * (int(size.max()) + 1) + large, STEPS, lean=stage)
    out = np.full(rows.frame.height, np.nan)
    out[where] = hazard[len(row) :]
    return out
