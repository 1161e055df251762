"""Labelled worlds: a five-table ledger beside a folder `truth` with projects.csv (项目编号, scheme, subtype) and pairs.csv (a, b, kind)."""

from datetime import date
from pathlib import Path
from typing import Any

from luodi.integrity.engine.features import PAIR_KINDS, Measured, measure
from luodi.integrity.engine.learning import World
from luodi.integrity.engine.ledger import read_folder

EARLIER = 0.5
"""Weight of a project as it stood at an earlier day: the same project again, younger."""


def read_world(folder: Path, as_of: date, *, earlier: bool = False) -> World:
    """Measure a folder and join its truth; `earlier` marks a day before the world's own."""
    import polars as pl

    measured = measure(read_folder(folder, as_of))
    told = pl.read_csv(folder / "truth" / "projects.csv", infer_schema=False)
    ids = measured.rows.frame.select("项目编号")
    if "subtype" not in told.columns:
        told = told.with_columns(pl.lit(None, dtype=pl.String).alias("subtype"))
    said = told.select("项目编号", "scheme", "subtype")
    schemes = ids.join(said, on="项目编号", how="left", maintain_order="left")
    kinds = _kinds(measured, pl.read_csv(folder / "truth" / "pairs.csv", infer_schema=False))
    return World(
        folder.name,
        measured,
        schemes["scheme"].fill_null("none").to_numpy().astype(str),
        kinds,
        EARLIER if earlier else 1.0,
        schemes["subtype"].fill_null("").to_numpy().astype(str),
    )


def _kinds(measured: Measured, pairs: Any) -> Any:
    import numpy as np

    row = {number: at for at, number in enumerate(measured.rows.frame["项目编号"])}
    told = {
        tuple(sorted((row[a], row[b]))): PAIR_KINDS.index(kind) + 1
        for a, b, kind in pairs.select("a", "b", "kind").iter_rows()
        if a in row and b in row
    }
    return np.array([told.get((int(a), int(b)), 0) for a, b in measured.pairs])
