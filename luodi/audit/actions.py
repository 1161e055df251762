"""The one way into the log."""

import getpass
from typing import Any

import orjson
from django.db import models, transaction

from luodi.accounts.models import User
from luodi.audit import keys, sequencing
from luodi.audit.engine.leaves import Wrote
from luodi.audit.models import Change, Entry
from luodi.core import journal
from luodi.core.rows import insert_rows, reserve_ids
from luodi.core.tracing import origin


def actor_name(actor: User | None) -> str:
    """A person's unit, name and login, or the console of the server with the account that used it."""
    if actor is None:
        return f"控制台（{getpass.getuser()}）"
    return f"{actor.display_name}（{actor.username}）"


@transaction.atomic
def record(actor: User | None, action: str, on: models.Model | None = None, *, by: str = "", **detail: Any) -> Entry:
    """Append one entry inside the transaction of the write that it is about, after that write.

    It seals everything that the transaction has written to the record since the last entry. `by` names an actor who has no account here.
    """
    written = journal.current().drain()
    entry = Entry(
        actor=actor,
        actor_name=(by or actor_name(actor))[:150],
        address=origin().address,
        request_id=origin().request,
        action=action,
        object_type=on._meta.label_lower if on is not None else "",
        object_id=on.pk if on is not None else None,
        object_name=str(on)[:300] if on is not None else "",
        detail=orjson.loads(journal.as_json(detail)),
        wrote=journal.as_json(_groups(written)),
    )
    entry.save()
    ids = reserve_ids(Change, len(written.changed)) if written.changed else ()
    changes = [
        [pk, one.table, one.row_id, journal.as_json(one.columns)] for pk, one in zip(ids, written.changed, strict=True)
    ]
    insert_rows(Change, ["entry_id", "id", "table", "row_id", "columns"], [[entry.pk, *change] for change in changes])
    line = sequencing.line_of(entry, changes)
    entry.mac = keys.mark(line)
    models.QuerySet.update(Entry.objects.filter(pk=entry.pk), mac=entry.mac)
    # The tree lives past the transaction: an action that is rolled back leaves no leaf.
    transaction.on_commit(sequencing.extend, robust=True)
    return entry


def _groups(written: journal.Journal) -> Wrote:
    return [
        [table, columns, group.ids, group.digest.hexdigest()] for (table, columns), group in written.inserted.items()
    ]
