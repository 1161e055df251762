"""Writes on the side of supply: pools, their tranches, preparation works. What was promised may not lose its cover unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.core.installation import city
from luodi.factors.engine.balance import first_shortage
from luodi.factors.locking import LARGEST, hold_pool
from luodi.factors.models import Mark, Pool, Posting, Supply, Work, WorkUse
from luodi.factors.queries import balances
from luodi.factors.settings import factor_settings

WRITE = "factors.supply.write"


@dataclass(frozen=True, slots=True)
class Tranche:
    """A supply as a person states it; `amount` in whole smallest units."""

    amount: int
    from_on: date
    source: str
    until_on: date | None = None
    mark: str = Mark.PENDING


@dataclass(frozen=True, slots=True)
class WorkTerms:
    """A preparation work as a person states it; `uses`: {pool: whole smallest units}, `cost_fen` None = nobody knows."""

    name: str
    adds: int
    days: int
    earliest_on: date
    source: str
    cost_fen: int | None = None
    uses: Mapping[int, int] | None = None
    mark: str = Mark.PENDING


@transaction.atomic
def open_pool(*, actor: User | None, factor: str, unit: str, label: str = "", demo: bool = False) -> Pool:
    """A place where a factor is kept count of. Raises `ValidationError` when there is one."""
    _allowed(actor)
    if factor not in factor_settings().factor or (unit and unit not in city().unit):
        raise ValidationError(_("请选择要素和单位。"))
    label = label.strip()[:40]
    if Pool.objects.current().filter(factor=factor, unit=unit, label=label).exists():
        raise ValidationError(_("这个指标池已经有了。"))
    pool = Pool.objects.create(factor=factor, unit=unit, label=label, demo=demo, opened_by=actor)
    record(actor, "factors.pool.opened", pool, factor=factor, unit=unit)
    return pool


@transaction.atomic
def supply(*, actor: User | None, pool: Pool, tranche: Tranche) -> Supply:
    """Give a pool a tranche. What is lent may have a last day, what is used up has none."""
    pool = _locked(actor, pool)
    _is_amount(tranche.amount)
    _has_source(tranche.source)
    if tranche.until_on and (not pool.kind_of.lent or tranche.until_on < tranche.from_on):
        raise ValidationError(_("只有用完归还的要素才有截止日期，且不早于起始日期。"))
    said = Supply.objects.create(pool=pool, said_by=actor, **_values(tranche))
    _post(said, Posting.Kind.SUPPLIED, said.amount, actor)
    record(actor, "factors.supply.stated", pool, amount=said.amount, day=said.from_on.isoformat(), source=said.source)
    return said


def _values(tranche: Tranche) -> dict[str, object]:
    return {
        "amount": tranche.amount,
        "from_on": tranche.from_on,
        "until_on": tranche.until_on,
        "source": tranche.source.strip()[:300],
        "mark": tranche.mark,
    }


@transaction.atomic
def withdraw_supply(*, actor: User | None, supply: Supply, reason: str) -> Supply:
    """Take a tranche back. Raises `ValidationError` when promises stand on it: they have to be moved or released first."""
    pool = _locked(actor, supply.pool)
    said = _standing(Supply, supply.pk)
    _has_source(reason)
    said.withdrawn_at, said.withdrawal = timezone.now(), reason.strip()[:300]
    said.save(update_fields=["withdrawn_at", "withdrawal"])
    _still_covered(pool, said.from_on)
    _post(said, Posting.Kind.WITHDRAWN, -said.amount, actor)
    record(actor, "factors.supply.withdrawn", pool, amount=said.amount, reason=said.withdrawal)
    return said


@transaction.atomic
def postpone_supply(*, actor: User | None, supply: Supply, from_on: date, reason: str) -> Supply:
    """The same tranche on another day: the old word is withdrawn, the new one stated, in one step."""
    pool = _locked(actor, supply.pool)
    said = _standing(Supply, supply.pk)
    _has_source(reason)
    said.withdrawn_at, said.withdrawal = timezone.now(), reason.strip()[:300]
    said.save(update_fields=["withdrawn_at", "withdrawal"])
    values = {name: getattr(said, name) for name in ("amount", "until_on", "source", "mark", "work")}
    again = Supply.objects.create(pool=pool, from_on=from_on, said_by=actor, **values)
    _still_covered(pool, min(from_on, said.from_on))
    _post(said, Posting.Kind.WITHDRAWN, -said.amount, actor)
    _post(again, Posting.Kind.SUPPLIED, again.amount, actor)
    days = {"before": said.from_on.isoformat(), "day": from_on.isoformat()}
    record(actor, "factors.supply.postponed", pool, amount=said.amount, reason=reason.strip()[:300], **days)
    return again


def _still_covered(pool: Pool, since: date) -> None:
    short = first_shortage(balances([pool.pk], timezone.localdate())[pool.pk], since)
    if short is not None:
        lacks = pool.kind_of.shown(-short.left)
        raise ValidationError(
            _("%(day)s 起已经承诺出去的多于供给，差 %(lacks)s %(unit)s：请先调剂或释放。")
            % {"day": short.day, "lacks": f"{lacks:,f}", "unit": pool.kind_of.unit}
        )


@transaction.atomic
def propose_work(*, actor: User | None, pool: Pool, terms: WorkTerms) -> Work:
    """A work that could be done. The planner may use it; only a decision starts it."""
    pool = _locked(actor, pool)
    _is_amount(terms.adds)
    _has_source(terms.source)
    if not terms.name.strip() or not 0 < terms.days < 10_000 or (terms.cost_fen or 0) < 0:
        raise ValidationError(_("请写明工程名称、工期（天）和费用。"))
    if pool.kind_of.lent:
        raise ValidationError(_("准备工程只能给用掉的要素增加供给。"))
    values = {"adds": terms.adds, "days": terms.days, "earliest_on": terms.earliest_on, "cost_fen": terms.cost_fen}
    said = {"source": terms.source.strip()[:300], "mark": terms.mark, "said_by": actor}
    work = Work.objects.create(pool=pool, name=terms.name.strip()[:200], **values, **said)
    known = Pool.objects.current().in_bulk(list(terms.uses or {}))
    for used, amount in (terms.uses or {}).items():
        _is_amount(amount)
        if used not in known:
            raise ValidationError(_("没有这个指标池。"))
        WorkUse.objects.create(work=work, pool=known[used], amount=amount)
    record(actor, "factors.work.proposed", pool, name=work.name, amount=work.adds, source=work.source)
    return work


@transaction.atomic
def decide_work(*, actor: User | None, work: Work, starts_on: date, reason: str) -> Work:
    """The work will be started on a day; its addition is expected when it is finished, and marked as not yet certain."""
    pool, work = _open_work(actor, work, Work.State.CONSIDERED, Work.State.DECIDED)
    _has_source(reason)
    if starts_on < work.earliest_on:
        raise ValidationError(_("最早 %(day)s 才能动工。") % {"day": work.earliest_on})
    work.state, work.starts_on = Work.State.DECIDED, starts_on
    work.save(update_fields=["state", "starts_on"])
    record(actor, "factors.work.decided", pool, name=work.name, day=starts_on.isoformat(), reason=reason.strip()[:300])
    return work


@transaction.atomic
def start_work(*, actor: User | None, work: Work, day: date, basis: str) -> Work:
    """The work has begun."""
    pool, work = _open_work(actor, work, Work.State.CONSIDERED, Work.State.DECIDED)
    _has_source(basis)
    _is_past(day)
    work.state, work.starts_on = Work.State.STARTED, day
    work.save(update_fields=["state", "starts_on"])
    record(actor, "factors.work.started", pool, name=work.name, day=day.isoformat(), reason=basis.strip()[:300])
    return work


@transaction.atomic
def finish_work(*, actor: User | None, work: Work, day: date, basis: str) -> Supply:
    """The work is done: what it adds becomes a tranche, confirmed by the document that is named."""
    pool, work = _open_work(actor, work, Work.State.STARTED)
    _has_source(basis)
    _is_past(day)
    work.state, work.finished_on = Work.State.FINISHED, day
    work.save(update_fields=["state", "finished_on"])
    given = {"amount": work.adds, "from_on": day, "mark": Mark.CONFIRMED, "source": basis.strip()[:300]}
    said = Supply.objects.create(pool=pool, work=work, said_by=actor, **given)
    _post(said, Posting.Kind.SUPPLIED, said.amount, actor)
    record(actor, "factors.work.finished", pool, name=work.name, amount=said.amount, day=day.isoformat())
    return said


@transaction.atomic
def cancel_work(*, actor: User | None, work: Work, reason: str) -> Work:
    """The work will not be done."""
    pool, work = _open_work(actor, work, Work.State.CONSIDERED, Work.State.DECIDED, Work.State.STARTED)
    _has_source(reason)
    work.state, work.withdrawal = Work.State.CANCELLED, reason.strip()[:300]
    work.save(update_fields=["state", "withdrawal"])
    record(actor, "factors.work.cancelled", pool, name=work.name, reason=work.withdrawal)
    return work


def _locked(actor: User | None, pool: Pool) -> Pool:
    _allowed(actor)
    return hold_pool(actor, pool.pk)


def _allowed(actor: User | None) -> None:
    if actor is not None and not may(actor, WRITE):
        raise PermissionDenied


def _standing(model: type[Supply], pk: int) -> Supply:
    said = model.objects.select_for_update(of=("self",)).select_related("pool").get(pk=pk)
    if said.withdrawn_at is not None:
        raise ValidationError(_("这一条已经撤回。"))
    return said


def _open_work(actor: User | None, work: Work, *states: str) -> tuple[Pool, Work]:
    pool = _locked(actor, work.pool)
    found = Work.objects.select_for_update(of=("self",)).get(pk=work.pk)
    if found.withdrawn_at is not None or found.state not in states:
        raise ValidationError(_("工程现在是“%(state)s”，不能这样做。") % {"state": found.get_state_display()})
    return pool, found


def _is_amount(amount: int) -> None:
    if not 0 < amount < LARGEST:
        raise ValidationError(_("请写大于零的数量。"))


def _has_source(text: str) -> None:
    if not text.strip():
        raise ValidationError(_("请写明依据，例如文号、会议纪要或合同。"))


def _is_past(day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError(_("还没有到的日期不能报“已发生”。"))


def _post(said: Supply, kind: str, amount: int, actor: User | None) -> None:
    Posting.objects.create(
        pool=said.pool, kind=kind, amount=amount, day=said.from_on, supply=said, note=said.source, posted_by=actor
    )
