"""From the record to the engines' input: events with their proofs, and cells to add up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count as Count_
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from luodi.core.installation import city
from luodi.evidence.models import Evidence, Support
from luodi.projects.models import Amount, NetDecision, Project, StageEvent
from luodi.snapshots.engine.counting import Counted, Node, collapse
from luodi.snapshots.engine.figures import Cell, Count, Figures, cell_of, figures
from luodi.snapshots.engine.standing import Event, Proof, Standing, standing


def _scoped(queryset: QuerySet[Any], projects: Sequence[int] | None, path: str = "project") -> QuerySet[Any]:
    return queryset if projects is None else queryset.filter(**{f"{path}__in": projects})


def proofs(projects: Sequence[int] | None) -> dict[int, tuple[Proof, ...]]:
    """Evidence by the event that it supports; a rejected or withdrawn document proves nothing."""
    rows = _scoped(Support.objects.filter(evidence__withdrawn_at=None), projects, "event__project")
    rows = rows.exclude(evidence__verdict=Evidence.Verdict.REJECTED)
    found: dict[int, list[Proof]] = defaultdict(list)
    for event, kind, grade, verdict in rows.values_list(
        "event_id", "evidence__kind", "evidence__grade", "evidence__verdict"
    ):
        found[event].append(Proof(kind, grade, verdict == Evidence.Verdict.ACCEPTED))
    return {event: tuple(items) for event, items in found.items()}


def standings(projects: Sequence[int] | None, *, as_of: date) -> dict[int, Standing]:
    """Where each project stands as of the day, from its live actual events. None = every project."""
    proven = proofs(projects)
    live = _scoped(StageEvent.objects.filter(withdrawn_at=None, kind=StageEvent.Kind.ACTUAL), projects)
    events: dict[int, list[Event]] = defaultdict(list)
    # Only a claim without any day needs the moment of its recording, and such claims are few.
    undated = live.filter(ends_on=None, known_on=None).values_list("id", "recorded_at")
    recorded = {event: local_day(recorded_at) for event, recorded_at in undated}
    days = live.annotate(day=Coalesce("ends_on", "known_on")).values_list("id", "project_id", "stage", "day")
    for event, project, stage, day in days:
        events[project].append(Event(stage, day or recorded[event], proven.get(event, ())))
    return {project: standing(items, city=city(), as_of=as_of) for project, items in events.items()}


def local_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def exact_amounts(projects: Sequence[int] | None) -> dict[int, int]:
    """The latest statement of the total investment, where it is exact and in CNY: 分 by project."""
    latest: dict[int, tuple[int, str, str]] = {}
    rows = _scoped(Amount.objects.filter(withdrawn_at=None, kind="total_investment"), projects)
    for project, minor, currency, bound in rows.order_by("id").values_list("project_id", "minor", "currency", "bound"):
        latest[project] = (minor, currency, bound)
    return {
        project: minor for project, (minor, currency, bound) in latest.items() if (currency, bound) == ("CNY", "exact")
    }


def decided_out(projects: Sequence[int] | None) -> set[int]:
    """Projects that a named person has confirmed as fake or duplicate."""
    return set(_scoped(NetDecision.objects.filter(revoked_at=None), projects).values_list("project_id", flat=True))


def counted(projects: Sequence[int] | None, *, as_of: date) -> dict[int, Counted]:
    """What each current project counts for. Ids must be whole families: a package is counted with its members in sight."""
    ranks, amounts, out = standings(projects, as_of=as_of), exact_amounts(projects), decided_out(projects)
    nothing = Standing(-1, -1)
    rows = Project.objects.current() if projects is None else Project.objects.current().filter(pk__in=projects)
    nodes = {}
    for project, package, stated in rows.values_list("id", "package_id", "stated_members"):
        own = ranks.get(project, nothing)
        nodes[project] = Node(package, own.reported, own.proven, project in out, amounts.get(project), stated)
    return collapse(nodes)


def cells_as_of(as_of: date) -> Iterator[Cell]:
    """One cell a project, computed from the statements: the slow, independent way that a snapshot takes."""
    found = counted(None, as_of=as_of)
    for project, unit, chain, nature in Project.objects.current().values_list("id", "unit", "chain", "nature"):
        yield cell_of(found[project], unit=unit, chain=chain, nature=nature)


_GROUPED = ("standing__reported", "standing__proven", "standing__net", "unit", "chain", "nature")
_PACKED = Q(standing__packed=1)


def cells_now(projects: QuerySet[Project]) -> list[Cell]:
    """Groups of projects alike in everything counted, added up by the database from stored standings."""
    rows = projects.order_by().values(*_GROUPED).annotate(**SUMS)
    return [
        Cell(
            reported=_rank(row["standing__reported"]),
            proven=_rank(row["standing__proven"]),
            net=_rank(row["standing__net"]),
            packaged=Count(row["packed"] or 0, row["fen"] or 0, row["without"]),
            unpacked=Count(row["unpacked"] or 0, row["unpacked_fen"] or 0, row["unpacked_without"] or 0),
            unit=row["unit"],
            chain=row["chain"],
            nature=row["nature"],
        )
        for row in rows
    ]


SUMS: dict[str, Any] = {
    "packed": Sum("standing__packed"),
    "fen": Sum("standing__amount_fen", filter=_PACKED),
    "without": Count_("id", filter=_PACKED & Q(standing__amount_fen=None)),
    "unpacked": Sum("standing__unpacked"),
    "unpacked_fen": Sum("standing__unpacked_fen"),
    "unpacked_without": Sum("standing__unpacked", filter=Q(standing__unpacked_fen=None)),
}
"""Both counts of any set of projects, as the database adds them up; `fen` is null when nothing states an exact amount."""


def _rank(value: int | None) -> int:
    return -1 if value is None else value


def figures_as_of(as_of: date) -> Figures:
    """The three figures of the whole record as of a day."""
    return figures(cells_as_of(as_of), city=city())


def figures_by(cells: Iterable[Cell], key: str) -> dict[str, Figures]:
    """The same figures for each value of a cell's `unit` or `chain`."""
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[getattr(cell, key)].append(cell)
    return {value: figures(group, city=city()) for value, group in groups.items()}
