"""The worker: claims one job after another. A conditional UPDATE is the queue."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import close_old_connections, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from luodi.audit.actions import record
from luodi.jobs import beside
from luodi.jobs.models import Job, Said

log = logging.getLogger(__name__)
HOST = socket.gethostname()
STALE = timedelta(minutes=15)
ATTEMPTS = 3

Work = Callable[[Job, "Progress"], Said]
KINDS: dict[str, Work] = {}


class Cancelled(Exception):
    """The person who started the job, or one allowed to, asked it to stop."""


DAILY: list[str] = []


def register(kind: str, work: Work, *, daily: bool = False) -> None:
    """A part names its kind of work; `work(job, progress)` returns the closing message. `daily`: once every local day."""
    KINDS[kind] = work
    if daily:
        DAILY.append(kind)


def queue_daily() -> None:
    """Queue what is due today and not yet queued. Two workers may both queue it: daily work is safe to repeat."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    queued = set(Job.objects.filter(kind__in=DAILY, created_at__gte=midnight).values_list("kind", flat=True))
    for kind in DAILY:
        if kind not in queued:
            Job.objects.create(kind=kind)


class Progress:
    """How a job tells how far it is, at most twice a second; inside its own transaction it does so beside the database."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._written = 0.0

    def __call__(self, done: int, total: int, message: str = "") -> None:
        if time.monotonic() - self._written < 0.5:
            return
        self._written = time.monotonic()
        if transaction.get_connection().in_atomic_block:
            beside.tell(self.job.pk, done, total)
        else:
            now = timezone.now()
            Job.objects.filter(pk=self.job.pk).update(done=done, total=total, message=message[:300], heartbeat_at=now)
        if beside.is_asked_to_stop(self.job.pk):
            raise Cancelled


def claim() -> Job | None:
    """Take the oldest waiting job, or one whose worker is gone."""
    _free_orphans()
    for pk in Job.objects.filter(state=Job.State.QUEUED).order_by("id").values_list("pk", flat=True)[:5]:
        taken = Job.objects.filter(pk=pk, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING,
            worker=f"{HOST}:{os.getpid()}",
            heartbeat_at=timezone.now(),
            attempts=F("attempts") + 1,
        )
        if taken:
            return Job.objects.get(pk=pk)
    return None


def _free_orphans() -> None:
    """A killed worker leaves its job running: the same host knows at once, another waits for the heartbeat."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    gone = [job.pk for job in running.filter(worker__startswith=f"{HOST}:") if not _alive(job.worker)]
    lost = running.filter(Q(pk__in=gone) | Q(heartbeat_at__lt=timezone.now() - STALE))
    lost.filter(attempts__gte=ATTEMPTS).update(
        state=Job.State.FAILED, message=_("处理程序三次中断，未写入任何内容"), ended_at=timezone.now()
    )
    lost.filter(attempts__lt=ATTEMPTS).update(state=Job.State.QUEUED)


def _alive(worker: str) -> bool:
    pid = int(worker.rpartition(":")[2])
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def run(job: Job) -> None:
    """Do one claimed job and write how it ended."""
    try:
        state, said = Job.State.DONE, KINDS[job.kind](job, Progress(job))
    except Cancelled:
        state, said = Job.State.CANCELLED, Said(_("已取消，未写入任何内容"))
    except ValidationError as error:
        state, said = Job.State.FAILED, Said("；".join(error.messages))
    except Exception as error:  # the worker must outlive every job; the job keeps the reason
        log.exception("job %s failed", job.pk)
        text = _("出现意外，未写入任何内容，请告诉系统管理员：%(error)s")
        state, said = Job.State.FAILED, Said(text, {"error": f"{type(error).__name__} {error}"[:300]})
    beside.forget(job.pk)
    with transaction.atomic():
        job.state, job.message, job.values, job.ended_at = state, said.text[:300], said.values, timezone.now()
        job.save(update_fields=["state", "message", "values", "ended_at"])
        record(job.started_by, f"jobs.job.{state}", job, message=job.words[:300])


def work(stop: threading.Event, *, once: bool = False) -> int:
    """Work until `stop` is set (or, with `once`, until nothing waits). Returns the number of jobs done."""
    finished = 0
    while not stop.is_set():
        try:
            queue_daily()
            job = claim()
        except Exception:  # the database may be restarting; keep trying
            log.exception("the worker cannot claim a job")
            job = None
        if job is not None:
            run(job)
            finished += 1
        elif once:
            break
        else:
            stop.wait(1.0)
        close_old_connections()
    return finished
