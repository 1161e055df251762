"""Writes on the side of need: what a project says it needs of a factor, and by when."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.factors import writing
from luodi.factors.models import Demand
from luodi.factors.statements import Need
from luodi.projects.models import Project

WRITE = "factors.demand.write"


@transaction.atomic
def state_demand(*, actor: User | None, project: Project, need: Need) -> Demand:
    """What a project needs; an earlier word on the same factor and step is withdrawn by it."""
    project = _locked(actor, project)
    said = writing.needed(actor, project, need)
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
