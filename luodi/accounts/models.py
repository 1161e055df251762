"""People and their roles."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as AccountManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from luodi.accounts.permissions import Role
from luodi.core.installation import city
from luodi.core.recorded import Recorded, RecordedQuerySet


class UserManager(AccountManager.from_queryset(RecordedQuerySet)):  # type: ignore[misc] # made at run time
    """Makes accounts as Django does, journaled as the record is."""

    use_in_migrations = False


class User(Recorded, AbstractUser):
    """A person with one role; a clerk also has the reporting unit that bounds what they see."""

    UNSEALED: ClassVar = frozenset({"password", "last_login", "money_unit"})

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.UNIT_CLERK)
    unit = models.CharField(max_length=40, blank=True, help_text="code of the reporting unit; required for clerks")
    title = models.CharField(max_length=60, blank=True)
    money_unit = models.CharField(max_length=4, default="万元")

    objects = UserManager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_clerk_has_unit",
                condition=~models.Q(role=Role.UNIT_CLERK) | ~models.Q(unit=""),
                violation_error_message=_("填报员必须有所属填报单位。"),
            )
        ]

    @property
    def role_label(self) -> str:
        return self.get_role_display()

    @property
    def unit_label(self) -> str:
        unit = city().unit.get(self.unit)
        return unit.name if unit else ""

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username
