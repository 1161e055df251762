"""One project's packaging: each item with what is known of it, the maturity that it adds up to, and when it could be ready."""

from typing import Any

from django.utils import timezone

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.intake.words import rank_name
from luodi.projects.models import Project
from luodi.reserve import board, queries, words
from luodi.reserve.engine.packaging import COUNTED, HAVE, Line, checklist, maturity
from luodi.reserve.models import Idea, Tick
from luodi.reserve.settings import reserve_settings


def context(project: Project, user: User) -> dict[str, Any]:
    """Everything of the page."""
    today = timezone.localdate()
    row = {"id": project.pk, **{name: getattr(project, name) for name in ("nature", "industry_code", "facts")}}
    lines = checklist(reserve_settings().items, queries.holdings([row])[project.pk])
    said = Tick.objects.filter(project=project, withdrawn_at=None).select_related("said_by")
    ticks = {tick.item: tick for tick in said}
    stated = project.readiness.filter(withdrawn_at=None).select_related("said_by").order_by("-id").first()
    found, covers = maturity(lines), scope_of(user).covers(project.unit)
    return {
        "project": project,
        "lines": [_line(line, ticks.get(line.item.code)) for line in lines],
        "maturity": found,
        "maturity_words": words.maturity(found),
        "ready": board.readiness(stated.ready_on if stated else None, lines, today),
        "stated": stated,
        "key": queries.key_projects().filter(project=project).select_related("decided_by").first(),
        "idea": Idea.objects.filter(project=project).select_related("entered_by").first(),
        "verdicts": Tick.Verdict.choices,
        "stage": rank_name(project.standing.reported) if hasattr(project, "standing") else "",
        "may_write": may(user, "reserve.packaging.write") and covers,
        "may_key": may(user, "reserve.key.decide") and covers,
        "today": today,
    }


def _line(line: Line, tick: Tick | None) -> dict[str, Any]:
    """An item: what is known, the points that this is worth, and what would prove it."""
    return {
        "item": line.item,
        "name": words.item_name(line.item.code),
        "badge": words.BADGES[line.known],
        "known": words.KNOWN[line.known],
        "points": line.item.points if line.known in HAVE else 0,
        "counted": line.known in COUNTED,
        "lacking": words.lacking(line),
        "tick": tick,
    }
