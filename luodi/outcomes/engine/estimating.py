"""The question an office asks: what share of those who entered had the event within so many days, by group, and how sure are we."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil, floor
from typing import Any

from luodi.outcomes.engine.counting import Counts, count
from luodi.outcomes.engine.cutting import ALL, Cut
from luodi.outcomes.engine.delay import Complete, Corrected, correct
from luodi.outcomes.engine.drift import Drift, Years, drift_of, drift_variance, next_cohort, years_of
from luodi.outcomes.engine.incidence import (
    NONE_LEFT,
    Curves,
    curves,
    expected_variance,
    interval,
    variance,
)
from luodi.outcomes.engine.resampling import variances
from luodi.outcomes.engine.shares import beta_interval

FEW_EVENTS = 5
SLIGHT = 0.01
LEVEL = 0.90
AUTO, ENTERED, NEXT, STEADY = "auto", "entered", "next", "steady"
COHORTS = (AUTO, ENTERED, NEXT, STEADY)


@dataclass(frozen=True)
class Estimate:
    """One figure. None is "cannot be measured yet", never nought; the note says why, or what was done."""

    group: str
    at: int
    estimate: float | None
    lower: float | None
    upper: float | None
    n: int
    at_risk: int
    note: str = ""


@dataclass(frozen=True)
class Measured:
    """The curves of the groups and of all, with what the estimates need beside them."""

    own: Curves
    pool: Curves
    cut: Cut
    corrected: Corrected | None
    horizon: int
    sizes: Any
    still: Any  # rows at risk by group and day, plainly counted
    cohort: str
    years: Years | None
    complete: Complete | None = None
    resampled: dict[int, Any] = field(default_factory=dict)  # Var F(at) over draws of clusters


def measure(
    cut: Cut, horizon: int, *, delay: bool = True, cohort: str = AUTO, complete: Complete | None = None
) -> Measured:
    """Count once, estimate everywhere. `cohort` says of whom the band speaks: those who entered, the next to enter as many as in the
    last year, one pace for all; `auto` is the next where years are found to differ, else one pace for all (which they then share).
    """
    import numpy as np

    corrected = correct(cut, delay=delay, complete=complete)
    used, reported = (corrected.cut, corrected.reported) if corrected else (cut, None)
    counts = count(used, horizon, reported)
    plain = counts.risk if not (cut.weighted or corrected) else count(_unweighted(used), horizon).risk
    sizes = np.bincount(cut.group, weights=cut.count, minlength=len(cut.labels))
    years = None if cohort == STEADY else years_of(used, horizon, 1.0 if reported is None else 1 / reported)
    made = curves(counts), curves(pooled(counts))
    return Measured(*made, cut, corrected, horizon, sizes, plain, cohort, years, complete)


def _unweighted(cut: Cut) -> Cut:
    return replace(cut, weight=cut.count, square=cut.count)


def pooled(counts: Counts) -> Counts:
    """All groups as one."""
    names = ("events", "others", "risk", "events_square", "others_square", "risk_square")
    return Counts(**{name: getattr(counts, name).sum(axis=0, keepdims=True) for name in names}, labels=(ALL,))


def estimate(
    cut: Cut, at: Sequence[int], level: float = LEVEL, *, delay: bool = True, cohort: str = AUTO,
    complete: Complete | None = None,
) -> list[Estimate]:  # fmt: skip
    """Every group at every asked day, groups in the order of their labels."""
    measured = measure(cut, max(at), delay=delay, cohort=cohort, complete=complete)
    if cut.cluster is not None:
        used, reported = (measured.corrected.cut, measured.corrected.reported) if measured.corrected else (cut, None)
        measured = replace(measured, resampled=variances(used, at, reported))
    columns = {day: _at_day(measured, day, level) for day in at}
    return [columns[day][number] for number in range(len(cut.labels)) for day in at]


def known_by(made: Curves, at: int) -> Any:
    """Whether F(at) can be said: somebody is followed so long, or nobody was left before it."""
    return (made.counts.risk[:, at] > NONE_LEFT) | (made.open[:, at] <= NONE_LEFT)


@dataclass(frozen=True)
class Band:
    """The variance of each group's share, what it would be under the pool's hazards, and of how many the band speaks (None: of the pace)."""

    own: Any
    expected: Any
    chances: Any
    drift: Drift | None


def band_of(measured: Measured, at: int) -> Band:
    """Sampling, widened by what the delay leaves unsure, by the drift between years, and by the luck of a next cohort."""
    import numpy as np

    own, expected = variance(measured.own, at), expected_variance(measured.own, measured.pool, at)
    if at in measured.resampled:
        drawn = measured.resampled[at]
        drawn = np.where(np.isnan(drawn) | (own <= 0), own, drawn)
        expected = expected * np.where(own > 0, drawn / np.maximum(own, 1e-300), 1.0)
        own = drawn
    late = delay_variance(measured, at)
    if measured.cohort == STEADY or not measured.cut.size:
        return Band(own + late, expected + late, None, None)
    used = measured.corrected.cut if measured.corrected else measured.cut
    assert measured.years is not None  # noqa: S101 - counted unless steady
    found = (drift_of(measured.years, curve, at) for curve in (measured.pool, measured.own))
    drift = max(found, key=lambda one: one.variance)
    if measured.cohort == ENTERED:
        own, expected = (np.maximum(one - seen_already(measured, at), SLIGHT * one) for one in (own, expected))
    ahead = measured.cohort == NEXT or (measured.cohort == AUTO and drift.found)
    wider = late + drift_variance(drift, used, measured.own, at, next_cohort=ahead)
    chances = None
    if ahead:
        chances = next_cohort(measured.cut)
        share = np.clip(measured.own.incidence[:, at], 0.0, 1.0)
        wider = wider + share * (1 - share) / chances
    return Band(own + wider, expected + wider, chances, drift)


def seen_already(measured: Measured, at: int) -> Any:
    """What need not be guessed of the projects themselves: the estimate errs from their own share by Var F − F(1 − F)/n.

    Their share, once all have been followed, is the efficient estimate from more data, so its error and the difference are uncorrelated
    (Hausman 1978). Rows that were first seen late stand for others that nobody saw: then nothing is taken off.
    """
    import numpy as np

    cut, groups = measured.cut, len(measured.cut.labels)
    if cut.truncated:
        return 0.0
    mass, square = (np.bincount(cut.group, weights=one, minlength=groups) for one in (cut.weight, cut.square))
    share = np.clip(measured.own.incidence[:, at], 0.0, 1.0)
    return share * (1 - share) * square / np.maximum(mass, NONE_LEFT) ** 2


def delay_variance(measured: Measured, at: int) -> Any:
    """All corrections of a group move together: the error of log G, averaged over its events, moves F by as much."""
    import numpy as np

    if measured.corrected is None:
        return 0.0
    cut, reported = measured.corrected.cut, measured.corrected.reported
    counted = np.where((cut.cause == 1) & (cut.time <= at), cut.weight / reported, 0.0)
    groups = len(cut.labels)
    total = np.bincount(cut.group, weights=counted, minlength=groups)
    error = np.bincount(cut.group, weights=counted * measured.corrected.unsure, minlength=groups)
    share = measured.own.incidence[:, at]
    return (share * (1 - share) * error / np.maximum(total, NONE_LEFT)) ** 2


def _at_day(measured: Measured, at: int, level: float) -> list[Estimate]:
    made, band = measured.own, band_of(measured, at)
    can, note = known_by(made, at), _note(measured, band)
    told = []
    for number, label in enumerate(measured.cut.labels):
        n, left = round(float(measured.sizes[number])), round(float(measured.still[number, at]))
        if not can[number]:
            told.append(Estimate(label, at, None, None, None, n, left, why_not(measured, number, at)))
            continue
        share = min(float(made.incidence[number, at]), 1.0)
        seen = events_of(made.counts, number, at)
        lower, upper = bounds(share, float(band.own[number]), float(band.expected[number]), level, seen)
        if band.chances is not None and band.chances[number] < float("inf"):
            # A cohort of m can only have shares of k/m.
            chances = float(band.chances[number])
            lower, upper = floor(lower * chances) / chances, min(ceil(upper * chances) / chances, 1.0)
        told.append(Estimate(label, at, share, lower, upper, n, left, note))
    return told


def events_of(counts: Counts, number: int, at: int) -> tuple[float, float]:
    """The event and its opposite in a group by the day, in effective rows."""
    mass, square = counts.events[number, : at + 1].sum(), counts.events_square[number, : at + 1].sum()
    other = counts.others[number, : at + 1].sum(), counts.others_square[number, : at + 1].sum()
    left = counts.risk[number, at + 1], counts.risk_square[number, at + 1]
    against, against_square = other[0] + left[0], other[1] + left[1]
    return (mass**2 / square if square else 0.0), (against**2 / against_square if against_square else 0.0)


def bounds(
    share: float, spread: float, expected: float, level: float, seen: tuple[float, float]
) -> tuple[float, float]:
    """Log(−log) where there is enough on both sides, else Jeffreys on the effective number of trials."""
    if min(seen) >= FEW_EVENTS and spread > 0 and 0 < share < 1:
        return interval(share, spread, level)
    usual = spread if spread > 0 and 0 < share < 1 else expected
    middle = share if spread > 0 and 0 < share < 1 else 0.5 / max(sum(seen), 1.0)
    trials = middle * (1 - middle) / usual if usual > 0 else sum(seen)
    trials = min(max(trials, 0.0), sum(seen)) if sum(seen) else max(trials, 0.0)
    return beta_interval(share * trials, trials, level)


def why_not(measured: Measured, number: int, at: int) -> str:
    """Why a group has no figure at the day."""
    cut = measured.cut
    mine = cut.group == number
    young = int((cut.follow[mine] < at).sum())
    total = int(mine.sum())
    if young == total:
        return f"尚不可测：{total} 个进入都不满 {at} 天"
    return f"尚不可测：{total} 个中 {young} 个进入不满 {at} 天，其余都已不在观测"


def notes(measured: Measured) -> str:
    """What was done to the records before anything was estimated."""
    said = []
    if measured.corrected is not None and measured.corrected.late:
        said.append(f"已校正录入时滞，最近 {measured.corrected.moved} 天不用")
    if measured.complete is not None:
        said.append(f"按录入完整度 {measured.complete.share:.1%}（另一来源已知 {measured.complete.known} 个）校正")
    return "；".join(said)


def _note(measured: Measured, band: Band) -> str:
    said = [notes(measured)] if measured.corrected is not None else []
    if measured.cut.cluster is not None:
        said.append(f"方差按 {len(set(measured.cut.cluster.tolist()))} 个组成组抽样")
    if band.drift and band.drift.found:
        ahead = "，区间说的是下一批" if band.chances is not None else "，区间已放宽"
        said.append(f"各年快慢不一（标准差 {band.drift.variance**0.5:.0%}）{ahead}")
    return "；".join(said)
