"""Pages of cases: what runs, one case with every word on it, and the words that a person may say."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import fields_of
from luodi.accounts.queries import signed_in
from luodi.core.telling import tell
from luodi.evidence.receiving import Paper
from luodi.intake.words import unit_name
from luodi.integrity import actions, deciding, hearing, queries, showing, words
from luodi.integrity.models import Case, CasePaper, Ruling, ScanFinding, Scheme
from luodi.integrity.trail import trail
from luodi.integrity.views import SIZE, chosen, page_of, pager
from luodi.projects.models import Project


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Cases within reach; those whose term ends first come first."""
    user = signed_in(request)
    showing.permit(user)
    state, scheme = request.GET.get("state", ""), request.GET.get("scheme", "")
    found = Case.objects.visible_to(user)
    if state in Case.State.values:
        found = found.filter(state=state)
    elif state != "all":
        found, state = found.exclude(state=Case.State.CLOSED), ""
    if scheme in Scheme.values:
        found = found.filter(scheme=scheme)
    total, page = found.count(), page_of(request)
    page = min(page, max(1, -(-total // SIZE)))
    rows = list(found.order_by("due_on", "-id").prefetch_related("about__project")[(page - 1) * SIZE : page * SIZE])
    about = [one.project_id for row in rows for one in row.about.all()]
    seen = set(Project.objects.visible_to(user).filter(pk__in=about).values_list("id", flat=True))
    states = [("", _("未终结")), *Case.State.choices, ("all", _("全部"))]
    query = {name: value for name, value in (("state", state), ("scheme", scheme)) if value}
    context = {
        "rows": [_line(one, seen) for one in rows],
        "page": pager("integrity:cases", query, page, total),
        "total": f"{total:,}",
        "states": chosen(states, state),
        "schemes": chosen(Scheme.choices, scheme),
    }
    return render(request, "integrity/cases.html", context)


def _line(case: Case, visible: set[int]) -> dict[str, Any]:
    about: list[Any] = list(case.about.all())
    seen = [one.project for one in about if one.project_id in visible]
    return {
        "case": case,
        "scheme": words.SCHEMES[case.scheme],
        "unit": unit_name(case.unit),
        "names": [one.name for one in seen],
        "hidden": len(about) - len(seen),
        "clock": words.clock(case, timezone.localdate()),
        "verdict": words.VERDICTS.get(case.verdict, ""),
    }


def _visible(user: User, pk: int) -> Case:
    """A case that this person may see; all others are not found."""
    papers = CasePaper.objects.select_related("evidence")
    words_on = (
        Prefetch("answers__papers", papers), Prefetch("visits__photos", papers), "answers__said_by", "visits__said_by",
        "rulings__said_by", "rulings__effects__decision", "rulings__effects__undertaking", "about",
    )  # fmt: skip
    found = Case.objects.visible_to(user).select_related("opened_by", "appeal__said_by").prefetch_related(*words_on)
    case: Case = get_object_or_404(found, pk=pk)
    if not fields_of(user, case.unit).all(showing.SEEN_THROUGH) and not queries.may_speak(
        user, case, "integrity.case.answer"
    ):
        raise Http404
    return case


@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: the question, its evidence, every word on it, and what this person may say."""
    user = signed_in(request)
    return render(request, "integrity/case.html", _context(user, _visible(user, pk)))


SUPPOSED = {Scheme.FAKE: "fake", Scheme.SPLIT: "one", Scheme.DUP: "duplicate"}
"""What the page of suppositions calls a confirmed case; going through the motions takes no project out of net."""


def _suppose(user: User, one: Case, ids: list[int]) -> str:
    """Where scores, rates and ranks are shown as they would be; of a duplicate, the first signed stays."""
    supposed = SUPPOSED.get(Scheme(one.scheme))
    if supposed is None or not may(user, "outcomes.suppose.view"):
        return ""
    about = [pk for pk in ids if one.scheme != Scheme.DUP or pk != deciding.staying(ids, None)]
    return f"{reverse('outcomes:suppose')}?{urlencode([(supposed, pk) for pk in about])}" if about else ""


def _context(user: User, one: Case, *, personal: bool = False) -> dict[str, Any]:
    ids = [row.project_id for row in sorted(one.about.all(), key=lambda row: row.pk)]
    shown = showing.cards(user, ids, personal=personal)
    findings = list(
        ScanFinding.objects.visible_to(user).filter(project__in=ids, scheme=one.scheme).select_related("project")
    )
    mine = [card for card in shown if card.url]
    hears = one.state in (Case.State.OPEN, Case.State.ANSWERED)
    return {
        "case": one,
        "scheme": words.SCHEMES[one.scheme],
        "unit": unit_name(one.unit),
        "clock": words.clock(one, timezone.localdate()),
        "verdict": words.VERDICTS.get(one.verdict, ""),
        "cards": shown,
        "table": showing.table(shown),
        "lines": [line for line in showing.lines(user, findings, {}) if line["sentences"]],
        "trail": trail(one),
        "mine": mine,
        "suppose": _suppose(user, one, ids) if hears else "",
        "today": timezone.localdate(),
        "personal": personal,
        "may_contacts": not personal and may(user, "integrity.contact.view") and bool(mine),
        "may_answer": hears and queries.may_speak(user, one, "integrity.case.answer"),
        "for_unit": may(user, "integrity.case.rule"),
        "may_visit": one.state in queries.OPEN_STATES and may(user, "integrity.case.visit"),
        "may_appeal": _may_appeal(user, one),
        **_ruling(user, one, hears=hears),
    }  # fmt: skip


def _may_appeal(user: User, one: Case) -> bool:
    in_time = one.due_on is None or timezone.localdate() <= one.due_on
    ruled = one.state == Case.State.RULED and one.verdict == Ruling.Verdict.CONFIRMED
    return ruled and in_time and queries.may_speak(user, one, "integrity.case.appeal")


def _ruling(user: User, one: Case, *, hears: bool) -> dict[str, Any]:
    """Whether the person may rule, and why not."""
    if not may(user, "integrity.case.rule"):
        return {"may_rule": False, "may_second": False, "why_not": ""}
    second = one.state == Case.State.APPEALED
    why_not = queries.why_not_second(user, one) if second else queries.why_not_ruler(user, one) if hears else ""
    return {
        "may_rule": hears and not why_not,
        "may_second": second and not why_not,
        "why_not": why_not,
        "verdicts": [(code, words.VERDICTS[code]) for code in Ruling.FIRST],
        "effect": words.EFFECTS[Scheme(one.scheme)],
        "chooses": one.scheme == Scheme.DUP,
    }


@require_POST
def contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with contacts, for who may read them; that they were read stays in the log."""
    user = signed_in(request)
    one = _visible(user, pk)
    ids = [row.project_id for row in one.about.all()]
    actions.note_contacts(actor=user, case=one, projects=ids)
    return render(request, "integrity/case.html", _context(user, one, personal=True))


def numbers(text: str) -> list[int]:
    """Ids as a person types them, with commas of either width."""
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]  # noqa: PLR2004


@require_POST
def open_case(request: HttpRequest) -> HttpResponse:
    """Make a case of a question."""
    user = signed_in(request)
    given = request.POST
    ids = numbers(",".join([*given.getlist("project"), given.get("others", "")]))
    made: list[Case] = []

    def act() -> str:
        terms = {"scheme": given.get("scheme", ""), "question": given.get("question", "")}
        made.append(hearing.open_case(actor=user, projects=ids, **terms))
        return _("已立核查件，请单位在 %(day)s 以前说明。") % {"day": made[0].due_on}

    tell(request, act)
    if made:
        return redirect("integrity:case", pk=made[0].pk)
    back = given.get("finding", "")
    return (
        redirect("integrity:finding", pk=int(back))
        if back.isdigit() and len(back) < 19
        else redirect("integrity:findings")
    )


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit's word, with its papers."""

    def act(user: User, one: Case) -> str:
        papers = _papers(request, user, one, "other")
        hearing.answer(actor=user, case=one, text=request.POST.get("text", ""), papers=papers)
        return _("已记下说明；这一件由红转黄，曾经问过会一直记着。")

    return _said(request, pk, act)


@require_POST
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """What was seen on the site."""

    def act(user: User, one: Case) -> str:
        try:
            on = date.fromisoformat(request.POST.get("visited_on", ""))
        except ValueError as error:
            raise ValidationError(_("请填写踏勘日期。")) from error
        seen = hearing.Seen(on, request.POST.get("visitors", ""), request.POST.get("text", ""))
        hearing.visit(actor=user, case=one, seen=seen, photos=_papers(request, user, one, "site_photo"))
        return _("已记下踏勘。")

    return _said(request, pk, act)


@require_POST
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """A verdict of the first or the second instance."""

    def act(user: User, one: Case) -> str:
        given = request.POST
        if given.get("verdict") in Ruling.SECOND:
            uphold = given.get("verdict") == Ruling.Verdict.UPHELD
            deciding.rule_appeal(actor=user, case=one, uphold=uphold, reason=given.get("reason", ""))
            return _("复核维持原核定。") if uphold else _("复核撤销原核定，数字已恢复。")
        stays = given.get("stays", "")
        chosen_one = int(stays) if stays.isascii() and stays.isdigit() and len(stays) < 19 else None
        verdict, reason = given.get("verdict", ""), given.get("reason", "")
        deciding.rule(actor=user, case=one, verdict=verdict, reason=reason, stays=chosen_one)
        return _("已核定。")

    return _said(request, pk, act)


@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit asks another person to look again."""

    def act(user: User, one: Case) -> str:
        hearing.appeal(actor=user, case=one, text=request.POST.get("text", ""))
        return _("已提出复核，由另一人再看一遍；复核期间原核定有效。")

    return _said(request, pk, act)


def _said(request: HttpRequest, pk: int, act: Callable[[User, Case], str]) -> HttpResponse:
    user = signed_in(request)
    one = _visible(user, pk)
    tell(request, lambda: act(user, one))
    return HttpResponseRedirect(reverse("integrity:case", args=[pk]))


def _papers(request: HttpRequest, user: User, one: Case, kind: str) -> list[tuple[Project, Paper]]:
    """The files that were chosen, for the project of the case that they belong to."""
    files = request.FILES.getlist("file")
    if not files:
        return []
    wanted = request.POST.get("project", "")
    held = Project.objects.current().visible_to(user).filter(cases__case=one).order_by("cases__pk")
    project = held.filter(pk=int(wanted)).first() if wanted.isascii() and wanted.isdigit() else held.first()
    if project is None:
        raise ValidationError(_("文件没有传上来，请重新选择。"))
    return [(project, _paper(file, kind)) for file in files]


def _paper(file: Any, kind: str) -> Paper:
    if not isinstance(file, TemporaryUploadedFile):
        raise ValidationError(_("文件没有传上来，请重新选择。"))
    return Paper(path=Path(file.temporary_file_path()), name=file.name or "", kind=kind)
