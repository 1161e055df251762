"""Pages of the whole book: the factor cockpit, a factor or a park with all its pools, what has to be begun in a month."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.core.installation import city
from luodi.factors import supplying, words
from luodi.factors.calling import by_factor, calls
from luodi.factors.due import Application, due
from luodi.factors.models import Pool
from luodi.factors.open_needs import outlook
from luodi.factors.panorama import first_of, overview
from luodi.factors.plans import in_force
from luodi.factors.queries import pools_of
from luodi.factors.reading import reader, seen_projects
from luodi.factors.settings import factor_settings
from luodi.factors.tiles import tile

SHOWN = 50


@require_GET
def cockpit(request: HttpRequest) -> HttpResponse:
    """A small multiple of every factor: given, promised, needed, short. The shortest first."""
    user, today = reader(request), timezone.localdate()
    unit = request.GET.get("unit", "")[:40]
    every = pools_of(user)
    pools = [pool for pool in every if not unit or pool.unit == unit]
    found = outlook(today)
    whole, parts = overview(pools, found, today)
    tiles = [tile(one) for one in whole]
    tiles.sort(key=lambda one: (one["short_on"] is None, one["short_on"] or date.max))
    places = [(code, words.place_name(code)) for code in dict.fromkeys(pool.unit for pool in every) if code]
    known = {pool.factor for pool in every}
    context = {
        "tiles": tiles, "places": places, "unit": unit, "today": today, "plan": in_force(), "left_out": found.left_out,
        "calls": calls(parts, today, seen_projects(user)), "place": words.place_name(unit) if unit in city().unit else "",
        "projects": len(found.ways), "short": sum(one["short_on"] is not None for one in tiles),
        "nowhere": _("、").join(words.factor_name(one.code) for one in factor_settings().factors if one.code not in known),
        "may_write": may(user, supplying.WRITE), "demo": any(pool.demo for pool in pools), "definition": factor_settings().version,
    }  # fmt: skip
    return render(request, "factors/cockpit.html", context)


@require_GET
def factor(request: HttpRequest, code: str) -> HttpResponse:
    """One factor in every place that has a pool of it."""
    user, today = reader(request), timezone.localdate()
    pools = [pool for pool in pools_of(user) if pool.factor == code]
    if code not in factor_settings().factor or not pools:
        return redirect("factors:cockpit")
    return render(request, "factors/pools.html", {**_places(user, pools, today), "heading": words.factor_name(code)})


@require_GET
def park(request: HttpRequest, unit: str) -> HttpResponse:
    """What a park or county has left, and who competes for it."""
    user, today = reader(request), timezone.localdate()
    every = pools_of(user)
    pools = [pool for pool in every if pool.unit == unit]
    if unit not in city().unit or not (pools or scope_of(user).covers(unit)):
        return redirect("factors:cockpit")
    shared = [pool for pool in every if not pool.unit and pool.factor not in {one.factor for one in pools}]
    context = {**_places(user, [*pools, *shared], today, unit), "heading": words.place_name(unit), "park": unit}
    return render(request, "factors/pools.html", context)


def _places(user: User, pools: list[Pool], today: date, unit: str = "") -> dict[str, Any]:
    """A row for each factor and place, and the needs that compete for it, soonest first, of those the largest investment."""
    found, seen = outlook(today), seen_projects(user)
    rows, competing = [], []
    for one in overview(pools, found, today)[1]:
        own = [pair for pair in one.competing if not unit or pair[0].unit == unit]
        rows.append(
            {
                **tile(one),
                "items_": [{"pool": pool, "name": words.pool_name(pool)} for pool in one.pools],
                "name": words.pool_name(one.pools[0]),
                "wanted": words.number(one.factor, sum(n for _need, n in own)),
            }
        )
        competing += [(need, lacking) for need, lacking in own if seen is None or need.project in seen]
    lines = [
        {
            "need": need, "factor": words.factor_name(need.factor.code), "lacking": words.amount(need.factor, lacking), "past": need.could_on < today,
            "basis": words.BASES[need.basis], "step": words.step_name(need.step),
        }
        for need, lacking in first_of(competing, today, SHOWN)
    ]  # fmt: skip
    return {"rows": rows, "lines": lines, "shown": len(lines), "total": len(competing), "today": today}


ORDERS = {"amount": None, "day": lambda one: (one.due_on, -(one.gap.need.amount_fen or 0), one.gap.need.project)}
"""Applications come with the largest investment first."""


@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """What has to be begun in a month so that no project waits: by factor, then one by one."""
    user, today = reader(request), timezone.localdate()
    first = _month(request.GET.get("month", ""), today)
    seen = seen_projects(user)
    found = due(first, outlook(today), pools_of(user), today, None if seen is None else list(seen))
    asked = {name: request.GET.get(name, "")[:20] for name in ("factor", "only", "order")}
    page = Paginator(_wanted(found.applications, asked), SHOWN).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    steps = [{"item": one, "step": words.step_name(one.step), "project": one.line.project} for one in found.steps]
    context = {
        "due": found, "lines": [_application(one) for one in page], "page_obj": page, "query": kept.urlencode(), "asked": asked,
        "groups": by_factor(found.applications), "steps": steps, "today": today, "plan": in_force(),
        "works": [{"item": one, "pool": words.pool_name(one.work.pool)} for one in found.works],
        "late": [{"item": one, "pool": words.pool_name(one.pool)} for one in found.running_late],
        "before": (first - timedelta(days=1)).strftime("%Y-%m"), "after": (found.last + timedelta(days=1)).strftime("%Y-%m"),
    }  # fmt: skip
    return render(request, "factors/month.html", context)


def _wanted(applications: Sequence[Application], asked: Mapping[str, str]) -> list[Application]:
    found = [one for one in applications if not asked["factor"] or one.gap.need.factor.code == asked["factor"]]
    if asked["only"] in {"open", "past"}:
        found = [one for one in found if one.overdue == (asked["only"] == "past")]
    order = ORDERS.get(asked["order"])
    return sorted(found, key=order) if order else found


def _application(one: Application) -> dict[str, Any]:
    gap, need = one.gap, one.gap.need
    word, kind = words.LIGHTS[gap.light]
    return {
        "gap": gap, "need": need, "due_on": one.due_on, "overdue": one.overdue, "lead": need.factor.lead_days, "never": one.never,
        "factor": words.factor_name(need.factor.code), "open": words.amount(need.factor, gap.open), "word": word, "kind": kind,
    }  # fmt: skip


def _month(text: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return today.replace(day=1)
