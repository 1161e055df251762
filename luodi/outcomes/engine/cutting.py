"""The table as it was known at the close of a day, as arrays: later entries left out, later or not yet recorded ends still open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from luodi.outcomes.engine.spells import Spells, TableRefused, outcomes_of

ALL = "all"
EPOCH = date(1970, 1, 1)
PIECES = 6


@dataclass(frozen=True)
class Cut:
    """One entry a row. Times are days since entry.

    `start` −1 is "seen from entry", else the day of the first look (at risk strictly after it). `time` is when the row left what was known,
    `follow` how long it could have been followed, `cause` 0 open, 1 the event, 2 another end. `delay` is from the end to its record, −1 not said.
    `square` is what a row adds to second moments: its weight when weights are shares of a project, else the weight squared.
    """

    time: Any
    start: Any
    follow: Any
    cause: Any
    weight: Any
    square: Any
    count: Any
    entered: Any
    delay: Any
    group: Any
    labels: tuple[str, ...]
    as_of: int
    weighted: bool
    delayed: bool
    rows: Any  # the frame the arrays came from, for other groupings
    cluster: Any = None  # a number a row, where rows of one number are drawn together (see resampling)

    @property
    def size(self) -> int:
        return int(self.time.size)

    @property
    def truncated(self) -> bool:
        return bool((self.start >= 0).any())


def cut(spells: Spells, event: str, as_of: date, by: Sequence[str] = ()) -> Cut:
    """What was known at `as_of` of the event and of the ends that compete with it."""
    import numpy as np
    import polars as pl

    if event not in outcomes_of(spells):
        raise TableRefused(f"表里没有结局“{event}”；现有：{'、'.join(outcomes_of(spells)) or '无'}")
    frame = spells.frame
    heaviest = frame["weight"].max()
    shares = heaviest is None or heaviest <= 1
    seen = (pl.col("entered_on") <= as_of) & (pl.col("observed_from").is_null() | (pl.col("observed_from") <= as_of))
    known = (pl.col("ended_on") <= as_of) & (pl.col("recorded_on").is_null() | (pl.col("recorded_on") <= as_of))
    rows = frame.filter(seen).with_columns(
        known.fill_null(False).alias("known"),
        (pl.col("weight") if shares else pl.lit(1.0)).alias("count"),  # the parts of a project are one project
        (pl.col("weight") if shares else pl.col("weight") ** 2).alias("square"),
    )
    rows = _spread(rows)
    arrays = _arrays(rows, event, (as_of - EPOCH).days)
    numbers = {name: arrays[name].to_numpy() for name in arrays.columns}
    # Seen first on the day it ended: it was never at risk, (start, end] is empty, so its end says nothing.
    numbers["cause"] = np.where(numbers["start"] >= numbers["time"], 0, numbers["cause"]).astype(np.int8)
    made = Cut(
        **numbers,
        group=np.zeros(rows.height, dtype=np.int64),
        labels=(ALL,),
        as_of=(as_of - EPOCH).days,
        weighted=bool(rows.height and (numbers["weight"] != 1).any()),
        delayed=bool(rows.height and (numbers["delay"] >= 0).any()),
        rows=rows,
    )
    return grouped(made, by)


def _arrays(rows: Any, event: str, day: int) -> Any:
    import polars as pl

    def days(name: str) -> Any:
        return pl.col(name).cast(pl.Int32)

    entered, ended, known = days("entered_on"), days("ended_on"), pl.col("known")
    ending = known & pl.col("outcome").is_not_null()
    lost = known & pl.col("outcome").is_null()
    follow = pl.when(lost).then(ended).otherwise(day) - entered
    start = (days("observed_from") - entered).fill_null(-1)
    return rows.select(
        cause=pl.when(~ending).then(0).when(pl.col("outcome") == event).then(1).otherwise(2).cast(pl.Int8),
        follow=follow.cast(pl.Int32),
        time=pl.when(known).then(ended - entered).otherwise(follow).cast(pl.Int32),
        start=pl.when(start <= 0).then(-1).otherwise(start).cast(pl.Int32),
        entered=entered,
        delay=pl.when(ending).then((days("recorded_on") - ended).fill_null(-1)).otherwise(-1).cast(pl.Int32),
        weight="weight",
        square="square",
        count="count",
    )


def grouped(made: Cut, by: Sequence[str]) -> Cut:
    """The same cut by other columns; several make one label, "a / b"."""
    import numpy as np
    import polars as pl

    if not by:
        return replace(made, group=np.zeros(made.size, dtype=np.int64), labels=(ALL,))
    unknown = [name for name in by if name not in made.rows.columns]
    if unknown:
        raise TableRefused(f"没有这一列可分组：{'、'.join(unknown)}")
    texts = [pl.col(name).cast(pl.String).fill_null("（空）") for name in by]
    named = made.rows.select(texts[0] if len(by) == 1 else pl.concat_str(texts, separator=" / "))
    column = named.to_series().rename("label")
    labels = tuple(column.unique().sort().to_list())
    codes = column.cast(pl.Enum(labels)).to_physical().to_numpy()
    return replace(made, group=codes.astype(np.int64), labels=labels)


def _spread(rows: Any) -> Any:
    """An end known only to lie in a period is spread over it in equal shares, so that no day is guessed.

    One step of self-consistency (Turnbull 1976) from the uniform: the later steps change little within half a year. The row counts once.
    """
    import polars as pl

    vague = (pl.col("known") & (pl.col("ended_from") < pl.col("ended_on"))).fill_null(False)
    if not rows.select(vague.any()).item():
        return rows
    span = (pl.col("ended_on") - pl.col("ended_from")).dt.total_days() + 1
    step = ((pl.col("piece") + 0.5) / PIECES * span).floor().cast(pl.Int64)
    pieces = (
        rows.filter(vague)
        .with_columns(pl.lit(list(range(PIECES))).alias("piece"))
        .explode("piece")
        .with_columns((pl.col("ended_from") + pl.duration(days=step)).cast(pl.Date).alias("ended_on"))
        .with_columns(pl.col("weight", "square", "count") / PIECES)
        .drop("piece")
    )
    return pl.concat([rows.filter(~vague), pieces])
