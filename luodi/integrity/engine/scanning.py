"""From a ledger to findings: measured, compared, weighed, put into sentences. A finding is a question; it changes no figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine import drift
from luodi.integrity.engine.evidence import LEAST, Said, Sentences, told
from luodi.integrity.engine.features import PAIR_KINDS, Measured, measure
from luodi.integrity.engine.learning import SCHEMES, margins, pair_shares, project_columns, table, with_suspicion
from luodi.integrity.engine.ledger import Ledger
from luodi.integrity.engine.shipping import Models

ONE_GROUP = 0.5
"""Pairs from here on are put into one group."""
_EMPTY = {"zh": "台账里没有截至日前签约的项目", "en": "No project of the ledger was signed by the day"}


@dataclass(frozen=True)
class Finding:
    """A project, what may be behind it, how probable, the group it would belong to (blank: alone), and the sentences."""

    project: str
    scheme: str
    probability: float
    group: str
    evidence: tuple[Said, ...]


@dataclass(frozen=True)
class Pair:
    """Two projects that may be one undertaking, the earlier signed first."""

    a: str
    b: str
    kind: str
    probability: float


@dataclass(frozen=True)
class Scan:
    """What a ledger was found to ask. `by` is the model's version or "points" where the ledger is unlike what the model knows.

    `working`: by scheme the probability from which the card says that it is worth asking, of the model or of the points.
    """

    findings: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    projects: int
    by: str
    notes: tuple[Said, ...]
    working: Mapping[str, float]


def scan(ledger: Ledger, models: Models, *, points: bool = False) -> Scan:
    """All findings of at least `LEAST`, the most probable first. `points`: by the indicators alone."""
    if ledger.projects.height == 0:
        return Scan((), (), 0, models.version, (Said(_EMPTY),), working_points(models))
    measured = measure(ledger)
    shares = pair_shares(models.pairs, measured) if len(measured.pairs) else dict.fromkeys(PAIR_KINDS, _none())
    columns = _columns(models, measured, shares)
    values = told(measured)
    unlike = _unlike(columns, models)
    if points or unlike:
        fires = drift.fired({**columns, **values})
        chances = {scheme: drift.scored(fires, models.card["points"][scheme]) for scheme in SCHEMES}
        weights: dict[str, dict[int, dict[str, float]]] = {scheme: {} for scheme in SCHEMES}
    else:
        chances = {scheme: _chance(models, scheme, columns) for scheme in SCHEMES}
        weights = {scheme: _raised(models, scheme, columns, chances[scheme]) for scheme in SCHEMES}
    ids = measured.rows.frame["项目编号"].to_list()
    pairs = _pairs(measured, shares, ids)
    groups = {kind: _groups(measured, shares[kind], ids) for kind in PAIR_KINDS}
    sentences = Sentences(measured, values, shares, ids)
    findings = [
        Finding(
            ids[row], scheme, round(float(chances[scheme][row]), 4), groups.get(scheme, {}).get(row, ""),
            sentences.of(scheme, row, weights[scheme].get(row, {})),
        )
        for scheme in SCHEMES
        for row in (chances[scheme] >= LEAST).nonzero()[0]
    ]  # fmt: skip
    findings.sort(key=lambda one: (-one.probability, one.project, one.scheme))
    by_points = points or bool(unlike)
    by, working = "points" if by_points else models.version, working_points(models, by_points=by_points)
    return Scan(tuple(findings), pairs, len(ids), by, tuple(unlike), working)


def working_points(models: Models, *, by_points: bool = False) -> dict[str, float]:
    """From which probability each scheme is asked about, by the card."""
    card = models.card["working_points" if by_points else "working"]
    return {scheme: float(one["from"]) for scheme, one in card.items()}


def _none() -> Any:
    import numpy as np

    return np.zeros(0)


def _columns(models: Models, measured: Measured, shares: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    plain = project_columns(measured, shares)
    margin = margins(models.first, {name: plain[name] for name in models.card["first_columns"]})
    return with_suspicion(plain, measured, 1 / (1 + np.exp(-margin.astype(float))))


def _chance(models: Models, scheme: str, columns: dict[str, Any]) -> Any:
    import numpy as np

    margin = margins(models.schemes[scheme], {name: columns[name] for name in models.card["columns"]})
    slope, shift = models.card["honest"][scheme]
    return 1 / (1 + np.exp(-(slope * margin + shift)))


def _raised(models: Models, scheme: str, columns: dict[str, Any], chance: Any) -> dict[int, dict[str, float]]:
    """For each row told of, how much each column raised its log-odds (TreeSHAP, Lundberg et al. 2020)."""
    import xgboost

    at = (chance >= LEAST).nonzero()[0]
    names = models.card["columns"]
    if not len(at):
        return {}
    rows = table({name: columns[name][at] for name in names})
    parts = models.schemes[scheme].predict(xgboost.DMatrix(rows, feature_names=names), pred_contribs=True)[:, :-1]
    return {int(row): dict(zip(names, map(float, part), strict=True)) for row, part in zip(at, parts, strict=True)}


def _unlike(columns: dict[str, Any], models: Models) -> list[Said]:
    """Why the ledger is unlike the training worlds: too many columns have moved too far."""
    card = models.card["drift"]
    if len(next(iter(columns.values()))) < card["rows"]:
        return []
    moved = drift.shift(columns, card["deciles"], card["shares"])
    far = sorted((name for name, value in moved.items() if value > card["far"]), key=lambda name: -moved[name])
    if len(far) <= card["most"] * len(moved):
        return []
    named = "、".join(far[:6])
    zh = f"这份台账与模型学过的差得远（{len(far)}/{len(moved)} 项，如 {named}），改用指标计分"
    en = f"This ledger is unlike those the model learned from ({len(far)} of {len(moved)} columns, such as {named}): scored by the indicators"
    return [Said({"zh": zh, "en": en})]


def _pairs(measured: Measured, shares: dict[str, Any], ids: Sequence[str]) -> tuple[Pair, ...]:
    found = [
        Pair(ids[i], ids[j], kind, round(float(p), 4))
        for kind in PAIR_KINDS
        for (i, j), p in zip(measured.pairs[shares[kind] >= LEAST], shares[kind][shares[kind] >= LEAST], strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-one.probability, one.a, one.b)))


def _groups(measured: Measured, share: Any, ids: Sequence[str]) -> dict[int, str]:
    """Connected rows by likely pairs, named after the first signed."""
    import networkx

    graph = networkx.Graph((int(i), int(j)) for i, j in measured.pairs[share >= ONE_GROUP])
    return {row: ids[min(part)] for part in networkx.connected_components(graph) for row in part}
