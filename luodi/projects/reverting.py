"""Undoing a batch whole: what it brought is withdrawn, what it changed goes back, unless later rows already built on it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from luodi.intake.models import Batch, Row
from luodi.projects import packages, particulars, register
from luodi.projects.models import (
    Alias,
    Amount,
    ChangeRequest,
    DoubtfulPair,
    Lapse,
    Participation,
    Progress,
    Project,
    ProjectCode,
    ProjectPlace,
    StageEvent,
)
from luodi.projects.writing import COLUMNS, fit, save

STATEMENTS: list[Any] = [
    Alias, Participation, Amount, StageEvent, ProjectCode, ProjectPlace, Progress, DoubtfulPair,
]  # fmt: skip
"""Kinds of statement that carry their intake row; parts above add theirs."""

reverted: list[Callable[[Sequence[int]], None]] = []
"""Parts above register what they do after projects went back."""


def revert(batch_id: int, *, now: datetime) -> list[int]:
    """Withdraw and restore inside the caller's transaction. Returns ids of projects that later edits depend on; then nothing is done."""
    said = Row.objects.filter(batch=batch_id, target_id__isnull=False).exclude(changes={})
    said = said.exclude(state=Row.State.PENDING)
    rows = list(said.order_by("id"))
    own = {row.pk for row in rows}
    touched = Project.objects.select_for_update().filter(pk__in=said.values("target_id"))
    projects = {project.pk: project for project in touched}
    if blocked := _built_on(batch_id, rows, own, projects):
        return blocked
    left = {project.package_id for project in projects.values() if project.package_id}
    for row in reversed(rows):
        project = projects[row.target_id or 0]
        if row.state == Row.State.NEW:
            project.withdrawn_at = now
        else:
            _restore(project, row)
        project.version += 1
    save(projects.values())
    packages.put_back(_packages_before(rows, projects))
    # Members that other batches brought stay, and stand by themselves again.
    orphans = list(Project.objects.filter(package__withdrawn_at=now).values_list("id", flat=True))
    Project.objects.filter(pk__in=orphans).update(package=None)
    _return_statements(batch_id, rows, now)
    waiting = ChangeRequest.objects.filter(row__batch=batch_id, state=ChangeRequest.State.PENDING)
    waiting.update(state=ChangeRequest.State.WITHDRAWN, decided_at=now, decision_reason="批次已撤回")
    for follow in reverted:
        follow(list({*projects, *orphans, *left}))
    return []


def _built_on(batch_id: int, rows: Sequence[Row], own: set[int], projects: dict[int, Project]) -> list[int]:
    """Projects of which a field changed again, or that a later batch touched although this one brought them."""
    asked = ChangeRequest.objects.filter(row__batch=batch_id, state=ChangeRequest.State.APPLIED)
    found = list(asked.order_by("id").values_list("project_id", flat=True))
    brought = Row.objects.filter(batch=batch_id, state=Row.State.NEW).values("target_id")
    after = Row.objects.filter(target_id__in=brought, batch__state="committed", batch__gt=batch_id).exclude(changes={})
    after = after.exclude(state=Row.State.PENDING)
    later = set(after.values_list("target_id", flat=True))
    for row in rows:
        project = projects[row.target_id or 0]
        last = {name: project.facts.get(name, ["", None])[1] for name in row.changes}
        if project.submitted_at is not None or row.target_id in later or any(said not in own for said in last.values()):
            found.append(project.pk)
    return list(dict.fromkeys(found))


def _restore(project: Project, row: Row) -> None:
    """Put back what stood before the row, with the row that had said it."""
    for name, (before, _) in row.changes.items():
        said_by = _who_said(project.pk, name, before, row.pk) if before else None
        if before:
            project.facts[name] = [before, said_by]
        else:
            project.facts.pop(name, None)
        if name in COLUMNS:
            setattr(project, name, fit(name, before))
        elif name == "package":
            project.package = None


def _packages_before(rows: Sequence[Row], projects: dict[int, Project]) -> list[tuple[int, str, int]]:
    """Members that stand in a package again: project, words, and the row that said them."""
    moved = {row.target_id or 0 for row in rows if "package" in row.changes and row.state == Row.State.CHANGED}
    facts = {project: projects[project].facts.get("package") for project in moved}
    return [(project, fact[0], fact[1] or 0) for project, fact in facts.items() if fact]


def _who_said(project: int, name: str, text: str, before_row: int) -> int | None:
    earlier = Row.objects.filter(target_id=project, pk__lt=before_row, batch__state="committed").order_by("-id")
    earlier = earlier.exclude(state=Row.State.PENDING)
    for row in earlier:
        if row.changes.get(name, ["", ""])[1] == text:
            return row.pk
    return None


def _return_statements(batch_id: int, rows: Sequence[Row], now: datetime) -> None:
    """The batch's statements are withdrawn; those that it had replaced stand again."""
    replaced: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for name, (before, _) in row.changes.items():
            if before and row.state == Row.State.CHANGED:
                replaced[name].append(row.target_id or 0)
                if name in register.PARTY_FIELDS:
                    replaced[Participation.Role.HOLDER].append(row.target_id or 0)
    # A correction carries the very moment of its batch, which tells what this batch replaced from what others did.
    withdrawn_at = Batch.objects.values_list("committed_at", flat=True).get(pk=batch_id)
    for model in STATEMENTS:
        model.objects.filter(row__batch=batch_id, withdrawn_at=None).update(withdrawn_at=now)
    for model, column in ((StageEvent, "field"), (Amount, "kind"), (Participation, "role")):
        for name, ids in replaced.items():
            others = model.objects.filter(project__in=ids, withdrawn_at=withdrawn_at, **{column: name})
            others = others.exclude(row__batch=batch_id)
            if withdrawn_at is not None:
                _note_lapses(model, others, withdrawn_at, now)
            others.update(withdrawn_at=None)
    for name, model in particulars.REPLACED.items():
        others = model.objects.filter(project__in=replaced.get(name, ()), withdrawn_at=withdrawn_at)
        others.exclude(row__batch=batch_id).update(withdrawn_at=None)


def _note_lapses(model: Any, returning: Any, since: datetime, until: datetime) -> None:
    """They stand again, but while the batch stood they did not: who asks what was known then must be told so."""
    ids = returning.values_list("id", flat=True)
    kind = model._meta.model_name
    Lapse.objects.bulk_create(Lapse(kind=kind, statement=pk, since=since, until=until) for pk in ids)
