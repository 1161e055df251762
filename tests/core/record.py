"""What tests ask of the whole record: load a ledger, and say everything that stands in it."""

from pathlib import Path
from typing import Any

from django.utils import timezone

from luodi.core.installation import city
from luodi.evidence.models import Evidence, Support
from luodi.intake import actions
from luodi.intake.models import Batch
from luodi.organizations.models import Party
from luodi.projects.models import Alias, Amount, NetDecision, Participation, Project, StageEvent
from luodi.snapshots import queries
from luodi.snapshots.models import Snapshot, Standing

PUBLISHED = ("盘锦市招商引资项目台账.xlsx", "盘锦项目-gb18030.csv", "辽宁重点项目.xls", "published-projects.csv")
STATEMENTS = (Alias, Amount, Participation, StageEvent, Evidence)


def load(path: Path, actor: Any = None) -> Batch:
    return actions.load(actor=actor, path=path, name=path.name)


def project(name: str) -> Project:
    return Project.objects.current().get(name__startswith=name)


def everything() -> dict[str, Any]:
    """All that stands, down to the ids of its statements: equal when nothing was gained, lost or exchanged."""
    columns = [field.attname for field in Project._meta.concrete_fields if field.attname != "version"]
    stands = {"withdrawn_at": None, "project__withdrawn_at": None}
    live = {model.__name__: sorted(model.objects.filter(**stands).values_list("id", flat=True)) for model in STATEMENTS}
    support = Support.objects.filter(evidence__withdrawn_at=None, event__withdrawn_at=None)
    return live | {
        "projects": list(Project.objects.current().order_by("id").values(*columns)),
        "support": sorted(support.values_list("evidence_id", "event_id")),
        "standings": ranks(),
    }


def ranks() -> dict[int, tuple[Any, ...]]:
    columns = ("project_id", "reported", "proven", "net", "packed", "unpacked", "amount_fen", "unpacked_fen", "tier")
    stored = Standing.objects.filter(project__withdrawn_at=None).values_list(*columns)
    return {project: tuple(values) for project, *values in stored}


def figures_agree() -> bool:
    """Whether the figures from stored standings are those recomputed from every statement, whole and in each group."""
    now, again = queries.cells_now(Project.objects.current()), list(queries.cells_as_of(timezone.localdate()))
    return all(queries.figures_by(now, key) == queries.figures_by(again, key) for key in ("unit", "chain"))


def net_of(name: str) -> str:
    """Code of the stage that counts in net figures, blank for none."""
    rank = Standing.objects.get(project=project(name)).net
    return city().stages[rank].code if rank >= 0 else ""


def counted() -> dict[str, int]:
    """Rows of every table that intake may touch."""
    models = (*STATEMENTS, Project, Party, Support, Standing, Snapshot, NetDecision, Batch)
    return {model.__name__: model.objects.count() for model in models}
