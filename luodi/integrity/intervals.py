"""A share with its interval, as pages print it: numerator, denominator, how sure."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959964
"""Two-sided 95 % of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`; the Wilson score interval (Wilson 1927), which stays inside 0 and 1 where few were looked at."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        n = self.whole
        if not n:
            return None
        p, z2 = self.part / n, Z * Z
        middle, half = (p + z2 / (2 * n)) / (1 + z2 / n), Z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def text(self) -> str:
        return "" if self.value is None else f"{self.value:.0%}"

    @property
    def range_text(self) -> str:
        found = self.interval
        return "" if found is None else f"{found[0]:.0%}–{found[1]:.0%}"
