"""Parties."""

from typing import ClassVar

from django.db import models

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
