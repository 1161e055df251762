"""Panels of a project's page that are the register's: codes by name, places, progress, plans and slips, doubts, requests, conversions."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import Fields
from luodi.core import codelists
from luodi.core.installation import city
from luodi.intake import words
from luodi.intake.engine.units import CURRENCIES
from luodi.projects import particulars
from luodi.projects.engine import slips
from luodi.projects.engine.codes import ProjectCode
from luodi.projects.models import Amount, ChangeRequest, DoubtfulPair, ExchangeRate, Participation, Project, StageEvent

PREFETCHES = (
    "progress",
    "members__amounts",
    Prefetch("participations", Participation.objects.select_related("party")),
)
"""One query each. What few projects have is read only for those that can have it: see below."""


def context(project: Project, user: User, sees: Fields) -> dict[str, Any]:
    """Everything that these panels show to this person."""
    plans = _plans(project) if sees["started_on"] else []
    return {
        "codes": _codes(project) if sees["project_code"] else [],
        "industry": industry(project.industry_code) if sees["industry_code"] else "",
        "division_then": division_then(project) if sees["division"] else "",
        "places": _places(project) if sees["place"] else [],
        "nature": words.nature_name(project.nature) if sees["nature"] else "",
        "outside_fixed": project.nature in {n.code for n in city().natures if not n.fixed_assets} and sees["nature"],
        "progress": _progress(project) if sees["progress_percent"] else [],
        "late": [
            {"row": one, "name": words.stage_name(one.stage), "early": -one.days}
            for one in slips.lateness(plans, _happened(project), today=timezone.localdate())
        ],
        "moves": [
            {"at": move.said_at, "name": words.stage_name(move.stage), "before": move.before, "after": move.after}
            for move in slips.slips(plans)
        ],
        "doubts": _doubts(project) if may(user, "projects.pair.view") else [],
        "requests": requests(project, user, sees),
        "may_submit": may(user, "projects.project.submit") and project.submitted_at is None,
        "may_edit": may(user, "projects.project.edit"),
        "may_raise": may(user, "projects.pair.raise"),
        "today": timezone.localdate(),
    }


def _codes(project: Project) -> list[ProjectCode]:
    if "project_code" not in project.facts:
        return []
    return [particulars.read_code(held.code) for held in project.codes.filter(withdrawn_at=None)]


def _places(project: Project) -> list[Any]:
    several = particulars.places_in(str(project.facts.get("place", [""])[0]))
    return list(project.places.filter(withdrawn_at=None)) if several else []


def _doubts(project: Project) -> list[DoubtfulPair]:
    """Pairs in which the project is either of the two; `other` is the one that it is not."""
    mine = DoubtfulPair.objects.filter(Q(project=project) | Q(other=project), withdrawn_at=None)
    found = list(mine.select_related("project", "other", "decided_by").order_by("-id"))
    for pair in found:
        if pair.other_id == project.pk:
            pair.other = pair.project
    return found


def industry(code: str) -> str:
    """From section to class, by name; what the list does not have says so."""
    if not code:
        return ""
    path = codelists.industry_path(code)
    return " › ".join(entry.name for entry in path) if path else _("%(list)s 里没有") % {"list": codelists.INDUSTRIES}


def division_then(project: Project) -> str:
    """What the division was called when the project was first heard of, if that was another name."""
    days = [event.ends_on for event in project.events.all() if event.ends_on and event.withdrawn_at is None]
    if not days or not project.division:
        return ""
    then = codelists.divisions(city().folder).on(project.division, min(days))
    if then is None or then.code == project.division:
        return ""
    return _("%(day)s 时为%(name)s（%(code)s）") % {"day": min(days), "name": then.name, "code": then.code}


def _plans(project: Project) -> list[slips.PlannedDay]:
    return [
        slips.PlannedDay(event.stage, event.ends_on, event.recorded_at, event.withdrawn_at)
        for event in project.events.all()
        if event.kind == StageEvent.Kind.PLANNED and event.ends_on
    ]


def _happened(project: Project) -> dict[str, date]:
    found: dict[str, date] = {}
    for event in project.events.all():
        if event.kind == StageEvent.Kind.ACTUAL and event.ends_on and event.withdrawn_at is None:
            found[event.stage] = min(event.ends_on, found.get(event.stage, event.ends_on))
    return found


def _progress(project: Project) -> list[Any]:
    return sorted(
        (one for one in project.progress.all() if one.withdrawn_at is None),
        key=lambda one: (one.stated_on, one.pk),
        reverse=True,
    )


def requests(project: Project, user: User, sees: Fields) -> list[dict[str, Any]]:
    """Requests for change, the latest first, with old and new value as far as the reader may see them."""
    if project.submitted_at is None:
        return []
    found = project.change_requests.select_related("requested_by", "decided_by").order_by("-id")
    return [request_line(one, user, sees) for one in found]


def request_line(request: ChangeRequest, user: User, sees: Fields) -> dict[str, Any]:
    """One request in words."""
    seen = {name: pair for name, pair in request.changes.items() if sees[name]}
    return {
        "item": request,
        "state": request.get_state_display(),
        "badge": {"applied": "ok", "refused": "error", "withdrawn": "expired"}.get(request.state, "wait"),
        "changes": [
            {
                "name": words.field_name(name),
                "before": words.fact(name, before, user.money_unit) if before else _("未写明"),
                "after": words.fact(name, after, user.money_unit),
            }
            for name, (before, after) in seen.items()
        ],
        "hidden": len(request.changes) - len(seen),
        "waiting": request.state == ChangeRequest.State.PENDING,
        "may_review": may(user, "projects.change.review") and request.requested_by_id != user.pk,
        "may_withdraw": request.requested_by_id == user.pk,
    }


def conversions(items: Sequence[Amount], unit: str) -> dict[int, str]:
    """Foreign amounts in CNY beside the original, each with its rate, day and source; by id of the statement.

    The rate is the last one entered for a day not after the amount's own; without one nothing is converted.
    """
    foreign = [item for item in items if item.currency != "CNY"]
    if not foreign:
        return {}
    rates = list(ExchangeRate.objects.filter(currency__in={i.currency for i in foreign}, withdrawn_at=None))
    found = {}
    for item in foreign:
        day = item.stated_on or timezone.localdate(item.recorded_at)
        rate = next((r for r in rates if r.currency == item.currency and r.rated_on <= day), None)
        if rate is not None:
            fen = round(Decimal(item.minor) / CURRENCIES[item.currency][1] * rate.rate * 100)
            found[item.pk] = _("约 %(amount)s（%(day)s 汇率 %(rate)s，%(source)s）") % {
                "amount": words.amount(fen, "CNY", "exact", unit),
                "day": rate.rated_on,
                "rate": f"{rate.rate.normalize():f}",
                "source": rate.source,
            }
    return found
