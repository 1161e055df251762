"""From the record to the engines: what each project holds, what stood still, and every stay in a pool."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.evidence.models import Evidence, Judgement, StoredFile
from luodi.projects.engine.lifecycle import State
from luodi.projects.models import Project, StageEvent
from luodi.reserve.engine import packaging
from luodi.reserve.engine.packaging import Holding, Line
from luodi.reserve.engine.pools import Ending, Happened, Stay, stays
from luodi.reserve.models import KeyDecision, Readiness, Tick
from luodi.reserve.settings import KEY, Pool, reserve_settings
from luodi.snapshots.clock import Head, head
from luodi.snapshots.queries import verdicts

RIGHTS = ("total_investment", "stage", "package", "chain", "evidence")
"""Fields that the board tells of."""
HELD = ("id", "nature", "industry_code", "facts")


def holdings(rows: Sequence[Mapping[str, Any]]) -> dict[int, Holding]:
    """What each of these projects has; `rows` carry the columns of `HELD`. Two queries for all of them."""
    ids = [row["id"] for row in rows]
    verified, filed = _papers(ids)
    ticks: dict[int, dict[str, str]] = defaultdict(dict)
    said = Tick.objects.filter(project__in=ids, withdrawn_at=None)
    for project, item, verdict in said.values_list("project_id", "item", "verdict"):
        ticks[project][item] = verdict
    return {
        row["id"]: Holding(
            verified=frozenset(verified[row["id"]]),
            filed=frozenset(filed[row["id"]]),
            facts=frozenset(name for name, held in row["facts"].items() if held and held[0]),
            ticks=ticks[row["id"]],
            fixed_assets=_is_fixed(row["nature"]),
            industry=row["industry_code"],
        )
        for row in rows
    }


def _is_fixed(nature: str) -> bool:
    """What nobody stated counts as fixed assets, as everywhere."""
    found = city().register.nature.get(nature)
    return found is None or found.fixed_assets


def _papers(ids: Sequence[int]) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """Kinds of evidence by project: verified ones, and all that were filed and not rejected; a file that nobody may open is none."""
    verified, filed = defaultdict[int, set[str]](set), defaultdict[int, set[str]](set)
    decided = verdicts(ids)
    papers = Evidence.objects.filter(
        Q(file=None) | Q(file__state=StoredFile.State.CLEAN), project__in=ids, withdrawn_at=None
    )
    for evidence, project, kind in papers.values_list("id", "project_id", "kind"):
        if decided.get(evidence) != Judgement.Verdict.REJECTED:
            filed[project].add(kind)
        if decided.get(evidence) == Judgement.Verdict.ACCEPTED:
            verified[project].add(kind)
    return verified, filed


def lines(rows: Sequence[Mapping[str, Any]]) -> dict[int, list[Line]]:
    """The packaging list of each project."""
    items = reserve_settings().items
    return {project: packaging.checklist(items, holding) for project, holding in holdings(rows).items()}


def moving_since(day: date) -> Q:
    """Whether anything happened to a project after the day: a step, a paper that a person filed, a word on packaging."""
    start = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    own: dict[str, Any] = {"project": OuterRef("pk"), "withdrawn_at": None}
    steps = StageEvent.objects.filter(**own, kind=StageEvent.Kind.ACTUAL).filter(
        Q(ends_on__gt=day) | Q(ends_on=None, known_on__gt=day) | Q(ends_on=None, known_on=None, recorded_at__gte=start)
    )
    papers = Evidence.objects.filter(**own, filed_by__isnull=False, recorded_at__gte=start)
    said = [model.objects.filter(**own, recorded_at__gte=start) for model in (Tick, Readiness)]
    return Q(Exists(steps)) | Q(Exists(papers)) | Q(Exists(said[0])) | Q(Exists(said[1]))


def stale_before(today: date) -> date:
    """Who has not moved since this day is stale."""
    return today - timedelta(days=reserve_settings().stale_days)


def key_projects(at: datetime | None = None) -> QuerySet[KeyDecision]:
    """Decisions that stand, or stood at a moment."""
    if at is None:
        return KeyDecision.objects.filter(ended_at=None)
    return KeyDecision.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), decided_at__lte=at)


def inside(projects: QuerySet[Project], pool: Pool) -> QuerySet[Project]:
    """Packed projects that are in a pool today."""
    held = projects.filter(standing__packed=1).exclude(standing__state=State.EXITED)
    if pool.code == KEY:
        return held.filter(pk__in=key_projects().values("project"))
    return held.filter(standing__reported__in=pool.ranks)


def histories(as_of: date) -> Mapping[int, list[Stay]]:
    """Every stay of every packed project until the day."""
    return _histories(as_of, head())


@lru_cache(maxsize=4)
def _histories(as_of: date, _head: Head) -> Mapping[int, list[Stay]]:
    events = _events()
    order = {stage.code: stage.order for stage in city().stages}
    pool_of = reserve_settings().pool_of
    return {project: stays(own, order=order, pool_of=pool_of, as_of=as_of) for project, own in events.items()}


def _events() -> dict[int, list[Happened]]:
    """Actual events by packed project; a package that says nothing itself is spoken for by its members."""
    packages = dict(Project.objects.current().values_list("id", "package_id"))
    own: dict[int, list[Happened]] = defaultdict(list)
    live = StageEvent.objects.filter(withdrawn_at=None, kind=StageEvent.Kind.ACTUAL, project__withdrawn_at=None)
    columns = ("project_id", "stage", "ends_on", "known_on", "recorded_at")
    for project, stage, ends_on, known_on, recorded_at in live.order_by("id").values_list(*columns):
        day = ends_on or known_on or timezone.localtime(recorded_at).date()
        own[project].append(Happened(stage, day, dated=ends_on is not None))
    steps = {project for project, events in own.items() if any(event.stage in city().stage for event in events)}
    for member in sorted(packages):
        package = packages[member]
        if package is not None and package in packages and package not in steps:
            own[package] += [event for event in own.get(member, ()) if event.stage in city().stage]
    return {
        project: own[project] for project, package in packages.items() if package not in packages and project in own
    }


def key_stays(visible: set[int], as_of: date) -> list[Stay]:
    """The key pool's stays, from its decisions."""
    found = []
    for project, start, end in KeyDecision.objects.values_list("project_id", "decided_at", "ended_at"):
        entered = timezone.localtime(start).date()
        left = timezone.localtime(end).date() if end else None
        if project not in visible or entered > as_of:
            continue
        if left is None or left > as_of:
            found.append(Stay(KEY, entered, Ending.INSIDE, days=(as_of - entered).days))
        else:
            found.append(Stay(KEY, entered, Ending.OUT, left, days=(left - entered).days))
    return found


def all_stays(user: User | None, as_of: date) -> list[Stay]:
    """Stays of all that a person reaches, in all three pools."""
    visible = set(Project.objects.current().visible_to(user).values_list("id", flat=True))
    based = [stay for project, own in histories(as_of).items() if project in visible for stay in own]
    return based + key_stays(visible, as_of)
