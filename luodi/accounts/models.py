"""People and their roles."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from luodi.core.installation import city


class Role(models.TextChoices):
    """What a person is in the city's work; permissions hang on it, never on a person."""

    ADMINISTRATOR = "administrator", _("系统管理员")
    PROJECT_OFFICE = "project_office", _("项目办")
    UNIT_CLERK = "unit_clerk", _("填报员")
    LEADER = "leader", _("领导")
    AUDITOR = "auditor", _("审计")


class User(AbstractUser):
    """A person with one role; a clerk also has the reporting unit that bounds what they see."""

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.UNIT_CLERK)
    unit = models.CharField(max_length=40, blank=True, help_text="code of the reporting unit; required for clerks")
    title = models.CharField(max_length=60, blank=True)
    money_unit = models.CharField(max_length=4, default="万元")

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
