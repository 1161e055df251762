"""What one transaction wrote to the record: rows inserted, columns changed. The audit log seals it with the entry of the action.

A *line* is a row as canonical text: its values as one JSON array, days and moments (UTC) in ISO form, JSON columns as
`as_json` writes them, decimals with all their places. Both databases give the same line for the same row.
"""

import hashlib
import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, models, transaction

log = logging.getLogger(__name__)

LINE = orjson.OPT_UTC_Z
_local = threading.local()


@dataclass(slots=True)
class Inserted:
    """Rows of one table with the same columns: their ids as [first, last] ranges, and a hash over their lines in that order."""

    ids: list[list[int]] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """`rows` begin with their id; the lines are joined by commas, however many pieces they come in."""
        if self.ids:
            self.digest.update(b",")
        self.digest.update(memoryview(orjson.dumps(rows, option=LINE))[1:-1])
        first, last = rows[0][0], rows[-1][0]
        # Reserved ids mostly follow each other; where another process took some in between, they are told one by one.
        whole = last - first == len(rows) - 1
        for start, end in [(first, last)] if whole else ((row[0], row[0]) for row in rows):
            if self.ids and self.ids[-1][1] == start - 1:
                self.ids[-1][1] = end
            else:
                self.ids.append([start, end])


@dataclass(frozen=True, slots=True)
class Changed:
    """Columns of one row, before and after, as values of a line."""

    table: str
    row_id: int
    columns: dict[str, list[Any]]


@dataclass(slots=True)
class Journal:
    """Of one transaction. Forgotten when that is rolled back."""

    inserted: dict[tuple[str, tuple[str, ...]], Inserted] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)

    def close(self) -> None:
        """The transaction is over: everything should have been sealed by an audit entry."""
        if self.inserted or self.changed:
            tables = {table for table, _ in self.inserted} | {change.table for change in self.changed}
            log.warning("written to the record without an audit entry: %s", "、".join(sorted(tables)))

    def drain(self) -> "Journal":
        """Hand over what was written so far, and start again."""
        taken = Journal(self.inserted, self.changed)
        self.inserted, self.changed = {}, []
        return taken


def current() -> Journal:
    """The journal of this thread's transaction."""
    journal: Journal | None = getattr(_local, "journal", None)
    # Django empties its list of hooks when a transaction ends either way, so a hook that is there means the same one.
    if journal is None or not any(hook == journal.close for _, hook, *_ in connection.run_on_commit):
        journal = _local.journal = Journal()
        transaction.on_commit(journal.close)
    return journal


def note_inserted(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Rows as they went in; the first column is the id."""
    if rows:
        group = current().inserted.setdefault((model._meta.db_table, tuple(columns)), Inserted())
        group.add(rows)


def note_changed(
    model: type[models.Model], before: dict[int, dict[str, Any]], after: dict[int, dict[str, Any]]
) -> None:
    """Columns by row, before and after; what is the same is left out."""
    for pk, old in before.items():
        new = after.get(pk, {})
        columns = {name: [value, new.get(name)] for name, value in old.items() if new.get(name) != value}
        if columns:
            current().changed.append(Changed(model._meta.db_table, pk, columns))


def stored(queryset: models.QuerySet[Any], columns: Sequence[str]) -> dict[int, dict[str, Any]]:
    """What the database holds now, as values of a line: {id: {column: value}}."""
    fields = {field.column: field for field in queryset.model._meta.concrete_fields}
    plain = [(column, fields[column]) for column in columns]
    rows = queryset.order_by().values_list("pk", *(field.attname for _, field in plain))
    return {
        pk: {column: as_value(field, value) for (column, field), value in zip(plain, values, strict=True)}
        for pk, *values in rows
    }


def as_value(field: Any, value: Any) -> Any:
    """A column's value as it stands in a line."""
    if isinstance(field, models.JSONField):
        return None if value is None else as_json(as_written(value))
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal):
        return f"{value:.{getattr(field, 'decimal_places', 0)}f}"
    if isinstance(value, datetime):
        return orjson.dumps(value.astimezone(UTC), option=LINE).decode().strip('"')
    return str(value)


def as_written(value: Any) -> Any:
    """PostgreSQL writes a float like 1e22 out as digits, which read back as a whole number: such a one was a float."""
    if connection.vendor != "postgresql":
        return value
    if isinstance(value, dict):
        return {name: as_written(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_written(inner) for inner in value]
    return float(value) if isinstance(value, int) and abs(value) >= 10**16 else value


def as_json(value: Any) -> str:
    """The text of a JSON column, as both databases take it and as a line holds it: sorted keys, no spaces."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()


def line(values: Iterable[Any]) -> bytes:
    """One row's line."""
    return orjson.dumps(list(values), option=LINE)
