"""How fast things go of late, in all and by group, against what the pool's hazards expect; and the intervals of counts and amounts."""

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

from luodi.outcomes.engine.estimating import Measured

YEAR, MONTH, PERIODS = 365, 30, 8
ENOUGH = 3.0


@dataclass(frozen=True)
class Pace:
    """The pace of late against all years, its variance looking ahead, and the dispersion of months (1 = Poisson)."""

    mean: float
    variance: float
    dispersion: float


def pace_of(measured: Measured, hazard: Any) -> Pace:
    """Observed over expected by years back from the (moved) as-of day, and by months of the last two years."""
    import numpy as np

    used = measured.corrected.cut if measured.corrected else measured.cut
    weights = 1 / measured.corrected.reported if measured.corrected else np.ones(used.size)
    last = used.as_of - (measured.corrected.moved if measured.corrected else 0)
    cumulative = np.concatenate([[0.0], np.cumsum(hazard)])

    def compared(width: int, number: int) -> tuple[Any, Any]:
        seen, expected = [], []
        for back in range(number):
            to = last - back * width
            low = np.clip(to - width - used.entered, used.start, used.time)
            high = np.clip(to - used.entered, used.start, used.time)
            expected.append(float((used.count * (cumulative[high + 1] - cumulative[low + 1])).sum()))
            ended = used.entered + used.time
            mine = (used.cause == 1) & (ended > to - width) & (ended <= to)
            seen.append(float((used.count * weights)[mine].sum()))
        return np.array(seen), np.array(expected)

    seen, expected = compared(YEAR, PERIODS)
    enough = expected >= ENOUGH
    if enough.sum() < 3 or not enough[0]:
        return Pace(1.0, 0.0, 1.0)
    o, e = seen[enough], expected[enough]
    excess = max(float(((o - e) ** 2 - e).sum() / (e**2).sum()), 1e-6)
    mean = (1 / excess + o[0]) / (1 / excess + e[0])
    variance = mean / (1 / excess + e[0]) + excess / 2  # the next year's pace strays anew
    months, hoped = compared(MONTH, 24)
    hoped = hoped * months.sum() / max(hoped.sum(), 1e-9)
    kept = hoped >= 1
    spread = float(((months - hoped)[kept] ** 2 / hoped[kept]).sum() / max(kept.sum() - 1, 1))
    return Pace(float(mean), float(variance), max(spread, 1.0))


def paces_by_group(measured: Measured, hazard: Any, pace: Pace) -> list[Pace]:
    """Each group's own pace on top of the pace of late: observed over expected of all its days, leaning on 1 as groups are alike (gamma–Poisson)."""
    import numpy as np

    groups = len(measured.cut.labels)
    if groups == 1:
        return [pace]
    used = measured.corrected.cut if measured.corrected else measured.cut
    inverse = 1 / measured.corrected.reported if measured.corrected else np.ones(used.size)
    cumulative = np.concatenate([[0.0], np.cumsum(hazard)])
    hoped = used.count * (cumulative[np.maximum(used.time, used.start) + 1] - cumulative[used.start + 1])
    expected = np.bincount(used.group, weights=hoped, minlength=groups)
    seen = np.bincount(used.group, weights=used.count * inverse * (used.cause == 1), minlength=groups)
    excess = float(((seen - expected) ** 2 - expected).sum() / max((expected**2).sum(), 1e-9))
    firm = 1 / max(excess, 1e-6)
    own = (firm + seen) / (firm + expected)
    doubt = 1 / (firm + seen)  # of its logarithm
    return [
        replace(
            pace,
            mean=pace.mean * float(one),
            variance=(pace.variance / pace.mean**2 + float(more)) * (pace.mean * float(one)) ** 2,
        )
        for one, more in zip(own, doubt, strict=True)
    ]


def count_bounds(expected: float, pace: Pace, error: float, level: float) -> tuple[int, int]:
    """Equal-tailed interval of a negative binomial with this mean and the summed variance."""
    import numpy as np

    if expected <= 0:
        return 0, 0
    variance = expected * pace.dispersion + expected**2 * (pace.variance / max(pace.mean, 1e-9) ** 2 + error)
    variance = max(variance, expected * 1.000001)
    odds = 1 - expected / variance
    size = expected * (1 - odds) / odds
    most = int(expected + 12 * variance**0.5 + 20)
    numbers = np.arange(most)
    logs = size * np.log1p(-odds) + np.concatenate(
        [[0.0], np.cumsum(np.log((size + numbers) / (numbers + 1)) + np.log(odds))]
    )
    below = np.cumsum(np.exp(logs))
    tail = (1 - level) / 2
    return int(np.searchsorted(below, tail)), int(np.searchsorted(below, min(1 - tail, below[-1])))


def amount_bounds(chances: Any, amounts: Any, pace: Pace, error: float, level: float) -> tuple[float, float, float]:
    """Mean and equal-tailed interval of the sum of amounts: a gamma with the mean and variance of a compound sum (Wilson & Hilferty 1931 for its
    quantiles); from nothing where nothing at all may well happen.
    """
    import numpy as np

    hoped = chances * pace.mean
    mean = float(hoped @ amounts)
    if mean <= 0:
        return 0.0, 0.0, 0.0
    luck = float((amounts**2) @ (hoped * np.maximum(1 - hoped, 0.0))) * pace.dispersion
    variance = luck + mean**2 * (pace.variance / max(pace.mean, 1e-9) ** 2 + error)
    tail = (1 - level) / 2
    shape = mean**2 / max(variance, 1e-12 * mean**2)
    lower, upper = (
        mean * max(1 - 1 / (9 * shape) + NormalDist().inv_cdf(part) / (3 * shape**0.5), 0.0) ** 3
        for part in (tail, 1 - tail)
    )
    nothing = float(np.exp(np.log1p(-np.minimum(hoped, 1 - 1e-9)).sum()))
    return mean, (0.0 if nothing > tail else lower), upper
