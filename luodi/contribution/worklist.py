"""Projects of which nobody has said what they are for, the largest first, with what a rule would propose."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.contribution import pages
from luodi.contribution.models import EndStatement
from luodi.contribution.settings import contribution_settings
from luodi.core.templatetags.money import money
from luodi.intake.words import UNITS, named, unit_name
from luodi.projects.models import Project

SIZE = 30
COLUMNS = ("id", "name", "unit", "chain", "industry_code", "facts", "standing__amount_fen")


def context(user: User, page: int) -> dict[str, Any]:
    """One page; the proposals are made for its rows only."""
    said = EndStatement.objects.filter(project=OuterRef("pk"), withdrawn_at=None)
    silent = Project.objects.current().visible_to(user).filter(~Exists(said), standing__packed=1)
    total = silent.count()
    last = max(1, -(-total // SIZE))
    page = min(max(page, 1), last)
    order = (F("standing__amount_fen").desc(nulls_last=True), "id")
    rows = list(silent.order_by(*order).values(*COLUMNS)[(page - 1) * SIZE : page * SIZE])
    scope, writes = scope_of(user), may(user, "contribution.statement.write")
    return {
        "rows": [_row(row, user, mine=writes and scope.covers(row["unit"])) for row in rows],
        "ends": [(end.code, named(end)) for end in contribution_settings().ends],
        "may_write": writes,
        "number": page,
        "page": {
            "first": f"{(page - 1) * SIZE + 1 if rows else 0:,}", "last": f"{(page - 1) * SIZE + len(rows):,}",
            "total": f"{total:,}", "prev_url": url(page - 1) if page > 1 else "", "next_url": url(page + 1) if page < last else "",
        },
    }  # fmt: skip


def url(page: int) -> str:
    return reverse("contribution:worklist") + (f"?{urlencode({'page': page})}" if page > 1 else "")


def _row(row: Mapping[str, Any], user: User, *, mine: bool) -> dict[str, Any]:
    fen = row["standing__amount_fen"]
    return {
        "id": row["id"],
        "name": row["name"],
        "url": reverse("project", args=[row["id"]]),
        "unit": unit_name(row["unit"]) or _("未写明"),
        "amount": _("金额未写明") if fen is None else f"{money(fen, user.money_unit)} {UNITS[user.money_unit]}",
        "proposals": pages.proposals(row["facts"], row["industry_code"]),
        "mine": mine,
    }


def wanted(post: Any) -> dict[int, list[str]]:
    """The boxes that were ticked: ends by project. What is no project's number is left out."""
    numbers = [name.removeprefix("end-") for name in post if name.startswith("end-")]
    return {int(n): post.getlist(f"end-{n}") for n in numbers if n.isascii() and n.isdigit() and len(n) < 19}
