"""The nightly run: all projects under the rules in force, so that any past day's verdicts can be shown and replayed."""

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from luodi.jobs.models import Job, Said
from luodi.jobs.worker import Progress
from luodi.screening import actions, books


def run_daily(job: Job, progress: Progress) -> Said:
    """Screen everything as of today; a city without rules has nothing to run."""
    if books.in_force(timezone.localdate()) is None:
        return Said(_("本市没有规则集"))
    run = actions.run(actor=None, as_of=timezone.localdate())
    return Said(_("测算 %(n)s 个项目"), {"n": run.counts["projects"]})
