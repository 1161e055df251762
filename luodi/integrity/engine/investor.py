"""Whether the investor's trade is the project's, how many chains it signs in, and what is asked of its other projects.

A firm of culture and tourism that signs for chemicals, or one that signs in three chains, has seldom built what it signed for. The words of
a trade are learned from the ledger itself: which chains the other investors with the same two characters in their names signed in.
"""

from typing import Any

from luodi.integrity.engine import names
from luodi.integrity.engine.blocking import HUB
from luodi.integrity.engine.candidates import Rows

FEWEST, LEAN = 8, 3.0
"""Other investors that must have a pair of characters before it tells a trade; investors' worth of the whole ledger it leans on."""


def investor(rows: Rows) -> dict[str, Any]:
    """Columns by name, one value a project, NaN = unknown."""
    return {"投资方行业合": _trade(rows), **_chains(rows)}


def _trade(rows: Rows) -> Any:
    """log of how much likelier this chain is among investors whose names have the most telling pair of characters than among all."""
    import numpy as np

    investors, chains = rows.frame["投资方名"].to_list(), rows.frame["产业链"].to_list()
    number = {chain: at for at, chain in enumerate(sorted({chain for chain in chains if chain}))}
    out = np.full(len(investors), np.nan)
    if not number:
        return out
    base = np.bincount([number[chain] for chain in chains if chain], minlength=len(number)).astype(float)
    base /= base.sum()
    counts: dict[str, Any] = {}
    # An investor that signs often in a chain counts once there.
    for name, chain in sorted({(n, c) for n, c in zip(investors, chains, strict=True) if n and c}):
        for gram in set(names.bigrams(name)):
            counts.setdefault(gram, np.zeros(len(number)))[number[chain]] += 1
    known: dict[tuple[str, str], float] = {}
    for row, (name, chain) in enumerate(zip(investors, chains, strict=True)):
        if name and chain:
            if (name, chain) not in known:
                known[name, chain] = _fit(sorted(set(names.bigrams(name))), number[chain], counts, base)
            out[row] = known[name, chain]
    return out


def _fit(grams: list[str], chain: int, counts: dict[str, Any], base: Any) -> float:
    import numpy as np

    telling, fit = 0.0, np.nan
    for gram in grams:
        others = counts[gram].copy()
        others[chain] -= 1
        if others.sum() < FEWEST:
            continue
        share = (others + LEAN * base) / (others.sum() + LEAN)
        apart = float((share * np.log(share / base)).sum())  # Kullback–Leibler: how much the pair of characters tells
        if apart > telling:
            telling, fit = apart, float(np.log(share[chain] / base[chain]))
    return float(fit)


def _chains(rows: Rows) -> dict[str, Any]:
    import polars as pl

    size, same = pl.len().over("投资方名"), pl.len().over("投资方名", "产业链")
    known = pl.col("投资方名").is_not_null()
    found = rows.frame.select("投资方名", "产业链").select(
        pl.when(known).then(pl.col("产业链").n_unique().over("投资方名")).alias("投资方链数"),
        pl.when(known).then(size - same).alias("投资方异链"),
        pl.when(known & (size > 1)).then((size - same) / (size - 1)).alias("投资方异链比"),
    )
    return {name: found[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in found.columns}


def beside(rows: Rows, chance: Any) -> dict[str, Any]:
    """What is asked of the same investor's other projects: the highest chance and the mean. A hub of an investor says nothing."""
    import polars as pl

    by = "投资方名"
    p, size = pl.col("p"), pl.len().over(by)
    frame = rows.frame.select(by).with_columns(pl.Series("p", chance).cast(pl.Float64))
    frame = frame.with_columns(p.rank("ordinal", descending=True).over(by).alias("place"))
    best = p.filter(pl.col("place") == 1).first().over(by)
    second = p.filter(pl.col("place") == 2).first().over(by)
    known = pl.col(by).is_not_null() & (size > 1) & (size <= HUB)
    found = frame.select(
        pl.when(known).then(pl.when(pl.col("place") == 1).then(second).otherwise(best)).alias("投资方另最疑"),
        pl.when(known).then((p.sum().over(by) - p) / (size - 1)).alias("投资方另均疑"),
    )
    return {name: found[name].fill_null(float("nan")).to_numpy() for name in found.columns}
