"""The check of a large file, as a job of the worker."""

from luodi.evidence.actions import CHECK, settle
from luodi.evidence.engine.reader import Read, read
from luodi.evidence.models import StoredFile
from luodi.intake.engine.guards import Refusal
from luodi.jobs.models import Job
from luodi.jobs.worker import Progress, register


def check(job: Job, progress: Progress) -> str:
    """Job: open the file in a child process and let it out of quarantine, or refuse it. Doing it again changes nothing."""
    file = StoredFile.objects.get(pk=job.arguments["file"])
    found: Read | Refusal
    try:
        found = read(file.path, file.name)
    except Refusal as refused:
        found = refused
    settled = settle(actor=None, file=file, found=found)
    return f"{settled.name}：{settled.get_state_display()}"


def register_all() -> None:
    """Called once, when the part is ready."""
    register(CHECK, check)
