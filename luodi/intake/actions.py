"""Every write of intake: receive a file, check, commit, revert, remember a mapping."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may, unit_scope
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.core.files import keep
from luodi.core.rows import as_json, insert_rows, reserve_ids, write_alone
from luodi.intake import checking
from luodi.intake.engine.guards import Refusal
from luodi.intake.models import Batch, LedgerFile, RememberedMapping, Row
from luodi.intake.target import Resolved, target

Progress = Callable[[int, int, str], None]
ROW_COLUMNS = ["id", "batch_id", "sheet", "number", "cells", "state", "problems", "changes", "label", "target_id"]


def _permit(actor: User | None, permission: str, batch: Batch | None = None) -> None:
    """The console of the server may do what its operating system lets it start; people need the permission and the scope."""
    if actor is None:
        return
    if not may(actor, permission) or (batch is not None and not scope_of(actor).covers(batch.unit)):
        raise PermissionDenied


def receive(*, actor: User | None, path: Path, name: str) -> Batch:
    """Take a file in and open a batch for it. Nothing is read yet."""
    _permit(actor, "intake.batch.write")
    sha256, size = keep(path)
    with transaction.atomic():
        return _open_batch(actor, sha256, size, name)


def _short(name: str) -> str:
    """A text table's sheet is called after its file, and rows keep 100 characters of that; the ending tells the kind of file."""
    return Path(name).stem[:100] + Path(name).suffix[:20]


def _open_batch(actor: User | None, sha256: str, size: int, name: str) -> Batch:
    file, _made = LedgerFile.objects.get_or_create(
        sha256=sha256, defaults={"name": name[:255], "size": size, "received_from": actor}
    )
    batch = Batch.objects.create(file=file, name=_short(name), unit=unit_scope(actor) or "", created_by=actor)
    record(actor, "intake.batch.received", batch, sha256=sha256, size=size)
    return batch


@transaction.atomic
def correct_mapping(*, actor: User, batch: Batch, mapping: Mapping[str, Mapping[str, str]]) -> Batch:
    """A person's word on which column is which: {sheet: {column letter: field or blank}}."""
    _permit(actor, "intake.batch.write", batch)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state not in {Batch.State.UPLOADED, Batch.State.CHECKED}:
        raise ValidationError(_("这个批次已经处理，不能再改列的对应关系。"))
    batch.mapping = {sheet: dict(columns) for sheet, columns in mapping.items()}
    batch.save(update_fields=["mapping"])
    record(actor, "intake.mapping.corrected", batch, mapping=batch.mapping)
    return batch


def check(*, actor: User | None, batch: Batch, progress: Progress | None = None) -> Batch:
    """Read the file against the record and store what would happen. The record itself is not touched."""
    _permit(actor, "intake.batch.write", batch)
    try:
        run = _run(actor, batch.file.path, batch, writing=False)
    except Refusal as refused:
        return _refuse(actor, batch, refused)
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state not in {Batch.State.UPLOADED, Batch.State.CHECKED}:
            raise ValidationError(_("这个批次已经处理。"))
        # Stopped half-way, it has not been checked at all.
        batch.state, batch.sheets, batch.counts = Batch.State.UPLOADED, [], {}
        batch.save(update_fields=["state", "sheets", "counts"])
        batch.rows.discard()
    # Rows are only a preview here, so they are written in pieces and another check simply starts again.
    for chunk in run.chunks(progress):
        with transaction.atomic():
            _store(batch, chunk, sealed=False)
    with transaction.atomic():
        batch.state, batch.counts, batch.sheets = Batch.State.CHECKED, run.counts, run.sheets
        batch.save(update_fields=["state", "counts", "sheets"])
        record(actor, "intake.batch.checked", batch, counts=run.counts)
    return batch


def commit(*, actor: User | None, batch: Batch, progress: Progress | None = None) -> Batch:
    """Write the good rows in one transaction; the rest stays with the batch to be returned."""
    _permit(actor, "intake.batch.write", batch)
    try:
        run = _run(actor, batch.file.path, batch, writing=True)
    except Refusal as refused:
        return _refuse(actor, batch, refused)
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state not in {Batch.State.UPLOADED, Batch.State.CHECKED}:
            raise ValidationError(_("这个批次已经入库，不能重复入库。"))
        batch.rows.discard()
        _write(actor, batch, run, progress)
    return batch


def load(*, actor: User | None, path: Path, name: str, progress: Progress | None = None) -> Batch:
    """Receive and commit in one transaction, for commands: killed at any moment, it leaves the whole batch or nothing. Raises `Refusal`."""
    _permit(actor, "intake.batch.write")
    sha256, size = keep(path)
    batch = Batch(name=_short(name), unit=unit_scope(actor) or "")
    run = _run(actor, path, batch, writing=True)
    with transaction.atomic():
        batch = _open_batch(actor, sha256, size, name)
        _write(actor, batch, run, progress)
    return batch


def _run(actor: User | None, path: Path, batch: Batch, *, writing: bool) -> checking.Run:
    return checking.Run(
        path, name=batch.name, actor=actor, unit=batch.unit or None, corrections=batch.mapping, writing=writing
    )


def _write(actor: User | None, batch: Batch, run: checking.Run, progress: Progress | None) -> None:
    """The one place where ledger rows reach the record; inside the caller's transaction."""
    write_alone()
    now = timezone.now()
    run.open_session()
    for chunk in run.chunks(progress):
        run.session.apply(chunk, _store(batch, chunk, sealed=True), now=now)
    _warn_late(batch, run)
    batch.state, batch.committed_at = Batch.State.COMMITTED, now
    batch.counts, batch.sheets = run.counts, run.sheets
    batch.save(update_fields=["state", "committed_at", "counts", "sheets"])
    _remember(actor, batch, run)
    record(actor, "intake.batch.committed", batch, counts=run.counts, sha256=batch.file.sha256)


def _store(batch: Batch, chunk: Sequence[Resolved], *, sealed: bool) -> Sequence[int]:
    """Keep every row verbatim, with what became of it; returns the ids of the stored rows. A check's rows are not sealed."""
    ids = reserve_ids(Row, len(chunk))
    rows = [
        [
            row_id,
            batch.pk,
            item.row.sheet,
            item.row.number,
            as_json(item.row.cells),
            str(item.state),
            as_json([problem.as_dict() for problem in item.problems]),
            as_json(item.changes),
            item.label[:300],
            item.target_id if item.target_id and item.target_id > 0 else None,
        ]
        for row_id, item in zip(ids, chunk, strict=True)
    ]
    insert_rows(Row, ROW_COLUMNS, rows, sealed=sealed)
    return ids


def _warn_late(batch: Batch, run: checking.Run) -> None:
    """Warnings that only the whole file could show."""
    for row, problem in run.session.finish():
        stored = batch.rows.get(sheet=row.sheet, number=row.number)
        stored.problems.append(problem.as_dict())
        stored.save(update_fields=["problems"])
        run.counts["warnings"] += 1


@transaction.atomic
def _refuse(actor: User | None, batch: Batch, refused: Refusal) -> Batch:
    """The file cannot be read at all: say so with the batch and stop."""
    batch.state = Batch.State.REFUSED
    batch.refusal = {"code": refused.code, "message": refused.message, "advice": refused.advice}
    batch.save(update_fields=["state", "refusal"])
    record(actor, "intake.batch.refused", batch, **batch.refusal)
    return batch


def _remember(actor: User | None, batch: Batch, run: checking.Run) -> None:
    """Keep a mapping that a person corrected: the next ledger with these headings needs no second look."""
    if not batch.mapping:
        return
    for key, fields in run.heading_fields().items():
        RememberedMapping.objects.update_or_create(
            heading_key=key, defaults={"fields": fields, "confirmed_by": actor, "confirmed_at": timezone.now()}
        )


@transaction.atomic
def revert(*, actor: User | None, batch: Batch) -> list[str]:
    """Undo a committed batch whole. Returns the names that keep it from being undone; then nothing was changed."""
    _permit(actor, "intake.batch.revert", batch)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != Batch.State.COMMITTED:
        raise ValidationError(_("只有已入库的批次可以撤回。"))
    write_alone()
    now = timezone.now()
    blocked = target().revert(batch.pk, now=now)
    if blocked:
        return target().names(blocked, reader=actor)
    batch.state, batch.reverted_at = Batch.State.REVERTED, now
    batch.save(update_fields=["state", "reverted_at"])
    record(actor, "intake.batch.reverted", batch, counts=batch.counts)
    return []


@transaction.atomic
def note_export(*, actor: User | None, batch: Batch, rows: int, changed: int) -> None:
    """Rows that leave the system leave a trace."""
    _permit(actor, "intake.batch.view", batch)
    record(actor, "intake.batch.exported", batch, rows=rows, changed=changed)
