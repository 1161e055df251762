"""A gap becomes a target, a target somebody's task with a clock, and a project of the register its answer, by a named person's word."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.audit.actions import record
from luodi.chains import permissions
from luodi.chains.engine.gaps import KINDS, Gap
from luodi.chains.models import Chain, ChainCandidate, ChainTarget, ChainTask
from luodi.chains.writing import Said, known_node, locked, needs_reason, take_back
from luodi.core.codelists import industry_path
from luodi.core.installation import organization
from luodi.projects.models import Project

TARGET = permissions.TARGET


@transaction.atomic
def set_target(
    *,
    actor: User,
    chain: Chain,
    gap: Gap,
    what: str,
    quantity: Decimal | None,
    due_on: date,
    industries: tuple[str, ...] = (),
    regions: str = "",
    reason: str = "",
) -> ChainTarget:
    """Take a gap up: what is to come, how much, by when. It bears the mark of its node, so what is for show stays so."""
    chain = locked(chain, actor, TARGET)
    node = known_node(chain, gap.node)
    what = what.strip()[:200]
    if not what or gap.kind not in KINDS:
        raise ValidationError(_("请写明要引什么。"))
    if quantity is not None and not 0 < quantity < Decimal(10) ** 11:
        raise ValidationError(_("数量要大于零；不知道的留空。"))
    if due_on <= timezone.localdate():
        raise ValidationError(_("完成日期要在今天以后。"))
    if unknown := [code for code in industries if not industry_path(code)]:
        raise ValidationError(_("GB/T 4754-2017 没有行业代码“%(code)s”。") % {"code": unknown[0]})
    said = Said.now(actor, due_on.year, reason)
    target = ChainTarget.objects.create(
        chain=chain, node=gap.node, gap=gap.kind, what=what, quantity=quantity, unit=node.unit, due_on=due_on,
        industries=list(industries), regions=regions.strip()[:300], basis=_basis(gap), mark=node.mark,
        said_by=actor, year=said.year, reason=said.reason, recorded_at=said.at,
    )  # fmt: skip
    record(actor, "chains.target.set", chain, name=what, code=gap.node, kind=gap.kind, total=str(quantity or ""))
    return target


def _basis(gap: Gap) -> dict[str, Any]:
    """The gap's numbers as text: what the target was set for can be read later, whatever the map says by then."""
    plain = {name: str(value) if isinstance(value, Decimal) else value for name, value in gap.values.items()}
    # Who carries a node is told from the map, within each reader's scope, never from here.
    plain.pop("owner", None)
    return {"amount": None if gap.amount is None else str(gap.amount), **plain}


@transaction.atomic
def close_target(*, actor: User, target: ChainTarget, reason: str) -> None:
    """Reached, or given up; the reason says which."""
    locked(target.chain, actor, TARGET)
    target = _held(target)
    said = Said.now(actor, None, needs_reason(reason))
    take_back(target, said.at)
    record(actor, "chains.target.closed", target.chain, name=target.what, reason=said.reason)


@transaction.atomic
def assign_task(
    *, actor: User, target: ChainTarget, what: str, unit: str, due_on: date, person: User | None = None
) -> ChainTask:
    """Give a target to a unit or department, by a day, and there to a person."""
    locked(target.chain, actor, TARGET)
    target = _held(target)
    if not what.strip():
        raise ValidationError(_("请写明要做什么。"))
    if not organization(unit):
        raise ValidationError(_("请选择承办单位。"))
    if person is not None and person.unit != unit:
        raise ValidationError(_("承办人不在承办单位。"))
    if due_on < timezone.localdate():
        raise ValidationError(_("期限已经过去。"))
    task = ChainTask.objects.create(
        target=target, what=what.strip()[:300], unit=unit, person=person, due_on=due_on, assigned_by=actor
    )
    record(actor, "chains.task.assigned", target.chain, name=task.what, unit=unit, last=str(due_on))
    return task


@transaction.atomic
def finish_task(*, actor: User, task: ChainTask, result: str) -> None:
    """Say what came of it. By the unit whose task it is, or by who may assign it; the clock stops, late stays late."""
    task = ChainTask.objects.select_for_update(of=("self",)).select_related("target__chain").get(pk=task.pk)
    if not permissions.may_finish(actor, task):
        raise PermissionDenied
    if task.done_at is not None:
        raise ValidationError(_("这项任务已经办结。"))
    if not result.strip():
        raise ValidationError(_("请写明办理结果。"))
    task.done_by, task.done_at, task.result = actor, timezone.now(), result.strip()[:500]
    task.save(update_fields=["done_by", "done_at", "result"])
    record(actor, "chains.task.finished", task.target.chain, name=task.what, reason=task.result)


@transaction.atomic
def confirm_candidate(
    *, actor: User, target: ChainTarget, project: Project, capacity: Decimal | None, reason: str
) -> ChainCandidate:
    """A named person says that this project answers the target, with so much. Nothing is matched by itself."""
    locked(target.chain, actor, TARGET)
    target, why = _held(target), needs_reason(reason)
    if not Project.objects.current().visible_to(actor).filter(pk=project.pk).exists():
        raise PermissionDenied
    if capacity is not None and not 0 < capacity < Decimal(10) ** 11:
        raise ValidationError(_("数量要大于零；不知道的留空。"))
    if target.candidates.filter(project=project, withdrawn_at=None).exists():
        raise ValidationError(_("这个项目已经在候选之列。"))
    made = ChainCandidate.objects.create(
        target=target, project=project, capacity=capacity, reason=why, confirmed_by=actor
    )
    record(actor, "chains.candidate.confirmed", target.chain, name=target.what, project=project.pk, reason=why)
    return made


@transaction.atomic
def withdraw_candidate(*, actor: User, candidate: ChainCandidate, reason: str) -> None:
    """It does not answer the target after all."""
    locked(candidate.target.chain, actor, TARGET)
    why = needs_reason(reason)
    candidate = ChainCandidate.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
    if candidate.withdrawn_at is not None:
        raise ValidationError(_("这条记录已经撤回。"))
    candidate.withdrawn_at = timezone.now()
    candidate.save(update_fields=["withdrawn_at"])
    target = candidate.target
    record(
        actor, "chains.candidate.withdrawn", target.chain, name=target.what, project=candidate.project_id, reason=why
    )


def _held(target: ChainTarget) -> ChainTarget:
    """The target, locked. Raises `ValidationError` when it is closed."""
    held = ChainTarget.objects.select_for_update(of=("self",)).select_related("chain").get(pk=target.pk)
    if held.withdrawn_at is not None:
        raise ValidationError(_("这个目标已经结束。"))
    return held
