"""Questions that a project's own statements raise. A finding is a question, never a verdict: it says what does not fit, with its numbers.

Each rule is one small function; thresholds are the city's (`register.toml`) and passed in.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ASK, REVIEW = "warning", "review"
"""`warning`: does not fit, please explain. `review`: a person should look (需人工复核)."""
MU = Decimal("666.6666666666666667")
"""Square metres of one 亩: 1 公顷 = 15 亩."""
WAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """`id` names the rule, `words` say it whole, `numbers` are what it rests on."""

    id: str
    words: str
    severity: str = ASK
    numbers: dict[str, str] = field(default_factory=dict)


_SHARE = re.compile(
    r"已投[资]?(?:约|了)?\s*(?P<done>\d+(?:\.\d+)?)\s*多?亿元?[^;；]{0,12}?占(?:总额|总投资)(?:的)?\s*(?P<percent>\d+(?:\.\d+)?)\s*%"
)
_APPLIED = re.compile(r"(?P<year>(?:19|20)\d\d)年?[^;；,，\d]{0,16}(?:申报|上报)")


def share_told(text: str) -> tuple[int, Decimal] | None:
    """What a remark claims to have been done: 分 and percent of the total ("已投80多亿元（自称占总额50%以上）")."""
    match = _SHARE.search(text)
    if match is None:
        return None
    return int(Decimal(match["done"]) * 10_000 * WAN), Decimal(match["percent"])


def first_heard(text: str) -> date | None:
    """The end of the year in which a remark says that it was applied for ("2018向国家发改委申报"); None when it says none."""
    match = _APPLIED.search(text)
    return date(int(match["year"]), 12, 31) if match else None


def share_claim(*, done_fen: int, total_fen: int, claimed_percent: Decimal) -> Finding | None:
    """Case 5. "80 多亿，占 50% 以上" of 173 亿: 46.2 %. The claim needs at least claimed × total."""
    if total_fen <= 0 or done_fen * 100 >= claimed_percent * total_fen:
        return None
    actual = Decimal(done_fen) * 100 / total_fen
    needed = claimed_percent * total_fen / 100 / WAN
    return Finding(
        "share_claim",
        f"称完成 {_short(claimed_percent)}% 以上，按所述金额只有 {actual:.1f}%；要到这个比例至少需 {_short(needed)} 万元",
        numbers={"actual_percent": f"{actual:.1f}", "needed_wan": _short(needed)},
    )


def intensity(*, amount_fen: int, area_m2: Decimal) -> Decimal | None:
    """Investment per 亩 in 万元; None without an area."""
    return Decimal(amount_fen) / WAN / (area_m2 / MU) if area_m2 > 0 else None


def intensity_outlier(per_mu: Decimal | None, *, limit: int) -> Finding | None:
    """Case 13. 8368 万元/亩 is a wrong unit or area, or a wrong amount."""
    if per_mu is None or per_mu <= limit:
        return None
    words = f"投资强度 {per_mu:,.0f} 万元/亩，高于 {limit:,}；请核对面积和金额的单位"
    return Finding("intensity", words, REVIEW, {"per_mu": f"{per_mu:.1f}", "limit": str(limit)})


def thin_capital(*, capital_fen: int, amount_fen: int, minimum_percent: int) -> Finding | None:
    """Case 14. A company of 3000 万元 that builds for 158 亿元 has 0.19 %."""
    if amount_fen <= 0 or capital_fen * 100 >= minimum_percent * amount_fen:
        return None
    percent = Decimal(capital_fen) * 100 / amount_fen
    words = f"注册资本只占总投资的 {percent:.2f}%，低于 {minimum_percent}%"
    return Finding("thin_capital", words, REVIEW, {"percent": f"{percent:.2f}", "minimum": str(minimum_percent)})


def quick_signing(*, first_contact: date, signed: date, amount_fen: int, days: int, floor_wan: int) -> Finding | None:
    """Case 14. From contact to signing in 28 days, for 158 亿元."""
    took = (signed - first_contact).days
    if amount_fen < floor_wan * WAN or not 0 <= took < days:
        return None
    words = f"从接洽到签约只有 {took} 天，总投资 {_short(Decimal(amount_fen) / WAN)} 万元"
    return Finding("quick_signing", words, REVIEW, {"days": str(took)})


def frame_only(*, is_framework: bool, has_contract: bool, signed: bool) -> Finding | None:
    """Case 14. Counted as signed on a framework agreement alone."""
    if not signed or has_contract or not is_framework:
        return None
    return Finding("frame_only", "只有框架协议，没有具体项目的合同", REVIEW)


def lapsed(*, signed: date | None, started: bool, exited: bool, today: date, years: int) -> Finding | None:
    """Case 15. Signed (or first reported) years ago and not begun."""
    if signed is None or started or exited:
        return None
    passed = today.year - signed.year - ((today.month, today.day) < (signed.month, signed.day))
    if passed < years:
        return None
    words = f"{signed} 前签约、申报或见报，至今 {passed} 年没有开工"
    return Finding("lapsed", words, REVIEW, {"years": str(passed)})


def rate(numerator: int, denominator: int) -> tuple[Decimal | None, str]:
    """Case 17. A rate in percent as it is, and a note where it passes 100: it is never cut off. None: nothing to divide by."""
    if denominator <= 0:
        return None, "尚不可测：分母为零"
    value = Decimal(numerator) * 100 / denominator
    return value, "超过 100%：分子含计划以外的项目，或分母是计划数" if value > 100 else ""


def over_full(percent: Decimal, basis: str) -> Finding | None:
    """Case 17. Progress beyond 100 % is kept, and asked about."""
    if percent <= 100:
        return None
    said = f"（{basis}）" if basis else ""
    return Finding(
        "over_full", f"进度 {_short(percent)}%{said} 超过 100%，请说明分母", numbers={"percent": _short(percent)}
    )


def does_not_add_up(name: str, parts: Sequence[Decimal], stated: Decimal, unit: str) -> Finding | None:
    """Case 18. A control total that differs from its parts is shown with the difference, and mended by nobody."""
    total = sum(parts, Decimal(0))
    if total == stated:
        return None
    difference = stated - total
    words = f"{name}：各项合计 {_short(total)} {unit}，写明 {_short(stated)} {unit}，差 {_short(difference)} {unit}"
    numbers = {"sum": _short(total), "stated": _short(stated), "difference": _short(difference)}
    return Finding("total", words, numbers=numbers)


def kept(findings: Iterable[Finding | None]) -> list[Finding]:
    return [finding for finding in findings if finding is not None]


def _short(value: Decimal) -> str:
    """Without trailing zeros, thousands separated."""
    text = f"{value:,.4f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
