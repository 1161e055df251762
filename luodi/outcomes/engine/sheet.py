"""An assessment sheet (考核表) and what it gives: exact scores, each of named figures; what cannot be scored keeps a range, never a nought.

Kinds of formula, with a published example of each (sources in `cities/*/assessment/*.yaml`): rate 履约率 (玉林), chain 三个一批 (河南 2022-01: each
denominator is the numerator before it), completion 完成率 of a target, by count, amount or a mix (一市 2024), efficacy 功效系数 (高安), quota with a deduction
for each missing, deductions from a start, bonus. Figures come in as a `Tally` of a unit; `measures.py` makes it from projects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

NOUGHT, ONE = Fraction(0), Fraction(1)
RATE, CHAIN, COMPLETION, EFFICACY, QUOTA, DEDUCTIONS, BONUS = KINDS = (
    "rate", "chain", "completion", "efficacy", "quota", "deductions", "bonus",
)  # fmt: skip
COUNT, AMOUNT = BASES = ("count", "amount")


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of a unit: how many, how much (亿元), and whose. None = not known. `unplaced` lack the day that the window asks for."""

    count: Fraction | None
    amount: Fraction | None = None
    ids: tuple[int, ...] = ()
    without_amount: int = 0
    unplaced: tuple[int, ...] = ()

    def by(self, basis: str) -> Fraction | None:
        return self.count if basis == COUNT else self.amount


Tally = Mapping[str, Value]
"""Figures of one unit by their code: measures of the register and figures given with the sheet."""
UNKNOWN = Value(None)


@dataclass(frozen=True, slots=True)
class Term:
    """One ratio or product inside a formula. `against` is a figure's code or a number; `share` its weight, `points` what each is worth."""

    figure: str
    against: str | Fraction | None = None
    basis: str = COUNT
    share: Fraction = ONE


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the sheet. `rate_cap` cuts each ratio, `cap` the points; without either a rate above 100 % counts in full."""

    code: str
    name: str
    name_en: str
    kind: str
    weight: Fraction
    terms: tuple[Term, ...]
    cap: Fraction | None = None
    rate_cap: Fraction | None = None
    start: Fraction = NOUGHT
    floor: Fraction = NOUGHT
    lowest: Fraction = Fraction(60)
    span: Fraction = Fraction(40)
    note: str = ""

    @property
    def most(self) -> Fraction:
        """The best that can be reached as far as the sheet says; a rate without a cap counts as full at 100 %."""
        if self.kind == BONUS:
            return self.weight if self.cap is None else self.cap
        full = self.start if self.kind in (QUOTA, DEDUCTIONS) else self.weight * (self.rate_cap or ONE)
        return full if self.cap is None else min(full, self.cap)


@dataclass(frozen=True, slots=True)
class Part:
    """A term as it came out: both sides, the ratio or the points it gave or took, and whose they are."""

    term: Term
    top: Fraction | None
    bottom: Fraction | None
    result: Fraction | None
    ids: tuple[int, ...] = ()
    base_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """An item's points; None = cannot be scored, then they lie between `low` and `high`. `why`: the first figure that is missing."""

    item: Item
    points: Fraction | None
    low: Fraction
    high: Fraction
    raw: Fraction | None
    parts: tuple[Part, ...]
    why: str = ""

    @property
    def capped(self) -> bool:
        return self.raw is not None and self.points is not None and self.points < self.raw

    @property
    def ids(self) -> tuple[int, ...]:
        """Every project that had a part in it."""
        return tuple(sorted({one for part in self.parts for one in (*part.ids, *part.base_ids)}))


@dataclass(frozen=True, slots=True)
class Marks:
    """A unit's sheet."""

    unit: str
    scores: tuple[Score, ...]

    @property
    def known(self) -> Fraction:
        """What is certain: the sum of the scored items."""
        return sum((one.points for one in self.scores if one.points is not None), NOUGHT)

    @property
    def total(self) -> Fraction | None:
        return None if any(one.points is None for one in self.scores) else self.known

    @property
    def low(self) -> Fraction:
        return sum((one.low for one in self.scores), NOUGHT)

    @property
    def high(self) -> Fraction:
        return sum((one.high for one in self.scores), NOUGHT)

    @property
    def open(self) -> tuple[Score, ...]:
        return tuple(one for one in self.scores if one.points is None)


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """Half up, once, when printed."""
    step = Decimal(1).scaleb(-places)
    sign = -1 if value < 0 else 1
    units = (2 * abs(value) * 10**places + 1) // 2
    return (sign * Decimal(units) * step).quantize(step, ROUND_HALF_UP)


def assess(items: Sequence[Item], tallies: Mapping[str, Tally]) -> dict[str, Marks]:
    """Every unit's sheet. Only efficacy looks at the other units."""
    columns = [_efficacy(item, tallies) if item.kind == EFFICACY else _alone(item, tallies) for item in items]
    return {unit: Marks(unit, tuple(column[unit] for column in columns)) for unit in tallies}


def _alone(item: Item, tallies: Mapping[str, Tally]) -> dict[str, Score]:
    return {unit: score(item, tally) for unit, tally in tallies.items()}


def score(item: Item, tally: Tally) -> Score:
    """One item of one unit, where no other unit is asked."""
    if item.kind in (RATE, CHAIN, COMPLETION):
        parts = [ratio(term, tally) for term in item.terms]
        return _shares(item, parts)
    parts = [_counted(item, term, tally) for term in item.terms]
    return _steps(item, parts)


def ratio(term: Term, tally: Tally) -> Part:
    """Top over bottom; no result where either is unknown or nothing is to be divided by."""
    above = tally.get(term.figure, UNKNOWN)
    below = tally.get(term.against, UNKNOWN) if isinstance(term.against, str) else Value(term.against, term.against)
    top, bottom = above.by(term.basis), below.by(term.basis)
    result = top / bottom if top is not None and bottom else None
    return Part(term, top, bottom, result, above.ids, below.ids)


def _shares(item: Item, parts: Sequence[Part]) -> Score:
    """Weight × Σ share × ratio: the unknown ratios from nought to full."""
    ceiling = ONE if item.rate_cap is None else item.rate_cap
    low = high = raw = NOUGHT
    for part in parts:
        worth = item.weight * part.term.share
        if part.result is None:
            high += worth * ceiling
            continue
        reached = part.result if item.rate_cap is None else min(part.result, item.rate_cap)
        low, high, raw = low + worth * reached, high + worth * reached, raw + worth * part.result
    return _bounded(item, parts, low, high, raw)


def _counted(item: Item, term: Term, tally: Tally) -> Part:
    """How many points a term gives or takes: so much each, or so much for each that is missing from a quota."""
    found = tally.get(term.figure, UNKNOWN)
    least = term.against if isinstance(term.against, Fraction) else None
    if isinstance(term.against, str):
        least = tally.get(term.against, UNKNOWN).by(term.basis)
    top = found.by(term.basis)
    if top is None or (item.kind == QUOTA and least is None):
        return Part(term, top, least, None, found.ids)
    times = max((least or NOUGHT) - top, NOUGHT) if item.kind == QUOTA else top
    return Part(term, top, least, times * term.share, found.ids)


def _steps(item: Item, parts: Sequence[Part]) -> Score:
    """A start less what is taken, or what is given on top: the unknown steps from nothing to everything."""
    known = sum((part.result for part in parts if part.result is not None), NOUGHT)
    unknown = any(part.result is None for part in parts)
    if item.kind == BONUS:
        return _bounded(item, parts, known, item.most if unknown else known, known)
    left = item.start - known
    return _bounded(item, parts, item.floor if unknown else left, left, left)


def _bounded(item: Item, parts: Sequence[Part], low: Fraction, high: Fraction, raw: Fraction) -> Score:
    """Within the floor and the cap, the unknown ends as well."""
    low, high = (max(one if item.cap is None else min(one, item.cap), item.floor) for one in (low, high))
    missing = next((part for part in parts if part.result is None), None)
    if missing is None:
        return Score(item, low, low, low, raw, tuple(parts))
    return Score(item, None, low, max(low, high), None, tuple(parts), missing_figure(missing))


def missing_figure(part: Part) -> str:
    """Which figure is to blame: the one that is not known, else the one that is nought and was to be divided by."""
    if part.top is None:
        return part.term.figure
    return part.term.against if isinstance(part.term.against, str) else part.term.figure


def _efficacy(item: Item, tallies: Mapping[str, Tally]) -> dict[str, Score]:
    """(x − min) ÷ (max − min) × span + lowest, of a hundred: 60 for the lowest unit and 100 for the highest."""
    term = item.terms[0]
    parts = {unit: _plain(term, tally) for unit, tally in tallies.items()}
    known = [part.result for part in parts.values() if part.result is not None]
    bottom, top = (min(known), max(known)) if known else (NOUGHT, NOUGHT)
    least = item.weight * item.lowest / 100
    most = item.weight * (item.lowest + item.span) / 100
    scores = {}
    for unit, part in parts.items():
        if part.result is None or top == bottom:
            why = missing_figure(part) if part.result is None else term.figure
            scores[unit] = Score(item, None, least, most, None, (part,), why)
            continue
        points = item.weight * ((part.result - bottom) / (top - bottom) * item.span + item.lowest) / 100
        scores[unit] = Score(item, points, points, points, points, (part,))
    return scores


def _plain(term: Term, tally: Tally) -> Part:
    """A figure by itself, or over another."""
    if term.against is not None:
        return ratio(term, tally)
    found = tally.get(term.figure, UNKNOWN)
    return Part(term, found.by(term.basis), None, found.by(term.basis), found.ids)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One version of a city's sheet as it was written. `measures` and `given` are in `measures.py`'s shapes."""

    code: str
    version: str
    year: int
    valid_from: str
    title: str
    title_en: str
    source: str
    status: str
    items: tuple[Item, ...]
    places: int = 2
    note: str = ""
    given: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.code}/{self.version}"

    @property
    def full(self) -> Fraction:
        return sum((item.most for item in self.items), NOUGHT)
