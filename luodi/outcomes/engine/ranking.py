"""Who does better after luck is taken out: shares that lean on the pool, ranks with intervals, and bands that cannot be told apart.

Never a bare league table. A rank is the sum of the chances that others are better; its distribution is Poisson–binomial given a group's own share
(Laird & Louis 1989), taken exactly, without drawing, so that names and order of the groups change nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from luodi.outcomes.engine.cutting import Cut, grouped
from luodi.outcomes.engine.delay import Complete
from luodi.outcomes.engine.estimating import STEADY, Estimate, Measured, band_of, estimate, known_by, measure
from luodi.outcomes.engine.pooling import Posterior, posterior

BINS = 4
MANY = 60  # groups; above it the rank's distribution is taken as normal around its mean
SHRINK = 10.0  # rows of the pool that a stratum leans on


@dataclass(frozen=True)
class Rank:
    """A group's place: share and rank after luck (1 is best), each with its interval, and the band whose members cannot be told apart."""

    group: str
    at: int
    estimate: float | None
    lower: float | None
    upper: float | None
    rank: float | None
    rank_lower: int | None
    rank_upper: int | None
    band: int | None
    n: int
    at_risk: int
    note: str = ""


def effective(measured: Measured, at: int) -> tuple[Any, Any]:
    """Events and trials of a binomial as informative as each group's curve, from the variance under the pool's hazards."""
    import numpy as np

    band = band_of(measured, at)
    pool = float(np.clip(measured.pool.incidence[0, at], 1e-6, 1 - 1e-6))
    floor = measured.sizes.max() if measured.sizes.size else 1.0
    trials = pool * (1 - pool) / np.maximum(band.expected, pool * (1 - pool) / max(floor, 1.0))
    return np.clip(measured.own.incidence[:, at], 0.0, 1.0) * trials, trials


def leaning(
    cut: Cut, at: Sequence[int], level: float, *, delay: bool = True, complete: Complete | None = None
) -> list[Estimate]:
    """`estimate`, with groups that lean on the pool: the mean of the posterior and its interval."""
    terms: dict[str, Any] = {"delay": delay, "cohort": STEADY, "complete": complete}
    plain = {(one.group, one.at): one for one in estimate(cut, at, level, **terms)}
    measured = measure(cut, max(at), **terms)
    for day in at:
        can = known_by(measured.own, day)
        if can.sum() < 2:
            continue
        events, trials = effective(measured, day)
        found = posterior(events[can], trials[can])
        for place, number in enumerate(can.nonzero()[0]):
            one = plain[cut.labels[number], day]
            lower, upper = found.interval(place, level)
            note = "；".join(part for part in (one.note, "向总体靠拢") if part)
            mean = float(found.mean()[place])
            plain[one.group, day] = replace(one, estimate=mean, lower=lower, upper=upper, note=note)
    return [plain[label, day] for label in cut.labels for day in at]


def rank(cut: Cut, at: int, level: float, adjust: Sequence[str] = (), *, delay: bool = True) -> list[Rank]:
    """Best first; groups of which nothing can be said yet come last, without a rank."""
    measured = measure(cut, at, delay=delay, cohort=STEADY)
    can = known_by(measured.own, at)
    plain = estimate(cut, [at], level, delay=delay, cohort=STEADY)
    numbers = can.nonzero()[0]
    unknown = [
        Rank(one.group, at, None, None, None, None, None, None, None, one.n, one.at_risk, one.note)
        for one, known in zip(plain, can, strict=True)
        if not known
    ]
    if not numbers.size:
        return unknown
    events, trials = effective(measured, at)
    offset = offsets(cut, at, adjust, delay=delay)[can] if adjust else None
    found = posterior(events[can], trials[can], offset)
    means, ranks = found.mean(), ranked(found, level)
    order = sorted(range(numbers.size), key=lambda place: (ranks[place][0], cut.labels[numbers[place]]))
    bands = _bands(found, order, level)
    told = []
    for place in order:
        one = plain[numbers[place]]
        lower, upper = found.interval(place, level)
        mean, first, last = ranks[place]
        told.append(
            Rank(
                one.group, at, float(means[place]), lower, upper, mean, first, last, bands[place], one.n, one.at_risk,
                one.note,
            )
        )  # fmt: skip
    return told + unknown


def better(found: Posterior) -> Any:
    """(group, point): the chance that a group's share is above the point."""
    return 1.0 - (found.mass.cumsum(axis=1) - found.mass / 2)


def ranked(found: Posterior, level: float) -> list[tuple[float, int, int]]:
    """Mean and interval of each group's rank."""
    import numpy as np

    above = better(found)
    groups = above.shape[0]
    told = []
    for number in range(groups):
        others = np.delete(above, number, axis=0)
        mean = 1.0 + float(found.mass[number] @ others.sum(axis=0))
        if groups > MANY:
            spread = (found.mass[number] @ (others.sum(axis=0) + 1 - mean) ** 2) + found.mass[number] @ (
                others * (1 - others)
            ).sum(axis=0)
            places = np.arange(1, groups + 1)
            chance = np.exp(-((places - mean) ** 2) / max(2 * spread, 1e-9))
        else:
            chance = _poisson_binomial(others) @ found.mass[number]
        tail, below = (1 - level) / 2, np.cumsum(chance) / chance.sum()
        first, last = int(np.searchsorted(below, tail)) + 1, int(np.searchsorted(below, 1 - tail - 1e-12)) + 1
        told.append((mean, first, min(last, groups)))
    return told


def _poisson_binomial(chances: Any) -> Any:
    """(number of successes, point) from (trial, point)."""
    import numpy as np

    table = np.zeros((chances.shape[0] + 1, chances.shape[1]))
    table[0] = 1.0
    for chance in chances:
        table[1:] = table[1:] * (1 - chance) + table[:-1] * chance
        table[0] *= 1 - chance
    return table


def _bands(found: Posterior, order: list[int], level: float) -> dict[int, int]:
    """From the best down: a new band opens with the first group that the band's best surely beats (both tails of the level)."""
    above = better(found)
    bands: dict[int, int] = {}
    head, number = order[0], 1
    for place in order:
        if place != head and float(found.mass[place] @ above[head]) >= (1 + level) / 2:
            head, number = place, number + 1
        bands[place] = number
    return bands


def offsets(cut: Cut, at: int, adjust: Sequence[str], *, delay: bool) -> Any:
    """What each group's mix of strata explains, on the logit: indirect standardisation with strata that lean on the pool."""
    import numpy as np

    strata = grouped(replace(cut, rows=_binned(cut.rows, adjust)), adjust)
    measured = measure(strata, at, delay=delay, cohort=STEADY)
    pool = float(np.clip(measured.pool.incidence[0, at], 1e-4, 1 - 1e-4))
    events, trials = effective(measured, at)
    usable = np.where(known_by(measured.own, at), trials, 0.0)
    share = (np.where(usable > 0, events, 0.0) + SHRINK * pool) / (usable + SHRINK)
    groups = len(cut.labels)
    mass = np.bincount(cut.group, weights=cut.weight, minlength=groups)
    expected = np.bincount(cut.group, weights=cut.weight * share[strata.group], minlength=groups) / np.maximum(
        mass, 1e-12
    )
    expected = np.clip(expected, 1e-4, 1 - 1e-4)
    return np.log(expected / (1 - expected)) - np.log(pool / (1 - pool))


def _binned(rows: Any, adjust: Sequence[str]) -> Any:
    """Numbers of many values go into quarters; `year` is the year of entry when the table has no such column."""
    import polars as pl

    made = rows
    if "year" in adjust and "year" not in made.columns:
        made = made.with_columns(pl.col("entered_on").dt.year().cast(pl.String).alias("year"))
    for name in adjust:
        if name not in made.columns:
            continue
        number = made[name].cast(pl.Float64, strict=False)
        if number.null_count() == made[name].null_count() and number.n_unique() > 2 * BINS:
            cuts = sorted({number.quantile(part / BINS) for part in range(1, BINS)})
            made = made.with_columns(number.cut(cuts).cast(pl.String).alias(name))
    return made
