"""What the same unit and the same clerk do with their other projects: registers that are missing there are missing here too.

A unit that files no registers, or a clerk who writes "being pushed forward" of everything, says nothing of one project. So each project
stands beside the mean of the others, itself left out.
"""

from typing import Any

from luodi.integrity.engine.candidates import Rows

LEAN = 3
"""Projects' worth of the whole ledger that a unit's or a clerk's mean leans on."""
UNIT = ("缺前置", "新话无实比", "停报", "报告月数", "有登记")
CLERK = ("有登记", "等下步", "新话无实比")


def habits(rows: Rows, columns: dict[str, Any]) -> dict[str, Any]:
    """Columns by name, one value a project; of `columns`, which are measured already."""
    import numpy as np

    known = {**columns, "有登记": np.isfinite(rows.days["登记"]).astype(float)}
    return {
        **{f"单位{name}": others(rows, "责任区县", known[name]) for name in UNIT},
        **{f"同事{name}": others(rows, "填报人", known[name]) for name in CLERK},
    }


def others(rows: Rows, by: str, values: Any) -> Any:
    """The mean of the others of the same `by`, leaning on the whole ledger's."""
    import numpy as np
    import polars as pl

    # Added up from the smallest: the same rows in another order give the same sum to the last bit, and trees cut at the last bit.
    known = np.sort(values[np.isfinite(values)])
    whole = float(known.mean()) if len(known) else 0.0
    frame = rows.frame.select(by).with_columns(pl.Series("v", values).fill_nan(None))
    total, count = pl.col("v").sort().sum().over(by), pl.col("v").count().over(by)
    told = pl.col("v").is_not_null().cast(int)
    mean = (total - pl.col("v").fill_null(0.0) + LEAN * whole) / (count - told + LEAN)
    return frame.select(mean).to_series().to_numpy()
