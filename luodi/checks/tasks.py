"""The daily look at every project: what the calendar alone makes due (a paper expires) is found without anybody writing."""

from django.utils.translation import gettext_noop as _

from luodi.checks import actions
from luodi.jobs.models import Job, Said
from luodi.jobs.worker import Progress
from luodi.projects.models import Project

CHUNK = 500


def note_all(job: Job, progress: Progress) -> Said:
    """Job: keep what asks, close what no longer does; each piece in a transaction of its own."""
    ids = list(Project.objects.current().order_by("id").values_list("id", flat=True))
    opened = closed = 0
    for start in range(0, len(ids), CHUNK):
        more, fewer = actions.note(actor=job.started_by, projects=ids[start : start + CHUNK])
        opened, closed = opened + more, closed + fewer
        progress(start, len(ids))
    return Said(
        _("核对 %(projects)s 个项目：新增疑点 %(opened)s 处，消除 %(closed)s 处"),
        {"projects": len(ids), "opened": opened, "closed": closed},
    )
