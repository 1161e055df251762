"""The book as a workbook: out as the reader sees it, in with every problem at once."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.core.telling import tell
from luodi.factors import demanding, loading, supplying, workbooks
from luodi.factors.reading import reader
from luodi.intake.engine.guards import Refusal

LARGEST_MB = 20


@require_GET
def export(request: HttpRequest) -> FileResponse:
    """Supplies, works and needs."""
    user = reader(request)
    file, rows = workbooks.write(user)
    loading.note_export(actor=user, rows=rows)
    return FileResponse(file, as_attachment=True, filename=f"{_('要素账')}_{timezone.localdate()}.xlsx")


@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Take a workbook over, or tell all that keeps it from being taken over."""
    user = reader(request)
    problems: list[Any] = []
    if request.method == "POST":
        given = request.FILES.get("file")
        if given is None:
            messages.error(request, _("请先选择一个文件。"))
        elif (given.size or 0) > LARGEST_MB * 2**20:
            messages.error(request, _("文件超过 %(size)s MB。") % {"size": LARGEST_MB})
        else:
            problems, loaded = _load(request, user, given)
            if loaded:
                return redirect("factors:cockpit")
    context = {"problems": problems, "may_supply": may(user, supplying.WRITE), "may_need": may(user, demanding.WRITE)}
    return render(request, "factors/workbook.html", context, status=422 if problems else 200)


def _load(request: HttpRequest, user: User, given: Any) -> tuple[list[Any], bool]:
    with tempfile.NamedTemporaryFile(suffix=Path(given.name or "").suffix) as file:
        for chunk in given.chunks():
            file.write(chunk)
        file.flush()
        try:
            parsed = workbooks.read(Path(file.name), user)
        except Refusal as refused:
            messages.error(request, f"{refused.message}{_('；')}{refused.advice}")
            return [], False
    if parsed.problems:
        messages.error(request, _("有 %(n)s 处要改，整表没有写入。") % {"n": len(parsed.problems)})
        return parsed.problems, False

    def take() -> str:
        reason = request.POST.get("reason", "") or _("导入工作簿 %(name)s") % {"name": given.name}
        counts = loading.load_book(actor=user, parsed=parsed, reason=reason)
        return _("已导入：新增 %(new)s，改期 %(moved)s，无变化 %(same)s。") % counts

    return [], tell(request, take)
