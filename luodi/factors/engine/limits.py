"""What goes into a run and what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass

from luodi.factors.engine.bound import Prices
from luodi.factors.engine.problem import Numbers

OPTIMAL, FEASIBLE = "optimal", "feasible"


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: after seconds of `clock`, or after counted iterations, or when `stopped` says so."""

    clock: Callable[[], float]
    seconds: float = 60.0
    iterations: int | None = None
    workers: int = 2
    seed: int = 1
    stopped: Callable[[], bool] = bool


@dataclass(frozen=True, slots=True)
class Progress:
    seconds: float
    waiting: float
    bound: float
    gap: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that holds, and how good it is known to be. `starts` by stage and `works` by work; NEVER: the work is not done."""

    starts: Numbers
    works: Numbers
    waiting: float
    cost: float
    bound: float
    status: str
    seconds: float
    seed: int
    prices: Prices

    @property
    def gap(self) -> float:
        return (self.waiting - self.bound) / max(1.0, self.waiting)
