"""How many of those now open will have the event, month by month: their own ages, the pool's hazards, the pace of late, and how sure.

A project open at age a has it between a + m and a + m′ with chance P(open)·[F(a + m′) − F(a + m)] / S(a); P(open) takes off what has ended but is not
recorded. The sum is scaled by the pace of the last year, a gamma–Poisson update of "as all years together" by that year's events (Hoem's O/E),
and its variance adds luck (overdispersed as past months were), the hazards' own error, and how far paces stray. Intervals are negative binomial.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from luodi.outcomes.engine.cutting import EPOCH, Cut
from luodi.outcomes.engine.delay import Complete
from luodi.outcomes.engine.estimating import STEADY, Measured, measure

YEAR, MONTH, PERIODS = 365, 30, 8
SUPPORT = 5  # rows at risk, for a hazard to be believed
STEEP = 0.5  # no day ends more than half: nobody open is certain to end
ENOUGH = 3.0


@dataclass(frozen=True)
class Month:
    """Expected events in a month, and up to its end since the as-of day, with intervals; `amount` in the unit of the weights, if there are any."""

    month: str
    expected: float | None
    lower: int | None
    upper: int | None
    cumulative: float | None
    cumulative_lower: int | None
    cumulative_upper: int | None
    amount: float | None
    open: int
    note: str = ""


@dataclass(frozen=True)
class Pace:
    """The pace of late against all years, its variance looking ahead, and the dispersion of months (1 = Poisson)."""

    mean: float
    variance: float
    dispersion: float


def forecast(
    cut: Cut, horizon: int, level: float, *, delay: bool = True, complete: Complete | None = None
) -> list[Month]:
    """Months after the as-of day, for those known open on it."""
    import numpy as np

    start = EPOCH + timedelta(days=cut.as_of)
    ends = [_month_end(start, number) for number in range(1, horizon + 1)]
    days = [(end - start).days for end in ends]
    open_ = (cut.cause == 0) & (cut.follow == cut.as_of - cut.entered)
    if not (cut.cause == 1).any():
        why = "尚不可测：截至日还没有一个发生过"
        return [Month(f"{end:%Y-%m}", *(None,) * 7, int(open_.sum()), why) for end in ends]
    ripe = int(cut.follow.max())
    measured = measure(cut, ripe, delay=delay, cohort=STEADY, complete=complete)
    h1, h2, known = _hazards(measured, ripe + days[-1] + 1)
    age = cut.follow[open_]
    mass = cut.weight[open_] if cut.weighted and cut.weight.max() <= 1 else cut.count[open_]
    chance = _chances(measured, h1, h2, age, days)
    parts = np.diff(np.vstack([np.zeros(age.size), chance]), axis=0)
    pace = pace_of(measured, h1)
    error = _relative_error(measured, h1, age, days[-1])
    note = "" if not age.size or age.max() + days[-1] <= known else f"进入 {known} 天以后没有经验，按最后一年的快慢外推"
    amounts = parts @ cut.weight[open_] * pace.mean if cut.weighted and cut.weight.max() > 1 else None
    told, expected = [], parts @ mass * pace.mean
    for number, end in enumerate(ends):
        total = float(expected[: number + 1].sum())
        month = _bounds(float(expected[number]), pace, error, level)
        whole = _bounds(total, pace, error, level)
        amount = None if amounts is None else float(amounts[number])
        told.append(
            Month(f"{end:%Y-%m}", float(expected[number]), *month, total, *whole, amount, int(open_.sum()), note)
        )
    return told


def _month_end(start: date, number: int) -> date:
    """The last day of the number-th calendar month that ends after the day; the first may be a part of a month."""
    first = start + timedelta(days=1)
    place = first.year * 12 + first.month - 1 + number
    return date(place // 12, place % 12 + 1, 1) - timedelta(days=1)


def _hazards(measured: Measured, length: int) -> tuple[Any, Any, int]:
    """Both hazards by age, carried on beyond what was seen at the pace of the last year seen."""
    import numpy as np

    risk = measured.still.sum(axis=0)
    enough = risk >= min(SUPPORT, risk.max() / 2)
    known = int(np.flatnonzero(enough).max())
    told = []
    for hazard in (measured.pool.hazard[0], measured.pool.other_hazard[0]):
        lately = slice(max(known - YEAR, 0), known + 1)
        # None seen of late is not none to come: half an event in all that was watched.
        late = max(float(hazard[lately].mean()), 0.5 / float(risk[lately].sum()))
        told.append(np.concatenate([hazard[: known + 1], np.full(max(length - known, 1), late)])[: length + 1])
    total = told[0] + told[1]
    scale = np.where(total > STEEP, STEEP / np.maximum(total, STEEP), 1.0)
    return told[0] * scale, told[1] * scale, known


def _chances(measured: Measured, h1: Any, h2: Any, age: Any, days: list[int]) -> Any:
    """(month, open row): the chance to have had the event by the month's end."""
    import numpy as np

    logs = np.cumsum(np.log1p(-(h1 + h2)))
    still = np.exp(logs)
    before = np.concatenate([[1.0], still[:-1]])
    share = np.cumsum(before * h1)
    hidden = _hidden(measured, before * h1, before * h2, int(age.max()) if age.size else 0)
    open_ = still[age] / (still[age] + hidden[age])
    return np.array([open_ * (share[age + day] - share[age]) / still[age] for day in days])


def _hidden(measured: Measured, own: Any, other: Any, oldest: int) -> Any:
    """The chance, by age, to have ended without a record yet."""
    import numpy as np

    hidden = np.zeros(oldest + 1)
    if measured.corrected is None:
        return hidden
    for cause, ends in ((1, own), (2, other)):
        missing = 1.0 - measured.corrected.delays[cause].within
        missing = np.pad(
            missing, (0, max(oldest + 1 - missing.size, 0)), mode="edge"
        )  # never recorded, however long ago
        hidden += np.convolve(ends[: oldest + 1], missing)[: oldest + 1]
    return hidden


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


def _relative_error(measured: Measured, hazard: Any, age: Any, ahead: int) -> float:
    """Variance of the sum's logarithm from the hazards' own error: one over the events that the ages to come have seen."""
    import numpy as np

    events, square = measured.pool.counts.events[0], measured.pool.counts.events_square[0]
    steps = np.bincount(age, minlength=events.size)[: events.size].cumsum()
    passing = steps - np.concatenate([np.zeros(min(ahead, steps.size)), steps[:-ahead]])[: steps.size]
    pull = passing[: events.size] * hazard[: events.size]
    total = pull.sum()
    if total <= 0:
        return 1.0
    return float((pull**2 * square / np.maximum(events, 1e-9) ** 2)[events > 0].sum() / total**2)


def _bounds(expected: float, pace: Pace, error: float, level: float) -> tuple[int, int]:
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
