"""The formation: projects by tier, reported, proven and net, and what the differences are made of.

A tier is a rung for an amount; a package counts once, at its own amount, and its members are told apart as *folded*.
reported = proven + unproven and proven = net + excluded hold in every line by construction, and the tests hold it to that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

UNKNOWN = ""
"""The tier of projects that state no exact amount: a line of its own, never the lowest rung."""
STEPS = ("folded", "reported", "unproven", "proven", "excluded", "net")


@dataclass(frozen=True, slots=True)
class Group:
    """Projects alike in all that the formation asks; one project is a group of one. `packed` = not folded into a package."""

    tier: str
    packed: bool
    proven: bool
    net: bool
    projects: int
    amount_fen: int


@dataclass(slots=True)
class Cell:
    """A count and its amount in 分."""

    projects: int = 0
    amount_fen: int = 0

    def add(self, group: Group) -> None:
        self.projects += group.projects
        self.amount_fen += group.amount_fen


@dataclass(frozen=True, slots=True)
class Line:
    """One rung, counted at every step between what was filed and what is net."""

    tier: str
    cells: dict[str, Cell] = field(default_factory=lambda: {step: Cell() for step in STEPS})

    def add(self, group: Group) -> None:
        for step in steps_of(group):
            self.cells[step].add(group)


def steps_of(group: Group) -> tuple[str, ...]:
    """The columns that a group is counted in."""
    if not group.packed:
        return ("folded",)
    if not group.proven:
        return ("reported", "unproven")
    return ("reported", "proven", "net") if group.net else ("reported", "proven", "excluded")


def formation(groups: Iterable[Group], *, tiers: Sequence[str]) -> list[Line]:
    """A line a tier in the order given, then the unknown amounts. The total is `total`."""
    lines = {tier: Line(tier) for tier in (*tiers, UNKNOWN)}
    for group in groups:
        lines[group.tier].add(group)
    return list(lines.values())


def total(lines: Iterable[Line]) -> Line:
    """All lines together."""
    found = Line("total")
    for line in lines:
        for step, cell in line.cells.items():
            found.cells[step].projects += cell.projects
            found.cells[step].amount_fen += cell.amount_fen
    return found
