"""Derived, never typed in: where each project stands today, and the frozen tables of a day."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from luodi.core.installation import folder
from luodi.core.recorded import Recorded
from luodi.projects.models import Project


class Standing(models.Model):
    """Where a project stands now; recomputed by every action that touches its claims, evidence or package."""

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="standing")
    reported = models.SmallIntegerField(default=-1, help_text="rank of the furthest stage claimed; -1 = none")
    proven = models.SmallIntegerField(default=-1)
    net = models.SmallIntegerField(default=-1)
    packed = models.SmallIntegerField(default=1, help_text="1 = counts in 打包, 0 = lies in a package")
    unpacked = models.IntegerField(default=1, help_text="projects that it stands for in 拆分; 0 = a package's shell")
    amount_fen = models.BigIntegerField(null=True, help_text="latest exact amount in CNY; null = none stated")
    unpacked_fen = models.BigIntegerField(null=True, help_text="the amount that counts in 拆分")
    tier = models.CharField(max_length=8, blank=True)
    investor = models.CharField(max_length=300, blank=True, help_text="first investor or owner, for lists")
    # of what a named person took for one undertaking, net counts the furthest part
    part_of = models.ForeignKey(
        Project, null=True, on_delete=models.CASCADE, related_name="+", help_text="the part that counts for it in net"
    )
    added_fen = models.BigIntegerField(default=0, help_text="what the other parts add in net, 打包")
    added_unpacked_fen = models.BigIntegerField(default=0, help_text="the same in 拆分")
    state = models.CharField(max_length=8, default="active", help_text="active, paused or exited")
    computed_on = models.DateField(help_text="the day it stands for")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["reported", "project"], name="standing_reported"),
            models.Index(fields=["proven", "project"], name="standing_proven"),
            models.Index(fields=["net", "project"], name="standing_net"),
            models.Index(fields=["-amount_fen", "project"], name="standing_amount"),
            models.Index(fields=["state", "project"], name="standing_state"),
        ]


class Snapshot(Recorded):
    """The record as of a day, as Parquet tables in the data folder."""

    as_of = models.DateField(db_index=True)
    taken_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, help_text="hash over the content hashes of its tables")
    definition = models.CharField(max_length=80)
    manifest = models.JSONField()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.as_of} {self.sha256[:12]}"

    @property
    def path(self) -> Any:
        return folder("snapshots") / f"{self.as_of}-{self.sha256[:12]}"
