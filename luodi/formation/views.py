"""Pages of the formation: read, hand to a template, or to a workbook."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from luodi.accounts.models import User
from luodi.accounts.policy import fields_of, scope_of
from luodi.accounts.queries import signed_in
from luodi.core.installation import city
from luodi.formation import actions, exporting, moving, pages, words
from luodi.formation.queries import RIGHTS
from luodi.snapshots.clock import Asked
from luodi.snapshots.engine.figures import SIDES


def _reader(request: HttpRequest) -> User:
    """Who sees all that these numbers tell of, in every row they reach."""
    user = signed_in(request)
    if not fields_of(user).all(RIGHTS):
        raise PermissionDenied
    return user


def _choice(request: HttpRequest, name: str, known: tuple[str, ...], default: str) -> str:
    given = request.GET.get(name, "")
    return given if given in known else default


@require_GET
def formation(request: HttpRequest) -> HttpResponse:
    """The forest and the ladder, today or as of a past day."""
    user, asked = _reader(request), Asked.from_query(request.GET)
    side = _choice(request, "side", SIDES, "net")
    by = _choice(request, "by", tuple(words.BY), "chain")
    found = pages.context(user, asked, side=side, by=by)
    frame = {
        "asked": asked,
        "today": asked.clock.as_of if asked.clock else timezone.localdate(),
        "definition": city().definition["version"],
        "scope": "" if scope_of(user).everything else user.unit_label,
    }
    return render(request, "formation/formation.html", {**found, **frame})


@require_GET
def export(request: HttpRequest) -> FileResponse:
    """The ladder as a workbook."""
    user, asked = _reader(request), Asked.from_query(request.GET)
    file, rows = exporting.table(user, asked)
    actions.note_export(actor=user, what="table", query=request.GET.urlencode()[:300], rows=rows)
    return FileResponse(file, as_attachment=True, filename=f"{_('方阵')}_{timezone.localdate()}.xlsx")


@require_GET
def moves(request: HttpRequest) -> HttpResponse:
    """The matrix between two days or snapshots, and the projects of a cell."""
    user, asked = _reader(request), moving.Question.from_query(request.GET)
    frame = {"asked": asked, "query": asked.url(origin=None, target=None).partition("?")[2]}
    return render(request, "formation/moves.html", {**moving.context(user, asked), **frame})


@require_GET
def moves_export(request: HttpRequest) -> FileResponse:
    """Who moved, as a workbook."""
    user, asked = _reader(request), moving.Question.from_query(request.GET)
    file, rows = exporting.moved(user, asked)
    actions.note_export(actor=user, what="moves", query=request.GET.urlencode()[:300], rows=rows)
    return FileResponse(file, as_attachment=True, filename=f"{_('方阵流动')}_{timezone.localdate()}.xlsx")
