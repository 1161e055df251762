"""Pages of the dashboards: read, hand to a template; writes go to the actions of their parts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import fields_of, scope_of
from luodi.accounts.queries import signed_in
from luodi.audit import sequencing
from luodi.core.installation import city
from luodi.core.telling import tell
from luodi.dashboards import actions, dossier, exporting, listing, past
from luodi.dashboards import cockpit as cockpit_page
from luodi.dashboards.filters import ProjectFilter
from luodi.dashboards.listing import ListState
from luodi.dashboards.models import SavedView
from luodi.projects import actions as project_actions
from luodi.projects.models import Project
from luodi.snapshots import actions as snapshot_actions
from luodi.snapshots import clock as clocks
from luodi.snapshots import queries
from luodi.snapshots.engine.figures import Cell, cell_of
from luodi.snapshots.models import Snapshot
from luodi.snapshots.report import SCHEMA


@require_GET
def cockpit(request: HttpRequest) -> HttpResponse:
    """As of today, or as of a past day, for what the person may see."""
    user = signed_in(request)
    sees, scope = fields_of(user), scope_of(user)
    base = _base(request)
    cells = cockpit_page.seen(_cells(base.clock, user), sees)
    snapshot, here = Snapshot.objects.first(), city()
    before = _before(snapshot, user) if base.clock is None and sees.all(("stage", "total_investment")) else None
    counted = cockpit_page.page(cells, city=here, unit=user.money_unit, before=before, sees=sees, base=base)
    note = here.definition.get("note_en" if get_language() == "en" else "note", "")
    return render(
        request,
        "dashboards/cockpit.html",
        {
            **counted,
            "snapshot": snapshot,
            "asked": base,
            "today": base.clock.as_of if base.clock else timezone.localdate(),
            "definition": here.definition["version"],
            "note": note,
            "scope": "" if scope.everything else user.unit_label,
            "may_import": may(user, "intake.batch.write"),
            "may_snapshot": may(user, "snapshots.snapshot.take"),
        },
    )


def _base(request: HttpRequest) -> ProjectFilter:
    """The question about the past that a page is asked, as every link of it carries it."""
    given = ProjectFilter.from_query(request.GET)
    return ProjectFilter(as_of=given.as_of, known_at=given.known_at)


def _cells(asked: clocks.Clock | None, user: User) -> list[Cell]:
    """Grouped by the database from stored standings; of a past day one by one, from the statements."""
    if asked is None:
        return queries.cells_now(Project.objects.current().visible_to(user))
    found = clocks.counted(asked)
    rows = queries.known_projects(asked.known_at).visible_to(user).values_list("id", "unit", "chain", "nature")
    return [cell_of(found[pk], unit=unit, chain=chain, nature=nature) for pk, unit, chain, nature in rows]


def _before(snapshot: Snapshot | None, user: User) -> dict[str, Any] | None:
    """The last snapshot's figures of what the person may see; older snapshots carry none."""
    if snapshot is None:
        return None
    scope = scope_of(user)
    by_unit: dict[str, dict[str, Any]] = snapshot.manifest.get("figures_by_unit", {})
    whole: dict[str, Any] | None = snapshot.manifest.get("figures")
    found = whole
    if not scope.everything:
        # Figures of several units are not kept added up: then there is no comparison, rather than a wrong one.
        found = by_unit.get(next(iter(scope.units))) if len(scope.units) == 1 else None
    return found if found is not None and found["schema"] == SCHEMA else None


@require_POST
def take_snapshot(request: HttpRequest) -> HttpResponse:
    """Freeze today."""
    taken = snapshot_actions.take(actor=signed_in(request), as_of=timezone.localdate())
    messages.success(request, _("已生成快照 %(snapshot)s") % {"snapshot": taken})
    return redirect("cockpit")


@require_GET
def projects(request: HttpRequest) -> HttpResponse:
    """The list; htmx asks for the results alone, everybody else gets the page."""
    user = signed_in(request)
    state = ListState.from_query(request.GET, user)
    found = listing.context(state, user)
    found["views"] = SavedView.objects.visible_to(user)
    found["may_export"] = may(user, "projects.project.export")
    headers = request.headers
    if headers.get("HX-Request") and not headers.get("HX-History-Restore-Request"):
        response = render(request, "dashboards/_results.html", found)
        response.headers["HX-Push-Url"] = found["state"].at(found["state"].page)
        return response
    return render(request, "dashboards/projects.html", {**found, **listing.choices(state, user)})


@require_GET
def projects_export(request: HttpRequest) -> FileResponse:
    """The list as a workbook: the same filter, the same columns."""
    user = signed_in(request)
    state, today = ListState.from_query(request.GET, user), timezone.localdate()
    head = sequencing.publish()
    export = exporting.build(state, user, today=today, head=f"{head.size}:{head.root}")
    actions.note_export(actor=user, query=state.query(), rows=export.rows, total=export.total)
    name = f"{_('项目清单')}_{today}.xlsx"
    return FileResponse(export.file, as_attachment=True, filename=name)


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is under a name."""
    user = signed_in(request)
    state = ListState.from_query(QueryDict(request.POST.get("query", "")), user)

    def save() -> str:
        view = actions.save_view(actor=user, name=request.POST.get("name", ""), query=state.query())
        return _("已保存视图“%(name)s”") % {"name": view.name}

    tell(request, save)
    return HttpResponseRedirect(state.url())


@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a view of one's own."""
    user = signed_in(request)
    view = get_object_or_404(SavedView.objects.visible_to(user), pk=pk)
    actions.delete_view(actor=user, view=view)
    messages.success(request, _("已删除视图“%(name)s”") % {"name": view.name})
    return redirect("projects")


@require_GET
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project; another unit's is not found."""
    user = signed_in(request)
    base = _base(request)
    one = get_object_or_404(dossier.whole(user, base.clock), pk=pk)
    if base.clock is not None:
        past.as_known(one, base.clock)
    return render(request, "dashboards/project.html", {**dossier.context(one, user, base.clock), "asked": base})


@require_POST
def decide_net(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a project out of the net figures, or back in."""
    user = signed_in(request)
    one = get_object_or_404(Project.objects.current().visible_to(user), pk=pk)
    reason = request.POST.get("reason", "")

    def decide() -> str:
        if request.POST.get("decision") == "include":
            project_actions.include_in_net(actor=user, project=one, reason=reason)
            return _("已撤销认定，该项目重新按佐证计入净数。")
        project_actions.exclude_from_net(actor=user, project=one, ground=request.POST.get("ground", ""), reason=reason)
        return _("已认定，该项目不再计入净数。")

    tell(request, decide)
    return redirect("project", pk=pk)


@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the project into the hands of a person of a department."""
    user = signed_in(request)
    one = get_object_or_404(Project.objects.current().visible_to(user), pk=pk)
    number = request.POST.get("person", "")
    person = User.objects.filter(
        pk=int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    ).first()

    def give() -> str:
        if person is None:
            raise ValidationError(_("请选择交办给谁。"))
        project_actions.assign(actor=user, project=one, person=person, reason=request.POST.get("reason", ""))
        return _("已交办给 %(person)s") % {"person": person.display_name}

    tell(request, give)
    return redirect("project", pk=pk)


@require_POST
def unassign(request: HttpRequest, pk: int, assignment: int) -> HttpResponse:
    """Take it out of their hands again."""
    user = signed_in(request)
    one = get_object_or_404(Project.objects.current().visible_to(user), pk=pk)
    given = get_object_or_404(one.assignments, pk=assignment)

    def take() -> str:
        project_actions.unassign(actor=user, assignment=given)
        return _("已收回。")

    tell(request, take)
    return redirect("project", pk=pk)
