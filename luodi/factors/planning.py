"""A plan from the record: asked for by a person, computed by a worker, kept as a proposal, adopted by somebody else."""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.factors.answering import Answer, Refusal, steps_of
from luodi.factors.asking import WhatIf
from luodi.factors.models import Plan, PlanLine, PlanStep, PlanWork
from luodi.factors.plans import KIND, documents_of, in_force, why_not_adopt
from luodi.factors.settings import factor_settings
from luodi.jobs.actions import enqueue

LONGEST = 3600


@transaction.atomic
def ask_plan(
    *,
    actor: User | None,
    name: str,
    as_of: date,
    seconds: int | None = None,
    change: Mapping[str, Any] | None = None,
    queue: bool = True,
) -> Plan:
    """Ask for a plan as of a day, perhaps with something supposed; the worker computes it, unless the caller does (`queue=False`).

    Raises `ValidationError`.
    """
    _may_ask(actor)
    seconds = int(factor_settings().grid["seconds"]) if seconds is None else seconds
    if not name.strip() or not 1 <= seconds <= LONGEST:
        raise ValidationError(_("请写排期的名称，计算时间 1 秒到 1 小时。"))
    try:
        WhatIf.of(change or {})
    except (TypeError, ValueError, AttributeError) as error:
        raise ValidationError(_("假设写得不对。")) from error
    plan = Plan.objects.create(
        name=name.strip()[:100],
        as_of=as_of,
        seconds=seconds,
        change=dict(change or {}),
        base=in_force(),
        asked_by=actor,
    )
    record(actor, "factors.plan.asked", plan, day=as_of.isoformat(), seconds=seconds, change=plan.change)
    if not queue:
        return plan
    job = enqueue(actor=actor, kind=KIND, plan=plan.pk, back=reverse("factors:plan", args=[plan.pk]))
    Plan.objects.filter(pk=plan.pk).update(job=job.pk)
    plan.job = job.pk
    return plan


@transaction.atomic
def fail(*, actor: User | None, plan: Plan, trouble: Refusal, entry: int | None) -> Plan:
    """No plan: the demands that conflict, named."""
    _may_ask(actor)
    plan.state, plan.entry = Plan.State.FAILED, entry
    plan.trouble, plan.trouble_en = trouble.words, trouble.english
    plan.save(update_fields=["state", "trouble", "trouble_en", "entry"])
    record(actor, "factors.plan.failed", plan, reason=trouble.words[:300])
    return plan


@transaction.atomic
def keep(*, actor: User | None, plan: Plan, found: Answer, entry: int | None) -> Plan:
    """The proposal with every line of it."""
    _may_ask(actor)
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.state != Plan.State.ASKED:
        raise ValidationError(_("这份排期已经有结果"))
    packed = gzip.compress(json.dumps(found.documents, ensure_ascii=False).encode(), mtime=0)
    plan.document, plan.document_sha256 = base64.b64encode(packed).decode(), hashlib.sha256(packed).hexdigest()
    plan.state, plan.proven, plan.entry = Plan.State.FOUND, found.proven, entry
    plan.waiting, plan.bound, plan.cost_fen, plan.took = found.waiting, found.bound, found.cost_fen, found.took
    plan.unfit = found.unfit
    plan.save()
    PlanLine.objects.bulk_create([PlanLine(plan=plan, **line) for line in found.lines])
    PlanWork.objects.bulk_create([PlanWork(plan=plan, **work) for work in found.works])
    told: dict[str, Any] = {"waiting": found.waiting, "bound": found.bound, "rows": len(found.lines)}
    record(actor, "factors.plan.found", plan, **told, sha256=plan.document_sha256)
    return plan


@transaction.atomic
def adopt(*, actor: User, plan: Plan, reason: str) -> Plan:
    """A named person other than who asked takes the plan: its days become targets. The one before is superseded, and stays readable."""
    if not may(actor, "factors.plan.adopt"):
        raise PermissionDenied
    list(Plan.objects.select_for_update().filter(state__in=(Plan.State.ADOPTED, Plan.State.FOUND)).order_by("pk"))
    plan = Plan.objects.select_related("asked_by").get(pk=plan.pk)
    if refusal := why_not_adopt(actor, plan):
        raise ValidationError(refusal)
    if not reason.strip():
        raise ValidationError(_("请写明采纳的理由，例如会议纪要。"))
    now = timezone.now()
    Plan.objects.filter(state=Plan.State.ADOPTED).update(state=Plan.State.SUPERSEDED, ended_at=now)
    plan.state, plan.adopted_by, plan.adopted_at, plan.adoption = Plan.State.ADOPTED, actor, now, reason.strip()[:500]
    plan.save(update_fields=["state", "adopted_by", "adopted_at", "adoption"])
    lines = dict(PlanLine.objects.filter(plan=plan).exclude(project=None).values_list("project_id", "pk"))
    days = steps_of(documents_of(plan))
    PlanStep.objects.bulk_create(
        [
            PlanStep(line_id=lines[project], **step)
            for project, steps in days.items()
            if project in lines
            for step in steps
        ],
        batch_size=2000,
    )
    moved = PlanLine.objects.filter(plan=plan).exclude(moved_days=None).exclude(moved_days=0).count()
    record(actor, "factors.plan.adopted", plan, reason=plan.adoption, rows=len(lines), moved=moved)
    return plan


def _may_ask(actor: User | None) -> None:
    if actor is not None and not may(actor, "factors.plan.ask"):
        raise PermissionDenied
