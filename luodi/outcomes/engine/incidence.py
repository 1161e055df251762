"""Cumulative incidence with competing ends: Aalen–Johansen, its variance, and intervals.

The estimate is Aalen & Johansen (1978): F(t) = Σ S(s−) d1(s)/Y(s). The variance is the delta method on the multinomial increments of each day, the
Greenwood kind of Marubini & Valsecchi (1995, ch. 10) for unit weights; with weights the increments' variance is that of the weighted score,
Σ w²(dN − Y dΛ)² / Y², so that one big project is not many small ones. Intervals are symmetric on log(−log F) (Kalbfleisch & Prentice 2002, §1.4).
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from luodi.outcomes.engine.counting import Counts

NONE_LEFT = 1e-9


@dataclass(frozen=True)
class Curves:
    """Arrays of (group, day): the share that had the event by the end of the day, the share still open, hazards."""

    incidence: Any
    open: Any
    before: Any  # still open before the day
    hazard: Any
    other_hazard: Any
    counts: Counts


def curves(counts: Counts) -> Curves:
    """Aalen–Johansen for all groups at once."""
    import numpy as np

    some = counts.risk > NONE_LEFT
    risk = np.where(some, counts.risk, 1.0)
    hazard = np.where(some, np.minimum(counts.events / risk, 1.0), 0.0)
    other = np.where(some, np.minimum(counts.others / risk, 1.0 - hazard), 0.0)
    still = np.cumprod(np.maximum(1.0 - hazard - other, 0.0), axis=1)
    before = np.concatenate([np.ones((still.shape[0], 1)), still[:, :-1]], axis=1)
    return Curves(np.cumsum(before * hazard, axis=1), still, before, hazard, other, counts)


def slopes(made: Curves, at: int) -> tuple[Any, Any]:
    """How F(at) moves with a day's hazard of the event and of the other ends."""
    import numpy as np

    ahead = made.incidence[:, at, None] - made.incidence[:, : at + 1]
    left = 1.0 - made.hazard[:, : at + 1] - made.other_hazard[:, : at + 1]
    lost = np.where(left > NONE_LEFT, ahead / np.where(left > NONE_LEFT, left, 1.0), 0.0)
    return made.before[:, : at + 1] - lost, -lost


def variance(made: Curves, at: int) -> Any:
    """Var F(at), a number a group."""
    return spread(made, *slopes(made, at))


def spread(made: Curves, own: Any, other: Any) -> Any:
    """Variance of what moves by `own` and `other` with each day's hazards, from day 0 on."""
    import numpy as np

    counts, days = made.counts, slice(0, own.shape[1])
    h1, h2 = made.hazard[:, days], made.other_hazard[:, days]
    risk = counts.risk[:, days]
    scale = np.where(risk > NONE_LEFT, 1.0 / np.maximum(risk, NONE_LEFT) ** 2, 0.0)
    e1, e2, y2 = counts.events_square[:, days], counts.others_square[:, days], counts.risk_square[:, days]
    v11 = (e1 * (1 - 2 * h1) + h1**2 * y2) * scale
    v22 = (e2 * (1 - 2 * h2) + h2**2 * y2) * scale
    v12 = (h1 * h2 * y2 - h1 * e2 - h2 * e1) * scale
    return np.maximum((own**2 * v11 + 2 * own * other * v12 + other**2 * v22).sum(axis=1), 0.0)


def expected_variance(made: Curves, pool: Curves, at: int) -> Any:
    """What Var F(at) would be in each group under the pool's hazards: also says something of a group without a single event."""
    import numpy as np

    counts, days = made.counts, slice(0, at + 1)
    own, other = slopes(pool, at)
    h1, h2 = pool.hazard[:, days], pool.other_hazard[:, days]
    risk, y2 = counts.risk[:, days], counts.risk_square[:, days]
    unit = own**2 * h1 * (1 - h1) - 2 * own * other * h1 * h2 + other**2 * h2 * (1 - h2)
    # Where nobody is left in the group the day adds nothing here; such groups are not estimable and are said so.
    scale = np.where(risk > NONE_LEFT, y2 / np.maximum(risk, NONE_LEFT) ** 2, 0.0)
    return (unit * scale).sum(axis=1)


def interval(share: float, spread: float, level: float) -> tuple[float, float]:
    """Log(−log) interval around a share strictly between 0 and 1, from its variance."""
    from math import exp, log

    quantile = NormalDist().inv_cdf(0.5 + level / 2)
    width = quantile * spread**0.5 / abs(share * log(share))
    return share ** exp(width), share ** exp(-width)
