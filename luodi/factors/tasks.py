"""What workers do for the book: compute a plan, close holds that have run out."""

import time
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from luodi.factors.answering import Refusal, answer
from luodi.factors.asking import WhatIf, ask
from luodi.factors.models import Plan
from luodi.factors.planning import fail, keep
from luodi.factors.plans import documents_of, newest_entry
from luodi.factors.reserving import expire_holds
from luodi.jobs import beside
from luodi.jobs.models import Job, Said
from luodi.jobs.worker import Cancelled, Progress


def compute_plan(job: Job, progress: Progress) -> Said:
    """The worker's part. Asked to stop, it keeps the best plan found so far; killed and taken up again, it begins anew."""
    plan = Plan.objects.select_related("base", "asked_by").get(pk=job.arguments["plan"])
    if plan.state != Plan.State.ASKED:
        return Said(_("这份排期已经有结果"))
    entry = newest_entry()
    asked = ask(plan.as_of, WhatIf.of(plan.change))
    base = documents_of(plan.base) if plan.base else None

    def tell(now: Any) -> None:
        """Numbers alone: the page words them for whoever reads it."""
        # `stopped` hears of the wish to stop as well, and then the plan is kept.
        with suppress(Cancelled):
            progress(int(now.seconds), plan.seconds, f"{now.waiting:,.0f} {now.bound:,.0f} {now.gap:.1%}")

    found = answer(asked, base, plan.seconds, plan.seed, tell, lambda: beside.is_asked_to_stop(job.pk), time.monotonic)
    if isinstance(found, Refusal):
        fail(actor=plan.asked_by, plan=plan, trouble=found, entry=entry)
        raise ValidationError(found.words)
    keep(actor=plan.asked_by, plan=plan, found=found, entry=entry)
    return Said(
        _("等待 %(waiting)s 加权周，下界 %(bound)s"),
        {"waiting": f"{found.waiting:,.0f}", "bound": f"{found.bound:,.0f}"},
    )


def expire_daily(job: Job, progress: Progress) -> Said:
    """Safe to repeat: what is closed stays closed."""
    expired = expire_holds(actor=job.started_by, today=timezone.localdate())
    return Said(_("到期的预留：%(n)s 笔"), {"n": expired})
