"""How good a linkage is, by the pairs that are known to be true."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Quality:
    """Of the pairs at or above `threshold`: precision, recall, F1."""

    threshold: float
    precision: float
    recall: float
    f1: float


def at_threshold(p: Any, true: Any, truth: int, threshold: float) -> Quality:
    """`true` says of each pair whether it is; `truth` is how many true pairs there are, found or not."""
    said = p >= threshold
    hits = int((said & true).sum())
    precision = hits / int(said.sum()) if said.any() else 0.0
    recall = hits / truth if truth else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Quality(threshold, precision, recall, f1)


def best(p: Any, true: Any, truth: int) -> Quality:
    """The threshold with the highest F1, known only to who has the truth."""
    import numpy as np

    if not len(p):
        return at_threshold(p, true, truth, 0.5)
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(true[order])
    last = np.r_[p[order][1:] != p[order][:-1], True]
    f1 = np.where(last, 2 * hits / (np.arange(1, len(p) + 1) + truth), 0.0)
    return at_threshold(p, true, truth, float(p[order][f1.argmax()]))


def calibration_error(p: Any, true: Any) -> float:
    """Mean distance between what was said and what came, over ten bins, weighted by pairs (Naeini et al. 2015)."""
    import numpy as np

    if not len(p):
        return 0.0
    place = np.minimum((p * 10).astype(int), 9)
    count = np.bincount(place, minlength=10)
    gap = np.abs(np.bincount(place, weights=p, minlength=10) - np.bincount(place, weights=true, minlength=10))
    return float(gap.sum() / count.sum())
