"""Targets: the list with its clocks, one target with its tasks and candidates, and what people do on them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.queries import signed_in
from luodi.chains import matching, panels, permissions, targeting, typed, words
from luodi.chains.models import ChainCandidate, ChainNode, ChainTarget, ChainTask
from luodi.chains.queries import horizon
from luodi.chains.views import asked_chart
from luodi.core.installation import access, city, organization
from luodi.core.telling import tell
from luodi.intake.words import rank_name
from luodi.projects.models import Project

SIZE = 50
WHY = {
    matching.NODE: gettext_lazy("在这个环节上"),
    matching.INDUSTRY: gettext_lazy("行业代码相符"),
    matching.WORD: gettext_lazy("名称里有这个词"),
}


def _targets() -> QuerySet[ChainTarget]:
    candidates = ChainCandidate.objects.filter(withdrawn_at=None).select_related("project__standing")
    return ChainTarget.objects.select_related("chain").prefetch_related(
        "tasks", Prefetch("candidates", queryset=candidates, to_attr="answers")
    )


@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    """Open targets, the next due first; `?closed=1` those that ended."""
    user = signed_in(request)
    closed, mine = request.GET.get("closed") == "1", request.GET.get("mine") == "1"
    rows = _targets().filter(withdrawn_at__isnull=not closed).order_by("due_on", "pk")
    if mine:
        rows = rows.filter(tasks__unit=user.unit, tasks__done_at=None).distinct()
    total, today = rows.count(), timezone.localdate()
    start = min(typed.whole_or_zero(request.GET.get("start", "")), max(total - 1, 0))
    lines = [_line(one, today) for one in rows[start : start + SIZE]]
    context = {
        "lines": lines,
        "page": _page(request, start, len(lines), total),
        "closed": closed,
        "mine": mine,
        "tab": "targets",
    }
    context["demo"] = any(line["target"].mark == "demo" for line in lines)
    return render(request, "chains/targets.html", context)


def _page(request: HttpRequest, start: int, shown: int, total: int) -> dict[str, str]:
    """What components/pagination.html asks for."""

    def url(place: int) -> str:
        query = request.GET.copy()
        query["start"] = str(place)
        return f"?{query.urlencode()}"

    return {
        "first": str(start + 1 if shown else 0),
        "last": str(start + shown),
        "total": str(total),
        "prev_url": url(max(start - SIZE, 0)) if start else "",
        "next_url": url(start + SIZE) if start + shown < total else "",
    }


def _line(target: Any, today: date) -> dict[str, Any]:
    done = matching.progress(target.answers)
    tasks = list(target.tasks.all())
    return {
        "target": target,
        "kind": words.STATES.get(target.gap, target.gap),
        "state": target.gap,
        "quantity": words.quantity(target.quantity, target.unit),
        "proven": words.quantity(done.proven, target.unit),
        "share": done.share(target.quantity),
        "candidates": len(target.answers),
        "tasks": len(tasks),
        "late": [task for task in tasks if task.done_at is None and task.due_on < today],
        "overdue": target.withdrawn_at is None and target.due_on < today,
    }


@require_http_methods(["GET", "POST"])
def target_new(request: HttpRequest, code: str, node: str) -> HttpResponse:
    """Take up a gap of a node: what, how much, by when."""
    user, found, names = asked_chart(request, code)
    lines = panels.gap_lines(found, names, node)
    if node not in found.node:
        raise Http404
    given = request.POST
    kind = given.get("gap") or request.GET.get("gap", "")
    line = next((one for one in lines if one.gap.kind == kind), lines[0] if lines else None)
    if request.method == "POST" and line is not None:
        made: list[ChainTarget] = []

        def take() -> str:
            terms: dict[str, Any] = {
                "what": given.get("what", ""),
                "quantity": typed.quantity(given.get("quantity", "")),
            }
            made.append(
                targeting.set_target(
                    actor=user, chain=found.chain, gap=line.gap, **terms, due_on=typed.day(given.get("due_on", "")),
                    industries=typed.codes(given.get("industries", "")), regions=given.get("regions", ""),
                    reason=given.get("reason", ""),
                )
            )  # fmt: skip
            return _("已设为招引目标，接着交办任务。")

        if tell(request, take):
            return redirect("chains:target", pk=made[0].pk)
    context = {
        "chain": found.chain,
        "node": found.node[node],
        "lines": lines,
        "line": line,
        "given": given,
        "suggested": _suggested(line, found.by),
        "industries": panels.industry_names(found.node[node].industries),
        "may_target": permissions.may_on(user, permissions.TARGET, found.chain),
    }
    return render(request, "chains/target_new.html", context)


def _suggested(line: panels.GapLine | None, by: date) -> dict[str, str]:
    """What the form begins with."""
    if line is None:
        return {}
    verb = {"surplus": _("引进%(name)s的下游加工"), "single": _("引进第二家%(name)s"), "weak": _("改造提升%(name)s")}
    what = verb.get(line.gap.kind, _("引进%(name)s")) % {"name": line.node.name}
    amount = "" if line.gap.amount is None else f"{line.gap.amount.normalize():f}"
    return {
        "what": what,
        "quantity": amount,
        "due_on": max(by, horizon()).isoformat(),
        "industries": "、".join(line.node.industries),
    }


@require_GET
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """One target: why, how far, whose task, which projects answer it."""
    user = signed_in(request)
    found: Any = get_object_or_404(_targets(), pk=pk)
    node = ChainNode.objects.filter(chain=found.chain, code=found.node, withdrawn_at=None).first()
    may_target = permissions.may_on(user, permissions.TARGET, found.chain) and found.withdrawn_at is None
    seen = set(Project.objects.current().visible_to(user).filter(pk__in=[one.project_id for one in found.answers]).values_list("pk", flat=True))  # fmt: skip
    done, today = matching.progress(found.answers), timezone.localdate()
    tasks = list(found.tasks.select_related("target__chain", "person", "assigned_by", "done_by"))
    context = {
        **_line(found, today),
        "node": node,
        "answers": [_answer(one, seen, found.unit) for one in found.answers],
        "task_lines": [_task(one, user, today) for one in tasks],
        "figures": [(key, words.quantity(getattr(done, key), found.unit)) for key in ("reported", "proven", "net")],
        "confirmed": words.quantity(done.confirmed, found.unit),
        "unknown": done.unknown,
        "industries": panels.industry_names(found.industries),
        "may_target": may_target,
        "proposals": _proposals(found, node, user) if may_target else [],
        "units": [(unit.code, unit.name) for unit in city().units] + [(d.code, d.name) for d in access().departments.values()],
        "asked": words.quantity(Decimal(found.basis["amount"]), found.unit) if found.basis.get("amount") else "",
    }  # fmt: skip
    return render(request, "chains/target.html", context)


def _answer(one: ChainCandidate, seen: set[int], unit: str) -> dict[str, Any]:
    """A candidate; of a stranger's project only what it brings."""
    hidden = one.project_id not in seen
    standing = getattr(one.project, "standing", None)
    return {
        "candidate": one,
        "name": _("其他单位的项目") if hidden else one.project.name,
        "hidden": hidden,
        "capacity": words.quantity(one.capacity, unit),
        "reported": "" if hidden or standing is None else rank_name(standing.reported),
        "proven": "" if hidden or standing is None else rank_name(standing.proven),
    }


def _task(one: ChainTask, user: User, today: date) -> dict[str, Any]:
    late = (one.done_at is None and one.due_on < today) or (
        one.done_at is not None and timezone.localdate(one.done_at) > one.due_on
    )
    end = today if one.done_at is None else timezone.localdate(one.done_at)
    return {
        "task": one,
        "unit": organization(one.unit) or one.unit,
        "late": late,
        "days": abs((end - one.due_on).days),
        "may_finish": one.done_at is None and permissions.may_finish(user, one),
    }


def _proposals(found: ChainTarget, node: ChainNode | None, user: User) -> list[dict[str, Any]]:
    named = matching.proposals(found, node.name if node else "", user)
    return [
        {
            "project": one.project,
            "why": [str(WHY[why]) for why in one.why],
            "capacity": "" if one.capacity is None else f"{one.capacity.normalize():f}",
        }
        for one in named
    ]


@require_POST
def target_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Reached, or given up."""
    user, found = signed_in(request), get_object_or_404(ChainTarget.objects.select_related("chain"), pk=pk)

    def close() -> str:
        targeting.close_target(actor=user, target=found, reason=request.POST.get("reason", ""))
        return _("这个目标已结束。")

    tell(request, close)
    return redirect("chains:target", pk=pk)


@require_POST
def task_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the target to a unit, by a day."""
    user, given = signed_in(request), request.POST
    found = get_object_or_404(ChainTarget.objects.select_related("chain"), pk=pk)

    def assign() -> str:
        person = _person(given.get("person", ""))
        terms: dict[str, Any] = {
            "what": given.get("what", ""),
            "unit": given.get("unit", ""),
            "due_on": typed.day(given.get("due_on", "")),
        }
        targeting.assign_task(actor=user, target=found, person=person, **terms)
        return _("已交办，时钟开始走。")

    tell(request, assign)
    return redirect("chains:target", pk=pk)


def _person(username: str) -> User | None:
    """Raises `ValidationError` for a name that nobody signs in with."""
    if not username.strip():
        return None
    person: User | None = User.objects.filter(username=username.strip(), is_active=True).first()
    if person is None:
        raise ValidationError(_("没有登录名为“%(name)s”的账号。") % {"name": username})
    return person


@require_POST
def task_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what came of a task."""
    user, task = signed_in(request), get_object_or_404(ChainTask.objects.select_related("target__chain"), pk=pk)

    def finish() -> str:
        targeting.finish_task(actor=user, task=task, result=request.POST.get("result", ""))
        return _("已办结。")

    tell(request, finish)
    return redirect("chains:target", pk=task.target_id)


@require_POST
def candidate_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that a project answers the target."""
    user, given = signed_in(request), request.POST
    found = get_object_or_404(ChainTarget.objects.select_related("chain"), pk=pk)
    project = get_object_or_404(
        Project.objects.current().visible_to(user), pk=typed.whole(given.get("project", "")) or 0
    )

    def confirm() -> str:
        capacity = typed.quantity(given.get("capacity", ""))
        terms: dict[str, Any] = {"project": project, "capacity": capacity, "reason": given.get("reason", "")}
        targeting.confirm_candidate(actor=user, target=found, **terms)
        return _("已确认为候选项目。")

    tell(request, confirm)
    return redirect("chains:target", pk=pk)


@require_POST
def candidate_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not answer the target after all."""
    user = signed_in(request)
    found = get_object_or_404(ChainCandidate.objects.select_related("target__chain"), pk=pk)

    def take_back() -> str:
        targeting.withdraw_candidate(actor=user, candidate=found, reason=request.POST.get("reason", ""))
        return _("已撤去。")

    tell(request, take_back)
    return redirect("chains:target", pk=found.target_id)
