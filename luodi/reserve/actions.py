"""Writes in the reserve: new ideas, words on packaging, readiness, the list of key projects, moves on the board, many at once."""

from collections.abc import Mapping, Sequence
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
from luodi.intake import likeness
from luodi.intake.likeness import Like
from luodi.projects import actions as projects
from luodi.projects import reporting
from luodi.projects.models import Project, StageEvent
from luodi.projects.opening import open_new, read_new
from luodi.projects.reporting import Claim
from luodi.reserve.models import Idea, KeyDecision, Readiness, Tick
from luodi.reserve.settings import reserve_settings

MOST = 200
"""Projects that one bulk edit may change: what a person can read in a preview."""


@transaction.atomic
def new_idea(*, actor: User, name: str, unit: str, proposer: str, given: Mapping[str, str], note: str = "") -> Project:
    """Enter an idea that no ledger holds. It stands at the stage 谋划 from today."""
    if not may(actor, "reserve.idea.create") or not scope_of(actor).covers(unit):
        raise PermissionDenied
    if not proposer.strip():
        raise ValidationError(_("请写明由谁提出（单位或人）。"))
    now, today = timezone.now(), timezone.localdate()
    texts = {**given, "idea_on": today.isoformat()}
    # Asked before it is written, or it would resemble itself.
    alike = [like.plain() for like in likes_of_idea(name=name, unit=unit, given=given, today=today)]
    project = open_new(name=name, unit=unit, given=texts, by=actor, now=now, today=today)
    said = {"proposer": proposer.strip()[:200], "note": note.strip()[:500]}
    Idea.objects.create(project=project, entered_by=actor, entered_at=now, **said)
    told: dict[str, Any] = {**said, "alike": alike} if alike else dict(said)
    record(actor, "reserve.idea.created", project, **told)
    return project


def likes_of_idea(*, name: str, unit: str, given: Mapping[str, str], today: date) -> Sequence[Like]:
    """Known projects that what was typed resembles. Raises `ValidationError` where it cannot be read."""
    _row, facts = read_new(name=name, unit=unit, given=given, today=today)
    return likeness.ask([facts])[0]


@transaction.atomic
def tick(*, actor: User, project: Project, item: str, verdict: str, note: str) -> Tick | None:
    """A person's word on one packaging item, with a note; a blank verdict takes the word back, and nothing is known again."""
    project = _locked(actor, project, "reserve.packaging.write")
    if item not in reserve_settings().item or verdict not in {"", *Tick.Verdict.values}:
        raise ValidationError(_("没有这个包装要件。"))
    if verdict and not note.strip():
        raise ValidationError(_("请写明依据，例如文号、日期或找谁核对。"))
    now = timezone.now()
    held = Tick.objects.filter(project=project, item=item, withdrawn_at=None)
    if not held.update(withdrawn_at=now) and not verdict:
        raise ValidationError(_("这一项没有人说过话，没有可以撤回的。"))
    said = None
    if verdict:
        word = {"item": item, "verdict": verdict, "note": note.strip()[:300]}
        said = Tick.objects.create(project=project, said_by=actor, recorded_at=now, **word)
    record(actor, "reserve.packaging.ticked", project, item=item, verdict=verdict, reason=note.strip()[:300])
    return said


@transaction.atomic
def state_readiness(*, actor: User, project: Project, ready_on: date | None, note: str) -> Readiness | None:
    """The day by which a person says everything will be there; None takes the word back and leaves the estimate."""
    project = _locked(actor, project, "reserve.packaging.write")
    if ready_on is not None and (ready_on < timezone.localdate() or not note.strip()):
        raise ValidationError(_("请写今天以后的日期，并写明依据。"))
    held = Readiness.objects.filter(project=project, withdrawn_at=None)
    if not held.update(withdrawn_at=timezone.now()) and ready_on is None:
        raise ValidationError(_("还没有人写过日期。"))
    said = None
    if ready_on is not None:
        said = Readiness.objects.create(project=project, ready_on=ready_on, note=note.strip()[:300], said_by=actor)
    day = ready_on.isoformat() if ready_on else ""
    record(actor, "reserve.readiness.stated", project, ready_on=day, reason=note.strip()[:300])
    return said


@transaction.atomic
def enter_key(*, actor: User, project: Project, reason: str) -> KeyDecision:
    """Put a project on the list of key projects, by name and with a reason."""
    project = _locked(actor, project, "reserve.key.decide")
    if not reason.strip():
        raise ValidationError(_("请写明列入的理由。"))
    if KeyDecision.objects.filter(project=project, ended_at=None).exists():
        raise ValidationError(_("该项目已在重点库。"))
    decision = KeyDecision.objects.create(project=project, reason=reason.strip()[:300], decided_by=actor)
    record(actor, "reserve.key.entered", project, reason=decision.reason)
    return decision


@transaction.atomic
def leave_key(*, actor: User, project: Project, reason: str) -> None:
    """Take a project off the list; the decision stays readable."""
    project = _locked(actor, project, "reserve.key.decide")
    if not reason.strip():
        raise ValidationError(_("请写明移出的理由。"))
    standing = KeyDecision.objects.filter(project=project, ended_at=None)
    ended = {"ended_by": actor, "ended_at": timezone.now(), "end_reason": reason.strip()[:300]}
    if not standing.update(**ended):
        raise ValidationError(_("该项目不在重点库。"))
    record(actor, "reserve.key.left", project, reason=ended["end_reason"])


@transaction.atomic
def move(*, actor: User, project: Project, stage: str, day: date, reason: str = "") -> None:
    """Move a card: forward reports the stage, so every rule of reporting holds; back withdraws what people reported beyond it."""
    board = reserve_settings().board
    if stage not in board:
        raise ValidationError(_("看板上没有这一列。"))
    rank = city().stage[stage].order
    if not _standing_rank(project) > rank:
        reporting.report_step(actor=actor, project=project, claim=Claim(stage, day, day, reason=reason))
        return
    beyond = [code for code, known in city().stage.items() if known.order > rank]
    live = StageEvent.objects.filter(project=project, kind=StageEvent.Kind.ACTUAL, withdrawn_at=None)
    for event in live.filter(stage__in=beyond).order_by("-id"):
        reporting.withdraw_step(actor=actor, event=event, reason=reason)
    if not live.filter(stage=stage).exists():
        reporting.report_step(actor=actor, project=project, claim=Claim(stage, day, day, reason=reason))


def _standing_rank(project: Project) -> int:
    return project.standing.reported if hasattr(project, "standing") else -1


@dataclass(frozen=True, slots=True)
class Bulk:
    """One change for many: `kind` is stage, chain or key; `value` a stage, a chain's name, or "in"/"out"."""

    kind: str
    value: str
    reason: str
    day: date


@transaction.atomic
def apply_bulk(*, actor: User, projects_: Sequence[Project], bulk: Bulk) -> int:
    """The same change to every project, each with its own entry, or to none: the first refusal undoes all, and says whose it was."""
    if not 0 < len(projects_) <= MOST:
        raise ValidationError(_("请选择 1 到 %(most)s 个项目。") % {"most": MOST})
    for project in projects_:
        try:
            _apply(actor, project, bulk)
        except ValidationError as error:
            said = "；".join(error.messages)
            raise ValidationError(f"{project.name}{_('：')}{said} {_('全部没有改。')}") from error
    return len(projects_)


def _apply(actor: User, project: Project, bulk: Bulk) -> None:
    if bulk.kind == "stage":
        move(actor=actor, project=project, stage=bulk.value, day=bulk.day, reason=bulk.reason)
    elif bulk.kind == "chain":
        projects.change(actor=actor, project=project, given={"chain": bulk.value}, reason=bulk.reason)
    elif bulk.kind == "key":
        decide = enter_key if bulk.value == "in" else leave_key
        decide(actor=actor, project=project, reason=bulk.reason)
    else:
        raise ValidationError(_("请选择要改什么。"))


def note_export(*, actor: User, query: str, rows: int) -> None:
    """Enter in the log who took the board away."""
    if not may(actor, "reserve.board.view"):
        raise PermissionDenied
    record(actor, "reserve.board.exported", query=query, rows=rows)


def _locked(actor: User, project: Project, permission: str) -> Project:
    if not may(actor, permission) or not scope_of(actor).covers(project.unit):
        raise PermissionDenied
    return Project.objects.current().select_for_update().get(pk=project.pk)
