"""The one way into the log."""

import getpass
from typing import Any

from django.db import models

from luodi.accounts.models import User
from luodi.audit.models import Entry


def actor_name(actor: User | None) -> str:
    """A person's unit, name and login, or the console of the server with the account that used it."""
    if actor is None:
        return f"控制台（{getpass.getuser()}）"
    return f"{actor.display_name}（{actor.username}）"


def record(actor: User | None, action: str, on: models.Model | None = None, *, by: str = "", **detail: Any) -> Entry:
    """Append one entry inside the transaction of the write that it is about. `by` names an actor who has no account here."""
    return Entry.objects.create(
        actor=actor,
        actor_name=(by or actor_name(actor))[:150],
        action=action,
        object_type=on._meta.label_lower if on is not None else "",
        object_id=on.pk if on is not None else None,
        object_name=str(on)[:300] if on is not None else "",
        detail=detail,
    )
