"""Pages of contribution: the table, a project's panel, the forms on it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.policy import fields_of
from luodi.accounts.queries import signed_in
from luodi.contribution import actions, exporting, pages, words, worklist
from luodi.contribution.actions import Said
from luodi.contribution.models import Delivery, Promise
from luodi.contribution.queries import RIGHTS
from luodi.core.telling import tell
from luodi.evidence.models import Evidence
from luodi.projects.models import Project


def _reader(request: HttpRequest) -> User:
    user = signed_in(request)
    if not fields_of(user).all(RIGHTS):
        raise PermissionDenied
    return user


def _project(user: User, pk: int) -> Project:
    """Within reach, with every field that the panel tells of."""
    project = get_object_or_404(Project.objects.current().visible_to(user), pk=pk)
    if not fields_of(user, project.unit).all(RIGHTS):
        raise Http404
    return project


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """Promised against brought."""
    user = _reader(request)
    return render(request, "contribution/table.html", pages.context(user, pages.Question.from_query(request.GET)))


@require_GET
def export(request: HttpRequest) -> FileResponse:
    """The table as a workbook."""
    user = _reader(request)
    file, rows = exporting.table(user, pages.Question.from_query(request.GET))
    actions.note_export(actor=user, query=request.GET.urlencode()[:300], rows=rows)
    return FileResponse(file, as_attachment=True, filename=f"{_('承诺与兑现')}_{timezone.localdate()}.xlsx")


@require_http_methods(["GET", "POST"])
def unstated(request: HttpRequest) -> HttpResponse:
    """Projects of which nobody has said what they are for; ticking boxes and giving a reason says it."""
    user = _reader(request)
    number = _number((request.POST or request.GET).get("page", "1")[:9])
    if request.method == "POST":
        given = worklist.wanted(request.POST)
        projects = Project.objects.current().visible_to(user).filter(pk__in=given).order_by("id")

        def say() -> str:
            wanted = {project: given[project.pk] for project in projects}
            n = actions.state_many(actor=user, wanted=wanted, reason=request.POST.get("reason", ""))
            return _("已认定 %(n)s 个项目。") % {"n": n}

        tell(request, say)
        return HttpResponseRedirect(worklist.url(number))
    return render(request, "contribution/worklist.html", worklist.context(user, number))


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """One project's panel, fetched beside its page."""
    user = signed_in(request)
    return render(request, "contribution/panel.html", pages.panel(_project(user, pk), user))


def _on_project(request: HttpRequest, pk: int, act: Callable[[User, Project, Any], str]) -> HttpResponse:
    user = signed_in(request)
    project = _project(user, pk)
    tell(request, lambda: act(user, project, request.POST))
    return HttpResponseRedirect(reverse("project", args=[pk]) + "#contribution")


@require_POST
def ends(request: HttpRequest, pk: int) -> HttpResponse:
    """Which ends a project serves."""

    def say(user: User, project: Project, post: Any) -> str:
        chosen = actions.state_ends(
            actor=user, project=project, ends=post.getlist("end"), reason=post.get("reason", "")
        )
        return _("已认定：%(ends)s") % {"ends": _("、").join(words.end_name(end) for end in chosen) or "—"}

    return _on_project(request, pk, say)


@require_POST
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """A promise or a delivery."""

    def say(user: User, project: Project, post: Any) -> str:
        said = _said(project, post)
        if post.get("kind") == "delivery":
            actions.state_delivery(actor=user, project=project, said=said)
            return _("已记下兑现，待核实。")
        actions.state_promise(actor=user, project=project, said=said)
        return _("已记下承诺。")

    return _on_project(request, pk, say)


def _said(project: Project, post: Any) -> Said:
    number = post.get("evidence", "")
    known = number.isascii() and number.isdigit() and len(number) < 19
    paper = Evidence.objects.filter(project=project, pk=int(number)).first() if known else None
    given = {name: post.get(name, "") for name in ("measure", "value", "source", "unit", "year")}
    return Said(**given, evidence=paper)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a promise or a delivery back."""

    def say(user: User, project: Project, post: Any) -> str:
        model: Any = Delivery if post.get("kind") == "delivery" else Promise
        statement = get_object_or_404(model, project=project, pk=_number(post.get("statement", "")))
        actions.withdraw(actor=user, statement=statement, reason=post.get("reason", ""))
        return _("已撤回，仍可查看。")

    return _on_project(request, pk, say)


@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person's yes or no on a delivery."""

    def say(user: User, project: Project, post: Any) -> str:
        delivery = get_object_or_404(Delivery, project=project, pk=_number(post.get("statement", "")))
        accept = post.get("verdict") == "accept"
        actions.verify_delivery(actor=user, delivery=delivery, accept=accept, note=post.get("note", ""))
        return _("已核实，计入佐证兑现。") if accept else _("不认可，不计入佐证兑现。")

    return _on_project(request, pk, say)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
