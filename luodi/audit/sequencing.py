"""Growing the tree: entries whose transactions are over get their place, in the database and in the second file."""

import os
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from luodi.audit import keys
from luodi.audit.engine.leaves import change_line, changes_hash, head_text, leaf_line
from luodi.audit.engine.merkle import Tree
from luodi.audit.models import Change, Entry, Head, LogState
from luodi.core import journal

_APPENDERS = 20_260_102
"""Any number that nothing else in the database locks."""
OFTEN = timedelta(minutes=10)
"""A signed head is kept at least so often while entries come in."""


def line_of(entry: Entry, changes: Sequence[Sequence[Any]]) -> bytes:
    """The leaf's line from what the database holds. `changes`: [id, table, row id, columns text] in their order."""
    said = {
        "id": entry.pk,
        "at": entry.at.astimezone(UTC).isoformat(),
        "actor": entry.actor_id,
        "actor_name": entry.actor_name,
        "address": entry.address,
        "request": entry.request_id,
        "action": entry.action,
        "object": [entry.object_type, entry.object_id, entry.object_name],
        "detail": journal.as_written(entry.detail),
    }
    return leaf_line(said, orjson.loads(entry.wrote), changes_hash(change_line(*change) for change in changes))


def changes_of(entries: Sequence[Entry]) -> dict[int, list[list[Any]]]:
    """Their changed rows in order, by entry."""
    found: dict[int, list[list[Any]]] = defaultdict(list)
    ids = [entry.pk for entry in entries]
    for entry, *change in (
        Change.objects.filter(entry__in=ids).order_by("id").values_list("entry_id", "id", "table", "row_id", "columns")
    ):
        found[entry].append(change)
    return found


@transaction.atomic(durable=True)  # inside another transaction it would write leaves that may never have been
def extend() -> LogState:
    """Give every waiting entry its leaf. Safe to repeat; what a killed process left waiting is taken up by the next."""
    _alone()
    state = _state()
    waiting = list(Entry.objects.filter(leaf_index=None).order_by("id"))
    if not waiting:
        return state
    changes = changes_of(waiting)
    lines = {entry.pk: line_of(entry, changes.get(entry.pk, ())) for entry in waiting}
    order, missing = _order(state, lines)
    tree = Tree(state.algorithm, state.size, [bytes.fromhex(peak) for peak in orjson.loads(state.peaks)])
    for pk in order:
        leaf = tree.leaf_hash(lines[pk])
        place = Entry.objects.filter(pk=pk)
        models.QuerySet.update(place, leaf_index=tree.size, leaf_hash=leaf.hex())
        tree.add(leaf)
    state.file_bytes = _append(b"".join(lines[pk] + b"\n" for pk in missing))
    state.size, state.root = tree.size, tree.root.hex()
    state.peaks = orjson.dumps([peak.hex() for peak in tree.peaks]).decode()
    state.save()
    last = Head.objects.first()
    if last is None or timezone.now() - last.at > OFTEN:
        _keep(state)
    return state


def publish() -> Head:
    """A signed head over everything that is in the log now, kept: for a footer, an export, the end of a day."""
    state = extend()
    last = Head.objects.first()
    return last if last is not None and last.size == state.size else _keep(state)


def _keep(state: LogState) -> Head:
    at = timezone.now()
    return Head.objects.create(
        size=state.size,
        root=state.root,
        algorithm=state.algorithm,
        at=at,
        key=keys.public_key(),
        signature=keys.sign(head_text(state.size, state.root, state.algorithm, at.astimezone(UTC).isoformat())),
    )


def _alone() -> None:
    if connection.vendor == "postgresql":  # SQLite's IMMEDIATE transactions are alone from their start
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_APPENDERS])


def _state() -> LogState:
    state = LogState.objects.first()
    if state is None:
        algorithm = settings.AUDIT_HASH
        state = LogState(root=Tree(algorithm).root.hex(), algorithm=algorithm)
    return state


def second_file() -> Path:
    return keys.folder() / "leaves.jsonl"


def _order(state: LogState, lines: dict[int, bytes]) -> tuple[list[int], list[int]]:
    """The order of the new leaves, and those that the second file lacks.

    A process killed between the file and the database left lines there: they keep their place. Anything else there is
    not ours to mend; the verifier will tell.
    """
    file, written = second_file(), b""
    if file.exists() and file.stat().st_size > state.file_bytes:
        with file.open("rb") as opened:
            opened.seek(state.file_bytes)
            written = opened.read()
    by_line = {line: pk for pk, line in lines.items()}
    there = [by_line.get(line, 0) for line in written.splitlines()]
    if not all(there):
        there = []
    missing = [pk for pk in lines if pk not in set(there)]
    return [*there, *missing], missing


def _append(data: bytes) -> int:
    """Add to the second file and wait for the disk; returns its length."""
    handle = os.open(second_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, data)
        os.fsync(handle)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)
