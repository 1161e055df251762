"""Calendar periods in text: 2023-03-29, 2023年3月, 2024一季度, 2023上半年, 2024年底, 2018-05中旬.

What the vague words mean here: 年初 January-February, 年中 June-July, 年底/年末 November-December; 上旬/月初 1-10,
中旬/月中 11-20, 下旬/月底/月末 21 to the end. Such periods have precision "approx".
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Literal

Precision = Literal["day", "month", "quarter", "half", "year", "approx"]
FIRST_YEAR, LAST_YEAR = 1978, 2060


@dataclass(frozen=True, slots=True)
class Period:
    """Days from start to end, both included. "approx": the bounds are a convention (年底), not what was stated."""

    start: date
    end: date
    precision: Precision

    def latest(self) -> "Period":
        """No later than this period: its last day stands for a beginning that is not known."""
        return Period(self.end, self.end, "approx")


@dataclass(frozen=True, slots=True)
class Token:
    """A period found at start:end. Without a period, `fault` says why: impossible_day, year_range, year_missing."""

    start: int
    end: int
    period: Period | None
    fault: str = ""
    short_year: bool = False


class _Fault(Exception):
    """The words have the shape of a date and are none."""


_CN_MONTHS = {"十一": 11, "十二": 12} | {char: value for value, char in enumerate("一二三四五六七八九十", start=1)}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_HALVES = {"上": (1, 6), "下": (7, 12)}
_YEAR_PARTS = {"初": (1, 2), "中": (6, 7), "底": (11, 12), "末": (11, 12)}
_MONTH_PARTS = {"上旬": 0, "初": 0, "中旬": 1, "中": 1, "下旬": 2, "底": 2, "末": 2}
_SPANS = ((1, 10), (11, 20), (21, 31))


# --- periods from numbers -------------------------------------------------------------------------------------------


def _year(text: str) -> int:
    """Four digits, or two: 78-99 -> 19xx, 00-60 -> 20xx."""
    year = int(text)
    if len(text) <= 2:
        year += 1900 if year >= FIRST_YEAR % 100 else 2000
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _Fault("year_range")
    return year


def _days(year: int, month: int, first: int, last: int, precision: Precision) -> Period:
    if not 1 <= month <= 12:
        raise _Fault("impossible_day")
    longest = monthrange(year, month)[1]
    if not 1 <= first <= longest:
        raise _Fault("impossible_day")
    return Period(date(year, month, first), date(year, month, min(last, longest)), precision)


def day_period(day: date) -> Period:
    """One day as a period."""
    return Period(day, day, "day")


def months_period(year: int, first: int, last: int, precision: Precision) -> Period:
    """Whole months of one year."""
    return Period(_days(year, first, 1, 31, "day").start, _days(year, last, 1, 31, "day").end, precision)


def year_period(year: int) -> Period:
    """One calendar year."""
    return months_period(year, 1, 12, "year")


def _quarter(year: int, mark: str) -> Period:
    last = 3 * _QUARTERS[mark]
    return months_period(year, last - 2, last, "quarter")


def _part_of_month(year: int, month: int, part: str | None) -> Period:
    if part is None:
        return _days(year, month, 1, 31, "month")
    return _days(year, month, *_SPANS[_MONTH_PARTS[part]], "approx")


# --- rules: a shape and what it means -------------------------------------------------------------------------------

_M = re.Match[str]
_Rule = tuple[re.Pattern[str], Callable[[_M], Period]]

# A two-digit year needs its 年 and something after it: 15年 alone is as often a duration.
_Y = r"(?P<y>\d{4}|\d{2}(?=\s*年\s*[\d一二三四五六七八九十第上下底末初中年]))(?!\d)"
_CLOCK = r"(?:[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|\+\d{2}:?\d{2})?)?"
_DAY_MARK = r"(?:\s*日|\s*号(?!机|楼|线|炉))"
# Words that only look like a part of the year or month: 中标, 中交 (handing over), 初步设计.
_MID = r"中(?!标|交|央|国|期|石|铁|建|心|试|科|节)"
_BEGIN = r"初(?!步|验|设|具|审)"
_TENTH = rf"(?P<part>上旬|中旬|下旬|{_BEGIN}|{_MID}|底|末)"
_NOT_A_UNIT = r"(?![\d万亿吨亩个套米元台号户人家kKmMtT%#㎡.]|-\d)"


def _day(m: _M) -> Period:
    day = int(m["d"])
    return _days(_year(m["y"]), int(m["m"]), day, day, "day")


def _month(m: _M) -> Period:
    return _part_of_month(_year(m["y"]), int(m["m"]) if m["m"].isascii() else _CN_MONTHS[m["m"]], m["part"])


def _compact(m: _M) -> Period:
    day = m["d"]
    return _days(_year(m["y"]), int(m["m"]), int(day or 1), int(day or 31), "day" if day else "month")


def _years(m: _M) -> Period:
    first, last = year_period(_year(m["y"])), year_period(_year(m["to"]))
    if last.end < first.end:
        raise _Fault("impossible_day")
    return Period(first.start, last.end, "approx")


_RULES: tuple[_Rule, ...] = (
    (re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)?(?!\d)"), _compact),
    (
        re.compile(rf"(?P<y>\d{{4}})\s*([-/.])\s*(?P<m>\d{{1,2}})\s*\2\s*(?P<d>\d{{1,2}})(?!\d){_DAY_MARK}?{_CLOCK}"),
        _day,
    ),
    (
        re.compile(
            rf"{_Y}\s*年\s*(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})(?:{_DAY_MARK}{_CLOCK}|(?!\d)(?=\s*(?:$|[(),;。\s])))"
        ),
        _day,
    ),
    (re.compile(r"(?P<y>\d\d)\.(?P<m>\d{1,2})\.(?P<d>\d{1,2})(?![\d.])"), _day),
    (
        re.compile(rf"{_Y}\s*年\s*(?P<a>\d{{1,2}})\s*月?\s*[-~至到]\s*(?P<b>\d{{1,2}})\s*月"),
        lambda m: months_period(_year(m["y"]), int(m["a"]), max(int(m["a"]), int(m["b"])), "approx"),
    ),
    (re.compile(r"(?P<y>\d{4})\s*年?\s*[-~至到]\s*(?P<to>\d{4})(?!\d)\s*年?"), _years),
    (re.compile(rf"{_Y}\s*年\s*(?P<m>十[一二]?|[一二三四五六七八九]|\d{{1,2}})\s*月份?\s*{_TENTH}?"), _month),
    (
        re.compile(rf"(?P<y>\d{{4}})\s*[-/.]\s*(?P<m>\d{{1,2}})(?!\d|[-/.]\d{1, 2}(?!\d))\s*(?:月份?)?\s*{_TENTH}?"),
        _month,
    ),
    (
        re.compile(rf"{_Y}\s*年?\s*(?:第?(?P<q>[一二三四1-4])季度?|[-.]?[Qq](?P<n>[1-4]))"),
        lambda m: _quarter(_year(m["y"]), m["q"] or m["n"]),
    ),
    (
        re.compile(rf"{_Y}\s*年?\s*(?P<h>[上下])半年"),
        lambda m: months_period(_year(m["y"]), *_HALVES[m["h"]], "half"),
    ),
    (
        re.compile(rf"{_Y}\s*(?:年\s*)?年?(?P<part>底|末(?!端)|{_BEGIN}|{_MID}(?!旬))"),
        lambda m: months_period(_year(m["y"]), *_YEAR_PARTS[m["part"]], "approx"),
    ),
    (re.compile(r"(?P<y>\d\d)年$"), lambda m: year_period(_year(m["y"]))),
    (re.compile(rf"(?P<y>\d{{4}})(?:\s*年度?|{_NOT_A_UNIT})"), lambda m: year_period(_year(m["y"]))),
)

# Without a year of their own: they take the year of the date before them in the cell, or they are a fault.
_LOOSE: tuple[tuple[re.Pattern[str], Callable[[_M, int], Period]], ...] = (
    (
        re.compile(rf"(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})(?!\d){_DAY_MARK}?"),
        lambda m, year: _days(year, int(m["m"]), int(m["d"]), int(m["d"]), "day"),
    ),
    (
        re.compile(rf"(?P<m>\d{{1,2}})\s*月份?\s*{_TENTH}?"),
        lambda m, year: _part_of_month(year, int(m["m"]), m["part"]),
    ),
    (
        re.compile(
            r"(?<![^;,、(\s])(?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?![\d/.%-]|\s*[号期台#套个万吨年条座栋楼线区])日?"
        ),
        lambda m, year: _days(year, int(m["m"]), int(m["d"]), int(m["d"]), "day"),
    ),
    (re.compile(r"第?(?P<q>[一二三四])季度"), lambda m, year: _quarter(year, m["q"])),
    (re.compile(r"(?P<h>[上下])半年"), lambda m, year: months_period(year, *_HALVES[m["h"]], "half")),
    (
        re.compile(r"年(?P<part>[底末初])"),
        lambda m, year: months_period(year, *_YEAR_PARTS[m["part"]], "approx"),
    ),
)

# Where a period can begin: the rules are tried there only.
_START = re.compile(r"(?<!\d)(?<!\d\.)\d+|第?[一二三四]季度|[上下]半年|年[底末初]")
_ABOUT_BEFORE = re.compile(r"(?:约|大约|大概|左近)\s*$")
_ABOUT = re.compile(r"\s*(?:前后|左右|上下)")
_BEFORE = re.compile(r"\s*(?:之前|以前|前(?![期后往置端景提海往道沿]))")
_AFTER = re.compile(r"\s*(?:之后|以后|后(?![期续勤来端方]))")


@lru_cache(maxsize=2048)  # the reader of a cell asks for the same stretch several times
def find_periods(half: str, start: int, end: int, year: int | None = None) -> tuple[Token, ...]:
    """The periods between two positions of a half-width text, in order, with the words that shift them (前, 后, 约).

    `year` is the one that a date without a year takes, until another date of the text gives a new one.
    """
    found: list[Token] = []
    position = start
    while begin := _START.search(half, position, end):
        token = _match(half, begin.start(), end, year)
        if token is None:
            position = begin.end()
            continue
        if token.period:
            token = _shifted(half, start, end, token)
            year = token.period.end.year if token.period else year
        found.append(token)
        position = token.end
    return tuple(found)


def _match(half: str, at: int, end: int, year: int | None) -> Token | None:
    for pattern, build in _RULES:
        if match := pattern.match(half, at, end):
            return _token(match, partial(build, match))
    for pattern, build_loose in _LOOSE:
        if match := pattern.match(half, at, end):
            if year is None:
                return Token(match.start(), match.end(), None, "year_missing")
            return _token(match, partial(build_loose, match, year))
    return None


def _token(match: _M, build: Callable[[], Period]) -> Token:
    groups = match.groupdict()
    short = len(groups.get("y") or "1999") == 2
    try:
        return Token(match.start(), match.end(), build(), "", short)
    except _Fault as fault:
        return Token(match.start(), match.end(), None, str(fault), short)


def _shifted(half: str, start: int, end: int, token: Token) -> Token:
    """约2012 and 2017年底前后 are approximate; 2021年前 is its eve, 2021年后 its morrow.

    A deadline keeps its own days: 2024年底前 and 2024年6月30日前.
    """
    period = token.period
    if period is None:
        return token
    # Only one of these words can follow a date.
    if about := _ABOUT.match(half, token.end, end):
        return replace(token, end=about.end(), period=replace(period, precision="approx"))
    if before := _BEFORE.match(half, token.end, end):
        eve = period.start - timedelta(days=1)
        deadline = period.precision == "day" or half[token.end - 1] in "底末"
        shifted = replace(period, precision="approx") if deadline else Period(eve, eve, "approx")
        return replace(token, end=before.end(), period=shifted)
    if after := _AFTER.match(half, token.end, end):
        morrow = period.end + timedelta(days=1)
        return replace(token, end=after.end(), period=Period(morrow, morrow, "approx"))
    if _ABOUT_BEFORE.search(half[max(start, token.start - 4) : token.start]):
        return replace(token, period=replace(period, precision="approx"))
    return token
