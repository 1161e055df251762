"""The recipe: from labelled worlds to models that are shipped. Deterministic for the same worlds and seed.

Pairs first (nothing, split, duplicate), then a first answer for `SUSPECTED`, then one model a scheme that sees the project's columns, what its
pairs said and what the first answer asks of the investor's other projects (iterative classification, Neville & Jensen 2000). What a model
learns from another comes from models that never saw that world, as it will when it scans. Probabilities are made honest on the same held-out
predictions (Platt 1999). Boosted trees: Chen & Guestrin (2016).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from luodi.integrity.engine.features import PAIR_KINDS, Measured, partners
from luodi.integrity.engine.investor import beside

SCHEMES = ("fake", "split", "dup", "motion")
SUSPECTED = "fake"
"""Whoever signs for show signs more than once: what is asked of an investor's other projects is a column."""
SEED = 20250930
ORDINARY = 8_000
"""Pairs that are nothing, taken from each world; each then weighs as many as it stands for."""
PAIR_TREES = {
    "objective": "multi:softprob",
    "num_class": 3,
    "eta": 0.08,
    "max_depth": 6,
    "min_child_weight": 3.0,
    "subsample": 0.8,
    "colsample_bytree": 0.6,
}
PROJECT_TREES = {
    "objective": "binary:logistic",
    "eta": 0.05,
    "max_depth": 4,
    "min_child_weight": 2.0,
    "subsample": 0.7,
    "colsample_bytree": 0.4,
}
SCHEME_TREES = {
    # Few fakes a world and many columns that say the same: smaller shares, and three trees a round that are averaged.
    "fake": {"min_child_weight": 4.0, "subsample": 0.65, "colsample_bytree": 0.3, "num_parallel_tree": 3},
}
"""What differs from `PROJECT_TREES`."""
COMMON = {"tree_method": "hist", "max_bin": 128, "nthread": 1, "seed": SEED}
PAIR_ROUNDS, PROJECT_ROUNDS = 250, 400


@dataclass(frozen=True)
class World:
    """A measured ledger with its truth: `schemes` a project (one of `SCHEMES` or none), `kinds` a pair (0 none, 1 split, 2 dup).

    `name` says which worlds belong together: the same world as of an earlier day must not be held out alone.
    """

    name: str
    measured: Measured
    schemes: Any
    kinds: Any
    weight: float = 1.0
    subtypes: Any = None
    """What kind of honest project it is, where the truth says so: for judging, never for learning."""


@dataclass(frozen=True)
class Trained:
    """Boosters, the slope and shift that make each probability honest, and the held-out predictions they were judged by.

    `columns`: of each world of full weight, made by models that never saw it.
    """

    pairs: Any
    first: Any
    schemes: dict[str, Any]
    honest: dict[str, tuple[float, float]]
    pair_names: tuple[str, ...]
    names: tuple[str, ...]
    first_names: tuple[str, ...]
    held_out: dict[str, list[Any]] = field(default_factory=dict)
    columns: list[dict[str, Any]] = field(default_factory=list)


def train(worlds: Sequence[World]) -> Trained:
    """All models from all worlds; the held-out predictions are made by leaving one name out at a time."""
    shares: list[Any] = _left_out(worlds, _pairs, lambda booster, at: pair_shares(booster, worlds[at].measured))
    plain = [project_columns(world.measured, share) for world, share in zip(worlds, shares, strict=True)]
    first = _of_scheme(worlds, plain, SUSPECTED, plainly=True)
    columns = [
        with_suspicion(one, world.measured, _sigmoid(margin))
        for one, world, margin in zip(plain, worlds, first[1], strict=True)
    ]
    schemes, honest, held = {}, {}, {}
    for scheme in SCHEMES:
        schemes[scheme], margins = _of_scheme(worlds, columns, scheme)
        held[scheme] = [(at, margin) for at, margin in enumerate(margins) if worlds[at].weight == 1.0]
        honest[scheme] = _honest(held[scheme], worlds, scheme)
    held["pairs"] = list(enumerate(shares))
    whole = [one for one, world in zip(columns, worlds, strict=True) if world.weight == 1.0]
    pair_names, names, first_names = (tuple(one) for one in (worlds[0].measured.compared, columns[0], plain[0]))
    return Trained(_pairs(worlds), first[0], schemes, honest, pair_names, names, first_names, held, whole)


def _left_out(worlds: Sequence[World], fit: Callable[[list[World]], Any], tell: Callable[[Any, int], Any]) -> list[Any]:
    """What is told of each world by a model of all worlds of other names."""
    out: list[Any] = [None] * len(worlds)
    for name in sorted({world.name for world in worlds}):
        booster = fit([world for world in worlds if world.name != name])
        for at, world in enumerate(worlds):
            if world.name == name:
                out[at] = tell(booster, at)
    return out


def _of_scheme(
    worlds: Sequence[World], columns: Sequence[dict[str, Any]], scheme: str, plainly: bool = False
) -> tuple[Any, list[Any]]:
    """The model of all worlds, and the margins of each by models that never saw it."""
    place = {id(world): at for at, world in enumerate(worlds)}

    def fit(some: Sequence[World]) -> Any:
        return _projects([columns[place[id(world)]] for world in some], some, scheme, plainly)

    return fit(worlds), _left_out(worlds, fit, lambda booster, at: margins(booster, columns[at]))


def project_columns(measured: Measured, shares: dict[str, Any]) -> dict[str, Any]:
    return {**measured.columns, **partners(measured.pairs, shares, measured.rows.frame.height)}


def with_suspicion(columns: dict[str, Any], measured: Measured, chance: Any) -> dict[str, Any]:
    """The columns, and what the first answer `chance` asks of the investor's other projects."""
    return {**columns, **beside(measured.rows, chance)}


def pair_shares(booster: Any, measured: Measured) -> dict[str, Any]:
    """Probability of each kind for each pair; two declared phases that differ (一期, 二期) are neither, whatever else they share."""
    import xgboost

    told = booster.predict(xgboost.DMatrix(table(measured.compared), feature_names=list(measured.compared)))
    declared = measured.compared["期不同"] > 0
    return {kind: told[:, at + 1] * ~declared for at, kind in enumerate(PAIR_KINDS)}


def table(columns: dict[str, Any]) -> Any:
    import numpy as np

    return np.stack(list(columns.values()), axis=1).astype(np.float32)


def _pairs(worlds: Sequence[World]) -> Any:
    import numpy as np
    import xgboost

    drawn = np.random.default_rng(SEED)
    parts, kinds, weights = [], [], []
    for world in worlds:
        if world.weight != 1.0:
            continue
        plain = np.flatnonzero(world.kinds == 0)
        kept = drawn.choice(plain, min(len(plain), ORDINARY), replace=False)
        at = np.concatenate([np.flatnonzero(world.kinds > 0), kept])
        parts.append(table(world.measured.compared)[at])
        kinds.append(world.kinds[at])
        weights.append(np.where(world.kinds[at] == 0, len(plain) / max(1, len(kept)), 1.0))
    data = xgboost.DMatrix(
        np.concatenate(parts), np.concatenate(kinds), weight=np.concatenate(weights),
        feature_names=list(worlds[0].measured.compared),
    )  # fmt: skip
    return xgboost.train({**COMMON, **PAIR_TREES}, data, PAIR_ROUNDS)


def _projects(columns: Sequence[dict[str, Any]], worlds: Sequence[World], scheme: str, plainly: bool) -> Any:
    import numpy as np
    import xgboost

    data = xgboost.DMatrix(
        np.concatenate([table(one) for one in columns]),
        np.concatenate([world.schemes == scheme for world in worlds]),
        weight=np.concatenate([np.full(len(world.schemes), world.weight) for world in worlds]),
        feature_names=list(columns[0]),
    )
    own = {} if plainly else SCHEME_TREES.get(scheme, {})
    return xgboost.train({**COMMON, **PROJECT_TREES, **own}, data, PROJECT_ROUNDS)


def _sigmoid(margin: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-np.asarray(margin, dtype=float)))


def margins(booster: Any, columns: dict[str, Any]) -> Any:
    import xgboost

    return booster.predict(xgboost.DMatrix(table(columns), feature_names=list(columns)), output_margin=True)


def _honest(predicted: Sequence[tuple[int, Any]], worlds: Sequence[World], scheme: str) -> tuple[float, float]:
    """Slope and shift on the log-odds scale, by Newton's method on the held-out margins."""
    import numpy as np

    margin = np.concatenate([one for _, one in predicted])
    truth = np.concatenate([worlds[at].schemes == scheme for at, _ in predicted]).astype(float)
    design = np.stack([margin, np.ones_like(margin)], axis=1)
    beta = np.array([1.0, 0.0])
    for _ in range(25):
        p = 1 / (1 + np.exp(-design @ beta))
        step = np.linalg.solve((design.T * (p * (1 - p))) @ design + 1e-6 * np.eye(2), design.T @ (truth - p))
        beta = beta + step
    return float(beta[0]), float(beta[1])
