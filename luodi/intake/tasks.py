"""The work of intake that is too long for a request: a check or a commit as a job."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from luodi.accounts.models import User
from luodi.intake import actions
from luodi.intake.models import Batch
from luodi.jobs.actions import enqueue
from luodi.jobs.models import Job, Said
from luodi.jobs.worker import Progress, register

AT_ONCE = 300_000
"""Bytes of a file that is read within the request: about a thousand rows, half a second."""

CHECK, COMMIT = "intake.check", "intake.commit"


def start(kind: str, *, actor: User, batch: Batch) -> Batch:
    """Check or commit now, or queue it. A second click while the first is under way does nothing."""
    if batch.job is not None and not batch.job.is_over:
        return batch
    if batch.file.size <= AT_ONCE:
        work = actions.check if kind == CHECK else actions.commit
        return work(actor=actor, batch=batch)
    with transaction.atomic():
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        if locked.job_id != batch.job_id:
            return locked
        back = reverse("intake:batch", args=[batch.pk])
        locked.job = enqueue(actor=actor, kind=kind, batch=batch.pk, back=back)
        locked.save(update_fields=["job"])
    return locked


def check(job: Job, progress: Progress) -> Said:
    """Job: read the file against the record."""
    done = actions.check(actor=job.started_by, batch=_batch(job), progress=progress)
    return Said(_("已校验 %(rows)s 行"), {"rows": done.counts.get("rows", 0)})


def commit(job: Job, progress: Progress) -> Said:
    """Job: write the good rows. Killed right after the writing, it finds the work done."""
    batch = _batch(job)
    is_done = batch.state == Batch.State.COMMITTED and batch.job_id == job.pk
    done = batch if is_done else actions.commit(actor=job.started_by, batch=batch, progress=progress)
    return Said(_("已入库 %(rows)s 行"), {"rows": done.counts.get("rows", 0)})


def _batch(job: Job) -> Batch:
    return Batch.objects.select_related("file").get(pk=job.arguments["batch"])


def register_all() -> None:
    """Called once, when the part is ready."""
    register(CHECK, check)
    register(COMMIT, commit)
