"""Pages of the assessment: read, hand to a template, or to a workbook."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import fields_of
from luodi.accounts.queries import signed_in
from luodi.outcomes import actions, published, ranking_pages, sheet_exporting, sheet_pages, supposing, unit_pages

RIGHTS = ("total_investment", "tier", "stage", "package", "chain")
"""Fields that every number here tells of."""


def _reader(request: HttpRequest) -> User:
    """Who sees all that these numbers tell of, in every row they reach."""
    user = signed_in(request)
    if not fields_of(user).all(RIGHTS):
        raise PermissionDenied
    return user


@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """Units by items, today or as of a past day."""
    user, asked = _reader(request), sheet_pages.Question.from_query(request.GET)
    return render(request, "outcomes/sheet.html", sheet_pages.context(user, asked))


@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The projects behind one cell."""
    user, asked = _reader(request), sheet_pages.Question.from_query(request.GET)
    found = sheet_pages.rows(user, asked)
    if found is None:
        raise Http404
    return render(request, "outcomes/rows.html", found)


@require_GET
def sheet_export(request: HttpRequest) -> FileResponse:
    """The sheet and its rows as a workbook."""
    user, asked = _reader(request), sheet_pages.Question.from_query(request.GET)
    if asked.read is None:
        raise Http404
    file, lines = sheet_exporting.workbook(user, asked)
    actions.note_export(actor=user, what="sheet", query=request.GET.urlencode()[:300], rows=lines)
    return FileResponse(
        file, as_attachment=True, filename=f"{_('考核表')}_{asked.read.sheet.code}_{timezone.localdate()}.xlsx"
    )


@require_GET
def unit(request: HttpRequest) -> HttpResponse:
    """One unit's scorecard."""
    user, asked = _reader(request), sheet_pages.Question.from_query(request.GET)
    found = unit_pages.context(user, asked)
    if found is None:
        raise Http404
    return render(request, "outcomes/unit.html", {**found, "may_compare": may(user, "outcomes.ranking.view")})


@require_GET
def ranking(request: HttpRequest) -> HttpResponse:
    """Ranks with intervals; never a bare league table."""
    _reader(request)
    return render(
        request, "outcomes/ranking.html", ranking_pages.context(ranking_pages.Question.from_query(request.GET))
    )


@require_GET
def suppose(request: HttpRequest) -> HttpResponse:
    """Before and after, if what is picked were confirmed. Writes nothing."""
    return render(request, "outcomes/suppose.html", supposing.context(_reader(request), request.GET))


@require_GET
def published_figures(request: HttpRequest) -> HttpResponse:
    """Published figures recomputed."""
    english = get_language() == "en"
    found = [
        {
            "one": one, "figure": one.figure_en if english else one.figure, "cause": one.cause_en if english else one.cause,
            "value": one.found.value if one.found else None, "implied": round(one.found.implied) if one.found and not one.found.agrees else None,
            "verdict": one.verdict,
        }
        for one in published.figures()
    ]  # fmt: skip
    agreeing = sum(one["verdict"] in {published.AGREES, published.CUT} for one in found)
    return render(request, "outcomes/published.html", {"figures": found, "agreeing": agreeing})
