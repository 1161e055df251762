"""Writes on the side of need: what a project says it needs of a factor, and by when."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.factors.locking import LARGEST
from luodi.factors.models import LIVE, Demand, Mark
from luodi.factors.settings import factor_settings
from luodi.projects.models import Project

WRITE = "factors.demand.write"


@dataclass(frozen=True, slots=True)
class Need:
    """A need as a person states it; nought says that the project needs none, which is not the same as unknown."""

    factor: str
    amount: int
    source: str
    step: str = ""
    basis: str = Demand.Basis.STATED
    need_on: date | None = None
    mark: str = Mark.PENDING


@transaction.atomic
def state_demand(*, actor: User | None, project: Project, need: Need) -> Demand:
    """What a project needs; an earlier word on the same factor and step is withdrawn by it."""
    project = _locked(actor, project)
    known = factor_settings()
    if need.factor not in known.factor or (need.step and need.step not in known.step):
        raise ValidationError(_("请选择要素和步骤。"))
    if not 0 <= need.amount < LARGEST or not need.source.strip():
        raise ValidationError(_("请写明数量（不需要写 0）和依据。"))
    if need.basis not in Demand.Basis.values:
        raise ValidationError(_("请选择是填报还是合同。"))
    step = need.step or known.factor[need.factor].step
    Demand.objects.filter(LIVE, project=project, factor=need.factor, step=step).update(withdrawn_at=timezone.now())
    values = {"amount": need.amount, "basis": need.basis, "need_on": need.need_on, "mark": need.mark}
    said = Demand.objects.create(
        project=project, factor=need.factor, step=step, source=need.source.strip()[:300], said_by=actor, **values
    )
    day = need.need_on.isoformat() if need.need_on else ""
    record(actor, "factors.demand.stated", project, factor=need.factor, amount=need.amount, day=day, source=said.source)
    return said


@transaction.atomic
def withdraw_demand(*, actor: User | None, demand: Demand, reason: str) -> Demand:
    """Take the word back: the city's norm estimates again."""
    project = _locked(actor, demand.project)
    said = Demand.objects.select_for_update(of=("self",)).get(pk=demand.pk)
    if said.withdrawn_at is not None or not reason.strip():
        raise ValidationError(_("这一条已经撤回，或没有写明理由。"))
    said.withdrawn_at, said.withdrawal = timezone.now(), reason.strip()[:300]
    said.save(update_fields=["withdrawn_at", "withdrawal"])
    record(actor, "factors.demand.withdrawn", project, factor=said.factor, reason=said.withdrawal)
    return said


def _locked(actor: User | None, project: Project) -> Project:
    if actor is not None and not (may(actor, WRITE) and scope_of(actor).covers(project.unit)):
        raise PermissionDenied
    return Project.objects.current().select_for_update().get(pk=project.pk)
