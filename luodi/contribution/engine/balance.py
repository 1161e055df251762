"""Promised against brought, for one measure. Unknown stays unknown, a zero is a statement, and a ratio is only over projects of which both are known."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """One project: what it promised, what it says it brought, what of that is proven; None = nobody said. `out` = confirmed fake or duplicate."""

    promised: Decimal | None = None
    reported: Decimal | None = None
    proven: Decimal | None = None
    package: int | None = None
    out: bool = False

    @property
    def net(self) -> Decimal | None:
        return None if self.out else self.proven


SIDES = ("promised", "reported", "proven")


def collapse(balances: Mapping[int, Balance]) -> dict[int, Balance]:
    """Packages with their members inside. A package that says nothing of a side is worth its members' sum, if every member said something.

    `balances` must hold whole families; a member whose package is not there counts by itself.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for project, one in balances.items():
        if one.package is not None and one.package in balances:
            members[one.package].append(project)

    def whole(project: int, seen: frozenset[int]) -> Balance:
        own = balances[project]
        inside = [whole(member, seen | {project}) for member in members[project] if member not in seen]
        if not inside:
            return own
        promised, reported, proven = (_of(own, inside, side) for side in SIDES)
        return replace(own, promised=promised, reported=reported, proven=proven)

    return {
        project: whole(project, frozenset())
        for project, one in balances.items()
        if one.package is None or one.package not in balances
    }


def _of(own: Balance, inside: list[Balance], side: str) -> Decimal | None:
    said: Decimal | None = getattr(own, side)
    if said is not None:
        return said
    # A member that was confirmed as fake proves nothing for its package.
    parts: list[Decimal | None] = [getattr(one, side) if side != "proven" else one.net for one in inside]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


@dataclass(slots=True)
class Known:
    """How many said something, and the sum of it."""

    projects: int = 0
    value: Decimal = Decimal(0)

    def add(self, value: Decimal | None) -> None:
        if value is not None:
            self.projects += 1
            self.value += value


@dataclass(slots=True)
class Pair:
    """Projects of which both sides are known, and both sums; no ratio where nothing was promised."""

    projects: int = 0
    promised: Decimal = Decimal(0)
    brought: Decimal = Decimal(0)

    def add(self, promised: Decimal | None, brought: Decimal | None) -> None:
        if promised is not None and brought is not None:
            self.projects += 1
            self.promised += promised
            self.brought += brought

    @property
    def percent(self) -> int | None:
        """Whole percents, rounded half up once; None = nothing to divide by."""
        if not self.projects or not self.promised:
            return None
        return int((self.brought * 200 + self.promised) // (self.promised * 2))


@dataclass(slots=True)
class Row:
    """A group. `projects` counts all of them, also those that never said a word."""

    projects: int = 0
    promised: Known = field(default_factory=Known)
    reported: Known = field(default_factory=Known)
    proven: Known = field(default_factory=Known)
    net: Known = field(default_factory=Known)
    both: Pair = field(default_factory=Pair)
    both_proven: Pair = field(default_factory=Pair)

    def add(self, one: Balance) -> None:
        for side in (*SIDES, "net"):
            known: Known = getattr(self, side)
            known.add(getattr(one, side))
        self.both.add(one.promised, one.reported)
        self.both_proven.add(one.promised, one.net)

    @property
    def unknown(self) -> int:
        """Of how many the ratio says nothing."""
        return self.projects - self.both.projects


def rows(items: Iterable[tuple[str, Balance]], *, projects: Mapping[str, int]) -> dict[str, Row]:
    """A row a group, in the order of `projects`, which says how many each group has in all."""
    found = {group: Row(n) for group, n in projects.items()}
    for group, one in items:
        found.setdefault(group, Row()).add(one)
    return found
