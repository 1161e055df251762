"""People and their roles."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as AccountManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from luodi.accounts.permissions import Role
from luodi.core.installation import organization
from luodi.core.recorded import Recorded, RecordedQuerySet

BOUND = (Role.UNIT_CLERK, Role.DEPARTMENT)
"""Roles whose reach hangs on their unit."""


class UserManager(AccountManager.from_queryset(RecordedQuerySet)):  # type: ignore[misc] # made at run time
    """Makes accounts as Django does, journaled as the record is."""

    use_in_migrations = False


class User(Recorded, AbstractUser):
    """A person with one role. `unit` is a reporting unit or a department; a blank role waits to be granted one."""

    UNSEALED: ClassVar = frozenset({"password", "last_login", "money_unit"})

    role = models.CharField(max_length=40, choices=Role.choices, default="", blank=True)
    unit = models.CharField(max_length=40, blank=True, help_text="reporting unit or department, a code of the city")
    title = models.CharField(max_length=60, blank=True, help_text="post (职务)")
    money_unit = models.CharField(max_length=4, default="万元")
    # signing in
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(default=timezone.now)
    session_generation = models.IntegerField(default=0, help_text="raised to end every session of this person")

    objects = UserManager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="accounts_bound_role_has_unit",
                condition=~models.Q(role__in=BOUND) | ~models.Q(unit=""),
                violation_error_message=_("填报员必须有填报单位，部门账号必须有部门。"),
            )
        ]

    def get_session_auth_hash(self) -> str:
        """A session lives as long as the password and the generation it began under: raising one ends it at its next request."""
        return salted_hmac("luodi.accounts.session", f"{self.session_generation}:{self.password}").hexdigest()

    @property
    def role_label(self) -> str:
        return self.get_role_display() if self.role else str(_("待授权"))

    @property
    def unit_label(self) -> str:
        return organization(self.unit)

    @property
    def short_name(self) -> str:
        return self.get_full_name() or self.username

    @property
    def display_name(self) -> str:
        """单位+姓名+职务: how a person is named on every page."""
        return " ".join(part for part in (self.unit_label, self.short_name, self.title) if part)


class OldPassword(Recorded):
    """Hash of a password that was used before, so that it is not used again."""

    UNSEALED: ClassVar = frozenset({"hash"})

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="old_passwords")
    hash = models.CharField(max_length=128)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-id"]
