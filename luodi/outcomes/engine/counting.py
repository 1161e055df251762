"""From a row a spell to small tables: for each group and day since entry, how many were at risk and how many ended, and why.

This is the only step that touches every row, and it only counts: any engine with GROUP BY can do it (see benchmarks/outcomes_speed.py).
"""

from dataclasses import dataclass
from typing import Any

from luodi.outcomes.engine.cutting import Cut


@dataclass(frozen=True)
class Counts:
    """Arrays of (group, day 0…horizon). `events`, `others`, `risk` are weighted; `…_square` their second moments."""

    events: Any
    others: Any
    risk: Any
    events_square: Any
    others_square: Any
    risk_square: Any
    labels: tuple[str, ...]


def count(cut: Cut, horizon: int, reported: Any = None) -> Counts:
    """Tables up to `horizon` days. `reported` is the chance of each row's end being known by now (None: all are)."""
    import numpy as np

    groups, days = len(cut.labels), horizon + 2  # the last day gathers all that happens later
    late = np.minimum(cut.time, horizon + 1)
    place = cut.group * days + late
    plain = reported is None and not cut.weighted and bool((cut.count == 1).all())

    def table(where: Any, weights: Any = None) -> Any:
        return np.bincount(where, weights=weights, minlength=groups * days).astype(float).reshape(groups, days)

    if plain:
        code = np.bincount(place * 3 + cut.cause, minlength=groups * days * 3).astype(float).reshape(groups, days, 3)
        events, others, gone = code[:, :, 1], code[:, :, 2], code.sum(axis=2)
        risk = _at_risk(gone) - _not_yet_seen(cut, horizon, None)
        return Counts(events, others, risk, events, others, risk, cut.labels)
    inverse = 1.0 if reported is None else 1.0 / reported
    events, events_square = (
        table(place, np.where(cut.cause == 1, mass, 0.0)) for mass in (cut.weight * inverse, cut.square * inverse**2)
    )
    others, others_square = (
        table(place, np.where(cut.cause == 2, mass, 0.0)) for mass in (cut.weight * inverse, cut.square * inverse**2)
    )
    risks = []
    for mass in (cut.weight, cut.square):
        gone = table(place, mass if reported is None else np.where(cut.cause > 0, mass * inverse, mass))
        if reported is not None:
            # An end stands for the like ends not yet recorded: those rows look open and must leave with it, not at the as-of day.
            end = cut.group * days + np.minimum(cut.follow, horizon + 1)
            gone += table(end, np.where(cut.cause > 0, mass * (1 - inverse), 0.0))
        risks.append(np.maximum(_at_risk(gone) - _not_yet_seen(cut, horizon, mass), 0.0))
    return Counts(events, others, risks[0], events_square, others_square, risks[1], cut.labels)


def _at_risk(gone: Any) -> Any:
    """Rows that leave on a day or later are at risk on it."""
    return gone[:, ::-1].cumsum(axis=1)[:, ::-1]


def _not_yet_seen(cut: Cut, horizon: int, mass: Any) -> Any:
    """Rows first seen on a day or later are not at risk on it, though they leave later: (start, leave]."""
    import numpy as np

    late = (cut.start >= 0) & (cut.start <= cut.time)
    if not late.any():
        return 0.0
    days = horizon + 2
    place = cut.group[late] * days + np.minimum(cut.start[late], horizon + 1)
    weights = None if mass is None else mass[late]
    seen = np.bincount(place, weights=weights, minlength=len(cut.labels) * days).astype(float)
    return _at_risk(seen.reshape(len(cut.labels), days))
