"""What gaming would buy: a unit splits its projects and signs fakes; its figures under the rates that are published, and net.

Reported, every part is a project and every fake lands as it was told to. Net, the parts of an undertaking are shares of one project signed on the day
of the first part, and what was found false stays signed and never lands. `undertaking` (of which a row is a part; blank = itself) and `false`
are columns of the table; here both are known, so the gap to what a city finds is the detector's, not the rate's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from luodi.outcomes.engine.cutting import cut
from luodi.outcomes.engine.ranking import rank
from luodi.outcomes.engine.spells import check_spells

PARTS = 3
LEVEL = 0.90
ENDS = ("ended_on", "outcome", "recorded_on", "ended_from")


@dataclass(frozen=True)
class Figures:
    """One unit's standing: counts and rates as reported, and net. Ranks: 1 is best."""

    signed: float
    landed: float
    stock_rate: float
    year_rate: float | None
    naive_rank: int
    net_signed: float
    net_landed: float
    net_share: float | None
    net_rank: float | None


@dataclass(frozen=True)
class Bought:
    """The same unit before and after it gamed."""

    unit: str
    before: Figures
    after: Figures


def net(frame: Any) -> Any:
    """Parts are shares of one project, signed with the first part; the false stay signed and have no end."""
    import polars as pl

    one = pl.coalesce(pl.col("undertaking"), pl.col("id"))
    false = pl.col("false").fill_null(False)
    shared = frame.with_columns(one=one).with_columns(
        weight=1.0 / pl.len().over("one").cast(pl.Float64), entered_on=pl.col("entered_on").min().over("one")
    )
    cleared = [pl.when(false).then(None).otherwise(pl.col(name)).alias(name) for name in ENDS if name in frame.columns]
    return shared.with_columns(cleared).drop("one")


def gamed(frame: Any, unit: str, by: str, event: str, *, split: float, faked: float, seed: int) -> Any:
    """The table after `unit` split this share of its projects, its successes first, and signed so many more that only pretend."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(seed)
    frame = _marked(frame)
    mine, others = frame.filter(pl.col(by) == unit), frame.filter(pl.col(by) != unit)
    best = mine.with_columns(
        luck=pl.Series(random.random(mine.height)), won=(pl.col("outcome") == event).fill_null(False)
    )
    best = best.sort("won", "luck", descending=True).drop("luck", "won")
    torn, whole = best.head(round(split * mine.height)), best.tail(mine.height - round(split * mine.height))
    parts = [
        torn.with_columns(pl.col("id") + f"/{part}", undertaking=pl.col("id"), **_later(part)) for part in range(PARTS)
    ]
    fakes = mine.sample(round(faked * mine.height), with_replacement=True, seed=seed).with_row_index("number")
    fakes = fakes.with_columns(
        pl.col("id") + "/假" + pl.col("number").cast(pl.String),
        ended_on=pl.col("entered_on") + timedelta(days=30), outcome=pl.lit(event), false=pl.lit(True),
    ).drop("number")  # fmt: skip
    if "recorded_on" in fakes.columns:
        fakes = fakes.with_columns(recorded_on="ended_on")
    return pl.concat([others, whole, *parts, fakes], how="vertical_relaxed")


def _later(part: int) -> dict[str, Any]:
    """Parts are signed a month apart, but not after the end."""
    import polars as pl

    moved = pl.col("entered_on") + timedelta(days=30 * part)
    return {"entered_on": pl.min_horizontal(moved, pl.coalesce("ended_on", moved))}


def _marked(frame: Any) -> Any:
    import polars as pl

    frame = frame.with_columns(pl.col("id").cast(pl.String))
    missing = {"undertaking": pl.lit(None, dtype=pl.String), "false": pl.lit(False)}
    return frame.with_columns(**{name: value for name, value in missing.items() if name not in frame.columns})


def bought(
    frame: Any,
    unit: str,
    event: str,
    as_of: date,
    at: int,
    by: str,
    *,
    split: float = 0.4,
    faked: float = 0.2,
    seed: int = 0,
) -> Bought:
    """Before and after, by the day."""
    after = gamed(frame, unit, by, event, split=split, faked=faked, seed=seed)
    return Bought(unit, *(figures(one, unit, event, as_of, at, by) for one in (_marked(frame), after)))


def figures(frame: Any, unit: str, event: str, as_of: date, at: int, by: str) -> Figures:
    """Reported and net figures of the unit on the day, of a table with `undertaking` and `false`."""
    import polars as pl

    known = (pl.col("outcome") == event) & (pl.col("ended_on") <= as_of)
    if "recorded_on" in frame.columns:
        known &= pl.col("recorded_on").is_null() | (pl.col("recorded_on") <= as_of)
    year = pl.col("entered_on") > as_of - timedelta(days=365)
    signed = frame.filter(pl.col("entered_on") <= as_of).with_columns(won=known.fill_null(False))
    told = signed.group_by(by).agg(
        signed=pl.len(), landed=pl.col("won").sum(), fresh=year.sum(),
        lately=(pl.col("won") & (pl.col("ended_on") > as_of - timedelta(days=365))).sum(),
    )  # fmt: skip
    told = told.with_columns(stock=pl.col("landed") / pl.col("signed"))
    mine = told.filter(pl.col(by) == unit).row(0, named=True)
    real = net(frame).filter(pl.col("entered_on") <= as_of, pl.col(by) == unit, ~pl.col("false").fill_null(False))
    place = {one.group: one for one in rank(_cut(net(frame), event, as_of, by), at, LEVEL)}[unit]
    return Figures(
        mine["signed"], mine["landed"], mine["stock"], mine["lately"] / mine["fresh"] if mine["fresh"] else None,
        1 + told.filter(pl.col("stock") > mine["stock"]).height,
        real["weight"].sum(), real.filter(known.fill_null(False))["weight"].sum(), place.estimate, place.rank,
    )  # fmt: skip


def _cut(frame: Any, event: str, as_of: date, by: str) -> Any:
    kept = [name for name in frame.columns if name not in ("undertaking", "false", "row")]
    return cut(check_spells(frame.select(kept)), event, as_of, (by,))


def table(rows: Sequence[Bought]) -> list[tuple[str, float | None, float | None]]:
    """What it bought on average: (figure, as before, change). Shares and rates in points; counts relative; a rank that falls in number rose."""
    told: list[tuple[str, float | None, float | None]] = []
    for name in Figures.__dataclass_fields__:
        pairs = [(getattr(one.before, name), getattr(one.after, name)) for one in rows]
        pairs = [(before, after) for before, after in pairs if before is not None and after is not None]
        if not pairs:
            told.append((name, None, None))
            continue
        before, after = (sum(part) / len(pairs) for part in zip(*pairs, strict=True))
        told.append((name, before, after - before))
    return told
