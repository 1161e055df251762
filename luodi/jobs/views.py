"""How far a job is, for the page that waits for it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.jobs import actions
from luodi.jobs.models import Job


def shown(job: Job) -> dict[str, Any]:
    """A job as components/progress.html takes it."""
    waiting = {Job.State.QUEUED: _("排队中"), Job.State.RUNNING: _("正在处理")}
    running = not job.is_over
    return {
        "state": "running" if running else job.state,
        "message": job.message or waiting.get(Job.State(job.state), job.get_state_display()),
        "percent": job.percent if job.total or job.is_over else None,
        "poll_url": reverse("jobs:progress", args=[job.pk]),
        "cancel_url": reverse("jobs:cancel", args=[job.pk]) if running else "",
    }


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone; when the job is over, the page that started it is opened again."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    response = render(request, "components/progress.html", {"job": shown(job)})
    if job.is_over and (back := job.arguments.get("back")):
        response.headers["HX-Redirect"] = back
    return response


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a job to stop."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    actions.cancel(actor=request.user, job=job)
    return redirect(job.arguments.get("back", "/"))
