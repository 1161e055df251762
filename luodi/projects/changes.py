"""Changing a submitted project: what is asked is kept as it was understood, and applied by the same writing as a ledger's row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from luodi.accounts.models import User
from luodi.core.rows import as_json, insert_rows
from luodi.intake.engine.amounts import Amount, Bound
from luodi.intake.engine.dates import Claim, Period
from luodi.intake.engine.facts import AMOUNT_FIELDS, is_stage_field, plain
from luodi.intake.engine.problems import WARNING, Problem
from luodi.intake.engine.understanding import UnderstoodRow
from luodi.intake.models import Row
from luodi.intake.target import Resolved
from luodi.projects import packages, writing
from luodi.projects.models import ChangeRequest, Progress, Project, StageEvent

Pairs = Sequence[tuple[Resolved, int]]
_COLUMNS = (
    "project_id",
    "row_id",
    "changes",
    "values",
    "reason",
    "requested_by_id",
    "requested_at",
    "state",
    "decision_reason",
)


def as_values(row: UnderstoodRow, fields: Iterable[str]) -> dict[str, Any]:
    """What a row says in these fields, as JSON from which `understood` gives the same back."""
    said = {name: row.values[name] for name in fields if name in row.values}
    texts = {name: row.texts[name] for name in (*fields, "amount_text") if name in row.texts}
    return {"values": plain(said), "texts": texts, "stated_on": str(row.stated_on) if row.stated_on else None}


def understood(kept: Mapping[str, Any]) -> UnderstoodRow:
    """The row that `as_values` kept."""
    values = {name: _value(name, value) for name, value in kept["values"].items()}
    stated_on = date.fromisoformat(kept["stated_on"]) if kept["stated_on"] else None
    return UnderstoodRow("", 0, {}, values=values, texts=dict(kept["texts"]), stated_on=stated_on)


def _value(name: str, value: Any) -> Any:
    if name in AMOUNT_FIELDS:
        return Amount(value["minor"], value["currency"], Bound(value["bound"]))
    if is_stage_field(name):
        return tuple(_claim(claim) for claim in value)
    return value


def _claim(data: Mapping[str, Any]) -> Claim:
    period = None
    if data["start"]:
        days = {name: date.fromisoformat(data[name]) for name in ("start", "end")}
        period = Period(**days, precision=data["precision"])
    return Claim(data["kind"], period, data["stage"], data["basis"], "")


def from_ledger(pairs: Pairs, *, actor: User | None, now: datetime) -> None:
    """Lines that would change submitted projects become requests; a line that repeats a waiting one asks nothing new."""
    waiting = ChangeRequest.objects.filter(
        project__in=[item.target_id for item, _ in pairs], state=ChangeRequest.State.PENDING
    )
    asked = {(project, as_json(changes)) for project, changes in waiting.values_list("project_id", "changes")}
    rows = []
    for item, row_id in pairs:
        changes = as_json(_lists(item.changes))
        if (item.target_id, changes) in asked:
            continue
        reason = f"台账 {item.row.sheet} 第 {item.row.number} 行"
        kept = as_json(as_values(item.row, item.changes))
        asker = actor.pk if actor else None
        rows.append([item.target_id, row_id, changes, kept, reason, asker, now, str(ChangeRequest.State.PENDING), ""])
    insert_rows(ChangeRequest, _COLUMNS, rows)


def _lists(changes: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    return {name: list(pair) for name, pair in changes.items()}


def told(row: UnderstoodRow) -> Problem:
    """What the ledger's line says of itself."""
    message = "项目已报送，本行的改动转为变更申请，待项目办审核"
    return Problem(WARNING, "locked", message, "在“变更申请”里查看审核结果", row.columns.get("name", ""), "", "")


def outdated(request: ChangeRequest, project: Project) -> list[str]:
    """Fields that have become something else since the request was made: it must not undo what came in between."""
    held = {name: project.facts.get(name, ["", None])[0] for name in request.changes}
    return [name for name, (before, _) in request.changes.items() if held[name] != before]


def apply(request: ChangeRequest, *, now: datetime) -> None:
    """Write the change as a ledger's row would, inside the caller's transaction."""
    changes = {name: (before, after) for name, (before, after) in request.changes.items()}
    write(
        request.project_id,
        understood(request.values),
        changes,
        row_id=request.row_id,
        now=now,
        by=request.requested_by,
    )


def write(
    project: int,
    row: UnderstoodRow,
    changes: dict[str, tuple[str, str]],
    *,
    row_id: int | None,
    now: datetime,
    by: User | None,
) -> None:
    """Append the statements of these changes and withdraw what they replace. What no ledger says, a person does."""
    item = Resolved(row, Row.State.CHANGED, project, changes=changes)
    writing.write([replace(item)], [row_id], now=now)
    if row_id is None:
        for model in (StageEvent, Progress):
            model.objects.filter(project=project, row=None, recorded_at=now, filed_by=None).update(filed_by=by)
    if "package" in changes:
        packages.move(project, changes["package"][1], row_id)
