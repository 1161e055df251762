"""Hands that reach past the program: every sealed value of the database, and one bit of it flipped."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, connection, transaction

from luodi.audit import bundles

LOG = {
    "audit_entry": "id at actor_id actor_name address request_id action object_type object_id object_name detail wrote mac leaf_hash leaf_index",
    "audit_change": "id entry_id table row_id columns",
    "audit_head": "size root algorithm at key signature",
    "audit_logstate": "size root algorithm peaks file_bytes",
}

Cell = tuple[str, int, str]


def cells() -> Iterator[Cell]:
    """Every sealed value that is not null: (table, id, column)."""
    tables = {model._meta.db_table: model.sealed_columns() for model in bundles.models_of_the_record()}
    for table, columns in (tables | {table: names.split() for table, names in LOG.items()}).items():
        quoted = ", ".join(f'"{column}"' for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "id", {quoted} FROM "{table}"')
            for pk, *values in cursor.fetchall():
                yield from ((table, pk, name) for name, value in zip(columns, values, strict=True) if value is not None)


def flip_a_cell(pick: Any, every: list[Cell]) -> str:
    """Flip one bit of one stored value, as far as the database takes it; says what was done."""
    while True:
        table, pk, column = pick.choice(every)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "id" = %s', [pk])
            before = cursor.fetchone()[0]
        after = flip(pick, before)
        if after is None:
            continue
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cast = "::jsonb" if connection.vendor == "postgresql" and is_json(table, column) else ""
                cursor.execute(f'UPDATE "{table}" SET "{column}" = %s{cast} WHERE "id" = %s', [after, pk])
        except DatabaseError:
            continue  # the database itself refused it
        return f"{table} {pk} {column}: {before!r} -> {after!r}"


def is_json(table: str, column: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s", [table, column])  # fmt: skip
        return cursor.fetchone()[0] == "jsonb"


def flip(pick: Any, value: Any) -> Any:
    """The value with one bit flipped; None when it has no bits."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ (1 << pick.randrange(20))
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1 << pick.randrange(40))
    if isinstance(value, date):
        return value + timedelta(days=1 << pick.randrange(10))
    if isinstance(value, Decimal):
        return value + Decimal(1 << pick.randrange(6)) / 10_000
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    data = bytearray(str(value).encode())
    if not data:
        return None
    data[pick.randrange(len(data))] ^= 1 << pick.randrange(8)
    text = data.decode(errors="replace")
    return None if "\0" in text else text
