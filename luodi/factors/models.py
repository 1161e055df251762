"""The book of factors: pools with what they are given, what projects need, who was promised what; works, plans and what they adopted.

Amounts are whole numbers of the factor's smallest unit. Everything is appended and ended, never deleted.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.accounts.models import User
from luodi.accounts.policy import scope_of
from luodi.core.installation import organization
from luodi.core.recorded import Recorded, RecordedQuerySet
from luodi.factors.settings import Factor, factor_settings
from luodi.projects.models import Project

PERSON: dict[str, Any] = {"on_delete": models.PROTECT, "related_name": "+"}
LIVE = models.Q(withdrawn_at=None)


class Mark(models.TextChoices):
    """How sure a number is."""

    CONFIRMED = "confirmed", _("已核")
    PENDING = "pending", _("待核")
    DEMO = "demo", _("演示")


class PoolQuerySet(RecordedQuerySet["Pool"]):
    def current(self) -> "PoolQuerySet":
        return self.filter(closed_at=None)

    def visible_to(self, user: User | None) -> "PoolQuerySet":
        """Pools of the person's units, and those of the whole city: who may not see a pool cannot wait for it."""
        scope = scope_of(user)
        if scope.everything or scope.assigned:
            return self
        return self.filter(models.Q(unit__in=scope.units) | models.Q(unit=""))


class Pool(Recorded):
    """What there is of a factor in one place (指标池): a park's power, the city's COD, special bonds among capital."""

    factor = models.CharField(max_length=20)
    unit = models.CharField(
        max_length=40, blank=True, help_text="park or county by its reporting unit; blank = whole city"
    )
    label = models.CharField(max_length=40, blank=True, help_text="one of several pools of a factor: 专项债, 银行贷款")
    demo = models.BooleanField(default=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    objects = PoolQuerySet.as_manager()  # type: ignore[misc] # the checker takes the base's for a class variable

    class Meta:
        ordering: ClassVar = ["factor", "unit", "label"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="factors_pool_once", fields=["factor", "unit", "label"], condition=models.Q(closed_at=None)
            )
        ]

    def __str__(self) -> str:
        place = organization(self.unit) if self.unit else _("全市")
        return " · ".join(str(part) for part in (self.kind_of.name, place, self.label) if part)

    @property
    def kind_of(self) -> Factor:
        return factor_settings().factor[self.factor]


class Said(Recorded):
    """A person's word with its source; a later word withdraws it."""

    mark = models.CharField(max_length=9, choices=Mark.choices, default=Mark.PENDING)
    source = models.CharField(max_length=300)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, db_index=True)
    withdrawal = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Work(Said):
    """A preparation work (要素准备工程): clearing land, a substation, a sewage plant. Finished, it adds to its pool."""

    class State(models.TextChoices):
        CONSIDERED = "considered", _("备选")
        DECIDED = "decided", _("已定")
        STARTED = "started", _("在建")
        FINISHED = "finished", _("建成")
        CANCELLED = "cancelled", _("不做")

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="works")
    name = models.CharField(max_length=200)
    adds = models.BigIntegerField()
    days = models.PositiveIntegerField(help_text="calendar days from start to use")
    earliest_on = models.DateField()
    cost_fen = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CONSIDERED)
    starts_on = models.DateField(null=True, help_text="decided or actual")
    finished_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["earliest_on", "id"]

    def __str__(self) -> str:
        return self.name


class WorkUse(Recorded):
    """What a work itself needs of a pool: crews while it runs, money from its start."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="uses")
    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()


class Supply(Said):
    """A tranche (批次): so much more from a day on; of what is lent, so much more until a day."""

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="supplies")
    amount = models.BigIntegerField()
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    work = models.ForeignKey(Work, null=True, on_delete=models.PROTECT, related_name="supplies")

    class Meta:
        ordering: ClassVar = ["from_on", "id"]
        indexes: ClassVar = [models.Index(fields=["pool", "from_on"], name="factors_supply_pool")]


class Demand(Said):
    """What a project needs of a factor for a step: stated, or by contract. Without one the city's norm estimates it."""

    class Basis(models.TextChoices):
        STATED = "stated", _("填报")
        CONTRACTED = "contracted", _("合同")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="demands")
    factor = models.CharField(max_length=20)
    step = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    basis = models.CharField(max_length=10, choices=Basis.choices, default=Basis.STATED)
    need_on = models.DateField(null=True, help_text="null = as the project's steps say")

    class Meta:
        ordering: ClassVar = ["project", "factor"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="factors_demand_once", fields=["project", "factor", "step"], condition=LIVE)
        ]


class Reservation(Recorded):
    """A claim of a project on a pool: held for a while, promised for a day, delivered; or ended. Live claims never exceed the pool."""

    class State(models.TextChoices):
        HELD = "held", _("预留")
        PROMISED = "promised", _("已承诺")
        DELIVERED = "delivered", _("已到位")
        RELEASED = "released", _("已释放")
        EXPIRED = "expired", _("预留到期")
        MOVED = "moved", _("已调剂")

    LIVE: ClassVar = (State.HELD, State.PROMISED, State.DELIVERED)

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="reservations")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="reservations")
    step = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    from_on = models.DateField(help_text="the day from which the project can have it")
    until_on = models.DateField(null=True, help_text="of what is lent: the last day")
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD, db_index=True)
    expires_on = models.DateField(null=True, help_text="of a hold: the last day on which it stands")
    delivered_on = models.DateField(null=True)
    basis = models.CharField(max_length=300, help_text="document or reason")
    origin = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", help_text="transferred from"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    made_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=300, blank=True, help_text="why it ended")

    class Meta:
        ordering: ClassVar = ["from_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["pool", "state"], name="factors_claims_pool"),
            models.Index(fields=["project", "state"], name="factors_claims_project"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="factors_claims_something", condition=models.Q(amount__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.pool} {self.project}"


class Posting(Recorded):
    """A line of a pool's ledger (流水): what came in (+) and what was claimed (−) or given back (+). Its sum is what is left in the end."""

    class Kind(models.TextChoices):
        SUPPLIED = "supplied", _("供给")
        WITHDRAWN = "withdrawn", _("供给撤回")
        CLAIMED = "claimed", _("占用")
        FREED = "freed", _("退回")

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="postings")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    amount = models.BigIntegerField(help_text="signed")
    day = models.DateField(help_text="from which it counts")
    supply = models.ForeignKey(Supply, null=True, on_delete=models.PROTECT, related_name="+")
    reservation = models.ForeignKey(Reservation, null=True, on_delete=models.PROTECT, related_name="postings")
    note = models.CharField(max_length=300, blank=True)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    posted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["pool", "id"], name="factors_ledger_pool")]


class Plan(Recorded):
    """A proposed calendar (排期) for all projects and works, how good it is known to be, and who adopted it."""

    UNSEALED: ClassVar[frozenset[str]] = frozenset(
        {"document", "job"}
    )  # the first is too large for the log: its hash is sealed

    class State(models.TextChoices):
        ASKED = "asked", _("计算中")
        FOUND = "found", _("待采纳")
        FAILED = "failed", _("没有排成")
        ADOPTED = "adopted", _("现行")
        SUPERSEDED = "superseded", _("已被替换")

    # the question
    name = models.CharField(max_length=100)
    as_of = models.DateField()
    seconds = models.PositiveIntegerField()
    seed = models.PositiveIntegerField(default=1)
    change = models.JSONField(default=dict, help_text="what-if: later tranches, cancelled works, projects that arrive")
    base = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", help_text="plan in force then"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    asked_at = models.DateTimeField(default=timezone.now)
    job = models.BigIntegerField(null=True)
    # the answer
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED, db_index=True)
    proven = models.BooleanField(default=False, help_text="no plan waits less")
    waiting = models.FloatField(null=True, help_text="weeks × weight")
    bound = models.FloatField(null=True, help_text="no plan goes below")
    cost_fen = models.BigIntegerField(null=True)
    took = models.FloatField(null=True, help_text="seconds")
    trouble = models.TextField(blank=True, help_text="why no plan was found")
    trouble_en = models.TextField(blank=True, help_text="the same in English")
    unfit = models.JSONField(default=list, help_text="[[project id, its name where supposed, pool id], …] not planned")
    entry = models.BigIntegerField(null=True, help_text="newest entry of the log that it knew")
    document = models.TextField(blank=True, help_text="problem and plan: JSON, gzip, base64")
    document_sha256 = models.CharField(max_length=64, blank=True)
    # the decision
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, **PERSON)
    adopted_at = models.DateTimeField(null=True)
    adoption = models.CharField(max_length=500, blank=True, help_text="reason of who adopted it")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="factors_one_plan", fields=["state"], condition=models.Q(state="adopted"))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def gap(self) -> float | None:
        """Share of the waiting that may not be needed: nothing is known without a bound."""
        if self.waiting is None or self.bound is None:
            return None
        return (self.waiting - self.bound) / max(1.0, self.waiting)

    @property
    def shown(self) -> tuple[str, str]:
        """Waiting and bound as pages write them."""
        return f"{self.waiting or 0:,.0f}", f"{self.bound or 0:,.0f}"


class PlanLine(Recorded):
    """What a plan says of one project: its days, how long it waits, and for which pool."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lines")
    project = models.ForeignKey(
        Project, null=True, on_delete=models.PROTECT, related_name="plan_lines", help_text="null = supposed to arrive"
    )
    name = models.CharField(max_length=300, blank=True, help_text="of a project that is supposed to arrive")
    weight = models.PositiveIntegerField(help_text="in the waiting; grows with the investment")
    starts_on = models.DateField()
    ends_on = models.DateField()
    free_on = models.DateField(help_text="end with unlimited factors")
    waits_days = models.PositiveIntegerField()
    pool = models.ForeignKey(
        Pool, null=True, on_delete=models.PROTECT, related_name="+", help_text="what holds it last"
    )
    reasons = models.JSONField(default=list, help_text="[[step, pool id or 0, days, until, how, work id or 0], …]")
    moved_days = models.IntegerField(null=True, help_text="against the plan in force; null = new")
    slips = models.PositiveSmallIntegerField(default=0, help_text="times an adopted end was moved later")

    class Meta:
        ordering: ClassVar = ["starts_on", "id"]
        constraints: ClassVar = [models.UniqueConstraint(name="factors_line_once", fields=["plan", "project"])]


class PlanStep(Recorded):
    """A step of a project on the calendar of an adopted plan: from then on it is a target."""

    line = models.ForeignKey(PlanLine, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=20)
    starts_on = models.DateField(db_index=True)
    ends_on = models.DateField()


class PlanWork(Recorded):
    """When a plan starts a work; null: not at all."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="works")
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(null=True)
    before_on = models.DateField(null=True, help_text="in the plan in force")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="factors_plan_work_once", fields=["plan", "work"])]
