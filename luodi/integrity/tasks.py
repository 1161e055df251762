"""The nightly scan, and the one that a person asks for."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from luodi.integrity import actions, known
from luodi.integrity.engine import shipping
from luodi.jobs.models import Job, Said
from luodi.jobs.worker import Progress


def scan_daily(job: Job, progress: Progress) -> Said:
    """Scan the record as of today, or of the day that was asked for; an installation without a model has nothing to scan with."""
    if not (shipping.FOLDER / "card.json").exists():
        return Said(_("没有随带的模型，不扫描"))
    text = str(job.arguments.get("as_of", ""))
    run = actions.scan_record(actor=job.started_by, as_of=date.fromisoformat(text) if text else timezone.localdate())
    return Said(
        _("扫描 %(n)s 个项目，需要说明的 %(asked)s 处"), {"n": run.counts["projects"], "asked": run.counts["asked"]}
    )


def index_daily(job: Job, progress: Progress) -> Said:
    """Make the likeness index of a large register anew; it is no part of the record."""
    made = known.make()
    return Said(_("相似索引：%(n)s 个项目"), {"n": made}) if made else Said(_("项目不多，不需要索引"))
