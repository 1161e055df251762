"""Finding amounts of money in running text: number, magnitude, currency, bound and the words before it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from enum import StrEnum

from luodi.intake.engine.numerals import MAGNITUDE, NUMERAL, chinese_integer, magnitude, plain_numerals
from luodi.intake.engine.units import CURRENCY_OF, CURRENCY_WORD
from luodi.intake.engine.widths import halfwidth


class Bound(StrEnum):
    """What the words around a number make of it: 10亿元, 10亿元以上, 不超过10亿元, 约10亿元."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount found in text at start:end. `scale` and `currency` are None when the text does not name them."""

    start: int
    end: int
    number: Decimal
    scale: int | None
    currency: str | None
    bound: Bound
    inside: bool
    label: str

    @property
    def bare(self) -> bool:
        return self.scale is None and self.currency is None


_WIDE = Context(prec=60)  # no rounding for any number that a cell can reasonably hold
# Thousands separators only where they belong: 1,23,4 is damaged.
_ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_PREFIXES = (
    (Bound.AT_MOST, "不超过|不多于|不高于|不大于|至多|最多|最高|小于|低于|少于|≤|<=|≦|<"),
    (Bound.AT_LEAST, "不少于|不低于|不小于|至少|最低|最少|超过|超出|突破|大于|高于|多于|超|逾|≥|>=|≧|>"),
    (Bound.ABOUT, "大约|约为|约合|约计|大概|估算|预估|将近|接近|约|近|≈|~"),
    (Bound.AT_LEAST, "好几|数|几|上"),  # 数亿元 is at least one 亿
)
_SUFFIXES = (
    (Bound.AT_LEAST, "以上|及以上|起"),
    (Bound.AT_MOST, "以内|以下|之内|及以下"),
    (Bound.ABOUT, "左右|上下|不等"),
)
_PREFIX_BOUND = {word: bound for bound, words in _PREFIXES for word in words.split("|")}
_SUFFIX_BOUND = {word: bound for bound, words in _SUFFIXES for word in words.split("|")}
# A tilde between two numbers joins a range.
_PREFIX = "|".join(sorted(_PREFIX_BOUND, key=len, reverse=True)).replace("~", r"(?<![\d万亿元])~")
_SUFFIX = "|".join(sorted(_SUFFIX_BOUND, key=len, reverse=True))

_QUANTITY = re.compile(
    rf"(?P<prefix>{_PREFIX})?\s*"
    rf"(?P<symbol>(?<![a-z])(?:人民币|{CURRENCY_WORD})\s*)?"
    rf"(?P<prefix2>{_PREFIX})?"
    rf"(?:(?(symbol)|(?<![a-z\d.,_]))(?P<arabic>{_ARABIC})|(?P<chinese>[{NUMERAL}]+))"
    rf"(?P<more>[多余来几])?\s*(?P<scale>{MAGNITUDE})?"
    rf"(?P<tail>(?:零?{_ARABIC}\s*{MAGNITUDE})+)?"
    rf"(?P<more2>[多余])?\s*(?P<word>{CURRENCY_WORD})?整?(?P<more3>[多余])?"
    rf"(?P<suffix>(?:人民币)?(?:{_SUFFIX})|\+(?!\s*\d))?",
    re.IGNORECASE,
)
# A magnitude without 元 is money only where the word ends: 5000万, but not 80万吨 or 40万千瓦.
_MAY_FOLLOW_SCALE = re.compile(r"$|[\s()\[\],;、。:/~+\"“”'-]|人民币|其中|投资|建设|一期|二期")
_MAY_FOLLOW_BARE = re.compile(r"\s*(?:$|[()\],;、。/~+”\"-])")
_RATE = re.compile(r"\s*/\s*(?:亩|吨|平|㎡|m|人|户|公顷|千瓦|度|桶|t\b|kw|台|套|件)", re.IGNORECASE)
_BOUNDARY = re.compile(r"[;,、。()/\n+|]")
_LABEL_NOISE = " \t\u3000:：“”\"'「」‘’-~"


def find_quantities(text: str) -> tuple[str, list[Quantity]]:
    """The half-width twin of a text (same length) and the amounts in it, in order."""
    half = plain_numerals(halfwidth(text))
    found: list[Quantity] = []
    for match in _matches(half):
        quantity = _quantity(half, match)
        if quantity is None:
            continue
        label = _label(text, half, quantity, found[-1] if found else None)
        found.append(replace(quantity, label=label))
    return half, found


def _matches(half: str) -> Iterator[re.Match[str]]:
    position = 0
    while match := _QUANTITY.search(half, position):
        yield match
        position = max(match.end(), position + 1)


def _quantity(half: str, match: re.Match[str]) -> Quantity | None:
    number = _number(match)
    if number is None or half[match.end() : match.end() + 1] in {"%", "‰"}:
        return None
    number, scale = _scaled(number, match)
    word = (match["symbol"] or match["word"] or "").strip().lower()
    currency = CURRENCY_OF.get(word)
    if not _ends_well(half, match, named=bool(word), scaled=match["scale"] is not None or match["chinese"] is not None):
        return None
    if match["tail"]:
        if not _descends(match):
            return None
        number = _with_tail(number, scale or 1, match["tail"])
    inside = half.count("(", 0, match.start()) > half.count(")", 0, match.start())
    return Quantity(match.start(), match.end(), number, scale, currency, _bound(match), inside, "")


def _number(match: re.Match[str]) -> Decimal | None:
    if match["arabic"]:
        return Decimal(match["arabic"].replace(",", ""))
    run = match["chinese"]
    # 一期 and 三元区 are no amounts: a numeral needs a magnitude, and a lone 亿 needs 超…, 数… or …以上 beside it.
    if not (set(run) & set("百千万亿") or match["scale"]):
        return None
    hedged = match["prefix"] or match["prefix2"] or match["suffix"] or match["more"]
    if len(run) == 1 and run in "百千万亿" and not hedged:
        return None
    value = chinese_integer(run)
    return None if value is None else Decimal(value)


def _ends_well(half: str, match: re.Match[str], *, named: bool, scaled: bool) -> bool:
    """Whether what follows lets the number be money at all (80万吨, 2015年 and 245万元/亩 are not)."""
    end = match.end()
    if _RATE.match(half, end):
        return False
    if half[end : end + 1].isdigit() or re.match(r"[.,]\d", half[end : end + 2]):
        return False
    if match["word"] or match["suffix"]:
        return True
    if scaled:
        return bool(_MAY_FOLLOW_SCALE.match(half, end))
    return named or bool(_MAY_FOLLOW_BARE.match(half, end))


def _descends(match: re.Match[str]) -> bool:
    """1亿2000万 is one number; 2亿3亿 is two that lost what stood between them."""
    factors = [magnitude(match["scale"] or ""), *map(magnitude, re.findall(MAGNITUDE, match["tail"]))]
    return all(left > right for left, right in zip(factors, factors[1:], strict=False))


def _with_tail(number: Decimal, scale: int, tail: str) -> Decimal:
    """1亿2000万: add the smaller terms, in the larger one's scale."""
    for digits, word in re.findall(rf"({_ARABIC})\s*({MAGNITUDE})", tail):
        term = _WIDE.multiply(Decimal(digits.replace(",", "")), Decimal(magnitude(word)))
        number = _WIDE.add(number, _WIDE.divide(term, Decimal(scale)))
    return number


def _scaled(number: Decimal, match: re.Match[str]) -> tuple[Decimal, int | None]:
    """Number and scale; a Chinese numeral carries its own scale at its end (六百亿 is 600 in 亿)."""
    if match["scale"]:
        return number, magnitude(match["scale"])
    if not match["chinese"]:
        return number, None
    scale = magnitude(match["chinese"][-1]) if match["chinese"][-1] in "万亿" else 1
    return _WIDE.divide(number, Decimal(scale)), scale


def _bound(match: re.Match[str]) -> Bound:
    prefix = match["prefix"] or match["prefix2"]
    if prefix:
        return _PREFIX_BOUND[prefix]
    suffix = (match["suffix"] or "").removeprefix("人民币")
    if suffix:
        return _SUFFIX_BOUND.get(suffix, Bound.AT_LEAST)
    if match["more"] or match["more2"] or match["more3"]:
        return Bound.AT_LEAST
    if match["chinese"] and match["chinese"][0] in "百千万亿":
        return Bound.ABOUT  # 百亿元 is a size class, 一百亿元 a number
    return Bound.EXACT


def _label(text: str, half: str, quantity: Quantity, before: Quantity | None) -> str:
    """The words before the amount in its own piece; an amount behind a slash shares those of the one before it."""
    start = before.end if before else 0
    marks = [mark.end() for mark in _BOUNDARY.finditer(half, start, quantity.start)]
    label = text[marks[-1] if marks else start : quantity.start].strip(_LABEL_NOISE)
    if not label and before and half[before.end : quantity.start].strip() == "/":
        return before.label
    return label
