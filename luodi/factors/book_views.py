"""Pages of the whole book: the factor cockpit, a factor or a park with all its pools, what has to be begun in a month."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.core.installation import city
from luodi.factors import supplying, words
from luodi.factors.due import due
from luodi.factors.models import Pool
from luodi.factors.open_needs import outlook
from luodi.factors.panorama import panoramas
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
    tiles = [tile(one) for one in panoramas(pools, found, today)]
    tiles.sort(key=lambda one: (one["short_on"] is None, one["short_on"] or date.max))
    places = [(code, words.place_name(code)) for code in dict.fromkeys(pool.unit for pool in every) if code]
    known = {pool.factor for pool in every}
    context = {
        "tiles": tiles, "places": places, "unit": unit, "today": today, "plan": in_force(), "left_out": found.left_out,
        "projects": len(found.ways), "short": sum(one["short_on"] is not None for one in tiles),
        "nowhere": [words.factor_name(one.code) for one in factor_settings().factors if one.code not in known],
        "may_write": may(user, supplying.WRITE), "demo": any(pool.demo for pool in pools), "version": factor_settings().version,
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
    pools = [pool for pool in pools_of(user) if pool.unit == unit]
    if unit not in city().unit or not (pools or scope_of(user).covers(unit)):
        return redirect("factors:cockpit")
    shared = [pool for pool in pools_of(user) if not pool.unit and pool.factor not in {one.factor for one in pools}]
    context = {**_places(user, [*pools, *shared], today, unit), "heading": words.place_name(unit), "park": unit}
    return render(request, "factors/pools.html", context)


def _places(user: User, pools: list[Pool], today: date, unit: str = "") -> dict[str, Any]:
    """A row for each pool, and the needs that compete for them, soonest first."""
    found, seen = outlook(today), seen_projects(user)
    rows, competing = [], []
    for one in panoramas(pools, found, today, each=True):
        pool = one.pools[0]
        own = [pair for pair in one.competing if not unit or pair[0].unit == unit]
        rows.append(
            {
                **tile(one),
                "pool": pool,
                "name": words.pool_name(pool),
                "wanted": words.number(one.factor, sum(n for _need, n in own)),
            }
        )
        competing += [(need, lacking) for need, lacking in own if seen is None or need.project in seen]
    competing.sort(key=lambda pair: (pair[0].could_on, pair[0].project))
    lines = [
        {
            "need": need, "factor": words.factor_name(need.factor.code), "lacking": words.amount(need.factor, lacking),
            "basis": words.BASES[need.basis], "step": words.step_name(need.step),
        }
        for need, lacking in competing[:SHOWN]
    ]  # fmt: skip
    return {"rows": rows, "lines": lines, "shown": len(lines), "total": len(competing), "today": today}


@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """What has to be begun in a month so that no project waits."""
    user, today = reader(request), timezone.localdate()
    first = _month(request.GET.get("month", ""), today)
    seen = seen_projects(user)
    found = due(first, outlook(today), pools_of(user), today, None if seen is None else list(seen))
    lines = [
        {
            "gap": one.gap, "need": one.gap.need, "due_on": one.due_on, "overdue": one.overdue, "lead": one.gap.need.factor.lead_days,
            "factor": words.factor_name(one.gap.need.factor.code), "open": words.amount(one.gap.need.factor, one.gap.open),
            "word": words.LIGHTS[one.gap.light][0], "kind": words.LIGHTS[one.gap.light][1],
        }
        for one in found.applications[:SHOWN]
    ]  # fmt: skip
    steps = [
        {"item": one, "step": words.step_name(one.step), "project": one.line.project} for one in found.steps[:SHOWN]
    ]
    context = {
        "due": found, "lines": lines, "steps": steps, "today": today, "shown": SHOWN, "plan": in_force(),
        "works": [{"item": one, "pool": words.pool_name(one.work.pool)} for one in found.works],
        "before": (first - timedelta(days=1)).strftime("%Y-%m"), "after": (found.last + timedelta(days=1)).strftime("%Y-%m"),
    }  # fmt: skip
    return render(request, "factors/month.html", context)


def _month(text: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return today.replace(day=1)
