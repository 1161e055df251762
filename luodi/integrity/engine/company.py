"""What the register of companies knows of the company that is to carry the project, where the ledger's own column is blank."""

from typing import Any

from luodi.integrity.engine.candidates import Rows
from luodi.integrity.engine.ledger import Ledger

FEWEST = 0.2
"""Share of the companies listed whose day must be known: a register that knows hardly anybody says nothing of the others."""
OLD = 30.0
"""Days before signing from which the company was there already, for something else."""


def company(ledger: Ledger, rows: Rows) -> dict[str, Any]:
    """Columns by name, one value a project, NaN = unknown."""
    import numpy as np
    import polars as pl

    known = ledger.parties.filter(pl.col("主体编号").is_not_null()).unique(
        "主体编号", keep="first", maintain_order=True
    )
    joined = rows.frame.select("主体编号").join(
        known.select("主体编号", "成立日期"), on="主体编号", how="left", maintain_order="left"
    )
    founded = joined["成立日期"].cast(int).cast(float).fill_null(np.nan).to_numpy()
    founded = np.where(founded <= rows.as_of, founded, np.nan)
    listed = rows.frame["主体编号"].is_in(known["主体编号"].implode()).fill_null(False).to_numpy()
    signed, registered = rows.days["签约"], rows.days["登记"]
    there = np.isfinite(founded)
    # Where no register of companies was handed in, "not founded" would be an accusation made of a blank column.
    told = listed & (there[listed].mean() >= FEWEST if listed.any() else False)
    return {
        "主体已成立": np.where(told, there.astype(float), np.nan),
        "至成立": founded - signed,
        "老主体": np.where(there, (founded < signed - OLD).astype(float), np.nan),
        # 1: both know of it; 0: only the register of companies; −1: nobody.
        "登记几处": np.where(np.isfinite(registered), 1.0, np.where(there, 0.0, np.where(told, -1.0, np.nan))),
        "补登记至今": np.fmin(rows.days["终止"], rows.as_of) - np.fmin(registered, np.fmax(founded, signed)),
    }
