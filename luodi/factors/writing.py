"""What both single actions and a workbook write on the book: checked and written, permission and log entry are the caller's."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.core.installation import city
from luodi.factors.engine.balance import first_shortage
from luodi.factors.locking import LARGEST
from luodi.factors.models import LIVE, Demand, Pool, Posting, Supply, Work, WorkUse
from luodi.factors.queries import balances
from luodi.factors.settings import factor_settings
from luodi.factors.statements import Need, Tranche, WorkTerms
from luodi.projects.models import Project


def opened(actor: User | None, factor: str, unit: str, label: str, *, demo: bool = False) -> Pool:
    if factor not in factor_settings().factor or (unit and unit not in city().unit):
        raise ValidationError(_("请选择要素和单位。"))
    label = label.strip()[:40]
    if Pool.objects.current().filter(factor=factor, unit=unit, label=label).exists():
        raise ValidationError(_("这个指标池已经有了。"))
    return Pool.objects.create(factor=factor, unit=unit, label=label, demo=demo, opened_by=actor)


def supplied(actor: User | None, pool: Pool, tranche: Tranche) -> Supply:
    """What is lent may have a last day, what is used up has none."""
    is_amount(tranche.amount)
    has_source(tranche.source)
    if tranche.until_on and (not pool.kind_of.lent or tranche.until_on < tranche.from_on):
        raise ValidationError(_("只有用完归还的要素才有截止日期，且不早于起始日期。"))
    said = Supply.objects.create(
        pool=pool, amount=tranche.amount, from_on=tranche.from_on, until_on=tranche.until_on,
        source=tranche.source.strip()[:300], mark=tranche.mark, said_by=actor,
    )  # fmt: skip
    post(said, Posting.Kind.SUPPLIED, said.amount, actor)
    return said


def withdrawn(actor: User | None, said: Supply, reason: str) -> Supply:
    """Not what promises stand on."""
    _end(said, reason)
    still_covered(said.pool, said.from_on)
    post(said, Posting.Kind.WITHDRAWN, -said.amount, actor)
    return said


def postponed(actor: User | None, said: Supply, from_on: date, reason: str) -> Supply:
    """The old word is withdrawn, the new one stated."""
    _end(said, reason)
    values = {name: getattr(said, name) for name in ("pool", "amount", "until_on", "source", "mark", "work")}
    again = Supply.objects.create(from_on=from_on, said_by=actor, **values)
    still_covered(said.pool, min(from_on, said.from_on))
    post(said, Posting.Kind.WITHDRAWN, -said.amount, actor)
    post(again, Posting.Kind.SUPPLIED, again.amount, actor)
    return again


def _end(said: Supply, reason: str) -> None:
    has_source(reason)
    said.withdrawn_at, said.withdrawal = timezone.now(), reason.strip()[:300]
    said.save(update_fields=["withdrawn_at", "withdrawal"])


def still_covered(pool: Pool, since: date) -> None:
    short = first_shortage(balances([pool.pk], timezone.localdate())[pool.pk], since)
    if short is not None:
        lacks = pool.kind_of.shown(-short.left)
        raise ValidationError(
            _("%(day)s 起已经承诺出去的多于供给，差 %(lacks)s %(unit)s：请先调剂或释放。")
            % {"day": short.day, "lacks": f"{lacks:,f}", "unit": pool.kind_of.unit}
        )


def proposed(actor: User | None, pool: Pool, terms: WorkTerms) -> Work:
    is_amount(terms.adds)
    has_source(terms.source)
    if not terms.name.strip() or not 0 < terms.days < 10_000 or (terms.cost_fen or 0) < 0:
        raise ValidationError(_("请写明工程名称、工期（天）和费用。"))
    if pool.kind_of.lent:
        raise ValidationError(_("准备工程只能给用掉的要素增加供给。"))
    values = {"adds": terms.adds, "days": terms.days, "earliest_on": terms.earliest_on, "cost_fen": terms.cost_fen}
    said = {"source": terms.source.strip()[:300], "mark": terms.mark, "said_by": actor}
    work = Work.objects.create(pool=pool, name=terms.name.strip()[:200], **values, **said)
    known = Pool.objects.current().in_bulk(list(terms.uses or {}))
    for used, amount in (terms.uses or {}).items():
        is_amount(amount)
        if used not in known:
            raise ValidationError(_("没有这个指标池。"))
        WorkUse.objects.create(work=work, pool=known[used], amount=amount)
    return work


def needed(actor: User | None, project: Project, need: Need) -> Demand:
    """An earlier word on the same factor and step is withdrawn by it."""
    known = factor_settings()
    if need.factor not in known.factor or (need.step and need.step not in known.step):
        raise ValidationError(_("请选择要素和步骤。"))
    if not 0 <= need.amount < LARGEST or not need.source.strip():
        raise ValidationError(_("请写明数量（不需要写 0）和依据。"))
    if need.basis not in Demand.Basis.values:
        raise ValidationError(_("请选择是填报还是合同。"))
    step = need.step or known.factor[need.factor].step
    Demand.objects.filter(LIVE, project=project, factor=need.factor, step=step).update(withdrawn_at=timezone.now())
    values = {"amount": need.amount, "basis": need.basis, "need_on": need.need_on, "mark": need.mark}
    return Demand.objects.create(
        project=project, factor=need.factor, step=step, source=need.source.strip()[:300], said_by=actor, **values
    )


def post(said: Supply, kind: str, amount: int, actor: User | None) -> None:
    Posting.objects.create(
        pool=said.pool, kind=kind, amount=amount, day=said.from_on, supply=said, note=said.source, posted_by=actor
    )


def is_amount(amount: int) -> None:
    if not 0 < amount < LARGEST:
        raise ValidationError(_("请写大于零的数量。"))


def has_source(text: str) -> None:
    if not text.strip():
        raise ValidationError(_("请写明依据，例如文号、会议纪要或合同。"))
