"""Dates in single cells of a stage column: what is claimed to have happened, or to be planned, and when.

A cell is read as clauses (；), each as pieces (、 ，), each as dates with words around and brackets behind them.
`read_dates` never raises; what it cannot read becomes a problem, and the other claims of the cell are kept.
Conventions for vague words are in `periods.py`, the vocabulary in `stagewords.py`.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from luodi.intake.engine import stagewords as words_of
from luodi.intake.engine.clauses import Claim, Reader
from luodi.intake.engine.periods import FIRST_YEAR, LAST_YEAR, Period, day_period, find_periods, year_period
from luodi.intake.engine.widths import drop_zero_width, fold, halfwidth

__all__ = ["Claim", "DateProblem", "DateReading", "Period", "read_dates"]


@dataclass(frozen=True, slots=True)
class DateProblem:
    """Why a cell is not a date. Codes: impossible_day, year_range, year_missing, ambiguous, unreadable."""

    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a cell claims. No claim and no problem: the cell says that nothing happened, or says nothing."""

    claims: tuple[Claim, ...]
    note: str
    problem: DateProblem | None
    raw: str


_PROBLEMS = {
    problem.code: problem
    for problem in (
        DateProblem("impossible_day", "日历上没有这一天", "核对月份和日期后重填，例如 2023-02-28"),
        DateProblem(
            "year_range",
            f"年份不在{FIRST_YEAR}至{LAST_YEAR}年之间",
            "核对年份；如果整列都这样，检查单元格是否被设成了数字格式",
        ),
        DateProblem("year_missing", "日期没有写年份", "补上年份，例如“2024年三季度”"),
        DateProblem("ambiguous", "月和日（或1月和10月）分不清", "改写成 2023-03-04 或 2024-10 这样的形式"),
        DateProblem("unreadable", "看不懂这个日期", "写成 2023-03-29、2023年3月 或“计划2025年底”；说明文字请移到备注"),
    )
}
# Day 0 of Excel: 30 December 1899 makes up for its 29 February 1900, which never was.
_EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
# 1954 to 2119 in the 1900 system: far from years (2023) and from 202302.
_SERIALS = range(20000, 80001)
_SHORT_YEAR_NOTE = "年份只写了两位"


def read_dates(value: object, *, planned_column: bool = False, epoch: int = 1900) -> DateReading:
    """Read one cell. `planned_column`: a date is a plan unless the words say 已 or 实际. `epoch`: 1900 or 1904."""
    if isinstance(value, str):
        return _read_text(value, planned_column, epoch)
    if isinstance(value, date):
        return _read_day(value, planned_column)
    if value is None or value != value:
        return DateReading((), "", None, "")
    if isinstance(value, bool):
        claims = (Claim("actual", None, None, "", "是"),) if value else ()
        return DateReading(claims, "", None, "是" if value else "否")
    if isinstance(value, int | float):
        return _read_number(value, planned_column, epoch)
    return _failed("unreadable", str(value))


def _failed(code: str, raw: str) -> DateReading:
    return DateReading((), "", _PROBLEMS[code], raw)


def _one(period: Period, planned: bool, raw: str, note: str = "") -> DateReading:
    return DateReading((Claim("planned" if planned else "actual", period, None, "", raw),), note, None, raw)


def _read_day(value: date, planned: bool) -> DateReading:
    day = value.date() if isinstance(value, datetime) else value
    raw = day.isoformat()
    return _one(day_period(day), planned, raw) if FIRST_YEAR <= day.year <= LAST_YEAR else _failed("year_range", raw)


def _read_number(value: float, planned: bool, epoch: int) -> DateReading:
    """A year, 202302, 20230204, or Excel's count of days since its epoch (the time of day is dropped)."""
    if isinstance(value, float) and not value.is_integer():
        return _read_fraction(value, planned, epoch)
    number = int(value)
    raw = str(number)
    if FIRST_YEAR <= number <= LAST_YEAR:
        return _one(year_period(number), planned, raw)
    if number in _SERIALS:
        return _read_serial(number, planned, epoch, raw)
    return _read_text(raw, planned, epoch) if len(raw) in {6, 8} and number > 0 else _failed("unreadable", raw)


def _read_fraction(value: float, planned: bool, epoch: int) -> DateReading:
    if value != value or value in (float("inf"), float("-inf")):
        return _failed("unreadable", str(value))
    if int(value) in _SERIALS:
        return _read_serial(int(value), planned, epoch, repr(value))
    raw = repr(value)
    if re.fullmatch(r"\d{4}\.1", raw):
        return _failed("ambiguous", raw)  # 2024.10 typed as a number has lost its zero
    return _read_text(raw, planned, epoch) if re.fullmatch(r"\d{4}\.\d\d", raw) else _failed("unreadable", raw)


def _read_serial(number: int, planned: bool, epoch: int, raw: str) -> DateReading:
    day = _EPOCHS.get(epoch, _EPOCHS[1900]) + timedelta(days=number)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return _failed("year_range", raw)
    return DateReading((Claim("planned" if planned else "actual", day_period(day), None, "", raw),), "", None, raw)


# --- text -----------------------------------------------------------------------------------------------------------

_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_AMERICAN = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")


@lru_cache(maxsize=32768)
def _read_text(raw: str, planned: bool, epoch: int) -> DateReading:
    if _ISO.fullmatch(raw) and (reading := _read_iso(raw, planned)):
        return reading
    text = drop_zero_width(raw).strip()
    half = halfwidth(text)
    key = fold(text)
    if key in words_of.NO_CLAIM:
        return DateReading((), "", None, raw)
    if key in words_of.DONE_MARKS:
        return DateReading((Claim("actual", None, None, text, raw),), "", None, raw)
    if half.isdecimal() and len(half) == 5 and int(half) in _SERIALS:
        return _read_serial(int(half), planned, epoch, raw)
    if american := _AMERICAN.fullmatch(half):
        return _read_american(american, planned, raw)
    if len(text) > 500:
        return _failed("unreadable", raw)
    return _read_words(text, half, planned, raw)


def _read_iso(raw: str, planned: bool) -> DateReading | None:
    try:
        return _read_day(date.fromisoformat(raw), planned)
    except ValueError:
        return _failed("impossible_day", raw)


def _read_american(match: re.Match[str], planned: bool, raw: str) -> DateReading:
    """3/29/2023: read when only one order is possible, otherwise ask."""
    first, second = int(match[1]), int(match[3])
    if first <= 12 and second <= 12 and first != second:
        return _failed("ambiguous", raw)
    month, day = (first, second) if first <= 12 else (second, first)
    tokens = find_periods(f"{match[4]}-{month}-{day}", 0, 10)
    if not tokens or tokens[0].period is None:
        return _failed(tokens[0].fault if tokens else "unreadable", raw)
    return _one(tokens[0].period, planned, raw, "按“月/日/年”解读" if first <= 12 else "按“日/月/年”解读")


def _read_words(text: str, half: str, planned: bool, raw: str) -> DateReading:
    # Most cells are one date and nothing else.
    tokens = find_periods(half, 0, len(half))
    if len(tokens) == 1 and tokens[0].period and tokens[0].end - tokens[0].start == len(half):
        return _one(tokens[0].period, planned, raw, _SHORT_YEAR_NOTE if tokens[0].short_year else "")
    reader = Reader(text, half, planned_column=planned, raw=raw)
    reader.read()
    notes = [*reader.notes, *([_SHORT_YEAR_NOTE] if reader.short_year else [])]
    problem = _PROBLEMS[reader.faults[0]] if reader.faults else None
    return DateReading(tuple(reader.claims), "；".join(dict.fromkeys(filter(None, notes))), problem, raw)
