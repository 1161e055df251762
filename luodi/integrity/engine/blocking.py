"""Which rows to compare: those that share something rare. What half the city shares (an agent's phone, an incubator) pairs nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

HUB = 25
"""A value that more rows share than this makes no pairs by itself."""
NEAR = 0.004
"""Degrees, about 400 m: rows on one site."""
YEARS_APART = 1100
"""Days between signings, for pairs that share nothing but the site or the product."""


@dataclass(frozen=True)
class Key:
    """A column of values to join on; `hub` bounds how many rows may share one."""

    name: str
    values: Any
    hub: int = HUB


def pairs_of(keys: Iterable[Key], rows: int) -> Any:
    """Distinct pairs (i < j) of rows that share a value of any key: an int array of shape (pairs, 2)."""
    import numpy as np
    import polars as pl

    found = []
    for key in keys:
        frame = pl.DataFrame({"row": np.arange(rows), "value": key.values}).drop_nulls("value")
        # Long columns: one row may hold several values of a key (bigrams of a name).
        frame = frame.filter(pl.len().over("value").is_between(2, key.hub))
        joined = frame.join(frame, on="value").filter(pl.col("row") < pl.col("row_right"))
        found.append(joined.select("row", "row_right"))
    return distinct(found)


def pairs_of_many(rows: Any, values: Any, hub: int = HUB) -> Any:
    """The same where a row has many values: `rows` and `values` are two columns of equal length. A Polars frame of pairs."""
    import polars as pl

    frame = pl.DataFrame({"row": rows, "value": values}).drop_nulls("value").unique()
    frame = frame.filter(pl.len().over("value").is_between(2, hub))
    return frame.join(frame, on="value").filter(pl.col("row") < pl.col("row_right")).select("row", "row_right")


def near(x: Any, y: Any, days: Any, reach: float = NEAR) -> Any:
    """Pairs of rows whose points lie within `reach` and whose days are not years apart, by a grid of that size. NaN is nowhere."""
    import numpy as np
    import polars as pl

    rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    cells = pl.DataFrame(
        {"row": rows, "cx": np.floor(x[rows] / reach).astype(int), "cy": np.floor(y[rows] / reach).astype(int)}
    )
    found = []
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            moved = cells.with_columns(pl.col("cx") + dx, pl.col("cy") + dy)
            joined = cells.join(moved, on=["cx", "cy"]).filter(pl.col("row") < pl.col("row_right"))
            i, j = joined["row"].to_numpy(), joined["row_right"].to_numpy()
            close = (np.hypot(x[i] - x[j], y[i] - y[j]) <= reach) & (np.abs(days[i] - days[j]) <= YEARS_APART)
            found.append(joined.filter(pl.Series(close)).select("row", "row_right"))
    return distinct(found)


def distinct(found: Iterable[Any]) -> Any:
    """One frame of distinct pairs, in order."""
    import polars as pl

    frames = [frame.cast(pl.Int64) for frame in found]
    return (
        pl.concat(frames).unique().sort("row", "row_right")
        if frames
        else pl.DataFrame(schema={"row": pl.Int64, "row_right": pl.Int64})
    )
