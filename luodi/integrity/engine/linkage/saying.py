"""What spoke for a pair and what against it, in words of the table's own columns."""

from typing import Any

from luodi.integrity.engine.linkage.linking import Linked
from luodi.integrity.engine.linkage.weighing import EDGES


def reasons(linked: Linked, at: Any) -> list[str]:
    """One sentence a pair of `at` (positions in `linked`): columns from the strongest evidence down, with log2 of m/u."""
    import numpy as np

    ratios = [ratio / np.log(2) for ratio in linked.weights.ratios()]
    columns = linked.rows.columns
    tops = [len(EDGES[column.kind]) for column in columns]
    out = []
    for line in linked.level[at].tolist():
        said = [
            (
                ratios[n][level],
                f"{column.name}{'相同' if level == tops[n] else f' {level}/{tops[n]}'} {ratios[n][level]:+.1f}",
            )
            for n, (column, level) in enumerate(zip(columns, line, strict=True))
            if level >= 0
        ]
        out.append("；".join(text for _, text in sorted(said, key=lambda one: -abs(one[0]))) or "同组 · by its group")
    return out
