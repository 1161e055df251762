"""One pool: its page with claims and ledger, its tranches and works, a new one."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.core.installation import city
from luodi.core.telling import tell
from luodi.evidence.forms import day, day_or_none
from luodi.factors import reserving, supplying, words
from luodi.factors.engine.balance import at
from luodi.factors.forms import tranche_of, work_terms_of
from luodi.factors.models import Mark, Pool, Reservation, Supply, Work
from luodi.factors.open_needs import outlook
from luodi.factors.panorama import claims_by, first_of, panoramas
from luodi.factors.queries import balances, pools_of
from luodi.factors.reading import name_for, pool_or_404, reader, seen_projects
from luodi.factors.settings import factor_settings
from luodi.factors.tiles import tile

SHOWN = 50


@require_http_methods(["GET", "POST"])
def open_pool(request: HttpRequest) -> HttpResponse:
    """Set up a pool: which factor, where."""
    user = reader(request)
    if request.method == "POST":
        made: list[Pool] = []

        def enter() -> str:
            post = request.POST
            where = post.get("unit", ""), post.get("label", "")
            made.append(supplying.open_pool(actor=user, factor=post.get("factor", ""), unit=where[0], label=where[1]))
            return _("已设“%(name)s”，请写供给。") % {"name": words.pool_name(made[0])}

        if tell(request, enter):
            return redirect("factors:pool", pk=made[0].pk)
    factors = [(one.code, words.factor_name(one.code)) for one in factor_settings().factors]
    units = [(one.code, one.name) for one in city().units if one.code != "outside"]
    return render(
        request, "factors/open_pool.html", {"factors": factors, "units": units, "given": request.POST or request.GET}
    )


@require_GET
def pool(request: HttpRequest, pk: int) -> HttpResponse:
    """One pool: what is left when, tranches, works, claims, competing needs, the ledger."""
    user, today = reader(request), timezone.localdate()
    one = pool_or_404(user, pk)
    return render(request, "factors/pool.html", pool_context(user, one, today, request.GET.get("page", "1")))


def pool_context(user: User, one: Pool, today: date, page: str) -> dict[str, Any]:
    found, known = outlook(today), one.kind_of
    beside = [pool for pool in pools_of(user) if (pool.factor, pool.unit) == (one.factor, one.unit)]
    panorama = panoramas(beside, found, today)[0]
    seen = seen_projects(user)
    levels = balances([one.pk], today)[one.pk]
    ledger = Paginator(
        one.postings.select_related("posted_by", "reservation__project").order_by("-pk"), SHOWN
    ).get_page(page)
    competing = [pair for pair in panorama.competing if seen is None or pair[0].project in seen]
    return {
        "pool": one, "name": words.pool_name(one), "place": words.place_name(one.unit), "unit": words.unit_of(known),
        "tile": tile(panorama), "today": today, "lead": words.lead_of(known), "beside": [pool for pool in beside if pool.pk != one.pk],
        "left": words.number(known, at(levels, today).left),
        "levels": [{"day": lv.day, "granted": words.number(known, lv.granted), "claimed": words.number(known, lv.claimed),
                    "left": words.number(known, lv.left), "short": lv.left < 0} for lv in levels if lv.day >= today][:SHOWN],
        "supplies": [_supply_line(known, s) for s in one.supplies.filter(withdrawn_at=None).select_related("work", "said_by")],
        "works": [_work_line(known, w) for w in one.works.filter(withdrawn_at=None)],
        "claims": [_claim_line(known, c, seen) for c in claims_by([one], today)],
        "competing": [{"need": need, "lacking": words.number(known, n), "basis": words.BASES[need.basis], "past": need.could_on < today}
                      for need, n in first_of(competing, today, SHOWN)],
        "competing_total": len(competing),
        "ledger": ledger, "postings": [_posting_line(known, p, seen) for p in ledger],
        "may_write": may(user, supplying.WRITE), "may_promise": may(user, reserving.PROMISE), "may_hold": may(user, reserving.HOLD),
        "marks": [(mark.value, mark.label) for mark in Mark if mark != Mark.DEMO], "lent": known.lent,
    }  # fmt: skip


def _supply_line(known: Any, one: Supply) -> dict[str, Any]:
    return {"item": one, "amount": words.number(known, one.amount), "mark": one.get_mark_display()}


def _work_line(known: Any, one: Work) -> dict[str, Any]:
    cost = None if one.cost_fen is None else f"{one.cost_fen / 1_000_000:,.0f}"
    may_begin = one.state in {Work.State.CONSIDERED, Work.State.DECIDED}
    return {"item": one, "adds": words.number(known, one.adds), "cost": cost, "may_begin": may_begin}


def _claim_line(known: Any, one: Reservation, seen: frozenset[int] | None) -> dict[str, Any]:
    return {
        "item": one, "amount": words.number(known, one.amount), "name": name_for(one.project, seen),
        "open": seen is None or one.project_id in seen, "step": words.step_name(one.step),
        "kind": {"held": "wait", "promised": "reported", "delivered": "ok"}[one.state],
    }  # fmt: skip


def _posting_line(known: Any, one: Any, seen: frozenset[int] | None) -> dict[str, Any]:
    project = one.reservation.project if one.reservation else None
    return {
        "item": one, "amount": ("+" if one.amount > 0 else "−") + words.number(known, abs(one.amount)),
        "name": name_for(project, seen) if project else "", "who": one.posted_by.display_name if one.posted_by else "",
    }  # fmt: skip


def _on_pool(request: HttpRequest, pk: int, act: Callable[[User, Pool, Any], str]) -> HttpResponse:
    user = reader(request)
    one = pool_or_404(user, pk)
    tell(request, lambda: act(user, one, request.POST))
    return redirect("factors:pool", pk=pk)


@require_POST
def supply(request: HttpRequest, pk: int) -> HttpResponse:
    """State a tranche."""

    def say(user: User, one: Pool, post: Any) -> str:
        supplying.supply(actor=user, pool=one, tranche=tranche_of(one.kind_of, post))
        return _("已记下供给。")

    return _on_pool(request, pk, say)


@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a preparation work."""

    def say(user: User, one: Pool, post: Any) -> str:
        supplying.propose_work(actor=user, pool=one, terms=work_terms_of(one.kind_of, post))
        return _("已记下准备工程；排期会考虑它，动工要另行决定。")

    return _on_pool(request, pk, say)


@require_POST
def change_supply(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a tranche off, or take it back."""
    user = reader(request)
    one = get_object_or_404(Supply.objects.select_related("pool"), pk=pk, pool__in=Pool.objects.visible_to(user))

    def say() -> str:
        reason = request.POST.get("reason", "")
        if request.POST.get("what") == "withdraw":
            supplying.withdraw_supply(actor=user, supply=one, reason=reason)
            return _("已撤回。")
        supplying.postpone_supply(actor=user, supply=one, from_on=day(request.POST.get("day", "")), reason=reason)
        return _("已改期。")

    tell(request, say)
    return redirect("factors:pool", pk=one.pool_id)


@require_POST
def change_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide, start, finish or cancel a work."""
    user = reader(request)
    one = get_object_or_404(Work.objects.select_related("pool"), pk=pk, pool__in=Pool.objects.visible_to(user))
    what, reason = request.POST.get("what", ""), request.POST.get("reason", "")

    def say() -> str:
        when = day_or_none(request.POST.get("day", "")) or timezone.localdate()
        if what == "decide":
            supplying.decide_work(actor=user, work=one, starts_on=when, reason=reason)
        elif what == "start":
            supplying.start_work(actor=user, work=one, day=when, basis=reason)
        elif what == "finish":
            supplying.finish_work(actor=user, work=one, day=when, basis=reason)
        else:
            supplying.cancel_work(actor=user, work=one, reason=reason)
        return _("已记下。")

    tell(request, say)
    return redirect("factors:pool", pk=one.pool_id)
