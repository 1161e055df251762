"""Every row of every table as lines of JSON, and back, the same on SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from luodi.core.journal import as_value
from luodi.core.rows import insert_rows

TRANSIENT = frozenset({"django_session", "django_migrations"})
"""Sign-ins end with a restore; which migrations ran is known by the database that ran them."""
PIECE = 5000


def tables(known: Any = apps) -> list[type[models.Model]]:
    """Every table there is, those between two others included."""
    found = {
        model._meta.db_table: model
        for model in known.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return [found[name] for name in sorted(found) if name not in TRANSIENT]


def columns_of(model: type[models.Model]) -> list[Any]:
    return list(model._meta.concrete_fields)


def dump(folder: Path) -> dict[str, dict[str, Any]]:
    """One file a table; returns {table: {columns, rows}}. Call it inside one transaction, so that it is of one moment."""
    folder.mkdir()
    about = {}
    for model in tables():
        fields = columns_of(model)
        rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
        count = 0
        with (folder / f"{model._meta.db_table}.jsonl").open("wb") as file:
            for row in rows.iterator(chunk_size=PIECE):
                file.write(orjson.dumps(list(map(_plain, fields, row))) + b"\n")
                count += 1
        about[model._meta.db_table] = {"columns": [field.column for field in fields], "rows": count}
    return about


def _plain(field: Any, value: Any) -> Any:
    """A value as JSON; what JSON has no word for is told by a pair, so that a text is never taken for a day."""
    if isinstance(field, models.JSONField) and value is not None:
        return {"json": as_value(field, value)}
    if isinstance(value, datetime):
        return {"moment": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, (bytes, memoryview)):
        return {"bytes": bytes(value).hex()}
    return value


_READ: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "decimal": str,
    "bytes": bytes.fromhex,
    "json": str,
}


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    ((kind, value),) = plain.items()
    return _READ[kind](value)


@transaction.atomic
def fill(folder: Path, about: dict[str, dict[str, Any]], known: Any) -> None:
    """Empty every table and put the lines in: all of them or, when anything goes wrong, none. `known`: the models of that version."""
    found = tables(known)
    with connection.cursor() as cursor:
        # Foreign keys are checked when the transaction ends, so the order of tables does not matter.
        for model in found:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - our own names
    for model in found:
        shape = about.get(model._meta.db_table)
        if shape is None:
            continue
        for piece in _pieces(folder / f"{model._meta.db_table}.jsonl"):
            insert_rows(model, shape["columns"], piece, sealed=False)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), found):
            cursor.execute(statement)


def _pieces(path: Path) -> Iterator[list[list[Any]]]:
    piece: list[list[Any]] = []
    with path.open("rb") as file:
        for line in file:
            piece.append([_value(plain) for plain in orjson.loads(line)])
            if len(piece) == PIECE:
                yield piece
                piece = []
    if piece:
        yield piece


def applied_migrations() -> list[list[str]]:
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())
