"""The register. Statements are appended and withdrawn, never overwritten; what is current is derived in `luodi.snapshots`."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.core.recorded import Recorded, RecordedQuerySet
from luodi.intake import words
from luodi.intake.models import Row
from luodi.organizations.models import Party


class ProjectQuerySet(RecordedQuerySet["Project"]):
    def current(self) -> "ProjectQuerySet":
        """Projects that stand in the register: not withdrawn with the batch that brought them."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, user: User | None) -> "ProjectQuerySet":
        """Within a person's scope; a stranger's project is not found, never forbidden."""
        scope = scope_of(user)
        if scope.everything:
            return self
        if scope.assigned:
            return self.filter(pk__in=Assignment.objects.filter(person=scope.person, ended_at=None).values("project"))
        return self.filter(unit__in=scope.units)


class Project(Recorded):
    """One undertaking, under whatever names."""

    # identity
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300, db_index=True, help_text="name as compared")
    initials = models.CharField(max_length=120, blank=True, db_index=True, help_text="pinyin initials for searching")
    project_code = models.CharField(max_length=24, blank=True, db_index=True, help_text="投资项目统一代码, as text")
    number = models.CharField(max_length=40, blank=True, help_text="the office's own number")
    package = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    stated_members = models.PositiveIntegerField(null=True, help_text="how many projects the ledger says it packs")
    # content
    nature = models.CharField(
        max_length=20, blank=True, db_index=True, help_text="code of the city; blank = not stated"
    )
    unit = models.CharField(max_length=40, blank=True, db_index=True, help_text="reporting unit, a code of the city")
    division = models.CharField(max_length=6, blank=True, help_text="GB/T 2260")
    place = models.CharField(max_length=200, blank=True)
    chain = models.CharField(max_length=80, blank=True, db_index=True)
    industry_code = models.CharField(max_length=5, blank=True, help_text="GB/T 4754-2017")
    tags = models.JSONField(default=list)
    facts = models.JSONField(
        default=dict, help_text="{ledger field: [text in canonical form, intake row that said it]}"
    )
    # lifecycle of the record
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_from = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, db_index=True)

    # submitted (报送): from then on it changes by request and review only
    submitted_at = models.DateTimeField(null=True, db_index=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ProjectQuerySet.as_manager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="projects_not_its_own_package",
                condition=models.Q(package=None) | ~models.Q(package=models.F("id")),
                violation_error_message=_("项目不能是自己的打包项目。"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def unit_name(self) -> str:
        return words.unit_name(self.unit)


class Statement(Recorded):
    """What a ledger row or a person said of a project, with both clocks: when it is about and when it was recorded."""

    row = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        abstract = True


class Filed(Statement):
    """A statement that a person may make and withdraw here, beside those that a ledger makes."""

    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # Ledger rows are written without these columns, so the database itself knows their defaults.
    withdrawal = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="why withdrawn")

    class Meta:
        abstract = True


class Lapse(Recorded):
    """A while in which a statement did not stand: a batch had replaced it and was reverted later. The second clock needs it."""

    kind = models.CharField(max_length=20, help_text="model of the statement")
    statement = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "until"], name="projects_lapse_kind_until")]


class Alias(Statement):
    """Another name of a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300, db_index=True)

    def __str__(self) -> str:
        return self.name


class Participation(Statement):
    """A party's role in a project, with its share when stated."""

    class Role(models.TextChoices):
        INVESTOR = "investor", _("投资方")
        OWNER = "owner", _("建设单位")
        HOLDER = "holder", _("股东")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="participations")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=10, choices=Role.choices)
    share = models.DecimalField(max_digits=7, decimal_places=4, null=True, help_text="percent")
    note = models.CharField(max_length=200, blank=True)


class Amount(Statement):
    """One statement of an amount, in the currency and with the bound it was made in."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="amounts")
    kind = models.CharField(max_length=30, default="total_investment")
    minor = models.BigIntegerField(help_text="分, or cents of the currency")
    currency = models.CharField(max_length=3, default="CNY")
    bound = models.CharField(max_length=10, default="exact")
    text = models.CharField(max_length=300, blank=True, help_text="as written")
    stated_on = models.DateField(null=True, help_text="the day the amount, and so its exchange rate, is of")


class StageEvent(Filed):
    """A step that a project took or plans to take, or a turn (pause, resumption, exit, re-entry), as someone claims."""

    class Kind(models.TextChoices):
        ACTUAL = "actual", _("实际")
        PLANNED = "planned", _("计划")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="events")
    stage = models.CharField(max_length=20)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    field = models.CharField(max_length=30, blank=True, help_text="ledger field that the claim was read from")
    starts_on = models.DateField(null=True, help_text="first day of the period claimed; null = no day given")
    ends_on = models.DateField(null=True, help_text="last day of the period claimed")
    precision = models.CharField(max_length=8, blank=True)
    known_on = models.DateField(null=True, help_text="day of the ledger that says it; bounds a claim without a date")
    basis = models.CharField(max_length=300, blank=True, help_text="the words around the date")
    text = models.CharField(max_length=500, blank=True, help_text="the cell as written")
    # what a person adds to it
    reason = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text="why it is out of order, or why the turn"
    )
    ground = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="entry of the city's list of pauses or exits"
    )
    plan = models.CharField(max_length=500, blank=True, default="", db_default="", help_text="how a pause is to end")
    review_on = models.DateField(null=True, help_text="day by which a pause is looked at again")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["project", "stage"])]


class ProjectCode(Statement):
    """A code of 投资项目在线审批监管平台, of either generation. A project may hold several, and several may share one: never a key."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(max_length=40, db_index=True)

    def __str__(self) -> str:
        return self.code


class ProjectPlace(Statement):
    """A division on whose land a project lies. One row of a ledger may span several cities."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="places")
    division = models.CharField(
        max_length=6, blank=True, help_text="GB/T 2260; blank = words that no code is known for"
    )
    text = models.CharField(max_length=200)


class Progress(Filed):
    """How far someone says it is, measured on what, on which day. Percentages of different bases cannot be compared."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="progress")
    percent = models.DecimalField(max_digits=7, decimal_places=3)
    basis = models.CharField(max_length=100, blank=True, help_text="设计+采购+施工, 施工, 投资…; blank = not stated")
    stated_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True, help_text="why it fell, when the basis is the same")


class DoubtfulPair(Filed):
    """Two records that may be one project. Only a named person says which; nothing is merged by itself."""

    class Verdict(models.TextChoices):
        OPEN = "", _("待定")
        SAME = "same", _("同一项目")
        DIFFERENT = "different", _("不是同一项目")
        LATER = "later", _("暂不能定")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="doubts")
    other = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="+")
    why = models.CharField(max_length=300)
    # decision
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, db_index=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)


class ChangeRequest(Recorded):
    """What someone wants changed in a submitted project, and what became of it. Old and new value stay readable."""

    class State(models.TextChoices):
        PENDING = "pending", _("待审核")
        APPLIED = "applied", _("已更改")
        REFUSED = "refused", _("未同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="change_requests")
    row = models.ForeignKey(
        Row, null=True, on_delete=models.PROTECT, related_name="+", help_text="ledger line that asks"
    )
    changes = models.JSONField(help_text="{field: [before, after]} in canonical form")
    values = models.JSONField(help_text="the new values as understood, so that applying them loses nothing")
    reason = models.TextField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING, db_index=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.project} #{self.pk}"


class ExchangeRate(Recorded):
    """What one unit of a currency was worth on a day, as a person entered it from a source; conversions stand beside, never instead."""

    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=14, decimal_places=6, help_text="CNY for one unit")
    rated_on = models.DateField()
    source = models.CharField(max_length=300)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["currency", "-rated_on", "-id"]

    def __str__(self) -> str:
        return f"{self.currency} {self.rated_on}"


class NetDecision(Recorded):
    """A named person's word that a project must not count in net figures; revoked, never deleted."""

    class Ground(models.TextChoices):
        FAKE = "fake", _("虚假签约")
        DUPLICATE = "duplicate", _("重复申报")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="net_decisions")
    ground = models.CharField(max_length=10, choices=Ground.choices)
    reason = models.TextField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)


class Undertaking(Recorded):
    """A named person's word that several projects are one undertaking (同一工程), told in parts; dissolved, never deleted.

    It changes net figures only: there its parts count as one, with what they state together. What was reported stays as it was.
    """

    reason = models.TextField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    dissolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    dissolved_at = models.DateTimeField(null=True)
    dissolution = models.TextField(blank=True, help_text="why dissolved")

    def __str__(self) -> str:
        return f"#{self.pk}"


class UndertakingPart(Recorded):
    """A project that is a part of an undertaking."""

    undertaking = models.ForeignKey(Undertaking, on_delete=models.CASCADE, related_name="parts")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="undertakings")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["undertaking", "project"], name="projects_part_once")]


class Assignment(Recorded):
    """A project put into a person's hands: it is within their reach until the assignment ends."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    reason = models.CharField(max_length=300, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="projects_assigned_once",
                fields=["project", "person"],
                condition=models.Q(ended_at=None),
                violation_error_message=_("该项目已经交办给这个人。"),
            )
        ]
