"""Cohorts differ: policy, money and fashion move the pace from one year of entry to the next, and the band has to know it.

Each year of entry has O events where the pool's hazards expect E. Under one pace for all, Σ (O−E)²/E is χ²; what is above it is the variance τ² of the
cohorts' paces (moments, as for gamma–Poisson). A share follows its pace with the slope D = Σ ∂F/∂h₁·h₁, so a cohort strays by D·τ, and the mean of
those who entered strays by that times the part of F that is not yet seen in the later cohorts. For the next cohort τ² is also taken from what a
forecaster of each year from the years before it would have missed beyond luck, whichever is larger: nothing is chosen for a given history.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from luodi.outcomes.engine.cutting import Cut
from luodi.outcomes.engine.incidence import Curves, slopes

SURE = 0.95
ENOUGH = 3.0  # expected events, for a year to say something of its pace


@dataclass(frozen=True)
class Drift:
    """τ² of the log pace between years of entry and how many years (of groups) said so."""

    variance: float
    years: int
    ahead: float = 0.0  # the same of a year against all years before it

    @property
    def found(self) -> bool:
        return self.variance > 0


@dataclass(frozen=True)
class Years:
    """Rows by (group, year of entry, day): when they left, when they were first seen late (None: never), and the events among them."""

    left: Any
    late: Any
    events: Any


def years_of(cut: Cut, horizon: int, weights: Any) -> Years:
    """Counted once for every day that will be asked. `weights` is 1/G for late records."""
    import numpy as np

    first = int(cut.entered.min()) if cut.size else 0
    calendar = np.arange(first, int(cut.entered.max()) + 1 if cut.size else 1).astype("datetime64[D]")
    calendar = calendar.astype("datetime64[Y]").astype(np.int64)
    year = (calendar - calendar[0])[cut.entered - first]  # a look-up is ten times as fast as a conversion a row
    years, days, groups = int(calendar[-1] - calendar[0]) + 1, horizon + 2, len(cut.labels)
    row = (cut.group * years + year) * days
    shape, size = (groups, years, days), groups * years * days
    place, won = row + np.minimum(cut.time, horizon + 1), cut.cause == 1
    late = cut.start >= 0
    seen = None
    if late.any():
        where = row[late] + np.minimum(cut.start[late], horizon + 1)
        seen = np.bincount(where, weights=cut.count[late], minlength=size).reshape(shape)
    return Years(
        np.bincount(place, weights=cut.count, minlength=size).reshape(shape),
        seen,
        np.bincount(place[won], weights=(cut.count * weights)[won], minlength=size).reshape(shape),
    )


def drift_of(years: Years, made: Curves, at: int) -> Drift:
    """With the pool's curve from the years; with the groups' from the years of each group, which also sees what moves one group alone."""
    import numpy as np

    cumulative = np.cumsum(made.hazard[:, : at + 1], axis=1)
    cumulative = np.pad(cumulative, ((0, 0), (0, years.left.shape[2] - at - 1)), mode="edge")
    pooled = made.hazard.shape[0] == 1

    def summed(table: Any) -> Any:
        return table.sum(axis=0, keepdims=True) if pooled else table

    expected = np.einsum("gyt,gt->gy", summed(years.left), cumulative)
    if years.late is not None:
        expected -= np.einsum("gyt,gt->gy", summed(years.late), cumulative)
    seen = summed(years.events)[:, :, : at + 1].sum(axis=2)
    enough = expected >= ENOUGH
    freedom = int(enough.sum() - enough.any(axis=1).sum())
    stepped = _ahead(seen, expected, enough)
    seen, expected, cells = seen[enough], expected[enough], int(enough.sum())
    if freedom < 2:
        return Drift(0.0, cells)
    chi = float(((seen - expected) ** 2 / expected).sum())
    if chi <= _chi_quantile(SURE, freedom):
        return Drift(0.0, cells)
    excess = float(((seen - expected) ** 2 - expected * freedom / cells).sum() / (expected**2).sum())
    return Drift(max(excess, 0.0) * cells / freedom, cells, stepped)


def _ahead(seen: Any, expected: Any, enough: Any) -> float:
    """τ² of the year to come, if paces walk: a step's variance from what a forecaster of each year from all before it would have missed beyond
    luck (Dawid 1984), carried on to a forecast from all years. n years' mean lies (n + 1)(2n + 1)/6n steps' variance from the next value of a walk.
    """
    import numpy as np

    hopes, wins = (np.where(enough, one, 0.0) for one in (expected, seen))
    before, won = hopes.cumsum(axis=1) - hopes, wins.cumsum(axis=1) - wins
    years = enough.cumsum(axis=1) - enough
    kept = enough & (before >= ENOUGH) & (won > 0)
    if kept.sum() < 2:
        return 0.0
    hoped = expected[kept] * won[kept] / before[kept]
    luck = hoped + hoped**2 / won[kept]
    step = ((seen[kept] - hoped) ** 2 - luck).sum() / (hoped**2 * _strayed(years[kept])).sum()
    return max(float(step * _strayed(enough.sum(axis=1).max())), 0.0)


def _strayed(years: Any) -> Any:
    return (years + 1) * (2 * years + 1) / (6 * years)


def _chi_quantile(level: float, freedom: int) -> float:
    """Wilson & Hilferty (1931)."""
    part = 2 / (9 * freedom)
    return freedom * (1 - part + NormalDist().inv_cdf(level) * part**0.5) ** 3


def drift_variance(drift: Drift, cut: Cut, made: Curves, at: int, *, next_cohort: bool) -> Any:
    """What the drift adds to Var F(at) of each group: for the cohort that enters next, or for all that entered."""
    import numpy as np

    if not drift.found:
        return 0.0
    own, _other = slopes(made, at)
    pull = own * made.hazard[:, : at + 1]
    few = (drift.years + 1) / max(drift.years - 1, 1)  # years are few, τ² is itself unsure
    slope = pull.sum(axis=1)
    variance = drift.variance * (1 + 1 / drift.years)
    if next_cohort:
        # Paces drawn anew each year, or paces that walk: whichever would stray further.
        variance = max(variance, drift.ahead)
    else:
        # Only the part of F that lies beyond each entry's own follow-up is somebody else's pace.
        groups, days = len(cut.labels), at + 2
        follow = np.bincount(cut.group * days + np.minimum(np.maximum(cut.follow, 0), at + 1), minlength=groups * days)
        follow = follow.reshape(groups, days)[:, ::-1].cumsum(axis=1)[:, ::-1]
        unseen = 1 - follow[:, : at + 1] / np.maximum(follow[:, :1], 1)
        slope = (pull * unseen).sum(axis=1)
    return slope**2 * variance * few


def next_cohort(cut: Cut) -> Any:
    """How many rows of equal weight the next cohort is worth, if it is as large as the last year's; endless where nobody entered."""
    import numpy as np

    last = cut.entered > cut.as_of - 365
    groups = len(cut.labels)
    mass = np.bincount(cut.group, weights=np.where(last, cut.weight, 0.0), minlength=groups)
    square = np.bincount(cut.group, weights=np.where(last, cut.square, 0.0), minlength=groups)
    return np.where(mass > 0, mass**2 / np.maximum(square, 1e-300), np.inf)
