"""Pages of the reserve: the board, its moves and bulk edits, one project's packaging, the pools."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.policy import fields_of, scope_of
from luodi.accounts.queries import signed_in
from luodi.core.installation import city
from luodi.core.telling import tell
from luodi.evidence.forms import day
from luodi.intake import likeness
from luodi.intake.likeness import Told
from luodi.intake.words import stage_name
from luodi.projects.models import Project
from luodi.projects.reporting import NeedsReason
from luodi.reserve import actions, bulk, exporting, packing, pooling, words
from luodi.reserve import board as boards
from luodi.reserve.board import BoardState
from luodi.reserve.queries import RIGHTS
from luodi.reserve.settings import reserve_settings
from luodi.snapshots.clock import day_of


def _reader(request: HttpRequest) -> User:
    user = signed_in(request)
    if not fields_of(user).all(RIGHTS):
        raise PermissionDenied
    return user


def _project(user: User, pk: int) -> Project:
    seen = Project.objects.current().visible_to(user).select_related("standing")
    return get_object_or_404(seen, pk=pk)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Columns of cards."""
    user = _reader(request)
    state = BoardState.from_query(request.GET)
    return render(request, "reserve/board.html", boards.context(user, state))


@require_GET
def export(request: HttpRequest) -> FileResponse:
    """Every card of the board as a workbook."""
    user = _reader(request)
    file, rows = exporting.cards(user, BoardState.from_query(request.GET))
    actions.note_export(actor=user, query=request.GET.urlencode()[:300], rows=rows)
    return FileResponse(file, as_attachment=True, filename=f"{_('谋划储备')}_{timezone.localdate()}.xlsx")


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one card; where a reason is asked for, the form says why and keeps what was typed."""
    user = signed_in(request)
    project, given = _project(user, pk), request.POST or request.GET
    stage, reason = given.get("stage", ""), given.get("reason", "")
    back = given.get("back", "")
    said: list[str] = []
    if request.method == "POST":
        try:
            when = day(given["day"]) if given.get("day", "").strip() else timezone.localdate()
            actions.move(actor=user, project=project, stage=stage, day=when, reason=reason)
        except NeedsReason as error:
            said = [
                *error.messages,
                *(_("与“%(stage)s”的日期不符") % {"stage": stage_name(v.other.stage)} for v in error.violations),
            ]
        except ValidationError as error:
            said = error.messages
        else:
            done = {"name": project.name, "stage": stage_name(stage)}
            messages.success(request, _("“%(name)s”已移到%(stage)s。") % done)
            return redirect(_back(back))
    context = {
        "project": project, "stage": stage, "stages": [(code, stage_name(code)) for code in reserve_settings().board],
        "reason": reason, "said": said, "today": given.get("day", "") or timezone.localdate().isoformat(), "back": back,
        "may_write": scope_of(user).covers(project.unit),
    }  # fmt: skip
    return render(request, "reserve/move.html", context, status=422 if said else 200)


def _back(query: str) -> str:
    """The board as it was; `query` is read anew, so an address of elsewhere leads nowhere."""
    state = BoardState.from_query(QueryDict(query))
    return state.url(pages=state.pages)


@require_POST
def bulk_edit(request: HttpRequest) -> HttpResponse:
    """Preview first; the same form once more, with `apply`, writes all or nothing."""
    user = signed_in(request)
    projects, back = bulk.chosen(user, request.POST), _back(request.POST.get("back", ""))
    try:
        wanted = bulk.read(request.POST)
        if not projects:
            raise ValidationError(_("请先勾选卡片。"))
        if "apply" in request.POST:
            done = actions.apply_bulk(actor=user, projects_=projects, bulk=wanted)
            messages.success(request, _("已改 %(n)s 个项目。") % {"n": done})
            return redirect(back)
    except (ValidationError, PermissionDenied) as error:
        said = error.messages if isinstance(error, ValidationError) else [_("您没有这项操作的权限。")]
        messages.error(request, "；".join(said))
        return redirect(back)
    lines = bulk.preview(user, projects, wanted)
    context = {
        "lines": lines, "bulk": wanted, "kind": words.CHANGES[wanted.kind], "back": back,
        "query": request.POST.get("back", ""), "blocked": sum(bool(line["problem"]) for line in lines),
        "fits": [line for line in lines if not line["problem"]],
    }  # fmt: skip
    return render(request, "reserve/bulk.html", context)


@require_http_methods(["GET", "POST"])
def idea(request: HttpRequest) -> HttpResponse:
    """Enter an idea that no ledger holds."""
    user = signed_in(request)
    scope, given = scope_of(user), request.POST
    units = [(unit.code, unit.name) for unit in city().units if scope.covers(unit.code)]
    likes: list[Told] = []
    if request.method == "POST":
        made: list[Project] = []
        terms = {name: given.get(name, "") for name in ("chain", "total_investment", "investor", "content")}

        def enter() -> str:
            who = {"name": given.get("name", ""), "unit": given.get("unit", ""), "proposer": given.get("proposer", "")}
            made.append(actions.new_idea(actor=user, given=terms, note=given.get("note", ""), **who))
            return _("已建“%(name)s”，在谋划一列。") % {"name": made[0].name}

        likes = [] if given.get("alike_seen") else _likes(user, terms, given)
        if not likes and tell(request, enter):
            return redirect("reserve:project", pk=made[0].pk)
    status = 422 if likes else 200
    return render(request, "reserve/idea.html", {"units": units, "given": given, "likes": likes}, status=status)


def _likes(user: User, terms: dict[str, str], given: QueryDict) -> list[Told]:
    """Known projects that the new one resembles, as far as this person may see them; what cannot be read is told by the action."""
    name, unit = given.get("name", ""), given.get("unit", "")
    if not scope_of(user).covers(unit):
        return []
    try:
        found = actions.likes_of_idea(name=name, unit=unit, given=terms, today=timezone.localdate())
    except ValidationError:
        return []
    return list(dict.fromkeys(likeness.told(user, found).values()))


@require_GET
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project's packaging."""
    user = signed_in(request)
    one = _project(user, pk)
    if not fields_of(user, one.unit).all(RIGHTS):
        raise PermissionDenied
    return render(request, "reserve/project.html", packing.context(one, user))


def _on_project(request: HttpRequest, pk: int, act: Callable[[User, Project, Any], str]) -> HttpResponse:
    user = signed_in(request)
    one = _project(user, pk)
    tell(request, lambda: act(user, one, request.POST))
    return HttpResponseRedirect(reverse("reserve:project", args=[pk]))


@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's word on an item."""

    def say(user: User, one: Project, post: Any) -> str:
        word = {name: post.get(name, "") for name in ("item", "verdict", "note")}
        actions.tick(actor=user, project=one, **word)
        return _("已记下。")

    return _on_project(request, pk, say)


@require_POST
def readiness(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's day of readiness, or its withdrawal."""

    def say(user: User, one: Project, post: Any) -> str:
        when = day(post["ready_on"]) if post.get("ready_on", "").strip() else None
        actions.state_readiness(actor=user, project=one, ready_on=when, note=post.get("note", ""))
        return _("已记下。")

    return _on_project(request, pk, say)


@require_POST
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """Onto the list of key projects, or off it."""

    def decide(user: User, one: Project, post: Any) -> str:
        if post.get("decision") == "leave":
            actions.leave_key(actor=user, project=one, reason=post.get("reason", ""))
            return _("已移出重点库。")
        actions.enter_key(actor=user, project=one, reason=post.get("reason", ""))
        return _("已列入重点库。")

    return _on_project(request, pk, decide)


@require_GET
def pools(request: HttpRequest) -> HttpResponse:
    """The three pools as of a day."""
    user = _reader(request)
    as_of = day_of(request.GET.get("as_of", "")[:10]) or timezone.localdate()
    return render(request, "reserve/pools.html", {**pooling.context(user, as_of), "as_of": as_of})
