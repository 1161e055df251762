"""What the outcome page's codes are called, in the reader's language."""

import re

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
REMARKS = (
    (
        r"尚不可测：(?P<total>\d+) 个进入都不满 (?P<at>\d+) 天",
        gettext_lazy("尚不可测：%(total)s 个进入都不满 %(at)s 天"),
    ),
    (
        r"尚不可测：(?P<total>\d+) 个中 (?P<young>\d+) 个进入不满 (?P<at>\d+) 天，其余都已不在观测",
        gettext_lazy("尚不可测：%(total)s 个中 %(young)s 个进入不满 %(at)s 天，其余都已不在观测"),
    ),
    (r"已校正录入时滞，最近 (?P<n>\d+) 天不用", gettext_lazy("已校正录入时滞，最近 %(n)s 天不用")),
    (
        r"按录入完整度 (?P<share>[\d.]+%)（另一来源已知 (?P<n>\d+) 个）校正",
        gettext_lazy("按录入完整度 %(share)s（另一来源已知 %(n)s 个）校正"),
    ),
    (r"方差按 (?P<n>\d+) 个组成组抽样", gettext_lazy("方差按 %(n)s 个组成组抽样")),
    (
        r"各年快慢不一（标准差 (?P<share>\d+%)），区间说的是下一批",
        gettext_lazy("各年快慢不一（标准差 %(share)s），区间说的是下一批"),
    ),
    (
        r"各年快慢不一（标准差 (?P<share>\d+%)），区间已放宽",
        gettext_lazy("各年快慢不一（标准差 %(share)s），区间已放宽"),
    ),
    (r"向总体靠拢", gettext_lazy("向总体靠拢")),
)
"""What the engine remarks on a figure, as it writes it and as a reader is told."""


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


def remark(note: str) -> str:
    """An engine's remarks in the reader's language; what is not known stays as it is written."""
    return _("；").join(_told(part) for part in note.split("；") if part)


def _told(part: str) -> str:
    for pattern, words_of in REMARKS:
        found = re.fullmatch(pattern, part)
        if found:
            return str(words_of) % found.groupdict()
    return part


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
