"""Writes on jobs by people."""

from typing import Any

from django.db import transaction

from luodi.accounts.models import User
from luodi.audit.actions import record
from luodi.jobs.models import Job


@transaction.atomic
def enqueue(*, actor: User | None, kind: str, **arguments: Any) -> Job:
    """Put work into the queue; the worker takes it from there."""
    job = Job.objects.create(kind=kind, arguments=arguments, started_by=actor)
    record(actor, "jobs.job.queued", job, kind=kind, arguments=arguments)
    return job


@transaction.atomic
def cancel(*, actor: User, job: Job) -> Job:
    """Ask a job to stop: at once when it waits, at its next step when it runs. A finished job stays as it is."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.is_over:
        return job
    job.cancel_requested = True
    if job.state == Job.State.QUEUED:
        job.state = Job.State.CANCELLED
    job.save(update_fields=["cancel_requested", "state"])
    record(actor, "jobs.job.cancelled", job)
    return job
