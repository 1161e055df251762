"""What scans asked, the cases that people made of it, and every word on them. All of it appended."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.core.recorded import Recorded, RecordedQuerySet
from luodi.evidence.models import Evidence
from luodi.projects.models import NetDecision, Project, Undertaking

PERSON: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+"}


class Scheme(models.TextChoices):
    """What a question is about; the words ask, they do not accuse."""

    FAKE = "fake", _("签约是否真实")
    SPLIT = "split", _("是否一个工程拆成几项")
    DUP = "dup", _("是否重复签约")
    MOTION = "motion", _("进展是否真实")


class ScanRun(Recorded):
    """One scan of the record as of a day: by which model, until which entry of the log, with what result."""

    as_of = models.DateField()
    ran_at = models.DateTimeField(default=timezone.now)
    ran_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    model = models.CharField(max_length=60, help_text='version of the model, or "points": by the indicators alone')
    entry = models.BigIntegerField(help_text="newest entry of the log that it knew")
    results_sha256 = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.as_of} #{self.pk}"


class ScanFindingQuerySet(RecordedQuerySet["ScanFinding"]):
    def visible_to(self, user: User) -> "ScanFindingQuerySet":
        """Findings on projects that the person may see."""
        return self.filter(project__in=Project.objects.current().visible_to(user))


class ScanFinding(Recorded):
    """A question that scans ask of a project. Closed when they no longer ask it; that they did stays."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="scan_findings")
    scheme = models.CharField(max_length=6, choices=Scheme.choices)
    probability = models.DecimalField(max_digits=5, decimal_places=4)
    by_rule = models.BooleanField(
        default=False,
        help_text="the record states it, an indicator asked by itself: the probability is only a place in the list",
    )
    group = models.CharField(max_length=40, blank=True, help_text="id of the first signed of those that may be one")
    partners = models.JSONField(default=list, help_text="[[project id, probability that both are one, or null], …]")
    sentences = models.JSONField(default=dict, help_text="{language: [sentence, …]}; other projects as {12}")
    model = models.CharField(max_length=60)
    run = models.ForeignKey(ScanRun, on_delete=models.PROTECT, related_name="findings", help_text="the latest")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, db_index=True)

    objects = ScanFindingQuerySet.as_manager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        ordering: ClassVar = ["-probability", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "scheme"], name="integrity_asked_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["-probability", "id"], name="integrity_finding_order")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.project}"


class CaseQuerySet(RecordedQuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """A unit sees its own cases and those about a project of its own; the city sees all."""
        scope = scope_of(user)
        if scope.everything:
            return self
        about = CaseProject.objects.filter(project__in=Project.objects.current().visible_to(user)).values("case")
        return self.filter(models.Q(pk__in=about) | models.Q(unit__in=scope.units))


class Case(Recorded):
    """A question put to a unit (核查件): its answer, visits, the ruling of a named person, the appeal."""

    class State(models.TextChoices):
        OPEN = "open", _("待单位说明")
        ANSWERED = "answered", _("待核定")
        RULED = "ruled", _("已核定")
        APPEALED = "appealed", _("复核中")
        CLOSED = "closed", _("已终结")

    class Origin(models.TextChoices):
        FINDING = "finding", _("扫描的疑问")
        SAMPLE = "sample", _("随机抽查")
        PERSON = "person", _("人工提出")

    scheme = models.CharField(max_length=6, choices=Scheme.choices)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.FINDING)
    unit = models.CharField(max_length=40, blank=True, help_text="reporting unit that is to answer")
    question = models.CharField(max_length=500)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    opened_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN, db_index=True)
    due_on = models.DateField(null=True, help_text="last day of the term that runs; null = none runs")
    verdict = models.CharField(max_length=12, blank=True, help_text="of the ruling that stands")
    share = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, help_text="what the scan said when it opened"
    )
    model = models.CharField(max_length=60, blank=True)

    objects = CaseQuerySet.as_manager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class CaseProject(Recorded):
    """A project that a case is about."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="about")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="cases")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "project"], name="integrity_about_once")]


class CaseAnswer(Recorded):
    """The unit's word, with the papers that it brought."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answers")
    text = models.CharField(max_length=2000)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]


class Visit(Recorded):
    """Somebody went and looked."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="visits")
    visited_on = models.DateField()
    visitors = models.CharField(max_length=200)
    seen = models.CharField(max_length=2000)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]


class CasePaper(Recorded):
    """A paper of the evidence store that an answer or a visit rests on."""

    answer = models.ForeignKey(CaseAnswer, null=True, on_delete=models.PROTECT, related_name="papers")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="photos")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")


class Ruling(Recorded):
    """A named person's verdict, of the first or the second instance. The latest stands."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("疑问属实")
        EXPLAINED = "explained", _("已说明清楚")
        INSUFFICIENT = "insufficient", _("依据不足")
        UPHELD = "upheld", _("维持")
        OVERTURNED = "overturned", _("撤销")

    FIRST = (Verdict.CONFIRMED, Verdict.EXPLAINED, Verdict.INSUFFICIENT)
    SECOND = (Verdict.UPHELD, Verdict.OVERTURNED)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="rulings")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reason = models.CharField(max_length=2000)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]


class Appeal(Recorded):
    """The unit asks for a second instance."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="appeal")
    text = models.CharField(max_length=2000)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    said_at = models.DateTimeField(default=timezone.now)


class Effect(Recorded):
    """What a ruling did to net figures: exactly this is taken back when it is overturned."""

    ruling = models.ForeignKey(Ruling, on_delete=models.PROTECT, related_name="effects")
    decision = models.ForeignKey(NetDecision, null=True, on_delete=models.PROTECT, related_name="+")
    undertaking = models.ForeignKey(Undertaking, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]


class SampleDraw(Recorded):
    """A random look at projects that nothing was asked of: its seed is committed to by hash, drawn with, and published."""

    seed_sha256 = models.CharField(max_length=64)
    seed = models.CharField(max_length=64, blank=True, help_text="blank until it is published with the draw")
    size = models.IntegerField()
    population = models.JSONField(default=list, help_text="ids of the projects that were drawn from")
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    committed_at = models.DateTimeField(default=timezone.now)
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.seed_sha256[:12]}"


class SampledProject(Recorded):
    """One drawn project, and what looking at it found: nothing, or a case."""

    class Result(models.TextChoices):
        NOTHING = "nothing", _("没有疑问")
        ASKED = "asked", _("有疑问，已立件")

    draw = models.ForeignKey(SampleDraw, on_delete=models.PROTECT, related_name="sampled")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=8, choices=Result.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="sampled")
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["draw", "project"], name="integrity_drawn_once")]
