"""Plans: ask for one, watch it, read it as bars and reasons, compare two, adopt one."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.core.installation import city
from luodi.core.telling import tell
from luodi.evidence.forms import day_or_none
from luodi.factors import gantt, planning, words
from luodi.factors.comparing import compared, prices_of, sentence
from luodi.factors.forms import id_of, number_of
from luodi.factors.models import Plan, PlanLine, PlanWork, Pool, Supply, Work
from luodi.factors.plans import in_force, outdated, why_not_adopt
from luodi.factors.queries import live_works, pools_of
from luodi.factors.reading import reader, seen_projects
from luodi.factors.settings import factor_settings
from luodi.jobs import actions as jobs
from luodi.jobs.models import Job
from luodi.jobs.views import shown
from luodi.projects.models import Project

PAGE = 100
UNFIT = 30
"""Of projects that fit nowhere so many are named for each pool."""
NUMBERS = ("waiting", "bound", "gap")
"""What the worker notes while it plans, in this order."""
ORDERS = {
    "cost": ((F("weight") * F("waits_days")).desc(), "-weight", "pk"),
    "waits": ("-waits_days", "-weight", "pk"),
    "start": ("starts_on", "pk"),
    "end": ("ends_on", "pk"),
    "moved": ("-moved_days", "pk"),
}


@require_http_methods(["GET", "POST"])
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan, and the form that asks for one."""
    user, given = reader(request), request.POST
    if request.method == "POST":
        made: list[Plan] = []

        def ask() -> str:
            as_of = day_or_none(given.get("as_of", "")) or timezone.localdate()
            made.append(
                planning.ask_plan(
                    actor=user,
                    name=given.get("name", ""),
                    as_of=as_of,
                    seconds=number_of(given.get("seconds", "")),
                    change=_change(given),
                )
            )
            return _("已开始计算，可以离开这个页面。")

        if tell(request, ask):
            return redirect("factors:plan", pk=made[0].pk)
    page = Paginator(Plan.objects.select_related("asked_by", "adopted_by").defer("document"), 30).get_page(
        request.GET.get("page")
    )
    pools = [pool.pk for pool in pools_of(user)]
    today = timezone.localdate()
    context = {
        "page_obj": page, "may_ask": may(user, "factors.plan.ask"), "today": today, "grid": factor_settings().grid, "given": given,
        "tranches": [(one.pk, _tranche(one)) for one in Supply.objects.filter(pool__in=pools, withdrawn_at=None, from_on__gt=today).select_related("pool")[:200]],
        "works": [(one.pk, f"{one.name}（{words.pool_name(one.pool)}）") for one in live_works(pools).select_related("pool")[:200]],
        "units": [(one.code, one.name) for one in city().units if one.code != "outside"], "compare": page.paginator.count > 1,
    }  # fmt: skip
    return render(request, "factors/plans.html", context)


def _tranche(one: Supply) -> str:
    return f"{words.pool_name(one.pool)} {one.from_on} {words.amount(one.pool.kind_of, one.amount)}"


def _change(post: Any) -> dict[str, Any]:
    """What is supposed: a tranche that comes later, a work that is not done, a project that arrives."""
    change: dict[str, Any] = {}
    if tranche := id_of(post.get("later", "")):
        weeks = number_of(post.get("weeks", ""), digits=3)
        if weeks is None:
            raise ValidationError(_("请写批次晚到几周。"))
        change["later"] = {str(tranche): weeks}
    if work := id_of(post.get("cancelled", "")):
        change["cancelled"] = [work]
    if name := post.get("arriving", "").strip():
        amount = number_of(post.get("arriving_amount", "").replace(",", ""), digits=5)
        if amount is None or post.get("arriving_unit", "") not in city().unit:
            raise ValidationError(_("请写新来项目的总投资（亿元，整数）和单位。"))
        change["arriving"] = [
            [name[:100], post["arriving_unit"], amount * 10_000_000_000, post.get("arriving_chain", "")[:40]]
        ]
    return change


@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: how good, who waits for what, bars, works, prices, the decision."""
    user = reader(request)
    one = get_object_or_404(Plan.objects.select_related("asked_by", "adopted_by", "base").defer("document"), pk=pk)
    if one.state in {Plan.State.ASKED, Plan.State.FAILED}:
        job = Job.objects.filter(pk=one.job or 0).first()
        trouble = one.trouble_en if get_language() == "en" and one.trouble_en else one.trouble
        told = {"trouble": trouble, "may_stop": may(user, "factors.plan.ask")}
        context = {"plan": one, "job": _progress(job, one) if job else None, **told}
        return render(request, "factors/plan_waiting.html", context)
    return render(request, "factors/plan.html", _context(request, user, one))


def _context(request: HttpRequest, user: User, one: Plan) -> dict[str, Any]:
    query = request.GET
    order, unit, only = query.get("order", "cost"), query.get("unit", "")[:40], query.get("only", "")
    every = _lines(user, one)
    lines = every.filter(project__unit=unit) if unit else every
    lines = lines.filter(waits_days__gt=0) if only == "waiting" else lines
    lines = lines.exclude(moved_days=0).exclude(moved_days=None) if only == "moved" else lines
    page = Paginator(
        lines.select_related("project", "pool").order_by(*ORDERS.get(order, ORDERS["cost"])), PAGE
    ).get_page(query.get("page"))
    rows = list(page)
    start = one.as_of - timedelta(days=one.as_of.weekday())
    scale = gantt.Scale(start, max([line.ends_on for line in rows], default=start) + timedelta(days=14))
    pools = Pool.objects.current().visible_to(user)
    works = (
        PlanWork.objects.filter(plan=one, work__pool__in=pools).select_related("work__pool").order_by("starts_on", "pk")
    )
    kept = query.copy()
    kept.pop("page", None)
    return {
        "plan": one, "rows": gantt.rows(one, rows, scale), "ticks": scale.ticks(), "page_obj": page, "query": kept.urlencode(),
        "order": order, "unit": unit, "only": only, "units": [(u.code, u.name) for u in city().units],
        "waiting": every.filter(waits_days__gt=0).count(), "total": every.count(),
        "moved": every.exclude(moved_days=0).exclude(moved_days=None).count() if one.base_id else None,
        "works": [{"item": w, "pool": words.pool_name(w.work.pool), "state": w.work.get_state_display()} for w in works],
        "prices": prices_of(one, pools), "sentence": sentence(one), "steps": [(s.code, words.step_name(s.code)) for s in factor_settings().steps],
        "why_not": why_not_adopt(user, one) if may(user, "factors.plan.adopt") else None, "outdated": outdated(one),
        "gap": f"{one.gap:.1%}" if one.gap is not None else "", "cost": f"{(one.cost_fen or 0) / 1_000_000:,.0f}",
        "unfit": _unfit(user, one), "unfit_total": len(one.unfit),
        "supposed": _supposed(one), "against": _against(one), "slips": every.filter(slips__gt=0).count(),
    }  # fmt: skip


def _lines(user: User, one: Plan) -> Any:
    """Of projects that the person may see; supposed ones are nobody's."""
    lines, seen = PlanLine.objects.filter(plan=one), seen_projects(user)
    return lines if seen is None else lines.filter(project__in=list(seen))


def _against(one: Plan) -> str:
    """Where it is compared with the plan in force, or with the one that it was to replace."""
    other = in_force()
    other_pk = one.base_id if other is None or other.pk == one.pk else other.pk
    return f"{reverse('factors:compare')}?a={other_pk}&b={one.pk}" if other_pk else ""


def _unfit(user: User, one: Plan) -> list[dict[str, Any]]:
    """Projects that no calendar could take, by the pool that never has enough, the most first; other units' only as such."""
    by_pool: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for pk, name, pool in one.unfit:
        by_pool[pool].append((pk, name))
    named = [pk for found in by_pool.values() for pk, _name in found[:UNFIT]]
    seen, pools = Project.objects.current().visible_to(user).in_bulk(named), Pool.objects.in_bulk(by_pool)

    def line(pk: int, name: str) -> dict[str, Any]:
        project = seen.get(pk)
        return {"pk": pk if project else 0, "name": name or (project.name if project else _("另一单位的项目"))}

    return [
        {"pool": words.pool_name(pools[pool]), "many": len(found), "shown": [line(*pair) for pair in found[:UNFIT]]}
        for pool, found in sorted(by_pool.items(), key=lambda pair: -len(pair[1]))
    ]


def _supposed(one: Plan) -> list[str]:
    """A what-if in words."""
    told = []
    for pk, weeks in one.change.get("later", {}).items():
        tranche = Supply.objects.select_related("pool").filter(pk=pk).first()
        if tranche is not None:
            said = ngettext("假设“%(tranche)s”晚到 %(weeks)s 周", "假设“%(tranche)s”晚到 %(weeks)s 周", weeks)
            told.append(said % {"tranche": _tranche(tranche), "weeks": weeks})
    told += [
        _("假设不做“%(work)s”") % {"work": work.name}
        for work in Work.objects.filter(pk__in=one.change.get("cancelled", []))
    ]
    for name, unit, amount, _chain in one.change.get("arriving", []):
        about = {"name": name, "place": words.place_name(unit), "amount": f"{amount / 10_000_000_000:,.0f}"}
        told.append(_("假设“%(name)s”（%(place)s，%(amount)s 亿元）到来") % about)
    return told


def _progress(job: Job, one: Plan) -> dict[str, Any]:
    """As components/progress.html takes it, with what the planner says instead of a count."""
    told = shown(job)
    message, numbers = told["message"], job.message.split()
    if told["state"] == "running" and len(numbers) == len(NUMBERS):
        message = _("等待 %(waiting)s 加权周，下界 %(bound)s，差 %(gap)s") % dict(zip(NUMBERS, numbers, strict=True))
    return {**told, "message": message, "poll_url": reverse("factors:progress", args=[one.pk]), "cancel_url": ""}


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far; when it is over the page is opened again."""
    reader(request)
    one = get_object_or_404(Plan.objects.defer("document"), pk=pk)
    job = get_object_or_404(Job, pk=one.job or 0)
    response = render(request, "components/progress.html", {"job": _progress(job, one)})
    if job.is_over:
        response.headers["HX-Redirect"] = reverse("factors:plan", args=[pk])
    return response


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Enough: keep the best plan found so far."""
    user = reader(request)
    one = get_object_or_404(Plan.objects.defer("document"), pk=pk)
    job = get_object_or_404(Job, pk=one.job or 0)

    def say() -> str:
        jobs.cancel(actor=user, job=job)
        return _("已请它停下，保留到此为止最好的排期。")

    tell(request, say)
    return redirect("factors:plan", pk=pk)


@require_POST
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it: its days become targets."""
    user = reader(request)
    one = get_object_or_404(Plan, pk=pk)

    def say() -> str:
        planning.adopt(actor=user, plan=one, reason=request.POST.get("reason", ""))
        return _("已采纳，日期作为目标。")

    tell(request, say)
    return redirect("factors:plan", pk=pk)


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Two plans side by side."""
    user = reader(request)
    found = {
        pk: get_object_or_404(Plan.objects.defer("document"), pk=id_of(request.GET.get(pk, ""))) for pk in ("a", "b")
    }
    context = compared(found["a"], found["b"], seen_projects(user))
    choices = [
        (one.pk, f"#{one.pk} {one.name} {one.as_of}")
        for one in Plan.objects.exclude(waiting=None).defer("document")[:50]
    ]
    return render(request, "factors/compare.html", {**context, "choices": choices})
