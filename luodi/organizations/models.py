"""Parties, and what is said of them: names, shares, capital, control. Statements are appended and withdrawn, never overwritten."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luodi.core.recorded import Recorded


class Party(Recorded):
    """A company, public body or person, as ledgers name it."""

    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300, unique=True, help_text="name without legal form and punctuation")
    credit_code = models.CharField(max_length=18, blank=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class PartyStatement(Recorded):
    """What a person entered of a party, from a source."""

    source = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class PartyAlias(PartyStatement):
    """Another name: a former one with its days, a short one, a foreign one."""

    class Kind(models.TextChoices):
        FORMER = "former", _("曾用名")
        SHORT = "short", _("简称")
        FOREIGN = "foreign", _("外文名")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)


class Shareholding(PartyStatement):
    """Who holds how much of a company, from when to when."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="shareholders")
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="holdings")
    share = models.DecimalField(max_digits=7, decimal_places=4, help_text="percent")
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)


class Capital(PartyStatement):
    """Registered capital of a company on a day, and what of it was paid in."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="capital")
    minor = models.BigIntegerField(help_text="分, or cents of the currency")
    currency = models.CharField(max_length=3, default="CNY")
    paid_minor = models.BigIntegerField(null=True, help_text="null = not stated")
    stated_on = models.DateField()


class Controller(PartyStatement):
    """Who actually controls a company (实际控制人), as far as someone recorded it."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="controllers")
    name = models.CharField(max_length=200)
    basis = models.CharField(max_length=200, blank=True, help_text="shares through which companies, agreement …")
    stated_on = models.DateField()
