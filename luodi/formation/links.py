"""The list behind a number: every count here is the headline of `/projects/` under this query, and the tests hold it to that."""

from urllib.parse import urlencode

from django.urls import reverse

from luodi.formation.engine.table import UNKNOWN
from luodi.snapshots.clock import Asked

NONE = "-"
"""How the list asks for what is not stated."""
GAPS = frozenset({"folded", "unproven", "excluded"})


def projects(asked: Asked, *, step: str = "", tier: str | None = None, **more: str) -> str:
    """Projects of a rung (None = all) at a step of the formation."""
    given = dict(more)
    if tier is not None:
        given["tier"] = NONE if tier == UNKNOWN else tier
    if step in GAPS:
        given["gap"] = step
    if step != "folded":
        given["counting"] = "packaged"
    if step in {"proven", "net", "reported"}:
        given["side"] = step
    return f"{reverse('projects')}?{urlencode({**given, **asked.query})}"
