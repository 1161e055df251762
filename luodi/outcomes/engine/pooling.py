"""Small groups lean on the pool, as far as the data say groups are alike: a beta–binomial hierarchy, wholly integrated.

θ_g ~ Beta(μκ, (1−μ)κ) and each group's effective trials speak by a binomial likelihood. μ is flat and κ has the uniform-shrinkage prior of Daniels (1999):
κ/(κ+n₀) flat, n₀ the median trials. Nothing is plugged in: posteriors are mixtures over a grid of (μ, κ), so that intervals do not pretend the
hyperparameters are known (the fault of plain shrinkage: coverage .33–.78). An offset on the logit carries what the group's mix of strata explains.
"""

from dataclasses import dataclass
from typing import Any

from luodi.outcomes.engine.shares import quantiles

POINTS = 1601
EDGE = 9.0
MIDDLES, FIRMNESSES = 41, 31
SLIGHT = 1e-7


@dataclass(frozen=True)
class Posterior:
    """Each group's density on a common grid of shares (rows sum to one)."""

    share: Any
    mass: Any

    def mean(self) -> Any:
        return self.mass @ self.share

    def interval(self, number: int, level: float) -> tuple[float, float]:
        return quantiles(self.share, self.mass[number], level)


def posterior(events: Any, trials: Any, offset: Any = None) -> Posterior:
    """Full posterior of all groups' shares, at offset nought."""
    import numpy as np

    scale = np.linspace(-EDGE, EDGE, POINTS)
    share = 1 / (1 + np.exp(-scale))
    moved = scale[None, :] + (0.0 if offset is None else np.asarray(offset)[:, None])
    likelihood = events[:, None] * -np.logaddexp(0, -moved) + (trials - events)[:, None] * -np.logaddexp(0, moved)
    likelihood = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    priors = _priors(scale, events, trials)
    marginal = np.maximum(priors @ likelihood.T, 1e-300)
    weight = np.log(marginal).sum(axis=1)
    weight = np.exp(weight - weight.max())
    kept = weight > SLIGHT * weight.max()
    mixed = (weight[kept, None] / marginal[kept]).T @ priors[kept]
    mass = mixed * likelihood
    return Posterior(share, mass / mass.sum(axis=1, keepdims=True))


def _priors(scale: Any, events: Any, trials: Any) -> Any:
    """Beta densities on the logit grid, a row for each (μ, κ); the grid of μ covers the pool generously."""
    import numpy as np

    total, seen = float(trials.sum()), float(events.sum())
    centre = (seen + 0.5) / (total + 1)
    spread = max(4.0 * (1 / (seen + 0.5) + 1 / (total - seen + 0.5)) ** 0.5, 2.5)
    middle = np.log(centre / (1 - centre)) + np.linspace(-spread, spread, MIDDLES)
    mu = 1 / (1 + np.exp(-middle))
    typical = max(float(np.median(trials)), 1.0)
    kept = (np.arange(FIRMNESSES) + 0.5) / FIRMNESSES
    kappa = typical * kept / (1 - kept)
    mu, kappa = (one.ravel() for one in np.meshgrid(mu, kappa))
    logs = -(mu * kappa)[:, None] * np.logaddexp(0, -scale) - ((1 - mu) * kappa)[:, None] * np.logaddexp(0, scale)
    density = np.exp(logs - logs.max(axis=1, keepdims=True))
    # Flat in μ: the step of a logit grid is worth μ(1 − μ).
    flat = mu * (1 - mu)
    return density / density.sum(axis=1, keepdims=True) * (flat / flat.max())[:, None]
