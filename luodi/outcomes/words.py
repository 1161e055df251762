"""What the outcome page's codes are called, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luodi.intake import words
from luodi.outcomes.asking import NONE
from luodi.outcomes.engine.trail import EXCLUDED

STANDINGS = words.SIDES
BY = {
    "unit": gettext_lazy("填报单位"),
    "chain": gettext_lazy("产业类别"),
    "tier": gettext_lazy("层级"),
    "investor": gettext_lazy("投资方注册地"),
    "year": gettext_lazy("签约年份"),
}
WEIGHTS = {"count": gettext_lazy("按个数"), "amount": gettext_lazy("按金额")}
HISTORIES = {"watched": gettext_lazy("只算看见的"), "listed": gettext_lazy("照台账所列")}
INVESTORS = {"city": gettext_lazy("本市"), "province": gettext_lazy("省内其他市"), "elsewhere": gettext_lazy("省外")}
BLANK = "（空）"
"""The engine's label of a blank group."""


def group(by: str, code: str) -> str:
    """A group's name; those that do not say are told as such."""
    if code in ("", NONE, BLANK):
        return _("未写明")
    if by == "unit":
        return words.unit_name(code) or _("未写明")
    if by == "tier":
        return words.tier_name(code) or _("未写明")
    return str(INVESTORS.get(code, code)) if by == "investor" else code


def outcome(code: str) -> str:
    """A kind of end."""
    return _("认定虚假") if code == EXCLUDED else words.stage_name(code)


def cohort(code: str) -> str:
    """A batch: 2024 年第 3 季度, 2019 年."""
    year, _sep, quarter = code.partition("Q")
    if not quarter:
        return year
    return _("%(year)s 年 %(quarter)s 季度") % {"year": year, "quarter": quarter}


def percent(share: float | None) -> str:
    """A share as people read it; blank when nothing can be said."""
    if share is None:
        return ""
    return f"{share * 100:.1f}%" if 0 < share < 0.1 else f"{share * 100:.0f}%"  # noqa: PLR2004


def number(value: float) -> str:
    """A count, or a sum of shares."""
    return f"{value:,.0f}" if value >= 1000 or abs(value - round(value)) < 0.05 else f"{value:,.1f}"  # noqa: PLR2004
