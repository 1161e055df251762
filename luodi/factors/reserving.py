"""Claims of projects on pools. Each holds its pool before it counts, so that no unit is promised twice, however many clerks press at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.factors import words
from luodi.factors.engine.balance import Level, Line, at, earliest, fits, least
from luodi.factors.locking import LARGEST, hold_pool
from luodi.factors.models import LIVE, Demand, Pool, Posting, Reservation
from luodi.factors.queries import balances
from luodi.factors.settings import factor_settings
from luodi.projects.engine.lifecycle import State
from luodi.projects.models import Project
from luodi.projects.steps import state_of
from luodi.projects.writing import Applied

HOLD, PROMISE = "factors.reservation.hold", "factors.reservation.promise"


@dataclass(frozen=True, slots=True)
class Claim:
    """So much of a pool for a step of a project, from a day on; what is lent until a day."""

    amount: int
    from_on: date
    basis: str
    until_on: date | None = None
    step: str = ""


class NotEnough(ValidationError):
    """The pool has not enough; the message says how much is left, and from when it would be enough."""


@transaction.atomic
def hold(*, actor: User | None, project: Project, pool: Pool, claim: Claim) -> Reservation:
    """Reserve for a while; unless it is promised within the city's term it stands no more. Raises `NotEnough`."""
    project = _project(actor, project, HOLD)
    pool = hold_pool(actor, pool.pk)
    today = timezone.localdate()
    expires = today + timedelta(days=factor_settings().grid["hold_days"])
    made = _claimed(actor, pool, project, claim, Reservation.State.HELD, expires_on=expires)
    record(actor, "factors.reservation.held", project, **_told(made), expires_on=expires.isoformat())
    return made


@transaction.atomic
def promise(*, actor: User | None, reservation: Reservation, from_on: date, basis: str) -> Reservation:
    """The office that gives the factor says yes, for a day. A hold that has run out cannot be promised; it is claimed anew."""
    found = _locked(actor, reservation, PROMISE)
    today = timezone.localdate()
    if found.state != Reservation.State.HELD or not basis.strip():
        raise ValidationError(_("只有在预留期内的才能承诺，并须写明依据。"))
    _stands(found, today)
    _moved_to(found, from_on, today)
    found.state, found.expires_on, found.basis = Reservation.State.PROMISED, None, basis.strip()[:300]
    found.save(update_fields=["state", "expires_on", "basis", "from_on", "until_on"])
    record(actor, "factors.reservation.promised", found.project, **_told(found))
    return found


def _moved_to(found: Reservation, from_on: date, today: date) -> None:
    """The claim on another day, if the pool allows it; the ledger follows."""
    if from_on == found.from_on:
        return
    length = None if found.until_on is None else found.until_on - found.from_on
    others = balances([found.pool_id], today, without=found.pk)[found.pool_id]
    line = Line(found.amount, from_on, None if length is None else from_on + length)
    if not fits(others, line):
        raise NotEnough(_short(found.pool, line, others))
    _post(found, Posting.Kind.FREED, found.amount, "", None)
    found.from_on, found.until_on = line.begin, line.end
    _post(found, Posting.Kind.CLAIMED, -found.amount, found.basis, None)


@transaction.atomic
def deliver(*, actor: User | None, reservation: Reservation, day: date, basis: str) -> Reservation:
    """What was promised is there: the plot handed over, the quota approved, the line energised."""
    found = _locked(actor, reservation, PROMISE)
    if found.state != Reservation.State.PROMISED or not basis.strip() or day > timezone.localdate():
        raise ValidationError(_("只有已承诺的才能登记到位；到位日期不能在今天以后，并须写明依据。"))
    found.state, found.delivered_on, found.basis = Reservation.State.DELIVERED, day, basis.strip()[:300]
    found.save(update_fields=["state", "delivered_on", "basis"])
    record(actor, "factors.reservation.delivered", found.project, **_told(found), delivered_on=day.isoformat())
    return found


@transaction.atomic
def release(*, actor: User | None, reservation: Reservation, reason: str) -> Reservation:
    """Give it back: others can have it from now on."""
    found = _locked(actor, reservation, HOLD)
    if found.state != Reservation.State.HELD and not _may_promise(actor):
        raise PermissionDenied
    _is_live(found)
    _has_reason(reason)
    _end(found, Reservation.State.RELEASED, reason, actor)
    record(actor, "factors.reservation.released", found.project, **_told(found), reason=found.ending)
    return found


@transaction.atomic
def transfer(*, actor: User | None, reservation: Reservation, to: Project, reason: str) -> Reservation:
    """From one project to another, in one step: between the two nobody else can take it. Its day and state stay."""
    found = _locked(actor, reservation, PROMISE)
    _is_live(found)
    _stands(found, timezone.localdate())
    _has_reason(reason)
    receiver = Project.objects.current().visible_to(actor).filter(pk=to.pk).first()
    if receiver is None or receiver.pk == found.project_id or state_of(receiver) is State.EXITED:
        raise ValidationError(_("请选择另一个没有退出的项目。"))
    if found.pool.unit and found.pool.unit != receiver.unit:
        raise ValidationError(_("%(pool)s 只能给本单位的项目。") % {"pool": words.pool_name(found.pool)})
    if found.state == Reservation.State.DELIVERED:
        raise ValidationError(_("已经到位的请先释放，再重新承诺。"))
    _end(found, Reservation.State.MOVED, reason, actor)
    kept = {
        name: getattr(found, name) for name in ("pool", "step", "amount", "from_on", "until_on", "expires_on", "basis")
    }
    state = Reservation.State.PROMISED if found.expires_on is None else Reservation.State.HELD
    made = Reservation.objects.create(project=receiver, origin=found, made_by=actor, state=state, **kept)
    _post(made, Posting.Kind.CLAIMED, -made.amount, reason, actor)
    record(actor, "factors.reservation.moved", found.project, **_told(made), to=receiver.name, reason=found.ending)
    return made


@transaction.atomic
def expire_holds(*, actor: User | None, today: date) -> int:
    """Write down which holds have run out. They count no more from their day on; this only closes the books."""
    if not _may_promise(actor):
        raise PermissionDenied
    late = Reservation.objects.filter(state=Reservation.State.HELD, expires_on__lt=today).order_by("pool_id", "pk")
    pools = sorted(set(late.values_list("pool_id", flat=True)))
    list(Pool.objects.select_for_update().filter(pk__in=pools).order_by("pk"))
    ended = list(late.select_related("pool", "project").select_for_update(of=("self",)))
    for one in ended:
        _end(one, Reservation.State.EXPIRED, _("预留到期"), None)
    if ended:
        record(actor, "factors.reservation.expired", None, rows=len(ended))
    return len(ended)


def follow(applied: Sequence[Applied], _now: datetime) -> None:
    """After rows of a ledger or a change were written: they may have said that a known project left."""
    release_of_gone([one.project_id for one in applied if not one.is_new])


def release_of_gone(projects: Sequence[int]) -> None:
    """What projects had reserved that left, or were taken back with their batch, goes back, sealed by the entry of what they follow."""
    live = Reservation.objects.filter(
        project__in=projects, state__in=(Reservation.State.HELD, Reservation.State.PROMISED)
    )
    gone = {one.pk for one in Project.objects.filter(pk__in=live.values("project")) if _is_gone(one)}
    if not gone:
        return
    list(Pool.objects.select_for_update().filter(pk__in=live.filter(project__in=gone).values("pool")).order_by("pk"))
    for one in live.filter(project__in=gone).select_for_update().order_by("pool_id", "pk"):
        _end(one, Reservation.State.RELEASED, _("项目已退出"), None)


def _is_gone(project: Project) -> bool:
    return project.withdrawn_at is not None or state_of(project) is State.EXITED


def _claimed(
    actor: User | None, pool: Pool, project: Project, claim: Claim, state: str, *, expires_on: date | None
) -> Reservation:
    today = timezone.localdate()
    if not 0 < claim.amount < LARGEST:
        raise ValidationError(_("请写大于零的数量。"))
    _has_reason(claim.basis)
    lent = pool.kind_of.lent
    if lent != (claim.until_on is not None) or (claim.until_on and claim.until_on < claim.from_on):
        raise ValidationError(_("用完归还的要素要写用到哪一天；用掉的要素不写。"))
    if pool.unit and pool.unit != project.unit:
        raise ValidationError(_("%(pool)s 只能给本单位的项目。") % {"pool": words.pool_name(pool)})
    if state_of(project) is State.EXITED:
        raise ValidationError(_("项目已退出，不能占用要素。"))
    found, line = balances([pool.pk], today)[pool.pk], Line(claim.amount, claim.from_on, claim.until_on)
    if not fits(found, line):
        raise NotEnough(_short(pool, line, found))
    step = _step(pool, project, claim.step)
    values = {"amount": claim.amount, "from_on": claim.from_on, "until_on": claim.until_on, "expires_on": expires_on}
    made = Reservation.objects.create(
        pool=pool, project=project, step=step, state=state, basis=claim.basis.strip()[:300], made_by=actor, **values
    )
    _post(made, Posting.Kind.CLAIMED, -made.amount, made.basis, actor)
    return made


def _step(pool: Pool, project: Project, asked: str) -> str:
    """The step that is asked for; else the one that the project said it needs the factor for; else the factor's usual one."""
    if asked and asked not in factor_settings().step:
        raise ValidationError(_("请选择要素和步骤。"))
    said = Demand.objects.filter(LIVE, project=project, factor=pool.factor).exclude(amount=0).order_by("pk").first()
    return asked or (said.step if said else pool.kind_of.step)


def _short(pool: Pool, line: Line, found: Sequence[Level]) -> str:
    factor = pool.kind_of
    there, now = least(found, line.begin, line.end), at(found, line.begin).left
    first = earliest(found, line)
    told = {
        "pool": words.pool_name(pool), "unit": words.unit_of(factor), "day": line.begin, "left": f"{factor.shown(max(0, now)):,f}",
        "free": f"{factor.shown(max(0, there)):,f}", "asked": f"{factor.shown(line.amount):,f}", "first": first or "",
    }  # fmt: skip
    said = _("%(pool)s 在 %(day)s 余 %(left)s %(unit)s，其中以后没有许给别人的 %(free)s，不够 %(asked)s。") % told
    later = _("最早 %(first)s 够用。") if first else _("现有供给下一直不够，须增加供给或准备工程。")
    return said + later % told


def _end(found: Reservation, state: str, reason: str, actor: User | None) -> None:
    found.state, found.ended_by, found.ended_at, found.ending = state, actor, timezone.now(), reason.strip()[:300]
    found.save(update_fields=["state", "ended_by", "ended_at", "ending"])
    _post(found, Posting.Kind.FREED, found.amount, found.ending, actor)


def _post(one: Reservation, kind: str, amount: int, note: str, actor: User | None) -> None:
    Posting.objects.create(
        pool_id=one.pool_id,
        kind=kind,
        amount=amount,
        day=one.from_on,
        reservation=one,
        note=note[:300],
        posted_by=actor,
    )


def _told(one: Reservation) -> dict[str, Any]:
    return {"pool": str(one.pool), "amount": one.amount, "day": one.from_on.isoformat(), "basis": one.basis}


def _project(actor: User | None, project: Project, permission: str) -> Project:
    if actor is not None and not (may(actor, permission) and _reaches(actor, project)):
        raise PermissionDenied
    return Project.objects.current().get(pk=project.pk)


def _reaches(actor: User, project: Project) -> bool:
    return Project.objects.current().visible_to(actor).filter(pk=project.pk).exists()


def _locked(actor: User | None, reservation: Reservation, permission: str) -> Reservation:
    """The claim with its pool held first: everybody takes them in this order."""
    project = reservation.project
    if actor is not None and not (may(actor, permission) and _reaches(actor, project)):
        raise PermissionDenied
    hold_pool(actor, reservation.pool_id)
    return Reservation.objects.select_for_update(of=("self",)).select_related("pool", "project").get(pk=reservation.pk)


def _may_promise(actor: User | None) -> bool:
    return actor is None or may(actor, PROMISE)


def _is_live(found: Reservation) -> None:
    if found.state not in Reservation.LIVE:
        raise ValidationError(_("这一笔现在是“%(state)s”。") % {"state": found.get_state_display()})


def _stands(found: Reservation, today: date) -> None:
    """A hold that has run out belongs to nobody, whether or not the books are closed."""
    if found.expires_on is not None and found.expires_on < today:
        raise ValidationError(_("预留已于 %(day)s 到期，请重新预留。") % {"day": found.expires_on})


def _has_reason(text: str) -> None:
    if not text.strip():
        raise ValidationError(_("请写明依据或理由。"))
