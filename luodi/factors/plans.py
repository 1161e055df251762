"""Reading plans: the one in force, what it was computed from, who may adopt it."""

import base64
import gzip
import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.audit.models import Entry
from luodi.factors.models import Plan

KIND = "factors.plan"
"""Of the job that computes one."""


def in_force() -> Plan | None:
    return Plan.objects.filter(state=Plan.State.ADOPTED).first()


def newest_entry() -> int | None:
    """Of the log: what a plan is computed from, it knew until here."""
    return Entry.objects.order_by("-id").values_list("pk", flat=True).first()


def why_not_adopt(actor: User, plan: Plan) -> str:
    """Blank: this person may adopt this plan now."""
    if plan.state != Plan.State.FOUND:
        return str(_("排期现在是“%(state)s”，不能采纳。")) % {"state": plan.get_state_display()}
    if plan.change:
        return str(_("带假设的排期只供比较；请把改动写进供给和工程，再重新排期。"))
    if plan.asked_by_id == actor.pk:
        return str(_("采纳人不能是提出排期的人。"))
    now = in_force()
    if plan.base_id != (now.pk if now else None):
        return str(_("排期之后采纳过另一份，改期是和旧的比的，请重新排期。"))
    if outdated(plan):
        return str(_("排期之后供给、需求或承诺变过，请重新排期。"))
    return ""


def outdated(plan: Plan) -> bool:
    """Whether the book has changed since the plan was computed."""
    since = Entry.objects.filter(pk__gt=plan.entry or 0, action__startswith="factors.")
    return since.exclude(action__startswith="factors.plan.").exclude(action__endswith=".exported").exists()


def documents_of(plan: Plan) -> dict[str, Any]:
    """{problem, plan} as computed. Raises `ValueError` when it is not what was sealed."""
    packed = base64.b64decode(plan.document)
    if hashlib.sha256(packed).hexdigest() != plan.document_sha256:
        raise ValueError(f"plan {plan.pk}: the document is not the sealed one")
    found: dict[str, Any] = json.loads(gzip.decompress(packed))
    return found
