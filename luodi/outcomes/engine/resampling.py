"""Variance when projects come in clusters: one investor's projects land, or do not, together.

Whole clusters are drawn with replacement (Davison & Hinkley 1997, §3.8): a draw is a multinomial number per cluster, which weighs the cluster's part
of the tables by day, so that no row is copied. The draws are seeded. Who has no cluster is one of his own. Only the variance is taken from the
draws; the interval keeps its form, so that it adds up with drift and delay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from luodi.outcomes.engine.cutting import Cut
from luodi.outcomes.engine.spells import TableRefused

DRAWS, SEED = 400, 20261126
FEWEST = 10  # draws in which a group has anybody, to say its variance


@dataclass(frozen=True)
class Cells:
    """What each row adds to (group, day): its cell, its cluster, and its mass among events, other ends and those who leave."""

    place: Any
    cluster: Any
    events: Any
    others: Any
    gone: Any


def clustered(made: Cut, column: str) -> Cut:
    """The same cut, its rows in clusters by a column."""
    import numpy as np
    import polars as pl

    if column not in made.rows.columns:
        raise TableRefused(f"没有这一列可成组抽样：{column}")
    name = made.rows[column].cast(pl.String).str.strip_chars()
    name = name.set(name == "", None)
    known = name.drop_nulls().unique().sort()
    codes = name.cast(pl.Enum(known)).to_physical().cast(pl.Int64).fill_null(-1).to_numpy().copy()
    alone = codes < 0
    codes[alone] = known.len() + np.arange(int(alone.sum()))
    return replace(made, cluster=codes)


def cells(cut: Cut, horizon: int, reported: Any = None) -> Cells:
    """The sums of `counting.count`, before they are summed: those who leave on a day or later, less those first seen then, are at risk."""
    import numpy as np

    days = horizon + 2
    inverse = np.ones(cut.size) if reported is None else 1.0 / reported
    ended = cut.cause > 0
    mass = cut.weight * np.where(ended, inverse, 1.0)
    row, nought = cut.group * days, np.zeros(cut.size)
    late = (cut.start >= 0) & (cut.start <= cut.time)
    # A recorded end stands for others not recorded, which look open until the end of their follow-up.
    parts = [
        (np.full(cut.size, True), cut.time, np.where(cut.cause == 1, mass, 0.0), np.where(cut.cause == 2, mass, 0.0), mass),
        (ended & (inverse != 1), cut.follow, nought, nought, cut.weight * (1 - inverse)),
        (late, cut.start, nought, nought, -mass),
    ]  # fmt: skip
    place = np.concatenate([row[kept] + np.minimum(day[kept], horizon + 1) for kept, day, *_ in parts])
    cluster = np.concatenate([cut.cluster[kept] for kept, *_ in parts])
    events, others, gone = (np.concatenate([part[kind][part[0]] for part in parts]) for kind in (2, 3, 4))
    return Cells(place, cluster, events, others, gone)


def variances(
    cut: Cut, at: Sequence[int], reported: Any = None, *, draws: int = DRAWS, seed: int = SEED
) -> dict[int, Any]:
    """Var F(at) of each group over the draws; where too few draws have anybody in the group, not a number."""
    import numpy as np

    random, made = np.random.default_rng(seed), cells(cut, max(at), reported)
    clusters = int(cut.cluster.max()) + 1 if cut.size else 1
    shares = np.full((draws, len(at), len(cut.labels)), np.nan)
    for draw in range(draws):
        times = random.multinomial(clusters, np.full(clusters, 1 / clusters))[made.cluster]
        incidence, some = _incidence(made, times, len(cut.labels), max(at) + 2)
        shares[draw] = np.where(some, incidence[:, list(at)].T, np.nan)
    enough = (~np.isnan(shares)).sum(axis=0) >= FEWEST
    centred = shares - np.nanmean(np.where(enough, shares, 0.0), axis=0)
    return {day: np.where(enough[place], np.nanmean(np.where(enough[place], centred[:, place] ** 2, 0.0), axis=0), np.nan)
            for place, day in enumerate(at)}  # fmt: skip


def _incidence(made: Cells, times: Any, groups: int, days: int) -> tuple[Any, Any]:
    """Aalen–Johansen of all groups in one draw, and who has anybody in it."""
    import numpy as np

    def table(mass: Any) -> Any:
        return np.bincount(made.place, weights=mass * times, minlength=groups * days).reshape(groups, days)

    events, others = table(made.events), table(made.others)
    risk = np.maximum(table(made.gone)[:, ::-1].cumsum(axis=1)[:, ::-1], 0.0)
    some = risk > 1e-9
    safe = np.where(some, risk, 1.0)
    hazard = np.where(some, np.minimum(events / safe, 1.0), 0.0)
    other = np.where(some, np.minimum(others / safe, 1.0 - hazard), 0.0)
    still = np.cumprod(np.maximum(1.0 - hazard - other, 0.0), axis=1)
    before = np.concatenate([np.ones((groups, 1)), still[:, :-1]], axis=1)
    return np.cumsum(before * hazard, axis=1), some.any(axis=1)
