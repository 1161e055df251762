"""What an action changed, row by row, before and after, as its reader may see it."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.apps import apps
from django.utils.translation import gettext as _

from luodi.accounts.policy import masked
from luodi.audit import words
from luodi.audit.models import Change, Entry

SHOWN = 100
"""Rows on one page; how many there are in all is said beside."""


def page(entry: Entry, user: Any) -> dict[str, Any]:
    """{rows: [{table, row, cells: [(column, before, after)]}], shown, changed, inserted: [(table, how many)]}."""
    changes = list(Change.objects.filter(entry=entry)[:SHOWN])
    tables = {model._meta.db_table: model for model in apps.get_models()}
    inserted = [
        (words.table(tables.get(table), table), sum(last - first + 1 for first, last in ranges))
        for table, _columns, ranges, _digest in orjson.loads(entry.wrote)
    ]
    return {
        "rows": [
            {
                "table": words.table(tables.get(one.table), one.table),
                "row": one.row_id,
                "cells": list(_cells(one, user)),
            }
            for one in changes
        ],
        "shown": f"{len(changes):,}",
        "changed": f"{Change.objects.filter(entry=entry).count():,}",
        "inserted": [(name, f"{count:,}") for name, count in inserted],
    }


def _cells(change: Change, user: Any) -> Iterator[tuple[str, str, str]]:
    """Column by column; of a column that holds named facts only those that differ."""
    # Tables of accounts say nothing of projects; everywhere else a column that nobody has classified is internal.
    unknown = change.table.startswith("accounts_")
    for column, (before, after) in orjson.loads(change.columns).items():
        old, new = _parsed(before), _parsed(after)
        if isinstance(old, dict) and isinstance(new, dict):
            names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
            old, new = (masked(user, {name: side.get(name) for name in names}, unknown=unknown) for side in (old, new))
            yield from ((words.column(name), _fact(name, old[name]), _fact(name, new[name])) for name in names)
        else:
            seen = masked(user, {column: [old, new]}, unknown=unknown)[column]
            old, new = seen if isinstance(seen, list) else (seen, seen)
            yield words.column(column), _text(old), _text(new)


def _fact(field: str, value: Any) -> str:
    """A fact is [text, the intake row that said it]: the text is what people read."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        return words.fact(field, value[0])
    return _text(value)


def _parsed(value: Any) -> Any:
    """A JSON column's text as what it says."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return orjson.loads(value)
        except ValueError:
            return value
    return value


def _text(value: Any) -> str:
    if value is None or value == "":
        return _("空")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return orjson.dumps(value).decode() if isinstance(value, (dict, list)) else str(value)
