"""Reading evidence: who may judge it, what waits for whom, what has been accepted."""

from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import Role, may
from luodi.accounts.policy import may_verify_evidence
from luodi.core.access import Department
from luodi.core.installation import access, city
from luodi.evidence.models import Evidence, Judgement, StoredFile

WAITS = ("verifier", "filer", "accepted", "rejected")
_OPEN = Q(file=None) | Q(file__state=StoredFile.State.CLEAN)


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


def accepted() -> QuerySet[Evidence]:
    """Live evidence that a second person has accepted."""
    live: Any = Evidence.objects.filter(withdrawn_at=None, project__withdrawn_at=None)
    return live.with_verdict().filter(decided=Judgement.Verdict.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the queue. `waits`: for whom; `mine` = only what this person may judge."""

    waits: str = "verifier"
    kind: str = ""
    unit: str = ""
    q: str = ""
    mine: str = ""

    @classmethod
    def from_query(cls, query: Any) -> "Asked":
        """From an address; what it does not know is left out."""
        given = {one.name: query.get(one.name, "").replace("\0", "")[:100].strip() for one in fields(cls)}
        if given["waits"] not in {*WAITS, "all"}:
            given["waits"] = "verifier"
        return cls(**given)


def queue(user: User, asked: Asked) -> QuerySet[Evidence]:
    """Documents that the person may see, by whom they wait for, the oldest first. Public reports answer for themselves."""
    needed = [kind.code for kind in city().evidence_kinds if kind.verification != "publisher"]
    seen: Any = Evidence.objects.visible_to(user).filter(withdrawn_at=None, kind__in=needed)
    found: QuerySet[Evidence] = seen.with_verdict().filter(_waiting(asked.waits))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.unit:
        found = found.filter(project__unit=asked.unit)
    if asked.mine:
        found = _judged_by(found, user)
    if asked.q:
        text = Q(title__icontains=asked.q) | Q(project__name__icontains=asked.q) | Q(note__icontains=asked.q)
        found = found.filter(text | Q(file__text__icontains=asked.q))
    return found.order_by("recorded_at", "id")


def _waiting(waits: str) -> Q:
    if waits == "verifier":
        return _OPEN & (Q(last=None) | Q(last=Judgement.Verdict.ANSWERED))
    if waits == "filer":
        return Q(last=Judgement.Verdict.ASKED) | Q(file__state=StoredFile.State.REFUSED)
    return Q(last=waits) if waits in WAITS else Q()


def _judged_by(found: QuerySet[Evidence], user: User) -> QuerySet[Evidence]:
    """As far as a list can tell: one's own are left out, and a department's are its kinds."""
    found = found.exclude(filed_by=user).exclude(filed_by=None, row__batch__created_by=user)
    if user.role == Role.DEPARTMENT:
        department: Department | None = access().departments.get(user.unit)
        found = found.filter(kind__in=department.verifies if department else ())
    return found
