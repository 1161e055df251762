"""The three figures: counts and amounts per stage, reported, proven and net.

A project has *reached* a stage when its rank is at least the stage's (definition in the city's data). Input cells may be
single projects or groups of projects alike in everything that is counted, so the same function serves a page and a snapshot.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from luodi.core.city import City

SIDES = ("reported", "proven", "net")


@dataclass(frozen=True, slots=True)
class Cell:
    """`projects` projects that are alike: ranks (-1 = nowhere), unit, chain; `amount_fen` is the sum of the known amounts in 分."""

    reported: int
    proven: int
    net: int
    projects: int
    amount_fen: int
    without_amount: int
    unit: str = ""
    chain: str = ""

    def rank(self, side: str) -> int:
        return int(getattr(self, side))


@dataclass(slots=True)
class Figure:
    """A count and an amount in 分; `without_amount` of the counted projects state no exact amount in CNY."""

    projects: int = 0
    amount_fen: int = 0
    without_amount: int = 0

    def add(self, cell: Cell) -> None:
        self.projects += cell.projects
        self.amount_fen += cell.amount_fen
        self.without_amount += cell.without_amount


@dataclass(slots=True)
class Three:
    """One figure, three times."""

    reported: Figure = field(default_factory=Figure)
    proven: Figure = field(default_factory=Figure)
    net: Figure = field(default_factory=Figure)

    def side(self, name: str) -> Figure:
        figure: Figure = getattr(self, name)
        return figure

    @property
    def water_projects(self) -> int:
        return self.reported.projects - self.net.projects

    @property
    def water_fen(self) -> int:
        return self.reported.amount_fen - self.net.amount_fen


@dataclass(frozen=True, slots=True)
class Figures:
    """`reached[stage]` and `current[stage]` by code; `total` counts every project of the cohort as reported."""

    total: Three
    reached: dict[str, Three]
    current: dict[str, Three]


def figures(cells: Iterable[Cell], *, city: City) -> Figures:
    """Add up the cells. `total`: reported = all projects of the cohort; proven and net = those proven or net at any stage."""
    total = Three()
    reached = {stage.code: Three() for stage in city.stages}
    current = {stage.code: Three() for stage in city.stages}
    for cell in cells:
        total.reported.add(cell)
        for side in SIDES:
            rank = cell.rank(side)
            if rank < 0:
                continue
            if side != "reported":
                total.side(side).add(cell)
            current[city.stages[rank].code].side(side).add(cell)
            for stage in city.stages[: rank + 1]:
                reached[stage.code].side(side).add(cell)
    return Figures(total, reached, current)


def net_rank(proven: int, *, decided_out: bool, package_proven: int | None) -> int:
    """Rank that counts in net figures: nothing for a confirmed fake or duplicate, nor for a member whose package stands itself."""
    if decided_out or (package_proven is not None and package_proven >= 0):
        return -1
    return proven
