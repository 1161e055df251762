"""Units of money: their names, what a caption or a heading says, and exact printing."""

import re
from dataclasses import dataclass
from functools import lru_cache

from luodi.intake.engine.numerals import MAGNITUDE, magnitude
from luodi.intake.engine.widths import fold


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of money. `minor_per_unit`: how many minor units (分, cents; whole yen) it holds: 万元 -> 1_000_000."""

    code: str
    currency: str
    minor_per_unit: int


# Currency -> (its word in unit codes, minor units in one). Yen and won have no minor unit (ISO 4217).
CURRENCIES = {
    "CNY": ("元", 100),
    "USD": ("美元", 100),
    "EUR": ("欧元", 100),
    "GBP": ("英镑", 100),
    "HKD": ("港元", 100),
    "JPY": ("日元", 1),
    "KRW": ("韩元", 1),
}
_WORDS = {
    "CNY": "人民币元 元人民币 人民币 元 圆 rmb cny ¥",
    "USD": "美元 美金 usd us$ $",
    "EUR": "欧元 eur €",
    "GBP": "英镑 gbp £",
    "HKD": "港元 港币 hkd hk$",
    "JPY": "日元 日币 jpy 円",
    "KRW": "韩元 韩币 韩圆 krw ₩",
}
CURRENCY_OF = {word: currency for currency, words in _WORDS.items() for word in words.split()}


def alternatives(words: list[str]) -> str:
    """Regular expression for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


CURRENCY_WORD = alternatives(list(CURRENCY_OF))
_SCALES = ("", "十", "百", "千", "万", "十万", "百万", "千万", "亿", "十亿", "百亿", "千亿", "万亿")


def make_unit(scale: str, currency: str) -> Unit:
    """The unit of a magnitude word ("" for none) and a currency code: ("万", "USD") -> 万美元."""
    word, minor = CURRENCIES[currency]
    return Unit(scale + word, currency, magnitude(scale) * minor)


UNITS = {unit.code: unit for unit in (make_unit(scale, currency) for scale in _SCALES for currency in CURRENCIES)}

# A unit in a heading is bracketed, follows a mark or "单位", or ends the text; 5000万元 and 亿元以上 name none.
_SCALE = rf"(?P<scale>{MAGNITUDE})"
_ENDS = r"(?=$|[(),;、。:\"_/-]|\d{4}|填报|填表|制表|日期|截[止至])"
_PER = r"(?!/(?:亩|吨|平|公顷|人|户|千瓦|度|m|㎡|kw|t\b|台|套|件|桶))"
_NUMBER_BEFORE = r"(?<![\d.〇零一二三四五六七八九十百千万亿数几多余每])"
_MARKED = re.compile(
    rf"(?:^|[(:_/、,;]|单位)(?:人民币|折合|折)?(?:{_SCALE}(?P<word>{CURRENCY_WORD})?|(?P<plain>{CURRENCY_WORD}))"
    rf"(?:人民币)?{_ENDS}"
)
_TRAILING = re.compile(rf"{_NUMBER_BEFORE}{_SCALE}(?P<word>元|{CURRENCY_WORD})(?:人民币)?{_ENDS}{_PER}")
# 利用外资：美元 names a currency and no magnitude.
_FOREIGN_END = re.compile(r"(?P<word>美元|美金|英镑|欧元|港元|港币|日元|韩元|韩币)(?:$|\))")
_CURRENCY_ONLY = re.compile(r"币种")


@lru_cache(maxsize=4096)
def unit_in(text: str) -> Unit | None:
    """The unit of money that a caption or a heading names ("单位：万元、亩" -> 万元); None when it names none."""
    folded = fold(text)
    if not folded or _CURRENCY_ONLY.search(folded):
        return None
    for match in _MARKED.finditer(folded):
        if unit := _marked_unit(folded, match):
            return unit
    if trailing := _TRAILING.search(folded):
        return make_unit(trailing["scale"], CURRENCY_OF[trailing["word"]])
    foreign = _FOREIGN_END.search(folded)
    return make_unit("", CURRENCY_OF[foreign["word"]]) if foreign else None


def _marked_unit(folded: str, match: re.Match[str]) -> Unit | None:
    """The unit of a marked place; None for a rate (万元/亩 in a heading) or a currency without 元 (单位：人民币)."""
    is_caption = "单位:" in folded
    if not is_caption and re.match(_PER, folded[match.end() :]) is None:
        return None
    if match["scale"]:
        if not match["word"] and len(folded) == len(match[0]):
            return None  # a cell that says only 万 or 亿 is no caption
        return make_unit(match["scale"], CURRENCY_OF[match["word"] or "元"])
    if match["plain"] in {"人民币", "rmb", "cny"}:
        return None
    return make_unit("", CURRENCY_OF[match["plain"]])


def format_minor(minor: int, unit_code: str) -> str:
    """An amount in a unit, exact, with thousands separators, without trailing zeros: 23390500000000 -> 23,390,500 万元.

    Raises KeyError for a unit that does not exist.
    """
    per_unit = UNITS[unit_code].minor_per_unit
    whole, rest = divmod(abs(minor), per_unit)
    sign = "-" if minor < 0 else ""
    if not rest:
        return f"{sign}{whole:,}"
    decimals = str(rest).zfill(len(str(per_unit)) - 1).rstrip("0")
    return f"{sign}{whole:,}.{decimals}"
