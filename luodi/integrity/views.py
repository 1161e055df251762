"""Pages of what scans ask: the inbox, one question, the panel of a project."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts.permissions import may
from luodi.accounts.queries import signed_in
from luodi.core.installation import city
from luodi.core.telling import tell
from luodi.intake.words import unit_name
from luodi.integrity import actions, queries, showing, words
from luodi.integrity.models import ScanFinding, ScanRun, Scheme
from luodi.projects.models import Project

SIZE = 50


@require_GET
def findings(request: HttpRequest) -> HttpResponse:
    """What is asked within reach, the most probable first."""
    user = signed_in(request)
    showing.permit(user)
    asked = queries.Asked.from_query(request.GET)
    found = queries.inbox(user, asked)
    total, page = found.count(), page_of(request)
    page = min(page, max(1, -(-total // SIZE)))
    rows = list(found.select_related("project").order_by("-probability", "id")[(page - 1) * SIZE : page * SIZE])
    run = ScanRun.objects.first()
    context = {
        "rows": showing.lines(user, rows, queries.latest_cases(rows)),
        "page": pager("integrity:findings", asked.query, page, total),
        "total": f"{total:,}",
        "run": run,
        "model": words.model_name(run.model) if run else "",
        "notes": words.notes(run),
        "starts": words.starts(run),
        "schemes": chosen(Scheme.choices, asked.scheme),
        "units": chosen([(unit.code, unit_name(unit.code)) for unit in city().units], asked.unit),
        "states": chosen(words.STATES.items(), asked.state),
        "bands": chosen(words.BANDS.items(), asked.band),
        "may_scan": may(user, "integrity.scan.take"),
        "today": timezone.localdate(),
    }
    return render(request, "integrity/findings.html", context)


def chosen(choices: Any, value: str) -> list[tuple[str, Any, bool]]:
    return [(code, label, code == value) for code, label in choices]


def page_of(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def pager(route: str, query: dict[str, str], page: int, total: int) -> dict[str, str]:
    """Numbers and addresses for the pager."""

    def at(number: int) -> str:
        return f"{reverse(route)}?{urlencode({**query, 'page': number})}"

    first = (page - 1) * SIZE
    return {
        "first": f"{min(first + 1, total):,}",
        "last": f"{min(first + SIZE, total):,}",
        "total": f"{total:,}",
        "prev_url": at(page - 1) if page > 1 else "",
        "next_url": at(page + 1) if first + SIZE < total else "",
    }


@require_GET
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One question: its sentences, the projects side by side, and the form that makes a case of it."""
    user = signed_in(request)
    one = get_object_or_404(ScanFinding.objects.visible_to(user).select_related("project", "run"), pk=pk)
    showing.permit(user, one.project.unit)
    (line,) = showing.lines(user, [one], queries.latest_cases([one]))
    partners = {int(other): 1.0 if share is None else float(share) for other, share in one.partners}
    shown = showing.cards(user, [one.project_id, *partners])
    context = {
        "line": line,
        "one": one,
        "shown": shown,
        "cards": [(card, partners.get(card.project)) for card in shown],
        "table": showing.table(shown),
        "told_at_intake": showing.told_at_intake(shown),
        "model": words.model_name(one.model),
        "together": one.scheme in (Scheme.SPLIT, Scheme.DUP),
        "asks": words.ASKS[Scheme(one.scheme)],
        "may_open": may(user, "integrity.case.open") and line["case"] is None,
    }
    return render(request, "integrity/finding.html", context)


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What is asked of one project, for its page; fetched beside it."""
    user = signed_in(request)
    project = get_object_or_404(Project.objects.current().visible_to(user), pk=pk)
    showing.permit(user, project.unit)
    found = list(ScanFinding.objects.filter(project=project).select_related("project"))
    cases = queries.latest_cases(found)
    known = {case.pk for case in cases.values()}
    other = [row.case for row in project.cases.select_related("case").order_by("-case_id") if row.case_id not in known]
    context = {
        "project": project,
        "may_open": may(user, "integrity.case.open"),
        "schemes": Scheme.choices,
        "lines": showing.lines(user, found, cases),
        "cases": [{"case": case, "scheme": words.SCHEMES[case.scheme], "verdict": words.VERDICTS.get(case.verdict, "")} for case in other],
    }  # fmt: skip
    return render(request, "integrity/panel.html", context)


@require_POST
def scan(request: HttpRequest) -> HttpResponse:
    """Let the worker scan as of a day."""
    user = signed_in(request)

    def ask() -> str:
        try:
            as_of = date.fromisoformat(request.POST.get("as_of", ""))
        except ValueError as error:
            raise ValidationError(_("请填写截至日，例如 2026-03-15。")) from error
        job = actions.ask_for_scan(actor=user, as_of=as_of)
        return _("已排队扫描（任务 #%(n)s），完成后这里会更新。") % {"n": job.pk}

    tell(request, ask)
    return redirect("integrity:findings")
