"""With labelled pairs: boosted trees on the same comparisons (Chen & Guestrin 2016), each pair judged by trees that never saw it."""

from typing import Any

FOLDS = 5
FEWEST = 10
"""Labelled matches and labelled others that are needed at least."""
ROUNDS = 150
MOST = 30_000
"""Labelled pairs that are none, that are learned from; or ten times the matches."""
_TREES = {
    "objective": "binary:logistic",
    "eta": 0.08,
    "max_depth": 5,
    "min_child_weight": 1.0,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
    "tree_method": "hist",
    "nthread": 1,
}


def gaps(score: Any, i: Any, j: Any, rows: int) -> Any:
    """How far a pair is ahead of the best other pair of either row, in two columns (negative: behind)."""
    import numpy as np

    def behind(key: Any) -> Any:
        order = np.lexsort((-score, key))
        ordered = key[order]
        first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        best, second = np.full(rows, -30.0), np.full(rows, -30.0)
        best[ordered[first]] = score[order[first]]
        more = first + 1
        more = more[(more < len(ordered))]
        more = more[ordered[more] == ordered[more - 1]]
        second[ordered[more]] = score[order[more]]
        other = np.where(score >= best[key], second[key], best[key])
        return np.clip(score - other, -20, 20)

    return np.column_stack([behind(i), behind(j)])


def folds(i: Any, j: Any, seed: int) -> Any:
    """Pairs fall into parts by chance; the seed is part of the result."""
    import numpy as np

    return np.random.default_rng(seed).integers(0, FOLDS, len(i))


def supervised(features: Any, label: Any, fold: Any, seed: int) -> Any:
    """Probability of each pair. `label` is NaN where nobody said; unlabelled pairs are judged by all labels."""
    import numpy as np
    import xgboost as xgb

    known = ~np.isnan(label)
    weight = np.ones(len(label))
    none = np.flatnonzero(label == 0)
    most = max(MOST, 10 * int(np.nansum(label == 1)))
    if len(none) > most:  # those left stand for those not taken: the rate of matches stays
        known[none] = False
        kept = np.random.default_rng(seed).choice(none, most, replace=False)
        known[kept], weight[kept] = True, len(none) / most
    trees = _TREES | {"seed": seed}
    out = np.empty(len(label))
    for part in range(FOLDS):
        train = known & (fold != part)
        model = xgb.train(trees, xgb.DMatrix(features[train], label[train], weight=weight[train]), ROUNDS)
        held = fold == part
        out[held] = model.predict(xgb.DMatrix(features[held]))
    return out


def enough(label: Any) -> bool:
    import numpy as np

    return bool(np.nansum(label == 1) >= FEWEST and np.nansum(label == 0) >= FEWEST)
