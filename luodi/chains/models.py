"""Dictionary, maps and targets. Statements are appended: a new one withdraws the one before, with its year, author and reason.

Nodes are known by chain and code, so that what refers to one does not hang on a version of it.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.core.recorded import Recorded
from luodi.organizations.models import Party
from luodi.projects.models import Project

LIVE = models.Q(withdrawn_at=None)
QUANTITY: dict[str, Any] = {"max_digits": 16, "decimal_places": 4}


def once(name: str, *fields: str) -> models.UniqueConstraint:
    """At most one statement of these stands."""
    return models.UniqueConstraint(name=name, fields=fields, condition=LIVE)


class Chain(Recorded):
    """An industry chain under whatever names the years gave it; `name` and `office` are those of its newest edition."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    office = models.CharField(
        max_length=40, blank=True, help_text="department that works as the chain's office (链长制专班)"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name


class ChainStatement(Recorded):
    """What a person or the city's data says, of which year, and how sure it is."""

    class Mark(models.TextChoices):
        CONFIRMED = "confirmed", _("已核")
        PENDING = "pending", _("待核")
        DEMO = "demo", _("演示")

    year = models.PositiveSmallIntegerField(help_text="the year that it is of")
    mark = models.CharField(max_length=9, choices=Mark.choices, default=Mark.PENDING)
    source = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was stated or changed")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        abstract = True


class ChainEdition(ChainStatement):
    """A year's dictionary: how many chains are published, whether or not their names are. Null counts are not published."""

    class Kind(models.TextChoices):
        CHAINS = "chains", _("产业链")
        CLUSTERS = "clusters", _("产业集群")

    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.CHAINS)
    title = models.CharField(max_length=200)
    within = models.ForeignKey(
        Chain, null=True, on_delete=models.PROTECT, related_name="+", help_text="the chain that this one divides"
    )
    stated_count = models.PositiveSmallIntegerField(null=True)
    stated_majors = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["year", "code"]
        constraints: ClassVar = [once("chains_edition_once", "code")]

    def __str__(self) -> str:
        return f"{self.year} {self.title}"


class ChainName(ChainStatement):
    """A chain in an edition: its name there, whether it is one of the major ones, which office looks after it."""

    class Major(models.TextChoices):
        YES = "yes", _("重点")
        NO = "no", _("非重点")
        PENDING = "pending", _("重点待核")

    edition = models.CharField(max_length=40, db_index=True)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=80)
    major = models.CharField(max_length=7, choices=Major.choices, default=Major.NO)
    office = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [once("chains_name_once", "edition", "chain")]

    def __str__(self) -> str:
        return self.name


class ChainWord(ChainStatement):
    """A word by which ledgers mean a chain. What has no row here is listed as unmatched, never guessed."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="words")
    word = models.CharField(max_length=80)
    key = models.CharField(max_length=80, help_text="word as compared")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [once("chains_word_once", "key")]

    def __str__(self) -> str:
        return self.word


class ChainNode(ChainStatement):
    """A product or process of a chain. Quantities in its own unit a year; null = unknown, which is not zero."""

    class Kind(models.TextChoices):
        PRODUCT = "product", _("产品")
        PROCESS = "process", _("工序")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="nodes")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PRODUCT)
    industries = models.JSONField(default=list, help_text="GB/T 4754-2017 codes")
    unit = models.CharField(max_length=20, default="万吨")
    capacity = models.DecimalField(**QUANTITY, null=True)
    supply = models.DecimalField(**QUANTITY, null=True)
    demand = models.DecimalField(**QUANTITY, null=True)
    norm_size = models.DecimalField(**QUANTITY, null=True, help_text="smallest plant that is held to be economic")
    norm_years = models.PositiveSmallIntegerField(null=True, help_text="age from which a plant is held to be old")

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [once("chains_node_once", "chain", "code")]

    def __str__(self) -> str:
        return self.name


class ChainEdge(ChainStatement):
    """Who feeds whom: tonnes of the target from one tonne of the source, null = unknown."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="edges")
    feeds_from = models.CharField(max_length=20)
    feeds_to = models.CharField(max_length=20)
    ratio = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, help_text="t of the target per t of the source"
    )

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [once("chains_edge_once", "chain", "feeds_from", "feeds_to")]

    def __str__(self) -> str:
        return f"{self.feeds_from} → {self.feeds_to}"


class ChainHolder(ChainStatement):
    """An enterprise or a project on a node, with the capacity that it brings and the role that it plays, and why."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="holders")
    node = models.CharField(max_length=20)
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="chain_holders")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="chain_holders")
    capacity = models.DecimalField(**QUANTITY, null=True)
    role = models.CharField(max_length=20, blank=True, help_text="code of the city's five roles")
    role_reason = models.CharField(max_length=300, blank=True)
    is_head = models.BooleanField(default=False, help_text="head enterprise (链主)")
    since = models.PositiveSmallIntegerField(null=True, help_text="year from which it runs")
    ready_on = models.DateField(null=True, help_text="when a project is to produce; null = as its plan says")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            once("chains_party_once", "chain", "node", "party"),
            once("chains_project_once", "chain", "node", "project"),
            models.CheckConstraint(
                name="chains_holder_is_one_thing",
                condition=models.Q(party=None) ^ models.Q(project=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.project or self.party)


class ChainTotal(ChainStatement):
    """A published total of a chain, held against the sum of its map."""

    class Measure(models.TextChoices):
        MATERIALS = "materials", _("富余物料种数")
        SURPLUS = "surplus", _("富余物料总量")
        PLANNED_PROJECTS = "planned_projects", _("规划下游项目数")
        PROJECTS = "projects", _("链上项目数")

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="totals")
    measure = models.CharField(max_length=16, choices=Measure.choices)
    value = models.DecimalField(**QUANTITY)
    unit = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [once("chains_total_once", "chain", "measure")]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.told}"

    @property
    def told(self) -> str:
        """The value with the places that it was published with, no more."""
        return f"{self.value.normalize():f}"


class ChainTarget(ChainStatement):
    """A gap that someone is to close: what, how much, by when, and which industries and regions have such enterprises."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="targets")
    node = models.CharField(max_length=20)
    gap = models.CharField(max_length=12, help_text="kind of the gap that it answers")
    what = models.CharField(max_length=200)
    quantity = models.DecimalField(**QUANTITY, null=True)
    unit = models.CharField(max_length=20)
    due_on = models.DateField()
    industries = models.JSONField(default=list, help_text="GB/T 4754-2017 codes")
    regions = models.CharField(max_length=300, blank=True, help_text="where such enterprises are; blank = unknown")
    basis = models.JSONField(default=dict, help_text="numbers of the gap on the day the target was set")

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.what


class ChainTask(Recorded):
    """Somebody's task to answer a target, with a clock that runs until it is done."""

    target = models.ForeignKey(ChainTarget, on_delete=models.PROTECT, related_name="tasks")
    what = models.CharField(max_length=300)
    unit = models.CharField(max_length=40, help_text="reporting unit or department, a code of the city")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(default=timezone.now)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.what


class ChainCandidate(Recorded):
    """A project of the register that a named person says answers a target, with the capacity that counts."""

    target = models.ForeignKey(ChainTarget, on_delete=models.PROTECT, related_name="candidates")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="chain_candidates")
    capacity = models.DecimalField(**QUANTITY, null=True, help_text="null = not known yet")
    reason = models.CharField(max_length=300)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [once("chains_candidate_once", "target", "project")]

    def __str__(self) -> str:
        return str(self.project)
