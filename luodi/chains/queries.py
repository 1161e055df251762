"""From the record to what the engines and other parts ask for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.utils import timezone

from luodi.accounts.models import User
from luodi.chains.engine.gaps import Analysis, analyse
from luodi.chains.engine.model import Edge, Holder, Map, Node
from luodi.chains.landing import probabilities
from luodi.chains.models import Chain, ChainEdge, ChainHolder, ChainNode, ChainTotal, ChainWord
from luodi.chains.settings import chain_settings
from luodi.core.installation import city
from luodi.intake.engine.text import fold, party_key
from luodi.projects.models import Project, StageEvent

MANY = 2000
"""More ids than this are not put into a query: all rows are read instead."""
PRODUCED = "produced"
SERIOUS = (ChainHolder.Mark.CONFIRMED, ChainHolder.Mark.PENDING)


def words() -> dict[str, str]:
    """Chain by the word that ledgers use, as compared."""
    return dict(ChainWord.objects.filter(withdrawn_at=None).values_list("key", "chain__code"))


def roles_of(project_ids: Sequence[int] | None) -> dict[int, tuple[str, str, str]]:
    """Chain, node and role of projects (None = all), in two queries. Node and role are blank for whom only the ledger's word names a chain.

    A project on several nodes is told by the first that gives it a role; one without a chain is not in the answer. What is for show
    (演示) places nobody: others decide by this answer, and its mark would be lost on the way.
    """
    rows = Project.objects.current()
    if project_ids is not None and len(project_ids) <= MANY:
        rows = rows.filter(pk__in=project_ids)
    wanted = None if project_ids is None else set(project_ids)
    held = FilteredRelation(
        "chain_holders", condition=Q(chain_holders__withdrawn_at=None, chain_holders__mark__in=SERIOUS)
    )
    columns = ("pk", "chain", "held__chain__code", "held__node", "held__role")
    placed, known = rows.annotate(held=held).order_by("pk", "held__id").values_list(*columns), words()
    found: dict[int, tuple[str, str, str]] = {}
    for project, word, chain, node, role in placed:
        if wanted is not None and project not in wanted:
            continue
        if chain and (project not in found or (role and not found[project][2])):
            found[project] = (chain, node, role)
        elif not chain and fold(word) in known:
            found[project] = (known[fold(word)], "", "")
    return found


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A word of ledgers that names no chain, and how many projects bear it."""

    word: str
    projects: int


def unmatched(user: User) -> list[Unmatched]:
    """Words that the dictionary does not know, among the projects that the person reaches; the most frequent first."""
    known = words()
    rows = Project.objects.current().visible_to(user).exclude(chain="").order_by()
    counted = rows.values("chain").annotate(n=Count("pk")).values_list("chain", "n")
    found = [Unmatched(word, n) for word, n in counted if fold(word) not in known]
    return sorted(found, key=lambda one: (-one.projects, one.word))


@dataclass(frozen=True)
class Chart:
    """A chain's map as it stands: the rows, what the engines read of them, and the analysis by a day."""

    chain: Chain
    by: date
    nodes: tuple[ChainNode, ...]
    edges: tuple[ChainEdge, ...]
    holders: tuple[ChainHolder, ...]
    map: Map

    @cached_property
    def analysis(self) -> Analysis:
        return analyse(self.map, self.by, chain_settings().norms)

    @cached_property
    def node(self) -> dict[str, ChainNode]:
        return {node.code: node for node in self.nodes}

    @cached_property
    def engine_holder(self) -> dict[int, Holder]:
        return {holder.key: holder for holder in self.map.holders}

    def held(self, code: str) -> list[ChainHolder]:
        return [holder for holder in self.holders if holder.node == code]

    @property
    def demo(self) -> bool:
        """Whether anything on it is for show."""
        rows: Iterable[ChainNode | ChainEdge | ChainHolder] = (*self.nodes, *self.edges, *self.holders)
        return any(row.mark == row.Mark.DEMO for row in rows)


def horizon(today: date | None = None) -> date:
    """The day by which gaps are told unless somebody asks for another."""
    return date((today or timezone.localdate()).year + chain_settings().horizon_years, 12, 31)


def chart(chain: Chain, by: date | None = None) -> Chart:
    """The whole map in five queries."""
    live = {"chain": chain, "withdrawn_at": None}
    nodes = tuple(ChainNode.objects.filter(**live).order_by("code"))
    edges = tuple(ChainEdge.objects.filter(**live).order_by("feeds_from", "feeds_to"))
    rows = ChainHolder.objects.filter(Q(project=None) | Q(project__withdrawn_at=None), **live)
    holders = tuple(rows.select_related("party", "project__standing").order_by("node", "id"))
    ids = sorted({holder.project_id for holder in holders if holder.project_id})
    chances, days = (probabilities(ids), production_days(ids)) if ids else ({}, {})
    drawn = Map(
        tuple(_node(node) for node in nodes),
        tuple(Edge(edge.feeds_from, edge.feeds_to, edge.ratio) for edge in edges),
        tuple(_holder(one, chances.get(one.project_id or 0), days.get(one.project_id or 0)) for one in holders),
    )
    return Chart(chain, by or horizon(), nodes, edges, holders, drawn)


def _node(row: ChainNode) -> Node:
    return Node(
        code=row.code,
        name=row.name,
        unit=row.unit,
        capacity=row.capacity,
        supply=row.supply,
        demand=row.demand,
        norm_size=row.norm_size,
        norm_years=row.norm_years,
        is_process=row.kind == ChainNode.Kind.PROCESS,
    )


def _holder(row: ChainHolder, chance: Decimal | None, day: date | None) -> Holder:
    """An enterprise runs; a project does once its production is proven, and until then it may."""
    if row.project is None:
        owner = row.party.key if row.party is not None else ""
        return Holder(row.pk, row.node, owner, row.capacity, since=row.since)
    standing = getattr(row.project, "standing", None)
    rank = city().stage[PRODUCED].order
    runs = standing is not None and standing.proven >= rank and standing.state != "exited"
    owner = party_key(standing.investor) if standing is not None and standing.investor else f"#{row.project_id}"
    since = row.since or (day.year if runs and day else None)
    return Holder(row.pk, row.node, owner, row.capacity, runs, chance, row.ready_on or day, since)


def production_days(projects: Sequence[int]) -> dict[int, date]:
    """When each is said to produce: the day it did, else the last of its plans."""
    events = StageEvent.objects.filter(project__in=projects, stage=PRODUCED, withdrawn_at=None)
    found: dict[int, tuple[bool, date]] = {}
    for project, kind, day in events.order_by("id").values_list("project_id", "kind", "ends_on"):
        actual = kind == StageEvent.Kind.ACTUAL
        if day is None:
            continue
        if actual or not found.get(project, (False, day))[0]:
            found[project] = (actual, day)
    return {project: day for project, (_, day) in found.items()}


def reachable_projects(user: User | None, holders: Iterable[ChainHolder]) -> frozenset[int]:
    """Those of the projects on a map that the reader may know by name; of the others only the capacity is told."""
    ids = {holder.project_id for holder in holders if holder.project_id}
    if user is None:
        return frozenset(one for one in ids if one is not None)
    return frozenset(Project.objects.current().visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class TotalCheck:
    """A published total beside the map's own sum; `own` None = the map has nothing to add up."""

    total: ChainTotal
    own: Decimal | None

    @property
    def own_told(self) -> str:
        return "" if self.own is None else f"{self.own.normalize():f}"

    @property
    def agrees(self) -> bool:
        return self.own is not None and self.own == self.total.value


def totals(found: Chart) -> list[TotalCheck]:
    """Published totals held against the map."""
    surplus = [gap for gap in found.analysis.gaps if gap.kind == "surplus"]
    # Materials are what a process gives; what is made of them is not counted again.
    processes = {node.code for node in found.nodes if node.kind == ChainNode.Kind.PROCESS}
    materials = {edge.feeds_to for edge in found.edges if edge.feeds_from in processes}
    own = [gap for gap in surplus if not processes or gap.node in materials]
    measured: dict[str, Decimal | None] = {
        ChainTotal.Measure.MATERIALS: Decimal(len(own)) if own else None,
        ChainTotal.Measure.SURPLUS: sum((gap.amount or Decimal(0) for gap in own), Decimal(0)) if own else None,
        ChainTotal.Measure.PROJECTS: Decimal(len({h.project_id for h in found.holders if h.project_id})),
    }
    rows = ChainTotal.objects.filter(chain=found.chain, withdrawn_at=None)
    return [TotalCheck(row, measured.get(row.measure)) for row in rows]


def grouped_roles(holders: Iterable[ChainHolder]) -> dict[str, int]:
    """How many stand on the map in each role."""
    found: dict[str, set[tuple[int | None, int | None]]] = defaultdict(set)
    for holder in holders:
        if holder.role:
            found[holder.role].add((holder.party_id, holder.project_id))
    return {role: len(who) for role, who in found.items()}


def live_nodes(chain: Chain) -> QuerySet[ChainNode]:
    return ChainNode.objects.filter(chain=chain, withdrawn_at=None)
