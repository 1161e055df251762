"""One project's factors: need by, promised by, delivered, and the claims of it; the page, and its part on the project page."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import fields_of, scope_of
from luodi.core.telling import tell
from luodi.evidence.forms import day, day_or_none
from luodi.factors import demanding, reserving, words
from luodi.factors.forms import claim_of, id_of, need_of
from luodi.factors.gaps import Gap, gaps
from luodi.factors.models import Demand, PlanLine, Pool, Reservation
from luodi.factors.open_needs import BY_PERSON, BY_PLAN, outlook_of
from luodi.factors.plans import in_force
from luodi.factors.queries import pools_of
from luodi.factors.reading import RIGHTS, pool_or_404, project_or_404, reader
from luodi.factors.settings import factor_settings
from luodi.factors.telling import line_words
from luodi.projects.models import Project


def _seen(request: HttpRequest, pk: int) -> tuple[User, Project]:
    user = reader(request)
    one = project_or_404(user, pk)
    if not fields_of(user, one.unit).all(RIGHTS):
        raise PermissionDenied
    return user, one


@require_GET
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """The page."""
    user, one = _seen(request, pk)
    return render(request, "factors/project.html", _context(user, one))


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Its part on the project page."""
    user, one = _seen(request, pk)
    return render(request, "factors/panel.html", _context(user, one))


def _context(user: User, one: Project) -> dict[str, Any]:
    today, known = timezone.localdate(), factor_settings()
    found, pools = outlook_of(one.pk, today), pools_of(user)
    lines = [_line(gap) for gap in gaps(found.needs, pools, today)]
    way, plan = found.ways.get(one.pk), in_force()
    planned = None if plan is None else PlanLine.objects.filter(plan=plan, project=one).select_related("pool").first()
    unfit = None if plan is None else next((pool for pk, _name, pool in plan.unfit if pk == one.pk), None)
    asked = {line["need"].factor.code for line in lines}
    own = scope_of(user).covers(one.unit) or scope_of(user).everything
    history = Reservation.objects.filter(project=one).exclude(state__in=Reservation.LIVE).select_related("pool")
    return {
        "project": one, "lines": lines, "way": way, "today": today, "planned": planned, "plan": plan,
        "unfit": words.pool_name(Pool.objects.get(pk=unfit)) if unfit else "", "planned_words": line_words(planned) if planned else [], "left_out": _why(found.left_out),
        "unknown": _("、").join(words.factor_name(f.code) for f in known.factors if f.code not in asked and way and f.step in way.weeks),
        "steps": [(step.code, words.step_name(step.code)) for step in known.steps],
        "factors": [(f.code, words.factor_name(f.code) + _("（") + words.unit_of(f) + _("）")) for f in known.factors],
        "bases": [(value, words.BASES[value]) for value in Demand.Basis.values],
        "pools": [(pool.pk, words.pool_name(pool), pool.kind_of.lent) for pool in pools if pool.unit in ("", one.unit)],
        "said": [{"item": d, "name": words.factor_name(d.factor), "amount": words.amount(known.factor[d.factor], d.amount)}
                 for d in one.demands.filter(withdrawn_at=None).select_related("said_by")],
        "history": [{"item": r, "pool": words.pool_name(r.pool), "amount": words.amount(r.pool.kind_of, r.amount)} for r in history[:20]],
        "may_state": own and may(user, demanding.WRITE), "may_hold": own and may(user, reserving.HOLD),
        "may_promise": may(user, reserving.PROMISE),
        "worst": next((line for line in sorted(lines, key=_rank) if _rank(line) < len(RANKS)), None),
    }  # fmt: skip


RANKS = (words.SERIOUS, words.OPEN, words.LATE, words.HELD)


def _rank(line: dict[str, Any]) -> int:
    return RANKS.index(line["light"]) if line["light"] in RANKS else len(RANKS)


def _why(left_out: dict[str, int] | Any) -> str:
    """Why a project has no needs: in words; blank when it has."""
    reasons = {
        "out": _("已停工、退出或认定虚假，不排要素。"),
        "done": _("已投产，不再需要要素。"),
        "early": _("还没有签约，也没有写计划日期，先不估算要素。"),
        "shell": _("打包项目，要素按子项目算。"),
    }
    return next((reasons[code] for code, count in left_out.items() if count), "")


def _line(gap: Gap) -> dict[str, Any]:
    need, (word, kind) = gap.need, words.LIGHTS[gap.light]
    dated = {BY_PERSON: _("单位填报"), BY_PLAN: _("现行排期")}
    return {
        "need": need, "gap": gap, "light": gap.light, "word": word, "kind": kind, "name": words.factor_name(need.factor.code),
        "step": words.step_name(need.step), "amount": words.amount(need.factor, need.amount), "basis": words.BASES[need.basis],
        "open": words.number(need.factor, gap.open), "dated": dated.get(need.dated, _("按阶段推算")),
        "late": gap.days if gap.days is not None and gap.days > 0 else None,
        "early": -gap.days if gap.days is not None and gap.days < 0 else None,
        "claims": [{"item": one, "amount": words.number(need.factor, one.amount), "pool": words.pool_name(one.pool)} for one in gap.claims],
    }  # fmt: skip


def _on(request: HttpRequest, pk: int, act: Callable[[User, Project, Any], str]) -> HttpResponse:
    user, one = _seen(request, pk)
    tell(request, lambda: act(user, one, request.POST))
    return redirect("factors:project", pk=pk)


@require_POST
def demand(request: HttpRequest, pk: int) -> HttpResponse:
    """State a need."""

    def say(user: User, one: Project, post: Any) -> str:
        demanding.state_demand(actor=user, project=one, need=need_of(post))
        return _("已记下需求。")

    return _on(request, pk, say)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a stated need back."""
    user = reader(request)
    seen = Project.objects.current().visible_to(user)
    one = get_object_or_404(Demand.objects.select_related("project"), pk=pk, project__in=seen)

    def say() -> str:
        demanding.withdraw_demand(actor=user, demand=one, reason=request.POST.get("reason", ""))
        return _("已撤回，改按定额估算。")

    tell(request, say)
    return redirect("factors:project", pk=one.project_id)


@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold some of a pool for the project."""

    def say(user: User, one: Project, post: Any) -> str:
        pool: Pool = pool_or_404(user, id_of(post.get("pool", "")))
        made = reserving.hold(actor=user, project=one, pool=pool, claim=claim_of(pool, post))
        return _("已预留，%(day)s 前须承诺，否则失效。") % {"day": made.expires_on}

    return _on(request, pk, say)


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Promise, deliver, release or transfer a claim."""
    user = reader(request)
    seen = Project.objects.current().visible_to(user)
    one = get_object_or_404(Reservation.objects.select_related("project", "pool"), pk=pk, project__in=seen)
    tell(request, lambda: _changed(user, one, request.POST))
    back = request.POST.get("back", "")
    return (
        redirect("factors:pool", pk=one.pool_id) if back == "pool" else redirect("factors:project", pk=one.project_id)
    )


def _changed(user: User, one: Reservation, post: Any) -> str:
    what, reason = post.get("what", ""), post.get("reason", "")
    if what == "promise":
        when = day_or_none(post.get("day", "")) or one.from_on
        reserving.promise(actor=user, reservation=one, from_on=when, basis=reason)
        return _("已承诺。")
    if what == "deliver":
        reserving.deliver(actor=user, reservation=one, day=day(post.get("day", "")), basis=reason)
        return _("已登记到位。")
    if what == "transfer":
        to = project_or_404(user, id_of(post.get("to", "")))
        reserving.transfer(actor=user, reservation=one, to=to, reason=reason)
        return _("已调剂给“%(name)s”。") % {"name": to.name}
    reserving.release(actor=user, reservation=one, reason=reason)
    return _("已释放，别的项目可以用了。")
