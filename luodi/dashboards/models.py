"""Views that people save: a filter with its columns and order, under a name."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from luodi.accounts.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """One's own views; nobody else's."""
        return self.filter(owner=user)


class SavedView(models.Model):
    """The address of a list, kept under a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="dashboards_view_name_once")]

    def __str__(self) -> str:
        return self.name
