"""What documents say of themselves, results that were kept, and the words on them. All of it appended."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.accounts.models import User
from luodi.core.recorded import Recorded, RecordedQuerySet
from luodi.evidence.models import Evidence
from luodi.projects.models import Project


class Particular(Recorded):
    """One thing that a document says of itself (票面信息). A correction withdraws the earlier statement."""

    class Name(models.TextChoices):
        PARTY = "party", _("单位")
        COUNTERPARTY = "counterparty", _("对方单位")
        ISSUED_ON = "issued_on", _("日期")
        VALID_UNTIL = "valid_until", _("有效期至")
        AMOUNT = "amount", _("金额（万元）")
        AREA = "area", _("面积（平方米）")
        NUMBER = "number", _("文号")
        CREDIT_CODE = "credit_code", _("统一社会信用代码")

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="particulars")
    name = models.CharField(max_length=14, choices=Name.choices)
    value = models.CharField(max_length=300, help_text="days in ISO form, amounts in 分, areas in m²")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["name", "value"], name="checks_particular_value")]


class FindingQuerySet(RecordedQuerySet["Finding"]):
    def visible_to(self, user: User) -> "FindingQuerySet":
        """Findings of projects that the person may see."""
        return self.filter(project__in=Project.objects.current().visible_to(user))


class Finding(Recorded):
    """A result that asked for a word. Closed when it is no longer so; that it was red stays."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="findings")
    check_code = models.CharField(max_length=6)
    subject = models.CharField(max_length=120, blank=True, help_text="ids of the documents that it rests on")
    state = models.CharField(max_length=14)
    values = models.JSONField(default=dict, help_text="what fills the check's sentence")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, db_index=True)

    objects = FindingQuerySet.as_manager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "check_code", "subject"], name="checks_finding_once")
        ]

    def __str__(self) -> str:
        return f"{self.check_code} {self.project}"

    @property
    def last_word(self) -> str:
        """Kind of the latest word; blank before the first."""
        said: list[Any] = sorted(self.answers.all(), key=lambda one: one.pk)
        return said[-1].kind if said else ""


class Answer(Recorded):
    """A word on a finding: the unit explains, the office takes the explanation or does not."""

    class Kind(models.TextChoices):
        ANSWERED = "answered", _("说明")
        TAKEN = "taken", _("认可")
        DECLINED = "declined", _("不认可")

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.CharField(max_length=500)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]
