"""From the record to the engines' input: events with their proofs, and cells to add up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from luodi.core.installation import city
from luodi.evidence.models import Evidence, Support
from luodi.projects.models import Amount, NetDecision, Project, StageEvent
from luodi.snapshots.engine.figures import Cell, Figures, figures, net_rank
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


def cells_as_of(as_of: date) -> Iterator[Cell]:
    """One cell a project, computed from the statements: the slow, independent way that a snapshot takes."""
    ranks, amounts, out = standings(None, as_of=as_of), exact_amounts(None), decided_out(None)
    nothing = Standing(-1, -1)
    for project, package, unit, chain in Project.objects.current().values_list("id", "package_id", "unit", "chain"):
        own = ranks.get(project, nothing)
        package_proven = ranks.get(package, nothing).proven if package else None
        net = net_rank(own.proven, decided_out=project in out, package_proven=package_proven)
        amount = amounts.get(project)
        yield Cell(own.reported, own.proven, net, 1, amount or 0, int(amount is None), unit, chain)


def cells_now(projects: QuerySet[Project]) -> list[Cell]:
    """Groups of projects alike in everything counted, added up by the database from stored standings."""
    rows = (
        projects.order_by()
        .values("standing__reported", "standing__proven", "standing__net", "unit", "chain")
        .annotate(
            projects=Count("id"),
            fen=Sum("standing__amount_fen"),
            without=Count("id", filter=Q(standing__amount_fen=None)),
        )
    )
    return [
        Cell(
            reported=_rank(row["standing__reported"]),
            proven=_rank(row["standing__proven"]),
            net=_rank(row["standing__net"]),
            projects=row["projects"],
            amount_fen=row["fen"] or 0,
            without_amount=row["without"],
            unit=row["unit"],
            chain=row["chain"],
        )
        for row in rows
    ]


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
