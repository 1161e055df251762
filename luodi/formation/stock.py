"""What the forest is drawn from: sums of groups and the largest projects. Its size does not grow with the register."""

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.formation import words
from luodi.projects.models import Project
from luodi.snapshots import queries as snapshots
from luodi.snapshots.clock import Clock, counted

LARGEST = 150
"""Projects that may get a rectangle of their own."""
SAPLINGS = 40
"""Projects without an amount that are shown one by one."""
COLUMNS = {"chain": "chain", "unit": "unit", "tier": "standing__tier"}


@dataclass(frozen=True, slots=True)
class Large:
    """A project that may be drawn."""

    project: int
    name: str
    group: str
    rank: int
    fen: int
    net: int


@dataclass(slots=True)
class Sum_:
    """A group, or a band of stages: projects with an exact amount, their amount, and those without."""

    known: int = 0
    fen: int = 0
    unknown: int = 0

    def add(self, known: int, fen: int, unknown: int) -> None:
        self.known, self.fen, self.unknown = self.known + known, self.fen + fen, self.unknown + unknown


@dataclass(slots=True)
class Stock:
    """Everything that is drawn. `parts` are sums by group and band of stages, `large` the largest first, `unknown` (id, name) the first without an amount."""

    parts: dict[tuple[str, str], Sum_] = field(default_factory=lambda: defaultdict(Sum_))
    large: list[Large] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)

    @property
    def groups(self) -> dict[str, Sum_]:
        return _added((group, one) for (group, _band), one in self.parts.items())

    @property
    def bands(self) -> dict[str, Sum_]:
        return _added((band, one) for (_group, band), one in self.parts.items())

    def bands_of(self, groups: Container[str]) -> dict[str, Sum_]:
        """What these groups hold, by band of stages."""
        return _added((band, one) for (group, band), one in self.parts.items() if group in groups)

    @property
    def whole(self) -> Sum_:
        return _added(("", one) for one in self.parts.values()).get("", Sum_())


def _added(items: Iterable[tuple[str, Sum_]]) -> dict[str, Sum_]:
    found: dict[str, Sum_] = defaultdict(Sum_)
    for key, one in items:
        found[key].add(one.known, one.fen, one.unknown)
    return dict(found)


def now(user: User, *, side: str, by: str) -> Stock:
    """Of today: three queries, however many projects there are."""
    projects = Project.objects.current().visible_to(user).filter(standing__packed=1).order_by()
    if side != "reported":
        projects = projects.filter(**{f"standing__{side}__gte": 0})
    stock, column, rank = Stock(), COLUMNS[by], f"standing__{side}"
    for group, at, known, fen, unknown in _sums(projects, column, rank):
        stock.parts[group or "", words.band_of(at)].add(known, int(fen or 0), unknown)
    drawn = projects.filter(standing__amount_fen__gt=0).order_by("-standing__amount_fen", "id")
    columns = ("id", "name", column, rank, "standing__amount_fen", "standing__net")
    stock.large = [Large(*row) for row in drawn.values_list(*columns)[:LARGEST]]
    bare = projects.filter(standing__amount_fen=None).order_by("id")
    stock.unknown = list(bare.values_list("id", "name")[:SAPLINGS])
    return stock


def _sums(projects: QuerySet[Project], column: str, rank: str) -> Iterable[tuple[Any, ...]]:
    sums: dict[str, Any] = {
        "known": Count("id", filter=Q(standing__amount_fen__isnull=False)),
        "fen": Sum("standing__amount_fen"),
        "unknown": Count("id", filter=Q(standing__amount_fen=None)),
    }
    found: Iterable[tuple[Any, ...]] = projects.values(column, rank).annotate(**sums).values_list(column, rank, *sums)
    return found


def then(user: User, asked: Clock, *, side: str, by: str) -> Stock:
    """As of a past day, from what each project counted for then; names, units and chains are as they are now."""
    found, stock = counted(asked), Stock()
    column = "chain" if by == "tier" else by
    rows = snapshots.known_projects(asked.known_at).visible_to(user).order_by("id").values_list("id", "name", column)
    for project, name, group in rows:
        one = found[project]
        rank, fen = int(getattr(one, side)), one.amount_fen
        if one.packed != 1 or (side != "reported" and rank < 0):
            continue
        key = city().tier_of(fen) if by == "tier" else group
        sums = (0, 0, 1) if fen is None else (1, fen, 0)
        stock.parts[key, words.band_of(rank)].add(*sums)
        if fen is None:
            stock.unknown.append((project, name))
        elif fen:
            stock.large.append(Large(project, name, key, rank, fen, one.net))
    stock.large = sorted(stock.large, key=lambda one: (-one.fen, one.project))[:LARGEST]
    stock.unknown = stock.unknown[:SAPLINGS]
    return stock
