"""What was uploaded: the file, each run of it, and every row verbatim."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.core.files import path_of
from luodi.core.recorded import Recorded, RecordedQuerySet
from luodi.jobs.models import Job


class LedgerFile(Recorded):
    """An uploaded file, kept once under the hash of its content."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    received_at = models.DateTimeField(default=timezone.now)
    received_from = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Any:
        return path_of(self.sha256)


class BatchQuerySet(RecordedQuerySet["Batch"]):
    def visible_to(self, user: User) -> "BatchQuerySet":
        """A clerk sees what was loaded for their own unit and those under it."""
        scope = scope_of(user)
        return self if scope.everything else self.filter(unit__in=scope.units)


class Batch(Recorded):
    """One run of one file: uploaded, checked, committed, perhaps reverted."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("已上传")
        CHECKED = "checked", _("已校验")
        COMMITTED = "committed", _("已入库")
        REVERTED = "reverted", _("已撤回")
        REFUSED = "refused", _("未接受")

    # identity
    file = models.ForeignKey(LedgerFile, on_delete=models.PROTECT, related_name="batches")
    name = models.CharField(max_length=255)
    unit = models.CharField(max_length=40, blank=True, help_text="scope of the clerk who loaded it; blank = whole city")
    # state
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED, db_index=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.JSONField(null=True)
    # how the file was understood
    sheets = models.JSONField(default=list, help_text="per table: sheet, heading rows, columns with fields, totals")
    mapping = models.JSONField(default=dict, help_text="corrections by a person: {sheet: {column letter: field}}")
    counts = models.JSONField(default=dict, help_text="created, changed, unchanged, rejected, warnings")
    # provenance
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    committed_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class RowQuerySet(RecordedQuerySet["Row"]):
    def discard(self) -> None:
        """Preview rows of a batch that was not committed are not the record."""
        models.QuerySet.delete(self.filter(batch__state__in=(Batch.State.UPLOADED, Batch.State.CHECKED)))


class Row(Recorded):
    """One line of a ledger, word for word, with what became of it."""

    class State(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("变更")
        UNCHANGED = "unchanged", _("无变化")
        REJECTED = "rejected", _("退回")
        PENDING = "pending", _("待审核")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=100)
    number = models.IntegerField(help_text="the row number that Excel shows")
    cells = models.JSONField(help_text="{column letter: value as it stood}")
    state = models.CharField(max_length=10, choices=State.choices)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=dict, help_text="{field: [before, after]} as applied to the target")
    label = models.CharField(max_length=300, blank=True)
    # The target lies above this part, so it is a number and not a foreign key.
    target_id = models.BigIntegerField(null=True, db_index=True)

    objects = RowQuerySet.as_manager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["batch", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "sheet", "number"], name="intake_row_once_per_batch")
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.number}"

    @classmethod
    def sealed_rows(cls) -> models.QuerySet["Row"]:
        """Rows of a batch that reached the record."""
        return cls._base_manager.filter(batch__state__in=(Batch.State.COMMITTED, Batch.State.REVERTED))


class RememberedMapping(Recorded):
    """A mapping a person confirmed, kept per set of headings: the same ledger next month needs no second look."""

    heading_key = models.CharField(max_length=64, unique=True)
    fields = models.JSONField(help_text="{folded heading path: field or blank}")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)
