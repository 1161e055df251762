"""The table of jobs."""

from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of


class Said(NamedTuple):
    """A closing message: a text that is marked for translation, and what its places hold. Each reader gets it in their own language."""

    text: str
    values: dict[str, Any] = {}  # noqa: RUF012  # never written to


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> "JobQuerySet":
        """A clerk sees the jobs of their unit, as they see its batches; everybody else in a bounded role their own."""
        scope = scope_of(user)
        return self if scope.everything else self.filter(models.Q(unit__in=scope.units) | models.Q(started_by=user))


class Job(models.Model):
    """One piece of work: what, how far, and how it ended."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    # what
    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=40, blank=True, help_text="scope of who started it; blank = whole city")
    created_at = models.DateTimeField(default=timezone.now)
    # how far
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED, db_index=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    values = models.JSONField(default=dict, help_text="what the places in the message hold")
    cancel_requested = models.BooleanField(default=False)
    # by whom
    worker = models.CharField(max_length=80, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def words(self) -> str:
        """How it ended, in the reader's language."""
        text = gettext(self.message) if self.message else self.get_state_display()
        return text % self.values if self.values else text

    @property
    def percent(self) -> int:
        return 100 if self.state == self.State.DONE else min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}
