"""Pages of rulebooks: what the rules say, their versions, a draft with what it would change, and its publication by a second person."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.accounts.queries import signed_in
from luodi.core import typed
from luodi.core.telling import tell
from luodi.screening import books, drafts, publishing, queries, words
from luodi.screening.engine.cases import run_cases
from luodi.screening.engine.documents import diff
from luodi.screening.engine.rulebook import Dimension, Rulebook, Verdict
from luodi.screening.models import Rulebook as Stored
from luodi.screening.models import Run

SHOWN = 50
"""Changed projects on a draft's page; the command gives them all."""


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, by dimension, and the parameters they use."""
    signed_in(request)
    book = _in_force()
    by_dimension = [
        (
            words.DIMENSION_TITLES[dimension],
            [words.rule_line(rule) for code, rule in sorted(book.rules.items()) if rule.dimension is dimension],
        )
        for dimension in Dimension
    ]
    context = {
        "book": book,
        "version": books.version_on(timezone.localdate()),
        "dimensions": by_dimension,
        "parameters": [drafts.parameter_line(book, code, timezone.localdate()) for code in sorted(book.parameters)],
        "cases": len(book.cases),
    }
    return render(request, "screening/rules.html", context)


@require_GET
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: what it asks, why, by what authority, its cases as they run, and how the register stands to it."""
    user, book = signed_in(request), _in_force()
    found = book.rules.get(code)
    if found is None:
        raise Http404
    run = queries.latest_run()
    counts = _counts(run, code, book) if run is not None and scope_of(user).everything else []
    ran = run_cases(book, only=(code,))
    context = {
        "book": book,
        "rule": found,
        **drafts.rule_page(book, code, timezone.localdate()),
        "ran": ran,
        "counts": counts,
        "run": run,
    }
    return render(request, "screening/rule.html", context)


def _counts(run: Run, code: str, book: Rulebook) -> list[tuple[Any, str, int, str]]:
    """How many projects came out how under the rule in the latest run, with the list of them."""
    results = queries.screened_of(run).results
    if code not in results.columns:
        return []
    found = dict(results.group_by(code).len().iter_rows())
    names = words.VERDICTS if book.rules[code].is_gate else words.SCORED
    overview = reverse("screening:overview")
    says = {Verdict.FAIL: "fail", Verdict.PASS: "pass", Verdict.UNDEFINED: "undefined"}
    return [
        (
            names[verdict],
            words.BADGES[verdict],
            found[verdict],
            f"{overview}?rule={code}&says={says[verdict]}" if verdict in says else "",
        )
        for verdict in Verdict
        if verdict in found
    ]


@require_GET
def versions(request: HttpRequest) -> HttpResponse:
    """Every version and draft, the latest first."""
    user = signed_in(request)
    rows = Stored.objects.defer("document").select_related("author", "approver", "based_on")[:100]
    context = {
        "versions": list(rows),
        "in_force": books.version_on(timezone.localdate()),
        "may_edit": may(user, "screening.rulebook.edit"),
        "runs": list(Run.objects.select_related("rulebook", "taken_by").defer("rulebook__document")[:10]),
    }
    return render(request, "screening/versions.html", context)


@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: what it changes in the one before, what that would do, and what can be done with it."""
    user = signed_in(request)
    one = get_object_or_404(Stored.objects.select_related("author", "approver", "based_on"), pk=pk)
    book = books.read(one)
    is_draft = one.state == Stored.State.DRAFT
    wrong = [ran for ran in queries.cases_of(book) if not ran.agrees] if is_draft else []
    context = {
        "one": one,
        "is_draft": is_draft,
        "changes": drafts.changes(diff(one.based_on.document, one.document)) if one.based_on else [],
        "wrong": wrong,
        "cases": len(book.cases),
        "may_edit": may(user, "screening.rulebook.edit"),
        "is_own": one.author_id == user.pk,
        "may_publish": is_draft and may(user, "screening.rulebook.publish") and one.author_id != user.pk,
        "today": timezone.localdate(),
        "rules": [(code, words.either(found, "name")) for code, found in sorted(book.rules.items())],
        "parameters": [(code, words.either(found, "name")) for code, found in sorted(book.parameters.items())],
    }
    if is_draft:
        context |= _simulation(user, book)
    return render(request, "screening/version.html", context)


def _simulation(user: User, book: Rulebook) -> dict[str, Any]:
    """Who would change verdict, band or rank, on the facts of the latest run; for whom sees the whole city."""
    run = queries.latest_run()
    if run is None or not scope_of(user).everything:
        return {"run": None}
    found = queries.simulate(book, run)
    moved = found.changed.head(SHOWN).to_dicts()
    names = queries.names_of([row["id"] for row in moved])
    return {
        "run": run,
        "simulated": found,
        "changed_total": found.changed.height,
        "moved": [drafts.moved(book, row, names.get(row["id"], "")) for row in moved],
        "rule_moves": drafts.rule_moves(found.rules.to_dicts()),
    }


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft from a version; the city's own book is kept first when nothing has been published."""
    user = signed_in(request)
    base = get_object_or_404(Stored, pk=pk) if pk else publishing.keep_city_book(user)
    made: list[Stored] = []

    def act() -> str:
        made.append(publishing.copy(actor=user, base=base, reason=request.POST.get("reason", "")))
        return _("已复制成草稿；改完先试算，再请另一人发布。")

    tell(request, act)
    return HttpResponseRedirect(
        reverse("screening:version", args=[made[0].pk]) if made else reverse("screening:versions")
    )


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int, part: str, code: str) -> HttpResponse:
    """One rule or parameter of a draft. What could not be run is refused with every problem, and the form keeps what was typed."""
    user = signed_in(request)
    one = get_object_or_404(Stored, pk=pk)
    if part not in ("rules", "parameters") or code not in one.document[part]:
        raise Http404
    entry = one.document[part][code]
    given = {name: request.POST.get(name, "") for name in drafts.names_of(part)} if request.method == "POST" else {}
    if given:
        try:
            values = drafts.values_of(part, entry, given)
            cases = drafts.read_cases(request.POST.get("cases", "")) if "cases" in request.POST else None
            publishing.change_entry(actor=user, draft=one, part=part, code=code, values=values, cases=cases)
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
        except PermissionDenied as error:
            messages.error(request, str(error) or _("您没有这项操作的权限。"))
        else:
            messages.success(request, _("已改好；下面是试算的结果。"))
            return HttpResponseRedirect(reverse("screening:version", args=[pk]))
    context = {
        "one": one,
        "part": part,
        "code": code,
        "name": entry.get("name", code),
        "fields": drafts.fields(part, entry, given),
        "cases": request.POST.get("cases") or drafts.cases_text(one.document, code),
        "facts": drafts.vocabulary(books.read(one)),
    }
    return render(request, "screening/edit.html", context, status=422 if given else 200)


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person makes the draft the city's rules."""
    user = signed_in(request)
    one = get_object_or_404(Stored, pk=pk)

    def act() -> str:
        day = typed.day(request.POST.get("valid_from", "")) or date.min
        published = publishing.publish(actor=user, draft=one, valid_from=day, reason=request.POST.get("reason", ""))
        return _("已发布，%(day)s 起生效。") % {"day": published.valid_from}

    tell(request, act)
    return HttpResponseRedirect(reverse("screening:version", args=[pk]))


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    user = signed_in(request)
    one = get_object_or_404(Stored, pk=pk)

    def act() -> str:
        publishing.drop(actor=user, draft=one, reason=request.POST.get("reason", ""))
        return _("草稿已放弃，仍可查看。")

    tell(request, act)
    return HttpResponseRedirect(reverse("screening:versions"))


@require_POST
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute a past run again and say whether it is the same."""
    signed_in(request)
    found = queries.replay(get_object_or_404(Run.objects.select_related("rulebook"), pk=pk))
    if found.is_same:
        messages.success(request, _("重放一致：%(sha)s") % {"sha": found.sha256[:16]})
    else:
        messages.error(
            request,
            _("重放不一致：存的是 %(was)s，算出 %(now)s。")
            % {"was": found.run.results_sha256[:16], "now": found.sha256[:16]},
        )
    return HttpResponseRedirect(reverse("screening:versions"))


def _in_force() -> Rulebook:
    book = books.in_force(timezone.localdate())
    if book is None:
        raise Http404
    return book
