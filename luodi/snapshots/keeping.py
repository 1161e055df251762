"""Keeping the stored standings true: recomputed for the projects that an action touched."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from luodi.core.installation import city
from luodi.core.rows import insert_rows
from luodi.projects.models import Participation, Project
from luodi.projects.writing import Applied
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import net_rank
from luodi.snapshots.engine.standing import Standing as Rank
from luodi.snapshots.models import Standing

CHUNK = 2000
"""Projects in one query's list of ids: SQLite bounds the number of parameters."""


def follow(applied: Sequence[Applied], now: datetime) -> None:
    """After ledger rows were written."""
    refresh(list({item.project_id for item in applied}))


def refresh(projects: Sequence[int]) -> None:
    """Recompute the standings of these projects, of their members (whose net rank hangs on them) and of their packages."""
    for start in range(0, len(projects), CHUNK):
        _refresh(projects[start : start + CHUNK])


def _refresh(projects: Sequence[int]) -> None:
    members = Project.objects.filter(package__in=projects).values_list("id", flat=True)
    ids = sorted({*projects, *members})
    packages = dict(Project.objects.filter(pk__in=ids).values_list("id", "package_id"))
    ranks = queries.standings([*ids, *{p for p in packages.values() if p}], as_of=timezone.localdate())
    amounts, out, investors = queries.exact_amounts(ids), queries.decided_out(ids), _investors(ids)
    nothing = Rank(-1, -1)
    today = timezone.localdate()
    rows = []
    for project in packages:
        own, package = ranks.get(project, nothing), packages[project]
        package_proven = ranks.get(package, nothing).proven if package else None
        net = net_rank(own.proven, decided_out=project in out, package_proven=package_proven)
        amount = amounts.get(project)
        rows.append(
            [project, own.reported, own.proven, net, amount, city().tier_of(amount), investors.get(project, ""), today]
        )
    Standing.objects.filter(pk__in=ids).delete()
    columns = ["project_id", "reported", "proven", "net", "amount_fen", "tier", "investor", "computed_on"]
    insert_rows(Standing, columns, rows)


def refresh_all() -> int:
    """Recompute every standing: a claimed period ends with the calendar, so the worker does this once a day."""
    ids = list(Project.objects.current().order_by("id").values_list("id", flat=True))
    refresh(ids)
    return len(ids)


def _investors(ids: Sequence[int]) -> dict[int, str]:
    """The first acting party of each project, investors before owners."""
    rows = Participation.objects.filter(project__in=ids, withdrawn_at=None, role__in=("investor", "owner"))
    found: dict[int, str] = {}
    for project, name in rows.order_by("role", "id").values_list("project_id", "party__name"):
        found.setdefault(project, name)
    return found
