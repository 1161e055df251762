"""What people state of parties. Each statement names its source; a wrong one is withdrawn, with a reason, and stays readable."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.accounts.permissions import may
from luodi.audit.actions import record
from luodi.organizations.engine.names import key
from luodi.organizations.models import Capital, Controller, Party, PartyAlias, PartyStatement, Shareholding

STATEMENTS: dict[str, type[PartyStatement]] = {
    "alias": PartyAlias,
    "share": Shareholding,
    "capital": Capital,
    "controller": Controller,
}


def _permit(actor: User, source: str) -> None:
    if not may(actor, "organizations.party.write"):
        raise PermissionDenied
    if not source.strip():
        raise ValidationError(_("请写明来源。"))


@transaction.atomic
def state_alias(
    *, actor: User, party: Party, name: str, kind: str, from_on: date | None, to_on: date | None, source: str
) -> PartyAlias:
    """Another name of a party. Raises `ValidationError` without a name, or when another party bears it: that is a merge, not an alias."""
    _permit(actor, source)
    name = name.strip()[:300]
    if not name or kind not in PartyAlias.Kind.values:
        raise ValidationError(_("请写明名称和类别。"))
    _in_order(from_on, to_on)
    if Party.objects.filter(key=key(name)).exclude(pk=party.pk).exists():
        raise ValidationError(_("已有同名的另一主体，请先核对是否同一企业。"))
    held = {"from_on": from_on, "to_on": to_on, "source": source.strip()[:300], "recorded_by": actor}
    alias = PartyAlias.objects.create(party=party, name=name, key=key(name), kind=kind, **held)
    record(actor, "organizations.alias.stated", party, name=name, kind=kind)
    return alias


@transaction.atomic
def state_share(
    *, actor: User, party: Party, holder: str, share: Decimal, from_on: date | None, to_on: date | None, source: str
) -> Shareholding:
    """A shareholding. The holder is found by name, or made. Raises `ValidationError` when the shares of a day pass 100 %."""
    _permit(actor, source)
    if not holder.strip() or not 0 < share <= 100:
        raise ValidationError(_("请写明股东和 0 到 100 之间的持股比例。"))
    _in_order(from_on, to_on)
    if _held(party, from_on) + share > 100:
        raise ValidationError(_("同一天的持股比例合计超过 100%%，请先撤回或写明截止日期。") % ())
    who, _made = Party.objects.get_or_create(key=key(holder), defaults={"name": holder.strip()[:300]})
    if who.pk == party.pk:
        raise ValidationError(_("主体不能是自己的股东。"))
    held = {"from_on": from_on, "to_on": to_on, "source": source.strip()[:300], "recorded_by": actor}
    stated = Shareholding.objects.create(party=party, holder=who, share=share, **held)
    record(actor, "organizations.share.stated", party, holder=who.name, share=str(share))
    return stated


def _held(party: Party, on: date | None) -> Decimal:
    """What is held on that day; without a day, by everyone whose share has no end."""
    live = party.shareholders.filter(withdrawn_at=None)
    shares = live.filter(to_on=None) if on is None else [one for one in live if one.to_on is None or one.to_on >= on]
    return sum((one.share for one in shares), Decimal(0))


@transaction.atomic
def state_capital(
    *, actor: User, party: Party, minor: int, currency: str, paid_minor: int | None, stated_on: date, source: str
) -> Capital:
    """Registered capital as of a day, in 分 or cents."""
    _permit(actor, source)
    if minor <= 0 or (paid_minor is not None and paid_minor < 0) or len(currency) != 3:
        raise ValidationError(_("请写明大于零的注册资本。"))
    held = {"stated_on": stated_on, "source": source.strip()[:300], "recorded_by": actor}
    stated = Capital.objects.create(party=party, minor=minor, currency=currency, paid_minor=paid_minor, **held)
    record(actor, "organizations.capital.stated", party, minor=minor, currency=currency, stated_on=str(stated_on))
    return stated


@transaction.atomic
def state_controller(*, actor: User, party: Party, name: str, basis: str, stated_on: date, source: str) -> Controller:
    """Who actually controls a company, as far as the source says."""
    _permit(actor, source)
    if not name.strip():
        raise ValidationError(_("请写明实际控制人。"))
    held = {"stated_on": stated_on, "source": source.strip()[:300], "recorded_by": actor}
    stated = Controller.objects.create(party=party, name=name.strip()[:200], basis=basis.strip()[:200], **held)
    record(actor, "organizations.controller.stated", party, name=stated.name)
    return stated


@transaction.atomic
def withdraw_statement(*, actor: User, kind: str, statement: Any, reason: str) -> None:
    """Take a statement back; it stays readable with who withdrew it in the log."""
    _permit(actor, reason or " ")
    if not reason.strip():
        raise ValidationError(_("请写明撤回的理由。"))
    if not STATEMENTS[kind].objects.filter(pk=statement.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        raise ValidationError(_("这条记录已经撤回。"))
    record(actor, "organizations.statement.withdrawn", statement.party, kind=kind, reason=reason.strip()[:300])


def _in_order(from_on: date | None, to_on: date | None) -> None:
    if from_on and to_on and to_on < from_on:
        raise ValidationError(_("截止日期早于起始日期。"))
