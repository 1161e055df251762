"""From the record to the engines' input: events with their proofs, and cells to add up.

Two clocks: `as_of` is the day by which something happened, `known_at` the moment by which the record knew it (None = now).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count as Count_
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from luodi.core.installation import city
from luodi.evidence.models import Judgement, StoredFile, Support
from luodi.projects.clocks import stood, stood_at
from luodi.projects.engine.lifecycle import PAUSED, State
from luodi.projects.models import Amount, NetDecision, Project, ProjectQuerySet, StageEvent, UndertakingPart
from luodi.snapshots.engine.counting import Counted, Node, collapse
from luodi.snapshots.engine.figures import Cell, Count, Figures, cell_of, figures
from luodi.snapshots.engine.standing import NOWHERE, Event, Proof, Standing, standing

Clock = datetime | None
"""The moment of knowing; None = now."""


def _scoped(queryset: QuerySet[Any], projects: Sequence[int] | None, path: str = "project") -> QuerySet[Any]:
    return queryset if projects is None else queryset.filter(**{f"{path}__in": projects})


def proofs(projects: Sequence[int] | None, known_at: Clock = None) -> dict[int, tuple[Proof, ...]]:
    """Evidence by the event that it supports; what is rejected, withdrawn or unchecked proves nothing."""
    return {event: tuple(proof for proof, _since in shown) for event, shown in shown_by(projects, known_at).items()}


def shown_by(projects: Sequence[int] | None, known_at: Clock = None) -> dict[int, list[tuple[Proof, datetime]]]:
    """The same, each piece with the moment since which the record has held it so: filed, checked and judged."""
    rows = _scoped(Support.objects.filter(stood_at(known_at, "evidence__")), projects, "event__project")
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    decided = _judged(projects, known_at)
    found: dict[int, list[tuple[Proof, datetime]]] = defaultdict(list)
    columns = ("kind", "grade", "taken_at", "latitude", "place", "replaces", "file__state", "file__checked_at")
    for event, evidence, since, kind, grade, taken, latitude, place, replaces, state, checked in rows.values_list(
        "event_id", "evidence_id", "recorded_at", *(f"evidence__{column}" for column in columns)
    ):
        verdict, said_at = decided.get(evidence, ("", since))
        if verdict == Judgement.Verdict.REJECTED or not _is_open(state, checked, known_at):
            continue
        verified = verdict == Judgement.Verdict.ACCEPTED
        has_place = latitude is not None or bool(place)
        proof = Proof(kind, grade, verified, taken is not None, has_place, replaces)
        found[event].append((proof, max(since, said_at, checked or since)))
    return found


def _is_open(state: str | None, checked_at: Clock, known_at: Clock) -> bool:
    """Evidence without a file, or whose file had passed its check by then."""
    if state is None:
        return True
    in_time = known_at is None or (checked_at is not None and checked_at <= known_at)
    return state == StoredFile.State.CLEAN and in_time


def verdicts(projects: Sequence[int] | None, known_at: Clock = None) -> dict[int, str]:
    """The decision that stood on each piece of evidence: the latest yes or no by then."""
    return {evidence: verdict for evidence, (verdict, _said_at) in _judged(projects, known_at).items()}


def _judged(projects: Sequence[int] | None, known_at: Clock) -> dict[int, tuple[str, datetime]]:
    said = _scoped(Judgement.objects.filter(verdict__in=Judgement.DECISIVE), projects, "evidence__project")
    if known_at is not None:
        said = said.filter(said_at__lte=known_at)
    rows = said.order_by("id").values_list("evidence_id", "verdict", "said_at")
    return {evidence: (verdict, said_at) for evidence, verdict, said_at in rows}


def standings(
    projects: Sequence[int] | None, *, as_of: date, known_at: Clock = None, amounts: dict[int, int] | None = None
) -> dict[int, Standing]:
    """Where each project stands as of the day, from the actual events that stood. None = every project."""
    proven = proofs(projects, known_at)
    amounts = exact_amounts(projects, known_at) if amounts is None else amounts
    bought = purchases(projects)
    live = stood(_scoped(StageEvent.objects.filter(kind=StageEvent.Kind.ACTUAL), projects), known_at)
    events: dict[int, list[Event]] = defaultdict(list)
    # Only a claim without any day needs the moment of its recording, and such claims are few.
    undated = live.filter(ends_on=None, known_on=None).values_list("id", "recorded_at")
    recorded = {event: local_day(recorded_at) for event, recorded_at in undated}
    days = live.annotate(day=Coalesce("ends_on", "known_on")).order_by("id")
    for event, project, stage, day in days.values_list("id", "project_id", "stage", "day"):
        events[project].append(Event(stage, day or recorded[event], proven.get(event, ())))
    return {
        project: standing(items, city=city(), as_of=as_of, amount_fen=amounts.get(project), purchase=project in bought)
        for project, items in events.items()
    }


def local_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def purchases(projects: Sequence[int] | None) -> set[int]:
    """Projects that only buy equipment: their evidence is another one."""
    tag = city().proof.purchase_tag
    return set(
        _scoped(Project.objects.filter(facts__kind__0__icontains=tag), projects, "pk").values_list("pk", flat=True)
    )


def exact_amounts(projects: Sequence[int] | None, known_at: Clock = None) -> dict[int, int]:
    """The latest statement of the total investment, where it is exact and in CNY: 分 by project."""
    latest: dict[int, tuple[int, str, str]] = {}
    rows = stood(_scoped(Amount.objects.filter(kind="total_investment"), projects), known_at)
    for project, minor, currency, bound in rows.order_by("id").values_list("project_id", "minor", "currency", "bound"):
        latest[project] = (minor, currency, bound)
    return {
        project: minor for project, (minor, currency, bound) in latest.items() if (currency, bound) == ("CNY", "exact")
    }


def decided_out(projects: Sequence[int] | None, known_at: Clock = None) -> set[int]:
    """Projects that a named person had confirmed as fake or duplicate."""
    return set(grounds(projects, known_at))


def grounds(projects: Sequence[int] | None, known_at: Clock = None) -> dict[int, str]:
    """Why each of those does not count: the latest decision that stood."""
    decisions = NetDecision.objects.filter(revoked_at=None)
    if known_at is not None:
        standing_then = Q(revoked_at=None) | Q(revoked_at__gt=known_at)
        decisions = NetDecision.objects.filter(standing_then, decided_at__lte=known_at)
    return dict(_scoped(decisions, projects).order_by("id").values_list("project_id", "ground"))


def undertakings(projects: Sequence[int] | None, known_at: Clock = None) -> dict[int, int]:
    """The undertaking that each project was taken to be a part of."""
    parts = UndertakingPart.objects.filter(undertaking__dissolved_at=None)
    if known_at is not None:
        standing_then = Q(undertaking__dissolved_at=None) | Q(undertaking__dissolved_at__gt=known_at)
        parts = UndertakingPart.objects.filter(standing_then, undertaking__decided_at__lte=known_at)
    return dict(_scoped(parts, projects).order_by("id").values_list("project_id", "undertaking_id"))


def known_projects(known_at: Clock = None) -> ProjectQuerySet:
    """Projects that stood in the register at the moment. Their names, units and packages are as they are now."""
    return Project.objects.filter(stood_at(known_at, "", began="created_at"))


def counted(projects: Sequence[int] | None, *, as_of: date, known_at: Clock = None) -> dict[int, Counted]:
    """What each project that was known counts for. Ids must be whole families: a package is counted with its members in sight."""
    return collapse(nodes(projects, as_of=as_of, known_at=known_at))


def nodes(projects: Sequence[int] | None, *, as_of: date, known_at: Clock = None) -> dict[int, Node]:
    """Each project as it stands by itself, before anything is counted."""
    amounts, out = exact_amounts(projects, known_at), decided_out(projects, known_at)
    united = undertakings(projects, known_at)
    ranks = standings(projects, as_of=as_of, known_at=known_at, amounts=amounts)
    nothing = Standing(NOWHERE, NOWHERE)
    rows = _scoped(known_projects(known_at), projects, "pk")
    found = {}
    for project, package, stated in rows.values_list("id", "package_id", "stated_members"):
        own, out_of_net = ranks.get(project, nothing), project in out
        ranked = (own.reported, own.proven, out_of_net, amounts.get(project), stated, str(own.state))
        found[project] = Node(package, *ranked, united.get(project))
    return found


def cells_as_of(as_of: date, known_at: Clock = None) -> Iterator[Cell]:
    """One cell a project, computed from the statements: the slow, independent way that a snapshot takes."""
    found = counted(None, as_of=as_of, known_at=known_at)
    for project, unit, chain, nature in known_projects(known_at).values_list("id", "unit", "chain", "nature"):
        yield cell_of(found[project], unit=unit, chain=chain, nature=nature)


_GROUPED = ("standing__reported", "standing__proven", "standing__net", "standing__state", "unit", "chain", "nature")
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
            state=row["standing__state"] or State.ACTIVE,
            added=(row["added"] or 0, row["added_unpacked"] or 0),
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
    "added": Sum("standing__added_fen", filter=_PACKED),
    "added_unpacked": Sum("standing__added_unpacked_fen"),
    "parts": Sum("standing__amount_fen", filter=_PACKED & Q(standing__part_of__isnull=False)),
    "parts_unpacked": Sum("standing__unpacked_fen", filter=Q(standing__part_of__isnull=False)),
}
"""Both counts of any set of projects, as the database adds them up; `fen` is null when nothing states an exact amount.

`added`: what net counts with those that stand for an undertaking; `parts`: what is stated by those that net counts with another."""


def _rank(value: int | None) -> int:
    return -1 if value is None else value


def figures_as_of(as_of: date, known_at: Clock = None) -> Figures:
    """The three figures of the whole record as of a day, as they were known at a moment."""
    return figures(cells_as_of(as_of, known_at), city=city())


def figures_by(cells: Iterable[Cell], key: str) -> dict[str, Figures]:
    """The same figures for each value of a cell's `unit` or `chain`."""
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[getattr(cell, key)].append(cell)
    return {value: figures(group, city=city()) for value, group in groups.items()}


def overdue_reviews(projects: QuerySet[Project], today: date) -> list[StageEvent]:
    """Pauses of these projects that should have been looked at again by now, the longest overdue first."""
    still = projects.filter(standing__state=State.PAUSED)
    pauses = StageEvent.objects.filter(stage=PAUSED, withdrawn_at=None, kind=StageEvent.Kind.ACTUAL, project__in=still)
    latest: dict[int, StageEvent] = {}
    for event in pauses.select_related("project").order_by("ends_on", "id"):
        latest[event.project_id] = event
    # A ledger's pause has no day of review: it was due from the start.
    overdue = [event for event in latest.values() if event.review_on is None or event.review_on < today]
    return sorted(overdue, key=lambda event: event.review_on or event.ends_on or event.known_on or today)
