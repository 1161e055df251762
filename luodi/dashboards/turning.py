"""Pausing, resuming, leaving, coming back: one form on the project page, one address."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from luodi.accounts.models import User
from luodi.accounts.queries import signed_in
from luodi.core.installation import city
from luodi.core.telling import tell
from luodi.evidence import panels
from luodi.evidence.forms import day
from luodi.evidence.weighing import Pairs
from luodi.evidence.words import ground_name
from luodi.intake.words import named, period, stage_name
from luodi.projects import reporting
from luodi.projects.engine.lifecycle import TURNS, State
from luodi.projects.models import Project, StageEvent
from luodi.projects.steps import certain


@require_POST
def turn(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn a project's state, or withdraw a reported step; another unit's project is not found."""
    user = signed_in(request)
    project = get_object_or_404(Project.objects.current().visible_to(user), pk=pk)
    turn = _turns(user, project).get(request.POST.get("turn", ""))
    if turn is None:
        messages.error(request, _("没有这项操作。"))
    else:
        tell(request, lambda: turn(request.POST))
    return HttpResponseRedirect(reverse("project", args=[pk]) + "#steps")


def _turns(user: User, project: Project) -> dict[str, Callable[[Any], str]]:
    who: dict[str, Any] = {"actor": user, "project": project}

    def pause(post: Any) -> str:
        terms = {"ground": post.get("ground", ""), "plan": post.get("plan", "")}
        review = day(post.get("review_on", ""))
        reporting.pause(**who, **terms, day=day(post.get("day", "")), review_on=review)
        return _("已记为停工，%(day)s 前复查。") % {"day": review}

    def resume(post: Any) -> str:
        reporting.resume(**who, day=day(post.get("day", "")), reason=post.get("reason", ""))
        return _("已记为复工。")

    def leave(post: Any) -> str:
        terms = {"ground": post.get("ground", ""), "reason": post.get("reason", "")}
        reporting.leave(**who, **terms, day=day(post.get("day", "")))
        return _("已记为退出；项目和全部记录仍在库中。")

    def reenter(post: Any) -> str:
        reporting.reenter(**who, day=day(post.get("day", "")), reason=post.get("reason", ""))
        return _("已重新启动。")

    def withdraw(post: Any) -> str:
        number = post.get("event", "")
        pk = int(number) if number.isascii() and number.isdigit() else 0
        event = get_object_or_404(StageEvent, pk=pk, project=project)
        reporting.withdraw_step(actor=user, event=event, reason=post.get("reason", ""))
        return _("已撤回，仍可查看。")

    return {"pause": pause, "resume": resume, "leave": leave, "reenter": reenter, "withdraw": withdraw}


def context(project: Project, user: User, pairs: Pairs) -> dict[str, Any]:
    """The panel of steps: what is missing next, whether the project goes on, and what this person may do about it."""
    today = timezone.localdate()
    turned = _latest_turn(project)
    state = project.standing.state if hasattr(project, "standing") else State.ACTIVE
    return {
        "stage_lines": panels.stages_in_view(project, pairs),
        "state": state,
        "turned": turned if state != State.ACTIVE else None,
        "turn_words": _words(turned) if turned is not None and state != State.ACTIVE else [],
        "review_overdue": bool(turned and state == State.PAUSED and (turned.review_on or certain(turned)) < today),
        "pauses": [(one.code, named(one)) for one in city().lifecycle.pauses],
        "exits": [(one.code, named(one)) for one in city().lifecycle.exits],
        "today": today,
        "review_by": today + timedelta(days=city().lifecycle.review_days),
        **panels.rights(user, project),
    }


def _latest_turn(project: Project) -> StageEvent | None:
    turns = [event for event in project.events.all() if event.stage in TURNS and event.withdrawn_at is None]
    done = [event for event in turns if event.kind == StageEvent.Kind.ACTUAL]
    return max(done, key=lambda event: (certain(event), event.pk), default=None)


def _words(event: StageEvent) -> list[str]:
    """State, since when, why, and how it is to go on."""
    since = period(event.starts_on, event.ends_on, event.precision)
    said = [f"{stage_name(event.stage)} {since}"]
    if event.ground:
        said.append(ground_name(event.ground))
    if event.reason:
        said.append(event.reason)
    if event.plan:
        said.append(_("计划：%(plan)s") % {"plan": event.plan})
    if event.review_on:
        said.append(_("复查：%(day)s 前") % {"day": event.review_on})
    return said
