"""How far a job is, for the page that waits for it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts.queries import signed_in
from luodi.jobs import actions, beside
from luodi.jobs.models import Job


def shown(job: Job) -> dict[str, Any]:
    """A job as components/progress.html takes it."""
    running = not job.is_over
    if running and (noted := beside.told(job.pk)):
        job.done, job.total = noted
    return {
        "state": "running" if running else job.state,
        "message": _words(job),
        "percent": job.percent if job.total or job.is_over else None,
        "poll_url": reverse("jobs:progress", args=[job.pk]),
        "cancel_url": reverse("jobs:cancel", args=[job.pk]) if running else "",
    }


def _words(job: Job) -> str:
    """What the job is at, in a sentence."""
    if job.state == Job.State.QUEUED:
        before = Job.objects.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING), pk__lt=job.pk).count()
        return _("排队中，前面还有 %(count)s 项任务") % {"count": before} if before else _("排队中，马上开始")
    if job.is_over:
        return job.words
    if job.cancel_requested:
        return _("正在取消")
    if not job.total:
        return _("正在读取")
    return _("已处理 %(done)s / %(total)s") % {"done": f"{job.done:,}", "total": f"{job.total:,}"}


def _job(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.visible_to(signed_in(request)), pk=pk)


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone; when the job is over, the page that started it is opened again."""
    job = _job(request, pk)
    response = render(request, "components/progress.html", {"job": shown(job)})
    if job.is_over and (back := job.arguments.get("back")):
        response.headers["HX-Redirect"] = back
    return response


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a job to stop."""
    job = _job(request, pk)
    actions.cancel(actor=signed_in(request), job=job)
    return redirect(job.arguments.get("back", "/"))
