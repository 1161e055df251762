"""Evidence and the events that it supports."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from luodi.core.recorded import Recorded
from luodi.projects.models import Project, StageEvent, Statement


class Evidence(Statement):
    """A document or page that someone filed for a project."""

    class Verdict(models.TextChoices):
        NONE = "", _("待核")
        ACCEPTED = "accepted", _("一致")
        REJECTED = "rejected", _("矛盾")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=300)
    source = models.CharField(
        max_length=600, blank=True, help_text="address of a public page, or words where none is known"
    )
    sha256 = models.CharField(max_length=64, blank=True, help_text="content hash of a stored file")
    grade = models.CharField(max_length=1, blank=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # verification
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.title


class Support(Recorded):
    """This evidence speaks for that event."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="supports")
    event = models.ForeignKey(StageEvent, on_delete=models.CASCADE, related_name="supports")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evidence", "event"], name="evidence_supports_an_event_once")
        ]
