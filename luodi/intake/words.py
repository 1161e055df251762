"""Names in the reader's language: stages, tiers, units, ledger fields, periods as they were said."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luodi.core.installation import city
from luodi.core.templatetags.money import money
from luodi.intake.engine.facts import AMOUNT_FIELDS, UNDATED, is_stage_field, stage_of
from luodi.intake.engine.units import CURRENCIES, format_minor

SIDES = {"reported": gettext_lazy("上报"), "proven": gettext_lazy("佐证"), "net": gettext_lazy("净")}
WATER = gettext_lazy("水分")
STATES = {"active": gettext_lazy("在推进"), "paused": gettext_lazy("停工"), "exited": gettext_lazy("退出")}
COUNTINGS = {"packaged": gettext_lazy("打包"), "unpacked": gettext_lazy("拆分")}
GAPS = {
    "folded": gettext_lazy("子项目（并入打包，不另计）"),
    "unproven": gettext_lazy("未佐证"),
    "excluded": gettext_lazy("认定不计或并入同一工程"),
}
UNITS = {
    "万元": gettext_lazy("万元"),
    "亿元": gettext_lazy("亿元"),
    "USD": gettext_lazy("万美元"),
    "EUR": gettext_lazy("万欧元"),
    "GBP": gettext_lazy("万英镑"),
    "HKD": gettext_lazy("万港元"),
    "JPY": gettext_lazy("万日元"),
    "KRW": gettext_lazy("万韩元"),
}
_BOUNDS = {"exact": "", "at_least": "≥ ", "at_most": "≤ ", "about": "≈ "}
FIELDS = {
    "serial": gettext_lazy("序号"),
    "number": gettext_lazy("编号"),
    "project_code": gettext_lazy("项目代码"),
    "name": gettext_lazy("项目名称"),
    "alias": gettext_lazy("别名"),
    "package": gettext_lazy("打包项目"),
    "stated_members": gettext_lazy("子项目个数"),
    "investor": gettext_lazy("投资主体"),
    "owner": gettext_lazy("建设单位"),
    "credit_code": gettext_lazy("统一社会信用代码"),
    "unit": gettext_lazy("填报单位"),
    "unit_text": gettext_lazy("填报单位（原文）"),
    "division": gettext_lazy("行政区划"),
    "place": gettext_lazy("地区"),
    "address": gettext_lazy("建设地址"),
    "chain": gettext_lazy("产业类别"),
    "industry_code": gettext_lazy("行业代码"),
    "kind": gettext_lazy("项目类型"),
    "nature": gettext_lazy("投资性质"),
    "content": gettext_lazy("建设内容"),
    "total_investment": gettext_lazy("总投资"),
    "amount_text": gettext_lazy("金额（原文）"),
    "plan_this_year": gettext_lazy("本年计划投资"),
    "done_this_year": gettext_lazy("本年完成投资"),
    "done_to_date": gettext_lazy("累计完成投资"),
    "paid_in": gettext_lazy("到位资金"),
    "land_area": gettext_lazy("用地面积"),
    "jobs": gettext_lazy("就业人数"),
    "output_value": gettext_lazy("年产值"),
    "tax": gettext_lazy("年税收"),
    "status": gettext_lazy("项目状态"),
    "progress": gettext_lazy("进展情况"),
    "progress_percent": gettext_lazy("形象进度"),
    "leader": gettext_lazy("包保领导"),
    "steward": gettext_lazy("项目管家"),
    "contact": gettext_lazy("联系人"),
    "phone": gettext_lazy("联系电话"),
    "source": gettext_lazy("来源"),
    "grade": gettext_lazy("来源等级"),
    "remark": gettext_lazy("备注"),
}


def named(thing: Any) -> str:
    """The name of a stage, tier or kind of evidence in the reader's language; in Chinese where the city has given no English one."""
    english = getattr(thing, "name_en", "") if get_language() == "en" else ""
    return english or str(thing.name)


def stage_name(code: str) -> str:
    """Stages of the city, and the four turns that stand outside its order."""
    outside = {"paused": _("停工"), "resumed": _("复工"), "exited": _("退出"), "reentered": _("重新启动")}
    stage = city().stage.get(code)
    return named(stage) if stage else outside.get(code, code)


def rank_name(rank: int | None) -> str:
    """Name of the stage of a stored rank; blank for nowhere."""
    return named(city().stages[rank]) if rank is not None and rank >= 0 else ""


def tier_name(code: str) -> str:
    tier = next((tier for tier in city().tiers if tier.code == code), None)
    return named(tier) if tier else ""


def nature_name(code: str) -> str:
    """A nature that nobody stated says so: it counts as fixed assets."""
    nature = city().register.nature.get(code)
    return named(nature) if nature else ""


def unit_name(code: str) -> str:
    unit = city().unit.get(code)
    return named(unit) if unit else ""


def field_name(field: str) -> str:
    """Name of a ledger field; the date of a stage is named after the stage."""
    if field in FIELDS:
        return str(FIELDS[field])
    if not is_stage_field(field):
        return field
    pattern = _("计划%(stage)s时间") if field.startswith("planned_") else _("%(stage)s时间")
    return pattern % {"stage": stage_name(stage_of(field))}


def period(starts_on: date | None, ends_on: date | None, precision: str) -> str:
    """A claimed period as precise as it was said: 2023上半年 stays half a year."""
    if starts_on is None or ends_on is None:
        return _("未写日期")
    whole = {
        "month": _("%(year)s年%(month)s月"),
        "quarter": _("%(year)s年%(quarter)s季度"),
        "half": _("%(year)s年上半年") if starts_on.month == 1 else _("%(year)s年下半年"),
        "year": _("%(year)s年"),
    }
    if precision in whole and starts_on.year == ends_on.year:
        quarter = (starts_on.month + 2) // 3
        return whole[precision] % {"year": starts_on.year, "month": starts_on.month, "quarter": quarter}
    if precision == "approx":
        if starts_on == ends_on:
            return _("不晚于 %(day)s") % {"day": ends_on}
        return _("约 %(start)s 至 %(end)s") % {"start": starts_on, "end": ends_on}
    if starts_on != ends_on:
        return _("%(start)s 至 %(end)s") % {"start": starts_on, "end": ends_on}
    return starts_on.isoformat()


def amount(minor: int, currency: str, bound: str, unit: str) -> str:
    """An amount in its own currency with its bound: "≥ 100,000 万元". `minor` in 分 or cents."""
    if currency == "CNY":
        return f"{_BOUNDS.get(bound, '')}{money(minor, unit)} {UNITS[unit]}"
    text = format_minor(minor, f"万{CURRENCIES[currency][0]}")
    return f"{_BOUNDS.get(bound, '')}{text} {UNITS[currency]}"


def fact(field: str, text: str, unit: str) -> str:
    """A canonical fact of a project for people. Raises nothing: what it does not know it shows as it is."""
    if field in AMOUNT_FIELDS and text.count(" ") == 2:
        currency, minor, bound = text.split(" ")
        return amount(int(minor), currency, bound, unit)
    if is_stage_field(field) and text:
        return _("；").join(_claim(claim, stage_of(field)) for claim in text.split("; "))
    if field == "unit":
        return unit_name(text) or text
    if field == "nature":
        return nature_name(text) or text
    if field == "division":
        return city().divisions.get(text, text)
    return text


def _claim(claim: str, column: str) -> str:
    """One claim of a fact: its days, and its stage where that is not the column's own."""
    kind, stage, days = claim.split(" ", 2)
    parts = [_("计划")] if kind == "planned" else []
    if stage != column:
        parts.append(stage_name(stage))
    parts.append(_("未写日期") if days == UNDATED else _days(*days.split("/")))
    return " ".join(parts)


def _days(first: str, last: str) -> str:
    """Whole years and months short: 2022-01-01/2022-12-31 is 2022."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if start == end:
        return first
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year:
        return f"{start.year}"
    next_day = end + timedelta(days=1)
    if start.day == 1 and (start.year, start.month) == (end.year, end.month) and next_day.day == 1:
        return f"{start:%Y-%m}"
    return _("%(start)s 至 %(end)s") % {"start": first, "end": last}
