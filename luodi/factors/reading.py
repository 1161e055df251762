"""Who reads the book, and what of it they see: pools of their places and of the city, projects within their scope."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.policy import fields_of, scope_of
from luodi.accounts.queries import signed_in
from luodi.factors.models import Pool
from luodi.projects.models import Project

RIGHTS = ("total_investment", "stage", "chain")
"""Fields that needs are estimated from, and so tell of."""


def reader(request: HttpRequest) -> User:
    user = signed_in(request)
    if not fields_of(user).all(RIGHTS):
        raise PermissionDenied
    return user


def pool_or_404(user: User, pk: int) -> Pool:
    return get_object_or_404(Pool.objects.current().visible_to(user), pk=pk)


def project_or_404(user: User, pk: int) -> Project:
    return get_object_or_404(Project.objects.current().visible_to(user).select_related("standing"), pk=pk)


def seen_projects(user: User, among: Iterable[int] | None = None) -> frozenset[int] | None:
    """Ids of those that the person may see; None = every one."""
    if scope_of(user).everything:
        return None
    seen = Project.objects.current().visible_to(user)
    seen = seen if among is None else seen.filter(pk__in=list(among))
    return frozenset(seen.values_list("pk", flat=True))


def name_for(project: Any, seen: frozenset[int] | None) -> str:
    """Of another unit's project only that it is one."""
    return str(project.name) if seen is None or project.pk in seen else str(_("另一单位的项目"))
