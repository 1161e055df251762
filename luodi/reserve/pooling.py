"""The three pools on one page: who is inside, what became of those that entered, how long they stay."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.templatetags.money import money
from luodi.projects.models import Project
from luodi.reserve import queries, words
from luodi.reserve.engine.pools import Flow, flow
from luodi.reserve.settings import KEY, reserve_settings


def flows(user: User | None, as_of: date) -> list[Flow]:
    """One a pool, in the city's order, the key pool last."""
    every = queries.all_stays(user, as_of)
    return [flow(pool.code, every) for pool in (*reserve_settings().pools, reserve_settings().key)]


def context(user: User, as_of: date) -> dict[str, Any]:
    """Everything of the page. Amounts are those of today, so a past day shows counts only."""
    today = as_of == timezone.localdate()
    amounts = _amounts(user) if today else {}
    return {
        "rows": [_row(one, amounts.get(one.pool), user.money_unit, today=today) for one in flows(user, as_of)],
        "today": today,
        "definition": reserve_settings().version,
        "floor": f"{reserve_settings().floor:,}",
    }


def _amounts(user: User) -> dict[str, dict[str, Any]]:
    visible, found = Project.objects.current().visible_to(user), {}
    for pool in (*reserve_settings().pools, reserve_settings().key):
        sums = {
            "n": Count("id"),
            "fen": Sum("standing__amount_fen"),
            "bare": Count("id", filter=Q(standing__amount_fen=None)),
        }
        found[pool.code] = queries.inside(visible, pool).aggregate(**sums)
    return found


def _row(one: Flow, held: dict[str, Any] | None, unit: str, *, today: bool) -> dict[str, Any]:
    pool = reserve_settings().pool(one.pool)
    # Of today the standings say who is inside, as everywhere; they know a package's members, a stay only its own steps.
    n = held["n"] if held else one.inside
    timed = one.watched > 0
    return {
        "name": words.pool_name(one.pool),
        "note": words.pool_note(pool) if one.pool != KEY else _("具名列入，叠加在前两库之上，不另加个数"),
        "inside": f"{n:,}",
        "url": f"{reverse('projects')}?{urlencode({'pool': one.pool})}" if today and n else "",
        "amount": money(held["fen"], unit) if held and held["fen"] is not None else "",
        "bare": f"{held['bare']:,}" if held and held["bare"] else "",
        "entered": f"{one.entered:,}",
        "on": f"{one.on:,}",
        "targets": [(words.pool_name(target), f"{count:,}") for target, count in sorted(one.targets.items())],
        "out": f"{one.out:,}",
        "still": f"{one.inside:,}",
        "share": f"{one.on * 100 // one.entered}%" if one.entered else "",
        "median": _("%(days)s 天") % {"days": f"{one.median:,}"} if one.median is not None else "",
        "why": _why(one) if one.median is None and timed else ("" if timed else _("没有写明日期的进出")),
        "watched": f"{one.watched:,}",
        "undated": f"{one.undated:,}" if one.undated else "",
    }


def _why(one: Flow) -> str:
    return _("%(n)s 个时段中离开的还不到一半") % {"n": f"{one.watched:,}"}
