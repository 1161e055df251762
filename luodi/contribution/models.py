"""What people say of a project's ends, promises and deliveries. Appended, withdrawn, never overwritten."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.core.recorded import Recorded
from luodi.evidence.models import Evidence
from luodi.projects.models import Project


class EndStatement(Recorded):
    """A person's word that a project serves an end."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ends")
    end = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="contribution_end_once", fields=["project", "end"], condition=models.Q(withdrawn_at=None)
            )
        ]


class Outcome(Recorded):
    """A number for a measure, with where it is from. The latest that stands counts."""

    measure = models.CharField(max_length=20)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    unit = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True, help_text="the year it is of, or is promised for")
    source = models.CharField(max_length=300, help_text="document, statement, or who said it")
    evidence = models.ForeignKey(Evidence, null=True, on_delete=models.PROTECT, related_name="+")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawal = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Promise(Outcome):
    """What the project is to bring, as it was promised."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="promises")


class Delivery(Outcome):
    """What it brought in a year, as someone reports; proven once a second person has said yes."""

    class Verdict(models.TextChoices):
        NONE = "", _("待核实")
        ACCEPTED = "accepted", _("已核实")
        REJECTED = "rejected", _("不认可")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="deliveries")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verification = models.CharField(max_length=300, blank=True, help_text="what was checked, or why not accepted")
