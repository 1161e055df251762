"""One way to state something: the same again is nothing, another withdraws what stood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from luodi.accounts.models import User
from luodi.chains.models import Chain, ChainNode, ChainStatement
from luodi.chains.permissions import may_on

S = TypeVar("S", bound=ChainStatement)
NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass(frozen=True, slots=True)
class Said:
    """Who says it, of which year, why."""

    actor: User | None
    year: int
    reason: str
    at: datetime

    @classmethod
    def now(cls, actor: User | None, year: int | None = None, reason: str = "") -> "Said":
        moment = timezone.now()
        return cls(actor, year or timezone.localtime(moment).year, reason.strip()[:300], moment)


def put(model: type[S], key: Mapping[str, Any], values: Mapping[str, Any], said: Said) -> tuple[S, str]:
    """State it inside the caller's transaction. Returns the statement that stands, and whether it is new, changed or the same."""
    held = model._default_manager.filter(**key, withdrawn_at=None).first()
    if held is not None:
        if all(getattr(held, name) == value for name, value in values.items()):
            return cast(S, held), SAME
        _withdraw(held, said.at)
    by = {"said_by": said.actor, "year": said.year, "reason": said.reason, "recorded_at": said.at}
    made = model._default_manager.create(**key, **{**by, **values})
    return cast(S, made), NEW if held is None else CHANGED


def take_back(statement: ChainStatement, at: datetime) -> None:
    """Withdraw what stands. Raises `ValidationError` when it no longer does."""
    if statement.withdrawn_at is not None:
        raise ValidationError(_("这条记录已经撤回。"))
    _withdraw(statement, at)


def _withdraw(statement: ChainStatement, at: datetime) -> None:
    statement.withdrawn_at = at
    statement.save(update_fields=["withdrawn_at"])


def locked(chain: Chain, actor: User | None, permission: str) -> Chain:
    """The chain, held until the transaction ends, for whom may write on it. Raises `PermissionDenied`."""
    held = Chain.objects.select_for_update().get(pk=chain.pk)
    if not may_on(actor, permission, held):
        raise PermissionDenied
    return held


def needs_reason(text: str) -> str:
    """Raises `ValidationError` when a change says nothing of why."""
    if not text.strip():
        raise ValidationError(_("请写明理由。"))
    return text.strip()[:300]


def known_node(chain: Chain, code: str) -> ChainNode:
    """Raises `ValidationError` when the chain has no such node."""
    node = ChainNode.objects.filter(chain=chain, code=code, withdrawn_at=None).first()
    if node is None:
        raise ValidationError(_("产业链“%(chain)s”没有编号为“%(code)s”的环节。") % {"chain": chain.name, "code": code})
    return node
