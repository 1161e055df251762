"""Writes on contribution: which ends, what was promised, what was brought, and a second person's word on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.accounts.policy import scope_of
from luodi.audit.actions import record
from luodi.contribution.models import Delivery, EndStatement, Promise
from luodi.contribution.settings import contribution_settings
from luodi.evidence.models import Evidence
from luodi.projects.models import Project


@dataclass(frozen=True, slots=True)
class Said:
    """A number as typed: `value` in the measure's unit, or in `unit` where the measure has none."""

    measure: str
    value: str
    source: str
    unit: str = ""
    year: str = ""
    evidence: Evidence | None = None


@transaction.atomic
def state_ends(*, actor: User, project: Project, ends: Sequence[str], reason: str) -> list[str]:
    """Say which ends a project serves; what is not named any more is withdrawn. Raises `ValidationError` when nothing changes."""
    project = _locked(actor, project, "contribution.statement.write")
    wanted, known = set(ends), contribution_settings().end
    if not wanted <= known.keys() or not reason.strip():
        raise ValidationError(_("请选择目的并写明理由。"))
    live = EndStatement.objects.filter(project=project, withdrawn_at=None)
    held = set(live.values_list("end", flat=True))
    if wanted == held:
        raise ValidationError(_("没有要改的内容。"))
    live.filter(end__in=held - wanted).update(withdrawn_at=timezone.now())
    for end in sorted(wanted - held):
        EndStatement.objects.create(project=project, end=end, reason=reason.strip()[:300], said_by=actor)
    chosen = [end.code for end in contribution_settings().ends if end.code in wanted]
    record(actor, "contribution.ends.stated", project, ends=chosen, reason=reason.strip()[:300])
    return chosen


@transaction.atomic
def state_many(*, actor: User, wanted: Mapping[Project, Sequence[str]], reason: str) -> int:
    """Ends of many projects, each with its own entry, or of none: the first refusal undoes all, and says whose it was."""
    if not wanted:
        raise ValidationError(_("请先勾选。"))
    for project, ends in wanted.items():
        try:
            state_ends(actor=actor, project=project, ends=ends, reason=reason)
        except ValidationError as error:
            raise ValidationError(f"{project.name}{_('：')}{'；'.join(error.messages)} {_('全部没有改。')}") from error
    return len(wanted)


@transaction.atomic
def state_promise(*, actor: User, project: Project, said: Said) -> Promise:
    """What the project is to bring."""
    project = _locked(actor, project, "contribution.statement.write")
    promise = Promise.objects.create(project=project, said_by=actor, **_read(project, said))
    record(actor, "contribution.promise.stated", project, **_told(promise))
    return promise


@transaction.atomic
def state_delivery(*, actor: User, project: Project, said: Said) -> Delivery:
    """What it brought in a year that has begun. It is reported until a second person verifies it."""
    project = _locked(actor, project, "contribution.statement.write")
    read = _read(project, said)
    if read["year"] is None or read["year"] > timezone.localdate().year:
        raise ValidationError(_("请写是哪一年的数，不能在今年以后。"))
    delivery = Delivery.objects.create(project=project, said_by=actor, **read)
    record(actor, "contribution.delivery.stated", project, **_told(delivery))
    return delivery


def _read(project: Project, said: Said) -> dict[str, Any]:
    """The number as the record keeps it. A blank is refused: who does not know says nothing, who means zero writes 0."""
    measure = contribution_settings().measure.get(said.measure)
    if measure is None or not said.source.strip():
        raise ValidationError(_("请选择指标并写明出处。"))
    try:
        value = Decimal(said.value.strip().replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise ValidationError(_("数值看不懂，只写数字；是零就写 0，不知道就不要填。")) from error
    if not value.is_finite() or not 0 <= value < Decimal(10) ** 15:
        raise ValidationError(_("数值看不懂，只写数字；是零就写 0，不知道就不要填。"))
    unit = measure.unit or said.unit.strip()
    if not unit:
        raise ValidationError(_("请写单位，例如 万吨/年。"))
    year = said.year.strip()
    if year and not (year.isascii() and year.isdigit() and 1990 <= int(year) <= 2100):
        raise ValidationError(_("年份写成 2026。"))
    if said.evidence is not None and (said.evidence.project_id != project.pk or said.evidence.withdrawn_at):
        raise ValidationError(_("这份佐证不是本项目的。"))
    return {
        "measure": measure.code, "value": value.quantize(Decimal("0.0001")), "unit": unit[:40],
        "year": int(year) if year else None, "source": said.source.strip()[:300], "evidence": said.evidence,
    }  # fmt: skip


def _told(one: Promise | Delivery) -> dict[str, Any]:
    return {
        "measure": one.measure,
        "value": f"{one.value.normalize():f}",
        "unit_text": one.unit,
        "year": one.year,
        "source": one.source,
    }


@transaction.atomic
def verify_delivery(*, actor: User, delivery: Delivery, accept: bool, note: str) -> Delivery:
    """A second person's yes or no on what was brought. Never by who reported it; only once."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("project").get(pk=delivery.pk)
    _permit(actor, delivery.project, "contribution.delivery.verify")
    if delivery.said_by_id == actor.pk:
        raise PermissionDenied(_("核实人不能是填报人。"))
    if delivery.withdrawn_at is not None or delivery.verdict:
        raise ValidationError(_("这一条已经核实过或撤回了。"))
    if not note.strip():
        raise ValidationError(_("请写明核对了什么。"))
    delivery.verdict = Delivery.Verdict.ACCEPTED if accept else Delivery.Verdict.REJECTED
    delivery.verified_by, delivery.verified_at, delivery.verification = actor, timezone.now(), note.strip()[:300]
    delivery.save(update_fields=["verdict", "verified_by", "verified_at", "verification"])
    action = "contribution.delivery.accepted" if accept else "contribution.delivery.rejected"
    record(actor, action, delivery.project, **_told(delivery), reason=delivery.verification)
    return delivery


@transaction.atomic
def withdraw(*, actor: User, statement: Promise | Delivery, reason: str) -> None:
    """Take a promise or a delivery back; it stays readable, and what stood before it counts again."""
    model = type(statement)
    held = model.objects.select_for_update(of=("self",)).select_related("project").get(pk=statement.pk)
    _permit(actor, held.project, "contribution.statement.write")
    if held.withdrawn_at is not None:
        raise ValidationError(_("这一条已经撤回。"))
    if not reason.strip():
        raise ValidationError(_("请写明理由。"))
    held.withdrawn_at, held.withdrawn_by, held.withdrawal = timezone.now(), actor, reason.strip()[:300]
    held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal"])
    record(actor, "contribution.statement.withdrawn", held.project, **_told(held), reason=held.withdrawal)


def note_export(*, actor: User, query: str, rows: int) -> None:
    """Enter in the log who took the table away."""
    if not may(actor, "contribution.table.view"):
        raise PermissionDenied
    record(actor, "contribution.table.exported", query=query, rows=rows)


def _locked(actor: User, project: Project, permission: str) -> Project:
    _permit(actor, project, permission)
    return Project.objects.current().select_for_update().get(pk=project.pk)


def _permit(actor: User, project: Project, permission: str) -> None:
    if not may(actor, permission) or not scope_of(actor).covers(project.unit):
        raise PermissionDenied
