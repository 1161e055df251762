"""Decisions of named persons about projects."""

from collections.abc import Callable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import Role, may
from luodi.audit.actions import record
from luodi.projects.models import Assignment, NetDecision, Project

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


@transaction.atomic
def assign(*, actor: User, project: Project, person: User, reason: str = "") -> Assignment:
    """Put a project into a department's person's hands. Raises `ValidationError` where it already is, or for another role."""
    if not may(actor, "projects.project.assign"):
        raise PermissionDenied
    if person.role != Role.DEPARTMENT or not person.is_active:
        raise ValidationError(_("只能交办给在用的部门账号。"))
    Project.objects.select_for_update().get(pk=project.pk)
    if Assignment.objects.filter(project=project, person=person, ended_at=None).exists():
        raise ValidationError(_("该项目已经交办给这个人。"))
    given = Assignment.objects.create(project=project, person=person, reason=reason.strip()[:300], assigned_by=actor)
    record(actor, "projects.project.assigned", project, person=person.display_name, reason=given.reason)
    return given


@transaction.atomic
def unassign(*, actor: User, assignment: Assignment) -> Assignment:
    """Take a project out of a person's hands: from the next request on they do not find it any more."""
    if not may(actor, "projects.project.assign"):
        raise PermissionDenied
    given = Assignment.objects.select_for_update(of=("self",)).select_related("project", "person").get(pk=assignment.pk)
    if given.ended_at is not None:
        raise ValidationError(_("这项交办已经结束。"))
    given.ended_by, given.ended_at = actor, timezone.now()
    given.save(update_fields=["ended_by", "ended_at"])
    record(actor, "projects.project.unassigned", given.project, person=given.person.display_name)
    return given


def _follow(project: Project) -> None:
    for follow in decided:
        follow([project.pk])
