"""The three figures: counts and amounts per stage, reported, proven and net, each packed (打包) and unpacked (拆分).

A project has *reached* a stage when its rank is at least the stage's (definition in the city's data). Input cells may be
single projects or groups of projects alike in everything that is counted, so the same function serves a page and a snapshot.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from luodi.core.city import City
from luodi.projects.engine.lifecycle import State
from luodi.snapshots.engine.counting import Counted

SIDES = ("reported", "proven", "net")
COUNTINGS = ("packaged", "unpacked")


@dataclass(slots=True)
class Count:
    """A count and an amount in 分; `without_amount` of the counted projects state no exact amount in CNY."""

    projects: int = 0
    amount_fen: int = 0
    without_amount: int = 0

    def add(self, other: "Count") -> None:
        self.projects += other.projects
        self.amount_fen += other.amount_fen
        self.without_amount += other.without_amount

    def less(self, other: "Count") -> "Count":
        """What is here and not there; `other` counts a part of the same projects."""
        return Count(
            self.projects - other.projects,
            self.amount_fen - other.amount_fen,
            self.without_amount - other.without_amount,
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """Projects that are alike: ranks (-1 = nowhere), unit, chain, nature; what they count for packed and unpacked."""

    reported: int
    proven: int
    net: int
    packaged: Count
    unpacked: Count
    unit: str = ""
    chain: str = ""
    nature: str = ""
    state: str = State.ACTIVE
    added: tuple[int, int] = (0, 0)
    """What the other parts of the same undertakings add in net: 打包 and 拆分."""

    def rank(self, side: str) -> int:
        return int(getattr(self, side))


def cell_of(counted: Counted, *, unit: str, chain: str, nature: str) -> Cell:
    """One project as a cell."""
    packaged = Count(counted.packed, *_known(counted.amount_fen, counted.packed))
    unpacked = Count(counted.unpacked, *_known(counted.unpacked_fen, counted.unpacked))
    added = (counted.added_fen if counted.packed else 0, counted.added_unpacked_fen)
    ranks = (counted.reported, counted.proven, counted.net)
    return Cell(*ranks, packaged, unpacked, unit, chain, nature, counted.state, added)


def _known(fen: int | None, projects: int) -> tuple[int, int]:
    """Amount and how many state none; what is not counted states nothing."""
    return (fen or 0 if projects else 0), (projects if fen is None else 0)


@dataclass(slots=True)
class Figure:
    """One figure, counted both ways."""

    packaged: Count = field(default_factory=Count)
    unpacked: Count = field(default_factory=Count)

    def add(self, cell: Cell, side: str) -> None:
        self.packaged.add(cell.packaged)
        self.unpacked.add(cell.unpacked)
        if side == "net":
            self.packaged.amount_fen += cell.added[0]
            self.unpacked.amount_fen += cell.added[1]

    def counted(self, counting: str) -> Count:
        count: Count = getattr(self, counting)
        return count


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
    def water(self) -> Figure:
        """Reported less net, counted the same way on both sides."""
        return Figure(*(self.reported.counted(c).less(self.net.counted(c)) for c in COUNTINGS))

    def add(self, cell: Cell) -> None:
        """Reported: the cell. Proven and net: when it stands anywhere on that side."""
        self.reported.add(cell, "reported")
        for side in ("proven", "net"):
            if cell.rank(side) >= 0:
                self.side(side).add(cell, side)


@dataclass(frozen=True, slots=True)
class Figures:
    """`reached[stage]` and `current[stage]` by code; `total` counts every project of the cohort as reported.

    `fixed` is the part of the total that is investment in fixed assets; `outside` the rest, by nature (funds, frameworks).
    `states[state]` splits the total into active, paused and exited: the last two count at the stage they reached, and apart.
    """

    total: Three
    reached: dict[str, Three]
    current: dict[str, Three]
    fixed: Three
    outside: dict[str, Three]
    states: dict[str, Three]


def figures(cells: Iterable[Cell], *, city: City) -> Figures:
    """Add up the cells. `total`: reported = all projects of the cohort; proven and net = those proven or net at any stage."""
    total, fixed, outside = Three(), Three(), defaultdict[str, Three](Three)
    reached = {stage.code: Three() for stage in city.stages}
    current = {stage.code: Three() for stage in city.stages}
    not_fixed = {nature.code for nature in city.natures if not nature.fixed_assets}
    states = {str(state): Three() for state in State}
    for cell in cells:
        total.add(cell)
        states[cell.state].add(cell)
        (outside[cell.nature] if cell.nature in not_fixed else fixed).add(cell)
        for side in SIDES:
            rank = cell.rank(side)
            if rank < 0:
                continue
            current[city.stages[rank].code].side(side).add(cell, side)
            for stage in city.stages[: rank + 1]:
                reached[stage.code].side(side).add(cell, side)
    return Figures(total, reached, current, fixed, dict(outside), states)
