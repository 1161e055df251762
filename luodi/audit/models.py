"""The log. It names people and things by text, so an entry outlives what it is about."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from luodi.accounts.permissions import Role


class AppendOnly(models.QuerySet[Any]):
    """Entries are never changed or removed by the program."""

    def update(self, **_: Any) -> int:
        raise TypeError("audit entries are append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("audit entries are append-only")

    def visible_to(self, user: Any) -> "AppendOnly":
        """Who has the route reads the log; the security administrator, who grants rights, not what they did themselves."""
        return self.exclude(actor=user) if user.role == Role.SECURITY_ADMINISTRATOR else self.all()


class Once(models.Model):
    """A row that is written once."""

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only a new row can be written."""
        if not self._state.adding:
            raise TypeError("audit entries are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("audit entries are append-only")


class Entry(Once):
    """One action by one actor. Its line is the leaf of the tree; its place there is given after its transaction."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=150)
    address = models.CharField(max_length=45, blank=True, help_text="where the request came from; blank = the server")
    request_id = models.CharField(max_length=32, blank=True)
    # what
    action = models.CharField(max_length=80, db_index=True)
    object_type = models.CharField(max_length=80, blank=True)
    object_id = models.BigIntegerField(null=True)
    object_name = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    wrote = models.TextField(default="[]", help_text="JSON: rows inserted, by table, with a hash over their lines")
    # seal
    mac = models.CharField(max_length=64, blank=True, help_text="keyed hash of the line: the program wrote it")
    leaf_index = models.BigIntegerField(null=True, unique=True)
    leaf_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["id"], name="audit_entry_waiting", condition=models.Q(leaf_index=None)),
        ]


class Change(Once):
    """Columns of one row before and after an action. JSON stays text: a database that reorders it would break the seal."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="changes")
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    columns = models.TextField(help_text="JSON: {column: [before, after]}")

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["table", "row_id"])]


class Head(Once):
    """A signed tree head that was shown to somebody or closed a day."""

    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)
    key = models.CharField(max_length=64, help_text="public key, hex")
    signature = models.CharField(max_length=128)

    class Meta:
        ordering: ClassVar = ["-id"]


class LogState(models.Model):
    """The one row that says how far the tree has grown, so that a leaf costs its own hash and not the whole tree's."""

    size = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=10)
    peaks = models.TextField(default="[]", help_text="JSON: roots of the complete subtrees, hex")
    file_bytes = models.BigIntegerField(default=0, help_text="length of the second file with these leaves in it")
