"""Pages of results: all projects, one project with every reason, and what people state for the rules."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import fields_of, scope_of
from luodi.accounts.queries import signed_in
from luodi.core import typed
from luodi.core.telling import tell
from luodi.evidence.models import Evidence
from luodi.projects.models import Project
from luodi.screening import actions, books, dossier, queries, results, words
from luodi.screening.engine.rulebook import Rulebook, Verdict
from luodi.screening.models import Clause, Declaration, Exemption

SEEN_THROUGH = ("evidence", "done_to_date", "paid_in", "land_area", "jobs", "output_value", "tax", "remark")
"""Fields that reasons quote: who may not see them sees no results of that project."""


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The latest run: how many pass, where, and what is not known."""
    user = signed_in(request)
    if not fields_of(user).all(SEEN_THROUGH) and scope_of(user).everything:
        raise PermissionDenied
    run, book = queries.latest_run(), books.in_force(timezone.localdate())
    context: dict[str, Any] = {"run": run, "book": book, "may_run": may(user, "screening.run.take")}
    if run is not None:
        asked = results.Asked.from_query(request.GET)
        context |= _run_context(user, run, asked)
    return render(request, "screening/overview.html", context)


def _run_context(user: User, run: Any, asked: results.Asked) -> dict[str, Any]:
    screened = queries.screened_of(run)
    found, book, path = results.page(screened, user, asked), screened.book, reverse("screening:overview")
    names = queries.names_of([row["id"] for row in found.rows])
    last = found.first + len(found.rows) - 1
    shown = {
        "first": f"{found.first if found.rows else 0:,}",
        "last": f"{last if found.rows else 0:,}",
        "total": f"{found.total:,}",
        "prev_url": asked.url(path, page=asked.page - 1) if asked.page > 1 else "",
        "next_url": asked.url(path, page=asked.page + 1) if last < found.total else "",
    }
    verdicts = [
        (
            code,
            words.VERDICTS[verdict],
            words.BADGES[verdict],
            f"{found.verdicts.get(verdict, 0):,}",
            asked.url(path, verdict=code, page=1),
        )
        for code, verdict in results.VERDICT_CODES.items()
    ]
    return {
        "asked": asked,
        "rows": [_row(book, row, names) for row in found.rows],
        "page": shown,
        "verdicts": verdicts,
        "bands": _bands(book, found.bands, asked, path),
        "rules": [(code, f"{code} {words.either(rule, 'name')}") for code, rule in sorted(book.rules.items())],
        "says": [(code, words.VERDICTS[verdict]) for code, verdict in results.VERDICT_CODES.items()],
        "missing": [
            (words.either(book.facts[fact], "name"), n, words.SOURCES[book.facts[fact].source])
            for fact, n in list(run.counts["missing"].items())[:12]
            if fact in book.facts
        ],
        "everything": scope_of(user).everything,
    }


def _bands(book: Rulebook, counts: dict[str, int], asked: results.Asked, path: str) -> list[tuple[str, str, str, str]]:
    """Each band with its projects, and those that unknown facts could still move."""
    named = [(band.code, words.either(band, "name")) for band in book.bands] + [(results.OPEN, _("尚不可定"))]
    return [(code, name, f"{counts.get(code, 0):,}", asked.url(path, band=code, page=1)) for code, name in named]


def _row(book: Rulebook, row: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    verdict = Verdict(row["verdict"])
    failed = [code for code in sorted(book.rules) if row.get(code) == int(Verdict.FAIL)]
    return {
        **row,
        "name": names.get(row["id"], ""),
        "url": reverse("screening:project", args=[row["id"]]),
        "verdict": words.VERDICTS[verdict],
        "badge": words.BADGES[verdict],
        "failing": [f"{code} {words.either(book.rules[code], 'name')}" for code in failed[:2]],
        "more": max(0, len(failed) - 2),
        "band": words.band_words(book, row["band"], row["band_ceiling"]),
    }


@require_POST
def take_run(request: HttpRequest) -> HttpResponse:
    """Screen everything now."""
    user = signed_in(request)
    tell(
        request,
        lambda: (
            _("已按今天的事实和现行规则测算 %(n)s 个项目。")
            % {"n": f"{actions.run(actor=user, as_of=timezone.localdate()).counts['projects']:,}"}
        ),
    )
    return HttpResponseRedirect(reverse("screening:overview"))


@require_GET
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """One project under the rules of today, or as of a past day: every verdict, point, reason, and what is missing."""
    user, today = signed_in(request), timezone.localdate()
    one, as_of = _project(user, pk), typed.day(request.GET.get("as_of", "")) or today
    book = books.in_force(as_of)
    found = queries.explained(one.pk, book, as_of=as_of) if book else None
    context = {"project": one, "as_of": as_of, "is_past": as_of != today, "today": today, "book": book}
    if book is not None and found is not None:
        context |= dossier.context(one, user, book, *found, day=as_of)
    return render(request, "screening/project.html", context)


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The short of it, for the project's page."""
    user, today = signed_in(request), timezone.localdate()
    one, book = _project(user, pk), books.in_force(today)
    found = queries.explained(one.pk, book, as_of=today) if book else None
    context = {"project": one, **(dossier.short(one, book, found[0], day=today) if book and found else {})}
    return render(request, "screening/panel.html", context)


def _project(user: User, pk: int) -> Project:
    """Within reach, with every field that a reason may quote."""
    found = get_object_or_404(Project.objects.current().visible_to(user), pk=pk)
    if not fields_of(user, found.unit).all(SEEN_THROUGH):
        raise Http404
    return found


@require_POST
def declare(request: HttpRequest, pk: int) -> HttpResponse:
    """State a fact, or take a statement back."""
    user, given = signed_in(request), request.POST
    one = _project(user, pk)

    def state() -> str:
        evidence = Evidence.objects.filter(pk=typed.whole(given.get("evidence", "")), project=one).first()
        stated = {"fact": given.get("fact", ""), "value": given.get("value", ""), "note": given.get("note", "")}
        actions.declare(actor=user, project=one, evidence=evidence, **stated)
        return _("已记下；下面的结论已按新的事实重算。")

    def withdraw() -> str:
        declaration = get_object_or_404(Declaration, pk=typed.whole(given.get("withdraw", "")), project=one)
        actions.withdraw_declaration(actor=user, declaration=declaration)
        return _("已撤回，这一项又是未知。")

    return _done(request, one, withdraw if given.get("withdraw") else state, "facts")


@require_POST
def clauses(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter incentive clauses, or take one back."""
    user, given = signed_in(request), request.POST
    one = _project(user, pk)

    def state() -> str:
        made = actions.state_clauses(actor=user, project=one, text=given.get("text", ""))
        asked = sum(bool(clause.kinds) for clause in made)
        return _("记下 %(n)s 条，其中 %(asked)s 条涉及公平竞争审查，待审查。") % {"n": len(made), "asked": asked}

    def withdraw() -> str:
        clause = get_object_or_404(Clause, pk=typed.whole(given.get("withdraw", "")), project=one)
        actions.withdraw_clause(actor=user, clause=clause)
        return _("已撤回，仍可查看。")

    return _done(request, one, withdraw if given.get("withdraw") else state, "clauses")


@require_POST
def review_clause(request: HttpRequest, pk: int) -> HttpResponse:
    """A named person's word on a clause."""
    user = signed_in(request)
    clause = get_object_or_404(Clause.objects.select_related("project"), pk=pk)
    one = _project(user, clause.project_id)

    def review() -> str:
        actions.review_clause(
            actor=user, clause=clause, verdict=request.POST.get("verdict", ""), reason=request.POST.get("reason", "")
        )
        return _("已记下审查结论。")

    return _done(request, one, review, "clauses")


@require_POST
def exempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve an exemption, or revoke one."""
    user, given = signed_in(request), request.POST
    one = _project(user, pk)

    def grant() -> str:
        until = typed.day(given.get("expires_on", "")) or date.min
        terms: dict[str, Any] = {"rules": given.getlist("rule"), "reason": given.get("reason", ""), "expires_on": until}
        actions.exempt(actor=user, project=one, **terms)
        return _("已批准准入例外；您自己不能推进这个项目，批准会一直显示。")

    def revoke() -> str:
        exemption = get_object_or_404(Exemption, pk=typed.whole(given.get("revoke", "")), project=one)
        actions.revoke_exemption(actor=user, exemption=exemption, reason=given.get("reason", ""))
        return _("已撤销准入例外。")

    return _done(request, one, revoke if given.get("revoke") else grant, "exemptions")


def _done(request: HttpRequest, one: Project, act: Callable[[], str], anchor: str) -> HttpResponse:
    tell(request, act)
    return HttpResponseRedirect(reverse("screening:project", args=[one.pk]) + f"#{anchor}")
