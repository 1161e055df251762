"""How long it takes, up to a horizon τ: the restricted mean time to the event, E min(T, τ) = ∫₀^τ (1 − F(t)) dt.

Who left otherwise never has the event and waits all of τ, so that a city of withdrawals does not look quick (Andersen 2013: τ less the mean
is the time lost to the cause). F steps at whole days, so the integral is the sum of 1 − F over days 0…τ − 1. The variance is the delta method on
the same increments as F's: a day's hazard moves every F after it. Without other ends it is Karrison's (1987) for Kaplan–Meier.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from luodi.outcomes.engine.cutting import Cut
from luodi.outcomes.engine.delay import Complete
from luodi.outcomes.engine.estimating import STEADY, Measured, delay_variance, known_by, measure, notes, why_not
from luodi.outcomes.engine.incidence import NONE_LEFT, Curves, spread

STEPS = 24  # days between 0 and τ at which the doubt of the delay is read


@dataclass(frozen=True)
class Wait:
    """Days, of τ. None is "cannot be measured yet"."""

    group: str
    tau: int
    estimate: float | None
    lower: float | None
    upper: float | None
    n: int
    at_risk: int
    note: str = ""


def restricted_mean(
    cut: Cut, tau: int, level: float, *, delay: bool = True, complete: Complete | None = None
) -> list[Wait]:
    """Every group, in the order of its label, with an interval under one pace for all years."""
    import numpy as np

    measured = measure(cut, tau, delay=delay, cohort=STEADY, complete=complete)
    days = tau - measured.own.incidence[:, :tau].sum(axis=1)
    error = np.sqrt(wait_variance(measured.own, tau) + _late(measured, tau))
    quantile, can = NormalDist().inv_cdf(0.5 + level / 2), known_by(measured.own, tau)
    note, told = notes(measured), []
    for number, label in enumerate(cut.labels):
        n, left = round(float(measured.sizes[number])), round(float(measured.still[number, tau]))
        if not can[number]:
            told.append(Wait(label, tau, None, None, None, n, left, why_not(measured, number, tau)))
            continue
        mean, wide = float(days[number]), quantile * float(error[number])
        told.append(Wait(label, tau, mean, max(mean - wide, 0.0), min(mean + wide, float(tau)), n, left, note))
    return told


def wait_variance(made: Curves, tau: int) -> Any:
    """Var ∫F, a number a group."""
    import numpy as np

    if tau == 0:
        return np.zeros(made.incidence.shape[0])
    share, days = made.incidence[:, :tau], np.arange(tau, 0, -1)
    later = share[:, ::-1].cumsum(axis=1)[:, ::-1] - days * share
    left = 1.0 - made.hazard[:, :tau] - made.other_hazard[:, :tau]
    lost = np.where(left > NONE_LEFT, later / np.where(left > NONE_LEFT, left, 1.0), 0.0)
    return spread(made, days * made.before[:, :tau] - lost, -lost)


def _late(measured: Measured, tau: int) -> Any:
    """What the delay leaves unsure moves all days together: errors add up, not their squares."""
    import numpy as np

    if measured.corrected is None:
        return 0.0
    read = np.linspace(0, tau, STEPS + 1).astype(int)
    errors = np.array([np.sqrt(delay_variance(measured, int(day))) for day in read])
    widths = np.diff(read)[:, None]
    return ((errors[1:] + errors[:-1]) / 2 * widths).sum(axis=0) ** 2
