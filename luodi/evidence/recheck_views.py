"""Pages of the random re-checks."""

from collections.abc import Callable

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from luodi.accounts.permissions import may
from luodi.accounts.queries import signed_in
from luodi.core.telling import tell
from luodi.evidence import queries, rechecking, words
from luodi.evidence.models import Draw, Evidence, Recheck

SHOWN = 20


@require_GET
def rechecks(request: HttpRequest) -> HttpResponse:
    """The latest draws: fingerprint before, seed after, the drawn documents that this person may see, and the results."""
    user = signed_in(request)
    seen = Recheck.objects.filter(evidence__in=Evidence.objects.visible_to(user)).select_related(
        "evidence__project", "evidence__filed_by", "evidence__row__batch", "checked_by"
    )
    draws = Draw.objects.select_related("committed_by").prefetch_related(Prefetch("rechecks", seen, to_attr="seen"))
    shown = [
        {
            "draw": draw,
            "agrees": draw.drawn_at is not None and rechecking.agrees(draw),
            "rows": [
                {
                    "item": one,
                    "kind": words.kind_name(one.evidence.kind),
                    "may_check": not one.result and not queries.why_not_verifier(user, one.evidence),
                }
                for one in draw.seen
            ],
            "population": len(draw.population),
        }
        for draw in draws[:SHOWN]
    ]
    context = {"draws": shown, "may_draw": may(user, "evidence.recheck.draw"), "accepted": queries.accepted().count()}
    return render(request, "evidence/rechecks.html", context)


@require_POST
def commit_seed(request: HttpRequest) -> HttpResponse:
    """Publish the fingerprint of a new seed."""
    text = request.POST.get("size", "")

    def act() -> str:
        size = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        draw = rechecking.commit_seed(actor=signed_in(request), size=size)
        return _("已公布种子指纹 %(hash)s，可以抽取了。") % {"hash": draw.seed_sha256[:16]}

    return _told(request, act)


@require_POST
def draw_sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw, and publish the seed."""
    draw = get_object_or_404(Draw, pk=pk)

    def act() -> str:
        done = rechecking.draw_sample(actor=signed_in(request), draw=draw)
        return _("已抽取 %(n)s 份，种子已公布。") % {"n": done.rechecks.count()}

    return _told(request, act)


@require_POST
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What looking again found."""
    user = signed_in(request)
    recheck = get_object_or_404(Recheck.objects.filter(evidence__in=Evidence.objects.visible_to(user)), pk=pk)

    def act() -> str:
        upheld, reason = request.POST.get("result") == "upheld", request.POST.get("reason", "")
        rechecking.record_recheck(actor=user, recheck=recheck, upheld=upheld, reason=reason)
        return _("抽查结论已记录。")

    return _told(request, act)


def _told(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    tell(request, act)
    return redirect("evidence:rechecks")
