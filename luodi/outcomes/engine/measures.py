"""Measures (计数口径): named sets of projects in a standing, counted packed or unpacked, so that every score drills to its rows.

A project is in a set when it has reached a stage (or, `before`, has not), when the day of a stage lies in a window, when it is overdue, by amount,
by chain, by what a named person decided. Of the two counts see `luodi.snapshots.engine.counting`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from luodi.outcomes.engine.sheet import Value

REPORTED, PROVEN, NET = STANDINGS = ("reported", "proven", "net")
PACKAGED, UNPACKED = COUNTINGS = ("packaged", "unpacked")
FAKE, DUPLICATE, ANY = DECISIONS = ("fake", "duplicate", "any")
YI = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Subject:
    """A project as it counts on a day: ranks (−1 = nowhere), both counts, days of its stages, what was decided about it."""

    id: int
    unit: str
    reported: int
    proven: int
    net: int
    packed: int = 1
    unpacked: int = 1
    amount_fen: int | None = None
    unpacked_fen: int | None = None
    state: str = "active"
    chain: str = ""
    decided: str = ""
    days: Mapping[str, date] = field(default_factory=dict)
    added_fen: int = 0
    added_unpacked_fen: int = 0

    def rank(self, standing: str) -> int:
        return int(getattr(self, standing))


@dataclass(frozen=True, slots=True)
class Measure:
    """Which projects are in the set. Stages are codes; `days` late are counted from the day of `since`.

    `fakes_stay`: on the net side, what a person confirmed as fake stays where it was signed, so that a fake lowers what is divided by it.
    """

    code: str
    name: str
    name_en: str
    reached: str = ""
    before: str = ""
    window: str = ""
    opens: date | None = None
    closes: date | None = None
    since: str = ""
    days: int = 0
    decided: str = ""
    from_fen: int | None = None
    below_fen: int | None = None
    state: str = ""
    chains: frozenset[str] = frozenset()
    counting: str = PACKAGED
    fakes_stay: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which the sets are taken: the order of the city's stages, the day, the side."""

    order: Mapping[str, int]
    as_of: date
    standing: str


def tally(measures: Iterable[Measure], subjects: Iterable[Subject], terms: Terms) -> dict[str, Value]:
    """Every measure of these projects (of one unit)."""
    projects = list(subjects)
    return {measure.code: _value(measure, projects, terms) for measure in measures}


def _value(measure: Measure, projects: Iterable[Subject], terms: Terms) -> Value:
    inside, unplaced = [], []
    for one in projects:
        if not _weight(measure, one):
            continue
        placed = belongs(measure, one, terms)
        if placed is None:
            unplaced.append(one.id)
        elif placed:
            inside.append(one)
    amounts = [_amount(measure, one, terms.standing) for one in inside]
    known = [fen for fen in amounts if fen is not None]
    # Nobody says an amount: unknown. Some do: the sum of those, and how many are missing.
    amount = None if inside and not known else Fraction(sum(known), YI)
    return Value(
        Fraction(sum(_weight(measure, one) for one in inside)), amount, tuple(one.id for one in inside),
        len(amounts) - len(known), tuple(unplaced),
    )  # fmt: skip


def _weight(measure: Measure, one: Subject) -> int:
    return one.packed if measure.counting == PACKAGED else one.unpacked


def _amount(measure: Measure, one: Subject, standing: str) -> int | None:
    """In net, what stands for an undertaking is worth all its parts."""
    is_packed = measure.counting == PACKAGED
    fen, added = (one.amount_fen, one.added_fen) if is_packed else (one.unpacked_fen, one.added_unpacked_fen)
    return (fen or 0) + added if standing == NET and added else fen


def belongs(measure: Measure, one: Subject, terms: Terms) -> bool | None:
    """Whether it is in the set; None = it would be, but the day that the window asks for is not known."""
    if not (_stands(measure, one, terms) and _is(measure, one, terms.standing)):
        return False
    if measure.since and _late(measure, one, terms.as_of) is False:
        return False
    if not measure.window:
        return True
    day = one.days.get(measure.window)
    if day is None:
        return None
    return (measure.opens is None or day >= measure.opens) and (measure.closes is None or day <= measure.closes)


def _stands(measure: Measure, one: Subject, terms: Terms) -> bool:
    rank = one.rank(terms.standing)
    if measure.fakes_stay and terms.standing == NET and one.decided == FAKE:
        # A confirmed fake was signed, and nothing came of it.
        rank = min(one.proven, terms.order.get("signed", -1))
    if measure.reached and rank < terms.order[measure.reached]:
        return False
    return not (measure.before and rank >= terms.order[measure.before])


def _is(measure: Measure, one: Subject, standing: str) -> bool:
    """By what was decided, by state, chain and amount."""
    if measure.decided and not (one.decided == measure.decided or (measure.decided == ANY and one.decided)):
        return False
    if (measure.state and one.state != measure.state) or (measure.chains and one.chain not in measure.chains):
        return False
    if measure.from_fen is None and measure.below_fen is None:
        return True
    fen = _amount(measure, one, standing)
    return fen is not None and fen >= (measure.from_fen or 0) and (measure.below_fen is None or fen < measure.below_fen)


def _late(measure: Measure, one: Subject, as_of: date) -> bool:
    """More than so many days since the stage. Without its day nobody can be called late."""
    day = one.days.get(measure.since)
    return day is not None and day + timedelta(days=measure.days) < as_of
