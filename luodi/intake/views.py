"""Pages of intake: upload, the wizard of one batch, the list of batches, downloads."""

import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.intake import actions, exporting, returning, tasks, wizard
from luodi.intake.engine.guards import Limits, Refusal
from luodi.intake.models import Batch, Row
from luodi.intake.sight import Sight
from luodi.jobs.views import shown

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _user(request: HttpRequest) -> User:
    """The middleware lets nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _batch(request: HttpRequest, pk: int) -> Batch:
    batches = Batch.objects.visible_to(_user(request)).select_related("file", "job", "created_by")
    return get_object_or_404(batches, pk=pk)


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; a small one is checked at once."""
    user = _user(request)
    if request.method == "POST":
        given = request.FILES.get("file")
        if given is None:
            messages.error(request, _("请先选择一个文件。"))
        elif (given.size or 0) > Limits().file_bytes:
            size = Limits().file_bytes // 2**20
            messages.error(request, _("文件超过 %(size)s MB，请按单位或年份拆分后分别导入。") % {"size": size})
        else:
            batch = _receive(user, given)
            tasks.start(tasks.CHECK, actor=user, batch=batch)
            return redirect("intake:batch", pk=batch.pk)
    recent = Batch.objects.visible_to(user).select_related("created_by")[:5]
    return render(request, "intake/upload.html", {"recent": recent, "limit": Limits().file_bytes // 2**20})


def _receive(user: User, given: Any) -> Batch:
    name = Path(given.name or "").name or _("未命名")
    if hasattr(given, "temporary_file_path"):
        return actions.receive(actor=user, path=Path(given.temporary_file_path()), name=name)
    with tempfile.NamedTemporaryFile() as file:
        for chunk in given.chunks():
            file.write(chunk)
        file.flush()
        return actions.receive(actor=user, path=Path(file.name), name=name)


@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """Every run of every file, newest first."""
    user = _user(request)
    found = Batch.objects.visible_to(user).select_related("created_by", "job")
    number = _number(request.GET.get("page"))
    rows, place = wizard.page_of(found, number, f"{reverse('intake:batches')}?")
    return render(
        request, "intake/batches.html", {"batches": rows, "page": place, "may_write": may(user, "intake.batch.write")}
    )


@require_GET
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The wizard of one batch. Its step comes from the batch, so a reload lands where it was."""
    user, found = _user(request), _batch(request, pk)
    context: dict[str, Any] = {
        "batch": found,
        "may_write": may(user, "intake.batch.write"),
        "may_revert": may(user, "intake.batch.revert"),
        "job": shown(found.job) if found.job else None,
        "working": found.job is not None and not found.job.is_over,
    }
    if context["working"] or not found.sheets:
        writing = context["working"] and found.job is not None and found.job.kind == tasks.COMMIT
        context["steps"] = wizard.steps(found, "commit" if writing else "upload")
        return render(request, "intake/waiting.html", context)
    step = request.GET.get("step", "")
    if step not in {"mapping", "problems", "changes", "commit"}:
        step = "mapping" if found.state == Batch.State.CHECKED else "commit"
    show = {"mapping": _mapping, "problems": _problems, "changes": _changes, "commit": _commit}[step]
    context |= {
        "steps": wizard.steps(found, step),
        "step": step,
        "tallies": wizard.tallies(found),
        **show(request, found),
    }
    return render(request, f"intake/{step}.html", context)


def _mapping(request: HttpRequest, found: Batch) -> dict[str, Any]:
    is_open = found.state in wizard.OPEN
    return {
        "tables": wizard.tables(found, Sight(found, _user(request))),
        "choices": wizard.field_choices(),
        "open": is_open,
        "twin": wizard.twin(found, _user(request)) if is_open else None,
    }


def _problems(request: HttpRequest, found: Batch) -> dict[str, Any]:
    severity, sheet = request.GET.get("severity", ""), request.GET.get("sheet", "").replace("\0", "")
    sheets = list(dict.fromkeys(table["sheet"] for table in found.sheets if "skipped" not in table))
    severity, sheet = severity if severity in {"error", "warning"} else "", sheet if sheet in sheets else ""
    query = urlencode({"step": "problems", "severity": severity, "sheet": sheet})
    rows, place = wizard.page_of(
        wizard.problem_rows(found, severity, sheet),
        _number(request.GET.get("page")),
        f"{reverse('intake:batch', args=[found.pk])}?{query}",
    )
    user = _user(request)
    sight = Sight(found, user)
    tables = map(sight.table, found.sheets)
    wrong = [{"sheet": table["sheet"], **total} for table in tables for total in table.get("totals_wrong", [])]
    return {
        "problems": list(wizard.problems(rows, user, sight)),
        "page": place,
        "severity": severity,
        "sheet": sheet,
        "sheets": sheets if len(sheets) > 1 else [],
        "warned": wizard.problem_rows(found, "warning", sheet).count(),
        "failed": wizard.problem_rows(found, "error", sheet).count(),
        "wrong": [total for total in wrong if sheet in {"", total["sheet"]}],
        "checked": sum(table.get("totals_checked", 0) for table in found.sheets),
    }


def _changes(request: HttpRequest, found: Batch) -> dict[str, Any]:
    state = request.GET.get("state", "")
    tallies = wizard.tallies(found)
    if state not in Row.State.values:
        state = next((name for name in Row.State.values if tallies[name]), Row.State.NEW)
    address = f"{reverse('intake:batch', args=[found.pk])}?step=changes&state={state}"
    rows, place = wizard.page_of(found.rows.filter(state=state), _number(request.GET.get("page")), address)
    tabs = [(value, label, f"{tallies[value]:,}", value == state) for value, label in Row.State.choices]
    user = _user(request)
    return {"rows": wizard.differences(rows, user, Sight(found, user)), "page": place, "state": state, "tabs": tabs}


def _commit(request: HttpRequest, found: Batch) -> dict[str, Any]:
    shown = {state: f"{count:,}" for state, count in wizard.tallies(found).items()}
    asked = {name: found.counts.get(name, 0) for name in ("alike", "unasked")}
    return {"open": found.state in wizard.OPEN, "shown": shown, **asked}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 1


@require_POST
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a person's choices and check again with them."""
    user, found = _user(request), _batch(request, pk)
    if found.job is not None and not found.job.is_over:
        return redirect("intake:batch", pk=pk)
    mapping = wizard.chosen_mapping(found, request.POST)
    try:
        if mapping != found.mapping:
            found = actions.correct_mapping(actor=user, batch=found, mapping=mapping)
        tasks.start(tasks.CHECK, actor=user, batch=found)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect(f"{reverse('intake:batch', args=[pk])}?step=problems")


@require_POST
def commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the good rows; a second click finds the work done."""
    user, found = _user(request), _batch(request, pk)
    try:
        tasks.start(tasks.COMMIT, actor=user, batch=found)
    except ValidationError as error:
        messages.warning(request, "；".join(error.messages))
    return redirect("intake:batch", pk=pk)


@require_POST
def revert(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the batch whole, or say which projects keep it from being undone."""
    user, found = _user(request), _batch(request, pk)
    try:
        blocked = actions.revert(actor=user, batch=found)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect("intake:batch", pk=pk)
    if blocked:
        names = "、".join(blocked[:10])
        said = ngettext(
            "未撤回：后来又改动了 %(n)s 个项目：%(names)s", "未撤回：后来又改动了 %(n)s 个项目：%(names)s", len(blocked)
        )
        messages.error(request, said % {"n": len(blocked), "names": names})
    else:
        messages.success(request, _("已整批撤回。"))
    return redirect("intake:batch", pk=pk)


@require_GET
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The rejected rows as a workbook to mend."""
    found = _batch(request, pk)
    Sight(found, _user(request)).permit_download()
    if not found.rows.filter(state=Row.State.REJECTED).exists():
        messages.info(request, _("这个批次没有退回的行。"))
        return redirect("intake:batch", pk=pk)
    name = f"{_('退回')}-{Path(found.name).stem}.xlsx"
    return _download(returning.rejected_workbook(found), name)


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger again, with what the record holds now."""
    user, found = _user(request), _batch(request, pk)
    Sight(found, user).permit_download()
    try:
        exported = exporting.export_ledger(found, reader=user)
    except Refusal as refused:
        messages.error(request, f"{refused.message}。{refused.advice}")
        return redirect("intake:batch", pk=pk)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect("intake:batch", pk=pk)
    actions.note_export(actor=user, batch=found, rows=exported.rows, changed=exported.changed_cells)
    return _download(exported.content, exported.filename)


def _download(content: bytes, name: str) -> HttpResponse:
    kind = XLSX if name.endswith(".xlsx") else "application/octet-stream"
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = "attachment; filename*=UTF-8''" + _quoted(name)
    return response


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)
