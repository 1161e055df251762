"""The permission table: which role may do what, and which permission each route needs. A route that is not here answers 404."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in the city's work; permissions hang on it, never on a person."""

    ADMINISTRATOR = "administrator", _("系统管理员")
    PROJECT_OFFICE = "project_office", _("项目办")
    UNIT_CLERK = "unit_clerk", _("填报员")
    LEADER = "leader", _("领导")
    AUDITOR = "auditor", _("审计")


A, P, C, L, D = Role.ADMINISTRATOR, Role.PROJECT_OFFICE, Role.UNIT_CLERK, Role.LEADER, Role.AUDITOR

PERMISSIONS: dict[str, frozenset[str]] = {
    "dashboards.cockpit.view": frozenset({A, P, C, L, D}),
    "projects.project.view": frozenset({A, P, C, L, D}),
    "projects.project.export": frozenset({P, C, L, D}),
    "projects.net.decide": frozenset({P}),
    "evidence.evidence.verify": frozenset({P}),
    "intake.batch.view": frozenset({A, P, C, D}),
    "intake.batch.write": frozenset({P, C}),
    "intake.batch.revert": frozenset({P, C}),
    "snapshots.snapshot.take": frozenset({P}),
    "jobs.job.view": frozenset({A, P, C, D}),
    "jobs.job.cancel": frozenset({A, P, C}),
    "audit.entry.view": frozenset({A, D}),
}

# Signed-in people of every role; "open" needs no sign-in.
SIGNED_IN, OPEN = "signed-in", "open"

ROUTES: dict[str, str] = {
    "login": OPEN,
    "logout": SIGNED_IN,
    "set_language": OPEN,
    "core:unit": SIGNED_IN,
    "health": OPEN,
}


def register_routes(routes: dict[str, str]) -> None:
    """Each part names the permission of its routes beside its URLs; unknown permissions fail at start."""
    for route, permission in routes.items():
        if permission not in PERMISSIONS and permission not in {SIGNED_IN, OPEN}:
            raise ValueError(f"route {route!r} names the unknown permission {permission!r}")
        ROUTES[route] = permission


def may(user: Any, permission: str) -> bool:
    """Whether this person holds the permission (scope and field are asked where rows are read)."""
    return bool(getattr(user, "is_active", False)) and getattr(user, "role", "") in PERMISSIONS[permission]


def unit_scope(user: Any) -> str | None:
    """Code of the only unit that the person may see, or None for all units. None as user is the console."""
    return user.unit if user is not None and user.role == Role.UNIT_CLERK else None
