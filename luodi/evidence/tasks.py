"""The check of a large file, as a job of the worker."""

from django.utils.translation import gettext_noop as _

from luodi.evidence.actions import CHECK, settle
from luodi.evidence.engine.reader import Read, read
from luodi.evidence.models import StoredFile
from luodi.intake.engine.guards import Refusal
from luodi.jobs.models import Job, Said
from luodi.jobs.worker import Progress, register

ENDINGS = {
    StoredFile.State.QUARANTINED: _("%(name)s：待检查"),
    StoredFile.State.CLEAN: _("%(name)s：可打开"),
    StoredFile.State.REFUSED: _("%(name)s：未通过检查"),
}


def check(job: Job, progress: Progress) -> Said:
    """Job: open the file in a child process and let it out of quarantine, or refuse it. Doing it again changes nothing."""
    file = StoredFile.objects.get(pk=job.arguments["file"])
    found: Read | Refusal
    try:
        found = read(file.path, file.name)
    except Refusal as refused:
        found = refused
    settled = settle(actor=None, file=file, found=found)
    return Said(ENDINGS[StoredFile.State(settled.state)], {"name": settled.name})


def register_all() -> None:
    """Called once, when the part is ready."""
    register(CHECK, check)
