"""Intervals of a share from an effective number of trials: for groups with few events, where log(−log) breaks down."""

from typing import Any

FINENESS = 3001


def logit_grid() -> tuple[Any, Any]:
    """Shares close together near 0 and 1, and what a step of the grid is worth in each."""
    import numpy as np

    scale = np.linspace(-14.0, 14.0, FINENESS)
    share = 1.0 / (1.0 + np.exp(-scale))
    return share, share * (1.0 - share)


def beta_interval(events: float, trials: float, level: float) -> tuple[float, float]:
    """Equal-tailed Jeffreys interval, Beta(x + ½, n − x + ½) (Brown, Cai & DasGupta 2001); open-ended where nothing, or all, was seen."""
    import numpy as np

    share, step = logit_grid()
    logs = (events - 0.5) * np.log(share) + (trials - events - 0.5) * np.log1p(-share)
    lower, upper = quantiles(share, np.exp(logs - logs.max()) * step, level)
    return (0.0 if events <= 0 else lower), (1.0 if events >= trials else upper)


def quantiles(share: Any, mass: Any, level: float) -> tuple[float, float]:
    """Where the tails of a distribution on a grid begin."""
    import numpy as np

    below = np.cumsum(mass)
    below = (below - mass / 2) / below[-1]
    tail = (1 - level) / 2
    return float(np.interp(tail, below, share)), float(np.interp(1 - tail, below, share))
