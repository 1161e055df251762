"""The one policy: *permission* (may this role do it) × *scope* (to which rows) × *field class* (seeing what of them).

Every list, page, search, figure, export and file asks here; nobody else decides. `None` as user is the console of the server.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from luodi.accounts.permissions import Role
from luodi.core.access import CLASSES
from luodi.core.installation import access, city

CITY, UNIT, ASSIGNED = "city", "unit", "assigned"
SCOPES: dict[str, str] = {
    Role.ADMINISTRATOR: CITY,
    Role.SECURITY_ADMINISTRATOR: CITY,
    Role.PROJECT_OFFICE: CITY,
    Role.LEADER: CITY,
    Role.AUDITOR: CITY,
    Role.UNIT_CLERK: UNIT,
    Role.DEPARTMENT: ASSIGNED,
}
"""Which projects a role can reach. A role that is not here reaches none."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows a person can reach: all, those of units, those assigned to `person`. What one filed oneself is always one's own."""

    everything: bool = False
    units: frozenset[str] = frozenset()
    person: int | None = None
    assigned: bool = False

    def covers(self, unit: str) -> bool:
        """Whether rows of this unit (blank: of the whole city) are within reach by their unit alone."""
        return self.everything or (bool(unit) and unit in self.units)


def scope_of(user: Any) -> Scope:
    """How far a person reaches."""
    if user is None:
        return Scope(everything=True)
    reach = SCOPES.get(getattr(user, "role", ""), "")
    return Scope(
        everything=reach == CITY,
        units=city().below(user.unit) if reach == UNIT else frozenset(),
        person=user.pk,
        assigned=reach == ASSIGNED,
    )


@dataclass(frozen=True, slots=True)
class Fields:
    """What of a row a person sees, by the class of the field. Templates ask `sees.remark`, code `sees["remark"]`."""

    classes: frozenset[str]

    def __getitem__(self, name: str) -> bool:
        return access().class_of(name) in self.classes

    def all(self, names: Iterable[str]) -> bool:
        return all(self[name] for name in names)

    def hidden(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if not self[name]]


def fields_of(user: Any, unit: str | None = None) -> Fields:
    """Fields of one row, by its reporting unit; without a unit, those that can be seen in *every* row the person reaches.

    Only the latter may filter, sort, search, count or be a column: else the order of a list would tell what its cells hide.
    """
    if user is None:
        return Fields(frozenset(CLASSES))
    own, other = access().classes_for(getattr(user, "role", ""))
    reach = scope_of(user)
    if not reach.everything:
        return Fields(own)
    if unit is None:
        return Fields(own & other)
    return Fields(own if unit and unit in city().below(user.unit) else other)


def may_verify_evidence(user: Any, *, unit: str, kind: str, filed_by: int | None) -> bool:
    """Who may say yes or no to a piece of evidence of a project of this unit: never its filer, never the unit itself.

    A department verifies its own kinds of evidence everywhere, an allowed clerk those of other units.
    """
    from luodi.accounts.permissions import may

    if not may(user, "evidence.evidence.verify") or filed_by == user.pk:
        return False
    if user.role == Role.DEPARTMENT:
        department = access().departments.get(user.unit)
        return department is not None and kind in department.verifies
    return user.role != Role.UNIT_CLERK or not scope_of(user).covers(unit)


MASK = "■■■"


def masked(user: Any, detail: Any, *, unknown: bool = True) -> Any:
    """A log entry's detail as this reader may see it: values under the name of a field that is closed to them are covered.

    `unknown`: whether a name that is no classified field (a count, a file's hash) is shown; in rows of the record it is not,
    for there an unknown name is a field that nobody has classified.
    """
    sees, known = fields_of(user), access().named
    if isinstance(detail, dict):
        return {
            name: masked(user, value, unknown=unknown) if sees[name] or (unknown and name not in known) else MASK
            for name, value in detail.items()
        }
    return [masked(user, item, unknown=unknown) for item in detail] if isinstance(detail, list) else detail
