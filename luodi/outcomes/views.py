"""Pages of the outcomes: read, hand to a template, to a workbook, or to a table."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luodi.accounts.models import User
from luodi.accounts.policy import fields_of, scope_of
from luodi.accounts.queries import signed_in
from luodi.intake.words import stage_name
from luodi.outcomes import actions, exporting, listing, pages, words
from luodi.outcomes.asking import View
from luodi.outcomes.record import Table, last_day
from luodi.outcomes.writing import written

RIGHTS = ("total_investment", "tier", "stage", "package", "investor", "credit_code", "unit", "chain")
"""Fields that these numbers tell of: who may not see them sees no outcomes."""


def _reader(request: HttpRequest) -> User:
    """Who sees all that these numbers tell of, in every row they reach."""
    user = signed_in(request)
    if not fields_of(user).all(RIGHTS):
        raise PermissionDenied
    return user


@require_GET
def outcomes(request: HttpRequest) -> HttpResponse:
    """The outcome page, today or as of a past day."""
    user, view = _reader(request), View.from_query(request.GET)
    frame = {"asked": view.asked, "view": view, "query": request.GET.urlencode()}
    scope = "" if scope_of(user).everything else user.unit_label
    return render(request, "outcomes/page.html", {**pages.context(user, view), **frame, "scope": scope})


@require_GET
def projects(request: HttpRequest) -> HttpResponse:
    """The projects behind one of its numbers."""
    user, view = _reader(request), View.from_query(request.GET)
    frame = {"asked": view.asked, "view": view, "back": view.url(), "day": last_day(view.clock)}
    names = {"event": stage_name(view.event), "standing": words.STANDINGS[view.standing]}
    return render(
        request, "outcomes/projects.html", {**listing.context(user, view, request.GET.dict()), **frame, **names}
    )


@require_GET
def export(request: HttpRequest) -> FileResponse:
    """What the page shows, as a workbook."""
    user, view = _reader(request), View.from_query(request.GET)
    file, rows = exporting.workbook(user, view)
    actions.note_export(actor=user, what="page", query=request.GET.urlencode()[:300], rows=rows)
    return FileResponse(file, as_attachment=True, filename=f"{_('落地结果')}_{timezone.localdate()}.xlsx")


@require_GET
def spells(request: HttpRequest) -> HttpResponse:
    """The table of spells behind the page, which `luodi outcomes estimate` reads to the same numbers."""
    user, view = _reader(request), View.from_query(request.GET)
    table = pages.seen(user, view)
    chosen = Table(tuple(line for line in table.lines if view.keeps(line)))
    actions.note_export(actor=user, what="spells", query=request.GET.urlencode()[:300], rows=len(chosen.lines))
    answer = HttpResponse(written(chosen), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="spells_{last_day(view.clock)}.csv"'
    return answer
