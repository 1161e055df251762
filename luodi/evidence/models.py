"""Evidence, the files behind it, the events that it supports, and what second persons said of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.accounts.models import User
from luodi.core.files import path_of
from luodi.core.recorded import Recorded, RecordedQuerySet
from luodi.projects.models import Filed, Project, StageEvent


class StoredFile(Recorded):
    """An uploaded file, kept once under the hash of its content. Nobody may open it before its type was checked."""

    class State(models.TextChoices):
        QUARANTINED = "quarantined", _("待检查")
        CLEAN = "clean", _("可打开")
        REFUSED = "refused", _("未通过检查")

    UNSEALED = frozenset({"text"})  # it follows from the file, which the hash seals

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255, help_text="as it was called when it came first")
    size = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUARANTINED)
    type = models.CharField(max_length=8, blank=True, help_text="by its content: pdf, jpg, docx …")
    refusal = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True, help_text="what can be read in it, for searching")
    meta = models.JSONField(default=dict, help_text="pages, width, height, camera's time and place")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Any:
        return path_of(self.sha256)

    @property
    def is_clean(self) -> bool:
        return self.state == self.State.CLEAN


class EvidenceQuerySet(RecordedQuerySet["Evidence"]):
    def visible_to(self, user: User | None) -> "EvidenceQuerySet":
        """Evidence of projects that the person may see."""
        return self.filter(project__in=Project.objects.current().visible_to(user))

    def with_verdict(self) -> "EvidenceQuerySet":
        """Annotated with `decided` (accepted, rejected or None) and `last` (the latest word of any kind)."""
        words = Judgement.objects.filter(evidence=models.OuterRef("pk")).order_by("-id")
        decisive = words.filter(verdict__in=Judgement.DECISIVE)
        return self.annotate(
            decided=models.Subquery(decisive.values("verdict")[:1]), last=models.Subquery(words.values("verdict")[:1])
        )


class Evidence(Filed):
    """A document or page that someone filed for a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=30, db_index=True)
    title = models.CharField(max_length=300)
    source = models.CharField(
        max_length=600, blank=True, help_text="address of a public page, or words where none is known"
    )
    grade = models.CharField(max_length=1, blank=True)
    # the file
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="evidence")
    sha256 = models.CharField(max_length=64, blank=True, help_text="content hash of a stored file")
    # what the filer says of it
    stage = models.CharField(max_length=20, blank=True, default="", db_default="", help_text="what it was filed for")
    replaces = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="item that it is offered for instead"
    )
    note = models.CharField(max_length=500, blank=True, default="", db_default="")
    # when and where a photo was taken, by the camera or by the filer's word
    taken_at = models.DateTimeField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    place = models.CharField(max_length=200, blank=True, default="", db_default="")
    is_stated = models.BooleanField(default=False, db_default=False, help_text="time or place by the filer's word")

    objects = EvidenceQuerySet.as_manager()  # type: ignore[misc] # the checker takes the base's for a class variable

    def __str__(self) -> str:
        return self.title

    @property
    def filer(self) -> int | None:
        """Who filed it: a person, or whoever loaded the ledger that named it."""
        return self.filed_by_id or (self.row.batch.created_by_id if self.row else None)

    @property
    def judgement(self) -> "Judgement | None":
        """The decision that stands: the latest yes or no. Questions and answers leave it as it is."""
        said = sorted(self.judgements.all(), key=lambda one: -one.pk)
        return next((one for one in said if one.verdict in Judgement.DECISIVE), None)

    @property
    def verdict(self) -> str:
        decided = self.judgement
        return decided.verdict if decided else ""


class Support(Recorded):
    """This evidence speaks for that event."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="supports")
    event = models.ForeignKey(StageEvent, on_delete=models.CASCADE, related_name="supports")
    recorded_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evidence", "event"], name="evidence_supports_an_event_once")
        ]


class Judgement(Recorded):
    """What a second person said of a piece of evidence, or the filer's answer. Appended; the latest yes or no stands."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("一致")
        REJECTED = "rejected", _("矛盾")
        ASKED = "asked", _("询问")
        ANSWERED = "answered", _("说明")

    DECISIVE = (Verdict.ACCEPTED, Verdict.REJECTED)

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="judgements")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=500, blank=True)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["evidence", "-id"], name="evidence_judgement_latest")]


class Draw(Recorded):
    """A random re-check: its seed is committed to by hash first, drawn with, and published afterwards."""

    seed_sha256 = models.CharField(max_length=64)
    seed = models.CharField(
        max_length=64, blank=True, help_text="blank until it is published with the draw; kept beside the database"
    )
    size = models.IntegerField()
    population = models.JSONField(default=list, help_text="ids of the accepted evidence that was drawn from")
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(default=timezone.now)
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.seed_sha256[:12]}"


class Recheck(Recorded):
    """One drawn piece of evidence, and what came of looking again."""

    class Result(models.TextChoices):
        UPHELD = "upheld", _("属实")
        OVERTURNED = "overturned", _("不属实")

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="rechecks")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="rechecks")
    result = models.CharField(max_length=10, choices=Result.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draw", "evidence"], name="evidence_drawn_once")]
