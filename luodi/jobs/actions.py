"""Writes on jobs by people."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from luodi.accounts.models import User
from luodi.accounts.permissions import may, unit_scope
from luodi.audit.actions import record
from luodi.jobs import beside
from luodi.jobs.models import Job


@transaction.atomic
def enqueue(*, actor: User | None, kind: str, **arguments: Any) -> Job:
    """Put work into the queue; the worker takes it from there."""
    job = Job.objects.create(kind=kind, arguments=arguments, started_by=actor, unit=unit_scope(actor) or "")
    record(actor, "jobs.job.queued", job, kind=kind, arguments=arguments)
    return job


def cancel(*, actor: User, job: Job) -> Job:
    """Ask a job to stop: at once when it waits, at its next step when it runs. A finished job stays as it is."""
    if not may(actor, "jobs.job.cancel"):
        raise PermissionDenied
    if not job.is_over:
        # First, and beside the database: a job that is writing holds it until it hears of this.
        beside.ask_to_stop(job.pk)
    return _cancel(actor, job.pk)


@transaction.atomic
def _cancel(actor: User, pk: int) -> Job:
    job = Job.objects.select_for_update().get(pk=pk)
    if job.is_over:
        beside.forget(pk)
        return job
    job.cancel_requested = True
    if job.state == Job.State.QUEUED:
        job.state, job.ended_at = Job.State.CANCELLED, timezone.now()
        beside.forget(pk)
    job.save(update_fields=["cancel_requested", "state", "ended_at"])
    record(actor, "jobs.job.cancelled", job)
    return job
