"""Pages of the checks: the lamps of one project, all open findings, what a document says of itself."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import fields_of, scope_of
from luodi.accounts.queries import signed_in
from luodi.checks import actions, words
from luodi.checks.engine.checks import ASKING, State
from luodi.checks.models import Answer, Finding, Particular
from luodi.checks.queries import GREY, RED, YELLOW, Lamp, lamps
from luodi.checks.settings import check_settings
from luodi.core.telling import tell
from luodi.evidence.models import Evidence
from luodi.projects.models import Project

SEEN_THROUGH = ("evidence", "done_to_date", "paid_in", "land_area", "progress_percent")
"""Fields that sentences of checks quote: who may not see them sees no checks of that project."""
SIZE = 50


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The lamps of one project, for its page; fetched beside it, so that the page stays light."""
    user = signed_in(request)
    project = _project(user, pk)
    found = lamps(project.pk)
    documents = dict(Evidence.objects.filter(project=project).values_list("pk", "title"))
    counts = Counter(lamp.colour for lamp in found)
    asking = [_shown(lamp, documents) for lamp in found if lamp.colour in {RED, YELLOW}]
    rest = [_shown(lamp, documents) for lamp in found if lamp.colour not in {RED, YELLOW}]
    context = {
        "project": project,
        "asking": asking,
        "rest": rest,
        "red": counts[RED],
        "yellow": counts[YELLOW],
        "grey": counts[GREY],
        "may_answer": may(user, "checks.finding.answer") and scope_of(user).covers(project.unit),
        "may_weigh": may(user, "checks.finding.weigh"),
        "papers": _papers(project, user),
    }
    return render(request, "checks/panel.html", context)


def _project(user: User, pk: int) -> Project:
    """Within reach, with every field that a sentence may quote."""
    project = get_object_or_404(Project.objects.current().visible_to(user), pk=pk)
    if not fields_of(user, project.unit).all(SEEN_THROUGH):
        raise Http404
    return project


def _shown(lamp: Lamp, documents: dict[int, str]) -> dict[str, Any]:
    return {
        "code": lamp.check.code,
        "title": words.title(lamp.check),
        "why": lamp.check.why,
        "colour": lamp.colour,
        "colour_word": words.COLOURS[lamp.colour],
        "badge": words.BADGES[lamp.result.state],
        "state": words.STATES[lamp.result.state],
        "said": words.said(lamp.check, lamp.result),
        "documents": [documents[one] for one in lamp.result.documents if one in documents],
        "subject": lamp.subject,
        "finding": lamp.finding,
        "answers": lamp.answers,
        "asks": lamp.colour == RED,
        "waits": bool(lamp.answers) and lamp.answers[-1].kind == Answer.Kind.ANSWERED,
    }


def _papers(project: Project, user: User) -> list[dict[str, Any]]:
    """Documents that are asked what they say of themselves, with how much they said."""
    if not (may(user, "checks.particulars.state") and scope_of(user).covers(project.unit)):
        return []
    asked = check_settings().particulars
    papers = Evidence.objects.filter(project=project, withdrawn_at=None, kind__in=asked).prefetch_related("particulars")
    return [
        {
            "url": reverse("checks:particulars", args=[one.pk]),
            "title": one.title,
            "said": len([p for p in one.particulars.all() if p.withdrawn_at is None]),
            "asked": len(asked[one.kind]),
        }
        for one in papers.order_by("pk")
    ]


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit's word on one result."""
    user = signed_in(request)
    project = _project(user, pk)

    def say() -> str:
        given = request.POST
        actions.answer(
            actor=user,
            project=project,
            check_code=given.get("check", "")[:6],
            subject=given.get("subject", "")[:120],
            text=given.get("text", ""),
        )
        return _("已记下说明；这一项由红转黄，曾为红会一直记着。")

    tell(request, say)
    return HttpResponseRedirect(reverse("project", args=[pk]) + "#checks")


@require_POST
def weigh(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an explanation, or not."""
    user = signed_in(request)
    finding = get_object_or_404(Finding.objects.visible_to(user).select_related("project"), pk=pk)
    take = request.POST.get("verdict") == "take"

    def judge() -> str:
        actions.weigh(actor=user, finding=finding, take=take, text=request.POST.get("text", ""))
        return _("已认可说明。") if take else _("未认可，这一项又转红。")

    tell(request, judge)
    return HttpResponseRedirect(reverse("project", args=[finding.project_id]) + "#checks")


@require_http_methods(["GET", "POST"])
def particulars(request: HttpRequest, pk: int) -> HttpResponse:
    """What one document says of itself."""
    user = signed_in(request)
    seen = Evidence.objects.filter(project__in=Project.objects.current().visible_to(user), withdrawn_at=None)
    evidence = get_object_or_404(seen.select_related("project"), pk=pk)
    asked = check_settings().particulars.get(evidence.kind, ())
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in asked}
        changed = tell(
            request,
            lambda: (
                _("已记下票面信息 %(n)s 项。")
                % {"n": actions.state_particulars(actor=user, evidence=evidence, given=given)}
            ),
        )
        if changed:
            return HttpResponseRedirect(reverse("project", args=[evidence.project_id]) + "#checks")
    held = dict(Particular.objects.filter(evidence=evidence, withdrawn_at=None).values_list("name", "value"))
    labels = dict(Particular.Name.choices)
    fields = [
        {"name": name, "label": labels[name], "value": request.POST.get(name) or _typed(name, held.get(name, "")), "day": name in {"issued_on", "valid_until"}}
        for name in asked
    ]  # fmt: skip
    return render(request, "checks/particulars.html", {"evidence": evidence, "fields": fields})


def _typed(name: str, value: str) -> str:
    """A kept value as a person types it: amounts in 万元."""
    if name == Particular.Name.AMOUNT and value:
        return f"{int(value) / 1_000_000:f}".rstrip("0").rstrip(".")
    return value


@require_GET
def findings(request: HttpRequest) -> HttpResponse:
    """Everything that is open, within reach; those that nobody answered can be asked for."""
    user = signed_in(request)
    if not fields_of(user).all(SEEN_THROUGH):
        raise PermissionDenied
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    found = Finding.objects.visible_to(user).filter(closed_at=None).select_related("project")
    if state in {one.value for one in State}:
        found = found.filter(state=state)
    total = found.count()
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found.prefetch_related("answers").order_by("-pk")[: SIZE + 1])
    query = {"state": state, "before": rows[SIZE - 1].pk} if len(rows) > SIZE else {}
    context = {
        "rows": [_line(one) for one in rows[:SIZE]],
        "states": [(one.value, words.STATES[one], one.value == state) for one in State if one in ASKING],
        "total": f"{total:,}",
        "older": f"{reverse('checks:findings')}?{urlencode(query)}" if query else "",
    }
    return render(request, "checks/findings.html", context)


def _line(finding: Finding) -> dict[str, Any]:
    check = words.of_code(finding.check_code)
    answered = finding.last_word not in {"", Answer.Kind.DECLINED}
    return {
        "finding": finding,
        "url": reverse("project", args=[finding.project_id]) + "#checks",
        "title": words.title(check) if check else finding.check_code,
        "said": words.sentence(check, finding.state, finding.values) if check else "",
        "badge": words.BADGES[State(finding.state)],
        "state": words.STATES[State(finding.state)],
        "colour": YELLOW if answered else RED,
        "colour_word": words.COLOURS[YELLOW if answered else RED],
    }
