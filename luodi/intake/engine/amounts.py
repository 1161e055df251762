"""Amounts of money in single cells: 837亿元（2015年公文845亿元）, 超亿元, 120亿美元；一期26亿美元, 8370000, （未披露）.

`read_amount` never raises and never guesses a unit. A cell that states no amount gives neither an amount nor a problem.
"""

import math
import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

from luodi.intake.engine.quantities import Bound, Quantity, find_quantities
from luodi.intake.engine.units import CURRENCIES, UNITS, Unit, format_minor, unit_in
from luodi.intake.engine.widths import drop_zero_width, fold, halfwidth

__all__ = [
    "UNITS",
    "Amount",
    "AmountProblem",
    "AmountReading",
    "Bound",
    "Unit",
    "format_minor",
    "read_amount",
    "unit_in",
]


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in minor units of its currency (分, cents; whole yen and won)."""

    minor: int
    currency: str
    bound: Bound = Bound.EXACT


@dataclass(frozen=True, slots=True)
class AmountProblem:
    """Why a cell is not an amount. Codes: unit_missing, negative, percent, date, too_large, no_total, unreadable."""

    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class AmountReading:
    """What a cell says: its amount, further amounts with the words before them, the total of a group it belongs to."""

    main: Amount | None
    others: tuple[tuple[str, Amount], ...]
    group_total: Amount | None
    note: str
    problem: AmountProblem | None
    raw: str


_UNIT_MISSING = AmountProblem(
    "unit_missing", "金额没有单位，不知道是元、万元还是亿元", "在表头或表格上方写明“单位：万元”，或在单元格里写上单位"
)
_NEGATIVE = AmountProblem("negative", "金额是负数", "投资额不应为负；核减请另列说明，此处填核减后的金额")
_PERCENT = AmountProblem("percent", "这是百分比，不是金额", "核对是否填错列；此处填金额")
_DATE = AmountProblem("date", "这是日期，不是金额", "核对是否填错列，或单元格格式被设成了日期；改为数字后重填")
_TOO_LARGE = AmountProblem(
    "too_large", "金额超过10万亿元，很可能是单位写错或两个数字连在了一起", "核对单位（元、万元、亿元）和数字后重填"
)
_NO_TOTAL = AmountProblem(
    "no_total", "写了几笔金额，但没有写总额", "在前面补写总额，例如“总投资30亿元（一期10亿元、二期20亿元）”"
)
_UNREADABLE = AmountProblem("unreadable", "看不懂这个金额", "只填数字，或写成“3.5亿元”这样的形式；说明文字请移到备注")

_LARGEST_CNY = 10 * 10**12 * 100  # ten 万亿 yuan in 分: ten times the largest project ever published
# What a database integer holds.
_LARGEST_STORED = 2**63 - 1
_WIDE = Context(prec=60)


def read_amount(value: object, *, unit: Unit | None) -> AmountReading:
    """Read one cell. `unit` is the unit of its column and is used for bare numbers only; a unit in the cell wins."""
    if isinstance(value, str):
        return _read_text(value, unit)
    if value is None or isinstance(value, bool):
        return AmountReading(
            None, (), None, "", None if value is None else _UNREADABLE, "" if value is None else str(value)
        )
    if isinstance(value, int):
        return _read_number(value, unit, str(value))
    if isinstance(value, float):
        if math.isnan(value):
            return AmountReading(None, (), None, "", None, "")
        if math.isinf(value):
            return _failed(_UNREADABLE, str(value))
        return _read_number(int(value) if value.is_integer() else Decimal(repr(value)), unit, repr(value))
    if isinstance(value, Decimal) and value.is_finite():
        return _read_number(value, unit, str(value))
    return _failed(_DATE if isinstance(value, date) else _UNREADABLE, str(value))


def _failed(problem: AmountProblem, raw: str) -> AmountReading:
    return AmountReading(None, (), None, "", problem, raw)


def _read_number(number: int | Decimal, unit: Unit | None, raw: str) -> AmountReading:
    if number < 0:
        return _failed(_NEGATIVE, raw)
    if unit is None:
        return _failed(_UNIT_MISSING, raw)
    minor = number * unit.minor_per_unit if isinstance(number, int) else _to_minor(number, unit.minor_per_unit)
    return _checked(AmountReading(Amount(minor, unit.currency, Bound.EXACT), (), None, "", None, raw))


def _to_minor(number: Decimal, factor: int) -> int:
    """Exact product, half a minor unit rounded up."""
    return int(_WIDE.multiply(number, Decimal(factor)).to_integral_value(ROUND_HALF_UP))


def _checked(reading: AmountReading) -> AmountReading:
    """The reading with a warning when its amount is too large to be true (kept, unless it cannot even be stored)."""
    main = reading.main
    if main is None or main.minor <= _LARGEST_CNY:
        return reading
    if main.minor > _LARGEST_STORED:
        return replace(reading, main=None, problem=_TOO_LARGE)
    return replace(reading, problem=_TOO_LARGE) if main.currency == "CNY" else reading


# --- text -----------------------------------------------------------------------------------------------------------

_PLAIN = re.compile(r"\+?(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)?(?:\.\d+)?|\d+(?:\.\d+)?[eE]\+?\d{1,2}")
# Accountants write minus 500 as (500).
_NEGATIVE_TEXT = re.compile(
    r"(?:负\s*|-\s*)(?=[\d.])[\d,.]+\s*(?:[万亿千百]*\s*元?)|\(\s*-?[\d,.]*\d[\d,.]*\s*\)\s*(?:[万亿千百]*\s*元?)"
)
# Excel turns a number into a date when the format of the cell says so.
_DATE_TEXT = re.compile(
    r"(?:19[789]|20[0-6])\d\s*(?:年\s*(?:\d{1,2}\s*月.*|底|初|末|上半年|下半年)?"
    r"|[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?|-(?:19[789]|20[0-6])\d)(?:\s+[\d:.]+)?"
)
# Words without any number that say that the amount is not known.
_NOTHING = re.compile(r"[-/\\.*?？·]*|n/?a|null|none|.*(?:未|无|待|暂|不详|保密|面议|另行|详见|见附件).*", re.DOTALL)
_REMARK = re.compile(r"\([^()]*\)")
_GROUP = re.compile(r"个(?:子)?项目.*?(?:合计|共计|总计|共|累计)|同上合计|打包合计|[与和同含].+(?:合计|共计|总计)")
_TOTAL = re.compile(r"总投资|投资总额|总额|合计|共计|总计|协议投资|计划投资")
_PART = re.compile(r"其中|[一二三四五六七八九十\d]+期|子项|首期|[甲乙丙A-Z]区")
_JOIN = re.compile(r"\s*[-~至到]\s*")


@lru_cache(maxsize=32768)
def _read_text(raw: str, unit: Unit | None) -> AmountReading:
    text = drop_zero_width(raw).strip()
    half = halfwidth(text)
    if _PLAIN.fullmatch(half) and half:
        return _read_plain(half, unit, raw)
    if problem := _wrong_kind(half):
        return _failed(problem, raw)
    if len(text) > 500:  # a report that slipped into the column
        return _failed(_UNREADABLE, raw)
    half, found = find_quantities(text)
    if not found:
        return _nothing_found(text, half, raw)
    return _assemble(text, half, found, unit, raw)


def _read_plain(half: str, unit: Unit | None, raw: str) -> AmountReading:
    try:
        number = Decimal(half.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return _failed(_UNREADABLE, raw)
    return _read_number(number, unit, raw)


def _wrong_kind(half: str) -> AmountProblem | None:
    if _NEGATIVE_TEXT.fullmatch(half):
        return _NEGATIVE
    if re.fullmatch(r"[\d.,]+\s*[%‰]", half):
        return _PERCENT
    return _DATE if _DATE_TEXT.fullmatch(half) else None


def _nothing_found(text: str, half: str, raw: str) -> AmountReading:
    """No amount: a blank, a dash, 未披露 or a remark in brackets state none; anything else is not understood."""
    if _states_nothing(half) or re.fullmatch(r"\([^()]*\)", half):
        return AmountReading(None, (), None, text.strip("（）() "), None, raw)
    return _failed(_UNREADABLE, raw)


def _states_nothing(half: str) -> bool:
    return bool(_NOTHING.fullmatch(fold(half))) and not re.search(r"\d", half)


def _assemble(text: str, half: str, found: list[Quantity], unit: Unit | None, raw: str) -> AmountReading:
    """Sort the amounts of a cell into the main one, a group's total and the others."""
    group = next((one for one in found if _is_group_total(half, one)), None)
    rest = [one for one in found if one is not group]
    chosen = _choose_main(half, rest)
    if chosen is None and len(rest) > 1 and not rest[0].inside:
        others = tuple((one.label, amount) for one in rest if (amount := _amount(one, unit, rest)))
        return AmountReading(None, others, None, "", _NO_TOTAL, raw)
    main = _amount(chosen, unit, rest) if chosen else None
    if chosen and main is None:
        return _failed(_UNIT_MISSING, raw)
    fallback = _own_unit(chosen, unit) if chosen else None
    others = tuple(
        (one.label, amount) for one in rest if one is not chosen and (amount := _amount(one, fallback or unit, rest))
    )
    problem = None if main or group or _states_nothing(_REMARK.sub("", half)) else _UNREADABLE
    others, main, note = _range(half, chosen, rest, others, main, _notes(text, half, chosen, found))
    group_total = _amount(group, unit, found) if group else None
    return _checked(AmountReading(main, others, group_total, note, problem, raw))


# From factor and currency back to the unit.
_UNIT_OF = {(unit.minor_per_unit // CURRENCIES[unit.currency][1], unit.currency): unit for unit in UNITS.values()}


def _own_unit(quantity: Quantity, unit: Unit | None) -> Unit | None:
    """The unit that bare numbers beside an amount take: 600亿元（一期约220、二期约380）."""
    currency = quantity.currency or (unit.currency if unit else "CNY")
    return unit if quantity.bare else _UNIT_OF.get((quantity.scale or 1, currency))


def _is_group_total(half: str, quantity: Quantity) -> bool:
    start = max(half.rfind(mark, 0, quantity.start) for mark in ";(") + 1
    whole = half.startswith("(") and half.endswith(")") and quantity.inside
    lead = half[start : quantity.start]
    return bool(_GROUP.search(lead)) or (whole and "合计" in lead)


def _choose_main(half: str, rest: list[Quantity]) -> Quantity | None:
    outside = [one for one in rest if not one.inside]
    if not outside:
        return rest[0] if len(rest) == 1 and half.startswith("(") else None
    for one in outside:
        if _TOTAL.search(one.label) and not _PART.search(one.label):
            return one
    # The sum of phases is not stated, and adding them up would be our claim, not the ledger's.
    if len(outside) > 1 and all(_PART.search(one.label) for one in outside):
        return None
    summed = any(half[left.end : right.start].strip() == "+" for left, right in zip(outside, outside[1:], strict=False))
    return None if summed else outside[0]


def _amount(quantity: Quantity, unit: Unit | None, rest: list[Quantity]) -> Amount | None:
    """The amount in minor units; None when it is bare and nothing says in what unit."""
    if quantity.bare:
        unit = _unit_of_range(quantity, rest) or unit
        if unit is None:
            return None
        return Amount(_to_minor(quantity.number, unit.minor_per_unit), unit.currency, quantity.bound)
    currency = quantity.currency or (unit.currency if unit else "CNY")
    factor = (quantity.scale or 1) * CURRENCIES[currency][1]
    return Amount(_to_minor(quantity.number, factor), currency, quantity.bound)


def _unit_of_range(quantity: Quantity, rest: list[Quantity]) -> Unit | None:
    """In 3.5-5亿元 the first number has the unit of the second."""
    after = next((one for one in rest if one.start >= quantity.end), None)
    if after is None or after.start - quantity.end > 2 or after.inside != quantity.inside:
        return None
    return None if after.bare else _own_unit(after, None)


def _range(
    half: str,
    chosen: Quantity | None,
    rest: list[Quantity],
    others: tuple[tuple[str, Amount], ...],
    main: Amount | None,
    note: str,
) -> tuple[tuple[tuple[str, Amount], ...], Amount | None, str]:
    """3～5亿元: at least the lower end, and the upper end as a further amount."""
    after = next((one for one in rest if chosen and one.start >= chosen.end), None)
    if not (chosen and main and after and others and _JOIN.fullmatch(half[chosen.end : after.start])):
        return others, main, note
    upper = ("上限", replace(others[0][1], bound=Bound.AT_MOST))
    return (upper, *others[1:]), replace(main, bound=Bound.AT_LEAST), "；".join(filter(None, (note, "金额为区间")))


def _notes(text: str, half: str, chosen: Quantity | None, found: list[Quantity]) -> str:
    """The words of the cell that are not amounts: what the main amount is called, and remarks in brackets."""
    notes = [chosen.label] if chosen and chosen.label else []
    notes += [
        text[remark.start() + 1 : remark.end() - 1].strip()
        for remark in _REMARK.finditer(half)
        if not any(remark.start() < one.start < remark.end() for one in found)
    ]
    return "；".join(filter(None, notes))
