"""From a ledger to findings: measured, compared, weighed, put into sentences. A finding is a question; it changes no figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from luodi.integrity.engine import drift
from luodi.integrity.engine.evidence import alone, compared, together, told
from luodi.integrity.engine.features import PAIR_KINDS, Measured, measure
from luodi.integrity.engine.learning import SCHEMES, pair_shares, project_columns, table
from luodi.integrity.engine.ledger import Ledger
from luodi.integrity.engine.shipping import Models

LEAST = 0.01
"""Probabilities below are not told."""
ONE_GROUP = 0.5
"""Pairs from here on are put into one group."""
OTHERS = 3
"""Partners named in a finding."""


@dataclass(frozen=True)
class Finding:
    """A project, what may be behind it, how probable, the group it would belong to (blank: alone), and the sentences."""

    project: str
    scheme: str
    probability: float
    group: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two projects that may be one undertaking, the earlier signed first."""

    a: str
    b: str
    kind: str
    probability: float


@dataclass(frozen=True)
class Scan:
    """What a ledger was found to ask. `by` is the model's version or "points" where the ledger is unlike what the model knows."""

    findings: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    projects: int
    by: str
    notes: tuple[str, ...]


def scan(ledger: Ledger, models: Models, *, language: str = "zh", points: bool = False) -> Scan:
    """All findings of at least `LEAST`, the most probable first. `points`: by the indicators alone."""
    if ledger.projects.height == 0:
        return Scan((), (), 0, models.version, ("台账里没有截至日前签约的项目",))
    measured = measure(ledger)
    shares = pair_shares(models.pairs, measured) if len(measured.pairs) else dict.fromkeys(PAIR_KINDS, _none())
    columns = project_columns(measured, shares)
    values = told(measured)
    unlike = _unlike(columns, models)
    if points or unlike:
        fires = drift.fired({**columns, **values})
        chances = {scheme: drift.scored(fires, models.card["points"][scheme]) for scheme in SCHEMES}
        weights: dict[str, Any] = dict.fromkeys(SCHEMES)
    else:
        chances = {scheme: _chance(models, scheme, columns) for scheme in SCHEMES}
        weights = {scheme: _raised(models, scheme, columns, chances[scheme]) for scheme in SCHEMES}
    ids = measured.rows.frame["项目编号"].to_list()
    pairs = _pairs(measured, shares, ids)
    groups = {kind: _groups(measured, shares[kind], ids) for kind in PAIR_KINDS}
    sentences = _Sentences(measured, values, shares, ids, language)
    findings = [
        Finding(
            ids[row], scheme, round(float(chances[scheme][row]), 4), groups.get(scheme, {}).get(row, ""),
            sentences.of(scheme, row, weights[scheme]),
        )
        for scheme in SCHEMES
        for row in (chances[scheme] >= LEAST).nonzero()[0]
    ]  # fmt: skip
    findings.sort(key=lambda one: (-one.probability, one.project, one.scheme))
    return Scan(tuple(findings), pairs, len(ids), "points" if points or unlike else models.version, tuple(unlike))


def _none() -> Any:
    import numpy as np

    return np.zeros(0)


def _chance(models: Models, scheme: str, columns: dict[str, Any]) -> Any:
    import numpy as np
    import xgboost

    data = xgboost.DMatrix(
        table({name: columns[name] for name in models.card["columns"]}), feature_names=models.card["columns"]
    )
    slope, shift = models.card["honest"][scheme]
    return 1 / (1 + np.exp(-(slope * models.schemes[scheme].predict(data, output_margin=True) + shift)))


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


def _unlike(columns: dict[str, Any], models: Models) -> list[str]:
    """Why the ledger is unlike the training worlds: too many columns have moved too far."""
    card = models.card["drift"]
    if len(next(iter(columns.values()))) < card["rows"]:
        return []
    moved = drift.shift(columns, card["deciles"], card["shares"])
    far = sorted((name for name, value in moved.items() if value > card["far"]), key=lambda name: -moved[name])
    if len(far) <= card["most"] * len(moved):
        return []
    named = "、".join(far[:6])
    return [f"这份台账与模型学过的差得远（{len(far)}/{len(moved)} 项，如 {named}），改用指标计分"]


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


_NOBODY = {
    "zh": "没有可以指认的另一个项目；只是登记和日期的样子像，先问一问",
    "en": "No other project can be named; only its registers and days look so: ask first",
}


class _Sentences:
    """Sentences of one scan."""

    def __init__(
        self, measured: Measured, values: dict[str, Any], shares: dict[str, Any], ids: Sequence[str], language: str
    ) -> None:
        self.measured, self.values, self.shares, self.ids, self.language = measured, values, shares, ids, language
        self.comparisons = compared(measured)
        self.likely = {kind: self._by_row(shares[kind]) for kind in PAIR_KINDS}

    def of(self, scheme: str, row: int, weights: dict[int, dict[str, float]] | None) -> tuple[str, ...]:
        if scheme in PAIR_KINDS:
            return self._shared(scheme, row)
        return tuple(alone(self.values, scheme, (weights or {}).get(row, {}), row, self.language))

    def _by_row(self, share: Any) -> dict[int, list[tuple[float, int, int]]]:
        found: dict[int, list[tuple[float, int, int]]] = {}
        for pair in (share >= LEAST).nonzero()[0]:
            i, j = (int(row) for row in self.measured.pairs[pair])
            for row, other in ((i, j), (j, i)):
                found.setdefault(row, []).append((float(share[pair]), int(pair), other))
        return {row: sorted(some, reverse=True)[:OTHERS] for row, some in found.items()}

    def _shared(self, kind: str, row: int) -> tuple[str, ...]:
        """与项目 LB… 同一宗地、同一法定代表人，签约相隔 23 天，合计 2.1 亿元."""
        lines = []
        total = self.values["亿元"]
        for _, pair, other in self.likely[kind].get(row, []):
            parts = together(self.comparisons, pair, self.language)
            both = total[row] + total[other]
            if self.language == "zh":
                end = f"，合计 {both:.2f} 亿元" if both == both else ""
                lines.append(f"与项目 {self.ids[other]}：{'、'.join(parts)}{end}")
            else:
                end = f", {both:.2f} 亿元 together" if both == both else ""
                lines.append(f"With project {self.ids[other]}: {', '.join(parts)}{end}")
        return tuple(lines) or (_NOBODY[self.language],)
