"""The tables of a snapshot: plain columns with plain names, readable by any tool that reads Parquet."""

from datetime import date
from typing import Any

from luodi.core.installation import city
from luodi.evidence.models import Evidence
from luodi.projects.models import Amount, Project, StageEvent
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import Cell, net_rank
from luodi.snapshots.engine.standing import NOWHERE, Standing


def build(as_of: date) -> dict[str, Any]:
    """Polars frames by table name: projects with their standing, and the live events, amounts and evidence behind it."""
    import polars as pl

    events = StageEvent.objects.filter(withdrawn_at=None, project__withdrawn_at=None).order_by("id")
    amounts = Amount.objects.filter(withdrawn_at=None, project__withdrawn_at=None).order_by("id")
    evidence = Evidence.objects.filter(withdrawn_at=None, project__withdrawn_at=None).order_by("id")
    return {
        "projects": pl.DataFrame(_projects(as_of), schema=PROJECTS, orient="row"),
        "events": _frame(events, EVENTS),
        "amounts": _frame(amounts, AMOUNTS),
        "evidence": _frame(evidence, EVIDENCE),
    }


PROJECTS = {
    "id": int, "name": str, "unit": str, "division": str, "chain": str, "package": int,
    "reported": str, "proven": str, "net": str, "amount_fen": int, "tier": str,
}  # fmt: skip
EVENTS = {
    "id": int, "project_id": int, "stage": str, "kind": str, "starts_on": date, "ends_on": date, "precision": str,
    "basis": str,
}  # fmt: skip
AMOUNTS = {"id": int, "project_id": int, "kind": str, "minor": int, "currency": str, "bound": str, "text": str}
EVIDENCE = {"id": int, "project_id": int, "kind": str, "source": str, "sha256": str, "grade": str, "verdict": str}


def _frame(queryset: Any, schema: dict[str, type]) -> Any:
    import polars as pl

    return pl.DataFrame(list(queryset.values_list(*schema)), schema=schema, orient="row")


def _projects(as_of: date) -> list[tuple[Any, ...]]:
    ranks, amounts, out = queries.standings(None, as_of=as_of), queries.exact_amounts(None), queries.decided_out(None)
    nothing = Standing(NOWHERE, NOWHERE)
    rows = []
    columns = ("id", "name", "unit", "division", "chain", "package_id")
    for project in Project.objects.current().order_by("id").values_list(*columns):
        own, package = ranks.get(project[0], nothing), project[5]
        behind = ranks.get(package, nothing).proven if package else None
        net = net_rank(own.proven, decided_out=project[0] in out, package_proven=behind)
        amount = amounts.get(project[0])
        rows.append((*project, _code(own.reported), _code(own.proven), _code(net), amount, city().tier_of(amount)))
    return rows


def cells(projects: Any) -> list[Cell]:
    """The table of projects as the figures engine takes it, so that a manifest's figures are those of its table."""
    rank = {stage.code: stage.order for stage in city().stages} | {"": NOWHERE}
    columns = projects.select("reported", "proven", "net", "amount_fen", "unit", "chain").iter_rows()
    return [
        Cell(rank[reported], rank[proven], rank[net], 1, fen or 0, int(fen is None), unit, chain)
        for reported, proven, net, fen, unit, chain in columns
    ]


def _code(rank: int) -> str:
    return city().stages[rank].code if rank >= 0 else ""
