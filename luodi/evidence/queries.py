"""Reading evidence: who may judge it, what waits for whom."""

from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import may_verify_evidence
from luodi.core.installation import city
from luodi.evidence.models import Evidence


def why_not_verifier(actor: User, evidence: Evidence) -> str:
    """Why this person may not judge this evidence; blank when they may."""
    if not may(actor, "evidence.evidence.verify"):
        return str(_("您没有这项操作的权限。"))
    if evidence.filer == actor.pk:
        return str(_("核实人不能是填报人。"))
    if evidence.kind in city().proof.other_unit and evidence.filer is not None and filer_unit(evidence) == actor.unit:
        return str(_("核实人须来自填报单位以外的单位。"))
    unit = evidence.project.unit
    if not may_verify_evidence(actor, unit=unit, kind=evidence.kind, filed_by=evidence.filer):
        return str(_("这类材料不由您的单位核实。"))
    return ""


def filer_unit(evidence: Evidence) -> str:
    """Unit of who filed it, blank for an office of the city."""
    if evidence.filed_by is not None:
        return evidence.filed_by.unit
    return evidence.row.batch.unit if evidence.row else ""
