"""What screening keeps: rulebooks and who approved them, what people stated for it, exceptions, and runs that can be replayed."""

from datetime import date
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.accounts.models import User
from luodi.core.installation import folder
from luodi.core.recorded import Recorded, RecordedQuerySet
from luodi.evidence.models import Evidence
from luodi.projects.models import Project


class Rulebook(Recorded):
    """One version of the rules, whole. A draft is somebody's copy; published, it never changes again."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        DROPPED = "dropped", _("已放弃")

    title = models.CharField(max_length=120)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="copies")
    document = models.JSONField(help_text="facts, parameters, rules, cases, bands, as `engine.reading` writes them")
    sha256 = models.CharField(max_length=64, help_text="digest of the document")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
    valid_from = models.DateField(null=True, help_text="first day on which it is the city's; set when published")
    # who
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, help_text="why it changes the one before")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.title} v{self.pk}"


class Declaration(Recorded):
    """What somebody states of a project for the rules that no ledger says: energy use, a permit, a process."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="declarations")
    fact = models.CharField(max_length=60, help_text="code of the rulebook's list of facts")
    value = models.CharField(max_length=500, help_text="canonical text: a number, true or false, a day, words")
    evidence = models.ForeignKey(Evidence, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    # who
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="screening_one_declaration", fields=["project", "fact"], condition=Q(withdrawn_at=None)
            )
        ]


class Clause(Recorded):
    """A clause of an incentive agreement, what the fair-competition rules ask about it, and a person's word on it."""

    class Verdict(models.TextChoices):
        OPEN = "", _("待审查")
        ALLOWED = "allowed", _("可以")
        FORBIDDEN = "forbidden", _("不得写入")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="clauses")
    text = models.TextField()
    kinds = models.JSONField(default=list, help_text="kinds of forbidden clauses that its words remind of")
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    # review
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]


class ExemptionQuerySet(RecordedQuerySet["Exemption"]):
    def standing(self, day: date) -> "ExemptionQuerySet":
        """Exemptions that hold on the day."""
        return self.filter(revoked_at=None, expires_on__gte=day)


class Exemption(Recorded):
    """A named person lets a vetoed project on (准入例外): for these rules, until a day, for a reason. It stays visible for life."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="exemptions")
    rules = models.JSONField(help_text="codes of the gate rules that it lets pass")
    reason = models.TextField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField()
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revocation = models.CharField(max_length=500, blank=True)

    objects = ExemptionQuerySet.as_manager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        ordering: ClassVar = ["-id"]


class Run(Recorded):
    """All projects screened as of a day; the facts and results lie frozen in the data folder, so that it can be replayed."""

    as_of = models.DateField()
    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="runs")
    taken_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    facts_sha256 = models.CharField(max_length=64)
    results_sha256 = models.CharField(max_length=64)
    counts = models.JSONField(help_text="projects by verdict and band; undefined by fact")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.as_of} {self.results_sha256[:12]}"

    @property
    def path(self) -> Path:
        """Folder of `facts.parquet` and `results.parquet`."""
        return folder("screening") / f"{self.as_of}-{self.facts_sha256[:12]}-{self.results_sha256[:12]}"
