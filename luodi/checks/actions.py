"""Writes on checks: say what a document says, answer a finding, take or decline the answer, keep what the checks find."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.checks.engine.checks import ASKING, Result
from luodi.checks.keeping import keep
from luodi.checks.models import Answer, Finding, Particular
from luodi.checks.queries import results, subject_of
from luodi.evidence.models import Evidence
from luodi.projects.models import Project


@transaction.atomic
def state_particulars(*, actor: User, evidence: Evidence, given: Mapping[str, str]) -> int:
    """Say what a document says of itself: {name: text as typed}. A blank text withdraws. Returns how many changed."""
    evidence = Evidence.objects.select_for_update(of=("self",)).select_related("project").get(pk=evidence.pk)
    _permit(actor, evidence.project, "checks.particulars.state")
    wanted = {name: _canonical(name, text.strip()) for name, text in given.items()}
    held = {one.name: one for one in Particular.objects.filter(evidence=evidence, withdrawn_at=None)}
    now, changed = timezone.now(), 0
    for name, value in wanted.items():
        known = held.get(name)
        if value == (known.value if known else ""):
            continue
        changed += 1
        if known is not None:
            known.withdrawn_at = now
            known.save(update_fields=["withdrawn_at"])
        if value:
            Particular.objects.create(evidence=evidence, name=name, value=value, said_by=actor, recorded_at=now)
    if changed:
        keep([evidence.project_id])
        record(actor, "checks.particulars.stated", evidence, project=evidence.project_id, rows=changed)
    return changed


def _canonical(name: str, text: str) -> str:
    """As the record keeps it. Raises `ValidationError` that says which field and how to write it."""
    if not text:
        return ""
    label = dict(Particular.Name.choices)[name]
    try:
        if name in {Particular.Name.ISSUED_ON, Particular.Name.VALID_UNTIL}:
            return date.fromisoformat(text).isoformat()
        if name == Particular.Name.AMOUNT:
            return str(_positive(text, 1_000_000).to_integral_value())
        if name == Particular.Name.AREA:
            return f"{_positive(text, 1):f}"
    except (ValueError, InvalidOperation) as error:
        how = _("日期写成 2025-03-01；金额、面积只写数字")
        raise ValidationError(
            _("%(name)s“%(text)s”看不懂：%(how)s") % {"name": label, "text": text[:40], "how": how}
        ) from error
    return text[:300]


def _positive(text: str, scale: int) -> Decimal:
    value = Decimal(text.replace(",", "").replace("，", "")) * scale
    if not value.is_finite() or not 0 <= value < Decimal(10) ** 17:
        raise InvalidOperation
    return value


@transaction.atomic
def answer(*, actor: User, project: Project, check_code: str, subject: str, text: str) -> Answer:
    """The unit's word on a result that asks. Red turns yellow; it is remembered."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    _permit(actor, project, "checks.finding.answer")
    if not text.strip():
        raise ValidationError(_("请写明情况。"))
    if _asking(project, check_code, subject) is None:
        raise ValidationError(_("这一项现在没有疑点，不用说明。"))
    keep([project.pk])
    finding = Finding.objects.get(project=project, check_code=check_code, subject=subject)
    said = Answer.objects.create(finding=finding, kind=Answer.Kind.ANSWERED, text=text.strip()[:500], said_by=actor)
    record(actor, "checks.finding.answered", finding, project=project.pk, check=check_code, reason=said.text)
    return said


@transaction.atomic
def weigh(*, actor: User, finding: Finding, take: bool, text: str) -> Answer:
    """The office takes an explanation or does not; declined, it is red again. Never by who gave it."""
    finding = Finding.objects.select_for_update(of=("self",)).select_related("project").get(pk=finding.pk)
    said = list(finding.answers.order_by("id"))
    _permit(actor, finding.project, "checks.finding.weigh")
    if not said or said[-1].kind != Answer.Kind.ANSWERED:
        raise ValidationError(_("还没有需要答复的说明。"))
    if said[-1].said_by_id == actor.pk:
        raise PermissionDenied(_("不能认可自己的说明。"))
    if not take and not text.strip():
        raise ValidationError(_("不认可须写明理由。"))
    kind = Answer.Kind.TAKEN if take else Answer.Kind.DECLINED
    word = Answer.objects.create(finding=finding, kind=kind, text=text.strip()[:500], said_by=actor)
    action = "checks.finding.taken" if take else "checks.finding.declined"
    record(actor, action, finding, project=finding.project_id, check=finding.check_code, reason=word.text)
    return word


@transaction.atomic
def note(*, actor: User | None, projects: Sequence[int]) -> tuple[int, int]:
    """Keep what the checks ask of these projects now, close what they no longer ask. Returns (opened, closed)."""
    if actor is not None and not may(actor, "checks.finding.weigh"):
        raise PermissionDenied
    opened, closed = keep(projects)
    if opened or closed:
        record(actor, "checks.findings.kept", opened=opened, closed=closed)
    return opened, closed


def _asking(project: Project, check_code: str, subject: str) -> Result | None:
    found = results([project.pk]).get(project.pk, ())
    return next(
        (r for check, r in found if (check.code, subject_of(r)) == (check_code, subject) and r.state in ASKING), None
    )


def _permit(actor: User, project: Project, permission: str) -> None:
    if not may(actor, permission) or not scope_of(actor).covers(project.unit):
        raise PermissionDenied
