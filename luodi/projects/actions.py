"""Decisions of named persons about projects."""

from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.projects.models import NetDecision, Project

decided: list[Callable[[Sequence[int]], None]] = []
"""Parts above register what they do after a decision on projects."""


@transaction.atomic
def exclude_from_net(*, actor: User, project: Project, ground: str, reason: str) -> NetDecision:
    """A named person confirms that a project is fake or a duplicate. Raises `ValidationError` without a reason or when it already stands."""
    if not may(actor, "projects.net.decide"):
        raise PermissionDenied
    if ground not in NetDecision.Ground.values or not reason.strip():
        raise ValidationError(_("请选择认定类型并写明理由。"))
    Project.objects.select_for_update().get(pk=project.pk)
    if NetDecision.objects.filter(project=project, revoked_at=None).exists():
        raise ValidationError(_("该项目已有有效的认定。"))
    decision = NetDecision.objects.create(project=project, ground=ground, reason=reason.strip(), decided_by=actor)
    record(actor, "projects.net.excluded", project, ground=ground, reason=reason.strip())
    _follow(project)
    return decision


@transaction.atomic
def include_in_net(*, actor: User, project: Project, reason: str) -> None:
    """Revoke the decision that stands; both stay readable."""
    if not may(actor, "projects.net.decide"):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(_("请写明撤销的理由。"))
    revoked = NetDecision.objects.filter(project=project, revoked_at=None).update(
        revoked_by=actor, revoked_at=timezone.now()
    )
    if not revoked:
        raise ValidationError(_("该项目没有有效的认定。"))
    record(actor, "projects.net.included", project, reason=reason.strip())
    _follow(project)


def _follow(project: Project) -> None:
    for follow in decided:
        follow([project.pk])
