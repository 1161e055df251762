"""Pages that write on the dictionary and on maps: forms, withdrawals, the workbook in and out."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.permissions import may
from luodi.accounts.queries import signed_in
from luodi.chains import actions, dictionary, panels, permissions, typed, workbooks
from luodi.chains.engine.sheets import NODE_COLUMNS
from luodi.chains.models import (
    Chain,
    ChainEdge,
    ChainEdition,
    ChainHolder,
    ChainName,
    ChainNode,
    ChainStatement,
    ChainTotal,
)
from luodi.chains.queries import chart
from luodi.chains.settings import chain_settings
from luodi.core.installation import access
from luodi.core.telling import tell
from luodi.intake.engine.guards import Refusal

KINDS: dict[str, type[ChainStatement]] = {
    "node": ChainNode,
    "edge": ChainEdge,
    "holder": ChainHolder,
    "total": ChainTotal,
}
LARGEST_MB = 20


def _chain(code: str) -> Chain:
    return get_object_or_404(Chain, code=code)


def _said(done: Callable[[], Any], words: str) -> Callable[[], str]:
    def say() -> str:
        done()
        return words

    return say


@require_POST
def seed(request: HttpRequest) -> HttpResponse:
    """Take over what the city's folder says."""
    user = signed_in(request)
    tell(request, lambda: _("已载入 %(n)s 条。") % {"n": dictionary.seed(actor=user)})
    return redirect("chains:dictionary")


@require_http_methods(["GET", "POST"])
def edition(request: HttpRequest, code: str = "") -> HttpResponse:
    """A year's dictionary: its counts and its names."""
    user = signed_in(request)
    held = get_object_or_404(ChainEdition, code=code, withdrawn_at=None) if code else None
    if request.method == "POST":
        given = request.POST
        own = code or given.get("code", "")

        def state() -> str:
            year = typed.whole(given.get("year", ""))
            if year is None or not 1990 <= year <= 2100:
                raise ValidationError(_("请写明年份。"))
            said: dict[str, Any] = {name: given.get(name, "") for name in ("title", "kind", "within", "source", "mark")}
            said |= {name: typed.whole(given.get(name, "")) for name in ("stated_count", "stated_majors")}
            if said["kind"] not in ChainEdition.Kind.values or said["mark"] not in ChainEdition.Mark.values:
                raise ValidationError(_("请选择类别和核实情况。"))
            dictionary.state_edition(actor=user, code=own, year=year, given=said, reason=given.get("reason", ""))
            return _("已记下这一年版；原来的说法留在历史里。")

        if tell(request, state):
            return redirect("chains:edition", code=own.strip().lower())
    line = next((one for one in panels.editions() if held is not None and one.edition.code == held.code), None)
    context = {
        "edition": held,
        "line": line,
        "chains": Chain.objects.order_by("id"),
        "kinds": ChainEdition.Kind.choices,
        "majors": ChainName.Major.choices,
        "marks": ChainStatement.Mark.choices,
        "may_write": may(user, permissions.DICTIONARY),
        "departments": list(access().departments.values()),
        "history": panels.versions(list(ChainEdition.objects.filter(code=code).select_related("said_by"))),
        "names_history": panels.versions(
            list(ChainName.objects.filter(edition=code).select_related("said_by", "chain"))
        ),
    }
    return render(request, "chains/edition.html", context)


@require_POST
def name(request: HttpRequest, code: str) -> HttpResponse:
    """A chain in an edition."""
    user, given = signed_in(request), request.POST
    held = get_object_or_404(ChainEdition, code=code, withdrawn_at=None)

    def state() -> str:
        said = {key: given.get(key, "") for key in ("name", "major", "office", "note", "source", "mark")}
        if said["major"] not in ChainName.Major.values or said["mark"] not in ChainName.Mark.values:
            raise ValidationError(_("请选择是否重点和核实情况。"))
        chain = given.get("code", "")
        dictionary.state_name(actor=user, edition=held, code=chain, given=said, reason=given.get("reason", ""))
        return _("已记下这条产业链。")

    tell(request, state)
    return redirect("chains:edition", code=code)


@require_POST
def name_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A chain is no longer in an edition."""
    user = signed_in(request)
    held = get_object_or_404(ChainName, pk=pk)
    reason = request.POST.get("reason", "")
    tell(request, _said(lambda: dictionary.withdraw_name(actor=user, name=held, reason=reason), _("已撤去。")))
    return redirect("chains:edition", code=held.edition)


@require_POST
def word(request: HttpRequest) -> HttpResponse:
    """Which chain a ledger's word means; without a chain the word is taken back."""
    user, given = signed_in(request), request.POST
    code = given.get("chain", "")
    chain = _chain(code) if code else None
    done = _("已对应；今后按这个词归链。") if chain else _("已撤去这个词。")
    terms: dict[str, Any] = {"word": given.get("word", ""), "chain": chain, "reason": given.get("reason", "")}
    tell(request, _said(lambda: dictionary.state_word(actor=user, **terms), done))
    return redirect("chains:words")


@require_http_methods(["GET", "POST"])
def node_new(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a node that is not on the map yet; also takes what the node's own page sends."""
    user, chain, given = signed_in(request), _chain(code), request.POST
    if request.method == "POST":
        reason = given.get("reason", "")
        done = _("已记下这个环节；原来的说法留在历史里。")
        if tell(
            request,
            _said(lambda: actions.state_node(actor=user, chain=chain, line=typed.node(given), reason=reason), done),
        ):
            return redirect("chains:node", code=code, node=given.get("code", "").strip())
    return render(
        request,
        "chains/node_new.html",
        {"chain": chain, "given": {column.field: given.get(column.field, "") for column in NODE_COLUMNS}},
    )


@require_POST
def edge(request: HttpRequest, code: str) -> HttpResponse:
    """Who feeds whom."""
    return _stated(request, code, "at", lambda terms, given: actions.state_edge(line=typed.edge(given), **terms))


@require_POST
def hold(request: HttpRequest, code: str) -> HttpResponse:
    """Put an enterprise or a project on a node."""
    return _stated(request, code, "node", lambda terms, given: actions.place(line=typed.holder(given), **terms))


def _stated(request: HttpRequest, code: str, at: str, act: Callable[[dict[str, Any], Any], Any]) -> HttpResponse:
    """Run what a form on a node's page states, and go back there; `at` names the field that holds the node."""
    given = request.POST
    terms = {"actor": signed_in(request), "chain": _chain(code), "reason": given.get("reason", "")}
    tell(request, _said(lambda: act(terms, given), _("已记下。")))
    return _back(code, given.get(at, ""))


@require_POST
def total(request: HttpRequest, code: str) -> HttpResponse:
    """A published total."""
    user, chain, given = signed_in(request), _chain(code), request.POST

    def state() -> str:
        value = typed.quantity(given.get("value", ""))
        if value is None:
            raise ValidationError(_("请写明数值。"))
        said: dict[str, Any] = {"value": value, "year": typed.whole(given.get("year", ""))}
        said |= {key: given.get(key, "")[:500] for key in ("unit", "source")}
        measure = given.get("measure", "")
        actions.state_total(actor=user, chain=chain, measure=measure, given=said, reason=given.get("reason", ""))
        return _("已记下公开总数。")

    tell(request, state)
    return redirect("chains:workbook", code=code)


@require_POST
def withdraw(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take something off a map."""
    user = signed_in(request)
    if kind not in KINDS:
        raise Http404
    statement: Any = get_object_or_404(KINDS[kind], pk=pk)
    reason = request.POST.get("reason", "")
    done = tell(request, _said(lambda: actions.withdraw(actor=user, statement=statement, reason=reason), _("已撤去。")))
    gone = kind == "node" and done
    return _back(statement.chain.code, "" if gone else request.POST.get("at", ""))


def _back(code: str, node: str) -> HttpResponseRedirect:
    known = ChainNode.objects.filter(chain__code=code, code=node, withdrawn_at=None).exists()
    if known:
        return HttpResponseRedirect(reverse("chains:node", args=[code, node]))
    return HttpResponseRedirect(reverse("chains:chain", args=[code]))


@require_GET
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The map as a workbook, as far as the reader may see it."""
    user, chain = signed_in(request), _chain(code)
    found = chart(chain)
    content = workbooks.write(found, user)
    actions.note_export(actor=user, chain=chain, rows=len(found.nodes) + len(found.edges) + len(found.holders))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = f"chain-{chain.code}-{timezone.localdate().isoformat()}.xlsx"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_http_methods(["GET", "POST"])
def workbook(request: HttpRequest, code: str) -> HttpResponse:
    """Fill a map from a workbook: every problem at once, or all of it in one go; and the published totals."""
    user, chain = signed_in(request), _chain(code)
    problems: list[Any] = []
    if request.method == "POST":
        given, problems = request.FILES.get("file"), []
        if given is None:
            messages.error(request, _("请先选择一个文件。"))
        elif (given.size or 0) > LARGEST_MB * 2**20:
            messages.error(request, _("文件超过 %(size)s MB。") % {"size": LARGEST_MB})
        else:
            problems, loaded = _load(request, user, chain, given)
            if loaded:
                return redirect("chains:chain", code=code)
    context = {
        "chain": chain,
        "problems": problems,
        "measures": ChainTotal.Measure.choices,
        "totals": ChainTotal.objects.filter(chain=chain, withdrawn_at=None),
        "may_write": permissions.may_on(user, permissions.MAP, chain),
        "roles": chain_settings().roles,
    }
    return render(request, "chains/workbook.html", context)


def _load(request: HttpRequest, user: Any, chain: Chain, given: Any) -> tuple[list[Any], bool]:
    """Problems of the workbook, or that it was loaded."""
    with tempfile.NamedTemporaryFile(suffix=Path(given.name or "").suffix) as file:
        for chunk in given.chunks():
            file.write(chunk)
        file.flush()
        try:
            parsed = workbooks.read(Path(file.name), chain, user)
        except Refusal as refused:
            messages.error(request, f"{refused.message}{_('；')}{refused.advice}")
            return [], False
    if parsed.problems:
        messages.error(request, _("有 %(n)s 处要改，整表没有写入。") % {"n": len(parsed.problems)})
        return parsed.problems, False

    def load() -> str:
        reason = request.POST.get("reason", "") or _("导入工作簿 %(name)s") % {"name": given.name}
        counts = actions.load_map(actor=user, chain=chain, tables=parsed.tables, reason=reason)
        return _("已导入：新增 %(new)s，变更 %(changed)s，无变化 %(same)s。") % {
            state: sum(table[state] for table in counts.values()) for state in ("new", "changed", "same")
        }

    return [], tell(request, load)
