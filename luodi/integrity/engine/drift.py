"""Is this ledger like those the model knows? Population stability index by deciles; and the points that speak where it is not.

PSI = Σ (share here − share there) · ln(share here ÷ share there) over the deciles of the training worlds and "unknown" (Siddiqi 2006).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from luodi.integrity.engine.indicators import indicators

FLOOR = 0.01
RIDGE = 3.0
LIKELY = 0.5


def deciles(columns: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    """Inner deciles of each column over several ledgers, and its share of unknown as the last number."""
    import numpy as np

    out = {}
    for name in columns[0]:
        values = np.concatenate([one[name] for one in columns])
        known = values[np.isfinite(values)]
        edges = np.quantile(known, np.arange(1, 10) / 10) if len(known) else np.zeros(9)
        out[name] = [*(round(float(edge), 6) for edge in edges), round(float(1 - len(known) / len(values)), 6)]
    return out


def shift(
    columns: Mapping[str, Any], there: Mapping[str, Sequence[float]], seen: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """PSI of each column against the training shares `seen` of the cells that `there` makes."""
    return {name: _psi(_shares(columns[name], there[name][:-1]), seen[name]) for name in there}


def shares(columns: Sequence[Mapping[str, Any]], there: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    """Shares of the training rows in the cells: ties make them differ from a tenth each."""
    import numpy as np

    return {
        name: [round(float(share), 6) for share in _shares(np.concatenate([one[name] for one in columns]), edges[:-1])]
        for name, edges in there.items()
    }


def _shares(values: Any, edges: Sequence[float]) -> Any:
    import numpy as np

    known = np.isfinite(values)
    cells = np.bincount(np.searchsorted(edges, values[known], side="right"), minlength=len(edges) + 1)
    return np.append(cells, (~known).sum()) / max(1, len(values))


def _psi(here: Any, there: Sequence[float]) -> float:
    import numpy as np

    a, b = np.maximum(np.asarray(here), FLOOR), np.maximum(np.asarray(there), FLOOR)
    return float(((a - b) * np.log(a / b)).sum())


def fired(values: Mapping[str, Any]) -> dict[str, Any]:
    """Which project indicators fire, as floats by number; every scheme's points ask all of them: one thing may excuse another.

    What the pairs of a project say fires as well: a likely partner.
    """
    likely = {f"{kind}对": (values[f"{kind}最大"] > LIKELY).astype(float) for kind in ("split", "dup")}
    likely |= {f"{kind}后": (values[f"{kind}后"] > LIKELY).astype(float) for kind in ("split", "dup")}
    return likely | {one.number: one.fires(values).astype(float) for one in indicators() if one.about == "project"}


def points(fires: Sequence[Mapping[str, Any]], truth: Any) -> dict[str, float]:
    """A points card by ridge-penalised logistic regression: log-odds of each indicator, and `""` for nothing seen."""
    import numpy as np

    names = list(fires[0])
    design = np.concatenate([np.stack([one[name] for name in names], axis=1) for one in fires])
    design = np.hstack([design, np.ones((len(design), 1))])
    penalty = np.diag([RIDGE] * len(names) + [0.0])
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (truth - p) - penalty @ beta
        step = np.linalg.solve((design.T * (p * (1 - p))) @ design + penalty + 1e-9 * np.eye(len(beta)), gradient)
        beta += np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return {name: round(float(value), 4) for name, value in zip([*names, ""], beta, strict=True)}


def scored(fires: Mapping[str, Any], card: Mapping[str, float]) -> Any:
    """Probability by the points card alone."""
    import numpy as np

    total = card[""] + sum(card.get(name, 0.0) * value for name, value in fires.items())
    return 1 / (1 + np.exp(-total))
