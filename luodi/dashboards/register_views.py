"""Pages of the register: submit, change by request, review, progress, doubtful pairs, exchange rates."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import fields_of
from luodi.accounts.queries import signed_in
from luodi.core import typed
from luodi.core.telling import tell
from luodi.dashboards import register_panels
from luodi.intake import words
from luodi.intake.engine.units import CURRENCIES
from luodi.projects import actions, editing
from luodi.projects.models import ChangeRequest, DoubtfulPair, ExchangeRate, Project

PAGE = 50


def _project(user: User, pk: int) -> Project:
    return get_object_or_404(Project.objects.current().visible_to(user), pk=pk)


@require_POST
def submit_project(request: HttpRequest, pk: int) -> HttpResponse:
    """报送: from then on the project changes by request only."""
    user = signed_in(request)
    one = _project(user, pk)

    def act() -> str:
        actions.submit(actor=user, project=one)
        return _("已报送。此后的改动须经项目办审核。")

    tell(request, act)
    return redirect("project", pk=pk)


@require_http_methods(["GET", "POST"])
def change_project(request: HttpRequest, pk: int) -> HttpResponse:
    """Type new values beside the present ones; a submitted project turns them into a request."""
    user = signed_in(request)
    one = _project(user, pk)
    sees = fields_of(user, one.unit)
    given = {name: request.POST.get(name, "").replace("\0", "")[:2000] for name in editing.FIELDS if sees[name]}
    if request.method == "POST":

        def act() -> str:
            asked = actions.change(actor=user, project=one, given=given, reason=request.POST.get("reason", ""))
            return _("已提交变更申请，待项目办审核。") if asked else _("已修改。")

        if tell(request, act):
            return redirect("project", pk=pk)
    rows = [
        {
            "name": name,
            "label": words.field_name(name),
            "now": words.fact(name, one.facts[name][0], user.money_unit) if name in one.facts else "",
            "given": text,
        }
        for name, text in given.items()
    ]
    context = {"project": one, "rows": rows, "reason": request.POST.get("reason", ""), "locked": one.submitted_at}
    return render(request, "dashboards/change.html", context)


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """Requests within the person's scope: those that wait first, then by age; the decided ones on a tab of their own."""
    user = signed_in(request)
    decided = request.GET.get("state") == "decided"
    visible = Project.objects.current().visible_to(user)
    found = ChangeRequest.objects.filter(project__in=visible).select_related(
        "project", "requested_by", "decided_by", "row__batch"
    )
    waiting = Q(state=ChangeRequest.State.PENDING)
    found = found.exclude(waiting).order_by("-decided_at", "-id") if decided else found.filter(waiting).order_by("id")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [register_panels.request_line(one, user, fields_of(user, one.project.unit)) for one in page]
    return render(request, "dashboards/changes.html", {"lines": lines, "page_obj": page, "decided": decided})


@require_POST
def review_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes or no of another person."""
    user = signed_in(request)
    asked = get_object_or_404(_asked(user), pk=pk)
    accept = request.POST.get("verdict") == "accept"

    def act() -> str:
        actions.review_change(actor=user, request=asked, accept=accept, reason=request.POST.get("reason", ""))
        return _("已同意并更改。") if accept else _("未同意，已告知申请人。")

    tell(request, act)
    return redirect("changes")


@require_POST
def withdraw_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever asked takes it back."""
    user = signed_in(request)
    asked = get_object_or_404(_asked(user), pk=pk)

    def act() -> str:
        actions.withdraw_change(actor=user, request=asked)
        return _("已撤回申请。")

    tell(request, act)
    return redirect("project", pk=asked.project_id)


def _asked(user: User) -> Any:
    return ChangeRequest.objects.filter(project__in=Project.objects.current().visible_to(user))


@require_POST
def state_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far, on what basis, by which day."""
    user = signed_in(request)
    one = _project(user, pk)
    given = request.POST
    percent, day = typed.decimal(given.get("percent", "")), typed.day(given.get("stated_on", ""))

    def act() -> str:
        if percent is None or day is None:
            raise ValidationError(_("请填写数字和日期。"))
        basis, reason = given.get("basis", ""), given.get("reason", "")
        actions.state_progress(actor=user, project=one, percent=percent, basis=basis, stated_on=day, reason=reason)
        return _("已记录进度。")

    tell(request, act)
    return redirect("project", pk=pk)


@require_GET
def doubts(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one project, the undecided first."""
    user = signed_in(request)
    decided = request.GET.get("state") == "decided"
    final = [DoubtfulPair.Verdict.SAME, DoubtfulPair.Verdict.DIFFERENT]
    visible = Project.objects.current().visible_to(user)
    found = DoubtfulPair.objects.filter(withdrawn_at=None, project__in=visible)
    found = found.filter(Q(other=None) | Q(other__withdrawn_at=None)).select_related("project", "other", "decided_by")
    found = found.filter(verdict__in=final) if decided else found.exclude(verdict__in=final)
    page = Paginator(found.order_by("-id"), PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "decided": decided, "may_decide": may(user, "projects.pair.decide")}
    return render(request, "dashboards/doubts.html", context)


@require_POST
def decide_pair(request: HttpRequest, pk: int) -> HttpResponse:
    """A named person's word on one pair."""
    user = signed_in(request)
    visible = Project.objects.current().visible_to(user)
    pair = get_object_or_404(DoubtfulPair.objects.filter(withdrawn_at=None, project__in=visible), pk=pk)
    leave = visible.filter(pk=typed.whole(request.POST.get("leave", ""))).first()

    def act() -> str:
        verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
        actions.decide_pair(actor=user, pair=pair, verdict=verdict, reason=reason, leave=leave)
        return _("已记下您的结论。")

    tell(request, act)
    return redirect("doubts")


@require_POST
def raise_doubt(request: HttpRequest, pk: int) -> HttpResponse:
    """Name another project, by its number or its whole name, that may be this one."""
    user = signed_in(request)
    one, text = _project(user, pk), request.POST.get("other", "").strip().replace("\0", "")
    visible = Project.objects.current().visible_to(user)
    found = list(visible.filter(Q(number=text) | Q(name=text)).exclude(pk=one.pk)[:2]) if text else []
    other = found[0] if len(found) == 1 else one

    def act() -> str:
        actions.raise_doubt(actor=user, project=one, other=other, why=request.POST.get("why", ""))
        return _("已列入疑似重复名单。")

    tell(request, act)
    return redirect("project", pk=pk)


@require_http_methods(["GET", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """Exchange rates as entered, with day and source; and the form for another."""
    user, given = signed_in(request), request.POST
    if request.method == "POST":

        def act() -> str:
            rate, rated_on = typed.decimal(given.get("rate", "")), typed.day(given.get("rated_on", ""))
            if rate is None or rated_on is None:
                raise ValidationError(_("请填写数字和日期。"))
            currency, source = given.get("currency", ""), given.get("source", "")
            entered = actions.enter_rate(actor=user, currency=currency, rate=rate, rated_on=rated_on, source=source)
            return _("已录入 %(rate)s") % {"rate": entered}

        tell(request, act)
        return redirect("rates")
    currencies = [(code, word) for code, (word, _minor) in CURRENCIES.items() if code != "CNY"]
    found = ExchangeRate.objects.filter(withdrawn_at=None).select_related("entered_by")[:200]
    return render(
        request, "dashboards/rates.html", {"rates": found, "currencies": currencies, "today": timezone.localdate()}
    )
