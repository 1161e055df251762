"""Writes on a project's steps by people: report one, pause, resume, leave, come back, withdraw. Odd orders are asked about, never blocked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.core.installation import city
from luodi.projects import gates
from luodi.projects.engine.lifecycle import EXITED, PAUSED, REENTERED, RESUMED, State, Violation
from luodi.projects.models import Project, StageEvent
from luodi.projects.steps import oddities, state_of

reported: list[Callable[[Sequence[int]], None]] = []
"""Parts above register what they do after a project's steps changed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A step as a person states it: `first` to `last` is the period, one day mostly; `reason` when the order is odd."""

    stage: str
    first: date
    last: date
    kind: str = StageEvent.Kind.ACTUAL
    precision: str = "day"
    basis: str = ""
    reason: str = ""


class NeedsReason(ValidationError):
    """The step is odd and nobody said why. `violations` tells what is odd."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(_("这一步与已有记录的先后不符，请写明理由后再报。"))
        self.violations = violations


@transaction.atomic
def report_step(*, actor: User | None, project: Project, claim: Claim) -> StageEvent:
    """Claim a stage for a project. Raises `NeedsReason` when its order is odd and unexplained; with a reason it is taken.

    Raises `gates.Refused` when the project may not move on.
    """
    project = _locked(actor, project, "projects.stage.report")
    _check(claim)
    if claim.kind == StageEvent.Kind.ACTUAL:
        gates.ask(gates.of_project(project, {claim.stage: claim.last}), actor)
    if claim.kind == StageEvent.Kind.ACTUAL and not claim.reason.strip():
        odd = [one for one in oddities(project, claim.stage, claim.first, claim.last) if one.asks_reason]
        if odd:
            raise NeedsReason(odd)
    event = StageEvent.objects.create(
        project=project,
        stage=claim.stage,
        kind=claim.kind,
        starts_on=claim.first,
        ends_on=claim.last,
        precision=claim.precision,
        basis=claim.basis.strip()[:300],
        reason=claim.reason.strip()[:500],
        filed_by=actor,
    )
    days = {"first": claim.first.isoformat(), "last": claim.last.isoformat()}
    return _followed(actor, "projects.stage.reported", event, stage=claim.stage, reason=event.reason, **days)


def _check(claim: Claim) -> None:
    if claim.stage not in city().stage:
        raise ValidationError(_("请选择阶段。"))
    if claim.first > claim.last:
        raise ValidationError(_("起止日期颠倒了。"))
    if claim.kind == StageEvent.Kind.ACTUAL and claim.first > timezone.localdate():
        raise ValidationError(_("还没有到的日期不能报“已发生”；请改报计划。"))


@transaction.atomic
def pause(*, actor: User | None, project: Project, ground: str, day: date, plan: str, review_on: date) -> StageEvent:
    """The project stands still: for a reason of the city's list, with a plan and a day of review. Again while paused: the review."""
    project = _locked(actor, project, "projects.stage.report")
    if ground not in {one.code for one in city().lifecycle.pauses} or not plan.strip():
        raise ValidationError(_("请选择停工的原因，并写明怎么恢复。"))
    latest = day.toordinal() + city().lifecycle.review_days
    if not day <= review_on or review_on.toordinal() > latest:
        raise ValidationError(_("复查日期须在停工之后 %(days)s 天以内。") % {"days": city().lifecycle.review_days})
    if state_of(project) is State.EXITED:
        raise ValidationError(_("项目已退出，不能停工。"))
    extra = {"ground": ground, "plan": plan.strip()[:500], "review_on": review_on}
    event = _turn(actor, project, PAUSED, day, **extra)
    return _followed(actor, "projects.state.paused", event, ground=ground, review_on=review_on.isoformat())


@transaction.atomic
def resume(*, actor: User | None, project: Project, day: date, reason: str) -> StageEvent:
    """A paused project goes on."""
    project = _locked(actor, project, "projects.stage.report")
    if state_of(project) is not State.PAUSED:
        raise ValidationError(_("项目没有停工。"))
    event = _turn(actor, project, RESUMED, day, reason=_said(reason))
    return _followed(actor, "projects.state.resumed", event, reason=event.reason)


@transaction.atomic
def leave(*, actor: User | None, project: Project, ground: str, day: date, reason: str) -> StageEvent:
    """The project leaves, on a ground of the city's list. It stays in the register, and may come back."""
    project = _locked(actor, project, "projects.stage.exit")
    if ground not in {one.code for one in city().lifecycle.exits}:
        raise ValidationError(_("请选择退出的情形。"))
    if state_of(project) is State.EXITED:
        raise ValidationError(_("项目已经退出。"))
    event = _turn(actor, project, EXITED, day, ground=ground, reason=_said(reason))
    return _followed(actor, "projects.state.exited", event, ground=ground, reason=event.reason)


@transaction.atomic
def reenter(*, actor: User | None, project: Project, day: date, reason: str) -> StageEvent:
    """A project that had left starts again; what it had reached stays on record."""
    project = _locked(actor, project, "projects.stage.exit")
    if state_of(project) is not State.EXITED:
        raise ValidationError(_("项目没有退出。"))
    gates.ask(gates.of_project(project, {REENTERED: day}), actor)
    event = _turn(actor, project, REENTERED, day, reason=_said(reason))
    return _followed(actor, "projects.state.reentered", event, reason=event.reason)


@transaction.atomic
def withdraw_step(*, actor: User | None, event: StageEvent, reason: str) -> StageEvent:
    """Take back a step that a person reported. A ledger's steps go back with their batch. It stays readable."""
    project = _locked(actor, event.project, "projects.stage.report")
    event = StageEvent.objects.select_for_update().get(pk=event.pk)
    if project.submitted_at is not None and event.recorded_at <= project.submitted_at:
        raise ValidationError(_("项目已报送，报送前的记录须申请变更。"))
    if event.row_id is not None:
        raise ValidationError(_("台账带来的记录，请用更正的台账或撤回批次来改。"))
    if event.withdrawn_at is not None:
        raise ValidationError(_("这一条已经撤回。"))
    event.withdrawal, event.withdrawn_by, event.withdrawn_at = _said(reason)[:300], actor, timezone.now()
    event.save(update_fields=["withdrawal", "withdrawn_by", "withdrawn_at"])
    return _followed(actor, "projects.stage.withdrawn", event, stage=event.stage, reason=event.withdrawal)


def _locked(actor: User | None, project: Project, permission: str) -> Project:
    """The console of the server may; people need the permission and the project in their scope."""
    if actor is not None and not (may(actor, permission) and scope_of(actor).covers(project.unit)):
        raise PermissionDenied
    return Project.objects.current().select_for_update().get(pk=project.pk)


def _said(reason: str) -> str:
    if not reason.strip():
        raise ValidationError(_("请写明理由。"))
    return reason.strip()[:500]


def _turn(actor: User | None, project: Project, stage: str, day: date, **extra: Any) -> StageEvent:
    if day > timezone.localdate():
        raise ValidationError(_("日期还没有到。"))
    claimed = {"kind": StageEvent.Kind.ACTUAL, "starts_on": day, "ends_on": day, "precision": "day"}
    return StageEvent.objects.create(project=project, stage=stage, filed_by=actor, **claimed, **extra)


def _followed(actor: User | None, action: str, event: StageEvent, **detail: Any) -> StageEvent:
    """Parts above follow first: the entry seals all that was written."""
    for follow in reported:
        follow([event.project_id])
    record(actor, action, event.project, event=event.pk, **detail)
    return event
