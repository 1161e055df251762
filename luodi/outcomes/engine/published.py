"""Rates as cities publish them, and whether a published figure is what its own numbers give. Exact arithmetic, rounded once.

Formulas: the chained rates of 河南三个一批 (each denominator is the numerator before it, 2022-01), 功效系数法 (x − min) ÷ (max − min) × 40 + 60
(高安), caps and deductions of published result sheets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

Number = int | str | Decimal


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A published percentage beside what its numbers give, as many places as were printed.

    `value` is rounded half up; `truncated` says that only cutting off gives the printed figure. Where it does not recompute, `explains` names
    denominators of the same paper that would give it, and `implied` is the denominator that it would need.
    """

    published: Decimal
    value: Decimal
    agrees: bool
    truncated: bool
    explains: tuple[str, ...]
    implied: Decimal

    @property
    def off(self) -> Decimal:
        """Percentage points by which the print is too high."""
        return self.published - self.value


def recompute(
    numerator: Number, denominator: Number, published: str, others: Mapping[str, Number] | None = None
) -> Recomputed:
    """Compare a printed percentage ("12.64") with numerator ÷ denominator. Raises `ZeroDivisionError` for a denominator of zero."""
    printed, top = Decimal(published), Decimal(numerator)
    value = _rounded(top, Decimal(denominator), printed)
    cut = _rounded(top, Decimal(denominator), printed, ROUND_DOWN)
    named = (others or {}).items()
    explains = tuple(name for name, other in named if other and _rounded(top, Decimal(other), printed) == printed)
    implied = (top * 100 / printed) if printed else Decimal("Infinity")
    agrees = printed in (value, cut)
    return Recomputed(printed, value, agrees, agrees and printed != value, () if agrees else explains, implied)


def _rounded(numerator: Decimal, denominator: Decimal, like: Decimal, how: str = ROUND_HALF_UP) -> Decimal:
    return (numerator * 100 / denominator).quantize(Decimal(1).scaleb(int(like.as_tuple().exponent)), how)


def chained(counts: Sequence[int]) -> tuple[Decimal | None, ...]:
    """Each step over the step before, as shares; None where nothing came that far, which is not zero."""
    return tuple(
        Decimal(now) / Decimal(before) if before else None for before, now in zip(counts, counts[1:], strict=False)
    )


def efficacy(value: Number, low: Number, high: Number) -> Decimal | None:
    """功效系数法: 60 for the lowest, 100 for the highest; None where all are alike."""
    span = Decimal(high) - Decimal(low)
    return (Decimal(value) - Decimal(low)) / span * 40 + 60 if span else None


def completion(parts: Sequence[tuple[Number, Number, Number]], *, weight: Number, cap: Number | None = None) -> Decimal:
    """Weighted completion (done, target, share) times the item's weight, not above its cap."""
    total = sum((Decimal(done) / Decimal(target) * Decimal(share) for done, target, share in parts), Decimal(0))
    scored = total * Decimal(weight)
    return scored if cap is None else min(scored, Decimal(cap))


def deducted(start: Number, deductions: Mapping[str, tuple[int, Number]]) -> Decimal:
    """What is left of a start after so many times each deduction, not below zero."""
    lost = sum((times * Decimal(each) for times, each in deductions.values()), Decimal(0))
    return max(Decimal(start) - lost, Decimal(0))
