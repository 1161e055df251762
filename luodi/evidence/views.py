"""Pages of evidence: report a step with its files, the queue of what waits for whom, one document and what was said of it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import fields_of
from luodi.accounts.queries import signed_in
from luodi.core.installation import city
from luodi.core.telling import tell
from luodi.evidence import actions, forms, panels, queries, words
from luodi.evidence.engine.filetypes import TYPES
from luodi.evidence.models import Evidence, Judgement, Support
from luodi.evidence.receiving import Paper, preview_of
from luodi.evidence.weighing import Pairs, beside_claim, by_stage
from luodi.intake.words import stage_name, unit_name
from luodi.projects.models import Project, StageEvent
from luodi.projects.reporting import NeedsReason
from luodi.projects.steps import oddities

SIZE = 50


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Claim a step and bring its papers in one form; another unit's project is not found."""
    user = signed_in(request)
    project, pairs = _whole(user, pk)
    if not panels.rights(user, project)["may_report"]:
        raise Http404
    stage = (request.POST if request.method == "POST" else request.GET).get("stage", "")
    line = None
    if stage in city().stage:
        is_claimed = any(e.stage == stage and e.kind == "actual" and not e.withdrawn_at for e in project.events.all())
        line = panels.stage_line(project, stage, by_stage(project, pairs), is_claimed=is_claimed)
    items = panels.asked_items(line) if line else []
    shown: dict[str, Any] = {"project": project, "line": line, "items": items, "given": request.POST}
    if request.method == "POST":
        try:
            papers = forms.papers(request, items, stage)
            _take(request, project, line, papers)
        except NeedsReason as odd:
            shown |= {"violations": [words.violation(one) for one in odd.violations], "had_files": bool(request.FILES)}
        except ValidationError as error:
            shown["errors"] = error.messages
        else:
            _tell_reported(request, project, stage)
            return HttpResponseRedirect(reverse("project", args=[pk]) + "#steps")
    shown["stages"] = [(one.code, stage_name(one.code), one.code == stage) for one in city().stages]
    shown["kinds"] = [(k.code, words.kind_name(k.code)) for k in city().evidence_kinds if k.verification != "publisher"]
    shown["refused"] = [one for one in city().proof.refused if one.stage == stage]
    shown["today"] = timezone.localdate()
    return render(request, "evidence/report.html", shown, status=422 if request.method == "POST" else 200)


def _take(request: HttpRequest, project: Project, line: panels.StageLine | None, papers: list[Paper]) -> None:
    """A claim with its papers; without a day, papers alone for a stage that is claimed already."""
    user = signed_in(request)
    if line is not None and line.is_claimed and papers and not request.POST.get("first", "").strip():
        for paper in papers:
            actions.add(actor=user, project=project, paper=paper)
        return
    actions.report(actor=user, project=project, claim=forms.claim(request.POST), papers=papers)


def _whole(user: User, pk: int) -> tuple[Project, Pairs]:
    """The project with what the weighing needs, prefetched."""
    visible: QuerySet[Project] = Project.objects.current().visible_to(user)
    pieces = Evidence.objects.select_related("file", "row__batch").prefetch_related("judgements")
    found = visible.select_related("standing").prefetch_related("events", Prefetch("evidence", pieces))
    project = get_object_or_404(found, pk=pk)
    pairs = Support.objects.filter(event__project=project).values_list("event_id", "evidence_id")
    return project, list(pairs)


def _tell_reported(request: HttpRequest, project: Project, stage: str) -> None:
    """What was taken, what is odd about it although no reason was asked for, and what is still missing."""
    user = signed_in(request)
    project, pairs = _whole(user, project.pk)
    line = panels.stage_line(project, stage, by_stage(project, pairs))
    missing = (
        [item.name for item in line.sets[0].items if item.is_mandatory and item.badge[0] == "missing"]
        if line.sets
        else []
    )
    said = _("已报送“%(stage)s”。") % {"stage": line.name}
    if missing:
        said += _("还缺：%(items)s。") % {"items": "、".join(missing)}
    elif line.sets:
        said += _("材料已齐，等待核实。")
    messages.success(request, said)
    last = max(
        (event for event in project.events.all() if event.stage == stage), key=lambda event: event.pk, default=None
    )
    if last is not None and last.starts_on and last.ends_on:
        odd = oddities(project, stage, last.starts_on, last.ends_on)
        for one in odd:
            messages.warning(request, words.violation(one))


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for whom, the oldest first."""
    user = signed_in(request)
    asked = queries.Asked.from_query(request.GET)
    found = queries.queue(user, asked)
    total, page = found.count(), _page(request)
    page = min(page, max(1, -(-total // SIZE)))
    rows = found.select_related("project", "filed_by", "file", "row__batch").prefetch_related(
        "judgements", "supports__event"
    )
    rows = rows[(page - 1) * SIZE : page * SIZE]
    return render(
        request,
        "evidence/queue.html",
        {
            "asked": asked,
            "rows": [_row(one, user) for one in rows if fields_of(user, one.project.unit)["evidence"]],
            "page": _pager(asked, page, total),
            "waits": [(code, name, code == asked.waits) for code, name in _waits().items()],
            "kinds": [
                (k.code, words.kind_name(k.code), k.code == asked.kind)
                for k in city().evidence_kinds
                if k.verification != "publisher"
            ],
            "units": [(unit.code, unit.name, unit.code == asked.unit) for unit in city().units],
            "may_verify": may(user, "evidence.evidence.verify"),
        },
    )


def _waits() -> dict[str, str]:
    return {
        "verifier": _("待核实"),
        "filer": _("待填报单位说明"),
        "rejected": _("已退回"),
        "accepted": _("已核实"),
        "all": _("全部"),
    }


def _row(evidence: Evidence, user: User) -> dict[str, Any]:
    events = [support.event for support in evidence.supports.all()]
    found = beside_claim(evidence, events)
    return {
        "item": evidence,
        "kind": words.kind_name(evidence.kind),
        "badge": words.verdict_badge(evidence),
        "unit": unit_name(evidence.project.unit),
        "stage": stage_name(evidence.stage) if evidence.stage else "",
        "contradicts": found is not None and found.contradicts,
        "may_verify": not queries.why_not_verifier(user, evidence),
        "answered": any(one.verdict == Judgement.Verdict.ANSWERED for one in evidence.judgements.all()),
        "days": (timezone.localdate() - timezone.localdate(evidence.recorded_at)).days,
    }


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _pager(asked: queries.Asked, page: int, total: int) -> dict[str, str]:
    given = {name: getattr(asked, name) for name in ("waits", "kind", "unit", "q", "mine") if getattr(asked, name)}

    def at(number: int) -> str:
        return f"{reverse('evidence:queue')}?{urlencode({**given, 'page': number})}"

    first = (page - 1) * SIZE
    return {
        "first": f"{min(first + 1, total):,}",
        "last": f"{min(first + SIZE, total):,}",
        "total": f"{total:,}",
        "prev_url": at(page - 1) if page > 1 else "",
        "next_url": at(page + 1) if first + SIZE < total else "",
    }


def _visible(user: User, pk: int) -> Evidence:
    """A document that this person may see; all others are not found."""
    seen = Evidence.objects.visible_to(user).select_related("project", "filed_by", "withdrawn_by", "file", "row__batch")
    people = Judgement.objects.select_related("said_by")
    found = seen.prefetch_related(Prefetch("judgements", people), "supports__event")
    evidence: Evidence = get_object_or_404(found, pk=pk)
    if not fields_of(user, evidence.project.unit)["evidence"]:
        raise Http404
    return evidence


@require_GET
def piece(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: what it is, how it fits, what was said of it, and what this person may say."""
    user = signed_in(request)
    evidence = _visible(user, pk)
    events: list[StageEvent] = [support.event for support in evidence.supports.all()]
    found = beside_claim(evidence, events)
    other = evidence.project.events.filter(withdrawn_at=None, kind="actual").exclude(pk__in=[one.pk for one in events])
    rights = panels.rights(user, evidence.project)
    refused = queries.why_not_verifier(user, evidence)
    return render(
        request,
        "evidence/piece.html",
        {
            "evidence": evidence,
            "kind": words.kind_name(evidence.kind),
            "badge": words.verdict_badge(evidence),
            "events": [(one, stage_name(one.stage)) for one in events],
            "other_events": [(one, stage_name(one.stage)) for one in other if one.stage in city().stage],
            "comparison": words.comparison(found) if found else [],
            "contradicts": found is not None and found.contradicts,
            "history": panels.history(evidence),
            "size": f"{evidence.file.size / 1024:,.0f} KB" if evidence.file else "",
            "has_preview": evidence.file is not None
            and evidence.file.is_clean
            and preview_of(evidence.sha256).exists(),
            "refused_kind": words.refused_kind(evidence.kind, evidence.stage),
            "may_verify": not refused and evidence.withdrawn_at is None,
            "why_not": refused if may(user, "evidence.evidence.verify") else "",
            "may_answer": rights["may_file"] and evidence.withdrawn_at is None,
            "may_withdraw": rights["may_file"] and evidence.withdrawn_at is None and evidence.row_id is None,
        },
    )


@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """A word on a document: accept, reject, ask; answer, withdraw, use for another step."""
    user = signed_in(request)
    evidence = _visible(user, pk)
    text, word = request.POST.get("reason", ""), request.POST.get("word", "")
    tell(request, lambda: _act(user, evidence, word, text, request.POST.get("event", "")))
    if request.POST.get("back") == "project":
        return HttpResponseRedirect(reverse("project", args=[evidence.project_id]) + "#evidence")
    return redirect("evidence:piece", pk=pk)


def _act(user: User, evidence: Evidence, word: str, text: str, event: str) -> str:
    if word in {"accept", "reject"}:
        actions.verify(actor=user, evidence=evidence, accept=word == "accept", reason=text)
        return _("佐证已核实。") if word == "accept" else _("佐证已退回。")
    if word == "ask":
        actions.ask(actor=user, evidence=evidence, question=text)
        return _("已向填报单位询问。")
    if word == "answer":
        actions.answer(actor=user, evidence=evidence, text=text)
        return _("已说明，材料回到核实队列。")
    if word == "withdraw":
        actions.withdraw(actor=user, evidence=evidence, reason=text)
        return _("材料已撤回，仍可查看。")
    if word == "link" and event.isascii() and event.isdigit():
        step = get_object_or_404(StageEvent, pk=int(event), project=evidence.project_id)
        actions.link(actor=user, evidence=evidence, event=step)
        return _("已用于这条阶段记录。")
    raise ValidationError(_("没有这项操作。"))


@require_GET
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The file itself, never shown by the browser: it is saved under its name."""
    user = signed_in(request)
    evidence = _visible(user, pk)
    file = evidence.file
    if file is None or not file.is_clean or not file.path.exists():
        raise Http404
    actions.note_download(actor=user, evidence=evidence)
    media = TYPES[file.type][1]
    response = FileResponse(file.path.open("rb"), as_attachment=True, filename=file.name, content_type=media)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
def preview(request: HttpRequest, pk: int) -> FileResponse:
    """The small copy of a picture, made anew by us: nothing of the uploaded file itself is shown."""
    evidence = _visible(signed_in(request), pk)
    if evidence.file is None or not evidence.file.is_clean or not preview_of(evidence.sha256).exists():
        raise Http404
    response = FileResponse(preview_of(evidence.sha256).open("rb"), content_type="image/jpeg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
