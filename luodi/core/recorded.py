"""The base of everything that is the record: what is written is journaled, what is there is never deleted."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self, TypeVar

from django.db import connection, models

from luodi.core import journal

M = TypeVar("M", bound=models.Model)
CHUNK = 2000
"""Rows in one query's list of ids: SQLite bounds the number of parameters."""


class RecordedQuerySet(models.QuerySet[M]):
    """Writes through a queryset are journaled like all others."""

    def update(self, **values: Any) -> int:
        """Read what stood there, change exactly those rows, and note both."""
        columns = _columns(self.model, values)
        if not columns:
            return super().update(**values)
        before = journal.stored(self._locked(), columns)
        ids, changed = list(before), 0
        for start in range(0, len(ids), CHUNK):
            some = self.model._base_manager.filter(pk__in=ids[start : start + CHUNK])
            changed += some.update(**values)
            after = journal.stored(some, columns)
            journal.note_changed(self.model, {pk: before[pk] for pk in after}, after)
        return changed

    def _locked(self) -> models.QuerySet[M]:
        """The rows to be changed, held until the transaction ends; nullable joins cannot be locked, so only our own rows are."""
        return self.select_for_update(of=("self",)) if connection.in_atomic_block else self

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        made = super().bulk_create(objs, *args, **kwargs)
        _note_made(self.model, [one.pk for one in made])
        return made

    def bulk_update(self, *_: Any, **__: Any) -> int:
        raise TypeError("use luodi.core.rows.update_rows")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("the record is append-only: withdraw instead")


class Recorded(models.Model):
    """A table of the record. `UNSEALED` columns are nobody's statement: a preference, a password's hash, the time of a sign-in."""

    UNSEALED: ClassVar[frozenset[str]] = frozenset()

    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def sealed_columns(cls) -> list[str]:
        """Database columns in the order of the model, the id first."""
        own = [str(field.column) for field in cls._meta.concrete_fields if not field.primary_key]
        return [str(cls._meta.pk.column), *(column for column in own if column not in cls.UNSEALED)]

    @classmethod
    def sealed_rows(cls) -> models.QuerySet[Self]:
        """The rows that are the record; a part may hold some back that are a preview only."""
        return cls._base_manager.all()

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Insert or change one row, and note it."""
        if self._state.adding:
            super().save(*args, update_fields=update_fields, **kwargs)
            _note_made(type(self), [self.pk])
            return
        named = None if update_fields is None else list(update_fields)
        columns = _columns(type(self), named) if named is not None else self.sealed_columns()[1:]
        row = type(self)._base_manager.filter(pk=self.pk)
        before = journal.stored(row, columns)
        super().save(*args, update_fields=named, **kwargs)
        journal.note_changed(type(self), before, journal.stored(row, columns))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("the record is append-only: withdraw instead")


def _columns(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """Sealed columns of the fields that are named as Django takes them: `package`, `package_id`, `withdrawn_at`."""
    sealed = set(model.sealed_columns()[1:])  # type: ignore[attr-defined]
    fields = model._meta.concrete_fields
    columns = {name: str(field.column) for field in fields for name in (field.name, field.attname)}
    return [columns[name] for name in names if columns[name] in sealed]


def _note_made(model: type[Any], ids: Sequence[int]) -> None:
    """New rows as the database holds them."""
    columns = model.sealed_columns()
    for start in range(0, len(ids), CHUNK):
        rows = journal.stored(model._base_manager.filter(pk__in=ids[start : start + CHUNK]), columns[1:])
        journal.note_inserted(model, columns, [[pk, *rows[pk].values()] for pk in sorted(rows)])
