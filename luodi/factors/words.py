"""What the book's codes are called, and amounts, in the reader's language."""

from datetime import date

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from luodi.core.installation import access, city
from luodi.factors.models import Demand, Pool
from luodi.factors.needing import ESTIMATED
from luodi.factors.settings import Factor, factor_settings
from luodi.intake.words import named

BASES = {
    ESTIMATED: gettext_lazy("估算"),
    Demand.Basis.STATED: gettext_lazy("单位填报"),
    Demand.Basis.CONTRACTED: gettext_lazy("合同"),
}
DELIVERED, IN_TIME, LATE, SERIOUS, HELD, OPEN, NOWHERE = (
    "delivered",
    "in_time",
    "late",
    "serious",
    "held",
    "open",
    "nowhere",
)
LIGHTS = {
    DELIVERED: (gettext_lazy("已到位"), "ok"),
    IN_TIME: (gettext_lazy("按时"), "proven"),
    LATE: (gettext_lazy("晚"), "warning"),
    SERIOUS: (gettext_lazy("严重晚"), "error"),
    HELD: (gettext_lazy("预留中"), "wait"),
    OPEN: (gettext_lazy("未落实"), "missing"),
    NOWHERE: (gettext_lazy("供给未录"), "unknown"),
}
"""Word and shape of each light; the shapes are those of badges."""
HOW = {
    "tranche": gettext_lazy("批次到位"),
    "work": gettext_lazy("准备工程建成"),
    "released": gettext_lazy("别的项目让出"),
    "promise": gettext_lazy("承诺的日期"),
}


def factor_name(code: str) -> str:
    factor = factor_settings().factor.get(code)
    return named(factor) if factor else code


def step_name(code: str) -> str:
    step = factor_settings().step.get(code)
    return named(step) if step else code


def unit_of(factor: Factor) -> str:
    return factor.unit_en if get_language() == "en" else factor.unit


def lead_of(factor: Factor) -> str:
    """How long it usually takes to get it."""
    return factor.lead_en if get_language() == "en" else factor.lead


def amount(factor: Factor, whole: int) -> str:
    """With its unit; trailing noughts say nothing."""
    return f"{number(factor, whole)} {unit_of(factor)}"


def number(factor: Factor, whole: int) -> str:
    shown = factor.shown(whole)
    text = f"{shown:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def pool_name(pool: Pool) -> str:
    parts = (factor_name(pool.factor), place_name(pool.unit), pool.label)
    return " · ".join(part for part in parts if part)


def place_name(unit: str) -> str:
    """A unit or a department, or the whole city."""
    if not unit:
        return _("全市")
    found = city().unit.get(unit) or access().departments.get(unit)
    return named(found) if found else unit


def days(count: int) -> str:
    return ngettext("%(n)s 天", "%(n)s 天", count) % {"n": f"{count:,}"}


def month(day: date) -> str:
    return f"{day:%Y-%m}"
