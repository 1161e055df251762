"""Many rows at once. The ORM's bulk_create spends its time per field, and a ledger of 10,000 rows makes 100,000 rows here."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

from luodi.core import journal
from luodi.core.journal import as_json
from luodi.core.recorded import CHUNK, Recorded

__all__ = ["as_json", "insert_rows", "reserve_ids", "update_rows", "write_alone"]

_WRITERS = 20_260_101
"""Any number that nothing else in the database locks."""


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """`count` primary keys that nobody else will get. Call it inside the transaction that inserts them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # SQLite: transactions are IMMEDIATE, so the write lock is already ours and nobody inserts in between.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        return range(first, first + count)


def write_alone() -> None:
    """Until the transaction ends, nobody else loads or reverts: of two at once, neither would know what the other brings."""
    if connection.vendor == "postgresql":  # SQLite's IMMEDIATE transactions are alone from their start
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITERS])


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, sealed: bool = True
) -> None:
    """Insert tuples as they are. `columns` are database columns; JSON as `as_json` writes it, decimals as text with all their places.

    Rows of the record are journaled, unless they are only a preview (`sealed=False`).
    """
    if sealed and issubclass(model, Recorded):
        columns, rows = _with_ids(model, columns, list(rows))
        journal.note_inserted(model, columns, rows)
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - the model's own names, quoted
        cursor.executemany(statement, _for_sqlite(model, columns, rows))  # type: ignore[arg-type] # sqlite3 takes any iterable


def _with_ids(
    model: type[models.Model], columns: Sequence[str], rows: list[Sequence[Any]]
) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """A journaled row is known by its id, so it has one before it is written."""
    if columns[0] == "id" or not rows:
        return columns, rows
    return ["id", *columns], [[pk, *row] for pk, row in zip(reserve_ids(model, len(rows)), rows, strict=True)]


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set `columns` of many rows; each tuple is the new values in order, then the id. JSON as text."""
    quote = connection.ops.quote_name
    fields = {field.column: field for field in model._meta.concrete_fields}
    json_cast = "::jsonb" if connection.vendor == "postgresql" else ""
    assignments = ", ".join(
        f"{quote(column)} = %s{json_cast if isinstance(fields[column], models.JSONField) else ''}" for column in columns
    )
    statement = f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE id = %s"  # noqa: S608 - our own names
    rows = list(rows)
    ids = [row[-1] for row in rows]
    before = _stored(model, columns, ids)
    if connection.vendor == "sqlite":
        rows = list(_for_sqlite(model, [*columns, "id"], rows))
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
    journal.note_changed(model, before, _stored(model, columns, ids))


def _stored(model: type[models.Model], columns: Sequence[str], ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What stands in rows of the record; nothing for other tables."""
    found: dict[int, dict[str, Any]] = {}
    if issubclass(model, Recorded):
        for start in range(0, len(ids), CHUNK):
            found |= journal.stored(model._base_manager.filter(pk__in=ids[start : start + CHUNK]), columns)
    return found


def _for_sqlite(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterable[Sequence[Any]]:
    """SQLite has no date types: write days and times the way Django reads them back."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    stamps = [i for i, column in enumerate(columns) if isinstance(fields[column], models.DateField)]
    if not stamps:
        return rows
    return (_stamped(list(row), stamps) for row in rows)


def _stamped(row: list[Any], stamps: list[int]) -> list[Any]:
    for i in stamps:
        row[i] = _as_text(row[i])
    return row


@lru_cache(maxsize=20_000)
def _as_text(moment: date | None) -> str | None:
    """A batch has one moment and a few thousand days, so each is adapted once."""
    if isinstance(moment, datetime):
        return connection.ops.adapt_datetimefield_value(moment)
    return connection.ops.adapt_datefield_value(moment)
