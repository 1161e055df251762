"""How many of those now open will have the event, month by month: their own ages, the pool's hazards, the pace of late, and how sure.

A project open at age a has it between a + m and a + m′ with chance P(open)·[F(a + m′) − F(a + m)] / S(a); P(open) takes off what has ended but is not
recorded. The sum is scaled by the pace of the last year, a gamma–Poisson update of "as all years together" by that year's events (Hoem's O/E),
and its variance adds luck (overdispersed as past months were), the hazards' own error, and how far paces stray. Intervals are negative binomial.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from luodi.outcomes.engine.cutting import ALL, EPOCH, Cut
from luodi.outcomes.engine.delay import Complete
from luodi.outcomes.engine.estimating import STEADY, Measured, measure
from luodi.outcomes.engine.pacing import Pace, amount_bounds, count_bounds, pace_of, paces_by_group

YEAR = 365
SUPPORT = 5  # rows at risk, for a hazard to be believed
STEEP = 0.5  # no day ends more than half: nobody open is certain to end


@dataclass(frozen=True)
class Month:
    """Expected events in a month, and up to its end since the as-of day, with intervals; amounts in the unit of the weights, if there are any."""

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
    group: str = ALL
    amount_lower: float | None = None
    amount_upper: float | None = None
    cumulative_amount: float | None = None
    cumulative_amount_lower: float | None = None
    cumulative_amount_upper: float | None = None


def forecast(
    cut: Cut, horizon: int, level: float, *, delay: bool = True, complete: Complete | None = None
) -> list[Month]:
    """Months after the as-of day, for those known open on it; a group after the other. Groups share the hazards and have a pace of their own."""
    import numpy as np

    start = EPOCH + timedelta(days=cut.as_of)
    ends = [_month_end(start, number) for number in range(1, horizon + 1)]
    days = [(end - start).days for end in ends]
    open_ = (cut.cause == 0) & (cut.follow == cut.as_of - cut.entered)
    if not (cut.cause == 1).any():
        why = "尚不可测：截至日还没有一个发生过"
        lefts = np.bincount(cut.group[open_], minlength=len(cut.labels))
        return [
            Month(f"{end:%Y-%m}", *(None,) * 7, int(left), why, label)
            for label, left in zip(cut.labels, lefts, strict=True)
            for end in ends
        ]
    ripe = int(cut.follow.max())
    measured = measure(cut, ripe, delay=delay, cohort=STEADY, complete=complete)
    h1, h2, known = _hazards(measured, ripe + days[-1] + 1)
    told = []
    for number, pace in enumerate(paces_by_group(measured, h1, pace_of(measured, h1))):
        mine = open_ & (cut.group == number)
        age = cut.follow[mine]
        chance = _chances(measured, h1, h2, age, days)
        error = _relative_error(measured, h1, age, days[-1])
        far = bool(age.size and age.max() + days[-1] > known)
        note = f"进入 {known} 天以后没有经验，按最后一年的快慢外推" if far else ""
        ahead = _Ahead(
            chance, cut.count[mine], cut.weight[mine] if cut.weighted and cut.weight.max() > 1 else None, pace
        )
        told += _months(ends, ahead, error, level, cut.labels[number], note)
    return told


@dataclass(frozen=True)
class _Ahead:
    """Of a group's open rows: chances to have had the event by each month's end, how many each is, what it is worth, and the pace."""

    chance: Any
    count: Any
    weight: Any
    pace: Pace


def _months(ends: list[date], ahead: _Ahead, error: float, level: float, label: str, note: str) -> list[Month]:
    import numpy as np

    parts = np.diff(np.vstack([np.zeros(ahead.count.size), ahead.chance]), axis=0)
    told, pace = [], ahead.pace
    for number, end in enumerate(ends):
        one, all_ = (float(chances @ ahead.count) * pace.mean for chances in (parts[number], ahead.chance[number]))
        counts = one, *count_bounds(one, pace, error, level), all_, *count_bounds(all_, pace, error, level)
        amounts: list[float | None] = [None] * 6
        if ahead.weight is not None:
            sums = (
                amount_bounds(part, ahead.weight, pace, error, level) for part in (parts[number], ahead.chance[number])
            )
            amounts = [figure for sum_ in sums for figure in sum_]
        told.append(Month(f"{end:%Y-%m}", *counts, amounts[0], ahead.count.size, note, label, *amounts[1:]))
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
