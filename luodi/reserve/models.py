"""What people say in the reserve: ideas, words on packaging items, dates of readiness, the list of key projects. Appended, withdrawn, never deleted."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.core.recorded import Recorded
from luodi.projects.models import Project
from luodi.reserve.engine import packaging


class Idea(Recorded):
    """A project that was entered here before any ledger held it: who proposed it, and who wrote it down."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="idea")
    proposer = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)


class Tick(Recorded):
    """A person's word on a packaging item; a later word withdraws the earlier one."""

    class Verdict(models.TextChoices):
        YES = packaging.YES, _("已具备")
        NO = packaging.NO, _("尚缺")
        NOT_NEEDED = packaging.NOT_NEEDED, _("不需要")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ticks")
    item = models.CharField(max_length=30)
    verdict = models.CharField(max_length=4, choices=Verdict.choices)
    note = models.CharField(max_length=300)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="reserve_one_word_an_item", fields=["project", "item"], condition=models.Q(withdrawn_at=None)
            )
        ]


class Readiness(Recorded):
    """The day by which a person says the project will have everything it needs."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="readiness")
    ready_on = models.DateField()
    note = models.CharField(max_length=300)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)


class KeyDecision(Recorded):
    """A named person puts a project on the list of key projects, or takes it off again; both with a reason."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="key_decisions")
    reason = models.CharField(max_length=300)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="reserve_key_once", fields=["project"], condition=models.Q(ended_at=None))
        ]
