"""The tables of a snapshot: plain columns with plain names, readable by any tool that reads Parquet."""

from datetime import date
from typing import Any

from luodi.core.installation import city
from luodi.evidence.models import Evidence
from luodi.projects.clocks import stood, stood_at
from luodi.projects.models import Amount, StageEvent
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import Cell, Count
from luodi.snapshots.engine.standing import NOWHERE


def build(as_of: date, known_at: queries.Clock = None) -> dict[str, Any]:
    """Polars frames by table name: projects with their standing, and the events, amounts and evidence that stood behind it."""
    import polars as pl

    known = stood_at(known_at, "project__", began="created_at")
    events, amounts, evidence = (
        stood(model.objects.filter(known), known_at).order_by("id") for model in (StageEvent, Amount, Evidence)
    )
    return {
        "projects": pl.DataFrame(_projects(as_of, known_at), schema=PROJECTS, orient="row"),
        "events": _frame(events, EVENTS),
        "amounts": _frame(amounts, AMOUNTS),
        "evidence": _evidence(evidence, queries.verdicts(None, known_at)),
    }


PROJECTS = {
    "id": int, "name": str, "unit": str, "division": str, "chain": str, "nature": str, "package": int, "reported": str,
    "proven": str, "net": str, "amount_fen": int, "tier": str, "packed": int, "unpacked": int, "unpacked_fen": int,
    "state": str, "added_fen": int, "added_unpacked_fen": int,
}  # fmt: skip
EVENTS = {
    "id": int, "project_id": int, "stage": str, "kind": str, "starts_on": date, "ends_on": date, "precision": str,
    "basis": str,
}  # fmt: skip
AMOUNTS = {"id": int, "project_id": int, "kind": str, "minor": int, "currency": str, "bound": str, "text": str}
EVIDENCE = {"id": int, "project_id": int, "kind": str, "source": str, "sha256": str, "grade": str}


def _frame(queryset: Any, schema: dict[str, type]) -> Any:
    import polars as pl

    return pl.DataFrame(list(queryset.values_list(*schema)), schema=schema, orient="row")


def _evidence(evidence: Any, verdicts: dict[int, str]) -> Any:
    import polars as pl

    rows = [(*row, verdicts.get(row[0], "")) for row in evidence.values_list(*EVIDENCE)]
    return pl.DataFrame(rows, schema=EVIDENCE | {"verdict": str}, orient="row")


def _projects(as_of: date, known_at: queries.Clock) -> list[tuple[Any, ...]]:
    found = queries.counted(None, as_of=as_of, known_at=known_at)
    rows = []
    columns = ("id", "name", "unit", "division", "chain", "nature", "package_id")
    for project in queries.known_projects(known_at).order_by("id").values_list(*columns):
        one = found[project[0]]
        ranks = (_code(one.reported), _code(one.proven), _code(one.net))
        tier = city().tier_of(one.amount_fen)
        added = (one.added_fen if one.packed else 0, one.added_unpacked_fen)
        counts = (one.packed, one.unpacked, one.unpacked_fen)
        rows.append((*project, *ranks, one.amount_fen, tier, *counts, str(one.state), *added))
    return rows


def cells(projects: Any) -> list[Cell]:
    """The table of projects as the figures engine takes it, so that a manifest's figures are those of its table."""
    rank = {stage.code: stage.order for stage in city().stages} | {"": NOWHERE}
    return [
        Cell(
            reported=rank[row["reported"]],
            proven=rank[row["proven"]],
            net=rank[row["net"]],
            packaged=_count(row["packed"], row["amount_fen"]),
            unpacked=_count(row["unpacked"], row["unpacked_fen"]),
            unit=row["unit"],
            chain=row["chain"],
            nature=row["nature"],
            state=row["state"],
            added=(row["added_fen"], row["added_unpacked_fen"]),
        )
        for row in projects.iter_rows(named=True)
    ]


def _count(projects: int, fen: int | None) -> Count:
    return Count(projects, fen or 0 if projects else 0, projects if fen is None else 0)


def _code(rank: int) -> str:
    return city().stages[rank].code if rank >= 0 else ""
