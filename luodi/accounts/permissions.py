"""The permission table: which role may do what, and which permission each route needs. A route that is not here answers 404."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from luodi.core.installation import access


class Role(models.TextChoices):
    """What a person is in the city's work; permissions hang on it, never on a person."""

    ADMINISTRATOR = "administrator", _("系统管理员")
    PROJECT_OFFICE = "project_office", _("项目办")
    UNIT_CLERK = "unit_clerk", _("填报员")
    LEADER = "leader", _("领导")
    AUDITOR = "auditor", _("审计")
    DEPARTMENT = "department", _("部门")
    SECURITY_ADMINISTRATOR = "security_administrator", _("安全管理员")


A, P, C, L, D = Role.ADMINISTRATOR, Role.PROJECT_OFFICE, Role.UNIT_CLERK, Role.LEADER, Role.AUDITOR
V, S = Role.DEPARTMENT, Role.SECURITY_ADMINISTRATOR

PERMISSIONS: dict[str, frozenset[str]] = {
    "dashboards.cockpit.view": frozenset({A, P, C, L, D, V}),
    "projects.project.view": frozenset({A, P, C, L, D, V}),
    "projects.project.export": frozenset({P, C, L, D, V}),
    "projects.project.assign": frozenset({P}),
    "projects.net.decide": frozenset({P}),
    "projects.stage.report": frozenset({P, C}),
    "projects.stage.exit": frozenset({P}),
    "evidence.evidence.view": frozenset({P, C, L, D, V}),
    "evidence.evidence.file": frozenset({P, C}),
    "projects.project.submit": frozenset({P, C}),
    "projects.project.edit": frozenset({P, C}),
    "projects.change.view": frozenset({P, C, D}),
    "projects.change.review": frozenset({P}),
    "projects.pair.view": frozenset({P, D}),
    "projects.pair.raise": frozenset({P}),
    "projects.pair.decide": frozenset({P}),
    "projects.rate.enter": frozenset({P}),
    "organizations.party.view": frozenset({P, C, L, D, V}),
    "organizations.party.write": frozenset({P}),
    "evidence.evidence.verify": frozenset({P, V}),
    "evidence.recheck.draw": frozenset({P}),
    "checks.finding.view": frozenset({P, C, L, D, V}),
    "checks.finding.answer": frozenset({P, C}),
    "checks.finding.weigh": frozenset({P}),
    "checks.particulars.state": frozenset({P, C}),
    "chains.chain.view": frozenset({P, C, L, D, V}),
    "chains.chain.export": frozenset({P, C, L, D, V}),
    "chains.dictionary.write": frozenset({P}),
    "chains.map.write": frozenset({P, V}),
    "chains.target.write": frozenset({P, V}),
    "chains.task.finish": frozenset({P, C, V}),
    "formation.table.view": frozenset({P, C, L, D, V}),
    "screening.result.view": frozenset({P, C, L, D, V}),
    "screening.rulebook.view": frozenset({P, C, L, D, V}),
    "screening.rulebook.edit": frozenset({P}),
    "screening.rulebook.publish": frozenset({P}),
    "screening.run.take": frozenset({P}),
    "screening.fact.state": frozenset({P, C}),
    "screening.clause.review": frozenset({P}),
    "screening.exemption.grant": frozenset({P}),
    "screening.history.admit": frozenset({P}),
    "contribution.table.view": frozenset({P, C, L, D, V}),
    "outcomes.outcome.view": frozenset({P, C, L, D, V}),
    "contribution.statement.write": frozenset({P, C}),
    "contribution.delivery.verify": frozenset({P}),
    "outcomes.sheet.view": frozenset({P, C, L, D}),
    "outcomes.ranking.view": frozenset({P, L, D}),
    "outcomes.suppose.view": frozenset({P, L, D}),
    "reserve.board.view": frozenset({P, C, L, D, V}),
    "reserve.idea.create": frozenset({P, C}),
    "reserve.packaging.write": frozenset({P, C}),
    "reserve.key.decide": frozenset({P}),
    "integrity.finding.view": frozenset({P, C, L, D, V}),
    "integrity.case.open": frozenset({P}),
    "integrity.case.answer": frozenset({P, C}),
    "integrity.case.visit": frozenset({P}),
    "integrity.case.rule": frozenset({P}),
    "integrity.case.appeal": frozenset({P, C}),
    "integrity.contact.view": frozenset({P, C, D}),
    "integrity.labels.export": frozenset({P, D}),
    "integrity.sample.draw": frozenset({P}),
    "integrity.scan.take": frozenset({P}),
    "factors.book.view": frozenset({P, C, L, D, V}),
    "factors.supply.write": frozenset({P, V}),
    "factors.demand.write": frozenset({P, C}),
    "factors.reservation.hold": frozenset({P, C}),
    "factors.reservation.promise": frozenset({P, V}),
    "factors.plan.ask": frozenset({P}),
    "factors.plan.adopt": frozenset({P}),
    "intake.batch.view": frozenset({A, P, C, D}),
    "intake.batch.write": frozenset({P, C}),
    "intake.batch.revert": frozenset({P, C}),
    "snapshots.snapshot.take": frozenset({P}),
    "jobs.job.view": frozenset({A, P, C, D}),
    "jobs.job.cancel": frozenset({A, P, C}),
    "audit.entry.view": frozenset({A, D}),
    "accounts.account.view": frozenset({A}),
    "accounts.account.create": frozenset({A}),
    "accounts.account.grant": frozenset({A}),
    "accounts.account.unlock": frozenset({A}),
    "accounts.account.disable": frozenset({A}),
}

SEPARATED: dict[str, frozenset[str]] = {
    "dashboards.cockpit.view": frozenset({P, C, L, D, V}),
    "projects.project.view": frozenset({P, C, L, D, V}),
    "intake.batch.view": frozenset({P, C, D}),
    "jobs.job.view": frozenset({P, C, D}),
    "jobs.job.cancel": frozenset({P, C}),
    "audit.entry.view": frozenset({S, D}),
    "accounts.account.view": frozenset({A, S, D}),
    "accounts.account.create": frozenset({A}),
    "accounts.account.grant": frozenset({S}),
    "accounts.account.unlock": frozenset({S}),
    "accounts.account.disable": frozenset({A, S}),
}
"""Rows that read otherwise where the city separates its administrators: one makes accounts, one grants, one reads the log."""

ADMINISTRATORS: frozenset[str] = frozenset({A, S, D})
"""The three of which nobody may hold two where they are separated."""

GRANTABLE = frozenset({"evidence.evidence.verify"})
"""Permissions that a city's own data may give to further roles (`[grants]` of its access.toml)."""

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


def holders(permission: str) -> frozenset[str]:
    """Roles that hold a permission in this city."""
    own = access()
    held = PERMISSIONS[permission]
    if own.separated_administrators:
        held = SEPARATED.get(permission, held)
    return held | own.grants.get(permission, frozenset()) if permission in GRANTABLE else held


def may(user: Any, permission: str) -> bool:
    """Whether this person holds the permission (scope and field are asked where rows are read: `policy.py`)."""
    return bool(getattr(user, "is_active", False)) and getattr(user, "role", "") in holders(permission)


def unit_scope(user: Any) -> str | None:
    """Code of the unit that a person files for, or None for the whole city. For what they may *see* ask `policy.scope_of`.

    A department's code is no reporting unit, so whoever compares with it finds nothing: what is assigned asks the policy.
    """
    return user.unit if user is not None and user.role in {Role.UNIT_CLERK, Role.DEPARTMENT, ""} else None
