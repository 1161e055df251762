"""The daily look at every project: what the calendar alone makes due (a paper expires) is found without anybody writing."""

from luodi.checks import actions
from luodi.jobs.models import Job
from luodi.jobs.worker import Progress
from luodi.projects.models import Project

CHUNK = 500


def note_all(job: Job, progress: Progress) -> str:
    """Job: keep what asks, close what no longer does; each piece in a transaction of its own."""
    ids = list(Project.objects.current().order_by("id").values_list("id", flat=True))
    opened = closed = 0
    for start in range(0, len(ids), CHUNK):
        more, fewer = actions.note(actor=job.started_by, projects=ids[start : start + CHUNK])
        opened, closed = opened + more, closed + fewer
        progress(start, len(ids))
    return f"核对 {len(ids)} 个项目：新增疑点 {opened} 处，消除 {closed} 处"
