"""How good probabilities are against the truth: average precision, precision at a recall, expected calibration error."""

from typing import Any


def average_precision(truth: Any, chance: Any) -> float:
    """Σ (recall step) × precision over thresholds, ties taken together (Davis & Goadrich 2006). 0 where nothing is true."""
    precision, recall = _curve(truth, chance)
    if not recall:
        return 0.0
    return float(sum((r - before) * p for p, r, before in zip(precision, recall, [0.0, *recall[:-1]], strict=True)))


def precision_at_recall(truth: Any, chance: Any, wanted: float) -> float:
    """The best precision among thresholds that find at least so much."""
    precision, recall = _curve(truth, chance)
    return max((p for p, r in zip(precision, recall, strict=True) if r >= wanted), default=0.0)


def calibration_error(truth: Any, chance: Any, bins: int = 10) -> float:
    """Mean |stated − seen| over bins of equal width, weighted by their rows (Naeini et al. 2015)."""
    import numpy as np

    at = np.minimum((np.asarray(chance) * bins).astype(int), bins - 1)
    rows = np.bincount(at, minlength=bins)
    apart = np.abs(np.bincount(at, chance, bins) - np.bincount(at, np.asarray(truth, dtype=float), bins))
    return float(apart.sum() / max(1, rows.sum()))


def _curve(truth: Any, chance: Any) -> tuple[list[float], list[float]]:
    import numpy as np

    truth, chance = np.asarray(truth, dtype=bool), np.asarray(chance, dtype=float)
    if not truth.any():
        return [], []
    order = np.argsort(-chance, kind="stable")
    found = np.cumsum(truth[order])
    last = np.append(np.diff(chance[order]) != 0, True)
    told = np.arange(1, len(order) + 1)[last]
    return (found[last] / told).tolist(), (found[last] / truth.sum()).tolist()
