"""Where the labelled worlds are, and small tables to build a ledger from."""

from datetime import date
from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared/engines/integrity"
AS_OF = date(2025, 9, 30)


def rows(*projects: dict) -> dict:
    """Frames for `from_frames` from projects told by the columns that matter."""
    import polars as pl

    columns = sorted({name for project in projects for name in project})
    return {"projects": pl.DataFrame({name: [project.get(name) for project in projects] for name in columns})}
