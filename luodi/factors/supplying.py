"""Writes on the side of supply: pools, their tranches, preparation works. What was promised may not lose its cover unseen."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.factors import writing
from luodi.factors.locking import hold_pool
from luodi.factors.models import Mark, Pool, Posting, Supply, Work
from luodi.factors.statements import Tranche, WorkTerms

WRITE = "factors.supply.write"


@transaction.atomic
def open_pool(*, actor: User | None, factor: str, unit: str, label: str = "", demo: bool = False) -> Pool:
    """A place where a factor is kept count of. Raises `ValidationError` when there is one."""
    _allowed(actor)
    pool = writing.opened(actor, factor, unit, label, demo=demo)
    record(actor, "factors.pool.opened", pool, factor=factor, unit=unit)
    return pool


@transaction.atomic
def supply(*, actor: User | None, pool: Pool, tranche: Tranche) -> Supply:
    """Give a pool a tranche."""
    pool = _locked(actor, pool)
    said = writing.supplied(actor, pool, tranche)
    record(actor, "factors.supply.stated", pool, amount=said.amount, day=said.from_on.isoformat(), source=said.source)
    return said


@transaction.atomic
def withdraw_supply(*, actor: User | None, supply: Supply, reason: str) -> Supply:
    """Take a tranche back. Raises `ValidationError` when promises stand on it: they have to be moved or released first."""
    pool = _locked(actor, supply.pool)
    said = writing.withdrawn(actor, _standing(supply.pk), reason)
    record(actor, "factors.supply.withdrawn", pool, amount=said.amount, reason=said.withdrawal)
    return said


@transaction.atomic
def postpone_supply(*, actor: User | None, supply: Supply, from_on: date, reason: str) -> Supply:
    """The same tranche on another day, in one step."""
    pool = _locked(actor, supply.pool)
    said = _standing(supply.pk)
    again = writing.postponed(actor, said, from_on, reason)
    days = {"before": said.from_on.isoformat(), "day": from_on.isoformat()}
    record(actor, "factors.supply.postponed", pool, amount=said.amount, reason=said.withdrawal, **days)
    return again


@transaction.atomic
def propose_work(*, actor: User | None, pool: Pool, terms: WorkTerms) -> Work:
    """A work that could be done. The planner may use it; only a decision starts it."""
    pool = _locked(actor, pool)
    work = writing.proposed(actor, pool, terms)
    record(actor, "factors.work.proposed", pool, name=work.name, amount=work.adds, source=work.source)
    return work


@transaction.atomic
def decide_work(*, actor: User | None, work: Work, starts_on: date, reason: str) -> Work:
    """The work will be started on a day; its addition is expected when it is finished, and marked as not yet certain."""
    pool, work = _open_work(actor, work, Work.State.CONSIDERED, Work.State.DECIDED)
    writing.has_source(reason)
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
    writing.has_source(basis)
    _is_past(day)
    work.state, work.starts_on = Work.State.STARTED, day
    work.save(update_fields=["state", "starts_on"])
    record(actor, "factors.work.started", pool, name=work.name, day=day.isoformat(), reason=basis.strip()[:300])
    return work


@transaction.atomic
def finish_work(*, actor: User | None, work: Work, day: date, basis: str) -> Supply:
    """The work is done: what it adds becomes a tranche, confirmed by the document that is named."""
    pool, work = _open_work(actor, work, Work.State.STARTED)
    writing.has_source(basis)
    _is_past(day)
    work.state, work.finished_on = Work.State.FINISHED, day
    work.save(update_fields=["state", "finished_on"])
    given = {"amount": work.adds, "from_on": day, "mark": Mark.CONFIRMED, "source": basis.strip()[:300]}
    said = Supply.objects.create(pool=pool, work=work, said_by=actor, **given)
    writing.post(said, Posting.Kind.SUPPLIED, said.amount, actor)
    record(actor, "factors.work.finished", pool, name=work.name, amount=said.amount, day=day.isoformat())
    return said


@transaction.atomic
def cancel_work(*, actor: User | None, work: Work, reason: str) -> Work:
    """The work will not be done."""
    pool, work = _open_work(actor, work, Work.State.CONSIDERED, Work.State.DECIDED, Work.State.STARTED)
    writing.has_source(reason)
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


def _standing(pk: int) -> Supply:
    said = Supply.objects.select_for_update(of=("self",)).select_related("pool").get(pk=pk)
    if said.withdrawn_at is not None:
        raise ValidationError(_("这一条已经撤回。"))
    return said


def _open_work(actor: User | None, work: Work, *states: str) -> tuple[Pool, Work]:
    pool = _locked(actor, work.pool)
    found = Work.objects.select_for_update(of=("self",)).get(pk=work.pk)
    if found.withdrawn_at is not None or found.state not in states:
        raise ValidationError(_("工程现在是“%(state)s”，不能这样做。") % {"state": found.get_state_display()})
    return pool, found


def _is_past(day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError(_("还没有到的日期不能报“已发生”。"))
