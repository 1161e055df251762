"""From posted forms to what the actions take. What cannot be read is told in words."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from luodi.evidence.forms import day, day_or_none
from luodi.factors.models import Demand, Mark, Pool
from luodi.factors.reserving import Claim
from luodi.factors.settings import Factor, factor_settings
from luodi.factors.statements import Need, Tranche, WorkTerms


def whole(factor: Factor, text: str) -> int:
    """An amount as it was typed, in whole smallest units."""
    try:
        value = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation as error:
        raise ValidationError(_("数量“%(text)s”不是数。") % {"text": text[:40]}) from error
    if not value.is_finite() or abs(value) >= Decimal(10) ** 12:
        raise ValidationError(_("数量“%(text)s”太大。") % {"text": text[:40]})
    return factor.whole(value)


def tranche_of(factor: Factor, post: Any) -> Tranche:
    mark = post.get("mark", "") if post.get("mark", "") in (Mark.CONFIRMED, Mark.PENDING) else Mark.PENDING
    return Tranche(
        whole(factor, post.get("amount", "")), day(post.get("from_on", "")), post.get("source", ""),
        day_or_none(post.get("until_on", "")), mark,
    )  # fmt: skip


def work_terms_of(factor: Factor, post: Any) -> WorkTerms:
    """`uses_pool` and `uses_amount` name one pool that the work itself needs."""
    cost, uses = post.get("cost", "").strip(), {}
    if post.get("uses_pool") and post.get("uses_amount", "").strip():
        pool = Pool.objects.current().filter(pk=id_of(post["uses_pool"])).first()
        if pool is None:
            raise ValidationError(_("没有这个指标池。"))
        uses[pool.pk] = whole(pool.kind_of, post["uses_amount"])
    days = number_of(post.get("days", ""))
    if days is None:
        raise ValidationError(_("请写工期（天）。"))
    return WorkTerms(
        post.get("name", ""), whole(factor, post.get("adds", "")), days, day(post.get("earliest_on", "")),
        post.get("source", ""), _fen(cost) if cost else None, uses,
    )  # fmt: skip


def _fen(text: str) -> int:
    """万元 as 分."""
    try:
        return int(Decimal(text.replace(",", "")) * 1_000_000)
    except InvalidOperation as error:
        raise ValidationError(_("费用“%(text)s”不是数。") % {"text": text[:40]}) from error


def need_of(post: Any) -> Need:
    factor = factor_settings().factor.get(post.get("factor", ""))
    if factor is None:
        raise ValidationError(_("请选择要素。"))
    return Need(
        factor.code, whole(factor, post.get("amount", "")), post.get("source", ""), post.get("step", ""),
        post.get("basis", "") or Demand.Basis.STATED, day_or_none(post.get("need_on", "")),
    )  # fmt: skip


def claim_of(pool: Pool, post: Any) -> Claim:
    return Claim(
        whole(pool.kind_of, post.get("amount", "")), day(post.get("from_on", "")), post.get("basis", ""),
        day_or_none(post.get("until_on", "")), post.get("step", ""),
    )  # fmt: skip


def number_of(text: str, digits: int = 6) -> int | None:
    """A whole number as a form sends it, of so many digits at most; None for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def id_of(text: str) -> int:
    """An id as a form sends it; 0, which nothing has, for anything else."""
    return number_of(text, digits=18) or 0
