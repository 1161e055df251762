"""Verification: a second person's yes or no."""

from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.evidence.models import Evidence

verified: list[Callable[[Sequence[int]], None]] = []
"""Parts above register what they do after evidence of projects was judged."""


@transaction.atomic
def verify(*, actor: User, evidence: Evidence, accept: bool, reason: str = "") -> Evidence:
    """Accept or reject. The verifier is never the one who filed it or who loaded the ledger; a rejection needs a reason."""
    evidence = Evidence.objects.select_for_update(of=("self",)).select_related("row__batch").get(pk=evidence.pk)
    filer = evidence.filed_by_id or (evidence.row.batch.created_by_id if evidence.row else None)
    if not may(actor, "evidence.evidence.verify") or filer == actor.pk:
        raise PermissionDenied(_("核实人不能是填报人。"))
    if not accept and not reason.strip():
        raise ValidationError(_("退回佐证须写明理由。"))
    evidence.verdict = Evidence.Verdict.ACCEPTED if accept else Evidence.Verdict.REJECTED
    evidence.verified_by, evidence.verified_at, evidence.reason = actor, timezone.now(), reason.strip()[:300]
    evidence.save(update_fields=["verdict", "verified_by", "verified_at", "reason"])
    action = "evidence.evidence.accepted" if accept else "evidence.evidence.rejected"
    record(actor, action, evidence, project=evidence.project_id, reason=reason.strip())
    for follow in verified:
        follow([evidence.project_id])
    return evidence
