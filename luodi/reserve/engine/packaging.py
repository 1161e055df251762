"""Packaging: which items a project needs, what is known of each, how mature that makes it, and when it could be ready.

Unknown is not no: maturity is a range, from what is there to what would be there if every unknown turned out well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Known(StrEnum):
    """What is known of an item."""

    PROVEN = "proven"
    FILED = "filed"
    STATED = "stated"
    LEDGER = "ledger"
    MISSING = "missing"
    UNKNOWN = "unknown"
    NOT_NEEDED = "not_needed"
    UNSURE = "unsure"


HAVE = frozenset({Known.PROVEN, Known.FILED, Known.STATED, Known.LEDGER})
COUNTED = HAVE | {Known.MISSING, Known.UNKNOWN}
YES, NO, NOT_NEEDED = "yes", "no", "na"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be had, as the city's data says. `industries` are prefixes of GB/T 4754 codes."""

    code: str
    name: str
    name_en: str
    points: int
    source: str
    kinds: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    lead_days: int | None = None
    after: tuple[str, ...] = ()
    fixed_assets: bool = False
    industries: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a project has: kinds of evidence verified and filed, ledger fields stated, people's words by item."""

    verified: frozenset[str] = frozenset()
    filed: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    ticks: Mapping[str, str] | None = None
    fixed_assets: bool = True
    industry: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An item and what is known of it."""

    item: Item
    known: Known


@dataclass(frozen=True, slots=True)
class Maturity:
    """Points out of `whole`, the points of all items that count: proven ⊆ have; unknown and missing are the rest."""

    whole: int
    proven: int
    have: int
    unknown: int
    missing: int

    @property
    def low(self) -> int:
        return self.have * 100 // self.whole if self.whole else 0

    @property
    def high(self) -> int:
        return (self.have + self.unknown) * 100 // self.whole if self.whole else 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """When everything missing or unknown could be there, had it all to be done from today on; None = some lead time is not known.

    `path` are the items that decide the day, `without` those whose lead time nobody stated.
    """

    ready_on: date | None
    path: tuple[str, ...]
    without: tuple[str, ...]


def checklist(items: Sequence[Item], holding: Holding) -> list[Line]:
    """Every item in the city's order."""
    return [Line(item, _known(item, holding)) for item in items]


def _known(item: Item, holding: Holding) -> Known:
    """Verified papers are above a person's word, a person's word above papers that nobody has verified."""
    tick = (holding.ticks or {}).get(item.code, "")
    if item.kinds & holding.verified:
        return Known.PROVEN
    if tick:
        return {YES: Known.STATED, NO: Known.MISSING, NOT_NEEDED: Known.NOT_NEEDED}[tick]
    if item.kinds & holding.filed:
        return Known.FILED
    if item.fixed_assets and not holding.fixed_assets:
        return Known.NOT_NEEDED
    if item.industries and not holding.industry.startswith(item.industries):
        return Known.NOT_NEEDED if holding.industry else Known.UNSURE
    return Known.LEDGER if item.facts & holding.facts else Known.UNKNOWN


def maturity(lines: Sequence[Line]) -> Maturity:
    """Points over the items that count; what is not needed, or may not be, counts on neither side."""

    def points(*states: Known) -> int:
        return sum(line.item.points for line in lines if line.known in states)

    return Maturity(
        whole=points(*COUNTED),
        proven=points(Known.PROVEN),
        have=points(*HAVE),
        unknown=points(Known.UNKNOWN),
        missing=points(Known.MISSING),
    )


def estimate(lines: Sequence[Line], *, today: date) -> Estimate:
    """The longest chain of what is still to be done: items wait for those they come after, the others run side by side."""
    open_ = {line.item.code: line.item for line in lines if line.known in {Known.MISSING, Known.UNKNOWN}}
    without = tuple(code for code, item in open_.items() if item.lead_days is None)
    if without:
        return Estimate(None, (), without)
    ends: dict[str, tuple[int, tuple[str, ...]]] = {}

    def end(code: str, seen: frozenset[str]) -> tuple[int, tuple[str, ...]]:
        if code not in ends:
            item = open_[code]
            before = [end(one, seen | {code}) for one in item.after if one in open_ and one not in seen]
            days, path = max(before, default=(0, ()))
            ends[code] = days + (item.lead_days or 0), (*path, code)
        return ends[code]

    days, path = max((end(code, frozenset()) for code in open_), default=(0, ()))
    return Estimate(today + timedelta(days=days), path, ())
