"""Pages of the random look: draws, what they found, and so how often scans are right and how often they miss."""

import csv
from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.queries import signed_in
from luodi.core.telling import tell
from luodi.core.workbook import safe
from luodi.integrity import actions, queries, sampling, showing, words
from luodi.integrity.case_views import numbers
from luodi.integrity.intervals import Share
from luodi.integrity.models import Ruling, SampledProject, SampleDraw, Scheme
from luodi.projects.models import Project

SHOWN = 10
COLUMNS = ("project", "scheme", "label", "probability", "model", "origin", "decided_on")


@require_GET
def samples(request: HttpRequest) -> HttpResponse:
    """Error rates with numerator, denominator and interval; the latest draws."""
    user = signed_in(request)
    showing.permit(user)
    seen = SampledProject.objects.filter(project__in=Project.objects.visible_to(user)).select_related(
        "project", "looked_by", "case"
    )
    draws = SampleDraw.objects.select_related("committed_by").prefetch_related(
        Prefetch("sampled", seen, to_attr="seen")
    )
    may_draw = may(user, "integrity.sample.draw")
    context = {
        "draws": [_draw(one, user, may_draw=may_draw) for one in draws[:SHOWN]],
        "may_draw": may_draw,
        "may_labels": may(user, "integrity.labels.export"),
        "left": len(queries.unflagged()) if may_draw else 0,
        "schemes": [(code, words.SCHEMES[code]) for code in Scheme.values],
        "precision": precision(),
        "misses": misses(),
    }
    return render(request, "integrity/samples.html", context)


def _draw(draw: Any, user: User, *, may_draw: bool) -> dict[str, Any]:
    return {
        "draw": draw,
        "agrees": draw.drawn_at is not None and sampling.agrees(draw),
        "population": len(draw.population),
        "rows": [{"item": one, "may_look": may_draw and not one.result} for one in draw.seen],
    }


def precision() -> list[dict[str, Any]]:
    """Of the questions that were ruled on, how many were confirmed; insufficient ones stand apart, they are neither."""
    counts = queries.by_scheme()
    lines = []
    for scheme in Scheme.values:
        found = counts.get(scheme, {})
        confirmed, explained = found.get(Ruling.Verdict.CONFIRMED, 0), found.get(Ruling.Verdict.EXPLAINED, 0)
        share = Share(confirmed, confirmed + explained)
        apart = found.get(Ruling.Verdict.INSUFFICIENT, 0)
        lines.append({"name": words.SCHEMES[scheme], "share": share, "insufficient": apart})
    return lines


def misses() -> Share:
    """Of the drawn projects that were looked at to the end, how many had something that no scan had asked."""
    looked = SampledProject.objects.exclude(result="")
    ended = looked.exclude(case__state__in=queries.OPEN_STATES)
    confirmed = ended.filter(case__verdict=Ruling.Verdict.CONFIRMED)
    return Share(confirmed.count(), ended.exclude(case__verdict=Ruling.Verdict.INSUFFICIENT).count())


@require_POST
def commit_seed(request: HttpRequest) -> HttpResponse:
    """Publish the fingerprint of a new seed."""
    text = request.POST.get("size", "")

    def act() -> str:
        size = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        draw = sampling.commit_seed(actor=signed_in(request), size=size)
        return _("已公布种子指纹 %(hash)s，可以抽取了。") % {"hash": draw.seed_sha256[:16]}

    return _told(request, act)


@require_POST
def draw_sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw, and publish the seed."""
    draw = get_object_or_404(SampleDraw, pk=pk)

    def act() -> str:
        done = sampling.draw_sample(actor=signed_in(request), draw=draw)
        return _("已抽取 %(n)s 个项目，种子已公布。") % {"n": done.sampled.count()}

    return _told(request, act)


@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """What looking found."""
    user = signed_in(request)
    seen = SampledProject.objects.filter(project__in=Project.objects.visible_to(user))
    sampled = get_object_or_404(seen, pk=pk)
    others = numbers(request.POST.get("others", ""))

    def act() -> str:
        scheme, reason = request.POST.get("scheme", ""), request.POST.get("reason", "")
        done = sampling.look(actor=user, sampled=sampled, scheme=scheme, reason=reason, others=others)
        return _("已立核查件 #%(n)s。") % {"n": done.case_id} if done.case_id else _("抽查结论已记录。")

    return _told(request, act)


def _told(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    tell(request, act)
    return redirect("integrity:samples")


@require_GET
def labels(request: HttpRequest) -> HttpResponse:
    """Verdicts for the training recipe, as CSV that Excel reads."""
    user = signed_in(request)
    rows = queries.labels()
    actions.note_labels(actor=user, rows=len(rows))
    name = f"labels_{timezone.localdate()}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    response.write("\ufeff")
    write_labels(response, rows)
    return response


def write_labels(file: Any, rows: list[tuple[Any, ...]]) -> None:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([safe(str(cell)) if isinstance(cell, str) else cell for cell in row] for row in rows)
