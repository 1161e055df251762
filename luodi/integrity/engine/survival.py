"""How unusual it is that a stage has not come by this age, among projects of the same chain and of the same size."""

from typing import Any

from luodi.integrity.engine.candidates import Rows, days_or
from luodi.integrity.engine.ledger import STAGES

MONTHS = 120
PRIOR = 20.0
"""Projects' worth of the whole ledger that a group's own hazard leans on."""


def tails(rows: Rows) -> dict[str, Any]:
    """For each stage −log of the share of comparable projects still without it at this project's age; 0 where it came.

    Kaplan–Meier in 30-day steps, each group's hazard pulled to the ledger's by `PRIOR`; the larger of the chain's and the size's.
    """
    import numpy as np

    signed = rows.days["签约"]
    ended = np.fmin(rows.days["终止"], rows.as_of)
    total = days_or(rows.frame["万元"])
    edges = np.nanquantile(total, [0.33, 0.67, 0.9]) if np.isfinite(total).any() else [0.0]
    groups = (_coded(rows.frame["产业链"]), np.digitize(np.nan_to_num(total), edges))
    out = {}
    for stage in STAGES[:-1]:
        came = rows.days[stage]
        event = np.isfinite(came)
        # At least a day, so that what came with the signing was at risk before.
        spent = np.maximum(1.0, np.where(event, came, ended) - signed)
        month = np.where(np.isfinite(spent), np.minimum(spent // 30, MONTHS - 1), 0).astype(int)
        waiting = [np.where(event, 0.0, waited(month, event, group, MONTHS)) for group in groups]
        out[f"等{stage}"] = np.fmin(*waiting)
    out["等合计"] = np.sum(list(out.values()), axis=0)
    return out


def _coded(column: Any) -> Any:
    return (column.rank("dense").fill_null(0).cast(int)).to_numpy()


def waited(step: Any, event: Any, group: Any, steps: int, lean: Any = None) -> Any:
    """Cumulative hazard of each row's group up to the row's step; a group leans on the rows of the same `lean`, or on all."""
    import numpy as np

    lean = np.zeros(len(step), dtype=int) if lean is None else lean
    own, wide = _counts(step, event, group, steps), _counts(step, event, lean, steps)
    pooled = wide[0] / np.maximum(1.0, wide[1])
    # Each group's cells stand in one of the wider: the first row of the group says in which.
    where, first = np.unique(group, return_index=True)
    parent = np.zeros(len(own[0]), dtype=int)
    parent[where] = lean[first]
    hazard = (own[0] + PRIOR * pooled[parent]) / (own[1] + PRIOR)
    return np.cumsum(-np.log1p(-np.minimum(hazard, 0.95)), axis=1)[group, step]


def _counts(step: Any, event: Any, group: Any, steps: int) -> tuple[Any, Any]:
    """What came and what was at risk, by group and step."""
    import numpy as np

    shape = (int(group.max(initial=0)) + 1, steps)
    came, left = np.zeros(shape), np.zeros(shape)
    np.add.at(came, (group[event], step[event]), 1)
    np.add.at(left, (group, step), 1)
    return came, np.cumsum(left[:, ::-1], axis=1)[:, ::-1]
