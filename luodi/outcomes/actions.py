"""What people do here that is not reading: take numbers away."""

from django.core.exceptions import PermissionDenied

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record


def note_export(*, actor: User, what: str, query: str, rows: int) -> None:
    """Enter in the log who took which table away."""
    if not may(actor, "outcomes.outcome.view"):
        raise PermissionDenied
    record(actor, f"outcomes.{what}.exported", query=query, rows=rows)
