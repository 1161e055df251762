"""What ends and measures are called, and numbers as people read them."""

from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luodi.contribution.settings import Measure, contribution_settings
from luodi.intake.words import named, unit_name

GROUPS = {
    "unit": gettext_lazy("填报单位"),
    "chain": gettext_lazy("产业类别"),
    "end": gettext_lazy("目的"),
    "project": gettext_lazy("项目"),
}


def end_name(code: str) -> str:
    end = contribution_settings().end.get(code)
    return named(end) if end else _("还没有人认定")


def unit_of(measure: Measure) -> str:
    return measure.unit_en if get_language() == "en" else measure.unit


def number(value: Decimal) -> str:
    """Thousands separated, without trailing zeros."""
    return f"{value.normalize():,f}"


def group_name(by: str, code: str) -> str:
    """A row of the table."""
    if by == "end":
        return end_name(code)
    return (unit_name(code) if by == "unit" else code) or _("未写明")
